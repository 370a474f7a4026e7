"""The hook: silent on success, what stops the commit on failure, and a warning where it may not stop anything."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sdscan.__main__ import run

ROOT = Path(__file__).resolve().parent.parent.parent
GALLERY = ROOT / "fixtures/gallery"


Hook = Callable[..., tuple[int, str]]


@pytest.fixture
def hook(folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Hook:
    """(exit code, output) of `sdscan scan --hook` in the folder."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PRE_COMMIT", "1")

    def ran(*arguments: str) -> tuple[int, str]:
        code = run(["scan", "--hook", *arguments])
        said = capfd.readouterr()
        assert "" == said.err
        return code, said.out

    return ran


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    shutil.copy(GALLERY / "05-strict-work.png", tmp_path / "strict one.png")
    shutil.copy(GALLERY / "08-public-domain-painter.png", tmp_path / "画像.png")
    return tmp_path


def test_it_is_silent_on_success(folder: Path, hook: Hook) -> None:
    assert (0, "") == hook("画像.png")


def test_it_shows_what_stops_the_commit_and_counts_the_rest(folder: Path, hook: Hook) -> None:
    code, said = hook("strict one.png", "画像.png")
    assert 1 == code
    assert "strict one.png" in said
    assert "画像.png" not in said
    assert "1 high, 0 medium, 0 low, 1 info" in said
    (folder / "sdscan.toml").write_text('[scan]\nmin-severity = "info"\n')
    assert "画像.png" in hook("strict one.png", "画像.png")[1]


def test_one_that_never_stops_anything_still_tells(folder: Path, hook: Hook) -> None:
    code, said = hook("--fail-on", "never", "strict one.png", "画像.png")
    assert 0 == code
    assert "strict one.png" in said
    assert (0, "") == hook("--fail-on", "never", "画像.png")


def test_what_could_not_be_read_says_what_to_do_in_full(folder: Path, hook: Hook) -> None:
    (folder / "model.safetensors").write_text(
        "version https://git-lfs.github.com/spec/v1\noid sha256:" + "4d" * 32 + "\nsize 12345\n"
    )
    code, said = hook("model.safetensors")
    assert 3 == code
    assert "run `git lfs pull`" in said
