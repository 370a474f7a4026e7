"""XMP packet (RDF in XML) → properties in order. XML is hostile: no DTD, no entity but the five of XML, nothing is ever expanded.

A tolerant scanner and no parser: packets in the wild are cut, wrapped twice, or lack a namespace. Linear in their length.
Prefixes are those of the XMP specification (ISO 16684-1) and of IPTC, whatever the packet calls them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from msgspec import Struct

from sdscan.facts.text import scalar
from sdscan.limits import Limits
from sdscan.patterns import pattern

_PREFIXES: dict[str, str] = {
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.adobe.com/xap/1.0/rights/": "xmpRights",
    "http://ns.adobe.com/xap/1.0/mm/": "xmpMM",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/lightroom/1.0/": "lr",
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
    "http://ns.google.com/photos/1.0/creations/": "GCreations",
    "http://www.tc260.org.cn/ns/AIGC/1.0/": "TC260",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
}
_ELEMENT = pattern(r"<(?P<end>/?)(?P<name>[^\s/<>\"'=]{1,200})(?P<attributes>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*+)>")
_ATTRIBUTE = pattern(r"(?<![^\s\"'])([^\s=/\"'<>]+)\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)')")
_SKIPPED = (("<!--", "-->"), ("<?", "?>"), ("<!", ">"))
"""What holds no value: comments, instructions, declarations. A DTD is skipped like any other declaration."""
_BAD_TAGS = 100
"""Pieces that begin like a tag and are none, after which the packet counts as damaged (keeps the scan linear)."""
_OFTEN = 1023
"""The clock is asked once for so many tags."""
_REFERENCE = pattern(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot|apos));")
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


class Property(Struct, frozen=True, gc=False):
    """One value in a packet."""

    name: str
    """Prefix and name of the property (`dc:description`); of a structure, that of the innermost field."""
    value: str


def read_xmp(text: str, limits: Limits) -> list[Property]:
    """The values of a packet: attributes, element texts, and each item of a list. At most `limits.tags` of them."""
    return read_packet(text, limits)[0]


def read_packet(text: str, limits: Limits) -> tuple[list[Property], str | None]:
    """The values of a packet, and a sentence where a part of it was left out."""
    prefixes: dict[str, str] = {}
    found: list[Property] = []
    path: list[str] = []
    pieces: list[str] = []
    tokens = _Tokens(text)
    for number, (piece, element) in enumerate(tokens):
        pieces.append(piece)
        if element is None:
            continue
        if len(found) >= limits.tags or (not number & _OFTEN and limits.over()):
            tokens.left = f"has more than {limits.tags:,} values, or takes too long"
            break
        if element["end"]:
            found += _closed(path, pieces, limits)
            if path:
                path.pop()
        else:
            attributes = list(_attributes(element["attributes"], prefixes))
            found += (Property(key, value) for key, value in attributes if _counts(key) and value.strip())
            if len(found) > limits.tags:  # one element may have a million attributes
                tokens.left = f"has more than {limits.tags:,} values"
                del found[limits.tags :]
                path.clear()
                break
            if not element["attributes"].rstrip().endswith("/"):
                path.append(_canonical(element["name"], prefixes))
        pieces.clear()
    if path:
        found += _closed(path, pieces, limits)  # the packet is cut inside a value
    return [Property(item.name, scalar(item.value)) for item in found], tokens.left


class _Tokens:
    """The tokens of a packet, and a sentence where it is too damaged to be read to its end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.left: str | None = None

    def __iter__(self) -> Iterator[tuple[str, re.Match[str] | None]]:
        """Character data, and the tag after it; None for the tag where there is none (CDATA, the end, a stray `<`)."""
        text, at, bad = self.text, 0, 0
        while (mark := text.find("<", at)) >= 0 and bad < _BAD_TAGS:
            data = _plain(text[at:mark])
            if text.startswith("<![CDATA[", mark):
                close = text.find("]]>", mark)
                at = len(text) if close < 0 else close + 3
                yield data + text[mark + 9 : close if close >= 0 else at], None
                continue
            skipped = next((end for start, end in _SKIPPED if text.startswith(start, mark)), None)
            if skipped is not None:
                close = text.find(skipped, mark)
                at = len(text) if close < 0 else close + len(skipped)
                yield data, None
                continue
            element = _ELEMENT.match(text, mark)
            if element is None:
                bad += 1
                yield data + "<", None
                at = mark + 1
                continue
            yield data, element
            at = element.end()
        if mark >= 0:
            self.left = f"is no XML: {_BAD_TAGS} tags are damaged"
        yield _plain(text[at:]), None


def _closed(path: list[str], pieces: list[str], limits: Limits) -> Iterator[Property]:
    """The text of the element that ends here, under the name of the property that it is in (`rdf:li` and its kin are no names)."""
    value = "".join(pieces).strip()
    if not value:
        return
    name = next((name for name in islice(reversed(path), limits.depth) if not name.startswith(("rdf:", "x:"))), None)
    if name is not None:
        yield Property(name, value)


def _attributes(text: str, prefixes: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Attributes by canonical name; `xmlns:…` first fill the table of prefixes."""
    pairs = [(m[1], _plain(m[2] if m[2] is not None else m[3])) for m in _ATTRIBUTE.finditer(text)]
    for key, value in pairs:
        if key.startswith("xmlns:") and len(prefixes) < 200:
            prefixes[key[6:]] = _PREFIXES.get(value, key[6:])
    for key, value in pairs:
        yield _canonical(key, prefixes), value


def _canonical(name: str, prefixes: dict[str, str]) -> str:
    prefix, colon, local = name.partition(":")
    if prefix == "iptcExt":  # Midjourney and others use it for the IPTC Extension schema
        prefix = "Iptc4xmpExt"
    return f"{prefixes.get(prefix, prefix)}:{local}" if colon else name


def _counts(name: str) -> bool:
    return ":" in name and not name.startswith(("xmlns:", "rdf:", "xml:", "x:"))


def _plain(text: str) -> str:
    """Character data with its references replaced, each once: what comes out is not looked at again."""
    return _REFERENCE.sub(_reference, text) if "&" in text else text


def _reference(match: re.Match[str]) -> str:
    if match[3]:
        return _ENTITIES[match[3]]
    code = int(match[1]) if match[1] else int(match[2], 16)
    return chr(code) if 0 < code < 0x110000 else "\ufffd"
