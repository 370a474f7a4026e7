"""Text that runs through string nodes, evaluated where the graph alone determines it. Enters a graph, leaves exact strings or None.

No guessing: a node that is not in the tables makes its text dynamic, and the caller then shows each literal for itself.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from sdscan.facts.decoders.comfyui.graph import Graph, Link, Node

LONGEST = 1_000_000
"""Characters of a joined text: doubling nodes could make it grow without end."""


class Join(NamedTuple):
    """How a string node makes its output of its inputs."""

    parts: tuple[str, ...]
    """Input names in order; `text_*` stands for text_1, text_2 … or text_a, text_b …"""
    separator: str = ""
    """Name of the input that holds the separator."""
    default: str = ""
    """Separator where there is no such input."""
    skip_empty: bool = False
    """True where empty parts are left out together with their separator."""


def _one(*names: str) -> Join:
    return Join(names[:1])


STRING_NODES: dict[str, Join] = {
    "PrimitiveString": _one("value"),
    "PrimitiveStringMultiline": _one("value"),
    "PrimitiveNode": _one("value"),
    "String Literal": _one("string"),
    "StringConstant": _one("string"),
    "StringConstantMultiline": _one("string"),
    "Text Multiline": _one("text"),
    "Text Multiline (Code Compatible)": _one("text"),
    "Text _O": _one("text"),
    "Text String": _one("text"),
    "Text to String": _one("text"),
    "Text to Conditioning": _one("text"),
    "CR Text": _one("text"),
    "CR Prompt Text": _one("prompt"),
    "CR Multiline Text": _one("text"),
    "ttN text": _one("text"),
    "ttN textDebug": _one("text"),
    "DF_Text": _one("Text"),
    "DF_Text_Box": _one("Text"),
    "ShowText|pysssss": _one("text"),
    "Show Text": _one("text"),
    "easy positive": _one("positive"),
    "easy negative": _one("negative"),
    "easy string": _one("value"),
    "easy showAnything": _one("anything"),
    "JWString": _one("text"),
    "JWStringMultiline": _one("text"),
    "Textbox": _one("text"),
    "TextInput_": _one("text"),
    "Text box": _one("text"),
    "Text_Box": _one("text"),
    "ShowText": _one("text"),
    "ImpactStringSelector": Join(()),
    "String": _one("String"),
    "Simple String": _one("string"),
    "SimpleText": _one("text"),
    "SeargePromptText": _one("prompt"),
    "SeargeTextInputV2": _one("prompt"),
    "Prompt (rgthree)": _one("prompt"),
    "Textarea": _one("text"),
    "Text": _one("text"),
    "Note Plus (mtb)": _one("note"),
    "Griptape Create: Text": _one("text"),
    "PromptStash": _one("prompt_text"),
    "StringConcatenate": Join(("string_a", "string_b"), "delimiter"),
    "Text Concatenate": Join(("text_a", "text_b", "text_c", "text_d"), "delimiter", "", True),
    "Text Concatenate _O": Join(("text1", "text2"), "separator", ""),
    "JoinStrings": Join(("string1", "string2"), "delimiter", " "),
    "JoinStringMulti": Join(("string_*",), "delimiter", " "),
    "CR Combine Prompt": Join(("part*",), "separator", ","),
    "CR Text Concatenate": Join(("text1", "text2"), "separator", ""),
    "Text Concatenate (JPS)": Join(("text*",), "delimiter", ", ", True),
    "ttN concat": Join(("text1", "text2", "text3"), "delimiter"),
    "easy promptConcat": Join(("prompt1", "prompt2"), "separator"),
    "ConcatText": Join(("text1", "text2"), "separator"),
    "Concat String (mtb)": Join(("string_1", "string_2"), "separator", " "),
    "Concat Text _O": Join(("text1", "text2"), "separator"),
    "ConcatStringSingle": Join(("string_a", "string_b")),
    "ConcatText_Zho": Join(("text_1", "text_2"), "separator"),
    "StringConcat": Join(("text1", "text2"), "separator"),
    "Prompt Concatenate": Join(("prompt1", "prompt2"), "separator"),
}  # fmt: skip
"""String nodes whose output is known from their source code: class → rule. A part that is missing counts as empty."""

_DELIMITERS = {"\\n": "\n", "\\t": "\t", "newline": "\n", "none": "", "comma": ",", "space": " "}
_BAD = object()


def is_string_node(node: Node) -> bool:
    """True where the node only makes a text of texts, so that its own literals count through those who use it."""
    return node.type in STRING_NODES


class Text(NamedTuple):
    """A text that was worked out."""

    text: str
    origins: tuple[tuple[str, str], ...]
    """(node id, input name) of every literal in it."""


def evaluate(graph: Graph, link: Link, memo: dict[str, Text | None]) -> Text | None:
    """What the node at the other end of a link gives, or None where the graph does not tell. Fills `memo`; each node once."""
    stack = [link[0]]
    open_ = set[str]()
    while stack:
        current = stack[-1]
        if current in memo:
            stack.pop()
            continue
        node = graph.get(current)
        if node is None or node.type not in STRING_NODES:
            memo[current] = None
            stack.pop()
            continue
        waiting = [
            node.links[name][0] for name in _inputs(node) if name in node.links and node.links[name][0] not in memo
        ]
        if waiting and current not in open_:
            open_.add(current)
            stack.extend(waiting)
            continue
        memo[current] = _joined(graph, node, memo)
        stack.pop()
    return memo[link[0]]


def _inputs(node: Node) -> list[str]:
    """Names of the inputs that the rule of a string node asks for, in order."""
    names: list[str] = []
    for part in STRING_NODES[node.type].parts:
        if not part.endswith("*"):
            names.append(part)
            continue
        prefix = part[:-1]
        here = {*node.values, *node.links}
        names += sorted(
            (
                name
                for name in here
                if re.fullmatch(r"\d+|[a-z]", name.removeprefix(prefix)) and name.startswith(prefix)
            ),
            key=_order,
        )
    return names


def _order(name: str) -> tuple[int, str]:
    digits = re.search(r"\d+$", name)
    return (int(digits[0]) if digits and len(digits[0]) < 6 else 0, name)


def _joined(graph: Graph, node: Node, memo: dict[str, Text | None]) -> Text | None:
    rule = STRING_NODES[node.type]
    parts: list[str] = []
    origins: list[tuple[str, str]] = []
    for name in _inputs(node):
        link = node.links.get(name)
        if link is not None:
            found = memo.get(link[0])
            if found is None:
                return None
            parts.append(found.text)
            origins += found.origins
        elif name in node.values:
            value = node.values[name]
            if not isinstance(value, str):
                return None
            parts.append(value)
            origins.append((node.id, name))
    if not parts:
        return None
    if rule.skip_empty:
        parts = [part for part in parts if part.strip()]
    if sum(map(len, parts)) > LONGEST or len(origins) > 1000:
        return None
    separator = _separator(node, rule)
    return None if separator is None else Text(separator.join(parts), tuple(origins))


def _separator(node: Node, rule: Join) -> str | None:
    if rule.separator in node.links:
        return None
    value = node.values.get(rule.separator, rule.default)
    return _DELIMITERS.get(value, value) if isinstance(value, str) else None
