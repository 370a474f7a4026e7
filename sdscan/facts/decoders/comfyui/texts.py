"""The prompts of a graph. Enters a graph with the sides of its nodes, leaves each text once, with its role.

A text that runs through string nodes is shown as the encoder got it where the graph determines that; else each of its literals
is shown for itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from sdscan.facts.decoders.comfyui.graph import Graph, Node, place
from sdscan.facts.decoders.comfyui.names import is_option, side, takes_text
from sdscan.facts.decoders.comfyui.reach import NEGATIVE, PLAIN, POSITIVE, Sides, side_of
from sdscan.facts.decoders.comfyui.strings import Text, evaluate, is_string_node
from sdscan.facts.decoders.comfyui.switches import live_links
from sdscan.facts.text import scalar
from sdscan.records import Prompt, Role

_ROLES: dict[int, Role] = {
    POSITIVE: "positive",
    POSITIVE | PLAIN: "positive",
    NEGATIVE: "negative",
    NEGATIVE | PLAIN: "negative",
}
_NOTES = frozenset(("Note", "MarkdownNote", "Note _O", "PlaySound|pysssss", "SimpleMath+"))

Origin = tuple[str, str]
Seen = dict[tuple[str, str], int]
"""(text, where it stands) → the sides that it was met on."""


def prompts(graph: Graph, reached: Sides, locator: str, most: int) -> list[Prompt]:
    """At most `most` prompts, positive and negative ones in the order of the file."""
    found: Seen = {}
    covered: dict[Origin, int] = {}
    memo: dict[str, Text | None] = {}
    _linked(graph, reached, found, covered, memo)
    for node in graph.values():
        mark = reached.get(node.id, 0)
        if mark and node.type not in _NOTES:
            _literals(graph, node, mark, found, covered)
    return list(_records(found, locator))[:most]


def _linked(
    graph: Graph, reached: Sides, found: Seen, covered: dict[Origin, int], memo: dict[str, Text | None]
) -> None:
    """Texts that reach a prompt through string nodes, as the node that uses them gets them."""
    for node in graph.values():
        mark = reached.get(node.id, 0)
        if not mark or is_string_node(node):
            continue
        for name, link in live_links(graph, node):
            source = graph.get(link[0])
            if source is None or not is_string_node(source):
                continue
            sides = _sides(node, name, mark)
            text = evaluate(graph, link, memo)
            if text is None or not sides & (POSITIVE | NEGATIVE):
                continue
            for origin in text.origins:
                covered[origin] = covered.get(origin, 0) | sides
            if text.text.strip():
                at = (
                    place(graph[text.origins[0][0]], text.origins[0][1])
                    if len(text.origins) == 1
                    else place(node, name)
                )
                found[text.text, at] = found.get((text.text, at), 0) | sides


def _literals(graph: Graph, node: Node, mark: int, found: Seen, covered: dict[Origin, int]) -> None:
    """Texts that stand in the node itself and were not shown as a part of a longer one."""
    populated = node.values.get("populated_text")
    for name, value in node.values.items():
        if not isinstance(value, str) or not value.strip() or not takes_text(name, node.type) or is_option(value):
            continue
        if (node.id, name) in covered:
            continue
        if name == "wildcard_text" and isinstance(populated, str) and populated.strip():
            continue
        at = place(node, name)
        found[value, at] = found.get((value, at), 0) | _sides(node, name, mark)


def _sides(node: Node, name: str, mark: int) -> int:
    """The sides of a text that the node takes in by an input, for all the sides that the node is on."""
    sides = 0
    for one in (PLAIN, POSITIVE, NEGATIVE):
        if mark & one:
            sides |= side_of(node, name, one)
    if sides == PLAIN and side(name) == "same" and name.rpartition(".")[2] == "prompt":
        return POSITIVE
    return sides


def _records(found: Seen, locator: str) -> Iterator[Prompt]:
    shown: set[tuple[Role, str]] = set()
    known = {text for (text, _), sides in found.items() if sides != PLAIN}
    for (text, at), sides in found.items():
        role = _ROLES.get(sides, "unknown")
        if (role, text) in shown or (sides == PLAIN and text in known):
            continue
        shown.add((role, text))
        yield Prompt(role, scalar(text), locator + at)
