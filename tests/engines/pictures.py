"""Small pictures for the engines to read."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def picture(number: int) -> bytes:
    """A valid picture with an infotext; every seventh has none."""
    text = f"a hill, tag {number % 40}, <lora:thing_v{number % 3}:0.8>\nNegative prompt: blurry\nSteps: 20, Seed: {100_000 + number}, Size: 8x8"
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0))
    body = b"" if number % 7 == 0 else chunk(b"tEXt", b"parameters\0" + text.encode())
    pixels = chunk(b"IDAT", zlib.compress((b"\0" + b"\x20" * 24) * 8))
    return b"\x89PNG\r\n\x1a\n" + head + body + pixels + chunk(b"IEND", b"")


def write_pictures(folder: Path, count: int) -> Path:
    """`count` pictures in two folders, some of them damaged."""
    for number in range(count):
        path = folder / ("a" if number % 2 else "b") / f"{number:05d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        data = picture(number)
        path.write_bytes(data[: len(data) // 2] if number % 50 == 49 else data)
    return folder
