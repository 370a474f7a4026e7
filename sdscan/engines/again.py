"""One chunk of remembered files → their judgement by today's knowledge, and what changed since the last one. No picture is opened."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cache

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sdscan.catalog import Catalog, Recalled
from sdscan.exits import Tally
from sdscan.facts.text import visible
from sdscan.judged import Basis, Judgement, basis_of, basis_row, judgement_of, read_basis, read_judgement
from sdscan.knowledge import Knowledge
from sdscan.knowledge.watchlists import Watchlist
from sdscan.pipeline import judge
from sdscan.records import Candidate, FileFacts, FileResult
from sdscan.rescanning import Cause, Change, Direction, causes_between, compare, with_causes
from sdscan.run import Batch, batch_of
from sdscan.session import Settings

_ENCODE = msgspec.json.Encoder().encode
_AT_ONCE = 64
"""Files that are asked of the catalog at once."""
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
        self._causes: dict[bytes, tuple[Cause, ...]] = {self.key: ()}

    def causes(self, key: bytes) -> tuple[Cause, ...]:
        """What differs from the basis of that id."""
        if key not in self._causes:
            old = read_basis(self.catalog.basis(key))
            self._causes[key] = () if old is None else causes_between(old, self.basis)
        return self._causes[key]


def rejudge(candidates: Sequence[Candidate], ground: Ground) -> tuple[Batch, list[tuple[str, bytes]], Compared]:
    """Judge a chunk again: (results where they are asked for, judgements to remember, changes)."""
    tally, compared = Tally(), Compared()
    kept: list[tuple[str, bytes]] = []
    results: list[FileResult] = []
    for start in range(0, len(candidates), _AT_ONCE):
        part = candidates[start : start + _AT_ONCE]
        for candidate, recalled in zip(part, ground.catalog.recall([candidate.path for candidate in part])):
            result = _one(candidate, recalled, ground, kept, compared)
            if result is not None:
                tally.add(result)
                if ground.full:
                    results.append(replace(result, path=visible(candidate.path)))
    return Batch(batch_of(results).lines, tally), kept, compared


def _one(
    candidate: Candidate, recalled: Recalled | None, ground: Ground, kept: list[tuple[str, bytes]], compared: Compared
) -> FileResult | None:
    """The result of one file; None for a model file that is in the catalog only because it belongs to the library."""
    if recalled is None or candidate.skipped is not None:
        compared.stale += 1
        why = candidate.skipped or "the catalog cannot tell what it says; `sdscan scan` reads it again"
        return judge(candidate.path, FileFacts("unknown", "unreadable", why), ground.knowledge)
    facts, last = recalled.facts, recalled.last
    if last is None and facts.model is not None:
        return None
    old = None if last is None else read_judgement(last[1])
    path = candidate.path if old is None else os.fsdecode(old.path)
    result = judge(path, facts, ground.knowledge)
    data = judgement_of(result, path)
    compared.older += not recalled.current
    compared.first += old is None
    if last != (ground.key, data):
        kept.append((candidate.path, data))
    if old is None:
        compared.fresh.add(result)
    elif last is not None and last != (ground.key, data):
        compared.causes.update(dict.fromkeys(cause.text for cause in ground.causes(last[0]) if cause.kind != "date"))
        if last[1] != data:
            _compare(candidate.path, old, read_judgement(data), ground, last[0], result, compared)
    return result


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
