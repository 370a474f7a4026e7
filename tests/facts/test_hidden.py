"""Copies hidden in the pixels: alpha and RGB, plain and packed, tiny, filtered, interlaced; and pictures that hold none."""

import io
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent / "containers"))

from PIL import Image
from spelled import SIGNATURE, adam7, chunk, filtered, hidden_bits, ihdr, pixels_with, png, text_chunk, vp8x
from spelled import webp as spelled_webp
from walking import codes, texts, walked

from sdscan.facts import hidden
from sdscan.facts.containers import read
from sdscan.facts.source import MemorySource

TEXT = "1girl, 初音ミク\nNegative prompt: bad\nSteps: 20, Sampler: Euler a"
SIGNATURES = [
    ("alpha", b"stealth_pnginfo", False),
    ("alpha", b"stealth_pngcomp", True),
    ("rgb", b"stealth_rgbinfo", False),
    ("rgb", b"stealth_rgbcomp", True),
]
COLORS = {2: 4, 3: 2, 4: 6}
"""Channels → PNG colour type."""


def picture(
    mode: str,
    signature: bytes,
    packed: bool,
    *,
    width: int = 20,
    height: int = 150,
    channels: int = 4,
    kinds: tuple[int, ...] = (0,),
) -> bytes:
    rows = pixels_with(hidden_bits(signature, TEXT.encode(), packed), width, height, mode, channels)
    return png(
        header=ihdr(width, height, COLORS[channels]), pixels=chunk(b"IDAT", zlib.compress(filtered(rows, kinds)))
    )


@pytest.mark.parametrize(("mode", "signature", "packed"), SIGNATURES)
@pytest.mark.parametrize(("width", "height"), [(20, 150), (64, 64), (400, 8), (2000, 1), (9, 300)])
def test_a_hidden_copy_is_found_in_pictures_of_any_shape(
    mode: str, signature: bytes, packed: bool, width: int, height: int
) -> None:
    expected = [(f"png:{mode}/{signature.decode()}", signature.decode(), TEXT)]
    assert expected == texts(picture(mode, signature, packed, width=width, height=height))


@pytest.mark.parametrize(("mode", "signature", "packed"), SIGNATURES)
@pytest.mark.parametrize("kinds", [(1,), (2,), (3,), (4,), (0, 1, 2, 3, 4), (4, 3, 2, 1)])
def test_every_filter_is_understood(mode: str, signature: bytes, packed: bool, kinds: tuple[int, ...]) -> None:
    assert texts(picture(mode, signature, packed, kinds=kinds))[0][2] == TEXT


def test_alpha_beside_grey_holds_a_copy_too() -> None:
    data = picture("alpha", b"stealth_pngcomp", True, channels=2)
    assert texts(data) == [("png:alpha/stealth_pngcomp", "stealth_pngcomp", TEXT)]


def test_a_picture_without_alpha_is_looked_at_where_it_has_no_text() -> None:
    assert [text for _, _, text in texts(picture("rgb", b"stealth_rgbcomp", True, channels=3))] == [TEXT]


def test_a_picture_without_alpha_but_with_text_is_looked_at_only_thoroughly() -> None:
    bare = picture("rgb", b"stealth_rgbcomp", True, channels=3)
    data = bare[:33] + text_chunk(b"parameters", b"public") + bare[33:]
    assert [text for _, _, text in texts(data)] == ["public"]
    assert [text for _, _, text in texts(data, thorough=True)] == ["public", TEXT]


@pytest.mark.parametrize(("mode", "signature", "packed"), SIGNATURES)
def test_interlaced_pictures_are_tested_by_their_first_pass(mode: str, signature: bytes, packed: bool) -> None:
    rows = pixels_with(hidden_bits(signature, TEXT.encode(), packed), 40, 130, mode)
    data = png(header=ihdr(40, 130, 6, lace=1), pixels=chunk(b"IDAT", zlib.compress(adam7(rows))))
    assert [text for _, _, text in texts(data)] == [TEXT]


def test_a_palette_with_alpha_is_looked_at_thoroughly() -> None:
    bits = hidden_bits(b"stealth_pngcomp", TEXT.encode(), True)
    rows = [
        [bytearray((next_bit,)) for next_bit in bits[y : 20 * 150 : 150]] + [bytearray((0,))] * 20 for y in range(150)
    ]
    pixels = chunk(b"IDAT", zlib.compress(filtered([row[:20] for row in rows])))
    data = png(chunk(b"PLTE", bytes(6)), chunk(b"tRNS", b"\xfe\xff"), header=ihdr(20, 150, 3), pixels=pixels)
    assert texts(data) == []
    assert texts(data, thorough=True) == [("png:alpha/stealth_pngcomp", "stealth_pngcomp", TEXT)]


def test_pixels_over_many_chunks_are_joined() -> None:
    whole = picture("alpha", b"stealth_pngcomp", True, kinds=(4,))
    start = whole.index(b"IDAT") + 4
    packed = whole[start:-16]
    parts = b"".join(chunk(b"IDAT", packed[at : at + 50]) for at in range(0, len(packed), 50))
    assert [text for _, _, text in texts(whole[: start - 8] + parts + whole[-12:])] == [TEXT]


@pytest.mark.parametrize("mode", ["alpha", "rgb"])
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize(
    "signature",
    [b"stealth_pngXXXX", b"stealth_rgbXXXX", b"steam", b"\xff" * 15, b"\0" * 15, b"stealth_png", b"stealth_rgb"],
)
def test_nothing_is_found_where_nothing_is_hidden(signature: bytes, channels: int, mode: str) -> None:
    rows = pixels_with(hidden_bits(signature, b"", False), 20, 150, mode if channels == 4 else "rgb", channels)
    data = png(header=ihdr(20, 150, COLORS[channels]), pixels=chunk(b"IDAT", zlib.compress(filtered(rows))))
    assert (texts(data, thorough=True), codes(data, thorough=True)) == ([], [])


