"""What a decoder hands back, and the few ways in which all of them read JSON from strangers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import msgspec
from msgspec import Struct

from sdscan.facts.text import scalar
from sdscan.limits import Limits
from sdscan.patterns import pattern
from sdscan.records import Blob, Disclosure, Generation, ModelText, Problem

Blobs = dict[str, list[Blob]]
"""The blobs of one container by lower-case key, in order. Keys of one letter case are one key (ffmpeg writes PROMPT)."""


class Found(Struct, frozen=True, gc=False):
    """What one decoder made of a container."""

    generations: tuple[Generation, ...] = ()
    used: tuple[Blob, ...] = ()
    """Blobs that are explained now; the decoders after this one do not see them."""
    texts: tuple[ModelText, ...] = ()
    problems: tuple[Problem, ...] = ()
    disclosure: Disclosure | None = None


NOTHING = Found()
BlobDecoder = Callable[[Blobs, Limits], Found]
"""Takes the blobs that nobody has explained yet."""
JsonDecoder = Callable[[dict[str, object], str, Limits], Found | None]
"""Takes a JSON object and where it stands; None where it is not this writer's."""


def merged(parts: Sequence[Found]) -> Found:
    """All parts as one; of the AI marks the first of each kind."""
    if not parts:
        return NOTHING
    marks = [part.disclosure for part in parts if part.disclosure is not None]
    return Found(
        tuple(g for part in parts for g in part.generations),
        tuple(b for part in parts for b in part.used),
        tuple(t for part in parts for t in part.texts),
        tuple(p for part in parts for p in part.problems),
        first_marks(marks) if marks else None,
    )


def first_marks(marks: Sequence[Disclosure]) -> Disclosure:
    """Of each kind of AI mark the first."""
    return Disclosure(
        next((mark.iptc for mark in marks if mark.iptc), None),
        next((mark.c2pa for mark in marks if mark.c2pa), None),
        next((mark.aigc for mark in marks if mark.aigc), None),
    )


_DECODE = msgspec.json.Decoder().decode
_BAD = ("{", "[", '"')
_TOKEN = pattern(r"\"(?:[^\"\\]|\\.)*+\"|[{}\[\],]|\".*", re.DOTALL)
"""A text, a mark, or a text in which the damage is."""


def read_json(text: str, locator: str, limits: Limits) -> tuple[object, Problem | None]:
    """The value of a JSON text, and the problem where it cannot be read to its end: what stands before the damage is used.

    NaN and Infinity are taken (ComfyUI writes them), lone surrogates too. None where it is no JSON at all.
    """
    problem = too_large(text, locator, limits)
    if problem is not None:
        return None, problem
    try:
        return _DECODE(text), None
    except (ValueError, RecursionError):
        pass
    import json  # late, as in all of this module: what msgspec takes needs no second parser

    try:
        value: object = json.loads(text, strict=False, parse_int=integer)
    except json.JSONDecodeError as error:
        value = _before_damage(text[: error.pos], limits)
        what = "the part before is used" if value is not None else "it is not read"
        return value, Problem("bad-json", f"the JSON at {locator} is damaged at character {error.pos:,}, {what}")
    except (ValueError, RecursionError):
        return None, Problem("bad-json", f"the JSON at {locator} is nested too deep, or holds a number without end")
    return value, None


def too_large(text: str, locator: str, limits: Limits) -> Problem | None:
    """The problem of a JSON text that is too long, or holds too many values, to be parsed."""
    if len(text) > limits.json:
        return Problem("limit-json", f"the JSON at {locator} has {len(text):,} characters and is not read")
    if limits.too_many_values(text):
        return Problem("limit-values", f"the JSON at {locator} has more than {limits.values:,} values and is not read")
    return None


def _before_damage(text: str, limits: Limits) -> object:
    """The value of a JSON text that is cut: everything up to the last whole element; None where there is none.

    EXIF ends at 64 KB, and editors re-save the half of a text.
    """
    end = 0
    opened: list[str] = []
    for match in _TOKEN.finditer(text):
        if not _step(opened, match[0]) or len(opened) > limits.depth:
            break
        if match[0] == ",":
            end = match.start()
        elif match[0] in "}]":
            end = match.end()
    opened = []
    for match in _TOKEN.finditer(text, 0, end):
        _step(opened, match[0])
    value: object = None
    if end:
        import json

        # What stands before the damage was parsed once, so closing it gives a whole text.
        value = json.loads(text[:end] + "".join(reversed(opened)), strict=False, parse_int=integer)
    return value


def _step(opened: list[str], mark: str) -> bool:
    """Keep the brackets that are still to be closed; False where a bracket closes what was never opened."""
    if mark in "{[":
        opened.append("}" if mark == "{" else "]")
    elif mark in "}]":
        return bool(opened) and opened.pop() == mark
    return True


def integer(digits: str) -> int | float:
    """A JSON integer of any length: Python refuses more than 4,300 digits, since reading them takes quadratic time."""
    return int(digits) if len(digits) < 400 else float(digits)


def json_object(text: str | None, locator: str, limits: Limits) -> tuple[dict[str, object] | None, Problem | None]:
    """The JSON object that `text` is; JSON inside a JSON string (twice encoded) is opened once."""
    if text is None or text.lstrip()[:1] not in _BAD:
        return None, None
    value, problem = read_json(text, locator, limits)
    if isinstance(value, str) and value.lstrip()[:1] == "{":
        value, problem = read_json(value, locator, limits)
    return as_dict(value), problem


def as_dict(value: object) -> dict[str, object] | None:
    """The value if it is a JSON object."""
    return value if isinstance(value, dict) else None


def dict_at(data: dict[str, object], key: str) -> dict[str, object]:
    """The object under `key`, also where it stands there as a JSON text; an empty one else."""
    value = data.get(key)
    if isinstance(value, str) and value.lstrip()[:1] == "{":
        import json

        try:
            value = json.loads(value, strict=False)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, dict) else {}


def list_at(data: dict[str, object], key: str) -> list[object]:
    """The list under `key`; an empty one else."""
    value = data.get(key)
    return value if isinstance(value, list) else []


def dicts_at(data: dict[str, object], key: str) -> Iterator[dict[str, object]]:
    """The objects in the list under `key`."""
    for value in list_at(data, key):
        if isinstance(value, dict):
            yield value


def text_at(data: dict[str, object], *keys: str) -> str:
    """The first text that is not empty under one of the keys."""
    for key in keys:
        value = data.get(key)
        if isinstance(value, str) and value.strip():
            return scalar(value)
    return ""


def number(value: object) -> float | None:
    """The number that a value is, or that a text says; None else, also for NaN."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float | str):
        try:
            parsed = float(value)
        except (ValueError, OverflowError):
            return None
        return parsed if parsed == parsed and abs(parsed) != float("inf") else None
    return None


def shown(value: object) -> str:
    """A setting as text: strings as they are, everything else as JSON."""
    if isinstance(value, str):
        return scalar(value)
    import json

    try:
        return scalar(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    except (ValueError, RecursionError):
        return ""


def settings(data: dict[str, object], *without: str) -> dict[str, str]:
    """All plain settings of a JSON object as texts: no nested ones, none that is empty, none named in `without`."""
    return {
        scalar(key): shown(value)
        for key, value in (data.items() if len(data) <= _SETTINGS else islice(data.items(), _SETTINGS))
        if key not in without and value is not None and value != "" and not isinstance(value, dict | list)
    }


_SETTINGS = 20_000
"""Keys looked at: far more than `limits.parameters` keeps, so that the limit is told."""
