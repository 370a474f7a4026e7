"""Personal data out of an EXIF block, in place: texts keep their length (spaces at the end), a place on earth loses its directory.

Every offset in the block stays right, so nothing else has to be moved (TIFF 6.0, section 2; Exif 2.3, section 4.6).
"""

from __future__ import annotations

import struct

from sdscan.facts.decoders.private import private_data
from sdscan.facts.exif import pieces_of
from sdscan.facts.ifd import BYTES, Entry, read_ifds
from sdscan.facts.source import MemorySource
from sdscan.labelling.scrub import replacement
from sdscan.limits import Limits
from sdscan.records import Blob

_GPS = 0x8825
_ENTRY = 12
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "latin-1")


def scrubbed_exif(block: bytes, limits: Limits) -> bytes:
    """The block (it begins with the TIFF header) without what SD606 finds in it; of the same length."""
    entries, _ = read_ifds(MemorySource(block, limits), limits)
    out = bytearray(block)
    for entry in entries:
        if entry.kind in BYTES and entry.ifd != "GPS":
            value = _scrubbed_value(entry)
            if value != entry.value:
                out[entry.offset : entry.offset + len(value)] = value
    if any(piece.name == "GPS" for piece in pieces_of(entries)):
        _without_place(out, [entry for entry in entries if entry.ifd == "GPS"])
    return bytes(out)


def _scrubbed_value(entry: Entry) -> bytes:
    """One text; what became shorter is filled up with spaces before its closing NULs."""
    found = [piece.text for piece in pieces_of([entry]) if piece.text]
    value = entry.value
    for text in found:
        for _ in range(100):
            private = [(k, t) for k, _, t in private_data((Blob("", "", text),)) if k not in ("user-name", "gps")]
            shorter = value
            for kind, what in sorted(private, key=lambda item: -len(item[1])):
                new = replacement(kind, what, whole=what == text.strip())
                shorter = _replaced(shorter, what, new)
                text = text.replace(what, new)
            if shorter == value or len(shorter) > len(entry.value):
                break
            value = shorter
    return value


def _replaced(value: bytes, what: str, new: str) -> bytes:
    """The value with a text replaced in whichever encoding it stands there, and filled up with spaces."""
    for encoding in _ENCODINGS:
        try:
            old, other, space = what.encode(encoding), new.encode(encoding), " ".encode(encoding)
        except UnicodeEncodeError:
            continue
        body = value.rstrip(b"\0") if len(space) == 1 else value
        shorter = _aligned(body, old, other, len(space))
        if shorter != body:
            return shorter + space * ((len(body) - len(shorter)) // len(space)) + value[len(body) :]
    return value


def _aligned(value: bytes, old: bytes, new: bytes, unit: int) -> bytes:
    """Replace where the text begins at a whole character: in UTF-16 of one order every text of the other stands one byte aside."""
    parts, start = [], 0
    at = value.find(old)
    while at >= 0:
        if at % unit == 0:
            parts += [value[start:at], new]
            start = at + len(old)
        at = value.find(old, max(start, at + 1))
    return b"".join((*parts, value[start:]))


def _without_place(out: bytearray, entries: list[Entry]) -> None:
    """Blank the GPS directory with all its values, and take the tag that points to it out of its directory."""
    order = "<" if out[:2] == b"II" else ">"
    if struct.unpack_from(order + "H", out, 2)[0] != 42:
        return
    for entry in entries:
        out[entry.offset : entry.offset + len(entry.value)] = bytes(len(entry.value))
    start = struct.unpack_from(order + "I", out, 4)[0]
    if start + 2 > len(out):
        return
    count = struct.unpack_from(order + "H", out, start)[0]
    end = start + 2 + count * _ENTRY
    if end + 4 > len(out):
        return
    table = [bytes(out[at : at + _ENTRY]) for at in range(start + 2, end, _ENTRY)]
    kept = [row for row in table if struct.unpack_from(order + "H", row)[0] != _GPS]
    for row in table:
        if row not in kept:
            _blank_directory(out, struct.unpack_from(order + "I", row, 8)[0], order)
    next_ifd = bytes(out[end : end + 4])
    whole = struct.pack(order + "H", len(kept)) + b"".join(kept) + next_ifd
    out[start : end + 4] = whole + bytes(end + 4 - start - len(whole))


def _blank_directory(out: bytearray, at: int, order: str) -> None:
    if at + 2 > len(out) or at < 8:
        return
    size = 2 + struct.unpack_from(order + "H", out, at)[0] * _ENTRY + 4
    stop = min(at + size, len(out))
    out[at:stop] = bytes(stop - at)
