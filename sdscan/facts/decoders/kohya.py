"""kohya sd-scripts `gen_img.py`: one PNG text a setting, `prompt` as plain text → Generation. Not every `prompt` is ComfyUI's."""

from __future__ import annotations

from sdscan.facts.decoders.comfy import looks_like_graph
from sdscan.facts.decoders.draft import Draft
from sdscan.facts.decoders.found import NOTHING, Blobs, Found
from sdscan.limits import Limits

_SIGNATURES = ("negative-prompt", "negative-scale", "raw-prompt", "clip-prompt", "control-net-lllite-image-list")
_FIELDS = frozenset(
    (
        "prompt", "batch-size", "seed", "steps", "sampler", "scale", "original-height", "original-width", "crop-top", "crop-left",
        "original-height-negative", "original-width-negative", *_SIGNATURES,
    )
)  # fmt: skip


def decode(blobs: Blobs, limits: Limits) -> Found:
    """The Generation of the fields."""
    prompts = [blob for blob in blobs.get("prompt", ()) if blob.text and not looks_like_graph(blob.text)]
    if not prompts or not ({"scale", "steps", "sampler"} <= blobs.keys() or any(key in blobs for key in _SIGNATURES)):
        return NOTHING
    used = [blob for key in blobs if key in _FIELDS for blob in blobs[key] if blob.text]
    values = {blob.key.lower(): blob for blob in used}
    draft = Draft("kohya", prompts[0].locator)
    draft.prompt("positive", prompts[0].text)
    for key, role in (("negative-prompt", "negative"), ("clip-prompt", "positive"), ("raw-prompt", "template")):
        if key in values:
            draft.locator = values[key].locator
            draft.prompt(role, values[key].text)  # type: ignore[arg-type]  # the table holds roles only
    draft.locator = prompts[0].locator
    parameters = {key: blob.text or "" for key, blob in sorted(values.items()) if "prompt" not in key}
    return Found((draft.done(None, parameters),), tuple(used))
