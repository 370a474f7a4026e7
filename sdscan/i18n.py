"""English sentences → another language, at the last moment. Records, JSON and finding ids are the same in every language.

A catalog is an ordinary gettext `.mo` file. Texts of the program itself are looked up (`Translator.__call__`). Sentences that judgement
made, with names in them, are taken apart by the message that they were made from (`Translator.sentence`):

    prompt names {_what}        `_what` is a sentence of its own and must be known
    {_said}; also: {__places}   `__places` is a list of such, with commas between
    licence of {names_} …       `names_` is translated where it is known, and kept where not
    the artist {name}           `name` stands for itself

A message with the context `what` (gettext's msgctxt) is read in fields named `_what`, `_what1` … and nowhere else.

Of several readings the one counts that leaves the fewest characters as they are. A sentence that no message fits stays in English as a
whole. Matching takes linear time: messages are globs, not regular expressions.
"""

from __future__ import annotations

import os
import struct
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from sdscan.patterns import pattern

LANGUAGES = ("en", "ja")
"""What `--lang` takes beside `auto`."""
_LONGEST = 4_000
"""Characters of a sentence that is worth taking apart: longer ones quote a file."""
_DEEPEST = 5
"""Sentences inside sentences."""
CONTEXT = "\x04"
"""Between the context and the message of a key (GNU gettext manual, 10.3)."""
_FIELD = pattern(r"\{(\w+)\}")
_CODE = pattern(r"[a-z_]+")


class Pattern(Struct, frozen=True):
    """A message with fields: literal, field, literal, …, literal."""

    literals: tuple[str, ...]
    fields: tuple[str, ...]
    message: str
    translation: str

    @property
    def weight(self) -> int:
        """Characters that must stand there."""
        return sum(map(len, self.literals))


def pattern_of(message: str, translation: str = "") -> Pattern:
    """A message as a pattern."""
    parts = _FIELD.split(message)
    return Pattern(tuple(parts[::2]), tuple(parts[1::2]), message, translation)


def fit(pattern: Pattern, text: str) -> dict[str, str] | None:
    """The fields' texts where the pattern fits, none of them empty; else None. The leftmost place of each literal is taken."""
    first, *inner, last = pattern.literals
    if not text.startswith(first) or not text.endswith(last) or len(text) < pattern.weight + len(pattern.fields):
        return None
    at, end = len(first), len(text) - len(last)
    values = []
    for literal in inner:
        found = text.find(literal, at + 1, end)
        if found < 0:
            return None
        values.append(text[at:found])
        at = found + len(literal)
    values.append(text[at:end])
    return dict(zip(pattern.fields, values, strict=True)) if all(values) else None


class Reading(Struct, frozen=True):
    """A sentence in the other language."""

    kept: int
    """Characters that stayed as they were: names and quotations."""
    text: str
    weight: int = 0
    """Of the message that it was read by."""


Known = dict[str, Reading | None]
"""Parts of one sentence that were read already."""


