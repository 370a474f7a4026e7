"""Every command of the program, told from the click tree so that a new one cannot be forgotten, with arguments that make it work."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from making_models import kohya, safetensors
from wholes import WHOLE

from sdscan.cli import sdscan
from tests.small_watchlist import HEAD, PACK

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SDSCAN = [sys.executable, "-m", "sdscan"]
LIST = "# kind: artist\nname\nHatsune Miku\nSome Painter\n"

RUNS: dict[str, list[str]] = {
    "scan": [
        "scan pictures --models models --platform pixiv -o text -o html:page.html -o sarif:out.sarif -o jsonl:out.jsonl -o json:result.json",
        "scan pictures --jobs 2 --no-catalog", "scan pictures --thorough --redact", "scan pictures --watchlist list.csv", "scan --hook pictures/text.png",
        "scan nowhere", "scan pictures -o docx",
    ],
    "inspect": ["inspect pictures models", "inspect pictures --raw", "inspect pictures -o json --thorough"],
    "models": ["models models", "models models --format json --hash --verify", "models show models/lora.safetensors", "models models --duplicates"],
    "watchlist list": ["watchlist list"],
    "watchlist show": ["watchlist show hatsune_miku"],
    "watchlist search": ["watchlist search miku"],
    "watchlist test": ["watchlist test hatsune"],
    "policy list": ["policy list", "policy list --works"],
    "policy show": ["policy show pixiv"],
    "policy diff": ["policy diff pixiv booth"],
    "policy check": ["policy check policy.toml"],
    "explain": ["explain SD101", "explain --all --format markdown"],
    "report": ["report result.json -o html:again.html", "report result.json -o markdown"],
    "watch": ["watch pictures --existing"],
    "review": ["review pictures"],
    "rescan": ["rescan", "rescan --report -o json:rescan.json"],
    "sort": ["sort pictures --to sorted", "sort --undo sorted"],
    "label": ["label pictures --to labelled --platform pixiv"],
    "baseline write": ["baseline write pictures --file base.json"],
    "baseline check": ["baseline check pictures --file base.json"],
    "baseline prune": ["baseline prune pictures --file base.json"],
    "allow": ["allow pictures/text.png SD101 --reason mine --expires 2027-03-02 --print"],
    "init": ["init --print", "init --pre-commit --print"],
    "watchlist check": ["watchlist check own.toml", "watchlist check", "watchlist check nowhere.toml"],
    "watchlist import": ["watchlist import list.csv", "watchlist import --discover models"],
    "watchlist add": ["watchlist add Somebody --kind artist"],
    "catalog info": ["catalog info"],
    "catalog prune": ["catalog prune"],
    "catalog clear": ["catalog clear"],
}  # fmt: skip
"""command → runs of it, in an order in which each finds what it needs. Words are parted by single spaces."""
ENDLESS = frozenset({"watch", "review"})
"""Commands that run until they are interrupted."""


def tree(group: click.Group = sdscan, path: tuple[str, ...] = ()) -> Iterator[str]:
    """The name of every command that does something, as typed."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from tree(command, (*path, name))
        else:
            yield " ".join((*path, name))


def home(folder: Path) -> Path:
    """A folder with pictures, models, lists: what `RUNS` speaks of."""
    for name in ("pictures", "models"):
        (folder / name).mkdir()
    for name, data in WHOLE.items():
        (folder / ("models" if name.endswith(("safetensors", "pt")) else "pictures") / name).write_bytes(data)
    (folder / "models" / "other.safetensors").write_bytes(safetensors(kohya("other", {"5_thing": {"some secret tag": 9}})))
    (folder / "list.csv").write_text(LIST)
    (folder / "own.toml").write_text(HEAD + PACK)
    (folder / "sdscan.toml").write_text('[scan]\ndefault-watchlist = false\nwatchlists = ["own.toml"]\n')  # compiled in no time
    (folder / "policy.toml").write_text('[pack]\nid = "mine"\ntitle = "Mine"\ndescription = "Nothing."\nversion = "1"\nchecked = 2026-11-22\nreview_after = 2027-11-22\n')
    return folder


def environment(folder: Path, **more: str) -> dict[str, str]:
    """A command's environment: nothing of the user's, everything in one folder, watched."""
    paths = (str(HERE / "watched"), os.environ.get("PYTHONPATH", ""))
    return {
        **os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "SDSCAN_WATCHED": str(folder / "attempts"), "SDSCAN_CACHE_DIR": str(folder / "cache"),
        "SDSCAN_DATA_DIR": str(folder / "data"), "HOME": str(folder), **more,
    }  # fmt: skip


def run(folder: Path, line: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    """Run one line of `RUNS` to its end."""
    return subprocess.run([*SDSCAN, *line.split(" ")], cwd=folder, env=environment(folder, **more), capture_output=True, timeout=120, stdin=subprocess.DEVNULL)


def run_all(folder: Path, lines: list[str]) -> dict[str, int]:
    """Run lines one after another in a single process, which spares their starts; the exit code of each."""
    code = "import json, sys; from sdscan.__main__ import run\nfor line in json.loads(sys.argv[1]):\n sys.stderr.write(f'{run(line.split(chr(32)))} {line}\\n')"
    done = subprocess.run([sys.executable, "-c", code, json.dumps(lines)], cwd=folder, env=environment(folder), capture_output=True, timeout=300, stdin=subprocess.DEVNULL)
    told = done.stderr.decode().splitlines()
    assert done.returncode == 0, told[-20:]
    return {line: int(text.split(" ", 1)[0]) for line in lines for text in told if text[:1].isdigit() and text.split(" ", 1)[-1] == line}
