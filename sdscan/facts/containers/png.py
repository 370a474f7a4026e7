"""PNG and APNG → blobs. Walks every chunk to IEND and beyond, hopping over pixel data by its length (PNG 1.2; APNG 1.0).

Text may stand after the pixels (ComfyUI's animated PNG, re-saved files), and data may follow IEND, so the walk never stops early.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from zlib import crc32

from sdscan.facts.containers.gathered import Gathered, add_exif, add_trailer, add_xmp
from sdscan.facts.containers.sniffing import PNG_SIGNATURE
from sdscan.facts.encodings import decode_text, printable
from sdscan.facts.exif import iptc_of
from sdscan.facts.source import Source
from sdscan.limits import Limits
from sdscan.patterns import pattern
from sdscan.records import Container

_HEADER = struct.Struct(">I4s").unpack_from
_CRC = struct.Struct(">I").unpack_from
_WINDOW = 1024
"""Read at a time beyond the head: a chunk header, and the whole of a short last text."""
_REACH = 1024 * 1024
"""How far the next chunk is searched for behind a damaged one."""
_RESYNCS = 16
_TAIL = 66 * 1024
"""Bytes at the end of an object in which its last pixels are looked for: libpng cuts them at 8 KiB, Pillow at 64 KiB."""
_KNOWN = pattern(rb"IDAT|IEND|tEXt|zTXt|iTXt|eXIf|fcTL|fdAT|caBX|comf")
_XMP = "XML:com.adobe.xmp"
_PROFILE = "Raw profile type "
_PLAIN = frozenset(
    b"IDAT fdAT fcTL PLTE gAMA cHRM sRGB iCCP pHYs bKGD sBIT hIST tIME sPLT cICP mDCV cLLI dSIG oFFs pCAL sCAL sTER gIFg gIFx iDOT"
    b" vpAg orNT".split()
)
"""Chunks without text: pixels, colour, size."""


def read_png(source: Source, limits: Limits, thorough: bool = False) -> Container:
    """One loop for the whole walk, because a call a chunk would double the cost of a typical file."""
    data, base, size = source.head, 0, source.size
    found = Gathered("png", limits)
    last = pos = _start(found, data)
    resyncs = _RESYNCS
    while found.step(pos):
        at = pos - base
        if at + 8 > len(data):
            data, base, at = source.read(pos, _WINDOW), pos, 0
            if len(data) < 8:
                found.cut(f"ends inside a chunk at byte {size:,}" if data else "ends without an IEND chunk", pos)
                break
        length, kind = _HEADER(data, at)
        end = pos + length + 12
        if kind in _PLAIN and end <= size:
            last, pos = pos, end
            if not base and end + 8 > len(data) and kind == b"IDAT" and not thorough and source.is_remote:
                pos = after_pixels(source, end)
            continue
        if end > size or not kind.isalpha():
            resyncs -= 1
            following = _next_chunk(source, pos if kind.isalpha() else last) if resyncs >= 0 else 0
            if not following:
                _cut(found, source, pos, kind)
                break
            found.problem(
                "bad-chunk", f"the chunk at byte {pos:,} is damaged; the walk goes on at byte {following:,}", pos
            )
            if not kind.isalpha() or following < pos + 12:
                last = pos = base = following
                data = b""  # it may lie before what was read last
                continue
            end, length = following, following - pos - 12
        if kind not in _PLAIN:  # one that is reaches beyond the next chunk
            seed, handler = _CHUNKS.get(kind, (0, None))
            if handler is None:
                _private(found, source, kind, pos, length)
            else:
                if end - base <= len(data):
                    body, stored = data[at + 8 : at + 8 + length], _CRC(data, at + 8 + length)[0]
                else:
                    body = found.body(source, pos + 8, length, kind.decode())
                    stored = int.from_bytes(source.read(end - 4, 4), "big")
                if crc32(body, seed) != stored and len(body) == length:
                    found.problem("bad-crc", f"the checksum of the {kind.decode()} chunk at byte {pos:,} is wrong", pos)
                handler(found, body, pos)
                if kind == b"IEND":
                    if end < size:
                        add_trailer(found, source, end, "IEND")
                    break
        last, pos = pos, end
    return found.container()


def after_pixels(source: Source, pos: int) -> int:
    """Where the walk goes on among the pixels of an object, each of whose chunks would cost a request: `pos`, or near the end.

    There it is a chunk of pixels at whose end another known chunk begins: those between here and there are pixels too, since nothing may
    stand between them (PNG 1.2, 5.6). Where there is none, the walk goes from chunk to chunk.
    """
    start = max(pos, source.size - _TAIL)
    data = source.read(start, _TAIL) if start > pos else b""
    at = data.find(b"IDAT", 4) - 4
    while at >= 0:
        end = at + 12 + _HEADER(data, at)[0]
        if _KNOWN.match(data, end + 4):
            return start + at
        at = data.find(b"IDAT", at + 8) - 4
    return pos


def _start(found: Gathered, head: bytes) -> int:
    """Offset of the first chunk. A signature that a text-mode transfer has damaged is survived."""
    at = head.find(b"IHDR", 0, 64) - 4
    if head[:8] != PNG_SIGNATURE:
        found.problem("bad-signature", "the PNG signature is damaged, as by a transfer in text mode", 0)
        return max(at, 4)
    if at != 8 and len(head) >= 16:
        found.problem("bad-order", "the first chunk is not IHDR", 8)
    return 8


def _next_chunk(source: Source, damaged: int) -> int:
    """Offset of the next chunk whose name is known and whose length fits into the file; 0 if there is none near."""
    data = source.read(damaged + 8, _REACH)
    for match in _KNOWN.finditer(data, 4):
        at = damaged + 4 + match.start()
        length: int = _HEADER(data, match.start() - 4)[0]
        if at + 12 + length <= source.size:
            return at
    return 0


def _cut(found: Gathered, source: Source, pos: int, kind: bytes) -> None:
    """The chunk at `pos` reaches beyond the file, or is none: keep what is there of a text, and say so."""
    if not kind.isalpha():
        found.cut(f"is damaged at byte {pos:,}: no PNG chunk begins there", pos)
        return
    found.cut(f"ends inside the {kind.decode()} chunk at byte {source.size:,}", pos)
    handler = _CHUNKS.get(kind, (0, None))[1]
    if handler is not None and source.size > pos + 8:
        handler(found, found.body(source, pos + 8, source.size - pos - 8, kind.decode()), pos)


def _ihdr(found: Gathered, body: bytes, pos: int) -> None:
    if found.width:
        found.problem("duplicate-chunk", "there is a second IHDR chunk", pos)
    elif len(body) >= 13:
        found.width, found.height = struct.unpack_from(">II", body)
        found.has_alpha = body[9] in (4, 6)


def _trns(found: Gathered, body: bytes, pos: int) -> None:
    found.has_alpha = True


def _actl(found: Gathered, body: bytes, pos: int) -> None:
    found.frames = max(1, int.from_bytes(body[:4], "big"))


def _text(found: Gathered, body: bytes, pos: int) -> None:
    """tEXt (11.3.4.3): keyword, NUL, text. Without a NUL all of it is text."""
    key, separator, value = body.partition(b"\0")
    if not separator:
        key, value = b"", key
    _keep(found, "tEXt", key, value, pos, len(body))


def _ztxt(found: Gathered, body: bytes, pos: int) -> None:
    """zTXt (11.3.4.4): keyword, NUL, method, zlib stream."""
    key, _, rest = body.partition(b"\0")
    _keep(found, "zTXt", key, found.inflate(rest[1:], "the zTXt chunk", pos), pos, len(body))


def _itxt(found: Gathered, body: bytes, pos: int) -> None:
    """iTXt (11.3.4.5): keyword, NUL, compression flag, method, language, NUL, translated keyword, NUL, UTF-8 text."""
    key, _, rest = body.partition(b"\0")
    parts = rest[2:].split(b"\0", 2)
    if len(parts) < 3:
        found.problem("bad-text-chunk", f"the iTXt chunk at byte {pos:,} lacks a separator", pos)
    value = parts[-1]
    if rest[:1] == b"\1":
        value = found.inflate(value, "the iTXt chunk", pos)
    _keep(found, "iTXt", key, value, pos, len(body))


def _comf(found: Gathered, body: bytes, pos: int) -> None:
    """comf: the private text chunk of ComfyUI's SaveAnimatedPNG, keyword, NUL, latin-1 JSON."""
    key, _, value = body.partition(b"\0")
    _keep(found, "comf", key, value, pos, len(body))


