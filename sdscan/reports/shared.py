"""What several formats need: which findings are shown, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from sdscan.cloud import is_address
from sdscan.records import SEVERITIES, STRENGTHS, FileResult, Finding
from sdscan.reports import RenderOptions
from sdscan.reports.redaction import redacted
from sdscan.run import Results

HONEST = "A finding is a risk with evidence, never a legal verdict. No generation data is not the same as clean."
"""What every report for people ends with."""
BY_OTHERS = "a page by others"
"""Said of a source that is not the platform's or rightsholder's own page."""


def shown(results: Results, options: RenderOptions) -> Iterator[FileResult]:
    """All results in path order, redacted where asked for."""
    for result in results:
        yield redacted(result) if options.redact else result


def findings_of(result: FileResult, options: RenderOptions) -> list[Finding]:
    """The findings that are shown, the worst first."""
    lowest = SEVERITIES.index(options.min_severity)
    kept = [
        finding
        for finding in result.findings
        if SEVERITIES.index(finding.severity) >= lowest and (finding.suppressed is None or options.show_suppressed)
    ]
    return sorted(kept, key=lambda f: (-SEVERITIES.index(f.severity), -STRENGTHS.index(f.strength), f.rule, f.id))


def uri(path: str) -> str:
    """A path as a relative, percent-encoded URI (RFC 3986, 4.2): `art/img%200.png`; an address of an object store as a whole one."""
    scheme, mark, rest = path.partition("://") if is_address(path) else ("", "", path)
    encoded = quote(rest.encode("utf-8", "surrogateescape"), safe="/")
    if encoded.startswith("//") and not mark:  # a share of Windows: else its first part would be read as a host
        return f"file:{encoded}"
    return scheme + mark + encoded.removeprefix("./")


def sentence(finding: Finding) -> str:
    """The message as a sentence that stands alone."""
    text = finding.message[:1].upper() + finding.message[1:]
    return text if text.endswith((".", "!", "?")) else text + "."
