"""IPTC-IIM records (binary, IIM 4.2) → (name, text). Only the fields that describe a picture or name its maker."""

from __future__ import annotations

from collections.abc import Iterator

from sdscan.facts.encodings import decode_text
from sdscan.limits import Limits

_NAMES = {
    5: "ObjectName", 15: "Category", 20: "SupplementalCategories", 25: "Keywords", 40: "SpecialInstructions", 65: "OriginatingProgram",
    80: "By-line", 105: "Headline", 110: "Credit", 115: "Source", 116: "CopyrightNotice", 120: "Caption-Abstract",
    122: "Writer-Editor",
}  # fmt: skip
"""Datasets of record 2 (IIM 4.2, chapter 6)."""


def read_iptc(data: bytes, limits: Limits) -> Iterator[tuple[str, str]]:
    """The texts in order. Text is UTF-8 where it is valid, whatever the character set record says: writers forget it."""
    at, seen = 0, 0
    while at + 5 <= len(data) and seen < limits.tags:
        if data[at] != 0x1C:
            at += 1
            continue
        seen += 1
        record, dataset, length = data[at + 1], data[at + 2], int.from_bytes(data[at + 3 : at + 5], "big")
        at += 5
        if length & 0x8000:  # extended dataset: the length of the length
            size = length & 0x7FFF
            if size > 8:
                return
            length = int.from_bytes(data[at : at + size], "big")
            at += size
        value = data[at : at + length]
        at += length
        if record == 2 and dataset in _NAMES and value.strip(b"\0 "):
            yield _NAMES[dataset], decode_text(value).strip("\0 ")
