"""Engines: map THE LINE over many files. The order of the results is the order of the candidates, whatever the engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from sdscan.knowledge import Knowledge
    from sdscan.records import Candidate
    from sdscan.run import Batch
    from sdscan.session import Settings


class Plan(Struct, frozen=True):
    """A run in shards: over which engine, and where its parts go."""

    engine: str = "local"
    address: str | None = None
    """Of the cluster."""
    parts: str = ""
    """Folder or address for the parts; empty: none are written."""
    size: int = 1_000
    """Files a shard, more or less."""
    paths: tuple[str, ...] = ()
    """As the user named them: with `exclude`, what tells one run from another."""
    exclude: tuple[str, ...] = ()
    wants_lines: bool = True
    """Whether the records are wanted here as well, for another format."""
    is_quiet: bool = False


def judged(
    candidates: Iterable[Candidate], knowledge: Knowledge, settings: Settings, plan: Plan | None = None
) -> Iterator[Batch]:
    """Batches of results in the order of `candidates`. Facts are remembered where `settings.catalog` names a file.

    Worker processes start with this call, not with the first batch: ask it before any thread is started.
    """
    if plan is None:
        from sdscan.engines import local

        return local.judged(candidates, knowledge, settings)
    from sdscan.engines import cluster

    return cluster.sharded(candidates, knowledge, settings, plan)
