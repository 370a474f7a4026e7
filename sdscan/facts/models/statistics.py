"""Caption statistics → words that may be triggers. (The scoring follows.)"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from sdscan.facts.models.training import Folder


class Candidate(Struct, frozen=True, gc=False):
    """A caption piece that may be a trigger."""

    text: str
    coverage: float
    locator: str
    score: float
    sure: bool


def candidates_of(folders: Sequence[Folder], names: Sequence[str]) -> list[Candidate]:
    """Possible triggers of all folders, the likeliest first."""
    return []
