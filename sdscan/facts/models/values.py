"""Untyped metadata values → narrowed ones. Enters what JSON held, leaves text, numbers, tables and lists that can be relied on.

Trainers write every value as a string, A1111's UI copy and Civitai's database hold the same keys parsed, hand-made files hold
ints, null and dicts: each reader here takes either form. `None`, `null`, `{}` and the empty string all mean that nothing is said.
"""

from __future__ import annotations

import html
import json

import msgspec

from sdscan.facts.text import scalar
from sdscan.limits import Limits
from sdscan.patterns import pattern

_NOTHING = frozenset({"", "none", "null", "{}", "[]", "undefined", "nan", "n/a", "unknown"})
_TAG = pattern(r"<[A-Za-z/!][^<>]{0,2000}>")
_BREAK = pattern(r"(?i)<(?:br|/p|/li|/h[1-6]|/div)[^<>]{0,200}>")
_SPACE = pattern(r"[ \t\r\f\v]+")
SHORT = 500
"""Characters of a title, name or tag that are kept: real ones have fewer than 200."""


def said(value: object, longest: int = SHORT) -> str | None:
    """The text of a value, None where it says nothing. Lone surrogates become U+FFFD."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value) if value == value else None
    if not isinstance(value, str):
        return None
    text = scalar(value[: longest + 1].strip())[:longest]
    return None if text.casefold() in _NOTHING else text


def opened(value: object, limits: Limits) -> object:
    """A value that may be JSON in a string, parsed; the value itself otherwise, None where it is no JSON or nests too deeply.

    msgspec is three times as fast and strict; `json` takes NaN, control characters and lone surrogates.
    """
    if not isinstance(value, str):
        return value
    text = value.strip()
    if not text or len(text) > limits.json or limits.too_many_values(text):
        return None
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        pass
    try:
        result: object = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    return result


def table(value: object) -> dict[str, object]:
    """A JSON object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """A JSON list, or an empty one for anything else."""
    return value if isinstance(value, list) else []


def number(value: object) -> float | None:
    """A finite number, also where it stands in a string."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        try:
            value = float(value[:40])
        except ValueError:
            return None
    if isinstance(value, (int, float)) and -1e15 < value < 1e15:
        return float(value)
    return None


def count(value: object) -> int | None:
    """A number of things: not negative, also where it stands in a string."""
    found = number(value)
    return int(found) if found is not None and found >= 0 else None


def flag(value: object) -> bool | None:
    """True or False, also as 0, 1 or a word; None for anything else."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().casefold() if isinstance(value, (int, str)) else ""
    return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(word)


def words(value: object, limits: Limits) -> list[str]:
    """A list of texts: a JSON list, such a list in a string, or one text. What says nothing is left out."""
    if isinstance(value, str) and value.lstrip()[:1] == "[":
        value = opened(value, limits) or value
    found = items(value) or [value]
    return [text for each in found[: limits.tags] if (text := said(each, 4 * SHORT)) is not None]


def plain(value: object, limits: Limits) -> str | None:
    """A description without its HTML (Civitai's are HTML), whitespace runs as one space."""
    text = said(value, limits.prompt)
    if text is None:
        return None
    if "<" in text:
        text = _TAG.sub(" ", _BREAK.sub("\n", text))
    if "&" in text:
        text = html.unescape(text)
    return said(_SPACE.sub(" ", text), limits.prompt)


def base_name(path: str) -> str:
    """The last part of a path of either kind of system: absolute paths name people, the last part names the subject."""
    return path.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
