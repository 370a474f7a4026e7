"""`sdscan watchlist`: look at, lint, extend and try the watchlists."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import click
import msgspec

from sdscan.cli.options import common, wants_color
from sdscan.cli.outputs import for_stdout, terminal_width
from sdscan.errors import ConfigError
from sdscan.knowledge.watchlists import Entry, Watchlist, load_watchlist
from sdscan.knowledge.watchlists.entries import (
    ALONE,
    BASE,
    CONTEXT,
    GIVEN,
    JOINED,
    KINDS,
    MARK,
    ORDINARY,
    SHORT,
    SWAPPED,
    TAG,
    TAGMARK,
    WORTH,
)
from sdscan.reports import RenderOptions
from sdscan.session import cache_dir, data_dir
from sdscan.terminal import Line, cells, cut, painted, safe

F = TypeVar("F", bound=Callable[..., object])

WORTHS = {
    ALONE: "anywhere",
    TAG: "as a whole tag or the name of a model",
    CONTEXT: "beside its work only",
    MARK: "after by, artist: or style of only",
    TAGMARK: "as a whole tag, or after by, artist: or style of",
}
_HOW = {
    JOINED: "words run together",
    SWAPPED: "other order",
    GIVEN: "one word of the name",
    BASE: "tag less its suffix",
    SHORT: "long vowels short",
    ORDINARY: "ordinary words",
}


def lists(function: F) -> F:
    """--watchlist and --no-default-watchlist."""
    for option in (
        click.option("--watchlist", "watchlists", multiple=True, metavar="FILE", help="Another watchlist. Repeatable."),
        click.option("--no-default-watchlist", is_flag=True, help="Leave out the built-in watchlists."),
    ):
        function = option(function)
    return function


def formatted(function: F) -> F:
    """--format."""
    return click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)(
        function
    )


@click.group("watchlist", short_help="Look at, lint, extend and try the watchlists.")
def command() -> None:
    """Show, check, extend and try the watchlists that names are held against."""


@command.command("list")
@lists
@formatted
@common
def list_(
    watchlists: tuple[str, ...], no_default_watchlist: bool, form: str, verbose: int, quiet: bool, color: str
) -> int:
    """List the packs and lists, their versions, and how many entries of each kind they hold."""
    watchlist = load(watchlists, no_default_watchlist)
    counts: dict[str, dict[str, int]] = {pack.id: dict.fromkeys(KINDS, 0) for pack in watchlist.packs}
    for entry in watchlist.entries():
        counts.setdefault(entry.source, dict.fromkeys(KINDS, 0))[entry.kind] += 1
    if form == "json":
        rows = [
            {"id": p.id, "version": p.version, "sha256": p.sha256, "entries": counts[p.id]} for p in watchlist.packs
        ]
        write_json({"schema": "sdscan-watchlist/1", "packs": rows, "names": watchlist.index.meta.names})
        return 0
    print_lines(_pack_table(watchlist, counts), color)
    return 0


def _pack_table(watchlist: Watchlist, counts: dict[str, dict[str, int]]) -> Iterator[Line]:
    width = max([cells(pack.id) for pack in watchlist.packs] + [4])
    heads = "".join(f"{kind + ('es' if kind == 'person' else 's'):>12}" for kind in KINDS).replace(
        "persones", "  people"
    )
    yield [(f"{'pack':<{width}}  {'version':<12}{heads}", "path")]
    for pack in watchlist.packs:
        row = "".join(f"{counts[pack.id][kind] or '':>12}" for kind in KINDS)
        yield [(f"{safe(pack.id):<{width}}  ", ""), (f"{cut(pack.version, 11):<12}", "dim"), (row, "")]
    yield []
    total = sum(sum(row.values()) for row in counts.values())
    yield [(f"{total} entries under {watchlist.index.meta.names - total} spellings.", "dim")]


@command.command("show")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@lists
@formatted
@common
def show(
    ids: tuple[str, ...], watchlists: tuple[str, ...], no_default_watchlist: bool, form: str,
    verbose: int, quiet: bool, color: str,
) -> int:  # fmt: skip
    """Show everything on file about an entry (hatsune_miku): its work, its years, and what each spelling is worth."""
    watchlist = load(watchlists, no_default_watchlist)
    entries = [_entry(watchlist, name) for name in ids]
    numbers = {number for entry in entries if (number := watchlist.index.number(entry.id)) is not None}
    spellings: dict[int, list[tuple[str, int]]] = {number: [] for number in numbers}
    for key, postings in watchlist.index.keys_of(numbers):
        for posting in postings:
            if posting.entry in numbers:
                spellings[posting.entry].append((key, posting.worth))
    found = [(entry, sorted(spellings[watchlist.index.number(entry.id) or 0])) for entry in entries]
    if form == "json":
        rows = [
            {"entry": entry, "names": [{"name": key, "counts": WORTHS[worth & WORTH]} for key, worth in names]}
            for entry, names in found
        ]
        write_json({"schema": "sdscan-watchlist/1", "entries": rows})
        return 0
    print_lines((line for entry, names in found for line in _entry_lines(watchlist, entry, names)), color)
    return 0


def _entry(watchlist: Watchlist, name: str) -> Entry:
    """The entry with that id, or the one that bears that name. Raises ConfigError with near ones."""
    from sdscan.judgement.names import normal

    entry = watchlist.entry(name.strip().lower().replace(" ", "_"))
    if entry is not None:
        return entry
    named = sorted(watchlist.named(normal(name)), key=lambda pair: -(pair[1] & WORTH))
    if named:
        return named[0][0]
    raise ConfigError(f"no entry {name!r}; `sdscan watchlist search {name}` looks inside names")


def _entry_lines(watchlist: Watchlist, entry: Entry, names: list[tuple[str, int]]) -> Iterator[Line]:
    yield [(safe(entry.name), "path"), (f"  {safe(entry.id)}  {entry.kind}", "dim")]
    work = watchlist.entry(entry.work) if entry.work else None
    facts = [
        ("work", f"{work.name} ({work.id})" if work else entry.work or ""),
        ("part of", ", ".join(entry.also)),
        ("rightsholder", entry.rightsholder),
        ("field" if entry.kind == "artist" else "medium", entry.medium),
        ("born", str(entry.born or "")),
        ("died", str(entry.died or "")),
        ("posts", str(entry.posts or "")),
        ("from", entry.source),
        ("notes", entry.notes),
    ]
    for label, text in facts:
        if text:
            yield [(f"  {label:<14}", "dim"), (safe(text), "")]
    for key, worth in names:
        how = ", ".join(text for bit, text in _HOW.items() if worth & bit)
        yield [("  " + pad(safe(key), 40) + " ", ""), (WORTHS[worth & WORTH] + (f" ({how})" if how else ""), "dim")]
    yield []


@command.command("search")
@click.argument("text")
@click.option("--kind", type=click.Choice(KINDS), help="Only entries of this kind.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, metavar="N", help="Entries shown.")
@lists
@formatted
@common
def search(
    text: str, kind: str | None, limit: int, watchlists: tuple[str, ...], no_default_watchlist: bool, form: str,
    verbose: int, quiet: bool, color: str,
) -> int:  # fmt: skip
    """Find entries whose id or any spelling holds TEXT (miku)."""
    from sdscan.judgement.names import normal

    watchlist = load(watchlists, no_default_watchlist)
    wanted = normal(text)
    if not wanted:
        raise ConfigError(f"{text!r} holds no letter or digit; expected a name or a part of one")
    best: dict[int, str] = {}
    for key, postings in watchlist.index.keys_of():
        if wanted in key:
            for posting in postings:
                held = best.get(posting.entry)
                if held is None or (len(key), key) < (len(held), held):
                    best[posting.entry] = key
    found = [(watchlist.index.entry(number), key) for number, key in best.items()]
    found = [(entry, key) for entry, key in found if kind is None or entry.kind == kind]
    found.sort(key=lambda pair: (pair[1] != wanted, len(pair[1]), pair[0].id))
    if form == "json":
        write_json(
            {"schema": "sdscan-watchlist/1", "found": len(found), "entries": [entry for entry, _ in found[:limit]]}
        )
        return 0
    print_lines(_search_lines(found, limit), color)
    return 0


def _search_lines(found: list[tuple[Entry, str]], limit: int) -> Iterator[Line]:
    for entry, key in found[:limit]:
        of = f"  of {entry.work}" if entry.work else ""
        yield [
            (f"{safe(entry.id)}  ", "path"),
            (safe(entry.name), ""),
            (f"  {entry.kind}{safe(of)}  ({safe(key)})", "dim"),
        ]
    rest = len(found) - limit
    yield [(f"{len(found)} entries" + (f", {rest} not shown (--limit)" if rest > 0 else ""), "dim")]


@command.command("check")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--against", metavar="LIST", help="A tag list to hold spellings against.")
@click.option("--notes", is_flag=True, help="Also show what is only worth a look.")
@formatted
@common
def check(
    files: tuple[str, ...], against: str | None, notes: bool, form: str, verbose: int, quiet: bool, color: str
) -> int:
    """Lint packs (the built-in ones, or FILEs beside them): exit 2 where one is wrong."""
    from sdscan.knowledge.watchlists.importers import import_list
    from sdscan.knowledge.watchlists.lint import lint, spellings_of
    from sdscan.knowledge.watchlists.packs import builtin_paths, read_pack

    paths = [*builtin_paths(), *map(Path, files)]
    packs = [read_pack(path)[1] for path in paths]
    known = spellings_of(import_list(Path(against)).rows) if against else None
    remarks = lint(packs, known=known)
    mine = {pack.pack.id for pack in packs[len(paths) - len(files) :]} if files else {pack.pack.id for pack in packs}
    remarks = [one for one in remarks if one.pack in mine]
    shown = [one for one in remarks if notes or one.level != "note"]
    if form == "json":
        write_json({"schema": "sdscan-watchlist/1", "remarks": shown})
    else:
        print_lines(_remark_lines(shown, remarks, len(mine)), color)
    return 2 if any(one.level == "error" for one in remarks) else 0


def _remark_lines(shown: Iterable[object], remarks: Iterable[object], packs: int) -> Iterator[Line]:
    from sdscan.knowledge.watchlists.lint import Remark

    styles = {"error": "high", "warning": "medium", "note": "dim"}
    counts = dict.fromkeys(styles, 0)
    for one in remarks:
        if isinstance(one, Remark):
            counts[one.level] += 1
    for one in shown:
        if isinstance(one, Remark):
            yield [
                (f"{one.level} ", styles[one.level]),
                (f"{safe(one.pack)}: {safe(one.entry)}: ", "path"),
                (f"{safe(one.text)} ({one.code})", ""),
            ]
    said = f"{packs} packs: {counts['error']} errors, {counts['warning']} warnings, {counts['note']} notes"
    yield [(said + ("" if counts["note"] == 0 else " (--notes shows them)"), "dim")]


def pad(text: str, width: int) -> str:
    """`text` and blanks up to `width` columns."""
    return text + " " * (width - cells(text))


# ---- shared ------------------------------------------------------------------------------------------------


def load(watchlists: tuple[str, ...], no_default: bool) -> Watchlist:
    """The watchlist that the options ask for, with what the user added. Raises PackError."""
    from sdscan.knowledge.watchlists.own import own_lists

    own = () if no_default else own_lists(data_dir())
    return load_watchlist([*own, *map(Path, watchlists)], default=not no_default, cache_dir=cache_dir())


def write_json(value: object) -> None:
    """One JSON document on standard output."""
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n")
    sys.stdout.buffer.flush()


def print_lines(lines: Iterable[Line], color: str) -> None:
    """Lines on standard output, in colour where it is wanted."""
    options = RenderOptions(color=wants_color(color), width=terminal_width())
    for piece in painted(lines, options):
        sys.stdout.buffer.write(for_stdout(piece))
    sys.stdout.buffer.flush()


def _commands() -> None:
    from sdscan.cli.watchlist_add import add, import_
    from sdscan.cli.watchlist_test import test

    for one in (import_, add, test):
        command.add_command(one)


_commands()
