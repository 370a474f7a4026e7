"""TensorArt: PNG `generation_data` JSON beside ComfyUI's `prompt` → Generation."""

from __future__ import annotations

from sdscan.facts.decoders.civitai_resources import CIVITAI_KINDS
from sdscan.facts.decoders.draft import Draft
from sdscan.facts.decoders.found import NOTHING, Blobs, Found, dict_at, dicts_at, json_object, number, settings, text_at
from sdscan.limits import Limits

KEYS = frozenset(("generation_data",))


def decode(blobs: Blobs, limits: Limits) -> Found:
    """The Generation of the first `generation_data`."""
    for blob in blobs.get("generation_data", ()):
        data, problem = json_object(blob.text, blob.locator, limits)
        found = from_json(data, blob.locator, limits) if data is not None else None
        if found is not None:
            return Found(found.generations, (blob,), (), (problem,) if problem else ())
    return NOTHING


def from_json(data: dict[str, object], locator: str, limits: Limits) -> Found | None:
    """The Generation, where the JSON names a base model."""
    if "baseModel" not in data and "ksamplerName" not in data:
        return None
    draft = Draft("tensorart", locator)
    draft.prompt("positive", data.get("prompt"), "prompt")
    draft.prompt("negative", data.get("negativePrompt"), "negativePrompt")
    base = dict_at(data, "baseModel")
    name = text_at(base, "modelFileName", "modelName", "label") or text_at(data, "baseModel")
    draft.model("checkpoint", name, "baseModel", digest=base.get("hash"))
    draft.model("vae", data.get("sdVae"), "sdVae")
    for index, model in enumerate(dicts_at(data, "models")):
        kind = CIVITAI_KINDS.get(text_at(model, "type").lower().replace("_", ""), "lora")
        name = text_at(model, "modelFileName", "modelName", "label", "modelFileId")
        weight = number(model.get("weight", model.get("strength")))
        draft.model(kind, name, f"models[{index}]", digest=model.get("hash"), weight=weight)
    for index, embedding in enumerate(dicts_at(data, "embeddings")):
        draft.model(
            "embedding",
            text_at(embedding, "modelFileName", "label"),
            f"embeddings[{index}]",
            digest=embedding.get("hash"),
        )
    for index, detail in enumerate(dicts_at(dict_at(data, "adetailer"), "args")):
        draft.prompt("positive", detail.get("adPrompt"), f"adetailer.args[{index}].adPrompt")
        draft.prompt("negative", detail.get("adNegativePrompt"), f"adetailer.args[{index}].adNegativePrompt")
    for index, image in enumerate(dicts_at(data, "controlNets")):
        draft.model("controlnet", text_at(image, "model", "preprocessor", "type"), f"controlNets[{index}]")
    return Found((draft.done(None, settings(data, "prompt", "negativePrompt", "sdVae")),))
