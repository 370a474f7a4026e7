"""General words."""

from __future__ import annotations


def is_general(tag: str) -> bool:
    """Whether a tag names nobody."""
    return tag.casefold() in ("1girl", "solo", "1boy")
