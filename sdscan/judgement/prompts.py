"""Prompt grammar: text as written → phrases, each with its place, weight and whether it was surely drawn. Linear time.

A phrase is what stands between two borders: a comma, a new line, `|`, the end of a sentence, a word of a prompt language
(`AND`, `BREAK`, `ADDCOMM` …), an extra network (`<lora:…>`) or a wildcard (`__x__`). A name never crosses a border.

Sources: AUTOMATIC1111 `prompt_parser.py` (attention, scheduling, alternation, AND), `extra_networks.py`; Regional Prompter
(`ADDCOL` …); ComfyUI `sd1_clip.py` (escapes); NovelAI (`{x}`, `1.3::x::`); Dynamic Prompts (`{2$$a|b}`, `__x__`).
"""

from __future__ import annotations

import re
from bisect import bisect_right

from msgspec import Struct

from sdscan.patterns import pattern
from sdscan.records import State

BORDER = pattern(
    r"[,，、。；|｜\n\r]"
    r"|;(?=\s|\Z)"
    r"|\.(?<=[^\W\d_]{3}\.)(?=\s|\Z)"
    r"|<[A-Za-z]{2,12}:[^<>\n]{0,300}>"
    r"|[AB](?<!\w[AB])(?:ND|REAK|DD(?:COMM|BASE|COL|ROW))\b(?<!BND)"
    r"|\[(?:SEP|SKIP|PROMPT)\]"
    r"|__[A-Za-z0-9][\w./*-]{0,80}?__"
    r"|[0-9]\$\$"
    r"|[)\]}][(\[{]"
)
"""Everything that ends a phrase. Every alternative is bounded, so a search is linear."""

WEIGHTS = pattern(r":\s{0,4}[-+]?(?:\d{1,6}\.?\d{0,12}|\.\d{1,12})\s{0,4}(?=[)\]])|(?<![\w.])-?\d{0,6}\.?\d{0,6}::|::")
"""Weights and times inside a phrase; they are no words of a name."""

_SYNTAX = pattern(
    r"\\.|[()\[\]{}|]|:\s{0,4}([-+]?(?:\d{1,6}\.?\d{0,12}|\.\d{1,12}))\s{0,4}(?=[)\]])|(?<![\w.])(-?\d{1,6}\.?\d{0,6}|-?\.\d{1,6})::|::",
    re.DOTALL,
)
_CLOSES = {")": "(", "]": "[", "}": "{"}
_FACTORS = {"(": 1.1, "[": 1 / 1.1, "{": 1.05}
_DEEPEST = 1e6


class Phrase(Struct, frozen=True):
    """One piece of a prompt between two borders."""

    text: str
    """As written, without blanks around it."""
    start: int
    """Offset in the prompt."""
    end: int
    weight: float
    """Product of all brackets around its first letter; 1.0 where there is none."""
    state: State
    """possible: inside `{a|b}`, of which only one is drawn."""


class Emphasis(Struct, frozen=True):
    """The weight of every place of a prompt, as steps."""

    starts: tuple[int, ...]
    """Ascending offsets; the first is 0."""
    weights: tuple[float, ...]
    possible: tuple[bool, ...]
    """True inside an alternative of `{a|b}`."""

    def at(self, offset: int) -> tuple[float, State]:
        """Weight and state of the character at an offset."""
        step = bisect_right(self.starts, offset) - 1
        return self.weights[step], "possible" if self.possible[step] else "used"


PLAIN = Emphasis((0,), (1.0,), (False,))


def parse_prompt(text: str) -> tuple[Phrase, ...]:
    """The phrases of a prompt, in order."""
    stress = emphasis(text)
    found = []
    for start, end in phrase_spans(text):
        weight, state = stress.at(_first_letter(text, start, end))
        found.append(Phrase(text[start:end], start, end, weight, state))
    return tuple(found)


def phrase_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of every phrase, blanks left out."""
    spans: list[tuple[int, int]] = []
    start = 0
    for border in BORDER.finditer(text):
        end = border.start()
        _add_trimmed(text, start, end, spans)
        start = border.end()
    _add_trimmed(text, start, len(text), spans)
    return spans


def _add_trimmed(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> None:
    piece = text[start:end].lstrip()
    start = end - len(piece)
    size = len(piece.rstrip())
    if size:
        spans.append((start, start + size))


def _first_letter(text: str, start: int, end: int) -> int:
    """The offset of the first letter or digit, so that `((x` is weighed inside its brackets."""
    found = _LETTER.search(text, start, end)
    return found.start() if found else start


_LETTER = pattern(r"[^\W_]")


def emphasis(text: str, upto: int | None = None) -> Emphasis:
    """Weights through nesting. Brackets that never close count to the end of the text, as in A1111.

    `upto`: an offset beyond which nothing is asked; the text is read only until every bracket around it is closed.
    """
    if not any(mark in text for mark in "([{") and "::" not in text:
        return PLAIN
    factors: dict[int, float] = {}
    choices: set[int] = set()
    changes: list[tuple[int, int]] = []
    _read_brackets(text, factors, choices, changes, len(text) if upto is None else upto)
    return _swept(factors, choices, changes)


def _read_brackets(
    text: str, factors: dict[int, float], choices: set[int], changes: list[tuple[int, int]], upto: int
) -> None:
    """Fills: the factor of each opening, which openings hold alternatives, and (offset, opening or -1) in order."""
    stack: list[tuple[str, int, bool]] = []
    pending: float | None = None
    for found in _SYNTAX.finditer(text):
        mark, at = found[0], found.start()
        if mark[0] == "\\":
            continue
        if at > upto and (not stack or stack[0][1] > upto):
            return
        if found[1] is not None:
            pending = float(found[1])
            continue
        if mark.endswith("::"):
            if stack and stack[-1][0] == "::":
                changes.append((at, -1))
                stack.pop()
            if found[2] is not None:
                factors[found.end()] = float(found[2])
                stack.append(("::", found.end(), False))
                changes.append((found.end(), found.end()))
            continue
        if mark == "|":
            if stack and stack[-1][0] in "[{":
                stack[-1] = (stack[-1][0], stack[-1][1], True)
            continue
        if mark in _FACTORS:
            stack.append((mark, at, False))
            factors[at] = _FACTORS[mark]
            changes.append((at, at))
        elif stack and stack[-1][0] == _CLOSES[mark]:
            _, opened, alternatives = stack.pop()
            if mark == ")" and pending is not None:
                factors[opened] = pending
            elif alternatives or pending is not None:  # [a|b], {a|b}, [a:b:0.5]
                factors[opened] = 1.0
                if mark == "}" and alternatives:
                    choices.add(opened)
            changes.append((found.end(), -1))
        pending = None


def _swept(factors: dict[int, float], choices: set[int], changes: list[tuple[int, int]]) -> Emphasis:
    """Products over the open brackets at each change."""
    starts, weights, possible = [0], [1.0], [False]
    products, chosen = [1.0], [False]
    for at, opened in changes:
        if opened >= 0:
            products.append(max(-_DEEPEST, min(_DEEPEST, products[-1] * factors[opened])))
            chosen.append(chosen[-1] or opened in choices)
        elif len(products) > 1:
            products.pop()
            chosen.pop()
        if starts[-1] == at:
            weights[-1], possible[-1] = products[-1], chosen[-1]
        else:
            starts.append(at)
            weights.append(products[-1])
            possible.append(chosen[-1])
    return Emphasis(tuple(starts), tuple(round(weight, 4) for weight in weights), tuple(possible))
