"""Real files: format, C2PA and hidden copies as the index of the samples says, and every text that exiftool finds."""

import base64
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from sdscan.facts.containers import read
from sdscan.facts.source import FileSource
from sdscan.limits import DEFAULT_LIMITS
from sdscan.records import Container

NO_WRITER = re.compile(
    r"ExifTool:|File:|System:|Composite:|ICC|Track\d|QuickTime:(?!.*(Comment|Prompt|Workflow))|Jpeg2000:|JUMBF|JSON:|CBOR:|C2PA"
    r"|PNG:(ColorType|Compression|Filter|Interlace|ModifyDate|Palette|SRGBRendering)|PNG-pHYs|.*:(MD5Signature|VP8Version|WebP_Flags)"
    r"|IFD0:(BitsPerSample|Orientation|ResolutionUnit)|ExifIFD:(ColorSpace|ComponentsConfiguration|ExifVersion)|GPS:|JFIF:|RIFF:"
)
"""Tags of exiftool that name the structure of a file, not something that a writer said."""


def container_of(path: Path) -> Container:
    with FileSource(str(path), DEFAULT_LIMITS) as source:
        return read(source, DEFAULT_LIMITS)


def test_every_sample_is_told_and_read_as_its_index_says(samples: Path) -> None:
    wrong = []
    for entry in json.loads((samples / "index.json").read_text(encoding="utf-8"))["files"]:
        expected, container = entry["expect"], container_of(samples / entry["file"])
        keys = [blob.key for blob in container.blobs]
        hidden = next((key for key in keys if key.startswith("stealth_")), None)
        found = (container.format, "c2pa" in keys, hidden)
        if expected["format"] != "?" and (expected["format"], expected["c2pa"], expected["hidden_copy"]) != found:
            wrong.append((entry["file"], found))
    assert wrong == []


def test_no_sound_sample_has_a_problem(samples: Path) -> None:
    files = [path for path in sorted(samples.rglob("*")) if path.is_file() and path.stat().st_size]
    assert [
        (path.name, c.problems, c.incomplete) for path in files if (c := container_of(path)).problems or c.incomplete
    ] == []


def test_an_empty_sample_says_so(samples: Path) -> None:
    (path,) = samples.rglob("empty_file.png")
    assert container_of(path).incomplete == "the file is empty"


def test_text_behind_the_pixels_is_found(samples: Path) -> None:
    (path,) = samples.rglob("text_after_idat.png")
    assert "png:zTXt/parameters" in [blob.locator for blob in container_of(path).blobs]


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
def test_every_text_that_exiftool_finds_is_found_byte_for_byte(samples: Path) -> None:
    command = ["exiftool", "-j", "-b", "-G1", "-a", "-r", "-charset", "exif=UTF8", "-ext", "*", "-i", "index.json", "."]
    output = subprocess.run(command, cwd=samples, capture_output=True, check=False).stdout
    missing = []
    for entry in json.loads(output):
        texts = {
            blob.text.strip() for blob in container_of(samples / entry["SourceFile"]).blobs if blob.text is not None
        }
        for key, value in entry.items():
            if key != "SourceFile" and not NO_WRITER.match(key) and isinstance(value, str) and not _known(value, texts):
                missing.append((entry["SourceFile"], key, value[:60]))
    assert missing == []


def _known(value: str, texts: set[str]) -> bool:
    """True where we have the text; exiftool takes the raw UTF-8 that some writers put into tEXt for latin-1."""
    if value.startswith("base64:"):
        value = base64.b64decode(value[7:]).decode("utf-8", "replace")
    value = value.strip().strip("\0").strip()
    try:
        again = value.encode("cp1252", "backslashreplace").decode("utf-8", "replace")
    except UnicodeError:
        again = value
    return not value or value in texts or any(again[:30] == text[:30] for text in texts if not text.isascii())
