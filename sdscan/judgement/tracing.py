"""Why a text gives the matches it gives: how it was cut, what was considered, and why that did or did not count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from sdscan.judgement.choosing import choose
from sdscan.judgement.meanings import Chosen, Piece
from sdscan.judgement.pieces import pieces_of
from sdscan.judgement.prompts import emphasis, phrase_spans
from sdscan.judgement.reading import Seen
from sdscan.judgement.texts import Text
from sdscan.knowledge.watchlists import Watchlist
from sdscan.knowledge.watchlists.entries import CONTEXT, MARK, NATIVE, ORDINARY, TAG, TAGMARK, WORTH, Entry
from sdscan.records import State, Strength


class Considered(Struct, frozen=True):
    """One span that is a name, under the meaning that counts or was nearest to it."""

    text: str
    """As written."""
    start: int
    """Offset in the whole text."""
    end: int
    entry: str
    """Id of the entry."""
    kind: str
    name: str
    strength: Strength | None
    """None: it does not count."""
    why: str
    others: int = 0
    """How many more entries bear this name."""


class Cut(Struct, frozen=True):
    """One phrase of a text."""

    text: str
    start: int
    end: int
    weight: float | None
    state: State
    considered: tuple[Considered, ...]


def trace(text: Text, watchlist: Watchlist) -> list[Cut]:
    """Every phrase of a text, in order, with the names in it."""
    pieces = list(pieces_of(text, watchlist))
    chosen = choose([text], pieces, watchlist)
    by_begin = {piece.begin: piece for piece in pieces}
    stress = emphasis(text.text) if text.manner == "prompt" else None
    cuts = []
    for start, end in _spans(text, pieces):
        piece = by_begin.get(start)
        found = tuple(_considered(piece, chosen, watchlist)) if piece is not None else ()
        weight, state = stress.at(_letter(text.text, start, end)) if stress else (text.weight, text.state)
        cuts.append(Cut(text.text[start:end], start, end, weight, state, found))
    return cuts


def _spans(text: Text, pieces: Sequence[Piece]) -> list[tuple[int, int]]:
    if text.manner in ("prompt", "prose"):
        return phrase_spans(text.text)
    return [(piece.begin, piece.begin + len(piece.raw)) for piece in pieces] or [(0, len(text.text))]


def _letter(text: str, start: int, end: int) -> int:
    return next((place for place in range(start, end) if text[place].isalnum()), start)


def _considered(piece: Piece, chosen: Sequence[Chosen], watchlist: Watchlist) -> Iterator[Considered]:
    counted = {(one.seen.start, one.seen.end): one for one in chosen if one.piece is piece}
    done: set[tuple[int, int]] = set()
    for reading in piece.readings:
        for seen in reading:
            place = (seen.start, seen.end)
            if place in done:
                continue
            done.add(place)
            one = counted.get(place)
            if one is not None:
                entry = watchlist.index.entry(one.number)
                yield _row(piece, seen, entry, one.weighed.strength, one.weighed.how)
                continue
            posting = max(seen.postings, key=lambda posting: (posting.worth & WORTH, -posting.entry))
            entry = watchlist.index.entry(posting.entry)
            yield _row(piece, seen, entry, None, _why(seen, posting.worth, entry, counted))


def _row(piece: Piece, seen: Seen, entry: Entry, strength: Strength | None, why: str) -> Considered:
    begin = piece.begin
    written = piece.raw[seen.start : seen.end]
    others = len({posting.entry for posting in seen.postings}) - 1
    return Considered(
        written, begin + seen.start, begin + seen.end, entry.id, entry.kind, entry.name, strength, why, others
    )


def _why(seen: Seen, worth: int, entry: Entry, counted: dict[tuple[int, int], Chosen]) -> str:
    """Why a span does not count, in a sentence."""
    for start, end in counted:
        if start < seen.end and seen.start < end:
            return "part of a longer name that counts"
    if worth & NATIVE and not seen.edges:
        return "stands inside a longer word"
    value = worth & WORTH
    word = (
        "an ordinary word"
        if worth & ORDINARY and seen.words == 1
        else "ordinary words"
        if worth & ORDINARY
        else "a short name"
    )
    if value == CONTEXT:
        return f"{word}; counts only beside {entry.work or 'its work'}"
    if value in (TAG, TAGMARK) and not seen.whole:
        marked = " or after by, artist: or style of" if value == TAGMARK else ""
        return f"{word}; counts only as a whole tag{marked}, and the tag says more"
    if value == MARK:
        return f"{word}; counts only after by, artist: or style of"
    if len(seen.postings) > 1:
        return f"{len(seen.postings)} entries bear this name, and nothing says which is meant"
    return "another name is meant"
