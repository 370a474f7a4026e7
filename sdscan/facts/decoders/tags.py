"""Extra networks inside a prompt: `<lora:…>`, `<lyco:…>`, `<hypernet:…>`, `embedding:…` → names with weights.

The grammar is that of A1111 (modules/extra_networks.py, extensions-builtin/Lora/extra_networks_lora.py, 1.10): positional
arguments are text encoder weight, then UNet weight; named ones are `te=`, `unet=`, `dyn=` and those of extensions.
"""

from __future__ import annotations

import re
from bisect import bisect
from functools import lru_cache
from math import inf

from sdscan.facts.decoders.resources import Resources, add, resource
from sdscan.patterns import pattern
from sdscan.records import ResourceKind, State

_TAG = pattern(
    r"<\s*(lora|lyco|locon|hypernet|embed(?:ding)?)\s*:\s*([^<>:\n]{1,512})((?::[^<>\n]{0,512})?)>", re.IGNORECASE
)
_EMBEDDING = pattern(r"\bembedding:([^\s,:;()\[\]{}<>|\"']{1,256})", re.IGNORECASE)
_BRACE = pattern(r"[{}|]")
_NUMBER = pattern(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)")
_KINDS: dict[str, ResourceKind] = {"hypernet": "hypernetwork", "embed": "embedding", "embedding": "embedding"}


def add_tags(found: Resources, text: str, locator: str, state: State = "used") -> None:
    """Take in what a prompt loads. A tag inside `{a|b}` is an alternative that may not have been drawn."""
    if "<" in text:
        spans = alternatives(text) if "{" in text and state == "used" else []
        starts = [start for start, _ in spans]
        for match in _TAG.finditer(text):
            at = bisect(starts, match.start()) - 1
            inside = at >= 0 and match.start() < spans[at][1]
            kind = _KINDS.get(match[1].lower(), "lora")
            name = (
                match[2].strip().removeprefix("|high_noise|")
            )  # stable-diffusion.cpp: for the first of Wan's two models
            if name:
                weight = tag_weight(match[3]) if kind != "embedding" else None
                loaded = "possible" if inside else _embedded(state) if kind == "embedding" else state
                add(found, resource(kind, name, locator, weight=weight, state=loaded))
    if "mbedding:" in text:
        for match in _EMBEDDING.finditer(text):
            add(found, resource("embedding", match[1].rstrip("."), locator, state=_embedded(state)))


def _embedded(state: State) -> State:
    """An embedding works in the negative prompt too, where a LoRA is not loaded."""
    return "used" if state == "unused" else state


@lru_cache(1024)
def tag_weight(arguments: str) -> float:
    """The UNet weight that `:0.8`, `:0.8:0.5`, `:te=.5:unet=1` or nothing at all (1.0) stands for."""
    positional: list[float] = []
    named: dict[str, float] = {}
    for argument in arguments.split(":")[1:]:
        name, sign, value = argument.partition("=")
        match = _NUMBER.match(value if sign else name)
        weight = float(match[1]) if match is not None else inf
        if abs(weight) == inf:  # also a number of hundreds of digits
            continue
        if sign:
            named[name.strip().lower()] = weight
        else:
            positional.append(weight)
    te = named.get("te", positional[0] if positional else 1.0)
    return named.get("unet", positional[1] if len(positional) > 1 else te)


def alternatives(text: str) -> list[tuple[int, int]]:
    """Where `{a|b}` stand, outermost ones only, in order: the unexpanded choices of Dynamic Prompts and of SD.Next."""
    opened: list[tuple[int, bool]] = []
    spans: list[tuple[int, int]] = []
    for match in _BRACE.finditer(text):
        if match[0] == "{":
            opened.append((match.start(), False))
        elif match[0] == "|" and opened:
            opened[-1] = (opened[-1][0], True)
        elif match[0] == "}" and opened:
            start, choice = opened.pop()
            if choice:
                while spans and spans[-1][0] > start:
                    spans.pop()
                spans.append((start, match.end()))
    return spans
