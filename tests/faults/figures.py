"""Kills, signals, full disks and closed pipes at many moments, counted: the figures of docs/promises.md. POSIX only; takes some minutes.

    python tests/faults/figures.py [WORD…]      only the faults whose name holds one of the words
"""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), *(str(ROOT / "tests" / part) for part in ("faults", "hostile", "facts/containers", "facts/models"))]

from broken import honest, pictures, records, run, start  # noqa: E402 - the path comes first

FILES, ROUNDS = 400, 25
SCAN = ("scan", "--isolated", "pictures", "-o", "jsonl")


def compared(folder: Path, found: list[tuple[str, str]], seen: Counter[str]) -> None:
    """Records that are missing, double or other than they should be."""
    expected = honest(FILES)
    seen["records expected"] += len(expected)
    seen["lost"] += len(set(expected) - set(found))
    seen["double"] += len(found) - len({name for name, _ in found})
    seen["strange"] += len(set(found) - set(expected))


def workers_killed(folder: Path, step: int, seen: Counter[str]) -> None:
    """Every tenth file kills the process that reads it, once."""
    for mark in folder.glob("*.png"):
        mark.unlink()
    done = run(*SCAN, "--no-catalog", "--jobs", "2", cwd=folder, fault=f"kill-once:{step % 10}.png")
    seen["killed"] += len(list(folder.glob("*.png")))
    compared(folder, records(done.stdout), seen)


def driver_ended(number: signal.Signals) -> Callable[[Path, int, Counter[str]], None]:
    """The command itself is ended at some moment; then the same is asked for again."""

    def ended(folder: Path, step: int, seen: Counter[str]) -> None:
        arguments = (*SCAN, "--catalog", "c.sqlite", "-o", "json:whole.json", "--jobs", str(1 + step % 2))
        (folder / "whole.json").unlink(missing_ok=True)
        for path in folder.glob("c.sqlite*"):
            path.unlink()
        with start(*arguments, cwd=folder, fault="slow:0.002") as process:
            try:
                out, told = process.communicate(timeout=0.1 + 0.05 * step)
            except subprocess.TimeoutExpired:
                process.send_signal(number)
                seen["killed"] += 1
                out, told = process.communicate()
                if b"KeyboardInterrupt" in told and b"__main__.py" not in told:
                    seen["before sdscan's first line"] += 1  # the interpreter was starting; its code is its own
                elif process.returncode == 3 and out.count(b"\n") == FILES:
                    seen["killed"] -= 1  # it had ended by itself
                else:
                    seen[f"exit codes {process.returncode}"] += process.returncode not in (130, -number)
        seen["tracebacks"] += b"bug in sdscan" in told
        stands = records(out[: out.rfind(b"\n") + 1])
        seen["half lists out of order"] += stands != honest(FILES)[: len(stands)]
        if (folder / "whole.json").exists():
            seen["half files"] += len(json.loads((folder / "whole.json").read_bytes())["files"]) != FILES
        if (folder / "c.sqlite").exists():
            with sqlite3.connect(folder / "c.sqlite") as db:
                seen["damaged catalogs"] += db.execute("PRAGMA integrity_check").fetchone() != ("ok",)
            db.close()
        compared(folder, records(run(*arguments, cwd=folder).stdout), seen)

    return ended


def disk_full(folder: Path, step: int, seen: Counter[str]) -> None:
    """No file may grow beyond some size: outputs and the catalog alike."""
    (folder / "whole.json").unlink(missing_ok=True)
    more = ("-o", "json:whole.json") if step % 2 else ()
    done = run(*SCAN, "--catalog", "full.sqlite", *more, cwd=folder, file_size=1000 + step * 9000)
    seen["killed"] += 1
    seen["tracebacks"] += b"Traceback" in done.stderr
    seen["other exit codes"] += done.returncode not in (2, 3)
    if done.returncode == 3:
        compared(folder, records(done.stdout), seen)
    seen["half files"] += (folder / "whole.json").exists() and done.returncode != 3
    for path in folder.glob("full.sqlite*"):
        path.unlink()


def reader_gone(folder: Path, step: int, seen: Counter[str]) -> None:
    """Whoever reads the output reads some lines and goes."""
    with start(*SCAN, "--no-catalog", "--jobs", str(1 + step % 2), cwd=folder, fault="slow:0.001") as process:
        assert process.stdout is not None and process.stderr is not None
        for _ in range(step * 2):
            process.stdout.readline()
        process.stdout.close()
        seen["tracebacks"] += b"Traceback" in process.stderr.read()
        seen["other exit codes"] += process.wait() != 141
    seen["killed"] += 1


FAULTS: dict[str, Callable[[Path, int, Counter[str]], None]] = {
    "worker killed while it reads a file": workers_killed,
    "command killed (SIGKILL)": driver_ended(signal.SIGKILL),
    "command interrupted (SIGINT)": driver_ended(signal.SIGINT),
    "command ended (SIGTERM)": driver_ended(signal.SIGTERM),
    "disk full": disk_full,
    "reader of the pipe gone": reader_gone,
}


def main() -> None:
    """Print a row a fault."""
    print("| fault | times | records expected | lost | double | all that is else |\n|---|---|---|---|---|---|")
    for name, fault in FAULTS.items():
        if not any(word in name for word in sys.argv[1:] or ("",)):
            continue
        seen: Counter[str] = Counter()
        with tempfile.TemporaryDirectory() as made:
            pictures(Path(made), FILES)
            for step in range(ROUNDS):
                fault(Path(made), step, seen)
        rest = {key: count for key, count in seen.items() if count and key not in ("killed", "records expected", "lost", "double")}
        print(f"| {name} | {seen['killed']:,} | {seen['records expected']:,} | {seen['lost']} | {seen['double']} | {', '.join(f'{n} {key}' for key, n in rest.items()) or 'none'} |", flush=True)


if __name__ == "__main__":
    main()
