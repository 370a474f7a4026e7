"""stable-diffusion.cpp: JSON of the schema `sdcpp.image.params/v1` → Generation. Its infotext goes the way of all infotext."""

from __future__ import annotations

from sdscan.facts.decoders.draft import Draft
from sdscan.facts.decoders.found import Found, as_dict, dicts_at, number, settings, text_at
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
    draft.prompt("positive", data.get("prompt"), "prompt")
    draft.prompt("negative", data.get("negative_prompt"), "negative_prompt")
    for holder in (data, as_dict(data.get("models")) or {}):
        for key, kind in _MODELS:
            value = holder.get(key)
            draft.model(kind, text_at(value, "name", "path") if isinstance(value, dict) else value, key)
    for index, lora in enumerate(dicts_at(data, "loras")):
        weight = number(lora.get("multiplier", lora.get("strength")))
        draft.model("lora", text_at(lora, "name", "path"), f"loras[{index}]", weight=weight)
    for index, lora in enumerate(dicts_at(data, "lora")):
        draft.model("lora", text_at(lora, "name", "path"), f"lora[{index}]", weight=number(lora.get("multiplier")))
    return Found(
        (draft.done(text_at(data, "version"), settings(data, "prompt", "negative_prompt", "schema", "version")),)
    )
