"""An imported list → entries and forms in the book: works first, so that characters find theirs; then characters, then artists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from sdscan.judgement.names import has_cjk, normal
from sdscan.knowledge.watchlists.compile import Book, add_given
from sdscan.knowledge.watchlists.entries import (
    ALONE,
    BASE,
    CONTEXT,
    JOINED,
    MARK,
    ORDINARY,
    PLAIN,
    SWAPPED,
    TAG,
    TAGMARK,
    WORTH,
    Entry,
    Forms,
)
from sdscan.knowledge.watchlists.forms import add_short, joined, ordinary, plain_worth, put, split_suffix, swappable
from sdscan.knowledge.watchlists.importers.rows import ImportedRow
from sdscan.knowledge.watchlists.words import Words
from sdscan.records import SubjectKind

FEW_POSTS = 50
"""An imported name with fewer posts never counts inside a sentence."""
ARTIST_POSTS = 100
"""An imported name of one word needs this many posts to count inside a sentence; an artist's to count as a whole tag."""
BASE_POSTS = 200
"""A tag less its `_(suffix)` needs this many posts to count as a whole tag."""


def merge_list(book: Book, source: str, rows: Sequence[ImportedRow], words: Words) -> None:
    """Add what a list knows and the book does not; what both know gains the list's spellings."""
    general, vocabulary = _vocabulary(rows)
    words = words.with_vocabulary(vocabulary)
    by_kind: dict[str, list[ImportedRow]] = {"work": [], "character": [], "artist": [], "general": []}
    for row in rows:
        by_kind[row.kind].append(row)
    for row in by_kind["work"]:
        _merge_work(book, source, row, words, general)
    fresh = _merge_characters(book, source, by_kind["character"], words, general)
    add_given(book, fresh, words)
    for row in by_kind["artist"]:
        _merge_artist(book, source, row, words, general)


def _vocabulary(rows: Iterable[ImportedRow]) -> tuple[set[str], frozenset[str]]:
    """The general tags, and their words: what prompts are made of."""
    general: set[str] = set()
    counts: Counter[str] = Counter()
    for row in rows:
        if row.kind == "general":
            key = normal(row.name)
            general.add(key)
            for word in key.split():
                counts[word] += max(1, row.posts)
    return general, frozenset(word for word, posts in counts.items() if posts >= 100 and word.isalpha())


def _title(tag: str) -> str:
    """`hatsune_miku_(append)` → `Hatsune Miku (Append)`, for people to read."""
    return " ".join(
        word[:1].upper() + word[1:] if word[:1] != "(" else word[:2].upper() + word[2:]
        for word in tag.replace("_", " ").split()
    )


def _worth(key: str, words: Words, posts: int) -> int:
    """As for our own names, lower where the list does not help: ordinary words, hardly any posts."""
    worth = plain_worth(key, words)
    value = worth & WORTH
    if value == TAG and worth & ORDINARY:
        return CONTEXT | ORDINARY
    if value == ALONE:
        single = " " not in key and key.isascii()
        if worth & ORDINARY or posts < FEW_POSTS or (single and posts < ARTIST_POSTS):
            worth = (worth & ~WORTH) | (CONTEXT if single and posts < FEW_POSTS else TAG)
    elif value == TAG and " " not in key and key.isascii() and (len(key) <= 3 or posts < FEW_POSTS):
        worth = (worth & ~WORTH) | CONTEXT
    return worth


def _is_number(key: str) -> bool:
    return key.replace(" ", "").isdigit()


def _keep(found: Forms, key: str, worth: int) -> None:
    """Take a spelling and its joined form; one ordinary word of two letters, or a number, is none."""
    value = worth & WORTH
    if value == CONTEXT and worth & ORDINARY and (len(key) <= 2 or _is_number(key)):
        return
    put(found, key, worth)
    if value != CONTEXT and not worth & ORDINARY and " " in key and key.isascii():
        word = joined(key.split())
        if word:
            found.setdefault(word, worth | JOINED)


