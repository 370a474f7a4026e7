"""Image MetaHub's saver node: JSON under `imagemetahub_data` (PNG) or in the comment (MP4) → Generation."""

from __future__ import annotations

from sdscan.facts.decoders.draft import Draft
from sdscan.facts.decoders.found import (
    NOTHING,
    Blobs,
    Found,
    as_dict,
    dicts_at,
    json_object,
    list_at,
    number,
    settings,
    text_at,
)
from sdscan.limits import Limits
from sdscan.records import Generation

KEYS = frozenset(("imagemetahub_data",))


def decode(blobs: Blobs, limits: Limits) -> Found:
    """The Generation of the first readable `imagemetahub_data`."""
    for blob in blobs.get("imagemetahub_data", ()):
        data, problem = json_object(blob.text, blob.locator, limits)
        if data is not None:
            return Found((_generation(data, blob.locator),), (blob,))
        if problem is not None:
            return Found((), (), (), (problem,))
    return NOTHING


def from_json(data: dict[str, object], locator: str, limits: Limits) -> Found | None:
    """The same object inside another."""
    inner = as_dict(data.get("imagemetahub_data"))
    return Found((_generation(inner, f"{locator}#imagemetahub_data"),)) if inner is not None else None


def from_plain(data: dict[str, object], locator: str, limits: Limits) -> Found | None:
    """The object itself, told by its generator field."""
    if "metahub" not in text_at(data, "generator", "_generator", "source").lower():
        return None
    return Found((_generation(data, locator),))


def _generation(data: dict[str, object], locator: str) -> Generation:
    draft = Draft("comfyui", locator)
    draft.prompt("positive", text_at(data, "prompt", "positivePrompt", "positive"), "prompt")
    draft.prompt("negative", text_at(data, "negativePrompt", "negative_prompt", "negative"), "negativePrompt")
    draft.model(
        "checkpoint", text_at(data, "model", "checkpoint"), "model", digest=text_at(data, "model_hash", "modelHash")
    )
    draft.model("vae", data.get("vae"), "vae")
    for index, lora in enumerate(dicts_at(data, "loras")):
        weight = number(lora.get("weight", lora.get("strength", lora.get("model_strength"))))
        draft.model(
            "lora", text_at(lora, "name", "lora_name"), f"loras[{index}]", weight=weight, digest=lora.get("hash")
        )
    for index, name in enumerate(list_at(data, "loras")):
        draft.model("lora", name, f"loras[{index}]")
    return draft.done(None, settings(data, "prompt", "negativePrompt", "negative_prompt"))
