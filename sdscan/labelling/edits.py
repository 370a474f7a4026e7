"""Edits of a file: byte ranges and what stands there instead → the blocks of the copy. All other bytes pass as they are."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from msgspec import Struct

from sdscan.facts.source import Source

_BLOCK = 1 << 20


class Edit(Struct, frozen=True):
    """`data` in place of the bytes from `start` to `stop`; an insertion where both are the same."""

    start: int
    stop: int
    data: bytes


class Piece(Struct, frozen=True):
    """One piece of metadata that can be written anew."""

    kind: Literal["xmp", "exif", "text"]
    key: str
    """Keyword of a text; empty for the others."""
    data: bytes
    """The payload, unpacked: packet, EXIF block, text as its writer encoded it."""
    start: int
    """Where the chunk, segment or item stands in the file, header and all."""
    stop: int
    form: bytes = b""
    """What the format's module needs to write it again."""


class Layout(Struct, frozen=True):
    """What may be changed in one file."""

    pieces: tuple[Piece, ...]
    insert: int
    """Where a new packet goes."""
    head: bytes = b""
    """What else the format's module needs: the header that tells sizes and places."""
    head_start: int = 0

    @property
    def packet(self) -> Piece | None:
        """The XMP packet, where there is one."""
        return next((piece for piece in self.pieces if piece.kind == "xmp"), None)


Changed = Sequence[tuple[Piece, bytes]]
"""Pieces with the payload that they get."""


def overlap(edits: Iterable[Edit]) -> bool:
    """Whether two edits want the same bytes: the tables of a damaged file may say so."""
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.stop))
    return any(after.start < before.stop for before, after in itertools.pairwise(ordered))


def edited(source: Source, edits: Iterable[Edit]) -> Iterator[bytes]:
    """The blocks of the copy. Edits must not overlap."""
    at = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.stop)):
        assert edit.start >= at, "edits must not overlap"
        yield from _bytes(source, at, edit.start)
        yield edit.data
        at = edit.stop
    yield from _bytes(source, at, source.size)


def _bytes(source: Source, start: int, stop: int) -> Iterator[bytes]:
    while start < stop:
        block = source.read(start, min(_BLOCK, stop - start))
        if not block:  # the file has shrunk; what was made of it is checked before it counts
            return
        yield block
        start += len(block)
