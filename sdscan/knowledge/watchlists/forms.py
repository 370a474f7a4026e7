"""Names of an entry → forms: what each spelling is worth. The rules of strength, in one place.

ALONE    several words that are not all ordinary; one rare word of five letters or more
TAG      ordinary words together, short words: only as a whole tag or as the name of a LoRA
CONTEXT  one ordinary word, a given name, a nickname: only beside its work
MARK     the same for an artist: only after `by`, `artist:`, `style of`; TAGMARK: or as a whole tag
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from sdscan.judgement.names import has_cjk, normal
from sdscan.knowledge.watchlists.entries import (
    ALONE,
    CONTEXT,
    GIVEN,
    JOINED,
    MARK,
    NATIVE,
    ORDINARY,
    PLAIN,
    SHORT,
    SWAPPED,
    TAG,
    TAGMARK,
    WORTH,
    Forms,
)
from sdscan.knowledge.watchlists.packs import ArtistRow, PersonRow, Row, StudioRow, StyleRow, WorkRow
from sdscan.knowledge.watchlists.words import Words

_SUFFIX = re.compile(r"[\s_]*\(([^()]*)\)\s*$")
_ENGLISH = re.compile(
    r"(?:ed|ing|ers?|ic|ics|tic|ly|ness|craft|tion|sion|ous|ful|less|ment|ium|ights?|ists?|ism|ity|[ai]ble|punk|ship|hood|wards?|some|like|works?|stone|wood|side|lands?|light|man|men|woman|girls?|boys?)$"
)
"""Endings of English words, which no list of words has all of; only where a single word of a name is taken by itself."""
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff々]")
_BY_ARTIST = {ALONE: ALONE, TAG: TAGMARK, CONTEXT: MARK}
_BY_STUDIO = {ALONE: TAGMARK, TAG: TAGMARK, CONTEXT: MARK}
_LINKS = {"of", "the", "no", "and", "in", "von", "van", "de", "di", "da", "la", "le", "to", "x"}


def split_suffix(tag: str) -> tuple[str, tuple[str, ...]]:
    """`amber_(genshin_impact)` → (`amber`, (`genshin_impact`,)). Groups in the order they stand."""
    if tag[-1:] != ")":
        return tag, ()
    groups: list[str] = []
    while found := _SUFFIX.search(tag):
        groups.append(found[1])
        tag = tag[: found.start()]
    return tag, tuple(reversed(groups))


def plain_worth(key: str, words: Words) -> int:
    """What a name is worth by its words alone."""
    if " " not in key:
        return _single_worth(key, words) if key.isascii() or not has_cjk(key) else _native_worth(key)
    if key in words.sure:
        return ALONE
    parts = key.split()
    if not key.isascii() and has_cjk(key):
        return ALONE | NATIVE if sum(map(len, parts)) >= 4 else TAG | NATIVE
    core = ordinary = short = True
    for part in parts:
        core = core and (part in words.core or part.isdigit())
        ordinary = ordinary and (core or words.ordinary(part) or len(part) < 2)
        short = short and len(part) <= 2
    if core or short or len(key) < 5 or key in words.phrases:
        return TAG | ORDINARY
    return ALONE | (ORDINARY if ordinary else 0)


def _single_worth(word: str, words: Words) -> int:
    if words.ordinary(word) or len(word) <= 2:
        return CONTEXT | ORDINARY | (PLAIN if words.plain(word) else 0)
    return ALONE if len(word) >= 5 and not word[0].isdigit() else TAG


def _native_worth(key: str) -> int:
    """Three Chinese characters, or four kana or hangul, are a name by themselves; less may stand inside another word."""
    if len(key) >= 4 or (len(key) == 3 and len(_HAN.findall(key)) >= 2):
        return ALONE | NATIVE
    return TAG | NATIVE if len(key) == 3 or (len(key) == 2 and _HAN.search(key)) else CONTEXT | NATIVE


def row_forms(row: Row, words: Words) -> Forms:
    """All forms of an entry of a pack."""
    found: Forms = {}
    swap = not isinstance(row, WorkRow | StudioRow | StyleRow)
    for key, worth in _row_names(row, words):
        put(found, key, worth)
        if worth & WORTH != CONTEXT and " " in key and key.isascii():
            for other, value in _spread(key.split(), worth, swap=swap):
                put(found, other, value)
    if swap:
        add_short(found, words)
    return found


def add_short(found: Forms, words: Words) -> None:
    """`kiryuuin satsuki` is written `kiryuin satsuki` as well: full names in romaji also with their long vowels short.

    And no words run together that are an ordinary word (`tita nium`).
    """
    for key in [key for key, worth in found.items() if worth & JOINED and words.ordinary(key)]:
        del found[key]
    for key in [key for key in found if "ou" in key or "uu" in key or "oo" in key]:
        worth = found[key]
        if worth & WORTH in (ALONE, TAGMARK) and not worth & ORDINARY and (" " in key or worth & JOINED):
            parts = key.split()
            if all(map(_ROMAJI.match, parts)):
                for short in _shortened(parts):
                    if short not in found and (worth & JOINED or plain_worth(short, words) == ALONE):
                        found[short] = worth | SHORT


def _shortened(parts: list[str]) -> Iterator[str]:
    """The name with the long vowels of some or all of its words short: `jirou kyouka` is written `jirou kyoka` as well."""
    choices = [dict.fromkeys((part, _LONG.sub("", part))) for part in parts[:3]]
    for some in product(*choices):
        yield " ".join((*some, *parts[3:]))


_LONG = re.compile("(?<=o)[uo]|(?<=u)u")
_ROMAJI = re.compile(r"(?:(?:[kgnhbpmr]y|[kgszjtdnhfbpmyrw]|ss?h|t?ch|ts|kk|ss|tt|pp)?[aeiou]|n(?![aeiou]))+$")


def put(found: Forms, key: str, worth: int) -> None:
    """Keep the better of two worths of one spelling."""
    if key and (key not in found or _RANK[worth & WORTH] > _RANK[found[key] & WORTH]):
        found[key] = worth


_RANK = {CONTEXT: 0, MARK: 1, TAG: 2, TAGMARK: 3, ALONE: 4}


def _row_names(row: Row, words: Words) -> Iterator[tuple[str, int]]:
    """(normal form, worth) of every spelling that the pack gives."""
    if isinstance(row, StyleRow):
        for text in row.names_before_style:
            yield normal(text), MARK
        yield from (
            (key, worth if (worth := plain_worth(key, words)) & WORTH == ALONE else MARK)
            for key in map(normal, (row.name, *row.aliases))
        )
        return
    base, groups = split_suffix(row.id)
    strength = getattr(row, "strength", "alone")
    name = normal(row.name)
    if groups:
        weak = all(word in words.core or len(word) <= 2 for word in normal(base).split())
        yield normal(row.id), TAG if weak else ALONE
        yield normal(base), CONTEXT | ordinary(normal(base), words)
    elif strength == "alone" or normal(row.id) != name:
        yield normal(row.id), _for_kind(row, _bounded(plain_worth(normal(row.id), words), strength))
    yield name, _for_kind(row, _bounded(plain_worth(name, words), strength))
    for text in row.aliases:
        yield normal(text), _for_kind(row, plain_worth(normal(text), words))
    for text in getattr(row, "handles", ()):
        worth = plain_worth(normal(text), words)
        yield normal(text), MARK | ORDINARY if worth & WORTH == CONTEXT or worth & ORDINARY else TAGMARK
    for text in row.tag:
        key = normal(text)
        yield key, _for_kind(row, TAG | ordinary(key, words))
    for text in row.weak:
        key = normal(text)
        yield (
            key,
            _for_kind(row, CONTEXT | ordinary(key, words) | (NATIVE if has_cjk(key) else 0)),
        )


def ordinary(key: str, words: Words) -> int:
    """ORDINARY where all words of a name are ordinary or very short, PLAIN where it is one word of everyday use, not a first name."""
    if all(len(word) <= 2 or words.ordinary(word) for word in key.split()):
        return ORDINARY | PLAIN if words.plain(key) else ORDINARY
    return 0


def _bounded(worth: int, strength: str) -> int:
    """The worth of a bare name, not above what its author allows."""
    most = {"alone": ALONE, "tag": TAG, "weak": CONTEXT}[strength]
    return (worth & ~WORTH) | most if (worth & WORTH) > most else worth


def _for_kind(row: Row, worth: int) -> int:
    if isinstance(row, ArtistRow):
        return (worth & ~WORTH) | _BY_ARTIST[worth & WORTH]
    if isinstance(row, StudioRow):
        return (worth & ~WORTH) | _BY_STUDIO[worth & WORTH]
    if isinstance(row, PersonRow) and worth & WORTH == ALONE and not worth & NATIVE:
        return worth
    return worth


def _spread(parts: list[str], worth: int, *, swap: bool) -> Iterator[tuple[str, int]]:
    """The joined and swapped forms of a name, where these are safe."""
    word = joined(parts)
    if word:
        yield word, worth | JOINED
    if swap and swappable(parts):
        turned = [parts[1], parts[0]] if len(parts) == 2 else [parts[2], parts[0], parts[1]]
        yield " ".join(turned), worth | SWAPPED
        word = joined(turned)
        if word:
            yield word, worth | SWAPPED | JOINED


def swappable(parts: list[str]) -> bool:
    """Two words, or three, of which none is a number or a link (`of`, `the`, `von`)."""
    return 2 <= len(parts) <= 3 and all(len(part) >= 2 and part.isalpha() and part not in _LINKS for part in parts)


def joined(parts: list[str]) -> str:
    """`hatsune miku` → `hatsunemiku`, where every word has three letters and all together eight; else nothing."""
    word = "".join(parts)
    if len(word) < 8 or not word.isalpha():
        return ""
    for part in parts:
        if len(part) < 3 and part not in _LINKS:
            return ""
    return word


def given_forms(key: str, words: Words) -> Iterator[str]:
    """The rare single words of a character's name (`matsumoto rangiku`); none of a name that holds ordinary words."""
    parts = key.split()
    if 2 <= len(parts) <= 3 and key.isascii() and words.common.isdisjoint(parts) and words.dropped.isdisjoint(parts):
        for part in parts:
            if len(part) >= 5 and part.isalpha() and not words.ordinary(part) and _ENGLISH.search(part) is None:
                yield part


GIVEN_WORTH = CONTEXT | GIVEN
"""Of a form that stands in no list: one rare word of a character's name."""
