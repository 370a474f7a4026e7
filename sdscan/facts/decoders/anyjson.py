"""JSON of a writer that nobody knows, but that holds a prompt → the models under the keys that most writers use."""

from __future__ import annotations

from sdscan.facts.decoders.civitai_resources import CIVITAI_KINDS
from sdscan.facts.decoders.draft import Draft
from sdscan.facts.decoders.found import as_dict, dict_at, number, text_at
from sdscan.records import ResourceKind

_CHECKPOINTS = frozenset(
    (
        "model", "checkpoint", "ckpt", "ckpt_name", "model_name", "base_model", "basemodel", "base_model_name", "sd_model_name", "modelname",
        "sd_model_checkpoint", "unet", "unet_name", "model_id",
    )
)  # fmt: skip
_NAMES = ("name", "model_name", "modelName", "lora_name", "lora", "model", "file_name", "filename", "file", "path")
_WEIGHTS = ("weight", "strength", "scale", "multiplier", "strength_model", "model_strength", "value")
_MOST = 1000
"""LoRAs of one list."""


def add_models(draft: Draft, data: dict[str, object]) -> None:
    """Checkpoints, VAEs, and LoRAs as texts, lists, pairs, objects, or an object of names and weights."""
    hashes = dict_at(data, "hashes")
    for key, value in data.items():
        name = key.lower()
        if name in _CHECKPOINTS:
            digest = text_at(data, "model_hash", "modelHash", "Model hash", "base_model_hash") or hashes.get("model")
            model = value if isinstance(value, str) else text_at(as_dict(value) or {}, *_NAMES)
            draft.model("checkpoint", model, key, digest=digest)
        elif name in ("vae", "vae_name"):
            draft.model("vae", value, key)
        elif name in ("lora", "loras", "lora_models", "lora_list", "lycoris", "use_lora_model"):
            _add_loras(draft, value, key)
        elif name in ("resources", "models", "civitai_resources", "civitairesources") and isinstance(value, list):
            for index, item in enumerate(value[:_MOST]):
                entry = as_dict(item) or {}
                kind = CIVITAI_KINDS.get(text_at(entry, "type").lower())
                if kind is not None:
                    _add_one(draft, kind, entry, f"{key}[{index}]")


def _add_loras(draft: Draft, value: object, where: str) -> None:
    if isinstance(value, dict) and not any(key in value for key in _NAMES):
        for name, weight in list(value.items())[:_MOST]:
            draft.model("lora", name, where, weight=number(weight))
        return
    for index, item in enumerate(value[:_MOST] if isinstance(value, list) else [value]):
        _add_one(draft, "lora", item, f"{where}[{index}]" if isinstance(value, list) else where)


def _add_one(draft: Draft, kind: ResourceKind, item: object, where: str) -> None:
    """A name, `[name, weight]`, or an object."""
    if isinstance(item, dict):
        weight = next((weight for key in _WEIGHTS if (weight := number(item.get(key))) is not None), None)
        draft.model(kind, text_at(item, *_NAMES), where, weight=weight, digest=item.get("hash"))
    elif isinstance(item, list) and item:
        draft.model(kind, item[0], where, weight=number(item[1]) if len(item) > 1 else None)
    elif isinstance(item, str) and "<" not in item:
        draft.model(kind, item, where)
