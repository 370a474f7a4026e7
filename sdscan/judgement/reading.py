"""One piece of text → the names of the watchlist that stand in it, and how they stand. Knows nothing of its surroundings.

Enters a phrase of a prompt, a name or a title; leaves every span that is a name, with what it may mean. Since it depends on the piece
alone, its answers are remembered; the same tags stand in thousands of prompts.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from msgspec import Struct

from sdscan.judgement.markers import (
    CARRIES,
    ENDS,
    HIDING,
    NEUTRAL,
    Use,
    ends_name,
    is_noise,
    marks_after,
    marks_before,
    use_of,
)
from sdscan.judgement.names import Token, file_tokens, tokens, words
from sdscan.judgement.prompts import WEIGHTS
from sdscan.knowledge.watchlists.entries import CONTEXT, MARK, ORDINARY, WORTH
from sdscan.knowledge.watchlists.index import FREE, HELD, LONGER, Index, Posting
from sdscan.patterns import pattern

LONGEST = 12
"""Letters of a CJK name that is looked for inside a longer run."""
_NATIVE = "\x02"
_KANA = pattern("[\u3040-\u30ff]")
_SIGNS = pattern(r"[()\[\]{}:/|]")
_VERSION = pattern(r"(?<=[^\W\d_])(?=[vV]\d)")
_GLUED = pattern(r"^(.{4,}?)(lora|locon|style|artstyle|artist|xl|sdxl|pony|def|chan|v)$")


class Seen(Struct, frozen=True):
    """One span that is a name."""

    start: int
    """Offset in the piece as written."""
    end: int
    first: int
    """Number of its first token."""
    last: int
    """One past its last."""
    postings: tuple[Posting, ...]
    whole: bool
    """Nothing else stands in the piece but other names and words that say nothing."""
    marked: int
    """Named as an artist or style: 0 no, 1 after a bare `by`, 2 surely."""
    styled: bool
    """`style` follows or `style of` stands before."""
    words: int
    """How many words it has; a CJK run counts as two from three letters on."""
    letters: int
    """How many letters."""
    edges: bool
    """For a CJK name: that it begins and ends where a word may."""
    kana: bool
    """Written in kana only."""
    split: bool
    """A bracket or other sign stands between its words, so it may be two names."""
    use: Use = "itself"
    """Whether the character or work itself is meant, a costume or thing of it, or its look."""
    beside: tuple[int, ...] = ()
    """Numbers (in the piece's answer) of names right beside it, with nothing but `from`, `of` … or a bracket between."""


def read_piece(piece: str, index: Index, *, name: bool) -> tuple[tuple[Seen, ...], ...]:
    """The names in one piece, once for each way to cut it. `name`: a file's or model's name is cut at case and digits as well."""
    if not name:
        masked = WEIGHTS.sub(_blank, piece) if ":" in piece else piece
        return (_read(masked, tokens(masked), index, name=False),)
    whole, cut = tokens(piece), _file_pieces(piece, index)
    readings = [_read(piece, whole, index, name=True)]
    if [token.text for token in cut] != [token.text for token in whole]:
        readings.append(_read(piece, cut, index, name=True))
    return tuple(readings)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


_QUIET = NEUTRAL | ENDS
"""Words beside which ordinary words may still be a whole tag."""


NO_NAME, PARTLY, MAYBE = 0, 1, 2


def glance(text: str, index: Index) -> int:
    """NO_NAME; PARTLY: ordinary words that are names, among others that are none; MAYBE: read it. A quick look without places."""
    if not text.isascii():
        return MAYBE
    if ":" in text:
        text = WEIGHTS.sub(" ", text)
    said = words(text)
    held: set[int] = set()
    remembered, find, size = index.memo.get, index.find, len(said)
    for first, key in enumerate(said, 1):
        value = remembered(key)
        if value is None:
            value = find(key)
        last = first
        while value:
            if value & FREE:
                return MAYBE
            if value & HELD:
                held.update(range(first, last + 1))
            if not value & LONGER or last >= size:
                break
            key = f"{key} {said[last]}"
            last += 1
            value = remembered(key)
            if value is None:
                value = find(key)
    if not held:
        return NO_NAME
    return PARTLY if any(place not in held and word not in _QUIET for place, word in enumerate(said, 1)) else MAYBE


def _file_pieces(name: str, index: Index) -> list[Token]:
    """Tokens at case and digit borders; `mikuv2` and `mikulora` lose what is glued to them."""
    cuts = [found.start() for found in _VERSION.finditer(name)]
    pieces = [name[start:end] for start, end in zip([0, *cuts], [*cuts, len(name)])]
    out: list[Token] = []
    for shift, piece in zip([0, *cuts], pieces):
        for found in file_tokens(piece):
            text = found.text
            token = Token(text, found.start + shift, found.end + shift, tuple(place + shift for place in found.at))
            glued = _GLUED.match(text) if not found.at and len(text) == found.end - found.start else None
            if glued and index.find(text) & HELD:  # `krekkov` is a name, not `krekko` with a version
                glued = None
            if glued:
                middle = token.start + len(glued[1])
                out += [Token(glued[1], token.start, middle), Token(glued[2], middle, token.end)]
            else:
                out.append(token)
    return out


def _read(text: str, toks: list[Token], index: Index, *, name: bool) -> tuple[Seen, ...]:
    said = [token.text for token in toks]
    spans = list(_spans(toks, index))
    if name and not all(map(is_noise, said)):
        spans = [span for span in spans if not all(map(is_noise, said[span[2] : span[3]]))]
    if not spans:
        return ()
    silent = is_noise if name else NEUTRAL.__contains__
    covered = _covered(spans)
    left = list(accumulate((not (number in covered or silent(word)) for number, word in enumerate(said)), initial=0))
    marks = _marks(text, said, spans)
    near = _beside(spans, said)
    begins, ends = {span[0] for span in spans}, {span[1] for span in spans}
    found = []
    for number, (start, end, first, last, postings) in enumerate(spans):
        native = bool(toks[first].at) and last == first + 1
        edges = not native or _at_borders(toks[first], start, end, ends, begins)
        whole = edges and left[-1] - (left[last] - left[first]) == 0
        size = (2 if end - start >= 3 else 1) if native else last - first
        kana = native and all(map(_KANA.match, text[start:end]))
        split = last - first > 1 and _SIGNS.search(text, start, end) is not None
        if split:
            end = _closed(text, start, end)
        found.append(
            Seen(
                start,
                end,
                first,
                last,
                tuple(postings),
                whole,
                *marks[number],
                size,
                end - start,
                edges,
                kana,
                split,
                use_of(said, first, last),
                near[number],
            )
        )
    return tuple(found)


def _closed(text: str, start: int, end: int) -> int:
    """The end of a span with the bracket that closes it: `rem \\(re:zero\\)`."""
    if text.count("(", start, end) > text.count(")", start, end):
        if text[end : end + 1] == ")":
            return end + 1
        if text[end : end + 2] == "\\)":
            return end + 2
    return end


Span = tuple[int, int, int, int, list[Posting]]


def _spans(toks: list[Token], index: Index) -> Iterator[Span]:
    """Every run of tokens that is a key: (start, end, first, last, what it may mean)."""
    find = index.find
    for first, token in enumerate(toks):
        if token.at:
            yield from _native_spans(token, first, index)
        key = token.text
        value = find(key)
        last = first + 1
        while value:
            if value & HELD and not (token.at and last == first + 1) and not _hidden(key, toks, last):
                yield token.start, toks[last - 1].end, first, last, index.postings(value)
            if not value & LONGER or last >= len(toks):
                break
            key = f"{key} {toks[last].text}"
            last += 1
            value = find(key)


def _hidden(key: str, toks: list[Token], last: int) -> bool:
    """Whether the word that follows makes something else of a name."""
    return key in HIDING and last < len(toks) and toks[last].text in HIDING[key]


def _native_spans(token: Token, number: int, index: Index) -> Iterator[Span]:
    """Names inside a CJK run. The first two letters are looked up first, so a long text costs one lookup a letter."""
    run, size = token.text, len(token.text)
    for start in range(size):
        if size - start >= 2 and not index.find(_NATIVE + run[start : start + 2]):
            continue
        for length in range(min(LONGEST, size - start), 0, -1):
            if length == 1 and size > 1:
                continue
            value = index.find(run[start : start + length])
            if value & HELD:
                yield token.at[start], _end_at(token, start + length), number, number + 1, index.postings(value)
                break


def _end_at(token: Token, place: int) -> int:
    """One past the last letter as written: not the blank that follows it."""
    return (
        token.end
        if place >= len(token.text)
        else token.at[place - 1] + max(1, min(token.at[place] - token.at[place - 1], 1))
    )


def _covered(spans: list[Span]) -> set[int]:
    """Tokens that belong to some name which could count: longest first, no overlap."""
    covered: set[int] = set()
    if len(spans) == 1:
        return set(range(spans[0][2], spans[0][3])) if _could_count(spans[0]) else covered
    for span in sorted(spans, key=lambda span: (span[2] - span[3], span[2])):
        tokens_of = range(span[2], span[3])
        if covered.isdisjoint(tokens_of) and _could_count(span):
            covered.update(tokens_of)
    return covered


def _could_count(span: Span) -> bool:
    """Several words, or one that may count by itself."""
    return span[3] - span[2] > 1 or any(
        posting.worth & WORTH not in (CONTEXT, MARK) or not posting.worth & ORDINARY for posting in span[4]
    )


def _at_borders(token: Token, start: int, end: int, ends: set[int], begins: set[int]) -> bool:
    """Whether a CJK name begins and ends where the run does, where its script changes, at a gap as written, or at another name."""
    at, run = token.at, token.text
    first, last = bisect_left(at, start), bisect_left(at, end)
    before = (
        first == 0 or start in ends or at[first] - at[first - 1] > 1 or _script(run[first - 1]) != _script(run[first])
    )
    after = last >= len(run) or end in begins or at[last] > end or _script(run[last - 1]) != _script(run[last])
    return before and after


def _script(letter: str) -> int:
    return 1 if _KANA.match(letter) and letter >= "\u30a0" else 2 if _KANA.match(letter) else 3


def _marks(text: str, said: list[str], spans: list[Span]) -> list[tuple[int, bool]]:
    """For each span: how it is marked, and whether as a style. A mark carries over `and` to the next name."""
    found: list[tuple[int, bool]] = []
    carried: dict[int, tuple[int, bool]] = {}
    for start, _, first, last, _ in spans:
        before = marks_before(said, first)
        if before and (before == 1 or last - first == 1) and not ends_name(said, last):
            before = 0
        styled = marks_after(said, last) or (
            before == 2
            and first >= 2
            and said[first - 1] in ("of", "by", "the")
            and bool({"style", "styles", "manner", "inspired"} & set(said[max(0, first - 3) : first]))
        )
        marked = 2 if styled else before
        if start and text[start - 1] == "@":
            marked = 2
        if first >= 2 and said[first - 1] in CARRIES and first - 1 in carried and ends_name(said, last):
            marked, styled = max(marked, carried[first - 1][0]), styled or carried[first - 1][1]
        if marked:
            carried[last] = (marked, styled)
        found.append((marked, styled))
    return found


_BETWEEN = frozenset({"from", "of", "in", "the", "s", "no", "as"})


def _beside(spans: list[Span], said: list[str]) -> list[tuple[int, ...]]:
    """For each span the others beside it, with at most three little words between."""
    begins: dict[int, list[int]] = {}
    for number, (_, _, first, _, _) in enumerate(spans):
        begins.setdefault(first, []).append(number)
    near: list[list[int]] = [[] for _ in spans]
    for number, (_, _, _, last, _) in enumerate(spans):
        place = last
        while place < len(said):
            for other in begins.get(place, ()):
                near[number].append(other)
                near[other].append(number)
            if place - last >= 3 or said[place] not in _BETWEEN:
                break
            place += 1
    return [tuple(numbers) for numbers in near]
