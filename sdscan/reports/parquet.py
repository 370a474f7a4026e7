"""Results → Parquet: one row a finding, and one row for each file without any. Needs the extra `sdscan[parquet]`.

Texts stand as they are, since nothing runs a Parquet file.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from sdscan.records import FileResult, Finding
from sdscan.reports import RenderOptions
from sdscan.reports.shared import findings_of, shown
from sdscan.run import Results

if TYPE_CHECKING:
    from typing_extensions import Buffer

_ROWS = 10_000
"""Rows of one group: what stands in memory at a time."""
_TEXTS = (
    "path", "outcome", "reason", "format", "tool", "severity", "strength", "rule", "name", "subject", "subject_id", "subject_kind", "work",
    "message", "next_step", "suppressed", "id",
)  # fmt: skip


def render(results: Results, options: RenderOptions) -> Iterator[bytes]:
    """The file, one row group after another."""
    import pyarrow as arrow
    from pyarrow import parquet

    schema = schema_of(results.platforms)
    sink = _Sink()
    rows = (row for result in shown(results, options) for row in rows_of(result, options, results.platforms))
    with parquet.ParquetWriter(sink, schema, compression="zstd") as writer:
        while group := list(islice(rows, _ROWS)):
            writer.write_table(arrow.Table.from_pylist(group, schema))
            yield sink.taken()
    yield sink.taken()


def schema_of(platforms: tuple[str, ...]) -> Any:
    """The columns (an Arrow schema)."""
    import pyarrow as arrow

    texts = arrow.list_(arrow.string())
    return arrow.schema([
        *(arrow.field(name, arrow.string()) for name in _TEXTS), arrow.field("tools", texts), arrow.field("evidence", texts),
        arrow.field("locators", texts), arrow.field("width", arrow.int32()), arrow.field("height", arrow.int32()),
        *(arrow.field(f"verdict_{platform}", arrow.string()) for platform in platforms),
    ])  # fmt: skip


class _Sink(io.RawIOBase):
    """What Arrow writes into; it only ever appends, and asks for its position."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._at = 0

    def writable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """Bytes written so far."""
        return self._at

    def write(self, data: Buffer) -> int:
        """Keep a piece."""
        piece = bytes(data)
        self._parts.append(piece)
        self._at += len(piece)
        return len(piece)

    def taken(self) -> bytes:
        """What was written since the last time."""
        found, self._parts = b"".join(self._parts), []
        return found


def rows_of(result: FileResult, options: RenderOptions, platforms: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The rows of one file: column → value; a column that is not named is null."""
    tools = list(dict.fromkeys(generation.tool for generation in result.generations))
    start: dict[str, Any] = {
        "path": result.path, "outcome": result.outcome, "reason": result.reason, "format": result.format,
        "tool": tools[0] if tools else None, "tools": tools, "width": result.width, "height": result.height,
        **{f"verdict_{platform}": result.verdicts.get(platform) for platform in platforms},
    }  # fmt: skip
    findings = findings_of(result, options)
    for finding in findings:
        yield {**start, **_finding(finding)}
    if not findings:
        yield start


def _finding(finding: Finding) -> dict[str, Any]:
    subject = finding.subject
    return {
        "severity": finding.severity, "strength": finding.strength, "rule": finding.rule, "name": finding.name,
        "subject": None if subject is None else subject.name, "subject_id": None if subject is None else subject.id,
        "subject_kind": None if subject is None else subject.kind, "work": None if subject is None else subject.franchise,
        "message": finding.message, "next_step": finding.next_step, "id": finding.id,
        "suppressed": None if finding.suppressed is None else finding.suppressed.reason,
        "evidence": [item.text for item in finding.evidence], "locators": [item.locator for item in finding.evidence],
    }  # fmt: skip
