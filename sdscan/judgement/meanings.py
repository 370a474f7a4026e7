"""One piece, under what is known of its file → the names in it that count, each with the one of its meanings that counts most.

A name may mean several; the file says which: the works it speaks of, whom it names in full, whether its model is a style.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from sdscan.judgement.reading import Seen
from sdscan.judgement.texts import Text
from sdscan.judgement.weighing import BESIDE, FOREIGN, KIN, SPOKEN, STYLE_KINDS, UNKNOWN, Meaning, Place, Weighed, weigh
from sdscan.knowledge.watchlists.entries import ALONE, CONTEXT, ORDINARY, WORTH, Entry
from sdscan.knowledge.watchlists.index import Index, Posting

_BEARERS = frozenset({"character", "person", "work"})
_MANY, _TIMES = 500, 5
"""A name that several bear means the one with this many posts in an imported list, and this many times those of the next."""


class Piece(Struct, frozen=True):
    """One phrase, name or part of a title, with the names in it."""

    text: Text
    begin: int
    """Where the piece begins in `text.text`."""
    raw: str
    readings: tuple[tuple[Seen, ...], ...]
    """What stands in it, once for each way to cut it into words."""


class Chosen(Struct, frozen=True):
    """One span with the meaning that counts."""

    piece: Piece
    seen: Seen
    number: int
    """Of the entry."""
    weighed: Weighed


class FileView:
    """What one file says as a whole, as far as it is known; grows from round to round."""

    def __init__(self, index: Index, style_groups: frozenset[str] = frozenset(), *, original: bool = False) -> None:
        self.index = index
        self.ours = index.meta.ours
        self.style_groups = style_groups
        """Models that say they are a style."""
        self.original = original
        """Whether a tag says that the character is the user's own."""
        self.works: frozenset[str] = frozenset()
        self.peopled: frozenset[str] = frozenset()
        """Those of them of which a character is named for sure."""
        self.hinted: frozenset[str] = frozenset()
        """Works that are named by ordinary words as a whole tag: they speak only for a character that is named as well."""
        self.known: set[int] = set()
        self.state: tuple[object, ...] = ()
        """All that grows from round to round."""

    def place(self, text: Text) -> Place:
        """Where the spans of a text stand."""
        return Place(text.manner, text.manner != "prompt" and text.group in self.style_groups)

    def near(self, entry: Entry, beside: frozenset[str], text: Text) -> int:
        """How an entry stands to the works that the file, and the words right beside a span, speak of."""
        if not beside and not self.works and not self.hinted:
            return UNKNOWN
        answers = entry.answers
        if not beside.isdisjoint(answers):
            return BESIDE
        if text.source == "negative-prompt":
            return UNKNOWN
        if self.works.isdisjoint(answers):
            hinted = not self.works and entry.kind == "character" and not self.hinted.isdisjoint(answers)
            return FOREIGN if self.works else KIN if hinted else UNKNOWN
        return SPOKEN if self.peopled.isdisjoint(answers) else KIN

    def learn(self, chosen: Sequence[Chosen]) -> bool:
        """Take in what a round found. Whether anything about works is new."""
        spoken = list(self._works_of(chosen))
        works = self.works | {work for work, _ in spoken}
        hinted = self.hinted | self._hinted_by(chosen)
        grown = works != self.works or (hinted != self.hinted and not works)
        self.hinted = hinted
        self.works, self.known = works, {one.number for one in chosen}
        self.peopled |= {work for work, by_character in spoken if by_character}
        self.state = (works, hinted, self.peopled, frozenset(self.known))
        return grown

    def _hinted_by(self, chosen: Sequence[Chosen]) -> frozenset[str]:
        """Works that are named weakly, by a whole tag of a prompt."""
        weak = (
            self.index.entry(one.number)
            for one in chosen
            if one.weighed.strength == "weak" and one.seen.whole and one.piece.text.source == "prompt"
        )
        return frozenset(entry.id for entry in weak if entry.kind == "work")

    def _works_of(self, chosen: Sequence[Chosen]) -> Iterator[tuple[str, bool]]:
        """Works that are named, or (True) of whom a character is named for sure; not by what stands in a negative prompt."""
        for one in chosen:
            text = one.piece.text
            if text.source == "negative-prompt" or text.state == "unused" or one.weighed.strength == "weak":
                continue
            entry = self.index.entry(one.number)
            if entry.kind == "work":
                for work in entry.answers:  # who names a part of a series speaks of the series
                    yield work, False
            elif entry.kind == "character" and entry.work is not None and one.weighed.strength == "strong":
                yield from ((work, True) for work in entry.answers)


