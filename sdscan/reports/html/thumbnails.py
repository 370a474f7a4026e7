"""A picture on disk → a small WebP as a data URI, or None. Pixels are decoded here and nowhere else in the reports."""

from __future__ import annotations

import base64
import io
import os
import warnings

from sdscan.errors import ReadError
from sdscan.facts.source import FileSource
from sdscan.limits import MIB

SIDE = 256
"""Longest side in pixels."""
_QUALITY = 60
_PIXELS = 64_000_000
"""Larger pictures get a placeholder: decoding them costs more than the page is worth."""
_BYTES = 64 * MIB
"""The same for larger files."""
FORMATS = frozenset({"png", "jpeg", "webp", "gif", "tiff", "bmp", "avif"})
"""Pictures that can be shown small."""


def thumbnail(root: str, path: str, format_: str) -> str | None:
    """`data:image/webp;base64,…` of a picture below `root`; None where it has moved, is no picture, or cannot be decoded."""
    data = thumbnail_bytes(os.path.join(root, path), format_)
    return None if data is None else "data:image/webp;base64," + base64.b64encode(data).decode()


def thumbnail_bytes(path: str, format_: str) -> bytes | None:
    """A WebP of a picture; None where there is none to be had."""
    if format_ not in FORMATS:
        return None
    from PIL import Image, UnidentifiedImageError

    try:
        with FileSource(path) as source:  # never a pipe or device; some decoders read a file of any size as a whole
            if source.size > _BYTES:
                return None
            data = io.BytesIO(source.read(0, source.size))
        with warnings.catch_warnings(), Image.open(data, formats=(format_.upper(),)) as picture:
            warnings.simplefilter("ignore")
            if picture.width * picture.height > _PIXELS:
                return None
            picture.thumbnail((SIDE, SIDE))
            small = io.BytesIO()
            (picture if picture.mode in ("RGB", "RGBA") else picture.convert("RGBA")).save(
                small, "WEBP", quality=_QUALITY
            )
    except (
        ReadError,
        OSError,
        ValueError,
        SyntaxError,
        UnidentifiedImageError,
        Image.DecompressionBombError,
        EOFError,
        MemoryError,
    ):
        return None
    return small.getvalue()
