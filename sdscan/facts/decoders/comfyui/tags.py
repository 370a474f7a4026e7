"""`<lora:…>` tags and `embedding:…` in the texts of a graph → resources.

ComfyUI packs write `<lora:name:model:clip:…>` (Impact, LoRA Manager, ComfyUI_LoraTagLoader): the first number is the weight of the
model, unlike A1111, where the first is that of the text encoder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import inf

from msgspec import Struct

from sdscan.patterns import pattern
from sdscan.records import ResourceKind

_TAG = pattern(r"<\s*(lora|lyco|locon|hypernet)\s*:\s*([^<>:\n]{1,512})((?::[^<>\n]{0,2048})?)>", re.IGNORECASE)
_EMBEDDING = pattern(r"\bembedding:\s?([^\s,:;()\[\]{}<>|\"']{1,256})(?::([+-]?[\d.]{1,12}))?", re.IGNORECASE)
_NUMBER = pattern(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)")


class Tag(Struct, frozen=True):
    """A model that a text names."""

    kind: ResourceKind
    raw: str
    weight: float | None


def tags_in(text: str) -> Iterator[Tag]:
    """Every model that a text names, in order of kind."""
    if "<" in text:
        for match in _TAG.finditer(text):
            name = match[2].strip()
            if name:
                yield Tag("hypernetwork" if match[1].lower() == "hypernet" else "lora", name, _weight(match[3]))
    if "mbedding:" in text or "MBEDDING:" in text:
        for match in _EMBEDDING.finditer(text):
            name = match[1].rstrip(".")
            if name:
                yield Tag("embedding", name, _first(match[2] or ""))


def _weight(arguments: str) -> float:
    """The model weight of `:0.8:0.5:LBW=…`; 1 where no number stands there."""
    for argument in arguments.split(":")[1:4]:
        name, sign, value = argument.partition("=")
        if sign and name.strip().lower() not in ("unet", "model", "strength"):
            continue
        number = _first(value if sign else name)
        if number is not None:
            return number
    return 1.0


def _first(text: str) -> float | None:
    match = _NUMBER.match(text)
    number = float(match[1]) if match else inf
    return None if abs(number) == inf else number
