"""Measures sdscan beside its peers in one interleaved run, on this machine, and says which budgets are held. Run it by `scripts/bench`.

scripts/bench                       20,000 pictures, three rounds
scripts/bench --only scan,start     some tables
scripts/bench --large               also 1,000,000 files: memory, growth
scripts/bench --write               put the tables into docs/speed.md and docs/matching.md
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

from benchmarks import corpus, scoring, tables
from benchmarks.budgets import BUDGETS
from benchmarks.measures import MEASURES, hook_command, made, one_picture
from benchmarks.records import Budget, Figures, Ground, Measure, Missing
from benchmarks.running import seconds

ROOT = Path(__file__).resolve().parent.parent
PEERS = ("sd-parsers", "pillow")
EXTRA = ("objects", "cluster")
"""Modules of this package with MEASURES and BUDGETS of their own, where they are."""


def main(argv: Sequence[str] | None = None) -> int:
    """Set up, measure, print, write; exit 1 where a budget is missed."""
    asked = _options(argv)
    measures, budgets = everything()
    wanted = [one for one in measures if one.group in asked.only and (asked.large or not one.large)]
    ground = prepared(asked.folder, asked.files, asked.repeats, peers=not asked.no_peers)
    print(about(ground, asked.large), file=sys.stderr)
    figures = taken(wanted, ground)
    chosen = [budget for budget in budgets if any(budget.of == one.id for one in wanted)]
    blocks = {"about": about(ground, asked.large), "budgets": tables.budget_table(chosen, figures)}
    groups = [group for group in asked.only if any(one.group == group for one in wanted)]
    blocks |= {group: tables.measure_table(wanted, figures, group) for group in groups}
    print("\n\n".join(blocks.values()))
    if asked.json:
        asked.json.write_text(json.dumps({"samples": figures.samples, "missing": figures.missing}, indent=1))
    score = _score(ground) if asked.score else None
    if asked.write:
        tables.write(ROOT / "docs" / "speed.md", blocks)
        if score is not None:
            tables.write(ROOT / "docs" / "matching.md", {"score": score})
    missed = [one for one in chosen if (values := figures.ratios(one)) and "missed" in tables.verdict(one, values)]
    return 1 if missed else 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--files", type=int, default=20_000, help="pictures of the corpus (default: 20,000)")
    parser.add_argument("--repeats", type=int, default=3, help="rounds (default: 3)")
    parser.add_argument(
        "--only",
        type=lambda text: text.split(","),
        default=list(tables.GROUPS),
        help=f"some of {','.join(tables.GROUPS)}",
    )
    parser.add_argument("--large", action="store_true", help="also what needs 1,000,000 files: half an hour more")
    parser.add_argument("--no-peers", action="store_true", help="do not set up sd-parsers and Pillow")
    parser.add_argument("--score", action="store_true", help="also run the scorer of ../shared/eval")
    parser.add_argument(
        "--write", action="store_true", help="write the tables of docs/speed.md (with --score: docs/matching.md)"
    )
    parser.add_argument("--json", type=Path, help="write every figure")
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "sdscan-bench", help="where everything is made"
    )
    asked = parser.parse_args(argv)
    unknown = set(asked.only) - set(tables.GROUPS)
    if unknown:
        parser.error(f"--only takes {', '.join(tables.GROUPS)}")
    return asked


def everything() -> tuple[tuple[Measure, ...], tuple[Budget, ...]]:
    """The measures and budgets of this package, with those of its extra modules."""
    measures, budgets = MEASURES, BUDGETS
    for name in EXTRA:
        if Path(__file__).with_name(f"{name}.py").exists():
            module = __import__(f"benchmarks.{name}", fromlist=["MEASURES", "BUDGETS"])
            measures, budgets = measures + module.MEASURES, budgets + module.BUDGETS
    return measures, budgets


# ---- setting up ----------------------------------------------------------------------------------------------------


def prepared(folder: Path, files: int, repeats: int, *, peers: bool) -> Ground:
    """The ground of a run: corpus, names, the peers' environment. What is there already is used again."""
    folder.mkdir(parents=True, exist_ok=True)
    names = scoring.EVAL / "danbooru.csv"
    if not names.exists():
        names = folder / "names.csv"
        if not names.exists():
            corpus.names(names)
    ground = Ground(folder, files, Path(), names, Path(sys.executable), _peers(folder) if peers else None, repeats)
    ground.corpus = made(ground, files)
    seconds(
        ground, *hook_command(ground, one_picture(ground, 0))
    )  # compiles the names and what is kept of the policies
    return ground


def _peers(folder: Path) -> Path | None:
    """An interpreter with the peers, in an environment that is not ours."""
    python = folder / "peers" / "bin" / "python"
    stamp = folder / "peers" / ".ready"
    if stamp.exists():
        return python
    print("setting up the peers (once) …", file=sys.stderr)
    venv.create(folder / "peers", with_pip=True, clear=True)
    done = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PEERS], stdout=sys.stderr
    )
    if done.returncode:
        return None
    stamp.touch()
    return python


# ---- measuring -----------------------------------------------------------------------------------------------------


def taken(measures: Sequence[Measure], ground: Ground) -> Figures:
    """All rounds: in each, every measure once, so that a ratio compares what ran side by side."""
    figures = Figures()
    for turn in range(ground.repeats):
        shutil.rmtree(ground.scratch, ignore_errors=True)
        ground.scratch.mkdir()
        for measure in measures:
            if measure.id in figures.missing or (turn and measure.once):
                continue
            try:
                value = measure.take(ground)
            except Missing as why:
                figures.missing[measure.id] = str(why)
                continue
            figures.samples.setdefault(measure.id, []).append(value)
            print(f"  {turn + 1}  {measure.id:20} {tables.number(value):>10} {measure.unit}", file=sys.stderr)
    shutil.rmtree(ground.scratch, ignore_errors=True)
    return figures


def about(ground: Ground, large: bool) -> str:
    """When, where, with what, and by which command."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    command = ["scripts/bench", "--files", str(ground.files), "--repeats", str(ground.repeats)] + ["--large"] * large
    names = "the 139,129 rows of danbooru.csv" if ground.names.name == "danbooru.csv" else "110,000 made-up names"
    return (
        f"{datetime.datetime.now(datetime.UTC).date()}, {cores} shared cores, {platform.system()}, "
        f"{platform.python_implementation()} {platform.python_version()}, {ground.files:,} pictures, {names} beside the built-in packs: "
        f"`{shlex.join(command)}`"
    )


def _score(ground: Ground) -> str | None:
    try:
        table = scoring.score_table(ground)
    except Missing as why:
        print(f"not scored: {why}", file=sys.stderr)
        return None
    print(table)
    return table


if __name__ == "__main__":
    sys.exit(main())
