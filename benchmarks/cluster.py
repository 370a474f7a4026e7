"""Runs in shards over the engines: the same pictures into parts by this machine's processes, by Ray and by Dask, two workers each.

From the start of the command to its end, so what an engine needs to start and to stop is in its figure.
"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path

from benchmarks.corpus import write_links
from benchmarks.records import Budget, Ground, Measure, Missing
from benchmarks.running import seconds

TIMES = 10
"""Keys are so many times the pictures of the corpus."""
PACKAGES = {"local": "pyarrow", "ray": "ray", "dask": "distributed"}


def into_parts(engine: str) -> Callable[[Ground], float]:
    """Files a second over an engine, from nothing to the last part."""

    def take(ground: Ground) -> float:
        if importlib.util.find_spec(PACKAGES[engine]) is None:
            raise Missing(f"{PACKAGES[engine]} is not installed: pip install 'sdscan[{engine}]'")
        keys = ground.files * TIMES
        parts = ground.scratch / f"parts-{engine}"
        shutil.rmtree(parts, ignore_errors=True)
        address = () if engine == "local" else ("--address", "local")
        asked = ("--isolated", "--jobs", "2", "-q", "--watchlist", str(ground.names), "-o", f"parquet:{parts}/")
        taken = seconds(
            ground, ground.sdscan, "scan", str(_gallery(ground, keys)), "--engine", engine, *address, *asked
        )
        shutil.rmtree(parts)
        return keys / taken

    return take


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
    Measure("parts-ray", "the same over Ray, two workers, its start and end included", "files/s", into_parts("ray"), group="cluster"),
    Measure("parts-dask", "the same over Dask, two workers, its start and end included", "files/s", into_parts("dask"), group="cluster", once=True),
    Measure("parts-again", "the same command again: every part is there", "files/s", resumed, group="cluster", once=True),
)  # fmt: skip
BUDGETS = (
    Budget("Ray on two local workers ÷ local engine", "parts-ray", 0.7, 0.85, "parts-local"),
)  # fmt: skip
