"""JPEG XL → blobs (ISO/IEC 18181-2): boxes `Exif`, `xml `, `jumb` (C2PA), each also as `brob`, compressed with brotli.

A bare codestream (`FF 0A`) has no place for metadata. Brotli is the optional extra `sdscan[brotli]`.
"""

from __future__ import annotations

from sdscan.facts.containers.boxes import Box, add_uuid, boxes
from sdscan.facts.containers.gathered import Gathered, add_exif, add_xmp
from sdscan.facts.source import Source
from sdscan.limits import Limits
from sdscan.records import Container

_METADATA = frozenset((b"Exif", b"xml ", b"jumb"))
_CODE = frozenset((b"jxlc", b"jxlp"))


def read_jxl(source: Source, limits: Limits, thorough: bool = False) -> Container:
    """The walk over the boxes; nothing but the size for a bare codestream."""
    found = Gathered("jxl", limits)
    if source.head[:2] == b"\xff\x0a":
        _size(found, source.head[2:16])
        return found.container()
    sized = False
    for box in boxes(found, source, 0, source.size):
        if box.kind in _CODE and not sized:
            start = box.body + (4 if box.kind == b"jxlp" else 0)
            _size(found, source.read(start + 2, 14))
            sized = True
        elif box.kind == b"brob":
            body = found.body(source, box.body, box.end - box.body, "the brob box")
            if body[:4] in _METADATA:
                _metadata(found, body[:4], _unpacked(found, body[4:], box), box, packed=True)
        elif box.kind in _METADATA:
            _metadata(found, box.kind, found.body(source, box.body, box.end - box.body, "the metadata box"), box)
        elif box.kind == b"uuid":
            add_uuid(found, source, box)
    if not sized:
        found.cut("holds no picture (jxlc or jxlp box)", source.size)
    return found.container()


def _metadata(found: Gathered, kind: bytes, body: bytes, box: Box, packed: bool = False) -> None:
    """`offset` of a compressed piece is that of its box."""
    if not body:
        return
    if kind == b"Exif":
        skip = 4 + int.from_bytes(body[:4], "big")
        if body[skip : skip + 2] not in (b"II", b"MM"):  # pillow-jxl writes no offset
            skip = 0
        add_exif(found, "jxl:exif", body[skip:], box.start if packed else box.body + skip)
    elif kind == b"xml ":
        add_xmp(found, "jxl:xmp", body, box.start, box.end - box.start)
    else:
        header = (len(body) + 8).to_bytes(4, "big") + b"jumb"
        found.data("jxl:c2pa", "c2pa", header + body, box.start, box.end - box.start)


def _unpacked(found: Gathered, data: bytes, box: Box) -> bytes:
    """The content of a `brob` box, at most `limits.inflated` bytes."""
    try:
        import brotli
    except ImportError:
        found.problem(
            "no-brotli", "metadata is compressed with brotli: pip install 'sdscan[brotli]' to read it", box.start
        )
        return b""
    room = found.room()
    stream, out = brotli.Decompressor(), b""
    try:
        out = bytes(stream.process(data, output_buffer_limit=room))[:room] if room else b""
        complete = bool(stream.is_finished())
    except TypeError:
        found.problem("no-brotli", "the installed brotli is too old to be safe: 1.2 or later is needed", box.start)
        return b""
    except brotli.error:
        complete = False
    found.unpacked += len(out)
    if not complete:
        code = "limit-inflated" if len(out) >= room else "bad-brotli"
        found.problem(code, f"the brob box at byte {box.start:,} cannot be unpacked to its end", box.start)
    return out


def _size(found: Gathered, data: bytes) -> None:
    """SizeHeader of the codestream (ISO/IEC 18181-1, D.2): bits from the lowest up."""
    bits, at = int.from_bytes(data, "little"), 0

    def take(count: int) -> int:
        nonlocal at
        at += count
        return bits >> at - count & (1 << count) - 1

    def side(small: bool) -> int:
        return (take(5) + 1) * 8 if small else take((9, 13, 18, 30)[take(2)]) + 1

    small = bool(take(1))
    height = side(small)
    ratio = take(3)
    if ratio:
        top, low = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))[ratio - 1]
        width = height * top // low
    else:
        width = side(small)
    found.width, found.height = width, height
