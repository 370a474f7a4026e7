"""SD101–SD103: characters and works of somebody else. Enters a Case, leaves one finding a character, and one a work without one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from sdscan.judgement.levels import STRICTNESS_STEPS, Level, Step, best_of, is_out, strength_of
from sdscan.judgement.rules.build import evidence_of, group_level, make, named, sentence
from sdscan.judgement.rules.case import Case, Group, Rule, day, is_used
from sdscan.records import STRENGTHS, Finding, Subject

if TYPE_CHECKING:
    from sdscan.knowledge.policies import Platform, WorkPolicy

WITH_GUIDELINE = frozenset({
    "explicit_strict", "based_on_real", "image_protection", "past_infringement", "guideline_allows",
})  # fmt: skip
"""Categories that rest on a text or a case of the rightsholder, not on reputation."""


OBJECTING = frozenset({"no", "restricted", "objects"})
"""What a rightsholder's word on AI must be to be told."""


class Breach(Struct, frozen=True):
    """One thing that a guideline speaks against and the file shows."""

    what: str
    """adult, commercial or ai."""
    forbidden: bool
    """False: only discouraged."""
    text: str


def breaches(case: Case, subject: Subject, platform: Platform | None = None) -> tuple[Breach, ...]:
    """What the file, or the platform asked for, shows of what the work's guideline speaks against. None: all platforms asked for."""
    policy = case.work_policy(subject)
    if policy is None or policy.category not in WITH_GUIDELINE:
        return ()
    found = []
    if policy.r18 in ("no", "discouraged") and case.rating.content == "explicit":
        word = "forbids" if policy.r18 == "no" else "asks to refrain from"
        found.append(Breach("adult", policy.r18 == "no", f"its guideline {word} adult content, and the file shows it"))
    asked = case.platforms if platform is None else (platform,)
    selling = [place.name for place in asked if place.sells]
    if policy.commercial == "no" and selling:
        found.append(Breach("commercial", True, f"its guideline forbids commercial use, and {selling[0]} sells"))
    if policy.ai == "no" and case.is_generated:
        found.append(Breach("ai", True, "its guideline forbids AI-generated pictures"))
    return tuple(found)


def judge_character(case: Case) -> Iterator[Finding]:
    """SD101 for each character, unless its work's guideline is broken (SD103)."""
    for group in case.of("character"):
        if not (is_used(group) and breaches(case, group.subject)):
            yield _plain(case, "SD101", "character", group)


def judge_franchise(case: Case) -> Iterator[Finding]:
    """SD102 for each work without a certain character of it. A work named for its style alone is SD204's."""
    for group in case.of("work"):
        plain = Group(group.subject, tuple(match for match in group.matches if not match.style))
        if plain.matches and not _has_character(case, plain):
            if not (is_used(plain) and breaches(case, plain.subject)):
                yield _plain(case, "SD102", "work", plain)


def judge_strict(case: Case) -> Iterator[Finding]:
    """SD103 for each character, and each work without one, whose guideline is broken by what the file shows."""
    for group in case.of("character", "work"):
        if group.subject.kind == "work":
            group = Group(group.subject, tuple(match for match in group.matches if not match.style))
            if not group.matches or _has_character(case, group):
                continue
        found = breaches(case, group.subject) if is_used(group) else ()
        if found:
            yield _strict(case, group, found)


def _plain(case: Case, rule: str, kind: str, group: Group) -> Finding:
    """The finding without a broken guideline; how strict the work is stands in its steps."""
    subject = group.subject
    strictness = case.strictness(subject)
    policy = case.work_policy(subject)
    steps = [Step(STRICTNESS_STEPS[strictness], _strictness_text(strictness, policy)), *_declared_steps(case, group)]
    level = group_level(kind, group, steps, _licensed(case, subject))
    return make(
        rule, subject, level, sentence(case, group.matches, _what(case, subject)), evidence_of(group.matches),
        next_step=_next_step(policy, level), risks=_risks(case, strictness), because=_notes(case, subject, strictness),
    )  # fmt: skip


def _strict(case: Case, group: Group, found: tuple[Breach, ...]) -> Finding:
    kind = "forbidden" if any(breach.forbidden for breach in found) else "discouraged"
    policy = case.work_policy(group.subject)
    assert policy is not None, "a breach names the policy that it breaks"
    strictness = case.strictness(group.subject)
    steps = [
        Step(max(0, STRICTNESS_STEPS[strictness]), _strictness_text(strictness, policy)),
        *_declared_steps(case, group),
    ]
    level = group_level(kind, group, steps if kind == "discouraged" else steps[1:], _licensed(case, group.subject))
    message = sentence(case, group.matches, _what(case, group.subject)) + ": " + "; ".join(b.text for b in found)
    risks = [*_risks(case, strictness)]
    if any(breach.what == "adult" and breach.forbidden for breach in found):
        risks.append("derivative_r18_strict")
    source = f"guideline: {policy.text or policy.category} ({policy.evidence}, {policy.date or 'undated'})"
    return make(
        "SD103", group.subject, level, message, evidence_of(group.matches),
        next_step=f"Do not publish it as it is: {_remedy(found)}.", risks=tuple(risks), because=(source,),
    )  # fmt: skip


