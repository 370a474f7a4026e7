"""A PNG that lies far away: chunks of pixels are passed over in few reads, and nothing else is missed for it."""

from __future__ import annotations

import random
import zlib

import pytest
from spelled import IEND, SIGNATURE, chunk, ihdr, text_chunk

from sdscan.facts.containers import read
from sdscan.facts.source import MemorySource
from sdscan.limits import DEFAULT_LIMITS


class Far(MemorySource):
    """An object each of whose reads beyond the head costs a request."""

    is_remote = True

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.reads = 0

    def read(self, offset: int, length: int) -> bytes:
        self.reads += offset + length > len(self.head)
        return super().read(offset, length)


NOISE = random.Random(1).randbytes(300_000)


def far_png(*, spoilt: bool = False, last: bytes = b"", end: bytes = IEND, pixels: bytes = NOISE) -> bytes:
    """A PNG of 300 KB in chunks of 8 KiB, with a text behind its pixels; `spoilt`: their checksums are wrong."""
    pieces = [chunk(b"IDAT", pixels[at : at + 8192]) for at in range(0, len(pixels), 8192)]
    if spoilt:
        pieces = [piece[:-4] + bytes(4) for piece in pieces]
    return SIGNATURE + ihdr(4000, 4000) + b"".join(pieces) + last + text_chunk(b"parameters", b"a fox") + end


FILES = [
    ("as it should be", far_png(), 15),
    ("with pixels whose checksums are wrong", far_png(spoilt=True), 40),
    ("with one large chunk at its end", far_png(last=chunk(b"IDAT", bytes(100_000))), 40),
    ("with pixels full of such words", far_png(pixels=b"IDAT" * 75_000), 15),
    ("with a word among its pixels that looks like a chunk", far_png(last=chunk(b"IDAT", b"IDAT" + bytes(50))), 15),
]


@pytest.mark.parametrize(("data", "most"), [row[1:] for row in FILES], ids=[row[0] for row in FILES])
def test_a_far_picture_is_read_as_a_near_one_in_few_reads(data: bytes, most: int) -> None:
    far = Far(data)
    near = read(MemorySource(data))
    assert near == read(far)
    assert [("parameters", "a fox")] == [(blob.key, blob.text) for blob in near.blobs]
    assert far.reads <= most


def test_a_thorough_look_goes_from_chunk_to_chunk() -> None:
    assert [blob.text for blob in read(Far(far_png()), DEFAULT_LIMITS, thorough=True).blobs] == ["a fox"]


def test_pixels_that_claim_more_than_there_is_are_passed_over_to_the_next_chunk() -> None:
    body = zlib.compress(bytes(40))
    lying = (60).to_bytes(4) + b"IDAT" + body + zlib.crc32(b"IDAT" + body).to_bytes(4)
    data = (
        SIGNATURE
        + ihdr()
        + lying
        + text_chunk(b"parameters", b"a fox")
        + (10_000).to_bytes(4)
        + b"IDAT"
        + bytes(30)
        + IEND
    )
    container = read(MemorySource(data))
    assert "bad-chunk" in {problem.code for problem in container.problems}
