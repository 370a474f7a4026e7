"""The compiled watchlist: drafts → bytes → lookups, memory-mapped and exact. No import on the hot path parses a pack.

Layout (little endian; every section starts at a multiple of 8):
    head      magic, section table (offset, size of each), CRC-32 of the head
    meta      JSON: packs, sources
    buckets   u32[2^k + 1]   first slot of each bucket; a key lives in bucket crc32(key) & (2^k - 1)
    slots     u32[3 n]       crc32(key), offset of its bytes, value: posting + 1 in bits 0-29, FREE, LONGER
    keys      bytes          u16 length, then UTF-8
    postings  u32[2 m]       entry; worth and how, bit 31 on the last of a key
    entries   u32[9 e]       offsets of id, name, work, rightsholder, medium, notes, source and `also` in `texts`; kind | born << 4 | died << 18
    posts     u32[e]
    texts     bytes          u16 length, then UTF-8
A key is found by its bytes, never by its hash alone.
"""

from __future__ import annotations

import mmap
import struct
import sys
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

import msgspec
from msgspec import Struct

from sdscan.knowledge.watchlists.entries import CONTEXT, KINDS, MARK, ORDINARY, WORTH, Draft, Entry
from sdscan.records import Pack

MAGIC = b"sdwatch2"
SECTIONS = ("meta", "buckets", "slots", "keys", "postings", "entries", "posts", "texts")
_HEAD = struct.Struct(f"<8s{2 * len(SECTIONS)}QI4x")
_LAST = 1 << 31
LONGER = 1 << 31
"""Bit of a value: longer keys begin with this one."""
FREE = 1 << 30
"""Bit of a value: some meaning of the key may count inside other text; without it all are ordinary words that need the whole tag."""
HELD = FREE - 1
"""The bits of a value that say where its postings stand; 0: it only begins longer keys."""
_BITS = 12
_WORTHS = (1 << _BITS) - 1
_ID = "\x01"
_NATIVE = "\x02"
"""Key prefixes: an entry's id; the first two letters of a CJK name."""
MEMO = 1 << 17
"""Look-ups remembered; the memo is emptied when it is full, which changes no result."""

LONGEST = 60
"""Characters of a key that is remembered, so that the memo's size is bounded in bytes too."""


class Meta(msgspec.Struct, frozen=True):
    """What the index was made of."""

    packs: tuple[Pack, ...] = ()
    sources: str = ""
    """Digest of the program version and of all sources."""
    ours: tuple[str, ...] = ()
    """Ids of the packs among the sources; the rest are imported lists."""
    names: int = 0
    body: int = 0
    """CRC-32 of everything after `meta`."""


class Posting(Struct, frozen=True):
    """One entry that a key may mean."""

    entry: int
    worth: int


class Damaged(Exception):
    """The bytes are no index of this version; the cache is compiled anew."""


# ---- writing -----------------------------------------------------------------------------------------------


