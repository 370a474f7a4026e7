"""What peers do with a folder, as a loop in one process: `python loops.py open|pillow|sd-parsers FOLDER` prints the seconds of the loop.

Runs in the environment of the peers, so it imports nothing of ours. Start-up and imports are not counted.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path


def bare() -> Callable[[str], object]:
    """Open, read all, close."""

    def one(path: str) -> None:
        with open(path, "rb") as file:
            file.read()

    return one


def pillow() -> Callable[[str], object]:
    """Open as Pillow does, without decoding pixels."""
    from PIL import Image

    def one(path: str) -> None:
        with Image.open(path) as picture:
            picture.info  # noqa: B018 - the chunks before the pixels are read by now

    return one


def sd_parsers() -> Callable[[str], object]:
    """Parse only: no names, no judgement, no output."""
    from sd_parsers import ParserManager  # type: ignore[import-not-found]  # in the peers' environment only

    parse: Callable[[str], object] = ParserManager().parse
    return parse


LOOPS = {"open": bare, "pillow": pillow, "sd-parsers": sd_parsers}


def main(name: str, folder: str) -> None:
    """Time one loop over the pictures of a folder, sorted."""
    paths = [str(path) for path in sorted(Path(folder).rglob("*.png"))]
    one = LOOPS[name]()
    one(paths[0])
    start = time.perf_counter()
    for path in paths:
        one(path)
    print(time.perf_counter() - start)


if __name__ == "__main__":
    main(*sys.argv[1:])
