"""Infotext (the text that A1111 and its kin write) → prompt, negative prompt, templates and `key: value` pairs.

    prompt NL [ "Negative prompt: " negative NL ] [ "Template: " … NL ] key: value, key: value, … [ NL more lines ]

Linear in the length of the text, whatever it holds. A value may be bare, a JSON string, or any JSON (`Hashes: {…}`). The writer
is `modules/processing.py: create_infotext` of A1111 1.10; every oddity below names the program that writes it.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from sdscan.facts.text import scalar
from sdscan.patterns import pattern

if TYPE_CHECKING:
    from json import JSONDecoder

_KNOWN = frozenset(
    (
        "steps", "sampler", "schedule type", "scheduler", "cfg scale", "distilled cfg scale", "guidance", "guidance scale", "seed",
        "size", "model", "model hash", "vae", "vae hash", "version", "app", "pipeline", "operations", "rng", "denoising strength",
        "clip skip", "width", "height", "eta", "ensd", "face restoration", "hires upscale", "hires steps", "hires upscaler",
        "variation seed", "batch size", "backend", "parser", "unet", "te", "init image hash", "created date", "lora hashes",
        "ti hashes", "hashes", "mask blur", "token merging ratio", "seed resize from", "first pass size", "cfg",
    )
)  # fmt: skip
"""Keys (lower case) that only a parameter line has. A prompt written as `Subject: …, Style: …` has none of them."""
_START = pattern(
    r"^[ \t]*(?:Negative prompt:[ \t]*)?((?:Steps|Version|Size|Pipeline|Sampler|Scheduler|Seed|CFG scale|Guidance|App|Model(?: hash)?"
    r"|Width|Operations|Backend|Parser|Clip skip|Created Date):)",
    re.MULTILINE | re.IGNORECASE,
)
_INLINE = pattern(r"(?:^|[\s.,])(Steps: ?\d+ ?,)", re.IGNORECASE)
_MARKER = pattern(r"^[ \t]*(Negative prompt|Negative[ _]template|Template):[ \t]*", re.MULTILINE | re.IGNORECASE)
_TAIL_MARKER = pattern(r"(Negative[ _]template|Template):[ \t]*", re.IGNORECASE)
_JOINED = pattern(r"(?:^|[.\s])(Negative prompt: ?)")
_PAIR = pattern(
    r"[ \t]*+([^:,\"\n{}\[\]]{1,120}+):[ \t]*+"
    r"(\"(?:[^\"\\\n]|\\.)*+\"(?=[ \t]*(?:,|\n|$))|(?![\"{\[])[^,\n]*)"
    r"(?:,[ \t]*|(?=\n)|$)"
    r"|(.+)",
    re.DOTALL,
)
"""A plain pair, or everything from the first place that is none."""
_KEY = pattern(r"[ \t]*+([^:,\"\n{}\[\]]{1,120}+):[ \t]*+")
_CLOSE = pattern(r"\"(?=[ \t]*(?:,|\n|$))")
_STRING = pattern(r"\"(?:[^\"\\]|\\.)*+\"(?=[ \t]*(?:,|\n|$))", re.DOTALL)
_BARE = pattern(r"[^,\n]*")
_STEPS = pattern(r"Steps: ?\d", re.IGNORECASE)
_NEXT_SECTION = pattern(r"\n[ \t]*(?:Negative[ _]template|Template|Recipe metadata|Wildcard prompt):", re.IGNORECASE)
_RECIPE = pattern(r"(?:^|,)[ \t]*(Recipe metadata: ?\{)", re.MULTILINE | re.IGNORECASE)
_STARTS = 64
"""Lines tried as the begin of the parameters, from the end: a real text has at most three."""
_LONG = 500_000
"""Characters of a parameter line from which on memory is saved."""
_PAIRS = 20_000
"""Pairs that are read: far more than `limits.parameters` keeps, so that the limit is told."""
_BAD_JSON = 16
"""Damaged JSON values after which braces are taken as plain text, so that a hostile text stays linear."""


class Infotext(Struct, frozen=True, gc=False):
    """What an infotext says, before any meaning is given to its keys."""

    prompt: str
    negative: str
    template: str
    """The text before wildcards were drawn (Dynamic Prompts, SD.Next); empty where there is none."""
    negative_template: str
    parameters: tuple[tuple[str, str], ...]
    """In order, duplicates kept; JSON strings unquoted, other JSON as written."""
    extra: str = ""
    """Lines after the parameters that are none of the above."""
    marked: bool = False
    """True where the text can be nothing but infotext: it has parameters, or a line that begins with `Negative prompt:`."""


def parse_infotext(text: str) -> Infotext:
    """The parts of an infotext. A text without a parameter line is all prompt (and negative prompt, where marked)."""
    text = _normal(scalar(text))
    start, pairs = _plain_end(text)
    tail: dict[str, str] = {}
    if start < 0:
        start = _parameters_start(text)
        if start >= 0:
            pairs, tail = _parameters(text, start)
        elif (recipe := _RECIPE.search(text)) is not None:
            start = recipe.start(1)  # ComfyUI-Lora-Manager appends it to whatever comment there is
            pairs, tail = _parameters(text, start)
    prompt, sections = _sections(text[:start] if start >= 0 else text)
    return Infotext(
        prompt,
        sections.get("negative prompt", ""),
        tail.get("template", "") or sections.get("template", ""),
        tail.get("negative template", "") or sections.get("negative template", ""),
        tuple(pairs),
        tail.get("", ""),
        start >= 0 or "negative prompt" in sections,
    )


def parse_settings(text: str) -> Infotext:
    """A text that is nothing but pairs (A1111's `postprocessing` and `extras`)."""
    text = _normal(scalar(text))
    pairs, tail = _parameters(text, 0)
    return Infotext("", "", "", "", tuple(pairs), tail.get("", ""), True)


def _plain_end(text: str) -> tuple[int, list[tuple[str, str]]]:
    """Start and pairs where the text ends as most do: with one line `Steps: …` of plain pairs. Start -1 where it does not.

    One sweep at the speed of C does what the general way does in several, with the same result.
    """
    start = text.rfind("\nSteps: ") + 1
    if (
        not start
        or len(text) - start > _LONG
        or text.find("\n", start) >= 0
        or _START.match(text, text.rfind("\n", 0, start - 1) + 1, start - 1)
    ):
        return -1, []
    found = _PAIR.findall(text, start)
    if found[-1][2]:
        return -1, []
    if text.find(" ,", start) >= 0 or text.find(" :", start) >= 0 or not text[start:].isprintable():  # other blanks
        pairs = [(key.strip(), _value(value)) for key, value, _ in found]
    else:
        pairs = [(key, _value(value) if value[:1] == '"' else value) for key, value, _ in found]
    if len(pairs) < 3 or (pairs[1][0].lower() not in _KNOWN and pairs[2][0].lower() not in _KNOWN):
        return -1, []
    return start, pairs


def _normal(text: str) -> str:
    """One kind of line end (StabilityMatrix writes CRLF), no BOM, no NUL, and a line break where a re-import left a dot or blank."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.strip("\ufeff\0 \t\n")
    if text[:10].lower() == "parameters":
        text = re.sub(r"^parameters ?: ?", "", text, count=1, flags=re.IGNORECASE)
    if "\n" in text:
        return text
    joined = _JOINED.search(text)  # exiftool shows line ends as dots, and people import that again
    if joined:
        text = f"{text[: joined.start()]}\n{text[joined.start(1) :]}"
    last = _last_inline(text, joined.start() if joined else 0)
    return f"{text[: last - 1]}\n{text[last:]}" if last > 0 else text


def _parameters_start(text: str) -> int:
    """Where the parameter pairs begin: the last line that begins with a known key and holds three pairs; -1 if there is none.

    Lines just above that hold nothing but one such pair belong to it (writers with one pair a line).
    """
    starts = [m.start(1) for m in _START.finditer(text)]
    for index in range(len(starts) - 1, max(-1, len(starts) - 1 - _STARTS), -1):
        if not _convincing(text, starts[index]):
            continue
        at = starts[index]
        for earlier in reversed(starts[max(0, index - _STARTS) : index]):
            between = text[earlier : at - 1]
            if len(between) > 120 or "\n" in between.strip("\n") or "," in between:
                break
            at = earlier
        return at
    last = _last_inline(text, 0)
    return last if last >= 0 and _convincing(text, last) else -1


def _last_inline(text: str, start: int) -> int:
    """Where the last `Steps: <number>,` of a text begins that need not stand at the begin of a line; -1 if there is none."""
    at = -1
    for match in _INLINE.finditer(text, start):
        at = match.start(1)
    return at


def _convincing(text: str, at: int) -> bool:
    """Three pairs, two of them with a known key; or two known ones that begin with `Steps: <number>`."""
    pairs = known = 0
    steps = _STEPS.match(text, at) is not None
    while at < len(text) and pairs < 8:
        if text[at] == "\n":
            at += 1
            continue
        match = _PAIR.match(text, at)
        if match is None or match[1] is None:
            break
        pairs += 1
        known += match[1].strip().lower() in _KNOWN
        if (pairs >= 3 or (steps and pairs >= 2)) and known >= 2:
            return True
        at = match.end()
    return False


def _sections(head: str) -> tuple[str, dict[str, str]]:
    """The prompt, and what follows each marker at the begin of a line. A second marker of one kind goes on with the first."""
    at = head.find("\nNegative prompt:")
    if at >= 0 and "emplate:" not in head and head.find("\nNegative prompt:", at + 1) < 0:
        return head[:at].strip(), {"negative prompt": head[at + 17 :].strip()}
    marks = list(_MARKER.finditer(head))
    if not marks:
        return head.strip(), {}
    parts: dict[str, list[str]] = {}
    for mark, end in zip(marks, [m.start() for m in marks[1:]] + [len(head)], strict=True):
        parts.setdefault(mark[1].lower().replace("_", " "), []).append(head[mark.end() : end].strip())
    return head[: marks[0].start()].strip(), {name: "\n".join(p for p in texts if p) for name, texts in parts.items()}


def _parameters(text: str, start: int) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """The pairs from `start` on, and the sections after them. The plain begin is taken in one sweep at the speed of C."""
    line = text.find("\n", start)
    line = len(text) if line < 0 else line
    pairs: list[tuple[str, str]] = []
    at = start
    for key, value, rest in _swept(text[start:line]):
        if rest:
            at = line - len(rest)
            break
        pairs.append((key.strip(), _value(value)))
    else:
        at = line
    if at >= len(text):
        return pairs, {}
    return _rest(text, at, pairs)


def _swept(line: str) -> list[tuple[str, str, str]]:
    """The plain pairs of a line; of a very long one the first `_PAIRS`."""
    if len(line) <= _LONG:
        return _PAIR.findall(line)
    return [(m[1] or "", m[2] or "", m[3] or "") for m in islice(_PAIR.finditer(line), _PAIRS)]


def _rest(text: str, at: int, pairs: list[tuple[str, str]]) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """The slow way: JSON values, values with raw line ends, stray pieces, lines after the parameters."""
    state = _State(text)
    sections: dict[str, list[str]] = {}
    while at < len(text) and len(pairs) < _PAIRS:
        if text[at] in "\n, \t":
            at += 1
            continue
        line_start = at == 0 or text[at - 1] == "\n"
        marker = _TAIL_MARKER.match(text, at) if line_start else None
        if marker:
            at, section = _section(text, marker.end())
            sections.setdefault(marker[1].lower().replace("_", " "), []).append(section)
            continue
        match = _KEY.match(text, at)
        if match is None or (line_start and not _plausible(match[1])):
            end = _BARE.match(text, at).end() if not line_start else _line_end(text, at)  # type: ignore[union-attr]
            piece = text[at:end].strip()
            if line_start or not pairs:
                sections.setdefault("", []).append(piece)
            else:  # the writer forgot to quote a value with a comma in it
                pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]}, {piece}")
            at = end
            continue
        at, value = state.value(match.end())
        pairs.append((match[1].strip(), value))
    return pairs, {name: "\n".join(texts) for name, texts in sections.items()}


def _plausible(key: str) -> bool:
    """A key at the begin of a line has few words; a sentence with a colon is none."""
    return len(key) <= 40 and key.count(" ") <= 4


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _section(text: str, at: int) -> tuple[int, str]:
    """A template reaches to the next marker line: it may have line ends of its own."""
    match = _NEXT_SECTION.search(text, at)
    end = match.start() if match else len(text)
    return end, text[at:end].strip()


class _State:
    """What was learned about the text on the way, so that no search is done twice."""

    __slots__ = ("bad_json", "no_close", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.bad_json = 0
        self.no_close = False

    def value(self, at: int) -> tuple[int, str]:
        """The value at `at`: where it ends, and its text."""
        head = self.text[at : at + 1]
        if head == '"' and not self.no_close:
            match = _STRING.match(self.text, at)
            if match:
                return match.end(), _value(match[0])
            close = _CLOSE.search(self.text, at + 1)
            if close:
                return close.end(), self.text[at + 1 : close.start()]
            self.no_close = True
        elif head in ("{", "[") and self.bad_json < _BAD_JSON:
            try:
                end = _json().raw_decode(self.text, at)[1]
                return end, self.text[at:end]
            except (ValueError, RecursionError) as error:
                self.bad_json += 1
                if getattr(error, "pos", 0) >= len(self.text) - 1:  # a RecursionError has none
                    return len(self.text), self.text[at:].strip()  # cut at the end of the text
        end = _BARE.match(self.text, at).end()  # type: ignore[union-attr]
        return end, self.text[at:end].strip()


@cache
def _json() -> JSONDecoder:
    import json  # late: most texts are plain pairs

    return json.JSONDecoder(strict=False)


def _value(raw: str) -> str:
    """A bare value without blanks around it, or the content of a JSON string (`quote` of A1111 writes json.dumps)."""
    if raw[:1] != '"':
        return raw.strip()
    if "\\" not in raw:
        return raw.strip()[1:-1]
    try:
        value = _json().decode(raw)
    except ValueError:
        return raw.strip()[1:-1]
    return scalar(value) if isinstance(value, str) else raw