def build(drafts: Sequence[Draft], packs: Sequence[Pack], sources: str = "", ours: Iterable[str] = ()) -> bytes:
    """The index of these entries; `ours`: ids of the packs. The same input gives the same bytes."""
    postings: dict[str, int | list[int]] = {}
    free: set[str] = set()
    for number, draft in enumerate(drafts):
        entry = draft.entry
        postings[_ID + entry.id] = number << _BITS | CONTEXT
        styled = entry.kind in ("style", "studio")
        for key, worth in draft.forms.items():
            if styled or worth & WORTH not in (CONTEXT, MARK) or not worth & ORDINARY:
                free.add(key)
            held = postings.get(key)
            if held is None:
                postings[key] = number << _BITS | worth
            elif isinstance(held, int):
                postings[key] = [held, number << _BITS | worth]
            else:
                held.append(number << _BITS | worth)
    flat = array("I")
    values = _beginnings(postings)
    for key, found in postings.items():
        values[key] = values.get(key, 0) | (len(flat) // 2 + 1) | (FREE if key in free else 0)
        if isinstance(found, int):
            flat.append(found >> _BITS)
            flat.append(found & _WORTHS | _LAST)
            continue
        for packed in found:
            flat.append(packed >> _BITS)
            flat.append(packed & _WORTHS)
        flat[-1] |= _LAST
    buckets, slots, keys = _table(values)
    entries, posts, texts = _entry_table(drafts)
    body = [_bytes(buckets), _bytes(slots), keys, _bytes(flat), _bytes(entries), _bytes(posts), texts]
    check = 0
    for part in body:
        check = zlib.crc32(part, check)
    meta = msgspec.json.encode(Meta(tuple(packs), sources, tuple(sorted(ours)), len(postings), check))
    return _assembled([meta, *body])


def _beginnings(postings: Iterable[str]) -> dict[str, int]:
    """Every proper beginning, word by word, of a key of several words; and the first two letters of CJK keys."""
    found: dict[str, int] = {}
    for key in postings:
        at = key.find(" ")
        while at > 0:
            found[key[:at]] = LONGER
            at = key.find(" ", at + 1)
        if key[0] > "\x7f":
            found[_NATIVE + key[:2]] = LONGER
    return found


def _table(values: dict[str, int]) -> tuple[array[int], array[int], bytes]:
    """Buckets, slots and key bytes. Within a bucket, slots stand in the order of `values`."""
    bits = max(4, (len(values) * 2 - 1).bit_length() - 1)
    mask = (1 << bits) - 1
    raws = [key.encode() for key in values]
    crcs = array("I", map(zlib.crc32, raws))
    counts = array("I", bytes(4 * (mask + 2)))
    for crc in crcs:
        counts[(crc & mask) + 1] += 1
    buckets = array("I", accumulate(counts))
    free = buckets[:]
    slots, pieces, offset = array("I", bytes(12 * len(raws))), [], 0
    for raw, crc, value in zip(raws, crcs, values.values()):
        bucket = crc & mask
        place = 3 * free[bucket]
        free[bucket] += 1
        slots[place] = crc
        slots[place + 1] = offset
        slots[place + 2] = value
        size = len(raw)
        pieces.append(size.to_bytes(2, "little"))
        pieces.append(raw)
        offset += 2 + size
    return buckets, slots, b"".join(pieces)


def _entry_table(drafts: Sequence[Draft]) -> tuple[array[int], array[int], bytes]:
    places: dict[str, int] = {"": 0}
    pieces, offset = [b"\0\0"], 2
    rows, posts = array("I"), array("I")
    for entry in [draft.entry for draft in drafts]:
        texts = (
            entry.id,
            entry.name,
            entry.work or "",
            entry.rightsholder,
            entry.medium,
            entry.notes,
            entry.source,
            "|".join(entry.also),
        )
        for text in texts:
            place = places.get(text)
            if place is None:
                raw = text.encode("utf-8", "replace")[:65535]
                place = places[text] = offset
                pieces += (len(raw).to_bytes(2, "little"), raw)
                offset += 2 + len(raw)
            rows.append(place)
        rows.append(KINDS.index(entry.kind) | (_year(entry.born) << 4) | (_year(entry.died) << 18))
        posts.append(min(entry.posts, _LAST))
    return rows, posts, b"".join(pieces)


def _year(year: int | None) -> int:
    """0: unknown; else the year plus 4,000, so that years before Christ fit."""
    return 0 if year is None else min(max(year + 4000, 1), 16383)


def _bytes(numbers: array[int]) -> bytes:
    if sys.byteorder == "big":
        numbers = array("I", numbers)
        numbers.byteswap()
    return numbers.tobytes()


def _assembled(parts: list[bytes]) -> bytes:
    out = bytearray(_HEAD.size)
    table: list[int] = []
    for part in parts:
        out.extend(bytes(-len(out) % 8))
        table += [len(out), len(part)]
        out += part
    head = _HEAD.pack(MAGIC, *table, 0)
    out[: _HEAD.size] = _HEAD.pack(MAGIC, *table, zlib.crc32(head[:-8]))
    return bytes(out)


# ---- reading -----------------------------------------------------------------------------------------------


class Index:
    """A compiled watchlist, mapped or in memory. Every offset is checked before it is followed."""

    def __init__(self, data: bytes | mmap.mmap | memoryview, *, check: bool = False) -> None:
        self.data = data
        view = memoryview(data)
        try:
            magic, *rest = _HEAD.unpack_from(view)
        except struct.error:
            raise Damaged("too short") from None
        if magic != MAGIC or rest[-1] != zlib.crc32(view[: _HEAD.size - 8]):
            raise Damaged("no index of this version")
        parts: dict[str, memoryview] = {}
        for place, name in enumerate(SECTIONS):
            start, size = rest[2 * place : 2 * place + 2]
            if start + size > len(view) or start % 8:
                raise Damaged(f"section {name} reaches beyond the end")
            parts[name] = view[start : start + size]
        try:
            self.meta = msgspec.json.decode(parts["meta"], type=Meta)
        except msgspec.MsgspecError:
            raise Damaged("the description cannot be read") from None
        if check and self._body(parts) != self.meta.body:
            raise Damaged("the checksum differs")
        self.buckets, self.slots, self.flat = (_numbers(parts[name]) for name in ("buckets", "slots", "postings"))
        self.rows, self.posts = _numbers(parts["entries"]), _numbers(parts["posts"])
        self.keys, self.texts = parts["keys"], parts["texts"]
        self.mask = len(self.buckets) - 2
        if self.mask < 1 or self.mask & (self.mask + 1) or len(self.slots) % 3 or len(self.rows) != 9 * len(self.posts):
            raise Damaged("sections do not fit")
        self.memo: dict[str, int] = {}
        self._entries: dict[int, Entry] = {}

    @staticmethod
    def _body(parts: dict[str, memoryview]) -> int:
        check = 0
        for name in SECTIONS[1:]:
            check = zlib.crc32(parts[name], check)
        return check

    def __len__(self) -> int:
        """How many entries it holds."""
        return len(self.posts)

    def find(self, key: str) -> int:
        """The value of a key: 0 where it is none; else LONGER, FREE, and in the bits of HELD where its postings stand."""
        memo = self.memo
        value = memo.get(key)
        if value is None:
            raw = key.encode("utf-8", "surrogatepass")
            crc = zlib.crc32(raw)
            bucket = crc & self.mask
            first, last = self.buckets[bucket], self.buckets[bucket + 1]
            value = self._find(raw, crc, first, last) if first < last else 0
            if len(key) <= LONGEST:
                if len(memo) >= MEMO:
                    memo.clear()
                memo[key] = value
        return value

    def _find(self, raw: bytes, crc: int, first: int, last: int) -> int:
        """The value of a key in the slots of its bucket."""
        slots = self.slots
        for slot in range(3 * first, min(3 * last, len(slots)), 3):
            if slots[slot] == crc:
                start = slots[slot + 1]
                size = len(raw)
                if self.keys[start : start + 2 + size] == size.to_bytes(2, "little") + raw:
                    return slots[slot + 2]
        return 0

    def postings(self, value: int) -> list[Posting]:
        """What a value of `find` may mean."""
        place = ((value & HELD) - 1) * 2
        found: list[Posting] = []
        flat = self.flat
        while 0 <= place < len(flat) - 1:
            entry, worth = flat[place], flat[place + 1]
            if entry < len(self.posts):
                found.append(Posting(entry, worth & ~_LAST))
            if worth & _LAST:
                break
            place += 2
        return found

    def number(self, entry_id: str) -> int | None:
        """The number of an entry."""
        value = self.find(_ID + entry_id)
        found = self.postings(value) if value else []
        return found[0].entry if found else None

    def entry(self, number: int) -> Entry:
        """The entry with a number below len(self)."""
        found = self._entries.get(number)
        if found is None:
            found = self._entries[number] = self._entry(number)
        return found

    def _entry(self, number: int) -> Entry:
        *places, packed = self.rows[9 * number : 9 * number + 9]
        entry_id, name, work, rightsholder, medium, notes, source, also = (self._text(place) for place in places)
        born, died = packed >> 4 & 16383, packed >> 18
        return Entry(
            entry_id,
            KINDS[min(packed & 15, len(KINDS) - 1)],
            name,
            work=work or None,
            born=born - 4000 if born else None,
            died=died - 4000 if died else None,
            rightsholder=rightsholder,
            medium=medium,
            posts=self.posts[number],
            source=source,
            notes=notes,
            also=tuple(also.split("|")) if also else (),
        )

    def _text(self, place: int) -> str:
        size = int.from_bytes(self.texts[place : place + 2], "little")
        return bytes(self.texts[place + 2 : place + 2 + size]).decode("utf-8", "replace")

    def keys_of(self, wanted: set[int] | None = None) -> Iterator[tuple[str, list[Posting]]]:
        """Every name (not ids, not beginnings) with what it means; slow, for listing and search."""
        for slot in range(0, len(self.slots), 3):
            start, value = self.slots[slot + 1], self.slots[slot + 2]
            size = int.from_bytes(self.keys[start : start + 2], "little")
            key = bytes(self.keys[start + 2 : start + 2 + size]).decode("utf-8", "replace")
            if key[:1] in (_ID, _NATIVE) or not value & HELD:
                continue
            found = self.postings(value)
            if wanted is None or any(posting.entry in wanted for posting in found):
                yield key, found


def _numbers(view: memoryview) -> memoryview | array[int]:
    """A section of u32 as numbers; copied only on big-endian machines."""
    if len(view) % 4:
        raise Damaged("a section is cut")
    if sys.byteorder == "big":
        numbers = array("I", bytes(view))
        numbers.byteswap()
        return numbers
    return view.cast("I")


assert WORTH < 16
