"""One machine: a plain loop. Enters candidates and knowledge, leaves results in the same order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sdscan.knowledge import Knowledge
from sdscan.pipeline import facts_of, judge
from sdscan.records import Candidate, FileResult
from sdscan.session import Settings


def judged(
    candidates: Sequence[Candidate], knowledge: Knowledge, settings: Settings, catalog: str | None
) -> Iterator[FileResult]:
    """Results in the order of `candidates`."""
    limits = settings.config.limits
    for candidate in candidates:
        yield judge(candidate.path, facts_of(candidate, limits, thorough=settings.thorough), knowledge)
