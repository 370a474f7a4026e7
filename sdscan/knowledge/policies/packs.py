"""One policy pack: TOML as people write it → PolicyFile, checked strictly. Errors name file, line, entry, key and expectation."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

import msgspec

from sdscan.errors import PackError
from sdscan.knowledge.policies.lines import explained, line_of
from sdscan.knowledge.policies.records import PlatformRule, PolicyFile, Rightsholder, Statement, WorkPolicy

_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)
_ID = re.compile(r"[a-z0-9][a-z0-9_.-]*", re.ASCII)


def parse_pack(data: bytes, name: str) -> PolicyFile:
    """The pack in `data` (UTF-8); `name` is what errors call the file. Raises PackError."""
    try:
        text = data.decode("utf-8-sig")
        raw = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise PackError(f"{name}: byte {error.start} is not UTF-8; expected UTF-8 text") from None
    except ValueError as error:  # also a number of more than 4,300 digits
        found = re.search(r"at line (\d+)", str(error))
        raise PackError(f"{name}{':' + found[1] if found else ''}: is not valid TOML: {error}") from None
    except RecursionError:
        raise PackError(
            f"{name}: nests too deep; expected [[platform]], [[work]], [[statement]], [[rightsholder]]"
        ) from None
    try:
        parsed = msgspec.convert(raw, PolicyFile)
    except msgspec.ValidationError as error:
        raise PackError(explained(str(error), text, raw, name)) from None
    for steps, label, wrong in _wrong(parsed):
        raise PackError(f"{name}{line_of(text, steps)}: {label}: {wrong}")
    return parsed


Steps = list[str | int]


def _wrong(parsed: PolicyFile) -> Iterator[tuple[Steps, str, str]]:
    """(where, entry, what) for all that types cannot say."""
    yield from _wrong_ids(parsed)
    for number, rule in enumerate(parsed.payment_networks):
        yield from _wrong_rule(rule, ["payment_networks", number], f"payment_networks rule {number + 1}")
    for at, platform in enumerate(parsed.platform):
        label = f"platform {platform.id!r}"
        for number, rule in enumerate(platform.rules):
            yield from _wrong_rule(
                rule, ["platform", at, "rules", number], f"{label}, rule {number + 1} ({rule.risk_class})"
            )
    for at, work in enumerate(parsed.work):
        yield from _wrong_fact(work, ["work", at], f"work {work.id!r}")
    for at, statement in enumerate(parsed.statement):
        yield from _wrong_fact(statement, ["statement", at], f"statement {statement.id!r}")
    for at, holder in enumerate(parsed.rightsholder):
        label = f"rightsholder {holder.id!r}"
        if not holder.statements:
            yield from _wrong_fact(holder, ["rightsholder", at], label)


def _wrong_ids(parsed: PolicyFile) -> Iterator[tuple[Steps, str, str]]:
    for kind in ("platform", "work", "statement", "rightsholder"):
        seen: set[str] = set()
        for at, row in enumerate(getattr(parsed, kind)):
            steps: Steps = [kind, at, "id"]
            if not row.id.strip() or (kind != "work" and not _ID.fullmatch(row.id)):
                yield steps, f"{kind} {row.id!r}", "`id` is no id; expected small letters, digits, `_`, `-` and `.`"
            if row.id in seen:
                yield steps, f"{kind} {row.id!r}", "`id` stands twice in this file; expected an id of its own"
            seen.add(row.id)


def _wrong_rule(rule: PlatformRule, steps: Steps, label: str) -> Iterator[tuple[Steps, str, str]]:
    if rule.risk_class == "minor_sexual" and rule.effect != "block":
        yield [*steps, "effect"], label, f"`effect` is {rule.effect!r}; expected 'block', which no pack may lower"
    if rule.inherited:
        yield [*steps, "inherited"], label, "`inherited` is set by sdscan; remove it"
    yield from _wrong_fact(rule, steps, label)


def _wrong_fact(
    fact: PlatformRule | WorkPolicy | Statement | Rightsholder, steps: Steps, label: str
) -> Iterator[tuple[Steps, str, str]]:
    """A fact has a text, a date that is one, and a source, or says that it rests on background knowledge."""
    if not fact.text.strip():
        yield [*steps, "text"], label, "`text` is empty; expected a sentence"
    if fact.date and not _DATE.fullmatch(fact.date):
        yield [*steps, "date"], label, f"`date` is {fact.date!r}; expected YYYY-MM-DD, YYYY-MM or YYYY"
    if isinstance(fact, Statement):
        return
    if not fact.source.strip() and not fact.background:
        yield [*steps, "source"], label, "`source` is missing; expected an address, or `background = true`"
    if (fact.evidence == "background") is not (fact.background and not fact.source.strip()):
        yield (
            [*steps, "evidence"],
            label,
            f"`evidence` is {fact.evidence!r}; expected 'background' where there is no source, and only there",
        )
