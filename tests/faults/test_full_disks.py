"""Disks that are full, folders that cannot be written, catalogs that are damaged, locked or strange: told, and no record is lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest
from broken import SDSCAN, environment, honest, pictures, records, run

from sdscan import run as spooling
from sdscan.errors import OutputError
from sdscan.exits import ExitRules, Tally

CATALOG = ("scan", "--isolated", "--catalog", "c.sqlite", "pictures", "-o", "jsonl")
FILES = 40


def seldom(*values: object) -> list[object]:
    """Parameters that only `pytest -m slow` tries."""
    return [pytest.param(value, marks=pytest.mark.slow) for value in values]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pictures(tmp_path, FILES)
    return tmp_path


class Scanned(NamedTuple):
    """Pictures that were scanned once, with what that left."""

    folder: Path
    catalog: Path
    output: bytes

    def copied(self, to: Path) -> Path:
        """A catalog of one's own, to be damaged."""
        return Path(shutil.copy(self.catalog, to / "c.sqlite"))

    def run(self, catalog: Path, *more: str) -> subprocess.CompletedProcess[bytes]:
        """Scan again with that catalog."""
        return run("scan", "--isolated", "--catalog", str(catalog), "pictures", "-o", "jsonl", *more, cwd=self.folder)


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Scanned:
    folder = tmp_path_factory.mktemp("scanned")
    pictures(folder, FILES)
    return Scanned(folder, folder / "c.sqlite", run(*CATALOG, cwd=folder).stdout)


# ---- full ------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device here that is always full")
@pytest.mark.parametrize("form", ["text", "json", *seldom("jsonl", "html", "csv")])
def test_2_where_standard_output_is_full(folder: Path, form: str) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*SDSCAN, "scan", "--isolated", "--no-catalog", "pictures", "-o", form], cwd=folder, stdout=full, stderr=subprocess.PIPE, env=environment()
        )
    assert (2, b"sdscan: error: the result could not be written: no space left on device\n") == (done.returncode, done.stderr)


@pytest.mark.parametrize("form", ["jsonl", *seldom("json", "html", "sarif")])
def test_2_and_no_file_where_the_disk_of_the_output_is_full(folder: Path, form: str) -> None:
    (folder / "out").write_text("before")
    done = run("scan", "--isolated", "--no-catalog", "pictures", "-o", f"{form}:out", cwd=folder, file_size=20_000)
    assert done.returncode == 2
    assert b"could not be written" in done.stderr
    assert b"Traceback" not in done.stderr
    assert (folder / "out").read_text() == "before"
    assert sorted(path.name for path in folder.iterdir()) == ["out", "pictures"]


def test_a_catalog_without_room_loses_rows_and_no_record(folder: Path) -> None:
    done = run(*CATALOG, cwd=folder, file_size=60_000)
    assert honest(FILES) == records(done.stdout)
    assert done.returncode == 3
    assert b"the catalog could not be written" in done.stderr or b"cannot be used" in done.stderr
    assert honest(FILES) == records(run(*CATALOG, cwd=folder).stdout)


def test_2_where_no_temporary_file_can_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """More results than are kept in memory, in a container whose every folder can only be read."""
    monkeypatch.setattr(spooling, "IN_MEMORY", 100)
    monkeypatch.setattr(tempfile, "tempdir", "/proc/nowhere")
    with spooling.Spool([spooling.Batch((b"x" * 101,), Tally())], (), (), ExitRules()) as spool, pytest.raises(OutputError, match="set TMPDIR to a folder"):
        list(spool.live())


# ---- strange catalogs ------------------------------------------------------------------------------------------------


