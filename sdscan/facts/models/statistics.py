"""Caption statistics → pieces of captions that may be triggers, with a score and the share of captions that hold them.

A trigger is a piece that general words do not explain, that stands in many captions of its folder, often first and often like the model's own name.
The most frequent piece is not it: that is `1girl` on two of three real headers. kohya writes the pieces in the order of first appearance, so the first
one of a folder is the first piece of the first caption; an export that sorted them has lost this.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from sdscan.facts.models.frames import is_frame_tag
from sdscan.facts.models.lexicon import ends_generally, is_common, is_english, is_general, series_of
from sdscan.facts.models.phrases import clean
from sdscan.facts.models.training import Folder
from sdscan.patterns import pattern

_LEAST = 0.3
"""Share of a folder's captions from which a piece may be a trigger."""
_UNAIDED = 0.8
"""The same, where neither its place nor the model's name speaks for it: below it stand things that many pictures show."""
_UNORDERED = 0.6
"""The same, where the file has lost the order of the captions, so that no place can speak for anything."""
_SURE = 0.5
"""Score from which a piece counts more than a folder name that no caption holds."""
_LONGEST = 100
"""Characters of a trigger in captions; longer pieces are sentences."""
_CONSIDERED = 2000
"""Frequent pieces of one folder that are looked at: real folders have fewer than 100."""
_NAME = 5
"""Words of a name."""
_KEPT = 3
"""Candidates of one folder."""
_PROSE_WORDS = 5
_PROSE_SHARE = 0.3
_WORDS = pattern(r"[^\W_]+(?:['’_-][^\W_]+)*")


class Candidate(Struct, frozen=True, gc=False):
    """A caption piece that may be a trigger."""

    text: str
    coverage: float
    """Share of the folder's captions that hold it."""
    locator: str
    score: float
    sure: bool
    """Whether it counts more than a folder name that no caption holds."""


def candidates_of(folders: Sequence[Folder], names: Sequence[str]) -> list[Candidate]:
    """Possible triggers of all folders, each text once, the likeliest first. `names` are what the model is called."""
    spelled = [words_of(name) for name in names]
    best: dict[str, Candidate] = {}
    for folder in folders:
        if not folder.is_declaration and folder.captions:
            found = _in_prose(folder, spelled) if is_prose(folder) else _in_tags(folder, spelled)
            for candidate in sorted(found, key=lambda each: -each.score)[:_KEPT]:
                key = candidate.text.casefold()
                if key not in best or best[key].score < candidate.score:
                    best[key] = candidate
    return sorted(best.values(), key=lambda each: (-each.score, each.text))


def is_prose(folder: Folder) -> bool:
    """Whether captions are sentences: nearly a third of their pieces has five words or more."""
    long = sum(tag.count(" ") >= _PROSE_WORDS - 1 for tag in folder.tags)
    return long >= _PROSE_SHARE * len(folder.tags) and long > 0


