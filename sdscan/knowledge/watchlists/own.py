"""What the user added: imported lists and an own pack, in the user's data folder. Enters rows, leaves files of ours.

<data folder>/watchlists/mine.toml     entries added with `sdscan watchlist add`
<data folder>/watchlists/<name>.csv    lists imported with `sdscan watchlist import`: kind, name, posts, work, aliases
"""

from __future__ import annotations

import contextlib
import csv
import datetime
import io
import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sdscan.errors import PackError
from sdscan.knowledge.watchlists.importers.rows import ImportedRow
from sdscan.knowledge.watchlists.packs import parse_pack, rows_of

FOLDER = "watchlists"
MINE = "mine.toml"
COLUMNS = ("kind", "name", "posts", "work", "aliases")


def own_lists(data_dir: Path) -> tuple[Path, ...]:
    """The files that the user added, sorted by name."""
    folder = data_dir / FOLDER
    return tuple(sorted((*folder.glob("*.toml"), *folder.glob("*.csv"))))


def write_list(rows: Sequence[ImportedRow], name: str, data_dir: Path) -> Path:
    """Keep an imported list. Raises PackError where the folder cannot be written."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow((row.kind, row.name, row.posts, row.work or "", ",".join(row.aliases)))
    path = data_dir / FOLDER / f"{file_name(name)}.csv"
    _write(path, out.getvalue())
    return path


def file_name(text: str) -> str:
    """A name that every file system takes."""
    return re.sub(r"[^\w.-]+", "-", text).strip(".-")[:80] or "list"


def add_entry(table: str, data_dir: Path) -> Path:
    """Append one TOML table to the user's own pack, which is made where it does not exist. Raises PackError."""
    path = data_dir / FOLDER / MINE
    text = path.read_text(encoding="utf-8") if path.exists() else _new_pack()
    text = text.rstrip("\n") + "\n\n" + table
    parse_pack(text.encode(), MINE)
    _write(path, text)
    return path


def entry_table(kind: str, values: dict[str, object]) -> str:
    """A TOML table for `mine.toml`; empty values are left out."""
    lines = [f"{key} = {_toml(value)}" for key, value in values.items() if value not in (None, (), [], "")]
    return f"[[{kind}]]\n" + "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + "".join(c if c.isprintable() or c == "\u3000" else f"\\u{ord(c):04X}" for c in escaped) + '"'
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return str(value)


def _new_pack() -> str:
    day = datetime.date(2026, 1, 1).isoformat()
    return (
        f'[pack]\nid = "mine"\ntitle = "My own watchlist"\nversion = "1"\ndate = {day}\ndescription = "Entries added with sdscan watchlist add."\n\n'
        f'[[pack.changes]]\nversion = "1"\ndate = {day}\ntext = "Begun."\n'
    )


def own_ids(data_dir: Path) -> set[str]:
    """Ids in the user's own pack."""
    path = data_dir / FOLDER / MINE
    return {row.id for _, row in rows_of(parse_pack(path.read_bytes(), MINE))} if path.exists() else set()


def _write(path: Path, text: str) -> None:
    """Whole or not at all, for its owner only."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            os.replace(name, path)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise
    except OSError as error:
        raise PackError(f"{path}: cannot be written: {(error.strerror or 'I/O error').lower()}") from None
