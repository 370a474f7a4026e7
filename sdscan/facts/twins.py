"""PNG files that differ in nothing but seeds and pixels, told by their raw bytes: a Source → what it shares with its twins, and its own seeds.

An output folder is full of them: every picture of a session has the same texts but for the seed. This walk takes the plain case only (text
chunks before the pixels, nothing behind them, all of it whole); everything else is left to the containers, which find the same and more.
"""

from __future__ import annotations

import struct
from zlib import crc32

from sdscan.facts.containers.png import after_pixels
from sdscan.facts.containers.sniffing import PNG_SIGNATURE
from sdscan.facts.source import Source
from sdscan.patterns import pattern

Key = tuple[bytes, ...]
Likeness = tuple[Key, list[str]]
"""(everything but the seeds and the pixels, the seeds in the order in which they stand, each once)."""

MOST_CHUNKS = 4_096
"""Chunks of pixels of a file that is taken for plain."""
_BEGINS = PNG_SIGNATURE + b"\0\0\0\rIHDR"
_ENDS = b"\0\0\0\0IEND\xaeB`\x82"
_OPAQUE = frozenset((0, 2, 3))
"""Colour types without an alpha channel, in which nothing can be hidden (PNG 1.2, 11.2.2)."""
_TEXTS = {kind: crc32(kind) for kind in (b"tEXt", b"iTXt")}
_PLAIN = frozenset(b"PLTE gAMA cHRM sRGB iCCP pHYs bKGD sBIT hIST tIME sPLT".split())
"""Chunks before the pixels that say nothing."""
_HEADER = struct.Struct(">I4s").unpack_from
_CRC = struct.Struct(">I").unpack_from
_MOST_SEEDS, _MOST_WORDS = 8, 64
"""Seeds, and words that end in `eed`, of a file that is taken for plain: so that a hostile one costs no more than another."""
_NUMBER = pattern(rb"\"?: ?([1-9]\d{4,19})(?![\d.eE])")
"""What follows the letters of `Seed`: `Seed: 12345`, `"noise_seed": 12345`."""


def likeness(source: Source) -> Likeness | None:
    """What a PNG has in common with its twins; None where it is no plain one. Raises ReadError."""
    head = source.head
    if head[:16] != _BEGINS or len(head) < 57 or head[25] not in _OPAQUE:
        return None
    parts = [head[16:33]]
    values: list[bytes] = []
    pos, last = 33, len(head) - 12
    while pos <= last:
        length, kind = _HEADER(head, pos)
        end = pos + 12 + length
        start = _TEXTS.get(kind)
        if start is not None:
            body = head[pos + 8 : end - 4]
            if end > len(head) or crc32(body, start) != _CRC(head, end - 4)[0]:
                return None
            value = _value(body, kind)
            if value is None:
                return None
            parts += (kind, body[: len(body) - len(value)])
            values.append(value)
        elif kind == b"IDAT":
            break
        elif kind not in _PLAIN:
            return None
        pos = end
    if pos > last or not values or not _ends_plainly(source, pos):
        return None
    return _without_seeds(parts, values)


def _value(body: bytes, kind: bytes) -> bytes | None:
    """The text of a chunk; None where it is compressed, translated or holds a NUL (PNG 1.2, 11.3.4)."""
    at = body.find(b"\0")
    if kind == b"tEXt":
        at += 1
    elif body[at : at + 5] == b"\0\0\0\0\0":
        at += 5
    else:
        return None
    return body[at:] if at > 0 and body.find(b"\0", at) < 0 else None


def _ends_plainly(source: Source, pos: int) -> bool:
    """Whether there is nothing but pixels from `pos` on, then the end of the file."""
    head, size = source.head, source.size
    has_hopped = False
    for _ in range(MOST_CHUNKS):
        if pos + 12 <= len(head):
            data, at = head, pos
        elif source.is_remote and not has_hopped:  # each hop would cost a request
            has_hopped, before, pos = True, pos, after_pixels(source, pos)
            if pos == before:
                return False
            continue
        else:
            data, at = source.read(pos, 12), 0
            if len(data) < 12:
                return False
        length, kind = _HEADER(data, at)
        if kind != b"IDAT":
            return pos + 12 == size and data[at : at + 12] == _ENDS
        pos += 12 + length
    return False


def _without_seeds(parts: list[bytes], values: list[bytes]) -> Likeness | None:
    """The values with NUL and a number in place of each seed, wherever it stands; no value holds a NUL of its own."""
    seeds: list[bytes] = []
    words = 0
    for value in values:
        at = value.find(b"eed")
        while at != -1:
            words += 1
            if words > _MOST_WORDS or len(seeds) > _MOST_SEEDS:
                return None
            number = _NUMBER.match(value, at + 3)
            if number is not None and number[1] not in seeds:
                seeds.append(number[1])
            at = value.find(b"eed", at + 3)
    marks = [(seed, b"\0%d" % place) for place, seed in enumerate(seeds)]
    if len(marks) > 1:
        marks.sort(key=lambda mark: -len(mark[0]))
    for value in values:
        for seed, mark in marks:
            value = value.replace(seed, mark)
        parts.append(value)
    return tuple(parts), [seed.decode() for seed in seeds]