@pytest.mark.parametrize("depth", [8, 16])
def test_pictures_that_hide_nothing_are_not_decoded(depth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "open", lambda *args, **kwargs: pytest.fail("the picture was decoded"))
    row = b"\0" + bytes((10, 20, 30, 255)) * 20 * (depth // 8)
    data = png(header=ihdr(20, 150, 6, depth), pixels=chunk(b"IDAT", zlib.compress(row * 150)))
    assert texts(data) == []


def test_a_copy_that_is_longer_than_the_picture_is_told() -> None:
    rows = pixels_with(hidden_bits(b"stealth_pnginfo", TEXT.encode(), False)[:500], 4, 150, "alpha")
    data = png(header=ihdr(4, 150, 6), pixels=chunk(b"IDAT", zlib.compress(filtered(rows[:]))))
    assert codes(data) == ["hidden-cut"]
    assert str(texts(data)[0][2]).startswith(TEXT[:20])


def test_a_copy_that_cannot_be_unpacked_is_told() -> None:
    rows = pixels_with(hidden_bits(b"stealth_pngcomp", TEXT.encode(), False), 20, 150, "alpha")
    data = png(header=ihdr(20, 150, 6), pixels=chunk(b"IDAT", zlib.compress(filtered(rows))))
    assert (codes(data), texts(data)) == (["bad-zlib"], [])


def test_damaged_pixels_behind_a_signature_are_told() -> None:
    whole = picture("alpha", b"stealth_pngcomp", True)
    broken = whole.index(b"IDAT") + 4
    packed = zlib.decompress(whole[broken:-16])
    cut = zlib.compress(packed[: len(packed) - 500])
    data = whole[: broken - 8] + chunk(b"IDAT", cut) + whole[-12:]
    assert codes(data) == ["hidden-unreadable"]


def test_chunks_without_end_are_survived(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hidden, "_MOST_CHUNKS", 2)
    whole = picture("alpha", b"stealth_pngcomp", True)
    assert codes(whole[:33] + text_chunk(b"a", b"b") + text_chunk(b"b", b"c") + whole[33:]) == ["hidden-unreadable"]


def test_a_picture_whose_size_is_told_twice_is_not_decoded() -> None:
    data = webp("alpha", b"stealth_pngcomp")
    assert codes(spelled_webp(data[12:], vp8x(0x10, 9, 9))) == ["hidden-unreadable"]


def test_very_large_pictures_are_not_decoded() -> None:
    assert codes(picture("alpha", b"stealth_pngcomp", True), pixels=1000) == ["limit-pixels"]


@pytest.mark.parametrize("header", [ihdr(70_000, 1, 6), ihdr(0, 4, 6), ihdr(4, 0, 6)])
def test_absurd_sizes_are_not_looked_at(header: bytes) -> None:
    assert codes(png(text_chunk(b"a", b"b"), header=header)) == []


def test_a_header_that_is_not_there_is_survived() -> None:
    assert texts(SIGNATURE + chunk(b"IDAT", b"") + chunk(b"IEND", b""), thorough=True) == []
    assert walked(SIGNATURE + ihdr()[:20], thorough=True).incomplete


def webp(mode: str, signature: bytes, *, lossless: bool = True, channels: int = 4, frames: int = 1) -> bytes:
    rows = pixels_with(hidden_bits(signature, TEXT.encode(), True), 20, 150, mode, channels)
    image = Image.frombytes("RGBA" if channels == 4 else "RGB", (20, 150), b"".join(b"".join(row) for row in rows))
    out = io.BytesIO()
    more = {"save_all": True, "append_images": [image.transpose(Image.Transpose.ROTATE_180)]} if frames > 1 else {}
    image.save(out, "WEBP", lossless=lossless, exact=True, **more)
    return out.getvalue()


@pytest.mark.parametrize("lossless", [True, False])
def test_webp_holds_copies_in_alpha(lossless: bool) -> None:
    expected = [("webp:alpha/stealth_pngcomp", "stealth_pngcomp", TEXT)]
    assert expected == texts(webp("alpha", b"stealth_pngcomp", lossless=lossless))


def test_webp_holds_copies_in_rgb() -> None:
    assert [text for _, _, text in texts(webp("rgb", b"stealth_rgbcomp"))] == [TEXT]
    opaque = webp("rgb", b"stealth_rgbcomp", channels=3)
    assert (texts(opaque), [text for _, _, text in texts(opaque, thorough=True)]) == ([], [TEXT])


def test_animations_are_left_alone() -> None:
    assert texts(webp("alpha", b"stealth_pngcomp", frames=2), thorough=True) == []


def test_a_webp_that_cannot_be_decoded_is_told() -> None:
    data = bytearray(webp("alpha", b"stealth_pngcomp"))
    data[40:-9] = bytes(len(data) - 49)
    assert "hidden-unreadable" in codes(bytes(data))


BASE = picture("alpha", b"stealth_pngcomp", True, width=30, height=90, kinds=(1, 4))
WEBP = webp("alpha", b"stealth_pngcomp")


@given(st.sampled_from([BASE, WEBP]), st.binary(max_size=8), st.integers(8, 900), st.integers(0, 8))
def test_no_damage_raises(whole: bytes, noise: bytes, at: int, drop: int) -> None:
    read(MemorySource(whole[:at] + noise + whole[at + drop :]), thorough=True)
