"""A manifest → the objects that it names, in its order: keys or addresses one a line, CSV (an S3 inventory), or JSON lines; any of them gzipped.

Read as a stream, line by line, so an inventory of a billion objects takes no memory. Each kind is told from its first line:

    {"bucket": "art", "key": "a.png", "size": 1, "etag": "…"}       JSON lines; also `Key`, `Size`, `ETag` (as `aws s3api` prints them), `address`
    "art","a%20b.png","1","…"                                       CSV as S3 Inventory writes it: quoted, no header, keys percent-encoded
    bucket,key,size,etag                                            CSV with a header: columns by their names
    s3://art/a.png                                                  an address, or a key below the PATH
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import re
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import unquote_plus

from sdscan.cloud import address, is_address
from sdscan.discover import is_excluded
from sdscan.errors import ConfigError
from sdscan.listing import is_wanted
from sdscan.records import Candidate, Listed

LONGEST = 64 * 1024
"""Bytes of one line: a key has 1,024 at most, all other columns of an inventory less."""
_ETAG = re.compile(r"[0-9a-fA-F]{32}(-\d+)?")
_COLUMNS = {"bucket": "bucket", "container": "bucket", "key": "key", "name": "key", "size": "size", "contentlength": "size", "etag": "etag", "address": "address", "url": "address", "islatest": "latest", "isdeletemarker": "deleted"}  # fmt: skip
"""Names of columns and keys, in lower case without marks between words, → what they mean."""

Row = dict[str, str]
"""What a line says: bucket, key, size, etag, address, latest, deleted, as far as it does."""


def inventory(name: str, paths: Sequence[str], exclude: Sequence[str] = ()) -> Iterator[Candidate]:
    """The objects that a manifest names; `-` is standard input. Raises ConfigError, which names the line.

    `paths`: at most one address, below which keys without a bucket stand. A line of a plain list is read whatever its suffix; an inventory
    also lists other things, so of these only pictures, videos, sounds and models are taken.
    """
    if len(paths) > 1 or not all(map(is_address, paths)):
        raise ConfigError(
            "--manifest takes at most one PATH, the address below which its keys stand: s3://BUCKET/PREFIX"
        )
    base = str(address(paths[0])).rstrip("/") if paths else ""
    last = None
    for number, row, named in _rows(name):
        candidate = _candidate(row, base, exclude, named, f"--manifest {name!r}, line {number:,}")
        if candidate is not None and candidate.path != last:
            yield candidate
            last = candidate.path


def _candidate(row: Row, base: str, exclude: Sequence[str], named: bool, where: str) -> Candidate | None:
    if row.get("deleted", "").lower() == "true" or row.get("latest", "").lower() == "false":
        return None  # another version of an object, or none
    key = row.get("key", "")
    bucket = row.get("bucket", "")
    if not (key or row.get("address")):
        raise ConfigError(f"{where}: no key; expected a key, an address, or columns bucket and key")
    scheme = base.partition("://")[0] or "s3"
    path = row.get("address") or (
        f"{scheme}://{bucket}/{key}" if bucket else f"{base}/{key.lstrip('/')}" if base else key
    )
    if not is_address(path) or path.startswith("file:"):
        raise ConfigError(
            f"{where}: {path[:200]!r} has no bucket; expected s3://…, or the bucket as PATH: sdscan scan s3://BUCKET --manifest FILE"
        )
    if not named and not is_wanted(path, _size(row)):
        return None
    glob = is_excluded(path, exclude) if exclude else None
    if glob and not named:
        return None
    return Candidate(
        path, named, f"excluded by {glob!r}" if glob else None, listed=Listed(_size(row), row.get("etag", ""))
    )


def _size(row: Row) -> int:
    text = row.get("size", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else -1


# ---- lines -----------------------------------------------------------------------------------------------------


def _rows(name: str) -> Iterator[tuple[int, Row, bool]]:
    """(line, what it says, whether it stands in a plain list)."""
    lines = _lines(name)
    first = next(lines, None)
    if first is None:
        return
    every = _chained(first, lines)
    header = [_word(cell) for cell in first[1].split(",")]
    if first[1].lstrip().startswith("{"):
        for number, text in every:
            yield number, _from_json(text, f"--manifest {name!r}, line {number:,}"), False
    elif "key" in [_COLUMNS.get(word) for word in header] and len(header) > 1:
        for number, cells in _cells(lines, name):
            yield number, {_COLUMNS[word]: cell for word, cell in zip(header, cells) if word in _COLUMNS}, False
    elif first[1].startswith('"'):
        for number, cells in _cells(every, name):
            yield number, _from_cells(cells, f"--manifest {name!r}, line {number:,}"), False
    else:
        for number, text in every:
            yield number, {"address" if is_address(text) else "key": text}, True


def _chained(first: tuple[int, str], rest: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    yield first
    yield from rest


def _lines(name: str) -> Iterator[tuple[int, str]]:
    """(number, text) of each line that is not blank. Raises ConfigError."""
    try:
        with _opened(name) as file:
            number = 0
            while line := file.readline(LONGEST):
                number += 1
                if len(line) == LONGEST:
                    raise ConfigError(f"--manifest {name!r}, line {number:,}: is longer than {LONGEST:,} bytes")
                text = line.rstrip(b"\r\n").decode("utf-8-sig" if number == 1 else "utf-8")
                if text.strip():
                    yield number, text
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ConfigError(f"--manifest {name!r}: cannot be read: {reason}") from None
    except (UnicodeDecodeError, EOFError, zlib.error) as error:
        raise ConfigError(f"--manifest {name!r}: cannot be read: {' '.join(str(error).split())}") from None


@contextlib.contextmanager
def _opened(name: str) -> Iterator[io.BufferedIOBase]:
    """The bytes of a manifest, unpacked."""
    with contextlib.ExitStack() as stack:
        file = sys.stdin.buffer if name == "-" else stack.enter_context(open(name, "rb"))
        assert isinstance(file, io.BufferedReader), "it can be looked into"
        yield stack.enter_context(gzip.open(file)) if file.peek(2)[:2] == b"\x1f\x8b" else file


def _cells(lines: Iterator[tuple[int, str]], name: str) -> Iterator[tuple[int, list[str]]]:
    """The cells of each line. A key with a line break in it is percent-encoded, so a line is a row."""
    for number, text in lines:
        try:
            yield number, next(csv.reader([text], strict=True))
        except csv.Error as error:
            raise ConfigError(f"--manifest {name!r}, line {number:,}: is not CSV: {error}") from None


def _from_cells(cells: Sequence[str], where: str) -> Row:
    """A row of an S3 inventory: bucket and key, then what it was asked for: size, etag, and whether it is the latest or a delete marker."""
    if len(cells) < 2:
        raise ConfigError(f"{where}: expected columns bucket and key")
    row = {"bucket": cells[0], "key": unquote_plus(cells[1])}
    flags = [cell for cell in cells[2:] if cell.lower() in ("true", "false")]
    if len(flags) >= 2:  # IsLatest, IsDeleteMarker: an inventory of all versions has both, one after another
        row["latest"], row["deleted"] = flags[:2]
    for cell in cells[2:]:
        if cell.isdigit() and "size" not in row:
            row["size"] = cell
        elif _ETAG.fullmatch(cell):
            row["etag"] = f'"{cell}"'
    return row


def _from_json(text: str, where: str) -> Row:
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, Mapping):
        raise ConfigError(f"{where}: is not a JSON object")
    row = {_COLUMNS[_word(str(key))]: value for key, value in found.items() if _word(str(key)) in _COLUMNS}
    return {key: str(value) for key, value in row.items() if isinstance(value, str | int)}


def _word(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())
