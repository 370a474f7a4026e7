"""The pieces that findings are made of: their id, their sentence, their evidence in order. No judgement here."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence

from sdscan.digests import sha256
from sdscan.judgement.levels import Level, Step, best_of, is_out, level_of
from sdscan.judgement.names import normal
from sdscan.judgement.rules.case import Case, Group
from sdscan.records import STRENGTHS, Evidence, Finding, Match, Subject

NAMES: dict[str, str] = {
    "SD101": "derivative-character", "SD102": "derivative-franchise", "SD103": "strict-work", "SD104": "trained-on-frames",
    "SD105": "work-imitation", "SD201": "style-artist", "SD202": "style-model", "SD203": "style-model-unresolved",
    "SD204": "style-studio", "SD301": "real-person", "SD401": "minor-sexual", "SD402": "explicit-needs-mosaic",
    "SD403": "payment-prohibited", "SD501": "license-forbids", "SD601": "disclosure-missing", "SD602": "no-generation-data",
    "SD603": "model-unresolved", "SD604": "model-mismatch", "SD605": "hidden-copy", "SD606": "private-data",
    "SD607": "ai-not-accepted", "SD901": "stale-suppression",
}  # fmt: skip
"""Rule id → its name; fixed by the contract."""

_PLACES: dict[str, str] = {
    "prompt": "prompt names", "negative-prompt": "only the negative prompt names", "template": "prompt before wildcards were drawn names",
    "lora-name": "{model} name points to", "lora-hash": "{model} hash points to", "lora-trigger": "{model} trigger words name",
    "lora-training": "{model} was trained on", "lora-title": "{model} title names", "sidecar": "sidecar file names",
    "checkpoint-name": "checkpoint name points to", "embedding-name": "embedding name points to", "style-name": "style preset names",
    "reference-image": "reference picture is named after", "file-name": "file name names", "xmp": "description in the metadata names",
}  # fmt: skip
_SHORT: dict[str, str] = {
    "prompt": "prompt", "negative-prompt": "negative prompt", "template": "prompt template", "lora-name": "LoRA name", "lora-hash": "LoRA hash",
    "lora-trigger": "trigger words", "lora-training": "training captions", "lora-title": "title", "sidecar": "sidecar",
    "checkpoint-name": "checkpoint name", "embedding-name": "embedding name", "style-name": "style preset",
    "reference-image": "reference picture", "file-name": "file name", "xmp": "metadata description",
}  # fmt: skip


def finding_id(rule: str, subject: Subject | None, evidence: Iterable[Evidence]) -> str:
    """First 16 hex digits of SHA-256 over rule, subject id and the set of matched texts in normal form, NUL between.

    Stable against renaming and recompressing, against the order of places, and against where in the text they stand.
    """
    return _digest(rule, subject.id if subject else "", frozenset([item.text for item in evidence]))


@functools.lru_cache(maxsize=8192)
def _digest(rule: str, subject_id: str, texts: frozenset[str]) -> str:
    """Remembered, since the pictures of a folder name the same things in the same words."""
    whole = "\0".join((rule, subject_id, *sorted({normal(text) or text for text in texts})))
    return sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def make(
    rule: str, subject: Subject | None, level: Level, message: str, evidence: Sequence[Evidence], *,
    next_step: str = "", risks: tuple[str, ...] = (), because: Sequence[str] = (),
) -> Finding:  # fmt: skip
    """A finding without verdicts; those come with the platforms."""
    return Finding(
        id=finding_id(rule, subject, evidence),
        rule=rule,
        name=NAMES[rule],
        severity=level.severity,
        strength=level.strength,
        subject=subject,
        message=message,
        evidence=tuple(evidence),
        because=(*level.because, *because),
        next_step=next_step,
        risks=risks,
    )


def evidence_of(matches: Iterable[Match]) -> tuple[Evidence, ...]:
    """The places, the ones that count first, then the surest, then as found; each place once."""
    ordered = sorted(
        matches, key=lambda match: (is_out(match.evidence), -STRENGTHS.index(match.strength), match.evidence.source)
    )
    return tuple(dict.fromkeys(match.evidence for match in ordered))


def sentence(case: Case, matches: Sequence[Match], what: str) -> str:
    """`prompt names the character X (WORK); also: LoRA name, training captions`."""
    best = best_of(matches).evidence
    head = _PLACES[best.source].format(model=_model_word(case))
    if best.source != "negative-prompt" and is_out(best):
        head = f"without effect ({'muted or unused' if best.state == 'unused' else f'weight {best.weight:g}'}): {head}"
    counted = {match.evidence.source for match in matches if is_out(best) or not is_out(match.evidence)}
    others = [short for source, short in _SHORT.items() if source in counted and source != best.source]
    return f"{head} {what}" + (f"; also: {', '.join(others)}" if others else "")


def _model_word(case: Case) -> str:
    model = case.resolved.facts.model
    if model is None or model.kind in ("lora", "unknown"):
        return "LoRA" if model is None or model.kind == "lora" else "model"
    return model.kind


def named(subject: Subject) -> str:
    """`Hatsune Miku`, or the id where there is no name."""
    return subject.name or subject.id


def quoted(names: Sequence[str], most: int = 3) -> str:
    """`'a', 'b', 'c' and 2 more`."""
    shown = ", ".join(repr(name) for name in names[:most])
    return shown + (f" and {len(names) - most} more" if len(names) > most else "")


def group_level(kind: str, group: Group, steps: Iterable[Step] = (), ceiling: Step | None = None) -> Level:
    """The level of a group of matches."""
    return level_of(kind, group.matches, steps, ceiling)
