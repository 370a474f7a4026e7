"""AVIF and HEIF: an XMP item added or replaced (ISO/IEC 14496-12, 8.11; ISO/IEC 23008-12, 6.5 and A.2.1).

The packet goes into an `mdat` of its own at the end. The `meta` box grows, so every place in the file that `iloc` names moves with
it; coded pictures are passed through. Image sequences are refused: their tables hold places that nothing here follows.
"""

from __future__ import annotations

from typing import NamedTuple

from sdscan.facts.source import Source
from sdscan.labelling.edits import Changed, Edit, Layout, Piece
from sdscan.labelling.items import Item, Places, box, full_box, read_places, written_places
from sdscan.limits import Limits

_XMP_TYPE = b"application/rdf+xml"
_REFUSED = {b"moov": "it is an image sequence", b"moof": "it is an image sequence"}


class _Box(NamedTuple):
    kind: bytes
    start: int
    body: int
    end: int


class _Known(NamedTuple):
    """What the boxes inside `meta` say."""

    children: list[_Box]
    """Offsets from the start of `meta`."""
    places: Places
    items: list[tuple[int, bytes, bytes]]
    """(item number, type, content type)."""
    primary: int
    wide: bool
    """Whether `iref` counts in four bytes."""


def layout(source: Source, limits: Limits) -> Layout | str:
    """The pieces, or a sentence why it is not written to. `head` is the whole `meta` box."""
    top = _top(source, limits)
    if isinstance(top, str):
        return top
    metas = [one for one in top if one.kind == b"meta"]
    if len(metas) != 1 or metas[0].end - metas[0].start > limits.blob:
        return "it has no meta box, or several, or one that is too large"
    refused = next((_REFUSED[one.kind] for one in top if one.kind in _REFUSED), None)
    if refused is not None:
        return refused
    start, end = metas[0].start, metas[0].end
    meta = source.read(start, end - start)
    known = _known(meta)
    if isinstance(known, str):
        return known
    if source.read(top[-1].start, 4) == b"\0\0\0\0":
        return "its last box has no length of its own"
    pieces = [piece for item in known.items for piece in _piece(source, item, known, start)]
    return Layout(tuple(pieces), source.size, meta, start)


def edits(layout: Layout, changed: Changed, packet: bytes | None) -> list[Edit] | str:
    """The edits that write `changed` pieces anew and add `packet`."""
    known = _known(layout.head)
    if isinstance(known, str):
        return known
    start, stop = layout.head_start, layout.head_start + len(layout.head)
    meta = bytearray(layout.head)
    found: list[Edit] = []
    new = packet
    number = 0
    for piece, data in changed:
        if piece.kind == "xmp":
            new, number = data, int.from_bytes(piece.form, "big")
            data = bytes(piece.stop - piece.start)  # what it said is not left behind
        if len(data) != piece.stop - piece.start:
            return "an EXIF item would change its length"
        if start <= piece.start and piece.stop <= stop:
            meta[piece.start - start : piece.stop - start] = data
        else:
            found.append(Edit(piece.start, piece.stop, data))
    if new is None:
        return [*found, Edit(start, stop, bytes(meta))]
    whole = _with_packet(bytes(meta), known, number, len(new), start, layout.insert)
    if isinstance(whole, str):
        return whole
    return [*found, Edit(start, stop, whole), Edit(layout.insert, layout.insert, box(b"mdat", new))]


def _with_packet(meta: bytes, known: _Known, number: int, length: int, start: int, size: int) -> bytes | str:
    """The `meta` box with an XMP item of that length at the end of the file; `number` 0: a new item."""
    is_new = not number
    number = number or _free_number(known)
    if is_new and number > 0xFFFF:
        return "it has no number left for another item"
    stop = start + len(meta)
    grown = 0
    for _ in range(3):  # the places decide how wide their table is, and its width decides the places
        moved = known.places.moved(stop, grown)
        if isinstance(moved, str):
            return moved
        placed = moved.placed(Item(number, 0, 0, 0, ((0, size + grown + 8, length),)))
        whole = _rebuilt(meta, known, written_places(placed), number if is_new else 0)
        if len(whole) - len(meta) == grown:
            return whole
        grown = len(whole) - len(meta)
    return "its table of places cannot be written anew"


def _rebuilt(meta: bytes, known: _Known, iloc: bytes, new: int) -> bytes:
    """`meta` with another `iloc` and, for a new item, its entries in `iinf` and `iref`; all other boxes as they stand."""
    parts = []
    has_iref = any(child.kind == b"iref" for child in known.children)
    for child in known.children:
        whole = meta[child.start : child.end]
        if child.kind == b"iloc":
            whole = iloc
            if new and not has_iref:
                wide = known.primary > 0xFFFF
                whole += full_box(b"iref", int(wide), _reference(new, known.primary, wide=wide))
        elif child.kind == b"iinf" and new:
            whole = _more_items(meta, child, new)
        elif child.kind == b"iref" and new:
            whole = box(b"iref", meta[child.body : child.end] + _reference(new, known.primary, wide=known.wide))
        parts.append(whole)
    first = known.children[0].start
    return box(b"meta", meta[first - 4 : first] + b"".join(parts))


