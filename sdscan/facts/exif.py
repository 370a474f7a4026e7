"""EXIF block → texts by tag name. Enters the bytes of an EXIF block, leaves pieces; the only module that may import piexif.

The directories are walked by hand (`ifd.py`): piexif refuses damaged blocks and always takes UserComment as big-endian.
It lends its table of tag names for the tags that no generation tool writes.
"""

from __future__ import annotations

import re

from msgspec import Struct

from sdscan.facts.encodings import decode_marked, decode_text, decode_utf16, looks_utf16, printable
from sdscan.facts.ifd import ASCII, BYTES, UTF8, Entry, read_ifds
from sdscan.facts.source import MemorySource
from sdscan.limits import Limits
from sdscan.patterns import pattern
from sdscan.records import Problem

USER_COMMENT, XMP, IPTC, PHOTOSHOP, C2PA = 0x9286, 0x02BC, 0x83BB, 0x8649, 0xCD41
_WINDOWS = frozenset((0x9C9B, 0x9C9C, 0x9C9D, 0x9C9E, 0x9C9F))
NAMES = {
    0x010D: "DocumentName", 0x010E: "ImageDescription", 0x010F: "Make", 0x0110: "Model", 0x011D: "PageName",
    0x0131: "Software", 0x0132: "DateTime", 0x013B: "Artist", 0x013C: "HostComputer", XMP: "xmp", IPTC: "iptc",
    PHOTOSHOP: "iptc", 0x8298: "Copyright", 0x9003: "DateTimeOriginal", 0x9004: "DateTimeDigitized", 0x927C: "MakerNote",
    USER_COMMENT: "UserComment", 0x9C9B: "XPTitle", 0x9C9C: "XPComment", 0x9C9D: "XPAuthor", 0x9C9E: "XPKeywords",
    0x9C9F: "XPSubject", C2PA: "c2pa",
}  # fmt: skip
"""Names of Exif 3.0 (CIPA DC-008), section 4.6; `XP…` are those of Windows."""
_CODED = frozenset((0x9000, 0xA000, 0x9101, 0xA300, 0xA301, 0xA302))
"""Version numbers and enumerations stored as bytes, which look like short texts."""
_GRAPHS = (
    ("prompt", "Model", (b"prompt:{", b"Prompt:{", b"Prompt: {")),
    ("workflow", "Make", (b"workflow:{", b"Workflow:{", b"Workflow: {")),
)
"""What ComfyUI's savers put before a graph, and the tag that ComfyUI itself puts it into."""
_RESOURCES = 4096
"""Photoshop resources that are looked at: real files have fewer than 100."""
_LETTERS = pattern(rb"[a-z ]")


class Piece(Struct, frozen=True):
    """What one tag says."""

    name: str
    text: str | None
    """None where it is binary and stands in `data` (IPTC, C2PA)."""
    data: bytes
    offset: int
    """From the start of the block as given."""
    size: int


def read_exif(data: bytes, limits: Limits) -> tuple[list[Piece], list[Problem]]:
    """The pieces of an EXIF block: raw TIFF, or with `Exif\\0\\0` before it (WebP has both, by the version of Pillow)."""
    start = _tiff_start(data)
    block = data[start:] if start else data
    entries, problems = read_ifds(MemorySource(block, limits), limits)
    pieces = pieces_of(entries, start)
    problems += _recover(block, start, pieces)
    if start:
        problems = [Problem(p.code, p.detail, None if p.offset is None else p.offset + start) for p in problems]
    return pieces, problems


def _tiff_start(data: bytes) -> int:
    """Where the TIFF header begins: usually 0 or 6; some writers put `Exif\\0\\0` twice, or an offset, before it."""
    if data[:4] in (b"II*\0", b"MM\0*"):
        return 0
    if data[:6] == b"Exif\0\0" and data[6:8] in (b"II", b"MM"):
        return 6
    places = [at for at in (data.find(b"II*\0", 0, 64), data.find(b"MM\0*", 0, 64)) if at >= 0]
    return min(places, default=0)


def pieces_of(entries: list[Entry], start: int = 0) -> list[Piece]:
    """The entries that are text, IPTC or C2PA, as pieces; equal repeats (thumbnail directories) once; places as one piece `GPS`."""
    pieces: list[Piece] = []
    seen: set[tuple[int, bytes]] = set()
    for entry in entries:
        if entry.ifd == "GPS" or (entry.tag, entry.value) in seen:
            continue
        seen.add((entry.tag, entry.value))
        piece = _piece(entry, start)
        if piece is not None:
            pieces.append(piece)
    place = _place([entry for entry in entries if entry.ifd == "GPS"], start)
    if place is not None:
        pieces.append(place)
    return pieces


def _piece(entry: Entry, start: int) -> Piece | None:
    offset = entry.offset + start
    if entry.tag in (IPTC, C2PA):
        return Piece(NAMES[entry.tag], None, entry.value, offset, entry.size)
    if entry.tag == PHOTOSHOP:
        iptc = iptc_of(entry.value)
        return Piece("iptc", None, iptc, offset, entry.size) if iptc else None
    text = _text(entry)
    return Piece(tag_name(entry.tag), text, b"", offset, entry.size) if text else None


def _text(entry: Entry) -> str | None:
    if entry.tag == USER_COMMENT:
        return decode_user_comment(entry.value, entry.little)
    if entry.tag in _WINDOWS:
        return decode_utf16(entry.value, little=True)
    if entry.tag == XMP:
        return decode_marked(entry.value)
    if entry.kind in (ASCII, UTF8):
        return decode_text(entry.value)
    return printable(entry.value) if entry.kind in BYTES and entry.tag not in _CODED else None


