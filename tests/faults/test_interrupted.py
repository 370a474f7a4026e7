"""Signals and dead workers, through the installed command: the code of the contract, no traceback, nothing half, nothing lost."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest
from broken import SDSCAN, environment, honest, pictures, records, run, start

SCAN = ("scan", "--isolated", "--no-catalog", "pictures", "-o", "jsonl")


def wait_for_output(process: subprocess.Popen[bytes]) -> bytes:
    """Until the scan is under way."""
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.mark.parametrize(
    ("number", "jobs"),
    [(signal.SIGINT, "1"), (signal.SIGTERM, "2"), *(pytest.param(*case, marks=pytest.mark.slow) for case in ((signal.SIGINT, "2"), (signal.SIGTERM, "1")))],
)
def test_130_where_it_was_interrupted(tmp_path: Path, number: signal.Signals, jobs: str) -> None:
    pictures(tmp_path, 300)
    arguments = ("scan", "--isolated", "--catalog", "c.sqlite", "pictures", "-o", "jsonl", "-o", "json:whole.json", "--jobs", jobs)
    with start(*arguments, cwd=tmp_path, fault="slow:0.006") as process:
        first = wait_for_output(process)
        process.send_signal(number)
        assert process.stdout is not None and process.stderr is not None
        out, told = process.stdout.read(), process.stderr.read()
        assert process.wait(20) == 130
    assert b"interrupted" in told
    assert b"Traceback" not in told
    stands = records((first + out)[: (first + out).rfind(b"\n") + 1])  # the signal may cut a line that nobody has read yet
    assert stands == honest(len(stands))
    assert sorted(path.name for path in tmp_path.iterdir() if "sqlite-" not in path.name) == ["c.sqlite", "pictures"]  # no whole.json, no temporary file
    with sqlite3.connect(tmp_path / "c.sqlite") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()
    again = run(*arguments, cwd=tmp_path)
    assert (3, honest(300)) == (again.returncode, records(again.stdout))


@pytest.mark.parametrize("command", [("scan", "--isolated", "--no-catalog", "pictures", "-o", "jsonl"), ("inspect", "pictures"), ("explain", "--all"), ("--help",), ("--version",)], ids=" ".join)
def test_141_where_the_reader_went_away(tmp_path: Path, command: tuple[str, ...]) -> None:
    pictures(tmp_path, 30)
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([*SDSCAN, *command], cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE, env=environment(), timeout=60)
    os.close(writing)
    assert (141, b"") == (done.returncode, done.stderr)


def test_141_also_with_workers_which_end_too(tmp_path: Path) -> None:
    pictures(tmp_path, 300)
    with start(*SCAN, "--jobs", "2", cwd=tmp_path, fault="slow:0.006") as process:
        wait_for_output(process)
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(30) == 141


def test_one_worker_in_three_is_killed_and_no_record_is_lost(tmp_path: Path) -> None:
    pictures(tmp_path, 600)
    done = run(*SCAN, "--jobs", "2", cwd=tmp_path, fault="kill-once:50.png")
    assert honest(600) == records(done.stdout)
    assert 6 == len([path for path in tmp_path.iterdir() if path.suffix == ".png"]), "each of six files has killed its worker once"
    assert (3, b"") == (done.returncode, done.stderr)


def test_a_file_that_always_kills_its_reader_is_unreadable_and_the_others_are_not(tmp_path: Path) -> None:
    pictures(tmp_path, 300)
    done = run(*SCAN, "--jobs", "2", cwd=tmp_path, fault="kill:00123.png")
    expected = dict(honest(300)) | {"00123.png": "unreadable"}
    assert expected == dict(records(done.stdout))
    assert len(records(done.stdout)) == 300


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_file_for_which_there_is_no_memory_is_unreadable(tmp_path: Path, jobs: str) -> None:
    pictures(tmp_path, 60)
    done = run(*SCAN, "--jobs", jobs, cwd=tmp_path, fault="memory:00042.png")
    assert dict(honest(60)) | {"00042.png": "unreadable"} == dict(records(done.stdout))
    assert done.returncode == 3


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_70_where_it_is_a_bug_of_ours(tmp_path: Path, jobs: str) -> None:
    pictures(tmp_path, 60)
    done = run(*SCAN, "-o", "json:whole.json", "--jobs", jobs, cwd=tmp_path, fault="bug:00042.png")
    assert done.returncode == 70
    assert b"this is a bug in sdscan" in done.stderr
    assert not (tmp_path / "whole.json").exists()


def runs(process: str) -> bool:
    """Whether a process still does something; one that has ended may wait for whoever asks how."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][:1] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_worker_ends_with_its_parent(tmp_path: Path) -> None:
    pictures(tmp_path, 300)
    process = start(*SCAN, "--jobs", "2", cwd=tmp_path, fault="slow:0.01")
    wait_for_output(process)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        process.kill()
        process.communicate()
        pytest.skip("this system does not list the children of a process")
    workers = children.read_text().split()
    process.kill()
    process.communicate()
    end = time.monotonic() + 30
    while any(map(runs, workers)) and time.monotonic() < end:
        time.sleep(0.02)
    assert [worker for worker in workers if runs(worker)] == []

