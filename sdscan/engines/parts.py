"""The records of one shard ↔ one Parquet part: the columns of `-o parquet`, and `record`, the JSON line of each file on its first row.

Enters JSON lines, leaves the bytes of a file; and back. The same records give the same bytes. Needs the extra `sdscan[parquet]`.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from sdscan.exits import Tally
from sdscan.records import FileResult
from sdscan.reports import RenderOptions
from sdscan.reports.parquet import rows_of, schema_of

if TYPE_CHECKING:
    from collections.abc import Sequence

RECORD = "record"
"""The column with the JSON line of a file; null on the further rows of the same file."""
_KEY = b"sdscan"
"""Where the counts stand in the metadata of a part."""
_ALL = RenderOptions(show_suppressed=True)

Row = tuple[object, ...]


class Summary(Struct, frozen=True):
    """What a part says of itself without being read."""

    first: str
    """Path of its first record: parts in the order of these are the result of the whole run."""
    tally: Tally


class _Writer(Struct, frozen=True, gc=False):
    tool: str


class _Line(Struct, frozen=True, gc=False):
    """As much of a record as tells whether its rows are like those of one before."""

    path: str
    outcome: str
    format: str
    findings: msgspec.Raw
    verdicts: msgspec.Raw
    reason: str | None = None
    generations: list[_Writer] = []
    width: int = 0
    height: int = 0


_look = msgspec.json.Decoder(_Line).decode
_decode = msgspec.json.Decoder(FileResult).decode
_summary = msgspec.json.Decoder(Summary).decode


def part_of(lines: bytes, tally: Tally, platforms: tuple[str, ...]) -> bytes:
    """JSON lines and their counts → the bytes of a part. Neighbours whose rows are alike share them."""
    import pyarrow as arrow
    from pyarrow import parquet

    schema = schema_of(platforms)
    rows: list[Row] = []
    like: dict[tuple[object, ...], list[Row]] = {}
    first = ""
    for number, line in enumerate(lines.removesuffix(b"\n").split(b"\n") if lines else ()):
        look = _look(line)
        first = first if number else look.path
        tools = tuple([writer.tool for writer in look.generations])
        key = (
            look.outcome,
            look.format,
            look.reason,
            look.width,
            look.height,
            tools,
            bytes(look.verdicts),
            bytes(look.findings),
        )
        found = like.get(key)
        if found is None:
            found = like[key] = _rows(line, schema.names, platforms)
        record: bytes | None = line
        for row in found:
            rows.append((record, look.path, *row))
            record = None
    about = {_KEY: msgspec.json.encode(Summary(first, tally))}
    schema = schema.insert(0, arrow.field(RECORD, arrow.string())).with_metadata(about)
    columns: Sequence[Sequence[object]] = list(zip(*rows)) or [()] * len(schema)
    table = arrow.Table.from_arrays([_array(column, field) for column, field in zip(columns, schema)], schema=schema)
    sink = io.BytesIO()
    parquet.write_table(table, sink, compression="zstd", use_dictionary=schema.names[1:])
    return sink.getvalue()


def _rows(line: bytes, names: list[str], platforms: tuple[str, ...]) -> list[Row]:
    """The rows of one record, less its path, which is the first column."""
    return [tuple([row.get(name) for name in names[1:]]) for row in rows_of(_decode(line), _ALL, platforms)]


def _array(values: Sequence[object], field: Any) -> Any:
    import pyarrow as arrow

    if field.name == RECORD:  # JSON is UTF-8
        return arrow.array(values, arrow.binary()).cast(field.type)
    return arrow.array(values, field.type)


def summary_of(data: bytes) -> Summary | None:
    """What a part says of itself; None where these are not the bytes of a whole part."""
    import pyarrow as arrow
    from pyarrow import parquet

    try:
        about = parquet.read_metadata(io.BytesIO(data)).metadata or {}
        return _summary(about[_KEY])
    except (arrow.ArrowException, KeyError, OSError, msgspec.MsgspecError):
        return None


def lines_of(data: bytes) -> bytes:
    """The JSON lines of a part, as they went in. Raises pyarrow's errors for what is no part."""
    from pyarrow import parquet

    column = parquet.read_table(io.BytesIO(data), columns=[RECORD]).column(RECORD).drop_null()
    return "".join([f"{line}\n" for line in column.to_pylist()]).encode()
