"""Bytes → blobs, by every walker."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from random import Random

from sdscan.facts import containers
from sdscan.facts.source import MemorySource
from sdscan.limits import DEFAULT_LIMITS, Limits
from tests.fuzz import seeds
from tests.fuzz.mutating import changed_bytes, changed_container
from tests.fuzz.promises import in_time, is_same, points_into, survives
from tests.fuzz.target import Target
from tests.fuzz.targets import hidden

IN_PIXELS = b"pixels:"
SMALL = Limits(
    head=64, blob=300, blobs=5, blobs_total=900, inflated=400, problems=4, chunks=9, ifd_entries=5, depth=3, values=50
)
"""Limits that small files reach."""


def check(data: bytes) -> None:
    """Read whole, piece by piece, under small limits, and cut off. What begins with `IN_PIXELS` is put into the pixels of a picture."""
    if data.startswith(IN_PIXELS):
        hidden.check(data[len(IN_PIXELS) :])
        return
    with in_time():
        whole = containers.read(MemorySource(data), thorough=True)
    points_into(whole.blobs, len(data))
    survives(whole)
    assert len(whole.problems) <= DEFAULT_LIMITS.problems + 20
    if zlib.crc32(data) & 3 == 0 and containers.sniff(data[:128]) == containers.sniff(data[: DEFAULT_LIMITS.head]):
        pieces = Limits(head=128)
        is_same(whole, containers.read(MemorySource(data, pieces), thorough=True), "read piece by piece")
        small = containers.read(MemorySource(data, SMALL), SMALL, thorough=True)
        assert len(small.blobs) <= SMALL.blobs + 4  # hidden copies are counted by themselves
        points_into(small.blobs, len(data))


def begin() -> Iterator[bytes]:
    yield from seeds.pictures()
    for number, data in enumerate(hidden.begin()):
        if number % 8 < 2:
            yield IN_PIXELS + data


def mutate(data: bytes, rng: Random) -> bytes:
    if data.startswith(IN_PIXELS):
        return IN_PIXELS + changed_bytes(data[len(IN_PIXELS) :], rng)
    return changed_container(data, rng)


TARGET = Target("bytes of any container → pieces of metadata (`containers.read`)", check, begin, mutate, samples=True)
