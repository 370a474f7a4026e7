"""`sdscan catalog`: the local cache of decoded facts."""

from __future__ import annotations

import os
from pathlib import Path

import click

from sdscan.catalog import Catalog
from sdscan.cli.options import note, plain
from sdscan.config import Config
from sdscan.errors import ConfigError
from sdscan.session import catalog_path

_PATH = click.option("--catalog", "path", metavar="PATH", help="The catalog. [default: in your cache folder]")


@click.group("catalog", short_help="The local cache of decoded facts.")
def command() -> None:
    """Look at, shrink or delete the cache of decoded facts.

    It holds what your files say (prompts among it), so that an unchanged file is not read again. It is readable by you alone, and
    judgement is never taken from it.
    """


def _open(path: str | None) -> Catalog:
    found = catalog_path(path, Config(), off=False)
    if found is None or not os.path.exists(found):
        raise ConfigError(f"there is no catalog{f' at {path!r}' if path else ' yet'}; `sdscan scan` makes one")
    return Catalog(Path(found))


@command.command("info")
@_PATH
@plain
def info(path: str | None) -> int:
    """How many files it knows, and how large it is."""
    with _open(path) as catalog:
        files, digests, size = catalog.counts()
        for line in (
            f"files     {files:,}",
            f"models    {digests:,} hashed",
            f"on disk   {size:,} bytes",
            *catalog.notes,
        ):
            click.echo(line)
        click.echo("holds     what the files say: prompts, names of models, settings; readable by you alone")
    return 0


@command.command("prune")
@_PATH
@plain
def prune(path: str | None) -> int:
    """Forget files that are gone."""
    with _open(path) as catalog:
        note(f"forgot {catalog.prune():,} files")
    return 0


@command.command("clear")
@_PATH
@plain
def clear(path: str | None) -> int:
    """Delete it."""
    with _open(path) as catalog:
        found = catalog.path
        if catalog.is_foreign:
            raise ConfigError(f"{found.name} is no catalog of sdscan; it is left as it is")
    for suffix in ("", "-wal", "-shm"):
        Path(f"{found}{suffix}").unlink(missing_ok=True)
    note("deleted the catalog")
    return 0
