"""Two judgements of one file → what is new, gone, better, worse, and because of what. Pure: opens no picture, prints nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

from msgspec import Struct

from sdscan.judged import Basis, Judgement, Known
from sdscan.records import SEVERITIES, VERDICTS, Pack, Severity, Verdict

What = Literal["new", "gone", "worse", "better"]
Direction = Literal["worse", "better", "other"]
CauseKind = Literal["watchlist", "policy", "version", "models", "settings", "date"]

CHANGE_SCHEMA = "sdscan-change/1"
_LOOKED_UP = frozenset({"SD101", "SD102", "SD201", "SD202", "SD203", "SD204", "SD301"})
"""Rules whose findings stand on a watchlist entry."""
_ON_WORKS = frozenset({"SD101", "SD102", "SD103", "SD104"})
"""Rules whose level follows what is known of the work's rightsholder."""


class Cause(Struct, frozen=True):
    """One thing that a judgement rests on and that is not as it was."""

    kind: CauseKind
    id: str
    """Of a pack; else what it is called in a sentence."""
    old: str | None = None
    """Version, or version and digest where only the digest differs; None where it was not there."""
    new: str | None = None

    @property
    def text(self) -> str:
        """`watchlist core 2026.11.1 → 2026.12.1`."""
        name = self.id if self.kind in ("version", "models", "settings", "date") else f"{self.kind} {self.id}"
        name = name.replace("policy policy-", "policy ").replace("watchlist watchlist-", "watchlist ")
        if self.old is None and self.new is None:
            return name
        return f"{name} {self.old or '(not there)'} → {self.new or '(not there)'}"


class FindingChange(Struct, frozen=True):
    """One finding that is not as it was."""

    change: What
    rule: str
    id: str
    subject: str
    message: str
    was: Severity | None
    """None: it was not there, or was set aside."""
    now: Severity | None


class Change(Struct, frozen=True):
    """One file that is judged differently than the last time."""

    path: str
    direction: Direction
    was: Severity | None
    now: Severity | None
    findings: tuple[FindingChange, ...]
    verdicts: dict[str, tuple[Verdict, Verdict]]
    """platform → (was, is), where they differ."""
    because: tuple[str, ...] = ()
    schema: str = CHANGE_SCHEMA


SourceOf = Callable[[str], str | None]
"""Subject id → id of the watchlist pack that holds it now, or None."""
PacksOf = Callable[[str], frozenset[str]]
"""Platform or work id → ids of the policy packs that speak of it."""


# ---- what changed in one file ------------------------------------------------------------------------------------


def compare(path: str, old: Judgement, new: Judgement) -> Change | None:
    """What changed, without the causes; None where nothing did."""
    findings = tuple(_findings(old.findings, new.findings))
    verdicts = {
        name: (old.verdicts[name], verdict)
        for name, verdict in new.verdicts.items()
        if name in old.verdicts and old.verdicts[name] != verdict
    }
    if not findings and not verdicts:
        return None
    return Change(path, _direction(findings, verdicts), old.severity, new.severity, findings, verdicts)


def _findings(old: Sequence[Known], new: Sequence[Known]) -> Iterator[FindingChange]:
    """Findings are the same by id, else by rule and subject: more evidence changes the id, and is no change of the judgement."""
    if old == new:
        return
    left = {finding.id: finding for finding in old}
    unmatched = []
    for finding in new:
        before = left.pop(finding.id, None)
        if before is None:
            unmatched.append(finding)
        elif (change := _level_change(before, finding)) is not None:
            yield change
    for finding in unmatched:
        before = next((f for f in left.values() if (f.rule, f.subject) == (finding.rule, finding.subject)), None)
        if before is None:
            yield _change("new", finding, None, finding)
        else:
            del left[before.id]
            if (change := _level_change(before, finding)) is not None:
                yield change
    for before in left.values():
        yield _change("gone", before, before, None)


def _level_change(before: Known, after: Known) -> FindingChange | None:
    was, now = _rank(before), _rank(after)
    return None if was == now else _change("worse" if now > was else "better", after, before, after)


def _change(what: What, shown: Known, before: Known | None, after: Known | None) -> FindingChange:
    was = before.severity if before is not None and before.counts else None
    now = after.severity if after is not None and after.counts else None
    return FindingChange(what, shown.rule, shown.id, shown.subject, shown.message, was, now)


