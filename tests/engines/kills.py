"""Runs over a real engine, with things killed under them: what the tests and docs/at-scale.md count.

python -m tests.engines.kills [COUNT]      a table of all kills, each counted, for the docs
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.engines.pictures import write_pictures

HERE = Path(__file__).resolve().parent
FAULTS = HERE.parent / "faults" / "injected"
OPTIONS = ("--isolated", "--no-default-watchlist", "--jobs", "2", "--shard-size", "20", "-o", "parquet:out/")
TOKEN = "0123456789abcdef" * 4
ENGINES = {"local": (), "ray": ("--address", "local"), "dask": ("--address", "local")}
PACE = "slow:0.004"
"""How slowly files are opened, so that a kill finds the run under way."""


def environment(fault: str, folder: Path, **more: str) -> dict[str, str]:
    """For a command with a fault put into all its processes."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("RAY_", "PYTHON"))}
    own = {
        "SDSCAN_CACHE_DIR": str(folder / "cache"),
        "SDSCAN_DATA_DIR": str(folder / "data"),
        "TMPDIR": str(folder),
        "SOURCE_DATE_EPOCH": "1795305600",
        "RAY_AUTH_MODE": "token",
    }
    return {**kept, **own, "PYTHONPATH": str(FAULTS), "SDSCAN_FAULT": fault, "SDSCAN_FAULT_DIR": str(folder), **more}


def command(engine: str, *more: str) -> list[str]:
    """`sdscan scan pictures` over an engine, into parts."""
    return [
        sys.executable,
        "-m",
        "sdscan",
        "scan",
        "pictures",
        "--engine",
        engine,
        *OPTIONS,
        *(more or ENGINES[engine]),
    ]


