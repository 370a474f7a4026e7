"""The settings of the sampler that made the picture. Enters a graph with what was reached, leaves parameters as written.

`Denoising strength` is given for img2img only, as by the A1111 family; a sampler that starts from noise has `Denoise`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct, field

from sdscan.facts.decoders.comfyui.graph import Graph, Node
from sdscan.facts.decoders.comfyui.reach import Sides
from sdscan.facts.decoders.comfyui.switches import live_links, value_of
from sdscan.facts.text import scalar
from sdscan.patterns import pattern

_SAMPLER = pattern(r"sampler|detailer|ultimatesdupscale", re.IGNORECASE)
_NO_SAMPLER = pattern(
    r"select|scheduler|config|modelsampling|^sampler(?!custom)|preview|provider|upscaler", re.IGNORECASE
)
_KEYS: dict[str, tuple[str, ...]] = {
    "Seed": ("seed", "noise_seed"),
    "Steps": ("steps", "steps_total"),
    "CFG scale": ("cfg",),
    "Sampler": ("sampler_name", "sampler"),
    "Schedule type": ("scheduler",),
    "Denoise": ("denoise",),
    "Guidance": ("guidance",),
}
"""Parameter → the inputs that may hold it."""
_SETTINGS_FROM = ("noise", "sampler", "sigmas", "guider", "model", "script", "pipe", "basic_pipe")
_LATENT_FROM = pattern(r"latent|samples|pixels|^images?\d*$|^ctx|^base_ctx|pipe", re.IGNORECASE)
_PICTURES = pattern(r"^(?:LoadImage|Image Load|VHS_Load|LoadVideo|ETN_LoadImage|Load ?Image)", re.IGNORECASE)
_FAR = 400
"""Nodes that are looked at upstream of one sampler."""
_SAMPLERS = 64
"""Samplers that are compared."""


class Sampling(Struct):
    """One sampler and what it started from."""

    parameters: dict[str, str] = field(default_factory=dict)
    from_picture: bool = False

    @property
    def rank(self) -> tuple[bool, bool, float]:
        """The main sampler starts from noise, or from a loaded picture, and takes the most steps."""
        return (
            "Size" in self.parameters or self.from_picture,
            self.parameters.get("Denoise", "1") in ("1", "1.0"),
            _number(self.parameters.get("Steps")),
        )


def parameters(graph: Graph, reached: Sides) -> dict[str, str]:
    """Seed, steps, CFG scale, sampler, schedule type, denoise and size of the main sampler; empty where there is none."""
    samplers = [node for node in graph.values() if node.id in reached and _samples(node.type)]
    samplers.sort(key=lambda node: (len(node.id), node.id))
    found = [_sampling(graph, node) for node in samplers[:_SAMPLERS]]
    found = [item for item in found if "Steps" in item.parameters or "Seed" in item.parameters]
    if not found:
        return {}
    main = max(found, key=lambda item: item.rank)
    if main.from_picture and "Denoise" in main.parameters:
        main.parameters["Denoising strength"] = main.parameters.pop("Denoise")
    return main.parameters


@lru_cache(4096)
def _samples(kind: str) -> bool:
    return _SAMPLER.search(kind) is not None and _NO_SAMPLER.search(kind) is None


def _sampling(graph: Graph, node: Node) -> Sampling:
    found = Sampling()
    sources = [
        node,
        *(
            source
            for name in _SETTINGS_FROM
            if (link := node.links.get(name)) and (source := graph.get(link[0])) is not None
        ),
    ]
    for key, names in _KEYS.items():
        value = _first(graph, sources, names)
        if value is not None:
            found.parameters[key] = value
    _start(graph, node, found)
    return found


def _first(graph: Graph, sources: list[Node], names: tuple[str, ...]) -> str | None:
    """What the first of the nodes says that has one of the inputs."""
    for source in sources:
        for name in names:
            value = _setting(graph, source, name)
            if value is not None:
                return value
    return None


_IN_JSON = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
"""Numbers that Python writes otherwise than the graph they stand in."""


def _setting(graph: Graph, node: Node, name: str) -> str | None:
    value = value_of(graph, node, name)
    if isinstance(value, str):
        return scalar(value) if 0 < len(value) < 200 else None
    if type(value) is int:
        return str(value)
    return _IN_JSON.get(repr(value), repr(value)) if isinstance(value, float) else None


def _start(graph: Graph, node: Node, found: Sampling) -> None:
    """Walk up the latent to where it begins: an empty one with its size, or a loaded picture. Another sampler ends the walk."""
    stack = [
        link[0]
        for name, link in live_links(graph, node)
        if "latent" in name or name in ("samples", "image", "image_embeds", "pixels")
    ]
    seen = set(stack)
    while stack and len(seen) < _FAR:
        source = graph.get(stack.pop())
        if source is None:
            continue
        if _PICTURES.match(source.type):
            found.from_picture = True
            continue
        width, height = _setting(graph, source, "width"), _setting(graph, source, "height")
        if (
            "Size" not in found.parameters
            and width
            and height
            and ("latent" in source.type.lower() or "video" in source.type.lower())
        ):
            found.parameters["Size"] = f"{width}x{height}"
        if _SAMPLER.search(source.type):
            continue
        for name, (origin, _) in live_links(graph, source):
            if origin not in seen and (_LATENT_FROM.search(name) or len(source.links) == 1):
                seen.add(origin)
                stack.append(origin)


def _number(text: str | None) -> float:
    try:
        number = float(text or "0")
    except ValueError:
        return 0.0
    return number if number == number else 0.0