def _rank(finding: Known) -> int:
    return SEVERITIES.index(finding.severity) if finding.counts else -1


def _direction(findings: Iterable[FindingChange], verdicts: dict[str, tuple[Verdict, Verdict]]) -> Direction:
    """Worse where anything that matters is worse, whatever else is better: nobody should overlook it."""
    steps = [VERDICTS.index(now) - VERDICTS.index(was) for was, now in verdicts.values()]
    steps += [_weight(finding.now) - _weight(finding.was) for finding in findings]
    return "worse" if any(step > 0 for step in steps) else "better" if any(step < 0 for step in steps) else "other"


def _weight(severity: Severity | None) -> int:
    """What is information, or is set aside, weighs as much as nothing."""
    return 0 if severity is None else SEVERITIES.index(severity)


# ---- because of what -----------------------------------------------------------------------------------------------


def causes_between(old: Basis, new: Basis) -> tuple[Cause, ...]:
    """Everything that differs between what two judgements rest on, packs first."""
    found = [*_packs("watchlist", old.watchlists, new.watchlists), *_packs("policy", old.policies, new.policies)]
    if old.version != new.version:
        found.append(Cause("version", "sdscan", old.version, new.version))
    if old.library != new.library:
        found.append(Cause("models", "other model files"))
    if (old.statements, old.protection_years) != (new.statements, new.protection_years):
        found.append(Cause("settings", "settings (allow, declare, baseline, protection-years)"))
    if old.platforms != new.platforms:
        found.append(Cause("settings", "other platforms asked for"))
    if old.today != new.today:
        found.append(Cause("date", "date", old.today, new.today))
    return tuple(found)


def _packs(kind: Literal["watchlist", "policy"], old: Sequence[Pack], new: Sequence[Pack]) -> Iterator[Cause]:
    before, after = {pack.id: pack for pack in old}, {pack.id: pack for pack in new}
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name), after.get(name)
        if was == now:
            continue
        same = was is not None and now is not None and was.version == now.version
        yield Cause(kind, name, _version(was, same), _version(now, same))


def _version(pack: Pack | None, with_digest: bool) -> str | None:
    if pack is None:
        return None
    return f"{pack.version} ({pack.sha256[:8]})" if with_digest else pack.version


def with_causes(change: Change, causes: Sequence[Cause], source_of: SourceOf, packs_of: PacksOf) -> Change:
    """The change with every cause that can have brought it about, most telling first."""
    found: dict[str, None] = {}
    for finding in change.findings:
        found.update(dict.fromkeys(cause.text for cause in _of_finding(finding, causes, source_of, packs_of)))
    if not found:
        for platform in change.verdicts:
            found.update(dict.fromkeys(cause.text for cause in _of_verdict(platform, causes, packs_of)))
    because = tuple(found) or tuple(cause.text for cause in causes if cause.kind != "date")
    return Change(
        change.path, change.direction, change.was, change.now, change.findings, change.verdicts,
        because or tuple(cause.text for cause in causes),
    )  # fmt: skip


def _of_finding(
    finding: FindingChange, causes: Sequence[Cause], source_of: SourceOf, packs_of: PacksOf
) -> Iterator[Cause]:
    """A name that appears or goes is the watchlist's doing; a level is the policies'; the version and the user's own are always possible."""
    if finding.subject and finding.change in ("new", "gone"):
        source = source_of(finding.subject)
        found = [cause for cause in causes if cause.kind == "watchlist" and source in (None, cause.id)]
        yield from found
        if found and source is not None:
            return
    policies = [cause for cause in causes if cause.kind == "policy"]
    if finding.rule in _ON_WORKS and finding.subject:
        exact = [cause for cause in policies if cause.id in packs_of(finding.subject)]
        yield from exact or policies
    elif finding.rule not in _LOOKED_UP:
        yield from policies
    yield from _always(causes, finding.rule)


def _of_verdict(platform: str, causes: Sequence[Cause], packs_of: PacksOf) -> Iterator[Cause]:
    policies = [cause for cause in causes if cause.kind == "policy"]
    yield from [cause for cause in policies if cause.id in packs_of(platform)] or policies
    yield from _always(causes, "")


def _always(causes: Sequence[Cause], rule: str) -> Iterator[Cause]:
    yield from (cause for cause in causes if cause.kind in ("version", "models", "settings"))
    if rule == "SD901":
        yield from (cause for cause in causes if cause.kind == "date")