def damage(path: Path, how: str) -> None:
    """Make a catalog that no sdscan leaves behind."""
    if how == "noise":
        path.write_bytes(b"this is no database at all" * 400)
    elif how == "pages":
        data = bytearray(path.read_bytes())
        data[4096:] = b"\xa5" * (len(data) - 4096)
        path.write_bytes(bytes(data))
    elif how == "cut":
        path.write_bytes(path.read_bytes()[:5000])
    elif how == "header only":
        path.write_bytes(b"SQLite format 3\0")
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "another program":
        path.unlink()
        with sqlite3.connect(path) as db:
            db.execute("CREATE TABLE bookmarks (something TEXT)")
        db.close()
    elif how == "later version":
        with sqlite3.connect(path) as db:
            db.execute("PRAGMA user_version=999")
        db.close()
    elif how == "facts that are none":
        with sqlite3.connect(path) as db:
            db.execute("UPDATE shapes SET facts = x'c1ffff'")
            db.execute("UPDATE told SET told = x'c1ffff'")
        db.close()
    elif how == "facts of another kind":
        with sqlite3.connect(path) as db:
            db.execute("UPDATE shapes SET facts = 'text'")
            db.execute("UPDATE told SET told = NULL")
            db.execute("UPDATE facts SET version = NULL, beside = 'x', packs = 7, judgement = 'x', seeds = x'ff', shape = NULL")
        db.close()
    elif how == "a folder":
        path.unlink()
        path.mkdir()
    elif how == "a pipe":
        path.unlink()
        os.mkfifo(path)
    elif how == "a loop of links":
        path.unlink()
        path.symlink_to(path)


REBUILT = ("noise", "pages", "header only")
OFTEN = ("noise", "pages", "another program", "facts that are none")
"""Those that are tried in every run of the suite; the others are `slow`."""
SELDOM = ("header only", "cut", "empty", "later version", "facts of another kind", "a folder", "a pipe", "a loop of links")
ALL = (*OFTEN, *seldom(*SELDOM))


@pytest.mark.parametrize("jobs", ["1", *seldom("2")])
@pytest.mark.parametrize("how", ALL)
def test_a_strange_catalog_changes_no_record(scanned: Scanned, tmp_path: Path, how: str, jobs: str) -> None:
    catalog = scanned.copied(tmp_path)
    damage(catalog, how)
    done = scanned.run(catalog, "--jobs", jobs)
    assert (3, scanned.output) == (done.returncode, done.stdout)
    assert b"Traceback" not in done.stderr
    if how in REBUILT:
        assert b"was set aside as c.sqlite.damaged-1 and is built anew" in done.stderr
        assert (tmp_path / "c.sqlite.damaged-1").exists()
        again = scanned.run(catalog)
        assert (scanned.output, b"") == (again.stdout, again.stderr)


@pytest.mark.parametrize("how", ALL)
@pytest.mark.parametrize("command", ["catalog info", "catalog clear", "rescan", *seldom("catalog prune")])
def test_no_command_stumbles_over_a_strange_catalog(scanned: Scanned, tmp_path: Path, how: str, command: str) -> None:
    catalog = scanned.copied(tmp_path)
    damage(catalog, how)
    done = run(*command.split(), "--catalog", str(catalog), cwd=scanned.folder)
    assert b"Traceback" not in done.stderr
    assert done.returncode in (0, 1, 2, 3, 4)


def test_a_database_of_another_program_is_left_alone(scanned: Scanned, tmp_path: Path) -> None:
    catalog = scanned.copied(tmp_path)
    damage(catalog, "another program")
    before = catalog.read_bytes()
    scanned.run(catalog)
    for command in ("prune", "clear"):
        run("catalog", command, "--catalog", str(catalog), cwd=scanned.folder)
        assert catalog.read_bytes() == before


@pytest.mark.slow
def test_a_locked_catalog_delays_nothing_for_long_and_changes_no_record(scanned: Scanned, tmp_path: Path) -> None:
    catalog = scanned.copied(tmp_path)
    db = sqlite3.connect(catalog, isolation_level=None)
    db.execute("PRAGMA locking_mode=EXCLUSIVE")
    db.execute("BEGIN EXCLUSIVE")
    try:
        done = scanned.run(catalog)
    finally:
        db.close()
    assert honest(FILES) == records(done.stdout)
    assert done.returncode == 3
    assert b"Traceback" not in done.stderr


