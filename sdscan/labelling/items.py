"""`iloc`, the table of places (ISO/IEC 14496-12, 8.11.3): read, moved and written. Values are absolute places in the file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

IN_FILE, IN_IDAT = 0, 1


class Item(NamedTuple):
    """Where the parts of one item stand."""

    number: int
    method: int
    """0: in the file, 1: in `idat`, 2: in another item."""
    reference: int
    """Data reference; 0: this file."""
    base: int
    extents: tuple[tuple[int, int, int], ...]
    """(index, offset from the base, length)."""


class Places(NamedTuple):
    """The whole table."""

    version: int
    widths: tuple[int, int, int, int]
    """Bytes of an offset, a length, a base, an index."""
    items: tuple[Item, ...]

    def moved(self, after: int, by: int) -> Places | str:
        """The table when everything from byte `after` on has moved; a sentence where an item reaches to the end of the file."""
        items = []
        for item in self.items:
            if item.method != IN_FILE or item.reference:
                items.append(item)
                continue
            if any(not length for _, _, length in item.extents):
                return "an item reaches to the end of the file"
            starts = [item.base + offset for _, offset, _ in item.extents]
            if item.base and starts and min(starts) >= after:
                items.append(item._replace(base=item.base + by))
            else:
                extents = tuple(
                    (index, offset + (by if item.base + offset >= after else 0), length)
                    for index, offset, length in item.extents
                )
                items.append(item._replace(extents=extents))
        return self._replace(items=tuple(items))

    def placed(self, new: Item) -> Places:
        """The table with that item, in place of the one of its number."""
        others = tuple(item for item in self.items if item.number != new.number)
        return self._replace(items=(*others, new))

    def span(self, number: int, idat: int | None) -> tuple[int, int] | None:
        """(first byte, end) of an item that stands in one piece in this file, else None. `idat`: where that box's content begins."""
        item = next((item for item in self.items if item.number == number), None)
        if item is None or len(item.extents) != 1 or item.reference:
            return None
        _, offset, length = item.extents[0]
        start = item.base + offset
        if item.method == IN_IDAT and idat is not None:
            start += idat
        elif item.method != IN_FILE:
            return None
        return (start, start + length) if length else None

    def is_shared(self, number: int, span: tuple[int, int], idat: int | None) -> bool:
        """Whether another item uses some of these bytes."""
        for item in self.items:
            start = item.base + (idat or 0 if item.method == IN_IDAT else 0)
            for _, offset, length in item.extents if item.number != number else ():
                if start + offset < span[1] and span[0] < start + offset + length:
                    return True
        return False


def read_places(body: bytes) -> Places | str:
    """The content of an `iloc` box; a sentence where it is damaged or of another version."""
    if len(body) < 8 or body[0] > 2:
        return "its table of places is damaged"
    version = body[0]
    widths = (body[4] >> 4, body[4] & 15, body[5] >> 4, body[5] & 15 if version else 0)
    if any(width not in (0, 4, 8) for width in widths):
        return "its table of places is damaged"
    reader = _Reader(body, 6)
    items = []
    for _ in range(reader.number(4 if version == 2 else 2)):
        number = reader.number(4 if version == 2 else 2)
        method = reader.number(2) & 15 if version else IN_FILE
        reference, base = reader.number(2), reader.number(widths[2])
        extents = []
        for _ in range(reader.number(2)):
            extents.append((reader.number(widths[3]), reader.number(widths[0]), reader.number(widths[1])))
            if reader.over:
                return "its table of places is damaged"
        items.append(Item(number, method, reference, base, tuple(extents)))
        if reader.over:
            return "its table of places is damaged"
    if len({item.number for item in items}) != len(items):
        return "its table of places names an item twice"
    return Places(version, widths, tuple(items))


def written_places(places: Places) -> bytes:
    """The whole `iloc` box; fields are as wide as they were, and wider only where a value needs it."""
    offset, length, base, index = places.widths
    offset = _width(max(offset, 4), (extent[1] for item in places.items for extent in item.extents))
    length = _width(max(length, 4), (extent[2] for item in places.items for extent in item.extents))
    base = _width(base, (item.base for item in places.items))
    wide_id = 4 if places.version == 2 else 2
    out = bytearray(((offset << 4) | length, (base << 4) | index)) + len(places.items).to_bytes(wide_id, "big")
    for item in places.items:
        out += item.number.to_bytes(wide_id, "big")
        out += item.method.to_bytes(2, "big") if places.version else b""
        out += (
            item.reference.to_bytes(2, "big") + item.base.to_bytes(base, "big") + len(item.extents).to_bytes(2, "big")
        )
        for which, start, size in item.extents:
            out += which.to_bytes(index, "big") + start.to_bytes(offset, "big") + size.to_bytes(length, "big")
    return full_box(b"iloc", places.version, bytes(out))


def box(kind: bytes, body: bytes) -> bytes:
    """A box (4.2)."""
    return (len(body) + 8).to_bytes(4, "big") + kind + body


def full_box(kind: bytes, version: int, body: bytes) -> bytes:
    """A box with version and no flags."""
    return box(kind, bytes((version, 0, 0, 0)) + body)


def _width(width: int, values: Iterable[int]) -> int:
    most = max(values, default=0)
    return 8 if most > 0xFFFFFFFF else 4 if most and width < 4 else width


class _Reader:
    """Numbers one after another; beyond the end they are 0 and `over` is set."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data = data
        self._at = at
        self.over = False

    def number(self, width: int) -> int:
        """The next big-endian number of that many bytes."""
        self._at += width
        self.over = self.over or self._at > len(self._data)
        return int.from_bytes(self._data[self._at - width : self._at], "big")
