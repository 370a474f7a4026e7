"""`scripts/fuzz TARGET SECONDS`: starts the harness, again where an input ended it (a hang, too much memory), and says what was seen."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATUS = re.compile(r"^#(\d+)\s.*?cov: (\d+) ft: (\d+) corp: (\d+)", re.MULTILINE)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/fuzz", description="Fuzz one part of sdscan.")
    parser.add_argument("target", nargs="?", help="name of a target")
    parser.add_argument("seconds", nargs="?", type=int, default=60, help="how long [default: 60]")
    parser.add_argument(
        "--corpus",
        default=str(ROOT / ".fuzz"),
        metavar="DIR",
        help="what was found to reach new code stays here [default: .fuzz]",
    )
    parser.add_argument("--list", action="store_true", help="name the targets")
    options = parser.parse_args(arguments)
    if options.list or options.target is None:
        return listed()
    return fuzzed(options.target, options.seconds, Path(options.corpus).absolute() / options.target)


def listed() -> int:
    from tests.fuzz.targets import TARGETS

    for name, target in TARGETS.items():
        print(f"{name:12} {target.what}")
    return 0


def fuzzed(name: str, seconds: int, folder: Path) -> int:
    """Runs the harness until the time is up; 1 where anything broke a promise."""
    folder.mkdir(parents=True, exist_ok=True)
    ends = time.monotonic() + seconds
    executions, status, finds, stopped, slowest = 0, ("0", "0", "0"), {}, 0, 0.0
    while (left := int(ends - time.monotonic())) > 0 and stopped < 50:
        log = folder / "log.txt"
        (folder / "state.json").unlink(missing_ok=True)
        with log.open("wb") as file:
            command = [sys.executable, "-m", "tests.fuzz.harness", name, str(left), str(folder)]
            done = subprocess.run(
                command, cwd=ROOT, stdout=file, stderr=subprocess.STDOUT, env=_environment(folder), check=False
            )
        text = log.read_text(errors="replace")
        status = (STATUS.findall(text) or [("0", *status)])[-1][1:]
        state = json.loads((folder / "state.json").read_text()) if (folder / "state.json").exists() else {}
        executions += state.get("executions", 0)
        slowest = max(slowest, state.get("slowest", 0.0))
        for key, count in state.get("finds", {}).items():
            finds[key] = finds.get(key, 0) + count
        if done.returncode == 0:
            break
        stopped += 1
        print(f"{name}: ended with {done.returncode}: {_last(text)}", flush=True)
        if not state.get("executions"):
            break
    coverage, features, kept = status
    print(
        f"{name}: {executions:,} executions in {seconds:,} s, {coverage} edges and {features} features covered, {kept} inputs kept, "
        f"slowest {slowest:.2f} s, {len(finds)} finds, {stopped} stops",
        flush=True,
    )
    for key, count in sorted(finds.items()):
        print(f"  {key}: {count} times, see {folder}/finds/{key}.txt", flush=True)
    return 1 if finds or stopped else 0


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "SDSCAN_CACHE_DIR": str(folder.parent / "cache"), "PYTHONPATH": str(ROOT)}


def _last(text: str) -> str:
    told = [line for line in text.splitlines() if "ERROR" in line or "Error" in line or "SUMMARY" in line]
    return (told or text.splitlines() or [""])[-1][:300]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
