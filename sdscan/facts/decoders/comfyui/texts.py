"""The prompts of a graph. Enters a graph with the sides of its nodes, leaves each text once, with its role.

A text that runs through string nodes is shown as the encoder got it where the graph determines that; else each of its literals
is shown for itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from sdscan.facts.decoders.comfyui.graph import Graph, Node, consumed, place
from sdscan.facts.decoders.comfyui.joins import RESULTS
from sdscan.facts.decoders.comfyui.names import (
    is_aside,
    is_instruction,
    is_option,
    loads_tags,
    side,
    takes_text,
    writes_text,
)
from sdscan.facts.decoders.comfyui.reach import NEGATIVE, PLAIN, POSITIVE, SIDES, Sides, prompt_sides, side_of
from sdscan.facts.decoders.comfyui.strings import Strings, is_string_node, result_of
from sdscan.facts.decoders.comfyui.switches import is_switch, left_out, live_links
from sdscan.facts.text import scalar
from sdscan.records import Prompt, Role, State

_ROLES: dict[int, Role] = {
    POSITIVE: "positive",
    POSITIVE | PLAIN: "positive",
    NEGATIVE: "negative",
    NEGATIVE | PLAIN: "negative",
}
_TEMPLATE, _TAGS_LOADED, _TAGS_OFF, _ASKED = 1 << 6, 1 << 7, 1 << 8, 1 << 9
"""More bits of a text: from before wildcards were drawn; a node loads its `<lora:…>` tags; the node is told not to; only a language
model reads it."""


_LISTED = 1_000
"""Texts of one list."""


class Met(Struct, frozen=True):
    """A prompt, and whether the models that its tags name are loaded."""

    prompt: Prompt
    tags: State


class _Gathering:
    """What has been met so far on one walk."""

    def __init__(self, graph: Graph, sides: Sides, locator: str) -> None:
        self.graph = graph
        self.sides = sides
        self.locator = locator
        self.found: dict[tuple[str, str], int] = {}
        self.covered: set[tuple[str, str]] = set()
        self.wanted: set[str] = set()
        """Ids of string nodes whose text goes where a prompt may go."""
        self.asked = _asked(graph, sides)
        self.strings = Strings(graph)
        self.taken = consumed(graph)
        self._two_sided: dict[str, bool] = {}

    def is_two_sided(self, node: Node) -> bool:
        """Whether a node has an input for the negative text; asked once a node, which may have very many inputs."""
        known = self._two_sided.get(node.id)
        if known is None:
            known = any(side(name) == "negative" for name in (*node.values, *node.links))
            self._two_sided[node.id] = known
        return known

    def put(self, text: str, at: str, bits: int) -> None:
        """Take in one text that stands at a locator."""
        if text.strip():
            self.found[text, at] = self.found.get((text, at), 0) | bits


def prompts(graph: Graph, reached: Sides, idle: Sides, locator: str) -> Iterator[Met]:
    """Prompts of the nodes that take part, then (state `unused`) those of the others."""
    known: set[str] = set()
    shown: set[tuple[Role, str]] = set()
    yield from _records(_gather(graph, reached, locator), "used", shown, known)
    if idle:
        yield from _records(_gather(graph, idle, locator), "unused", shown, known)


def _gather(graph: Graph, sides: Sides, locator: str) -> dict[tuple[str, str], int]:
    gathering = _Gathering(graph, sides, locator)
    here = [node for node in graph.values() if node.id in sides]
    for node in here:
        _linked(gathering, node)
    for node in here:
        _literals(gathering, node)
    return gathering.found


def _linked(gathering: _Gathering, node: Node) -> None:
    """Texts that reach a prompt through string nodes, as the node that uses them gets them."""
    if not node.links:
        return
    graph = gathering.graph
    inner = is_string_node(node)
    for name, link in live_links(graph, node):
        source = graph.get(link[0])
        if source is None or not is_string_node(source) or is_aside(name):
            continue
        gathering.wanted.add(link[0])
        if inner or node.id in gathering.asked:
            continue
        bits = _sides_in(gathering, node, name, gathering.sides[node.id])
        text = gathering.strings.text(link) if bits & (POSITIVE | NEGATIVE) else None
        if text is None:
            continue
        gathering.covered.update(text.origins)
        one = text.origins[0] if len(text.origins) == 1 else None
        at = place(node, name, gathering.locator) if one is None else place(graph[one[0]], one[1], gathering.locator)
        gathering.put(text.text, at, bits | _tag_bits(node))


def _literals(gathering: _Gathering, node: Node) -> None:
    """Texts that stand in the node itself and were not shown as a part of a longer one."""
    mark = gathering.sides[node.id]
    if node.type in RESULTS:
        _result(gathering, node)
        return
    if is_string_node(node) and node.id not in gathering.wanted and node.id in gathering.taken:
        return
    populated = node.values.get("populated_text")
    out = left_out(gathering.graph, node) if is_switch(node) else ()
    for name, value in node.values.items():
        if isinstance(value, list) and value and isinstance(value[0], str):
            value = "\n".join(item for item in value[:_LISTED] if isinstance(item, str))
        if not isinstance(value, str) or not value or not takes_text(name, node.type) or is_option(value):
            continue
        if (node.id, name) in gathering.covered or name in out or _is_beside(node, name):
            continue
        bits = _sides_in(gathering, node, name, mark)
        if name == "wildcard_text" and bits != NEGATIVE and value != populated:
            bits = _TEMPLATE
        elif name == "wildcard_text" and isinstance(populated, str) and populated.strip():
            continue
        elif node.vague and side(name) == "same":
            bits = SIDES
        elif node.id in gathering.asked and bits != NEGATIVE and is_instruction(name, value):
            bits = _TEMPLATE | _ASKED
        gathering.put(value, place(node, name, gathering.locator), bits | _tag_bits(node))


def _asked(graph: Graph, sides: Sides) -> set[str]:
    """Ids of language models and of the string nodes that make up what they are asked."""
    found: set[str] = set()
    stack = [node.id for node in graph.values() if node.id in sides and writes_text(node.type)]
    while stack:
        current = stack.pop()
        if current not in found:
            found.add(current)
            stack += [
                source
                for source, _ in graph[current].links.values()
                if source in sides and is_string_node(graph[source])
            ]
    return found


def _result(gathering: _Gathering, node: Node) -> None:
    """What a node that shows a text showed last, where the text is made by a node that cannot be followed."""
    link = node.links.get(RESULTS[node.type])
    if link is not None and gathering.strings.text(link) is not None:
        return
    name, text = result_of(node)
    if name and (node.id, name) not in gathering.covered and not is_option(text):
        bits = gathering.sides[node.id] | (gathering.sides.get(link[0], 0) if link else 0)
        gathering.put(text, place(node, name, gathering.locator), prompt_sides(bits))


def _sides_in(gathering: _Gathering, node: Node, name: str, mark: int) -> int:
    """The sides of a text that the node takes in by an input, for all the sides that the node is on."""
    sides = 0
    for one in (PLAIN, POSITIVE, NEGATIVE):
        if prompt_sides(mark) & one:
            sides |= prompt_sides(side_of(node, name, one))
    if sides == NEGATIVE or side(name) != "same":
        return sides
    if gathering.is_two_sided(node):
        return POSITIVE  # beside an input for the negative text, the one that does not say is for the positive
    return POSITIVE if sides == PLAIN and name.rpartition(".")[2] == "prompt" else sides


def _tag_bits(node: Node) -> int:
    if not loads_tags(node.type):
        return 0
    return _TAGS_OFF if node.values.get("insert_lora") == "DISABLE LORAS" else _TAGS_LOADED


def _is_beside(node: Node, name: str) -> bool:
    """True for a text that is no prompt though its name says so.

    LoRA Manager's `text` repeats, as tags, what stands in `loras` with its switches; `prompt` in pysssss's loaders is the file of an
    example that the menu shows.
    """
    if name == "text":
        return isinstance(node.values.get("loras"), list)
    return name == "prompt" and node.type.endswith("Loader|pysssss")


def _records(
    found: dict[tuple[str, str], int], state: State, shown: set[tuple[Role, str]], known: set[str]
) -> Iterator[Met]:
    """Each text once a role, positive ones first; one of unknown role only where it is not there with a role."""
    for (text, at), bits in sorted(found.items(), key=lambda item: _order(item[1])):
        role = _role(bits)
        if (role, text) in shown or (text in known and (state == "unused" or bits & SIDES in (0, PLAIN))):
            continue
        shown.add((role, text))
        known.add(text)
        tags: State = "used" if bits & _TAGS_LOADED else "possible"
        if bits & _TAGS_OFF or role == "negative" or state == "unused":
            tags = "unused"
        stands: State = "unused" if bits & _ASKED else state
        yield Met(Prompt(role, scalar(text), at, stands), "possible" if role == "template" and tags == "used" else tags)


def _role(bits: int) -> Role:
    return "template" if bits & _TEMPLATE else _ROLES.get(bits & SIDES, "unknown")


def _order(bits: int) -> int:
    return ("positive", "negative", "unknown", "template").index(_role(bits))
