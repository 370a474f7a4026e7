"""Engines: map THE LINE over many files. The order of the results is the order of the candidates, whatever the engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sdscan.errors import ConfigError

if TYPE_CHECKING:
    from sdscan.knowledge import Knowledge
    from sdscan.records import Candidate
    from sdscan.run import Batch
    from sdscan.session import Settings


def judged(
    candidates: Iterable[Candidate], knowledge: Knowledge, settings: Settings, *, engine: str = "local"
) -> Iterator[Batch]:
    """Batches of results in the order of `candidates`. Facts are remembered where `settings.catalog` names a file.

    Worker processes start with this call, not with the first batch: ask it before any thread is started.
    """
    if engine == "local":
        from sdscan.engines import local

        return local.judged(candidates, knowledge, settings)
    raise ConfigError(f"engine {engine!r} is not installed: pip install 'sdscan[{engine}]'")
