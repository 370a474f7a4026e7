"""Personal data in metadata: what publishing the file would publish, and what only looks like it."""

from __future__ import annotations

import time

import pytest

from sdscan.facts.decoders import decode
from sdscan.facts.decoders.private import private_data
from sdscan.limits import DEFAULT_LIMITS
from sdscan.records import Blob, Container

FOUND: tuple[tuple[str, list[tuple[str, str]]], ...] = (
    ('{"lora_paths": ["/Users/erika/loras/ink.safetensors"]}', [("home-path", "/Users/erika/loras/ink.safetensors"), ("user-name", "erika")]),
    ("TE: /home/max/models/t5.gguf, Unet: x", [("home-path", "/home/max/models/t5.gguf"), ("user-name", "max")]),
    ('{"image": "C:\\\\Users\\\\Max Muster\\\\in.png"}', [("home-path", "C:\\\\Users\\\\Max Muster\\\\in.png"), ("user-name", "Max Muster")]),
    ("D:/Users/max/x.png", [("home-path", "D:/Users/max/x.png"), ("user-name", "max")]),
    ("by erika.muster+art@mail.example.org, thanks", [("e-mail", "erika.muster+art@mail.example.org")]),
    ('{"key": "sk-' + "a1B2" * 10 + '"}', [("key", "sk-" + "a1B2" * 10)]),
    ("token hf_" + "aB3" * 12, [("key", "hf_" + "aB3" * 12)]),
    ('{"api_key": "0123456789abcdef"}', [("key", "0123456789abcdef")]),
)  # fmt: skip
CLEAN = (
    "a house /home page, Users of the world", "C:\\Users\\Public\\x.png", "/home/user/x.png", "sprite@2x.png", "urn:air:sdxl:lora:civitai:1@77", "ink@v1.safetensors",
    "risk-free, sk-short", '{"api_key": ""}', "@artist, a fox", '{"seed": "0123456789abcdef", "key": "value"}',
)  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FOUND, ids=[text[:30] for text, _ in FOUND])
def test_personal_data_is_named_with_its_place(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(kind, "L", value) for kind, value in expected] == list(private_data((Blob("L", "parameters", text),)))


@pytest.mark.parametrize("text", CLEAN)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert () == private_data((Blob("L", "parameters", text),))


def test_a_place_on_earth_is_personal() -> None:
    decoded = decode(Container("jpeg", (Blob("jpeg:exif/GPS", "GPS", "48.13740, 11.57550"),)), DEFAULT_LIMITS)
    assert ((("gps", "jpeg:exif/GPS", "48.13740, 11.57550"),), ()) == (decoded.private, decoded.generations)


def test_each_text_is_named_once_and_the_list_ends() -> None:
    text = "".join(f"/home/u{n}/x " for n in range(500)) + "/home/u1/x " * 500
    assert 50 == len(private_data((Blob("L", "workflow", text),)))
    assert 2 == len(private_data((Blob("L", "workflow", "/home/max/x " * 500),)))


@pytest.mark.parametrize(
    "piece", ["/home/a", "/home/" + "a/" * 9, "a@", "a.a@a.", "sk-", '"api_key":"', "a" * 63 + "@", "C:\\Users\\"]
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    start = time.perf_counter()
    private_data((Blob("L", "workflow", piece * (300_000 // len(piece))),))
    assert time.perf_counter() - start < 10
