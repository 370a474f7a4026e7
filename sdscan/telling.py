"""Facts → the JSON line of a result, and its counts. Files that differ in nothing but their seeds and their path are judged and encoded once.

Neighbours in an output folder share prompts, models and graphs. What they share is a `Told`: the line with holes for path and seeds. No
rule looks at a seed, and none at the path of a picture unless the user stated something about paths; everything else is told one by one.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sdscan.digests import blake2b
from sdscan.exits import Tally
from sdscan.facts import twins
from sdscan.facts.text import visible
from sdscan.facts.twins import Likeness
from sdscan.knowledge import Knowledge
from sdscan.pipeline import judge
from sdscan.records import FileFacts, FileResult, Generation
from sdscan.run import Batch

KEPT = 1_024
"""Shapes remembered; the memory is emptied when it is full."""
LONGEST = 64 * 1024
"""Characters of the prompts of a shape that is remembered: with KEPT, what bounds the memory in bytes."""
SEEDS = frozenset(
    ("Seed", "seed", "noise_seed", "Variation seed", "subseed", "base_seed", "seed_num", "refiner_seed", "rand_seed")
)
"""Settings that no rule looks at."""
_MARK = "\x00"
"""Begins what stands in place of a seed; no setting that a file gives is kept with a NUL in front (see `shaped`)."""
_NUL = b"\\u0000"
"""How the line writes it; the number of the seed and a quotation mark follow."""
_HEAD = b'{"path":'
_JUDGEMENT = b"\x95\xc4\x00"
"""How a judgement begins whose path is empty: an array of five, of which the first is no bytes (msgpack)."""
_json = msgspec.json.Encoder().encode
_msgpack = msgspec.msgpack.Encoder().encode

Key = tuple[object, ...]
Seeds = tuple[str, ...]
"""The seeds of one file, in the order in which they stand."""


class Told(Struct, frozen=True, gc=False):
    """What all files of one shape come to."""

    pieces: tuple[bytes, ...]
    """The line behind the path, cut where the seeds go."""
    tally: Tally
    judgement: bytes
    """What the catalog remembers of it, behind the path."""

    def line(self, path: str, seeds: Seeds) -> bytes:
        """The line of one file."""
        parts = [_HEAD, _json(visible(path)), self.pieces[0]]
        for seed, piece in zip(seeds, self.pieces[1:]):
            parts += (_json(seed), piece)
        parts.append(b"\n")
        return b"".join(parts)

    def judgement_at(self, path: str) -> bytes:
        """The judgement of one file, as `judgement_of` gives it."""
        return b"".join((b"\x95", _msgpack(os.fsencode(path)), self.judgement))


class Shape(Struct, eq=False, gc=False):
    """Facts that many files may share."""

    facts: FileFacts | None
    """With marks in place of the seeds. None where they were not fetched, since what its files come to is known."""
    told: Told | None = None
    """None where each file must be judged by itself."""
    stored: bytes = b""
    """The facts as the catalog keeps them; empty until asked for."""
    id: bytes = b""
    """The digest of that."""


class _Made(Struct, frozen=True, gc=False):
    """What is made of files that are alike."""

    shape: Shape
    seeds: tuple[int | str, ...]
    """For each seed of the shape: which of the written ones it is, or a short one that all of them share."""


class Teller:
    """Remembers the shapes of one run."""

    def __init__(self, knowledge: Knowledge, *, remember: bool = False) -> None:
        self.knowledge = knowledge
        self.remember = remember
        """Whether the catalog is to keep the judgements."""
        stated = knowledge.statements
        self.shares = not (stated.allow or stated.declare or stated.baseline)
        """False where paths matter: then nothing is shared."""
        self._by_key: dict[Key, Shape] = {}
        self._by_id: dict[bytes, Shape] = {}
        self._twins: dict[twins.Key, _Made] = {}
        """Raw texts without seeds → what is made of the file."""

    def shape(self, facts: FileFacts) -> Shape:
        """The shape of facts that were just read."""
        key = key_of(facts)
        if key is None:
            return Shape(shaped(facts))
        known = self._by_key.get(key)
        if known is None:
            known = self.judged(Shape(shaped(facts)))
            if len(self._by_key) >= KEPT:
                self._by_key.clear()
            self._by_key[key] = known
        return known

    def twin(self, found: Likeness) -> tuple[Shape, Seeds] | None:
        """The shape of files that are alike to this one, and the seeds of this one; None where it must be read on."""
        key, written = found
        made = self._twins.get(key)
        if made is None:
            return None
        return made.shape, tuple([written[one] if isinstance(one, int) else one for one in made.seeds])

    def remember_twin(self, found: Likeness, shape: Shape, seeds: Seeds) -> None:
        """Let `twin` answer with this shape, where each seed that was written is a setting, and stands nowhere else in what was made of it."""
        facts, told = shape.facts, shape.told
        if told is None or facts is None or not facts.generations or facts.outcome != "scanned" or facts.problems:
            return
        key, written = found
        held = (store(shape).stored,) if self.remember else told.pieces
        for seed in written:
            if seed not in seeds or any(seed.encode() in piece for piece in held):
                return
        if len(self._twins) >= KEPT:
            self._twins.clear()
        self._twins[key] = _Made(shape, tuple([written.index(seed) if seed in written else seed for seed in seeds]))

    def unknown(self, shape_ids: set[bytes]) -> set[bytes]:
        """Those of the shapes that `stored` would fetch."""
        return shape_ids - self._by_id.keys()

    def stored(self, shape_id: bytes, fetch: Callable[[bytes], Shape | None]) -> Shape | None:
        """The shape of that id, fetched once."""
        known = self._by_id.get(shape_id)
        if known is None:
            known = fetch(shape_id)
            if known is not None:
                if len(self._by_id) >= KEPT:
                    self._by_id.clear()
                self._by_id[shape_id] = known
        return known

    def judged(self, shape: Shape) -> Shape:
        """The shape with what its files come to, where they come to the same."""
        if shape.told is None and self.shares and shape.facts is not None and shape.facts.model is None:
            shape.told = told_of(shape.facts, self.knowledge, self.remember)
        return shape


def store(shape: Shape) -> Shape:
    """The shape with its id, and as the catalog keeps it."""
    if not shape.id:
        shape.stored = _msgpack(shape.facts)
        shape.id = blake2b(shape.stored, digest_size=12).digest()
    return shape


Put = Callable[[bytes], object]
"""Takes one line after another. ValueError: there is no room for this one."""


class Lines:
    """The lines of one chunk, with their counts. They go to `put` as long as it has room; the rest is kept.

    `keep`: whether anybody asks for the lines.
    """

    def __init__(self, teller: Teller, put: Put | None = None, *, keep: bool = True) -> None:
        self._teller = teller
        self._keep = keep
        self._lines: list[bytes] = []
        self._put = self._lines.append if put is None else put
        self._tally = Tally()
        self._counts: dict[Shape, int] = {}

    def add(self, path: str, shape: Shape, seeds: Seeds, shown: str | None = None) -> bytes:
        """One file; its judgement, where judgements are remembered. `shown`: the path of the line, where it is judged as another."""
        told = shape.told
        if told is not None:
            if self._keep:
                line = told.line(path if shown is None else shown, seeds)
                try:
                    self._put(line)
                except ValueError:
                    self._full(line)
            self._counts[shape] = self._counts.get(shape, 0) + 1
            return told.judgement_at(path) if self._teller.remember else b""
        assert shape.facts is not None, "facts are fetched where it is not known what they come to"
        result = judge(path, unshaped(shape.facts, seeds), self._teller.knowledge)
        if self._keep:
            line = _json(result if shown is None else replace(result, path=visible(shown))) + b"\n"
            try:
                self._put(line)
            except ValueError:
                self._full(line)
        self._tally.add(result)
        return judgement_of(result, path) if self._teller.remember else b""

    def _full(self, line: bytes) -> None:
        """What comes after a line for which there was no room is kept too: their order is that of the files."""
        self._put = self._lines.append
        self._put(line)

    def batch(self) -> Batch:
        """The counts of all that was added, and the lines that were kept."""
        for shape, times in self._counts.items():
            if shape.told is not None:
                self._tally.merge(shape.told.tally, times)
        return Batch(self._lines, self._tally)


def seeds_of(facts: FileFacts) -> Seeds:
    """The seeds of a file, in the order in which they stand."""
    return tuple([value for g in facts.generations for key, value in g.parameters.items() if key in SEEDS])


def key_of(facts: FileFacts) -> Key | None:
    """Everything but the seeds; None where files are not alike: model files are judged by their name as well."""
    if facts.model is not None:
        return None
    parts: list[object] = [
        facts.format, facts.outcome, facts.reason, facts.problems, facts.disclosure, facts.texts, facts.width, facts.height, facts.private,
    ]  # fmt: skip
    size = 0
    for g in facts.generations:
        for prompt in g.prompts:
            size += len(prompt.text)
        settings = [pair if pair[0] not in SEEDS else pair[0] for pair in g.parameters.items()]
        parts += (g.tool, g.locator, g.tool_version, g.prompts, g.resources, g.hidden, g.canvas_only, *settings, None)
    return tuple(parts) if size <= LONGEST else None


def shaped(facts: FileFacts) -> FileFacts:
    """The facts with marks in place of the seeds."""
    number = 0
    generations: list[Generation] = []
    for generation in facts.generations:
        parameters = {}
        for key, value in generation.parameters.items():
            if key in SEEDS:
                value = f"{_MARK}{number}"
                number += 1
            parameters[key] = value
        generations.append(replace(generation, parameters=parameters))
    return replace(facts, generations=tuple(generations)) if number else facts


def unshaped(facts: FileFacts, seeds: Seeds) -> FileFacts:
    """The facts of one file of a shape."""
    if not seeds:
        return facts
    rest = iter(seeds)
    generations = tuple(
        [
            replace(g, parameters={key: next(rest) if key in SEEDS else value for key, value in g.parameters.items()})
            for g in facts.generations
        ]
    )
    return replace(facts, generations=generations)


def told_of(facts: FileFacts, knowledge: Knowledge, remember: bool) -> Told | None:
    """Judge a shape. None where what a file says looks like a mark of ours."""
    result = judge("", facts, knowledge)
    tally = Tally()
    tally.add(result)
    line = _json(result)
    start = len(_HEAD) + 2
    assert line.startswith(_HEAD + b'""'), "a result begins with its path"
    first, *pieces = line[start:].split(_NUL)
    if len(pieces) != len(seeds_of(facts)):
        return None
    cut = [first]
    for number, piece in enumerate(pieces):
        end = b'%d"' % number
        if not (cut[-1].endswith(b'"') and piece.startswith(end)):
            return None
        cut[-1] = cut[-1][:-1]
        cut.append(piece[len(end) :])
    judgement = judgement_of(result, "") if remember else _JUDGEMENT
    assert judgement.startswith(_JUDGEMENT), "a judgement begins with its path"
    return Told(tuple(cut), tally, judgement[len(_JUDGEMENT) :])


def packed(told: Told) -> bytes:
    """As the catalog keeps it."""
    return _msgpack(told)


def judgement_of(result: FileResult, path: str) -> bytes:
    """See `judged.judgement_of`, which only runs with a catalog need."""
    from sdscan import judged

    return judged.judgement_of(result, path)
