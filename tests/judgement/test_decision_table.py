"""decision_table.md, row by row."""

from __future__ import annotations

from pathlib import Path

import pytest
from rule_cases import judged, knowledge
from situations import SITUATIONS

from sdscan.judgement.rules import RULES

TABLE = Path(__file__).parent / "decision_table.md"
LINES = [
    [cell.strip() for cell in line.strip().strip("|").split("|")]
    for line in TABLE.read_text(encoding="utf-8").splitlines()
    if line.startswith("|") and not line.startswith("|-")
]
PLATFORMS, ROWS = LINES[0][4:], LINES[1:]
EVERYWHERE = ("SD601", "SD607")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row[:3]))
def test_each_row_of_the_table_holds(row: list[str]) -> None:
    name, strength, rule, found_strength, *cells = row
    situation = SITUATIONS[name](strength or "strong")
    for platform, cell in zip(PLATFORMS, cells, strict=True):
        known = knowledge(platform)
        result = judged(
            situation.facts, *situation.matches, known=known, models=situation.models, searched=situation.searched
        )
        found = [(f"{f.severity} {f.verdicts[platform]}", f.strength) for f in result.findings if f.rule == rule]
        assert ([] if cell == "–" else [(cell, found_strength)]) == found[:1], platform


def test_the_table_shows_every_finding_of_its_situations() -> None:
    for name, make in SITUATIONS.items():
        rules = {row[2] for row in ROWS if row[0] == name}
        strengths = {row[1] or "strong" for row in ROWS if row[0] == name}
        for strength in strengths:
            for platform in PLATFORMS:
                situation = make(strength)
                result = judged(
                    situation.facts,
                    *situation.matches,
                    known=knowledge(platform),
                    models=situation.models,
                    searched=situation.searched,
                )
                fired = {f.rule for f in result.findings} - (set() if name == "no AI mark" else set(EVERYWHERE))
                assert fired <= rules, (name, platform)


def test_every_situation_and_every_rule_is_in_the_table() -> None:
    assert set(SITUATIONS) == {row[0] for row in ROWS}
    assert {rule.id for rule in RULES} - {"SD901"} == {row[2] for row in ROWS} - {"–"}
