"""NMKD's Stable Diffusion GUI: PNG `NMKDiffusion` JSON (before that InvokeAI's `Dream`) → Generation."""

from __future__ import annotations

from sdscan.facts.decoders.draft import Draft
from sdscan.facts.decoders.found import NOTHING, Blobs, Found, json_object, number, settings, text_at
from sdscan.limits import Limits
from sdscan.records import Generation

KEYS = frozenset(("nmkdiffusion", "nmkd"))


def decode(blobs: Blobs, limits: Limits) -> Found:
    """The Generation of the first readable text."""
    for key in ("nmkdiffusion", "nmkd"):
        for blob in blobs.get(key, ()):
            data, problem = json_object(blob.text, blob.locator, limits)
            if data is not None:
                return Found((_generation(data, blob.locator),), (blob,), (), (problem,) if problem else ())
    return NOTHING


def _generation(data: dict[str, object], locator: str) -> Generation:
    values = {key.lower(): value for key, value in data.items()}
    draft = Draft("nmkd", locator)
    draft.prompt("positive", values.get("prompt"), "prompt")
    draft.prompt(
        "negative", text_at(values, "promptneg", "negativeprompt", "negative_prompt", "negprompt"), "promptNeg"
    )
    draft.model("checkpoint", values.get("model"), "model")
    draft.model("vae", values.get("vae"), "vae")
    loras = values.get("loras")
    if isinstance(loras, dict):
        for name, weight in loras.items():
            value = weight[0] if isinstance(weight, list) and weight else weight
            draft.model("lora", name, "loras", weight=number(value))
    return draft.done(None, settings(data, "prompt", "promptNeg", "Prompt", "NegativePrompt"))
