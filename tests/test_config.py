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


ERRORS = [
    ("[scan]\n\nfail-onn = 'x'\n", "sdscan.toml:3: unknown key `fail-onn` in [scan]"),
    ("[scan]\njobs = 'two'\n", "sdscan.toml:2: Expected `int`, got `str` in [scan.jobs]"),
    ("[scan\n", "sdscan.toml: is not valid TOML"),
    ('[[allow]]\nrule = "SD101"\nreason = "mine"\n', "`expires` is missing"),
    ('[[allow]]\nrule = "SD101"\nreason = " "\nexpires = 2027-01-01\n', "`reason` is empty"),
    ('[[allow]]\nrule = "SD101"\nexpires = 2027-01-01\n', "missing required field `reason`"),
]


@pytest.mark.parametrize(("text", "message"), ERRORS, ids=[message for _, message in ERRORS])
def test_an_error_says_where_and_what(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "sdscan.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(str(tmp_path))
    assert message in str(caught.value)
