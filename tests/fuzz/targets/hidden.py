"""Texts hidden in pixels: the input is what stands in the lowest bits of a small picture that is made around it. The first byte says in which."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from sdscan.facts import containers
from sdscan.facts.source import MemorySource
from sdscan.limits import DEFAULT_LIMITS, Limits
from tests.facts.containers.spelled import chunk, filtered, hidden_bits, ihdr, pixels_with, png
from tests.fuzz import seeds
from tests.fuzz.mutating import changed_bytes
from tests.fuzz.promises import in_time, is_same, points_into, survives
from tests.fuzz.target import Target

SMALL = Limits(inflated=100, pixels=4_000, blob=100)


def picture(data: bytes) -> bytes:
    """A picture with these bits in its pixels; the first byte: channels, filter and width."""
    kind, bits = data[0], [byte >> (7 - n) & 1 for byte in data[1:2500] for n in range(8)]
    mode = "alpha" if kind & 1 else "rgb"
    width = (64, 40, 130, 7)[kind >> 1 & 3]
    per = width * (1 if mode == "alpha" else 3)
    height = max(1, -(-len(bits) // per)) + (kind >> 3 & 1) * 100
    rows = filtered(pixels_with(bits, width, height, mode), ((kind >> 4) % 5, (kind >> 5) % 5))
    return png(header=ihdr(width, height, 6), pixels=chunk(b"IDAT", zlib.compress(rows, 1)))


def check(data: bytes) -> None:
    if len(data) < 2:
        return
    made = picture(data)
    with in_time():
        found = containers.read(MemorySource(made), thorough=True)
    points_into(found.blobs, len(made))
    survives(found)
    is_same(found, containers.read(MemorySource(made), thorough=True), "a second time")
    containers.read(MemorySource(made), SMALL, thorough=True)
    assert all(len(blob.text or "") <= DEFAULT_LIMITS.inflated for blob in found.blobs)


def begin() -> Iterator[bytes]:
    texts = [text.encode("utf-8", "replace")[:800] for text in seeds.texts()][:40]
    for number, text in enumerate(texts):
        signature = (b"stealth_pnginfo", b"stealth_pngcomp", b"stealth_rgbinfo", b"stealth_rgbcomp")[number % 4]
        bits = hidden_bits(signature, text, signature.endswith(b"comp"))
        packed = bytes(int("".join(map(str, bits[at : at + 8])).ljust(8, "0"), 2) for at in range(0, len(bits), 8))
        yield bytes((1 if b"png" in signature else 0,)) + packed
        yield bytes((number * 8 & 0xFE | (1 if b"png" in signature else 0),)) + packed


TARGET = Target(
    "texts hidden in the lowest bits of pixels",
    check,
    begin,
    changed_bytes,
    (b"stealth_pnginfo", b"stealth_rgbcomp", b"\x1f\x8b\x08"),
)
