"""ISO base media file format: one walk over the boxes that MP4, HEIF, AVIF and JPEG XL share (ISO/IEC 14496-12, 4.2)."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from sdscan.facts.containers.gathered import Gathered, add_xmp
from sdscan.facts.source import Source

XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
"""XMP specification, part 3, 1.2.7."""
C2PA_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""C2PA specification, A.5 (BMFF)."""


class Box(Struct, frozen=True):
    """One box; offsets are those of the file."""

    kind: bytes
    start: int
    body: int
    """Where the content begins; for `uuid` behind the 16 bytes of the extended type."""
    end: int
    """Never beyond the parent."""
    extended: bytes = b""
    """The extended type of a `uuid` box."""


def boxes(found: Gathered, source: Source, start: int, stop: int) -> Iterator[Box]:
    """The boxes between two offsets. A box that reaches beyond `stop` comes clipped, as the last one.

    At the top (`stop` is the end of the file) that means a truncated file; inside a box it is a problem.
    """
    pos = start
    while pos < stop and found.step(pos):
        header = source.read(pos, 32)
        size, kind, body = int.from_bytes(header[:4], "big"), header[4:8], pos + 8
        if size == 1:
            size, body = int.from_bytes(header[8:16], "big"), pos + 16
        elif size == 0:
            size = stop - pos
        extended = b""
        if kind == b"uuid":
            extended, body = header[body - pos : body - pos + 16], body + 16
        if stop - pos < 8 or size < body - pos:
            _odd(found, source, pos, stop, f"no box begins at byte {pos:,}")
            return
        end = pos + size
        if end > stop:
            what = "the file" if stop == source.size else "its parent"
            _odd(found, source, pos, stop, f"the {kind.decode('latin-1')} box at byte {pos:,} reaches beyond {what}")
        yield Box(kind, pos, min(body, stop), min(end, stop), extended)
        pos = end


def _odd(found: Gathered, source: Source, pos: int, stop: int, what: str) -> None:
    if stop < source.size:
        found.problem("bad-box", what, pos)
    elif source.read(pos, 64).strip(b"\0"):
        found.cut(f"is cut or damaged: {what}", pos)


def add_uuid(found: Gathered, source: Source, box: Box) -> None:
    """Keep an XMP packet or a C2PA manifest store out of a `uuid` box."""
    if box.extended not in (XMP_UUID, C2PA_UUID):
        return
    body = found.body(source, box.body, box.end - box.body, "the uuid box")
    if box.extended == XMP_UUID:
        add_xmp(found, f"{found.format}:xmp", body, box.start, box.end - box.start)
        return
    purpose, _, rest = body[4:].partition(b"\0")  # version and flags, then the purpose
    if purpose in (b"manifest", b"original", b"update") and rest[12:16] == b"jumb":
        found.data(f"{found.format}:c2pa", "c2pa", rest[8:], box.start, box.end - box.start)  # behind the merkle offset
