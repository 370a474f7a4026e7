"""`sdscan label` on a stranger's picture: a plan, its edits, and a copy that is checked before it counts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from sdscan import labelling
from sdscan.facts.source import MemorySource
from sdscan.labelling.marks import Wish
from sdscan.limits import DEFAULT_LIMITS
from tests.fuzz import seeds
from tests.fuzz.mutating import changed_container
from tests.fuzz.promises import facts_in, in_time
from tests.fuzz.target import Target

WISH = Wish(source_type="trainedAlgorithmicMedia", prompt_writer="somebody")


def check(data: bytes) -> None:
    facts = facts_in(data, "x.png")
    source = MemorySource(data)
    for wish, private in ((WISH, True), (Wish(), False)):
        with in_time():
            plan = labelling.plan(source, facts, wish, owed=True, private=private, limits=DEFAULT_LIMITS)
            copy = b"".join(labelling.blocks(source, plan))
        assert (copy == data) or plan.edits
        ordered = sorted(plan.edits, key=lambda edit: (edit.start, edit.stop))
        assert all(0 <= edit.start <= edit.stop <= len(data) for edit in ordered)
        assert all(before.stop <= after.start for before, after in pairwise(ordered))
        if plan.edits:
            facts_in(copy, "x.png")


def begin() -> Iterator[bytes]:
    for data, container in zip(seeds.pictures(), seeds.read()):
        if container.format in labelling.WRITERS:
            yield data


TARGET = Target(
    "marks put into a stranger's picture (`labelling.plan`, `labelling.blocks`)",
    check,
    begin,
    changed_container,
    samples=True,
)
