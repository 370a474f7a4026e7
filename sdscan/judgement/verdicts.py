"""Findings × platforms → the record of one file, with a verdict and its reasons for each platform.

A platform's verdict is the strictest of: its rules for the risks that the findings touch, the guideline of the work, the content,
the licence, and what it owes as disclosure. A finding that is set aside has its verdicts but does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sdscan.judgement.levels import is_faint, is_out
from sdscan.judgement.names import words
from sdscan.judgement.rules.case import Case
from sdscan.judgement.rules.derivative import breaches
from sdscan.judgement.rules.disclosure import carries_mark
from sdscan.knowledge import Knowledge
from sdscan.knowledge.library import Resolved
from sdscan.records import SEVERITIES, VERDICTS, FileResult, Finding, Reason, Severity, Verdict

if TYPE_CHECKING:
    from sdscan.knowledge.policies import Platform, PlatformRule, WorkPolicy

SILENT: dict[str, Verdict] = {
    "SD401": "block", "SD402": "ok", "SD403": "ok", "SD501": "remind", "SD601": "ok", "SD602": "review", "SD603": "info",
    "SD604": "remind", "SD605": "remind", "SD606": "remind", "SD607": "ok", "SD901": "ok",
}  # fmt: skip
"""What a finding of that rule means to a platform that has no rule for its risks."""
SILENT_BY_SEVERITY: dict[Severity, Verdict] = {
    "critical": "block", "high": "review", "medium": "remind", "low": "info", "info": "ok",
}  # fmt: skip
"""The same for every other rule: silence is no permission."""
AT_MOST: dict[str, Verdict] = {"SD105": "review", "SD203": "remind"}
"""Rules whose evidence cannot tell whose picture, or whose style, it is."""
TRACED: dict[Verdict, Verdict] = {"block": "review", "review": "remind"}
"""What a verdict becomes where the user declared that the picture was traced by hand."""
_PHOTO_WORDS = frozenset("photorealistic photo photograph photography dslr hyperrealistic realistic".split())


def file_result(path: str, resolved: Resolved, findings: Sequence[Finding], knowledge: Knowledge) -> FileResult:
    """The record of one file."""
    facts = resolved.facts
    case = Case(path, resolved, (), knowledge)
    judged: list[Finding] = []
    reasons: dict[str, list[Reason]] = {platform.id: list(_own_reasons(case, platform)) for platform in case.platforms}
    is_judged = facts.outcome not in ("unsupported", "skipped")
    for finding in findings:
        verdicts: dict[str, Verdict] = {}
        for platform in case.platforms:
            found = list(_finding_reasons(case, platform, finding))
            verdicts[platform.id] = strictest(reason.verdict for reason in found)
            if finding.suppressed is None:
                reasons[platform.id].extend(found)
        judged.append(replace(finding, verdicts=verdicts))
    counted = [finding.severity for finding in judged if finding.suppressed is None]
    return FileResult(
        path=path,
        outcome=facts.outcome,
        format=facts.format,
        reason=facts.reason,
        problems=facts.problems,
        generations=resolved.generations,
        model=facts.model,
        disclosure=facts.disclosure,
        findings=tuple(judged),
        severity=max(counted, key=SEVERITIES.index, default=None),
        verdicts={name: strictest(r.verdict for r in found) for name, found in reasons.items()} if is_judged else {},
        reasons=tuple(_in_order(reasons)) if is_judged else (),
        width=facts.width,
        height=facts.height,
    )


def strictest(verdicts: Iterable[Verdict]) -> Verdict:
    """The strictest of some verdicts; ok where there is none."""
    return max(verdicts, key=VERDICTS.index, default="ok")


def lenient(first: Verdict, second: Verdict) -> Verdict:
    """The more lenient of two verdicts."""
    return min(first, second, key=VERDICTS.index)


def _in_order(reasons: dict[str, list[Reason]]) -> Iterator[Reason]:
    """Platforms as asked for; in each the strictest first, and no sentence twice. Reasons that ask for nothing are left out."""
    for found in reasons.values():
        told: set[tuple[str, str]] = set()
        for reason in sorted(found, key=lambda reason: -VERDICTS.index(reason.verdict)):
            if reason.verdict != "ok" and (reason.verdict, reason.text) not in told:
                told.add((reason.verdict, reason.text))
                yield reason


# ---- what a platform wants of any file ---------------------------------------------------------------------------


def _own_reasons(case: Case, platform: Platform) -> Iterator[Reason]:
    """Disclosure and content, which no single finding carries."""
    facts = case.resolved.facts
    if facts.outcome == "unreadable":
        text = "the file could not be read to its end, so what is missing was not judged"
        yield Reason(platform.id, "review", text, "Restore the file and scan it again.")
    if case.is_model or not case.is_generated:
        return
    if platform.disclosure_effect != "ok" and not (platform.metadata == "mark" and carries_mark(facts.disclosure)):
        rules = platform.rules_for("ai_disclosure")
        rule = rules[0] if rules else None
        yield _reason(case, platform, rule, platform.disclosure_effect, platform.disclosure, platform.disclosure)
    rules = (*platform.rules_for("adult"), *platform.rules_for("rating"))
    if (rules or platform.adult == "no") and case.rating.content == "explicit":
        step = f"Leave explicit pictures out on {platform.name}, or mark them as it asks."
        for rule in rules:
            yield _reason(case, platform, rule, _conditioned(case, platform, rule), rule.text, step)
        if not rules:
            yield Reason(platform.id, "block", f"{platform.name} shows no adult content", step)


# ---- what it says to a finding -----------------------------------------------------------------------------------


def _finding_reasons(case: Case, platform: Platform, finding: Finding) -> Iterator[Reason]:
    """Every reason of a platform for its verdict on one finding; at least one."""
    if finding.rule == "SD401":
        text = "SD401: sexual content with a minor-coded subject is blocked everywhere"
        yield Reason(platform.id, "block", text, finding.next_step)
        return
    cap = _cap(finding)
    lowered = _lowering(case, platform, finding)
    rules = [rule for risk in finding.risks for rule in platform.rules_for(risk)]
    for rule in rules:
        effect = lowered(lenient(_conditioned(case, platform, rule), cap))
        yield _reason(case, platform, rule, effect, f"{finding.rule}: {rule.text}", finding.next_step)
    if finding.rule == "SD601" and platform.disclosure_effect == "label":
        yield Reason(platform.id, "label", platform.disclosure, finding.next_step)
    if "school" in finding.risks:
        yield _school(case, platform, finding)
        return
    if finding.rule == "SD103":
        yield from _guideline(case, platform, finding, lowered(cap))
    if not rules:
        effect = lenient(SILENT.get(finding.rule, SILENT_BY_SEVERITY[finding.severity]), cap)
        if finding.rule == "SD607" and platform.takes_ai == "no":
            effect = "block"
        if finding.rule == "SD501" and platform.sells and finding.severity != "info":
            effect = "review"
        text = f"{finding.rule}: no rule of {platform.name} about this is on file, which is no permission"
        if finding.rule in SILENT:
            text = f"{finding.rule}: {finding.message}"
        yield Reason(platform.id, effect, text, finding.next_step)


def _school(case: Case, platform: Platform, finding: Finding) -> Reason:
    """Adult content with pupils: a block where the platform's rule on minors speaks of schools, a question for a person elsewhere."""
    rule = next((rule for rule in platform.rules_for("minor_sexual") if "school" in rule.text.lower()), None)
    if rule is not None:
        return _reason(case, platform, rule, rule.effect, f"SD403: {rule.text}", finding.next_step)
    effect: Verdict = "review" if platform.payment_networks or finding.strength != "weak" else "remind"
    return Reason(platform.id, effect, f"SD403: {finding.message}", finding.next_step)


