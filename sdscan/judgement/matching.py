"""Texts × watchlist → matches. Each piece is read by itself; then the file as a whole says which names count.

texts ─ pieces ─ read_piece ─► spans ─ works in context ─ weigh ─► one meaning a span ─► matches
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sdscan.judgement.markers import style_marker
from sdscan.judgement.names import words
from sdscan.judgement.prompts import BORDER, PLAIN, Emphasis, emphasis, phrase_spans
from sdscan.judgement.reading import Seen, read_piece
from sdscan.judgement.texts import Text
from sdscan.judgement.weighing import STYLE_KINDS, Place, Weighed, weigh
from sdscan.knowledge.watchlists.entries import ALONE, CONTEXT, ORDINARY, WORTH, Entry
from sdscan.knowledge.watchlists.index import Index, Posting
from sdscan.records import Evidence, Match, State, Subject

if TYPE_CHECKING:
    from sdscan.knowledge.watchlists import Watchlist

__all__ = ["find_matches", "style_marker"]

_TAG = re.compile(r"<[A-Za-z]{2,12}:[^<>\n]{0,300}>")
_TITLE_BORDER = re.compile(
    r"[|｜()（）\[\]【】「」『』《》〈〉{}<>~～•·,，、;；\n]|\s[-–—/:]\s|\s[-–—]|[-–—]\s|(?<=[^\x00-\x7f])/|/(?=[^\x00-\x7f])|:\s"
)
MEMO = 1 << 16
"""Pieces remembered; the memo is emptied when it is full, which changes no result."""
_BEARERS = frozenset({"character", "person", "work"})
_MANY, _TIMES = 500, 5
"""A name that several bear means the one with this many posts in an imported list, and this many times those of the next."""
MOST = 2_000
"""Matches of one file that are kept."""


class Piece(NamedTuple):
    """One phrase with the names in it."""

    text: Text
    offset: int | None
    """Where the piece begins in the text at the text's locator; None where it does not stand there."""
    raw: str
    readings: tuple[tuple[Seen, ...], ...]
    stress: Emphasis
    begin: int
    """Where the piece begins in `text.text`."""


def find_matches(texts: Sequence[Text], watchlist: Watchlist) -> tuple[Match, ...]:
    """Every entry that the texts name, with its evidence, in the order of the texts. Pure but for memos."""
    if not any(_promising(text, watchlist) for text in texts):
        return ()
    pieces = [piece for text in texts for piece in _pieces(text, watchlist)]
    if not pieces:
        return ()
    return tuple(_File(pieces, texts, watchlist).matches())[:MOST]


# ---- pieces ------------------------------------------------------------------------------------------------


def _promising(text: Text, watchlist: Watchlist) -> bool:
    """Whether any piece of a text holds a name that could count without help. A filter, answered from memory for known tags."""
    if text.manner != "prompt":
        return True
    memo, index = watchlist.memo, watchlist.index
    written = text.text
    for part in _TAG.split(written) if "<" in written else (written,):
        for chunk in part.split(","):
            level = memo.get(chunk)
            if level is None:
                level = _level(chunk, index)
                if len(memo) >= MEMO:
                    memo.clear()
                memo[chunk] = level
            if level == 2:
                return True
    return False


def _level(chunk: str, index: Index) -> int:
    """0: no name; 1: only names that need their work; 2: a name that may count."""
    level = 0
    for raw in BORDER.split(chunk):
        if raw.strip():
            for seen in read_piece(raw, index, name=False)[0]:
                if any(_may_count(seen, posting) for posting in seen.postings):
                    return 2
                level = 1
    return level


def _may_count(seen: Seen, posting: Posting) -> bool:
    value = posting.worth & WORTH
    if value == CONTEXT:
        return seen.whole and not posting.worth & ORDINARY
    return value == ALONE or seen.whole or bool(seen.marked)