def _keep(found: Gathered, kind: str, key: bytes, value: bytes, pos: int, size: int) -> None:
    name = decode_text(key)
    locator = f"png:{kind}/{name}"
    if name == _XMP:
        add_xmp(found, locator, value, pos, size)
    elif name.startswith(_PROFILE):
        _profile(found, locator, value, pos, size)
    else:
        found.text(locator, name, decode_text(value), pos, size)


def _profile(found: Gathered, locator: str, value: bytes, pos: int, size: int) -> None:
    """ImageMagick's `Raw profile type exif|xmp|iptc|APP1`: a name, a length and the block in hexadecimal, one after another.

    GraphicsMagick calls every one `generic profile`: what is in it tells.
    """
    parts = value.replace(b"generic profile", b"generic", 1).split(None, 2)
    try:
        block = bytes.fromhex(parts[2].decode("latin-1")) if len(parts) == 3 else b""
    except ValueError:
        block = b""
    marker = block.find(b"<x:xmpmeta") if block[:4] == b"http" else 0
    if not block:
        found.problem("bad-profile", f"the hexadecimal block at {locator} cannot be read", pos)
    elif parts[0] == b"iptc":
        found.data(locator, "iptc", iptc_of(block) or block, pos, size)
    elif parts[0] == b"xmp" or marker > 0:
        add_xmp(found, locator, block[max(marker, 0) :], pos, size)
    elif parts[0] in (b"exif", b"app1", b"APP1") or block[:6] == b"Exif\0\0":
        add_exif(found, locator, block, pos)


