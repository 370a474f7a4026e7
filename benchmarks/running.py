"""Runs processes and takes their time and memory. Enters a command, leaves seconds or megabytes."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from benchmarks.records import Ground

ENDS = (0, 1, 3)
"""Exit codes of sdscan that are results: nothing found, findings, incomplete."""
_POLL = 0.02


class Failed(Exception):
    """A command of the benchmark ended with an error: the benchmark is broken, not slow."""


def seconds(ground: Ground, *command: str, times: int = 1, **environment: str) -> float:
    """Wall time of a command from its start to its end, the best of `times`."""
    return min(seconds_together(ground, [command], **environment) for _ in range(times))


def seconds_together(ground: Ground, commands: Iterable[Sequence[str]], **environment: str) -> float:
    """Wall time of commands that start at once, until the last has ended. What was written before is on the disk first, so that none pays for another."""
    if hasattr(os, "sync"):  # not on Windows
        os.sync()
    start = time.perf_counter()
    running = [
        subprocess.Popen(
            command,
            env=ground.environment(**environment),
            cwd=ground.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
        )
        for command in commands
    ]
    errors = [process.communicate()[1] for process in running]
    taken = time.perf_counter() - start
    for process, error in zip(running, errors, strict=True):
        if process.returncode not in ENDS:
            raise Failed(f"{process.args!r}: exit {process.returncode}: {error[-500:].decode(errors='replace')}")
    return taken


def told(ground: Ground, python: Path, script: str, *arguments: str) -> float:
    """The figure that a script of this folder prints."""
    path = Path(__file__).with_name(script)
    done = subprocess.run(
        [str(python), str(path), *arguments],
        env=ground.environment(PYTHONPATH=str(path.parent.parent)) if python == ground.python else ground.environment(),
        cwd=ground.folder,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise Failed(f"{script} {' '.join(arguments)}: {done.stderr[-500:]}")
    return float(done.stdout)


def megabytes(ground: Ground, *command: str) -> float:
    """The most resident memory of a command with all its processes: the sum of their peaks, shared pages counted in each."""
    process = subprocess.Popen(
        command, env=ground.environment(), cwd=ground.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peaks: dict[int, int] = {}
    while process.poll() is None:
        for number in _family(process.pid):
            peaks[number] = max(peaks.get(number, 0), _peak(number))
        time.sleep(_POLL)
    if process.returncode not in ENDS:
        raise Failed(f"{' '.join(command)}: exit {process.returncode}")
    return sum(peaks.values()) / 1000


def _family(number: int) -> Iterator[int]:
    """A process and its descendants."""
    yield number
    with suppress(OSError):
        for child in Path(f"/proc/{number}/task/{number}/children").read_text().split():
            yield from _family(int(child))


def _peak(number: int) -> int:
    """Most resident memory of a process so far, in kB (Linux: VmHWM of /proc)."""
    with suppress(OSError):
        for line in Path(f"/proc/{number}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0


def recall(folder: Path) -> None:
    """Read the files of a folder, so that the next read is from the system's memory: some machines let go of files although they have room."""
    for place, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(place, name), "rb") as file:
                file.read()


def forget(folder: Path) -> None:
    """Take the files of a folder out of the system's memory, so that the next read is from the disk. Needs no rights."""
    os.sync()
    for path in folder.rglob("*.png"):
        handle = os.open(path, os.O_RDONLY)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)
