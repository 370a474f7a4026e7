"""What is promised of every part of the line alike, as assertions."""

from __future__ import annotations

import datetime
import json
import math
import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from time import thread_time
from typing import TypeVar

import msgspec

from sdscan.api import load_knowledge
from sdscan.facts.source import MemorySource
from sdscan.judgement.texts import texts_of
from sdscan.knowledge import Knowledge
from sdscan.knowledge.library import Resolved
from sdscan.limits import DEFAULT_LIMITS, Limits
from sdscan.pipeline import read_facts
from sdscan.records import Blob, Candidate, FileFacts, FileResult, Generation, Match

Record = TypeVar("Record", bound=msgspec.Struct)

MOST_SECONDS = float(os.environ.get("SDSCAN_FUZZ_SECONDS", "5"))
"""Processor time for one input of at most 64 KiB; the promise is 5 s for a file of any size."""
TODAY = datetime.date(2026, 11, 22)


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """The built-in watchlist and policies, and no models of the user's."""
    return load_knowledge(platforms=("pixiv", "civitai"), today=TODAY)


class in_time:
    """No input takes longer than is promised."""

    def __enter__(self) -> None:
        self.begin = thread_time()

    def __exit__(self, *_: object) -> None:
        took = thread_time() - self.begin
        assert took < MOST_SECONDS, f"took {took:.1f} s"


def survives(record: Record) -> Record:
    """A record goes through both encodings and comes out the same."""
    kind = type(record)
    packed = msgspec.msgpack.decode(msgspec.msgpack.encode(record), type=kind)
    assert packed == record, "msgpack changes it"
    read = msgspec.json.decode(msgspec.json.encode(record), type=kind)
    assert read == record, "JSON changes it"
    return record


def is_same(first: object, second: object, what: str) -> None:
    """Two ways to the same answer."""
    if first != second:
        raise AssertionError(f"{what}: {_difference(first, second)}")


def _difference(first: object, second: object) -> str:
    """Where two records first differ."""
    if isinstance(first, msgspec.Struct) and type(first) is type(second):
        for name in first.__struct_fields__:
            mine, other = getattr(first, name), getattr(second, name)
            if mine != other:
                return f".{name}{_difference(mine, other)}"
    if isinstance(first, tuple) and isinstance(second, tuple) and len(first) == len(second):
        for number, (mine, other) in enumerate(zip(first, second)):
            if mine != other:
                return f"[{number}]{_difference(mine, other)}"
    return f": {_around(str(first), str(second))!r} != {_around(str(second), str(first))!r}"


def _around(text: str, other: str) -> str:
    """A piece of a text, from shortly before where it differs from the other."""
    at = next((n for n, (mine, its) in enumerate(zip(text, other)) if mine != its), min(len(text), len(other)))
    return text[max(0, at - 60) : at + 200]


def points_into(blobs: Iterable[Blob], size: int) -> None:
    """Every blob lies in its file. One that was unpacked or read from pixels has the place of what it was in."""
    for blob in blobs:
        assert 0 <= blob.offset <= size, f"{blob.locator} at {blob.offset} of {size}"
        assert blob.size >= 0
        assert (blob.text is None) or not blob.data, "text or data, never both"


def is_sound(generations: Iterable[Generation]) -> None:
    """Numbers are numbers, texts can be written down, kinds are of the closed lists (held by `survives`)."""
    for generation in generations:
        assert generation.locator, "a generation without a place"
        for resource in generation.resources:
            assert resource.weight is None or math.isfinite(resource.weight), f"weight {resource.weight}"
            assert resource.name, "a model without a name"
        for text in _texts(generation):
            text.encode()


def _texts(generation: Generation) -> Iterator[str]:
    yield generation.tool_version or ""
    for prompt in generation.prompts:
        yield from (prompt.text, prompt.locator)
    for resource in generation.resources:
        yield from (resource.name, resource.raw or "", resource.hash or "", resource.version_id or "", resource.locator)
    for pair in generation.parameters.items():
        yield from pair


def matches_point_into(matches: Iterable[Match], texts: dict[str, list[tuple[str, int]]]) -> None:
    """Evidence stands in a text of its locator, just where it says. `texts`: locator → (text, offset of its first letter)."""
    for match in matches:
        evidence = match.evidence
        if evidence.start is None or evidence.end is None:
            continue
        assert 0 <= evidence.start < evidence.end
        found = [
            t[evidence.start - at : evidence.end - at]
            for t, at in texts.get(evidence.locator, ())
            if evidence.start >= at
        ]
        assert evidence.text in found, f"{evidence} is not in {texts.get(evidence.locator)}"


def evidence_points_in(result: FileResult, facts: FileFacts) -> None:
    """The same for the findings of a file, in the texts that its facts hold."""
    resolved = Resolved(facts, facts.generations)
    texts: dict[str, list[str]] = {}
    for text in texts_of(resolved):
        texts.setdefault(text.locator, []).append(text.text)
    for generation in facts.generations:
        for prompt in generation.prompts:
            texts.setdefault(prompt.locator, []).append(prompt.text)
        for resource in generation.resources:
            texts.setdefault(resource.locator or generation.locator, []).append(resource.raw or resource.name)
    for finding in result.findings:
        for item in finding.evidence:
            if item.start is not None and item.end is not None:
                found = [text[item.start : item.end] for text in texts.get(item.locator, ())]
                assert item.text in found, f"{item} is not in {texts.get(item.locator)}"


def facts_in(data: bytes, name: str, limits: Limits = DEFAULT_LIMITS, *, thorough: bool = False) -> FileFacts:
    """What a file of these bytes says."""
    return read_facts(MemorySource(data, limits), Candidate(name), limits, thorough=thorough, alone=True)


def outcome_is_honest(facts: FileFacts) -> None:
    """The reason stands where it is owed, and nothing is said to have been read of which something was left out."""
    assert (facts.reason is None) == (facts.outcome in ("scanned", "no-metadata")), (facts.outcome, facts.reason)
    if facts.outcome in ("scanned", "no-metadata"):
        assert not [p.code for p in facts.problems if p.code.startswith("limit-")], (
            "a limit was reached, and all is well"
        )
    assert (facts.outcome != "scanned") or facts.generations or facts.model is not None
    assert (facts.outcome != "no-metadata") or not (facts.generations or facts.model)


def never_passes_cut(data: bytes, end: int, name: str) -> None:
    """A file that is whole, cut at `end`: unreadable, or it says all that it said."""
    whole = facts_in(data, name)
    if whole.outcome != "scanned" or whole.problems:
        return
    part = facts_in(data[:end], name)
    if part.outcome == "unreadable" or (part.generations, part.model) == (whole.generations, whole.model):
        return
    raise AssertionError(
        f"cut at {end} of {len(data)}: {part.outcome}, {_difference(whole.generations, part.generations)}"
    )


def is_line(line: bytes, path: str) -> None:
    """One line of JSON, with its path."""
    assert line.count(b"\n") == line.endswith(b"\n") == 1
    assert json.loads(line)["path"] == path
