"""Easy Diffusion: one PNG text a field, the same as JSON in UserComment, or a sidecar (`Key: value` or JSON) → Generation.

Two spellings: the keys of the request (`use_lora_model`) or the labels of the form (`LoRA model`).
"""

from __future__ import annotations

import re

from sdscan.facts.decoders.draft import Draft
from sdscan.facts.decoders.found import NOTHING, Blobs, Found, number, settings
from sdscan.limits import Limits
from sdscan.patterns import pattern
from sdscan.records import Blob, Generation, ResourceKind

_SIGNATURES = ("use_stable_diffusion_model", "stable diffusion model", "stable_diffusion_model")
_MODELS: tuple[tuple[ResourceKind, tuple[str, ...]], ...] = (
    ("checkpoint", ("use_stable_diffusion_model", "stable diffusion model")),
    ("vae", ("use_vae_model", "vae model")),
    ("text-encoder", ("use_text_encoder_model", "text encoder model")),
    ("embedding", ("use_embeddings_model", "embedding models", "embeddings models")),
    ("hypernetwork", ("use_hypernetwork_model", "hypernetwork model")),
    ("controlnet", ("use_controlnet_model", "controlnet model")),
    ("upscaler", ("use_upscale", "use upscaling")),
)
_LORAS, _WEIGHTS = ("use_lora_model", "lora model"), ("lora_alpha", "lora strength", "lora alpha")
_FIELDS = frozenset(
    (
        "prompt", "negative_prompt", "negative prompt", "seed", "num_inference_steps", "steps", "guidance_scale", "width", "height",
        "sampler_name", "sampler", "guidance scale", "inference steps", "original_prompt", "block_nsfw", "clip_skip", "clip skip",
        "prompt_strength", "prompt strength", "tiling", "scheduler_name", "scheduler", "use_face_correction", "upscale_amount",
        "hypernetwork_strength", "strict mask border", "preserve_init_image_color_profile", *_LORAS, *_WEIGHTS, *_SIGNATURES,
        *(name for _, names in _MODELS for name in names),
    )
)  # fmt: skip
_LABELS = _FIELDS | {
    "controlnet filter", "control_filter_to_apply", "seamless tiling", "hypernetwork strength", "use face correction", "upscale by",
    "latent upscaler steps", "latent_upscaler_steps", "use_upscale", "use upscaling",
}  # fmt: skip
"""What a line of a `.txt` begins with (`TASK_TEXT_MAPPING` in ui/easydiffusion/utils/save_utils.py)."""
_LINE = pattern(r"([A-Za-z][A-Za-z0-9 _]{2,40}): ?(.*)$")


def decode(blobs: Blobs, limits: Limits) -> Found:
    """The Generation of a PNG with one text a field."""
    if not any(key in blobs for key in _SIGNATURES):
        return NOTHING
    used: list[Blob] = [blob for key in blobs for blob in blobs[key] if key in _FIELDS and blob.text]
    if not used:
        return NOTHING
    return Found((_generation({blob.key: blob.text for blob in used}, used[0].locator),), tuple(used))


def from_json(data: dict[str, object], locator: str, limits: Limits) -> Found | None:
    """The Generation of the JSON in UserComment or in a sidecar."""
    return Found((_generation(data, locator),))


def from_lines(text: str, locator: str) -> Found | None:
    """The Generation of a `.txt` sidecar with a `Key: value` line for each field."""
    data: dict[str, object] = {}
    key = ""
    for line in text.replace("\r\n", "\n").split("\n"):
        match = _LINE.match(line)
        if match and match[1].strip().lower() in _LABELS:
            key = match[1].strip()
            data[key] = match[2].strip()
        elif key:  # a prompt goes on over several lines
            data[key] = f"{data[key]}\n{line}"
    data = {key: value.rstrip() if isinstance(value, str) else value for key, value in data.items()}
    lower = {key.lower() for key in data}
    if not lower & set(_SIGNATURES) and not (
        {"prompt", "seed"} <= lower and lower & {"guidance scale", "guidance_scale"}
    ):
        return None
    return Found((_generation(data, locator),))


def _generation(data: dict[str, object], locator: str) -> Generation:
    draft = Draft("easydiffusion", locator)
    values = {key.lower(): (key, value) for key, value in data.items()}
    where, prompt = values.get("prompt", ("", None))
    draft.prompt("positive", prompt, where)
    original = values.get("original_prompt", ("", None))[1]
    if original != prompt:
        draft.prompt("template", original, "original_prompt")
    for key in ("negative_prompt", "negative prompt"):
        draft.prompt("negative", values.get(key, ("", None))[1], values.get(key, (key, None))[0])
    for kind, names in _MODELS:
        for name in names:
            key, value = values.get(name, (name, None))
            for item in _several(value):
                draft.model(kind, item, key)
    weights = next((_several(values[name][1]) for name in _WEIGHTS if name in values), [])
    for name in _LORAS:
        key, value = values.get(name, (name, None))
        for index, item in enumerate(_several(value)):
            draft.model("lora", item, key, weight=number(weights[index]) if index < len(weights) else None)
    return draft.done(
        None, settings(data, *(key for key in data if key.lower().replace("_", " ") in ("prompt", "negative prompt")))
    )


def _several(value: object) -> list[object]:
    """One name, a list of names, or a list as text (`['a', 'b']` or `a, b` in PNG fields)."""
    if isinstance(value, list):
        return value
    if isinstance(value, str) and value[:1] == "[":
        data = re.findall(r"['\"]([^'\"]{1,300})['\"]|(-?[\d.]+)", value)
        return [text or digits for text, digits in data]
    if isinstance(value, str) and ", " in value:
        return list(value.split(", "))
    return [] if value is None or isinstance(value, bool) else [value]
