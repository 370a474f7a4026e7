"""Containers that differ in nothing but their seeds are decoded once. Neighbours in an output folder share prompts, models and graphs.

What is remembered is the texts with their seeds taken out, and what they decode to; a container that fits gets the same with its own seeds
put in. Only where a seed shows up as a whole setting and nowhere else, so that no byte of a result depends on what was seen before.
"""

from __future__ import annotations

from msgspec.json import Encoder
from msgspec.structs import astuple, replace

from sdscan.facts import decoders
from sdscan.facts.decoders import Decoded
from sdscan.limits import Limits
from sdscan.patterns import pattern
from sdscan.records import Container, Generation

KEPT = 512
"""Containers remembered; the memory is emptied when it is full."""
LONGEST = 64 * 1024
"""Characters of a container that is remembered: with KEPT, what bounds the memory in bytes."""
_MOST = 8
"""Seeds, and words that end in `eed`, of a container that is remembered."""
_NUMBER = pattern(r"\"?: ?([1-9]\d{4,19})(?![\d.eE])")
"""What follows the letters of `Seed`: `Seed: 12345`, `"noise_seed": 12345`."""
_BOUNDS = len(Limits.__struct_fields__)
"""Fields of Limits that are bounds; what a file that is being read has more is its time."""
_encode = Encoder().encode

Key = tuple[object, ...]
_known: dict[Key, tuple[list[str], Decoded] | None] = {}
"""Texts without seeds → (the seeds they had, what they decoded to); None where that cannot be used again."""


def decode(container: Container, limits: Limits) -> Decoded:
    """As `decoders.decode`, for a container or one like it."""
    seeds = _seeds(container)
    if seeds is None:
        return decoders.decode(container, limits)
    key = _key(container, seeds, limits)
    known = _known.get(key)
    if known is not None:
        return _with(known[1], known[0], seeds)
    decoded = decoders.decode(container, limits)
    if len(_known) >= KEPT:
        _known.clear()
    _known[key] = (seeds, decoded) if _is_reusable(decoded, seeds) else None
    return decoded


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
            if words > _MOST:
                return None
            number = _NUMBER.match(text, at + 3)
            if number is not None and number[1] not in found:
                found.append(number[1])
            at = text.find("eed", at + 3)
    return found if size else None


def _key(container: Container, seeds: list[str], limits: Limits) -> Key:
    """The texts with NUL and a number in place of each seed; no text holds a NUL of its own."""
    parts: list[object] = [*astuple(limits)[:_BOUNDS], container.format]
    longest_first = sorted(range(len(seeds)), key=lambda place: -len(seeds[place]))
    for blob in container.blobs:
        text = blob.text or ""
        for place in longest_first:
            text = text.replace(seeds[place], f"\0{place}")
        parts += (blob.locator, blob.key, text)
    return tuple(parts)


def _is_reusable(decoded: Decoded, seeds: list[str]) -> bool:
    """Whether each seed stands in what was decoded as the whole value of settings, and nowhere else; and that time was left."""
    if any(problem.code == "limit-seconds" for problem in decoded.problems):
        return False
    whole = _encode(decoded)
    values = [value for generation in decoded.generations for value in generation.parameters.values()]
    return all(whole.count(seed.encode()) == values.count(seed) for seed in seeds)


def _with(decoded: Decoded, old: list[str], new: list[str]) -> Decoded:
    """The same with other seeds."""
    if old == new:
        return decoded
    seeds = dict(zip(old, new))
    return replace(decoded, generations=tuple([_reseeded(generation, seeds) for generation in decoded.generations]))


def _reseeded(generation: Generation, seeds: dict[str, str]) -> Generation:
    return replace(
        generation, parameters={key: seeds.get(value, value) for key, value in generation.parameters.items()}
    )