def test_two_scans_at_once_on_one_catalog_say_the_same(folder: Path) -> None:
    plain = run("scan", "--isolated", "--no-catalog", "pictures", "-o", "jsonl", cwd=folder).stdout
    command = [*SDSCAN, *CATALOG]
    started = [subprocess.Popen(command, cwd=folder, env=environment("slow:0.003"), stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(3)]
    killed = subprocess.Popen(command, cwd=folder, env=environment("slow:0.02"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert killed.stdout is None
    results = []
    for number, one in enumerate(started):
        results.append(one.communicate(timeout=60))
        if number == 0:
            killed.kill()
            killed.wait()
    assert [(plain, b"")] * 3 == results
    with sqlite3.connect(folder / "c.sqlite") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("SELECT COUNT(*) FROM facts").fetchone() == (FILES,)
    db.close()


# ---- folders that cannot be written ---------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["a file", *seldom("nowhere to make it")])
def test_without_a_cache_folder_everything_works(folder: Path, where: str) -> None:
    (folder / "file").write_text("x")
    cache = str(folder / "file") if where == "a file" else "/proc/1/sdscan"
    done = run("scan", "--isolated", "pictures", "-o", "jsonl", cwd=folder, SDSCAN_CACHE_DIR=cache)
    assert honest(FILES) == records(done.stdout)
    assert b"Traceback" not in done.stderr
    assert done.returncode == 3


@pytest.mark.skipif(os.geteuid() != 0 or not os.access("/usr/bin/setpriv", os.X_OK), reason="only root with setpriv can act as somebody who may not write")
def test_a_cache_that_may_only_be_read_is_read(scanned: Scanned, tmp_path: Path) -> None:
    """What is compiled there is used (compiling it would take a module that the fault makes unusable); no catalog is kept."""
    cache = tmp_path / "cache"
    shutil.copytree(os.environ["SDSCAN_CACHE_DIR"], cache, ignore=shutil.ignore_patterns("catalog*", "library*", "reports*"))
    # other tests share that cache, and may have pushed out what this one needs
    subprocess.run([*SDSCAN, "scan", "--isolated", "--no-catalog", "-q", "pictures"], cwd=scanned.folder, env=environment(SDSCAN_CACHE_DIR=str(cache)), capture_output=True, timeout=60)
    before = sorted(path.name for path in cache.rglob("*"))
    for path in cache.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    cache.chmod(0o555)
    command = ["/usr/bin/setpriv", "--bounding-set=-all", "--inh-caps=-all", *SDSCAN, "scan", "--isolated", "pictures", "-o", "jsonl"]
    env = environment("no-module:sdscan.knowledge.watchlists.sources", SDSCAN_CACHE_DIR=str(cache))
    done = subprocess.run(command, cwd=scanned.folder, env=env, capture_output=True, timeout=60)
    assert (3, scanned.output, b"") == (done.returncode, done.stdout, done.stderr)
    assert before == sorted(path.name for path in cache.rglob("*"))


def test_an_output_that_cannot_be_written_is_refused_before_a_picture_is_opened(folder: Path) -> None:
    (folder / "file").write_text("x")
    for target in ("nowhere/out.json", "pictures"):
        done = run("scan", "--isolated", "--no-catalog", "pictures", "-o", f"json:{target}", cwd=folder, fault="bug:png")
        assert done.returncode == 2, done.stderr


# ---- clocks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", [-1, 253402300800, *seldom(0, 2**31, 2**32, 2**33)])
def test_a_file_from_any_time_is_read_and_remembered(folder: Path, moment: int) -> None:
    for path in (folder / "pictures").iterdir():
        os.utime(path, (moment, moment))
    first, second = run(*CATALOG, cwd=folder), run(*CATALOG, cwd=folder)
    assert honest(FILES) == records(first.stdout)
    assert (first.stdout, first.stderr) == (second.stdout, second.stderr)


def test_a_file_that_is_written_anew_while_the_clock_went_back_is_read_anew(folder: Path) -> None:
    path = folder / "pictures" / "00000.png"
    run(*CATALOG, cwd=folder)
    shutil.copy(folder / "pictures" / "00009.png", path)
    os.utime(path, (1, 1))
    assert ("00000.png", "unreadable") == records(run(*CATALOG, cwd=folder).stdout)[0]


@pytest.mark.parametrize("epoch", ["-1", "99999999999999999999", *seldom("", "x", "1e3", "253402300800")])
def test_a_date_that_is_none_is_refused_or_used(scanned: Scanned, epoch: str) -> None:
    done = run("scan", "--isolated", "--no-catalog", "pictures", cwd=scanned.folder, SOURCE_DATE_EPOCH=epoch)
    assert b"Traceback" not in done.stderr
    assert done.returncode in (2, 3)
