"""Is a caption piece a general one? Enters a tag, leaves whether it is made of general words only, and what it says of hair, eyes and clothes.

The words stand in lexicon.toml, read once, when the first model is. A tag is general when each of its words is; `name (series)` is not, whatever
its words, since that is how caption tools write a character.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from sdscan.patterns import pattern

_WORD = pattern(r"[^\W_]+(?:['’-][^\W_]+)*")
_SERIES = pattern(r"(.{1,150}?)[ _]+\(([^()]{2,100})\)")
_NOT_ALONE = ("colors", "function")


class Lexicon(Struct, frozen=True):
    """The lists of lexicon.toml."""

    alone: frozenset[str]
    """Words that make a tag general by themselves."""
    known: frozenset[str]
    """These, and those that need another word beside them."""
    english: frozenset[str]
    """These, and the further words of written-out captions."""
    common: frozenset[str]
    """People and picture quality: what begins captions that have no trigger."""
    colors: frozenset[str]
    function: frozenset[str]
    garments: frozenset[str]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The general words."""
    text = (Path(__file__).parent / "lexicon.toml").read_text(encoding="utf-8")
    lists = {name: frozenset(words.split()) for name, words in tomllib.loads(text).items()}
    alone = frozenset().union(*(words for name, words in lists.items() if name not in (*_NOT_ALONE, "english")))
    known = alone.union(*(lists[name] for name in _NOT_ALONE))
    common = lists["people"] | lists["quality"] | lists["function"]
    return Lexicon(
        alone, known, known | lists["english"], common, lists["colors"], lists["function"], lists["garments"]
    )


@lru_cache(maxsize=65_536)
def is_general(tag: str) -> bool:
    """Whether a tag names nobody. Underscores and letter case do not matter; `>_<` and other signs are general."""
    text = tag.replace("_", " ").casefold()
    found = _SERIES.fullmatch(text)
    if found is not None:
        if not _is_qualifier(found[2]):
            return False
        text = found[1]
    words = _WORD.findall(text)
    if not words or (len(text) <= 3 and not text.isalnum()):
        return True
    book = lexicon()
    if not all(_in(word, book.known) or word.isdecimal() for word in words):
        return False
    return any(_in(word, book.alone) for word in words) or all(word in book.function for word in words)


def is_common(tag: str) -> bool:
    """Whether a tag only counts people or praises the picture: `1girl`, `solo`, `no humans`, `best quality`."""
    words = _WORD.findall(tag.replace("_", " ").casefold())
    return all(_in(word, lexicon().common) or word.isdecimal() for word in words)


@lru_cache(maxsize=65_536)
def ends_generally(tag: str) -> bool:
    """Whether the last word is a general one (`pauldroned jacket`): a tag of this kind seldom names anybody."""
    words = _WORD.findall(tag.replace("_", " ").casefold())
    return len(words) > 1 and _in(words[-1], lexicon().alone) and words[-1] not in ("style", "artstyle")


def series_of(tag: str) -> tuple[str, str] | None:
    """(name, series) of a tag such as `hatsune miku (vocaloid)`; None for `star (sky)` and all others."""
    found = _SERIES.fullmatch(tag.replace("_", " ").casefold().strip())
    return None if found is None or _is_qualifier(found[2]) else (found[1], found[2])


def is_english(word: str) -> bool:
    """Whether a word of a written-out caption is a common one."""
    return word.isdecimal() or len(word) < 2 or _in(word, lexicon().english)


@lru_cache(maxsize=16_384)
def color_of(tag: str, noun: str) -> str | None:
    """`aqua` of `long aqua hair` for `hair`, `red` of `red eyes` for `eyes`; None for tags that say no colour."""
    words = _WORD.findall(tag.replace("_", " ").casefold())
    if len(words) < 2 or words[-1] != noun:
        return None
    return next((word for word in words if word in lexicon().colors), None)


@lru_cache(maxsize=16_384)
def is_garment(tag: str) -> bool:
    """Whether the tag is about a piece of clothing."""
    words = _WORD.findall(tag.replace("_", " ").casefold())
    return bool(words) and words[-1] in lexicon().garments


def _is_qualifier(text: str) -> bool:
    """Whether what stands in brackets is one general word (`star (sky)`, `bow (weapon)`) and no series."""
    words = _WORD.findall(text)
    return (len(words) == 1 and _in(words[0], lexicon().known)) or text in ("body part", "real life")


def _in(word: str, words: frozenset[str]) -> bool:
    """Whether the word, its singular or all parts of a hyphenated word are in the list."""
    if word in words:
        return True
    if len(word) > 3 and (word[:-1] in words or (word.endswith("es") and word[:-2] in words)) and word[-1] == "s":
        return True
    parts = re.split("['’-]", word)
    return len(parts) > 1 and all(not part or part in words or part == "s" or part.isdecimal() for part in parts)
