"""One model for every form of a ComfyUI graph. Enters JSON, leaves nodes by id: literal values apart from links.

The API form (`prompt`: what was executed) is read here; the canvas form (`workflow`) is turned into the same nodes by canvas.py.
"""

from __future__ import annotations

from msgspec import Struct, field

from sdscan.facts.decoders.comfyui.raw import LONGEST_NAME
from sdscan.facts.text import scalar
from sdscan.records import State

Link = tuple[str, int]
"""(id of the node that gives the value, its output slot)."""


class Node(Struct):
    """One node: what it is, the values that stand in it, and where its other inputs come from."""

    id: str
    """As written; `30:8` where a sub-graph was flattened."""
    type: str
    """The class (`class_type` of the API form, `type` of the canvas)."""
    values: dict[str, object] = field(default_factory=dict)
    """Literal inputs by name."""
    links: dict[str, Link] = field(default_factory=dict)
    """Linked inputs by name."""
    places: dict[str, str] = field(default_factory=dict)
    """Where a value stands, for the canvas (`widgets_values[0]`, or `#30.widgets_values[0]` in another node, or after `=` a whole
    locator); by default it is `inputs.NAME`."""
    state: State = "used"
    """unused where the node is muted or bypassed on the canvas."""
    ends: bool | None = None
    """True where nothing can come out of the node, which makes it an output; None where only the executed form is known."""
    base: str = ""
    """Locator of the text it was read from, where that is not the one of the graph."""
    guessed: bool = False
    """True where the names of the values were told by their looks."""
    vague: bool = False
    """True where several texts were, so that nobody knows which of them is the negative one."""


Graph = dict[str, Node]
"""Nodes by id, in the order of the file."""


def from_api(data: dict[str, object], most: int) -> Graph:
    """The nodes of an API graph (`{id: {class_type, inputs}}`), at most `most`; entries of other shapes are not nodes."""
    graph: Graph = {}
    for key, entry in data.items():
        if not isinstance(entry, dict):
            continue
        kind = entry.get("class_type")
        if not isinstance(kind, str):
            continue
        if len(graph) >= most:
            break
        node = Node(scalar(key), scalar(kind[:LONGEST_NAME]))
        inputs = entry.get("inputs")
        if isinstance(inputs, dict):
            _fill(node, inputs)
        graph[node.id] = node
    return graph


def _fill(node: Node, inputs: dict[str, object]) -> None:
    """Tell links from values: a link is a list of a node id and a slot number (ComfyUI comfy_execution/graph_utils.is_link)."""
    for name, value in inputs.items():
        name = name[:LONGEST_NAME]
        if isinstance(value, list):
            link = link_of(value)
            if link is not None:
                node.links[name] = link
                continue
        elif isinstance(value, dict) and "__value__" in value:
            value = value["__value__"]
        node.values[name] = value


def link_of(value: list[object]) -> Link | None:
    """The link that a two-item list stands for. Node ids are strings, in hand-written graphs numbers."""
    if len(value) != 2:
        return None
    source, slot = value
    if isinstance(slot, bool) or not isinstance(slot, int | float):
        return None
    if isinstance(source, str):
        return source, int(slot) if slot == slot and abs(slot) < 1e6 else 0
    return None


def consumed(graph: Graph) -> set[str]:
    """Ids of the nodes whose output somebody takes."""
    return {source for node in graph.values() for source, _ in node.links.values()}


def place(node: Node, name: str, locator: str) -> str:
    """Where an input stands: `png:tEXt/prompt#6.inputs.text`, or `png:tEXt/workflow#6.widgets_values[0]` on a canvas."""
    at = node.places.get(name) or "inputs." + scalar(name[:LONGEST_NAME])
    identity = node.id if len(node.id) <= LONGEST_NAME else node.id[:LONGEST_NAME] + "…"
    if at[0] == "=":
        return at[1:]
    return f"{node.base or locator}{at}" if at[0] == "#" else f"{node.base or locator}#{identity}.{at}"
