"""Which nodes take part in the picture, and on which side of the prompt. Enters a graph, leaves a set of sides by node id.

Walked backwards from the nodes that show or save something. A node can be reached on several sides; each (node, side) is
visited once, so the walk is linear in the number of links.
"""

from __future__ import annotations

import re
from functools import lru_cache

from sdscan.facts.decoders.comfyui.graph import Graph, Node, consumed
from sdscan.facts.decoders.comfyui.loaders import LOADERS
from sdscan.facts.decoders.comfyui.names import side
from sdscan.facts.decoders.comfyui.positions import POSITIONS
from sdscan.facts.decoders.comfyui.switches import live_links
from sdscan.patterns import pattern

PLAIN, POSITIVE, NEGATIVE = 1, 2, 4
"""The sides as bits. PLAIN: reached, but through no prompt."""
CONTROL = 3
"""Sides are shifted left by this where the way leads through the picture that guides a ControlNet."""
SIDES = PLAIN | POSITIVE | NEGATIVE

Sides = dict[str, int]
"""Node id → the sides that it was reached on; ids that are missing were not reached."""

_OUTPUT = pattern(
    r"save|preview|combine(?!r)|^show|show ?(?:any|text)|display|^send|sendimage|upload|websocket|export|compare|_output|output$|webhook"
    r"|publish|viewer|^easy (?:fullkSampler|kSampler)|^KSampler \(Eff|^KSampler Adv\. \(Eff|^KSampler SDXL \(Eff|^ttN .*KSampler",
    re.IGNORECASE,
)
_NO_OUTPUT = pattern(
    r"conditioning|prompt|text|string|lora|mask|latent ?combine|loader|everywhere|PreviewAny|showAnything|(?:Display|Show) Any",
    re.IGNORECASE,
)
_PICTURE = pattern(
    r"^(?:opt_|optional_)?(?:image|images|video|videos|audio|frames|filenames|gif|mesh)(?:_?\d+|_[ab])?$", re.IGNORECASE
)
_PRODUCERS = frozenset(
    "VAEEncode VAEEncodeTiled VAEEncodeForInpaint ImageScale ImageScaleBy ImageScaleToTotalPixels ImageUpscaleWithModel ImageBatch ImageStitch "
    "ControlNetApply ControlNetApplyAdvanced CLIPVisionEncode ReferenceLatent FluxKontextImageScale ImageInvert ImageCrop".split()
)
"""Core nodes with a picture input that show nothing themselves."""
_PRODUCER = pattern(
    r"load|encode|decode|condition|sampl|latent|control|apply|scale|model|clip|noise|sigma|guid|schedul|switch|reroute|primitive|math|size|batch"
    r"|preprocess|detect|segm|pipe|context|seed|number|int$|float|vae|unet|checkpoint|stack|merge|patch|hook|adapter",
    re.IGNORECASE,
)
"""Parts of the names of such nodes. Other nodes at an end are taken for outputs: better one too many than a LoRA too few."""
_ZEROED = frozenset(("ConditioningZeroOut",))
"""Their output holds nothing of the text that goes in (ComfyUI nodes.py ConditioningZeroOut)."""
_CONTROLS = pattern(r"control|t2i.?adapter", re.IGNORECASE)
_CONTROL_INPUT = pattern(
    r"^(?:image|images|control_?(?:image|video|hint)s?|hint|pose_?(?:image|video)s?|control_net_image)$", re.IGNORECASE
)


def walk(graph: Graph) -> Sides:
    """The sides of every node that takes part."""
    return _walk(graph, [(output, PLAIN) for output in outputs(graph)], {}, idle=False)


def walk_idle(graph: Graph, reached: Sides) -> Sides:
    """The sides of every node that takes no part, as they would be if it did."""
    rest = [node for node in graph.values() if node.id not in reached]
    taken = {source for node in rest for source, _ in node.links.values()}
    starts = [node.id for node in rest if node.id not in taken]
    found = _walk(graph, [(start, PLAIN) for start in starts], dict(reached), idle=True)
    for node in rest:
        found.setdefault(node.id, PLAIN)
    return {node.id: found[node.id] for node in rest}


def _walk(graph: Graph, stack: list[tuple[str, int]], reached: Sides, *, idle: bool) -> Sides:
    done = frozenset(reached)
    while stack:
        current, mark = stack.pop()
        before = reached.get(current, 0)
        if before & mark or current in done:
            continue
        node = graph.get(current)
        if node is None or (node.state == "unused" and not idle):
            continue
        reached[current] = before | mark
        stack += [(link[0], side_of(node, name, mark)) for name, link in live_links(graph, node)]
    return reached


def side_of(node: Node, name: str, mark: int) -> int:
    """The side of what comes in by the input `name` of a node that is itself on the side `mark`."""
    control = mark > SIDES
    if control:
        mark >>= CONTROL
    else:
        control = _guides(node.type, name)
    what = side(name)
    if what == "negative":
        mark = NEGATIVE
    elif what == "positive":
        mark = POSITIVE
    elif what == "other" or node.type in _ZEROED:
        mark = PLAIN
    elif what == "conditioning" and mark == PLAIN:
        mark = POSITIVE
    return mark << CONTROL if control else mark


def prompt_sides(mark: int) -> int:
    """The sides of a mark, whichever way they were reached."""
    return (mark | mark >> CONTROL) & SIDES


def outputs(graph: Graph) -> list[str]:
    """Ids of the nodes that a run is for: those that show or save a picture, else those whose output nobody takes."""
    taken = consumed(graph)
    active = [node for node in graph.values() if node.state == "used" and node.links]
    found = [node.id for node in active if _is_output(node, node.id in taken)]
    if found:
        return found
    ends = [node.id for node in active if node.id not in taken]
    others = [end for end in ends if "lora" not in graph[end].type.lower()]
    if others or ends:
        return others or ends
    return [node.id for node in graph.values() if node.state == "used" and node.ends is None]


def _is_output(node: Node, taken: bool) -> bool:
    shows, no_picture = _class_says(node.type)
    picture = any(_PICTURE.match(name) for name in node.links)
    if shows or node.ends:
        return (picture or not no_picture) and "Everywhere" not in node.type
    if taken or no_picture or node.ends is False:
        return False
    if picture:
        return node.type not in _PRODUCERS
    return node.type not in POSITIONS and node.type not in LOADERS and not _makes_something(node.type)


@lru_cache(4096)
def _makes_something(kind: str) -> bool:
    """True for the kinds of nodes that do nothing where nobody takes what they make."""
    return _PRODUCER.search(kind) is not None


@lru_cache(4096)
def _class_says(kind: str) -> tuple[bool, bool]:
    """(it shows or saves something, what it is about is a text or a model)."""
    return _OUTPUT.search(kind) is not None, _NO_OUTPUT.search(kind) is not None


@lru_cache(4096)
def _guides(kind: str, name: str) -> bool:
    """True for the input of a ControlNet by which the guiding picture comes in."""
    return _CONTROL_INPUT.match(name) is not None and (_CONTROLS.search(kind) or _CONTROLS.search(name)) is not None
