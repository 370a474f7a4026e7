"""Many files in shards of about a thousand, over any engine. Enters candidates, leaves batches in their order; parts are written on the way.

What survives a kill is decided here, not by the engine: a part has a name that follows from what is in it, so the same command again does
only what is not there; a task whose process died is done again, then split until the one bad file is found, which is reported; reads
that failed for a reason outside the file are never committed.
"""

from __future__ import annotations

import os
import zlib
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from typing import Protocol

from msgspec import Struct

from sdscan.digests import blake2b
from sdscan.engines.places import Place
from sdscan.engines.sending import packed
from sdscan.engines.shard_work import Answer, Task, write_part
from sdscan.engines.work import lost
from sdscan.errors import ConfigError, StoreError
from sdscan.exits import Tally
from sdscan.knowledge import Knowledge
from sdscan.records import Candidate
from sdscan.run import Batch

PART, SUFFIX = "part-", ".parquet"
AHEAD = 8
"""Shards for each task that can run at once, which may be under way or wait for their turn: what bounds the memory."""
LINES_AHEAD = 32
"""The same in all, where records are sent home."""
SPLIT = 32
"""Pieces that a task is split into which killed its process twice: two steps find one bad file among a thousand."""
TRIES = 2
"""Times that a whole shard, or a single file, may kill its process."""
GIVE_UP = 8
"""Shards that may fail one after another before the run stops: a bucket is gone, a disk is full."""
LINE = 3
"""Tasks for each that can run at once, which the engine is given: those behind the first stand in line."""


class Engine(Protocol):
    """What runs tasks."""

    @property
    def slots(self) -> int:
        """Tasks that run at once, now."""
        ...

    def submit(self, task: Task) -> object:
        """Begin a task; leaves what `finished` names it by."""
        ...

    def finished(self) -> tuple[object, Answer | None]:
        """Wait for a task to end; None: its process died."""
        ...

    def close(self) -> None:
        """End everything that runs."""
        ...


# ---- cutting ---------------------------------------------------------------------------------------------------


class Shard(Struct, frozen=True):
    """Neighbouring candidates."""

    candidates: list[Candidate]
    part: str
    """Name of its part."""


