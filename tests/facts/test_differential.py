"""Side by side with Pillow and exiftool on files that are damaged: whatever text one of them still finds, sdscan finds too, or says that something is wrong.

The damage is made by code, the same in every run. On whole files the comparison is exact: test_exiftool.py, test_container_samples.py.
"""

from __future__ import annotations

import io
import re
import shutil
import struct
import warnings
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
import test_exiftool as exiftool
from PIL import Image

from sdscan.facts.containers import read
from sdscan.facts.exif import read_exif
from sdscan.facts.source import MemorySource
from sdscan.limits import DEFAULT_LIMITS
from sdscan.records import Container
from tests.facts.writers.rows import ROWS, SUFFIXES
from tests.fuzz.mutating import changed_bytes, changed_container
from tests.fuzz.seeds import samples

FILES = 400
"""Damaged files that are compared."""
REFUSALS = (
    OSError, ValueError, SyntaxError, KeyError, TypeError, AttributeError, IndexError, EOFError, OverflowError, struct.error, Image.DecompressionBombError,
)  # fmt: skip
"""What Pillow raises for files that it does not take."""
TEXT_TAGS = (0x010D, 0x010E, 0x010F, 0x0110, 0x0131, 0x013B, 0x8298)
"""DocumentName, ImageDescription, Make, Model, Software, Artist, Copyright."""


def damaged(seed: int, count: int = FILES) -> Iterator[tuple[str, bytes]]:
    """(suffix, bytes) of fixtures with one change each, and of samples with one, where there are samples."""
    rng = Random(seed)
    real = [(_suffix(data), data) for data in samples() if _suffix(data)]
    made = [(SUFFIXES.get(row.container, f".{row.container}"), row.make()) for row in ROWS]
    for number in range(count):
        suffix, data = rng.choice(real if real and number % 4 == 0 else made)
        yield suffix, changed_container(data, rng)


def _suffix(data: bytes) -> str:
    return {b"\x89PNG": ".png", b"\xff\xd8\xff\xe0": ".jpg", b"\xff\xd8\xff\xe1": ".jpg", b"RIFF": ".webp"}.get(
        data[:4], ""
    )


def letters(text: str) -> str:
    """What survives every difference of opinion about encodings, blanks and line ends."""
    return re.sub("[^A-Za-z0-9]", "", text)


def is_told(container: Container) -> bool:
    """Whether a file says by itself that something is wrong with it, or is not known at all."""
    return bool(container.problems or container.incomplete) or container.format == "unknown"


def holds(container: Container, text: str) -> bool:
    """Whether a blob holds the text, or, where damage inside it is seen in two ways (noise in UTF-16), its begin or its end."""
    wanted = letters(text)
    ours = [letters(blob.text if blob.text is not None else blob.data.decode("latin-1")) for blob in container.blobs]
    return any(wanted in mine or (len(wanted) > 40 and (wanted[:20] in mine or wanted[-20:] in mine)) for mine in ours)


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
def test_what_exiftool_finds_in_a_damaged_file_is_found_or_the_damage_is_told(tmp_path: Path) -> None:
    for number, (suffix, data) in enumerate(damaged(1)):
        (tmp_path / f"{number:04}{suffix}").write_bytes(data)
    missing, count = exiftool.lost(exiftool.report(str(tmp_path)))
    silent = []
    for path, tag, text in missing:
        container = read(MemorySource(Path(path).read_bytes()))
        structure = tag.startswith(("Trailer:", "PNG:Copy"))  # numbers of a second picture behind the first
        if not structure and not is_told(container) and not holds(container, text):
            silent.append((Path(path).name, tag, text))
    assert [] == silent
    assert count > FILES


def test_what_pillow_finds_in_a_damaged_picture_is_found_or_the_damage_is_told() -> None:
    silent, count = [], 0
    for suffix, data in damaged(2):
        container = read(MemorySource(data))
        for key, text in pillow_texts(data):
            count += 1
            if not is_told(container) and not holds(container, text):
                silent.append((suffix, key, text[:80]))
    assert [] == silent
    assert count > FILES // 4


def pillow_texts(data: bytes) -> Iterator[tuple[str, str]]:
    """(key, text) of everything that Pillow reads; nothing where it refuses the file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data)) as picture:
                found = dict(getattr(picture, "text", {}))
                found |= {
                    key: value for key, value in picture.info.items() if key in ("comment", "xmp", "XML:com.adobe.xmp")
                }
                exif = picture.getexif()
                found |= {f"tag {tag:#x}": exif[tag] for tag in TEXT_TAGS if tag in exif}
        except REFUSALS:
            return
    for key, value in found.items():
        text = value.decode("latin-1") if isinstance(value, bytes) else value
        if isinstance(text, str) and letters(text):
            yield key, text


def test_tags_of_a_damaged_exif_block_are_read_as_pillow_reads_them() -> None:
    rng, silent, count = Random(3), [], 0
    blocks = [
        data[at : at + 4096]
        for data in (row.make() for row in ROWS)
        if (at := max(data.find(b"MM\0*"), data.find(b"II*\0"))) >= 0
    ]
    for _ in range(FILES):
        block = changed_bytes(rng.choice(blocks), rng)
        pieces, problems = read_exif(block, DEFAULT_LIMITS)
        ours = [letters(piece.text or piece.data.decode("latin-1")) for piece in pieces]
        for tag, text in pillow_tags(block):
            count += 1
            if not problems and not any(letters(text) in mine for mine in ours):
                silent.append((hex(tag), text[:80]))
    assert [] == silent
    assert count > FILES // 4


def pillow_tags(block: bytes) -> Iterator[tuple[int, str]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exif = Image.Exif()
        try:
            exif.load(b"Exif\0\0" + block)
            found = {tag: exif[tag] for tag in TEXT_TAGS if tag in exif}
        except REFUSALS:
            return
    for tag, value in found.items():
        text = value.decode("latin-1") if isinstance(value, bytes) else value
        if isinstance(text, str) and letters(text):
            yield tag, text
