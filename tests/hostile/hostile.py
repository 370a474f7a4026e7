"""What one hostile input is, and the corpus of all that are bytes; those that need a file system stand in `test_hostile_places.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from sdscan.records import Outcome


class Case(NamedTuple):
    """One file, and what must be said about it."""

    name: str
    """A unique name that ends in the suffix under which it is scanned: `png-idat-2e31.png`."""
    data: bytes | Callable[[], bytes]
    """The bytes; large ones are made when they are asked for."""
    outcome: Outcome
    code: str = ""
    """The code of a problem that must be told; empty: none in particular."""
    reason: str = ""
    """A piece of the reason."""
    text: str = ""
    """What must still be found as evidence."""

    def bytes(self) -> bytes:
        """The content of the file."""
        return self.data if isinstance(self.data, bytes) else self.data()


Family = Callable[[], Iterator[Case]]


@lru_cache(maxsize=1)
def corpus() -> dict[str, list[Case]]:
    """family → its cases. Deterministic: no clock, no randomness."""
    import bombs
    import bytes_that_lie
    import graphs
    import impostors
    import models
    import words

    families: dict[str, Family] = {
        **bytes_that_lie.FAMILIES, **bombs.FAMILIES, **graphs.FAMILIES, **words.FAMILIES, **models.FAMILIES, **impostors.FAMILIES,
    }  # fmt: skip
    return {name: list(family()) for name, family in families.items()}
