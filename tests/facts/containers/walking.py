"""What the tests of all walkers ask: the blobs, the problems and the reason of a container."""

from __future__ import annotations

from sdscan.facts.containers import read
from sdscan.facts.source import MemorySource
from sdscan.limits import Limits
from sdscan.records import Container


def walked(data: bytes, *, thorough: bool = False, **limits: int) -> Container:
    bounds = Limits(**limits)
    return read(MemorySource(data, bounds), bounds, thorough=thorough)


def texts(data: bytes, *, thorough: bool = False, **limits: int) -> list[tuple[str, str, str | None]]:
    return [(blob.locator, blob.key, blob.text) for blob in walked(data, thorough=thorough, **limits).blobs]


def binaries(data: bytes, **limits: int) -> list[tuple[str, str, bytes]]:
    return [(blob.locator, blob.key, blob.data) for blob in walked(data, **limits).blobs if blob.text is None]


def codes(data: bytes, *, thorough: bool = False, **limits: int) -> list[str]:
    return [problem.code for problem in walked(data, thorough=thorough, **limits).problems]
