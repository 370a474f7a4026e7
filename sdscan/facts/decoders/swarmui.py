"""SwarmUI and StableSwarm: JSON `{"sui_image_params": …, "sui_extra_data": …, "sui_models": …}` → Generation.

It stands in PNG `parameters`, in UserComment (UTF-16LE), in old versions in EXIF 0x0110, in `NAME.swarm.json`, and hidden in pixels.
`prompt` is what was drawn; `original_prompt` is the text before wildcards (formats page, section 1).
"""

from __future__ import annotations

from sdscan.facts.decoders.draft import Draft
from sdscan.facts.decoders.found import Found, dict_at, dicts_at, number, settings, text_at
from sdscan.limits import Limits
from sdscan.records import Generation, ResourceKind

_PARAMS: dict[str, ResourceKind] = {
    "model": "checkpoint", "refinermodel": "checkpoint", "videomodel": "checkpoint", "videoswapmodel": "checkpoint",
    "segmentmodel": "checkpoint", "unsamplermodel": "checkpoint", "vae": "vae", "loras": "lora", "controlnetmodel": "controlnet",
    "controlnettwomodel": "controlnet", "controlnetthreemodel": "controlnet", "ipadaptermodel": "ip-adapter",
    "useipadapterforrevision": "ip-adapter", "usestylemodel": "ip-adapter", "clipmodel": "text-encoder",
    "clipgmodel": "text-encoder", "cliplmodel": "text-encoder", "t5xxlmodel": "text-encoder", "embeddings": "embedding", "used_embeddings": "embedding",
}  # fmt: skip
"""Parameters that hold a model, as in SwarmUI's T2IParamTypes."""
_IMAGES = ("initimage", "promptimages", "revisionimages", "controlnetimageinput")


def from_json(data: dict[str, object], locator: str, limits: Limits) -> Found | None:
    """The Generation of SwarmUI's JSON."""
    params = dict_at(data, "sui_image_params")
    return Found((_generation(params, dict_at(data, "sui_extra_data"), list(dicts_at(data, "sui_models")), locator),))


def from_flat(data: dict[str, object], locator: str, limits: Limits) -> Found | None:
    """The same parameters without the wrapper (first versions of StableSwarm)."""
    return Found((_generation(data, {}, [], locator),)) if "prompt" in data else None


def _generation(
    params: dict[str, object], extra: dict[str, object], models: list[dict[str, object]], locator: str
) -> Generation:
    draft = Draft("swarmui", locator)
    where = "sui_image_params."
    prompt, original = text_at(params, "prompt"), text_at(extra, "original_prompt")
    draft.prompt("positive", prompt, where + "prompt")
    draft.prompt("negative", params.get("negativeprompt"), where + "negativeprompt")
    if original.strip() != prompt.strip():
        draft.prompt("template", original, "sui_extra_data.original_prompt")
    draft.prompt("negative", extra.get("original_negativeprompt"), "sui_extra_data.original_negativeprompt")
    names, weights = _listed(params.get("loras")), _listed(params.get("loraweights"))
    for index, name in enumerate(names):
        weight = number(weights[index]) if index < len(weights) else None
        draft.model("lora", name, f"{where}loras[{index}]", weight=weight)
    for key, kind in _PARAMS.items():
        if kind != "lora":
            draft.model(kind, params.get(key), where + key)
    upscaler = text_at(params, "refinerupscalemethod")
    if upscaler.startswith("model-"):
        draft.model("upscaler", upscaler[6:], where + "refinerupscalemethod")
    for index, model in enumerate(models):
        found = _PARAMS.get(text_at(model, "param"))
        if found is not None:
            draft.model(found, model.get("name"), f"sui_models[{index}]", digest=model.get("hash"))
    for index, name in enumerate(_listed(extra.get("used_embeddings"))):
        draft.model("embedding", name, f"sui_extra_data.used_embeddings[{index}]")
    for index, name in enumerate(_listed(extra.get("presets_used"))):
        draft.model("style", name, f"sui_extra_data.presets_used[{index}]")
    for key in _IMAGES:
        if params.get(key):
            draft.model("reference-image", _name(params[key]) or key, where + key)
    version = text_at(params, "swarm_version", "stable_swarm_version")
    return draft.done(version, settings(params, "prompt", "negativeprompt", "swarm_version", "stable_swarm_version"))


def _listed(value: object) -> list[str]:
    """A list of names or numbers; old versions write them joined by commas."""
    if isinstance(value, str):
        return [piece.strip() for piece in value.split(",") if piece.strip()]
    return [str(item) for item in value] if isinstance(value, list) else []


def _name(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= 260 and not value.startswith("data:") else ""
