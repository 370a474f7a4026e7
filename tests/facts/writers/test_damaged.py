"""No damage to any writer's file makes a run end: what is left is read, or a sentence says what is missing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sdscan.errors import ReadError
from sdscan.facts.source import MemorySource
from sdscan.limits import DEFAULT_LIMITS
from sdscan.pipeline import read_facts
from sdscan.records import Candidate
from tests.facts.writers.rows import ROWS

FILES = [row.make() for row in ROWS]


@given(st.sampled_from(FILES), st.data())
def test_no_damage_raises(whole: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(whole)))
    drop = data.draw(st.integers(0, 60))
    noise = data.draw(st.binary(max_size=8))
    end = data.draw(st.one_of(st.none(), st.integers(0, len(whole))))
    damaged = (whole[:at] + noise + whole[at + drop :])[:end]
    try:
        facts = read_facts(MemorySource(damaged), Candidate("x.png"), DEFAULT_LIMITS, thorough=True, alone=True)
    except ReadError:
        return
    assert facts.outcome in ("scanned", "no-metadata", "unsupported", "unreadable")
    assert facts.reason or facts.outcome in ("scanned", "no-metadata")
