"""Lists that users already have → rows. The kind of a list is told from its content, never from its name."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import get_args

from sdscan.errors import PackError
from sdscan.facts.text import scalar
from sdscan.judgement.names import has_cjk
from sdscan.knowledge.watchlists.importers import documents, tables
from sdscan.knowledge.watchlists.importers.rows import Imported, ImportedRow, RowKind

__all__ = ["Imported", "ImportedRow", "KindOf", "import_bytes", "import_list"]

LARGEST = 200 * 1024 * 1024
"""Bytes of a list that are read; the largest known is 30 MB."""
KindOf = Callable[[list[str]], RowKind | None]
"""Tells what the names of a plain list are, from the watchlist that is there already."""
_NAMELESS = "items that are no names"
_KIND_LINE = re.compile(r"^#\s*kind\s*:\s*(\w+)", re.IGNORECASE)


def import_list(path: Path, *, kind: RowKind | None = None, kind_of: KindOf | None = None) -> Imported:
    """Read one list. Raises PackError, naming the file and what was expected."""
    try:
        if path.stat().st_size > LARGEST:
            raise PackError(f"{path.name}: is larger than {LARGEST // 1024 // 1024} MB; expected a list of names")
        data = path.read_bytes()
    except OSError as error:
        raise PackError(f"{path.name}: cannot be read: {(error.strerror or 'I/O error').lower()}") from None
    try:
        return import_bytes(data, kind=kind, kind_of=kind_of)
    except PackError as error:
        raise PackError(f"{path.name}: {error}") from None


def import_bytes(data: bytes, *, kind: RowKind | None = None, kind_of: KindOf | None = None) -> Imported:
    """The rows of a list; `kind` says what a plain list names, else `kind_of` is asked. Raises PackError."""
    return _named(_imported(data, kind, kind_of))


def _named(found: Imported) -> Imported:
    """Without rows whose name is empty; half characters, which JSON can spell and no file can hold, are replaced."""
    rows = [row for row in found.rows if row.name.strip("_ ")]
    empty = len(found.rows) - len(rows)
    if not empty and all(_is_plain(row) for row in rows):
        return found
    dropped = found.dropped | ({_NAMELESS: found.dropped.get(_NAMELESS, 0) + empty} if empty else {})
    return Imported(found.format, tuple(row if _is_plain(row) else _scalar(row) for row in rows), dropped)


def _is_plain(row: ImportedRow) -> bool:
    return row.name.isascii() and not row.aliases and row.work is None


def _scalar(row: ImportedRow) -> ImportedRow:
    work = None if row.work is None else scalar(row.work)
    return ImportedRow(row.kind, scalar(row.name), row.posts, tuple(scalar(alias) for alias in row.aliases), work)


def _imported(data: bytes, kind: RowKind | None, kind_of: KindOf | None) -> Imported:
    text = scalar(data.decode("utf-8-sig", "replace")).replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text[:4096]:
        raise PackError("is no UTF-8 text; expected a pack (TOML), or a list of names as CSV, JSON or text")
    start = text.lstrip()[:1]
    if start in "[{" and start:
        try:
            document: object = json.loads(text)
        except (ValueError, RecursionError):
            if start == "{" and ('"' in text or len(text) < 3):
                raise PackError(
                    "looks like JSON and is none; expected a JSON object or list, a CSV or a text list"
                ) from None
        else:
            return documents.import_document(document, kind, kind_of)
    lines = text.split("\n", 200)[:200]
    sample = [line for line in lines if line.strip() and not line.startswith("#")]
    if not sample:
        raise PackError("is empty; expected a list of names")
    reader = _table_reader(sample)
    if reader is not None:
        return reader(text)
    return documents.plain_list(text, kind or _stated(lines), kind_of)


def _stated(lines: list[str]) -> RowKind | None:
    """`# kind: artist` on a line of its own."""
    for line in lines:
        found = _KIND_LINE.match(line)
        if found and found[1].lower() in get_args(RowKind):
            return next(kind for kind in get_args(RowKind) if kind == found[1].lower())
    return None


def _table_reader(sample: list[str]) -> Callable[[str], Imported] | None:
    """The reader for a table that begins with these lines; None for a plain list."""
    records = [record for record in _records("\n".join(sample[:100])) if record]
    first = [field.strip().lower() for field in records[0]] if records else []
    if len(first) >= 2 and {"tag", "name", "artist", "character", "tag_id"} & set(first):
        return lambda text: tables.with_header(first, _records(text, skip=1))
    votes: Counter[str] = Counter()
    for record in records:
        if (
            len(record) >= 3
            and record[1].strip().lstrip("-").isdigit()
            and int(record[1].strip().lstrip("-") or 0) < 50
        ):
            votes["tags"] += 1
        elif len(record) == 2 and has_cjk(record[0]) and not has_cjk(record[1]):
            votes["bilingual"] += 1
        elif (
            len(record) in (2, 3)
            and not has_cjk(record[0])
            and (has_cjk(record[1]) or (len(record) == 3 and has_cjk(record[2])))
        ):
            votes["translation"] += 1
        elif len(record) == 2 and record[1].strip().isdigit():
            votes["counted"] += 1
        else:
            votes["plain"] += 1
    winner, count = votes.most_common(1)[0]
    if count * 2 < len(records):
        return None
    if winner == "tags":
        return lambda text: tables.tag_list(_records(text))
    if winner == "bilingual":
        return lambda text: tables.bilingual(_records(text))
    if winner == "translation":
        raise PackError(
            "is a translation list: it does not say which tags are characters or artists, and machine translations of names are wrong; nothing was taken"
        )
    if winner == "counted":
        raise PackError(
            "is a list of words with counts: it does not say which are characters or artists; nothing was taken"
        )
    return None


def _records(text: str, skip: int = 0) -> list[list[str]]:
    """The records of a CSV; a field longer than the limit of the csv module ends it early, so the limit is raised."""
    csv.field_size_limit(1 << 20)
    try:
        return list(csv.reader(io.StringIO(text.replace("\0", ""))))[skip:]
    except csv.Error as error:
        raise PackError(f"is no readable CSV: {error}") from None