def _more_items(meta: bytes, iinf: _Box, number: int) -> bytes:
    """`iinf` with one more entry (8.11.6): a `mime` item without a name."""
    body = meta[iinf.body : iinf.end]
    wide = 4 if body[0] else 2
    count = int.from_bytes(body[4 : 4 + wide], "big") + 1
    id_wide = 2 if number <= 0xFFFF else 4
    entry = number.to_bytes(id_wide, "big") + b"\0\0mime\0" + _XMP_TYPE + b"\0"
    infe = full_box(b"infe", 2 if id_wide == 2 else 3, entry)
    return box(b"iinf", body[:4] + count.to_bytes(wide, "big") + body[4 + wide :] + infe)


def _reference(number: int, primary: int, *, wide: bool) -> bytes:
    """`cdsc`: the item describes the primary picture (23008-12, 6.5.1)."""
    size = 4 if wide else 2
    return box(b"cdsc", number.to_bytes(size, "big") + b"\0\1" + primary.to_bytes(size, "big"))


def _free_number(known: _Known) -> int:
    used = {number for number, _, _ in known.items} | {item.number for item in known.places.items}
    number = max(used, default=0) + 1
    return number if number <= 0xFFFF else next((n for n in range(1, 0x10000) if n not in used), number)


# ---- reading -------------------------------------------------------------------------------------------------------


def _top(source: Source, limits: Limits) -> list[_Box] | str:
    """The boxes of the file; a sentence where they do not fill it exactly."""
    found: list[_Box] = []
    pos = 0
    while pos < source.size:
        one = _box(source.read(pos, 16), pos, source.size)
        if one is None or len(found) >= limits.chunks:
            return f"no box begins at byte {pos:,}"
        found.append(one)
        pos = one.end
    return found if found else "it is empty"


def _box(header: bytes, pos: int, stop: int) -> _Box | None:
    size, body = int.from_bytes(header[:4], "big"), pos + 8
    if size == 1:
        size, body = int.from_bytes(header[8:16], "big"), pos + 16
    elif size == 0:
        size = stop - pos
    if len(header) < 8 or size < body - pos or pos + size > stop:
        return None
    return _Box(header[4:8], pos, body, pos + size)


def _known(meta: bytes) -> _Known | str:
    """What `meta` holds; offsets from its start. A sentence where a part is missing or damaged."""
    outer = _box(meta[:16], 0, len(meta))
    if outer is None:
        return "its meta box is damaged"
    children: list[_Box] = []
    pos = outer.body + 4
    while pos < len(meta):
        one = _box(meta[pos : pos + 16], pos, len(meta))
        if one is None:
            return "its meta box is damaged"
        children.append(one)
        pos = one.end
    by_kind = {child.kind: meta[child.body : child.end] for child in reversed(children)}
    if not {b"iinf", b"iloc", b"pitm"} <= by_kind.keys() or len([c for c in children if c.kind == b"iloc"]) != 1:
        return "its items cannot be found"
    places = read_places(by_kind[b"iloc"])
    items = _items(by_kind[b"iinf"])
    pitm = by_kind[b"pitm"]
    primary = int.from_bytes(pitm[4 : 8 if pitm[:1] != b"\0" else 6], "big")
    if isinstance(places, str) or items is None or not primary:
        return places if isinstance(places, str) else "its list of items is damaged"
    return _Known(children, places, items, primary, by_kind.get(b"iref", b"\0")[:1] != b"\0")


def _items(iinf: bytes) -> list[tuple[int, bytes, bytes]] | None:
    pos = 8 if iinf[:1] != b"\0" else 6
    found = []
    while pos < len(iinf):
        one = _box(iinf[pos : pos + 16], pos, len(iinf))
        if one is None:
            return None
        body = iinf[one.body : one.end]
        if one.kind == b"infe" and body[:1] in (b"\2", b"\3"):
            wide = 2 if body[0] == 3 else 0
            content = body[12 + wide :].partition(b"\0")[2].partition(b"\0")[0]
            found.append((int.from_bytes(body[4 : 6 + wide], "big"), body[8 + wide : 12 + wide], content))
        pos = one.end
    return found


def _piece(source: Source, item: tuple[int, bytes, bytes], known: _Known, start: int) -> list[Piece]:
    """The XMP or EXIF item as a piece, where it stands in one extent that no other item shares."""
    number, kind, content = item
    if kind != b"Exif" and (kind, content) != (b"mime", _XMP_TYPE):
        return []
    idat = next((start + child.body for child in known.children if child.kind == b"idat"), None)
    span = known.places.span(number, idat)
    if span is None or known.places.is_shared(number, span, idat) or span[1] > source.size:
        return []
    data = source.read(span[0], span[1] - span[0])
    if kind == b"mime":
        return [Piece("xmp", "", data, *span, number.to_bytes(4, "big"))]
    skip = 4 + int.from_bytes(data[:4], "big")
    return [Piece("exif", "", data[skip:], span[0] + skip, span[1])] if data[skip : skip + 2] in (b"II", b"MM") else []
