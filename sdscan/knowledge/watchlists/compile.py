"""Packs and imported lists → drafts: every entry once, linked to its work, with all its forms. What the index is made of."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from sdscan.judgement.names import normal
from sdscan.knowledge.watchlists.entries import ALONE, BASE, CONTEXT, JOINED, SHORT, SWAPPED, WORTH, Draft, Entry, Forms
from sdscan.knowledge.watchlists.forms import GIVEN_WORTH, given_forms, put, row_forms, split_suffix
from sdscan.knowledge.watchlists.importers.rows import ImportedRow
from sdscan.knowledge.watchlists.packs import (
    ArtistRow,
    CharacterRow,
    PackFile,
    PersonRow,
    Row,
    StudioRow,
    StyleRow,
    WorkRow,
    rows_of,
)
from sdscan.knowledge.watchlists.words import Words, load_words

_WORK_SUFFIXES = ("", " series", " game", " anime", " manga")


def drafts_of(
    packs: Sequence[PackFile], imported: Sequence[tuple[str, Sequence[ImportedRow]]], words: Words | None = None
) -> list[Draft]:
    """All entries of the packs, then of the imported lists (source id, rows). The same input gives the same list."""
    from sdscan.knowledge.watchlists.merge import merge_list

    words = words or load_words()
    book = Book()
    for pack in packs:
        works = {character.id: work.id for work in pack.work for character in work.characters}
        for _, row in rows_of(pack):
            book.add(_pack_entry(row, works.get(row.id), pack.pack.id), row_forms(row, words))
    add_given(book, book.entries.values(), words)
    for source, rows in imported:
        merge_list(book, source, rows, words)
    link_series(book)
    return [Draft(entry, book.forms[name]) for name, entry in book.entries.items()]


def link_series(book: Book) -> None:
    """Fill `Entry.also`: `robin_(fire_emblem)` of Fire Emblem Awakening answers to Fire Emblem too, and so do its fellows."""
    own: dict[str, str] = {}
    series: dict[str, set[str]] = defaultdict(set)
    for name, entry in book.entries.items():
        if entry.kind == "character" and entry.work is not None and name[-1:] == ")":
            told = book.work_of(None, split_suffix(name)[1])
            if told is not None and told != entry.work:
                own[name] = told
                series[entry.work].add(told)
        elif entry.kind == "work":
            series[name] |= _longer_named(book, name)
    for name, entry in book.entries.items():
        found = set(series.get(entry.work or name, ())) if entry.kind in ("character", "work") else set()
        found = (found | {own[name]} if name in own else found) - {entry.work, name}
        if found:
            book.entries[name] = replace(entry, also=tuple(sorted(found)))


def _longer_named(book: Book, work: str) -> set[str]:
    """`persona_5` is a part of `persona`: works whose whole name begins this one's."""
    parts = normal(split_suffix(work)[0]).split()
    found = (book.works.get(" ".join(parts[:count])) for count in range(1, len(parts)))
    return {name for name in found if name is not None and name != work}


class Book:
    """Entries under construction, found by id and by name."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.forms: dict[str, Forms] = {}
        self.named: dict[str, dict[str, str]] = defaultdict(dict)
        """kind → full name or alias in normal form → id."""
        self.given: dict[tuple[str, str], set[str]] = defaultdict(set)
        """(work, short name in normal form) → ids of its characters that bear it."""
        self.works: dict[str, str] = {}
        """Normal form of a work's name → its id."""

    def add(self, entry: Entry, forms: Forms) -> None:
        """Take an entry; one whose id is known gives its forms to the known one."""
        known = self.entries.setdefault(entry.id, entry)
        if known is entry:
            self.forms[entry.id] = forms
        else:
            if entry.posts > known.posts:
                known = self.entries[entry.id] = replace(known, posts=entry.posts)
            held = self.forms[entry.id]
            for key, worth in forms.items():
                put(held, key, worth)
        named = self.named[known.kind]
        for key, worth in forms.items():
            if worth & WORTH != CONTEXT and not worth & (JOINED | BASE | SHORT):
                named.setdefault(key, known.id)
            elif known.work is not None and not worth & JOINED:
                self.given[known.work, key].add(known.id)
        if known.kind == "work":
            self.works.setdefault(normal(known.id), known.id)
            for key, worth in forms.items():
                if worth & WORTH != CONTEXT and not worth & BASE:
                    self.works.setdefault(key, known.id)

    def work_of(self, stated: str | None, groups: tuple[str, ...]) -> str | None:
        """The work that a list states, or the last `_(suffix)` that is one (`fate` → `fate_(series)`)."""
        for text in (*((stated,) if stated else ()), *reversed(groups)):
            key = normal(text)
            for suffix in _WORK_SUFFIXES:
                found = self.works.get(key + suffix)
                if found is not None:
                    return found
        return None


def _pack_entry(row: Row, work: str | None, source: str) -> Entry:
    if isinstance(row, CharacterRow):
        return Entry(row.id, "character", row.name, work=work or row.work or None, source=source, notes=row.notes)
    if isinstance(row, WorkRow):
        return Entry(
            row.id, "work", row.name, rightsholder=row.rightsholder, medium=row.medium, source=source, notes=row.notes
        )
    if isinstance(row, ArtistRow):
        return Entry(
            row.id, "artist", row.name, born=row.born, died=row.died, medium=row.field, source=source, notes=row.notes
        )
    if isinstance(row, StudioRow):
        return Entry(row.id, "studio", row.name, rightsholder=row.rightsholder, source=source, notes=row.notes)
    if isinstance(row, StyleRow):
        work = row.works[0] if row.works else None
        return Entry(row.id, "style", row.name, work=work, rightsholder=row.owner, source=source, notes=row.notes)
    assert isinstance(row, PersonRow)
    return Entry(row.id, "person", row.name, born=row.born, died=row.died, source=source, notes=row.notes)


def add_given(book: Book, receivers: Iterable[Entry], words: Words) -> None:
    """Rare single words of names that only one character bears and that are no name otherwise (`rangiku`)."""
    bearers: dict[str, set[str]] = defaultdict(set)
    own: Counter[str] = Counter()
    for name, forms in book.forms.items():
        is_character = book.entries[name].kind == "character"
        for key, worth in forms.items():
            if " " not in key:
                own[key] += 1
            elif is_character and worth & WORTH == ALONE and not worth & (SWAPPED | BASE | SHORT):
                for part in given_forms(key, words):
                    bearers[part].add(name)
    by_receiver: dict[str, list[str]] = defaultdict(list)
    for part, ids in bearers.items():
        if len(ids) == 1 and not own[part]:
            by_receiver[next(iter(ids))].append(part)
    for entry in receivers:
        for part in by_receiver.get(entry.id, ()):
            book.forms[entry.id][part] = GIVEN_WORTH
