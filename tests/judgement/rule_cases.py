"""What the tests of rules share: neutral platforms, works and people, and a judge of one made-up file. Nothing here is a real policy."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from sdscan.judgement.rules import RULES, Case, apply_rules
from sdscan.judgement.suppression import suppress
from sdscan.judgement.verdicts import file_result
from sdscan.knowledge import Knowledge
from sdscan.knowledge.library import Library, Resolved
from sdscan.knowledge.policies import Platform, PlatformRule, Policies, Rightsholder, WorkPolicy
from sdscan.knowledge.statements import Statements
from sdscan.knowledge.watchlists.entries import Entry
from sdscan.records import (
    Disclosure,
    Evidence,
    FileFacts,
    FileResult,
    Finding,
    Generation,
    Match,
    ModelFacts,
    Prompt,
    Resource,
    Subject,
)

TODAY = datetime.date(2026, 11, 22)
AT = "png:tEXt/parameters"

ENTRIES = {
    entry.id: entry
    for entry in (
        Entry("plain_hero", "character", "Plain Hero", "plain_work"),
        Entry("strict_hero", "character", "Strict Hero", "strict_work"),
        Entry("reputed_hero", "character", "Reputed Hero", "reputed_work"),
        Entry("free_hero", "character", "Free Hero", "tolerant_work"),
        Entry("school_hero", "character", "School Hero", "school_work"),
        Entry("guided_hero", "character", "Guided Hero", "guided_work"),
        Entry("plain_work", "work", "Plain Work"),
        Entry("strict_work", "work", "Strict Work"),
        Entry("tolerant_work", "work", "Tolerant Work"),
        Entry("living_artist", "artist", "Living Artist"),
        Entry("second_artist", "artist", "Second Artist"),
        Entry("third_artist", "artist", "Third Artist"),
        Entry("late_artist", "artist", "Late Artist", died=1990),
        Entry("old_artist", "artist", "Old Artist", died=1939),
        Entry("some_studio", "studio", "Some Studio"),
        Entry("some_person", "person", "Some Person"),
    )
}


class Names:
    """A watchlist of made-up names."""

    packs = ()

    def entry(self, subject_id: str) -> Entry | None:
        return ENTRIES.get(subject_id)


def work(work_id: str, category: str, **more: Any) -> WorkPolicy:
    return WorkPolicy(work_id, work_id.replace("_", " ").title(), "Some Holder", category, "What is known.", **more)  # type: ignore[arg-type]


WORKS = {
    policy.id: policy
    for policy in (
        work(
            "strict_work",
            "explicit_strict",
            r18="no",
            commercial="no",
            confidence="high",
            source="page",
            date="2025-04-28",
        ),
        work("reputed_work", "reputed_strict", r18="discouraged", commercial="no"),
        work("tolerant_work", "tolerant_tacit"),
        work("school_work", "tolerant_tacit", minors_in_cast=True),
        work("guided_work", "guideline_allows", ai="restricted", required_tags=("#AI",), forbidden_tags=("#fanart",)),
        work("no_ai_work", "guideline_allows", ai="no", confidence="high"),
        work("gentle_work", "image_protection", r18="discouraged"),
        work("asking_work", "guideline_allows", r18="discouraged"),
    )
}


def rule(risk_class: str, effect: str, **more: Any) -> PlatformRule:
    return PlatformRule(risk_class, effect, f"The rule on {risk_class}.", date="2026-01-01", source="page", **more)  # type: ignore[arg-type]


def platform(platform_id: str, kind: str, takes_ai: str, *rules: PlatformRule, **more: Any) -> Platform:
    facts: dict[str, Any] = {
        "stance": "Its stance.", "disclosure": "Mark it.", "disclosure_effect": "ok", "metadata": "none", "metadata_text": "", **more,
    }  # fmt: skip
    return Platform(platform_id, platform_id, kind, takes_ai, rules=rules, **facts)  # type: ignore[arg-type]


PLATFORMS = {
    place.id: place
    for place in (
        platform(
            "general", "profile", "labelled", rule("derivative", "review"), rule("style_imitation", "review"), rule("real_person", "review"),
            disclosure_effect="label", mosaic="1/100-long-side",
        ),
        platform(
            "posting", "posting", "labelled", rule("derivative", "review", basis="inferred"), rule("derivative_r18_strict", "block", basis="enforced"),
            rule("style_imitation", "review"), rule("work_imitation", "block"), rule("real_person", "block", only_if="adult-photoreal"),
            rule("mosaic", "remind", basis="reported"), disclosure_effect="label", mosaic="1/100-long-side",
        ),
        platform(
            "selling", "selling", "limited", rule("style_imitation", "block"), rule("style_artist_lora", "block"), rule("derivative", "review"),
            rule("mosaic", "block"), rule("payment_prohibited", "block"), sells=True, payment_networks=True, mosaic="1/100-long-side",
        ),
        platform(
            "stock", "stock", "labelled", rule("style_imitation", "block"), rule("derivative", "block"), rule("real_person", "block"),
            disclosure_effect="label", metadata="mark", sells=True, adult="no",
        ),
        platform("refusing", "subscription", "no", rule("ai_any", "block"), sells=True, payment_networks=True),
        platform("silent", "social", "yes"),
        platform(
            "schoolwise", "model-site", "yes", PlatformRule("minor_sexual", "block", "A school setting is presumed to show minors."),
            metadata="keep",
        ),
        platform("tracing", "commission", "labelled", rule("derivative", "block"), rule("hand_traced", "block")),
        platform("aged", "posting", "labelled", rule("derivative", "review", review_after=datetime.date(2026, 6, 1))),
        platform("unsourced", "posting", "labelled", PlatformRule("derivative", "review", "People say so.", background=True)),
    )
}  # fmt: skip

POLICIES = Policies((), PLATFORMS, WORKS, (Rightsholder("some_holder", "Some Holder", "objects", date="2025-10-31"),))


def knowledge(
    *platforms: str, statements: Statements | None = None, today: datetime.date = TODAY, years: int = 70
) -> Knowledge:
    return Knowledge(Names(), POLICIES, Library(), statements or Statements(), platforms or ("general",), today, years)  # type: ignore[arg-type]


def subject(subject_id: str) -> Subject:
    entry = ENTRIES[subject_id]
    return Subject(entry.id, entry.kind, entry.name, entry.work)


def match(
    subject_id: str,
    source: str = "prompt",
    strength: str = "strong",
    *,
    style: bool = False,
    text: str = "",
    **more: Any,
) -> Match:
    """A match at one place; `more` goes to its Evidence (weight, state, locator)."""
    about = subject(subject_id)
    evidence = Evidence(source, more.pop("locator", AT), text or about.name.lower(), **more)  # type: ignore[arg-type]
    return Match(about, strength, evidence, "full name", style)  # type: ignore[arg-type]


def picture(prompt: str = "a hill", *resources: Resource, negative: str = "", **facts: Any) -> FileFacts:
    prompts = (Prompt("positive", prompt, AT), *((Prompt("negative", negative, AT),) if negative else ()))
    parameters = facts.pop("parameters", {"Seed": "1"})
    hidden = facts.pop("hidden", False)
    tool = facts.pop("tool", "a1111")
    generation = Generation(tool, AT, prompts=prompts, resources=resources, parameters=parameters, hidden=hidden)
    return FileFacts("png", "scanned", generations=(generation,), **{"width": 832, "height": 1216, **facts})


def model_file(model: ModelFacts) -> FileFacts:
    return FileFacts("safetensors", "scanned", model=model)


def judged(
    facts: FileFacts, *matches: Match, known: Knowledge | None = None, path: str = "a.png", models: dict[str, ModelFacts] | None = None,
    searched: bool = False,
) -> FileResult:  # fmt: skip
    """The record of one made-up file: rules, suppression, verdicts."""
    known = known or knowledge()
    resolved = Resolved(facts, facts.generations, models or {}, searched or bool(models))
    case = Case(path, resolved, tuple(matches), known)
    silent = [rule for rule in RULES if rule.needs.isdisjoint(case.traits)]
    assert not [finding for rule in silent for finding in rule.judge(case)], (
        "rules that are not asked would find nothing"
    )
    return file_result(case, suppress(path, apply_rules(case), known, resolved))


def findings_of(result: FileResult, *rules: str) -> list[Finding]:
    return [finding for finding in result.findings if finding.rule in rules]


def levels(result: FileResult, *ignored: str) -> list[tuple[str, str, str]]:
    """(rule, severity, strength) of all findings, in the order of the report."""
    return [(f.rule, f.severity, f.strength) for f in result.findings if f.rule not in ignored]


def no_data(**marks: str) -> FileFacts:
    return FileFacts("png", "no-metadata", disclosure=Disclosure(**marks))


def names(findings: Sequence[Finding]) -> list[str]:
    return [finding.rule for finding in findings]
