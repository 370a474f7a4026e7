"""Results → JUnit XML: one test case a file; a finding at `high` or above and an unreadable file are failures and errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

from sdscan.records import SEVERITIES, FileResult
from sdscan.reports import RenderOptions
from sdscan.reports.shared import findings_of, sentence, shown
from sdscan.run import Results

_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 (section 2.2) does not allow, escaped or not."""
_FAILS_FROM = SEVERITIES.index("high")


def render(results: Results, options: RenderOptions) -> Iterator[str]:
    """One test suite."""
    tally = results.tally
    for _ in results:  # the counts stand in the head
        pass
    failures = sum(tally.files_by_severity.get(level, 0) for level in SEVERITIES[_FAILS_FROM:])
    skipped = tally.no_metadata + tally.unsupported + tally.skipped
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<testsuites><testsuite name="sdscan" tests="{tally.files}" failures="{failures}" errors="{tally.unreadable}" skipped="{skipped}">\n'
    for result in shown(results, options):
        yield _case(result, options)
    yield "</testsuite></testsuites>\n"


def _case(result: FileResult, options: RenderOptions) -> str:
    head = f'<testcase classname="sdscan" name={_attribute(result.path)}>'
    if result.outcome == "unreadable":
        return f"{head}<error message={_attribute(result.reason or 'could not be read')}/></testcase>\n"
    findings = findings_of(result, options)
    parts = []
    if result.severity is not None and SEVERITIES.index(result.severity) >= _FAILS_FROM:
        worst = findings[0].rule if findings else result.severity
        lines = [f"{f.rule} {f.severity} ({f.strength}): {sentence(f)}" for f in findings]
        parts.append(
            f"<failure type={_attribute(worst)} message={_attribute(lines[0] if lines else '')}>{_text(chr(10).join(lines))}</failure>"
        )
    elif findings:
        lines = [f"{f.rule} {f.severity} ({f.strength}): {sentence(f)}" for f in findings]
        parts.append(f"<system-out>{_text(chr(10).join(lines))}</system-out>")
    if result.outcome != "scanned" and not parts:
        parts.append(f"<skipped message={_attribute(result.reason or result.outcome)}/>")
    return head + "".join(parts) + "</testcase>\n"


def _attribute(text: str) -> str:
    return quoteattr(_FORBIDDEN.sub("\ufffd", text))


def _text(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
