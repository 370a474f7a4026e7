"""What the benchmark is made of: a Measure is one row of figures, a Budget one bound on a ratio of two of them.

To add one: write a function `Ground -> float`, and a line in a MEASURES tuple; for a bound, a line in a BUDGETS tuple.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct, field


class Ground(Struct):
    """Where a benchmark runs, and what every measure may use. Nothing of the user's is read or written."""

    folder: Path
    """Everything that is made for the benchmark: corpora, environments of the peers, caches, results."""
    files: int
    """Pictures of the corpus."""
    corpus: Path
    """The folder of these."""
    names: Path
    """A tag list of about 110,000 names or more."""
    python: Path
    """The interpreter that has sdscan."""
    peers: Path | None = None
    """The interpreter that has the peers; None where it could not be set up."""
    repeats: int = 3
    """Rounds; each round takes every measure once, in the order of the table."""

    @property
    def sdscan(self) -> str:
        """The installed command."""
        return str(self.python.parent / "sdscan")

    @property
    def scratch(self) -> Path:
        """Results and catalogs of the round at hand."""
        return self.folder / "scratch"

    def environment(self, **more: str) -> dict[str, str]:
        """For a process: a cache and a data folder of its own, and nothing that changes what sdscan does."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("SDSCAN_", "PYTHON"))}
        own = {"SDSCAN_CACHE_DIR": str(self.folder / "cache"), "SDSCAN_DATA_DIR": str(self.folder / "data")}
        return {**kept, **own, **more}


class Missing(Exception):
    """A measure cannot be taken here; the message says what is missing. Its row then says so."""


class Measure(Struct, frozen=True):
    """One figure, taken once a round."""

    id: str
    title: str
    """What the row of the table says."""
    unit: str
    """files/s ms µs MB s"""
    take: Callable[[Ground], float]
    """Raises Missing where it cannot be taken."""
    group: str = "scan"
    """The table that it stands in, see tables.GROUPS."""
    once: bool = False
    """Taken in the first round only: what takes minutes."""
    large: bool = False
    """Only with `--large`."""


class Budget(Struct, frozen=True):
    """A bound on one figure, or on the ratio of two that were taken in the same round."""

    title: str
    of: str
    """Id of a measure."""
    must: float
    aim: float
    over: str | None = None
    """Id of the measure that it is divided by; None: the figure itself."""
    at_least: bool = True
    """False: the figure is to be no more than the bound."""
    unit: str = "×"


class Figures(Struct):
    """What a benchmark has measured."""

    samples: dict[str, list[float]] = field(default_factory=dict)
    """Measure → one figure a round."""
    missing: dict[str, str] = field(default_factory=dict)
    """Measure → why there is none."""

    def ratios(self, budget: Budget) -> list[float]:
        """The figure of a budget, one a round; empty where something is missing."""
        above = self.samples.get(budget.of, [])
        if budget.over is None:
            return above
        below = self.samples.get(budget.over, [])
        if len(below) == 1:  # taken once
            below = below * len(above)
        return [a / b for a, b in zip(above, below) if b]