def best_of_piece(piece: Piece, view: FileView) -> list[Chosen]:
    """The reading that explains most of a piece."""
    best: list[Chosen] = []
    for reading in piece.readings:
        found = _of_reading(piece, reading, view)
        if sum(one.seen.end - one.seen.start for one in found) > sum(one.seen.end - one.seen.start for one in best):
            best = found
    return best


def _of_reading(piece: Piece, reading: tuple[Seen, ...], view: FileView) -> list[Chosen]:
    """The spans that count: the longest first, and nothing inside another."""
    taken: list[tuple[int, int]] = []
    found: list[Chosen] = []
    for seen in sorted(reading, key=lambda seen: (seen.start - seen.end, seen.start)):
        if _overlaps(taken, seen):
            continue
        one = _meaning(piece, reading, seen, view)
        if one is not None:
            found.append(one)
            insort(taken, (seen.start, seen.end))
        elif seen.words >= 2 and _blocks(reading, seen):
            insort(taken, (seen.start, seen.end))
    found.sort(key=lambda one: one.seen.start)
    return found


def _overlaps(taken: list[tuple[int, int]], seen: Seen) -> bool:
    """Whether a span touches one of the taken ones, which do not overlap each other."""
    place = bisect_left(taken, (seen.start, seen.end))
    return (place > 0 and taken[place - 1][1] > seen.start) or (place < len(taken) and taken[place][0] < seen.end)


def _blocks(reading: tuple[Seen, ...], outer: Seen) -> bool:
    """Whether a longer name that does not count still keeps shorter ones from counting; a sure name inside stays free."""
    if all(posting.worth & WORTH == CONTEXT for posting in outer.postings):
        return False
    for place in range(bisect_left(reading, outer.start, key=lambda seen: seen.start), len(reading)):
        seen = reading[place]
        if seen.start >= outer.end:
            break
        if seen is not outer and seen.end <= outer.end and any(p.worth & WORTH == ALONE for p in seen.postings):
            return False
    return True


def _works_beside(reading: tuple[Seen, ...], seen: Seen, index: Index, *, loose: bool) -> frozenset[str]:
    """Works named right beside a span; `loose`: also by ordinary words (`asuka_eva`), which a model's name puts there for a reason."""
    if not seen.beside:
        return frozenset()
    found = set()
    for number in seen.beside:
        for posting in reading[number].postings:
            entry = index.entry(posting.entry)
            if entry.kind == "work" and (loose or posting.worth & WORTH != CONTEXT or not posting.worth & ORDINARY):
                found.add(entry.id)
    return frozenset(found)


