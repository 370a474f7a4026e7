"""JPEG → blobs. Walks the segments up to the pixels (ITU-T T.81, annex B), then looks for the end of the picture in the tail.

EXIF and XMP stand in APP1, C2PA in APP11 (one JUMBF box over many segments), IPTC in APP13, comments in COM.
"""

from __future__ import annotations

import struct

from sdscan.facts.containers.gathered import Gathered, add_exif, add_trailer, add_xmp
from sdscan.facts.encodings import decode_text
from sdscan.facts.exif import iptc_of
from sdscan.facts.source import Source
from sdscan.limits import Limits
from sdscan.patterns import pattern
from sdscan.records import Container

_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_XMP_MORE = b"http://ns.adobe.com/xmp/extension/\0"
_EXIF = b"Exif\0"
_PHOTOSHOP = b"Photoshop 3.0\0"
_SIZES = frozenset((*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)))
"""SOF0 … SOF15: the segments that give the size of the picture."""
_SOS, _EOI, _COM = 0xDA, 0xD9, 0xFE
_ALONE = frozenset((0x01, 0xD8, *range(0xD0, 0xD8)))
_MARKER = pattern(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""What ends entropy-coded data: any marker but a stuffed zero and the restart markers (B.1.1.2)."""
_TAIL = 4096
_SMALL_BLOCK, _BLOCK = 4096, 256 * 1024


class _Parts:
    """Pieces that may be spread over several segments."""

    __slots__ = ("exif", "exif_at", "held", "iptc", "iptc_at", "jumbf", "more", "more_at")

    def __init__(self) -> None:
        self.exif: list[bytearray] = []
        self.exif_at: list[int] = []
        self.iptc = bytearray()
        self.iptc_at = self.more_at = self.held = 0
        self.jumbf: dict[int, list[tuple[int, int, bytes]]] = {}
        """Box instance → (packet number, offset, segment after `JP`)."""
        self.more: dict[bytes, list[tuple[int, bytes]]] = {}
        """Extended XMP: digest → (offset within the whole, part)."""


def read_jpeg(source: Source, limits: Limits, thorough: bool = False) -> Container:
    """`thorough` walks through the pixels as well; else only the tail is searched for the end of the picture."""
    found = Gathered("jpeg", limits)
    parts = _Parts()
    pos, whole = 2, thorough or source.size <= len(source.head)
    while found.step(pos):
        header = source.read(pos, 4)
        if len(header) < 2:
            found.cut("ends without an end-of-image marker", pos)
            break
        if header[0] != 0xFF or header[1] == 0:
            pos = _resync(found, source, pos)
            if not pos:
                break
            continue
        marker = header[1]
        if marker == 0xFF:
            pos += 1
            continue
        if marker == _EOI:
            add_trailer(found, source, pos + 2, "EOI")
            break
        if marker in _ALONE:
            pos += 2
            continue
        length = int.from_bytes(header[2:4], "big")
        if length < 2:
            found.problem("bad-segment", f"the segment at byte {pos:,} gives an impossible length", pos)
            pos += 2
            continue
        end = pos + 2 + length
        if marker in _SIZES:
            _size(found, source.read(pos + 4, min(5, length - 2)))
        elif marker in _SEGMENTS:
            parts.held += length
            if parts.held > limits.blobs_total:
                found.problem("limit-blobs-total", f"metadata beyond {limits.blobs_total:,} bytes is left out", pos)
            else:
                _segment(found, parts, marker, source.read(pos + 4, length - 2), pos)
        if end > source.size:
            found.cut(f"ends inside a segment at byte {source.size:,}", pos)
            break
        pos = end
        if marker == _SOS:
            pos = _after_pixels(found, source, pos, whole)
            if not pos:
                break
    _join(found, parts)
    return found.container()


def _resync(found: Gathered, source: Source, pos: int) -> int:
    """No marker where one must be: go on at the next marker that may begin a segment; 0 if there is none."""
    found.problem("bad-segment", f"no segment begins at byte {pos:,}", pos)
    following = _next_marker(source, pos)
    if not following:
        found.cut(f"is damaged at byte {pos:,}: no JPEG segment follows", pos)
    return following


def _after_pixels(found: Gathered, source: Source, pos: int, whole: bool) -> int:
    """Offset of the next marker behind the entropy-coded data at `pos`; 0 where the walk is over."""
    if not whole:
        start = max(pos, source.size - _TAIL)
        at = source.read(start, _TAIL).rfind(b"\xff\xd9")
        if at >= 0:
            add_trailer(found, source, start + at + 2, "EOI")
            return 0
    following = _next_marker(source, pos)
    if not following:
        found.cut("ends without an end-of-image marker", source.size)
    return following


def _next_marker(source: Source, pos: int) -> int:
    """Offset of the next marker at or after `pos`, read block by block; 0 if there is none."""
    size = _SMALL_BLOCK
    while pos < source.size - 1:
        block = source.read(pos, size)
        size = min(size * 4, _BLOCK)
        match = _MARKER.search(block)
        if match:
            return pos + match.start()
        if len(block) < 2:  # the file has shrunk
            break
        pos += len(block) - 1
    return 0


def _size(found: Gathered, body: bytes) -> None:
    """SOFn: precision, height, width (B.2.2)."""
    if len(body) >= 5:
        found.height, found.width = struct.unpack_from(">HH", body, 1)


def _segment(found: Gathered, parts: _Parts, marker: int, body: bytes, pos: int) -> None:
    """Keep a comment or an APPn segment, or put it beside its other parts."""
    if marker == _COM:
        found.text("jpeg:com", "comment", decode_text(body), pos, len(body))
    elif marker == 0xE1:
        _app1(found, parts, body, pos)
    elif marker == 0xEB and body[:2] == b"JP" and len(body) >= 16:
        instance, packet = struct.unpack_from(">HI", body, 2)
        parts.jumbf.setdefault(instance, []).append((packet, pos, body[8:]))
    elif marker == 0xED and body.startswith(_PHOTOSHOP):
        parts.iptc_at = parts.iptc_at or pos
        parts.iptc += body[len(_PHOTOSHOP) :]


_LONGEST_NAME = 256
"""Bytes of an APP1 segment in which a packet may begin behind a damaged name."""
_SEGMENTS = frozenset((_COM, 0xE1, 0xEB, 0xED))


def _app1(found: Gathered, parts: _Parts, body: bytes, pos: int) -> None:
    """EXIF, XMP or extended XMP. An EXIF segment that does not begin with a TIFF header goes on with the one before it."""
    if body.startswith(_EXIF):
        block = body[6:]
        if parts.exif and block[:2] not in (b"II", b"MM"):
            parts.exif[-1] += block
        else:
            parts.exif.append(bytearray(block))
            parts.exif_at.append(pos + 10)
    elif body.startswith(_XMP):
        add_xmp(found, "jpeg:xmp", body[len(_XMP) :], pos, len(body))
    elif body.startswith(_XMP_MORE) and len(body) >= len(_XMP_MORE) + 40:
        start = len(_XMP_MORE)
        offset = int.from_bytes(body[start + 36 : start + 40], "big")
        parts.more_at = parts.more_at or pos
        parts.more.setdefault(body[start : start + 32], []).append((offset, body[start + 40 :]))
    else:
        _misnamed(found, parts, body, pos)


def _misnamed(found: Gathered, parts: _Parts, body: bytes, pos: int) -> None:
    """An APP1 segment whose name is damaged, but what is in it is plainly EXIF or XMP."""
    if body[6:10] in (b"II*\0", b"MM\0*"):
        parts.exif.append(bytearray(body[6:]))
        parts.exif_at.append(pos + 10)
    else:
        start = max(body.find(mark, 0, _LONGEST_NAME) for mark in (b"<?xpacket", b"<x:xmpmeta"))
        if start < 0:
            return
        add_xmp(found, "jpeg:xmp", body[start:], pos, len(body))
    found.problem("bad-segment", f"the APP1 segment at byte {pos:,} has a damaged name", pos)


def _join(found: Gathered, parts: _Parts) -> None:
    """Put together what came in several segments."""
    for offset, block in zip(parts.exif_at, parts.exif):
        add_exif(found, "jpeg:exif", bytes(block), offset)
    for pieces in parts.more.values():  # XMP specification, part 3, section 1.1.3.1
        packet = b"".join(part for _, part in sorted(pieces))
        add_xmp(found, "jpeg:xmp/extended", packet, parts.more_at, len(packet))
    iptc = iptc_of(bytes(parts.iptc))
    if iptc:
        found.data("jpeg:iptc", "iptc", iptc, parts.iptc_at, len(iptc))
    for segments in parts.jumbf.values():
        box = _jumbf(segments)
        if box[4:8] == b"jumb":
            found.data("jpeg:c2pa", "c2pa", box, segments[0][1], len(box))


def _jumbf(segments: list[tuple[int, int, bytes]]) -> bytes:
    """One JUMBF box out of its APP11 segments: each repeats the box header (ISO/IEC 19566-5, annex D.2)."""
    segments.sort()
    first = segments[0][2]
    header = 16 if first[:4] == b"\0\0\0\1" else 8
    return b"".join((first, *(memoryview(body)[header:] for _, _, body in segments[1:])))  # no second copy of each
