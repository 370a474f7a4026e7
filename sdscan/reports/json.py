"""Results → one JSON document (`sdscan-report/1`)."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from sdscan.records import REPORT_SCHEMA
from sdscan.reports import RenderOptions
from sdscan.reports.redaction import redacted
from sdscan.run import Results


def render(results: Results, options: RenderOptions) -> Iterator[str]:
    """Head, one file a line, summary: as valid JSON that is written while it is read."""
    encode = msgspec.json.Encoder().encode
    yield f'{{"schema": "{REPORT_SCHEMA}",\n"tool": {encode(results.tool).decode()},\n"packs": {encode(results.packs).decode()},\n'
    yield f'"platforms": {encode(results.platforms).decode()},\n"files": ['
    first = True
    for result in results:
        yield ("\n" if first else ",\n") + encode(redacted(result) if options.redact else result).decode()
        first = False
    code, sentence = results.closing
    summary = {**results.tally.summary(), "exit_code": code, "closing": sentence}
    yield f'],\n"summary": {encode(summary).decode()}}}\n'
