"""Files whose name promises a picture and whose content is something else."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Iterator

from hostile import Case, Family
from wholes import EVIDENCE, INFOTEXT, WHOLE


def archive(name: str, body: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr(zipfile.ZipInfo(name), body)
    return buffer.getvalue()


def tar(name: str, body: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as made:
        entry = tarfile.TarInfo(name)
        entry.size = len(body)
        made.addfile(entry, io.BytesIO(body))
    return buffer.getvalue()


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 12345\n"
PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>" + INFOTEXT.encode() + b"</body></html>"


def named_pictures() -> Iterator[Case]:
    contents: dict[str, tuple[bytes, str]] = {
        "empty": (b"", "empty"), "one-byte": (b"\x89", "text"), "spaces": (b"   \n", "text"), "nuls": (bytes(4096), "unknown"),
        "text": (INFOTEXT.encode(), "text"), "json": (b'{"parameters": "hatsune miku"}', "json"), "lfs": (LFS, "git lfs"),
        "html": (PAGE, "web page"), "html-bom": (b"\xef\xbb\xbf\n" + PAGE, "web page"), "html-upper": (PAGE.upper(), "web page"), "zip": (archive("a.png", WHOLE["text.png"]), "zip"),
        "zip-empty": (b"PK\x05\x06" + bytes(18), "zip"), "gzip": (gzip.compress(WHOLE["text.png"], mtime=0), "unknown"), "tar": (tar("a.png", WHOLE["text.png"]), ""),
        "7z": (b"7z\xbc\xaf\x27\x1c\0\4" + bytes(40), "unknown"), "rar": (b"Rar!\x1a\x07\1\0" + bytes(40), "unknown"), "exe": (b"MZ\x90\0\3\0\0\0" + bytes(100), "unknown"),
        "elf": (b"\x7fELF\2\1\1" + bytes(60), "unknown"), "pdf": (b"%PDF-1.7\n%\xe2\xe3\n", "pdf"), "gguf": (b"GGUF\3\0\0\0" + bytes(40), "gguf"), "psd": (b"8BPS\0\1" + bytes(40), "psd"),
        "ico": (b"\0\0\1\0\1\0" + bytes(40), ""), "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'><desc>hatsune miku</desc></svg>", ""), "utf-16": (INFOTEXT.encode("utf-16"), "text"),
        "sqlite": (b"SQLite format 3\0" + bytes(80), "unknown"), "mark-of-the-web": (b"[ZoneTransfer]\r\nZoneId=3\r\n", "json"), "wav": (b"RIFF\x24\0\0\0WAVEfmt " + bytes(24), "wav"),
        "avi": (b"RIFF\x24\0\0\0AVI LIST" + bytes(24), "avi"), "riff": (b"RIFF\x24\0\0\0ABCD" + bytes(24), "unknown"), "script": (b"#!/bin/sh\nrm -rf /\n", "text"),
        "png-signature": (b"\x89PNG\r\n\x1a\n", ""), "jpeg-signature": (b"\xff\xd8\xff", ""), "png-text": (b"PNG" * 20, "text"), "webp-only-head": (b"RIFF\x04\0\0\0WEBP", ""),
    }  # fmt: skip
    fine = {"ico": "unsupported", "svg": "unsupported", "webp-only-head": "no-metadata"}
    for label, (data, reason) in contents.items():
        yield Case(f"impostor-{label}.png", data, fine.get(label, "unreadable"), reason="" if label in fine else reason)  # type: ignore[arg-type]
        if label in ("empty", "lfs", "html", "zip", "text"):
            for suffix in ("jpg", "webp", "mp4", "flac", "safetensors"):
                outcome = "unreadable"
                yield Case(f"impostor-{label}.{suffix}", data, outcome, reason="" if label == "zip" else reason)  # type: ignore[arg-type]


def polyglots() -> Iterator[Case]:
    """Files that are two things: the content that begins them counts, and what follows is told."""
    honest = WHOLE["text.png"]
    yield Case("polyglot-png-zip.png", honest + archive("x", b"y"), "scanned", "trailing-data", text=EVIDENCE)
    yield Case("polyglot-png-html.png", honest + PAGE, "scanned", "trailing-data", text=EVIDENCE)
    yield Case("polyglot-png-infotext.png", WHOLE["xmp.webp"][:0] + honest[:33] + honest[-12:] + INFOTEXT.encode(), "scanned", "trailing-data", text=EVIDENCE)
    yield Case("polyglot-jpeg-zip.jpg", WHOLE["exif.jpg"] + archive("x", b"y"), "scanned", "trailing-data", text=EVIDENCE)
    yield Case("polyglot-jpeg-jpeg.jpg", WHOLE["exif.jpg"] + WHOLE["comment.jpg"], "scanned", "trailing-data", text=EVIDENCE)
    yield Case("polyglot-png-png.png", honest * 3, "scanned", "trailing-data", text=EVIDENCE)
    yield Case("polyglot-gif-js.gif", WHOLE["comment.gif"] + b"=1;alert(1)", "scanned", "trailing-data", text=EVIDENCE)
    yield Case("polyglot-webp-zip.webp", WHOLE["exif.webp"] + archive("x", b"y"), "scanned", "trailing-data", text=EVIDENCE)
    for name, data in WHOLE.items():
        stem, _, suffix = name.partition(".")
        wrong = "jpg" if suffix == "png" else "png"
        yield Case(f"misnamed-{stem}-{suffix}.{wrong}", data, "scanned")


FAMILIES: dict[str, Family] = {"named-pictures": named_pictures, "polyglots": polyglots}
