"""Preview pictures beside a model → the prompts in them. A preview often has the full generation data, with the trigger words.

Their containers are walked like any picture's, but no pixel is looked at: a library has thousands of previews. A preview that says nothing or
cannot be read is no problem of the model.
"""

from __future__ import annotations

from collections.abc import Iterator

from sdscan.errors import ReadError
from sdscan.facts import containers, decoders
from sdscan.facts.source import Near
from sdscan.facts.text import scalar
from sdscan.limits import Limits
from sdscan.records import ModelText

SUFFIXES = (
    ".preview.png",
    ".png",
    ".preview.jpeg",
    ".preview.jpg",
    ".jpeg",
    ".jpg",
    ".preview.webp",
    ".webp",
    ".example.png",
)
_MOST = 2
"""Previews of one model that are read."""
_LONGEST = 20_000
"""Characters of one preview's prompt that are kept."""


def preview_texts(near: Near, stem: str, limits: Limits) -> Iterator[ModelText]:
    """The positive prompts of the previews among what stands beside the model."""
    names = [stem + suffix for suffix in SUFFIXES if stem + suffix in near.names][:_MOST]
    for name in names:
        for locator, text in _prompts(near, name, limits):
            yield ModelText("sidecar", text, f"{name}#preview {locator}")


def _prompts(near: Near, name: str, limits: Limits) -> list[tuple[str, str]]:
    try:
        with near.open(name) as source:
            walker = containers.CONTAINERS.get(containers.sniff(source.head))
            decoded = decoders.decode(walker(source, limits, False), limits) if walker else decoders.Decoded()
    except ReadError:
        return []
    found = {
        prompt.locator: scalar(prompt.text)[:_LONGEST]
        for generation in decoded.generations
        for prompt in generation.prompts
        if prompt.role == "positive" and prompt.text.strip()
    }
    return list(found.items())[:4]
