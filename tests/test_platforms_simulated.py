"""Windows and macOS where the machine is missing: what they lack is called in one module, and their paths and streams are played here."""

from __future__ import annotations

import ast
import ntpath
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from sdscan import catalog, discover, system
from sdscan.cli import _writing
from sdscan.discover import is_excluded, posix
from sdscan.engines import processes
from sdscan.errors import PipeClosed
from sdscan.facts.source import FileSource
from sdscan.facts.text import visible
from sdscan.judgement.suppression import plain_path
from sdscan.reports.shared import uri

ROOT = Path(__file__).resolve().parent.parent
LACKING = {
    "os": "fork forkpty getuid geteuid getgid getegid getgroups getpgid getpgrp setsid setuid setgid chown lchown fchown fchmod mkfifo mknod pread preadv pwrite pwritev sched_getaffinity "
    "sched_setaffinity O_NOFOLLOW O_NONBLOCK O_CLOEXEC O_DIRECTORY O_NOCTTY wait wait3 wait4 WNOHANG nice getloadavg uname sysconf statvfs fstatvfs pathconf killpg posix_fadvise "
    "posix_fallocate sendfile pipe2 confstr ctermid ttyname openpty initgroups getresuid sync fdatasync lockf copy_file_range memfd_create".split(),
    "signal": "SIGPIPE SIGHUP SIGKILL SIGALRM SIGUSR1 SIGUSR2 SIGCHLD SIGQUIT SIGSTOP SIGCONT SIGWINCH SIGTSTP alarm setitimer pause pthread_kill pthread_sigmask sigwait siginterrupt".split(),
    "socket": ["AF_UNIX", "SO_REUSEPORT", "socketpair"], "time": ["tzset", "clock_gettime", "pthread_getcpuclockid"], "mmap": ["PROT_READ", "MAP_PRIVATE", "MAP_SHARED"],
}  # fmt: skip
FORKING = {"os.fork", "os.WNOHANG", "signal.SIGKILL", "signal.pthread_sigmask"}
MODULES = {"fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "posix", "syslog", "crypt", "curses", "readline", "spwd", "nis", "winreg", "msvcrt", "_winapi"}


def calls(path: Path) -> list[str]:
    """What a module asks for that some system lacks; `getattr` and `hasattr` do not count, for they ask first."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in LACKING.get(node.value.id, ()):
            found.append(f"{node.value.id}.{node.attr}")
        elif isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name in MODULES]
        elif isinstance(node, ast.ImportFrom):
            found += [f"{node.module}.{alias.name}" for alias in node.names if node.module in MODULES or alias.name in LACKING.get(node.module or "", ())]
    return found


def test_what_some_systems_lack_is_called_in_one_module_and_where_one_forks() -> None:
    found = {path.relative_to(ROOT / "sdscan").as_posix(): calls(path) for path in sorted((ROOT / "sdscan").rglob("*.py"))}
    assert ["engines/processes.py", "system.py"] == [name for name, used in found.items() if used]
    assert {"os.pread", "os.sched_getaffinity", "os.getuid", "fcntl"} == set(found["system.py"])
    assert FORKING == set(found["engines/processes.py"])


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """What sdscan asks of the system, answered as Windows does."""
    for name in ("pread", "sched_getaffinity", "getuid"):
        monkeypatch.delattr(os, name, raising=False)
    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setattr(sys, "platform", "win32")


def test_files_are_read_counted_trusted_and_locked_without_them(windows: None, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(range(256)) * 1000)
    with FileSource(str(tmp_path / "a")) as source:
        assert (source.read(200_000, 300), source.read(3, 2)) == ((bytes(range(256)) * 1000)[200_000:200_300], b"\3\4")
        assert source.read(255_999, 10) == b"\xff"
    assert system.cores() >= 1
    assert not processes.is_fork_safe()
    assert system.is_trusted(12345)
    with (tmp_path / "a").open("rb") as file:
        assert system.lock(file.fileno())


def test_a_closed_pipe_has_another_number_there(windows: None) -> None:
    with pytest.raises(PipeClosed), _writing():
        raise OSError(22, "Invalid argument")


def test_and_here_that_number_is_something_else() -> None:
    with pytest.raises(OSError, match="Invalid argument"), _writing():
        raise OSError(22, "Invalid argument")


# ---- paths ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("out\\a b\\1.png", "out/a b/1.png"), ("C:\\Users\\me\\1.png", "C:/Users/me/1.png"), ("\\\\server\\share\\1.png", "//server/share/1.png"),
        ("\\\\?\\C:\\very\\long\\1.png", "//?/C:/very/long/1.png"), ("\\\\?\\UNC\\server\\share\\1.png", "//?/UNC/server/share/1.png"), ("C:1.png", "C:1.png"), ("out/1.png", "out/1.png"),
    ],
)  # fmt: skip
def test_paths_of_windows_are_shown_with_slashes(monkeypatch: pytest.MonkeyPatch, path: str, shown: str) -> None:
    monkeypatch.setattr(os, "sep", "\\")
    assert posix(path) == shown
    assert visible(shown) == shown


@pytest.mark.parametrize("path", ["C:/Users/me/1.png", "//server/share/1.png", "out/a b.png", "NUL.png", "con/aux.png"])
def test_a_uri_in_a_report_is_never_taken_for_a_scheme_or_a_host(path: str) -> None:
    made = uri(path)
    assert not made.startswith("//")
    assert ":" not in made.split("/")[0] or made.startswith("file:")
    assert " " not in made


def test_a_catalog_keeps_drives_and_shares_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Candidates spell a path with slashes there, too; its key must be the absolute path, or `rescan` and `prune` would not find the file."""
    monkeypatch.setattr(os, "sep", "\\")
    monkeypatch.setattr(os, "path", ntpath)
    monkeypatch.setattr(os, "getcwd", lambda: "C:\\here")
    found = {path: os.fsdecode(catalog.key_of(path)) for path in ("D:/x/a.png", "a.png", "b/a.png", "//server/share/a.png", "s3://bucket/a.png")}
    assert {
        "D:/x/a.png": "D:\\x\\a.png", "a.png": "C:\\here\\a.png", "b/a.png": "C:\\here\\b\\a.png", "//server/share/a.png": "\\\\server\\share\\a.png",
        "s3://bucket/a.png": "s3://bucket/a.png",
    } == found  # fmt: skip


def test_a_file_that_is_named_in_two_cases_is_one_file_where_the_system_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.png", "A.png", "b.png"):
        Path(name).write_bytes(b"x")
    assert ["A.png", "a.png", "b.png"] == [one.path for one in discover.discover(["a.png", "A.png", "b.png"])]
    monkeypatch.setattr(os.path, "normcase", str.lower)
    assert ["a.png", "b.png"] == [one.path for one in discover.discover(["a.png", "A.png", "b.png"])]
    assert {"A.png", "b.png"} == {one.path.removeprefix("./") for one in discover.discover([".", "A.png"])}, "a folder's file that was named, too"


NFC, NFD = "Ärger/がき.png", unicodedata.normalize("NFD", "Ärger/がき.png")


def test_names_of_macos_are_found_as_they_are_typed() -> None:
    assert NFC != NFD
    for one, two in ((NFC, NFD), (NFD, NFC)):
        assert is_excluded(one, (two,)) == two
        assert is_excluded(one, (two.split("/")[0] + "/",)) is not None
        assert plain_path(one) == plain_path(two)
    assert is_excluded("other.png", (NFD,)) is None


def test_the_file_itself_is_opened_by_the_name_that_it_has(tmp_path: Path) -> None:
    (tmp_path / "Ärger").mkdir()
    (tmp_path / NFD.split("/")[1]).write_bytes(b"x")
    assert [f"{tmp_path}/{NFD.split('/')[1]}"] == [one.path for one in discover.discover([str(tmp_path)])]


@pytest.mark.parametrize("name", ["CON", "con.png", "NUL.png", "COM1.png", "LPT9.txt.png", "aux", "PRN.webp", "a.png ", "a.png.", "a:b.png", "CONIN$", "clock$.png"])
def test_a_reserved_name_is_a_file_like_any_other_here_and_a_device_is_never_read(tmp_path: Path, name: str) -> None:
    """On Windows opening one gives a device, which `FileSource` refuses by its kind, as it does the devices of this system."""
    (tmp_path / name).write_bytes(b"x")
    with FileSource(str(tmp_path / name)) as source:
        assert source.head == b"x"


def test_a_path_longer_than_windows_used_to_allow(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a" * 100] * 12)
    deep.mkdir(parents=True)
    (deep / ("b" * 200 + ".png")).write_bytes(b"x")
    (one,) = discover.discover([str(tmp_path)])
    assert len(one.path) > 1400
    with FileSource(one.path) as source:
        assert source.head == b"x"


# ---- streams -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["cp932", "cp1252", "cp437", "ascii"])
def test_no_code_page_loses_the_finding_or_ends_the_run(tmp_path: Path, encoding: str) -> None:
    """The pipe of a legacy console; the words of the prompt stand there as signs or as escapes."""
    picture = ROOT / "tests" / "hostile"
    sys.path.insert(0, str(picture))
    from wholes import RAW, png_with, text_chunk

    (tmp_path / "初音ミク.png").write_bytes(png_with(text_chunk(b"parameters", "初音ミク, 鏡音リン 🐱, ".encode() + RAW)))
    env = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "PYTHONLEGACYWINDOWSSTDIO": "1"}
    arguments = ["scan", "--isolated", "--no-catalog", "--platform", "pixiv", "--fail-on", "low", ".", "-v"]
    done = subprocess.run([sys.executable, "-m", "sdscan", *arguments], cwd=tmp_path, env=env, capture_output=True)
    shown = done.stdout.decode(encoding)
    assert (done.returncode, b"Traceback" in done.stderr) == (1, False), done.stderr
    assert "SD101" in shown
    assert "Hatsune Miku" in shown
    assert ("初音ミク" if encoding == "cp932" else "\\u521d\\u97f3\\u30df\\u30af") in shown.replace("\r", "").replace("\n", "")
