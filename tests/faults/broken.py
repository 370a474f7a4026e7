"""The installed command with a fault put into it or around it."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from wholes import WHOLE

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SDSCAN = [sys.executable, "-m", "sdscan"]


def environment(fault: str = "", folder: Path | None = None, **more: str) -> dict[str, str]:
    """The environment that puts a fault into a started command."""
    env = {**os.environ, **more, "PYTHONPATH": os.pathsep.join(filter(None, (str(HERE / "injected"), os.environ.get("PYTHONPATH", ""))))}
    if fault:
        env["SDSCAN_FAULT"] = fault
        env["SDSCAN_FAULT_DIR"] = str(folder or HERE)
    return env


def run(
    *arguments: str, cwd: Path = ROOT, fault: str = "", file_size: int | None = None, limit: Callable[[], None] | None = None, **env: str
) -> subprocess.CompletedProcess[bytes]:
    """Run sdscan to its end. `file_size`: the largest file that it may write (a full disk, as far as a process can tell)."""

    def limited() -> None:
        if file_size is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))
        if limit is not None:
            limit()

    return subprocess.run(
        [*SDSCAN, *arguments], cwd=cwd, env=environment(fault, cwd, **env), capture_output=True, timeout=120, preexec_fn=limited
    )


def start(*arguments: str, cwd: Path, fault: str = "", **env: str) -> subprocess.Popen[bytes]:
    """Start sdscan; the test ends it."""
    return subprocess.Popen(
        [*SDSCAN, *arguments], cwd=cwd, env=environment(fault, cwd, **env), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def pictures(folder: Path, count: int) -> Path:
    """A folder of pictures, every tenth of which is cut."""
    made = folder / "pictures"
    made.mkdir()
    data = WHOLE["text.png"]
    for number in range(count):
        (made / f"{number:05}.png").write_bytes(data[:150] if number % 10 == 9 else data)
    return made


def records(output: bytes) -> list[tuple[str, str]]:
    """(name, outcome) of each JSON line."""
    rows = [json.loads(line) for line in output.splitlines()]
    return [(os.path.basename(row["path"]), row["outcome"]) for row in rows]


def honest(count: int) -> list[tuple[str, str]]:
    """What `pictures` comes to."""
    return [(f"{number:05}.png", "unreadable" if number % 10 == 9 else "scanned") for number in range(count)]
