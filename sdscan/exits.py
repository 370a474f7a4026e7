"""Counts of a run → the exit code and the closing sentence, computed in one place from the same facts."""

from __future__ import annotations

from msgspec import Struct

from sdscan.exit_codes import FINDINGS, INCOMPLETE, NOTHING, OK
from sdscan.records import SEVERITIES, FileResult, Outcome, Severity


class Tally(Struct):
    """Counts of a run; the only state that grows while results stream by. Bounded: it holds no file."""

    scanned: int = 0
    no_metadata: int = 0
    unsupported: int = 0
    unreadable: int = 0
    skipped: int = 0
    findings: dict[str, int] = {}
    """Findings that count, by severity."""
    files_by_severity: dict[str, int] = {}
    """Files by their worst finding that counts."""
    verdicts: dict[str, dict[str, int]] = {}
    """platform → verdict → files."""
    suppressed: int = 0
    stale: int = 0
    """SD901 findings: suppressions that match nothing or have run out."""

    @property
    def files(self) -> int:
        """All selected files."""
        return self.scanned + self.no_metadata + self.unsupported + self.unreadable + self.skipped

    def add(self, result: FileResult) -> None:
        """Count one result."""
        name: Outcome = result.outcome
        if name == "scanned":
            self.scanned += 1
        else:
            attribute = name.replace("-", "_")
            setattr(self, attribute, getattr(self, attribute) + 1)
        for finding in result.findings:
            if finding.suppressed is not None:
                self.suppressed += 1
            else:
                self.findings[finding.severity] = self.findings.get(finding.severity, 0) + 1
                self.stale += finding.rule == "SD901"
        if result.severity is not None:
            self.files_by_severity[result.severity] = self.files_by_severity.get(result.severity, 0) + 1
        for platform, verdict in result.verdicts.items():
            row = self.verdicts.setdefault(platform, {})
            row[verdict] = row.get(verdict, 0) + 1

    def merge(self, other: Tally, times: int = 1) -> None:
        """Add the counts of another part of the same run, or of so many files like one."""
        for name in ("scanned", "no_metadata", "unsupported", "unreadable", "skipped", "suppressed", "stale"):
            setattr(self, name, getattr(self, name) + getattr(other, name) * times)
        _add(self.findings, other.findings, times)
        _add(self.files_by_severity, other.files_by_severity, times)
        for platform, row in other.verdicts.items():
            _add(self.verdicts.setdefault(platform, {}), row, times)

    def summary(self) -> dict[str, object]:
        """The `summary` of a report: plain, sorted."""
        return {
            "files": self.files,
            "outcomes": {
                "scanned": self.scanned, "no-metadata": self.no_metadata, "unsupported": self.unsupported,
                "unreadable": self.unreadable, "skipped": self.skipped,
            },
            "findings": {level: self.findings.get(level, 0) for level in SEVERITIES},
            "files_by_severity": {level: self.files_by_severity.get(level, 0) for level in SEVERITIES},
            "verdicts": {platform: dict(sorted(row.items())) for platform, row in sorted(self.verdicts.items())},
            "suppressed": self.suppressed,
            "stale": self.stale,
        }  # fmt: skip


def _add(into: dict[str, int], more: dict[str, int], times: int) -> None:
    for key, count in more.items():
        into[key] = into.get(key, 0) + count * times


class ExitRules(Struct, frozen=True):
    """What the user asked the exit code to depend on."""

    fail_on: Severity | None = "high"
    """None: `--fail-on never`."""
    allow_incomplete: bool = False
    exit_zero: bool = False
    hook: bool = False


def verdict(tally: Tally, rules: ExitRules) -> tuple[int, str]:
    """Exit code and closing sentence. Findings outrank incompleteness; `exit_zero` turns 1 into 0 and nothing else."""
    reached = (
        0
        if rules.fail_on is None
        else sum(tally.findings.get(level, 0) for level in SEVERITIES[SEVERITIES.index(rules.fail_on) :])
    )
    if reached:
        code = (
            FINDINGS if not rules.exit_zero else INCOMPLETE if tally.unreadable and not rules.allow_incomplete else OK
        )
        sentence = f"{_count(reached, 'finding')} at or above {rules.fail_on!r}"
        return code, sentence + (f"; {_unread(tally)}" if tally.unreadable else "") + "."
    if tally.unreadable and not rules.allow_incomplete:
        return INCOMPLETE, f"Incomplete: {_unread(tally)}."
    if tally.files == 0 and not rules.hook:
        return NOTHING, "Nothing to scan: no picture, video, sound or model file in the folders given."
    return OK, _calm(tally, rules)


def _calm(tally: Tally, rules: ExitRules) -> str:
    below = sum(tally.findings.values())
    parts = [f"Nothing at or above {rules.fail_on!r}" if rules.fail_on else "Threshold is off"]
    if below:
        parts.append(f"{_count(below, 'finding')} below it" if rules.fail_on else _count(below, "finding"))
    if tally.no_metadata:
        parts.append(f"{_count(tally.no_metadata, 'file')} without generation data cannot be judged")
    if tally.unreadable:
        parts.append(_unread(tally) + " (allowed)")
    return "; ".join(parts) + "."


def _unread(tally: Tally) -> str:
    return f"{_count(tally.unreadable, 'file')} could not be read to the end"


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
