"""One chunk of remembered files → their judgement by today's knowledge, and what changed since the last one. No picture is opened."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cache

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sdscan.catalog import Catalog
from sdscan.engines.work import Done
from sdscan.exits import Tally
from sdscan.facts.text import visible
from sdscan.judged import Basis, Judgement, basis_of, basis_row, path_in, read_basis, read_judgement
from sdscan.knowledge import Knowledge
from sdscan.knowledge.watchlists import Watchlist
from sdscan.pipeline import judge
from sdscan.records import Candidate, FileFacts, FileResult
from sdscan.rescanning import Cause, Change, Direction, causes_between, compare, with_causes
from sdscan.session import Settings
from sdscan.telling import Lines, Put, Seeds, Shape, Teller, packed, unshaped

_ENCODE = msgspec.json.Encoder().encode
_CANNOT_TELL = "the catalog cannot tell what it says; `sdscan scan` reads it again"
READ_ANEW = "the file, which was read anew since"
"""The cause where nothing else differs."""


class Compared(Struct):
    """What changed in one chunk, or in all: counts, and a JSON line for each changed file."""

    lines: list[tuple[Direction, str, bytes]] = []
    """(direction, path, JSON) of each changed file, in the order of the candidates."""
    first: int = 0
    """Files without an earlier judgement."""
    older: int = 0
    """Files that an older version read."""
    stale: int = 0
    """Files that have changed since they were read, and were not judged."""
    causes: dict[str, None] = {}
    """Everything that is not as it was at one of the last judgements."""
    fresh: Tally = msgspec.field(default_factory=Tally)
    """Only what is new or worse: what `--only-new` exits by."""

    def merge(self, other: Compared) -> None:
        """Add the counts of another chunk; its lines are the caller's to keep."""
        self.first += other.first
        self.older += other.older
        self.stale += other.stale
        self.causes.update(other.causes)
        self.fresh.merge(other.fresh)


class Ground:
    """What the judgements of one run rest on, and how that differs from what the earlier ones did."""

    def __init__(self, knowledge: Knowledge, settings: Settings, catalog: Catalog) -> None:
        self.knowledge = knowledge
        self.catalog = catalog
        self.full = settings.report
        self.basis: Basis = basis_of(knowledge, settings)
        self.key, self.data = basis_row(self.basis)
        self.teller = Teller(knowledge, remember=True)
        self.told: list[tuple[bytes, bytes, bytes]] = []
        """Shapes that were judged in the chunk at hand: (id of the knowledge, shape, what its files came to)."""
        self._causes: dict[bytes, tuple[Cause, ...]] = {self.key: ()}

    def fetched(self, shape_id: bytes) -> Shape | None:
        """A shape from the catalog, with what it came to under this knowledge, or judged anew."""
        told = self.catalog.told(shape_id, self.key) if self.teller.shares else None
        if told is not None:
            return Shape(None, told, id=shape_id)
        facts = self.catalog.facts(shape_id)
        if facts is None:
            return None
        shape = self.teller.judged(Shape(facts, id=shape_id))
        if shape.told is not None:
            self.told.append((self.key, shape_id, packed(shape.told)))
        return shape

    def judged(self, path: str, shape: Shape, seeds: Seeds) -> FileResult:
        """The whole result of one file of a shape."""
        facts = shape.facts or self.catalog.facts(shape.id) or FileFacts("unknown", "unreadable", _CANNOT_TELL)
        return judge(path, unshaped(facts, seeds), self.knowledge)

    def causes(self, key: bytes) -> tuple[Cause, ...]:
        """What differs from the basis of that id."""
        if key not in self._causes:
            old = read_basis(self.catalog.basis(key))
            self._causes[key] = () if old is None else causes_between(old, self.basis)
        return self._causes[key]


