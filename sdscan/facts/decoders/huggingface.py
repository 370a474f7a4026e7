"""The image spaces of Hugging Face (animagine-xl and its copies): JSON `{"prompt", "negative_prompt", "Model hash", …}` → Generation."""

from __future__ import annotations

from sdscan.facts.decoders.draft import Draft
from sdscan.facts.decoders.found import Found, dicts_at, number, settings, text_at
from sdscan.limits import Limits


def from_json(data: dict[str, object], locator: str, limits: Limits) -> Found | None:
    """The Generation, where the keys are those of the spaces."""
    if "prompt" not in data or not ("resolution" in data or "Model hash" in data or "num_inference_steps" in data):
        return None
    draft = Draft("huggingface", locator)
    draft.prompt("positive", data.get("prompt"), "prompt")
    draft.prompt("negative", data.get("negative_prompt"), "negative_prompt")
    draft.model("checkpoint", text_at(data, "Model", "model"), "Model", digest=data.get("Model hash"))
    draft.model("style", data.get("sdxl_style") or data.get("style_preset"), "style")
    for index, lora in enumerate(dicts_at(data, "loras")):
        weight = number(lora.get("weight", lora.get("scale")))
        draft.model("lora", text_at(lora, "name", "repo", "path"), f"loras[{index}]", weight=weight)
    return Found((draft.done(None, settings(data, "prompt", "negative_prompt")),))
