"""Labelling in memory, for the tests."""

from __future__ import annotations

from sdscan.facts import containers
from sdscan.facts.decoders import decode
from sdscan.facts.outcome import facts_from
from sdscan.facts.source import MemorySource
from sdscan.labelling import Plan, Wish, blocks, plan
from sdscan.limits import DEFAULT_LIMITS
from sdscan.records import Candidate, FileFacts

MARK = "trainedAlgorithmicMedia"
FORCED = Wish(source_type="trainedAlgorithmicMedia")


def facts(data: bytes) -> FileFacts:
    container = containers.read(MemorySource(data))
    return facts_from(container, decode(container, DEFAULT_LIMITS), Candidate("picture", named=True))


def planned(data: bytes, wish: Wish = FORCED, *, owed: bool = True, private: bool = False) -> Plan:
    return plan(MemorySource(data), facts(data), wish, owed=owed, private=private, limits=DEFAULT_LIMITS)


def label(data: bytes, wish: Wish = FORCED, *, private: bool = False) -> bytes:
    found = planned(data, wish, private=private)
    assert found.action in ("marked", "already", "unmarked", "signed"), found
    return b"".join(blocks(MemorySource(data), found))
