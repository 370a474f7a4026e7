"""Text that cannot hurt, lines that fit, colour and progress. The only module that imports rich.

Prompts never pass through markup: a line is a list of (text, style) pairs, every scanned text goes through `safe()`.
"""

from __future__ import annotations

import contextlib
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from sdscan.reports import RenderOptions

Line = list[tuple[str, str]]
"""Pieces of one line with a style each ("" for none)."""

STYLES: dict[str, str] = {
    "critical": "bold white on red", "high": "bold red", "medium": "bold yellow", "low": "cyan", "info": "dim",
    "block": "bold red", "review": "yellow", "label": "cyan", "remind": "cyan", "ok": "green",
    "path": "bold", "hit": "bold underline", "dim": "dim", "step": "green",
}  # fmt: skip


# ---- text that cannot hurt -------------------------------------------------------------------------------------


def safe(text: str) -> str:
    """`text` with control, bidi and other invisible characters and surrogates written as escapes (Unicode Cc, Cf, Cs, Zl, Zp)."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if _harmless(c) else _escape(c) for c in text)


def _harmless(c: str) -> bool:
    return c.isprintable() or c == "\u3000" or unicodedata.category(c) in ("Mn", "Zs", "Co", "Cn")


def _escape(c: str) -> str:
    code = ord(c)
    if c in "\n\r\t":
        return {"\n": "⏎", "\r": "", "\t": " "}[c]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def cells(text: str) -> int:
    """Columns that `text` takes in a terminal: 2 for wide characters, 0 for combining ones (UAX #11)."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def cut(text: str, width: int) -> str:
    """`text` in at most `width` columns, with … where something is missing."""
    if cells(text) <= width:
        return text
    kept: list[str] = []
    used = 1
    for c in text:
        used += cells(c)
        if used > width:
            break
        kept.append(c)
    return "".join(kept) + "…"


_CLOSING = frozenset(
    "、。，．・：；？！ー…‥゛゜ヽヾゝゞ々〻）〕］｝〉》」』】ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.)]}%"
)
"""What no line begins with (JIS X 4051, line-start prohibition)."""
_OPENING = frozenset("（〔［｛〈《「『【([{")
"""What no line ends with."""


def wrap(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` columns, broken at spaces and between wide characters, and inside a word only where
    it is longer than a line."""
    lines, line = [], ""
    width = max(width, 2)  # one wide character: with less nothing would ever fit
    for gap, unit in _units(text):
        while cells(unit) > width:
            room = width - cells(line) - len(gap) if line else width
            piece = _prefix(unit, room) if room > 1 else ""
            lines.append(f"{line}{gap}{piece}" if line and piece else line or piece)
            line, gap, unit = "", "", unit[len(piece) :]
        if line and cells(line) + len(gap) + cells(unit) > width:
            lines.append(line)
            line = unit
        else:
            line = f"{line}{gap}{unit}" if line else unit
    return [*lines, line]


def _units(text: str) -> Iterator[tuple[str, str]]:
    """(the space before it, what no line break divides): words, and wide characters with the punctuation that belongs to them."""
    for number, word in enumerate(text.split(" ")):
        gap = " " if number else ""
        start = 0
        if not word.isascii():
            for i in range(1, len(word)):
                if _may_break(word[i - 1], word[i]):
                    yield gap, word[start:i]
                    gap, start = "", i
        yield gap, word[start:]


def _may_break(before: str, after: str) -> bool:
    is_wide = unicodedata.east_asian_width(before) in "WF" or unicodedata.east_asian_width(after) in "WF"
    return is_wide and after not in _CLOSING and before not in _OPENING and not unicodedata.combining(after)


def _prefix(word: str, width: int) -> str:
    used = 0
    for i, c in enumerate(word):
        used += cells(c)
        if used > width:
            return word[: max(1, i)]
    return word


# ---- painting -------------------------------------------------------------------------------------------------


def painted(lines: Iterable[Line], options: RenderOptions) -> Iterator[str]:
    """Lines as text, with colour where it is wanted. Without colour nothing is imported."""
    if not options.color:
        for line in lines:
            yield "".join(f"«{text}»" if style == "hit" else text for text, style in line).rstrip() + "\n"
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(
        force_terminal=True,
        color_system="standard",
        width=options.width,
        markup=False,
        highlight=False,
        emoji=False,
        soft_wrap=True,
    )
    for line in lines:
        with console.capture() as capture:
            console.print(Text.assemble(*((text, STYLES.get(style, style)) for text, style in line)))
        yield capture.get()


# ---- progress --------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def progress(total: int | Callable[[], int], *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A progress line on standard error for long work at a terminal; nothing in hooks, CI, pipes and short runs.

    `total` may be a function that counts: it is asked only where the line is shown.
    """
    if (
        quiet
        or not sys.stderr.isatty()
        or os.environ.get("CI")
        or os.environ.get("PRE_COMMIT")
        or os.environ.get("TERM") == "dumb"
        or (files := total() if callable(total) else total) < 200
    ):
        yield _nothing
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("judging"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True, markup=False), transient=True) as bar:
        task = bar.add_task("", total=files, rate="")

        def advance(files: int) -> None:
            speed = bar.tasks[0].speed
            bar.update(task, advance=files, rate=f"{speed:,.0f} files/s" if speed else "")

        yield advance


def _nothing(files: int) -> None:
    return None
