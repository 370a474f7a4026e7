"""Configuration and options → Knowledge. Everything that a run needs from disk besides the pictures, loaded once."""

from __future__ import annotations

import datetime
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from sdscan.cloud import DEFAULT_ACCESS, Access
from sdscan.config import Config
from sdscan.errors import ConfigError
from sdscan.judgement.suppression import read_baseline
from sdscan.knowledge import Knowledge
from sdscan.knowledge.library import Library, open_library
from sdscan.knowledge.policies import load_policies
from sdscan.knowledge.statements import Statements
from sdscan.knowledge.watchlists import load_watchlist


class Settings(Struct, frozen=True):
    """What a run was asked for, after options, environment and configuration have been put together."""

    config: Config = Config()
    models: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    """Empty: the profile `general`."""
    watchlists: tuple[str, ...] = ()
    default_watchlist: bool = True
    own_watchlists: bool = False
    """Whether the lists that the user imported or added count as well."""
    policies: tuple[str, ...] = ()
    """Further policy packs; a later one replaces an entry of the same id."""
    baseline: str | None = None
    jobs: int = 1
    thorough: bool = False
    catalog: str | None = None
    """Where facts are remembered; None: nowhere."""
    today: datetime.date | None = None
    """None: SOURCE_DATE_EPOCH, else the system's date."""
    config_path: str | None = None
    """The configuration file that `config` came from; `rescan` reads it again."""
    remember: bool = False
    """Whether the catalog keeps each judgement, so that `rescan` can tell what changed since."""
    again: bool = False
    """Judge what the catalog holds instead of reading files: `rescan`."""
    report: bool = False
    """With `again`: hand over the whole results as well, not only what changed."""
    access: Access = DEFAULT_ACCESS
    """How object stores are asked."""


def load(settings: Settings) -> Knowledge:
    """The knowledge of a run. Raises ConfigError and PackError before any picture is read."""
    policies = load_policies(tuple(map(Path, settings.policies)), cache_dir=cache_dir())
    platforms = settings.platforms or ("general",)
    return Knowledge(
        watchlist=load_watchlist(
            [*_own_lists(settings), *map(Path, settings.watchlists)],
            default=settings.default_watchlist,
            cache_dir=cache_dir(),
        ),
        policies=policies,
        library=_library(settings),
        statements=_statements(settings),
        platforms=policies.expand(platforms),
        today=settings.today or today(),
        protection_years=settings.config.judgement.protection_years,
    )


def _own_lists(settings: Settings) -> tuple[Path, ...]:
    """What `watchlist import` and `watchlist add` keep in the user's data folder; not looked for where a run stands alone."""
    if not settings.own_watchlists or not data_dir().is_dir():
        return ()
    from sdscan.knowledge.watchlists.own import own_lists

    return own_lists(data_dir())


def _library(settings: Settings) -> Library:
    """The model files, from the catalog where it knows them: a known file costs one stat."""
    if not settings.models:
        return Library()
    limits = settings.config.limits
    if settings.catalog is None:
        return open_library(settings.models, limits)
    from sdscan.catalog import Catalog, Row, beside, reader_version
    from sdscan.engines.work import remembered
    from sdscan.knowledge.library_index import LibraryIndex

    catalog = Catalog(Path(settings.catalog))
    rows: list[Row] = []
    folder = cache_dir()
    index = None if folder is None else LibraryIndex(folder, settings.models, reader_version(), beside)
    library = open_library(
        settings.models, limits, lambda found: remembered(found, limits, catalog, rows), catalog.digests, index
    )
    catalog.put(rows)
    return library


def _statements(settings: Settings) -> Statements:
    config = settings.config
    if settings.baseline is None:
        return Statements(allow=config.allow, declare=config.declare)
    name = os.path.basename(settings.baseline)
    return Statements(config.allow, config.declare, read_baseline(settings.baseline), baseline_source=name)


def today() -> datetime.date:
    """The date to judge by: SOURCE_DATE_EPOCH where it is set, so that a run can be repeated, else the system's (UTC)."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return datetime.datetime.now(datetime.UTC).date()
    try:
        return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date()
    except (ValueError, OverflowError, OSError):
        raise ConfigError(f"SOURCE_DATE_EPOCH is {epoch!r}; expected seconds since 1970") from None


def cache_dir() -> Path | None:
    """The user's cache folder for sdscan, made readable by its owner only; None where there can be none.

    It may be one that can only be read (an image that was built with it): what it holds is used, and nothing is added.
    """
    folder = Path(os.environ.get("SDSCAN_CACHE_DIR") or _platform_folder("cache"))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.R_OK | os.X_OK) else None


def data_dir() -> Path:
    """The user's data folder for sdscan (imported watchlists, own pack); not created here."""
    return Path(os.environ.get("SDSCAN_DATA_DIR") or _platform_folder("data"))


def _platform_folder(kind: str) -> Path:
    home = Path(os.path.expanduser("~"))
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "sdscan" / kind
    if sys.platform == "darwin":
        return home / "Library" / ("Caches" if kind == "cache" else "Application Support") / "sdscan"
    variable, default = ("XDG_CACHE_HOME", ".cache") if kind == "cache" else ("XDG_DATA_HOME", ".local/share")
    return Path(os.environ.get(variable) or home / default) / "sdscan"


def catalog_path(asked: str | None, config: Config, *, off: bool) -> str | None:
    """Where the catalog stands: the option, the configuration, else the user's cache folder; None where it is off or cannot be."""
    if off:
        return None
    if asked or config.scan.catalog:
        return asked or config.scan.catalog
    folder = cache_dir()
    return None if folder is None or not os.access(folder, os.W_OK) else str(folder / "catalog.sqlite")


def platforms_from(options: Sequence[str], config: Config) -> tuple[str, ...]:
    """Platforms named on the command line, else the configuration's; each once, in order."""
    return tuple(dict.fromkeys(options or config.scan.platforms))
