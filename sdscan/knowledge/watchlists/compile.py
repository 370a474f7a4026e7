"""Packs and imported lists → drafts: every entry once, linked to its work, with all its forms. What the index is made of."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from sdscan.judgement.names import has_cjk, normal
from sdscan.knowledge.watchlists.entries import (
    ALONE,
    BASE,
    CONTEXT,
    JOINED,
    MARK,
    ORDINARY,
    SWAPPED,
    TAG,
    TAGMARK,
    WORTH,
    Draft,
    Entry,
    Form,
)
from sdscan.knowledge.watchlists.forms import (
    GIVEN_WORTH,
    given_forms,
    joined,
    plain_worth,
    row_forms,
    split_suffix,
    swappable,
)
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
from sdscan.records import SubjectKind

FEW_POSTS = 50
"""An imported name with fewer posts never counts inside a sentence."""
ARTIST_POSTS = 100
"""An imported artist of one word needs this many posts to count as a whole tag."""
_WORK_SUFFIXES = ("", " series", " game", " anime", " manga")
_KINDS: dict[str, SubjectKind] = {"character": "character", "work": "work", "artist": "artist"}


def drafts_of(
    packs: Sequence[PackFile], imported: Sequence[tuple[str, Sequence[ImportedRow]]], words: Words | None = None
) -> list[Draft]:
    """All entries of the packs, then of the imported lists (source id, rows). The same input gives the same list."""
    words = words or load_words()
    book = _Book()
    for pack in packs:
        work: str | None = None
        for kind, row in rows_of(pack):
            if isinstance(row, WorkRow):
                work = row.id
            entry = _pack_entry(kind, row, work, pack.pack.id)
            book.add(Draft(entry, row_forms(row, words)))
    _add_given(book, words)
    for source, rows in imported:
        _import(book, source, rows, words.with_vocabulary(_vocabulary(rows)))
    return book.drafts()


class _Book:
    """Entries under construction, found by id and by name."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.forms: dict[str, dict[str, int]] = {}
        self.named: dict[tuple[str, str], str] = {}
        """(kind, normal form) → id, of full names and aliases."""
        self.works: dict[str, str] = {}
        """Normal form of a work's name → its id."""

    def add(self, draft: Draft) -> None:
        """Take an entry; one whose id is known gives its forms to the known one."""
        entry = draft.entry
        held = self.forms.setdefault(entry.id, {})
        self.entries.setdefault(entry.id, entry)
        for key, worth in draft.forms:
            if key and held.get(key, 0) & WORTH < worth & WORTH:
                held[key] = worth
            if worth & WORTH != CONTEXT and not worth & (JOINED | BASE):
                self.named.setdefault((entry.kind, key), entry.id)
                if entry.kind == "work":
                    self.works.setdefault(key, entry.id)
        if entry.kind == "work":
            self.works.setdefault(normal(entry.id), entry.id)

    def drafts(self) -> list[Draft]:
        """Everything, in the order it came."""
        return [
            Draft(entry, tuple(Form(key, worth) for key, worth in self.forms[entry.id].items()))
            for entry in self.entries.values()
        ]


def _pack_entry(kind: str, row: Row, work: str | None, source: str) -> Entry:
    if isinstance(row, CharacterRow):
        return Entry(row.id, "character", row.name, work=work, source=source, notes=row.notes)
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
        return Entry(
            row.id,
            "style",
            row.name,
            work=row.works[0] if row.works else None,
            rightsholder=row.owner,
            source=source,
            notes=row.notes,
        )
    assert isinstance(row, PersonRow)
    return Entry(row.id, "person", row.name, born=row.born, died=row.died, source=source, notes=row.notes)


def _add_given(book: _Book, words: Words) -> None:
    """Rare single words of names that only one character bears."""
    bearers: dict[str, set[str]] = defaultdict(set)
    taken = {key for forms in book.forms.values() for key in forms}
    for entry in book.entries.values():
        if entry.kind == "character":
            full = (
                key
                for key, worth in book.forms[entry.id].items()
                if worth & WORTH == ALONE and not worth & (SWAPPED | BASE)
            )
            for part in given_forms(full, words):
                bearers[part].add(entry.id)
    for part, ids in bearers.items():
        if len(ids) == 1 and part not in taken:
            book.forms[next(iter(ids))][part] = GIVEN_WORTH


# ---- imported lists ----------------------------------------------------------------------------------------


def _vocabulary(rows: Iterable[ImportedRow]) -> frozenset[str]:
    """Words of general tags: what prompts are made of."""
    counts: Counter[str] = Counter()
    for row in rows:
        if row.kind == "general":
            for word in normal(row.name).split():
                counts[word] += max(1, row.posts)
    return frozenset(word for word, posts in counts.items() if posts >= 100 and word.isalpha())


