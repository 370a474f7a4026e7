"""What one platform says to one file, and to one finding: a verdict with its reason, source and date. Nothing is summed up here.

A rule's effect counts in full where its condition holds and the evidence can carry it; a platform that is silent about a risk
does not thereby permit it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from sdscan.judgement.levels import is_faint, is_out
from sdscan.judgement.names import words
from sdscan.judgement.rules.case import Case, carries_mark
from sdscan.judgement.rules.derivative import OBJECTING, breaches
from sdscan.records import VERDICTS, Finding, Reason, Severity, Verdict

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


def lenient(first: Verdict, second: Verdict) -> Verdict:
    """The more lenient of two verdicts."""
    return first if VERDICTS.index(first) <= VERDICTS.index(second) else second


# ---- what a platform wants of any file ---------------------------------------------------------------------------


def file_reasons(case: Case, platform: Platform) -> Iterator[Reason]:
    """What no single finding carries: a file not read to its end, the disclosure that is owed, generation data, content as such."""
    facts = case.resolved.facts
    if facts.outcome == "unreadable":
        text = "the file could not be read to its end, so what is missing was not judged"
        yield Reason(platform.id, "review", text, "Restore the file and scan it again.")
    if case.is_model or not case.is_generated:
        return
    if platform.disclosure_effect != "ok":
        rules = platform.rules_for("ai_disclosure")
        is_marked = platform.metadata == "mark" and carries_mark(facts.disclosure)
        effect = lenient(platform.disclosure_effect, "remind") if is_marked else platform.disclosure_effect
        yield _reason(case, platform, rules[0] if rules else None, effect, platform.disclosure, platform.disclosure)
    if platform.metadata in ("keep", "strip"):
        effect = "info" if platform.metadata == "keep" else "remind"
        yield Reason(platform.id, effect, platform.metadata_text, platform.metadata_text)
    yield from _content(case, platform)


def _content(case: Case, platform: Platform) -> Iterator[Reason]:
    """What the platform says to explicit pictures, to workflows inside them, and to photographs of minors."""
    if case.rating.content == "explicit":
        step = f"Leave explicit pictures out on {platform.name}, or mark them as it asks."
        rules = (*platform.rules_for("adult"), *platform.rules_for("rating"))
        for rule in rules:
            yield _reason(case, platform, rule, _conditioned(case, platform, rule)[0], rule.text, step)
        if not rules and platform.adult == "no":
            yield Reason(platform.id, "block", f"{platform.name} shows no adult content", step)
        if any(generation.tool == "comfyui" for generation in case.resolved.generations):
            for rule in platform.rules_for("ai_tool_access"):
                step = "Publish a copy without the workflow there."
                yield _reason(case, platform, rule, lenient(rule.effect, "remind"), rule.text, step)
    elif case.rating.of("minor") and is_photoreal(case):
        for rule in platform.rules_for("minor_photoreal"):
            yield _reason(case, platform, rule, rule.effect, rule.text, "Leave photoreal pictures of minors out there.")


# ---- what it says to a finding -----------------------------------------------------------------------------------


def finding_reasons(case: Case, platform: Platform, finding: Finding) -> Iterator[Reason]:
    """Every reason of a platform for its verdict on one finding; at least one."""
    if finding.rule == "SD401":
        text = "SD401: sexual content with a minor-coded subject is blocked everywhere"
        yield Reason(platform.id, "block", text, finding.next_step)
        return
    if "school" in finding.risks:
        yield _school(case, platform, finding)
        return
    cap = _cap(finding)
    lowered = _lowering(case, platform, finding)
    is_answered = False
    for rule in (rule for risk in finding.risks for rule in platform.rules_for(risk)):
        effect, holds = _conditioned(case, platform, rule)
        is_answered |= holds
        text = f"{finding.rule}: {rule.text}"
        yield _reason(case, platform, rule, lowered(lenient(effect, cap)), text, finding.next_step)
    if finding.rule == "SD103":
        yield from _guideline(case, platform, finding, lowered(cap))
    if finding.rule in ("SD101", "SD102"):
        yield from _stance(case, platform, finding, lowered(lenient("review", cap)))
    if finding.rule == "SD601" and platform.disclosure_effect == "label":
        rules = platform.rules_for("ai_disclosure")
        yield _reason(case, platform, rules[0] if rules else None, "label", platform.disclosure, finding.next_step)
    if finding.severity == "critical":
        yield Reason(platform.id, "block", f"{finding.rule}: {finding.message}", finding.next_step)
    if not is_answered:
        yield _silence(platform, finding, lowered, cap)


def _silence(platform: Platform, finding: Finding, lowered: Callable[[Verdict], Verdict], cap: Verdict) -> Reason:
    """The verdict where a platform has no rule that fits."""
    effect = lowered(lenient(SILENT.get(finding.rule, SILENT_BY_SEVERITY[finding.severity]), cap))
    text = f"{finding.rule}: no rule of {platform.name} about this is on file, which is no permission"
    if finding.rule in SILENT:
        text = f"{finding.rule}: {finding.message}"
    if finding.rule == "SD607" and platform.takes_ai == "no":
        effect, text = "block", f"SD607: {platform.stance}"
    if finding.rule == "SD501" and platform.sells and finding.severity != "info":
        effect = "review"
    return Reason(platform.id, effect, text, finding.next_step)


def _school(case: Case, platform: Platform, finding: Finding) -> Reason:
    """Adult content with pupils: a block where the platform's rule on minors speaks of schools, a question for a person elsewhere."""
    rule = next((rule for rule in platform.rules_for("minor_sexual") if "school" in rule.text.lower()), None)
    if rule is not None:
        return _reason(case, platform, rule, rule.effect, f"{finding.rule}: {rule.text}", finding.next_step)
    effect: Verdict = "review" if platform.payment_networks or finding.strength != "weak" else "remind"
    return Reason(platform.id, effect, f"{finding.rule}: {finding.message}", finding.next_step)


