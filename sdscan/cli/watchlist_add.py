"""`sdscan watchlist import` and `add`: lists that the user has, and entries of their own, kept in the user's data folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from sdscan.cli.options import common
from sdscan.cli.watchlist import load, print_lines
from sdscan.errors import ConfigError, PackError
from sdscan.judgement.names import normal
from sdscan.knowledge.watchlists.entries import KINDS
from sdscan.knowledge.watchlists.importers import Imported, import_list
from sdscan.knowledge.watchlists.importers.discover import discover_lists
from sdscan.knowledge.watchlists.importers.rows import RowKind
from sdscan.knowledge.watchlists.own import add_entry, entry_table, own_ids, own_lists, write_list
from sdscan.knowledge.watchlists.packs import builtin_paths, read_pack
from sdscan.knowledge.watchlists.sources import kind_from
from sdscan.session import data_dir
from sdscan.terminal import Line, safe


@click.command("import")
@click.argument("paths", nargs=-1, metavar="[FILE|DIR]...")
@click.option(
    "--discover",
    is_flag=True,
    help="Look for lists of A1111, Forge, SD.Next, ComfyUI and SwarmUI below the DIRs (or your home folder).",
)
@click.option("--kind", type=click.Choice(["character", "artist", "work"]), help="What a plain list of names holds.")
@click.option("--dry-run", is_flag=True, help="Say what would be taken; keep nothing.")
@common
def import_(
    paths: tuple[str, ...], discover: bool, kind: RowKind | None, dry_run: bool, verbose: int, quiet: bool, color: str
) -> int:
    """Take lists that other tools use: tag lists, tagger lists, character and artist lists, wildcards.

    Their names are kept in your data folder and count from then on. What was taken, what was dropped and why is said.
    """
    if not paths and not discover:
        raise ConfigError("nothing to import; give a FILE, or --discover to look for lists of your other tools")
    files = [Path(path) for path in paths]
    if discover:
        folders = [path for path in files if path.is_dir()] or [Path.home()]
        files = [path for path in files if not path.is_dir()] + discover_lists(folders)
    wrong = False
    packs = [read_pack(path)[1] for path in builtin_paths()]
    for path in files:
        try:
            found = import_list(path, kind=kind, kind_of=lambda names: kind_from(packs, names))
        except PackError as error:
            print_lines([[("not taken  ", "medium"), (safe(str(error)), "")]], color)
            wrong = wrong or not discover
            continue
        kept = (
            None
            if dry_run
            else write_list(
                found.rows, path.stem if path.stem != "selected_tags" else f"{path.parent.name}-tags", data_dir()
            )
        )
        print_lines(_said(path, found, kept), color)
    if not files:
        click.echo("no list found; give the FILE or the folder of your installation")
    elif not dry_run and not wrong and not quiet:
        click.echo("sdscan watchlist list shows what counts now; delete a file in your data folder to undo")
    return 2 if wrong else 0


def _said(path: Path, found: Imported, kept: Path | None) -> Iterator[Line]:
    """What was taken, dropped, and why."""
    counts = found.counts()
    ordinary = counts.pop("general", 0)
    names = ", ".join(f"{count} {kind}{'s' if count != 1 else ''}" for kind, count in counts.items()) or "no name"
    yield [(f"{safe(path.name)}  ", "path"), (found.format, "dim")]
    yield [("  took     ", "dim"), (names, "")]
    if ordinary:
        yield [("  used     ", "dim"), (f"{ordinary} ordinary tags, which tell which words are ordinary", "")]
    for reason, count in sorted(found.dropped.items(), key=lambda item: -item[1]):
        yield [("  dropped  ", "dim"), (f"{count} {reason}", "")]
    if kept is not None:
        yield [("  kept as  ", "dim"), (safe(str(kept)), "")]


@click.command("add")
@click.argument("name")
@click.option("--kind", type=click.Choice(KINDS), required=True, help="What the name is.")
@click.option("--id", "entry_id", metavar="ID", help="Its id. [default: made from NAME]")
@click.option("--work", metavar="ID", help="The work of a character, by its id.")
@click.option("--alias", "aliases", multiple=True, metavar="NAME", help="Another spelling. Repeatable.")
@click.option("--weak", multiple=True, metavar="NAME", help="A spelling that counts only beside its work. Repeatable.")
@click.option(
    "--strength",
    type=click.Choice(["alone", "tag", "weak"]),
    default="alone",
    show_default=True,
    help="What the bare name is worth.",
)
@click.option("--died", type=int, metavar="YEAR", help="Year of death of an artist.")
@common
def add(
    name: str, kind: str, entry_id: str | None, work: str | None, aliases: tuple[str, ...], weak: tuple[str, ...],
    strength: str, died: int | None, verbose: int, quiet: bool, color: str,
) -> int:  # fmt: skip
    """Add an entry to your own pack, which every scan uses.

    Example: sdscan watchlist add "Lantern Tales" --kind work, then
    sdscan watchlist add "Aoi Hoshikawa" --kind character --work lantern_tales --alias 星川葵
    """
    if not normal(name):
        raise ConfigError(f"{name!r} holds no letter or digit; expected a name")
    entry_id = entry_id or normal(name).replace(" ", "_")
    watchlist = load((), False)
    if entry_id in own_ids(data_dir()):
        raise ConfigError(
            f"your own pack holds {entry_id!r} already; edit {own_lists(data_dir())[-1].name} or give another --id"
        )
    if kind == "character" and (work is None or watchlist.entry(work) is None):
        raise ConfigError(
            f"--work {work!r} is no work on file; expected an id (`sdscan watchlist search`), or add it first with --kind work"
            if work
            else "a character needs its --work; a work that is not on file is added first, with --kind work"
        )
    values: dict[str, object] = {"id": entry_id, "name": name}
    if kind == "style":
        values["names_before_style"] = [normal(name).removesuffix(" style"), *aliases]
    else:
        values |= {"aliases": aliases, "weak": weak}
    if kind in ("character", "work", "artist", "person") and strength != "alone":
        values["strength"] = strength
    values |= {"work": work if kind == "character" else None, "died": died if kind in ("artist", "person") else None}
    path = add_entry(entry_table(kind, values), data_dir())
    click.echo(f"added {safe(entry_id)} to {safe(str(path))}")
    if watchlist.entry(entry_id) is not None and not quiet:
        click.echo("it was on file already; your spellings count beside the others")
    return 0
