"""The benchmark runs from end to end on a small corpus, and its tables say what was measured. No test looks at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import corpus, measures, scoring, tables
from benchmarks.__main__ import everything, main
from benchmarks.budgets import BUDGETS
from benchmarks.measures import MEASURES
from benchmarks.records import Budget, Figures

ROOT = Path(__file__).resolve().parent.parent


def test_it_measures_a_small_corpus(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measures, "SHORT", 1)
    monkeypatch.setattr(scoring, "EVAL", tmp_path / "nowhere")
    monkeypatch.setattr(corpus, "NAMES", 500)
    options = [
        "--files",
        "20",
        "--repeats",
        "1",
        "--no-peers",
        "--only",
        "scan,memory",
        "--folder",
        str(tmp_path),
        "--json",
        str(tmp_path / "f.json"),
    ]
    code = main(options)
    page = capsys.readouterr().out
    assert code in (0, 1), "1: a budget was missed, which so small a corpus may"
    rows = [measure.title for measure in MEASURES if measure.group == "scan"]
    assert [] == [title for title in rows if f"| {title} |" not in page]
    assert "the environment of the peers could not be made" in page, "what is missing is said"
    assert (tmp_path / "f.json").exists()


def test_every_budget_is_about_measures_that_exist() -> None:
    found, budgets = everything()
    known = [measure.id for measure in found]
    assert len(set(known)) == len(known)
    assert [] == [
        one.title for one in budgets if one.of not in known or (one.over is not None and one.over not in known)
    ]
    assert {measure.group for measure in found} <= set(tables.GROUPS)


def test_a_budget_is_a_ratio_of_figures_of_one_round() -> None:
    figures = Figures({"a": [30.0, 10.0, 20.0], "b": [10.0, 10.0, 5.0]}, {"c": "no c here"})
    at_least, at_most = Budget("a to b", "a", 2, 4, over="b"), Budget("b", "b", 12, 6, at_least=False, unit="ms")
    assert [3.0, 1.0, 4.0] == figures.ratios(at_least)
    assert tables.budget_table([at_least, at_most, Budget("c", "c", 1, 2)], figures).splitlines()[2:] == [
        "| a to b | ≥ 2 | ≥ 4 | 1.00 | 3.00 | 4.00 | held |",
        "| b | ≤ 12 ms | ≤ 6 ms | 5.00 | 10.0 | 10.0 | held |",
        "| c | ≥ 1 | ≥ 2 | | | | no c here |",
    ]
    assert "**missed**" == tables.verdict(at_least, [1.9])


def test_tables_go_between_their_markers_and_nowhere_else() -> None:
    page = "before\n<!-- bench:scan -->\nold\n<!-- /bench:scan -->\nafter\n"
    once = tables.replaced(page, "scan", "| new |")
    assert "before\n<!-- bench:scan -->\n\n| new |\n\n<!-- /bench:scan -->\nafter\n" == once
    assert once == tables.replaced(once, "scan", "| new |")
    assert page == tables.replaced(page, "names", "| new |")


def test_the_pages_have_a_place_for_every_table() -> None:
    speed = (ROOT / "docs" / "speed.md").read_text(encoding="utf-8")
    assert [] == [name for name in ("about", "budgets", *tables.GROUPS) if f"<!-- bench:{name} -->" not in speed]
    assert "<!-- bench:score -->" in (ROOT / "docs" / "matching.md").read_text(encoding="utf-8")


def test_the_table_of_shares_reads_the_scorers_result() -> None:
    share = {"n": 200, "hit": 25, "rate": 0.125}
    rows = {
        "character": {"character": share, "neutral": share},
        "gold artists": share,
        "right of named": share,
        "artist named": share,
    }
    config = {name: {**rows, "artist right of named": share, "planted": {"n": 9, "hit": 0, "rate": 0.0}} for name in (
        "lora bare", "lora sidecar", "prompts", "prompts+models", "entity sidecar", "negative",
    )}  # fmt: skip
    lines = scoring.table({"builtin": config, "danbooru": config}).splitlines()
    assert len(scoring.SHARES) + 2 == len(lines)
    assert "| character LoRAs found, with sidecar | 12.5 % | 12.5 % | 75 / 91 % |" == lines[2]
    assert "| flags from negative prompts above information | 0 | 0 | 0 |" == lines[-1]


def test_every_measure_says_what_it_counts() -> None:
    assert [] == [measure.id for measure in everything()[0] if not (measure.title and measure.unit)]


def test_the_budgets_of_the_design_are_all_there() -> None:
    assert {
        ("scan-1", "sd-parsers"),
        ("scan-2", "scan-1"),
        ("scan-1", "exiftool"),
        ("second", "first"),
        ("rescan", "first"),
    } <= {(budget.of, budget.over) for budget in BUDGETS}
