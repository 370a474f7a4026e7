"""Branches of a tree → lines for a terminal: forks, guides, and text that wraps beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sdscan.terminal import Line, cells, safe, wrap

DEEP = 3
"""Columns that a level of the tree takes."""


class Branch(NamedTuple):
    """One branch: its lines, of which the first stands at the fork, and the branches on it."""

    lines: Sequence[Line]
    inside: Sequence[Branch] = ()


def drawn(branches: Sequence[Branch], guide: str = "") -> Iterator[Line]:
    """The lines of all branches with their forks. A tree is three deep, so this may call itself."""
    for number, branch in enumerate(branches):
        last = number == len(branches) - 1
        below = guide + ("   " if last else "│  ")
        for index, line in enumerate(branch.lines):
            yield [(below if index else guide + ("└─ " if last else "├─ "), "dim"), *line]
        yield from drawn(branch.inside, below)


def paragraph(text: str, width: int, most: int | None, style: str = "") -> list[Line]:
    """Scanned text in lines of `width` columns, its own line ends kept; at most so many, then how much is left."""
    lines: list[str] = []
    shown = text if most is None else text[: (most + 1) * max(20, width) * 2]  # what is not shown is not wrapped
    for part in shown.rstrip("\n").replace("\r\n", "\n").split("\n"):
        lines += wrap(safe(part), max(20, width))
        if most is not None and len(lines) > most:
            break
    if most is None or (len(lines) <= most and len(shown) == len(text)):
        return [[(line, style)] for line in lines]
    left = len(text) - sum(map(len, lines[:most]))
    return [*([(line, style)] for line in lines[:most]), [(f"… {left:,} characters more (--raw shows all)", "dim")]]


def hung(head: Line, text: str, width: int, most: int | None = None, style: str = "") -> list[Line]:
    """A head and scanned text after it, which goes on below where it is too long for the line."""
    indent = sum(cells(piece) for piece, _ in head)
    lines = paragraph(text, width - indent, most, style)
    return [[*head, *lines[0]], *([(" " * indent, ""), *line] for line in lines[1:])]
