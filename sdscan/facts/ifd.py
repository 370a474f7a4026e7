"""TIFF structure → entries. Enters a Source that begins with a TIFF header (an EXIF block or a TIFF file), leaves values as stored.

TIFF 6.0, section 2, and BigTIFF (43 in place of 42: eight-byte offsets). Values of pixel tables are never fetched. Damage is
survived entry by entry: a wrong offset costs one value, not the block.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from msgspec import Struct

from sdscan.facts.source import Source
from sdscan.limits import Limits
from sdscan.records import Problem

ASCII, SHORT, LONG, UNDEFINED, UTF8 = 2, 3, 4, 7, 129
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8, 129: 1}
BYTES = frozenset((1, ASCII, 6, UNDEFINED, UTF8))
_NUMBERS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_NEVER = frozenset((0x8773, 0xC4A5, 0xEA1C))
"""ICC profile, PrintIM, Windows padding: byte tables that hold no text."""
WIDTH, HEIGHT, SUB_IFDS, EXTRA_SAMPLES = 0x0100, 0x0101, 0x014A, 0x0152
_NUMERIC_WANTED = frozenset((WIDTH, HEIGHT, SUB_IFDS, EXTRA_SAMPLES, 0x02BC, 0x83BB, 0x8649))
_POINTERS = {0x8769: "Exif", 0x8825: "GPS", SUB_IFDS: "Sub"}


class Entry(Struct, frozen=True):
    """One tag of one IFD."""

    ifd: str
    """IFD0, IFD1 …, Exif, GPS, Sub."""
    tag: int
    kind: int
    """TIFF type: 2 ASCII, 7 UNDEFINED …"""
    value: bytes
    offset: int
    """Where the value stands, from the start of the source."""
    size: int
    """Bytes that the entry claims; `value` is shorter where they are not there."""
    little: bool

    def numbers(self) -> tuple[int, ...]:
        """An unsigned integer value, at most 64 of them; empty for other types."""
        code = _NUMBERS.get(self.kind)
        if code is None:
            return ()
        width = struct.calcsize(code)
        count = min(len(self.value) // width, 64)
        return struct.unpack_from(f"{'<' if self.little else '>'}{count}{code}", self.value)

    def ratios(self) -> tuple[float, ...]:
        """A RATIONAL value as floats; 0 where the denominator is 0."""
        count = min(len(self.value) // 8, 8)
        parts = struct.unpack_from(f"{'<' if self.little else '>'}{2 * count}I", self.value)
        return tuple(top / low if low else 0.0 for top, low in zip(parts[::2], parts[1::2]))


class _Layout(Struct, frozen=True):
    """How a TIFF spells its numbers."""

    little: bool
    number: struct.Struct
    entry: struct.Struct
    offset: struct.Struct


def read_ifds(source: Source, limits: Limits) -> tuple[list[Entry], list[Problem]]:
    """All entries of all IFDs that can be reached, in order, and what was wrong on the way."""
    problems: list[Problem] = []
    header = source.read(0, 16)
    layout = _layout(header)
    if not header.strip(b"\0"):  # an empty block, which some editors leave
        return [], []
    if layout is None:
        return [], [Problem("exif-header", "the EXIF block does not begin with a TIFF header", 0)]
    first: int = layout.offset.unpack_from(header, 4 if layout.offset.size == 4 else 8)[0]
    entries: list[Entry] = []
    queue, seen, chain = [(first, "IFD0")], set[int](), 0
    budget = min(source.size + limits.head, limits.blobs_total)  # honest values do not overlap
    while queue:
        at, name = queue.pop(0)
        if at in seen:
            problems.append(Problem("exif-loop", f"the {name} directory at byte {at:,} was read already", at))
            continue
        if len(seen) >= limits.depth:
            problems.append(
                Problem("limit-ifds", f"more than {limits.depth} EXIF directories, the rest is not read", at)
            )
            break
        seen.add(at)
        for entry in _entries(source, layout, at, name, limits, problems):
            budget -= len(entry.value)
            if budget < 0:
                problems.append(Problem("limit-exif", "the EXIF directories are larger than is read", entry.offset))
                return entries, problems
            entries.append(entry)
            if entry.tag in _POINTERS and name != "GPS":
                queue.extend((offset, _POINTERS[entry.tag]) for offset in entry.numbers())
        if name.startswith("IFD"):
            following = _next(source, layout, at)
            if 8 <= following < source.size:
                chain += 1
                queue.append((following, f"IFD{chain}"))
    return entries, problems


def _layout(header: bytes) -> _Layout | None:
    order = {b"II": "<", b"MM": ">"}.get(header[:2])
    if order is None or len(header) < 8:
        return None
    version = struct.unpack_from(order + "H", header, 2)[0]
    if version == 43 and len(header) == 16:
        return _Layout(
            order == "<", struct.Struct(order + "Q"), struct.Struct(order + "HHQ8s"), struct.Struct(order + "Q")
        )
    if version == 42:
        return _Layout(
            order == "<", struct.Struct(order + "H"), struct.Struct(order + "HHI4s"), struct.Struct(order + "I")
        )
    return None


def _next(source: Source, layout: _Layout, at: int) -> int:
    """Offset of the IFD after the one at `at`; 0 at the end of the chain."""
    count = source.read(at, layout.number.size)
    if len(count) < layout.number.size:
        return 0
    where = at + layout.number.size + layout.number.unpack(count)[0] * layout.entry.size
    raw = source.read(where, layout.offset.size)
    return int(layout.offset.unpack(raw)[0]) if len(raw) == layout.offset.size else 0


def _entries(
    source: Source, layout: _Layout, at: int, name: str, limits: Limits, problems: list[Problem]
) -> Iterator[Entry]:
    """The entries of the IFD at `at` whose values may hold text, a pointer or the size of the picture."""
    raw = source.read(at, layout.number.size)
    count = layout.number.unpack(raw)[0] if len(raw) == layout.number.size else -1
    start = at + layout.number.size
    if count > limits.ifd_entries:
        problems.append(Problem("limit-ifd-entries", f"the {name} directory at byte {at:,} claims {count:,} tags", at))
        count = limits.ifd_entries
    table = source.read(start, count * layout.entry.size) if count > 0 else b""
    whole = len(table) // layout.entry.size
    if count < 0 or whole < count:
        problems.append(Problem("exif-cut", f"the {name} directory at byte {at:,} is cut or not there", at))
    for number in range(whole):
        tag, kind, items, inline = layout.entry.unpack_from(table, number * layout.entry.size)
        size = items * _SIZES.get(kind, 0)
        if not size or not _wanted(name, tag, kind):
            continue
        if size <= len(inline):
            yield Entry(
                name,
                tag,
                kind,
                inline[:size],
                start + (number + 1) * layout.entry.size - len(inline),
                size,
                layout.little,
            )
            continue
        offset = layout.offset.unpack(inline)[0]
        value = source.read(offset, min(size, limits.blob))
        if len(value) < min(size, limits.blob):
            problems.append(Problem("exif-outside", f"the value of tag 0x{tag:04X} reaches beyond the block", offset))
        elif size > limits.blob:
            problems.append(
                Problem("limit-blob", f"tag 0x{tag:04X} has {size:,} bytes, the first {limits.blob:,} are read", offset)
            )
        yield Entry(name, tag, kind, value, offset, size, layout.little)


def _wanted(name: str, tag: int, kind: int) -> bool:
    if kind in BYTES:
        return tag not in _NEVER
    return tag in _NUMERIC_WANTED or tag in _POINTERS or name == "GPS"