def _lowering(case: Case, platform: Platform, finding: Finding) -> Callable[[Verdict], Verdict]:
    """One step down for what was declared traced by hand; never where AI pictures, or traced ones, are refused."""
    risky = finding.rule not in SILENT
    if risky and platform.takes_ai != "no" and case.declared("hand-traced", finding.subject) is not None:
        if not any(rule.effect == "block" for rule in platform.rules_for("hand_traced")):
            return lambda verdict: TRACED.get(verdict, verdict)
    return lambda verdict: verdict


def _cap(finding: Finding) -> Verdict:
    """The strictest verdict that the evidence can carry."""
    if finding.severity == "info" and finding.rule not in SILENT:
        return "info"
    used = [item for item in finding.evidence if not is_out(item)]
    is_unsure = finding.strength == "weak" or (bool(used) and all(is_faint(item) for item in used))
    cap: Verdict = lenient("review" if is_unsure else "block", AT_MOST.get(finding.rule, "block"))
    return cap


def _conditioned(case: Case, platform: Platform, rule: PlatformRule) -> Verdict:
    """A rule's effect where its condition holds; a hint where it does not or cannot be told."""
    effect: Verdict = rule.effect
    if rule.only_if in ("adult", "adult-photoreal") and case.rating.content != "explicit":
        return lenient(effect, "remind")
    if rule.only_if == "sold" and not platform.sells:
        return lenient(effect, "remind")
    if rule.only_if in ("photoreal", "adult-photoreal") and not _is_photoreal(case):
        return lenient(effect, "review")
    return effect


def _is_photoreal(case: Case) -> bool:
    """Whether a prompt asks for a photograph."""
    prompts = (p.text for g in case.resolved.generations for p in g.prompts if p.role in ("positive", "unknown"))
    return any(not _PHOTO_WORDS.isdisjoint(words(text)) for text in prompts)


def _guideline(case: Case, platform: Platform, finding: Finding, cap: Verdict) -> Iterator[Reason]:
    """What the work's own guideline says to the breach; commercial use only concerns platforms that sell."""
    assert finding.subject is not None, "a strict work is a subject"
    policy = case.work_policy(finding.subject)
    for breach in breaches(case, finding.subject, platform):
        if policy is not None:
            sure = breach.forbidden and policy.confidence != "low" and not policy.background
            effect = lenient("block" if sure else "review", cap)
            text = f"SD103: {policy.title}: {breach.text}{_aged(case, policy)}"
            yield Reason(platform.id, effect, text, finding.next_step, policy.source, policy.date, policy.basis)


def _reason(
    case: Case, platform: Platform, rule: PlatformRule | None, verdict: Verdict, text: str, step: str
) -> Reason:
    if rule is None:
        return Reason(platform.id, verdict, text, step)
    background = " (from background knowledge; no page at hand says so)" if rule.background else ""
    return Reason(
        platform.id, verdict, f"{text}{background}{_aged(case, rule)}", step, rule.source, rule.date, rule.basis
    )


def _aged(case: Case, rule: PlatformRule | WorkPolicy) -> str:
    """A note where a rule is past the day on which it wants to be checked again."""
    if rule.review_after is None or rule.review_after >= case.knowledge.today:
        return ""
    return f" (due to be checked again since {rule.review_after.isoformat()})"
