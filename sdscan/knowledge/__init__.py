"""Knowledge: what the world says. Watchlists, platform policies, the user's model library, and what the user declares.

Loaded once, frozen, and passed along.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:  # the parts import this package, so it imports none of them
    import datetime

    from sdscan.knowledge.library import Library
    from sdscan.knowledge.policies import Policies
    from sdscan.knowledge.statements import Statements
    from sdscan.knowledge.watchlists import Watchlist
    from sdscan.records import Pack


class Knowledge(Struct, frozen=True):
    """Everything that judgement may ask."""

    watchlist: Watchlist
    policies: Policies
    library: Library
    statements: Statements
    """What the user declares and allows in sdscan.toml, and the baseline."""
    platforms: tuple[str, ...]
    """Platform or profile ids whose verdict is asked for, in the order of the report."""
    today: datetime.date
    """The date that rules with a date are held against; given from outside, so that a run can be repeated."""
    protection_years: int = 70
    """Years after an artist's death until their work is in the public domain (life + N)."""

    @property
    def packs(self) -> tuple[Pack, ...]:
        """The data that this knowledge was loaded from, sorted by id."""
        return tuple(sorted((*self.watchlist.packs, *self.policies.packs), key=lambda pack: pack.id))
