"""No command uses a network or starts a program, what is kept is its owner's alone, and it can be deleted."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import commands
import pytest
from commands import ENDLESS, ROOT, RUNS, SDSCAN, environment, home, run, run_all, tree

from sdscan.catalog import Catalog
from sdscan.session import cache_dir

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes and signals of POSIX")


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which every command has run under the widest umask, each as first in `RUNS`; its cache is kept for a look."""
    folder = home(tmp_path_factory.mktemp("used"))
    before = os.umask(0)
    try:
        (folder / "cache").mkdir(mode=0o700)
        shutil.copytree(Path(os.environ["SDSCAN_CACHE_DIR"]) / "watchlists", folder / "cache" / "watchlists", dirs_exist_ok=True)
        lines = [lines[0] for name, lines in RUNS.items() if name not in ENDLESS and name != "catalog clear"]
        codes = run_all(folder, lines)
        assert lines == list(codes)
        assert {line: code for line, code in codes.items() if code not in (0, 1, 3)} in ({}, {"watchlist check own.toml": 2})
    finally:
        os.umask(before)
    return folder


# ---- no network --------------------------------------------------------------------------------------------------


def test_each_command_of_the_program_is_tried() -> None:
    assert set(RUNS) == set(tree())


def test_no_command_tries_to_use_a_network_or_starts_a_program(used: Path) -> None:
    assert not (used / "attempts").exists(), (used / "attempts").read_text()


@pytest.mark.slow
def test_nor_do_other_runs_of_them(tmp_path: Path) -> None:
    home(tmp_path)
    shutil.copytree(Path(os.environ["SDSCAN_CACHE_DIR"]) / "watchlists", tmp_path / "cache" / "watchlists")
    for lines in (RUNS[name] for name in RUNS if name not in ENDLESS):
        for line in lines:
            run(tmp_path, line)
    assert not (tmp_path / "attempts").exists(), (tmp_path / "attempts").read_text()


@pytest.mark.parametrize("code", ["import socket; socket.create_connection(('192.0.2.1', 9))", "import socket; socket.getaddrinfo('example.invalid', 9)",
                                  "import urllib.request; urllib.request.urlopen('http://192.0.2.1/')", "import subprocess; subprocess.run(['true'])"])  # fmt: skip
def test_the_watch_sees_what_it_is_to_see(tmp_path: Path, code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], env=environment(tmp_path), capture_output=True)
    assert done.returncode == 1
    assert (tmp_path / "attempts").read_text()


def test_watching_a_folder_uses_no_network(used: Path) -> None:
    with subprocess.Popen([*SDSCAN, "watch", "pictures", "--existing"], cwd=used, env=environment(used), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert b"Traceback" not in process.communicate(timeout=60)[1]
    assert not (used / "attempts").exists(), (used / "attempts").read_text()


@pytest.mark.loopback
def test_the_review_listens_on_this_machine_only(used: Path) -> None:
    pytest.importorskip("starlette", reason="the review's packages are not installed")
    with subprocess.Popen([*SDSCAN, "review", "pictures"], cwd=used, env=environment(used, SDSCAN_LOOPBACK="1"), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        line = process.stdout.readline().decode()
        address = next(word for word in line.split() if word.startswith("http://127.0.0.1:"))
        host, _, page = address.removeprefix("http://").partition("/")
        connection = HTTPConnection(host, timeout=30)
        connection.request("GET", f"/{page}")
        assert connection.getresponse().status == 200
        connection.close()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert not (used / "attempts").exists(), (used / "attempts").read_text()


NETWORK = {
    "socket": {"cli/review.py", "engines/cluster.py", "engines/ray.py"}, "uvicorn": {"cli/review.py"}, "ray": {"engines/ray.py"}, "distributed": {"engines/dask.py"},
    "obstore": {"cloud.py", "fetching.py", "listing.py", "objects.py", "engines/places.py"},
}  # fmt: skip
"""Packages that can open a connection, and the modules that may import them: the page on this machine, object stores and clusters that a user names."""
IMPORT = re.compile(r"^\s*(?:import|from)\s+([\w.]+)", re.M)
NEVER = {"http", "urllib", "ftplib", "smtplib", "ssl", "requests", "httpx", "aiohttp", "urllib3", "asyncio", "xmlrpc", "telnetlib", "webbrowser"}


def test_only_the_page_and_what_a_user_names_know_a_network() -> None:
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "sdscan").rglob("*.py")):
        for name in IMPORT.findall(path.read_text(encoding="utf-8")):
            if name not in ("urllib.parse", "http.cookies"):  # text, no connection
                found.setdefault(name.partition(".")[0], set()).add(path.relative_to(ROOT / "sdscan").as_posix())
    assert {name: users for name, users in found.items() if name in NEVER} == {}
    assert {name: sorted(found.get(name, set()) - users) for name, users in NETWORK.items()} == {name: [] for name in NETWORK}


