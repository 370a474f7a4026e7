"""Containers that differ in nothing but their seeds are decoded once. Neighbours in an output folder share prompts, models and graphs.

What is remembered is the texts with their seeds taken out, and what they decode to; a container that fits gets the same with its own seeds
put in. Only where a seed shows up as a whole setting and nowhere else, so that no byte of a result depends on what was seen before.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.json import Encoder
from msgspec.structs import replace

from sdscan.facts import decoders
from sdscan.facts.decoders import Decoded
from sdscan.limits import Limits
from sdscan.patterns import pattern
from sdscan.records import Container, Generation

KEPT = 512
"""Containers remembered; the memory is emptied when it is full."""
LONGEST = 64 * 1024
"""Characters of a container that is remembered: with KEPT, what bounds the memory in bytes."""
_MOST_SEEDS, _MOST_WORDS = 8, 64
"""Seeds, and words that end in `eed`, of a container that is remembered: so that a hostile one costs no more than another."""
_NUMBER = pattern(r"\"?: ?([1-9]\d{4,19})(?![\d.eE])")
"""What follows the letters of `Seed`: `Seed: 12345`, `"noise_seed": 12345`."""
_encode = Encoder().encode


class Known(Struct, eq=False, gc=False):
    """What a container decoded to."""

    decoded: Decoded
    seeds: list[str]
    """The seeds that it had, in the order of their places."""
    settings: tuple[tuple[tuple[str, int], ...], ...]
    """For each generation: the settings that are a seed, and which."""


_known: dict[tuple[str, ...], Known | None] = {}
"""Texts without seeds → what they decoded to; None where that cannot be used again."""
_limits: list[Limits] = []
"""The limits that `_known` was decoded under."""


def decode(container: Container, limits: Limits) -> Decoded:
    """As `decoders.decode`, for a container or one like it."""
    seeds = _seeds(container)
    if seeds is None:
        return decoders.decode(container, limits)
    key = _key(container, seeds)
    known = _found(key, limits)
    if known is not None:
        return known.decoded if seeds == known.seeds else _with(known, seeds)
    decoded = decoders.decode(container, limits)
    if len(_known) >= KEPT:
        _known.clear()
    _known[key] = _reusable(decoded, seeds)
    return decoded


def _found(key: tuple[str, ...], limits: Limits) -> Known | None:
    if not _limits or _limits[0] is not limits.bounds:
        _known.clear()
        _limits[:] = [limits.bounds]
    return _known.get(key)


def _seeds(container: Container) -> list[str] | None:
    """The numbers that are seeds, each once; None where the container is not worth remembering, or could be mistaken for another."""
    found: list[str] = []
    words = size = 0
    for blob in container.blobs:
        text = blob.text
        if text is None or "\0" in text:
            return None
        size += len(text)
        if size > LONGEST:
            return None
        at = text.find("eed")
        while at != -1:
            words += 1
            if words > _MOST_WORDS or len(found) > _MOST_SEEDS:
                return None
            number = _NUMBER.match(text, at + 3)
            if number is not None and number[1] not in found:
                found.append(number[1])
            at = text.find("eed", at + 3)
    return found if size else None


def _key(container: Container, seeds: list[str]) -> tuple[str, ...]:
    """The texts with NUL and a number in place of each seed; no text holds a NUL of its own."""
    marks = [(seed, f"\0{place}") for place, seed in enumerate(seeds)]
    if len(marks) > 1:
        marks.sort(key=lambda mark: -len(mark[0]))
    parts = [container.format]
    for blob in container.blobs:
        text = blob.text or ""
        for seed, mark in marks:
            text = text.replace(seed, mark)
        parts += (blob.locator, blob.key, text)
    return tuple(parts)


def _reusable(decoded: Decoded, seeds: list[str]) -> Known | None:
    """What to remember, where each seed stands in what was decoded as the whole value of settings and nowhere else, and time was left."""
    if any(problem.code == "limit-seconds" for problem in decoded.problems):
        return None
    settings = [
        tuple((key, seeds.index(value)) for key, value in generation.parameters.items() if value in seeds)
        for generation in decoded.generations
    ]
    whole = _encode(decoded)
    held = [place for found in settings for _, place in found]
    if any(place not in held or whole.count(seed.encode()) != held.count(place) for place, seed in enumerate(seeds)):
        return None  # one that does not show up may do so in another form: a number rounded, a digest
    return Known(decoded, seeds, tuple(settings))


def _with(known: Known, seeds: list[str]) -> Decoded:
    """The same with other seeds."""
    pairs = zip(known.decoded.generations, known.settings)
    return replace(known.decoded, generations=tuple([_reseeded(one, settings, seeds) for one, settings in pairs]))


def _reseeded(generation: Generation, settings: tuple[tuple[str, int], ...], seeds: list[str]) -> Generation:
    if not settings:
        return generation
    parameters = generation.parameters.copy()
    for key, place in settings:
        parameters[key] = seeds[place]
    return replace(generation, parameters=parameters)
