"""Image MetaHub's saver node: JSON under `imagemetahub_data` (PNG) or in the comment (MP4) → Generation."""

from __future__ import annotations

from sdscan.facts.decoders import comfy
from sdscan.facts.decoders.draft import Draft
from sdscan.facts.decoders.found import (
    Blobs,
    Found,
    as_dict,
    dicts_at,
    json_object,
    list_at,
    merged,
    number,
    settings,
    shown,
    text_at,
)
from sdscan.limits import Limits
from sdscan.records import Generation

KEYS = frozenset(("imagemetahub_data",))


def decode(blobs: Blobs, limits: Limits) -> Found:
    """The Generation of every readable `imagemetahub_data`."""
    parts: list[Found] = []
    for blob in blobs.get("imagemetahub_data", ()):
        data, problem = json_object(blob.text, blob.locator, limits)
        if data is not None:
            found = _found(data, blob.locator, limits, graph="prompt" not in blobs)
            parts.append(Found(found.generations, (blob,), (), found.problems + ((problem,) if problem else ())))
    return merged(parts)


def from_json(data: dict[str, object], locator: str, limits: Limits) -> Found | None:
    """The same object inside another."""
    inner = as_dict(data.get("imagemetahub_data"))
    return _found(inner, f"{locator}#imagemetahub_data", limits, graph=True) if inner is not None else None


def from_plain(data: dict[str, object], locator: str, limits: Limits) -> Found | None:
    """The object itself (comment of an MP4), told by its generator and one of its own fields."""
    if data.get("generator") != "ComfyUI" or not {"imh_pro", "prompt_api", "analytics", "sampler_name"} & data.keys():
        return None
    return _found(data, locator, limits, graph=True)


def _found(data: dict[str, object], locator: str, limits: Limits, *, graph: bool) -> Found:
    """The summary, and the graphs that it carries along where the file has none of its own."""
    summary = Found((_generation(data, locator),))
    prompt, workflow = as_dict(data.get("prompt_api")), as_dict(data.get("workflow"))
    if not graph or not (prompt or workflow):
        return summary
    texts = [shown(value) if value else None for value in (prompt, workflow)]
    where = f"{locator}#workflow"
    graphs = comfy.graph_found(texts[0], texts[1], f"{locator}#prompt_api" if prompt else where, limits, where)
    return merged([summary, graphs])


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
    return draft.done(None, settings(data, "prompt", "negativePrompt", "negative_prompt", "generator"))
