"""Text that runs through string nodes, evaluated where the graph alone determines it. Enters a graph, leaves exact strings or None.

No guessing: a node that is not in the tables makes its text dynamic, and the caller then shows each literal for itself.
"""

from __future__ import annotations

from msgspec import Struct

from sdscan.facts.decoders.comfyui.graph import Graph, Link, Node
from sdscan.facts.decoders.comfyui.joins import RESULTS, STRING_NODES, Join
from sdscan.facts.decoders.comfyui.switches import chosen_input, is_switch
from sdscan.patterns import pattern

_TEXT_MAKERS = frozenset((*STRING_NODES, *RESULTS))
ROOM = 4_000_000
"""Characters of all joined texts of a graph: doubling nodes could make them grow without end."""
_ORIGINS = 1_000
"""Literals that one joined text may be made of."""
_NUMBERED = pattern(r"\d{1,5}|[a-z]")
_DELIMITERS = {"\\n": "\n", "\\t": "\t", "newline": "\n", "none": "", "comma": ",", "space": " "}


class Text(Struct, frozen=True):
    """A text that was worked out."""

    text: str
    origins: tuple[tuple[str, str], ...]
    """(node id, input name) of every literal in it."""


def is_string_node(node: Node) -> bool:
    """True where the node only makes a text of texts, so that its own literals count through those who use it."""
    return node.type in _TEXT_MAKERS or is_switch(node)


class Strings:
    """The texts of one graph, each worked out once, with a bound on all of them together."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.room = ROOM
        self._known: dict[str, Text | None] = {}

    def text(self, link: Link) -> Text | None:
        """What the node at the other end of a link gives, or None where the graph does not tell."""
        known = self._known
        stack = [link[0]]
        begun: set[str] = set()
        while stack:
            current = stack[-1]
            node = self.graph.get(current)
            if current in known or node is None or not is_string_node(node):
                known.setdefault(current, None)
                stack.pop()
                continue
            names = _inputs(self.graph, node)
            waiting = [node.links[name][0] for name in names if name in node.links and node.links[name][0] not in known]
            if waiting and current not in begun:
                begun.add(current)
                stack.extend(waiting)
                continue
            known[current] = self._made(node, names)
            stack.pop()
        return known[link[0]]

    def _made(self, node: Node, names: list[str]) -> Text | None:
        """The text of a node whose sources are worked out already."""
        rule = STRING_NODES.get(node.type, Join(()))
        parts: list[str] = []
        origins: list[tuple[str, str]] = []
        for name in names:
            link = node.links.get(name)
            found = self._known.get(link[0]) if link is not None else _literal(node, name)
            if found is None:
                if link is None and name not in node.values:
                    continue
                return _shown(node)
            if found.text.strip() or not rule.skip_empty:
                parts.append(found.text)
            origins += found.origins
        separator = node.values.get(rule.separator, rule.default)
        if not origins or rule.separator in node.links or not isinstance(separator, str):
            return None
        if len(parts) > 1:
            self.room -= sum(map(len, parts)) + len(parts) * len(separator)
        if self.room < 0 or len(origins) > _ORIGINS:
            return None
        return Text(_DELIMITERS.get(separator, separator).join(parts), tuple(origins))


def _inputs(graph: Graph, node: Node) -> list[str]:
    """Names of the inputs that the text is made of, in order."""
    if node.type in RESULTS:
        return [RESULTS[node.type]]
    if node.type not in STRING_NODES:
        return [chosen_input(graph, node)]
    names: list[str] = []
    for part in STRING_NODES[node.type].parts:
        if part.endswith("*"):
            head = part[:-1]
            here = [
                name
                for name in (*node.values, *node.links)
                if name.startswith(head) and _NUMBERED.fullmatch(name[len(head) :])
            ]
            names += sorted(here, key=lambda name: (len(name), name))
        else:
            names.append(part)
    return names


def _literal(node: Node, name: str) -> Text | None:
    value = node.values.get(name)
    return Text(value, ((node.id, name),)) if isinstance(value, str) else None


def _shown(node: Node) -> Text | None:
    """What a node that shows texts showed last."""
    name, text = result_of(node) if node.type in RESULTS else ("", "")
    return Text(text, ((node.id, name),)) if name else None


def result_of(node: Node) -> tuple[str, str]:
    """(input name, text) of what a node shows; two empty ones where it kept nothing."""
    for name, value in node.values.items():
        if name in ("mode", "split_lines", RESULTS.get(node.type)):
            continue
        if isinstance(value, list):
            value = "\n".join(item for item in value[:_ORIGINS] if isinstance(item, str))
        if isinstance(value, str) and value.strip():
            return name, value
    return "", ""
