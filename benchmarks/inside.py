"""Figures that only the inside of sdscan can give: `python inside.py load|prompts|cost …` prints one, with imports not counted."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sdscan.discover import discover
from sdscan.engines import judged
from sdscan.knowledge import Knowledge
from sdscan.knowledge.watchlists import load_watchlist
from sdscan.session import Settings, cache_dir, load


def loading(names: str) -> float:
    """Milliseconds from nothing to a watchlist that answers: the compiled index of all packs and a list."""
    start = time.perf_counter()
    load_watchlist([Path(names)], default=True, cache_dir=cache_dir())
    return 1e3 * (time.perf_counter() - start)


def prompts(names: str, folder: str) -> float:
    """Microseconds to judge what one prompt names, in the first pass over the distinct prompts of a folder: grammar, names, strength."""
    from sdscan.judgement.matching import find_matches
    from sdscan.judgement.texts import texts_of
    from sdscan.pipeline import facts_of

    knowledge = _knowledge(names)
    texts = {}
    for candidate in discover([folder]):
        for text in texts_of(knowledge.library.resolve(facts_of(candidate))):
            if text.source == "prompt":
                texts[text.text] = text
    few, rest = list(texts.values())[:20], list(texts.values())[20:]
    for text in few:  # patterns are compiled and modules imported
        find_matches((text,), knowledge.watchlist)
    start = time.perf_counter()
    for text in rest:
        find_matches((text,), knowledge.watchlist)
    return 1e6 * (time.perf_counter() - start) / max(1, len(rest))


def cost(names: str, warm: str, folder: str) -> float:
    """Microseconds a file, read, judged and encoded in a plain loop, after a folder of other pictures has been."""
    gc.set_threshold(100_000, 50, 100)  # as the command does
    knowledge = _knowledge(names)
    settings = Settings(jobs=1)
    for _ in judged(discover([warm]), knowledge, settings):
        pass
    files = 0
    start = time.perf_counter()
    for batch in judged(discover([folder]), knowledge, settings):
        files += batch.tally.files
    return 1e6 * (time.perf_counter() - start) / files


def _knowledge(names: str) -> Knowledge:
    return load(Settings(watchlists=(names,)))


FIGURES: dict[str, Callable[..., float]] = {"load": loading, "prompts": prompts, "cost": cost}

if __name__ == "__main__":
    print(FIGURES[sys.argv[1]](*sys.argv[2:]))
