"""Candidates → their open sources: the one place that knows whether one is a local file or an object in a store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sdscan.cloud import DEFAULT_ACCESS, Access
from sdscan.facts.source import FileSource
from sdscan.limits import Limits
from sdscan.records import Candidate, Listed

if TYPE_CHECKING:
    from sdscan.fetching import Fetcher
    from sdscan.objects import ObjectSource


class Opener:
    """Opens the candidates of a run. The objects of a chunk are fetched side by side, ahead of what is read."""

    def __init__(self, limits: Limits, access: Access = DEFAULT_ACCESS) -> None:
        self._limits = limits
        self._access = access
        self._fetcher: Fetcher | None = None
        """Made when the first object is met: local files need no threads."""
        self.version: Listed | None = None
        """What the object is that was opened last, by its own answer; None where it could not be opened."""
        self.failed: list[tuple[str, str]] = []
        """(path, reason) of candidates of this chunk whose reading failed for a reason that does not lie in them."""

    def expect(self, candidates: Sequence[Candidate]) -> None:
        """Begin to fetch the objects of a chunk, if there are any; `open` is then to be called in this order."""
        self.failed = []
        objects = [candidate for candidate in candidates if candidate.listed is not None]
        if objects:
            self._fetching().expect(objects)

    def open(self, candidate: Candidate) -> FileSource | ObjectSource:
        """The bytes of a candidate; use it as a context manager. Raises ReadError."""
        if candidate.listed is None:
            return FileSource(candidate.path, self._limits)
        self.version = None
        source = self._fetching().open(candidate)
        self.version = Listed(source.size, source.etag, candidate.listed.beside)
        return source

    def _fetching(self) -> Fetcher:
        if self._fetcher is None:
            from sdscan.fetching import Fetcher

            self._fetcher = Fetcher(self._limits, self._access)
        return self._fetcher


def open_source(candidate: Candidate, limits: Limits, access: Access = DEFAULT_ACCESS) -> FileSource | ObjectSource:
    """The bytes of one candidate; use it as a context manager. Raises ReadError."""
    return Opener(limits, access).open(candidate)
