"""Nodes that pass on one of several inputs. Enters a node, leaves the links that count; and the value that a link carries."""

from __future__ import annotations

from collections.abc import Iterable

from sdscan.facts.decoders.comfyui.graph import Graph, Link, Node
from sdscan.patterns import pattern

_HOPS = 32
"""Primitives behind primitives that are followed."""
_NUMBERED = pattern(r"(.*?)_?\d{1,6}$")
_PLACES = 64
"""Inputs of a switch that are tried for the first one that is connected."""

_BY_BOOLEAN: dict[str, tuple[str, str, str]] = {
    "ComfySwitchNode": ("switch", "on_true", "on_false"),
    "easy ifElse": ("boolean", "on_true", "on_false"),
    "ImpactConditionalBranch": ("cond", "tt_value", "ff_value"),
    "Text Input Switch": ("boolean", "text_a", "text_b"),
    "Conditioning Input Switch": ("boolean", "conditioning_a", "conditioning_b"),
    "Model Input Switch": ("boolean", "model_a", "model_b"),
    "Image Input Switch": ("boolean", "image_a", "image_b"),
    "LazySwitchKJ": ("switch", "on_true", "on_false"),
}
"""Class → (the input that decides, what it takes when true, when false)."""

_BY_NUMBER: dict[str, tuple[str, tuple[str, ...]]] = {
    "ImpactSwitch": ("select", ("input",)),
    "LatentSwitch": ("select", ("latent", "input")),
    "SEGSSwitch": ("select", ("segs", "input")),
    "CR Model Input Switch": ("Input", ("model",)),
    "CR Text Input Switch": ("Input", ("text",)),
    "CR Image Input Switch": ("Input", ("image",)),
    "CR Latent Input Switch": ("Input", ("latent",)),
    "CR Conditioning Input Switch": ("Input", ("conditioning",)),
    "CR Clip Input Switch": ("Input", ("clip",)),
    "CR Text Input Switch (4 way)": ("Input", ("text",)),
    "CR Image Input Switch (4 way)": ("Input", ("image",)),
    "easy textSwitch": ("input", ("text",)),
    "easy anythingIndexSwitch": ("index", ("value",)),
    "easy textIndexSwitch": ("index", ("text",)),
    "easy imageIndexSwitch": ("index", ("image",)),
    "easy conditioningIndexSwitch": ("index", ("cond",)),
}
"""Class → (the input that decides, beginnings of the numbered inputs that it chooses among)."""

_FIRST: dict[str, tuple[str, ...]] = {
    "Any Switch (rgthree)": ("any",),
    "Context Switch (rgthree)": ("ctx",),
    "Context Switch Big (rgthree)": ("ctx",),
}
"""Class → beginnings of the numbered inputs of which the first one that is connected passes."""


_SWITCHES = frozenset((*_BY_BOOLEAN, *_BY_NUMBER, *_FIRST))


def is_switch(node: Node) -> bool:
    """True for the classes that pass on one of their inputs."""
    return node.type in _SWITCHES


def live_links(graph: Graph, node: Node) -> Iterable[tuple[str, Link]]:
    """The links of a node less the branches that its switch leaves out. An unknown position leaves all of them in."""
    out = left_out(graph, node) if node.type in _SWITCHES else None
    return [item for item in node.links.items() if item[0] not in out] if out else node.links.items()


def left_out(graph: Graph, node: Node) -> frozenset[str]:
    """The inputs that a switch does not pass on; empty for other nodes and where its position is not known."""
    chosen = chosen_input(graph, node) if is_switch(node) else ""
    return _choices(node) - {chosen} if chosen else frozenset()


def chosen_input(graph: Graph, node: Node, hops: int = _HOPS) -> str:
    """The input that a switch passes on; empty where its position is not known. `hops`: nodes that may be asked for it."""
    boolean = _BY_BOOLEAN.get(node.type)
    if boolean is not None:
        value = value_of(graph, node, boolean[0], hops)
        return boolean[1 if value else 2] if isinstance(value, bool) else ""
    first = _FIRST.get(node.type)
    if first is not None:
        return next((name for number in range(_PLACES) for name in _spellings(first, number) if name in node.links), "")
    decides, heads = _BY_NUMBER[node.type]
    value = value_of(graph, node, decides, hops)
    if isinstance(value, bool) or not isinstance(value, int):
        return ""
    return next((name for name in _spellings(heads, value) if name in node.links or name in node.values), "")


def _spellings(heads: tuple[str, ...], number: int) -> list[str]:
    """How packs write the name of a numbered input: `text1`, `any_01`, `any_1`."""
    return [f"{head}{form}" for head in heads for form in (number, f"_{number:02}", f"_{number}")]


def _choices(node: Node) -> frozenset[str]:
    """The inputs that a switch chooses among."""
    boolean = _BY_BOOLEAN.get(node.type)
    if boolean is not None:
        return frozenset(boolean[1:])
    heads = _FIRST.get(node.type) or _BY_NUMBER[node.type][1]
    names = (*node.links, *node.values)
    return frozenset(name for name in names if (match := _NUMBERED.match(name)) is not None and match[1] in heads)


def value_of(graph: Graph, node: Node, name: str, hops: int = _HOPS) -> object:
    """The literal that an input holds, followed through primitive nodes; None where the graph does not tell."""
    for left in range(hops - 1, -1, -1):
        link = node.links.get(name)
        if link is None:
            return node.values.get(name)
        source = graph.get(link[0])
        if source is None or source.guessed:
            return None
        if is_switch(source):
            name = chosen_input(graph, source, left // 8)  # a tower of switches must not double at every floor
        else:
            names = source.values.keys() | source.links.keys()
            name = next((one for one in _CARRIERS if one in names), next(iter(names)) if len(names) == 1 else "")
        if not name:
            return None
        node = source
    return None


_CARRIERS = (
    "value", "Value", "string", "text", "String", "Text", "int", "float", "number", "boolean", "int_value", "float_value",
    "Number", "lora_name", "lora", "ckpt_name", "unet_name", "model_name", "seed", "prompt", "any", "anything", "input", "air",
)  # fmt: skip
"""Inputs in which primitive, constant, reroute and chooser nodes keep what they give, in order of trust."""
