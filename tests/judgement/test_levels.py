"""The table of levels: where each kind starts, and what moves it."""

from __future__ import annotations

import pytest
from rule_cases import match

from sdscan.judgement.levels import BASES, STRICTNESS, STRICTNESS_STEPS, Step, best_of, level_of, moved
from sdscan.records import SEVERITIES


def test_every_base_is_a_severity_and_every_strictness_has_a_step() -> None:
    assert set(BASES.values()) <= set(SEVERITIES)
    assert set(STRICTNESS.values()) == set(STRICTNESS_STEPS)


@pytest.mark.parametrize(
    ("weight", "severity"),
    [
        (None, "medium"),
        (1.0, "medium"),
        (0.3, "medium"),
        (0.29, "low"),
        (0.01, "low"),
        (0.0, "info"),
        (-0.5, "info"),
        (2.0, "medium"),
    ],
)
def test_a_weight_below_three_tenths_lowers_by_one_step_and_zero_leaves_information(
    weight: float | None, severity: str
) -> None:
    assert severity == level_of("character", [match("plain_hero", weight=weight)]).severity


@pytest.mark.parametrize(
    ("more", "severity", "strength"),
    [
        ({"source": "negative-prompt"}, "info", "strong"),
        ({"state": "unused"}, "info", "strong"),
        ({"state": "possible"}, "medium", "medium"),
        ({"source": "template"}, "low", "weak"),
        ({"strength": "weak"}, "low", "weak"),
    ],
)
def test_where_a_name_stands_says_how_sure_and_how_bad(more: dict[str, str], severity: str, strength: str) -> None:
    level = level_of("character", [match("plain_hero", **more)])
    assert (severity, strength) == (level.severity, level.strength)


def test_the_place_that_is_used_counts_before_the_one_that_is_not() -> None:
    negative, used = match("plain_hero", "negative-prompt"), match("plain_hero", "prompt", "weak")
    assert used == best_of([negative, used])


def test_full_weight_counts_before_a_surer_but_faint_place() -> None:
    faint, full = match("plain_hero", "lora-name", "strong", weight=0.1), match("plain_hero", "prompt", "medium")
    assert full == best_of([faint, full])


def test_a_used_finding_never_falls_below_low_and_a_weak_one_may() -> None:
    assert "low" == moved("work", "medium", [Step(-1, "a"), Step(-1, "b")]).severity
    assert "info" == moved("work", "weak", [Step(-1, "a")]).severity


def test_steps_never_reach_critical_unless_the_kind_starts_there() -> None:
    assert "high" == moved("artist-model", "strong", [Step(1, "a"), Step(1, "b")]).severity
    assert "critical" == moved("minor-sexual", "strong").severity


def test_a_ceiling_holds_a_level_down_and_says_why() -> None:
    level = moved("artist-model", "strong", (), Step(0, "died in 1939"))
    assert ("info", "info at most: died in 1939") == (level.severity, level.because[-1])


def test_the_way_to_a_level_is_told_step_by_step() -> None:
    level = level_of(
        "character",
        [match("plain_hero", weight=0.1)],
        [Step(1, "the work's rightsholder is strict"), Step(0, "nothing")],
    )
    assert (
        "starts at medium (character)",
        "+1: the work's rightsholder is strict",
        "-1: weight 0.1 is below 0.3",
    ) == level.because


def test_a_ceiling_that_is_not_exceeded_is_not_told() -> None:
    level = moved("character", "strong", (), Step(SEVERITIES.index("medium"), "x"))
    assert ("medium", ("starts at medium (character)",)) == (level.severity, level.because)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"source": "negative-prompt"}, "info: it stands only in the negative prompt, which keeps it out"),
        ({"state": "unused"}, "info: it is muted or not reachable, so it had no effect"),
        ({"weight": 0.0}, "info: its weight is 0"),
        ({"weight": -0.5}, "info: its weight is -0.5"),
    ],
)
def test_it_is_told_why_a_name_has_no_effect(more: dict[str, object], why: str) -> None:
    assert why == level_of("character", [match("plain_hero", **more)]).because[-1]
