"""Personal data out of texts: enters a text, leaves it without what SD606 found in it. Everything else stays as it was.

A path below a home folder becomes what stands behind its folders (the name of the model stays), an address or a key becomes
`removed`.
"""

from __future__ import annotations

import json
import re

from sdscan.facts.decoders.private import private_data
from sdscan.records import Blob

_PASSES = 100
"""Each pass takes out up to fifty places; a text with more keeps the rest, and the report says so."""
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_WORD = "removed"
_HOMES = frozenset({"users", "home", "documents and settings"})
_NESTED = 4
"""JSON inside JSON strings (ComfyUI's workflow in `extra_pnginfo`) is opened this deep."""


def scrubbed(data: bytes) -> bytes:
    """A text as stored, without personal data; the same bytes where it holds none."""
    for encoding in ("utf-8", "latin-1"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return scrubbed_text(text).encode(encoding)
    raise AssertionError("latin-1 decodes everything")


def scrubbed_text(text: str, depth: int = 0) -> str:
    """The text without personal data. In JSON, string by string, so that what one escape means stays what it means."""
    if not private_data((_blob(text),)):
        return text
    if depth < _NESTED and text.lstrip()[:1] in ("{", "[") and _is_json(text):
        text = _STRING.sub(lambda found: _string(found[0], depth + 1), text)
    for _ in range(_PASSES):
        found = [(kind, what) for kind, _, what in private_data((_blob(text),)) if kind not in ("user-name", "gps")]
        shorter = text
        for kind, what in sorted(found, key=lambda item: -len(item[1])):
            shorter = shorter.replace(what, replacement(kind, what, whole=what == text.strip()))
        if shorter == text:
            break
        text = shorter
    return text


def replacement(kind: str, what: str, *, whole: bool = False) -> str:
    """What stands in place of a piece of personal data; never longer than it.

    `whole`: the path is all of the text, so its last part is the name. Else it may have swallowed words that follow it, for a
    path may hold spaces: only folders without spaces go.
    """
    if kind != "home-path":
        return _WORD[: len(what)]
    parts = re.findall(r"[^\\/]+|[\\/]+", what)
    home = next((i for i, part in enumerate(parts) if part.lower() in _HOMES), 0)
    rest = parts[home + 4 :]  # behind `home`, a separator, the user's name, a separator
    while len(rest) > 2 and (" " not in rest[0] or (whole and not rest[0].endswith(" "))):
        rest = rest[2:]
    return "".join(rest) or "~"


def _string(token: str, depth: int) -> str:
    """One JSON string; written again only where something was taken out."""
    if len(token) < 8:
        return token
    try:
        value = json.loads(token, strict=False)
    except ValueError:
        return token
    plain = scrubbed_text(value, depth)
    return token if plain == value else json.dumps(plain, ensure_ascii=token.isascii())


def _is_json(text: str) -> bool:
    try:
        json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return False
    return True


def _blob(text: str) -> Blob:
    return Blob("", "", text)
