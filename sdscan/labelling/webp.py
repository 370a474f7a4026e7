"""WebP: which chunks can be written anew, and the edits that do so (RFC 9649, sections 2.3 to 2.7).

A simple file (only `VP8 ` or `VP8L`) gets the header of the extended form, which alone may carry metadata.
"""

from __future__ import annotations

from sdscan.facts.source import Source
from sdscan.labelling.edits import Changed, Edit, Layout, Piece
from sdscan.limits import Limits

_XMP_FLAG, _ALPHA_FLAG = 0x04, 0x10
_HEADER = 12
_SIZE_AT = 4


def layout(source: Source, limits: Limits) -> Layout | str:
    """The pieces of a WebP, or a sentence why it is not written to. A new packet goes to the end.

    `head` is the RIFF header with the VP8X chunk, or with the beginning of the picture that tells how to make one.
    """
    head = source.read(0, _HEADER + 8 + 18)
    size = int.from_bytes(head[_SIZE_AT:8], "little") + 8
    if head[:4] != b"RIFF" or head[8:12] != b"WEBP" or size > source.size or len(head) < _HEADER + 8 + 10:
        return "its RIFF header is damaged"
    if head[_HEADER : _HEADER + 4] == b"VP8X":
        if head[_HEADER + 4 : _HEADER + 8] != b"\x0a\0\0\0" or size < _HEADER + 18:
            return "its VP8X header is damaged"
    elif canvas(head) is None:
        return "its first chunk is no picture"
    pieces: list[Piece] = []
    pos = _HEADER
    for _ in range(limits.chunks):
        if pos >= size:
            return Layout(tuple(pieces), pos, head)
        header = source.read(pos, 8)
        kind, length = header[:4], int.from_bytes(header[4:8], "little")
        end = pos + 8 + length
        if len(header) < 8 or end > size or not all(0x20 <= byte < 0x7F for byte in kind):
            return f"it is damaged at byte {pos:,}"
        if length & 1 and end < size and source.read(end, 1) != b"\0":
            return f"the chunk at byte {pos:,} is not padded"
        after = min(end + (length & 1), size)
        if kind in (b"XMP ", b"EXIF") and length <= limits.blob:
            data = source.read(pos + 8, length)
            pieces.append(Piece("xmp" if kind == b"XMP " else "exif", "", data, pos, after, kind))
        pos = after
    return f"it has more than {limits.chunks:,} chunks"


def edits(layout: Layout, changed: Changed, packet: bytes | None) -> list[Edit] | str:
    """The edits that write `changed` pieces anew and add `packet`; RIFF size and VP8X follow."""
    found = [Edit(piece.start, piece.stop, _chunk(piece.form, data)) for piece, data in changed]
    if packet is not None:
        # a last chunk of odd length whose padding was forgotten gets it now, since something follows
        padding = b"\0" if layout.insert & 1 else b""
        found.append(Edit(layout.insert, layout.insert, padding + _chunk(b"XMP ", packet)))
    stop = _HEADER + 18 if layout.head[_HEADER : _HEADER + 4] == b"VP8X" else _HEADER
    vp8x = _vp8x(layout.head, has_packet=packet is not None or layout.packet is not None)
    grown = sum(len(edit.data) - (edit.stop - edit.start) for edit in found) + len(vp8x) - (stop - _HEADER)
    size = int.from_bytes(layout.head[_SIZE_AT:8], "little") + grown
    if size > 0xFFFFFFFF:
        return "it would be longer than a RIFF file can be"
    return [Edit(0, stop, b"RIFF" + size.to_bytes(4, "little") + b"WEBP" + vp8x), *found]


def _vp8x(head: bytes, *, has_packet: bool) -> bytes:
    """The VP8X chunk (2.7.1.1): the one that is there with its XMP flag set, or one made for the simple picture that follows."""
    if head[_HEADER : _HEADER + 4] == b"VP8X":
        flags = head[_HEADER + 8] | (_XMP_FLAG if has_packet else 0)
        return head[_HEADER : _HEADER + 8] + bytes((flags,)) + head[_HEADER + 9 : _HEADER + 18]
    if not has_packet:
        return b""
    found = canvas(head)
    assert found is not None, "the layout is refused where there is no picture"
    width, height, alpha = found
    flags = _XMP_FLAG | (_ALPHA_FLAG if alpha else 0)
    body = bytes((flags, 0, 0, 0)) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return _chunk(b"VP8X", body)


def canvas(head: bytes) -> tuple[int, int, bool] | None:
    """(width, height, alpha) of a simple file: the VP8 frame header (RFC 6386, 9.1) or the VP8L header (RFC 9649, 3.4)."""
    kind, body = head[_HEADER : _HEADER + 4], head[_HEADER + 8 :]
    if kind == b"VP8L" and body[:1] == b"\x2f":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1)
    if kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        width, height = int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
        return (width, height, False) if width and height else None
    return None


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) & 1)
