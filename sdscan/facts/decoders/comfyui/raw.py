"""Untyped JSON of a canvas, narrowed one value at a time. Wrong shapes become empty ones."""

from __future__ import annotations

from collections.abc import Iterator

LONGEST_NAME = 200
"""Characters of a class, an input or an id that are kept: the longest real one has 80."""

JsonObject = dict[str, object]


def list_of(value: object) -> list[object]:
    """The value if it is a list, also where it is an object with numbers as keys (old litegraph links); else an empty one."""
    if isinstance(value, list):
        return value
    return list(value.values()) if isinstance(value, dict) else []


def objects(value: object) -> Iterator[JsonObject]:
    """The JSON objects of a list."""
    for item in list_of(value):
        if isinstance(item, dict):
            yield item


def text_of(value: object) -> str:
    """An id or a name as text: node ids are numbers in one schema and strings in another."""
    if isinstance(value, str):
        return value[:LONGEST_NAME]
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int):
        return str(value) if abs(value) < 10**18 else ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else ""


def integer(value: object) -> int:
    """A slot, link number or mode; -1 for anything else."""
    if isinstance(value, bool):
        return -1
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12 else -1


def slot_type(entry: object) -> str:
    """The type of an input or output slot (`MODEL`, `*`)."""
    kind = entry.get("type") if isinstance(entry, dict) else None
    return "*" if kind == 0 else kind if isinstance(kind, str) else ""
