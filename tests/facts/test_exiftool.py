"""Side by side with exiftool: every text that it finds in the shared samples and in the writers' fixtures, sdscan finds, byte for byte.

Whatever exiftool prints is compared, but for the tags below, each with the reason why it is no text of the file's writer.
"""

from __future__ import annotations

import base64
import fnmatch
import html
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sdscan.pipeline import container_of
from sdscan.records import Candidate, Container
from tests.facts.writers.rows import ROWS, write

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
COMMAND = ("exiftool", "-b", "-j", "-G1:4", "-a", "-u", "-r", "-api", "LargeFileSupport=1")
"""`-G1` with `:4` after it numbers the copies of a tag: names in JSON must be unique."""

pytestmark = pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")

STRUCTURE: tuple[tuple[str, str], ...] = (
    ("SourceFile", "the path that was asked for"),
    ("System:*", "what the file system says about the file"),
    ("ExifTool:*", "exiftool's own version, warnings and errors"),
    ("Composite:*", "worked out by exiftool from other tags"),
    ("File:[!C]*", "type, size and byte order, worked out by exiftool; only File:Comment is text"),
    ("File:Color*", "number of colour components"),
    ("File:Current*", "digest of the IPTC block, worked out by exiftool"),
    ("JFIF:*", "density of the pixels"),
    ("PNG-pHYs:*", "density of the pixels"),
    ("PNG:AnimationFrames", "number of frames (acTL)"),
    ("PNG:AnimationPlays", "number of loops (acTL)"),
    ("PNG:BitDepth", "IHDR"),
    ("PNG:ColorType", "IHDR"),
    ("PNG:Compression", "IHDR"),
    ("PNG:Filter", "IHDR"),
    ("PNG:ImageHeight", "IHDR"),
    ("PNG:ImageWidth", "IHDR"),
    ("PNG:Interlace", "IHDR"),
    ("PNG:ModifyDate", "a date in binary (tIME)"),
    ("PNG:Palette", "colours"),
    ("PNG:SRGBRendering", "how colours are meant"),
    ("PNG:Gamma", "how colours are meant"),
    ("PNG:BackgroundColor", "a colour"),
    ("PNG:Transparency", "a colour"),
    ("PNG:[BGRW]*[XY]", "how colours are meant (cHRM)"),
    ("RIFF:*", "frame headers of WebP"),
    ("GIF:[!C]*", "screen and colour table; GIF:Comment is text"),
    ("GIF:ColorResolutionDepth", "colour table"),
    ("IFD0:*ImageWidth", "a number"),
    ("IFD0:*ImageHeight", "a number"),
    ("IFD0:BitsPerSample", "a number"),
    ("IFD0:Orientation", "a number, put into words"),
    ("IFD0:*Resolution", "a number"),
    ("IFD0:ResolutionUnit", "a number"),
    ("ExifIFD:ColorSpace", "a number, put into words"),
    ("GPS:*", "numbers, put into words"),
    ("QuickTime:*", "boxes of the film: times, matrices, samples"),
    ("Track*", "boxes of the tracks: times, matrices, samples"),
    ("Meta:*", "handler of a meta box"),
    ("ItemList:Encoder", "a program, written by ffmpeg into every film; it is there under its own name"),
    ("Jpeg2000:*", "boxes that hold a picture, a type or a random number inside a C2PA manifest, or the frame of JPEG XL"),
    ("JUMBF:*JUMDT*", "type and flags of a box inside a C2PA manifest"),
    ("Matroska:*", "EBML header; tags have a group of their own"),
    ("FLAC:*", "stream header"),
    ("Opus:*", "stream header"),
    ("MPEG:*", "frame header"),
    ("CBOR:*When", "a date, put into another form"),
    ("CBOR:*ExclusionsLength", "a number"),
    ("CBOR:*OcspVals", "no value (`null`)"),
    ("CBOR:Claim_generator_info", "no value (`null`)"),
    ("CBOR:*Item2", "no value (`null`)"),
)  # fmt: skip
"""(tag, reason); `*` is anything."""
IN_PACKETS = ("XMP", "CBOR", "JUMBF", "JSON", "Jpeg2000", "IPTC")
"""Groups whose values stand inside a larger piece that sdscan keeps whole (XMP packet, manifest store, IPTC record)."""


def report(*folders: str) -> list[dict[str, object]]:
    done = subprocess.run([*COMMAND, *folders], capture_output=True, check=False)
    found = json.loads(done.stdout.decode("utf-8"), parse_float=str, parse_int=str)
    assert isinstance(found, list)
    return found


def texts(entry: dict[str, object]) -> Iterator[tuple[str, str]]:
    """(tag, text) of everything that is no structure; lists item by item, binary values where they are text after all."""
    for tag, value in entry.items():
        if any(fnmatch.fnmatchcase(tag, pattern) for pattern, _ in STRUCTURE):
            continue
        for item in value if isinstance(value, list) else [value]:
            text = _unpacked(str(item))
            if tag.endswith("UserDefinedText"):
                text = text.partition(") ")[2]  # `(key) value` for an ID3 TXXX frame
            if text:
                yield tag, text


def _unpacked(text: str) -> str:
    """base64 is how exiftool shows bytes: kept where they are text."""
    if not text.startswith("base64:"):
        return text
    try:
        plain = base64.b64decode(text[7:]).strip(b"\0").decode("utf-8")
    except ValueError:
        return ""
    return plain if plain.isprintable() else ""


def is_found(tag: str, text: str, container: Container) -> bool:
    """True where a blob is that text, or (for a tag inside a larger piece) holds it."""
    forms = {text}
    for wrong in (
        "cp1252",
        "latin-1",
    ):  # UTF-8 in a PNG tEXt chunk, which exiftool takes as Latin, as the specification says
        try:
            forms.add(text.encode(wrong).decode("utf-8"))
        except ValueError:
            continue
    known = {blob.text.rstrip("\0\n ") for blob in container.blobs if blob.text}
    if any(form.rstrip("\0\n ") in known for form in forms):
        return True
    if not tag.startswith(IN_PACKETS):
        return False
    packets = [html.unescape(blob.text) for blob in container.blobs if blob.text and blob.key == "xmp"]
    return any(text in packet for packet in packets) or any(text.encode() in blob.data for blob in container.blobs)


def lost(entries: list[dict[str, object]]) -> tuple[list[tuple[str, str, str]], int]:
    """(file, tag, begin of the text) of what sdscan does not find, and how many texts were compared."""
    missing: list[tuple[str, str, str]] = []
    count = 0
    for entry in entries:
        path = str(entry["SourceFile"])
        container = container_of(Candidate(path))
        for tag, text in texts(entry):
            count += 1
            if not is_found(tag, text, container):
                missing.append((path, tag, text[:120]))
    return missing, count


def test_every_text_of_the_samples_is_found() -> None:
    if not SAMPLES.exists():
        pytest.skip(f"the shared samples are not here ({SAMPLES})")
    missing, count = lost(report("--ext", "json", str(SAMPLES)))
    assert [] == missing
    assert count > 250


def test_every_text_of_the_fixtures_is_found(tmp_path: Path) -> None:
    for number, row in enumerate(ROWS):
        if row.place == "animated WebP, workflow replaced":
            continue  # exiftool trusts the stale offset, and shows a piece of the workflow
        place = tmp_path / f"{number:03}"
        place.mkdir()
        write(row._replace(beside=()), place)
    missing, count = lost(report(str(tmp_path)))
    assert [] == missing
    assert count > 300


def test_every_exclusion_has_a_reason() -> None:
    assert [] == [pattern for pattern, reason in STRUCTURE if not reason]