# ---- what is kept ------------------------------------------------------------------------------------------------


def modes(folder: Path) -> dict[str, str]:
    """Files that somebody else may read or write, with their mode."""
    found = [(path, stat.S_IMODE(path.lstat().st_mode)) for path in (folder, *sorted(folder.rglob("*")))]
    return {str(path.relative_to(folder.parent)): oct(mode) for path, mode in found if mode & 0o077}


def test_the_cache_is_its_owners_alone_whatever_the_umask(used: Path) -> None:
    assert modes(used / "cache") == {}
    kept = {path.name.partition("-")[0].partition(".")[0] for path in (used / "cache").iterdir()}
    assert {"catalog", "library", "policies", "watchlists"} <= kept


def test_the_folder_is_made_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDSCAN_CACHE_DIR", str(tmp_path / "deep" / "cache"))
    before = os.umask(0)
    try:
        assert cache_dir() == tmp_path / "deep" / "cache"
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "deep" / "cache").stat().st_mode) == 0o700


def test_your_own_lists_are_yours_alone(used: Path) -> None:
    inner = used / "data" / "watchlists"
    assert list(inner.iterdir())
    assert modes(inner) == {}


def test_a_catalog_in_use_and_one_set_aside_are_its_owners_alone(used: Path, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        path = tmp_path / "deep" / "catalog.sqlite"
        with Catalog(path) as catalog:
            catalog.remember_basis(b"x", b"y")
            assert {f"catalog.sqlite{suffix}" for suffix in ("", "-wal", "-shm")} == {one.name for one in path.parent.iterdir()}
            assert modes(path.parent) == {}
        path.write_bytes(b"no database at all" * 999)
        with Catalog(path) as catalog:
            catalog.remember_basis(b"x", b"y")
            assert (path.parent / "catalog.sqlite.damaged-1").exists()
            assert modes(path.parent) == {}
    finally:
        os.umask(before)


def test_the_catalog_says_what_the_cache_holds_and_clearing_leaves_nothing(used: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(used, tmp_path / "copy")
    cache = folder / "cache"
    for name in ("catalog.sqlite.damaged-1", "catalog.sqlite.damaged-12", "catalog.sqlite-wal", ".library-x", ".policies-x", "watchlists/.new-x"):
        (cache / name).write_bytes(b"left by a process that was killed")
    for name in ("catalog.sqlite.mine", "mine.txt", "watchlists/mine.csv"):
        (cache / name).write_bytes(b"no file of ours")
    told = run(folder, "catalog info").stdout.decode()
    for words in ("prompts, names of models", "set aside 2 damaged", "library ", "names and paths of your models", "lists ", "yours among them", "catalog clear"):
        assert words in told
    assert run(folder, "catalog clear").returncode == 0
    assert {"catalog.sqlite.mine", "mine.txt", "watchlists", "mine.csv"} == {path.name for path in cache.rglob("*")}
    assert list((folder / "data" / "watchlists").iterdir()), "your lists are no cache"
    assert run(folder, "catalog clear").returncode == 2


def test_clearing_a_catalog_of_ones_own_leaves_the_cache(used: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(used, tmp_path / "copy")
    run(folder, "scan pictures --catalog mine.sqlite -q")
    (folder / "mine.sqlite.damaged-1").write_bytes(b"x")
    before = sorted(path.name for path in (folder / "cache").rglob("*"))
    assert run(folder, "catalog clear --catalog mine.sqlite").returncode == 0
    assert list(folder.glob("mine.sqlite*")) == []
    assert before == sorted(path.name for path in (folder / "cache").rglob("*"))


def test_pruning_takes_what_files_said_out_of_the_catalogs_bytes(used: Path, tmp_path: Path) -> None:
    """SQLite only marks a deleted row as free: the words would stay in the file."""
    folder = shutil.copytree(used, tmp_path / "copy")
    (folder / "one").mkdir()
    data = commands.WHOLE["text.png"].replace(b"twintails", b"zanzibars")
    (folder / "one" / "a.png").write_bytes(data)
    run(folder, "scan one --catalog mine.sqlite -q --thorough")
    run(folder, "scan one --catalog mine.sqlite -q")
    assert b"zanzibars" in b"".join(path.read_bytes() for path in folder.glob("mine.sqlite*"))
    (folder / "one" / "a.png").unlink()
    assert run(folder, "catalog prune --catalog mine.sqlite").returncode == 0
    assert b"zanzibars" not in b"".join(path.read_bytes() for path in folder.glob("mine.sqlite*"))
    with sqlite3.connect(folder / "mine.sqlite") as db:
        assert db.execute("SELECT COUNT(*) FROM shapes").fetchone() == (0,)
    db.close()
