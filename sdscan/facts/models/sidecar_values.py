"""What the readers of sidecars share: words, ids and digests out of JSON objects."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sdscan.facts.models.claims import Word
from sdscan.facts.models.phrases import phrases
from sdscan.facts.models.values import said, words
from sdscan.limits import Limits

JSON = dict[str, object]


def trained_words(found: JSON, locator: str, limits: Limits, key: str = "trainedWords") -> Iterator[Word]:
    if key in found:
        for text in words(found[key], limits):
            yield from (Word(phrase, locator) for phrase in phrases(text))


def word(value: object, locator: str) -> Word | None:
    text = said(value)
    return Word(text, locator) if text else None


def ids_of(value: object) -> tuple[str, ...]:
    """A Civitai id; 0 and below stand for none."""
    text = said(value) or ""
    return (text,) if text.isdecimal() and text.isascii() and text.strip("0") else ()


def sha256_of(value: object) -> str | None:
    text = (said(value) or "").lower().removeprefix("0x")
    return text if re.fullmatch("[0-9a-f]{64}", text) else None
