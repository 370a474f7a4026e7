"""One machine: a plain loop for small jobs, worker processes above. Enters candidates, leaves batches in their order.

What is new goes to the catalog on the way, in one writer; an interrupted run keeps what it has done.
"""

from __future__ import annotations

import contextlib
import itertools
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import TYPE_CHECKING

from sdscan.engines.work import NO_MEMORY, Done, Work, lost, work_of
from sdscan.system import cores

if TYPE_CHECKING:
    from sdscan.catalog import Catalog, Row
    from sdscan.knowledge import Knowledge
    from sdscan.records import Candidate
    from sdscan.run import Batch
    from sdscan.session import Settings

LOOP = 64
"""Candidates a batch in the plain loop: often enough for a progress line, seldom enough to cost nothing."""
OBJECTS = 512
"""The same for objects: at the end of each batch the requests run dry once."""
WORKERS_FROM = 2_000
"""Files from which on worker processes pay for their start."""
KEPT = 2_000
"""Rows that are collected before the catalog is written."""
Started = Callable[["Catalog | None"], Generator["Done"]]
"""Takes the open catalog, leaves what each chunk came to."""


def judged(candidates: Iterable[Candidate], knowledge: Knowledge, settings: Settings) -> Iterator[Batch]:
    """Batches of results in the order of `candidates`. Workers start at once, before the catalog is opened."""
    return _judged(_started(candidates, knowledge, settings), knowledge, settings)


def rejudged(
    candidates: Iterable[Candidate], knowledge: Knowledge, settings: Settings, catalog: Catalog
) -> Iterator[Done]:
    """What the catalog's files come to today (`settings.again`), in the order of `candidates`."""
    return _stored(_started(candidates, knowledge, settings), knowledge, settings, catalog)


def jobs_for(files: int, asked: int) -> int:
    """How many processes to use: what was asked for, else one a core where there is enough to do."""
    if asked:
        return asked
    return min(cores(), 32) if files >= WORKERS_FROM else 1


def _started(candidates: Iterable[Candidate], knowledge: Knowledge, settings: Settings) -> Started:
    """The plain loop, which waits for the catalog, or worker processes that have begun. Looks ahead only where that decides which."""
    rest = iter(candidates)
    first = list(itertools.islice(rest, 1 if settings.jobs else WORKERS_FROM))
    jobs = jobs_for(len(first), settings.jobs)
    everything = itertools.chain(first, rest)
    if jobs == 1:
        size = OBJECTS if any(one.listed is not None for one in first) else LOOP
        return lambda catalog: _loop(everything, knowledge, lambda: work_of(knowledge, settings, catalog), size)
    from sdscan.engines.workers import pooled

    done = pooled(everything, knowledge, settings, jobs)
    return lambda catalog: done


def _loop(
    candidates: Iterator[Candidate], knowledge: Knowledge, begin: Callable[[], Work], size: int
) -> Generator[Done]:
    """Chunk by chunk; one for which there is no memory is done again file by file, and what still finds none is told."""
    work = begin()
    while chunk := list(itertools.islice(candidates, size)):
        try:
            done = [work(chunk)]
        except MemoryError:
            done = [_alone(candidate, knowledge, begin) for candidate in chunk]
            work = begin()
        yield from done


def _alone(candidate: Candidate, knowledge: Knowledge, begin: Callable[[], Work]) -> Done:
    try:
        return begin()([candidate])
    except MemoryError:
        return lost(candidate, knowledge, NO_MEMORY)


def _judged(started: Started, knowledge: Knowledge, settings: Settings) -> Iterator[Batch]:
    if settings.catalog is None:
        for one in _stored(started, knowledge, settings, None):
            yield one.batch
        return
    from pathlib import Path

    from sdscan.catalog import Catalog

    with (
        Catalog(Path(settings.catalog)) as opened,
        contextlib.closing(
            _stored(started, knowledge, settings, opened)
        ) as results,  # ends first: it writes what is left
    ):
        for one in results:
            yield one.batch
        for note in opened.notes:
            sys.stderr.write(f"sdscan: {note}\n")


def _stored(started: Started, knowledge: Knowledge, settings: Settings, catalog: Catalog | None) -> Generator[Done]:
    """What each chunk came to; new facts and judgements go to the catalog on the way."""
    store = _Store(catalog, knowledge, settings)
    done = started(catalog)
    try:
        for one in done:
            store.add(one)
            yield one
    finally:  # also when the user interrupts: what is done is kept
        store.write()
        done.close()


class _Store:
    """Collects what the catalog is to keep, and writes it now and then."""

    def __init__(self, catalog: Catalog | None, knowledge: Knowledge, settings: Settings) -> None:
        self._catalog = catalog
        self._rows: list[Row] = []
        self._judged: list[tuple[str, bytes]] = []
        self._told: list[tuple[bytes, bytes, bytes]] = []
        self._basis = b""
        self._aside = settings.again
        if catalog is not None and (settings.remember or settings.again):
            from sdscan.judged import basis_of, basis_row

            self._basis, data = basis_row(basis_of(knowledge, settings))
            catalog.remember_basis(self._basis, data)

    def add(self, one: Done) -> None:
        """Keep for later what a chunk brought."""
        self._rows += one.rows
        self._judged += one.judged
        self._told += one.told
        if len(self._rows) >= KEPT or len(self._judged) >= KEPT:
            self.write()

    def write(self) -> None:
        """Write what was collected: a file that is new gets its facts and its judgement at once."""
        if self._catalog is not None and (self._rows or self._judged or self._told):
            from sdscan.catalog import key_of

            judged = {key_of(path): (self._basis, judgement) for path, judgement in self._judged}
            if self._aside:
                self._catalog.remember_judgements(judged, aside=True)
            else:
                self._catalog.put(self._rows, judged, self._told)
                new = {row.path for row in self._rows}
                self._catalog.remember_judgements({path: one for path, one in judged.items() if path not in new})
        self._rows, self._judged, self._told = [], [], []
