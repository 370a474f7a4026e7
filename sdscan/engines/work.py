"""One chunk of candidates → one Batch, and what the catalog is to keep. The same function in the plain loop and in every worker."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from sdscan.pipeline import facts_of, judge
from sdscan.records import Candidate, FileFacts, FileResult
from sdscan.run import Batch, batch_of

if TYPE_CHECKING:
    from sdscan.catalog import Catalog, Row
    from sdscan.engines.again import Compared
    from sdscan.knowledge import Knowledge
    from sdscan.limits import Limits
    from sdscan.session import Settings

Work = Callable[[Sequence[Candidate]], "Done"]
"""Takes a chunk of candidates down the line."""


class Done(Struct, frozen=True):
    """What one chunk came to."""

    batch: Batch
    rows: list[Row]
    """Facts that the catalog does not have yet."""
    judged: list[tuple[str, bytes]] = []
    """(path, judgement) to be remembered."""
    compared: Compared | None = None
    """What changed since the last judgement (`rescan`)."""


def work_of(knowledge: Knowledge, settings: Settings, catalog: Catalog | None) -> Work:
    """What a run does with each chunk: scan it, or (`settings.again`) judge again what the catalog holds of it."""
    if settings.again and catalog is not None:
        from sdscan.engines.again import Ground, rejudge

        ground = Ground(knowledge, settings, catalog)

        def again(candidates: Sequence[Candidate]) -> Done:
            batch, kept, compared = rejudge(candidates, ground)
            return Done(batch, [], kept, compared)

        return again

    basis = _basis(knowledge, settings) if settings.remember and catalog is not None and not settings.thorough else None

    def scan(candidates: Sequence[Candidate]) -> Done:
        rows: list[Row] = []
        judged: list[tuple[str, bytes]] = []
        results = _results(candidates, knowledge, settings, catalog, rows)
        if basis is not None and catalog is not None:
            results = _noted(results, candidates, catalog, basis, judged)
        return Done(batch_of(results), rows, judged)

    return scan


def _basis(knowledge: Knowledge, settings: Settings) -> bytes:
    """The id of what the judgements of this run rest on."""
    from sdscan.judged import basis_of, basis_row

    return basis_row(basis_of(knowledge, settings))[0]


def _noted(
    results: Iterator[FileResult],
    candidates: Sequence[Candidate],
    catalog: Catalog,
    basis: bytes,
    judged: list[tuple[str, bytes]],
) -> Iterator[FileResult]:
    """The same results; each judgement that the catalog does not hold already is added to `judged`."""
    from sdscan.judged import judgement_of

    for candidate, result in zip(candidates, results):
        if result.outcome != "skipped":
            judgement = judgement_of(result, candidate.path)
            if catalog.last != (basis, judgement):
                judged.append((candidate.path, judgement))
        yield result


def _results(
    candidates: Sequence[Candidate],
    knowledge: Knowledge,
    settings: Settings,
    catalog: Catalog | None,
    rows: list[Row],
) -> Iterator[FileResult]:
    limits, thorough = settings.config.limits, settings.thorough
    for candidate in candidates:
        if catalog is None or thorough or candidate.skipped is not None:
            facts = facts_of(candidate, limits, thorough=thorough)
        else:
            facts = remembered(candidate, limits, catalog, rows)
        yield judge(candidate.path, facts, knowledge)


def remembered(candidate: Candidate, limits: Limits, catalog: Catalog, rows: list[Row]) -> FileFacts:
    """Facts from the catalog where the file has not changed, else read anew; new ones are added to `rows`."""
    from sdscan.catalog import is_worth_keeping, row_of

    try:
        status = os.stat(candidate.path)
    except (OSError, ValueError):
        return facts_of(candidate, limits)
    facts = catalog.get(candidate.path, status)
    if facts is None or catalog.moved:
        facts = facts_of(candidate, limits) if facts is None else facts
        if is_worth_keeping(facts):
            rows.append(row_of(candidate.path, status, facts))
    return facts


def lost(candidate: Candidate, knowledge: Knowledge) -> Done:
    """The record of a file that killed its reader twice."""
    reason = "the process that read it died; it may need more memory than there is"
    facts = FileFacts(format="unknown", outcome="unreadable", reason=reason)
    return Done(batch_of([judge(candidate.path, facts, knowledge)]), [])