def _exif(found: Gathered, body: bytes, pos: int) -> None:
    add_exif(found, "png:eXIf", body, pos + 8)


def _c2pa(found: Gathered, body: bytes, pos: int) -> None:
    found.data("png:caBX", "c2pa", body, pos, len(body))


def _iend(found: Gathered, body: bytes, pos: int) -> None:
    """Nothing to keep; only one file with two texts of one name needs a word."""
    if len(found.blobs) > 1 and len({blob.locator for blob in found.blobs}) < len(found.blobs):
        found.problem("duplicate-chunk", "two chunks carry the same name", pos)


def _private(found: Gathered, source: Source, kind: bytes, pos: int, length: int) -> None:
    """A chunk that no specification names: kept where it is plain text, because a writer's text is never dropped."""
    sample = source.read(pos + 8, min(length, 64))
    if len(sample) < 8 or printable(sample.replace(b"\0", b" ").rstrip(b"\x80\x81\x82\xe0\xf0")) is None:
        return
    body = found.body(source, pos + 8, length, kind.decode())
    key, separator, value = body.partition(b"\0")
    text = printable(value if separator else body)
    if text is not None:
        name = decode_text(key) if separator else kind.decode()
        found.text(f"png:{kind.decode()}/{name}", name, text, pos, length)


_Handler = Callable[[Gathered, bytes, int], None]
_CHUNKS: dict[bytes, tuple[int, _Handler | None]] = {
    kind: (crc32(kind), handler)
    for kind, handler in (
        (b"IHDR", _ihdr),
        (b"tRNS", _trns),
        (b"acTL", _actl),
        (b"tEXt", _text),
        (b"zTXt", _ztxt),
        (b"iTXt", _itxt),
        (b"comf", _comf),
        (b"eXIf", _exif),
        (b"caBX", _c2pa),
        (b"IEND", _iend),
    )
}
"""Chunk name → (checksum of the name, what takes the body)."""
