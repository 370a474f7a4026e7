"""Regular expressions that are compiled when they are first asked, so that a run pays only for those it needs.

Two hundred patterns cost a hook a tenth of a second; one picture needs some thirty of them. Like `re.compile`, but late.
"""

from __future__ import annotations

import re
from typing import AnyStr, cast


def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """The pattern of `text`. A mistake in it shows when it is first used; a test compiles them all."""
    return cast("re.Pattern[AnyStr]", _Late(text, flags))


class _Late:
    """Stands for a compiled pattern; each method asked for is kept, so that the next call costs what it always costs."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> object:
        if name.startswith("_"):
            raise AttributeError(name)
        found: object = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, found)
        return found
