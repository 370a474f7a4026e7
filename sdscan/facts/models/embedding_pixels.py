"""Pixels of a picture → the JSON of the embedding that they carry (A1111 `modules/textual_inversion/image_embedding.py`), or None.

The data stand in the low four bits of all three channels: left of the picture the low halves of the bytes, right of it the high halves, each beside
a column of black. Both blocks are masked with the same pseudo-random stream; what comes out is zlib. A WebP has no other place for it.
"""

from __future__ import annotations

import io
import zlib

from sdscan.limits import Limits

_LARGEST = 2_000_000
"""Bytes of one block: the embedding of 75 vectors takes 700,000."""
_LOW = bytes(value & 0x0F for value in range(256))


def embedding_json(picture: bytes, limits: Limits) -> str | None:
    """The JSON text, or None where the pixels carry none."""
    from PIL import Image, ImageChops

    try:
        with Image.open(io.BytesIO(picture), formats=("PNG", "WEBP")) as opened:
            if opened.width * opened.height > limits.pixels:
                return None
            image = opened.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    red, green, blue = image.split()
    box = ImageChops.darker(ImageChops.darker(red, green), blue).getbbox()
    if box is None:
        return None
    image = image.crop(box)
    blocks = _blocks(image.tobytes().translate(_LOW), image.width)
    return None if blocks is None else _unpacked(*blocks, limits)


def _blocks(low: bytes, width: int) -> tuple[bytes, bytes] | None:
    """The blocks left of the first black column and right of the last one, row by row."""
    stride = 3 * width
    black = [x for x in range(width) if not any(low[3 * x + channel :: stride].strip(b"\0") for channel in range(3))]
    if len(black) < 2 or not black[0] or black[-1] == width - 1:
        return None
    rows = range(0, len(low), stride)
    left = b"".join(low[at : at + 3 * black[0]] for at in rows)
    right = b"".join(low[at + 3 * (black[-1] + 1) : at + stride] for at in rows)
    return (left, right) if len(left) == len(right) <= _LARGEST else None


def _unpacked(left: bytes, right: bytes, limits: Limits) -> str | None:
    """Unmask both halves (a linear congruential generator, modulo 255, low four bits), join and inflate them."""
    seed = 0
    data = bytearray(len(left))
    for at, (low, high) in enumerate(zip(left, right)):
        seed = (1664525 * seed + 1013904223) & 0xFFFFFFFF
        mask = seed % 255 & 0x0F
        data[at] = (high ^ mask) << 4 | (low ^ mask)
    try:
        return zlib.decompressobj().decompress(bytes(data), limits.inflated).decode("utf-8", "replace")
    except zlib.error:
        return None
