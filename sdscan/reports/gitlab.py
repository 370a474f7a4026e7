"""Results → GitLab Code Quality JSON. The fingerprint is unique a file and finding: of equal ones GitLab shows only the first."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from sdscan.digests import sha256
from sdscan.records import Severity
from sdscan.reports import RenderOptions
from sdscan.reports.shared import findings_of, sentence, shown
from sdscan.run import Results

_SEVERITIES: dict[Severity, str] = {
    "critical": "blocker",
    "high": "critical",
    "medium": "major",
    "low": "minor",
    "info": "info",
}


def render(results: Results, options: RenderOptions) -> Iterator[str]:
    """One array of issues."""
    encode = msgspec.json.encode
    separator = ""
    yield "["
    for result in shown(results, options):
        for finding in findings_of(result, options):
            key = f"{finding.id}\0{result.path}".encode("utf-8", "surrogatepass")
            issue = {
                "description": sentence(finding),
                "check_name": finding.rule,
                "fingerprint": sha256(key).hexdigest()[:32],
                "severity": _SEVERITIES[finding.severity],
                "location": {"path": result.path, "lines": {"begin": 1}},
            }
            yield separator + "\n" + encode(issue).decode()
            separator = ","
    yield "\n]\n"
