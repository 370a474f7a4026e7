"""What `allow` and `baseline` share: options → one run over the named paths. Nothing is judged here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import click
import msgspec

from sdscan.config import Loaded
from sdscan.discover import discover
from sdscan.engines import judged
from sdscan.knowledge import Knowledge
from sdscan.records import FileResult
from sdscan.run import Batch
from sdscan.session import Settings, catalog_path, load, platforms_from

catalogued = click.option("--no-catalog", is_flag=True, help="Read every file anew and remember nothing.")
"""The option of that name."""


def settings_of(
    loaded: Loaded, models: Sequence[str], platforms: Sequence[str], watchlists: Sequence[str], default_watchlist: bool,
    policies: Sequence[str], no_catalog: bool, baseline: str | None = None,
) -> Settings:  # fmt: skip
    """The settings of a run, the command line before the configuration; without a baseline unless one is named."""
    scan = loaded.config.scan
    return Settings(
        config=loaded.config,
        models=tuple(models) or scan.models,
        platforms=platforms_from(platforms, loaded.config),
        watchlists=tuple(watchlists) or scan.watchlists,
        default_watchlist=default_watchlist and scan.default_watchlist,
        own_watchlists=not loaded.isolated,
        policies=tuple(policies) or scan.policies,
        baseline=baseline,
        jobs=scan.jobs,
        thorough=scan.thorough,
        catalog=catalog_path(None, loaded.config, off=no_catalog),
    )


def run_over(paths: Sequence[str], settings: Settings) -> tuple[Knowledge, Iterator[FileResult]]:
    """The knowledge that the paths are judged by, and their results, which may be iterated once."""
    candidates = list(discover(paths, settings.config.scan.exclude))
    knowledge = load(settings)
    return knowledge, _results(judged(candidates, knowledge, settings))


def _results(batches: Iterable[Batch]) -> Iterator[FileResult]:
    decode = msgspec.json.Decoder(FileResult).decode
    for batch in batches:
        for line in batch.lines.splitlines():
            yield decode(line)
