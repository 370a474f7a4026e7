"""The prompts of a graph. Enters a graph with the sides of its nodes, leaves each text once, with its role.

A text that runs through string nodes is shown as the encoder got it where the graph determines that; else each of its literals
is shown for itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from sdscan.facts.decoders.comfyui.graph import Graph, Node, place
from sdscan.facts.decoders.comfyui.joins import RESULTS
from sdscan.facts.decoders.comfyui.names import is_option, side, takes_text
from sdscan.facts.decoders.comfyui.reach import NEGATIVE, PLAIN, POSITIVE, SIDES, Sides, prompt_sides, side_of
from sdscan.facts.decoders.comfyui.strings import Text, evaluate, is_string_node, result_of
from sdscan.facts.decoders.comfyui.switches import live_links
from sdscan.facts.text import scalar
from sdscan.records import Prompt, Role, State

_ROLES: dict[int, Role] = {
    POSITIVE: "positive",
    POSITIVE | PLAIN: "positive",
    NEGATIVE: "negative",
    NEGATIVE | PLAIN: "negative",
}
_TEMPLATE = 1 << 6
"""Bit of a text from before wildcards were drawn."""

Found = dict[tuple[str, str], int]
"""(text, where it stands) → the sides that it was met on."""


class _Gathering:
    """What has been met so far on one walk."""

    def __init__(self, graph: Graph, sides: Sides, locator: str) -> None:
        self.graph = graph
        self.sides = sides
        self.locator = locator
        self.found: Found = {}
        self.covered: set[tuple[str, str]] = set()
        self.memo: dict[str, Text | None] = {}

    def put(self, text: str, at: str, sides: int) -> None:
        """Take in one text."""
        if text.strip():
            self.found[text, at] = self.found.get((text, at), 0) | sides


def prompts(graph: Graph, reached: Sides, idle: Sides, locator: str) -> Iterator[Prompt]:
    """Prompts of the nodes that take part, then (state `unused`) those of the others."""
    known: set[str] = set()
    shown: set[tuple[Role, str]] = set()
    for sides, state in ((reached, "used"), (idle, "unused")):
        if sides:
            found = _gather(graph, sides, locator)
            yield from _records(found, "used" if state == "used" else "unused", shown, known)


def _gather(graph: Graph, sides: Sides, locator: str) -> Found:
    gathering = _Gathering(graph, sides, locator)
    for identity in sides:
        _linked(gathering, graph[identity])
    for node in graph.values():
        if node.id in sides:
            _literals(gathering, node)
    return gathering.found


def _linked(gathering: _Gathering, node: Node) -> None:
    """Texts that reach a prompt through string nodes, as the node that uses them gets them."""
    if is_string_node(node):
        return
    graph = gathering.graph
    for name, link in live_links(graph, node):
        source = graph.get(link[0])
        if source is None or not is_string_node(source):
            continue
        sides = _sides_in(node, name, gathering.sides[node.id])
        if not sides & (POSITIVE | NEGATIVE):
            continue
        text = evaluate(graph, link, gathering.memo)
        if text is None:
            continue
        gathering.covered.update(text.origins)
        one = text.origins[0] if len(text.origins) == 1 else None
        at = place(node, name, gathering.locator) if one is None else place(graph[one[0]], one[1], gathering.locator)
        gathering.put(text.text, at, sides)


def _literals(gathering: _Gathering, node: Node) -> None:
    """Texts that stand in the node itself and were not shown as a part of a longer one."""
    mark = gathering.sides[node.id]
    if node.type in RESULTS:
        _result(gathering, node)
        return
    populated = node.values.get("populated_text")
    drawn = isinstance(populated, str) and bool(populated.strip())
    for name, value in node.values.items():
        if not isinstance(value, str) or not value or not takes_text(name, node.type) or is_option(value):
            continue
        if (node.id, name) in gathering.covered:
            continue
        sides = _sides_in(node, name, mark)
        if name == "wildcard_text" and value != populated and sides != NEGATIVE:
            sides = _TEMPLATE
        elif name == "wildcard_text" and drawn:
            continue
        elif node.vague and side(name) == "same":
            sides = SIDES
        gathering.put(value, place(node, name, gathering.locator), sides)


def _result(gathering: _Gathering, node: Node) -> None:
    """What a node that shows a text showed last, where the text is made by a node that cannot be followed."""
    link = node.links.get(RESULTS[node.type])
    if link is not None and evaluate(gathering.graph, link, gathering.memo) is not None:
        return
    name, text = result_of(node)
    if name and (node.id, name) not in gathering.covered and not is_option(text):
        sides = gathering.sides[node.id] | (gathering.sides.get(link[0], 0) if link else 0)
        gathering.put(text, place(node, name, gathering.locator), prompt_sides(sides))


def _sides_in(node: Node, name: str, mark: int) -> int:
    """The sides of a text that the node takes in by an input, for all the sides that the node is on."""
    sides = 0
    for one in (PLAIN, POSITIVE, NEGATIVE):
        if prompt_sides(mark) & one:
            sides |= prompt_sides(side_of(node, name, one))
    return POSITIVE if sides == PLAIN and name.rpartition(".")[2] == "prompt" else sides


def _records(found: Found, state: State, shown: set[tuple[Role, str]], known: set[str]) -> Iterator[Prompt]:
    """Each text once a role; one of unknown role only where it is not there with a role."""
    ordered = sorted(found.items(), key=lambda item: item[1] == PLAIN)
    for (text, at), sides in ordered:
        role: Role = "template" if sides & _TEMPLATE else _ROLES.get(sides, "unknown")
        if (role, text) in shown or (text in known and (sides == PLAIN or state == "unused")):
            continue
        shown.add((role, text))
        known.add(text)
        yield Prompt(role, scalar(text), at, state)