class Translator:
    """Texts and sentences in one language. English is the language without messages."""

    def __init__(self, language: str = "en", messages: dict[str, str] | None = None) -> None:
        self.language = language
        self.messages = messages or {}
        self._patterns: dict[str, dict[str, list[Pattern]]] = {}
        for key, translation in self.messages.items():
            context, _, message = key.rpartition(CONTEXT)
            if _FIELD.search(message):
                pattern = pattern_of(message, translation)
                self._patterns.setdefault(context, {}).setdefault(pattern.literals[0][:1], []).append(pattern)
        self._contexts = {key.partition(CONTEXT)[0] for key in self.messages if CONTEXT in key}
        self.sentence = lru_cache(maxsize=8_192)(self._sentence)

    def __call__(self, message: str, **values: object) -> str:
        """A text of the program, with its fields filled in."""
        text = self.messages.get(message, message)
        return text.format(**values) if values else text

    def _sentence(self, text: str) -> str:
        """A sentence of judgement; itself where it is not known."""
        if not self.messages or not text or len(text) > _LONGEST:
            return text
        reading = self._read(text, "", 0, {})
        return text if reading is None else reading.text

    def _read(self, text: str, context: str, depth: int, known: Known) -> Reading | None:
        """The reading of a sentence, or of a part of one, that leaves the fewest characters as they are; None where there is none."""
        key = f"{context}{CONTEXT}{text}" if context else text
        if key in known:
            return known[key]
        known[key] = None  # while it is being read, and where nothing fits
        if not _FIELD.search(text) and key in self.messages:
            known[key] = Reading(0, self.messages[key])
        elif depth < _DEEPEST:
            patterns = self._patterns.get(context, {})
            for pattern in (*patterns.get(text[:1], ()), *patterns.get("", ())):
                values = fit(pattern, text)
                found = None if values is None else self._filled(pattern, values, depth, known)
                best = known[key]
                if found is not None and (best is None or (found.kept, -pattern.weight) < (best.kept, -best.weight)):
                    known[key] = replace(found, weight=pattern.weight)
        return known[key]

    def _filled(self, pattern: Pattern, values: dict[str, str], depth: int, known: Known) -> Reading | None:
        kept = 0
        filled = {}
        for name, value in values.items():
            read = self._field(name, value, depth + 1, known)
            if read is None:
                return None
            kept += read.kept
            filled[name] = read.text
        return Reading(kept, pattern.translation.format(**filled))

    def _field(self, name: str, value: str, depth: int, known: Known) -> Reading | None:
        """What stands in a field, read as the field's name asks for."""
        plain = Reading(len(value), value)
        if not (name.startswith("_") or name.endswith("_")):
            return plain
        context = name.strip("_").rstrip("0123456789")
        context = context if context in self._contexts else ""
        if not name.startswith("__"):
            return self._read(value, context, depth, known) or (None if name.startswith("_") else plain)
        parts = [self._read(part, context, depth, known) for part in value.split(", ")]
        if None in parts:
            return None
        return Reading(sum(part.kept for part in parts if part), self(", ").join(part.text for part in parts if part))


@lru_cache(maxsize=4)
def translator(language: str) -> Translator:
    """The translator of a language; English for one that has no catalog."""
    if language not in LANGUAGES or language == "en":
        return Translator()
    from importlib.resources import files  # late: English has no catalog, and this brings tempfile, shutil, lzma

    name = f"{language}/LC_MESSAGES/sdscan.mo"
    return Translator(language, read_mo(files("sdscan").joinpath("locale", *name.split("/")).read_bytes()))


def language_of(asked: str) -> str:
    """`auto` → what the environment asks for (SDSCAN_LANG, then the locale's own order), else what was asked."""
    if asked != "auto":
        return asked
    for variable in ("SDSCAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")
        if value:
            code = _CODE.match(value.lower())
            return code[0].partition("_")[0] if code and code[0].partition("_")[0] in LANGUAGES else "en"
    return _system_language()


def _system_language() -> str:
    """What Windows and macOS say, where no variable does."""
    import locale

    name = locale.getlocale()[0] or ""
    return "ja" if name.lower().startswith(("ja", "japanese")) else "en"


def read_mo(data: bytes) -> dict[str, str]:
    """Message → translation of a `.mo` file (GNU gettext manual, 10.3, "The Format of GNU MO Files"); the head entry is left out."""
    order = "<" if data[:4] == b"\xde\x12\x04\x95" else ">"
    count, messages, translations = struct.unpack_from(f"{order}3I", data, 8)
    found = {}
    for number in range(count):
        key, text = (
            data[start : start + length].decode()
            for length, start in (
                struct.unpack_from(f"{order}2I", data, table + 8 * number) for table in (messages, translations)
            )
        )
        if key and text:
            found[key] = text
    return found
