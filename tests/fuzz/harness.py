"""One target under atheris: counts executions, keeps one input for each different failure, and goes on. `tests/fuzz/run.py` starts it.

    python -m tests.fuzz.harness TARGET SECONDS FOLDER [option of libFuzzer …]

In FOLDER: `inputs/` (what was found to reach new code), `seeds/`, `finds/` (inputs that break a promise, each with its traceback), and
`state.json`. Nothing of atheris is needed to replay a find: see test_finds.py.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import pkgutil
import random
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import atheris

LARGEST = 65_536
LEFT_OUT = ("cli", "engines", "review", "cloud", "objects", "__main__")
"""Parts of sdscan that no target runs, for which other packages would have to be there."""


def import_all() -> None:
    """Import sdscan as a whole with its branches counted: what is imported late, inside a function, would not be."""
    with atheris.instrument_imports(include=["sdscan"]):
        import sdscan

        for module in pkgutil.walk_packages(sdscan.__path__, "sdscan."):
            if module.name.split(".")[1] not in LEFT_OUT and "parquet" not in module.name:
                importlib.import_module(module.name)
        importlib.import_module("sdscan.cli.report")


import_all()

from tests.fuzz import seeds  # noqa: E402 - after sdscan was imported with its branches counted
from tests.fuzz.target import Target  # noqa: E402 - the same
from tests.fuzz.targets import TARGETS  # noqa: E402 - the same


class Run:
    """What one run has seen."""

    def __init__(self, target: Target, folder: Path) -> None:
        self.target = target
        self.folder = folder
        self.count = 0
        self.slowest = 0.0
        self.finds: dict[str, int] = {}
        self.said = time.monotonic()

    def one(self, data: bytes) -> None:
        """Called by atheris for each input."""
        begin = time.thread_time()
        try:
            self.target.check(data)
        except Exception as error:
            self.keep(data, error)
        took = time.thread_time() - begin
        self.count += 1
        if took > self.slowest:
            self.slowest = took
            if took > 1:
                self._write("slowest", data)
        if time.monotonic() - self.said > 5:
            self.say()

    def keep(self, data: bytes, error: Exception) -> None:
        """The first input for each place where something breaks, and how often it broke there."""
        name = f"{type(error).__name__}-{hashlib.sha256(_place(error).encode()).hexdigest()[:8]}"
        if name not in self.finds:
            self._write(name, data)
            self._write(f"{name}.txt", "".join(traceback.format_exception(error)).encode("utf-8", "backslashreplace"))
        self.finds[name] = self.finds.get(name, 0) + 1

    def _write(self, name: str, data: bytes) -> None:
        (self.folder / "finds").mkdir(exist_ok=True)
        (self.folder / "finds" / name).write_bytes(data)

    def say(self) -> None:
        """For run.py, and for the case that the process is killed."""
        self.said = time.monotonic()
        text = json.dumps({"executions": self.count, "slowest": round(self.slowest, 3), "finds": self.finds})
        (self.folder / "state.json").write_text(text)


def _place(error: Exception) -> str:
    """Where it broke: the innermost lines of our own, without values."""
    frames = [
        f"{frame.name}:{frame.line}"
        for frame in traceback.extract_tb(_trace(error))
        if "/sdscan/" in frame.filename or "/tests/" in frame.filename
    ]
    message = str(error).split(":")[0] if isinstance(error, AssertionError) else ""
    return "|".join([type(error).__name__, *frames[-2:], message[:40]])


def _trace(error: Exception) -> TracebackType | None:
    return error.__traceback__


def mutator(target: Target):  # type: ignore[no-untyped-def]  # the shape that atheris asks for
    """Half of the changes keep the form of the input, half are libFuzzer's own."""

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        rng = random.Random(seed)
        if target.mutate is None or rng.random() < 0.4:
            return bytes(atheris.Mutate(data, most))
        try:
            return target.mutate(data, rng)[:most]
        except (RecursionError, IndexError, ValueError):
            return bytes(atheris.Mutate(data, most))

    return mutate


def begin_with(target: Target, folder: Path) -> Iterator[str]:
    """The folders of inputs and seeds, with the seeds written."""
    for name in ("inputs", "seeds"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        yield str(folder / name)
    for data in (*target.seeds(), *(seeds.samples() if target.samples else ())):
        (folder / "seeds" / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data[:LARGEST])


def main(arguments: list[str]) -> None:
    name, seconds, place, *more = arguments
    folder = Path(place)
    folder.mkdir(parents=True, exist_ok=True)
    target = TARGETS[name]
    run = Run(target, folder)
    target.check(next(target.seeds()))  # what is loaded once is no time of an input
    options = [
        f"-max_total_time={seconds}",
        f"-max_len={LARGEST}",
        "-timeout=60",
        "-rss_limit_mb=3000",
        "-print_final_stats=1",
        "-reload=0",
    ]
    options.append(f"-artifact_prefix={folder}/stopped-")
    if target.words:
        words = folder / "words.dict"
        words.write_text("".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in target.words))
        options.append(f"-dict={words}")
    folders = list(begin_with(target, folder))
    import atexit

    atexit.register(run.say)
    atheris.Setup([sys.argv[0], *options, *more, *folders], run.one, custom_mutator=mutator(target))
    atheris.Fuzz()


if __name__ == "__main__":
    os.environ.setdefault("SDSCAN_CACHE_DIR", str(Path(sys.argv[3]).parent / "cache"))
    main(sys.argv[1:])
