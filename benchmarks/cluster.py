"""Runs in shards over the engines: the same pictures into parts by this machine's processes, by Ray and by Dask, two workers each.

From the start of the command to its end: what it takes to join an engine is in its figure, and where it is started for the run that, too.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from benchmarks.corpus import write_links
from benchmarks.records import Budget, Ground, Measure, Missing
from benchmarks.running import seconds

TIMES = 10
"""Keys are so many times the pictures of the corpus."""
PACKAGES = {"local": "pyarrow", "ray": "ray", "dask": "distributed"}


CLUSTER = """
import sys
from ray._private.node import Node
Node.start_api_server = lambda *_, **__: None  # it would ask the cloud where it runs
import ray
print(ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False).address_info["gcs_address"], flush=True)
sys.stdin.read()
ray.shutdown()
"""
LOOPBACK = {
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "0123456789abcdef" * 4,
    "RAY_USAGE_STATS_ENABLED": "0",
}  # fmt: skip
"""A Ray on loopback alone."""


def over_running_ray(ground: Ground) -> float:
    """Files a second over a Ray that runs already, as a cluster does."""
    if importlib.util.find_spec("ray") is None:
        raise Missing("ray is not installed: pip install 'sdscan[ray]'")
    env = ground.environment(**LOOPBACK)
    with subprocess.Popen(
        [str(ground.python), "-c", CLUSTER], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as cluster:  # fmt: skip
        assert cluster.stdin is not None and cluster.stdout is not None
        try:
            return _into_parts(ground, "ray", "--address", cluster.stdout.readline().strip(), **LOOPBACK)
        finally:
            cluster.stdin.close()


def into_parts(engine: str) -> Callable[[Ground], float]:
    """Files a second over an engine, from nothing to the last part."""

    def take(ground: Ground) -> float:
        if importlib.util.find_spec(PACKAGES[engine]) is None:
            raise Missing(f"{PACKAGES[engine]} is not installed: pip install 'sdscan[{engine}]'")
        return _into_parts(ground, engine, *(() if engine == "local" else ("--address", "local")))

    return take


def _into_parts(ground: Ground, engine: str, *address: str, **environment: str) -> float:
    keys = ground.files * TIMES
    parts = ground.scratch / f"parts-{engine}"
    shutil.rmtree(parts, ignore_errors=True)
    asked = ("--isolated", "--jobs", "2", "-q", "--watchlist", str(ground.names), "-o", f"parquet:{parts}/")
    command = (ground.sdscan, "scan", str(_gallery(ground, keys)), "--engine", engine, *address, *asked)
    taken = seconds(ground, *command, times=1, **environment)
    shutil.rmtree(parts)
    return keys / taken


def resumed(ground: Ground) -> float:
    """Files a second of the same command again, with all parts there."""
    if importlib.util.find_spec("pyarrow") is None:
        raise Missing("pyarrow is not installed: pip install 'sdscan[parquet]'")
    keys = ground.files * TIMES
    parts = ground.scratch / "parts-again"
    asked = ("--isolated", "--jobs", "2", "-q", "--watchlist", str(ground.names), "-o", f"parquet:{parts}/")
    command = (ground.sdscan, "scan", str(_gallery(ground, keys)), *asked)
    seconds(ground, *command)
    taken = seconds(ground, *command)
    shutil.rmtree(parts)
    return keys / taken


def _gallery(ground: Ground, keys: int) -> Path:
    folder = ground.folder / f"links-{keys}"
    folder.mkdir(exist_ok=True)
    write_links(folder, ground.corpus, keys)
    return folder


MEASURES = (
    Measure("parts-local", "`-o parquet:FOLDER/`, two processes of this machine", "files/s", into_parts("local"), group="cluster"),
    Measure("parts-ray", "the same over a Ray that runs here, two workers", "files/s", over_running_ray, group="cluster"),
    Measure("parts-ray-fresh", "the same over Ray, two workers, its start and end included", "files/s", into_parts("ray"), group="cluster", once=True),
    Measure("parts-dask", "the same over Dask, two workers, its start and end included", "files/s", into_parts("dask"), group="cluster", once=True),
    Measure("parts-again", "the same command again: every part is there", "files/s", resumed, group="cluster", once=True),
)  # fmt: skip
BUDGETS = (
    Budget("Ray on two local workers ÷ local engine", "parts-ray", 0.7, 0.85, "parts-local"),
)  # fmt: skip
