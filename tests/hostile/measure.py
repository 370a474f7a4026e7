"""Peak memory and processor time of every file of the corpus, each measured alone. Linux only.

    python tests/hostile/measure.py            how many files each family has, the ten worst by memory, then by time, and the sums
    python tests/hostile/measure.py --all      one JSON line a file
    python tests/hostile/measure.py NAME…      only the files whose name begins so
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), *(str(ROOT / "tests" / part) for part in ("hostile", "facts/containers", "facts/models"))]

MIB = 1024 * 1024
ONLY = tuple(word for word in sys.argv[1:] if not word.startswith("-")) if __name__ == "__main__" else ()
MOST_MEMORY, MOST_SECONDS = 64 * MIB, 5.0


class Measured(NamedTuple):
    """What one file cost."""

    family: str
    name: str
    size: int
    memory: int
    """Bytes of resident memory at the peak, less those before."""
    seconds: float


def can_measure() -> bool:
    """Whether this system tells and forgets the peak of a process."""
    return os.access("/proc/self/clear_refs", os.W_OK)


def _status(key: str) -> int:
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(key))


def _forget_peak() -> int:
    """Give unused memory back, and start the peak anew from here."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    with open("/proc/self/clear_refs", "w", encoding="ascii") as refs:
        refs.write("5")
    return _status("VmRSS")


def measured_all() -> list[Measured]:
    """The whole corpus, read from disk and judged as the command does, in this process."""
    from hostile import corpus

    from sdscan.api import load_knowledge
    from sdscan.pipeline import facts_of, judge
    from sdscan.records import Candidate
    from sdscan.run import batch_of

    knowledge = load_knowledge(platforms=("pixiv",))
    found = []
    with tempfile.TemporaryDirectory() as folder:
        families = corpus()
        gc.collect()
        gc.freeze()  # what is here now stays: each file's look for garbage need not pass it again
        for family, cases in families.items():
            for case in cases if not ONLY else [one for one in cases if one.name.startswith(ONLY)]:
                path = os.path.join(folder, case.name)
                with open(path, "wb") as file:
                    size = file.write(case.bytes())
                knowledge.watchlist.memo.clear()
                before = _forget_peak()
                start = time.process_time()
                batch_of([judge(path, facts_of(Candidate(path, named=True)), knowledge)])
                seconds = time.process_time() - start
                found.append(Measured(family, case.name, size, _status("VmHWM") - before, seconds))
                os.unlink(path)
    return found


def main() -> None:
    """Print what was measured."""
    found = measured_all()
    if "--all" in sys.argv:
        for one in found:
            print(json.dumps(one._asdict()))
        return
    for family, times in Counter(one.family for one in found).items():
        print(f"{times:5}  {family}")
    for key, unit, scale in (("memory", "MiB", MIB), ("seconds", "s", 1)):
        print(f"most {key}:")
        for one in sorted(found, key=lambda one: -getattr(one, key))[:10]:
            print(f"  {getattr(one, key) / scale:8.2f} {unit}  {one.size:>11,} bytes  {one.family}: {one.name}")
    print(f"{len(found)} files, {sum(one.seconds for one in found):.1f} s of processor time")


if __name__ == "__main__":
    main()
