"""Object stores: what sdscan makes of a core, beside the client library that only reads. The bucket is on loopback, in a process of its own.

What counts is the processor time of the client, so that a machine that is busy, or serves the bucket from the same cores, changes little.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measures import first_days
from benchmarks.records import Budget, Ground, Measure, Missing
from benchmarks.running import Failed

MOST = 20_000
"""Objects at most."""
ONE, TWO = 60_000, 1_500_000
"""Bytes of pixels of each: so that one range of 64 KiB is nearly full and all of it; so that its end needs another."""


def obstore_alone(longer: int) -> Callable[[Ground], float]:
    return lambda ground: _rate(
        ground, longer, sys.executable, str(Path(__file__).with_name("objects_loop.py")), "{url}"
    )


def scanned(longer: int) -> Callable[[Ground], float]:
    def take(ground: Ground) -> float:
        command = (
            ground.sdscan,
            "scan",
            "s3://bench",
            "--endpoint",
            "{url}",
            "--isolated",
            "--no-catalog",
            "--jobs",
            "1",
            "-q",
        )
        return _rate(ground, longer, *command, "-o", f"jsonl:{os.devnull}", "--watchlist", str(ground.names))

    return take


def _rate(ground: Ground, longer: int, *command: str) -> float:
    """Objects a second of the client's processor time, from its start to its end."""
    if importlib.util.find_spec("obstore") is None:
        raise Missing("the extra sdscan[cloud] is not installed")
    folder, count = first_days(ground, MOST)
    with _serving(folder, longer) as url:
        return count / _processor_time(ground, [part.format(url=url) for part in command])


@contextmanager
def _serving(folder: str, longer: int) -> Iterator[str]:
    command = [sys.executable, str(Path(__file__).with_name("objects_server.py")), folder, str(longer)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        server.kill()


def _processor_time(ground: Ground, command: Sequence[str]) -> float:
    keys = {
        "AWS_ACCESS_KEY_ID": "dummy",
        "AWS_SECRET_ACCESS_KEY": "dummy",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    clean = {name: value for name, value in ground.environment().items() if not name.startswith("AWS_")}
    process = subprocess.Popen(
        command, env={**clean, **keys}, cwd=ground.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.stderr is not None
    with process.stderr as said:
        if process.returncode not in (0, 1):
            raise Failed(
                f"{' '.join(command)}: exit {process.returncode}: {said.read()[-500:].decode(errors='replace')}"
            )
    return used.ru_utime + used.ru_stime


MEASURES = (
    Measure("obstore", "obstore alone, a pool of 32 threads: listing, and the first 64 KiB of each", "files/s a core", obstore_alone(ONE), group="objects"),
    Measure("objects", "`sdscan scan s3://…`, one job, judged", "files/s a core", scanned(ONE), group="objects"),
    Measure("obstore-2", "obstore alone, pictures of 1.5 MB: first and last 64 KiB of each", "files/s a core", obstore_alone(TWO), group="objects"),
    Measure("objects-2", "`sdscan scan s3://…` of these", "files/s a core", scanned(TWO), group="objects"),
)  # fmt: skip
BUDGETS = (
    Budget("object store, files/s a core ÷ obstore alone", "objects", 0.6, 0.8, over="obstore"),
    Budget("object store, two ranges a file ÷ obstore alone", "objects-2", 0.6, 0.8, over="obstore-2"),
)
