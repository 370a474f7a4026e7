"""The exit code and its sentence, row by row."""

from __future__ import annotations

import pytest

from sdscan.exits import ExitRules, Tally, verdict
from sdscan.records import FileResult, Finding, Outcome, Severity, Suppressed


def result(outcome: Outcome = "scanned", *levels: Severity, suppressed: bool = False) -> FileResult:
    why = Suppressed("sdscan.toml", "known") if suppressed else None
    findings = tuple(
        Finding("0" * 16, "SD101", "derivative-character", level, "strong", None, "m", suppressed=why)
        for level in levels
    )
    return FileResult(
        "a.png", outcome, "png", findings=findings, severity=None if suppressed or not levels else levels[0]
    )


def tally(*results: FileResult) -> Tally:
    count = Tally()
    for one in results:
        count.add(one)
    return count


CASES = [
    ("nothing found", [result()], ExitRules(), 0),
    ("a finding at the threshold", [result("scanned", "high")], ExitRules(), 1),
    ("a finding below the threshold", [result("scanned", "medium")], ExitRules(), 0),
    ("a lower threshold", [result("scanned", "medium")], ExitRules(fail_on="medium"), 1),
    ("the threshold is off", [result("scanned", "critical")], ExitRules(fail_on=None), 0),
    ("a finding that is set aside", [result("scanned", "high", suppressed=True)], ExitRules(), 0),
    ("an unreadable file", [result(), result("unreadable")], ExitRules(), 3),
    ("findings outrank an unreadable file", [result("scanned", "high"), result("unreadable")], ExitRules(), 1),
    ("an unreadable file that is allowed", [result("unreadable")], ExitRules(allow_incomplete=True), 0),
    ("exit-zero hides findings", [result("scanned", "high")], ExitRules(exit_zero=True), 0),
    ("exit-zero does not hide an unreadable file", [result("unreadable")], ExitRules(exit_zero=True), 3),
    (
        "exit-zero does not hide an unreadable file behind findings",
        [result("scanned", "high"), result("unreadable")],
        ExitRules(exit_zero=True),
        3,
    ),
    ("nothing to scan", [], ExitRules(), 4),
    ("nothing to scan in a hook", [], ExitRules(hook=True), 0),
    ("no generation data is not an error", [result("no-metadata")], ExitRules(), 0),
    ("an unsupported file is not an error", [result("unsupported")], ExitRules(), 0),
]


@pytest.mark.parametrize(("name", "results", "rules", "code"), CASES, ids=[case[0] for case in CASES])
def test_the_exit_code(name: str, results: list[FileResult], rules: ExitRules, code: int) -> None:
    assert verdict(tally(*results), rules)[0] == code


def test_no_data_is_never_called_clean() -> None:
    sentence = verdict(tally(result("no-metadata")), ExitRules())[1]
    assert "clean" not in sentence
    assert "cannot be judged" in sentence


def test_merging_two_parts_counts_like_one_run() -> None:
    results = [result("scanned", "high"), result("unreadable"), result("scanned", "low", suppressed=True)]
    together = tally(results[0])
    together.merge(tally(*results[1:]))
    assert together.summary() == tally(*results).summary()
