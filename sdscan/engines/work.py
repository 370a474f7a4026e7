"""One chunk of candidates → one Batch, and what the catalog is to keep. The same function in the plain loop and in every worker."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from sdscan.errors import ReadError, Unreached
from sdscan.facts import models
from sdscan.facts.outcome import unreadable
from sdscan.facts.twins import likeness
from sdscan.opening import Opener
from sdscan.pipeline import facts_in, facts_of, judge, read_container
from sdscan.records import Candidate, FileFacts, Listed
from sdscan.run import Batch, batch_of
from sdscan.telling import Lines, Put, Seeds, Shape, Teller, packed, seeds_of, store

if TYPE_CHECKING:
    from sdscan.catalog import Catalog, Held, Row
    from sdscan.engines.again import Compared
    from sdscan.knowledge import Knowledge
    from sdscan.limits import Limits
    from sdscan.session import Settings

NO_MEMORY = "needs more memory than there is"
"""The reason of a file for which memory ran out."""
_DIED = "the process that read it died; it may need more memory than there is"


class Work(Protocol):
    """Takes a chunk of candidates down the line."""

    def __call__(self, candidates: Sequence[Candidate], put: Put | None = None, /) -> Done:
        """What the chunk came to, less the lines that `put` took."""


class Done(Struct, frozen=True):
    """What one chunk came to."""

    batch: Batch
    rows: list[Row]
    """Facts that the catalog does not have yet."""
    judged: list[tuple[str, bytes]] = []
    """(path, judgement) to be remembered."""
    compared: Compared | None = None
    """What changed since the last judgement (`rescan`)."""
    told: list[tuple[bytes, bytes, bytes]] = []
    """(id of the knowledge, shape, what its files came to) to be remembered."""
    failed: list[tuple[str, str]] = []
    """(path, reason) of files that could not be read for a reason that does not lie in them; they have their records all the same."""


def work_of(knowledge: Knowledge, settings: Settings, catalog: Catalog | None) -> Work:
    """What a run does with each chunk: scan it, or (`settings.again`) judge again what the catalog holds of it."""
    if settings.again and catalog is not None:
        from sdscan.engines.again import Ground, rejudge

        ground = Ground(knowledge, settings, catalog)
        return lambda candidates, put=None: rejudge(candidates, ground, put)
    if catalog is not None and not settings.thorough:
        return _Remembering(knowledge, settings, catalog)
    teller = Teller(knowledge)
    opener = Opener(settings.config.limits, settings.access)

    def scan(candidates: Sequence[Candidate], put: Put | None = None) -> Done:
        lines = Lines(teller, put)
        opener.expect(candidates)
        for candidate in candidates:
            shape, seeds = read_shape(candidate, settings.config.limits, teller, opener, thorough=settings.thorough)
            lines.add(candidate.path, shape, seeds)
        return Done(lines.batch(), [], failed=opener.failed)

    return scan


def read_shape(
    candidate: Candidate, limits: Limits, teller: Teller, opener: Opener, *, thorough: bool = False
) -> tuple[Shape, Seeds]:
    """As `facts_of`, less what a file has in common with one that was read before."""
    if candidate.skipped is not None or candidate.refused is not None:
        return teller.shape(facts_of(candidate, limits)), ()
    found = None
    try:
        with opener.open(candidate) as source:
            if teller.shares and not thorough and not models.is_among_embeddings(candidate.path):
                found = likeness(source)
                known = None if found is None else teller.twin(found)
                if known is not None:
                    return known
            limits = limits.started()
            alone = candidate.listed is not None
            container = read_container(source, candidate, limits, thorough, alone)
            facts = facts_in(container, source, candidate, limits, alone=alone, again=found is None)
    except ReadError as error:
        if isinstance(error, Unreached):
            opener.failed.append((candidate.path, error.reason))
        return teller.shape(unreadable(error)), ()
    except MemoryError:
        return teller.shape(unreadable(ReadError(NO_MEMORY))), ()
    shape, seeds = teller.shape(facts), seeds_of(facts)
    if found is not None:
        teller.remember_twin(found, shape, seeds)
    return shape, seeds


class _Remembering:
    """The same with a catalog: a file that has not changed is not opened, and a shape that is known is not judged."""

    def __init__(self, knowledge: Knowledge, settings: Settings, catalog: Catalog) -> None:
        from sdscan.catalog import moved_row, shape_row  # late: a run without a catalog needs no SQLite

        self._moved_row, self._shape_row = moved_row, shape_row
        self._limits = settings.config.limits
        self._opener = Opener(settings.config.limits, settings.access)
        self._catalog = catalog
        self._teller = Teller(knowledge, remember=True)
        self._remember = settings.remember
        self._basis = _basis(knowledge, settings)
        self._sent: set[bytes] = set()
        """Shapes that the catalog has, or was sent."""
        self._told: list[tuple[bytes, bytes, bytes]] = []

    def __call__(self, candidates: Sequence[Candidate], put: Put | None = None) -> Done:
        lines = Lines(self._teller, put)
        rows: list[Row] = []
        judged: list[tuple[str, bytes]] = []
        self._told = []
        self._catalog.expect([candidate.path for candidate in candidates])
        self._catalog.expect_told(self._teller.unknown(self._catalog.expected_shapes()), self._basis)
        self._opener.expect([one for one in candidates if one.listed and not self._is_held(one, one.listed)])
        for candidate in candidates:
            if candidate.skipped is not None or candidate.refused is not None:
                facts = facts_of(candidate, self._limits)
                lines.add(candidate.path, self._teller.shape(facts), ())
                continue
            shape, seeds, held = self._read(candidate, rows)
            judgement = lines.add(candidate.path, shape, seeds)
            if self._remember and (held is None or held.last != (self._basis, judgement)):
                judged.append((candidate.path, judgement))
        return Done(lines.batch(), rows, judged, told=self._told)

    def _read(self, candidate: Candidate, rows: list[Row]) -> tuple[Shape, Seeds, Held | None]:
        """Shape and seeds of a file: from the catalog where it has not changed, else read anew, which adds to `rows`."""
        try:
            status = candidate.listed or os.stat(candidate.path)
        except (OSError, ValueError):
            return *read_shape(candidate, self._limits, self._teller, self._opener), None
        held = self._catalog.find(candidate.path, status)
        shape = None if held is None else self._teller.stored(held.shape, self._fetched)
        if held is not None and shape is not None and not _is_unreadable(shape):  # that is tried again each time
            if held.moved:
                rows.append(self._moved_row(candidate.path, status, held))
            return shape, held.seeds, None if held.moved else held
        shape, seeds = read_shape(candidate, self._limits, self._teller, self._opener)
        if candidate.listed is not None:
            status = self._opener.version or candidate.listed
        store(shape)
        assert shape.facts is not None, "it was just read"
        rows.append(self._shape_row(candidate.path, status, shape, shape.facts, seeds, known=shape.id in self._sent))
        if shape.id not in self._sent:
            self._sent.add(shape.id)
            self._keep(shape)
        return shape, seeds, self._catalog.recall(candidate.path)

    def _is_held(self, candidate: Candidate, listed: Listed) -> bool:
        held = self._catalog.find(candidate.path, listed)
        shape = None if held is None else self._teller.stored(held.shape, self._fetched)
        return shape is not None and not _is_unreadable(shape)

    def _fetched(self, shape_id: bytes) -> Shape | None:
        """A shape from the catalog, with what it came to under this knowledge, or judged anew."""
        told = self._catalog.told(shape_id, self._basis) if self._teller.shares else None
        if told is not None:
            return Shape(None, told, id=shape_id)
        facts = self._catalog.facts(shape_id)
        if facts is None:
            return None
        shape = self._teller.judged(Shape(facts, id=shape_id))
        self._keep(shape)
        return shape

    def _keep(self, shape: Shape) -> None:
        if shape.told is not None:
            self._told.append((self._basis, shape.id, packed(shape.told)))


def _is_unreadable(shape: Shape) -> bool:
    if shape.told is not None:
        return shape.told.tally.unreadable > 0
    return shape.facts is not None and shape.facts.outcome == "unreadable"


def _basis(knowledge: Knowledge, settings: Settings) -> bytes:
    """The id of what the judgements of this run rest on."""
    from sdscan.judged import basis_of, basis_row

    return basis_row(basis_of(knowledge, settings))[0]


def remembered(candidate: Candidate, limits: Limits, catalog: Catalog, rows: list[Row]) -> FileFacts:
    """Facts from the catalog where the file has not changed, else read anew; new ones are added to `rows`."""
    from sdscan.catalog import is_worth_keeping, row_of

    try:
        status = os.stat(candidate.path)
    except (OSError, ValueError):
        return facts_of(candidate, limits)
    facts = catalog.get(candidate.path, status)
    if facts is None:
        facts = facts_of(candidate, limits)
        if is_worth_keeping(facts):
            rows.append(row_of(candidate.path, status, facts))
    return facts


def lost(candidate: Candidate, knowledge: Knowledge, reason: str = _DIED) -> Done:
    """The record of a file that killed its reader twice, or for which there was no memory."""
    facts = FileFacts(format="unknown", outcome="unreadable", reason=reason)
    return Done(batch_of([judge(candidate.path, facts, knowledge)]), [])
