"""Packs → what is wrong with them, or doubtful. Enters parsed packs, leaves remarks in the order of the packs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from sdscan.judgement.names import normal
from sdscan.knowledge.watchlists.entries import ALONE, CONTEXT, JOINED, MARK, NATIVE, ORDINARY, SHORT, SWAPPED, WORTH
from sdscan.knowledge.watchlists.forms import plain_worth, row_forms, split_suffix
from sdscan.knowledge.watchlists.importers.rows import ImportedRow
from sdscan.knowledge.watchlists.packs import (
    ArtistRow,
    PackFile,
    Row,
    StudioRow,
    StyleRow,
    rows_of,
)
from sdscan.knowledge.watchlists.words import Words, load_words

_SHARED = frozenset(
    {
        ("artist", "character"),
        ("artist", "person"),
        ("character", "work"),
        ("studio", "style"),
        ("style", "work"),
        ("studio", "work"),
        ("artist", "work"),
    }
)
"""Kinds that may bear the same name: the place tells which is meant."""


class Remark(Struct, frozen=True):
    """One thing to look at."""

    level: str
    """error: must be put right; warning: probably wrong; note: worth a look."""
    pack: str
    entry: str
    code: str
    """duplicate-id alias-collision ambiguous missing-work unknown-work too-short no-changelog unknown-spelling"""
    text: str


def lint(packs: Sequence[PackFile], words: Words | None = None, known: frozenset[str] | None = None) -> list[Remark]:
    """All remarks. `known`: spellings of a tag list to hold names against, in normal form."""
    words = words or load_words()
    rows = [(pack.pack.id, kind, row) for pack in packs for kind, row in rows_of(pack)]
    remarks = [remark for pack in packs for remark in _head(pack)]
    remarks += _duplicates(rows)
    remarks += _collisions(rows, words)
    for pack, kind, row in rows:
        remarks += _ambiguous(pack, kind, row, words)
    remarks += _works(packs)
    if known is not None:
        remarks += _unknown(rows, known)
    return remarks


def _head(pack: PackFile) -> Iterator[Remark]:
    head = pack.pack
    if not any(change.version == head.version for change in head.changes):
        text = f"version {head.version} has no [[pack.changes]] entry; expected one that says what changed"
        yield Remark("error", head.id, "", "no-changelog", text)


Rows = Sequence[tuple[str, str, Row]]


def _duplicates(rows: Rows) -> Iterator[Remark]:
    seen: dict[str, tuple[str, str]] = {}
    for pack, kind, row in rows:
        if row.id in seen:
            other, its = seen[row.id]
            yield Remark("error", pack, row.id, "duplicate-id", f"also a {its} of {other}; expected an id of its own")
        seen.setdefault(row.id, (pack, kind))


def _collisions(rows: Rows, words: Words) -> Iterator[Remark]:
    """Names that count by themselves for two entries of the same kind, so that one is named where the other is meant."""
    bearers: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for pack, kind, row in rows:
        for key, worth in row_forms(row, words).items():
            if worth & WORTH not in (CONTEXT, MARK) and not worth & (JOINED | SWAPPED | SHORT):
                bearers[key].append((pack, kind, row.id))
    for key, found in bearers.items():
        for place, (pack, kind, entry) in enumerate(found):
            other = next((one for one in found[:place] if one[2] != entry), None)
            if other is None or tuple(sorted((kind, other[1]))) in _SHARED or _same_series(entry, other[2]):
                continue
            text = (
                f"the name {key!r} also means the {other[1]} {other[2]!r} of {other[0]}; make it `weak` in one of them"
            )
            yield Remark("warning", pack, entry, "alias-collision", text)


def _same_series(one: str, other: str) -> bool:
    """A work and its series: `nier`, `nier_(series)`."""
    return one != other and {one, other} >= {f"{min(one, other, key=len)}_(series)"}


def _ambiguous(pack: str, kind: str, row: Row, words: Words) -> Iterator[Remark]:
    """Names that are ordinary words, and stand where sure names stand."""
    if isinstance(row, StyleRow):
        return
    said = set(map(normal, (*row.tag, *row.weak)))
    named = [] if getattr(row, "strength", "alone") != "alone" else [row.name]
    for text in (*named, *row.aliases):
        key = normal(text)
        if not key:
            yield Remark("warning", pack, row.id, "too-short", f"{text!r} holds no letter or digit; it never counts")
            continue
        worth = plain_worth(key, words)
        if key in said:
            continue
        if worth & WORTH == CONTEXT:
            why = "is short" if worth & NATIVE or len(key) < 3 else "is an ordinary word"
            how = "after `by` or `style of`" if isinstance(row, ArtistRow | StudioRow) else "beside its work"
            text = f"the name {text!r} {why}: it counts only {how}; say so with `weak`" + (
                ' or strength = "weak"' if text == row.name else ""
            )
            yield Remark("note", pack, row.id, "ambiguous", text)
        elif worth & WORTH == ALONE and worth & ORDINARY and not isinstance(row, ArtistRow):
            yield Remark(
                "note", pack, row.id, "ambiguous", f"the name {text!r} is made of ordinary words; is it no phrase?"
            )


def _works(packs: Sequence[PackFile]) -> Iterator[Remark]:
    """Characters whose suffix names another work than theirs, works without a name that can count, references to nothing."""
    ids = {work.id: pack.pack.id for pack in packs for work in pack.work}
    names = {
        normal(text): work.id for pack in packs for work in pack.work for text in (work.id, work.name, *work.aliases)
    }
    for pack in packs:
        for work in pack.work:
            if work.strength == "weak" and not work.aliases and not work.tag:
                yield Remark(
                    "warning", pack.pack.id, work.id, "missing-work", "no name of this work can count by itself"
                )
            for character in work.characters:
                _, groups = split_suffix(character.id)
                other = names.get(normal(groups[-1])) if groups else None
                if other is not None and other != work.id:
                    text = f"its id names the work {other!r}, but it stands under {work.id!r}; both speak for it"
                    yield Remark("note", pack.pack.id, character.id, "unknown-work", text)
        references = [(row.id, work_id) for row in pack.studio for work_id in row.works]
        references += [(row.id, work_id) for row in pack.style for work_id in row.works]
        references += [(row.id, row.work) for row in pack.character]
        for entry, work_id in references:
            if work_id not in ids:
                text = f"names the work {work_id!r}, which is no work of these packs"
                yield Remark("warning", pack.pack.id, entry, "unknown-work" if work_id else "missing-work", text)


def _unknown(rows: Rows, known: frozenset[str]) -> Iterator[Remark]:
    """A spelling check: entries of which a tag list knows no spelling."""
    for pack, kind, row in rows:
        if isinstance(row, StudioRow | StyleRow) or kind == "person":
            continue
        spellings = {normal(text) for text in (row.id, row.name, *row.aliases, *getattr(row, "handles", ()))}
        parts = {" ".join(reversed(key.split())) for key in spellings if key.count(" ") == 1}
        if known.isdisjoint(spellings | parts):
            yield Remark(
                "note",
                pack,
                row.id,
                "unknown-spelling",
                f"the {kind} {row.name!r} stands in no list given; check its spelling",
            )


def spellings_of(rows: Iterable[ImportedRow]) -> frozenset[str]:
    """Every spelling of a list, in normal form: what names are held against."""
    return frozenset(normal(text) for row in rows if row.kind != "general" for text in (row.name, *row.aliases))
