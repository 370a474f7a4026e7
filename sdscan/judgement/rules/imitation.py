"""SD104, SD105: models trained on captured frames, and pictures made from pictures. Enters a Case, leaves one finding a model and one a picture."""

from __future__ import annotations

from collections.abc import Iterator

from sdscan.judgement.levels import CLOSE, STRICTNESS_STEPS, Step, is_out, moved
from sdscan.judgement.rules.build import make, named, quoted
from sdscan.judgement.rules.case import Case, Rule, Trait
from sdscan.judgement.rules.used import UsedModel
from sdscan.records import Evidence, Finding, Generation, Subject

_ENLARGED = ("upscale", "hires", "first pass size", "tile")
"""Parts of setting names that say that the denoising strength belongs to an enlargement of one's own picture."""
_FACES = ("faceid", "face id", "instantid", "instant id", "pulid", "photomaker", "reactor", "faceswap", "face swap")
_STRENGTH = "Denoising strength"
_STRUCTURE: frozenset[Trait] = frozenset({"controlnet"})
_PICTURES: frozenset[Trait] = _STRUCTURE | {"reference-image", "ip-adapter", "style"}


def judge_frames(case: Case) -> Iterator[Finding]:
    """SD104: one finding for each model whose training data shows captured frames."""
    for model in case.models:
        if model.facts is None or not model.facts.frames:
            continue
        subject = _subject(case, model)
        strict = max(0, STRICTNESS_STEPS[case.strictness(subject)]) if subject else 0
        steps = [Step(strict, "the work's rightsholder is strict, or reputed to be"), *model.faint]
        level = moved("frames", "strong" if len(model.facts.frames) > 1 else "medium", steps)
        what = f" of {named(subject)}" if subject else ""
        weight = f" at weight {model.name.weight:g}" if model.name.weight is not None else ""
        yield make(
            "SD104", subject, level, f"{model.word} {model.name.text!r}{weight} was trained on captured frames{what}",
            (model.name, *_frame_evidence(model)), risks=("anime_capture_lora",), because=model.facts.frames,
            next_step="Replace the LoRA by one that was trained on drawings with consent, or leave this picture out.",
        )  # fmt: skip


def _frame_evidence(model: UsedModel) -> tuple[Evidence, ...]:
    assert model.facts is not None, "only models with frames come here"
    return tuple(
        Evidence("lora-training", "training data", reason, weight=model.name.weight) for reason in model.facts.frames
    )


def _subject(case: Case, model: UsedModel) -> Subject | None:
    """The work that the frames are of: the one work of everything that the model names; None where there are several or none."""
    works = {}
    for match in case.matches:
        if match.subject.kind in ("character", "work") and not is_out(match.evidence) and model.explains(match):
            work = match.subject.franchise if match.subject.kind == "character" else match.subject.id
            if work is not None:
                works[work] = match.subject
    if len(works) != 1:
        return None
    ((work, subject),) = works.items()
    entry = case.knowledge.watchlist.entry(work)
    return Subject(work, "work", entry.name) if entry is not None else subject


def judge_picture(case: Case) -> Iterator[Finding]:
    """SD105: one finding where a picture was made from another picture, with every sign of it."""
    if case.is_model:
        return
    strengths = [(g, _denoising(g)) for g in case.resolved.generations]
    if _PICTURES.isdisjoint(case.traits) and not any(strength for _, strength in strengths):
        return
    close = [item for g, strength in strengths for item in _sources(g, strength)]
    loose = [item for g, strength in strengths for item in _structure(g, strength)]
    if not close and not loose:
        return
    evidence = tuple(dict.fromkeys(close or loose))
    names = list(dict.fromkeys(item.text for item in evidence if not item.text.startswith(_STRENGTH)))
    how = next((item.text for item in evidence if item.text.startswith(_STRENGTH)), "")
    adapters = {
        resource.name for g in case.resolved.generations for resource in g.resources if resource.kind == "ip-adapter"
    }
    shown = [name for name in names if name not in adapters] or names  # an adapter only where no picture is named
    told = quoted(shown) if shown else f"{how[0].lower()}{how[1:]}"
    faces = any(any(word in name.lower().replace("_", " ").replace("-", " ") for word in _FACES) for name in names)
    licensed = case.declared("licensed")
    ceiling = Step(0, f"declared licensed on {licensed.date.isoformat()}: {licensed.reason}") if licensed else None
    what = (
        "takes a face from another picture"
        if faces
        else "was made from another picture"
        if close
        else "takes its outlines from another picture, or was enlarged"
    )
    yield make(
        "SD105", None, moved("picture" if close else "structure", "medium" if close else "weak", (), ceiling), f"{what}: {told}", evidence,
        next_step="Publish it only if the source picture is yours, or its maker agreed; a picture made by AI counts as well." if close else "",
        risks=("work_imitation", "real_person") if faces else ("work_imitation",),
        because=("whose picture the source is cannot be told",),
    )  # fmt: skip