def _guideline(case: Case, platform: Platform, finding: Finding, cap: Verdict) -> Iterator[Reason]:
    """What the work's own guideline says to the breach; commercial use only concerns platforms that sell."""
    assert finding.subject is not None, "a strict work is a subject"
    policy = case.work_policy(finding.subject)
    for breach in breaches(case, finding.subject, platform):
        if policy is not None:
            sure = breach.forbidden and policy.confidence != "low" and not policy.background
            effect = lenient("block" if sure else "review", cap)
            text = f"{finding.rule}: {policy.title}: {breach.text}{_aged(case, policy)}"
            source = (policy.source, policy.date, policy.basis, policy.evidence)
            yield Reason(platform.id, effect, text, finding.next_step, *source)


def _stance(case: Case, platform: Platform, finding: Finding, verdict: Verdict) -> Iterator[Reason]:
    """What the rightsholder has said about AI: a reason to ask wherever the picture goes, never proof of a ban."""
    assert finding.subject is not None, "a character or work is a subject"
    holder = case.rightsholder(finding.subject)
    if holder is not None and holder.ai in OBJECTING:
        text = f"{finding.rule}: {holder.name} has spoken against AI use of its works: {holder.text}"
        source = (holder.source, holder.date, holder.basis, holder.evidence)
        yield Reason(platform.id, verdict, text, finding.next_step, *source)


def _cap(finding: Finding) -> Verdict:
    """The strictest verdict that the evidence can carry."""
    if finding.severity == "info" and finding.rule not in SILENT:
        return "info"
    used = [is_faint(item) for item in finding.evidence if not is_out(item)]
    is_unsure = finding.strength == "weak" or (bool(used) and all(used))
    return lenient("review" if is_unsure else "block", AT_MOST.get(finding.rule, "block"))


def _lowering(case: Case, platform: Platform, finding: Finding) -> Callable[[Verdict], Verdict]:
    """One step down for what was declared traced by hand; never where AI pictures, or traced ones, are refused."""
    is_risk = finding.rule not in SILENT
    if is_risk and platform.takes_ai != "no" and case.declared("hand-traced", finding.subject) is not None:
        if not any(rule.effect == "block" for rule in platform.rules_for("hand_traced")):
            return lambda verdict: TRACED.get(verdict, verdict)
    return lambda verdict: verdict


def _conditioned(case: Case, platform: Platform, rule: PlatformRule) -> tuple[Verdict, bool]:
    """A rule's effect, and whether its condition holds; where it does not, or cannot be told, the effect is a hint."""
    if rule.only_if in ("adult", "adult-photoreal") and case.rating.content != "explicit":
        return lenient(rule.effect, "remind"), False
    if rule.only_if == "sold" and not platform.sells:
        return lenient(rule.effect, "remind"), False
    if rule.only_if in ("photoreal", "adult-photoreal") and not is_photoreal(case):
        return lenient(rule.effect, "review"), False
    if rule.only_if == "live":  # made while the program runs, which no file is
        return lenient(rule.effect, "remind"), False
    return rule.effect, True


def is_photoreal(case: Case) -> bool:
    """Whether a prompt asks for a photograph."""
    prompts = (p.text for g in case.resolved.generations for p in g.prompts if p.role in ("positive", "unknown"))
    return any(not _PHOTO_WORDS.isdisjoint(words(text)) for text in prompts)


def _reason(
    case: Case, platform: Platform, rule: PlatformRule | None, verdict: Verdict, text: str, step: str
) -> Reason:
    if rule is None:
        return Reason(platform.id, verdict, text, step)
    background = " (from background knowledge; no page at hand says so)" if rule.background else ""
    text = f"{text}{background}{_aged(case, rule)}"
    return Reason(platform.id, verdict, text, step, rule.source, rule.date, rule.basis, rule.evidence)


def _aged(case: Case, rule: PlatformRule | WorkPolicy) -> str:
    """A note where a rule is past the day on which it wants to be checked again."""
    if rule.review_after is None or rule.review_after >= case.knowledge.today:
        return ""
    return f" (due to be checked again since {rule.review_after.isoformat()})"
