"""JPEG XL with boxes that brotli has packed; skipped where the extra is not installed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spelled import JUMBF, XMP, box
from test_walk_boxes import BLOCK, EXIF_ITEM, JXL_START, SMALL
from walking import binaries, codes, texts

from sdscan.facts.containers import read
from sdscan.facts.source import MemorySource

brotli = pytest.importorskip("brotli", reason="brotli, the extra of sdscan[brotli], is not installed")


def brob(kind: bytes, body: bytes) -> bytes:
    return box(b"brob", kind, brotli.compress(body))


@pytest.mark.parametrize(
    "piece",
    [brob(b"Exif", EXIF_ITEM), brob(b"Exif", BLOCK)],
)
def test_exif_is_read_packed_with_or_without_offset(piece: bytes) -> None:
    expected = [("jxl:exif/Make", "Make", "Prompt: {}"), ("jxl:exif/UserComment", "UserComment", "1girl")]
    assert expected == texts(JXL_START + box(b"jxlc", SMALL) + piece)


@pytest.mark.parametrize("piece", [brob(b"xml ", XMP)])
def test_xmp_is_read_packed(piece: bytes) -> None:
    assert [("jxl:xmp", "xmp", XMP.decode())] == texts(JXL_START + piece + box(b"jxlc", SMALL))


@pytest.mark.parametrize("piece", [brob(b"jumb", JUMBF[8:])])
def test_c2pa_is_a_whole_box_packed(piece: bytes) -> None:
    assert binaries(JXL_START + piece + box(b"jxlc", SMALL)) == [("jxl:c2pa", "c2pa", JUMBF)]


def test_other_packed_boxes_are_left_alone() -> None:
    assert texts(JXL_START + brob(b"jbrd", b"x") + box(b"jxlc", SMALL)) == []


@pytest.mark.parametrize(
    ("code", "body", "limits"),
    [
        ("bad-brotli", b"xml " + b"\xff\xff\xff\xff", {}),
        ("bad-brotli", b"xml " + brotli.compress(XMP)[:-4], {}),
        ("limit-inflated", b"xml " + brotli.compress(b"x" * 100_000), {"inflated": 1000}),
        ("limit-inflated", b"xml " + brotli.compress(b"x" * 100_000), {"blobs_total": 0}),
    ],
)
def test_what_cannot_be_unpacked_is_told(code: str, body: bytes, limits: dict[str, int]) -> None:
    assert code in codes(JXL_START + box(b"brob", body) + box(b"jxlc", SMALL), **limits)


def test_a_brotli_without_a_bound_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    class Old:
        def process(self, data: bytes) -> bytes:
            return data

    monkeypatch.setattr(brotli, "Decompressor", Old)
    assert codes(JXL_START + brob(b"xml ", XMP) + box(b"jxlc", SMALL)) == ["no-brotli"]


WHOLE = JXL_START + brob(b"Exif", EXIF_ITEM) + brob(b"xml ", XMP) + box(b"jxlc", SMALL)


@given(st.binary(max_size=20), st.integers(30, len(WHOLE)), st.integers(0, 12))
def test_no_damage_raises(noise: bytes, at: int, drop: int) -> None:
    read(MemorySource(WHOLE[:at] + noise + WHOLE[at + drop :]))
