"""What holds for all walkers alike: limits, files that shrink while they are read, no endless walk."""

import pytest
import test_walk_boxes as in_boxes
import test_walk_jpeg as in_jpeg
import test_walk_others as others
import test_walk_png as in_png
import test_walk_webp as in_webp
from spelled import (
    ASCII,
    EOI,
    JUMBF,
    SCAN,
    UNDEFINED,
    chunk,
    flac_block,
    jpeg,
    ogg_page,
    png,
    riff_chunk,
    segment,
    tiff,
    vp8x,
    webp,
)
from walking import binaries, codes, texts, walked

from sdscan.facts.containers import CONTAINERS, read, sniff
from sdscan.facts.source import MemorySource
from sdscan.limits import DEFAULT_LIMITS, Limits

FILES = [
    png(in_png.TEXTS[0][0], in_png.TEXTS[3][0], chunk(b"caBX", JUMBF), after=[in_png.TEXTS[6][0]]),
    jpeg(in_jpeg.EXIF, in_jpeg.XMP_SEGMENT, in_jpeg.COMMENT),
    webp(vp8x(8), in_webp.LOSSY, riff_chunk(b"EXIF", in_webp.BLOCK), riff_chunk(b"XMP ", b"<x/>")),
    *in_boxes.WHOLE,
    *others.WHOLE,
]


def test_every_walker_has_a_file_here() -> None:
    assert set(CONTAINERS) == {sniff(data) for data in FILES}


@pytest.mark.parametrize("data", FILES, ids=sniff)
def test_a_file_is_walked_the_same_from_memory_and_piece_by_piece(data: bytes) -> None:
    pieces = walked(data, head=64)
    assert walked(data) == pieces
    assert pieces.incomplete is None
    assert pieces.problems == ()


@pytest.mark.parametrize("data", FILES, ids=sniff)
def test_every_blob_points_into_its_file(data: bytes) -> None:
    for blob in walked(data).blobs:
        assert 0 < blob.offset < len(data) or blob.locator.startswith(("png:alpha", "png:rgb"))
        assert blob.offset + blob.size <= len(data) or sniff(data) == "jxl"


@pytest.mark.parametrize("data", [data for data in FILES if sniff(data) not in ("tiff", "bmp")], ids=sniff)
def test_one_chunk_is_not_enough_for_any(data: bytes) -> None:
    first = walked(data, chunks=1)
    if first.incomplete is not None:
        assert first.incomplete == "has more than 1 chunks, the rest is not read"
    for count in range(2, 30):
        walked(data, chunks=count)


class Shrinking(MemorySource):
    """A file that was longer when it was opened."""

    def __init__(self, data: bytes, limits: Limits = DEFAULT_LIMITS) -> None:
        super().__init__(data, limits)
        self.size = len(data) + 300_000


@pytest.mark.parametrize("data", FILES, ids=sniff)
def test_a_file_that_shrinks_while_it_is_read_is_survived(data: bytes) -> None:
    for head in (64, 65_536):
        for end in (len(data), len(data) // 2, 70):
            limits = Limits(head=head)
            read(Shrinking(data[:end], limits), limits)
    assert read(Shrinking(jpeg(end=SCAN + bytes(50)))).incomplete == "ends without an end-of-image marker"


@pytest.mark.parametrize("data", FILES, ids=sniff)
def test_no_limit_of_zero_breaks_a_walk(data: bytes) -> None:
    for name in ("blob", "blobs", "blobs_total", "inflated", "chunks", "depth", "ifd_entries", "problems", "pixels"):
        container = walked(data, **{name: 0})
        assert container.blobs == () or name not in ("blobs", "blobs_total")


def test_binary_exif_tags_are_kept_as_bytes() -> None:
    block = b"Exif\0\0" + tiff([(0x83BB, UNDEFINED, b"raw iim")])
    assert binaries(jpeg(segment(0xE1, block))) == [("jpeg:exif/iptc", "iptc", b"raw iim")]


def test_a_problem_of_an_exif_block_points_into_the_file() -> None:
    data = jpeg(segment(0xE1, b"Exif\0\0" + tiff([(0x0131, ASCII, b"a long name\0")])[:-4]))
    (problem,) = walked(data).problems
    assert ("exif-outside", data.index(b"a long")) == (problem.code, problem.offset)


def test_trailing_nuls_are_dropped_everywhere() -> None:
    value = "utf-16 with an end\0".encode("utf-16-be")
    assert texts(in_boxes.ilst(in_boxes.box(b"\xa9cmt", in_boxes.data_box(value, 2))))[0][2] == "utf-16 with an end"


def test_nothing_of_a_large_piece_is_fetched_once_the_sum_is_exceeded() -> None:
    data = b"fLaC" + flac_block(4, others.COMMENTS) * 3 + flac_block(4, others.COMMENTS, last=True)
    assert "limit-blobs-total" in codes(data, blobs_total=20)
    assert texts(data, blobs_total=5) == []


def test_comments_of_ogg_are_bounded() -> None:
    first, second = others.FIRST["opus"]
    pages = [ogg_page(second[at : at + 255], ended=False, number=1 + at) for at in range(0, 255, 255)] * 9
    data = ogg_page(first, flags=2) + b"".join(pages) + others.SOUND
    assert "limit-blob" in codes(data, blob=600)


def test_keys_that_are_cut_leave_the_rest_to_numbers() -> None:
    keys = in_boxes.full_box(b"keys", (2).to_bytes(4, "big"), b"\0\0\0\x0emdtaprompt", b"\0\0\0\2mdta")
    items = in_boxes.box(b"ilst", in_boxes.box(b"\0\0\0\1", in_boxes.data_box(b"{}")))
    assert texts(in_boxes.mp4(in_boxes.box(b"meta", in_boxes.full_box(b"hdlr", bytes(20)), keys, items))) == [("mp4:keys/prompt", "prompt", "{}")]  # fmt: skip


def test_a_progressive_scan_without_end_is_walked_block_by_block() -> None:
    data = jpeg(in_jpeg.EXIF, end=SCAN + b"\x12" * 70_000 + EOI)
    assert walked(data, head=16, thorough=True).incomplete is None
