"""A format is told by content alone."""

import struct

import pytest
from spelled import big_tiff, box, flac_block, gif, id3, id3_frame, jpeg, png, tiff, webp

from sdscan.facts.containers import CONTAINERS, read, sniff
from sdscan.facts.source import MemorySource
from sdscan.limits import DEFAULT_LIMITS

FORMATS = [
    ("png", png()),
    ("png", b"\x89PNG\n\x1a\n"),
    ("jpeg", jpeg()),
    ("webp", webp()),
    ("wav", b"RIFF\0\0\0\0WAVEfmt "),
    ("unknown", b"RIFF\0\0\0\0XXXX"),
    ("avif", box(b"ftyp", b"avif\0\0\0\0mif1miaf")),
    ("avif", box(b"ftyp", b"mif1\0\0\0\0mif1avif")),
    ("heif", box(b"ftyp", b"heic\0\0\0\0mif1heic")),
    ("heif", box(b"ftyp", b"XXXX\0\0\0\0mif1")),
    ("mp4", box(b"ftyp", b"isom\0\0\x02\0isomiso2avc1mp41")),
    ("mp4", box(b"ftyp", b"qt  \0\0\x02\0qt  ")),
    ("mp4", box(b"moov", b"")),
    ("jxl", b"\xff\x0a\xfa\x1f"),
    ("jxl", b"\0\0\0\x0cJXL \r\n\x87\n"),
    ("gif", gif()),
    ("tiff", tiff()),
    ("tiff", tiff(order=">")),
    ("tiff", big_tiff([])),
    ("bmp", b"BM" + struct.pack("<IIIIII", 54, 0, 54, 40, 4, 4)),
    ("text", b"BMW is a car, not a bitmap"),
    ("webm", b"\x1aE\xdf\xa3\x01"),
    ("flac", b"fLaC" + flac_block(0, bytes(34), last=True)),
    ("flac", id3() + b"fLaC"),
    ("mp3", id3(id3_frame(b"TIT2", b"\3x"))),
    ("mp3", b"\xff\xfb\x90\x64\0\0"),
    ("ogg", b"OggS\0\2"),
    ("safetensors", struct.pack("<Q", 30) + b'{"__metadata__":{}}'),
    ("safetensors", struct.pack("<Q", 33) + b'\xef\xbb\xbf{"__metadata__":{}}'),
    ("safetensors", struct.pack("<Q", 33) + b' \n\t{"__metadata__":{}}'),
    ("unknown", struct.pack("<Q", 33) + b'"__metadata__":{}}'),
    ("zip", b"PK\x03\x04"),
    ("pickle", b"\x80\x02}q\0."),
    ("gguf", b"GGUF\3\0\0\0"),
    ("html", b"\n<!DOCTYPE html><html>"),
    ("html", b"\xef\xbb\xbf<HTML lang=en>"),
    ("svg", b"<?xml version='1.0'?><svg xmlns='x'>"),
    ("lfs-pointer", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
    ("json", b' {"prompt": 1}'),
    ("text", "初音ミク\nSteps: 20".encode()),
    ("text", "\ufeffSteps".encode("utf-16-le")),
    ("unknown", b"\1\2\3\4binary"),
    ("empty", b""),
]


@pytest.mark.parametrize(("expected", "data"), FORMATS)
def test_a_format_is_told_by_its_first_bytes(expected: str, data: bytes) -> None:
    assert expected == sniff(data)


@pytest.mark.parametrize("data", [data for name, data in FORMATS if name not in CONTAINERS and data])
def test_what_has_no_walker_is_recognised_and_nothing_more(data: bytes) -> None:
    container = read(MemorySource(data), DEFAULT_LIMITS)
    assert (sniff(data), (), (), None) == (container.format, container.blobs, container.problems, container.incomplete)


def test_an_empty_file_says_so() -> None:
    assert ((c := read(MemorySource(b""))).format, c.incomplete) == ("empty", "the file is empty")


@pytest.mark.parametrize("data", [data for _, data in FORMATS])
def test_every_beginning_of_every_format_is_survived(data: bytes) -> None:
    for end in range(len(data)):
        read(MemorySource(data[:end]))
