"""What a watchlist holds: entries (who), and forms (how each is written, and what that is worth)."""

from __future__ import annotations

from msgspec import Struct

from sdscan.records import SubjectKind

KINDS: tuple[SubjectKind, ...] = ("character", "work", "artist", "studio", "style", "person")

CONTEXT, TAG, ALONE, MARK, TAGMARK = 1, 2, 3, 4, 5
"""What a form is worth: beside its work only; as a whole tag or LoRA name; anywhere; after `by`, `style of` …; whole tag or so marked."""
JOINED, SWAPPED, GIVEN, BASE, ORDINARY, NATIVE, SHORT, PLAIN = 16, 32, 64, 128, 256, 512, 1024, 2048
"""How a form came about, added to its worth: words run together, order swapped, one word of the name, less its `_(suffix)`,
made of ordinary words or given names only, in Chinese, Japanese or Korean letters, long vowels written short, one word of everyday use,
no first name (`flower`, `light`)."""
WORTH = 15


class Entry(Struct, frozen=True, gc=False):
    """One character, work, artist, studio, style or person."""

    id: str
    kind: SubjectKind
    name: str
    work: str | None = None
    """Id of the work of a character; of a style, the work it is the look of."""
    born: int | None = None
    died: int | None = None
    """Year of death of an artist or person; None where alive or unknown (never guessed)."""
    rightsholder: str = ""
    medium: str = ""
    """anime manga game vtuber … of a work; the field of an artist."""
    posts: int = 0
    """How often an imported tag list has it; 0 for our own."""
    source: str = ""
    """Id of the pack or list it stands in."""
    notes: str = ""
    also: tuple[str, ...] = ()
    """Ids of works that speak for it as well: the series that its work is a part of."""

    @property
    def answers(self) -> frozenset[str]:
        """Ids of the works that speak for it: its own, or itself where it is one, and their series."""
        own = self.id if self.kind == "work" else self.work
        return frozenset((own, *self.also)) if own is not None else frozenset(self.also)


Forms = dict[str, int]
"""Normal form → worth: CONTEXT … TAGMARK, plus how it came about."""


class Draft(Struct, frozen=True):
    """An entry before it is compiled."""

    entry: Entry
    forms: Forms
