"""The text of a graph → JSON, whole or as much of it as is there. Enters hostile text, leaves a JSON object and what was wrong.

Seen in real files: NaN and Infinity (`is_changed`), JSON inside a JSON string (VideoHelperSuite), text cut at 64 KB (EXIF), `null`,
and pieces that begin in the middle (EXIF offsets that went stale).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from sdscan.facts.decoders.comfyui.raw import JsonObject
from sdscan.facts.decoders.found import integer, too_large
from sdscan.limits import Limits
from sdscan.patterns import pattern
from sdscan.records import Problem

_FAST = msgspec.json.Decoder().decode
_SPACE = pattern(r"[\s,]*")
_KEY = pattern(r'"((?:[^"\\\n]|\\.){1,200})"\s*:\s*')
_NODE = pattern(r'"[^"\\\n]{1,200}"\s*:\s*\{\s*"(?:inputs|class_type|_meta|is_changed)"\s*:')
_NODE_ITSELF = pattern(r'\{\s*"(?:inputs|class_type|_meta|is_changed)"\s*:')
_PAIR = pattern(
    r'"([^"\\\n]{1,100})"\s*:\s*(?:"((?:[^"\\]|\\.)*)|(-?\d{1,20}(?:\.\d{1,20})?)(?=[,}\s])|\[\s*"([^"\\]{1,100})"\s*,\s*(\d{1,4})\s*\])',
    re.DOTALL,
)
_CLASS = pattern(r'"class_type"\s*:\s*"([^"\\]{1,200})"')
_ENCODED = 3
"""Times that JSON may stand in a JSON string."""
_PAIRS = 200
"""Inputs that are taken from the node in which the cut is."""
_LONGEST = 1_000_000
"""Characters of that node."""


if TYPE_CHECKING:
    from json import JSONDecoder


class Reading(Struct):
    """What a text gave."""

    data: JsonObject | None = None
    cut: bool = False
    """True where it is only the part that could be read."""
    problem: Problem | None = None


def read_graph(text: str | None, locator: str, limits: Limits) -> Reading:
    """The JSON object in `text`. Text that is no JSON and looks like none gives nothing and no problem (kohya's `prompt`)."""
    if text is None or not (plain := text.strip(" \t\r\n\0\ufeff")) or plain in ("null", "undefined"):
        return Reading()
    problem = too_large(plain, locator, limits)
    if problem is not None:
        return Reading(problem=problem)
    value = _parsed(plain)
    if isinstance(value, dict) and "class_type" not in value:
        return Reading(value)
    if (value is not None and not isinstance(value, dict)) or (plain[0] != "{" and '"class_type"' not in plain):
        return Reading()
    data = _salvaged(plain, limits)
    detail = f"the graph at {locator} is cut short or damaged"
    if not data:
        return Reading(problem=Problem("bad-json", f"{detail}, and nothing of it can be read"))
    return Reading(data, True, Problem("truncated-graph", f"{detail}: the part that can be read is used"))


def _parsed(text: str) -> object:
    """The value of a JSON text, opened as often as it is encoded; None where it cannot be read."""
    value: object = text
    for _ in range(_ENCODED):
        if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "[", '"'):
            break
        try:
            value = _once(value)
        except (ValueError, RecursionError):
            return None
    return value


def _once(text: str) -> object:
    """The value of a JSON text; what follows it is passed over. Raises ValueError and RecursionError."""
    try:
        value: object = _FAST(text)
    except (ValueError, RecursionError):  # msgspec refuses NaN, lone surrogates and raw control characters
        value = _slow().raw_decode(text.lstrip())[0]
    return value


def _salvaged(text: str, limits: Limits) -> JsonObject:
    """The complete entries of an object that is cut, and what can be told of the entry in which the cut is."""
    start = 1
    if text[0] != "{" or _KEY.match(text, _SPACE.match(text, 1).end()) is None or _NODE_ITSELF.match(text):  # type: ignore[union-attr]
        match = _NODE.search(text)
        if match is None:
            return {}
        start = match.start()
    return dict(_entries(text, start, limits.nodes))


def _entries(text: str, at: int, most: int) -> Iterator[tuple[str, object]]:
    for _ in range(most):
        match = _KEY.match(text, _SPACE.match(text, at).end())  # type: ignore[union-attr]
        if match is None:
            return
        try:
            value, at = _slow().raw_decode(text, match.end())
        except (ValueError, RecursionError):
            if text[match.end() : match.end() + 1] == "[":
                yield match[1], list(_items(text, match.end() + 1, most))
            else:
                yield match[1], _broken(text[match.end() :])
            return
        yield match[1], value


def _items(text: str, at: int, most: int) -> Iterator[object]:
    """The complete items of a list that is cut (the nodes of a canvas)."""
    for _ in range(most):
        try:
            value, at = _slow().raw_decode(text, _SPACE.match(text, at).end())  # type: ignore[union-attr]
        except (ValueError, RecursionError):
            return
        yield value


def _broken(text: str) -> JsonObject:
    """The node in which the cut is: its texts, numbers and links; its class is often behind the cut."""
    inputs: JsonObject = {}
    for match in _PAIR.finditer(text[:_LONGEST]):
        name, words, number, source, slot = match.groups()
        if len(inputs) >= _PAIRS:
            break
        if words is not None and name not in ("class_type", "title"):
            inputs[name] = _unescaped(words)
        elif number is not None:
            inputs[name] = float(number) if "." in number else int(number)
        elif source is not None:
            inputs[name] = [source, int(slot)]
    kind = _CLASS.search(text[:_LONGEST])
    return {"class_type": kind[1] if kind else "", "inputs": inputs}


@cache
def _slow() -> JSONDecoder:
    """For what msgspec does not take, which is rare: loaded when the first one comes."""
    import json

    return json.JSONDecoder(strict=False, parse_int=integer)


def _unescaped(raw: str) -> str:
    """The text of a JSON string that may lack its end."""
    raw = raw[:-1] if len(raw) - len(raw.rstrip("\\")) & 1 else raw
    raw = re.sub(r"\\u[0-9a-fA-F]{0,3}$", "", raw)
    try:
        value: object = _slow().decode(f'"{raw}"')
    except ValueError:
        return raw
    return value if isinstance(value, str) else raw
