"""THE TABLE of measures: what is taken in each round, in this order. One function a figure; add a function and a line."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from benchmarks import corpus
from benchmarks.records import Ground, Measure, Missing
from benchmarks.running import forget, megabytes, recall, seconds, seconds_together, told

SLOW = 2_000
"""Pictures for peers that read a thousand a second: the rate is the same."""
MODELS = 5_000
LARGE = 1_000_000
SHORT = 9
"""Runs of a command that takes a fraction of a second, of which the fastest counts: a busy machine only ever adds."""
AGAIN = 5
"""The same for what reads a whole gallery: some machines let go of files that were just read, although they have room, and what needs all cores is
disturbed by whoever needs one."""


def first_days(ground: Ground, most: int) -> tuple[str, int]:
    """A folder of the corpus with at most `most` pictures, and how many they are."""
    count = min(ground.files, most)
    return str(made(ground, count)), count


def made(ground: Ground, count: int, seed: int = 1, session: int = 16) -> Path:
    """A corpus of that size, see corpus.pictures; above 100,000 pictures hard links to 20,000."""
    if count > 100_000:
        folder = ground.folder / f"links-{count}"
        source = made(ground, 20_000)
        corpus.write_links(folder, source, count)
    else:
        folder = ground.folder / f"corpus-{count}-{seed}-{session}"
        corpus.write(folder, count, seed, session)
    return folder


# ---- peers ---------------------------------------------------------------------------------------------------------


def bare(ground: Ground) -> float:
    return max(_recalled(ground, ground.python, "open") for _ in range(AGAIN))


def _recalled(ground: Ground, python: Path, loop: str) -> float:
    recall(ground.corpus)
    return _loop(ground, python, loop)


def _loop(ground: Ground, python: Path, loop: str) -> float:
    return ground.files / told(ground, python, "loops.py", loop, str(ground.corpus))


def peer(name: str) -> Callable[[Ground], float]:
    """A loop in the peers' own environment."""

    def take(ground: Ground) -> float:
        if ground.peers is None:
            raise Missing("the environment of the peers could not be made")
        return max(_recalled(ground, ground.peers, name) for _ in range(AGAIN))

    return take


def exiftool(ground: Ground) -> float:
    if shutil.which("exiftool") is None:
        raise Missing("exiftool is not installed")
    folder, count = first_days(ground, SLOW)
    recall(Path(folder))
    return count / seconds(ground, "exiftool", "-fast2", "-j", "-r", folder, times=AGAIN)


def distinct(ground: Ground) -> tuple[Path, int]:
    """Pictures of which each has a prompt of its own, as no folder of a person has: nothing of one can be used for another."""
    count = min(ground.files, 5_000)
    return made(ground, count, session=1), count


def peer_distinct(ground: Ground) -> float:
    folder, count = distinct(ground)
    if ground.peers is None:
        raise Missing("the environment of the peers could not be made")
    return count / told(ground, ground.peers, "loops.py", "sd-parsers", str(folder))


def scan_distinct(ground: Ground) -> float:
    folder, count = distinct(ground)
    return count / seconds(ground, *command(ground, 1, "--no-catalog", folder=folder))


def cold_open(ground: Ground) -> float:
    _forget(ground.corpus)
    return _loop(ground, ground.python, "open")


def cold_scan(ground: Ground) -> float:
    _forget(ground.corpus)
    return ground.files / seconds(ground, *command(ground, 1, "--no-catalog"))


def _forget(folder: Path) -> None:
    if sys.platform != "linux":
        raise Missing("only Linux lets go of files that were read")
    forget(folder)


# ---- scanning ------------------------------------------------------------------------------------------------------


def command(
    ground: Ground, jobs: int, *more: str, folder: Path | None = None, form: str = "jsonl", name: str = "result"
) -> tuple[str, ...]:
    """`sdscan scan` with the names, over the corpus. The result is a new file each time: to replace one costs what the file system makes of it."""
    result = ground.scratch / f"{name}.{form}"
    result.unlink(missing_ok=True)
    return (
        ground.sdscan, "scan", "--isolated", "--quiet", "--jobs", str(jobs), "--watchlist", str(ground.names),
        "-o", f"{form}:{result}", *more, str(folder or ground.corpus),
    )  # fmt: skip


def scan(jobs: int, form: str = "jsonl", times: int = 1) -> Callable[[Ground], float]:
    """The whole command, start-up and output with it, over so many times the files."""

    def take(ground: Ground) -> float:
        folder = ground.corpus if times == 1 else made(ground, times * ground.files)
        return times * ground.files / min(once(ground, folder) for _ in range(AGAIN))

    def once(ground: Ground, folder: Path) -> float:
        recall(folder)
        return seconds(ground, *command(ground, jobs, "--no-catalog", folder=folder, form=form))

    return take


