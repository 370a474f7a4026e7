"""`sdscan allow`, `sdscan baseline` and `sdscan explain`, through the command line."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path

import pytest

from sdscan.__main__ import run
from sdscan.cli.accepting import run_over, settings_of
from sdscan.cli.options import loaded_config
from sdscan.judgement.rules import RULES

GALLERY = Path(__file__).resolve().parents[2] / "fixtures" / "gallery"
STRICT = "05-strict-work.png"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a picture of a strict work and one of a tolerant work."""
    (tmp_path / "pictures").mkdir()
    (tmp_path / ".git").mkdir()
    for name in (STRICT, "06-tolerant-work.png"):
        shutil.copy(GALLERY / name, tmp_path / "pictures" / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Exit code, and what was written to both streams."""
    code = run(list(arguments))
    captured = capsys.readouterr()
    return code, captured.out + captured.err


def findings(path: str, baseline: str | None = None) -> list[tuple[str, bool]]:
    """(rule, whether it is set aside) of all findings above info below a folder."""
    settings = settings_of(loaded_config((path,), None, False), (), (), (), True, (), True, baseline)
    _, results = run_over((path,), settings)
    return [(f.rule, f.suppressed is not None) for result in results for f in result.findings if f.severity != "info"]


# ---- allow -------------------------------------------------------------------------------------------------------------


def test_allow_without_a_rule_lists_the_commands_to_copy(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, "allow", f"pictures/{STRICT}", "--no-catalog")
    assert 0 == code
    assert (
        f"sdscan allow pictures/{STRICT} SD101 --subject gold_ship_(umamusume) --reason '…' --expires YYYY-MM-DD"
        in text
    )


def test_allow_writes_an_entry_that_the_next_scan_obeys_and_keeps_comments(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "sdscan.toml").write_text("# mine\n[scan]\nfail-on = 'low'  # strict\n")
    code, _ = said(
        capsys,
        "allow",
        f"pictures/{STRICT}",
        "SD101",
        "--reason",
        'a "licence"\\of mine',
        "--expires",
        "2027-03-02",
        "--no-catalog",
    )
    text = (here / "sdscan.toml").read_text()
    entry = tomllib.loads(text)["allow"][0]
    assert 0 == code
    assert text.startswith("# mine\n[scan]\nfail-on = 'low'  # strict\n")
    assert ("SD101", "gold_ship_(umamusume)", [f"pictures/{STRICT}"], 'a "licence"\\of mine') == (
        entry["rule"], entry["subject"], entry["paths"], entry["reason"],
    )  # fmt: skip
    assert [("SD101", True), ("SD101", False)] == findings("pictures")


def test_allow_for_a_folder_with_letters_that_globs_use(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "pictures").rename(here / "[1] *set*")
    assert (
        0
        == said(
            capsys,
            "allow",
            "[1] *set*",
            "SD101",
            "--subject",
            "gold_ship_(umamusume)",
            "--reason",
            "x",
            "--expires",
            "2027-03-02",
            "--no-catalog",
        )[0]
    )
    assert [("SD101", True), ("SD101", False)] == findings("[1] *set*")


def test_allow_writes_into_pyproject_where_that_is_the_configuration(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "pyproject.toml").write_text("[tool.sdscan.scan]\nfail-on = 'low'\n")
    assert (
        0
        == said(
            capsys, "allow", f"pictures/{STRICT}", "SD101", "--reason", "x", "--expires", "2027-03-02", "--no-catalog"
        )[0]
    )
    assert "SD101" == tomllib.loads((here / "pyproject.toml").read_text())["tool"]["sdscan"]["allow"][0]["rule"]


def test_allow_can_print_instead(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(
        capsys,
        "allow",
        f"pictures/{STRICT}",
        "SD101",
        "--reason",
        "x",
        "--expires",
        "2027-03-02",
        "--everywhere",
        "--print",
        "--no-catalog",
    )
    assert (0, False) == (code, (here / "sdscan.toml").exists())
    assert '[[allow]]\nrule = "SD101"\nsubject = "gold_ship_(umamusume)"\nreason = "x"\nexpires = 2027-03-02\n' == text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("SD401", "--reason", "x", "--expires", "2027-03-02"), "SD401 minor-sexual cannot be allowed"),
        (("SD999",), "there is no rule 'SD999'"),
        (("SD101", "--expires", "2027-03-02"), "--reason is missing"),
        (("SD101", "--reason", " ", "--expires", "2027-03-02"), "--reason is missing"),
        (("SD101", "--reason", "x"), "--expires is missing"),
        (("SD101", "--reason", "x", "--expires", "soon"), "expected a date such as 2027-03-02"),
        (("SD101", "--reason", "x", "--expires", "2020-01-01"), "which is in the past"),
        (("SD301", "--reason", "x", "--expires", "2027-03-02"), "there is no finding of SD301 to allow"),
        (("SD101", "--reason", "x", "--expires", "2027-03-02"), "SD101 names 2 subjects; say which with --subject"),
        (("SD101", "--reason", "x", "--expires", "2027-03-02", "--subject", "nobody"), "names no subject 'nobody'"),
    ],
)
def test_allow_says_what_is_missing_or_wrong(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    code, text = said(capsys, "allow", "pictures", *arguments, "--no-catalog")
    assert (2, True) == (code, message in text), text
    assert not (here / "sdscan.toml").exists()


def test_allow_leaves_a_configuration_alone_that_it_cannot_add_to(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "sdscan.toml").write_text("allow = []\n")
    code, text = said(
        capsys, "allow", f"pictures/{STRICT}", "SD101", "--reason", "x", "--expires", "2027-03-02", "--no-catalog"
    )
    assert (2, "allow = []\n") == (code, (here / "sdscan.toml").read_text())
    assert "write the entry by hand" in text


# ---- baseline ------------------------------------------------------------------------------------------------------------


def test_a_baseline_is_written_obeyed_checked_and_pruned(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, "baseline", "write", "pictures", "--no-catalog")
    assert (0, True) == (code, "2 findings in 2 files accepted" in text)
    assert [("SD101", True)] * 2 == findings("pictures", "sdscan.baseline.jsonl")
    assert 0 == said(capsys, "baseline", "check", "--no-catalog")[0]
    (here / "pictures" / STRICT).unlink()
    shutil.copy(GALLERY / "02-character-in-prompt.png", here / "pictures" / "new.png")
    code, text = said(capsys, "baseline", "check", "--no-catalog")
    assert (1, True, True) == (
        code,
        "pictures/new.png  SD101" in text,
        f"pictures/{STRICT}  SD101 gold_ship_(umamusume)" in text,
    )
    before = (here / "sdscan.baseline.jsonl").read_text()
    assert "would take out 1 entry, 1 stay" in said(capsys, "baseline", "prune", "--dry-run", "--no-catalog")[1]
    assert before == (here / "sdscan.baseline.jsonl").read_text()
    assert "took out 1 entry, 1 stay" in said(capsys, "baseline", "prune", "--no-catalog")[1]
    assert "1 entry in use, 0 stale, 1 new finding." in said(capsys, "baseline", "check", "--no-catalog")[1]


def test_two_baselines_of_the_same_pictures_are_the_same_bytes(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        assert 0 == said(capsys, "baseline", "write", "pictures", "--file", name, "--no-catalog")[0]
    assert (here / "a.jsonl").read_bytes() == (here / "b.jsonl").read_bytes()


def test_pruning_one_folder_keeps_the_entries_of_others(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == said(capsys, "baseline", "write", "pictures", "--no-catalog")[0]
    (here / "empty").mkdir()
    assert "took out 0 entries, 2 stay" in said(capsys, "baseline", "prune", "empty", "--no-catalog")[1]


def test_a_stale_entry_fails_a_strict_check_only(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == said(capsys, "baseline", "write", "pictures", "--no-catalog")[0]
    (here / "pictures" / STRICT).unlink()
    assert [0, 1] == [said(capsys, "baseline", "check", *more, "--no-catalog")[0] for more in ((), ("--strict",))]


def test_a_missing_baseline_is_a_usage_error(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, "baseline", "check", "--no-catalog")
    assert (2, True) == (code, "no such file" in text)


# ---- explain -------------------------------------------------------------------------------------------------------------


def test_explain_lists_all_rules_in_one_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, "explain")
    assert (0, len(RULES)) == (code, sum(line.startswith("SD") for line in text.splitlines()))


def test_explain_all_holds_every_rule_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "explain", "--all")[1]
    assert len(RULES) == text.count("What it cannot tell\n") == text.count("References\n")


def test_explain_takes_an_id_or_a_name_and_suggests_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "explain", "sd103") == said(capsys, "explain", "strict-work")
    assert (2, "sdscan: error: there is no rule 'strict-wrk'; did you mean strict-work?\n") == said(
        capsys, "explain", "strict-wrk"
    )


def test_explain_as_json_is_one_object_for_one_rule_and_a_list_for_all(capsys: pytest.CaptureFixture[str]) -> None:
    one = json.loads(said(capsys, "explain", "SD401", "--format", "json")[1])
    every = json.loads(said(capsys, "explain", "--all", "--format", "json")[1])
    assert "SD401" == one["id"]
    assert [rule.id for rule in RULES] == [row["id"] for row in every]
    assert one in every
