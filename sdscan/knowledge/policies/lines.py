"""Where in a TOML text an entry stands, and msgspec's complaint in words that help."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import get_args

from msgspec import Struct, structs

from sdscan.knowledge.policies.records import Platform, PlatformRule, Rightsholder, Statement, WorkPolicy
from sdscan.patterns import pattern

_ENTRIES: dict[str, type[Struct]] = {
    "payment_networks": PlatformRule, "platform": Platform, "rules": PlatformRule, "work": WorkPolicy, "statement": Statement,
    "rightsholder": Rightsholder,
}  # fmt: skip


def explained(
    message: str, text: str, raw: dict[str, object], name: str, entries: Mapping[str, type[Struct]] = _ENTRIES, root: str = ""
) -> str:  # fmt: skip
    """msgspec's validation message with file, line, entry, key and expectation.

    `entries` are the records of the tables by name; `root` stands before the name of each table (`tool.sdscan.`).
    """
    found = re.search(r"^(.*?)(?: - at `([^`]*)`)?$", message, re.DOTALL)
    what, path = (found[1], found[2] or "$") if found else (message, "$")
    steps: list[str | int] = [
        int(index) if index else step
        for step, index in re.findall(r"([A-Za-z_][\w-]*)|\[(\d+)\]", path.removeprefix("$"))
    ]
    unknown = re.search(r"unknown field `([^`]+)`", what)
    missing = re.search(r"missing required field `([^`]+)`", what)
    if unknown:
        near = difflib.get_close_matches(unknown[1], _keys(steps, entries), 1, 0.7)
        what = f"unknown key `{unknown[1]}`; " + (
            f"did you mean `{near[0]}`?" if near else "remove it or check its spelling"
        )
        steps = [*steps, unknown[1]]
    elif missing:
        what = f"`{missing[1]}` is missing; expected it in every entry of this kind"
    else:
        key = next((step for step in reversed(steps) if isinstance(step, str)), "")
        what = f"`{key}`: {what[:1].lower()}{what[1:]}"
        if "RFC3339" in what:
            what += "; expected a date such as 2027-05-22, without quotes"
        if "enum value" in what:
            what += f"; expected one of {', '.join(_choices(steps, entries))}"
    return f"{name}{line_of(text, steps, root)}: {_label(steps, raw)}{what}"


def _keys(steps: Sequence[str | int], entries: Mapping[str, type[Struct]]) -> list[str]:
    """The keys that the table at the place may have."""
    words = [step for step in steps if isinstance(step, str)]
    entry = entries.get(words[-1]) if words else None
    return [field.encode_name for field in structs.fields(entry)] if entry else list(entries)


def _choices(steps: Sequence[str | int], entries: Mapping[str, type[Struct]]) -> list[str]:
    """The words that are allowed at the place."""
    words = [step for step in steps if isinstance(step, str)]
    entry = entries.get(words[-2]) if len(words) > 1 else None
    fields = {field.encode_name: field.type for field in structs.fields(entry)} if entry else {}
    return [repr(choice) for choice in _literals(fields.get(words[-1]))]


def _literals(kind: object) -> list[object]:
    """The values of a Literal, or of a union of them."""
    return [value for one in get_args(kind) for value in (_literals(one) if get_args(one) else [one])]


def _label(steps: Sequence[str | int], raw: dict[str, object]) -> str:
    """`platform 'pixiv', rules 3: `: the entries on the way to the place."""
    node: object = raw
    words: list[str] = []
    kind = ""
    for step in steps:
        if isinstance(step, str):
            node = node.get(step) if isinstance(node, dict) else None
            kind = step
        else:
            node = node[step] if isinstance(node, list) and step < len(node) else None
            own = node.get("id") if isinstance(node, dict) else None
            if isinstance(node, dict):
                words.append(f"{kind} {own!r}" if isinstance(own, str) else f"{kind} {step + 1}")
    if steps and isinstance(steps[0], str) and isinstance(raw.get(steps[0]), dict):
        words = [f"[{steps[0]}]"]
    label = ", ".join(words)
    return f"{label}: " if label else ""


def line_of(text: str, steps: Sequence[str | int], root: str = "") -> str:
    """`:12`: the line of the key that `steps` lead to (`["platform", 2, "rules", 0, "effect"]`), else of its entry, else nothing."""
    lines = text.splitlines()
    at: int | None = None
    headers: list[str] = []
    rest = list(steps)
    while len(rest) > 1 and isinstance(rest[0], str) and isinstance(rest[1], int):
        headers.append(rest[0])
        found = _nth_header(lines, root + ".".join(headers), rest[1], 0 if at is None else at + 1)
        if found is None:
            break
        at, rest = found, rest[2:]
    if len(rest) > 1 and isinstance(rest[0], str) and not headers:
        table = pattern(rf"\s*\[\s*{re.escape(root + rest[0])}\s*\]")
        at = next((index for index, line in enumerate(lines) if table.match(line)), None)
    key = next((step for step in reversed(rest) if isinstance(step, str)), "")
    if key:
        line = _key_line(lines, key, at)
        at = at if line is None else line
    return "" if at is None else f":{at + 1}"


def _nth_header(lines: Sequence[str], header: str, number: int, start: int) -> int | None:
    """Index of the `number`-th (from 0) line `[[header]]` from `start` on."""
    wanted = pattern(rf"\s*\[\[\s*{re.escape(header)}\s*\]\]")
    for index in range(start, len(lines)):
        if wanted.match(lines[index]):
            if number == 0:
                return index
            number -= 1
    return None


def _key_line(lines: Sequence[str], key: str, at: int | None) -> int | None:
    """Index of `key = …` in the table whose header is line `at`; without one, of the key or `[key]` anywhere."""
    if at is None:
        plain = pattern(rf"\s*(\[+\s*)?{re.escape(key)}\b")
        return next((index for index, line in enumerate(lines) if plain.match(line)), None)
    wanted = pattern(rf'\s*"?{re.escape(key)}"?\s*=')
    for index in range(at + 1, len(lines)):
        if lines[index].lstrip().startswith("["):
            return None
        if wanted.match(lines[index]):
            return index
    return None