def tag_name(tag: int) -> str:
    """`UserComment`, `Make` …; the name piexif knows for a rarer tag; else `0x010C`."""
    name = NAMES.get(tag)
    return name if name is not None else _rare_name(tag)


def _rare_name(tag: int) -> str:
    import piexif  # imported late: few files have such a tag

    for table in ("Image", "Exif"):
        entry = piexif.TAGS[table].get(tag)
        if isinstance(entry, dict) and isinstance(entry.get("name"), str):
            return str(entry["name"])
    return f"0x{tag:04X}"


def decode_user_comment(value: bytes, little: bool) -> str:
    """UserComment (Exif 2.3, 4.6.5 D): eight bytes name the encoding, and writers follow that only roughly.

    - `UNICODE\\0` + UTF-16 in an order of the writer's own: piexif always big-endian, ImageSharp (SwarmUI) little-endian,
      whatever the TIFF header says; some write UTF-8 there.
    - `ASCII\\0\\0\\0` + UTF-8 (NovelAI, mflux); eight NULs (GIMP); no prefix at all (Pillow's `exif[0x9286] = text`).
    """
    prefix, body = value[:8], value[8:]
    name = prefix.rstrip(b"\0 ").upper()
    if name == b"UNICODE":
        return decode_text(body) if _is_latin(body) else decode_utf16(body, little)
    if name == b"JIS":
        return _decode_jis(body)
    if name not in (b"", b"ASCII") or (name == b"" and value[:8].rstrip(b"\0")):
        body = value
    return decode_utf16(body, little) if looks_utf16(body) else decode_text(body)


def _is_latin(data: bytes) -> bool:
    """True where what should be UTF-16 is single bytes: words with spaces between them and not one NUL.

    Being valid UTF-8 proves nothing: Hiragana in UTF-16 is ASCII, byte for byte (U+3042 is `0B`).
    """
    return b"\0" not in data and data.count(b" ") * 20 > len(data) and 2 * len(_LETTERS.findall(data)) > len(data)


def _decode_jis(data: bytes) -> str:
    data = data.rstrip(b"\0")
    for encoding in ("iso2022_jp", "shift_jis"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return decode_text(data)


def iptc_of(resources: bytes) -> bytes:
    """The IPTC-IIM record inside Photoshop image resources (Adobe Photoshop File Formats, resource 0x0404); empty if none."""
    at, found = 0, b""
    for _ in range(_RESOURCES):
        if len(resources) - at < 12 or resources[at : at + 4] != b"8BIM":
            break
        kind = int.from_bytes(resources[at + 4 : at + 6], "big")
        at += 6 + (resources[at + 6] + 2 & ~1)  # Pascal string, padded to even
        size = int.from_bytes(resources[at : at + 4], "big")
        if kind == 0x0404:
            found += resources[at + 4 : at + 4 + size]
        at += 4 + (size + 1 & ~1)
    return found


def _place(entries: list[Entry], start: int) -> Piece | None:
    """A place on earth as `latitude, longitude`; `present` where it cannot be told. Version numbers alone are no place."""
    tags = {entry.tag: entry for entry in entries}
    latitude, longitude = tags.get(2), tags.get(4)
    if latitude is None or longitude is None:
        return None
    degrees = []
    for entry, letter in ((latitude, tags.get(1)), (longitude, tags.get(3))):
        parts = entry.ratios() if entry.kind == 5 else ()
        if len(parts) < 3:
            return Piece("GPS", "present", b"", start + latitude.offset, latitude.size)
        value = parts[0] + parts[1] / 60 + parts[2] / 3600
        degrees.append(-value if letter is not None and letter.value[:1] in (b"S", b"W") else value)
    return Piece("GPS", f"{degrees[0]:.5f}, {degrees[1]:.5f}", b"", start + latitude.offset, latitude.size)


def _recover(block: bytes, start: int, pieces: list[Piece]) -> list[Problem]:
    """Put right ComfyUI's `prompt:{…}` and `workflow:{…}` where the directory points beside them.

    Eight of 29 real animated WebP of ComfyUI had the workflow replaced in place by one of another length, so that the offset of
    the prompt is stale. A length may be stale as well: then the text does not end with the graph's last brace.
    """
    problems = []
    for label, name, marks in _GRAPHS:
        there = [p for p in pieces if p.text is not None and p.text[: len(label) + 1].lower() == label + ":"]
        if there and (there[0].text or "").rstrip().endswith("}"):
            continue
        at = there[0].offset - start if there else next((at for at in map(block.find, marks) if at >= 0), -1)
        if at < 0 or b"{" not in block[at : at + len(label) + 3]:
            continue
        text = _graph_text(block, at)
        if there and there[0].text == text:
            continue
        pieces[:] = [p for p in pieces if p not in there[:1] and (p.name != name or _labelled(p))]
        pieces.append(Piece(there[0].name if there else name, text, b"", start + at, len(text)))
        detail = f"the {label} is not as the EXIF directory says; it was searched for"
        problems.append(Problem("exif-stale-offset", detail, at))
    return problems


def _labelled(piece: Piece) -> bool:
    """True for a value that begins with `word:`, as those of ComfyUI do; the piece that a stale offset yields does not."""
    return piece.text is not None and re.match(r"\w{1,40}:", piece.text) is not None


def _graph_text(block: bytes, at: int) -> str:
    """`word:` with the JSON object after it; up to the next NUL where that is cut or damaged."""
    brace = block.index(b"{", at)
    text = block[brace:].decode("utf-8", "replace")
    import json  # late: most files need no parser but that of msgspec

    try:
        end = json.JSONDecoder().raw_decode(text)[1]
    except (ValueError, RecursionError):
        end = text.find("\0") if "\0" in text else len(text)
    return block[at:brace].decode("latin-1") + text[:end]
