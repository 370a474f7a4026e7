"""Stored bytes → text or inflated bytes. Enters what a writer left, leaves text that every encoder accepts; meaning is the decoders' job.

Nothing here trusts a declared encoding: writers lie about it (formats page, section 0), so the bytes decide.
"""

from __future__ import annotations

import zlib

from sdscan.facts.text import scalar
from sdscan.patterns import pattern

RAW_ZLIB = 15
GZIP = 31
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_CONTROL = pattern("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_PIECE = 512
"""Bytes fed at a time to a damaged stream, so that what stands before the damage is kept."""


def decode_text(data: bytes) -> str:
    """UTF-8 where it is valid, else latin-1; trailing NULs are dropped, everything else stays.

    PNG calls `tEXt` latin-1 (PNG 1.2, 4.2.3.1), yet StabilityMatrix, TensorArt and stable-diffusion.cpp write UTF-8 into it.
    A text that was cut inside its last character is still UTF-8, if another character shows it.
    """
    if data[-1:] == b"\0":
        data = data.rstrip(b"\0")
    try:
        return str(data, "utf-8")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and not data[: error.start].isascii():
            return str(data[: error.start], "utf-8")
    try:
        return scalar(data.decode("utf-8", "surrogatepass"))
    except UnicodeDecodeError:
        return data.decode("latin-1")


def decode_marked(data: bytes) -> str:
    """Text that may begin with a byte order mark (XMP packets, sidecars); without one as `decode_text`."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace").rstrip("\0")
    return decode_text(data)


def decode_utf16(data: bytes, little: bool) -> str:
    """UTF-16 with the byte order told by its mark, else by the bytes, else `little`; an odd last byte is dropped.

    In text with Latin letters or punctuation one half of the bytes is mostly zero. In other scripts the high bytes still
    take few values, the low bytes many.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data[2 : len(data) & ~1].decode("utf-16-le" if data[0] == 0xFF else "utf-16-be", "replace").rstrip("\0")
    high, low = data[0 : len(data) & ~1 : 2], data[1::2]
    zeros = high.count(0) - low.count(0)
    if zeros:
        little = zeros < 0
    elif len(set(high)) != len(set(low)):
        little = len(set(high)) > len(set(low))
    return data[: len(data) & ~1].decode("utf-16-le" if little else "utf-16-be", "replace").rstrip("\0")


def looks_utf16(data: bytes) -> bool:
    """True where bytes without any mark can only be UTF-16: a byte order mark, or a NUL for about every other byte."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    sample = data[:512].rstrip(b"\0")
    return len(sample) >= 3 and sample.count(0) * 3 >= len(sample)


def printable(data: bytes) -> str | None:
    """The text that `data` is, or None where it is not plain UTF-8 text (binary maker notes, unknown chunks)."""
    try:
        text = str(data.rstrip(b"\0"), "utf-8")
    except UnicodeDecodeError:
        return None
    return None if not text or _CONTROL.search(text) else text


def inflate(data: bytes, cap: int, bits: int = RAW_ZLIB) -> tuple[bytes, str | None]:
    """Inflated bytes, at most `cap`, and a code where that is not everything: `limit-inflated`, `bad-zlib`, `truncated`."""
    stream = zlib.decompressobj(bits)
    try:
        out = stream.decompress(data, cap)
    except zlib.error:
        return _inflate_until_damage(data, cap, bits), "bad-zlib"
    if stream.eof:
        return out, None
    return out, "limit-inflated" if len(out) >= cap else "truncated"


def _inflate_until_damage(data: bytes, cap: int, bits: int) -> bytes:
    """What stands before the damage. zlib drops what an erring call made, so the last good state goes on byte by byte."""
    stream, out = zlib.decompressobj(bits), bytearray()
    at, size = 0, _PIECE
    while size:
        good = stream.copy()
        if at < len(data) and _fed(stream, data[at : at + size], out, cap):
            at += size
        else:
            stream, size = good, 1 if size > 1 else 0
    return bytes(out)


def _fed(stream: zlib._Decompress, data: bytes, out: bytearray, cap: int) -> bool:
    """Append what `data` unpacks to, up to `cap` in all; False, and nothing appended, where it is damaged."""
    part = b""
    try:
        while data and len(out) + len(part) < cap:
            part += stream.decompress(data, cap - len(out) - len(part))
            data = stream.unconsumed_tail
    except zlib.error:
        return False
    out += part
    return True
