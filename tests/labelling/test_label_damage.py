"""Damaged and hostile pictures: labelling never fails, and a copy that is made says what its original says."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from labelled import FORCED, MARK, facts
from pictures import MAKERS, PRIVATE, exif, png, saved

from sdscan.facts.source import MemorySource
from sdscan.labelling import WRITERS, blocks, check, plan
from sdscan.limits import DEFAULT_LIMITS

ROUNDS = int(os.environ.get("SDSCAN_FUZZ_ROUNDS", "12"))


@pytest.mark.parametrize("name", [*MAKERS, "private.png", "private.jpg", "private.webp", "private.avif"])
def test_damage_is_refused_or_survived(name: str, tmp_path: Path) -> None:
    data = made(name)
    rng = random.Random(name)
    for number in range(ROUNDS):
        hurt = damaged(data, rng)
        told = facts(hurt)
        source = MemorySource(hurt)
        found = plan(source, told, FORCED, owed=True, private=True, limits=DEFAULT_LIMITS)
        if found.action != "marked":
            continue
        copy = tmp_path / f"{number}"
        copy.write_bytes(b"".join(blocks(source, found)))
        wrong, _ = check(str(copy), told, found, DEFAULT_LIMITS)
        if wrong is None:
            assert MARK == facts(copy.read_bytes()).disclosure.iptc


@pytest.mark.parametrize("kind", WRITERS)
def test_the_walkers_of_labelling_take_any_bytes(kind: str) -> None:
    rng = random.Random(kind)
    for name in ("plain.png", "exif.jpg", "exif.webp", "exif.avif"):
        data = made(name)
        for _ in range(ROUNDS):
            WRITERS[kind][0](MemorySource(damaged(data, rng)), DEFAULT_LIMITS)
    for data in (
        b"",
        b"\0",
        bytes(4000),
        b"\xff" * 4000,
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe1",
        b"RIFF\4\0\0\0WEBP",
    ):
        assert isinstance(WRITERS[kind][0](MemorySource(data), DEFAULT_LIMITS), str)


def made(name: str) -> bytes:
    if not name.startswith("private"):
        return MAKERS[name]()
    kind = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP", "avif": "AVIF"}[name.rpartition(".")[2]]
    return png(PRIVATE) if kind == "PNG" else saved(kind, exif=exif(PRIVATE, place=True))


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Some bytes changed, taken out, put in, or the end cut off; mostly in the head, where the tables are."""
    hurt = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        at = rng.randrange(min(len(hurt), rng.choice((64, 700, len(hurt)))))
        what = rng.randrange(5)
        if what == 0:
            hurt[at] = rng.randrange(256)
        elif what == 1:
            hurt[at] ^= 1 << rng.randrange(8)
        elif what == 2:
            hurt[at : at + 4] = rng.choice((b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\0\0\1", b"\x7f\xff\xff\xff"))
        elif what == 3:
            del hurt[at : at + rng.randrange(1, 9)]
        else:
            hurt[at:at] = bytes(rng.randrange(256) for _ in range(rng.randrange(1, 9)))
    return bytes(hurt[: rng.randrange(1, len(hurt))]) if rng.randrange(8) == 0 else bytes(hurt)