def _pieces(text: Text, watchlist: Watchlist) -> Iterator[Piece]:
    """The pieces of one text that hold a name."""
    written = text.text
    if text.manner == "prompt" or text.manner == "prose":
        spans: Iterable[tuple[int, int]] = phrase_spans(written)
        stress = emphasis(written) if text.manner == "prompt" else PLAIN
    elif text.manner == "title":
        spans, stress = _title_spans(written), PLAIN
    else:
        spans, stress = ((0, len(written)),), PLAIN
    name = text.manner in ("name", "title")
    for start, end in spans:
        raw = written[start:end]
        readings = _read(raw, watchlist, name)
        if any(readings):
            yield Piece(text, None if text.offset is None else text.offset + start, raw, readings, stress, start)


def _title_spans(title: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for border in _TITLE_BORDER.finditer(title):
        spans.append((start, border.start()))
        start = border.end()
    spans.append((start, len(title)))
    return [(begin, end) for begin, end in spans if title[begin:end].strip()]


def _read(raw: str, watchlist: Watchlist, name: bool) -> tuple[tuple[Seen, ...], ...]:
    memo = watchlist.memo
    key = (raw, name)
    found = memo.get(key)
    if found is None:
        if len(memo) >= MEMO:
            memo.clear()
        found = memo[key] = read_piece(raw, watchlist.index, name=name)
    assert isinstance(found, tuple)
    return found


# ---- one file ----------------------------------------------------------------------------------------------


class Chosen(NamedTuple):
    """One span with the meaning that counts."""

    piece: Piece
    seen: Seen
    number: int
    """Of the entry."""
    weighed: Weighed


class _File:
    """All pieces of one file, weighed together."""

    def __init__(self, pieces: list[Piece], texts: Sequence[Text], watchlist: Watchlist) -> None:
        self.pieces = pieces
        self.index = watchlist.index
        self.ours = watchlist.index.meta.ours
        self.style_groups = {
            text.group for text in texts if text.manner in ("name", "title") and text.group and style_marker(text.text)
        }
        self.lone_style = {text.text for text in texts if text.manner in ("name", "title") and style_marker(text.text)}
        self.any_style = bool(self.lone_style) and all(
            not text.group for text in texts if text.manner in ("name", "title")
        )
        self.works: frozenset[str] = frozenset()
        self.known: set[int] = set()
        self.originals = any(piece.raw.strip().lower() in _ORIGINAL for piece in pieces)

    def matches(self) -> Iterator[Match]:
        """The matches, once the works that the file speaks of are known."""
        chosen: list[Chosen] = []
        for _ in range(3):  # a work makes its characters count, and these their siblings; more rounds find nothing new
            chosen = [one for piece in self.pieces for one in self._choose(piece)]
            works = frozenset(self._works_of(chosen))
            known = {one.number for one in chosen}
            if works <= self.works and known <= self.known:
                break
            self.works, self.known = works | self.works, known | self.known
        for one in _without_echoes(chosen, self.index):
            yield self._match(one)

    def _works_of(self, chosen: list[Chosen]) -> Iterator[str]:
        """Works that are named, or of whom a character is named for sure; not by what stands in a negative prompt."""
        for one in chosen:
            if (
                one.piece.text.source == "negative-prompt"
                or one.piece.text.state == "unused"
                or one.weighed.strength == "weak"
            ):
                continue
            entry = self.index.entry(one.number)
            if entry.kind == "work":
                yield entry.id
            elif entry.kind == "character" and entry.work is not None and one.weighed.strength == "strong":
                yield entry.work

    def _place(self, piece: Piece, beside: frozenset[str]) -> Place:
        text = piece.text
        of_style = text.group in self.style_groups if text.group else (self.any_style or text.text in self.lone_style)
        works = frozenset() if text.source == "negative-prompt" else self.works
        return Place(text.manner, of_style, works, beside)

    def _choose(self, piece: Piece) -> Iterator[Chosen]:
        """The spans of a piece that count: the longest first, and nothing inside another."""
        best: list[Chosen] = []
        for reading in piece.readings:
            found = self._choose_in(piece, reading)
            if sum(one.seen.end - one.seen.start for one in found) > sum(one.seen.end - one.seen.start for one in best):
                best = found
        yield from best

    def _choose_in(self, piece: Piece, reading: tuple[Seen, ...]) -> list[Chosen]:
        taken: list[tuple[int, int]] = []
        found: list[Chosen] = []
        for seen in sorted(reading, key=lambda seen: (seen.start - seen.end, seen.start)):
            if any(start < seen.end and seen.start < end for start, end in taken):
                continue
            beside = self._beside(reading, seen)
            one = self._meaning(piece, seen, self._place(piece, beside))
            if one is not None:
                found.append(one)
                taken.append((seen.start, seen.end))
            elif seen.words >= 2 and not all(posting.worth & WORTH == CONTEXT for posting in seen.postings):
                taken.append((seen.start, seen.end)) if not self._holds_sure(reading, seen) else None
        found.sort(key=lambda one: one.seen.start)
        return found

    def _holds_sure(self, reading: tuple[Seen, ...], outer: Seen) -> bool:
        """Whether a name inside a longer one that does not count may count for itself."""
        return any(
            outer.start <= seen.start
            and seen.end <= outer.end
            and seen is not outer
            and any(posting.worth & WORTH == ALONE for posting in seen.postings)
            for seen in reading
        )

    def _beside(self, reading: tuple[Seen, ...], seen: Seen) -> frozenset[str]:
        """Works named right beside a span."""
        found = set()
        for number in seen.beside:
            for posting in reading[number].postings:
                entry = self.index.entry(posting.entry)
                if entry.kind == "work" and (posting.worth & WORTH != CONTEXT or not posting.worth & ORDINARY):
                    found.add(entry.id)
        return frozenset(found)

    def _meaning(self, piece: Piece, seen: Seen, place: Place) -> Chosen | None:
        """The one meaning of a span that counts most, or None. Two names are never given for one."""
        best: tuple[tuple[int, ...], Chosen] | None = None
        bearers, chief = self._bearers(seen)
        for posting in seen.postings:
            entry = self.index.entry(posting.entry)
            weighed = weigh(
                seen, entry.kind, entry.work, posting.worth, place, only=bearers <= 1 or posting.entry == chief
            )
            if weighed is None and entry.kind == "work" and posting.worth & WORTH == CONTEXT:
                weighed = self._weak_work(seen, posting, entry, place, piece)
            if weighed is None or (
                weighed.strength == "weak" and ((bearers > 1 and posting.entry != chief) or self.originals)
            ):
                continue
            rank = self._rank(posting, entry, weighed, place)
            if best is None or rank > best[0]:
                best = (rank, Chosen(piece, seen, posting.entry, weighed))
        return best[1] if best else None

    def _bearers(self, seen: Seen) -> tuple[int, int | None]:
        """How many characters, people and works bear a name, and the one that nearly everybody means, if there is one."""
        known = {posting.entry: self.index.entry(posting.entry) for posting in seen.postings}
        posts = sorted(
            ((entry.posts, number) for number, entry in known.items() if entry.kind in _BEARERS), reverse=True
        )
        if len(posts) < 2:
            return len(posts), None
        return len(posts), posts[0][1] if posts[0][0] >= max(_MANY, _TIMES * posts[1][0]) else None

    def _weak_work(self, seen: Seen, posting: Posting, entry: Entry, place: Place, piece: Piece) -> Weighed | None:
        """A short form of a work (`csm`) right beside one of its characters."""
        for reading in piece.readings:
            if seen in reading:
                for number in seen.beside:
                    if any(self.index.entry(other.entry).work == entry.id for other in reading[number].postings):
                        return Weighed("medium", "short form beside its character")
        if entry.id in place.works and seen.whole:
            return Weighed("medium", "short form of a work that is named")
        return None

    def _rank(self, posting: Posting, entry: Entry, weighed: Weighed, place: Place) -> tuple[int, ...]:
        """What is preferred where a span may mean several."""
        strength = ("weak", "medium", "strong").index(weighed.strength)
        near = 2 if entry.work in place.beside else 1 if entry.work in place.works else 0
        style = int(entry.kind in STYLE_KINDS) if place.of_style else -int(entry.kind in STYLE_KINDS)
        worth = (0, 0, 1, 2, 0, 1)[posting.worth & WORTH]
        ours = int(entry.source in self.ours)
        return (int(posting.entry in self.known), near, strength, style, ours, worth, entry.posts, -posting.entry)

    def _match(self, one: Chosen) -> Match:
        entry = self.index.entry(one.number)
        piece, seen, text = one.piece, one.seen, one.piece.text
        weight, state = _weight_at(piece, seen)
        start = None if piece.offset is None else piece.offset + seen.start
        end = None if piece.offset is None else piece.offset + seen.end
        evidence = Evidence(text.source, text.locator, piece.raw[seen.start : seen.end], start, end, weight, state)
        subject = Subject(entry.id, entry.kind, entry.name, entry.work if entry.kind == "character" else None)
        strength = one.weighed.strength
        if text.source == "template":
            strength = "weak"
        elif strength == "strong" and (text.certainty < 0.6 or state == "possible" or text.source == "lora-training"):
            strength = "medium"
        styled = (
            entry.kind in STYLE_KINDS
            or seen.styled
            or (entry.kind == "work" and text.manner in ("name", "title") and style_marker(text.text) is not None)
        )
        return Match(subject, strength, evidence, one.weighed.how, styled)


_ORIGINAL = frozenset({"oc", "original character", "original"})


def _weight_at(piece: Piece, seen: Seen) -> tuple[float | None, State]:
    """The weight of a span, and whether it was used."""
    text = piece.text
    if text.manner != "prompt" or text.group:
        return text.weight, text.state
    weight, state = piece.stress.at(piece.begin + seen.start)
    if text.state != "used":
        state = text.state
    return weight, "unused" if weight <= 0 else state


def _without_echoes(chosen: list[Chosen], index: Index) -> Iterator[Chosen]:
    """Without a second name for one who is named: one word of a longer name (`sakura` beside `haruno sakura`), a variant of a character."""
    full: dict[str, set[int]] = {}
    named: set[int] = set()
    for one in chosen:
        if index.entry(one.number).kind == "character":
            named.add(one.number)
            if one.seen.words >= 2 and one.weighed.strength == "strong":
                for word in words(one.piece.raw[one.seen.start : one.seen.end]):
                    full.setdefault(word, set()).add(one.number)
    stems = {number: _stem(index.entry(number)) for number in named}
    dropped = {
        number
        for number in named
        if any(_is_variant(index, number, other, stems) for other in named if other != number)
    }
    for one in chosen:
        if one.number in dropped:
            continue
        if one.seen.words == 1 and one.number in named:
            bearers = full.get(one.piece.raw[one.seen.start : one.seen.end].lower())
            if bearers and one.number not in bearers:
                continue
        yield one


def _stem(entry: Entry) -> frozenset[str]:
    """The words of a tag without its `_(suffix)`."""
    return frozenset(entry.id.split("_(", 1)[0].split("_"))


def _is_variant(index: Index, number: int, other: int, stems: dict[int, frozenset[str]]) -> bool:
    """Whether an entry is the other in another dress: of no other work, less well known, its name the other's and more."""
    mine, its = index.entry(number), index.entry(other)
    if mine.work not in (None, its.work) or not stems[other] < stems[number]:
        return False
    return mine.posts > 0 and (its.posts == 0 or its.posts > mine.posts) and len(stems[other]) + len(stems[number]) > 2