def _risks(case: Case, strictness: str) -> tuple[str, ...]:
    """The classes of platform rules that a character or work touches."""
    strict = ("derivative_strict",) if strictness in ("strict", "reputed") else ()
    adult = ("r18_derivative",) if case.rating.content == "explicit" else ()
    return ("derivative", *strict, *adult)


def _remedy(found: tuple[Breach, ...]) -> str:
    words = {
        "adult": "keep pictures of this work free of adult content",
        "commercial": "do not sell it without the rightsholder's licence",
        "ai": "ask the rightsholder, or leave this work out",
    }
    return "; ".join(words[breach.what] for breach in found)


def _has_character(case: Case, work: Group) -> bool:
    """Whether a character of that work is named at least as surely, so that the work needs no finding of its own."""
    best = best_of(work.matches)
    for group in case.of("character"):
        if _answers(case, group.subject, work.subject.id):
            other = best_of(group.matches)
            surer = STRENGTHS.index(strength_of(other)) >= min(1, STRENGTHS.index(strength_of(best)))
            if is_out(other.evidence) <= is_out(best.evidence) and surer:
                return True
    return False


def _answers(case: Case, character: Subject, work_id: str) -> bool:
    """Whether the character belongs to that work, or to another work of its series."""
    entry = case.knowledge.watchlist.entry(character.id)
    return character.franchise == work_id or (entry is not None and work_id in entry.answers)


def _what(case: Case, subject: Subject) -> str:
    if subject.kind == "work":
        return f"the work {named(subject)}"
    work = case.work_name(subject)
    is_said = work is None or named(subject).endswith(
        f"({work})"
    )  # `Bass (Mega Man)`: many names tell their work themselves
    return f"the character {named(subject)}" + ("" if is_said else f" ({work})")


def _strictness_text(strictness: str, policy: WorkPolicy | None) -> str:
    words = {
        "strict": "the work's rightsholder is strict",
        "reputed": "the work's rightsholder is reputed to be strict",
        "allows": "the work's guideline allows fan works within limits",
        "tolerant": "the work's rightsholder is known to tolerate fan works",
        "unknown": "nothing is known of the rightsholder's stance",
    }
    return words[strictness] + (f" ({policy.category})" if policy is not None else "")


def _notes(case: Case, subject: Subject, strictness: str) -> list[str]:
    """What else is known and moves no level."""
    notes = []
    policy = case.work_policy(subject)
    if strictness == "unknown" and policy is None:
        notes.append("no guideline of this work is on file; that does not read as safe")
    holder = case.rightsholder(subject)
    if holder is not None and holder.ai in OBJECTING:
        notes.append(
            f"{holder.name} objects to AI use of its works ({holder.date or 'undated'}); a stance, not a ban of this picture"
        )
    if policy is not None and policy.ai == "restricted":
        notes.append("its guideline has conditions for AI-generated pictures")
    return notes


def _declared_steps(case: Case, group: Group) -> list[Step]:
    """What the user declared, as moves. An original character contradicts strong evidence, so it lowers that by one step only."""
    steps = []
    original = case.declared("original-character", group.subject)
    if original is not None:
        sure = strength_of(best_of(group.matches)) == "strong"
        steps.append(
            Step(-1 if sure else -2, f"declared an original character on {day(original.date)}: {original.reason}")
        )
    traced = case.declared("hand-traced", group.subject)
    if traced is not None:
        steps.append(Step(-1, f"declared traced by hand on {day(traced.date)}: {traced.reason}"))
    return steps


def _licensed(case: Case, subject: Subject) -> Step | None:
    entry = case.declared("licensed", subject)
    return None if entry is None else Step(0, f"declared licensed on {day(entry.date)}: {entry.reason}")


def _next_step(policy: WorkPolicy | None, level: Level) -> str:
    if level.severity == "info":
        return ""
    if policy is None:
        return "Look for the rightsholder's guideline on fan works and AI before you publish; replace the character if it says no."
    steps = []
    if policy.required_tags:
        steps.append(f"Use the tag {', '.join(policy.required_tags)}")
    if policy.forbidden_tags:
        steps.append(f"do not use the tag {', '.join(policy.forbidden_tags)}")
    if policy.required_notice:
        steps.append(f"add the notice: {policy.required_notice}")
    if steps:
        text = "; ".join(steps) + "."
        return text[0].upper() + text[1:]
    if policy.category in WITH_GUIDELINE:
        said = f" (fan works: {policy.fanwork.rstrip('.')})" if policy.fanwork else ""
        return f"Read the guideline of {policy.title} before you publish, and stay within it{said}."
    if policy.category == "tolerant_tacit":
        return f"Fan works of {policy.title} are tolerated, not permitted: keep them within what the original would show, and mark them as AI-made."
    return f"Ask the rightsholder of {policy.title}, or publish without this character: no guideline allows it."


