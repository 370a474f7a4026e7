"""A file is judged when it is written: not while it grows, once for each writing, and in the end even where it stays damaged."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sdscan.errors import ConfigError
from sdscan.watching import Settling, is_wanted, is_whole, new_files

ROOT = Path(__file__).resolve().parent.parent
GALLERY = ROOT / "fixtures/gallery"


def yes(_: str) -> bool:
    return True


def no(_: str) -> bool:
    return False


def test_a_growing_file_is_waited_for() -> None:
    settling = Settling(settle=1.0, patience=10.0)
    settling.saw("a.png", (100, 1), 0.0)
    assert [] == settling.due(0.9, yes)
    settling.saw("a.png", (200, 2), 0.95)
    assert [] == settling.due(1.5, yes)
    assert ["a.png"] == settling.due(2.0, yes)
    assert [] == settling.due(3.0, yes)


def test_a_file_that_is_not_whole_is_taken_after_a_while() -> None:
    settling = Settling(settle=1.0, patience=10.0)
    settling.saw("a.png", (100, 1), 0.0)
    assert [] == settling.due(9.0, no)
    assert ["a.png"] == settling.due(10.0, no)


def test_an_empty_file_is_no_file_yet() -> None:
    settling = Settling(settle=1.0, patience=10.0)
    settling.saw("a.png", (0, 1), 0.0)
    assert [] == settling.due(60.0, yes)


def test_the_same_stamp_is_not_taken_twice_and_a_new_one_is() -> None:
    settling = Settling(settle=1.0)
    settling.saw("a.png", (100, 1), 0.0)
    assert ["a.png"] == settling.due(2.0, yes)
    settling.saw("a.png", (100, 1), 3.0)
    assert [] == settling.waiting()
    settling.saw("a.png", (100, 9), 4.0)
    assert ["a.png"] == settling.due(6.0, yes)


def test_a_file_that_went_away_is_forgotten() -> None:
    settling = Settling(settle=1.0)
    settling.saw("a.png", (100, 1), 0.0)
    settling.saw("a.png", None, 0.5)
    assert [] == settling.due(9.0, yes)


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("out/a.png", True), ("out/a.PNG", True), ("out/a.safetensors", True), ("out/a.txt", False), ("out/.a.png", False),
        ("out/a.png.tmp", False), ("out/drafts/a.png", False),
    ],
)  # fmt: skip
def test_which_files_are_waited_for(path: str, wanted: bool) -> None:
    assert wanted == is_wanted(path, ("drafts/**",))


def test_whole_and_cut_files_are_told_apart(tmp_path: Path) -> None:
    whole = GALLERY / "02-character-in-prompt.png"
    (tmp_path / "cut.png").write_bytes(whole.read_bytes()[:400])
    assert (True, False) == (is_whole(str(whole)), is_whole(str(tmp_path / "cut.png")))


def test_a_missing_folder_is_an_error() -> None:
    with pytest.raises(ConfigError, match="no folder"):
        next(new_files(["/nowhere/at/all"], (), threading.Event()))


@pytest.mark.skipif(os.name == "nt", reason="a console's Ctrl-C cannot be sent to one process there")
def test_the_command_tells_new_findings_and_sums_up_on_ctrl_c(tmp_path: Path) -> None:
    pytest.importorskip("watchfiles", reason="the extra sdscan[review] is not installed")
    (tmp_path / "old.png").write_bytes((GALLERY / "05-strict-work.png").read_bytes())
    command = [sys.executable, "-m", "sdscan", "watch", str(tmp_path), "--isolated", "--platform", "booth", "--lang", "en"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as done:
        assert done.stderr is not None
        assert done.stdout is not None
        assert "watching" in done.stderr.readline()
        data = (GALLERY / "02-character-in-prompt.png").read_bytes()
        with (tmp_path / "slow.png").open("wb") as file:
            file.write(data[:300])
            file.flush()
            time.sleep(0.6)
            file.write(data[300:])
        shutil.copy(GALLERY / "01-original-character.png", tmp_path / "quiet.png")
        line = done.stdout.readline()
        time.sleep(0.8)
        done.send_signal(signal.SIGINT)
        out, err = done.communicate(timeout=15)
    assert line.startswith("HIGH     ")
    assert "slow.png  SD103 prompt names the character Hatsune Miku" in line
    assert "old.png" not in line + out
    assert out.strip().splitlines()[0].startswith("2 files, 2 with generation data")
    assert (1, "") == (done.returncode, err)
