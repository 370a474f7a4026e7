"""What lies on the desk: judged files, numbered in the order in which they came, and a version that rises with every change.

Requests come from several threads, so everything is done under one lock. The browser names files by their number, never by path.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sdscan._version import __version__
from sdscan.config import Config
from sdscan.discover import discover
from sdscan.engines import judged
from sdscan.exits import ExitRules, Tally, verdict
from sdscan.knowledge import Knowledge
from sdscan.pipeline import facts_of, judge
from sdscan.records import Candidate, FileResult, Pack, Tool
from sdscan.session import Settings, load

_DECODE = msgspec.json.Decoder(FileResult).decode


class Sheet(Struct, frozen=True):
    """One judged file."""

    number: int
    result: FileResult
    version: int
    """Version of the desk at which it came or changed."""


class Desk:
    """The judged files of a review. Also what a report asks of a run (`sdscan.run.Results`)."""

    def __init__(
        self, paths: Sequence[str], settings: Settings, exclude: Sequence[str], rules: ExitRules, baseline: Path
    ) -> None:
        self.paths = tuple(paths)
        self.exclude = tuple(exclude)
        self.rules = rules
        self.baseline = baseline
        self.tool = Tool("sdscan", __version__)
        self.tally = Tally()
        self.version = 0
        self._lock = threading.RLock()
        self._sheets: list[Sheet] = []
        self._numbers: dict[str, int] = {}
        self._roots = tuple(os.path.realpath(path) for path in paths)
        self._settings = settings
        self._load(settings.config)

    def _load(self, config: Config) -> None:
        baseline = str(self.baseline) if self.baseline.exists() else None
        self._settings = replace(self._settings, config=config, baseline=baseline)
        self.knowledge: Knowledge = load(self._settings)
        self.packs: tuple[Pack, ...] = self.knowledge.packs
        self.platforms = self.knowledge.platforms

    # ---- what a report asks ----------------------------------------------------------------------------------

    def ranked(self, rank: Callable[[FileResult], int | None]) -> Iterator[FileResult]:
        """See Results.ranked."""
        ranks = [(found, result) for result in self if (found := rank(result)) is not None]
        yield from (result for _, result in sorted(ranks, key=lambda pair: -pair[0]))

    @property
    def closing(self) -> tuple[int, str]:
        """Exit code and closing sentence of what lies there now."""
        return verdict(self.tally, self.rules)

    def __iter__(self) -> Iterator[FileResult]:
        with self._lock:
            return iter([sheet.result for sheet in self._sheets])

    # ---- what comes ------------------------------------------------------------------------------------------

    def judge_all(self, config: Config | None = None) -> None:
        """Judge everything below the paths; with a configuration, by that one from now on."""
        with self._lock:
            if config is not None:
                self._load(config)
            batches = judged(discover(self.paths, self.exclude), self.knowledge, self._settings)
            self._take(_DECODE(line) for batch in batches for line in batch.lines.splitlines())
            # From now on threads run, and no process is started beside them.
            self._settings = replace(self._settings, jobs=1)

    def judge_new(self, paths: Iterable[str]) -> None:
        """Judge files that were just written."""
        limits = self._settings.config.limits
        for path in paths:
            facts = facts_of(Candidate(path), limits)
            with self._lock:
                self._take([judge(path, facts, self.knowledge)])

    def _take(self, results: Iterable[FileResult]) -> None:
        """Lay results down; a known path keeps its number."""
        version = self.version + 1
        for result in results:
            number = self._numbers.setdefault(result.path, len(self._sheets))
            sheet = Sheet(number, result, version)
            if number == len(self._sheets):
                self._sheets.append(sheet)
            elif self._sheets[number].result != result:
                self._sheets[number] = sheet
            else:
                continue
            self.version = version
        tally = Tally()
        for sheet in self._sheets:
            tally.add(sheet.result)
        self.tally = tally

    # ---- what is asked ---------------------------------------------------------------------------------------

    def since(self, version: int) -> tuple[int, list[Sheet]]:
        """The version now, and the files that came or changed after `version`."""
        with self._lock:
            return self.version, [sheet for sheet in self._sheets if sheet.version > version]

    def results_of(self, numbers: Iterable[int]) -> list[FileResult]:
        """The results with these numbers; unknown numbers are left out."""
        with self._lock:
            return [self._sheets[n].result for n in dict.fromkeys(numbers) if 0 <= n < len(self._sheets)]

    def file_of(self, number: int) -> tuple[str, str] | None:
        """(path on disk, format) of a file; None for an unknown number, and where it leads out of the paths by a symbolic link."""
        for result in self.results_of([number]):
            path = os.path.realpath(result.path)
            if any(path == root or path.startswith(root.rstrip(os.sep) + os.sep) for root in self._roots):
                return path, result.format
        return None
