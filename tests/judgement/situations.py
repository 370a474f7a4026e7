"""Every situation of the decision table, by the name that the table calls it: strength → one made-up file with its matches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from rule_cases import match, model_file, no_data, picture

from sdscan.records import (
    FileFacts,
    Hashes,
    License,
    Match,
    ModelFacts,
    ResolvedFile,
    Resource,
    SubjectKindEvidence,
    Trigger,
)


class Situation(NamedTuple):
    """One file, and what was matched in it."""

    facts: FileFacts
    matches: tuple[Match, ...] = ()
    models: dict[str, ModelFacts] = {}  # noqa: RUF012
    searched: bool = False


Make = Callable[[str], Situation]


def named(subject_id: str, prompt: str = "a hill", **more: Any) -> Make:
    """The prompt names somebody."""
    return lambda strength: Situation(picture(prompt), (match(subject_id, "prompt", strength, **more),))


def by(source: str, subject_id: str, **more: Any) -> Make:
    """Another place names somebody."""
    return lambda strength: Situation(picture(), (match(subject_id, source, strength, **more),))


def text(prompt: str) -> Make:
    """Nobody is named; the words of the prompt matter."""
    return lambda strength: Situation(picture(prompt))


def settings(**parameters: str) -> Make:
    return lambda strength: Situation(
        picture(parameters={key.replace("_", " "): value for key, value in parameters.items()})
    )


def lora(
    model: ModelFacts | None = None, name: str = "plain_v1", weight: float = 1.0, *matches: Match, searched: bool = True
) -> Make:
    """A picture with one LoRA."""
    file = ResolvedFile("loras/plain_v1.safetensors", "stem", 0.9) if model is not None else None
    used = Resource("lora", name, name, weight=weight, file=file, locator="lora")
    models = {file.path: model} if file is not None and model is not None else {}
    return lambda strength: Situation(picture("a hill", used), matches, models, searched)


def conflict() -> Make:
    file = ResolvedFile("loras/a.safetensors", "stem", 0.5, (), "the name means one file, the hash another")
    used = Resource("lora", "a", "a", "0123456789", 1.0, file=file, locator="lora")
    return lambda strength: Situation(picture("a hill", used), (), {file.path: ModelFacts("lora")}, True)


def several(*subject_ids: str) -> Make:
    return lambda strength: Situation(
        picture(), tuple(match(name, "prompt", strength, style=True) for name in subject_ids)
    )


def private(kind: str) -> Make:
    return lambda strength: Situation(picture(private=((kind, "png:tEXt/parameters", "something personal"),)))


FRAMES = ModelFacts("lora", frames=("captions say screenshot", "folder names an episode"))
SITUATIONS: dict[str, Make] = {
    "a character is named": named("plain_hero"),
    "a character, only in the negative prompt": by("negative-prompt", "plain_hero"),
    "a character, in a muted node": named("plain_hero", state="unused"),
    "a character, at weight 0": named("plain_hero", weight=0.0),
    "a character, in an alternative": named("plain_hero", state="possible"),
    "a character, before wildcards were drawn": by("template", "plain_hero"),
    "a character's LoRA at 1.5": by("lora-name", "plain_hero", weight=1.5),
    "a character's LoRA at 1.0": by("lora-name", "plain_hero", weight=1.0),
    "a character's LoRA at 0.1": by("lora-name", "plain_hero", weight=0.1),
    "a character of a strict work": named("strict_hero"),
    "a character of a strict work, adult": named("strict_hero", "a hill, nsfw"),
    "a character of a reputedly strict work": named("reputed_hero"),
    "a character of a reputedly strict work, adult": named("reputed_hero", "a hill, nsfw"),
    "a character of a tolerant work": named("free_hero"),
    "a character of a work whose guideline allows": named("guided_hero"),
    "a work is named": named("plain_work"),
    "a strict work is named": named("strict_work"),
    "a LoRA of frames at 1.0": lora(FRAMES),
    "a LoRA of frames at 0.1": lora(FRAMES, weight=0.1),
    "img2img at 0.4": settings(Denoising_strength="0.4"),
    "img2img at 0.8": settings(Denoising_strength="0.8"),
    "hires fix": settings(Denoising_strength="0.4", Hires_upscale="2"),
    "a reference picture": lambda strength: Situation(picture("a hill", Resource("reference-image", "photo.png"))),
    "a living artist is named": named("living_artist", style=True),
    "an artist who died in 1990": named("late_artist", style=True),
    "an artist who died in 1939": named("old_artist", style=True),
    "three living artists": several("living_artist", "second_artist", "third_artist"),
    "a living artist's LoRA at 1.0": by("lora-name", "living_artist", weight=1.0),
    "a living artist's LoRA at 0.1": by("lora-name", "living_artist", weight=0.1),
    "a LoRA of somebody's style": lora(ModelFacts("lora"), "somebodys_style"),
    "a LoRA of a plain look": lora(ModelFacts("lora"), "soft_watercolor_style_v2"),
    "the style of a studio": named("some_studio", style=True),
    "a studio's LoRA": by("lora-name", "some_studio", weight=1.0),
    "the style of a work": named("plain_work", style=True),
    "a real person is named": named("some_person"),
    "a real person, adult": named("some_person", "a hill, nsfw"),
    "a LoRA marked as a person": lora(ModelFacts("lora", poi=True)),
    "a LoRA trained like a person's": lora(ModelFacts("lora", subject_kind=SubjectKindEvidence("person", 0.9, ("one face",)))),
    "a child and explicit words": text("child, nsfw"),
    "a child and suggestive words": text("child, suggestive"),
    "a child": text("child, kite, meadow"),
    "explicit words": text("nsfw"),
    "explicit words, and concealment": text("nsfw, mosaic censoring"),
    "a theme of the card networks": text("incest"),
    "explicit words and a cast of pupils": named("school_hero", "a hill, nsfw"),
    "explicit words and a school setting": text("nsfw, classroom"),
    "a licence that forbids selling": lora(ModelFacts("lora", license=License(commercial_images=False))),
    "a licence that asks for credit": lora(ModelFacts("lora", license=License(credit=True))),
    "no AI mark": text("a hill"),
    "no generation data": lambda strength: Situation(no_data()),
    "an unknown LoRA, library searched": lora(None, "plain_v1"),
    "an unknown LoRA, no library": lora(None, "plain_v1", searched=False),
    "name and hash disagree": conflict(),
    "a hidden copy alone": lambda strength: Situation(picture(hidden=True)),
    "an access key": private("key"),
    "an e-mail address": private("e-mail"),
    "a home path": private("home-path"),
    "a model of a strict character": lambda strength: Situation(
        model_file(ModelFacts("lora", triggers=(Trigger("strict hero", "declared"),))), (match("strict_hero", "lora-trigger", strength),)
    ),
    "a model of a living artist": lambda strength: Situation(model_file(ModelFacts("lora")), (match("living_artist", "lora-title", strength),)),
    "a model with a false hash": lambda strength: Situation(
        model_file(ModelFacts("lora", hashes=Hashes(declared="0123456789"), declared_mismatch="the declared hash is not the file's"))
    ),
}  # fmt: skip