def folder_of(count: int) -> Path:
    """A folder with pictures in it."""
    folder = Path(tempfile.mkdtemp(prefix="kill-", dir="/tmp"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "pictures").mkdir()
    write_pictures(folder / "pictures", count)
    return folder


def parts(folder: Path) -> list[Path]:
    """The parts that are there."""
    return sorted((folder / "out").glob("part-*.parquet"))


def counted(folder: Path) -> tuple[int, int]:
    """(lost, double) records, against the files that there are; what the parts hold is read without sdscan."""
    from pyarrow import parquet

    found: Counter[str] = Counter()
    for part in parts(folder):
        column = parquet.read_table(part, columns=["record"]).column(0).drop_null()
        found.update(json.loads(line)["path"] for line in column.to_pylist())
    wanted = {path.relative_to(folder).as_posix() for path in folder.joinpath("pictures").rglob("*.png")}
    assert set(found) <= wanted
    return len(wanted) - len(found), sum(found.values()) - len(found)


def below(pid: int) -> Iterator[tuple[int, str]]:
    """(pid, command line) of all processes that a process has started."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError, ValueError):
                parents[int(entry.name)] = int(entry.joinpath("stat").read_text().rpartition(")")[2].split()[1])
    for child in parents:
        above = child
        while above in parents and above != pid:
            above = parents[above]
        if above == pid and child != pid:
            with suppress(OSError):
                yield child, Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")


def is_worker(engine: str, line: str) -> bool:
    """Whether a command line is that of a process which reads pictures."""
    if engine == "ray":
        return line.startswith("ray::") and "Agent" not in line
    return "spawn_main" in line or (engine == "local" and "sdscan scan" in line)


class Run:
    """A run under way, in a process group of its own. What it says goes to a file: a pipe would stay open for as long as anything that it started lives."""

    def __init__(self, folder: Path, line: list[str], fault: str = PACE, **env: str) -> None:
        self.folder = folder
        self._told = folder / f"told-{len(list(folder.glob('told-*')))}.txt"
        with self._told.open("wb") as told:
            self.process = subprocess.Popen(
                line, cwd=folder, env=environment(fault, folder, **env), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=told, start_new_session=True,
            )  # fmt: skip

    def told(self) -> str:
        """Its standard error so far."""
        return self._told.read_text(errors="replace")

    def begun(self, at_least: int) -> None:
        """Wait until that many parts are written."""
        until = time.monotonic() + 120
        while len(parts(self.folder)) < at_least:
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"the run ended before it could be disturbed: {self.told()}")
            time.sleep(0.05)

    def ended(self) -> tuple[int, str]:
        """Exit code and standard error. Nothing that it started stays behind."""
        try:
            self.process.wait(timeout=200)
        finally:
            self.kill()
        return self.process.returncode, self.told()

    def kill(self) -> None:
        """End it, and what it started, now."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=30)


def started(folder: Path, engine: str, *more: str, fault: str = PACE, **env: str) -> Run:
    """A run under way."""
    return Run(folder, command(engine, *more), fault, **env)


def killed_worker(engine: str, count: int) -> tuple[int, int, int]:
    """Two workers are killed with -9. (code, lost, double)."""
    folder = folder_of(count)
    run = started(folder, engine)
    for already in (2, 5):
        run.begun(already)
        os.kill(next(pid for pid, line in below(run.process.pid) if is_worker(engine, line)), signal.SIGKILL)
    code, told = run.ended()
    assert "processes died and were replaced; 0 files killed" in told, told
    return code, *counted(folder)


def killed_driver(engine: str, count: int) -> tuple[int, int, int, int]:
    """The command itself is killed with -9, and given again. (code, lost, double, parts that were kept)."""
    folder = folder_of(count)
    run = started(folder, engine)
    run.begun(4)
    os.kill(run.process.pid, signal.SIGKILL)  # alone: what it started has to see for itself that nobody is left
    run.process.wait(timeout=30)
    kept = len(parts(folder))
    assert counted(folder)[0] > 0, "the run was over before it was killed"
    code, told = started(folder, engine, fault="").ended()
    run.kill()
    said = int(told.split(" kept from")[0].split()[-1])
    assert said >= kept, told
    return code, *counted(folder), said


def poisoned(engine: str, count: int) -> tuple[int, int, int, list[str]]:
    """One file kills every process that reads it. (code, lost, double, reasons of that file)."""
    folder = folder_of(count)
    code, told = started(folder, engine, fault="kill:00025.png").ended()
    assert "; 1 files killed every one that read them" in told, told
    from pyarrow import parquet

    rows = [
        row
        for part in parts(folder)
        for row in parquet.read_table(part, columns=["path", "outcome", "reason"]).to_pylist()
    ]
    return (
        code,
        *counted(folder),
        [f"{row['outcome']}: {row['reason']}" for row in rows if row["path"].endswith("00025.png")],
    )


CLUSTER = """
import sys, time
from pathlib import Path
from ray._private.node import Node
Node.start_api_server = lambda *_, **__: None  # it would ask the cloud where it runs
from ray.cluster_utils import Cluster
folder = Path(sys.argv[1])
cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "object_store_memory": 100 << 20, "include_dashboard": False})
node = cluster.add_node(num_cpus=1, object_store_memory=100 << 20)
raylet = node.all_processes["raylet"][0].process.pid
(folder / "starting").write_text(f"{cluster.address} {raylet}")
(folder / "starting").rename(folder / "started")
time.sleep(600)
"""


@contextmanager
def two_nodes(folder: Path) -> Iterator[tuple[str, dict[str, str], Callable[[], None]]]:
    """A Ray cluster of two nodes on loopback: (address, what joins it needs in its environment, what kills the second node)."""
    own = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_AUTH_TOKEN": TOKEN, "RAY_USAGE_STATS_ENABLED": "0"}
    cluster = Run(
        folder, [sys.executable, "-c", CLUSTER, str(folder)], "slow:0.05", **own
    )  # its workers live by its environment

    def remove() -> None:
        until = time.monotonic() + 60
        while not any(line.startswith("ray::run") for _, line in below(raylet)):  # while it is at work
            assert time.monotonic() < until, "the second node got no work"
        for pid in (raylet, *(pid for pid, _ in below(raylet))):  # all at once, as when a machine goes
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    try:
        until = time.monotonic() + 120
        while not (folder / "started").exists():
            assert cluster.process.poll() is None and time.monotonic() < until, cluster.told()
            time.sleep(0.05)
        address, number = (folder / "started").read_text().split()
        raylet = int(number)
        yield address, own, remove
    finally:
        cluster.kill()


def killed_node(count: int) -> tuple[int, int, int]:
    """One of two nodes of a Ray cluster is killed. (code, lost, double)."""
    folder = folder_of(count)
    with two_nodes(folder) as (address, own, remove):
        run = started(folder, "ray", "--address", address, **own)
        run.begun(3)
        remove()
        assert len(parts(folder)) < count // 20, "the run was over before the node was killed"
        code, told = run.ended()
        assert "processes died and were replaced; 0 files killed" in told, told
    return code, *counted(folder)


def main(count: int) -> None:
    """Count every kill."""
    print("| killed | local | ray | dask |\n|---|---|---|---|")
    for title, kill in (
        ("two workers", killed_worker),
        ("the command, given again", killed_driver),
        ("poison file", poisoned),
    ):
        cells = [kill(engine, count) for engine in ENGINES]
        print(
            f"| {title} | " + " | ".join(f"lost {cell[1]}, double {cell[2]} of {count:,}" for cell in cells) + " |",
            flush=True,
        )
    _, lost, double = killed_node(count)
    print(f"| one of two nodes | | lost {lost}, double {double} of {count:,} | |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 600)
