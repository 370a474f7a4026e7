"""The whole line: bytes → facts → judgement → the JSON record; remembered or not, whole or cut."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from sdscan.facts.containers import sniff
from sdscan.pipeline import judge
from sdscan.run import batch_of
from sdscan.telling import Lines, Teller, seeds_of
from tests.fuzz import seeds
from tests.fuzz.mutating import changed_container
from tests.fuzz.promises import (
    evidence_points_in,
    facts_in,
    in_time,
    is_line,
    is_same,
    is_sound,
    knowledge,
    never_passes_cut,
    outcome_is_honest,
    survives,
)
from tests.fuzz.target import Target
from tests.fuzz.targets import labels

_tellers: list[Teller] = []


def teller() -> Teller:
    """One for the whole run: what it remembers must change no byte."""
    if not _tellers:
        _tellers.append(Teller(knowledge(), remember=True))
    return _tellers[0]


def check(data: bytes) -> None:
    name = {"safetensors": "x.safetensors", "pickle": "x.pt", "zip": "x.pt"}.get(sniff(data[:65536]), "x.png")
    with in_time():
        facts = facts_in(data, name)
        result = judge(name, facts, knowledge())
    outcome_is_honest(facts)
    is_sound(facts.generations)
    survives(facts)
    survives(result)
    evidence_points_in(result, facts)
    line = batch_of([result]).lines
    is_line(line, name)
    lines = Lines(teller())
    lines.add(name, teller().shape(facts), seeds_of(facts))
    is_same(line, lines.batch().lines, "told as one of its shape")
    if zlib.crc32(data) & 7 == 0:
        labels.check(data)
    if len(data) < 20_000:
        never_passes_cut(data, zlib.crc32(data) % (len(data) + 1), name)


def begin() -> Iterator[bytes]:
    yield from seeds.pictures()
    yield from seeds.models()


TARGET = Target(
    "bytes → facts → verdict → JSON (`facts_of`, `judge`, `batch_of`)", check, begin, changed_container, samples=True
)
