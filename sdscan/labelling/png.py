"""PNG: which chunks can be written anew, and the edits that do so (PNG 1.2 sections 3.2, 4.2.3; XMP part 3, 1.1.5)."""

from __future__ import annotations

import zlib

from sdscan.facts.containers.sniffing import PNG_SIGNATURE
from sdscan.facts.encodings import inflate
from sdscan.facts.source import Source
from sdscan.labelling.edits import Changed, Edit, Layout, Piece
from sdscan.limits import Limits

_XMP = b"XML:com.adobe.xmp"
_TEXTS = frozenset((b"tEXt", b"zTXt", b"iTXt", b"comf"))


def layout(source: Source, limits: Limits) -> Layout | str:
    """The pieces of a PNG, or a sentence why it is not written to. A new packet goes before the first pixel data."""
    if source.read(0, 8) != PNG_SIGNATURE:
        return "its PNG signature is damaged"
    pieces: list[Piece] = []
    pos, insert = 8, 0
    for _ in range(limits.chunks):
        header = source.read(pos, 8)
        length, kind = int.from_bytes(header[:4], "big"), header[4:8]
        end = pos + length + 12
        if len(header) < 8 or not kind.isalpha() or end > source.size:
            return f"it is damaged at byte {pos:,}"
        if kind in (b"IDAT", b"IEND") and not insert:
            insert = pos
        if kind == b"IEND":
            return Layout(tuple(pieces), insert)
        if length <= limits.blob and (kind in _TEXTS or kind == b"eXIf"):
            piece = _piece(kind, source.read(pos + 8, length), pos, end, limits)
            if piece is not None:
                pieces.append(piece)
        pos = end
    return f"it has more than {limits.chunks:,} chunks"


def edits(layout: Layout, changed: Changed, packet: bytes | None) -> list[Edit] | str:
    """The edits that write `changed` pieces anew and add `packet` where there is none yet."""
    found = [Edit(piece.start, piece.stop, _again(piece, data)) for piece, data in changed]
    if packet is not None:
        found.append(Edit(layout.insert, layout.insert, _chunk(b"iTXt", _XMP + b"\0\0\0\0\0" + packet)))
    return found


def _piece(kind: bytes, body: bytes, start: int, stop: int, limits: Limits) -> Piece | None:
    """`form` is the chunk's name, then everything before the text."""
    if kind == b"eXIf":
        return Piece("exif", "", body, start, stop, kind)
    key, separator, rest = body.partition(b"\0")
    if not separator:
        return None
    prefix = key + b"\0"
    if kind == b"zTXt":
        prefix, rest = prefix + rest[:1], rest[1:]
    elif kind == b"iTXt":
        parts = rest[2:].split(b"\0", 2)
        if len(parts) < 3:
            return None
        prefix, rest = prefix + rest[:2] + parts[0] + b"\0" + parts[1] + b"\0", parts[2]
    if _is_packed(kind, prefix):
        rest, trouble = inflate(rest, limits.inflated)
        if trouble is not None:
            return None
    is_packet = kind == b"iTXt" and key == _XMP
    return Piece("xmp" if is_packet else "text", key.decode("latin-1"), rest, start, stop, kind + prefix)


def _again(piece: Piece, data: bytes) -> bytes:
    kind, prefix = piece.form[:4], piece.form[4:]
    return _chunk(kind, prefix + (zlib.compress(data, 9) if _is_packed(kind, prefix) else data))


def _is_packed(kind: bytes, prefix: bytes) -> bool:
    return kind == b"zTXt" or (kind == b"iTXt" and prefix.partition(b"\0")[2][:1] == b"\1")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")
