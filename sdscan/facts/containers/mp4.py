"""MP4 and MOV → blobs: `meta` with `keys` and `ilst`, QuickTime's `udta` texts, XMP and C2PA boxes. Sound and film are hopped over.

ComfyUI writes `prompt` and `workflow` as `mdta` keys (ffmpeg's `use_metadata_tags`); without that flag ffmpeg keeps `©cmt` only.
QuickTime File Format, "Metadata" and "User data"; 3GPP TS 26.244, 8.
"""

from __future__ import annotations

from sdscan.facts.containers.boxes import Box, add_uuid, boxes
from sdscan.facts.containers.gathered import Gathered, add_xmp
from sdscan.facts.encodings import decode_text, printable
from sdscan.facts.source import Source
from sdscan.limits import Limits
from sdscan.records import Container

_PARENTS = frozenset((b"moov", b"trak", b"udta"))
_3GPP = frozenset((b"titl", b"dscp", b"cprt", b"perf", b"auth", b"gnre"))
_UTF8, _UTF16, _BINARY = (1, 4), (2, 5), 0
_KEYS = 10_000
"""Names in a `keys` box: real files have ten."""


def read_mp4(source: Source, limits: Limits, thorough: bool = False) -> Container:
    """The walk from the top. A file without moov, moof or meta was cut before its index."""
    found = Gathered("mp4", limits)
    seen = set()
    for box in boxes(found, source, 0, source.size):
        seen.add(box.kind)
        _box(found, source, box, 0)
    if not seen & {b"moov", b"moof", b"meta"}:
        found.cut("holds no index (moov box): the recording was not finished", source.size)
    return found.container()


def _box(found: Gathered, source: Source, box: Box, depth: int) -> None:
    """What one box holds; parents are entered, at most `limits.depth` deep."""
    if box.kind in _PARENTS and depth < found.limits.depth:
        for child in boxes(found, source, box.body, box.end):
            _box(found, source, child, depth + 1)
    elif box.kind == b"meta":
        _meta(found, source, box)
    elif box.kind == b"uuid":
        add_uuid(found, source, box)
    elif box.kind == b"tkhd":
        _track(found, source.read(box.body, min(96, box.end - box.body)))
    elif box.kind == b"XMP_":
        add_xmp(found, "mp4:xmp", _body(found, source, box), box.start, box.end - box.start)
    elif depth and (box.kind[:1] == b"\xa9" or box.kind in _3GPP):
        _user_text(found, box, _body(found, source, box))


def _body(found: Gathered, source: Source, box: Box) -> bytes:
    return found.body(source, box.body, box.end - box.body, f"the {box.kind.decode('latin-1')} box")


def _track(found: Gathered, body: bytes) -> None:
    """tkhd: width and height are 16.16 fixed point, behind the matrix; version 1 has longer times."""
    at = 88 if body[:1] == b"\1" else 76
    found.width = max(found.width, int.from_bytes(body[at : at + 2], "big"))
    found.height = max(found.height, int.from_bytes(body[at + 4 : at + 6], "big"))


def _user_text(found: Gathered, box: Box, body: bytes) -> None:
    """QuickTime: length, language, text, repeated. 3GPP: version, flags, language, text."""
    key = box.kind.decode("latin-1")
    if box.kind in _3GPP:
        _keep_text(found, key, body[6:], box)
        return
    at = 0
    while len(body) - at > 4 and found.step(box.start):
        length = int.from_bytes(body[at : at + 2], "big")
        _keep_text(found, key, body[at + 4 : at + 4 + length], box)
        at += 4 + length


def _keep_text(found: Gathered, key: str, value: bytes, box: Box) -> None:
    text = value[2:].decode("utf-16-be", "replace") if value[:2] == b"\xfe\xff" else decode_text(value)
    if text:
        found.text(f"mp4:udta/{key}", key, text, box.start, box.end - box.start)


def _meta(found: Gathered, source: Source, box: Box) -> None:
    """`meta` is a full box in MP4 and a plain one in QuickTime; which one, its first child tells."""
    start = box.body if source.read(box.body + 4, 4) in (b"hdlr", b"keys", b"ilst") else box.body + 4
    keys: list[str] = []
    for child in boxes(found, source, start, box.end):
        if child.kind == b"keys":
            keys = _keys(_body(found, source, child))
        elif child.kind == b"ilst":
            for item in boxes(found, source, child.body, child.end):
                _item(found, source, item, keys)
        elif child.kind == b"uuid":
            add_uuid(found, source, child)


def _keys(body: bytes) -> list[str]:
    """The names of a `keys` box, in order: version and flags, count, then size, namespace and name of each."""
    keys: list[str] = []
    at = 8
    while len(body) - at >= 8 and len(keys) < _KEYS:
        size = int.from_bytes(body[at : at + 4], "big")
        if size < 8:
            break
        keys.append(decode_text(body[at + 8 : at + size]))
        at += size
    return keys


def _item(found: Gathered, source: Source, item: Box, keys: list[str]) -> None:
    """One item of `ilst`: named by its number in `keys`, by its four letters, or (`----`) by a `name` box."""
    number = int.from_bytes(item.kind, "big")
    named = 1 <= number <= len(keys)
    key = keys[number - 1] if named else item.kind.decode("latin-1")
    for child in boxes(found, source, item.body, item.end):
        if child.kind == b"name" and not named:
            key = decode_text(_body(found, source, child)[4:])
        elif child.kind == b"data":
            text = _value(_body(found, source, child))
            if text is not None:
                locator = f"mp4:{'keys' if named else 'ilst'}/{key}"
                found.text(locator, key, text, child.start, child.end - child.start)


def _value(body: bytes) -> str | None:
    """The text of a `data` box: type (QuickTime, "Well-known types"), locale, value. None for numbers and pictures."""
    kind = int.from_bytes(body[:4], "big")
    if kind in _UTF8:
        return decode_text(body[8:])
    if kind in _UTF16:
        return body[8:].decode("utf-16-be", "replace")
    return printable(body[8:]) if kind == _BINARY else None
