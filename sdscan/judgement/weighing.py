"""What a name is worth where it stands: the rules of strength for matches. Enters one span and one meaning, leaves strength and reason.

prompt   ALONE counts anywhere; TAG as a whole tag; MARK after `by`, `artist:`, `style of`; CONTEXT beside its work
name     of a file or model: ALONE anywhere, TAG and rare given names as the whole name less versions and noise
title    as a name, piece by piece
prose    a description: full names only, and only weakly: it may speak of anybody
"""

from __future__ import annotations

from msgspec import Struct

from sdscan.judgement.reading import Seen
from sdscan.judgement.texts import Manner
from sdscan.knowledge.watchlists.entries import ALONE, CONTEXT, MARK, NATIVE, ORDINARY, PLAIN, SWAPPED, TAGMARK, WORTH
from sdscan.records import Strength, SubjectKind

STYLE_KINDS = frozenset({"artist", "studio", "style"})
FOREIGN, UNKNOWN, KIN, SPOKEN, BESIDE = -1, 0, 1, 2, 3
"""How a meaning stands to the works that the file speaks of: of another work, no work is named, of one of them of which a character is
named in full, of one of them, named right beside."""
RARE = 5
"""Letters from which a rare word may name somebody by itself as the whole name of a LoRA; inside a longer name one more."""
_KANA, _HAN = 6, 3
"""Letters of a name in kana, or in Chinese characters, that may stand inside a longer run."""


class Weighed(Struct, frozen=True):
    """A span that counts."""

    strength: Strength
    how: str


class Meaning(Struct, frozen=True):
    """One entry that a span may mean."""

    kind: SubjectKind
    worth: int
    near: int
    """FOREIGN … BESIDE."""
    only: bool
    """Nobody else bears this name, or nearly everybody means this one by it."""


class Place(Struct, frozen=True):
    """Where a span stands."""

    manner: Manner
    of_style: bool
    """The name or title says that the model is a style."""


def weigh(seen: Seen, meaning: Meaning, place: Place) -> Weighed | None:
    """Whether one meaning of a span counts, and how sure it is."""
    worth, value = meaning.worth, meaning.worth & WORTH
    if worth & SWAPPED and seen.split:
        return None
    if place.manner == "prose":
        sure = value == ALONE and seen.words >= 2 and not worth & NATIVE
        return Weighed("weak", "full name in a description") if sure else None
    if value == CONTEXT:
        return _beside_work(seen, meaning, place)
    if meaning.kind in STYLE_KINDS:
        return _as_style(seen, meaning, place)
    found = _alone(seen, worth, place) if value == ALONE else _as_tag(seen, meaning, place)
    if found and seen.use != "itself" and meaning.kind == "character":
        return Weighed("weak", "a costume or thing of the character")
    if found and place.of_style and meaning.kind == "character" and seen.words == 1 and meaning.near < KIN:
        return Weighed("weak", "one word of the name of a style")
    return found


def _alone(seen: Seen, worth: int, place: Place) -> Weighed | None:
    """Full names and rare names; a CJK name must not be a part of a longer word."""
    if worth & NATIVE and not seen.edges and seen.letters < (_KANA if seen.kana else _HAN):
        return None
    what = "full name" if seen.words >= 2 else "rare name"
    if seen.words >= 2 or seen.whole:
        return Weighed("strong", what)
    return Weighed("medium", f"{what} inside a {'sentence' if place.manner == 'prompt' else 'name'}")


def _as_tag(seen: Seen, meaning: Meaning, place: Place) -> Weighed | None:
    """Names that are ordinary text as well: as a whole tag, as the whole name of a model, or beside their work."""
    ordinary = bool(meaning.worth & ORDINARY)
    if seen.whole:
        if meaning.kind == "character" and seen.words == 1 and meaning.near == FOREIGN:
            return Weighed("weak", "name of another work than the file speaks of")
        if seen.split and seen.words >= 2 and not meaning.worth & (ORDINARY | NATIVE):
            return Weighed("strong", "whole tag with its work")
        if place.manner != "prompt":
            return Weighed("medium", "whole name")
        if ordinary and (meaning.near < (SPOKEN if meaning.worth & PLAIN else KIN)):
            return Weighed("weak", "ordinary words as a whole tag")
        return Weighed("medium", "whole tag")
    if seen.styled and meaning.kind == "work":
        return Weighed("medium", "named as a style")
    if meaning.near == BESIDE or (meaning.near in (KIN, SPOKEN) and not ordinary):
        return Weighed("medium", "name beside its work")
    if place.manner != "prompt" and seen.words >= 2 and not ordinary and not meaning.worth & NATIVE:
        return Weighed("medium", "full name in a model's name")
    return None


def _as_style(seen: Seen, meaning: Meaning, place: Place) -> Weighed | None:
    """Artists, studios and named looks."""
    kind, worth, value = meaning.kind, meaning.worth, meaning.worth & WORTH
    ordinary = bool(worth & ORDINARY)
    if kind == "artist" and value == ALONE:
        found = _alone(seen, worth, place)
        return Weighed("strong", "named as an artist") if seen.marked and found else found
    if seen.marked == 2 and (kind != "style" or seen.styled or value == ALONE):
        how = "named as an artist" if kind == "artist" and not seen.styled else "named as a style"
        return Weighed("strong" if value in (ALONE, TAGMARK) else "medium", how)
    if seen.marked and not ordinary:
        return Weighed("medium", "by …")
    if place.manner == "prompt":
        return Weighed("medium", "whole tag") if seen.whole and value in (ALONE, TAGMARK) else None
    return _in_name_of_style(seen, meaning, place)


def _in_name_of_style(seen: Seen, meaning: Meaning, place: Place) -> Weighed | None:
    """The same in the name or title of a model."""
    ordinary = bool(meaning.worth & ORDINARY)
    if meaning.worth & WORTH == MARK:
        named = place.of_style and seen.whole and (not ordinary or meaning.kind == "style")
        return Weighed("medium", "name of a style model") if named else None
    if seen.whole and (place.of_style or meaning.kind != "artist"):
        return Weighed("medium", "whole name")
    if place.of_style and not ordinary:
        return Weighed("medium", "in the name of a style model")
    if seen.whole and not ordinary and seen.letters >= RARE - 1:
        return Weighed("medium", "rare name as the whole name")
    return None


def _beside_work(seen: Seen, meaning: Meaning, place: Place) -> Weighed | None:
    """Given names, nicknames and ordinary words: beside their work; by themselves only where they are rare."""
    ordinary, native = bool(meaning.worth & ORDINARY), bool(meaning.worth & NATIVE)
    if native and not seen.edges:
        return None
    if meaning.near == BESIDE:
        return Weighed("strong" if not ordinary or seen.whole else "medium", "name beside its work")
    spoken = meaning.near == SPOKEN or (meaning.near == KIN and not meaning.worth & PLAIN)
    if spoken and (seen.whole or not ordinary):
        return Weighed("medium", "given name where its work is named")
    if place.of_style or ordinary:
        return None
    rare = meaning.only and not native and meaning.near == UNKNOWN and meaning.kind == "character"
    if place.manner == "name" and not seen.whole and rare and seen.letters > RARE:
        return Weighed("medium", "rare given name inside a model's name")
    if seen.whole and place.manner != "prompt" and rare and seen.letters >= RARE:
        return Weighed("medium", "rare given name as the whole name")
    return Weighed("weak", "given name alone") if seen.whole else None
