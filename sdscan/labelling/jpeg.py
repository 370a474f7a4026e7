"""JPEG: which segments can be written anew, and the edits that do so (ITU-T T.81, annex B; XMP part 3, 1.1.3)."""

from __future__ import annotations

import re

from sdscan.facts.source import Source
from sdscan.labelling.edits import Changed, Edit, Layout, Piece
from sdscan.limits import Limits

_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_EXIF = b"Exif\0\0"
_MPF = b"MPF\0"
_MOST = 0xFFFF - 2
"""Bytes in one segment."""
_PADDING = re.compile(rb"[ \t\r\n]{8,}(?=<\?xpacket end)")
_SOS, _EOI, _APP0, _APP1, _APP2, _COM = 0xDA, 0xD9, 0xE0, 0xE1, 0xE2, 0xFE


def layout(source: Source, limits: Limits) -> Layout | str:
    """The pieces before the pixels, or a sentence why it is not written to. A new packet goes behind JFIF and EXIF."""
    if source.read(0, 2) != b"\xff\xd8":
        return "it does not begin as a JPEG does"
    pieces: list[Piece] = []
    pos = insert = 2
    leading = True
    for _ in range(limits.chunks):
        header = source.read(pos, 4)
        if len(header) < 4 or header[0] != 0xFF:
            return f"it is damaged at byte {pos:,}"
        marker, length = header[1], int.from_bytes(header[2:4], "big")
        if marker == 0xFF:
            pos += 1
            continue
        end = pos + 2 + length
        if marker in (_SOS, _EOI):
            return Layout(tuple(pieces), insert)
        if length < 2 or end > source.size:
            return f"it is damaged at byte {pos:,}"
        body = source.read(pos + 4, length - 2) if marker in (_APP1, _APP2, _COM) else b""
        if marker == _APP2 and body.startswith(_MPF):
            return "it holds several pictures, whose table of places would no longer fit"
        is_first = marker == _APP0 or (marker == _APP1 and body.startswith(b"Exif"))
        if leading and is_first:
            insert = end
        leading = leading and is_first
        piece = _piece(marker, body, pos, end)
        if piece is not None:
            pieces.append(piece)
        pos = end
    return f"it has more than {limits.chunks:,} segments"


def edits(layout: Layout, changed: Changed, packet: bytes | None) -> list[Edit] | str:
    """The edits that write `changed` pieces anew and add `packet`; a sentence where a segment cannot hold it."""
    found = []
    for piece, data in changed:
        segment = _segment(piece.form[0], piece.form[1:] + _fitting(piece, data))
        if segment is None:
            return "its XMP packet would be longer than a JPEG segment holds"
        found.append(Edit(piece.start, piece.stop, segment))
    if packet is not None:
        segment = _segment(_APP1, _XMP + packet)
        if segment is None:
            return "the XMP packet would be longer than a JPEG segment holds"
        found.append(Edit(layout.insert, layout.insert, segment))
    return found


def _piece(marker: int, body: bytes, start: int, stop: int) -> Piece | None:
    """`form` is the marker, then everything before the payload."""
    if marker == _COM:
        return Piece("text", "comment", body, start, stop, bytes((marker,)))
    if marker == _APP1 and body.startswith(_XMP):
        return Piece("xmp", "", body[len(_XMP) :], start, stop, bytes((marker,)) + _XMP)
    if marker == _APP1 and body.startswith(_EXIF) and body[6:8] in (b"II", b"MM"):
        return Piece("exif", "", body[6:], start, stop, bytes((marker,)) + _EXIF)
    return None


def _fitting(piece: Piece, data: bytes) -> bytes:
    """A packet that has outgrown its segment gives up its padding, which is there for that (XMP part 1, 7.3.3)."""
    if piece.kind == "xmp" and len(_XMP) + len(data) > _MOST:
        return _PADDING.sub(b"\n", data)
    return data


def _segment(marker: int, body: bytes) -> bytes | None:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body if len(body) <= _MOST else None
