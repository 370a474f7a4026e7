"""What every importer leaves: rows, and what was dropped and why."""

from __future__ import annotations

from typing import Literal, NamedTuple

from msgspec import Struct

RowKind = Literal["character", "work", "artist", "general"]


class ImportedRow(NamedTuple):
    """One name of a list."""

    kind: RowKind
    """general: an ordinary tag; never a name, but it tells which words are ordinary."""
    name: str
    """As a tag: lower case, `_` for space, parentheses not escaped."""
    posts: int = 0
    aliases: tuple[str, ...] = ()
    work: str | None = None
    """The work of a character, where the list states it."""


class Imported(Struct, frozen=True):
    """One list that was read."""

    format: str
    """What it is: `tag list (name, category, posts, aliases)` …"""
    rows: tuple[ImportedRow, ...]
    dropped: dict[str, int]
    """Reason → how many rows or aliases were left out."""

    def counts(self) -> dict[str, int]:
        """Kind → how many names."""
        found: dict[str, int] = {}
        for row in self.rows:
            found[row.kind] = found.get(row.kind, 0) + 1
        return dict(sorted(found.items()))
