"""Which model a LoRA was trained for: architecture keys, names and hashes of checkpoints → one family name.

Illustrious, NoobAI and Pony write `sdxl_base_v1-0` like every other SDXL model (kohya has no value for them), so the checkpoint's own
name or hash is asked first. Civitai's trainer writes its version id as the checkpoint's name (`290640.safetensors`).
"""

from __future__ import annotations

import re

from sdscan.facts.models.values import base_name, said
from sdscan.patterns import pattern

_BY_NAME: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (pattern(name, re.IGNORECASE), family)
    for name, family in (
        (r"pony|^290640\b", "Pony"),
        (r"noob", "NoobAI"),
        (r"illustrious|^ilxl|waiNSFW|wai-?ill", "Illustrious"),
        (r"animagine", "Animagine XL"),
        (r"^nai\b|animefull|anything|novelai", "SD 1.x (anime)"),
    )
)
_BY_HASH = {"67ab2fd8ec": "Pony", "e6e8e1fc": "SD 1.x (anime)", "925997e9": "SD 1.x (anime)"}
"""AutoV2 of Pony V6 XL; AutoV1 of NovelAI's leaked model as `animefull-final-pruned` and `nai.ckpt`."""
_BY_VERSION: tuple[tuple[str, str], ...] = (
    ("stable-diffusion-xl", "SDXL"), ("sdxl", "SDXL"), ("stable-diffusion-v1", "SD 1.x"), ("sd_v1", "SD 1.x"), ("sd1", "SD 1.x"),
    ("stable-diffusion-v2", "SD 2.x"), ("sd_v2", "SD 2.x"), ("stable-diffusion-3", "SD 3"), ("sd3", "SD 3"), ("flux2", "Flux.2"), ("flux-2", "Flux.2"),
    ("flux", "Flux.1"), ("chroma", "Chroma"), ("lumina", "Lumina 2"), ("hunyuan-video", "HunyuanVideo"), ("hunyuan_video", "HunyuanVideo"),
    ("hunyuan", "Hunyuan Image"), ("anima", "Anima"), ("qwen", "Qwen-Image"), ("zimage", "Z-Image"), ("z-image", "Z-Image"), ("wan", "Wan"),
    ("krea", "Krea"), ("auraflow", "AuraFlow"), ("pixart", "PixArt"), ("kolors", "Kolors"), ("cascade", "Stable Cascade"), ("hidream", "HiDream"),
    ("ltx", "LTX-Video"), ("framepack", "FramePack"),
)  # fmt: skip


def base_model(metadata: dict[str, object]) -> str | None:
    """The family of the model it was trained for, with the checkpoint's file name where there is one."""
    name = base_name(said(metadata.get("ss_sd_model_name")) or "")
    hashes = [said(metadata.get(key)) or "" for key in ("ss_new_sd_model_hash", "ss_sd_model_hash")]
    family = (
        next((family for told, family in _BY_NAME if told.search(name)), None)
        or next((_BY_HASH[part] for value in hashes for part in (value[:10], value[:8]) if part in _BY_HASH), None)
        or family_of(said(metadata.get("modelspec.architecture")))
        or family_of(said(metadata.get("ss_base_model_version")))
        or ("SD 2.x" if said(metadata.get("ss_v2")) == "True" else None)
        or said(metadata.get("ss_base_model_version"))
    )
    if family is None:
        return name or None
    return f"{family} ({name})" if name else family


def family_of(text: str | None) -> str | None:
    """The family by an architecture or version key (`stable-diffusion-xl-v1-base/lora`, `sdxl_base_v1-0`)."""
    lower = (text or "").lower()
    return next((family for start, family in _BY_VERSION if lower.startswith(start)), None)
