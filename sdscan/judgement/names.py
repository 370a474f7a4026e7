"""The one normal form of a name, for packs and prompts alike. Enters text as written, leaves tokens with their place in it.

Normal form: NFKC, case folded, Latin accents dropped (kana marks kept), apostrophes inside words deleted, everything else that is
no letter or digit is a space. A run of Chinese, Japanese or Korean letters is one token, whatever stands between its words, since
the same name is written 初音ミク, 初音 ミク and 初音・ミク; `Token.at` keeps the place of each of its letters.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from sdscan.patterns import pattern

CJK = "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_ASCII = pattern(r"[A-Za-z0-9]+(?:['`][A-Za-z0-9]+)*")
_RUN = pattern(
    r"[^\W_][^\W_\u0300-\u036f\u3099\u309a]*(?:[\u0300-\u036f\u3099\u309a]+[^\W_]*)*(?:['’`´ʼ＇](?=[^\W_])[^\W_]+[\u0300-\u036f\u3099\u309a]*)*"
)
_PIECE = pattern(rf"[{CJK}]+|(?:(?![{CJK}])[^\W_])+")
_BOUNDS = "".join(low + chr(ord(high) + 1) for low, high in zip(CJK[::3], CJK[2::3]))
"""First letters inside and outside of CJK in turn: looked up in ten steps, where the set takes six milliseconds to compile."""
_APOSTROPHES = str.maketrans("", "", "'’`´ʼ＇")
_LATIN_MARKS = pattern("[\u0300-\u036f]+")


class Token(Struct, frozen=True):
    """One word of a text."""

    text: str
    """In normal form."""
    start: int
    """Offset of its first character in the text as written."""
    end: int
    at: tuple[int, ...] = ()
    """For a CJK run: the offset of each of its letters as written, and one past the last."""


def has_cjk(text: str) -> bool:
    """Whether a letter of a Chinese, Japanese or Korean script is in the text."""
    return not text.isascii() and max(text) >= _BOUNDS[0] and any(bisect_right(_BOUNDS, char) & 1 for char in text)


def normal(text: str) -> str:
    """The normal form: tokens with one space between. Idempotent."""
    return " ".join(words(text))


def words(text: str) -> list[str]:
    """The tokens of a text without their places."""
    if text.isascii():
        if "'" in text or "`" in text:
            return [word.lower().translate(_APOSTROPHES) for word in _ASCII.findall(text)]
        return _PLAIN.findall(text.lower())
    return [token.text for token in tokens(text)]


_PLAIN = pattern("[a-z0-9]+")


def tokens(text: str) -> list[Token]:
    """The tokens of a text with their places. Linear in its length."""
    if text.isascii():
        return [
            Token(found[0].lower().translate(_APOSTROPHES), found.start(), found.end())
            for found in _ASCII.finditer(text)
        ]
    return list(_joined(piece for found in _RUN.finditer(text) for piece in _pieces(found[0], found.start())))


def _pieces(run: str, start: int) -> Iterator[Token]:
    """The tokens of one unbroken run of letters, digits and apostrophes."""
    if run.isascii():
        yield Token(run.lower().translate(_APOSTROPHES), start, start + len(run))
        return
    folded, places = _folded(run)
    for piece in _PIECE.finditer(folded):
        first, last = piece.span()
        end = start + max(places[last], places[last - 1] + 1)  # ¼ is 1, 4 at one place
        at = (*(start + place for place in places[first:last]), end) if bisect_right(_BOUNDS, piece[0][0]) & 1 else ()
        yield Token(piece[0], start + places[first], end, at)


def _folded(run: str) -> tuple[str, list[int]]:
    """The folded run, and for each of its characters the offset it came from, and one past the last.

    Character by character, with its combining marks: NFKC, casefold, drop Latin marks, compose.
    """
    out: list[str] = []
    places: list[int] = []
    index, size = 0, len(run)
    while index < size:
        after = index + 1
        while after < size and (unicodedata.combining(run[after]) or run[after] in "\uff9e\uff9f"):
            after += 1
        for char in _fold(run[index:after]):
            out.append(char)
            places.append(index)
        index = after
    places.append(size)
    return "".join(out), places


@lru_cache(maxsize=1 << 13)
def _fold(text: str) -> str:
    """One letter with its marks, folded. U+FDFA stands for 18 letters: no name is written with it, so a part of them will do."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(_APOSTROPHES)[: 4 + 4 * len(text)]
    if text.isascii():
        return text
    text = _LATIN_MARKS.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFKC", text)


def _joined(pieces: Iterator[Token]) -> Iterator[Token]:
    """Neighbouring CJK tokens as one run."""
    held: list[Token] = []
    for piece in pieces:
        if piece.at:
            held.append(piece)
            continue
        if held:
            yield _run(held)
            held = []
        yield piece
    if held:
        yield _run(held)


def _run(held: list[Token]) -> Token:
    if len(held) == 1:
        return held[0]
    at = (*(place for piece in held for place in piece.at[:-1]), held[-1].end)
    return Token("".join(piece.text for piece in held), held[0].start, held[-1].end, at)


# ---- names of files ----------------------------------------------------------------------------------------

_FILE_PIECE = pattern(
    rf"[{CJK}]+|[0-9]+|[^\W\d_a-z]+(?![^\W\d_A-Z])|(?:(?![{CJK}])[^\W\d_a-z])?(?:(?![{CJK}A-Z])[^\W\d_])+|(?:(?![{CJK}])[^\W\d_])"
)
_ASCII_FILE_PIECE = pattern("[0-9]+|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[A-Z]")


def file_tokens(name: str) -> list[Token]:
    """The tokens of a file's or LoRA's name, cut at case, digit and separator borders: `HatsuneMiku_v2` is hatsune, miku, v, 2."""
    if name.isascii():
        return [Token(piece[0].lower(), piece.start(), piece.end()) for piece in _ASCII_FILE_PIECE.finditer(name)]
    found = []
    for piece in _FILE_PIECE.finditer(name):
        for token in tokens(piece[0]):
            shift = piece.start()
            at = tuple(place + shift for place in token.at)
            found.append(Token(token.text, token.start + shift, token.end + shift, at))
    return list(_joined(iter(found)))
