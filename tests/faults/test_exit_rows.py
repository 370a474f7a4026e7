"""The exit codes of the contract, row by row, through the installed command; 70, 130 and 141 stand in `test_interrupted.py`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from broken import SDSCAN, environment, run
from wholes import WHOLE, png_with

QUIET = WHOLE["text.png"].replace(b"hatsune miku", b"a quiet lake")
"""No finding; the check sum of the chunk is wrong now, which is survived."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders: `found` (a finding), `quiet`, `cut` (unreadable), `both` (a finding and an unreadable file), `bare` (no generation data), `none`."""
    folder = tmp_path_factory.mktemp("rows")
    files = {"found/a.png": WHOLE["text.png"], "quiet/a.png": QUIET, "cut/a.png": WHOLE["text.png"][:60], "bare/a.png": png_with(), "none/readme.md": b"x"}
    files |= {"both/a.png": WHOLE["text.png"], "both/b.png": WHOLE["text.png"][:60]}
    for name, data in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    (folder / "bad.toml").write_text("[scan]\nplatfroms = []\n")
    (folder / "bad-pack.toml").write_text("[pack]\nid = 7\n")
    (folder / "bad-baseline.json").write_text("[]")
    return folder


ROWS: dict[str, tuple[int, str]] = {
    "everything was read and nothing reached the threshold": (0, "scan quiet"),
    "no generation data is no error": (0, "scan bare"),
    "a finding at the threshold": (1, "scan found"),
    "a finding below the threshold": (0, "scan found --fail-on critical"),
    "the threshold is off": (0, "scan found --fail-on never"),
    "a finding outranks an unreadable file": (1, "scan both"),
    "an unreadable file": (3, "scan cut"),
    "an unreadable file that is allowed": (0, "scan cut --allow-incomplete"),
    "exit-zero hides a finding": (0, "scan found --exit-zero"),
    "exit-zero hides no unreadable file": (3, "scan both --exit-zero"),
    "exit-zero hides no mistake": (2, "scan nowhere --exit-zero"),
    "exit-zero hides no empty folder": (4, "scan none --exit-zero"),
    "a folder that holds nothing to scan": (4, "scan none"),
    "the same in a hook": (0, "scan none --hook"),
    "a path that does not exist": (2, "scan quiet nowhere"),
    "the same in a hook, too": (2, "scan nowhere --hook"),
    "an option that does not exist": (2, "scan quiet --nope"),
    "a command that does not exist": (2, "scna quiet"),
    "a format that does not exist": (2, "scan quiet -o docx"),
    "a platform that does not exist": (2, "scan quiet --platform nope"),
    "a configuration with a mistake": (2, "scan quiet --config bad.toml"),
    "a configuration that is not there": (2, "scan quiet --config nowhere.toml"),
    "a watchlist with a mistake": (2, "scan quiet --watchlist bad-pack.toml"),
    "a watchlist that is not there": (2, "scan quiet --watchlist nowhere.toml"),
    "a baseline with a mistake": (2, "scan quiet --baseline bad-baseline.json"),
    "a list of files that is not there": (2, "scan --files-from nowhere"),
    "an unreadable file that is only looked at": (3, "inspect cut"),
    "a path that does not exist, looked at": (2, "inspect nowhere"),
    "a result that does not exist": (2, "report nowhere.json"),
    "an unreadable file that is sorted": (3, "sort cut --to sorted --no-catalog --isolated"),
    "a rule that does not exist": (2, "explain SD999"),
    "a catalog that does not exist": (2, "catalog info --catalog nowhere.sqlite"),
    "the version": (0, "--version"),
    "help": (0, "scan --help"),
}
SELDOM = {"configuration that", "watchlist that", "that does not exist", "only looked", "below the threshold", "threshold is off", "help", "version", "list of files"}


@pytest.mark.parametrize("row", [pytest.param(row, marks=pytest.mark.slow) if any(word in row for word in SELDOM) else row for row in ROWS])
def test_a_row_of_the_table(place: Path, row: str) -> None:
    code, arguments = ROWS[row]
    more = ("--no-catalog", *(() if "--config" in arguments else ("--isolated",))) if arguments.startswith("scan ") and "help" not in arguments else ()
    more += () if "--fail-on" in arguments or not more else ("--fail-on", "low")
    done = run(*arguments.split(), *more, cwd=place)
    told = done.stdout + done.stderr
    assert (code, b"") == (done.returncode, b"Traceback" * (b"Traceback" in told)), told
    assert told or "--hook" in arguments, "every end is told; a hook with nothing to say is silent"
    if code == 2:
        assert b"rror" in done.stderr
        assert done.stdout == b""


def test_the_closing_sentence_says_what_the_code_says(place: Path) -> None:
    """One function computes both; here they are seen together."""
    for folder, code, words in (("both", 1, "1 finding at or above"), ("cut", 3, "Incomplete: 1 file could not be read"), ("none", 4, "Nothing to scan"), ("bare", 0, "cannot be judged")):
        done = run("scan", folder, "--isolated", "--no-catalog", "--fail-on", "low", cwd=place)
        assert (code, True) == (done.returncode, words in " ".join(done.stdout.decode().split())), done.stdout


# ---- streams that the caller has closed ---------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell closes the streams")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_change_no_code_and_no_file(place: Path, tmp_path: Path, closed: str) -> None:
    """What sdscan opens must not take the number of a stream, or the report would be written into the catalog."""
    command = f'exec "$@" {closed}'
    arguments = ["scan", "--isolated", "--catalog", str(tmp_path / "c.sqlite"), "both", "--fail-on", "low", "-o", "text", "-o", f"json:{tmp_path}/out.json"]
    for _ in range(2):
        done = subprocess.run(["/bin/sh", "-c", command, "sh", *SDSCAN, *arguments], cwd=place, env=environment(), capture_output=True)
        assert (1, b"") == (done.returncode, done.stderr)
    assert 2 == len(json.loads((tmp_path / "out.json").read_bytes())["files"])
    assert (tmp_path / "c.sqlite").read_bytes().startswith(b"SQLite format 3\0")


# ---- interrupted while it starts -----------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_a_signal_at_any_moment_is_no_finding_and_no_bug(place: Path) -> None:
    """Also while modules are imported and classes made. Before its first line the interpreter ends by the signal itself."""
    command = ["scan", "found", "--isolated", "--no-catalog", "--fail-on", "low", "-o", "jsonl"]
    done = run(*command, cwd=place)
    assert 1 == done.returncode
    marker = "slow-start"
    for number in (signal.SIGINT, signal.SIGTERM):
        for step in range(25):
            with subprocess.Popen(
                [*SDSCAN, *command], cwd=place, env=environment(marker, place), stdout=subprocess.PIPE, stderr=subprocess.PIPE
            ) as process:
                assert process.stderr is not None and process.stdout is not None
                assert process.stderr.readline() == b"begun\n"
                try:
                    out, told = process.communicate(timeout=0.005 * step + 0.001)
                except subprocess.TimeoutExpired:
                    process.send_signal(number)
                    out, told = process.communicate(timeout=60)
            if process.returncode == 1:
                assert out == done.stdout
            else:
                assert process.returncode in (130, -number), told
                assert b"bug in sdscan" not in told
