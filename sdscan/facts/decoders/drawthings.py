"""Draw Things: JSON `{"c": prompt, "uc": negative, "model", "lora": [{"model", "weight"}]}` in the XMP exif:UserComment → Generation."""

from __future__ import annotations

from sdscan.facts.decoders.draft import Draft
from sdscan.facts.decoders.found import Found, dict_at, dicts_at, number, settings, text_at
from sdscan.limits import Limits


def from_json(data: dict[str, object], locator: str, limits: Limits) -> Found | None:
    """The Generation, where the one-letter keys are those of Draw Things."""
    if not isinstance(data.get("c"), str) or not {"uc", "model", "v2", "sampler"} & data.keys():
        return None
    draft = Draft("drawthings", locator, tags=False)
    draft.prompt("positive", data.get("c"), "c")
    draft.prompt("negative", data.get("uc"), "uc")
    detailed = dict_at(data, "v2")
    draft.model("checkpoint", text_at(data, "model") or text_at(detailed, "model"), "model")
    draft.model("checkpoint", detailed.get("refinerModel"), "v2.refinerModel")
    draft.model("upscaler", detailed.get("upscaler"), "v2.upscaler")
    for key, holder, path in (("lora", data, "lora"), ("loras", detailed, "v2.loras")):
        for index, lora in enumerate(dicts_at(holder, key)):
            draft.model(
                "lora", text_at(lora, "model", "file", "name"), f"{path}[{index}]", weight=number(lora.get("weight"))
            )
    for index, control in enumerate(dicts_at(detailed, "controls")):
        draft.model(
            "controlnet",
            text_at(control, "file", "name"),
            f"v2.controls[{index}]",
            weight=number(control.get("weight")),
        )
    return Found((draft.done(None, settings(data, "c", "uc")),))
