"""One chunk of candidates → one Batch, and the new facts for the catalog. The same function in the plain loop and in every worker."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from msgspec import Struct

from sdscan.catalog import Catalog, Row, is_worth_keeping, row_of
from sdscan.engines.again import Compared
from sdscan.judged import judgement_of
from sdscan.knowledge import Knowledge
from sdscan.limits import Limits
from sdscan.pipeline import facts_of, judge
from sdscan.records import Candidate, FileFacts, FileResult
from sdscan.run import Batch, batch_of


class Done(Struct, frozen=True):
    """What one chunk came to."""

    batch: Batch
    rows: list[Row]
    """Facts that the catalog does not have yet."""
    judged: list[tuple[str, bytes]] = []
    """(path, judgement) to be remembered."""
    compared: Compared | None = None
    """What changed since the last judgement (`rescan`)."""


def work(
    candidates: Sequence[Candidate],
    knowledge: Knowledge,
    limits: Limits,
    thorough: bool,
    catalog: Catalog | None,
    *,
    remember: bool = False,
) -> Done:
    """Judge a chunk of candidates; with `remember`, what each came to is handed over for the catalog."""
    rows: list[Row] = []
    judged: list[tuple[str, bytes]] = []
    results = _results(candidates, knowledge, limits, thorough, catalog, rows)
    if remember and catalog is not None:
        results = _noted(results, judged)
    return Done(batch_of(results), rows, judged)


def _noted(results: Iterator[FileResult], judged: list[tuple[str, bytes]]) -> Iterator[FileResult]:
    for result in results:
        judged.append((result.path, judgement_of(result, result.path)))
        yield result


def _results(
    candidates: Sequence[Candidate],
    knowledge: Knowledge,
    limits: Limits,
    thorough: bool,
    catalog: Catalog | None,
    rows: list[Row],
) -> Iterator[FileResult]:
    for candidate in candidates:
        if catalog is None or thorough or candidate.skipped is not None:
            facts = facts_of(candidate, limits, thorough=thorough)
        else:
            facts = remembered(candidate, limits, catalog, rows)
        yield judge(candidate.path, facts, knowledge)


def remembered(candidate: Candidate, limits: Limits, catalog: Catalog, rows: list[Row]) -> FileFacts:
    """Facts from the catalog where the file has not changed, else read anew; new ones are added to `rows`."""
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
