"""What the user knows and sdscan cannot: allow entries, declarations and the baseline. Data only; judgement applies it."""

from __future__ import annotations

import datetime
from typing import Literal

from msgspec import Struct

DeclaredAs = Literal["original-character", "licensed", "hand-traced", "own-style"]


class Allow(Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[allow]]` entry: a finding that is accepted, with a reason and an end date."""

    rule: str
    reason: str
    subject: str | None = None
    """Subject id (`hatsune_miku`), or None for a rule without subject."""
    paths: tuple[str, ...] = ()
    """Globs; empty: everywhere."""
    expires: datetime.date | None = None
    ids: tuple[str, ...] = ()
    """Finding ids; empty: any finding of that rule and subject."""


class Declare(Struct, frozen=True, forbid_unknown_fields=True, rename={"declared": "as"}):
    """One `[[declare]]` entry: what the user states about own files. It lowers what it logically lowers, and is shown."""

    paths: tuple[str, ...]
    declared: DeclaredAs
    reason: str
    date: datetime.date
    subject: str | None = None
    """Subject id the statement is about; None: all."""


class BaselineEntry(Struct, frozen=True, order=True):
    """One line of the baseline. No clock, no tool version, no position."""

    id: str
    rule: str
    subject: str | None
    path: str
    content: str
    """Content key of the picture (`sdscan.judgement.suppression.content_key`): a rename still matches."""


class Statements(Struct, frozen=True):
    """Everything the user stated."""

    allow: tuple[Allow, ...] = ()
    declare: tuple[Declare, ...] = ()
    baseline: frozenset[BaselineEntry] = frozenset()
    source: str = "sdscan.toml"
    """File name of the configuration, for reports."""
    baseline_source: str = "sdscan.baseline.jsonl"

    @property
    def is_stated(self) -> bool:
        """Whether anything could be set aside."""
        return bool(self.allow or self.baseline)
