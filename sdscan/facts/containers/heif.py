"""HEIF and AVIF → blobs: EXIF, XMP and text items found through `meta/iinf` and `iloc` (ISO/IEC 23008-12; 14496-12, 8.11), and C2PA.

Only the items that carry metadata are fetched; coded pictures are never touched.
"""

from __future__ import annotations

from msgspec import Struct

from sdscan.facts.containers.boxes import Box, add_uuid, boxes
from sdscan.facts.containers.gathered import Gathered, add_exif, add_xmp
from sdscan.facts.containers.sniffing import sniff
from sdscan.facts.encodings import printable
from sdscan.facts.source import Source
from sdscan.limits import Limits
from sdscan.records import Container

_ALPHA = b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha"
_XMP_TYPE = b"application/rdf+xml"
_IN_FILE, _IN_IDAT = 0, 1


class _Item(Struct, frozen=True):
    """An item that carries metadata."""

    number: int
    kind: bytes
    """`Exif` or `mime`."""
    content: bytes
    """The MIME type of a `mime` item."""
    offset: int


class _Extent(Struct, frozen=True):
    """Where a part of an item stands."""

    method: int
    offset: int
    length: int


def read_heif(source: Source, limits: Limits, thorough: bool = False) -> Container:
    """HEIF and AVIF alike; the brand gives the name."""
    found = Gathered("avif" if sniff(source.head) == "avif" else "heif", limits)
    seen_meta = False
    for box in boxes(found, source, 0, source.size):
        if box.kind == b"meta":
            seen_meta = True
            _meta(found, source, box)
        elif box.kind == b"uuid":
            add_uuid(found, source, box)
        elif box.kind == b"moov":
            found.frames = max(found.frames, 2)
            seen_meta = True
    if not seen_meta:
        found.cut("holds no meta box, so its items cannot be found", source.size)
    return found.container()


def _meta(found: Gathered, source: Source, meta: Box) -> None:
    items: list[_Item] = []
    places: dict[int, list[_Extent]] = {}
    idat: Box | None = None
    for box in boxes(found, source, meta.body + 4, meta.end):
        if box.kind == b"iinf":
            items = _items(found, source, box)
        elif box.kind == b"iloc":
            places = _places(found, found.body(source, box.body, box.end - box.body, "the iloc box"))
        elif box.kind == b"idat":
            idat = box
        elif box.kind == b"iprp":
            _properties(found, source, box)
        elif box.kind == b"uuid":
            add_uuid(found, source, box)
    budget = found.limits.blobs_total
    for item in {item.number: item for item in items}.values():
        data, offset = _fetch(found, source, item, places.get(item.number, []), idat)
        budget -= len(data)
        if budget < 0:
            found.problem("limit-blobs-total", "the metadata items are larger than is read", item.offset)
            break
        if data:
            _keep(found, item, data, offset)


def _items(found: Gathered, source: Source, iinf: Box) -> list[_Item]:
    """The metadata items of `iinf`: version 0 counts in two bytes, later ones in four."""
    start = iinf.body + (6 if source.read(iinf.body, 1) == b"\0" else 8)
    items = []
    for box in boxes(found, source, start, iinf.end):
        body = source.read(box.body, min(box.end - box.body, 512))
        wide = 2 if body[:1] == b"\3" else 0
        if box.kind != b"infe" or body[:1] not in (b"\2", b"\3"):
            continue
        kind = body[8 + wide : 12 + wide]
        if kind in (b"Exif", b"mime"):
            _, _, rest = body[12 + wide :].partition(b"\0")
            items.append(_Item(int.from_bytes(body[4 : 6 + wide], "big"), kind, rest.partition(b"\0")[0], box.start))
    return items


def _places(found: Gathered, body: bytes) -> dict[int, list[_Extent]]:
    """Item number → its extents (8.11.3). Field widths are given in the box itself; 0 is allowed."""
    version, at = body[0] if body else 0, 4
    sizes = body[4:6].ljust(2, b"\0")
    wide_offset, wide_length = sizes[0] >> 4, sizes[0] & 15
    wide_base, wide_index = sizes[1] >> 4, sizes[1] & 15 if version else 0
    wide_id = 4 if version == 2 else 2
    places: dict[int, list[_Extent]] = {}

    def number(width: int) -> int:
        nonlocal at
        at += width
        return int.from_bytes(body[at - width : at], "big")

    at = 6
    for _ in range(number(wide_id)):
        if at >= len(body) or not found.step(at):
            break
        item = number(wide_id)
        method = number(2) & 15 if version else _IN_FILE
        at += 2  # data reference
        base, extents = number(wide_base), []
        for _ in range(number(2)):
            if at >= len(body) or not found.step(at):
                break
            at += wide_index
            offset = number(wide_offset)
            extents.append(_Extent(method, base + offset, number(wide_length)))
        places[item] = extents
    return places


def _fetch(found: Gathered, source: Source, item: _Item, extents: list[_Extent], idat: Box | None) -> tuple[bytes, int]:
    """The bytes of an item, its extents joined, and the file offset of the first; length 0 means to the end."""
    parts, first, left = [], 0, found.limits.blob
    for extent in extents:
        start, stop = extent.offset, source.size
        if extent.method == _IN_IDAT and idat is not None:
            start, stop = start + idat.body, idat.end
        elif extent.method != _IN_FILE:
            continue
        length = min(extent.length or stop - start, left)
        part = source.read(start, max(0, min(length, stop - start)))
        if len(part) < length:
            found.problem("bad-item", f"item {item.number} reaches beyond the end of the file", item.offset)
        parts.append(part)
        left -= len(part)
        first = first or start
        if left <= 0:
            found.problem("limit-blob", f"item {item.number} is larger than is read", item.offset)
            break
    if not extents:
        found.problem("bad-item", f"item {item.number} ({item.kind.decode()}) has no place in the file", item.offset)
    return b"".join(parts), first


def _keep(found: Gathered, item: _Item, data: bytes, offset: int) -> None:
    if item.kind == b"Exif":  # four bytes: how far the TIFF header is behind them
        skip = 4 + int.from_bytes(data[:4], "big")
        if data[skip : skip + 2] not in (b"II", b"MM"):
            skip = 0
        add_exif(found, f"{found.format}:exif", data[skip:], offset + skip)
    elif item.content == _XMP_TYPE:
        add_xmp(found, f"{found.format}:xmp", data, offset, len(data))
    else:
        text = printable(data)
        if text is not None:
            key = item.content.decode("latin-1") or "mime"
            found.text(f"{found.format}:mime/{key}", key, text, offset, len(data))


def _properties(found: Gathered, source: Source, iprp: Box) -> None:
    """The largest `ispe` is the size of the picture (tiles and thumbnails are smaller); `auxC` tells an alpha plane."""
    for box in boxes(found, source, iprp.body, iprp.end):
        if box.kind != b"ipco":
            continue
        for item in boxes(found, source, box.body, box.end):
            body = source.read(item.body, min(item.end - item.body, 64))
            if item.kind == b"ispe" and len(body) >= 12:
                found.width = max(found.width, int.from_bytes(body[4:8], "big"))
                found.height = max(found.height, int.from_bytes(body[8:12], "big"))
            elif item.kind == b"auxC" and body[4:].startswith(_ALPHA):
                found.has_alpha = True