# ---- works -------------------------------------------------------------------------------------------------


def _merge_work(book: Book, source: str, row: ImportedRow, words: Words, general: set[str]) -> None:
    key = normal(row.name)
    known = row.name if row.name in book.entries else book.works.get(key)
    if known is None and key in words.dropped:
        return
    found: Forms = {}
    base, groups = split_suffix(row.name)
    for text in (row.name, *row.aliases):
        key = normal(text)
        if key not in words.dropped:
            _keep(found, key, CONTEXT | ORDINARY | PLAIN if key in general else _worth(key, words, row.posts))
    if groups:
        key = normal(base)
        _keep(found, key, CONTEXT | BASE | ordinary(key, words))
    book.add(Entry(known or row.name, "work", _title(row.name), posts=row.posts, source=source), found)


# ---- characters --------------------------------------------------------------------------------------------


def _merge_characters(
    book: Book, source: str, rows: Sequence[ImportedRow], words: Words, general: set[str]
) -> list[Entry]:
    """The characters that only the list knows."""
    tags = {row.name for row in rows}
    bases = Counter(normal(split_suffix(row.name)[0]) for row in rows if row.name.endswith(")"))
    fresh: list[Entry] = []
    for row in rows:
        base, groups = split_suffix(row.name)
        key = normal(row.name)
        base_key = normal(base) if groups else ""
        work = book.work_of(row.work, groups) if groups or row.work else None
        person = book.named["person"].get(key)
        variant = _variant_of(book, row.name, base, groups, tags) if groups else None
        known = person or (row.name if row.name in book.entries else None) or variant
        known = known or _known_character(book, key, base_key, work)
        if known is None and work is None and (base_key or key) in words.dropped:
            continue
        unique = bases[base_key] == 1
        found = _character_forms(row, key, base_key if variant is None else "", unique, words, general)
        if person is None and not groups:
            _swap(found, key)
        add_short(found, words)
        kind: SubjectKind = "person" if work is None and _is_person(key, base_key, groups, words) else "character"
        entry = Entry(known or row.name, kind, _title(row.name), work=work, posts=row.posts, source=source)
        book.add(entry, found)
        if known is None and row.posts >= FEW_POSTS:
            fresh.append(entry)
    return fresh


_PERSON_SUFFIXES = frozenset({
    "person", "real life", "youtuber", "singer", "actor", "actress", "politician", "comedian", "athlete", "wrestler", "streamer", "rapper",
    "voice actor", "director", "president", "boxer", "idol group member",
})  # fmt: skip


def _is_person(key: str, base_key: str, groups: tuple[str, ...], words: Words) -> bool:
    """Whether a character of a list without a work is a real person, by its suffix or by name."""
    named = key in words.people or (" " in base_key and base_key in words.people)
    return named or any(normal(group) in _PERSON_SUFFIXES for group in groups)


def _variant_of(book: Book, tag: str, base: str, groups: tuple[str, ...], tags: set[str]) -> str | None:
    """`hatsune_miku_(append)` → `hatsune_miku`: the same character, where the suffix less one group is a tag as well."""
    for kept in (groups[-1:], groups[:-1], ()) if len(groups) > 1 else ((),):
        candidate = base + "".join(f"_({group})" for group in kept)
        if candidate == tag or (candidate not in tags and candidate not in book.entries):
            continue
        dropped = [group for group in groups if group not in kept]
        if not any(book.work_of(None, (group,)) for group in dropped):
            return candidate
    return None


def _known_character(book: Book, key: str, base_key: str, work: str | None) -> str | None:
    """Our own entry for the same character under another id."""
    named = book.named["character"]
    for name in (key, base_key) if work and base_key else (key,):
        found = named.get(name)
        if found is not None and book.entries[found].kind == "character":
            its = book.entries[found].work
            if its == work if work is not None and its is not None else " " in name:
                return found
    bearers = book.given.get((work, base_key), set()) if work and base_key else set()
    return next(iter(bearers)) if len(bearers) == 1 else None


