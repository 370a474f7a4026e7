"""Nodes that pass on one of several inputs. Enters a node, leaves the links that count; and the value that a link carries."""

from __future__ import annotations

from collections.abc import Iterable

from sdscan.facts.decoders.comfyui.graph import Graph, Link, Node

_HOPS = 32
"""Primitives behind primitives that are followed."""

_BY_BOOLEAN: dict[str, tuple[str, str, str]] = {
    "ComfySwitchNode": ("switch", "on_true", "on_false"),
    "easy ifElse": ("boolean", "on_true", "on_false"),
    "ImpactConditionalBranch": ("cond", "tt_value", "ff_value"),
    "Text Input Switch": ("boolean", "text_a", "text_b"),
    "Conditioning Input Switch": ("boolean", "conditioning_a", "conditioning_b"),
    "Model Input Switch": ("boolean", "model_a", "model_b"),
    "Image Input Switch": ("boolean", "image_a", "image_b"),
    "LazySwitchKJ": ("switch", "on_true", "on_false"),
    "If ANY return A else B": ("ANY", "IF_TRUE", "IF_FALSE"),
}
"""Class → (the input that decides, what it takes when true, when false)."""

_BY_NUMBER: dict[str, tuple[str, tuple[str, ...], int]] = {
    "ImpactSwitch": ("select", ("input",), 1),
    "LatentSwitch": ("select", ("latent", "input"), 1),
    "SEGSSwitch": ("select", ("segs", "input"), 1),
    "CR Model Input Switch": ("Input", ("model",), 1),
    "CR Text Input Switch": ("Input", ("text",), 1),
    "CR Image Input Switch": ("Input", ("image",), 1),
    "CR Latent Input Switch": ("Input", ("latent",), 1),
    "CR Conditioning Input Switch": ("Input", ("conditioning",), 1),
    "CR Clip Input Switch": ("Input", ("clip",), 1),
    "easy textSwitch": ("input", ("text",), 1),
    "easy anythingIndexSwitch": ("index", ("value",), 0),
    "easy textIndexSwitch": ("index", ("text",), 0),
    "easy imageIndexSwitch": ("index", ("image",), 0),
    "easy conditioningIndexSwitch": ("index", ("cond",), 0),
}
"""Class → (the input that decides, beginnings of the inputs that it chooses among, the first number)."""


def live_links(graph: Graph, node: Node) -> Iterable[tuple[str, Link]]:
    """The links of a node less the branches that its switch leaves out. An unknown position leaves all of them in."""
    dead = dead_inputs(graph, node)
    return [item for item in node.links.items() if item[0] not in dead] if dead else node.links.items()


def dead_inputs(graph: Graph, node: Node) -> frozenset[str]:
    """Inputs that the node's switch leaves out; empty where it has none or its position is not known."""
    boolean = _BY_BOOLEAN.get(node.type)
    if boolean is not None:
        decides, yes, no = boolean
        value = value_of(graph, node, decides)
        return frozenset((no if value else yes,)) if isinstance(value, bool) else frozenset()
    number = _BY_NUMBER.get(node.type)
    if number is None:
        return frozenset()
    decides, heads, first = number
    value = value_of(graph, node, decides)
    if isinstance(value, bool) or not isinstance(value, int):
        return frozenset()
    inputs = [name for name in node.links if name != decides and name.rstrip("0123456789").rstrip("_") in heads]
    chosen = [name for name in inputs if _number(name) == value]
    return frozenset(inputs) - frozenset(chosen) if chosen and value >= first else frozenset()


def _number(name: str) -> int:
    digits = name[len(name.rstrip("0123456789")) :]
    return int(digits) if digits and len(digits) < 6 else -1


def value_of(graph: Graph, node: Node, name: str) -> object:
    """The literal that an input holds, followed through primitive nodes; None where the graph does not tell."""
    for _ in range(_HOPS):
        link = node.links.get(name)
        if link is None:
            return node.values.get(name)
        source = graph.get(link[0])
        if source is None:
            return None
        names = [*source.values, *source.links]
        name = next((one for one in _CARRIERS if one in names), names[0] if len(names) == 1 else "")
        if not name:
            return None
        node = source
    return None


_CARRIERS = (
    "value", "Value", "string", "text", "String", "Text", "int", "float", "number", "boolean", "int_value", "float_value",
    "Number", "lora_name", "lora", "ckpt_name", "unet_name", "model_name", "seed", "prompt", "any", "anything", "input", "air",
)  # fmt: skip
"""Inputs in which primitive, constant, reroute and chooser nodes keep what they give, in order of trust."""
