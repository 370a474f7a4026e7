"""Containers: an open Source → a Container of named blobs. No meaning here: which writer it was is the decoders' question.

One module a family; each walks by hand, hops over pixels and sound by their length, and reports damage as problems.
"""

from __future__ import annotations

from collections.abc import Callable

from sdscan.facts.containers.jpeg import read_jpeg
from sdscan.facts.containers.png import read_png
from sdscan.facts.containers.sniffing import sniff
from sdscan.facts.containers.webp import read_webp
from sdscan.facts.source import Source
from sdscan.limits import Limits
from sdscan.records import Container

__all__ = ["CONTAINERS", "read", "sniff"]

Walker = Callable[[Source, Limits, bool], Container]
"""(source, limits, thorough) → Container."""

CONTAINERS: dict[str, Walker] = {
    "png": read_png,
    "jpeg": read_jpeg,
    "webp": read_webp,
}
"""Format name → walker. Every other format is recognised only."""


def read(source: Source, limits: Limits, *, thorough: bool = False) -> Container:
    """Everything the file carries, by content. Damage is a problem or `incomplete`; raises only ReadError, on an I/O error."""
    found = sniff(source.head)
    walker = CONTAINERS.get(found)
    if walker is None:
        return Container(found, incomplete="the file is empty" if found == "empty" else None)
    return walker(source, limits, thorough)
