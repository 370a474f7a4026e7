"""One watchlist pack: TOML as people write it → PackFile, checked strictly. Every error names file, line, entry, key and expectation."""

from __future__ import annotations

import datetime
import re
import tomllib
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from sdscan.digests import sha256
from sdscan.errors import PackError
from sdscan.records import Pack

PACKS = Path(__file__).parent / "packs"
"""The built-in packs."""

Alone = Literal["alone", "tag", "weak"]


class Change(Struct, frozen=True, forbid_unknown_fields=True):
    """One heading of the pack's changelog."""

    version: str
    date: datetime.date
    text: str


class Head(Struct, frozen=True, forbid_unknown_fields=True):
    """`[pack]`."""

    id: str
    title: str
    version: str
    date: datetime.date
    description: str
    changes: tuple[Change, ...] = ()


class CharacterRow(Struct, frozen=True, forbid_unknown_fields=True):
    """One character of a work."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    strength: Alone = "alone"
    """What the bare name is worth: anywhere, as a whole tag, or only beside its work."""
    work: str = ""
    """Id of its work, which may stand in another pack; only of a `[[character]]` table, empty inside `[[work]]`."""
    notes: str = ""


class WorkRow(Struct, frozen=True, forbid_unknown_fields=True):
    """`[[work]]`."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    """Names that count only as a whole tag or in the name of a LoRA."""
    weak: tuple[str, ...] = ()
    """Names that count only beside other evidence of the work."""
    strength: Alone = "alone"
    rightsholder: str = ""
    medium: str = ""
    notes: str = ""
    characters: tuple[CharacterRow, ...] = ()


class ArtistRow(Struct, frozen=True, forbid_unknown_fields=True):
    """`[[artist]]`."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    strength: Alone = "alone"
    born: int | None = None
    died: int | None = None
    field: str = ""
    notes: str = ""


class StudioRow(Struct, frozen=True, forbid_unknown_fields=True):
    """`[[studio]]`: a house whose style is imitated."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    works: tuple[str, ...] = ()
    rightsholder: str = ""
    notes: str = ""


class StyleRow(Struct, frozen=True, forbid_unknown_fields=True):
    """`[[style]]`: the named look of a work or house; counts only with a style marker."""

    id: str
    name: str
    names_before_style: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    works: tuple[str, ...] = ()
    owner: str = ""
    notes: str = ""


class PersonRow(Struct, frozen=True, forbid_unknown_fields=True):
    """`[[person]]`: a real person, by name only."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    strength: Alone = "alone"
    born: int | None = None
    died: int | None = None
    notes: str = ""


class PackFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole pack."""

    pack: Head
    work: tuple[WorkRow, ...] = ()
    character: tuple[CharacterRow, ...] = ()
    artist: tuple[ArtistRow, ...] = ()
    studio: tuple[StudioRow, ...] = ()
    style: tuple[StyleRow, ...] = ()
    person: tuple[PersonRow, ...] = ()


def builtin_paths() -> tuple[Path, ...]:
    """The packs that ship with sdscan, in the order of their names."""
    return tuple(sorted(PACKS.glob("*.toml")))


def read_pack(path: Path) -> tuple[Pack, PackFile]:
    """One pack and what a report says of it. Raises PackError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PackError(f"{path.name}: cannot be read: {(error.strerror or 'I/O error').lower()}") from None
    parsed = parse_pack(data, path.name)
    return Pack(parsed.pack.id, parsed.pack.version, sha256(data).hexdigest()), parsed


def parse_pack(data: bytes, name: str) -> PackFile:
    """The pack in `data`; `name` is what errors call the file. Raises PackError."""
    try:
        text = data.decode("utf-8-sig")
        raw = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise PackError(f"{name}: byte {error.start} is not UTF-8; expected a UTF-8 text") from None
    except ValueError as error:  # also a number of more than 4,300 digits
        line = re.search(r"at line (\d+)", str(error))
        raise PackError(f"{name}{':' + line[1] if line else ''}: is not valid TOML: {error}") from None
    except RecursionError:
        raise PackError(f"{name}: nests too deep; expected tables of one level") from None
    try:
        parsed = msgspec.convert(raw, PackFile)
    except msgspec.ValidationError as error:
        raise PackError(_explained(text, str(error), raw, name)) from None
    _check(parsed, text, name)
    return parsed


def _check(parsed: PackFile, text: str, name: str) -> None:
    """What types cannot say: no empty name, no id twice, years in order."""
    seen: dict[str, str] = {}
    for kind, row in rows_of(parsed):
        wrong = _wrong(row, seen.get(row.id))
        if wrong:
            raise PackError(f"{name}{_line_of_id(text, row.id, last=row.id in seen)}: {kind} {row.id!r}: {wrong}")
        seen[row.id] = kind


