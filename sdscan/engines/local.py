"""One machine: a plain loop for small jobs, worker processes over chunks of paths above. Leaves batches in the order of the candidates.

A worker that dies takes nothing with it: the chunks that were under way are done again one by one, each in a process of its own,
and a chunk that kills it again is halved until the one bad file is found, which is reported as unreadable.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from sdscan.catalog import Catalog, Row
from sdscan.engines.again import Compared, Ground, rejudge
from sdscan.engines.work import Done, work
from sdscan.judged import basis_of, basis_row
from sdscan.knowledge import Knowledge
from sdscan.pipeline import judge
from sdscan.records import Candidate, FileFacts
from sdscan.run import Batch, batch_of
from sdscan.session import Settings, load

LOOP = 64
"""Candidates a batch in the plain loop: often enough for a progress line, seldom enough to cost nothing."""
CHUNK = 512
"""Candidates a chunk for a worker: below 256 the hand-over costs more than the work (facts/scale.md, section 2)."""
WORKERS_FROM = 3_000
"""Files from which on worker processes pay for their start (0.3 s each)."""
KEPT = 2_000
"""Rows that are collected before the catalog is written."""


def judged(
    candidates: Sequence[Candidate], knowledge: Knowledge, settings: Settings, catalog: Path | None
) -> Iterator[Batch]:
    """Batches of results in the order of `candidates`."""
    if catalog is None:
        for one in _stored(candidates, knowledge, settings, None):
            yield one.batch
        return
    with Catalog(catalog) as opened:
        for one in _stored(candidates, knowledge, settings, opened):
            yield one.batch
        for note in opened.notes:
            sys.stderr.write(f"sdscan: {note}\n")


def rejudged(
    candidates: Sequence[Candidate], knowledge: Knowledge, settings: Settings, catalog: Catalog
) -> Iterator[Done]:
    """What the catalog's files come to today (`settings.again`), in the order of `candidates`."""
    yield from _stored(candidates, knowledge, settings, catalog)


def jobs_for(files: int, asked: int) -> int:
    """How many processes to use: what was asked for, else one a core where there is enough to do."""
    if asked:
        return asked
    return min(os.cpu_count() or 1, 32) if files >= WORKERS_FROM else 1


def _stored(
    candidates: Sequence[Candidate], knowledge: Knowledge, settings: Settings, catalog: Catalog | None
) -> Iterator[Done]:
    """What each chunk came to; new facts and judgements go to the catalog on the way."""
    jobs = jobs_for(len(candidates), settings.jobs)
    done = (
        _loop(candidates, knowledge, settings, catalog)
        if jobs == 1
        else _pool(candidates, knowledge, settings, catalog, jobs)
    )
    store = _Store(catalog, knowledge, settings)
    try:
        for one in done:
            store.add(one)
            yield one
    finally:  # also when the user interrupts: what is done is kept
        store.write()


class _Store:
    """Collects what the catalog is to keep, and writes it now and then."""

    def __init__(self, catalog: Catalog | None, knowledge: Knowledge, settings: Settings) -> None:
        self._catalog = catalog
        self._rows: list[Row] = []
        self._judged: list[tuple[str, bytes]] = []
        self._basis = b""
        self._aside = settings.again
        if catalog is not None and (settings.remember or settings.again):
            self._basis, data = basis_row(basis_of(knowledge, settings))
            catalog.remember_basis(self._basis, data)

    def add(self, one: Done) -> None:
        """Keep for later what a chunk brought."""
        self._rows += one.rows
        self._judged += one.judged
        if len(self._rows) >= KEPT or len(self._judged) >= KEPT:
            self.write()

    def write(self) -> None:
        """Write what was collected."""
        if self._catalog is not None:
            self._catalog.put(self._rows)
            rows = [(path, self._basis, judged) for path, judged in self._judged]
            self._catalog.remember_judgements(rows, aside=self._aside)
        self._rows, self._judged = [], []


def _loop(
    candidates: Sequence[Candidate], knowledge: Knowledge, settings: Settings, catalog: Catalog | None
) -> Iterator[Done]:
    ground = _ground(knowledge, settings, catalog)
    for start in range(0, len(candidates), LOOP):
        yield _chunk(candidates[start : start + LOOP], knowledge, settings, catalog, ground)


