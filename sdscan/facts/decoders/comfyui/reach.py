"""Which nodes take part in the picture, and on which side of the prompt. Enters a graph, leaves a set of sides by node id.

Walked backwards from the nodes that show or save something. A node can be reached on several sides; each (node, side) is
visited once, so the walk is linear in the number of links.
"""

from __future__ import annotations

import re

from sdscan.facts.decoders.comfyui.graph import Graph, Node, consumed
from sdscan.facts.decoders.comfyui.names import side
from sdscan.facts.decoders.comfyui.switches import live_links

PLAIN, POSITIVE, NEGATIVE = 1, 2, 4
"""The sides as bits. PLAIN: reached, but through no prompt."""

Sides = dict[str, int]
"""Node id → the sides that it was reached on; ids that are missing were not reached."""

_OUTPUT = re.compile(
    r"save|preview|combine(?!r)|^show|show ?(?:any|text)|display|^send|sendimage|upload|websocket|export|comparer|compare|_output|output$|webhook|publish"
    r"|^easy (?:fullkSampler|kSampler)|KSampler.*\(Eff|^KSampler \(Eff|ttN .*KSampler|^ttN pipeKSampler|viewer",
    re.IGNORECASE,
)
_NO_OUTPUT = re.compile(r"conditioning|prompt|text|string|lora|mask|latent ?combine|SaveLatentNothing", re.IGNORECASE)
_PICTURE = re.compile(
    r"^(?:opt_|optional_)?(?:image|images|video|videos|audio|frames|filenames|gif|mesh|samples|latent|pixels)(?:_?\d+|_[ab])?$",
    re.IGNORECASE,
)
_CORE_PRODUCERS = frozenset(
    "KSampler KSamplerAdvanced SamplerCustom SamplerCustomAdvanced VAEDecode VAEDecodeTiled VAEEncode VAEEncodeTiled ImageScale ImageScaleBy "
    "LatentUpscale LatentUpscaleBy ImageUpscaleWithModel ControlNetApply ControlNetApplyAdvanced CLIPVisionEncode unCLIPConditioning ".split()
)
_ZEROED = frozenset(("ConditioningZeroOut",))
"""Their output holds nothing of the text that goes in (ComfyUI nodes.py ConditioningZeroOut)."""


def walk(graph: Graph) -> Sides:
    """The sides of every node that takes part."""
    reached: Sides = {}
    stack = [(output, PLAIN) for output in outputs(graph)]
    while stack:
        current, mark = stack.pop()
        node = graph.get(current)
        if node is None or node.state == "unused" or reached.get(current, 0) & mark:
            continue
        reached[current] = reached.get(current, 0) | mark
        for name, (source, _) in live_links(graph, node):
            stack.append((source, side_of(node, name, mark)))
    return reached


def side_of(node: Node, name: str, mark: int) -> int:
    """The side of what comes in by the input `name` of a node that is itself on the side `mark`."""
    what = side(name)
    if what == "negative":
        return NEGATIVE
    if what == "positive":
        return POSITIVE
    if what == "other" or node.type in _ZEROED:
        return PLAIN
    if what == "conditioning" and mark == PLAIN:
        return POSITIVE
    return mark


def outputs(graph: Graph) -> list[str]:
    """Ids of the nodes that a run is for: those that show or save, else those whose output nobody takes."""
    taken = consumed(graph)
    found = [node.id for node in graph.values() if node.state == "used" and _is_output(node, node.id in taken)]
    if found:
        return found
    ends = [node.id for node in graph.values() if node.state == "used" and node.id not in taken]
    linked = [end for end in ends if graph[end].links and "lora" not in graph[end].type.lower()]
    return linked or ends or list(graph)


def _is_output(node: Node, taken: bool) -> bool:
    if _OUTPUT.search(node.type) is not None and (not taken or not _NO_OUTPUT.search(node.type)):
        return bool(node.links) or not taken
    if taken or node.type in _CORE_PRODUCERS:
        return False
    return any(_PICTURE.match(name) for name in node.links) and not _NO_OUTPUT.search(node.type)
