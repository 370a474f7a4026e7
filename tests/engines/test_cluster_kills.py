"""Ray, Dask and this machine's processes with workers, nodes and the command itself killed: records are counted, none is lost and none is double.

.ci/run installs the engines and sets SDSCAN_ALL_ENGINES, under which nothing here is skipped.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.engines import kills

PACKAGES = {"local": "pyarrow", "ray": "ray", "dask": "distributed"}
EXIT = 3
"""Some of the pictures are damaged, so the scan is incomplete."""
COUNT = 400
pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc"),
    pytest.mark.xdist_group("engines"),
]


@pytest.fixture(params=list(PACKAGES))
def engine(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    needed(name)
    return name


def needed(name: str) -> None:
    if importlib.util.find_spec(PACKAGES[name]) is None and not os.environ.get("SDSCAN_ALL_ENGINES"):
        pytest.skip(f"{PACKAGES[name]} is not installed: pip install 'sdscan[{name}]'")


def test_killed_workers_lose_no_record_and_double_none(engine: str) -> None:
    assert (EXIT, 0, 0) == kills.killed_worker(engine, COUNT)


def test_a_killed_command_is_taken_up_again_and_loses_no_record_and_doubles_none(engine: str) -> None:
    code, lost, double, kept = kills.killed_driver(engine, COUNT)
    assert (EXIT, 0, 0) == (code, lost, double)
    assert kept >= 4


def test_a_poison_file_is_reported_and_all_others_are_judged(engine: str) -> None:
    code, lost, double, told = kills.poisoned(engine, COUNT)
    assert (EXIT, 0, 0) == (code, lost, double)
    assert ["unreadable: the process that read it died; it may need more memory than there is"] == told


def test_a_killed_node_loses_no_record_and_doubles_none() -> None:
    needed("ray")
    assert (EXIT, 0, 0) == kills.killed_node(COUNT)


# ---- the same bytes, and nobody else is called -----------------------------------------------------------------


def test_a_loop_processes_ray_and_dask_give_the_same_bytes() -> None:
    folder = kills.folder_of(300)
    options = ("scan", "pictures", "--isolated", "--no-catalog", "--shard-size", "40", "-o")
    runs: dict[str, tuple[str, ...]] = {
        "loop": ("--jobs", "1"),
        "processes": ("--jobs", "2"),
        "parts": ("--jobs", "2", "-o", "parquet:parts/"),
    }
    for engine in ("ray", "dask"):
        if importlib.util.find_spec(PACKAGES[engine]) is not None or os.environ.get("SDSCAN_ALL_ENGINES"):
            runs[engine] = ("--engine", engine, "--address", "local", "--jobs", "2")
    said = {
        name: kills.Run(folder, [sys.executable, "-m", "sdscan", *options, f"jsonl:{name}.jsonl", *more], "").ended()[1]
        for name, more in runs.items()
    }
    told = (folder / "loop.jsonl").read_bytes()
    assert 300 == told.count(b"\n")
    assert {} == {name: text for name, text in said.items() if (folder / f"{name}.jsonl").read_bytes() != told}


ADDRESS = re.compile(r'sin6?_addr=inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"')


def test_a_fresh_ray_speaks_to_loopback_alone_has_a_token_and_no_dashboard_and_sends_no_statistics(
    tmp_path: Path,
) -> None:
    needed("ray")
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    folder = kills.folder_of(60)
    trace = tmp_path / "trace"
    watched = ["strace", "-f", "-qq", "-s", "256", "-e", "trace=connect,bind,sendto,execve", "-o", str(trace)]
    code, told = kills.Run(folder, ["env", "-u", "RAY_AUTH_MODE", *watched, *kills.command("ray")], "").ended()
    assert 3 == code, told
    lines = trace.read_text(errors="replace").splitlines()
    asked = {
        "".join(found)
        for line in lines
        if "connect(" in line or "bind(" in line or "sendto(" in line
        for found in ADDRESS.findall(line)
    }
    foreign = {one for one in asked if not one.startswith(("127.", "::ffff:127.")) and one != "::1"}
    assert "127.0.0.1" in {one.removeprefix("::ffff:") for one in asked}
    assert foreign <= {"0.0.0.0", "::"}, foreign
    connected = [line for line in lines if "connect(" in line and ('"0.0.0.0"' in line or '"::"' in line)]
    assert [] == connected
    started = [line for line in lines if "execve(" in line and "ENOENT" not in line]
    assert [line for line in started if "raylet" in line]
    assert [] == [line for line in started if "dashboard/dashboard.py" in line]
    assert [] == list(folder.glob("sdscan-*"))  # nothing is left of it