def _import(book: _Book, source: str, rows: Sequence[ImportedRow], words: Words) -> None:
    """Works first, so that characters find theirs; then characters, then artists."""
    general = {normal(row.name) for row in rows if row.kind == "general"}
    for kind in ("work", "character", "artist"):
        chosen = [row for row in rows if row.kind == kind]
        if kind == "character":
            _import_characters(book, source, chosen, words, general)
            continue
        for row in chosen:
            key = normal(row.name)
            known = book.named.get((kind, key)) or (book.works.get(key) if kind == "work" else None)
            if known is None and (key in words.dropped or (key in general and kind == "artist")):
                continue
            id = known or (row.name if row.name not in book.entries else f"{row.name}_({kind})")
            forms = _artist_forms(row, words) if kind == "artist" else _work_forms(row, words, general)
            book.add(Draft(Entry(id, _KINDS[kind], _title(row.name), posts=row.posts, source=source), forms))


def _title(tag: str) -> str:
    """`hatsune_miku_(append)` → `Hatsune Miku (Append)`, for people to read."""
    return " ".join(
        word[:1].upper() + word[1:] if word[:1] != "(" else word[:2].upper() + word[2:]
        for word in tag.replace("_", " ").split()
    )


def _work_forms(row: ImportedRow, words: Words, general: set[str]) -> tuple[Form, ...]:
    found: dict[str, int] = {}
    base, groups = split_suffix(row.name)
    for text in (row.name, *row.aliases):
        key = normal(text)
        if key in words.dropped:
            continue
        worth = _imported_worth(key, words, row.posts)
        if key in general and worth & WORTH != CONTEXT:
            worth = CONTEXT | ORDINARY
        _put(found, key, worth)
    if groups:
        key = normal(base)
        _put(found, key, CONTEXT | BASE | (ORDINARY if _ordinary(key, words) else 0))
    return tuple(Form(key, worth) for key, worth in found.items() if key)


def _imported_worth(key: str, words: Words, posts: int) -> int:
    """As for our own names, one step lower where the list does not help: ordinary words, hardly any posts."""
    worth = plain_worth(key, words)
    if worth & WORTH == ALONE and (
        worth & ORDINARY or posts < FEW_POSTS or (" " not in key and posts < ARTIST_POSTS and key.isascii())
    ):
        worth = (worth & ~WORTH) | TAG
    if worth & WORTH == TAG and " " not in key and key.isascii() and (len(key) <= 3 or posts < FEW_POSTS):
        worth = (worth & ~WORTH) | CONTEXT
    return worth


def _ordinary(key: str, words: Words) -> bool:
    return all(words.ordinary(word) or len(word) <= 2 for word in key.split())


def _put(found: dict[str, int], key: str, worth: int) -> None:
    """Keep the better of two; add the joined form."""
    if found.get(key, 0) & WORTH < worth & WORTH:
        found[key] = worth
    if worth & WORTH in (ALONE, TAG) and " " in key and key.isascii():
        for form in joined(key.split(), worth):
            found.setdefault(*form)


def _artist_forms(row: ImportedRow, words: Words) -> tuple[Form, ...]:
    """Artists are never swapped (family name first and last look alike); one word needs a marker or many posts."""
    found: dict[str, int] = {}
    base, groups = split_suffix(row.name)
    for text in (row.name, *row.aliases):
        key = normal(text)
        worth = _artist_worth(key, words, row.posts)
        if found.get(key, 0) & WORTH < worth & WORTH:
            found[key] = worth
        for form in joined(key.split(), worth) if worth & WORTH in (ALONE, TAGMARK) and key.isascii() else ():
            found.setdefault(*form)
    if groups:
        key = normal(base)
        found.setdefault(key, MARK | BASE | (ORDINARY if _ordinary(key, words) else 0))
    return tuple(Form(key, worth) for key, worth in found.items() if key)


def _artist_worth(key: str, words: Words, posts: int) -> int:
    worth = plain_worth(key, words)
    how = worth & ~WORTH
    if " " in key:
        rare = any(len(part) >= 4 and not words.ordinary(part) for part in key.split())
        return how | (
            ALONE if worth & WORTH == ALONE and rare and posts >= FEW_POSTS and not worth & ORDINARY else TAGMARK
        )
    if worth & WORTH == CONTEXT or posts < ARTIST_POSTS or (len(key) < 5 and not has_cjk(key)):
        return how | MARK
    return how | TAGMARK


