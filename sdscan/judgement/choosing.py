"""The pieces of one file, weighed together: which names count.

Round by round: what the pieces name says of which works the file speaks, and that says what more its names mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from sdscan.judgement.meanings import Chosen, FileView, Piece
from sdscan.judgement.memory import names_in
from sdscan.judgement.names import words
from sdscan.judgement.pieces import says_style
from sdscan.judgement.texts import Text
from sdscan.knowledge.watchlists import Watchlist
from sdscan.knowledge.watchlists.entries import Entry
from sdscan.knowledge.watchlists.index import Index
from sdscan.patterns import pattern

ROUNDS = 3
"""A work makes its characters count, and these their siblings; more rounds find nothing new."""
_ORIGINAL = pattern(r"(?i:(?:^|[,\n(])\s{0,3}(?:oc|original(?: character)?)\s{0,3}(?:$|[,\n):]))")


def choose(texts: Sequence[Text], pieces: Sequence[Piece], watchlist: Watchlist) -> list[Chosen]:
    """The names of a file that count, in the order of the texts."""
    styles = [text.group for text in texts if text.manner in ("name", "title") and says_style(text, watchlist)]
    original = any(text.source == "prompt" and _says_original(text.text) for text in texts)
    view = FileView(watchlist.index, frozenset(styles), original=original)
    chosen: list[Chosen] = []
    for _ in range(ROUNDS):
        chosen = [one for piece in pieces for one in names_in(piece, view, watchlist.memo)]
        if not view.learn(chosen):
            break
    return list(_without_echoes(_titles_as_works(chosen, view.index), view.index))


def _says_original(prompt: str) -> bool:
    plain = prompt.lower()
    if not plain.isascii():
        return _ORIGINAL.search(prompt) is not None
    begun = any(
        at < 1 or plain[at - 1] in " \t\n\r\f\v,(" for word in ("oc", "original") for at in _places(plain, word)
    )
    return begun and _ORIGINAL.search(prompt) is not None


def _places(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


# ---- second names for one ----------------------------------------------------------------------------------


def _titles_as_works(chosen: list[Chosen], index: Index) -> list[Chosen]:
    """A name that a work and its hero share means the work, where the file names another character of it."""
    if len(chosen) < 2:
        return chosen
    cast = [(one.number, index.entry(one.number)) for one in chosen if one.weighed.strength != "weak"]
    return [_title_as_work(one, cast, index) for one in chosen]


def _title_as_work(one: Chosen, cast: list[tuple[int, Entry]], index: Index) -> Chosen:
    if len(one.seen.postings) < 2 or one.piece.text.manner == "prompt":
        return one
    hero = index.entry(one.number)
    if hero.kind != "character":
        return one
    for posting in one.seen.postings:
        work = index.entry(posting.entry)
        if work.kind == "work" and work.id == hero.work:
            others = (other for number, other in cast if number != one.number and other.kind == "character")
            if any(work.id in other.answers for other in others):
                return replace(one, number=posting.entry)
    return one


def _without_echoes(chosen: list[Chosen], index: Index) -> Iterator[Chosen]:
    """Without a second name for one who is named: a word of a longer name (`sakura` beside `haruno sakura`), a variant."""
    full: dict[str, set[int]] = {}
    named: set[int] = set()
    for one in chosen:
        if index.entry(one.number).kind == "character":
            named.add(one.number)
            if one.seen.words >= 2 and one.weighed.strength == "strong":
                for word in words(one.piece.raw[one.seen.start : one.seen.end]):
                    full.setdefault(word, set()).add(one.number)
    dropped = _variants(named, index) if len(named) > 1 else set()
    for one in chosen:
        if one.number in dropped:
            continue
        if one.seen.words == 1 and one.number in named:
            bearers = full.get(one.piece.raw[one.seen.start : one.seen.end].lower())
            if bearers and one.number not in bearers:
                continue
        yield one


def _variants(named: set[int], index: Index) -> set[int]:
    """Entries that are another in another dress: of no other work, less well known, their name the other's and more."""
    stems = {number: frozenset(index.entry(number).id.split("_(", 1)[0].split("_")) for number in named}
    by_word: dict[str, list[int]] = {}
    for number, stem in stems.items():
        for word in stem:
            by_word.setdefault(word, []).append(number)
    found = set()
    for number, stem in stems.items():
        mine = index.entry(number)
        near = {other for word in stem for other in by_word[word][:50]} if mine.posts else set()
        for other in near:
            its = index.entry(other)
            if stems[other] < stem and mine.work in (None, its.work) and (its.posts == 0 or its.posts > mine.posts):
                found.add(number)
    return found
