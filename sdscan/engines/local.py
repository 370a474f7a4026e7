"""One machine: a plain loop. Enters candidates and knowledge, leaves batches of results in the same order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sdscan.knowledge import Knowledge
from sdscan.pipeline import facts_of, judge
from sdscan.records import Candidate
from sdscan.run import Batch, batch_of
from sdscan.session import Settings

BATCH = 64
"""Candidates a batch in the plain loop: often enough for a progress line, seldom enough to cost nothing."""


def judged(
    candidates: Sequence[Candidate], knowledge: Knowledge, settings: Settings, catalog: str | None
) -> Iterator[Batch]:
    """Batches of results in the order of `candidates`."""
    limits, thorough = settings.config.limits, settings.thorough
    for start in range(0, len(candidates), BATCH):
        yield batch_of(
            judge(candidate.path, facts_of(candidate, limits, thorough=thorough), knowledge)
            for candidate in candidates[start : start + BATCH]
        )
