"""stable-diffusion.cpp: JSON of the schema `sdcpp.image.params/v1` → Generation. Its infotext goes the way of all infotext."""

from __future__ import annotations

from sdscan.facts.decoders.draft import Draft
from sdscan.facts.decoders.found import Found, dict_at, dicts_at, number, settings, text_at
from sdscan.limits import Limits
from sdscan.records import ResourceKind

_MODELS: tuple[tuple[str, ResourceKind], ...] = (
    ("model", "checkpoint"), ("diffusion_model", "checkpoint"), ("high_noise_diffusion_model", "checkpoint"), ("vae", "vae"),
    ("clip_l", "text-encoder"), ("clip_g", "text-encoder"), ("t5xxl", "text-encoder"), ("llm", "text-encoder"),
    ("control_net", "controlnet"),
)  # fmt: skip


def from_json(data: dict[str, object], locator: str, limits: Limits) -> Found | None:
    """The Generation, where the schema is that of stable-diffusion.cpp."""
    if not text_at(data, "schema").startswith("sdcpp."):
        return None
    draft = Draft("sdcpp", locator)
    prompt = dict_at(data, "prompt")
    draft.prompt("positive", prompt.get("positive", data.get("prompt")), "prompt.positive")
    draft.prompt("negative", prompt.get("negative", data.get("negative_prompt")), "prompt.negative")
    add_models(draft, data)
    generator = dict_at(data, "generator")
    parameters = settings(data, "prompt", "negative_prompt", "schema") | settings(dict_at(data, "sampling"))
    return Found((draft.done(text_at(generator, "version") or text_at(data, "version"), parameters),))


def add_models(draft: Draft, data: dict[str, object]) -> None:
    """`models: {"model", "vae", "clip_l", …}` and `loras: [{"name", "multiplier"}]`."""
    models = dict_at(data, "models")
    for key, kind in _MODELS:
        draft.model(kind, models.get(key), f"models.{key}")
    for index, lora in enumerate(dicts_at(data, "loras")):
        weight = number(lora.get("multiplier", lora.get("strength")))
        draft.model("lora", text_at(lora, "name", "path"), f"loras[{index}]", weight=weight)
