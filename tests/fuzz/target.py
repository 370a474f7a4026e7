"""What a target is: bytes go in, and everything that is promised of that part of the line is asserted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple


class Target(NamedTuple):
    """One part of the line, with what the fuzzer needs to know of it."""

    what: str
    """One line for `scripts/fuzz --list`."""
    check: Callable[[bytes], None]
    """Asserts all that is promised; raises where it does not hold."""
    seeds: Callable[[], Iterator[bytes]]
    """Small whole inputs, made by code."""
    mutate: Callable[[bytes, Random], bytes] | None = None
    """A change that keeps the form of the input, where blind changes would break it."""
    words: tuple[bytes, ...] = ()
    """Pieces that the fuzzer may put in."""
    samples: bool = False
    """Whether real files are seeds as they are."""
