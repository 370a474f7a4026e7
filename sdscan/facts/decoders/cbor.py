"""CBOR (RFC 8949) → plain values, as far as C2PA needs it. Damaged or hostile bytes give what was read up to there.

Byte strings come out as None: C2PA keeps hashes, certificates and thumbnails in them, and no text.
"""

from __future__ import annotations

import struct

_FLOATS = {25: (2, struct.Struct(">e")), 26: (4, struct.Struct(">f")), 27: (8, struct.Struct(">d"))}
_BREAK = object()


class CborError(ValueError):
    """The bytes end too early, nest too deep or hold a reserved code."""


def read_cbor(data: bytes, depth: int, items: int) -> object:
    """The first value in `data`: dict, list, str, int, float, bool or None.

    At most `depth` levels and `items` values. Raises CborError; lengths are checked before anything is allocated.
    """
    return _Reader(data, items).value(depth)


class _Reader:
    """A position in the bytes, and how many values may still come."""

    __slots__ = ("at", "data", "left")

    def __init__(self, data: bytes, items: int) -> None:
        self.data = data
        self.at = 0
        self.left = items

    def value(self, depth: int) -> object:
        self.left -= 1
        if depth <= 0 or self.left < 0:
            raise CborError("nested too deep, or too many values")
        major, info = divmod(self._take(1)[0], 32)
        if major == 7:
            return self._simple(info)
        length = self._length(info)
        if major == 0:
            return length
        if major == 1:
            return None if length is None else -1 - length
        if major in (2, 3):
            return self._string(major == 3, length, depth)
        if major == 4:
            return self._array(length, depth)
        if major == 5:
            return self._map(length, depth)
        return self.value(depth - 1)  # a tag says what the value is for; the value itself is enough

    def _take(self, count: int) -> bytes:
        piece = self.data[self.at : self.at + count]
        if len(piece) < count:
            raise CborError("ends too early")
        self.at += count
        return piece

    def _length(self, info: int) -> int | None:
        """The argument of an initial byte; None for an indefinite length."""
        if info < 24:
            return info
        if info == 31:
            return None
        if info > 27:
            raise CborError("reserved length")
        return int.from_bytes(self._take(1 << (info - 24)), "big")

    def _string(self, text: bool, length: int | None, depth: int) -> object:
        if length is not None:
            piece = self._take(length)
            return piece.decode("utf-8", "replace") if text else None
        parts: list[str] = []
        while (part := self.value(depth - 1)) is not _BREAK:
            parts.append(part if isinstance(part, str) else "")
        return "".join(parts) if text else None

    def _array(self, length: int | None, depth: int) -> list[object]:
        found: list[object] = []
        while length is None or len(found) < length:
            item = self.value(depth - 1)
            if item is _BREAK:
                break
            found.append(item)
        return found

    def _map(self, length: int | None, depth: int) -> dict[str, object]:
        found: dict[str, object] = {}
        while length is None or length > 0:
            key = self.value(depth - 1)
            if key is _BREAK:
                break
            found[str(key)] = self.value(depth - 1)
            length = None if length is None else length - 1
        return found

    def _simple(self, info: int) -> object:
        if info == 31:
            return _BREAK
        if info in _FLOATS:
            size, layout = _FLOATS[info]
            number: float = layout.unpack(self._take(size))[0]
            return number
        if info == 24:
            self._take(1)
        return {20: False, 21: True}.get(info)