def _character_forms(
    row: ImportedRow, tag_key: str, base_key: str, unique: bool, words: Words, general: set[str]
) -> Forms:
    found: Forms = {}
    for text in (row.name, *row.aliases):
        key = tag_key if text is row.name else normal(text)
        if key in general:
            _keep(found, key, CONTEXT | ORDINARY | PLAIN)
        elif text[-1:] == ")" and key.isascii() and len(key) >= 8 and not words.core.issuperset(key.split()):
            _keep(found, key, ALONE if row.posts >= FEW_POSTS else TAG)
        elif key:
            _keep(found, key, _worth(key, words, row.posts))
    if base_key and base_key not in words.common:
        _keep(found, base_key, _base_worth(base_key, row.posts, unique, words, general) | BASE)
    return found


def _base_worth(key: str, posts: int, unique: bool, words: Words, general: set[str]) -> int:
    """A tag without its `_(suffix)`: never inside a sentence unless it has several words and one bearer."""
    if key in general:
        return CONTEXT | ORDINARY | PLAIN
    worth = _worth(key, words, posts)
    if worth & WORTH == CONTEXT or (" " in key and unique):
        return worth
    if " " in key or (worth & WORTH == ALONE and unique and posts >= BASE_POSTS):
        return (worth & ~WORTH) | TAG
    return (worth & ~WORTH) | CONTEXT


def _swap(found: Forms, key: str) -> None:
    """`matsumoto rangiku` → `rangiku matsumoto`, with its joined form."""
    parts = key.split()
    worth = found.get(key, 0)
    if len(parts) == 2 and worth & WORTH == ALONE and swappable(parts):
        found.setdefault(f"{parts[1]} {parts[0]}", worth | SWAPPED)
        word = joined([parts[1], parts[0]])
        if word:
            found.setdefault(word, worth | SWAPPED | JOINED)


# ---- artists -----------------------------------------------------------------------------------------------


def _merge_artist(book: Book, source: str, row: ImportedRow, words: Words, general: set[str]) -> None:
    """Artists are never swapped (family name first and last look alike); one word needs a marker or many posts."""
    key = normal(row.name)
    named = book.named["artist"]
    known = named.get(key) or (
        row.name if row.name in book.entries and book.entries[row.name].kind == "artist" else None
    )
    if known is None:
        known = next((named[alias] for text in row.aliases if " " in (alias := normal(text)) and alias in named), None)
    if known is None and (key in words.dropped or key in general):
        return
    found: Forms = {}
    for text in (row.name, *row.aliases):
        key = normal(text)
        if key in words.common or len(key) <= 1 or _is_number(key):
            continue
        worth = _artist_worth(key, words, row.posts)
        put(found, key, worth)
        if worth & WORTH != MARK and not worth & ORDINARY and " " in key and key.isascii():
            word = joined(key.split())
            if word:
                found.setdefault(word, worth | JOINED)
    base, groups = split_suffix(row.name)
    key = normal(base) if groups else ""
    if len(key) > 2 and key not in words.common and not _is_number(key):
        found.setdefault(key, MARK | BASE | ordinary(key, words))
    add_short(found, words)
    entry_id = known or (row.name if row.name not in book.entries else f"{row.name}_(artist)")
    book.add(Entry(entry_id, "artist", _title(row.name), posts=row.posts, source=source), found)


def _artist_worth(key: str, words: Words, posts: int) -> int:
    worth = plain_worth(key, words)
    how = worth & ~WORTH
    if " " in key:
        sure = worth & WORTH == ALONE and posts >= FEW_POSTS and not worth & ORDINARY
        rare = sure and any(len(part) >= 4 and not words.ordinary(part) for part in key.split())
        return how | (ALONE if rare else TAGMARK)
    if worth & WORTH == CONTEXT or posts < ARTIST_POSTS or (len(key) < 5 and not has_cjk(key)):
        return how | MARK
    return how | TAGMARK
