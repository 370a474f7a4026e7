"""Results → Markdown for a job summary or a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sdscan.exits import Tally
from sdscan.i18n import Translator, translator
from sdscan.records import SEVERITIES, FileResult
from sdscan.reports import RenderOptions
from sdscan.reports.shared import HONEST, findings_of, sentence, shown
from sdscan.run import Results
from sdscan.terminal import safe

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-!|~&@:/.])")
_ROWS = 500
"""Rows of the table; a job summary may have 1 MiB."""


def render(results: Results, options: RenderOptions) -> Iterator[str]:
    """Counts, then one table of files with findings, then what could not be judged."""
    _, closing = results.closing if results.tally.files else _closing(results)
    t = translator(options.lang)
    yield "## sdscan\n\n"
    yield f"{escape(t.sentence(closing))}\n\n{_counts(results.tally, t)}\n\n"
    rows = 0
    unread: list[FileResult] = []
    for result in shown(results, options):
        if result.outcome == "unreadable":
            unread.append(result)
        for finding in findings_of(result, options):
            if rows == 0:
                heads = (t("file"), t("level"), t("sure"), t("rule"), t("what"), t("next step"))
                yield f"| {' | '.join(heads)} |\n|---|---|---|---|---|---|\n"
            rows += 1
            if rows <= _ROWS:
                said = sentence(finding) if not t.messages else t.sentence(finding.message)
                yield f"| {escape(result.path)} | {finding.severity} | {t(finding.strength)} | {finding.rule} | "
                yield f"{escape(said)} | {escape(t.sentence(finding.next_step))} |\n"
    if rows > _ROWS:
        yield f"\n{t('and {n} more', n=f'{rows - _ROWS:,}')}\n"
    if unread:
        yield f"\n### {t('Could not be read to the end; not judged:').rstrip(':')}\n\n"
        for result in unread[:_ROWS]:
            yield f"- {escape(result.path)}: {escape(t.sentence(result.reason or ''))}\n"
    yield f"\n{t(HONEST)}\n"


def _counts(tally: Tally, t: Translator) -> str:
    counts = [
        t("1 file") if tally.files == 1 else t("{n} files", n=f"{tally.files:,}"), t("{n} with generation data", n=f"{tally.scanned:,}"),
        t("{n} without", n=f"{tally.no_metadata:,}"), t("{n} unreadable", n=f"{tally.unreadable:,}"),
    ]  # fmt: skip
    found = [f"{tally.findings.get(level, 0):,} {level}" for level in reversed(SEVERITIES)]
    if tally.suppressed:
        found.append(t("{n} set aside", n=f"{tally.suppressed:,}"))
    comma = t(", ")
    return t("{files}; findings: {found}.", files=comma.join(counts), found=comma.join(found))


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
