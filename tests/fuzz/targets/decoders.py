"""Texts under keys → generations, by every decoder. An input is a list of blobs, so that no container stands in the way.

format 1E locator 1F key 1F text 1E locator 1F key 1F text …      a text that begins with 1D is bytes
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from sdscan.facts import decoders, repeats
from sdscan.facts.decoders import DECODERS, TOOLS
from sdscan.limits import DEFAULT_LIMITS, Limits
from sdscan.records import Blob, Container
from tests.fuzz import seeds
from tests.fuzz.mutating import _changed_text, changed_bytes, changed_json, parsed, written
from tests.fuzz.promises import in_time, is_same, is_sound, survives
from tests.fuzz.target import Target

NEXT, FIELD, RAW = b"\x1e", b"\x1f", b"\x1d"
KEYS = tuple(sorted({key for keys, _ in DECODERS for key in keys}))
SMALL = Limits(prompts=2, resources=2, json=200, values=40, nodes=3, depth=3, tags=5, parameters=5)


def container_in(data: bytes) -> Container:
    """The blobs that an input spells out."""
    first, *rest = data.split(NEXT)[:40]
    blobs, at = [], 0
    for item in rest:
        locator, _, more = item.partition(FIELD)
        key, _, body = more.partition(FIELD)
        raw = body[:1] == RAW
        text = None if raw else body.decode("utf-8", "replace")  # a walker leaves no half characters
        where = locator.decode("utf-8", "replace") or "png:tEXt/x"
        blobs.append(Blob(where, key.decode("utf-8", "replace"), text, body[1:] if raw else b"", at, len(body)))
        at += len(item) + 1
    return Container(first.decode("utf-8", "replace")[:20], tuple(blobs))


def spelled(container: Container) -> bytes:
    """An input for these blobs."""
    parts = [container.format.encode()]
    for blob in container.blobs:
        body = RAW + blob.data if blob.text is None else blob.text.encode("utf-8", "surrogatepass")
        parts.append(
            blob.locator.encode("utf-8", "replace") + FIELD + blob.key.encode("utf-8", "replace") + FIELD + body
        )
    return NEXT.join(parts)


def check(data: bytes) -> None:
    container = container_in(data)
    with in_time():
        decoded = decoders.decode(container, DEFAULT_LIMITS)
    is_same(decoded, repeats.decode(container, DEFAULT_LIMITS), "remembered")
    is_same(decoded, repeats.decode(container, DEFAULT_LIMITS), "remembered again")
    survives(decoded)
    is_sound(decoded.generations)
    assert all(generation.tool in TOOLS for generation in decoded.generations)
    for text in decoded.texts:
        text.text.encode()
    small = decoders.decode(container, SMALL)
    assert sum(len(generation.prompts) for generation in small.generations) <= SMALL.prompts
    assert sum(len(generation.resources) for generation in small.generations) <= SMALL.resources


def begin() -> Iterator[bytes]:
    for container in seeds.read():
        if container.blobs:
            yield spelled(container)


def mutate(data: bytes, rng: Random) -> bytes:
    """A text changed as what it is, a key put under another, two blobs exchanged."""
    first, *items = data.split(NEXT)
    if not items:
        return changed_bytes(data, rng)
    number = rng.randrange(len(items))
    fields = items[number].split(FIELD)
    if len(fields) != 3:
        return changed_bytes(data, rng)
    kind = rng.randrange(6)
    if kind == 0:
        fields[1] = rng.choice(KEYS).encode()
    elif kind == 1:
        items.insert(rng.randrange(len(items)), items[number])
    elif kind == 2:
        fields[2] = changed_bytes(fields[2], rng)
    else:
        text = fields[2].decode("utf-8", "surrogateescape")
        at = text.find("{")
        document = parsed(text[at:]) if at >= 0 else None
        if document is None:
            fields[2] = _changed_text(text, rng).encode("utf-8", "surrogatepass" if "\ud800" in text else "replace")
        else:
            fields[2] = (text[:at] + written(changed_json(document, rng), rng)).encode("utf-8", "surrogatepass")
    items[number] = FIELD.join(fields)
    return NEXT.join([first, *items])


TARGET = Target(
    "texts under their keys → what each writer left (`decoders.decode`)",
    check,
    begin,
    mutate,
    (NEXT, FIELD, *(k.encode() for k in KEYS)),
)