def apart(ground: Ground) -> float:
    """Two commands at once that share nothing, of one job each: as fast as two jobs could be on this machine at this hour."""
    folder = made(ground, 5 * ground.files)

    def once() -> float:
        recall(folder)
        both = [command(ground, 1, "--no-catalog", folder=folder, name=f"apart-{number}") for number in (0, 1)]
        return seconds_together(ground, both)

    return 2 * 5 * ground.files / min(once() for _ in range(AGAIN))


def _catalog(ground: Ground) -> Path:
    return ground.scratch / "catalog.sqlite"


def first(ground: Ground) -> float:
    def once() -> float:
        for suffix in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                Path(f"{_catalog(ground)}{suffix}").unlink()
        return _with_catalog(ground)

    return ground.files / min(once() for _ in range(AGAIN))


def second(ground: Ground) -> float:
    return ground.files / min(_with_catalog(ground) for _ in range(AGAIN))


def _with_catalog(ground: Ground) -> float:
    recall(ground.corpus)
    return seconds(ground, *command(ground, 1, "--catalog", str(_catalog(ground))))


def rescan(ground: Ground) -> float:
    more = ("rescan", "--isolated", "--quiet", "--jobs", "1", "--catalog", str(_catalog(ground)))
    result = f"text:{ground.scratch / 'changes.txt'}"
    return ground.files / seconds(ground, ground.sdscan, *more, "-o", result, times=AGAIN)


def changed(ground: Ground) -> float:
    """Judged anew, because another platform is asked for."""
    more = (
        "rescan",
        "--isolated",
        "--quiet",
        "--jobs",
        "1",
        "--no-remember",
        "--platform",
        "pixiv",
        "--catalog",
        str(_catalog(ground)),
    )
    return ground.files / seconds(ground, ground.sdscan, *more, "-o", f"text:{ground.scratch / 'changes.txt'}")


def models(ground: Ground) -> float:
    count = min(MODELS, ground.files)
    folder = ground.folder / f"models-{count}"
    corpus.write_models(folder, count)
    return count / seconds(ground, *command(ground, 1, "--no-catalog", folder=folder))


# ---- names ---------------------------------------------------------------------------------------------------------


def importing(ground: Ground) -> float:
    data = ground.scratch / "data"
    shutil.rmtree(data, ignore_errors=True)
    return seconds(
        ground, ground.sdscan, "watchlist", "import", "--quiet", str(ground.names), SDSCAN_DATA_DIR=str(data)
    )


def compiling(ground: Ground) -> float:
    """The first scan with a list compiles it; the time of a later one is taken off."""
    picture = one_picture(ground, 0)
    cache = ground.scratch / "cache"
    shutil.rmtree(cache, ignore_errors=True)
    hook = hook_command(ground, picture)
    return seconds(ground, *hook, SDSCAN_CACHE_DIR=str(cache)) - seconds(ground, *hook, SDSCAN_CACHE_DIR=str(cache))


def loading(ground: Ground) -> float:
    return min(told(ground, ground.python, "inside.py", "load", str(ground.names)) for _ in range(3))


def prompts(ground: Ground) -> float:
    return told(ground, ground.python, "inside.py", "prompts", str(ground.names), str(ground.corpus))


# ---- start-up ------------------------------------------------------------------------------------------------------


def python(code: str) -> Callable[[Ground], float]:
    """Milliseconds of an interpreter that runs `code` and ends."""
    return lambda ground: 1e3 * seconds(ground, str(ground.python), "-c", code, times=SHORT)


def version(ground: Ground) -> float:
    return 1e3 * seconds(ground, ground.sdscan, "--version", times=SHORT)


def one_picture(ground: Ground, place: int) -> str:
    """A picture with a prompt: one that names nobody (0), or one that is flagged (1)."""
    prompt = (
        "1girl, solo, red dress, looking at viewer, best quality",
        "hatsune miku, 1girl, best quality, by greg rutkowski",
    )[place]
    path = ground.folder / f"one-{place}.png"
    path.write_bytes(
        corpus.with_infotext(
            f"{prompt}\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 12345, Size: 512x768, Version: v1.10.1"
        )
    )
    return str(path)


def hook_command(ground: Ground, picture: str) -> tuple[str, ...]:
    """As pre-commit calls it."""
    return (ground.sdscan, "scan", "--hook", "--watchlist", str(ground.names), picture)


def hook(place: int) -> Callable[[Ground], float]:
    """Milliseconds for one picture, all of a process with it."""
    return lambda ground: 1e3 * seconds(ground, *hook_command(ground, one_picture(ground, place)), times=SHORT)


# ---- memory and growth ---------------------------------------------------------------------------------------------


def memory(jobs: int, form: str = "jsonl", count: int = 0) -> Callable[[Ground], float]:
    """Most resident memory, all processes together."""

    def take(ground: Ground) -> float:
        return megabytes(
            ground, *command(ground, jobs, "--no-catalog", folder=made(ground, count) if count else None, form=form)
        )

    return take