def _meaning(piece: Piece, reading: tuple[Seen, ...], seen: Seen, view: FileView) -> Chosen | None:
    """The one meaning of a span that counts most, or None. Two names are never given for one."""
    best: tuple[tuple[int, ...], Chosen] | None = None
    bearers, chief = _bearers(seen, view.index)
    place = view.place(piece.text)
    loose = piece.text.manner in ("name", "title")
    beside = _works_beside(reading, seen, view.index, loose=loose)
    of_style = piece.text.source != "prompt" and piece.text.group in view.style_groups
    look = of_style or seen.styled or seen.use == "look"
    for posting in seen.postings:
        entry = view.index.entry(posting.entry)
        only = bearers <= 1 or posting.entry == chief
        near = view.near(entry, beside, piece.text)
        weighed = weigh(seen, Meaning(entry.kind, posting.worth, near, only), place)
        if weighed is None and entry.kind == "work" and posting.worth & WORTH == CONTEXT:
            weighed = _weak_work(reading, seen, entry, near, view.index)
        if weighed is None:
            continue
        if weighed.strength == "weak" and seen.use == "itself" and (not only or view.original):
            continue
        rank = _rank(posting, entry, weighed, (near, place.of_style), view, look=look)
        if best is None or rank > best[0]:
            best = (rank, Chosen(piece, seen, posting.entry, weighed))
    if best is None:
        return None
    return (loose and _as_its_work(reading, best[1], view.index)) or best[1]


def _as_its_work(reading: tuple[Seen, ...], one: Chosen, index: Index) -> Chosen | None:
    """`fern_frieren` is Fern of that work: a character's name that its work bears too means the work beside another of its characters."""
    entry = index.entry(one.number)
    if entry.kind != "character" or not one.seen.beside:
        return None
    answers = entry.answers
    work = next((posting.entry for posting in one.seen.postings if index.entry(posting.entry).id in answers), None)
    if work is None:
        return None
    own = index.entry(work).id
    for number in one.seen.beside:
        for posting in reading[number].postings:
            other = index.entry(posting.entry)
            if other.kind == "character" and other.id != entry.id and own in other.answers:
                return replace(one, number=work, weighed=Weighed("medium", "its work beside another character of it"))
    return None


def _bearers(seen: Seen, index: Index) -> tuple[int, int | None]:
    """How many characters, people and works bear a name, and the one that nearly everybody means, if there is one."""
    if len(seen.postings) == 1:
        return int(index.entry(seen.postings[0].entry).kind in _BEARERS), None
    known = {posting.entry: index.entry(posting.entry) for posting in seen.postings}
    if len(known) > 1:  # a work is no other bearer than its own character
        own = {entry.work for entry in known.values() if entry.kind == "character"}
        known = {number: entry for number, entry in known.items() if entry.kind != "work" or entry.id not in own}
    posts = sorted(((entry.posts, number) for number, entry in known.items() if entry.kind in _BEARERS), reverse=True)
    if len(posts) < 2:
        return len(posts), None
    return len(posts), posts[0][1] if posts[0][0] >= max(_MANY, _TIMES * posts[1][0]) else None


def _weak_work(reading: tuple[Seen, ...], seen: Seen, entry: Entry, near: int, index: Index) -> Weighed | None:
    """A short form of a work (`csm`) right beside one of its characters, or where the work is named in full."""
    for number in seen.beside:
        other = reading[number]
        if other.end - other.start == seen.end - seen.start and other.postings == seen.postings:
            continue
        if any(entry.id in index.entry(posting.entry).answers for posting in other.postings):
            return Weighed("medium", "short form beside its character")
    if near in (KIN, SPOKEN) and seen.whole:
        return Weighed("medium", "short form of a work that is named")
    return None


def _rank(
    posting: Posting, entry: Entry, weighed: Weighed, where: tuple[int, bool], view: FileView, *, look: bool
) -> tuple[int, ...]:
    """What is preferred where a span may mean several: who is named elsewhere, whose work is, what is surer, ours, the better known."""
    strength = ("weak", "medium", "strong").index(weighed.strength)
    near, of_style = where if entry.kind == "character" else (UNKNOWN, where[1])
    style = int(entry.kind in STYLE_KINDS) if of_style else -int(entry.kind in STYLE_KINDS)
    worth = (0, 0, 1, 2, 0, 1)[posting.worth & WORTH]
    ours = int(entry.source in view.ours)
    figure = -int(entry.kind == "character") if look else int(entry.kind == "character")
    return (int(posting.entry in view.known), near, strength, style, ours, worth, figure, entry.posts, -posting.entry)
