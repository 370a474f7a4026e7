"""Which words and phrases say nothing by themselves. Data in words/*.txt; enters a normal form, leaves yes or no."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from msgspec import Struct

FOLDER = Path(__file__).parent / "words"


class Words(Struct, frozen=True):
    """The word lists, and the vocabulary that an imported tag list adds."""

    core: frozenset[str]
    """So common that a name made only of them is no name in running text."""
    common: frozenset[str]
    """Ordinary words; `core` is part of it."""
    given: frozenset[str]
    """Given and family names that many bear."""
    phrases: frozenset[str]
    """Phrases of several words that are names and ordinary text alike (`red hood`): they count as a whole tag only."""
    people: frozenset[str]
    """Real people whom imported lists hold as characters."""
    dropped: frozenset[str]
    """Tags of imported lists that are no third-party work, artist or character."""
    sure: frozenset[str] = frozenset()
    """Names made of ordinary words that mean nothing else (`spider man`): they count anywhere."""

    def ordinary(self, word: str) -> bool:
        """Whether one word alone points at nobody."""
        return word in self.common or word in self.given or word.isdigit()

    def plain(self, word: str) -> bool:
        """Whether a word is of everyday use, and no first name unless it is in every other prompt."""
        return word in self.core or (word in self.common and word not in self.given)

    def with_vocabulary(self, more: frozenset[str]) -> Words:
        """The same with more ordinary words."""
        return Words(self.core, self.common | more, self.given, self.phrases, self.people, self.dropped, self.sure)


def _read(name: str, *, lines: bool = False) -> frozenset[str]:
    """One list; `#` starts a comment line. `lines`: one phrase a line instead of words."""
    found: set[str] = set()
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        if lines:
            found.add(line.strip())
        else:
            found.update(line.split())
    return frozenset(found - {""})


@cache
def load_words() -> Words:
    """The lists that ship with sdscan. Read only when a watchlist is compiled or linted."""
    core = _read("core.txt")
    return Words(
        core=core,
        common=core | _read("common.txt"),
        given=_read("given.txt"),
        phrases=_read("phrases.txt", lines=True),
        people=_read("people.txt", lines=True),
        dropped=_read("dropped.txt", lines=True),
        sure=_read("sure.txt", lines=True),
    )
