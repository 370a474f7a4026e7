"""What is remembered of files that are alike changes no byte: every file comes to what it comes to alone."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import corpus
from sdscan.discover import discover
from sdscan.engines import judged
from sdscan.facts import decoders, repeats, twins
from sdscan.facts.source import MemorySource
from sdscan.pipeline import facts_of, judge
from sdscan.run import batch_of
from sdscan.session import Settings, load

SEEDS = (
    "12345",
    "4294967295",
    "77777",
    "18446744073709551615",
    "98765432109876543210",
    "123456789012345678901",
    "0",
    "-1",
    "012345",
    "1e10",
    "12345.5",
)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def text(value: str, key: str = "parameters") -> bytes:
    return chunk(b"tEXt", key.encode() + b"\0" + value.encode("latin-1"))


def itext(value: str) -> bytes:
    return chunk(b"iTXt", b"parameters\0\0\0\0\0" + value.encode())


def picture(*before: bytes, after: bytes = b"", colour: int = 2, width: int = 8) -> bytes:
    row = b"\0" + b"\x60" * (4 if colour == 6 else 3) * width
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, 8, 8, colour, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + b"".join(before)
        + chunk(b"IDAT", zlib.compress(row * 8))
        + after
        + chunk(b"IEND", b"")
    )


def infotext(prompt: str, seed: str, more: str = "") -> str:
    return f"{prompt}\nNegative prompt: lowres\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: {seed}, Size: 512x768, {more}Model: anylora, Version: v1.10.1"


def graph(
    seed: object, *, loose: object = 5, prompt: str = "hatsune miku, 1girl"
) -> tuple[dict[str, object], dict[str, object]]:
    """As executed, with a sampler that nothing uses; as drawn, with the seed among the widgets."""
    nodes = {
        "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "anylora.safetensors"}},
        "2": {"class_type": "CLIPTextEncode", "inputs": {"text": prompt, "clip": ["1", 1]}},
        "3": {"class_type": "KSampler", "inputs": {"seed": seed, "steps": 20, "model": ["1", 0], "positive": ["2", 0], "negative": ["2", 0]}},
        "4": {"class_type": "SaveImage", "inputs": {"images": ["3", 0]}},
        "5": {"class_type": "KSampler", "inputs": {"seed": loose, "steps": 20, "model": ["1", 0], "positive": ["2", 0], "negative": ["2", 0]}},
    }  # fmt: skip
    drawn = {
        "nodes": [{"id": 3, "type": "KSampler", "widgets_values": [seed, "randomize", 20]}],
        "links": [],
        "version": 0.4,
    }
    return nodes, drawn


def alike() -> Iterator[bytes]:
    """Neighbours: the same picture for each seed, in every way in which a seed can stand."""
    yield from corpus.pictures(150)
    for seed in SEEDS:
        yield picture(text(infotext("hatsune miku, red dress", seed)))
        yield picture(text(infotext("hatsune miku, red dress", seed)), colour=6)
        yield picture(text(infotext(f"hatsune miku, {seed}", seed)))
        yield picture(text(infotext("hatsune miku, 12345 stars", seed)))
        yield picture(text(infotext("seed: 77777, <lora:12345:1>", seed)))
        yield picture(text(infotext("art by wlop", seed, f"Variation seed: {seed}, Variation seed strength: 0.1, ")))
        yield picture(text(infotext("art by wlop", seed, "Variation seed: 55555, Variation seed strength: 0.1, ")))
        yield picture(text(infotext("art by wlop", seed, f"Model hash: {seed}, ")))
        yield picture(itext(infotext("初音ミク, 1girl", seed)))
        yield picture(text(infotext("frieren", seed)), chunk(b"tRNS", b"\0\1\0\1\0\1"))
        yield picture(text(infotext("frieren", seed)), width=9)
        yield picture(text(infotext("frieren", seed))).replace(b"Euler a", b"Euler b")  # the checksum is wrong
        yield picture(text(infotext("frieren", seed)), after=text(infotext("late", seed), "Comment"))
        yield picture(text(infotext("frieren", seed)))[:-7]
        yield picture(text(infotext("frieren", seed))) + b"behind"
        yield picture(text(infotext("fri\0eren", seed)))
        yield picture(text(infotext("frieren", seed)), text(infotext("megumin", seed)))
        yield picture(text(seed, "seed: 12345"))
        yield picture(text(f"Seed: {seed}", "Comment"))
        number: object = json.loads(seed) if seed != "012345" else seed
        for loose in (5, 424242, number):
            executed, drawn = graph(number, loose=loose)
            yield picture(text(json.dumps(executed), "prompt"), text(json.dumps(drawn), "workflow"))
        yield picture(text(json.dumps(graph(number, prompt=f"frieren {seed}")[0]), "prompt"))
        yield picture(
            text(json.dumps({"prompt": "megumin", "seed": number, "uc": "", "steps": 28}), "Comment"),
            text("NovelAI", "Software"),
        )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("alike")
    for number, data in enumerate(alike()):
        (folder / f"{number:05d}.png").write_bytes(data)
    return folder


def test_files_that_are_alike_come_to_what_each_comes_to_alone(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    knowledge = load(Settings())
    found = {}
    for name, catalog in (
        ("loop", None),
        ("first", str(tmp_path / "c.sqlite")),
        ("second", str(tmp_path / "c.sqlite")),
    ):
        settings = Settings(jobs=1, catalog=catalog, remember=True)
        found[name] = b"".join(batch.lines for batch in judged(discover([str(folder)]), knowledge, settings))
    with monkeypatch.context() as patched:
        patched.setattr(repeats, "decode", decoders.decode)
        alone = batch_of([judge(one.path, facts_of(one), knowledge) for one in discover([str(folder)])]).lines
    for name, lines in found.items():
        assert [] == [
            pair for pair in zip(alone.splitlines(), lines.splitlines(), strict=True) if pair[0] != pair[1]
        ], name


def test_pictures_of_a_session_are_twins() -> None:
    one, other = (
        twins.likeness(MemorySource(picture(text(infotext("frieren", seed))))) for seed in ("12345", "4294967295")
    )
    assert one is not None and other is not None
    assert (one[0], ["12345"], ["4294967295"]) == (other[0], one[1], other[1])


@pytest.mark.parametrize(
    "data",
    [
        picture(text(infotext("a", "12345")), colour=6),
        picture(text(infotext("a", "12345")), chunk(b"tRNS", bytes(6))),
        picture(text(infotext("a", "12345")), after=text("b", "Comment")),
        picture(text(infotext("a", "12345"))) + b"x",
        picture(text(infotext("a", "12345")))[:-1],
        picture(text(infotext("a", "12345"))).replace(b"Euler a", b"Euler b"),
        picture(text("a\0b")),
        picture(chunk(b"zTXt", b"parameters\0\0" + zlib.compress(b"a"))),
        picture(chunk(b"eXIf", b"II*\0")),
        picture(text("seed: 12345 " * 200)),
        picture(),
        b"\x89PNG\r\n\x1a\n",
        b"",
    ],
    ids="alpha tRNS late-text trailer cut crc nul ztxt exif many-seeds bare signature empty".split(),
)
def test_what_is_not_plain_has_no_twins(data: bytes) -> None:
    assert None is twins.likeness(MemorySource(data))
