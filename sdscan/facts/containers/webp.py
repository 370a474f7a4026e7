"""WebP → blobs. Walks the RIFF chunks, hopping over frames (RFC 9649): EXIF, XMP, C2PA, and the size of the picture."""

from __future__ import annotations

from sdscan.facts.containers.gathered import Gathered, add_exif, add_trailer, add_xmp
from sdscan.facts.source import Source
from sdscan.limits import Limits
from sdscan.patterns import pattern
from sdscan.records import Container

_NAME = pattern(rb"[ -~]{4}")
_ALPHA = 0x10
_FRAME = 40
"""Bytes of a chunk that hold the size of the picture, at most."""


def read_webp(source: Source, limits: Limits, thorough: bool = False) -> Container:
    """The walk; `frames` counts the ANMF chunks."""
    found = Gathered("webp", limits)
    declared = int.from_bytes(source.head[4:8], "little") + 8
    stop = min(source.size, declared + (declared & 1))
    pos, frames = 12, 0
    while pos < stop and found.step(pos):
        header = source.read(pos, 8)
        if len(header) < 8:
            found.cut(f"ends inside a chunk header at byte {source.size:,}", pos)
            break
        kind, length = header[:4], int.from_bytes(header[4:8], "little")
        end = pos + 8 + length
        if not _NAME.fullmatch(kind):
            found.cut(f"is damaged at byte {pos:,}: no RIFF chunk begins there", pos)
            break
        if kind in (b"VP8X", b"VP8 ", b"VP8L"):
            _size(found, kind, source.read(pos + 8, min(length, _FRAME)))
        elif kind == b"ANMF":
            frames += 1
        elif kind == b"ALPH":
            found.has_alpha = True
        elif kind in (b"EXIF", b"XMP ", b"C2PA"):
            _metadata(found, kind, found.body(source, pos + 8, length, kind.decode()), pos)
        if end > source.size:
            found.cut(f"ends inside the {kind.decode().strip()} chunk at byte {source.size:,}", pos)
            break
        pos = _padded(found, source, end)
    else:
        _close(found, source, declared)
    found.frames = max(1, frames)
    return found.container()


def _close(found: Gathered, source: Source, declared: int) -> None:
    if source.size < declared:
        found.cut(f"ends at byte {source.size:,} of {declared:,}", source.size)
    elif source.size > declared + (declared & 1):
        add_trailer(found, source, declared, "RIFF")


def _padded(found: Gathered, source: Source, end: int) -> int:
    """Where the next chunk begins: chunks are padded to even lengths, which some writers forget."""
    if not end & 1:
        return end
    if source.read(end, 1) not in (b"\0", b"") and _NAME.fullmatch(source.read(end, 4)):
        found.problem("bad-padding", f"the chunk that ends at byte {end:,} is not padded", end)
        return end
    return end + 1


def _size(found: Gathered, kind: bytes, body: bytes) -> None:
    """Width, height and alpha out of VP8X (2.7.1.1), the VP8 frame header (RFC 6386, 9.1) or the VP8L header (3.4)."""
    if kind == b"VP8X" and len(body) >= 10:
        found.has_alpha = bool(body[0] & _ALPHA)
        found.width = int.from_bytes(body[4:7], "little") + 1
        found.height = int.from_bytes(body[7:10], "little") + 1
    elif kind == b"VP8L" and len(body) >= 5:
        bits = int.from_bytes(body[1:5], "little")
        found.has_alpha = found.has_alpha or bool(bits >> 28 & 1)
        if not found.width:
            found.width, found.height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 " and len(body) >= 10 and not found.width:
        found.width = int.from_bytes(body[6:8], "little") & 0x3FFF
        found.height = int.from_bytes(body[8:10], "little") & 0x3FFF


def _metadata(found: Gathered, kind: bytes, body: bytes, pos: int) -> None:
    if kind == b"EXIF":
        add_exif(found, "webp:exif", body, pos + 8)
    elif kind == b"XMP ":
        add_xmp(found, "webp:xmp", body, pos, len(body))
    else:
        found.data("webp:c2pa", "c2pa", body, pos, len(body))
