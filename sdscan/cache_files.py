"""What sdscan keeps in the user's cache folder, by kind: to be told, and to be deleted. Enters a folder or a catalog's path, leaves files.

Only names that sdscan itself writes are touched, for SDSCAN_CACHE_DIR may name any folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct


class Kept(Struct, frozen=True):
    """Files of one kind."""

    label: str
    """One word for a table."""
    what: str
    """What they hold."""
    files: tuple[Path, ...]

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(path.stat().st_size for path in self.files if path.is_file())


def catalog_files(catalog: Path) -> tuple[Path, ...]:
    """A catalog, what SQLite keeps beside it while it is open or was killed, and damaged ones that were set aside."""
    aside = re.compile(re.escape(catalog.name) + r"(-wal|-shm|-journal|\.damaged-\d+(-wal|-shm|-journal)?)?")
    return tuple(_named(catalog.parent, aside))


def other_files(folder: Path) -> tuple[Kept, ...]:
    """Everything else in the cache folder; kinds without a file are left out."""
    kinds = (
        Kept("library", "names and paths of your models", tuple(_named(folder, r"(library-|\.library-).*"))),
        Kept("lists", "watchlists in compiled form, yours among them", tuple(_lists(folder))),
        Kept("policies", "policies in compiled form", tuple(_named(folder, r"policies\.msgpack|\.policies-.*"))),
    )
    return tuple(kind for kind in kinds if kind.files)


def _lists(folder: Path) -> Iterator[Path]:
    yield from _named(folder / "watchlists", r".*\.(idx|seen)|\.new-.*")


def _named(folder: Path, pattern: str | re.Pattern[str]) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in sorted(folder.iterdir()) if re.fullmatch(pattern, path.name) and not path.is_dir())
