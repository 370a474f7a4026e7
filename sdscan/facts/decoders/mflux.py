"""mflux: JSON in PNG eXIf UserComment or in `NAME.metadata.json`, the same in short in XMP → Generation.

LoRA paths are absolute: personal data. XMP and IPTC are those of `src/mflux/utils/metadata_builder.py`.
"""

from __future__ import annotations

from sdscan.facts.decoders.draft import Draft
from sdscan.facts.decoders.found import Found, list_at, number, settings, text_at
from sdscan.limits import Limits
from sdscan.patterns import pattern
from sdscan.records import Generation

_ITEM = pattern(r"'([^']{1,500})'|(-?\d[\d.]{0,12})")
_IMAGES = ("image_path", "controlnet_image_path", "depth_image_path", "masked_image_path", "ip_adapter_image_path")


def from_json(data: dict[str, object], locator: str, limits: Limits) -> Found | None:
    """The Generation, where the keys are those of mflux."""
    if "prompt" not in data or not {"mflux_version", "lora_paths", "lora_scales"} & data.keys():
        return None
    draft = Draft("mflux", locator, tags=False)
    draft.prompt("positive", data.get("prompt"), "prompt")
    draft.prompt("negative", data.get("negative_prompt"), "negative_prompt")
    draft.model("checkpoint", data.get("model"), "model")
    draft.model("checkpoint", data.get("base_model"), "base_model")
    scales = _several(data, "lora_scales")
    for index, path in enumerate(_several(data, "lora_paths")):
        weight = number(scales[index]) if index < len(scales) else None
        draft.model("lora", _file(path), f"lora_paths[{index}]", weight=weight)
    for key in _IMAGES:
        draft.model("reference-image", data.get(key), key, weight=number(data.get("image_strength")))
    for key in ("image_paths", "redux_image_paths"):
        for index, path in enumerate(_several(data, key)):
            draft.model("reference-image", path, f"{key}[{index}]")
    version = text_at(data, "mflux_version")
    return Found((draft.done(version, settings(data, "prompt", "negative_prompt", "mflux_version")),))


def from_properties(values: dict[str, str], locator: str) -> Generation:
    """The Generation of the XMP packet: the prompt as description, `mflux:model`, `mflux:loras` as `name:weight, name:weight`."""
    draft = Draft("mflux", locator, tags=False)
    draft.prompt("positive", values.get("dc:description"), "dc:description")
    draft.model("checkpoint", values.get("mflux:model"), "mflux:model")
    for piece in values.get("mflux:loras", "").split(", "):
        name, _, weight = piece.rpartition(":")
        draft.model("lora", name, "mflux:loras", weight=number(weight))
    parameters = {
        name.removeprefix("mflux:"): value
        for name, value in values.items()
        if name.startswith("mflux:") and name not in ("mflux:model", "mflux:loras")
    }
    return draft.done(values["xmp:CreatorTool"].partition(" ")[2], parameters)


def _several(data: dict[str, object], key: str) -> list[object]:
    """A list, or Python's text of one."""
    return list_at(data, key) or [path or digits for path, digits in _ITEM.findall(text_at(data, key))]


def _file(path: object) -> object:
    """`owner/repository:file` of a LoRA from Hugging Face → its file; a drive letter is no repository."""
    owner, colon, name = path.rpartition(":") if isinstance(path, str) else ("", "", "")
    return name if colon and len(owner) > 1 and name[:1] not in ("/", "\\") else path
