"""WebP: EXIF with and without its prefix, XMP, C2PA, animations, and chunks that are not padded."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spelled import ASCII, JUMBF, UNDEFINED, XMP, riff_chunk, tiff, user_comment, vp8x, webp
from walking import binaries, codes, texts, walked

from sdscan.facts.containers import read
from sdscan.facts.source import MemorySource

BLOCK = tiff([(0x0110, ASCII, b"prompt:{}\0")], [(0x9286, UNDEFINED, user_comment("1girl"))])
EXPECTED = [("webp:exif/Model", "Model", "prompt:{}"), ("webp:exif/UserComment", "UserComment", "1girl")]
LOSSY = riff_chunk(b"VP8 ", b"\x30\1\0\x9d\x01\x2a" + struct.pack("<HH", 64, 48) + bytes(9))
LOSSLESS = riff_chunk(b"VP8L", b"\x2f" + struct.pack("<I", 63 | 47 << 14) + bytes(7))
LOSSLESS_ALPHA = riff_chunk(b"VP8L", b"\x2f" + struct.pack("<I", 63 | 47 << 14 | 1 << 28) + bytes(7))


@pytest.mark.parametrize("head", [65_536, 16])
@pytest.mark.parametrize("start", [b"", b"Exif\0\0"])
def test_exif_is_read_with_and_without_its_prefix(start: bytes, head: int) -> None:
    data = webp(vp8x(8), LOSSY, riff_chunk(b"EXIF", start + BLOCK))
    assert (texts(data, head=head), codes(data, head=head), walked(data, head=head).incomplete) == (EXPECTED, [], None)


def test_xmp_and_c2pa_are_read() -> None:
    data = webp(vp8x(4), LOSSY, riff_chunk(b"XMP ", XMP), riff_chunk(b"C2PA", JUMBF))
    assert ("webp:xmp", "xmp", XMP.decode()) == texts(data)[0]
    assert binaries(data) == [("webp:c2pa", "c2pa", JUMBF)]


@pytest.mark.parametrize(
    ("chunks", "alpha", "frames"),
    [
        ([LOSSY], False, 1),
        ([LOSSLESS], False, 1),
        ([LOSSLESS_ALPHA], True, 1),
        ([vp8x(0x10), riff_chunk(b"ALPH", b"\0"), LOSSY], True, 1),
        (
            [vp8x(2), riff_chunk(b"ANIM", bytes(6)), riff_chunk(b"ANMF", bytes(20)), riff_chunk(b"ANMF", bytes(20))],
            False,
            2,
        ),
        ([vp8x(0), LOSSLESS], False, 1),
    ],
)
def test_size_alpha_and_frames_are_told(chunks: list[bytes], alpha: bool, frames: int) -> None:
    container = walked(webp(*chunks, riff_chunk(b"EXIF", BLOCK)))
    assert (64, 48, alpha, frames) == (container.width, container.height, container.has_alpha, container.frames)


@pytest.mark.parametrize("kind", [b"VP8X", b"VP8 ", b"VP8L"])
def test_a_frame_that_is_too_short_is_survived(kind: bytes) -> None:
    assert walked(webp(riff_chunk(kind, b"\0\0"), riff_chunk(b"EXIF", BLOCK))).width == 0


def test_a_chunk_without_padding_is_survived() -> None:
    data = webp(vp8x(8), b"ODD " + struct.pack("<I", 3) + b"abc", riff_chunk(b"EXIF", BLOCK))
    assert (codes(data), texts(data)) == (["bad-padding"], EXPECTED)


@pytest.mark.parametrize("end", [1, 30])
def test_a_cut_file_says_so(end: int) -> None:
    data = webp(vp8x(8), LOSSY, riff_chunk(b"EXIF", BLOCK))[:-end]
    assert f"ends inside the EXIF chunk at byte {len(data)}" == walked(data).incomplete
    assert EXPECTED[0] in texts(data)


def test_a_file_that_ends_between_chunks_is_cut_too() -> None:
    whole = webp(vp8x(8), LOSSY, riff_chunk(b"EXIF", BLOCK))
    cut = whole[: -len(riff_chunk(b"EXIF", BLOCK))]
    assert f"ends at byte {len(cut)} of {len(whole)}" == walked(cut).incomplete
    assert f"ends inside a chunk header at byte {len(cut) + 4}" == walked(whole[: len(cut) + 4]).incomplete


def test_noise_ends_the_walk() -> None:
    assert walked(webp(vp8x(8), b"\1\2\3\4\0\0\0\0")).incomplete == "is damaged at byte 30: no RIFF chunk begins there"


def test_what_follows_the_riff_is_told() -> None:
    data = webp(LOSSY, riff_chunk(b"EXIF", BLOCK)) + b"\1\2\3\4PK"
    assert (codes(data), texts(data)) == (["trailing-data"], EXPECTED)


def test_too_many_chunks_are_told() -> None:
    data = webp(*[riff_chunk(b"XMP ", XMP)] * 9)
    assert (codes(data, chunks=5), len(texts(data, chunks=5))) == (["limit-chunks"], 5)


@given(st.binary(max_size=40), st.integers(0, 400), st.integers(0, 20))
def test_no_damage_raises(noise: bytes, at: int, drop: int) -> None:
    whole = webp(vp8x(0x18), riff_chunk(b"ALPH", b"\0"), LOSSY, riff_chunk(b"EXIF", BLOCK), riff_chunk(b"XMP ", XMP))
    read(MemorySource(whole[:at] + noise + whole[at + drop :]), thorough=True)
