"""GIF → blobs: comment extensions and the XMP and C2PA application extensions (GIF89a; XMP specification, part 3, 1.1.2).

Pixel data has no length of its own, so its sub-blocks (at most 255 bytes each) are hopped over one by one.
"""

from __future__ import annotations

from sdscan.facts.containers.gathered import Gathered, add_trailer, add_xmp
from sdscan.facts.encodings import decode_text
from sdscan.facts.source import Source
from sdscan.limits import Limits
from sdscan.records import Container

_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_COMMENT, _APPLICATION = 0xFE, 0xFF
_BLOCK = 16 * 1024
_STEP = 32
"""Sub-blocks that count as one chunk towards `limits.chunks`."""


def read_gif(source: Source, limits: Limits, thorough: bool = False) -> Container:
    """The walk over the blocks to the trailer; `frames` counts the pictures."""
    found = Gathered("gif", limits)
    head, frames = source.read(0, 13), 0
    found.width, found.height = int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")
    pos = 13 + _table(head[10:11])
    while found.step(pos):
        lead = source.read(pos, 14)
        if not lead:
            found.cut("ends without a trailer", pos)
            break
        if lead[0] == _TRAILER:
            add_trailer(found, source, pos + 1, "the trailer")
            break
        if lead[0] == _IMAGE:
            frames += 1
            _, pos = _blocks(found, source, pos + 11 + _table(lead[9:10]), keep=False)
        elif lead[0] == _EXTENSION and len(lead) > 1:
            pos = _extension(found, source, pos, lead)
        elif lead[0] == 0:  # a stray block end, as some encoders leave
            pos += 1
            continue
        else:
            found.cut(f"is damaged at byte {pos:,}: no GIF block begins there", pos)
            break
        if pos < 0:
            break
    found.frames = max(1, frames)
    return found.container()


def _table(flags: bytes) -> int:
    """Bytes of the colour table that the flags announce."""
    return 3 << (flags[0] & 7) + 1 if flags and flags[0] & 0x80 else 0


def _extension(found: Gathered, source: Source, pos: int, lead: bytes) -> int:
    """Keep a comment or application extension; returns where the next block begins, -1 where the file ends before."""
    if lead[1] == _COMMENT:
        data, end = _blocks(found, source, pos + 2)
        found.text("gif:comment", "comment", decode_text(data), pos, len(data))
        return end
    name = lead[3:14]
    if lead[1] != _APPLICATION or name not in (b"XMP DataXMP", b"C2PA_GIF\1\0\0"):
        return _blocks(found, source, pos + 2, keep=False)[1]
    data, end = _blocks(found, source, pos + 14)
    if name[:3] == b"XMP":  # not in sub-blocks: the packet lies as it is, and a ramp of bytes behind it ends the walk
        packet = found.body(source, pos + 14, (source.size if end < 0 else end) - pos - 14, "the XMP extension")
        ramp = packet.rfind(b"\1\xff\xfe")
        packet = packet[:ramp] if ramp >= 0 else packet
        add_xmp(found, "gif:xmp", packet, pos, len(packet))
    else:
        found.data("gif:c2pa", "c2pa", data, pos, len(data))
    return end


def _blocks(found: Gathered, source: Source, pos: int, keep: bool = True) -> tuple[bytes, int]:
    """The joined sub-blocks at `pos` (at most `limits.blob` bytes) and where they end; -1 where the file ends before."""
    out, count, start = bytearray(), 0, pos
    data, base = source.read(pos, _BLOCK), pos
    while True:
        at = pos - base
        if at >= len(data) or at + data[at] >= len(data):
            data, base, at = source.read(pos, _BLOCK), pos, 0
            if not data or data[0] >= len(data):
                found.cut(f"ends inside a block at byte {source.size:,}", start)
                return bytes(out), -1
        length = data[at]
        pos += length + 1
        if not length:
            return bytes(out), pos
        if keep:
            out += data[at + 1 : at + 1 + length]
            if len(out) > found.limits.blob:
                found.problem("limit-blob", f"the extension at byte {start:,} is larger than is read", start)
                keep = False
        count += 1
        if not count % _STEP and not found.step(pos):
            return bytes(out), -1