def rejudge(candidates: Sequence[Candidate], ground: Ground, put: Put | None = None) -> Done:
    """Judge a chunk again: results (lines only where they are asked for), judgements to remember, changes."""
    lines, compared = Lines(ground.teller, put, keep=ground.full), Compared()
    kept: list[tuple[str, bytes]] = []
    ground.told = []
    ground.catalog.expect([candidate.path for candidate in candidates])
    ground.catalog.expect_told(ground.teller.unknown(ground.catalog.expected_shapes()), ground.key)
    for candidate in candidates:
        _one(candidate, ground, lines, kept, compared)
    return Done(lines.batch(), [], kept, compared, ground.told)


def _one(candidate: Candidate, ground: Ground, lines: Lines, kept: list[tuple[str, bytes]], compared: Compared) -> None:
    """One file; nothing for a model file that is in the catalog only because it belongs to the library."""
    held = None if candidate.skipped is not None else ground.catalog.recall(candidate.path)
    shape = None if held is None else ground.teller.stored(held.shape, ground.fetched)
    if held is None or shape is None:
        compared.stale += 1
        why = candidate.skipped or _CANNOT_TELL
        lines.add(candidate.path, ground.teller.shape(FileFacts("unknown", "unreadable", why)), ())
        return
    last = held.last
    if last is None and shape.facts is not None and shape.facts.model is not None:
        return
    old = None if last is None else path_in(last[1])
    path = candidate.path if old is None else os.fsdecode(old)
    data = lines.add(path, shape, held.seeds, shown=candidate.path)
    compared.older += not held.current
    compared.first += old is None
    if last != (ground.key, data):
        kept.append((candidate.path, data))
    if old is None:
        compared.fresh.add(ground.judged(path, shape, held.seeds))
    elif last is not None and last != (ground.key, data):
        compared.causes.update(dict.fromkeys(cause.text for cause in ground.causes(last[0]) if cause.kind != "date"))
        before = read_judgement(last[1])
        if last[1] != data and before is not None:
            result = ground.judged(path, shape, held.seeds)
            _compare(candidate.path, before, read_judgement(data), ground, last[0], result, compared)


def _compare(
    path: str, old: Judgement, new: Judgement | None, ground: Ground, key: bytes, result: FileResult, compared: Compared
) -> None:
    change = None if new is None else compare(visible(path), old, new)
    if change is None:
        return
    causes = ground.causes(key)
    if causes:
        watchlist = ground.knowledge.watchlist
        change = with_causes(change, causes, _source_of(watchlist), _packs_of(watchlist))
    else:
        change = replace(change, because=(READ_ANEW,))
    compared.lines.append((change.direction, change.path, _ENCODE(change)))
    compared.fresh.add(replace(result, findings=tuple(f for f in result.findings if f.id in _fresh(change))))


def _fresh(change: Change) -> frozenset[str]:
    """Ids of the findings that are new or worse."""
    return frozenset(f.id for f in change.findings if f.change in ("new", "worse") and f.now is not None)


def _source_of(watchlist: Watchlist) -> Callable[[str], str | None]:
    def source(subject: str) -> str | None:
        entry = watchlist.entry(subject)
        return None if entry is None else entry.source

    return source


@cache
def _speaking() -> dict[str, frozenset[str]]:
    """Platform or work id → ids of the built-in policy packs that speak of it. Parsed only when a pack has changed."""
    from sdscan.knowledge.policies.loading import builtin_paths
    from sdscan.knowledge.policies.packs import parse_pack

    found: dict[str, set[str]] = {}
    packs = [parse_pack(path.read_bytes(), path.name) for path in builtin_paths()]
    shared = {pack.pack.id for pack in packs if pack.payment_networks}
    for pack in packs:
        for platform in pack.platform:
            found.setdefault(platform.id, set()).update({pack.pack.id}, shared if platform.payment_networks else ())
        for work in pack.work:
            for name in (work.id, *work.includes):
                found.setdefault(name, set()).add(pack.pack.id)
    return {name: frozenset(packs) for name, packs in found.items()}


def _packs_of(watchlist: Watchlist) -> Callable[[str], frozenset[str]]:
    def packs(name: str) -> frozenset[str]:
        entry = watchlist.entry(name)
        work = entry.work if entry is not None and entry.work is not None else name
        return _speaking().get(work, frozenset())

    return packs
