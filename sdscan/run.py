"""One run over many files: settings → knowledge → results, kept on disk while they stream, so that memory does not grow.

The results of a run can be iterated many times (several formats from one scan); the order is the order of the candidates.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Protocol

import msgspec

from sdscan._version import __version__
from sdscan.exits import ExitRules, Tally, verdict
from sdscan.records import FileResult, Pack, Tool

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(FileResult)


class Results(Protocol):
    """What a report format may ask of a run."""

    tool: Tool
    packs: tuple[Pack, ...]
    platforms: tuple[str, ...]
    tally: Tally

    def __iter__(self) -> Iterator[FileResult]:
        """All results, in path order; may be asked for again."""
        ...

    @property
    def closing(self) -> tuple[int, str]:
        """Exit code and closing sentence, once the results have been iterated."""
        ...


class Spool:
    """Results that stream through once and can then be read again from a temporary file."""

    def __init__(
        self, results: Iterable[FileResult], packs: tuple[Pack, ...], platforms: tuple[str, ...], rules: ExitRules
    ) -> None:
        self.tool = Tool("sdscan", __version__)
        self.packs = packs
        self.platforms = platforms
        self.tally = Tally()
        self.rules = rules
        self._live: Iterable[FileResult] | None = results
        self._file: IO[bytes] | None = None

    def live(self) -> Iterator[tuple[FileResult, bytes]]:
        """Each result with its JSON line as it comes; may be iterated once, before anything else."""
        assert self._live is not None, "results stream only once; iterate the spool afterwards"
        results, self._live = self._live, None
        self._file = tempfile.TemporaryFile("w+b", buffering=1 << 20)  # noqa: SIM115 - lives as long as the run
        for result in results:
            line = _ENCODER.encode(result) + b"\n"
            self._file.write(line)
            self.tally.add(result)
            yield result, line

    def lines(self) -> Iterator[bytes]:
        """The JSON line of each result, from disk."""
        if self._live is not None:
            for _ in self.live():
                pass
        assert self._file is not None
        self._file.seek(0)
        yield from self._file

    def __iter__(self) -> Iterator[FileResult]:
        for line in self.lines():
            yield _DECODER.decode(line)

    @property
    def closing(self) -> tuple[int, str]:
        """Exit code and closing sentence."""
        return verdict(self.tally, self.rules)