def _chunk(
    candidates: Sequence[Candidate],
    knowledge: Knowledge,
    settings: Settings,
    catalog: Catalog | None,
    ground: Ground | None,
) -> Done:
    if ground is not None:
        batch, kept, compared = rejudge(candidates, ground)
        return Done(batch, [], kept, compared)
    limits = settings.config.limits
    return work(candidates, knowledge, limits, settings.thorough, catalog, remember=settings.remember)


def _ground(knowledge: Knowledge, settings: Settings, catalog: Catalog | None) -> Ground | None:
    return Ground(knowledge, settings, catalog) if settings.again and catalog is not None else None


# ---- worker processes ------------------------------------------------------------------------------------------


_WORKER: tuple[Knowledge, Settings, Catalog | None, Ground | None] | None = None
"""What a worker process loaded once, when it started; set in workers only."""


def _start(settings: Settings, catalog: str | None) -> None:
    """Runs in each worker as it starts. Ctrl-C is the parent's to handle."""
    global _WORKER
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    knowledge = load(settings)
    opened = Catalog(Path(catalog), readonly=True) if catalog else None
    _WORKER = (knowledge, settings, opened, _ground(knowledge, settings, opened))


def _work(candidates: Sequence[Candidate]) -> Done:
    assert _WORKER is not None
    return _chunk(candidates, *_WORKER)


def _executor(jobs: int, settings: Settings, catalog: Catalog | None) -> ProcessPoolExecutor:
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["sdscan.engines.local"])
    path = None if catalog is None else str(catalog.path)
    return ProcessPoolExecutor(jobs, context, _start, (settings, path))


def _pool(
    candidates: Sequence[Candidate], knowledge: Knowledge, settings: Settings, catalog: Catalog | None, jobs: int
) -> Iterator[Done]:
    """Chunks over processes, a few ahead of what has been taken, handed out in order."""
    chunks = iter([candidates[start : start + CHUNK] for start in range(0, len(candidates), CHUNK)])
    ahead: deque[tuple[Sequence[Candidate], Future[Done]]] = deque()
    executor = _executor(jobs, settings, catalog)
    try:
        while True:
            while len(ahead) < jobs * 3 and (chunk := next(chunks, None)) is not None:
                ahead.append((chunk, executor.submit(_work, chunk)))
            if not ahead:
                return
            chunk, future = ahead[0]
            try:
                done = future.result()
            except BrokenProcessPool:
                executor.shutdown(wait=False, cancel_futures=True)
                yield from _one_by_one(ahead, knowledge, settings, catalog)
                ahead.clear()
                executor = _executor(jobs, settings, catalog)
                continue
            ahead.popleft()
            yield done
    finally:
        _stop(executor)


def _one_by_one(
    ahead: deque[tuple[Sequence[Candidate], Future[Done]]],
    knowledge: Knowledge,
    settings: Settings,
    catalog: Catalog | None,
) -> Iterator[Done]:
    """The chunks that were under way when a worker died: those that are done as they are, the others each alone."""
    for chunk, future in ahead:
        if future.done() and not future.cancelled() and future.exception() is None:
            yield future.result()
        else:
            yield from _isolated(chunk, knowledge, settings, catalog)


def _isolated(
    chunk: Sequence[Candidate], knowledge: Knowledge, settings: Settings, catalog: Catalog | None
) -> Iterator[Done]:
    """A chunk in a process of its own; halved where that process dies too."""
    todo = [chunk]
    while todo:
        part = todo.pop()
        executor = _executor(1, settings, catalog)
        try:
            yield executor.submit(_work, part).result()
        except BrokenProcessPool:
            if len(part) == 1:
                yield _lost(part[0], knowledge)
            else:
                middle = len(part) // 2
                todo += [part[middle:], part[:middle]]
        finally:
            _stop(executor)


def _lost(candidate: Candidate, knowledge: Knowledge) -> Done:
    """The record of a file that killed its reader twice."""
    facts = FileFacts(
        format="unknown",
        outcome="unreadable",
        reason="the process that read it died; it may need more memory than there is",
    )
    return Done(batch_of([judge(candidate.path, facts, knowledge)]), [], compared=Compared())


def _stop(executor: ProcessPoolExecutor) -> None:
    """End the workers now, whatever they do: on Ctrl-C nobody waits for a chunk."""
    processes = list((getattr(executor, "_processes", None) or {}).values())
    executor.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
