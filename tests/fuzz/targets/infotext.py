"""Infotext → prompt, negative prompt, templates, pairs."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from sdscan.facts.decoders import infotext
from sdscan.facts.decoders.infotext import parse_infotext
from sdscan.facts.decoders.networks import add_networks
from sdscan.facts.decoders.resources import Resources
from sdscan.facts.decoders.tags import add_tags
from sdscan.facts.text import scalar
from tests.fuzz import seeds
from tests.fuzz.mutating import _changed_text, changed_bytes
from tests.fuzz.promises import in_time, is_same, survives
from tests.fuzz.target import Target

WORDS = (
    b"Negative prompt: ", b"Steps: 20, ", b"Sampler: ", b"Seed: 1, ", b"Template: ", b"Negative template: ", b"<lora:a:0.8>", b"<lyco:", b"Hashes: {",
    b'Lora hashes: "a: 1"', b"Civitai resources: [", b"Recipe metadata: {", b"Wildcard prompt: ", b'\\"', b"\r\n", b"Version: f2", b"Model: ", b", ",
    b"ADetailer prompt: ", b"AddNet Module 1: LoRA", b"Hires prompt: ", b"Lora_0 Model name: ", b"Size: 1x1", b"TI hashes: ", b"Variation seed: ",
)  # fmt: skip


def check(data: bytes) -> None:
    text = data.decode("utf-8", "surrogatepass" if data[:1] == b"s" and _whole(data) else "replace")
    with in_time():
        found = parse_infotext(text)
    is_same(found, parse_infotext(text), "a second time")
    survives(found)
    check_short_way(text)
    for key, value in found.parameters:
        key.encode()
        value.encode()
    for piece in (found.prompt, found.negative, found.template, found.negative_template):
        assert piece is None or len(piece) <= len(text)
    with in_time():
        resources = Resources()
        add_tags(resources, found.prompt, "x")
        add_networks(resources, dict(found.parameters), "x")


def check_short_way(text: str) -> None:
    """The sweep that reads most texts says what the general way says."""
    text = infotext._normal(scalar(text))
    start, pairs = infotext._plain_end(text)
    if start >= 0:
        begin = infotext._parameters_start(text)
        is_same((start, pairs, {}), (begin, *infotext._parameters(text, begin)), "in one sweep")


def _whole(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def begin() -> Iterator[bytes]:
    for text in seeds.texts():
        if "Steps:" in text or "Negative prompt" in text:
            yield text.encode("utf-8", "replace")


def mutate(data: bytes, rng: Random) -> bytes:
    if rng.random() < 0.5:
        at = rng.randint(0, len(data))
        return data[:at] + rng.choice(WORDS) + data[at:]
    if rng.random() < 0.5:
        return changed_bytes(data, rng)
    return _changed_text(data.decode("utf-8", "replace"), rng).encode("utf-8", "replace")


TARGET = Target("infotext of A1111 and its kin (`parse_infotext`, tags of networks)", check, begin, mutate, WORDS)
