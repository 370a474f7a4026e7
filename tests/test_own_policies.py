"""Policy packs of one's own: by option, by configuration, in every command that judges, and remembered for `rescan`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sdscan.__main__ import run

ROOT = Path(__file__).resolve().parent.parent
PACK = (ROOT / "examples/policy.toml").read_text(encoding="utf-8")
PICTURE = "02-character-in-prompt.png"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "fixtures/gallery" / PICTURE, tmp_path)
    (tmp_path / "mine.toml").write_text(PACK, encoding="utf-8")
    return tmp_path


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def sdscan(folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """(exit code, output, errors) of a command in the folder."""
    monkeypatch.chdir(folder)

    def ran(*arguments: str) -> tuple[int, str, str]:
        code = run(list(arguments))
        said = capfd.readouterr()
        return code, said.out, said.err

    return ran


def verdicts(text: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(text)["verdicts"]
    return found


def test_a_platform_of_ones_own_gives_verdicts(folder: Path, sdscan: Run) -> None:
    _, out, err = sdscan(
        "scan", PICTURE, "--isolated", "--policy", "mine.toml", "--platform", "my_circle", "-o", "jsonl"
    )
    assert ({"my_circle": "block"}, "") == (verdicts(out), err)


def test_the_configuration_names_packs_beside_itself(folder: Path, sdscan: Run) -> None:
    (folder / "sdscan.toml").write_text('[scan]\npolicies = ["mine.toml"]\nplatforms = ["my_circle"]\n')
    (folder / "below").mkdir()
    shutil.move(folder / PICTURE, folder / "below")
    assert {"my_circle": "block"} == verdicts(sdscan("scan", f"below/{PICTURE}", "-o", "jsonl")[1])
    assert "my_circle" in sdscan("policy", "diff", "my_circle", "--path", "below")[1]


def test_rescan_remembers_the_pack(folder: Path, sdscan: Run) -> None:
    catalog = ("--catalog", "c.sqlite")
    sdscan("scan", PICTURE, "--isolated", "--policy", "mine.toml", "--platform", "my_circle", *catalog, "-q")
    (folder / "mine.toml").write_text(
        PACK.replace('effect = "block"', 'effect = "remind"').replace('version = "2026.11.1"', 'version = "2026.11.2"')
    )
    code, out, err = sdscan("rescan", *catalog)
    assert (0, "") == (code, err)
    assert "my_circle block" in out


def test_a_pack_that_is_wrong_is_an_error_before_any_picture_is_read(folder: Path, sdscan: Run) -> None:
    (folder / "mine.toml").write_text(PACK.replace('"block"', '"blok"'))
    code, out, err = sdscan("scan", PICTURE, "--policy", "mine.toml")
    assert (2, "") == (code, out)
    assert "mine.toml:25" in err
    assert sdscan("scan", PICTURE, "--policy", "nowhere.toml")[0] == 2


def test_policy_show_and_list_know_it(folder: Path, sdscan: Run) -> None:
    assert "No characters of others." in sdscan("policy", "show", "my_circle", "--policy", "mine.toml")[1]
    assert "my_circle" in sdscan("policy", "list", "--policy", "mine.toml")[1]


def test_a_wrong_value_in_the_environment_names_the_variable(sdscan: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDSCAN_SCAN_FAIL_ON", "bogus")
    code, _, err = sdscan("scan", PICTURE)
    assert 2 == code
    assert "environment variable SDSCAN_SCAN_FAIL_ON." in err


@pytest.mark.parametrize("key", ["ifd-entries", "ifd_entries"])
def test_limits_are_spelt_as_every_other_key_and_as_before(folder: Path, sdscan: Run, key: str) -> None:
    (folder / "sdscan.toml").write_text(f"[limits]\n{key} = 7\n")
    assert "limits.ifd-entries = 7  # sdscan.toml" in sdscan("scan", PICTURE, "--show-config")[1]
    (folder / "sdscan.toml").write_text("[limits]\nblobz = 7\n")
    assert "did you mean `blob`?" in sdscan("scan", PICTURE)[2]
