"""Generation data hidden in the lowest bits of the pixels ("stealth PNG info"). Enters a Source and its Container, leaves blobs.

Written by NovelAI (always), Forge (by default since February 2025), reForge, SwarmUI and a ComfyUI node; it survives the removal of
all text chunks. Bits run down the columns: one bit a pixel in alpha, three in RGB. 15 characters of signature, 32 bits for the length
in bits, then UTF-8, plain or gzip.

A PNG is tested by its first column, which is un-filtered without its neighbours from a few inflated rows; Pillow decodes the picture
only on a hit. WebP cannot be read in part, so one with an alpha channel is decoded; a PNG without alpha and with text is left alone
unless the scan is thorough.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from sdscan.facts.encodings import GZIP, decode_text, inflate
from sdscan.facts.source import Source
from sdscan.limits import DEFAULT_LIMITS, Limits
from sdscan.records import Blob, Container, Problem

if TYPE_CHECKING:
    from PIL.Image import Image

Mode = Literal["alpha", "rgb"]
_SIGNATURES: dict[Mode, tuple[bytes, bytes]] = {
    "alpha": (b"stealth_pnginfo", b"stealth_pngcomp"),
    "rgb": (b"stealth_rgbinfo", b"stealth_rgbcomp"),
}
_BITS: dict[Mode, int] = {"alpha": 1, "rgb": 3}
"""Bits that one pixel holds."""
_COMMON = 11 * 8
"""Bits of the signature before plain and gzip differ (`stealth_png`)."""
_HEADER = 15 * 8 + 32
_EXPECTED: dict[Mode, bytes] = {
    mode: b"".join(b"%d" % (byte >> bit & 1) for byte in names[0][:11] for bit in range(7, -1, -1))
    for mode, names in _SIGNATURES.items()
}
"""These bits as digits."""
_LOWEST = bytes(48 + (value & 1) for value in range(256))
"""Byte → the digit of its lowest bit."""
_WIDEST = 65_536
"""Pixels of a row that is tested: no encoder of these tools writes more."""
_MOST_CHUNKS = DEFAULT_LIMITS.chunks
_REFUSALS = (OSError, ValueError, SyntaxError, EOFError, MemoryError, OverflowError, RuntimeError, struct.error)
"""What Pillow raises on damaged pictures."""
_PIECE = 8192
_ADAM7 = 8
"""Rows and columns between the pixels of the first pass of an interlaced PNG."""


class _Header(Struct, frozen=True):
    """What IHDR says (PNG 1.2, 11.2.2)."""

    width: int
    height: int
    depth: int
    color: int
    interlaced: bool


def hidden_copies(
    source: Source, container: Container, limits: Limits, *, thorough: bool = False
) -> tuple[tuple[Blob, ...], tuple[Problem, ...]]:
    """The hidden texts of a PNG or still WebP, and what went wrong on a hit."""
    if container.format == "png":
        modes = _png_modes(source, container, thorough)
    elif container.format == "webp" and container.frames == 1 and (container.has_alpha or thorough):
        modes = ("alpha", "rgb") if container.has_alpha else ("rgb",)
    else:
        return (), ()
    if not modes:
        return (), ()
    pixels = container.width * container.height
    if pixels > limits.pixels or source.size > limits.pixels:
        return (), (Problem("limit-pixels", f"{pixels:,} pixels are too many to look for a hidden copy"),)
    picture = _decoded(source, container)
    if picture is None:
        return (), (Problem("hidden-unreadable", "the pixels cannot be decoded, so a hidden copy cannot be ruled out"),)
    blobs: list[Blob] = []
    problems: list[Problem] = []
    for mode in modes:
        _read(picture, mode, container.format, limits, blobs, problems)
    return tuple(blobs), tuple(problems)


# ---- the cheap test ----------------------------------------------------------------------------------------


def _png_modes(source: Source, container: Container, thorough: bool) -> tuple[Mode, ...]:
    """The modes that the first column of a PNG does not rule out."""
    at = source.head.find(b"IHDR", 0, 64)
    if at < 0 or len(source.head) < at + 17:
        return ()
    width, height, depth, color, _, _, lace = struct.unpack_from(">IIBBBBB", source.head, at + 4)
    header = _Header(width, height, depth, color, bool(lace))
    if not 0 < width <= _WIDEST or not height:
        return ()
    if depth != 8 or color not in (2, 4, 6):  # a palette has few colours; 16 bits no writer knows
        return ("alpha",) if thorough and depth == 8 and container.has_alpha else ()
    modes: list[Mode] = ["alpha"] if color in (4, 6) else []
    if color != 4 and (thorough or container.has_alpha or not container.blobs):
        modes.append("rgb")
    return _not_ruled_out(source, header, modes)


def _not_ruled_out(source: Source, header: _Header, modes: list[Mode]) -> tuple[Mode, ...]:
    """The modes whose signature may begin in the first column, row by row until none is left."""
    step = _ADAM7 if header.interlaced else 1
    size = {2: 3, 4: 2, 6: 4}[header.color]
    wanted = {mode: _EXPECTED[mode] for mode in modes}
    for number, pixel in enumerate(_first_column(source, size, -(-header.width // step), header.height)):
        row = number * step
        for mode in tuple(wanted):
            count = _BITS[mode]
            expected = wanted[mode][row * count : (row + 1) * count]
            digits = pixel[-1:] if mode == "alpha" else pixel[:3]
            if not digits.translate(_LOWEST).startswith(expected):
                del wanted[mode]
        if not wanted or row >= _COMMON:
            break
    return tuple(wanted)


def _first_column(source: Source, size: int, width: int, height: int) -> Iterator[bytes]:
    """The pixels of column 0, `size` bytes each, from the top (filters of PNG 1.2, 9.2: to the left there is nothing)."""
    above = bytes(size)
    for number, row in enumerate(_rows(source, 1 + width * size)):
        raw, kind = row[1 : 1 + size], row[0]
        if kind in (2, 4):  # Up; Paeth, whose left and upper left neighbours are 0, so it predicts the one above
            raw = bytes((a + b) & 255 for a, b in zip(raw, above))
        elif kind == 3:
            raw = bytes((a + (b >> 1)) & 255 for a, b in zip(raw, above))
        yield raw
        above = raw
        if number + 1 >= height:
            return


def _rows(source: Source, length: int) -> Iterator[bytes]:
    """Filtered rows, inflated one at a time; ends where the data is damaged or over."""
    stream = zlib.decompressobj()
    row = b""
    for piece in _pixel_data(source, _PIECE):
        part = b"more"
        while piece or part:  # zlib may hold output back when it has taken all of its input
            try:
                part = stream.decompress(piece, length - len(row))
            except zlib.error:
                return
            piece = stream.unconsumed_tail
            row += part
            if len(row) == length:
                yield row
                row = b""


def _pixel_data(source: Source, size: int) -> Iterator[bytes]:
    """The content of the IDAT chunks, in pieces of at most `size` bytes."""
    for kind, pos, length in _chunks(source):
        if kind == b"IDAT":
            for start in range(pos, pos + length, size):
                yield source.read(start, min(size, pos + length - start))


def _chunks(source: Source) -> Iterator[tuple[bytes, int, int]]:
    """(name, offset of the content, length) of every chunk up to the end of the pixels."""
    pos, seen = 8, False
    for _ in range(_MOST_CHUNKS):
        header = source.read(pos, 8)
        kind, length = header[4:], int.from_bytes(header[:4], "big")
        if len(header) < 8 or kind == b"IEND" or (seen and kind != b"IDAT") or pos + length > source.size:
            return
        seen = kind == b"IDAT"
        yield kind, pos + 8, length
        pos += 12 + length


# ---- the full read -----------------------------------------------------------------------------------------


def _decoded(source: Source, container: Container) -> Image | None:
    """The picture with an alpha channel; None where Pillow refuses it, or sees another size than the walker."""
    from PIL import Image

    data = _bare_png(source) if container.format == "png" else source.read(0, source.size)
    try:
        picture = Image.open(io.BytesIO(data), formats=(container.format.upper(),))
        if picture.size != (container.width, container.height):
            return None
        picture.load()
        return picture if picture.mode in ("RGBA", "LA") else picture.convert("RGBA")
    except (*_REFUSALS, Image.DecompressionBombError):
        return None


def _bare_png(source: Source) -> bytes:
    """The PNG with nothing but its pixels: Pillow refuses files whose text chunks are large or damaged."""
    parts = [b"\x89PNG\r\n\x1a\n"]
    pixels = bytearray()
    for kind, pos, length in _chunks(source):
        if kind in (b"IHDR", b"PLTE", b"tRNS"):
            parts.append(_chunk(kind, source.read(pos, length)))
        elif kind == b"IDAT":
            pixels += source.read(pos, length)
    return b"".join((*parts, _chunk(b"IDAT", bytes(pixels)), _chunk(b"IEND", b"")))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(body, zlib.crc32(kind)))


def _read(picture: Image, mode: Mode, name: str, limits: Limits, blobs: list[Blob], problems: list[Problem]) -> None:
    """Append the text that one mode holds, if its signature is there."""
    head = _bytes(picture, mode, _HEADER)
    signature, length = head[:15], int.from_bytes(head[15:19], "big")
    if len(head) < 19 or signature not in _SIGNATURES[mode]:
        return
    locator = f"{name}:{mode}/{signature.decode()}"
    length = min(length, limits.blob * 8)
    payload = _bytes(picture, mode, _HEADER + length)[19:]
    if len(payload) < length // 8:
        problems.append(Problem("hidden-cut", f"the hidden copy at {locator} is longer than the picture"))
    size = len(payload)
    if signature.endswith(b"comp"):
        payload, code = inflate(payload, limits.inflated, GZIP)
        if code is not None:
            problems.append(Problem(code, f"the hidden copy at {locator} cannot be unpacked to its end"))
    if payload:
        blobs.append(Blob(locator, signature.decode(), decode_text(payload), b"", 0, size))


def _bytes(picture: Image, mode: Mode, count: int) -> bytes:
    """The first `count` hidden bits as bytes; fewer where the picture is smaller. Only the columns needed are looked at."""
    from PIL.Image import Transpose

    columns = min(picture.width, -(-count // (picture.height * _BITS[mode])))
    part = picture.crop((0, 0, columns, picture.height))
    plane = part.getchannel("A") if mode == "alpha" else part.convert("RGB")
    digits = plane.transpose(Transpose.TRANSPOSE).tobytes()[:count].translate(_LOWEST)
    whole = len(digits) & ~7
    return b"".join(_packed(digits[at : min(at + 65_536, whole)]) for at in range(0, whole, 65_536))


def _packed(digits: bytes) -> bytes:
    return int(digits, 2).to_bytes(len(digits) // 8, "big")
