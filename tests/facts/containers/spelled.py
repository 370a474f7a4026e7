"""Containers spelled out byte by byte from their specifications, for the tests of the walkers. Nothing here reads sdscan."""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Sequence

# ---- PNG ---------------------------------------------------------------------------------------------------


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def ihdr(width: int = 4, height: int = 4, color: int = 2, depth: int = 8, lace: int = 0) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, lace))


def text_chunk(key: bytes, value: bytes) -> bytes:
    return chunk(b"tEXt", key + b"\0" + value)


def ztxt_chunk(key: bytes, value: bytes) -> bytes:
    return chunk(b"zTXt", key + b"\0\0" + zlib.compress(value))


def itxt_chunk(key: bytes, value: bytes, packed: bool = False) -> bytes:
    body = zlib.compress(value) if packed else value
    return chunk(b"iTXt", key + b"\0" + (b"\1" if packed else b"\0") + b"\0en\0key\0" + body)


IDAT = chunk(b"IDAT", zlib.compress((b"\0" + bytes(12)) * 4))
IEND = chunk(b"IEND", b"")
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png(
    *chunks: bytes, header: bytes | None = None, pixels: bytes = IDAT, after: Sequence[bytes] = (), end: bytes = IEND
) -> bytes:
    return SIGNATURE + (ihdr() if header is None else header) + b"".join(chunks) + pixels + b"".join(after) + end


# ---- pixels with something in their lowest bits -------------------------------------------------------------


def hidden_bits(signature: bytes, text: bytes, packed: bool) -> list[int]:
    """Signature, length in bits (32, big-endian), payload: from the highest bit of each byte."""
    payload = gzip.compress(text, mtime=0) if packed else text
    data = signature + struct.pack(">I", len(payload) * 8) + payload
    return [byte >> bit & 1 for byte in data for bit in range(7, -1, -1)]


def pixels_with(bits: list[int], width: int, height: int, mode: str, channels: int = 4) -> list[list[bytearray]]:
    """Rows of pixels; bits run down the columns, one a pixel in alpha, three in R, G, B."""
    rows = [[bytearray((7 * x & 254, 5 * y & 254, 40, 254)[:channels]) for x in range(width)] for y in range(height)]
    if channels == 2:
        rows = [[bytearray((40, 254)) for _ in range(width)] for _ in range(height)]
    places = [-1] if mode == "alpha" else [0, 1, 2]
    stream = iter(bits)
    for x in range(width):
        for y in range(height):
            for place in places:
                rows[y][x][place] |= next(stream, 0)
    return rows


def filtered(rows: list[list[bytearray]], kinds: Sequence[int] = (0,)) -> bytes:
    """Rows filtered with the kinds given, in turn (PNG 1.2, section 9)."""
    out = bytearray()
    above = bytes(sum(map(len, rows[0])))
    for number, row in enumerate(rows):
        size, raw, kind = len(row[0]), b"".join(row), kinds[number % len(kinds)]
        out.append(kind)
        for at, value in enumerate(raw):
            left = raw[at - size] if at >= size else 0
            corner = above[at - size] if at >= size else 0
            out.append((value - _predicted(kind, left, above[at], corner)) & 255)
        above = raw
    return bytes(out)


