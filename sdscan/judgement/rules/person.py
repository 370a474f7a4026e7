"""SD301: real persons, by name or by model. Enters a Case, leaves one finding a person, and one a model that its site marks as one."""

from __future__ import annotations

from collections.abc import Iterator

from sdscan.judgement.levels import Step, moved
from sdscan.judgement.rules.build import evidence_of, group_level, make, named, sentence
from sdscan.judgement.rules.case import Case, Rule, day, is_used
from sdscan.records import Evidence, Finding, ModelFacts, Subject

_STEP = "Do not publish without the person's consent in writing; platforms that allow AI pictures still refuse likenesses."


def judge(case: Case) -> Iterator[Finding]:
    """One finding a person on the watchlist; else one a model that is marked, or looks, made of a person."""
    groups = case.of("person")
    for group in groups:
        adult = case.rating.content == "explicit" and is_used(group)
        level = group_level("person-adult" if adult else "person", group, _steps(case, group.subject), _licensed(case, group.subject))
        message = sentence(case, group.matches, f"the real person {named(group.subject)}") + (", in explicit content" if adult else "")
        yield make(
            "SD301", group.subject, level, message, evidence_of(group.matches),
            next_step="" if level.severity == "info" else _STEP, risks=("real_person",),
        )  # fmt: skip
    if not any(is_used(group) for group in groups):
        yield from _models(case)


def _steps(case: Case, subject: Subject) -> list[Step]:
    free = case.free_since(subject)
    return [] if free is None else [Step(-1, f"died in {free[0]}")]


def _licensed(case: Case, subject: Subject) -> Step | None:
    entry = case.declared("licensed", subject)
    return None if entry is None else Step(0, f"declared licensed (a release) on {day(entry.date)}: {entry.reason}")


def _models(case: Case) -> Iterator[Finding]:
    """Models without a known name: the one that is scanned, and those that a picture uses."""
    if case.resolved.facts.model is not None:
        name = case.resolved.facts.model.title or case.path.rsplit("/", 1)[-1]
        yield from _model(case.resolved.facts.model, Evidence("lora-title", "title", name))
    for resource in case.resources:
        facts = case.resolved.models.get(resource.file.path) if resource.file else None
        if facts is not None and resource.kind in ("lora", "embedding"):
            item = Evidence("lora-name", resource.locator, resource.name, weight=resource.weight, state=resource.state)
            yield from _model(facts, item)


def _model(facts: ModelFacts, item: Evidence) -> Iterator[Finding]:
    kind = facts.subject_kind
    if facts.poi:
        strength, why = "strong", "its page marks it as a real person"
    elif kind.value == "person" and kind.certainty >= 0.6:
        strength, why = "medium", "; ".join(kind.because) or "it was trained on photographs of one person"
    else:
        return
    steps = [Step(-1, f"weight {item.weight:g} is low")] if item.weight is not None and abs(item.weight) < 0.3 else []
    level = moved("person", "strong" if strength == "strong" else "medium", steps)
    yield make(
        "SD301", None, level, f"model {item.text!r} shows a real person: {why}", (item,), next_step=_STEP, risks=("real_person",)
    )


SD301 = Rule(
    id="SD301", name="real-person",
    summary="A real person, by name or by model.",
    flags="A person from the watchlists named in the prompt or by a model, and models that their page or their training data marks as of a real person.",
    why=(
        "Likeness rights, and platform rules that leave no room: Civitai refuses likenesses of real people in any context, Adobe Stock wants a release, "
        "pixiv, Patreon and DLsite refuse photoreal or sexual pictures of people. In the United States the Take It Down Act (2025) covers intimate imagery made with AI."
    ),
    evidence=(
        "A full name in the prompt or in a model's name, title or captions; a `poi` mark in the model's sidecar. Together with explicit content the level is critical. "
        "A name in a negative prompt is information at most."
    ),
    cannot_tell="Whether the picture shows the person, whether consent was given, or whether a namesake is meant.",
    respond="Do not publish without consent in writing. With a release, say so with `[[declare]] as = \"licensed\"` and its date.",
    references=(
        "Civitai, rule on real people, 2025-05: https://civitai.com/articles/15022",
        "Patreon, policy update, 2023-08-28: https://news.patreon.com./articles/a-mid-year-update-from-our-policy-team",
        "DLsite, regarding the sale of AI-generated works, as of 2024-04-03: https://cs-circle.dlsite.com/hc/en-us/articles/14941627991321-Regarding-the-sale-of-AI-generated-works",
    ),
    judge=judge,
)  # fmt: skip
