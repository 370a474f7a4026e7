"""Results → CSV: one row a finding, and one row for each file without any. Cells never start a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from sdscan.records import VERDICTS
from sdscan.reports import RenderOptions
from sdscan.reports.shared import findings_of, shown
from sdscan.run import Results
from sdscan.terminal import safe

COLUMNS = (
    "path", "outcome", "format", "tool", "severity", "strength", "rule", "name", "subject", "work", "message", "evidence", "locator",
    "verdict", "suppressed", "id",
)  # fmt: skip
"""Fixed order of the columns; one column a platform follows."""


def render(results: Results, options: RenderOptions) -> Iterator[str]:
    """RFC 4180 rows in path order."""
    yield _row([*COLUMNS, *results.platforms])
    for result in shown(results, options):
        tools = " ".join(dict.fromkeys(generation.tool for generation in result.generations))
        start = [result.path, result.outcome, result.format, tools]
        verdicts = [result.verdicts.get(platform, "") for platform in results.platforms]
        worst = max(verdicts, key=_rank, default="")
        findings = findings_of(result, options)
        for finding in findings:
            subject = finding.subject
            yield _row([
                *start, finding.severity, finding.strength, finding.rule, finding.name,
                subject.name if subject else "", (subject.franchise or "") if subject else "", finding.message,
                " | ".join(item.text for item in finding.evidence), " | ".join(item.locator for item in finding.evidence),
                worst, finding.suppressed.reason if finding.suppressed else "", finding.id, *verdicts,
            ])  # fmt: skip
        if not findings:
            yield _row([*start, *[""] * 6, result.reason or "", "", "", worst, "", "", *verdicts])


def _rank(verdict: str) -> int:
    return VERDICTS.index(verdict) if verdict in VERDICTS else -1


def _row(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([_inert(cell) for cell in cells])
    return line.getvalue()


def _inert(cell: str) -> str:
    """A cell that no spreadsheet runs: an apostrophe before what would start a formula (OWASP, CSV injection)."""
    cell = safe(cell)
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
