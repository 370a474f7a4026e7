"""Pictures and videos that a graph loads → Resource records: what the result was made from.

A picture that only guides outlines through a ControlNet has the kind `controlnet`; one of which only the mask is taken is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from sdscan.facts.decoders.comfyui.graph import Graph, Node, place
from sdscan.facts.decoders.comfyui.reach import SIDES, Sides
from sdscan.facts.decoders.comfyui.switches import value_of
from sdscan.facts.decoders.resources import stem
from sdscan.facts.text import scalar
from sdscan.patterns import pattern
from sdscan.records import Resource, State

_LOADER = pattern(
    r"load.{0,12}(?:image|video|picture)|(?:image|video).{0,12}load|^Image Load$|image.?from.?(?:url|path|clipspace)",
    re.IGNORECASE,
)
_NO_LOADER = pattern(
    r"mask|model|lora|checkpoint|clip_?vision|upscale|diffusion|batch.*count|previewloader", re.IGNORECASE
)
_INPUTS = ("image", "image_path", "video", "file", "url", "path", "directory", "image_url", "image_file", "filename")
_EMBEDDED = ("base64", "image_base64", "data")
LONGEST = 2_048
"""Characters of a picture's name; longer ones are the picture itself."""


@lru_cache(4096)
def loads_pictures(kind: str) -> bool:
    """True for the classes that bring in a picture or video from outside."""
    return _LOADER.search(kind) is not None and _NO_LOADER.search(kind) is None


def pictures(graph: Graph, reached: Sides, locator: str) -> Iterator[Resource]:
    """One record for each loaded picture."""
    loaders = [node for node in graph.values() if loads_pictures(node.type)]
    if not loaders:
        return
    shown = {source for node in graph.values() for source, slot in node.links.values() if slot != 1}
    for node in loaders:
        mark = reached.get(node.id, 0)
        if mark and node.id not in shown:
            continue  # the second output is the mask
        state: State = "used" if mark else "unused"
        name, raw = _picture(graph, node)
        if name:
            kind = "controlnet" if mark and not mark & SIDES else "reference-image"
            item = _record(raw, place(node, name, locator), state)
            yield (
                item
                if kind == "reference-image"
                else Resource("controlnet", item.name, item.raw, state=state, locator=item.locator)
            )


def _picture(graph: Graph, node: Node) -> tuple[str, str]:
    """(input, value) that names the picture."""
    for name in _INPUTS:
        value = value_of(graph, node, name)
        if isinstance(value, str) and value.strip():
            return name, value
    for name in _EMBEDDED:
        if isinstance(node.values.get(name), str) and node.values[name]:
            return name, "data:"
    return "", ""


def _record(raw: str, locator: str, state: State) -> Resource:
    if raw.startswith("data:") or len(raw) > LONGEST:
        return Resource("reference-image", "embedded picture", None, state=state, locator=locator)
    raw = scalar(raw).removesuffix(" [input]").removesuffix(" [output]").removesuffix(" [temp]")
    name = stem(raw.partition("?")[0]) if raw.startswith(("http://", "https://")) else stem(raw)
    return Resource("reference-image", name or raw, raw, state=state, locator=locator)
