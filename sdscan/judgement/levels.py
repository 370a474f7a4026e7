"""How bad and how sure: the one table kind × strength × weight × strictness × rating → severity. Every number stands here.

Enters what was seen and where, leaves a Level with the steps that led to it (`scan -v` prints them). Severity starts from
BASES and moves by whole steps; nothing that is used and at least medium sure falls below `low`, nothing that is only in a
negative prompt, muted, or at weight 0 rises above `info`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from sdscan.records import SEVERITIES, STRENGTHS, Evidence, Match, Severity, Strength

Strictness = Literal["strict", "reputed", "unknown", "allows", "tolerant"]

STARTS: dict[str, tuple[Severity, str]] = {
    "character": ("medium", "a character of a work whose owner has said nothing we know of"),
    "work": ("low", "a work without a certain character"),
    "forbidden": ("high", "a work with what its guideline forbids"),
    "discouraged": ("medium", "a work with what its guideline asks to refrain from"),
    "frames": ("medium", "a LoRA trained on captured frames"),
    "picture": ("low", "made from a picture: the honest case is one's own sketch"),
    "structure": ("info", "only outlines or a pose were taken from a picture (ControlNet), or little of it"),
    "artist": ("medium", "a living artist named in the prompt"),
    "artist-model": ("high", "a model made to imitate a living artist"),
    "style-unresolved": ("low", "a style model whose artist could not be told"),
    "studio": ("low", "the style of a studio or work, by prompt"),
    "studio-model": ("medium", "the style of a studio or work, by a model"),
    "person": ("high", "a real person"),
    "person-adult": ("critical", "a real person in explicit content"),
    "minor-sexual": ("critical", "sexual content with a minor-coded subject; never moved by anything"),
    "mosaic": ("low", "explicit content that a platform wants concealed"),
    "mosaic-block": ("medium", "explicit content on a platform that refuses it where it is not concealed"),
    "mosaic-hint": ("info", "explicit content where only a profile asks for concealment"),
    "theme": ("high", "a theme the card networks forbid"),
    "school-theme": ("medium", "adult content in a school setting, which some platforms read as that theme"),
    "license-forbids": ("medium", "a licence forbids selling pictures, and a platform asked for sells"),
    "license-limits": ("low", "a licence forbids selling pictures, or changes of the model, and no platform asked for sells"),
    "license-asks": ("info", "a licence asks for credit"),
    "disclosure": ("low", "the platform reads AI marks in files, and there is none"),
    "disclosure-switch": ("info", "the platform wants a mark that is set when posting"),
    "no-data": ("info", "no generation data"),
    "model-unresolved": ("low", "a LoRA that no file of the library explains"),
    "model-unsearched": ("info", "a LoRA, and no library was given to look in"),
    "model-mismatch": ("medium", "name and hash point at different files"),
    "hidden-only": ("low", "generation data stands in the pixels alone: somebody stripped the rest"),
    "hidden-also": ("info", "generation data stands in the pixels as well"),
    "private-low": ("low", "a home path or user name in the metadata"),
    "private-medium": ("medium", "an e-mail address or a place in the metadata"),
    "private-high": ("high", "an access key in the metadata"),
    "ai-refused": ("high", "the platform takes no AI pictures"),
    "ai-restricted": ("medium", "the platform takes no AI pictures as they come out of the generator"),
    "ai-limited": ("low", "the platform takes AI pictures within limits"),
    "stale": ("info", "an allow entry that has run out"),
}  # fmt: skip
"""Kind of a finding → (where its severity starts, what it is): living artist, full weight, unknown work."""
BASES: dict[str, Severity] = {kind: start for kind, (start, _) in STARTS.items()}

STRICTNESS: dict[str, Strictness] = {
    "explicit_strict": "strict",
    "based_on_real": "strict",
    "image_protection": "strict",
    "past_infringement": "strict",
    "reputed_strict": "reputed",
    "unknown": "unknown",
    "guideline_allows": "allows",
    "tolerant_tacit": "tolerant",
}
"""Category of a work's policy → how strict its rightsholder is. `unknown` does not read as safe."""

STRICTNESS_STEPS: dict[Strictness, int] = {"strict": 1, "reputed": 1, "unknown": 0, "allows": -1, "tolerant": -1}