def memory_with_catalog(count: int) -> Callable[[Ground], float]:
    """The same with a catalog of that many files being made."""

    def take(ground: Ground) -> float:
        catalog = ground.scratch / "large.sqlite"
        return megabytes(ground, *command(ground, 1, "--catalog", str(catalog), folder=made(ground, count)))

    return take


def cost(count: int) -> Callable[[Ground], float]:
    """Microseconds a file in a run over `count`, in a process that is warm."""

    def take(ground: Ground) -> float:
        warm = made(ground, min(1_000, ground.files), seed=2)
        times = max(1, min(5, 20_000 // count))
        folder = made(ground, count)
        recall(folder)
        arguments = ("inside.py", "cost", str(ground.names), str(warm), str(folder))
        return min(told(ground, ground.python, *arguments) for _ in range(times))

    return take


MEASURES: tuple[Measure, ...] = (
    Measure("open", "open, read, close: a bare loop", "files/s", bare),
    Measure("pillow", "Pillow, `Image.open` only", "files/s", peer("pillow")),
    Measure("sd-parsers", "sd-parsers, parse only", "files/s", peer("sd-parsers")),
    Measure("scan-1", "**sdscan**, one job, no catalog", "files/s", scan(1)),
    Measure("scan-2", "**sdscan**, two jobs, no catalog", "files/s", scan(2)),
    Measure("many-1", "one job, five times the files", "files/s", scan(1, times=5)),
    Measure("many-2", "two jobs, five times the files", "files/s", scan(2, times=5)),
    Measure("apart", "two commands at once, one job each, five times the files twice", "files/s", apart),
    Measure("exiftool", "exiftool `-fast2 -j`", "files/s", exiftool),
    Measure("scan-text", "sdscan, one job, text report", "files/s", scan(1, "text")),
    Measure("distinct-peer", "sd-parsers, every picture with a prompt of its own", "files/s", peer_distinct),
    Measure("distinct", "sdscan, one job, every picture with a prompt of its own", "files/s", scan_distinct),
    Measure("cold-open", "the bare loop, files not in memory", "files/s", cold_open),
    Measure("cold-scan", "sdscan, one job, files not in memory", "files/s", cold_scan),
    Measure("first", "first scan with a catalog, one job", "files/s", first),
    Measure("second", "second scan, nothing changed", "files/s", second),
    Measure("rescan", "`rescan`, the same knowledge", "files/s", rescan),
    Measure("changed", "`rescan` for another platform: all judged anew", "files/s", changed),
    Measure("models", f"LoRA headers ({MODELS:,}), one job, no catalog", "files/s", models),
    Measure("import", "`watchlist import` of the tag list", "s", importing, "names"),
    Measure("compile", "the first use of a list: compiling it", "s", compiling, "names"),
    Measure("load", "loading the compiled names", "ms", loading, "names"),
    Measure("prompt", "one prompt, first pass: grammar, names, strength", "µs", prompts, "names"),
    Measure("python", "`python -c pass`", "ms", python("pass"), "start"),
    Measure("click", "`python -c 'import click'`", "ms", python("import click"), "start"),
    Measure("version", "`sdscan --version`", "ms", version, "start"),
    Measure("click-rich", "`python -c 'import click, rich.console'`", "ms", python("import click, rich.console"), "start"),
    Measure("hook", "`sdscan scan --hook`, a picture that passes", "ms", hook(0), "start"),
    Measure("hook-found", "the same, a picture that is flagged", "ms", hook(1), "start"),
    Measure("memory-1", "one job", "MB", memory(1), "memory"),
    Measure("memory-2", "two jobs, the sum of three processes", "MB", memory(2), "memory"),
    Measure("memory-text", "one job, text report", "MB", memory(1, "text"), "memory"),
    Measure("memory-large", "one job, 1,000,000 files", "MB", memory(1, count=LARGE), "memory", once=True, large=True),
    Measure("memory-large-2", "two jobs, 1,000,000 files", "MB", memory(2, count=LARGE), "memory", once=True, large=True),
    Measure("memory-large-text", "one job, 1,000,000 files, text report", "MB", memory(1, "text", LARGE), "memory", once=True, large=True),
    Measure("memory-large-catalog", "one job, 1,000,000 files, with a catalog", "MB", memory_with_catalog(LARGE), "memory", once=True, large=True),
    Measure("cost-3", "1,000 files", "µs", cost(1_000), "growth"),
    Measure("cost-4", "10,000 files", "µs", cost(10_000), "growth"),
    Measure("cost-5", "100,000 files", "µs", cost(100_000), "growth", large=True),
    Measure("cost-6", "1,000,000 files", "µs", cost(1_000_000), "growth", once=True, large=True),
)  # fmt: skip
