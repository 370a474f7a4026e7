"""The blocks inside a container, without the container: EXIF, XMP, IPTC, C2PA and CBOR. The first byte says which."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from sdscan.facts.containers import read as read_container
from sdscan.facts.decoders import c2pa, provenance
from sdscan.facts.decoders.cbor import CborError, read_cbor
from sdscan.facts.decoders.xmp import read_packet
from sdscan.facts.encodings import decode_marked, decode_text
from sdscan.facts.exif import iptc_of, read_exif
from sdscan.facts.source import MemorySource
from sdscan.limits import DEFAULT_LIMITS, Limits
from sdscan.records import Blob
from tests.fuzz import seeds
from tests.fuzz.mutating import changed_bytes
from tests.fuzz.promises import in_time, is_same, survives
from tests.fuzz.target import Target

SMALL = Limits(ifd_entries=4, depth=2, tags=3, values=20, blob=64)


def check(data: bytes) -> None:
    kind, body = data[:1], data[1:]
    {b"e": check_exif, b"t": check_tiff, b"x": check_xmp, b"c": check_c2pa, b"b": check_cbor, b"i": check_iptc}.get(
        kind, check_exif
    )(body)


def check_exif(body: bytes) -> None:
    with in_time():
        pieces, problems = read_exif(body, DEFAULT_LIMITS)
    is_same((pieces, problems), read_exif(body, DEFAULT_LIMITS), "a second time")
    for piece in pieces:
        assert 0 <= piece.offset <= len(body), f"{piece.name} at {piece.offset} of {len(body)}"
        assert piece.size >= 0
        (piece.text or "").encode("utf-8", "surrogatepass")
    for problem in problems:
        assert problem.offset is None or 0 <= problem.offset <= 2**64
    assert len(read_exif(body, SMALL)[0]) <= 2 * len(pieces) + 40


def check_tiff(body: bytes) -> None:
    survives(read_container(MemorySource(body)))


def check_xmp(body: bytes) -> None:
    text = decode_marked(body)
    with in_time():
        found, problem = read_packet(text, DEFAULT_LIMITS)
        decoded = provenance.decode({"xmp": [Blob("png:xmp", "xmp", text)]}, DEFAULT_LIMITS)
    assert len(found) <= DEFAULT_LIMITS.tags + 1
    is_same((found, problem), read_packet(text, DEFAULT_LIMITS), "a second time")
    survives(decoded)
    assert len(read_packet(text, SMALL)[0]) <= SMALL.tags + 1


def check_c2pa(body: bytes) -> None:
    with in_time():
        manifests, _ = c2pa.read_store(body, DEFAULT_LIMITS)
    survives(c2pa.decode({"c2pa": [Blob("jpeg:c2pa", "c2pa", None, body)]}, DEFAULT_LIMITS))
    assert len(manifests) <= DEFAULT_LIMITS.nodes


def check_cbor(body: bytes) -> None:
    with in_time(), contextlib.suppress(CborError):
        read_cbor(body, 8, 1_000)


def check_iptc(body: bytes) -> None:
    with in_time():
        found = provenance.decode({"iptc": [Blob("jpeg:iptc", "iptc", None, iptc_of(body) or body)]}, DEFAULT_LIMITS)
    survives(found)
    decode_text(body).encode("utf-8", "surrogatepass")


def begin() -> Iterator[bytes]:
    for data in seeds.pictures():
        for mark in (b"II*\0", b"MM\0*"):
            at = data.find(mark)
            if at >= 0:
                yield b"e" + data[at : at + 4096]
                yield b"t" + data[at : at + 4096]
    for container in seeds.read():
        for blob in container.blobs:
            if blob.key == "xmp" and blob.text:
                yield b"x" + blob.text.encode("utf-8", "replace")
            elif blob.key == "c2pa":
                yield b"c" + blob.data
                yield b"b" + blob.data[200:]
            elif "iptc" in blob.key.lower():
                yield b"i" + (blob.data or (blob.text or "").encode("utf-8", "replace"))


WORDS = (
    b"Exif\0\0", b"II*\0", b"MM\0*", b"UNICODE\0", b"ASCII\0\0\0", b"JIS\0\0\0\0\0", b"prompt:{", b"workflow:{", b"\x86\x92", b"\x92\x86", b"<rdf:li>", b"<![CDATA[",
    b"<!--", b"<?", b"&#x41;", b"xmlns:", b'rdf:parseType="Resource"', b"Iptc4xmpExt:DigitalSourceType", b"jumb", b"jumd", b"c2pa.actions", b"\x9f", b"\xff", b"8BIM",
)  # fmt: skip
TARGET = Target("EXIF, XMP, IPTC, C2PA and CBOR blocks by themselves", check, begin, changed_bytes, WORDS)
