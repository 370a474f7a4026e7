"""PNG: texts wherever they stand, damage survived and told."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spelled import (
    ASCII,
    IDAT,
    IEND,
    JUMBF,
    SIGNATURE,
    UNDEFINED,
    XMP,
    chunk,
    ihdr,
    itxt_chunk,
    png,
    text_chunk,
    tiff,
    ztxt_chunk,
)
from walking import codes, texts, walked

from sdscan.facts.containers import read
from sdscan.facts.source import MemorySource

A1111 = "1girl, 初音ミク\nNegative prompt: bad\nSteps: 20"


TEXTS = [
    (text_chunk(b"parameters", A1111.encode()), "png:tEXt/parameters", "parameters", A1111),
    (text_chunk(b"parameters", "café".encode("latin-1")), "png:tEXt/parameters", "parameters", "café"),
    (text_chunk(b"generation_data", b'{"a":1}\0'), "png:tEXt/generation_data", "generation_data", '{"a":1}'),
    (ztxt_chunk(b"parameters", A1111.encode()), "png:zTXt/parameters", "parameters", A1111),
    (itxt_chunk(b"parameters", A1111.encode()), "png:iTXt/parameters", "parameters", A1111),
    (itxt_chunk(b"parameters", A1111.encode(), packed=True), "png:iTXt/parameters", "parameters", A1111),
    (chunk(b"comf", b"prompt\0{}"), "png:comf/prompt", "prompt", "{}"),
    (itxt_chunk(b"XML:com.adobe.xmp", XMP), "png:iTXt/XML:com.adobe.xmp", "xmp", XMP.decode()),
    (chunk(b"eXIf", tiff([(0x0131, ASCII, b"mflux\0")])), "png:eXIf/Software", "Software", "mflux"),
    (
        chunk(b"eXIf", tiff(exif=[(0x9286, UNDEFINED, b"ASCII\0\0\0" + b'{"seed": 1}')])),
        "png:eXIf/UserComment", "UserComment", '{"seed": 1}',
    ),
    (chunk(b"prVt", b"note\0made by hand"), "png:prVt/note", "note", "made by hand"),
    (chunk(b"prVt", b"made by hand"), "png:prVt/prVt", "prVt", "made by hand"),
    (chunk(b"tEXt", b"no separator"), "png:tEXt/", "", "no separator"),
]  # fmt: skip


@pytest.mark.parametrize(("piece", "locator", "key", "text"), TEXTS)
def test_a_text_is_found_before_the_pixels(piece: bytes, locator: str, key: str, text: str) -> None:
    assert [(locator, key, text)] == texts(png(piece))


@pytest.mark.parametrize(("piece", "locator", "key", "text"), TEXTS)
def test_a_text_is_found_after_the_pixels(piece: bytes, locator: str, key: str, text: str) -> None:
    assert [(locator, key, text)] == texts(png(after=[piece]))


@pytest.mark.parametrize(("piece", "locator", "key", "text"), TEXTS)
def test_a_text_is_found_beyond_the_first_read(piece: bytes, locator: str, key: str, text: str) -> None:
    assert [(locator, key, text)] == texts(png(IDAT, IDAT, after=[piece]), head=64)


def test_a_sound_file_has_no_problem_and_is_complete() -> None:
    container = walked(png(text_chunk(b"parameters", b"x")))
    assert (
        container.width, container.height, container.frames, container.has_alpha, container.problems, container.incomplete,
    ) == (4, 4, 1, False, (), None)  # fmt: skip


def test_a_blob_says_where_it_stands_and_how_large_it_is() -> None:
    (blob,) = walked(png(text_chunk(b"parameters", b"abc"))).blobs
    assert (blob.offset, blob.size) == (33, 14)


@pytest.mark.parametrize(
    ("color", "piece", "expected"), [(2, b"", False), (4, b"", True), (6, b"", True), (3, chunk(b"tRNS", b"\0"), True)]
)
def test_alpha_is_told_by_colour_type_or_trns(color: int, piece: bytes, expected: bool) -> None:
    assert (
        expected
        is walked(png(piece, text_chunk(b"a", b"b"), header=ihdr(color=color, depth=4 if color == 3 else 8))).has_alpha
    )


def test_an_animation_says_its_frames() -> None:
    assert walked(png(chunk(b"acTL", struct.pack(">II", 3, 0)), text_chunk(b"a", b"b"))).frames == 3


def test_a_private_chunk_that_is_no_text_is_left_alone() -> None:
    assert (
        texts(png(chunk(b"prVt", b"\1\2\3\4\5\6\7\x08\x0e"), chunk(b"prVu", b"a" * 90 + b"\1"), chunk(b"prVv", b"few")))
        == []
    )


def test_c2pa_is_kept_as_bytes() -> None:
    (blob,) = walked(png(chunk(b"caBX", JUMBF))).blobs
    assert (blob.locator, blob.key, blob.text, blob.data) == ("png:caBX", "c2pa", None, JUMBF)


IIM = b"\x1c\x02\x19\0\2kw"
RESOURCES = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(IIM)) + IIM + b"\0"


def profile(name: bytes, block: bytes) -> bytes:
    return b"\n" + name + b"\n%8d\n" % len(block) + block.hex().encode() + b"\n"


@pytest.mark.parametrize(
    ("name", "block", "key", "text", "data"),
    [
        (b"exif", b"Exif\0\0" + tiff([(0x010E, ASCII, b"hello\0")]), "ImageDescription", "hello", b""),
        (b"APP1", b"http://ns.adobe.com/xap/1.0/\0" + b"<x:xmpmeta/>", "xmp", "<x:xmpmeta/>", b""),
        (b"xmp", XMP, "xmp", XMP.decode(), b""),
        (b"iptc", RESOURCES, "iptc", None, IIM),
        (b"iptc", IIM, "iptc", None, IIM),
    ],
)
def test_profiles_of_imagemagick_are_read(name: bytes, block: bytes, key: str, text: str | None, data: bytes) -> None:
    (blob,) = walked(png(ztxt_chunk(b"Raw profile type " + name, profile(name, block)))).blobs
    assert (key, text, data) == (blob.key, blob.text, blob.data)


def test_other_profiles_are_left_alone() -> None:
    assert texts(png(text_chunk(b"Raw profile type icc", profile(b"icc", b"abcd")))) == []


WRONG_CRC = chunk(b"tEXt", b"a\0b")[:-1] + b"?"


@pytest.mark.parametrize(
    ("expected", "data"),
    [
        (["bad-crc"], png(WRONG_CRC)),
        (["bad-crc"], png(IDAT, IDAT, after=[WRONG_CRC])),
        (["bad-signature"], png(text_chunk(b"a", b"b")).replace(b"\r\n", b"\n", 1)),
        (["bad-order"], SIGNATURE + text_chunk(b"a", b"b") + ihdr() + IDAT + IEND),
        (["duplicate-chunk"], png(ihdr(), text_chunk(b"a", b"b"))),
        (["duplicate-chunk"], png(text_chunk(b"a", b"b"), text_chunk(b"a", b"c"))),
        (["bad-text-chunk"], png(chunk(b"iTXt", b"a\0\0\0text"))),
        (["bad-zlib"], png(chunk(b"zTXt", b"a\0\0" + b"no zlib at all"), text_chunk(b"b", b"c"))),
        (["truncated"], png(chunk(b"zTXt", b"a\0\0" + zlib.compress(b"x" * 99)[:-6]), text_chunk(b"b", b"c"))),
        (["bad-profile"], png(text_chunk(b"Raw profile type exif", b"\nexif\n 4\nzz\n"), text_chunk(b"b", b"c"))),
        (["trailing-data"], png(text_chunk(b"a", b"b")) + b"\x00\x01PK\x03\x04" * 9),
        ([], png(text_chunk(b"a", b"b")) + b"\r\n\0\0"),
    ],
)
def test_what_is_odd_is_told_and_survived(expected: list[str], data: bytes) -> None:
    container = walked(data, head=64)
    assert (expected, True, None) == (codes(data, head=64), bool(container.blobs), container.incomplete)


def test_text_behind_the_end_is_kept() -> None:
    assert texts(png() + A1111.encode()) == [("png:trailer", "trailer", A1111)]


def test_a_damaged_stream_keeps_what_stands_before_the_damage() -> None:
    text = bytes(range(32, 127)) * 400
    packed = bytearray(zlib.compress(text, 0))
    packed[20_000] ^= 0xFF
    packed[-1] ^= 0xFF
    ((_, _, found),) = texts(png(chunk(b"zTXt", b"a\0\0" + bytes(packed))))
    assert found is not None and found[:19_000] == text[:19_000].decode()


LONG = text_chunk(b"parameters", A1111.encode() * 20)


@pytest.mark.parametrize("head", [65_536, 64])
@pytest.mark.parametrize("end", range(1, 60))
def test_a_cut_file_says_that_it_is_cut(end: int, head: int) -> None:
    container = walked(png(LONG)[:-end], head=head)
    assert container.incomplete is not None and container.incomplete.startswith("ends ")


def test_a_cut_text_is_kept_as_far_as_it_goes() -> None:
    data = SIGNATURE + ihdr() + text_chunk(b"parameters", A1111.encode())
    assert [("png:tEXt/parameters", "parameters", A1111[:8])] == texts(
        data[: data.index(b"1girl") + len(A1111[:8].encode()) + 1]
    )


def test_a_wrong_length_costs_one_chunk() -> None:
    for length in (4, 0x7FFFFFFF):
        broken = struct.pack(">I", length) + text_chunk(b"parameters", A1111.encode())[4:]
        data = png(broken, text_chunk(b"Software", b"x"))
        assert ("png:tEXt/Software", "Software", "x") in texts(data)
        assert "bad-chunk" in codes(data)
        assert walked(data).incomplete is None
    assert ("png:tEXt/parameters", "parameters", A1111) in texts(data)


def test_a_length_that_hides_the_next_header_is_survived() -> None:
    data = png(struct.pack(">I", 0x7FFFFFFF) + b"tEX\xff" + text_chunk(b"Software", b"x"))
    assert texts(data) == [("png:tEXt/Software", "Software", "x")]


def test_noise_between_chunks_ends_the_walk_where_nothing_follows() -> None:
    container = walked(SIGNATURE + ihdr() + b"\xff" * 400)
    assert container.incomplete == "is damaged at byte 33: no PNG chunk begins there"


def test_a_file_that_is_damaged_again_and_again_is_given_up() -> None:
    data = SIGNATURE + ihdr() + (b"\xff" * 16 + text_chunk(b"a", b"b")) * 40 + IEND
    container = walked(data)
    assert container.incomplete is not None and len([p for p in container.problems if p.code == "bad-chunk"]) == 16


@pytest.mark.parametrize(
    ("code", "data", "limits"),
    [
        ("limit-blob", png(text_chunk(b"a", b"x" * 200)), {"blob": 100, "head": 64}),
        ("limit-blobs", png(*(text_chunk(b"%d" % n, b"x") for n in range(5))), {"blobs": 3}),
        ("limit-blobs-total", png(*(text_chunk(b"%d" % n, b"x" * 100) for n in range(5))), {"blobs_total": 250}),
        ("limit-inflated", png(ztxt_chunk(b"a", b"x" * 10_000)), {"inflated": 1000}),
        ("limit-inflated", png(*(ztxt_chunk(b"%d" % n, b"x" * 1000) for n in range(5))), {"blobs_total": 2500}),
        ("limit-chunks", png(*[text_chunk(b"a", b"x")] * 9), {"chunks": 5}),
    ],
)
def test_every_limit_is_told_and_what_was_read_is_kept(code: str, data: bytes, limits: dict[str, int]) -> None:
    assert code in codes(data, **limits)
    assert texts(data, **limits)
    assert all(len(text or "") <= 1000 for _, _, text in texts(data, **limits))


def test_too_many_chunks_mean_that_the_file_was_not_read() -> None:
    assert walked(png(*[IDAT] * 9), chunks=5).incomplete == "has more than 5 chunks, the rest is not read"


def test_a_limit_is_told_however_many_problems_there_are() -> None:
    assert codes(png(*[WRONG_CRC] * 50), problems=1, chunks=20) == ["bad-crc", "limit-chunks"]


def test_problems_are_counted_too() -> None:
    assert len(codes(png(*[WRONG_CRC] * 50), problems=7)) == 7


def test_nothing_is_fetched_once_the_sum_is_exceeded() -> None:
    data = png(*(text_chunk(b"%d" % n, b"x" * 100) for n in range(9)))
    assert [locator for locator, _, _ in texts(data, blobs_total=150, head=64)] == ["png:tEXt/0"]


@given(st.binary(max_size=60), st.integers(0, 300), st.integers(0, 20))
def test_no_damage_raises(noise: bytes, at: int, drop: int) -> None:
    whole = png(TEXTS[0][0], TEXTS[3][0], TEXTS[5][0], TEXTS[8][0], after=[TEXTS[6][0]])
    read(MemorySource(whole[:at] + noise + whole[at + drop :]), thorough=True)
