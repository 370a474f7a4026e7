"""BMP: recognised and measured; it has no place for metadata (BITMAPFILEHEADER, BITMAPINFOHEADER)."""

from __future__ import annotations

from sdscan.facts.containers.gathered import Gathered, add_trailer
from sdscan.facts.source import Source
from sdscan.limits import Limits
from sdscan.records import Container


def read_bmp(source: Source, limits: Limits, thorough: bool = False) -> Container:
    """Width and height; text behind the picture is kept."""
    found = Gathered("bmp", limits)
    head = source.head[:26]
    declared = int.from_bytes(head[2:6], "little")
    if head[14:15] == b"\x0c":
        found.width, found.height = int.from_bytes(head[18:20], "little"), int.from_bytes(head[20:22], "little")
    else:
        found.width = abs(int.from_bytes(head[18:22], "little", signed=True))
        found.height = abs(int.from_bytes(head[22:26], "little", signed=True))
    if source.size < declared:
        found.cut(f"ends at byte {source.size:,} of {declared:,}", source.size)
    elif 26 < declared < source.size:
        add_trailer(found, source, declared, "the declared size")
    return found.container()