def _wrong(row: Row, seen: str | None) -> str | None:
    """What is wrong with one entry, or None."""
    if not row.id.strip() or not row.name.strip():
        return f"`{'id' if not row.id.strip() else 'name'}` is empty; expected a text"
    if seen is not None:
        return f"`id` stands twice in this file (also as {seen}); expected an id of its own"
    born, died = getattr(row, "born", None), getattr(row, "died", None)
    if born is not None and died is not None and not born < died < born + 125:
        return f"`died` is {died} and `born` is {born}; expected a year of death after the year of birth"
    if any(not alias.strip() for alias in row.aliases + row.tag + row.weak):
        return "`aliases`, `tag` or `weak` holds an empty text; expected a name"
    return None


Row = WorkRow | CharacterRow | ArtistRow | StudioRow | StyleRow | PersonRow


def rows_of(parsed: PackFile) -> list[tuple[str, Row]]:
    """Every entry of a pack with its kind, in the order of the file."""
    found: list[tuple[str, Row]] = []
    for work in parsed.work:
        found.append(("work", work))
        found.extend(("character", character) for character in work.characters)
    found.extend(("character", row) for row in parsed.character)
    found.extend(("artist", row) for row in parsed.artist)
    found.extend(("studio", row) for row in parsed.studio)
    found.extend(("style", row) for row in parsed.style)
    found.extend(("person", row) for row in parsed.person)
    return found


# ---- errors ------------------------------------------------------------------------------------------------


def _explained(text: str, message: str, raw: dict[str, object], name: str) -> str:
    """msgspec's message with the line, the entry and the key in our words."""
    found = re.search(r"^(.*?)(?: - at `([^`]*)`)?$", message, re.DOTALL)
    what, path = (found[1], found[2] or "$") if found else (message, "$")
    steps = re.findall(r"\.?([A-Za-z_][\w-]*)|\[(\d+)\]", path.removeprefix("$"))
    node: object = raw
    entry, key = "", ""
    for step, index in steps:
        if step:
            key = step
            node = node.get(step) if isinstance(node, dict) else None
        elif isinstance(node, list) and int(index) < len(node):
            node = node[int(index)]
        if isinstance(node, dict) and isinstance(node.get("id"), str):
            entry = node["id"]
    unknown = re.search(r"unknown field `([^`]+)`", what)
    missing = re.search(r"missing required field `([^`]+)`", what)
    if unknown:
        key, what = unknown[1], f"unknown key `{unknown[1]}`; remove it or check its spelling"
    elif missing:
        key, what = missing[1], f"`{missing[1]}` is missing; expected it in every entry of this kind"
    else:
        what = f"`{key}`: {what[0].lower() + what[1:]}"
    if entry:
        line = _line_of_id(text, entry, unknown[1] if unknown else "")
    else:
        line = _line_of_table(text, steps) or _line_of_key(text, key)
    return f"{name}{line}: {_entry_label(steps, entry)}{what}"


def _entry_label(steps: list[tuple[str, str]], entry: str) -> str:
    """`character 'x': `, or `artist number 1: ` where it has no id."""
    kind, number = "", ""
    for step, index in steps:
        if step in _TABLES:
            kind, number = _TABLES[step], ""
        elif index:
            number = number or index
    if entry:
        return f"{kind} {entry!r}: "
    return f"{kind} number {int(number) + 1}: " if number else ""


_TABLES = {
    "pack": "pack", "work": "work", "character": "character", "characters": "character", "artist": "artist", "studio": "studio",
    "style": "style", "person": "person",
}  # fmt: skip


def _line_of_id(text: str, entry: str, key: str = "", *, last: bool = False) -> str:
    """`:12`: the line of the (first or last) entry with this id, or of its key."""
    found = [one.start() for one in re.finditer(rf"""\bid\s*=\s*(["']){re.escape(entry)}\1""", text)]
    if not found:
        return ""
    at = found[-1 if last else 0]
    if key:
        after = re.compile(rf"\b{re.escape(key)}\s*=").search(text, text.rfind("\n", 0, at) + 1)
        if after is not None and "[[" not in text[at : after.start()]:
            at = after.start()
    return f":{text.count(chr(10), 0, at) + 1}"


def _line_of_table(text: str, steps: list[tuple[str, str]]) -> str:
    """The line of the n-th `[[work]]`."""
    if len(steps) < 2 or not steps[0][0] or not steps[1][1]:
        return ""
    found = list(re.finditer(rf"^\s*\[\[\s*{re.escape(steps[0][0])}\s*\]\]", text, re.MULTILINE))
    number = int(steps[1][1])
    return f":{text.count(chr(10), 0, found[number].end()) + 1}" if number < len(found) else ""


def _line_of_key(text: str, key: str) -> str:
    found = re.search(rf"^\s*\[*{re.escape(key)}\b", text, re.MULTILINE) if key else None
    return f":{text.count(chr(10), 0, found.start()) + 1}" if found else ""
