"""Results → Markdown for a job summary or a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sdscan.records import SEVERITIES, FileResult
from sdscan.reports import RenderOptions
from sdscan.reports.shared import findings_of, sentence, shown
from sdscan.run import Results
from sdscan.terminal import safe

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-!|~&@:/.])")
_ROWS = 500
"""Rows of the table; a job summary may have 1 MiB."""


def render(results: Results, options: RenderOptions) -> Iterator[str]:
    """Counts, then one table of files with findings, then what could not be judged."""
    _, closing = results.closing if results.tally.files else _closing(results)
    tally = results.tally
    yield "## sdscan\n\n"
    counts = [f"{tally.findings.get(level, 0):,} {level}" for level in reversed(SEVERITIES)]
    yield f"{escape(closing)}\n\n{tally.files:,} files, {tally.scanned:,} with generation data, {tally.no_metadata:,} without, "
    yield f"{tally.unreadable:,} unreadable. Findings: {', '.join(counts)}"
    yield f"; {tally.suppressed:,} set aside.\n\n" if tally.suppressed else ".\n\n"
    rows = 0
    unread: list[FileResult] = []
    for result in shown(results, options):
        if result.outcome == "unreadable":
            unread.append(result)
        for finding in findings_of(result, options):
            if rows == 0:
                yield "| file | level | sure | rule | what | next step |\n|---|---|---|---|---|---|\n"
            rows += 1
            if rows <= _ROWS:
                yield f"| {escape(result.path)} | {finding.severity} | {finding.strength} | {finding.rule} | "
                yield f"{escape(sentence(finding))} | {escape(finding.next_step)} |\n"
    if rows > _ROWS:
        yield f"\nand {rows - _ROWS:,} more findings.\n"
    if unread:
        yield "\n### Could not be read to the end\n\n"
        for result in unread[:_ROWS]:
            yield f"- {escape(result.path)}: {escape(result.reason or '')}\n"
    yield "\nA finding is a risk with evidence, never a legal verdict. No generation data is not the same as clean.\n"


def _closing(results: Results) -> tuple[int, str]:
    for _ in results:
        pass
    return results.closing


def escape(text: str) -> str:
    """Text that Markdown shows as it is: no link, no mention, no table cell, no HTML."""
    return (
        _SPECIAL.sub(r"\\\1", safe(text))
        .replace("\\.", ".")
        .replace("\\:", "&#58;")
        .replace("\\@", "&#64;")
        .replace("\\/", "/")
    )