SD101 = Rule(
    id="SD101", name="derivative-character",
    summary="A character of somebody else's work.",
    flags=(
        "A character from the watchlists, named in the prompt, in the name, title, trigger words or training captions of a LoRA, or in the "
        "name of an embedding or checkpoint. One finding a character, with every place that names it."
    ),
    why=(
        "Fan works live on toleration: most rightsholders neither permit nor pursue them, and a guideline means no more than that they will "
        "not act while it is kept. AI pictures are treated more strictly than drawings by many platforms and by a growing number of "
        "rightsholders. Accounts have been closed for a single work."
    ),
    evidence=(
        "Strong: a full name or whole tag, the name of a LoRA, or a LoRA's own training captions. Medium: a name that is also something else, "
        "an alternative that may not have been drawn. Weak: a given name beside other evidence of its work, or a name that stands only in a "
        "template from before wildcards were drawn. A name in a negative prompt, in a muted node or at weight 0 is information at most. "
        "Below weight 0.3 the level falls by one step; it does not rise above weight 1. A strict, or reputedly strict, rightsholder raises "
        "the level by one step, a tolerant one or a guideline that allows fan works lowers it by one."
    ),
    cannot_tell=(
        "Whether the picture really shows the character: sdscan reads what files say and looks at no pixel. Whether you have permission. "
        "Changed features (no animal ears, another hair colour) clear nothing: that argument has not helped those who used it."
    ),
    respond=(
        "Read the work's guideline (`sdscan policy show WORK`). Use the tags and notices that it asks for. Where it is silent, ask or leave the "
        "picture out. Where you hold a licence, or the character is your own and only shares a name, say so with `[[declare]]` in sdscan.toml."
    ),
    references=(
        "pixiv encyclopedia, list of works that are strict on derivative work, revision seen in an archive (user-written): https://dic.pixiv.net/history/view/6336826",
        "Bunshun Online on fan works and toleration: https://bunshun.jp/articles/-/41237?page=4",
        "BOOTH, stricter monitoring of AI goods that depend on one work or artist, 2025-07-18: https://booth.pm/announcements/828",
    ),
    judge=judge_character,
    needs=frozenset({"character"}),
)  # fmt: skip

SD102 = Rule(
    id="SD102", name="derivative-franchise",
    summary="A work or series, without a certain character of it.",
    flags="A work from the watchlists (a series, game, film, group of performers) where no character of it is named as surely: a place, costume, item or the title alone.",
    why="Titles, costumes, places and machines belong to the work as its characters do, and rightsholders and shops search for titles first.",
    evidence=(
        "As for SD101. The level starts one step lower, since a title alone often names a mood. A title that stands only with a style marker "
        "(`in the style of …`) is SD204 instead."
    ),
    cannot_tell="Whether the title is meant or is an ordinary word; titles that are common words count only as a whole tag or beside other evidence.",
    respond="Take the title out if it was only meant as a mood. If the work is meant, treat it as SD101: read the guideline, use its tags, or leave it out.",
    references=("As for SD101.",),
    judge=judge_franchise,
    needs=frozenset({"work"}),
)  # fmt: skip

SD103 = Rule(
    id="SD103", name="strict-work",
    summary="A work with a guideline, and in the file what that guideline speaks against.",
    flags=(
        "A character or work whose rightsholder has a guideline, or a known case, together with what it forbids or asks to refrain from, where "
        "the file or the platform asked for shows it: adult content (from the words of the prompt), commercial use (a platform that sells), "
        "or AI as such. It takes the place of SD101 or SD102. Without such a breach a strict work stays SD101, with its strictness among the reasons."
    ),
    why=(
        "These are the pictures that accounts were closed for: in April 2023 pixiv suspended accounts that posted adult pictures of Uma Musume, "
        "whose guideline forbids them because real owners stand behind the horses' names."
    ),
    evidence=(
        "As for SD101, and for the breach: rating tags and clinical words in the prompt (`sdscan/judgement/rules/vocabulary.json`), the platform's "
        "own record, or the guideline's word on AI. Forbidden starts at high; asked to refrain from starts at medium."
    ),
    cannot_tell="Whether the picture shows what the prompt says; whether a shop's licence covers you; what a guideline said on the day the picture was made.",
    respond="Do not publish it as it is. Keep pictures of this work free of what its guideline forbids, or ask the rightsholder first.",
    references=(
        "Uma Musume: Inside Games on the guideline of 2025-04-28: https://cdn.inside-games.jp/article/2025/04/28/166864.html",
        "Account suspensions of April 2023 (user-written wiki): https://w.atwiki.jp/genai_problem/pages/23.html",
        "The category, date and source of each work: `sdscan policy show WORK`.",
    ),
    judge=judge_strict,
    needs=frozenset({"character", "work"}),
)  # fmt: skip
