"""Findings × platforms → the record of one file, with a verdict and its reasons for each platform.

A platform's verdict is the strictest of: its rules for the risks that the findings touch, the guideline of the work, the content,
the licence, and what it owes as disclosure. A finding that is set aside has its verdicts but does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from sdscan.judgement.reasons import file_reasons, finding_reasons
from sdscan.judgement.rules.case import Case
from sdscan.records import SEVERITIES, VERDICTS, FileResult, Finding, Reason, Verdict


def file_result(case: Case, findings: Sequence[Finding]) -> FileResult:
    """The record of one file. Files that are no pictures, or were skipped, have no verdicts: they were not judged."""
    facts = case.resolved.facts
    is_judged = facts.outcome not in ("unsupported", "skipped")
    reasons = {platform.id: list(file_reasons(case, platform)) for platform in case.platforms} if is_judged else {}
    judged = tuple(_judged(case, finding, reasons) for finding in findings)
    counted = [finding.severity for finding in judged if finding.suppressed is None]
    return FileResult(
        path=case.path,
        outcome=facts.outcome,
        format=facts.format,
        reason=facts.reason,
        problems=facts.problems,
        generations=case.resolved.generations,
        model=facts.model,
        disclosure=facts.disclosure,
        findings=judged,
        severity=max(counted, key=SEVERITIES.index, default=None),
        verdicts={name: strictest(found) for name, found in reasons.items()},
        reasons=tuple(_in_order(reasons.values())),
        width=facts.width,
        height=facts.height,
    )


def strictest(reasons: Iterable[Reason]) -> Verdict:
    """The strictest verdict of some reasons; ok where there is none."""
    return max([reason.verdict for reason in reasons], key=VERDICTS.index, default="ok")


def _judged(case: Case, finding: Finding, reasons: dict[str, list[Reason]]) -> Finding:
    """The finding with its verdicts; its reasons join those of the file, unless it was set aside."""
    verdicts: dict[str, Verdict] = {}
    for platform in case.platforms:
        found = list(finding_reasons(case, platform, finding))
        verdicts[platform.id] = strictest(found)
        if finding.suppressed is None:
            reasons[platform.id].extend(found)
    return replace(finding, verdicts=verdicts)


def _in_order(reasons: Iterable[list[Reason]]) -> Iterator[Reason]:
    """Platforms as asked for; in each the strictest first, and no sentence twice. Reasons that ask for nothing are left out."""
    for found in reasons:
        told: set[tuple[str, str]] = set()
        for reason in sorted(found, key=lambda reason: -VERDICTS.index(reason.verdict)):
            if reason.verdict != "ok" and (reason.verdict, reason.text) not in told:
                told.add((reason.verdict, reason.text))
                yield reason