def _import_characters(book: _Book, source: str, rows: Sequence[ImportedRow], words: Words, general: set[str]) -> None:
    tags = {row.name for row in rows}
    bases = Counter(normal(split_suffix(row.name)[0]) for row in rows if row.name.endswith(")"))
    fresh: list[str] = []
    for row in rows:
        base, groups = split_suffix(row.name)
        key, base_key = normal(row.name), normal(base)
        work = _work_of(book, row.work, groups)
        person = book.named.get(("person", key))
        variant = _variant_of(book, row.name, base, groups, tags)
        known = (
            person
            or (row.name if row.name in book.entries else None)
            or variant
            or _known_character(book, key, base_key, groups, work)
        )
        if known is None and (base_key if groups else key) in words.dropped and not work:
            continue
        id = known or row.name
        forms = _character_forms(
            row, base_key if groups and variant is None else "", bases[base_key] == 1, words, general
        )
        if person is None and not groups:
            forms += tuple(_swapped(key, words, row.posts))
        book.add(Draft(Entry(id, "character", _title(row.name), work=work, posts=row.posts, source=source), forms))
        if known is None:
            fresh.append(id)
    _given_of_imported(book, fresh, words)


def _work_of(book: _Book, stated: str | None, groups: tuple[str, ...]) -> str | None:
    """The work that the list states, or the last `_(suffix)` that is one (`fate` → `fate_(series)`)."""
    for text in (*((stated,) if stated else ()), *reversed(groups)):
        key = normal(text)
        for suffix in _WORK_SUFFIXES:
            found = book.works.get(key + suffix)
            if found is not None:
                return found
    return None


def _variant_of(book: _Book, tag: str, base: str, groups: tuple[str, ...], tags: set[str]) -> str | None:
    """`hatsune_miku_(append)` → `hatsune_miku`: the same character, where the suffix less one group is a tag as well."""
    if not groups:
        return None
    for kept in (groups[-1:], groups[:-1], ()):
        candidate = base + "".join(f"_({group})" for group in kept)
        if candidate == tag or len(kept) == len(groups):
            continue
        dropped = [group for group in groups if group not in kept]
        if any(_work_of(book, None, (group,)) for group in dropped):
            continue
        if candidate in tags or candidate in book.entries:
            return candidate
    return None


def _known_character(book: _Book, key: str, base_key: str, groups: tuple[str, ...], work: str | None) -> str | None:
    """Our own entry for the same character under another id."""
    for name in (key, base_key) if work else (key,):
        found = book.named.get(("character", name))
        if found is not None and " " in name and (work is None or book.entries[found].work in (None, work)):
            return found
        if found is not None and work is not None and book.entries[found].work == work:
            return found
    return None


def _character_forms(
    row: ImportedRow, base_key: str, unique: bool, words: Words, general: set[str]
) -> tuple[Form, ...]:
    found: dict[str, int] = {}
    for text in (row.name, *row.aliases):
        key = normal(text)
        if not key:
            continue
        worth = _imported_worth(key, words, row.posts)
        if (
            text.endswith(")")
            and key.isascii()
            and len(key) >= 8
            and not all(part in words.core for part in key.split())
        ):
            worth = ALONE if row.posts >= FEW_POSTS else TAG
        if key in general and worth & WORTH != CONTEXT:
            worth = CONTEXT | ORDINARY
        _put(found, key, worth)
    if base_key:
        worth = _imported_worth(base_key, words, row.posts)
        if " " in base_key:
            worth = worth if unique else (worth & ~WORTH) | TAG
        elif worth & WORTH == ALONE and unique and row.posts >= 4 * FEW_POSTS and len(base_key) >= 5:
            worth = (worth & ~WORTH) | TAG
        else:
            worth = (worth & ~WORTH) | CONTEXT
        if base_key in general:
            worth = CONTEXT | ORDINARY
        _put(found, base_key, worth | BASE)
    return tuple(Form(key, worth) for key, worth in found.items())


def _swapped(key: str, words: Words, posts: int) -> Iterable[Form]:
    """`matsumoto rangiku` → `rangiku matsumoto`."""
    parts = key.split()
    worth = _imported_worth(key, words, posts)
    if len(parts) == 2 and swappable(parts) and worth & WORTH == ALONE:
        yield Form(f"{parts[1]} {parts[0]}", worth | SWAPPED)
        yield from joined([parts[1], parts[0]], worth | SWAPPED)


def _given_of_imported(book: _Book, fresh: list[str], words: Words) -> None:
    """As `_add_given`, for characters that only the list knows: the word must be nobody else's."""
    bearers: dict[str, set[str]] = defaultdict(set)
    for id, entry in book.entries.items():
        if entry.kind == "character":
            full = (
                key
                for key, worth in book.forms[id].items()
                if worth & WORTH in (ALONE, TAG) and not worth & (SWAPPED | BASE | JOINED)
            )
            for part in given_forms(full, words):
                bearers[part].add(id)
    taken = {key for forms in book.forms.values() for key in forms}
    for id in fresh:
        if book.entries[id].posts < FEW_POSTS:
            continue
        for part in given_forms((normal(id),), words):
            if len(bearers[part]) == 1 and part not in taken:
                book.forms[id][part] = GIVEN_WORTH
