"""Engines: map THE LINE over many files. The order of the results is the order of the candidates, whatever the engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sdscan.errors import ConfigError
from sdscan.knowledge import Knowledge
from sdscan.records import Candidate
from sdscan.run import Batch
from sdscan.session import Settings


def judged(
    candidates: Sequence[Candidate], knowledge: Knowledge, settings: Settings, *, engine: str = "local"
) -> Iterator[Batch]:
    """Batches of results in the order of `candidates`. Facts are remembered where `settings.catalog` names a file."""
    catalog = None if settings.catalog is None else Path(settings.catalog)
    if engine == "local":
        from sdscan.engines import local

        return local.judged(candidates, knowledge, settings, catalog)
    raise ConfigError(f"engine {engine!r} is not installed: pip install 'sdscan[{engine}]'")
