"""Texts × watchlist → matches. Each piece is read by itself; then the file as a whole says which names count.

texts ── pieces ──► spans that are names ── choose ──► one meaning a span that counts ──► matches
"""

from __future__ import annotations

from collections.abc import Sequence

from sdscan.judgement.choosing import choose
from sdscan.judgement.markers import style_marker
from sdscan.judgement.meanings import Chosen
from sdscan.judgement.pieces import COUNTS, NOTHING, level_of, pieces_of, says_style
from sdscan.judgement.prompts import Emphasis, emphasis
from sdscan.judgement.texts import Text
from sdscan.judgement.weighing import STYLE_KINDS
from sdscan.knowledge.watchlists import Watchlist
from sdscan.records import Evidence, Match, State, Strength, Subject

__all__ = ["find_matches", "style_marker"]

MOST = 2_000
"""Matches of one file that are kept."""
SURE_FILE = 0.6
"""A model found with less certainty gives no strong match."""


def find_matches(texts: Sequence[Text], watchlist: Watchlist) -> tuple[Match, ...]:
    """Every entry that the texts name, with its evidence, in the order of the texts. Pure but for memos."""
    levels = [level_of(text, watchlist) for text in texts]
    if COUNTS not in levels:
        return ()
    pieces = [piece for text, level in zip(texts, levels) if level != NOTHING for piece in pieces_of(text, watchlist)]
    chosen = choose(texts, pieces, watchlist)[:MOST]
    stresses = _stresses(chosen)
    styles = (
        {id(text) for text in texts if text.manner in ("name", "title") and says_style(text, watchlist)}
        if chosen
        else set()
    )
    return tuple(_match(one, stresses, styles, watchlist) for one in chosen)


def _match(one: Chosen, stresses: dict[int, Emphasis], styles: set[int], watchlist: Watchlist) -> Match:
    """`styles`: texts that say that a model is a style, by identity."""
    piece, seen, text = one.piece, one.seen, one.piece.text
    entry = watchlist.index.entry(one.number)
    weight, state = _weight(one, stresses)
    begin = None if text.offset is None else text.offset + piece.begin
    evidence = Evidence(
        text.source,
        text.locator,
        piece.raw[seen.start : seen.end],
        None if begin is None else begin + seen.start,
        None if begin is None else begin + seen.end,
        weight,
        state,
    )
    subject = Subject(entry.id, entry.kind, entry.name, entry.work if entry.kind == "character" else None)
    named = entry.kind == "work" and (id(text) in styles or seen.use == "look")
    return Match(
        subject, _strength(one, state), evidence, one.weighed.how, entry.kind in STYLE_KINDS or seen.styled or named
    )


def _strength(one: Chosen, state: State) -> Strength:
    """What the place allows: a template is from before wildcards were drawn, a doubtful model is not sure."""
    text, strength = one.piece.text, one.weighed.strength
    if text.source == "template":
        return "weak"
    if strength == "strong" and (text.certainty < SURE_FILE or state == "possible" or text.source == "lora-training"):
        return "medium"
    return strength


def _stresses(chosen: Sequence[Chosen]) -> dict[int, Emphasis]:
    """The weights of each prompt, by its identity, as far as names stand in it."""
    last: dict[int, tuple[Text, int]] = {}
    for one in chosen:
        text, place = one.piece.text, one.piece.begin + one.seen.start
        if text.manner == "prompt" and not text.group and place >= last.get(id(text), (text, 0))[1]:
            last[id(text)] = (text, place)
    return {key: emphasis(text.text, place) for key, (text, place) in last.items()}


def _weight(one: Chosen, stresses: dict[int, Emphasis]) -> tuple[float | None, State]:
    """The weight of a span in its prompt, or of the model whose text it is; and whether it was used."""
    text = one.piece.text
    if text.manner != "prompt" or text.group:
        return text.weight, text.state
    weight, state = stresses[id(text)].at(one.piece.begin + one.seen.start)
    if weight <= 0:
        return weight, "unused"
    return weight, state if text.state == "used" else text.state
