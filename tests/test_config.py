"""sdscan.toml: found by itself, strict, and its errors name file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from sdscan.config import load_config
from sdscan.errors import ConfigError


def test_the_nearest_file_counts_and_the_search_ends_at_the_repository(tmp_path: Path) -> None:
    (tmp_path / "sdscan.toml").write_text('[scan]\nfail-on = "low"\n')
    repository = tmp_path / "repo"
    (repository / ".git").mkdir(parents=True)
    (repository / "art").mkdir()
    assert load_config(str(repository / "art")).path is None
    (repository / "sdscan.toml").write_text('[scan]\nfail-on = "medium"\n')
    loaded = load_config(str(repository / "art" / "x.png"))
    assert loaded.config.scan.fail_on == "medium"
    assert loaded.keys == {"scan.fail-on"}


def test_a_pyproject_without_our_table_is_no_configuration(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "pyproject.toml").write_text("[tool.ruff]\nline-length = 100\n")
    assert load_config(str(tmp_path)).path is None
    (tmp_path / "pyproject.toml").write_text('[tool.sdscan.scan]\nplatforms = ["pixiv"]\n')
    assert load_config(str(tmp_path)).config.scan.platforms == ("pixiv",)


def test_isolated_ignores_every_file(tmp_path: Path) -> None:
    (tmp_path / "sdscan.toml").write_text("nonsense = 1\n")
    assert load_config(str(tmp_path), isolated=True).path is None


ALLOW = '[[allow]]\nrule = "SD101"\n'
MINE = ALLOW + 'reason = "mine"\nexpires = 2027-01-01\n'
DECLARE = '[[declare]]\npaths = ["x"]\nreason = "mine"\ndate = 2026-01-01\n'

ERRORS = [
    ("[scan]\n\nfail-onn = 'x'\n", "sdscan.toml:3: [scan]: unknown key `fail-onn`; did you mean `fail-on`?"),
    ("[scan]\njobs = 'two'\n", "sdscan.toml:2: [scan]: `jobs`: expected `int`, got `str`"),
    ("[scan]\njobs = -1\n", "sdscan.toml:2: [scan]: `jobs`: expected `int` >= 0"),
    (
        "[scan]\nfail-on = 'lo'\n",
        "sdscan.toml:2: [scan]: `fail-on`: invalid enum value 'lo'; expected one of 'info', 'low', 'medium', 'high', 'critical', 'never'",
    ),
    ("[scn]\n", "sdscan.toml:1: [scn]: unknown key `scn`; did you mean `scan`?"),
    ("[scan\n", "sdscan.toml: is not valid TOML"),
    (ALLOW + 'reason = "mine"\n', "sdscan.toml:1: [[allow]] for SD101: `expires` is missing; expected a date such as 2027-03-02"),
    (ALLOW + 'reason = " "\nexpires = 2027-01-01\n', "sdscan.toml:3: [[allow]] for SD101: `reason` is empty"),
    (MINE + ALLOW + "expires = 2027-01-01\n", "sdscan.toml:5: allow 2: `reason` is missing"),
    (MINE + "resaon = 1\n", "sdscan.toml:5: allow 1: unknown key `resaon`; did you mean `reason`?"),
    (MINE + MINE.replace("SD101", "SD999"), "sdscan.toml:6: [[allow]] for SD999: `rule` is no rule; did you mean"),
    (DECLARE + 'as = "own"\n', "sdscan.toml:5: declare 1: `as`: invalid enum value 'own'; expected one of 'original-character', 'licensed'"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), ERRORS, ids=[message for _, message in ERRORS])
def test_an_error_says_where_and_what(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "sdscan.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(str(tmp_path))
    assert message in str(caught.value)


def test_an_error_in_a_pyproject_has_its_line_too(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[scan]\nx = 1\n[tool.sdscan.scan]\njobs = 1\nfail-onn = 'x'\n")
    with pytest.raises(ConfigError) as caught:
        load_config(str(tmp_path))
    assert "pyproject.toml:5: [scan]: unknown key `fail-onn`; did you mean `fail-on`?" == str(caught.value)


def test_paths_count_from_the_folder_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sdscan.toml").write_text('[scan]\nmodels = ["loras", "/srv/loras"]\nbaseline = "known.jsonl"\n')
    (tmp_path / "art").mkdir()
    monkeypatch.chdir(tmp_path)
    assert load_config(".").config.scan.models == ("loras", "/srv/loras")
    monkeypatch.chdir(tmp_path / "art")
    scan = load_config(".").config.scan
    assert (scan.models, scan.baseline, scan.catalog) == (("../loras", "/srv/loras"), "../known.jsonl", "")
