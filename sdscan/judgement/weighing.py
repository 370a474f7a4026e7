"""What a name is worth where it stands: the rules of strength for matches. Enters one span and one meaning, leaves strength and reason.

prompt   ALONE counts anywhere; TAG as a whole tag; MARK after `by`, `artist:`, `style of`; CONTEXT beside its work
name     of a file or model: ALONE anywhere, TAG and rare given names as the whole name less versions and noise
title    as a name, piece by piece
prose    a description: full names only, and only weakly: it may speak of anybody
"""

from __future__ import annotations

from typing import NamedTuple

from sdscan.judgement.reading import Seen
from sdscan.judgement.texts import Manner
from sdscan.knowledge.watchlists.entries import (
    ALONE,
    BASE,
    CONTEXT,
    MARK,
    NATIVE,
    ORDINARY,
    SWAPPED,
    TAG,
    TAGMARK,
    WORTH,
)
from sdscan.records import Strength, SubjectKind

STYLE_KINDS = frozenset({"artist", "studio", "style"})
RARE = 5
"""Letters from which a single rare word may name somebody by itself as the whole name of a LoRA."""


class Weighed(NamedTuple):
    """A span that counts."""

    strength: Strength
    how: str


class Place(NamedTuple):
    """Where a span stands."""

    manner: Manner
    of_style: bool
    """The name or title says that the model is a style."""
    works: frozenset[str] = frozenset()
    """Works that the file speaks of."""
    beside: frozenset[str] = frozenset()
    """Works named right beside the span."""


def weigh(seen: Seen, kind: SubjectKind, work: str | None, worth: int, place: Place, *, only: bool) -> Weighed | None:
    """Whether one meaning of a span counts. `work`: of a character. `only`: nobody else bears this name."""
    value = worth & WORTH
    if worth & SWAPPED and seen.split:
        return None
    if place.manner == "prose":
        return (
            Weighed("weak", "full name in a description")
            if value == ALONE and seen.words >= 2 and not worth & NATIVE
            else None
        )
    if value == CONTEXT:
        return _beside_work(seen, work, worth, place, only=only)
    if kind in STYLE_KINDS:
        return _as_style(seen, kind, value, worth, place)
    if value == ALONE:
        return _alone(seen, worth, place)
    if seen.whole and kind == "character" and seen.words == 1 and place.works and work not in place.works:
        return Weighed("weak", "name of another work than the file speaks of")
    if seen.whole:
        if place.manner == "prompt":
            sure = not worth & ORDINARY or (work or "") in place.works
            return Weighed("medium" if sure else "weak", "whole tag" if sure else "ordinary words as a whole tag")
        return Weighed("medium", "whole name")
    if seen.styled and kind == "work":
        return Weighed("medium", "named as a style")
    if work is not None and (work in place.beside or work in place.works) and not worth & ORDINARY:
        return Weighed("medium", "name beside its work")
    if work is not None and work in place.beside:
        return Weighed("medium", "name beside its work")
    if place.manner != "prompt" and seen.words >= 2 and not worth & (ORDINARY | NATIVE):
        return Weighed("medium", "full name in a model's name")
    return None


def _alone(seen: Seen, worth: int, place: Place) -> Weighed | None:
    if worth & NATIVE and not seen.edges and (seen.letters < 6 if seen.kana else seen.letters < 3):
        return None
    what = "full name" if seen.words >= 2 else "rare name"
    if seen.words >= 2 or seen.whole:
        return Weighed("strong", what)
    return Weighed("medium", f"{what} inside a {'sentence' if place.manner == 'prompt' else 'name'}")


def _as_style(seen: Seen, kind: SubjectKind, value: int, worth: int, place: Place) -> Weighed | None:
    """Artists, studios and named looks."""
    named = place.manner != "prompt"
    if kind == "artist" and value == ALONE:
        found = _alone(seen, worth, place)
        return Weighed("strong", "named as an artist") if seen.marked and found else found
    if seen.marked == 2 and (kind != "style" or seen.styled or value == ALONE):
        return Weighed("strong" if value in (ALONE, TAGMARK) else "medium", "named as a style")
    if seen.marked and not worth & ORDINARY:
        return Weighed("medium", "by …")
    if value in (ALONE, TAGMARK):
        if seen.whole and (not named or place.of_style or kind != "artist"):
            return Weighed("medium", "whole tag" if not named else "whole name")
        if named and place.of_style and not worth & ORDINARY:
            return Weighed("medium", "in the name of a style model")
        if named and seen.whole and not worth & ORDINARY and seen.letters >= RARE:
            return Weighed("medium", "rare name as the whole name")
        return None
    if value == MARK and named and place.of_style and seen.whole and (not worth & ORDINARY or kind == "style"):
        return Weighed("medium", "name of a style model")
    return None


def _beside_work(seen: Seen, work: str | None, worth: int, place: Place, *, only: bool) -> Weighed | None:
    """Given names, nicknames and ordinary words."""
    ordinary = bool(worth & ORDINARY)
    if worth & NATIVE and not seen.edges:
        return None
    if work is not None and work in place.beside:
        return Weighed("strong" if not ordinary or seen.whole else "medium", "name beside its work")
    if work is not None and work in place.works and (seen.whole or not ordinary):
        return Weighed("medium", "given name where its work is named")
    if place.of_style:
        return None
    if (
        place.manner == "name"
        and only
        and not ordinary
        and not seen.whole
        and seen.letters >= 6
        and not worth & NATIVE
        and not place.works
    ):
        return Weighed("medium", "rare given name inside a model's name")
    if ordinary or not seen.whole:
        return None
    if place.manner == "prompt":
        return Weighed("weak", "given name alone")
    if only and seen.letters >= RARE and not worth & NATIVE and not place.works:
        return Weighed("medium", "rare given name as the whole name")
    return Weighed("weak", "given name alone")


__all__ = ["BASE", "MARK", "TAG", "Place", "Weighed", "weigh"]
