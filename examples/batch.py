"""Judge a folder: one line a file, and a list of those that need a look.

python examples/batch.py FOLDER [MODELS] [needs-a-look.txt]
"""

from __future__ import annotations

import sys
from pathlib import Path

from sdscan import FileResult, load_knowledge, scan

LOOK = ("review", "block")


def needs_a_look(result: FileResult) -> bool:
    """Whether a person should decide: a platform says so, or the file could not be judged."""
    return result.outcome in ("no-metadata", "unreadable") or any(v in LOOK for v in result.verdicts.values())


def main(folder: str, models: str | None = None, target: str = "needs-a-look.txt") -> int:
    """Print a line a file as it is judged, and write the list."""
    knowledge = load_knowledge(models=[models] if models else [], platforms=["pixiv", "booth"])
    chosen = []
    for result in scan([folder], knowledge):
        why = "; ".join(finding.message for finding in result.findings[:2]) or result.reason or result.outcome
        print(f"{result.severity or '-':8} {result.path}: {why}")
        if needs_a_look(result):
            chosen.append(result.path)
    Path(target).write_text("".join(f"{path}\n" for path in chosen), encoding="utf-8")
    print(f"{len(chosen)} files need a look; their names are in {target}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
