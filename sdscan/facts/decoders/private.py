"""Personal data in the texts of a file: home folders, account names, e-mail, keys, places → (kind, locator, text).

Publishing the file would publish them. Cheap tests first, because every text of every file passes here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sdscan.patterns import pattern
from sdscan.records import Blob

Private = tuple[str, str, str]
"""(kind, locator, text); kinds: home-path user-name e-mail key gps."""

_HOME = pattern(
    r"(?:[A-Za-z]:[\\/]{1,4}(?:Users|Documents and Settings)[\\/]{1,4}|/(?:home|Users|var/home|mnt/[a-z]/Users)/)"
    r"((?:[^\\/\"'\s:*?<>|,;]{1,64}(?: [^\\/\"'\s:*?<>|,;]{1,32}){0,3}(?=[\\/]))|[^\\/\"'\s:*?<>|,;]{1,64})"
    r"(?:[\\/]{1,4}[^\"'\n\r\t*?<>|,;\\/]{1,128}){0,12}"
)
_MAIL = pattern(
    r"(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}@[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9-]{1,62}){0,4}\.[A-Za-z]{2,12}(?![\w@])"
)
_KEY = pattern(
    r"\b(?:sk-(?:proj-|ant-|or-)?[A-Za-z0-9_-]{20,200}|hf_[A-Za-z0-9]{30,60}|gh[pousr]_[A-Za-z0-9]{36,60}|AIza[0-9A-Za-z_-]{35}"
    r"|xox[abpr]-[A-Za-z0-9-]{10,80}|r8_[A-Za-z0-9]{30,60}|AKIA[0-9A-Z]{16}|pst-[A-Za-z0-9]{40,80}|glpat-[A-Za-z0-9_-]{20,40})\b"
)
_FIELD = pattern(
    r"\"(?:api[_-]?key|apikey|access[_-]?token|auth[_-]?token|secret[_-]?key|password|bearer[_-]?token)\"\s*:\s*\"([^\"\\\s]{8,300})\"",
    re.IGNORECASE,
)
_UNDERSCORED = pattern(r"_(?:(?<=hf_)|(?<=gh[pousr]_)|(?<=r8_))")
_DASHED = pattern(r"-(?:(?<=sk-)|(?<=xox[abpr]-)|(?<=pst-)|(?<=glpat-))")
_CAPITAL = pattern(r"A(?:Iza|KIA)")
"""How keys begin, each pattern led by a character of which a text has few: a third of the time of one search a beginning."""
_SHARED = frozenset(
    (
        "public",
        "shared",
        "default",
        "all users",
        "runner",
        "user",
        "users",
        "root",
        "ubuntu",
        "jovyan",
        "app",
        "default user",
    )
)
"""Account names that name nobody."""
_FILES = frozenset("png jpg jpeg webp gif mp4 json txt py js safetensors ckpt pt pth bin gguf onnx yaml html".split())
"""Ends of `name@2x.png`, which is no address."""
_MOST = 50
"""Entries kept of one file: a person needs to see that they are there, not each of a thousand."""


def private_data(blobs: Sequence[Blob]) -> tuple[Private, ...]:
    """Everything personal in the texts of a container, each text once, in order."""
    found: dict[Private, None] = {}
    for blob in blobs:
        if len(found) >= _MOST:
            break
        if blob.key == "GPS":
            found["gps", blob.locator, blob.text or "present"] = None
        elif blob.text:
            _search(blob.text, blob.locator, found)
    return tuple(found)[:_MOST]


def _search(text: str, locator: str, found: dict[Private, None]) -> None:
    if ("/" in text or "\\" in text) and ("Users" in text or "/home/" in text or "Documents and" in text):
        for match in _HOME.finditer(text):
            if match[1].lower() not in _SHARED:
                found["home-path", locator, match[0].rstrip()] = None
                found["user-name", locator, match[1]] = None
            if len(found) >= _MOST:
                return
    if "@" in text:
        for match in _MAIL.finditer(text):
            if match[0].rpartition(".")[2].lower() not in _FILES:
                found["e-mail", locator, match[0]] = None
            if len(found) >= _MOST:
                return
    if "-" in text or "_" in text or "AIza" in text:
        _search_keys(text, locator, found)


def _search_keys(text: str, locator: str, found: dict[Private, None]) -> None:
    if _UNDERSCORED.search(text) or _DASHED.search(text) or _CAPITAL.search(text):
        for match in _KEY.finditer(text):
            found["key", locator, match[0]] = None
    if '"' in text and ("key" in text or "oken" in text or "assword" in text):
        for match in _FIELD.finditer(text):
            found["key", locator, match[1]] = None