def words_of(text: str) -> frozenset[str]:
    """The words of a name or tag, cut at separators, case and digits: `HatsuneMiku_v2` → hatsune miku."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    found = [word for word in re.findall(r"[^\W\d_]+", spaced.casefold()) if len(word) > 1]
    return frozenset((*found, "".join(found))) if found else frozenset()


def in_caption_order(folder: Folder) -> bool:
    """Whether the pieces still stand in the order of the captions: not sorted by name, count, or length (PostgreSQL's jsonb)."""
    tags = list(folder.tags)
    if len(tags) < 3:
        return True
    counts = list(folder.tags.values())
    pairs = range(len(tags) - 1)
    return not (
        all(tags[i] <= tags[i + 1] for i in pairs)
        or all(counts[i] >= counts[i + 1] for i in pairs)
        or all(
            (len(tags[i].encode("utf-8", "replace")), tags[i])
            <= (len(tags[i + 1].encode("utf-8", "replace")), tags[i + 1])
            for i in pairs
        )
    )


def _in_tags(folder: Folder, names: Sequence[frozenset[str]]) -> Iterator[Candidate]:
    ordered = in_caption_order(folder)
    frequent = [
        (place, tag, number)
        for place, (tag, number) in enumerate(folder.tags.items())
        if number >= _LEAST * folder.captions
    ]
    for place, tag, number in frequent[:_CONSIDERED]:
        if len(tag) > _LONGEST:
            continue
        share = min(1.0, number / folder.captions)
        text = clean(tag)
        alike = _alike(text, names)
        first, kept = ordered and place == 0, ordered and place < folder.keep_tokens
        if share < (_UNAIDED if ordered else _UNORDERED) and not (first or kept or alike or series_of(text)):
            continue
        weight = _weight(text, alike, leads=first and share >= _UNAIDED)
        score = share * weight * (1.3 if first else 1.0) * (1.3 if kept else 1.0) * (1.5 if alike else 1.0)
        if score:
            yield Candidate(text, round(share, 4), folder.locator, score, score >= _SURE)


def _weight(text: str, alike: bool, leads: bool) -> float:
    """How well a piece could name something: 1 for words that nobody knows, less for what ends in a general word, 0 for general ones.

    General words may still be a name (Gold Ship): where the model is called so, or where they lead nearly every caption.
    """
    if is_frame_tag(text):
        return 0.0
    if is_general(text):
        return 0.5 if alike else 0.35 if leads and not is_common(text) else 0.0
    return 0.35 if ends_generally(text) and not alike and series_of(text) is None else 1.0


def _alike(text: str, names: Sequence[frozenset[str]]) -> bool:
    """Whether a name of the model holds the piece's words, or the piece the name's."""
    words = words_of(text)
    if not words:
        return False
    joined = max(words, key=len)
    return any(
        name and (words <= name or name <= words or joined in name or max(name, key=len) in words) for name in names
    )


def _in_prose(folder: Folder, names: Sequence[frozenset[str]]) -> Iterator[Candidate]:
    """Words that English does not know and that stand in many captions; those that always come together are one name."""
    own = frozenset(word for name in names for word in name if len(word) > 2 and not is_common(word))
    alone: dict[str, int] = {}
    joined: dict[tuple[str, ...], int] = {}
    for piece, number in list(folder.tags.items())[: 10 * _CONSIDERED]:
        runs = list(_odd_runs(_WORDS.findall(piece[:2000].casefold()), own))
        for word in dict.fromkeys(word for run in runs for word in run):
            alone[word] = alone.get(word, 0) + number
        for run in dict.fromkeys(run for run in runs if 1 < len(run) <= _NAME):
            joined[run] = joined.get(run, 0) + number
    total = folder.images or _first_pieces(folder)
    taken: set[str] = set()
    for run, number in sorted(joined.items(), key=lambda pair: -pair[1]):
        if number >= _LEAST * total and number >= 0.8 * max(alone[word] for word in run):
            taken.update(run)
            yield _word(" ".join(run), number, total, folder, names)
    for word, number in alone.items():
        if word not in taken and number >= _LEAST * total and len(word) > 2:
            yield _word(word, number, total, folder, names)


def _odd_runs(words: Sequence[str], own: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """Neighbouring words that English does not know, or that the model's own name holds."""
    bare = [word.removesuffix("'s").removesuffix("’s") for word in words]
    for odd, run in itertools.groupby(bare, lambda word: word in own or not is_english(word)):
        if odd:
            yield tuple(run)


def _first_pieces(folder: Folder) -> int:
    """A guess at the number of sentence captions where the pictures are not counted: the long pieces."""
    return max(1, sum(number for tag, number in folder.tags.items() if tag.count(" ") >= _PROSE_WORDS - 1))


def _word(text: str, number: int, total: int, folder: Folder, names: Sequence[frozenset[str]]) -> Candidate:
    share = min(1.0, number / total)
    score = share * (1.5 if _alike(text, names) else 1.0)
    return Candidate(text, round(share, 4), folder.locator, score, score >= _SURE)
