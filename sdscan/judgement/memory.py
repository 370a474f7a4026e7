"""What pieces of text came to, remembered: the same tags, names and negative prompts stand in thousands of pictures.

A memo is a dict that its owner may empty at any time; that changes no result.
"""

from __future__ import annotations

from sdscan.judgement.meanings import Chosen, FileView, Piece, best_of_piece
from sdscan.judgement.reading import Seen
from sdscan.judgement.weighing import Weighed
from sdscan.knowledge.watchlists.entries import ALONE, WORTH

MEMO = 1 << 16
"""Pieces remembered; the memo is emptied when it is full, which changes no result."""
LONGEST = 300
"""Characters of a piece that is remembered, so that the memo's size is bounded in bytes too."""
FEW = 8
"""What a piece means in a file that names more than these is not remembered, so that the memo's size is bounded in bytes too."""


def remember(memo: dict[object, object], key: object, value: object) -> None:
    """Keep what a piece of text came to."""
    if len(memo) >= MEMO:
        memo.clear()
    memo[key] = value


def names_in(piece: Piece, view: FileView, memo: dict[object, object]) -> list[Chosen]:
    """The reading of a piece that explains most of it. Where nothing is known of the file yet, a piece always means the same."""
    if len(piece.raw) > LONGEST:
        return best_of_piece(piece, view)
    text = piece.text
    source = text.source if text.source in ("prompt", "negative-prompt") else ""
    key = (piece.raw, text.manner, source, text.group in view.style_groups, view.original)
    known = memo.get(key)
    if known is None:
        if view.works or view.known or view.hinted:
            return best_of_piece(piece, view)
        best = best_of_piece(piece, view)
        known = (_is_settled(piece, best), [(one.seen, one.number, one.weighed) for one in best])
        remember(memo, key, known)
    assert isinstance(known, tuple)
    settled, found = known
    if (view.works or view.known) and not settled:
        if len(view.known) > FEW:
            return best_of_piece(piece, view)
        found = _told_more(piece, view, (*key, view.state), memo)
    return [Chosen(piece, *one) for one in found]


def _told_more(
    piece: Piece, view: FileView, key: tuple[object, ...], memo: dict[object, object]
) -> list[tuple[Seen, int, Weighed]]:
    """The same where something is known of the file. Files that speak of the same works share it."""
    found = memo.get(key)
    if found is None:
        found = [(one.seen, one.number, one.weighed) for one in best_of_piece(piece, view)]
        remember(memo, key, found)
    assert isinstance(found, list)
    return found


def _is_settled(piece: Piece, found: list[Chosen]) -> bool:
    """Whether nothing that the file says elsewhere can change what a piece names: only sure names of one bearer, and what is in them."""
    sure = [one.seen for one in found if len(one.seen.postings) == 1 and one.seen.postings[0].worth & WORTH == ALONE]
    return len(piece.readings) == 1 and all(
        any(outer.start <= seen.start and seen.end <= outer.end for outer in sure) for seen in piece.readings[0]
    )
