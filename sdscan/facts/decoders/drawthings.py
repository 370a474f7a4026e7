"""Draw Things: JSON `{"c": prompt, "uc": negative, "model", "lora": [{"model", "weight"}]}` in the XMP exif:UserComment → Generation.

The same stands in dc:description for people: the prompt, lines of the negative prompt that begin with `-`, one line of pairs.
"""

from __future__ import annotations

from sdscan.facts.decoders.draft import Draft
from sdscan.facts.decoders.found import Found, dict_at, dicts_at, number, settings, text_at
from sdscan.facts.decoders.infotext import parse_infotext
from sdscan.limits import Limits
from sdscan.records import Generation


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
    for key, switch in (
        ("clipLText", "separateClipL"),
        ("openClipGText", "separateOpenClipG"),
        ("t5Text", "separateT5"),
    ):
        if detailed.get(switch):  # each text encoder may be told something of its own
            draft.prompt("positive", detailed.get(key), f"v2.{key}")
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


def from_description(text: str, locator: str) -> Generation:
    """The Generation of the text for people, for pictures that have lost the JSON."""
    info = parse_infotext(text)
    lines = info.prompt.split("\n")
    draft = Draft("drawthings", locator, tags=False)
    draft.prompt("positive", "\n".join(line for line in lines if not line.startswith("-")).strip())
    draft.prompt("negative", "\n".join(line[1:] for line in lines if line.startswith("-")).strip())
    values = dict(info.parameters)
    draft.model("checkpoint", values.pop("Model", None), "Model")
    for key in [key for key in values if key.startswith("LoRA ") and key.endswith(" Model")]:
        weight = number(values.pop(key.replace("Model", "Weight"), None))
        draft.model("lora", values.pop(key), key, weight=weight)
    return draft.done(None, values)
