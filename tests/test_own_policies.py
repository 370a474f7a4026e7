"""Policy packs of one's own: by option, by configuration, in every command that judges, and remembered for `rescan`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACK = (ROOT / "examples/policy.toml").read_text(encoding="utf-8")
PICTURE = "02-character-in-prompt.png"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "fixtures/gallery" / PICTURE, tmp_path)
    (tmp_path / "mine.toml").write_text(PACK, encoding="utf-8")
    return tmp_path


def run(folder: Path, *arguments: str, **env: str) -> tuple[int, str, str]:
    whole = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "SDSCAN_CACHE_DIR": str(folder / "cache"),
        "SDSCAN_DATA_DIR": str(folder / "data"),
        **env,
    }
    done = subprocess.run(
        [sys.executable, "-m", "sdscan", *arguments], cwd=folder, env=whole, capture_output=True, text=True
    )
    return done.returncode, done.stdout, done.stderr


def verdicts(text: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(text)["verdicts"]
    return found


def test_a_platform_of_ones_own_gives_verdicts(folder: Path) -> None:
    _, out, err = run(
        folder, "scan", PICTURE, "--isolated", "--policy", "mine.toml", "--platform", "my_circle", "-o", "jsonl"
    )
    assert ({"my_circle": "block"}, "") == (verdicts(out), err)


def test_the_configuration_names_packs_beside_itself(folder: Path) -> None:
    (folder / "sdscan.toml").write_text('[scan]\npolicies = ["mine.toml"]\nplatforms = ["my_circle"]\n')
    (folder / "below").mkdir()
    shutil.move(folder / PICTURE, folder / "below")
    assert {"my_circle": "block"} == verdicts(run(folder / "below", "scan", PICTURE, "-o", "jsonl")[1])
    assert "my_circle" in run(folder, "policy", "diff", "my_circle", "--path", "below")[1]


def test_rescan_remembers_the_pack(folder: Path) -> None:
    catalog = ("--catalog", "c.sqlite")
    run(folder, "scan", PICTURE, "--isolated", "--policy", "mine.toml", "--platform", "my_circle", *catalog, "-q")
    (folder / "mine.toml").write_text(
        PACK.replace('effect = "block"', 'effect = "remind"').replace('version = "2026.11.1"', 'version = "2026.11.2"')
    )
    code, out, err = run(folder, "rescan", *catalog)
    assert (0, "") == (code, err)
    assert "my_circle block" in out


def test_a_pack_that_is_wrong_is_an_error_before_any_picture_is_read(folder: Path) -> None:
    (folder / "mine.toml").write_text(PACK.replace('"block"', '"blok"'))
    code, out, err = run(folder, "scan", PICTURE, "--policy", "mine.toml")
    assert (2, "") == (code, out)
    assert "mine.toml:25" in err
    assert run(folder, "scan", PICTURE, "--policy", "nowhere.toml")[0] == 2


def test_policy_show_and_list_know_it(folder: Path) -> None:
    assert "No characters of others." in run(folder, "policy", "show", "my_circle", "--policy", "mine.toml")[1]
    assert "my_circle" in run(folder, "policy", "list", "--policy", "mine.toml")[1]


def test_a_wrong_value_in_the_environment_names_the_variable(folder: Path) -> None:
    code, _, err = run(folder, "scan", PICTURE, SDSCAN_SCAN_FAIL_ON="bogus")
    assert 2 == code
    assert "environment variable SDSCAN_SCAN_FAIL_ON." in err


@pytest.mark.parametrize("key", ["ifd-entries", "ifd_entries"])
def test_limits_are_spelt_as_every_other_key_and_as_before(folder: Path, key: str) -> None:
    (folder / "sdscan.toml").write_text(f"[limits]\n{key} = 7\n")
    assert "limits.ifd-entries = 7  # sdscan.toml" in run(folder, "scan", PICTURE, "--show-config")[1]
    (folder / "sdscan.toml").write_text("[limits]\nblobz = 7\n")
    assert "did you mean `blob`?" in run(folder, "scan", PICTURE)[2]
