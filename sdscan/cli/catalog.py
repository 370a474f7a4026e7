"""`sdscan catalog`: the local cache of decoded facts."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import click

from sdscan.cache_files import catalog_files, other_files
from sdscan.catalog import Catalog
from sdscan.cli.options import note, plain
from sdscan.config import Config
from sdscan.errors import ConfigError
from sdscan.session import cache_dir, catalog_path

_PATH = click.option("--catalog", "path", metavar="PATH", help="The catalog. [default: in your cache folder]")


@click.group("catalog", short_help="The local cache of decoded facts.")
def command() -> None:
    """Look at, shrink or delete the cache of decoded facts.

    It holds what your files say (prompts among it), so that an unchanged file is not read again. It is readable by you alone, and
    judgement is never taken from it.
    """


def _found(path: str | None) -> tuple[Path, Path | None]:
    """The catalog, and the cache folder that it stands in; None where the user named another place."""
    config = Config()
    found = catalog_path(path, config, off=False) or ""
    folder = None if path or config.scan.catalog else cache_dir()
    if not os.path.lexists(found) and (folder is None or not other_files(folder)):
        raise ConfigError(f"there is no catalog{f' at {path!r}' if path else ' yet'}; `sdscan scan` makes one")
    return Path(os.path.realpath(found)), folder


def _open(found: Path) -> contextlib.AbstractContextManager[Catalog | None]:
    return Catalog(found) if os.path.lexists(found) else contextlib.nullcontext(None)


@command.command("info")
@_PATH
@plain
def info(path: str | None) -> int:
    """How many files it knows, how large it is, and what else the cache holds."""
    found, folder = _found(path)
    with _open(found) as catalog:
        files, digests, size = (0, 0, 0) if catalog is None else catalog.counts()
        notes = [] if catalog is None else catalog.notes
        for line in (f"files     {files:,}", f"models    {digests:,} hashed", f"on disk   {size:,} bytes", *notes):
            click.echo(line)
    click.echo("holds     what the files say: prompts, names of models, settings; readable by you alone")
    aside = [one for one in catalog_files(found) if ".damaged-" in one.name]
    if aside:
        click.echo(
            f"set aside {len(aside)} damaged, {sum(one.stat().st_size for one in aside):,} bytes; they hold the same"
        )
    for kept in () if folder is None else other_files(folder):
        click.echo(f"{kept.label:9} {kept.size:,} bytes: {kept.what}")
    click.echo("`sdscan catalog clear` deletes all of it")
    return 0


@command.command("prune")
@_PATH
@plain
def prune(path: str | None) -> int:
    """Forget files that are gone."""
    with _open(_found(path)[0]) as catalog:
        note(f"forgot {0 if catalog is None else catalog.prune():,} files")
    return 0


@command.command("clear")
@_PATH
@plain
def clear(path: str | None) -> int:
    """Delete it, and whatever else the cache holds: damaged catalogs, the index of your models, compiled lists.

    With --catalog only that one and what stands beside it. Your own watchlists are no cache and stay.
    """
    found, folder = _found(path)
    with _open(found) as catalog:
        if catalog is not None and catalog.is_foreign:
            raise ConfigError(f"{found.name} is no catalog of sdscan; it is left as it is")
    kept = () if folder is None else other_files(folder)
    files = (*catalog_files(found), *(one for kind in kept for one in kind.files))
    for one in files:
        one.unlink(missing_ok=True)
    note(f"deleted the catalog and the cache: {len(files)} files" if folder else "deleted the catalog")
    return 0