def _sources(generation: Generation, strength: float | None) -> Iterator[Evidence]:
    """Signs that another picture's content went in: named pictures, adapters, a low denoising strength."""
    midjourney = generation.tool == "midjourney"
    for resource in generation.resources:
        is_picture = resource.kind in ("reference-image", "ip-adapter") or (midjourney and resource.kind == "style")
        if is_picture and resource.state != "unused" and resource.weight != 0:
            yield Evidence(
                "reference-image", resource.locator, resource.name, weight=resource.weight, state=resource.state
            )
    if strength is not None and 0 < strength < CLOSE:
        yield _strength(generation, strength)


def _structure(generation: Generation, strength: float | None) -> Iterator[Evidence]:
    """Signs that only outlines, or little of another picture, went in."""
    for resource in generation.resources:
        if resource.kind in _STRUCTURE and resource.state != "unused" and resource.weight != 0:
            yield Evidence(
                "reference-image", resource.locator, resource.name, weight=resource.weight, state=resource.state
            )
    if strength is not None and strength >= CLOSE:
        yield _strength(generation, strength)


def _strength(generation: Generation, strength: float) -> Evidence:
    return Evidence("reference-image", generation.locator, f"{_STRENGTH} {strength:g}")


def _denoising(generation: Generation) -> float | None:
    """The denoising strength of an img2img picture of the A1111 family; None for text to image, and for an enlargement."""
    settings = "\n".join(generation.parameters).lower()
    if "denoising strength" not in settings or any(part in settings for part in _ENLARGED):
        return None
    written = [value for key, value in generation.parameters.items() if key.lower() == "denoising strength"]
    if not written:
        return None
    try:
        return float(written[-1])
    except ValueError:
        return None


SD104 = Rule(
    id="SD104", name="trained-on-frames",
    summary="A LoRA trained on captured frames of an animation or game.",
    flags="A model whose training data shows frames of an animation or a game (captions such as `anime screencap`, folders named after episodes, pictures almost all 16:9 with such captions): the model itself, and every picture that uses it.",
    why=(
        "The learning source is then the work's own pictures. That adds dependence on the original to whatever the picture shows, and it is what a rightsholder "
        "can show most easily. Image boards queue such uploads for review."
    ),
    evidence="Reasons in the model's header, each given in the finding; two reasons make it strong. A weight below 0.3 lowers the level by one step; a strict rightsholder raises it by one.",
    cannot_tell="Whether the frames were licensed, or how much of them reached the picture. `anime screencap` in a prompt alone is a style word and is not counted.",
    respond="Replace the LoRA, or leave the picture out where the work is strict. A lower weight makes the trace weaker; it does not take it away.",
    references=(
        "The case that this rule was made from: a LoRA of Hell's Paradise trained on captured pictures of the anime, described in an illustrator's essay, 2024.",
        "Danbooru, tags that queue an upload for review: danbooru/danbooru config/danbooru_default_config.rb at 06587d1",
    ),
    judge=judge_frames,
    needs=frozenset({"explained"}),
)  # fmt: skip

SD105 = Rule(
    id="SD105", name="work-imitation",
    summary="A picture made from somebody else's picture (img2img, reference image).",
    flags="Pictures made by img2img with a low denoising strength, loaded reference pictures, image prompts, IP-Adapter and face adapters, `--sref` and `--cref`. ControlNet outlines and high denoising strengths are information.",
    why=(
        "Suspension mails of pixiv list pictures that build existing images into the production process. In November 2025 the police in Chiba sent a man to "
        "prosecutors for copying another person's AI picture, treated as a work."
    ),
    evidence="The setting or the name of the loaded picture. Low, since the honest case is one's own sketch; review at most on every platform. Enlarging (hires fix, upscale scripts) does not count.",
    cannot_tell="Whose picture the source is. That is the whole question, and only you can answer it.",
    respond="Keep your own sketches and sources; publish what came from them. Leave out what came from somebody else's picture, AI-made or not, unless its maker agreed.",
    references=(
        "Chiba police, 2025-11-20 (press): https://news.livedoor.com/topics/detail/30027472/",
        "Suspension mail of pixiv, as its receiver published it, 2023: https://note.com/brave_orchid172/n/nd03aac3e2e20",
    ),
    judge=judge_picture,
    needs=frozenset({"generation"}),
)  # fmt: skip
