"""Results → GitHub workflow commands: one annotation a finding or unreadable file."""

from __future__ import annotations

from collections.abc import Iterator

from sdscan.records import Severity
from sdscan.reports import RenderOptions
from sdscan.reports.shared import findings_of, sentence, shown
from sdscan.run import Results
from sdscan.terminal import safe

_COMMANDS: dict[Severity, str] = {
    "critical": "error",
    "high": "error",
    "medium": "warning",
    "low": "notice",
    "info": "notice",
}


def render(results: Results, options: RenderOptions) -> Iterator[str]:
    """The worst stand first in a file; a step shows about ten annotations, so name the whole list in the job summary too."""
    for result in shown(results, options):
        if result.outcome == "unreadable":
            yield f"::error file={_property(result.path)},title=sdscan::{_data('could not be read to the end: ' + (result.reason or ''))}\n"
        for finding in findings_of(result, options):
            title = _property(f"{finding.rule} {finding.name}")
            yield f"::{_COMMANDS[finding.severity]} file={_property(result.path)},title={title}::{_data(sentence(finding))}\n"
    yield f"{_data(results.closing[1])}\n"


def _data(text: str) -> str:
    """The message of a workflow command: its own escapes for %, CR and LF, after control characters have been made visible."""
    return safe(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return (
        safe(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A").replace(":", "%3A").replace(",", "%2C")
    )
