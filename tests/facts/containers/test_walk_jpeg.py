"""JPEG: every segment that may carry text, pieces spread over many of them, and the end of the picture."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spelled import ASCII, EOI, JUMBF, SCAN, SOF, UNDEFINED, XMP, XMP_START, jpeg, segment, tiff, user_comment
from walking import binaries, codes, texts, walked

from sdscan.facts.containers import read
from sdscan.facts.source import MemorySource

TEXT = "1girl\nSteps: 20"
EXIF = segment(0xE1, b"Exif\0\0" + tiff(exif=[(0x9286, UNDEFINED, user_comment(TEXT))]))
XMP_SEGMENT = segment(0xE1, XMP_START + XMP)
COMMENT = segment(0xFE, "Prompt: ü".encode())


def c2pa(instance: int, packet: int, body: bytes) -> bytes:
    return segment(0xEB, b"JP" + struct.pack(">HI", instance, packet) + body)


def extended(guid: bytes, whole: int, offset: int, part: bytes) -> bytes:
    return segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + guid * 32 + struct.pack(">II", whole, offset) + part)


@pytest.mark.parametrize("head", [65_536, 16])
@pytest.mark.parametrize(
    ("piece", "expected"),
    [
        (EXIF, [("jpeg:exif/UserComment", "UserComment", TEXT)]),
        (XMP_SEGMENT, [("jpeg:xmp", "xmp", XMP.decode())]),
        (COMMENT, [("jpeg:com", "comment", "Prompt: ü")]),
        (b"\xff\xff\xff" + COMMENT, [("jpeg:com", "comment", "Prompt: ü")]),
        (b"\xff\x01" + COMMENT, [("jpeg:com", "comment", "Prompt: ü")]),
        (
            segment(0xE1, b"Exif\0\0" + tiff([(0x0131, ASCII, b"ArtBot\0")])),
            [("jpeg:exif/Software", "Software", "ArtBot")],
        ),
        (segment(0xE1, b"something else"), []),
        (segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0 too short"), []),
        (segment(0xEB, b"HDR_RI ver=11"), []),
        (segment(0xED, b"Adobe_CM"), []),
        (segment(0xE0, b"JFIF\0\1\1"), []),
    ],
)
def test_a_segment_yields_its_text(piece: bytes, expected: list[tuple[str, str, str]], head: int) -> None:
    container = walked(jpeg(piece), head=head)
    assert (expected, (), None) == (texts(jpeg(piece), head=head), container.problems, container.incomplete)
    assert (container.width, container.height) == (64, 48)


def test_exif_over_two_segments_is_joined() -> None:
    block = tiff(exif=[(0x9286, UNDEFINED, user_comment(TEXT * 9))])
    data = jpeg(segment(0xE1, b"Exif\0\0" + block[:90]), segment(0xE1, b"Exif\0\0" + block[90:]))
    assert texts(data) == [("jpeg:exif/UserComment", "UserComment", TEXT * 9)]


def test_two_exif_blocks_are_two() -> None:
    assert len(texts(jpeg(EXIF, segment(0xE1, b"Exif\0\0" + tiff([(0x0131, ASCII, b"tool\0")], order=">"))))) == 2


def test_extended_xmp_is_joined_in_the_order_of_its_offsets() -> None:
    data = jpeg(XMP_SEGMENT, extended(b"A", 10, 5, b"world"), extended(b"A", 10, 0, b"hello"))
    assert texts(data)[1] == ("jpeg:xmp/extended", "xmp", "helloworld")


def test_c2pa_over_many_segments_is_one_box() -> None:
    header, body = JUMBF[:8], JUMBF[8:]
    parts = [c2pa(1, 2, header + body[10:20]), c2pa(1, 1, header + body[:10]), c2pa(1, 3, header + body[20:])]
    assert binaries(jpeg(*parts)) == [("jpeg:c2pa", "c2pa", JUMBF)]


def test_c2pa_with_a_long_header_is_joined_too() -> None:
    header = struct.pack(">I", 1) + b"jumb" + struct.pack(">Q", 46)
    assert [("jpeg:c2pa", "c2pa", header + b"abcdef")] == binaries(
        jpeg(c2pa(1, 1, header + b"abc"), c2pa(1, 2, header + b"def"))
    )


def test_other_boxes_in_app11_are_left_alone() -> None:
    assert binaries(jpeg(c2pa(1, 1, struct.pack(">I", 20) + b"jpgr" + bytes(12)))) == []


def test_iptc_is_kept_as_bytes() -> None:
    record = b"\x1c\x02\x19\0\2kw"
    resource = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + struct.pack(">I", len(record)) + record + b"\0"
    assert [("jpeg:iptc", "iptc", record)] == binaries(jpeg(segment(0xED, resource)))


MORE_SCANS = SCAN + segment(0xC4, b"\0" + bytes(16)) + COMMENT + SCAN


@pytest.mark.parametrize("thorough", [False, True])
@pytest.mark.parametrize("head", [65_536, 16])
def test_a_progressive_picture_is_walked_to_its_end(head: int, thorough: bool) -> None:
    data = jpeg(EXIF, end=MORE_SCANS + EOI)
    assert walked(data, head=head, thorough=thorough).incomplete is None
    assert (head > 16 or thorough) is (
        ("jpeg:com", "comment", "Prompt: ü") in texts(data, head=head, thorough=thorough)
    )


@pytest.mark.parametrize("head", [65_536, 16])
@pytest.mark.parametrize("end", [1, 2, 5, 9])
def test_a_cut_picture_says_so_and_keeps_its_text(end: int, head: int) -> None:
    data = jpeg(EXIF)[:-end]
    assert (walked(data, head=head).incomplete, len(texts(data, head=head))) == (
        "ends without an end-of-image marker",
        1,
    )


def test_a_large_cut_picture_is_searched_to_its_end() -> None:
    data = jpeg(EXIF, end=SCAN + b"\x12" * 300_000)
    assert walked(data, head=16).incomplete == "ends without an end-of-image marker"


def test_an_end_far_before_the_end_of_the_file_is_found() -> None:
    container = walked(jpeg(EXIF) + bytes(range(200)) * 40, head=16)
    assert (container.incomplete, [p.code for p in container.problems]) == (None, ["trailing-data"])


@pytest.mark.parametrize("head", [65_536, 16])
def test_text_behind_the_end_is_kept(head: int) -> None:
    assert ("jpeg:trailer", "trailer", "Steps: 20, Sampler: Euler") in texts(
        jpeg() + b"Steps: 20, Sampler: Euler", head=head
    )


def test_a_picture_without_pixels_ends_at_its_end_mark() -> None:
    assert walked(b"\xff\xd8" + EXIF + EOI).incomplete is None


@pytest.mark.parametrize(
    ("data", "code", "reason"),
    [
        (jpeg(COMMENT, b"\1\2\3", EXIF), "bad-segment", None),
        (jpeg(b"\xff\xe5\0\1", EXIF), "bad-segment", None),
        (b"\xff\xd8\xff\xe1" + bytes(90), "bad-segment", "is damaged at byte 4: no JPEG segment follows"),
        (b"\xff\xd8" + EXIF[:60], "truncated", "ends inside a segment at byte 62"),
        (b"\xff\xd8" + EXIF, "truncated", "ends without an end-of-image marker"),
        (b"\xff\xd8" + EXIF + b"\xff", "truncated", "ends without an end-of-image marker"),
    ],
)
def test_damage_is_told(data: bytes, code: str, reason: str | None) -> None:
    assert code in codes(data)
    assert reason == walked(data).incomplete


def test_what_is_cut_is_kept_as_far_as_it_goes() -> None:
    assert texts((b"\xff\xd8" + COMMENT)[:-6]) == [("jpeg:com", "comment", "Prom")]


@pytest.mark.parametrize(
    ("code", "data", "limits"),
    [
        ("limit-chunks", jpeg(*[COMMENT] * 9), {"chunks": 5}),
        ("limit-blobs-total", jpeg(*[XMP_SEGMENT] * 9), {"blobs_total": 300}),
        ("limit-blobs", jpeg(*[COMMENT] * 9), {"blobs": 3}),
    ],
)
def test_every_limit_is_told(code: str, data: bytes, limits: dict[str, int]) -> None:
    assert code in codes(data, **limits)
    assert 0 < len(texts(data, **limits)) < 9


@given(st.binary(max_size=40), st.integers(0, 500), st.integers(0, 20), st.booleans())
def test_no_damage_raises(noise: bytes, at: int, drop: int, thorough: bool) -> None:
    whole = jpeg(EXIF, XMP_SEGMENT, COMMENT, c2pa(1, 1, JUMBF), extended(b"A", 5, 0, b"hello"), end=MORE_SCANS + EOI)
    read(MemorySource(whole[:at] + noise + whole[at + drop :]), thorough=thorough)


def test_a_size_segment_that_is_too_short_is_survived() -> None:
    assert walked(b"\xff\xd8" + segment(0xC2, b"\x08\0") + SCAN + EOI).width == 0
    assert SOF[1] == 0xC0


@pytest.mark.parametrize(
    ("body", "locator"),
    [
        (b"Exjf\0\0" + tiff(exif=[(0x9286, UNDEFINED, user_comment(TEXT))]), "jpeg:exif/UserComment"),
        (b"http://ns.ad?be.com/xap/1.0/\0<?xpacket begin=''?><x:xmpmeta/>", "jpeg:xmp"),
        (b"?" * 20 + b"<x:xmpmeta/>", "jpeg:xmp"),
    ],
)
def test_what_stands_under_a_damaged_name_is_read_and_said(body: bytes, locator: str) -> None:
    container = walked(jpeg(segment(0xE1, body)))
    assert ([locator], ["bad-segment"]) == ([b.locator for b in container.blobs], [p.code for p in container.problems])


def test_a_segment_of_somebody_else_is_left_alone() -> None:
    container = walked(jpeg(segment(0xE1, b"FLIR\0\1\0" + bytes(40))))
    assert ((), ()) == (container.blobs, container.problems)
