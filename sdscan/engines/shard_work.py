"""What a worker of any engine does with a task: read and judge its candidates, and write the part. The same function in every process.

Enters the ground of a run, shipped once to each node, and a task; leaves an answer. Whatever can go wrong is said in the answer.
"""

from __future__ import annotations

import gc
import os
import platform
from collections.abc import Callable
from functools import cached_property

from msgspec import Struct

from sdscan._version import __version__
from sdscan.engines.parts import lines_of, part_of, summary_of
from sdscan.engines.places import Place, place_at
from sdscan.engines.sending import Packed, unpacked
from sdscan.engines.work import Work, work_of
from sdscan.errors import ReadError
from sdscan.exits import Tally
from sdscan.knowledge import Knowledge
from sdscan.knowledge.watchlists import Watchlist
from sdscan.knowledge.watchlists.index import Index
from sdscan.records import Candidate
from sdscan.session import Settings

RUN = "_run.json"
"""The file that says which run the parts beside it belong to."""


class Task(Struct, frozen=True):
    """What is asked of a worker."""

    packed: Packed
    """Its candidates, see sending."""
    part: str = ""
    """Name of the part to write; empty: send the lines home."""
    is_there: bool = False
    """Whether the part was written by an earlier run: only what it says of itself is asked for."""

    @property
    def candidates(self) -> list[Candidate]:
        """What is to be read."""
        return unpacked(self.packed)


class Answer(Struct, frozen=True):
    """What became of it."""

    tally: Tally
    lines: bytes = b""
    """The records, where they are wanted."""
    failed: list[tuple[str, str]] = []
    """(path, reason) of reads that failed for a reason that does not lie in the file; the part was then not written."""
    unwritten: str = ""
    """Why the part could not be written; empty where it was."""
    missing: bool = False
    """The part that was said to be there is not, or cannot be read."""
    stop: str = ""
    """Why this worker can do nothing at all: another version, another folder."""


class Ground(Struct, frozen=True):
    """Everything that the tasks of a run have in common."""

    id: str
    settings: Settings
    rest: dict[str, object]
    """The knowledge, less the watchlist."""
    index: object
    """The compiled watchlist: a buffer, which workers of one node map from the engine's memory and do not copy."""
    parts: str
    """Where the parts go; empty: nowhere."""
    run: bytes
    """What stands in RUN there."""
    folder: str
    """Where relative paths start from."""
    wants_lines: bool
    version: str = __version__


def ground_of(
    ident: str, knowledge: Knowledge, settings: Settings, parts: str, run: bytes, wants_lines: bool
) -> Ground:
    """The ground of a run, ready to be shipped."""
    import pyarrow as arrow

    rest = {name: getattr(knowledge, name) for name in knowledge.__struct_fields__ if name != "watchlist"}
    return Ground(
        ident, settings, rest, arrow.py_buffer(knowledge.watchlist.index.data), parts, run, os.getcwd(), wants_lines
    )


class Worker:
    """The ground, unpacked in one process."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._stop = ""
        self.place: Place | None = None
        if ground.version != __version__:
            self._stop = f"has sdscan {__version__}, and the run was started by {ground.version}"
            return
        gc.set_threshold(100_000, 50, 100)  # records hold no cycles
        try:
            os.chdir(ground.folder)
            if ground.parts:
                self.place = place_at(ground.parts, ground.settings.access)
                if self.place.read(RUN) != ground.run:
                    self._stop = f"sees another folder at {ground.parts!r}; it must be one that all nodes share, or an object store"
        except OSError:
            self._stop = f"does not see the folder {ground.folder!r}, in which the run was started"
        except ReadError as error:
            self._stop = f"cannot read {ground.parts!r}: {error.reason}"

    @cached_property
    def knowledge(self) -> Knowledge:
        """What to judge by, over the index that the engine holds in memory."""
        view = memoryview(self._ground.index)  # type: ignore[arg-type]  # a buffer of Arrow, or of whatever carried it
        return Knowledge(watchlist=Watchlist(Index(view)), **self._ground.rest)  # type: ignore[arg-type]  # as `ground_of` took it apart

    @cached_property
    def _work(self) -> Work:
        return work_of(self.knowledge, self._ground.settings, None)

    def __call__(self, task: Task) -> Answer:
        """Do one task."""
        if self._stop:
            return Answer(Tally(), stop=f"node {platform.node()} {self._stop}")
        return self._told(task) if task.is_there else self._scanned(task)

    def _told(self, task: Task) -> Answer:
        """What a part says that is there."""
        assert self.place is not None, "parts are only there where there is a place"
        try:
            data = self.place.read(task.part)
        except ReadError as error:
            return Answer(Tally(), unwritten=error.reason)
        summary = None if data is None else summary_of(data)
        if data is None or summary is None:
            return Answer(Tally(), missing=True)
        return Answer(summary.tally, lines_of(data) if self._ground.wants_lines else b"")

    def _scanned(self, task: Task) -> Answer:
        candidates = task.candidates
        done = self._work(candidates)
        lines, tally = done.batch.lines, done.batch.tally
        failed = [*done.failed, *_broken_off(candidates)]
        if failed or not task.part:
            return Answer(tally, lines if self._ground.wants_lines or not failed else b"", failed)
        assert self.place is not None, "a part has a place"
        unwritten = write_part(self.place, task.part, lines, tally, self.knowledge.platforms)
        return Answer(tally, lines if self._ground.wants_lines else b"", unwritten=unwritten)


def _broken_off(candidates: list[Candidate]) -> list[tuple[str, str]]:
    """Listings of a store that ended too soon: what they did not name may be named the next time."""
    from sdscan.cloud import is_address

    return [(one.path, one.refused) for one in candidates if one.refused is not None and is_address(one.path)]


def write_part(place: Place, name: str, lines: bytes, tally: Tally, platforms: tuple[str, ...]) -> str:
    """Write a part; why it could not be, or nothing."""
    try:
        place.write(name, part_of(lines, tally, platforms))
    except ReadError as error:
        return error.reason
    return ""


_workers: dict[str, Worker] = {}
"""The ground that this process unpacked last: engines give a process nothing else to keep things in between two tasks."""


def worker_for(ident: str, fetch: Callable[[], Ground]) -> Worker:
    """The worker of a run in this process; `fetch` is asked once."""
    if ident not in _workers:
        _workers.clear()
        _workers[ident] = Worker(fetch())
    return _workers[ident]


def served(worker: Worker, task: Task) -> Answer:
    """An answer from a process that an engine keeps: one for which there is no memory ends it, as if the system had."""
    try:
        return worker(task)
    except MemoryError:
        os._exit(1)
