"""SD901: the rule's text. Its findings are made where suppressions are applied (sdscan.judgement.suppression)."""

from __future__ import annotations

from collections.abc import Iterator

from sdscan.judgement.rules.case import Case, Rule
from sdscan.records import Finding


def judge(_case: Case) -> Iterator[Finding]:
    """Nothing: whether a statement has run out is only known when it is applied."""
    return iter(())


SD901 = Rule(
    id="SD901", name="stale-suppression",
    summary="An allow or baseline entry that matches nothing any more, or has run out.",
    flags="An `[[allow]]` entry whose end date has passed, beside the finding that it used to allow. Entries that match nothing in a whole run are listed after the summary and counted.",
    why="What nobody renews nobody remembers. A permission that ended, or an entry for a picture that is gone, would quietly cover the next picture.",
    evidence="The entry's date against the date of the run (or SOURCE_DATE_EPOCH). Entries that match nothing are told only where whole folders were scanned, never for the few files of a hook.",
    cannot_tell="Whether the reason still holds.",
    respond="Renew the entry with a new date, or remove it. `sdscan baseline prune` takes out what matches nothing.",
    references=("The documentation page on living with findings: allow entries, declarations, the baseline.",),
    judge=judge,
    needs=frozenset(),
)  # fmt: skip
