"""Which AI mark a picture is owed, and what it says. Enters facts and what the user states, leaves properties of IPTC 2025.1.

`trainedAlgorithmicMedia`: made by a trained model alone. `compositeWithTrainedAlgorithmicMedia`: something else went in, a picture
(img2img, inpainting, a loaded picture) or a hand (http://cv.iptc.org/newscodes/digitalsourcetype/).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from sdscan.facts.decoders.xmp import Property
from sdscan.judgement.rules.case import carries_mark
from sdscan.knowledge.policies import Platform
from sdscan.records import FileFacts, Generation

SourceType = Literal["trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"]
VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_ENLARGED = ("upscale", "hires", "first pass size", "tile")
"""Parts of setting names that say that the denoising strength belongs to an enlargement of the same picture."""
_SYSTEMS: dict[str, str] = {
    "a1111": "Stable Diffusion web UI (AUTOMATIC1111)", "forge": "Stable Diffusion WebUI Forge", "forge-classic": "Stable Diffusion WebUI Forge Classic",
    "forge-neo": "Stable Diffusion WebUI Forge Neo", "reforge": "Stable Diffusion WebUI reForge", "sdnext": "SD.Next", "comfyui": "ComfyUI",
    "novelai": "NovelAI", "invokeai": "InvokeAI", "fooocus": "Fooocus", "fooocus-mre": "Fooocus-MRE", "ruinedfooocus": "RuinedFooocus",
    "swarmui": "SwarmUI", "easydiffusion": "Easy Diffusion", "drawthings": "Draw Things", "stabilitymatrix": "Stability Matrix",
    "tensorart": "Tensor.Art", "civitai": "Civitai", "sdcpp": "stable-diffusion.cpp", "mflux": "mflux", "krita": "Krita AI Diffusion",
    "midjourney": "Midjourney", "openai": "OpenAI", "google": "Google", "firefly": "Adobe Firefly", "huggingface": "Hugging Face",
}  # fmt: skip
"""tool → how it calls itself."""
_LONGEST = 16_384
"""Characters of prompt that are written as AIPromptInformation; a longer one stays where it stands and is not repeated."""


class Wish(Struct, frozen=True):
    """What the user asks of the mark."""

    source_type: SourceType | None = None
    """None: as the file tells."""
    prompt: bool = True
    prompt_writer: str = ""
    hand_traced: bool = False
    """Declared in sdscan.toml for this file."""


def is_owed(platforms: Iterable[Platform]) -> bool:
    """Whether one of the places asked for wants AI pictures marked, or reads the mark from the file."""
    return any(
        platform.metadata == "mark" or platform.disclosure_effect in ("label", "remind") for platform in platforms
    )


def is_marked(facts: FileFacts) -> bool:
    """Whether the IPTC mark, or a manifest, already says that AI made it. China's label says so to others, so it does not count here."""
    disclosure = facts.disclosure
    return carries_mark(type(disclosure)(disclosure.iptc, disclosure.c2pa, None))


def is_told(facts: FileFacts) -> bool:
    """Whether the file says that AI made it. A remark of an unknown writer (GIMP's comment) says nothing about it."""
    return bool(facts.disclosure.aigc) or any(map(_is_told, facts.generations))


def _is_told(generation: Generation) -> bool:
    roles = {prompt.role for prompt in generation.prompts}
    return generation.tool != "unknown" or bool(generation.resources) or bool(roles & {"positive", "negative"})


def source_type(facts: FileFacts, wish: Wish) -> SourceType:
    """The honest code for a generated picture."""
    if wish.source_type is not None:
        return wish.source_type
    composite = wish.hand_traced or any(_takes_a_picture(generation) for generation in facts.generations)
    return "compositeWithTrainedAlgorithmicMedia" if composite else "trainedAlgorithmicMedia"


def properties(facts: FileFacts, wish: Wish) -> list[Property]:
    """What is written: the source type always, the AI fields as far as the file tells them."""
    found = [("DigitalSourceType", VOCABULARY + source_type(facts, wish))]
    generation = _main(facts.generations)
    if generation is not None:
        model = next((r.name for r in generation.resources if r.kind == "checkpoint" and r.state == "used"), "")
        system = _SYSTEMS.get(generation.tool, "")
        found.append(("AISystemUsed", "; ".join(part for part in (system, model and f"model {model}") if part)))
        found.append(("AISystemVersionUsed", generation.tool_version or "" if system else ""))
        found.append(("AIPromptInformation", _prompts(generation) if wish.prompt else ""))
    found.append(("AIPromptWriterName", wish.prompt_writer))
    return [Property(f"Iptc4xmpExt:{name}", value.strip()) for name, value in found if value.strip()]


def _main(generations: tuple[Generation, ...]) -> Generation | None:
    """The generation that says most: one with a prompt, seen before hidden; never what XMP itself repeats."""
    found = [g for g in generations if "xmp" not in g.locator and _is_told(g)]
    return next((g for g in found if any(p.text for p in g.prompts)), found[0] if found else None)


def _prompts(generation: Generation) -> str:
    """Positive texts, then `Negative prompt:`, as the A1111 family writes them; empty where they are too long to repeat."""
    used = [prompt for prompt in generation.prompts if prompt.state != "unused"]
    positive = dict.fromkeys(p.text.strip() for p in used if p.role in ("positive", "unknown"))
    negative = dict.fromkeys(p.text.strip() for p in used if p.role == "negative")
    text = "\n".join(positive)
    if any(negative):
        text += "\nNegative prompt: " + "\n".join(negative)
    return text if len(text) <= _LONGEST else ""


def _takes_a_picture(generation: Generation) -> bool:
    """Whether another picture went in: one that was loaded, a mask, or a denoising strength that no enlargement explains."""
    if any(r.kind == "reference-image" and r.state != "unused" and r.weight != 0 for r in generation.resources):
        return True
    settings = {key.lower(): value for key, value in generation.parameters.items()}
    if any(key.startswith(("mask ", "inpaint", "init image")) for key in settings):
        return True
    return "denoising strength" in settings and not any(part in key for key in settings for part in _ENLARGED)
