"""Results → one JSON record a line (`sdscan-file/1`)."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from sdscan.reports import RenderOptions
from sdscan.reports.redaction import redacted
from sdscan.run import Results


def render(results: Results, options: RenderOptions) -> Iterator[str]:
    """One line a file, in path order."""
    encode = msgspec.json.Encoder().encode
    for result in results:
        yield encode(redacted(result) if options.redact else result).decode() + "\n"
