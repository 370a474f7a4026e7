"""How often names are found and how often wrongly: the scorer of ../shared/eval, where that folder is. Its table for docs/matching.md."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from msgspec import Struct

from benchmarks.records import Ground, Missing

EVAL = Path(__file__).resolve().parent.parent.parent / "shared" / "eval"
"""Real rows for measuring only; nothing of them is in the project."""


class Share(Struct, frozen=True):
    """One row of the table."""

    title: str
    path: tuple[str, ...]
    """Where the scorer's result has it."""
    asked: str
    """Built-in / with the tag list."""


SHARES = (
    Share("character LoRAs found, with sidecar", ("lora sidecar", "character", "character"), "75 / 91 %"),
    Share("character LoRAs found, bare file name", ("lora bare", "character", "character"), "40 / 58 %"),
    Share("neutral LoRAs flagged", ("lora sidecar", "character", "neutral"), "1 / 2 %"),
    Share("prompts of character LoRAs found", ("prompts", "character", "character"), "45 / 63 %"),
    Share("the same, model files at hand", ("prompts+models", "character", "character"), "55 / 70 %"),
    Share("neutral prompts flagged", ("prompts", "character", "neutral"), "1.5 / 3 %"),
    Share("style LoRAs of known artists found", ("lora sidecar", "gold artists"), "93 / 95 %"),
    Share("their artist named right", ("entity sidecar", "artist right"), "50 / 75 %"),
    Share("right character when one is named", ("entity sidecar", "right of named"), "97 / 99 %"),
    Share("flags from negative prompts above information", ("negative", "planted"), "0"),
)


def score_table(ground: Ground) -> str:
    """Run the scorer with both watchlists. Raises Missing where its rows are not there."""
    if not (EVAL / "score.py").exists():
        raise Missing("the rows of ../shared/eval are not here")
    result = ground.folder / "score.json"
    command = (sys.executable, str(EVAL / "score.py"), "--sdscan", ground.sdscan, "--json", str(result))
    subprocess.run(command, env=ground.environment(), check=True, stdout=subprocess.DEVNULL)
    return table(json.loads(result.read_text(encoding="utf-8"))["configs"])


def table(configs: dict[str, object]) -> str:
    """The scorer's result as a table."""
    rows = ["| share | built-in | + danbooru list | asked |", "|---|---|---|---|"]
    for share in SHARES:
        found = " | ".join(_cell(configs[name], share.path) for name in ("builtin", "danbooru"))
        rows.append(f"| {share.title} | {found} | {share.asked} |")
    return "\n".join(rows)


def _cell(config: object, path: tuple[str, ...]) -> str:
    node = config
    for name in path:
        assert isinstance(node, dict)
        if name == "artist right":  # of all, not of those that were named
            hit, of = node["artist right of named"]["hit"], node["artist named"]["n"]
            return f"{hit / of:.1%}".replace("%", " %")
        node = node[name]
    assert isinstance(node, dict)
    return "0" if not node["hit"] else f"{node['rate']:.1%}".replace("%", " %")