CLOSE = 0.6
"""Below this denoising strength a picture stays close to the one it was made from."""
FAINT = 0.3
"""Below this absolute weight a name, LoRA or embedding lowers by one step. From 0.3 on, and above 1, nothing moves: a stronger
weight does not make the matter worse."""
SURE_OF_KIND = 0.6
"""From this certainty on a model's training data alone says that it was made for a style or of a person."""
MIXED = 3
"""From so many artists in one prompt on, each alone weighs one step less: the rules speak of a specific creator."""


class Step(Struct, frozen=True):
    """One move of a severity, and why."""

    by: int
    why: str


class Level(Struct, frozen=True):
    """Severity, strength and the way there."""

    severity: Severity
    strength: Strength
    because: tuple[str, ...]


def is_out(evidence: Evidence) -> bool:
    """Whether this place keeps the name out of the picture, or has no effect on it."""
    return (
        evidence.source == "negative-prompt"
        or evidence.state == "unused"
        or (evidence.weight is not None and evidence.weight <= 0)
    )


def is_faint(evidence: Evidence) -> bool:
    """Whether the weight is too low to count in full."""
    return evidence.weight is not None and abs(evidence.weight) < FAINT


def strength_of(match: Match) -> Strength:
    """How sure: template text is weak, an alternative that may not have been drawn is medium at most."""
    if match.evidence.source == "template":
        return "weak"
    if match.evidence.state == "possible":
        return min(match.strength, "medium", key=STRENGTHS.index)
    return match.strength


def best_of(matches: Sequence[Match]) -> Match:
    """The match that counts: used before unused, full weight before faint, then the surest, then the first."""
    return min(
        matches,
        key=lambda match: (is_out(match.evidence), is_faint(match.evidence), -STRENGTHS.index(strength_of(match))),
    )


def level_of(kind: str, matches: Sequence[Match], steps: Iterable[Step] = (), ceiling: Step | None = None) -> Level:
    """The level of a finding of that kind.

    `steps` are moves that the rule knows (strictness, public domain is a `ceiling` instead). A ceiling's `by` is the index of
    the highest severity that remains possible.
    """
    best = best_of(matches)
    strength = strength_of(best)
    if is_out(best.evidence):
        return Level("info", strength, (f"starts at {BASES[kind]} ({kind})", f"info: {_why_out(best.evidence)}"))
    moves = [*steps, *_own_steps(best, strength)]
    return moved(kind, strength, moves, ceiling)


def moved(kind: str, strength: Strength, steps: Iterable[Step] = (), ceiling: Step | None = None) -> Level:
    """The level where no match carries a weight: base plus steps, kept between low (info where weak) and high."""
    if not steps and ceiling is None:
        return _start(kind, strength)
    base = SEVERITIES.index(BASES[kind])
    moves = [step for step in steps if step.by]
    floor = min(base, 0 if strength == "weak" else 1)
    index = max(floor, min(max(base, 3), base + sum(step.by for step in moves)))
    because = [f"starts at {BASES[kind]} ({kind})", *(f"{step.by:+d}: {step.why}" for step in moves)]
    if ceiling is not None and index > ceiling.by:
        index = ceiling.by
        because.append(f"{SEVERITIES[index]} at most: {ceiling.why}")
    return Level(SEVERITIES[index], strength, tuple(because))


@functools.lru_cache(maxsize=256)
def _start(kind: str, strength: Strength) -> Level:
    """The level that nothing moves: most findings have one of a few."""
    severity = BASES[kind]
    return Level(severity, strength, (f"starts at {severity} ({kind})",))


def _own_steps(best: Match, strength: Strength) -> list[Step]:
    steps = []
    if is_faint(best.evidence):
        steps.append(Step(-1, f"weight {best.evidence.weight:g} is below {FAINT:g}"))
    if strength == "weak":
        steps.append(Step(-1, f"the evidence is weak ({best.how})"))
    return steps


def _why_out(evidence: Evidence) -> str:
    if evidence.source == "negative-prompt":
        return "it stands only in the negative prompt, which keeps it out"
    if evidence.state == "unused":
        return "it is muted or not reachable, so it had no effect"
    return f"its weight is {evidence.weight:g}"
