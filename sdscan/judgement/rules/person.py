"""SD301: real persons, by name or by model. Enters a Case, leaves one finding a person, and one a model that its site marks as one."""

from __future__ import annotations

from collections.abc import Iterator

from sdscan.judgement.levels import SURE_OF_KIND, Step, moved
from sdscan.judgement.rules.build import evidence_of, group_level, make, named, sentence
from sdscan.judgement.rules.case import Case, Rule, day, is_used
from sdscan.records import Finding, Strength, Subject

_STEP = (
    "Do not publish without the person's consent in writing; platforms that allow AI pictures still refuse likenesses."
)


def judge(case: Case) -> Iterator[Finding]:
    """One finding a person on the watchlist; else one a model that is marked, or looks, made of a person."""
    groups = case.of("person")
    for group in groups:
        adult = case.rating.content == "explicit" and is_used(group)
        level = group_level(
            "person-adult" if adult else "person", group, _steps(case, group.subject), _licensed(case, group.subject)
        )
        message = sentence(case, group.matches, f"the real person {named(group.subject)}") + (
            ", in explicit content" if adult else ""
        )
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
    """Models of a person whose name no list knows: the one that is scanned, and those that a picture uses."""
    for model in case.models:
        if model.facts is None or model.word == "checkpoint":
            continue
        kind = model.facts.subject_kind
        strength: Strength = "strong" if model.facts.poi else "medium"
        if model.facts.poi:
            why = "its page marks it as a real person"
        elif kind.value == "person" and kind.certainty >= SURE_OF_KIND:
            why = "; ".join(kind.because) or "it was trained on photographs of one person"
        else:
            continue
        level = moved("person", strength, model.faint)
        message = f"{model.word} {model.name.text!r} was made of a real person: {why}"
        yield make("SD301", None, level, message, (model.name,), next_step=_STEP, risks=("real_person",))


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
        "Patreon, policy update, 2023-08-28: https://news.patreon.com/articles/a-mid-year-update-from-our-policy-team",
        "DLsite, regarding the sale of AI-generated works, as of 2024-04-03: https://cs-circle.dlsite.com/hc/en-us/articles/14941627991321-Regarding-the-sale-of-AI-generated-works",
    ),
    judge=judge,
    needs=frozenset({"person", "explained"}),
)  # fmt: skip
