"""What `allow` and `baseline` share: options → one run whose results can be read again. Nothing is judged here."""

from __future__ import annotations

from collections.abc import Sequence

import click

from sdscan.config import Loaded
from sdscan.discover import discover
from sdscan.engines import judged
from sdscan.exits import ExitRules
from sdscan.knowledge import Knowledge
from sdscan.run import Spool
from sdscan.session import Settings, catalog_path, load, platforms_from

catalogued = click.option("--no-catalog", is_flag=True, help="Read every file anew and remember nothing.")
"""The option of that name."""


def settings_of(
    loaded: Loaded, models: Sequence[str], platforms: Sequence[str], watchlists: Sequence[str], default_watchlist: bool,
    no_catalog: bool, baseline: str | None = None,
) -> Settings:  # fmt: skip
    """The settings of a run, the command line before the configuration; without a baseline unless one is named."""
    scan = loaded.config.scan
    return Settings(
        config=loaded.config,
        models=tuple(models) or scan.models,
        platforms=platforms_from(platforms, loaded.config),
        watchlists=tuple(watchlists) or scan.watchlists,
        default_watchlist=default_watchlist and scan.default_watchlist,
        baseline=baseline,
        jobs=scan.jobs,
        thorough=scan.thorough,
        catalog=catalog_path(None, loaded.config, off=no_catalog),
    )


def run_over(paths: Sequence[str], settings: Settings) -> tuple[Spool, Knowledge]:
    """All results of a run over the paths, and the knowledge that it was judged by."""
    candidates = list(discover(paths, settings.config.scan.exclude))
    knowledge = load(settings)
    rules = ExitRules(fail_on=None, allow_incomplete=True, hook=True)
    spool = Spool(judged(candidates, knowledge, settings), knowledge.packs, knowledge.platforms, rules)
    for _ in spool.live():
        pass
    return spool, knowledge