def cut(candidates: Iterable[Candidate], size: int, version: str) -> Iterator[Shard]:
    """Shards of half to twice `size`. Where one ends depends on its last path alone, so a new file changes its own shard and no other."""
    held: list[Candidate] = []
    stamps: list[bytes] = []
    least, most, every = max(1, size // 2), 2 * size, max(1, size // 2)
    for candidate in candidates:
        path = os.fsencode(candidate.path)
        held.append(candidate)
        stamps.append(path)
        stamps.append(stamp_of(candidate))
        if len(held) >= most or (len(held) >= least and zlib.crc32(path) % every == 0):
            yield Shard(held, name_of(stamps, version))
            held, stamps = [], []
    if held:
        yield Shard(held, name_of(stamps, version))


def stamp_of(candidate: Candidate) -> bytes:
    """What changes when the content of a file does: size and etag of an object and of what lies beside it, size and time of a local file."""
    if candidate.listed is not None:
        return repr(candidate.listed).encode("utf-8", "surrogateescape")
    if candidate.skipped or candidate.refused:
        return b"-"
    try:
        status = os.stat(candidate.path)
    except (OSError, ValueError):
        return b"?"
    return b"%d %d" % (status.st_size, status.st_mtime_ns)


def name_of(stamps: list[bytes], version: str) -> str:
    """The name of the part with these files, read by that version."""
    digest = blake2b(version.encode(), digest_size=16)
    for stamp in stamps:
        digest.update(b"%d:%b" % (len(stamp), stamp))
    return f"{PART}{digest.hexdigest()}{SUFFIX}"


def is_part(name: str) -> bool:
    """Whether a file is called like a part."""
    return name.startswith(PART) and name.endswith(SUFFIX)


# ---- running ---------------------------------------------------------------------------------------------------


class Count(Struct):
    """What became of the shards of a run."""

    written: int = 0
    kept: int = 0
    """Parts of an earlier run."""
    failed: int = 0
    files: int = 0
    """In those that failed."""
    reason: str = ""
    """Of the first that failed."""
    died: int = 0
    """Processes that died, with what they were doing."""
    poison: int = 0
    """Files that killed every process that read them."""
    is_stopped: bool = False
    is_refused: bool = False
    """Whether something could not be listed, so that nobody knows which parts are out of date."""


class _Piece(Struct, eq=False):
    """Neighbours of one shard that are done together."""

    candidates: list[Candidate]
    tries: int = 0
    answer: Answer | None = None


class _Job(Struct, eq=False):
    """A shard on its way."""

    part: str
    is_there: bool
    size: int
    pieces: list[_Piece]
    is_apart: bool = False
    """Whether its records came home in pieces, so that its part is written here."""

    @property
    def is_done(self) -> bool:
        """Whether nothing of it is under way."""
        return all(piece.answer is not None for piece in self.pieces)


class Runner:
    """One run over shards."""

    def __init__(
        self, engine: Engine, knowledge: Knowledge, place: Place | None, there: set[str], *, wants_lines: bool
    ) -> None:
        self.count = Count()
        self.there = there
        """Names of parts that are there and were not met yet; what is left at the end is out of date."""
        self._engine = engine
        self._knowledge = knowledge
        self._place = place
        self._wants_lines = wants_lines
        self._order: deque[_Job] = deque()
        self._under_way: dict[object, tuple[_Job, _Piece]] = {}
        self._again: deque[tuple[_Job, _Piece]] = deque()
        self._slots = 1
        self._suspects: deque[tuple[_Job, _Piece]] = deque()
        """Single files whose process died: each is tried with nothing beside it, since engines also end what stands in line behind a death."""
        self._in_a_row = 0
        self._deaths = 0

    def batches(self, shards: Iterator[Shard]) -> Generator[Batch]:
        """What each shard came to, in their order. Raises ConfigError and StoreError where nothing can be done."""
        try:
            while True:
                self._feed(shards)
                if self._order and self._order[0].is_done:
                    yield self._settled(self._order.popleft())
                elif self._order:
                    self._hear(*self._engine.finished())
                else:
                    return
        finally:
            self._engine.close()

    def _feed(self, shards: Iterator[Shard]) -> None:
        """Begin what must be done again, then new shards, as far as there is room."""
        slots = self._slots = max(self._slots, self._engine.slots)
        room = LINES_AHEAD if self._wants_lines else AHEAD * slots
        line = (
            LINE * slots if self._deaths < LINE * slots else 1
        )  # a whole line has died: nothing stands behind the next
        while len(self._under_way) < line:
            if self._suspects:
                if self._under_way:
                    return
                job, piece = self._suspects.popleft()
                self._begin(job, piece)
                return
            if self._again:
                job, piece = self._again.popleft()
            elif len(self._order) < room and not self.count.is_stopped and (shard := next(shards, None)) is not None:
                job = self._job(shard)
                piece = job.pieces[0]
                self._order.append(job)
            else:
                return
            self._begin(job, piece)

    def _begin(self, job: _Job, piece: _Piece) -> None:
        part = "" if self._place is None or job.is_apart else job.part
        task = Task([] if job.is_there else packed(piece.candidates), part, job.is_there)
        self._under_way[self._engine.submit(task)] = (job, piece)

    def _job(self, shard: Shard) -> _Job:
        is_there = shard.part in self.there
        self.there.discard(shard.part)
        return _Job(shard.part, is_there, len(shard.candidates), [_Piece(shard.candidates)])

    def _hear(self, key: object, answer: Answer | None) -> None:
        """Take an answer; begin again what is not done."""
        job, piece = self._under_way.pop(key)
        if answer is None:
            self._died(job, piece)
            return
        if answer.stop:
            raise ConfigError(answer.stop)
        self._deaths = 0
        if answer.missing:  # its name stood there, its bytes did not
            job.is_there = False
            self._again.append((job, piece))
            return
        piece.answer = answer
        if job.is_done:
            self._commit(job)

    def _died(self, job: _Job, piece: _Piece) -> None:
        self.count.died += 1
        self._deaths += 1
        if (
            self._deaths > 2 * LINE * self._slots + GIVE_UP
        ):  # those in line, those that had begun by then, and some that were alone
            raise StoreError("the engine's processes die one after another, whatever they do; what is written stands")
        piece.tries += 1
        size = len(piece.candidates)
        if piece.tries < (TRIES if size == 1 or not job.is_apart else 1):
            (self._suspects if size == 1 else self._again).append((job, piece))
        elif size == 1:
            done = lost(piece.candidates[0], self._knowledge)
            piece.answer = Answer(done.batch.tally, done.batch.lines)
            job.is_apart = True
            self.count.poison += 1
            if job.is_done:
                self._commit(job)
        else:
            step = -(-size // SPLIT)
            pieces = [_Piece(piece.candidates[start : start + step]) for start in range(0, size, step)]
            place = job.pieces.index(piece)
            job.pieces[place : place + 1] = pieces
            job.is_apart = True
            self._again += [(job, one) for one in pieces]

    def _commit(self, job: _Job) -> None:
        """Count a shard that is done; write the part of one that came in pieces."""
        answer = self._joined(job) if job.is_apart else job.pieces[0].answer
        assert answer is not None, "it is done"
        count = self.count
        count.is_refused = count.is_refused or any(
            candidate.refused for piece in job.pieces for candidate in piece.candidates
        )
        if self._place is not None and (answer.failed or answer.unwritten):
            self._in_a_row += 1
            count.failed += 1
            count.files += job.size
            count.reason = count.reason or answer.unwritten or ": ".join(answer.failed[0])
            count.is_stopped = count.is_stopped or self._in_a_row >= GIVE_UP
        else:
            self._in_a_row = 0
            count.kept += job.is_there
            count.written += not job.is_there
        job.pieces = [_Piece([], answer=answer)]

    def _joined(self, job: _Job) -> Answer:
        """The answers of the pieces as one; they sent their lines home, so the part is written here."""
        tally, lines, failed = Tally(), [], []
        for piece in job.pieces:
            assert piece.answer is not None, "all pieces are done"
            tally.merge(piece.answer.tally)
            lines.append(piece.answer.lines)
            failed += piece.answer.failed
        whole = b"".join(lines)
        unwritten = ""
        if self._place is not None and not failed:
            unwritten = write_part(self._place, job.part, whole, tally, self._knowledge.platforms)
        return Answer(tally, whole if self._wants_lines else b"", failed, unwritten)

    def _settled(self, job: _Job) -> Batch:
        """What the shard adds to the run; files whose records were lost on the way to the disk were not read."""
        answer = job.pieces[0].answer
        assert answer is not None, "done"
        if answer.unwritten:
            return Batch((), Tally(unreadable=job.size))
        return Batch((answer.lines,) if self._wants_lines else (), answer.tally)