def _predicted(kind: int, left: int, up: int, corner: int) -> int:
    if kind == 4:
        guess = left + up - corner
        return min((left, up, corner), key=lambda value: abs(guess - value))
    return (0, left, up, (left + up) // 2)[kind]


def adam7(rows: list[list[bytearray]]) -> bytes:
    """The seven passes of an interlaced PNG (section 8.2), unfiltered."""
    out = b""
    for x, y, right, down in (
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ):
        part = [row[x::right] for row in rows[y::down]]
        if part and part[0]:
            out += b"".join(b"\0" + b"".join(row) for row in part)
    return out


# ---- TIFF and EXIF -----------------------------------------------------------------------------------------

ASCII, SHORT, LONG, RATIONAL, UNDEFINED, BYTE = 2, 3, 4, 5, 7, 1
_SIZE = {ASCII: 1, BYTE: 1, UNDEFINED: 1, SHORT: 2, LONG: 4, RATIONAL: 8}
Tag = tuple[int, int, bytes]
"""(number, type, value as stored)"""


def tiff(
    tags: Sequence[Tag] = (),
    exif: Sequence[Tag] = (),
    gps: Sequence[Tag] = (),
    order: str = "<",
    next_ifd: Sequence[Tag] = (),
) -> bytes:
    """A classic TIFF: header, IFD0, its values, then the Exif and GPS directories and IFD1."""
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    links = [(number, part) for number, part in ((0x8769, exif), (0x8825, gps)) if part]
    entries = sorted([*tags, *((number, LONG, bytes(4)) for number, _ in links)])
    sizes = len(_ifd(entries, 8, order, 0))
    offsets, at, parts = {}, 8 + sizes, b""
    for number, part in links:
        offsets[number] = at
        parts += _ifd(sorted(part), at, order, 0)
        at = 8 + sizes + len(parts)
    entries = [(n, t, struct.pack(order + "I", offsets[n])) if n in offsets else (n, t, v) for n, t, v in entries]
    following = at if next_ifd else 0
    return (
        head + _ifd(entries, 8, order, following) + parts + (_ifd(sorted(next_ifd), at, order, 0) if next_ifd else b"")
    )


def _ifd(entries: Sequence[Tag], at: int, order: str, following: int) -> bytes:
    table, values = struct.pack(order + "H", len(entries)), b""
    start = at + 2 + 12 * len(entries) + 4
    for number, kind, value in entries:
        inline = value.ljust(4, b"\0")
        if len(value) > 4:
            inline = struct.pack(order + "I", start + len(values))
            values += value + b"\0" * (len(value) & 1)
        table += struct.pack(order + "HHI", number, kind, len(value) // _SIZE[kind]) + inline
    return table + struct.pack(order + "I", following) + values


def big_tiff(tags: Sequence[Tag]) -> bytes:
    """BigTIFF: version 43, offsets of eight bytes, entries of twenty."""
    out = b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, len(tags))
    start, values = 16 + 8 + 20 * len(tags) + 8, b""
    for number, kind, value in tags:
        inline = value.ljust(8, b"\0")
        if len(value) > 8:
            inline = struct.pack("<Q", start + len(values))
            values += value
        out += struct.pack("<HHQ", number, kind, len(value) // _SIZE[kind]) + inline
    return out + bytes(8) + values


def user_comment(text: str) -> bytes:
    """As piexif writes it: always big-endian, without a mark."""
    return b"UNICODE\0" + text.encode("utf-16-be")


# ---- JPEG --------------------------------------------------------------------------------------------------


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


SOF = segment(0xC0, struct.pack(">BHHB", 8, 48, 64, 1) + b"\1\x11\0")
SCAN = segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x12\x34\xff\0\x56\xff\xd0\x78"
EOI = b"\xff\xd9"
XMP_START = b"http://ns.adobe.com/xap/1.0/\0"


def jpeg(*segments: bytes, end: bytes = SCAN + EOI) -> bytes:
    return b"\xff\xd8" + b"".join(segments) + SOF + end


# ---- RIFF, ISO boxes, EBML, GIF, Ogg, ID3 --------------------------------------------------------------------


def riff_chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) & 1)


def webp(*chunks: bytes) -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def vp8x(flags: int = 0, width: int = 64, height: int = 48) -> bytes:
    return riff_chunk(
        b"VP8X", bytes((flags, 0, 0, 0)) + struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    )


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + kind + body


def full_box(kind: bytes, *parts: bytes, version: int = 0) -> bytes:
    return box(kind, bytes((version, 0, 0, 0)), *parts)


def ebml(number: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return number.to_bytes((number.bit_length() + 7) // 8, "big") + struct.pack(">Q", len(body) | 1 << 56) + body


def sub_blocks(data: bytes, size: int = 255) -> bytes:
    return (
        b"".join(bytes((len(data[at : at + size]),)) + data[at : at + size] for at in range(0, len(data), size)) + b"\0"
    )


GIF_IMAGE = b"\x2c\0\0\0\0\x40\0\x30\0\0\x02" + sub_blocks(b"\x84\x51")


def gif(*blocks: bytes, flags: int = 0, table: bytes = b"", end: bytes = b"\x3b") -> bytes:
    return b"GIF89a" + struct.pack("<HHBBB", 64, 48, flags, 0, 0) + table + b"".join(blocks) + end


def vorbis_comments(*comments: bytes, vendor: bytes = b"ComfyUI") -> bytes:
    parts = [struct.pack("<I", len(vendor)) + vendor, struct.pack("<I", len(comments))]
    return b"".join((*parts, *(struct.pack("<I", len(comment)) + comment for comment in comments)))


def flac_block(kind: int, body: bytes, last: bool = False) -> bytes:
    return bytes((kind | (0x80 if last else 0),)) + struct.pack(">I", len(body))[1:] + body


STREAMINFO = flac_block(0, bytes(34))


def ogg_page(body: bytes, *, flags: int = 0, serial: int = 1, number: int = 0, ended: bool = True) -> bytes:
    whole, rest = divmod(len(body), 255)
    lengths = b"\xff" * whole + (bytes((rest,)) if ended else b"")
    return (
        b"OggS\0"
        + bytes((flags,))
        + bytes(8)
        + struct.pack("<III", serial, number, 0)
        + bytes((len(lengths),))
        + lengths
        + body
    )


def synchsafe(value: int) -> bytes:
    return bytes(value >> shift & 0x7F for shift in (21, 14, 7, 0))


def id3(*frames: bytes, version: int = 4, flags: int = 0, extended: bytes = b"") -> bytes:
    body = extended + b"".join(frames) + bytes(16)
    return b"ID3" + bytes((version, 0, flags)) + synchsafe(len(body)) + body


def id3_frame(name: bytes, body: bytes, version: int = 4, flags: int = 0) -> bytes:
    if version == 2:
        return name + struct.pack(">I", len(body))[1:] + body
    size = synchsafe(len(body)) if version == 4 else struct.pack(">I", len(body))
    return name + size + bytes((0, flags)) + body


XMP = b'<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"/>'
JUMBF = struct.pack(">I", 8 + 30) + b"jumb" + bytes(30)
