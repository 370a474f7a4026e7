"""Watchlists: who may be named. Packs (ours, the user's) and imported lists → one compiled, memory-mapped index.

packs/*.toml, lists ── packs, importers ──► drafts ── index.build ──► cache file ── mmap ──► Watchlist
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sdscan.knowledge.watchlists.entries import Entry
from sdscan.knowledge.watchlists.index import Index, Posting
from sdscan.records import Pack

__all__ = ["Entry", "Watchlist", "load_watchlist"]


class Watchlist:
    """Everything that names are held against. Frozen once loaded, but for memos that change no result."""

    def __init__(self, index: Index, path: Path | None = None) -> None:
        self.index = index
        self.path = path
        """The cache file it is mapped from; None where it is in memory."""
        self.packs: tuple[Pack, ...] = index.meta.packs
        self.memo: dict[object, object] = {}
        """Room for the matcher to remember what a piece of text may mean."""
        self.silent: set[str] = set()
        self.bare: set[str] = set()
        """Tags, as they stand between commas, in which a glance sees no name, and in whose pieces none stands."""

    def entry(self, entry_id: str) -> Entry | None:
        """The entry of that id, or None."""
        number = self.index.number(entry_id)
        return None if number is None else self.index.entry(number)

    def entries(self) -> Iterator[Entry]:
        """All entries, in the order of their packs."""
        for number in range(len(self.index)):
            yield self.index.entry(number)

    @property
    def works(self) -> dict[str, Entry]:
        """Works by id; slow, for listing."""
        return {entry.id: entry for entry in self.entries() if entry.kind == "work"}

    def named(self, key: str) -> list[tuple[Entry, int]]:
        """Who a name in normal form may mean, with its worth."""
        value = self.index.find(key)
        return (
            [(self.index.entry(posting.entry), posting.worth) for posting in self.index.postings(value)]
            if value
            else []
        )

    def __len__(self) -> int:
        return len(self.index)

    def __reduce__(self) -> tuple[object, ...]:
        """For worker processes: map the same file again, or take the bytes along where another run has removed it from the cache since."""
        path = self.path if self.path is not None and self.path.exists() else None
        return (_again, (path, None if path else bytes(self.index.data)))


def _again(path: Path | None, data: bytes | None) -> Watchlist:
    from sdscan.knowledge.watchlists.cache import mapped

    return Watchlist(mapped(path) if path is not None else Index(data or b""), path)


def load_watchlist(paths: Sequence[Path] = (), *, default: bool = True, cache_dir: Path | None = None) -> Watchlist:
    """The built-in packs (unless `default` is False) and the user's packs and lists, compiled once into `cache_dir`.

    Raises PackError. The cache is keyed by what the sources are on disk now, and is compiled anew where it is damaged.
    """
    from sdscan.knowledge.watchlists.cache import compiled

    index, path = compiled(paths, default=default, cache_dir=cache_dir)
    return Watchlist(index, path)


_ = Posting
