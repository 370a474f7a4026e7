"""Every kind of picture: the mark is there, the pixels and all other bytes are the same, and other programs agree."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from labelled import MARK, facts, label, planned
from pictures import MAKERS, TEXT, chunk, exif, frames, is_ours, parts, png, png_with, saved, segment, with_segments
from PIL import Image

from sdscan.facts.source import MemorySource
from sdscan.labelling.items import read_places, written_places
from sdscan.labelling.webp import canvas


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return {name: make() for name, make in MAKERS.items()}


@pytest.fixture(scope="module")
def copies(made: dict[str, bytes]) -> dict[str, bytes]:
    return {name: label(data) for name, data in made.items()}


@pytest.mark.parametrize("name", MAKERS)
def test_the_copy_carries_the_mark(name: str, copies: dict[str, bytes]) -> None:
    assert (MARK, []) == (
        facts(copies[name]).disclosure.iptc,
        [p.code for p in facts(copies[name]).problems if p.code != "trailing-data"],
    )


@pytest.mark.parametrize("name", MAKERS)
def test_the_pixels_of_every_frame_are_the_same(name: str, made: dict[str, bytes], copies: dict[str, bytes]) -> None:
    assert frames(made[name]) == frames(copies[name])


@pytest.mark.parametrize("name", MAKERS)
def test_every_other_part_is_the_same_byte_for_byte(
    name: str, made: dict[str, bytes], copies: dict[str, bytes]
) -> None:
    assert [p for p in parts(made[name]) if not is_ours(p)] == [p for p in parts(copies[name]) if not is_ours(p)]


@pytest.mark.parametrize("name", MAKERS)
def test_what_the_picture_says_about_its_making_is_the_same(
    name: str, made: dict[str, bytes], copies: dict[str, bytes]
) -> None:
    before, after = facts(made[name]), facts(copies[name])
    assert (before.generations, before.texts, before.width, before.height) == (
        after.generations, after.texts, after.width, after.height,
    )  # fmt: skip


@pytest.mark.parametrize("name", MAKERS)
def test_a_labelled_picture_is_not_labelled_again(name: str, copies: dict[str, bytes]) -> None:
    assert copies[name] == label(copies[name])


@pytest.mark.parametrize("name", [name for name in MAKERS if "avif" in name])
def test_the_coded_picture_and_the_other_items_of_an_avif_stand_in_the_copy(
    name: str, made: dict[str, bytes], copies: dict[str, bytes]
) -> None:
    before = [part for part in parts(made[name]) if part[4:8] == b"mdat"]
    after = [part for part in parts(copies[name]) if part[4:8] == b"mdat"]
    assert len(before) + 1 == len(after)
    assert Image.open(io.BytesIO(made[name])).info.get("exif") == Image.open(io.BytesIO(copies[name])).info.get("exif")
    if name != "packet.avif":  # there the old packet is blanked, so that it is not left behind
        assert before == after[:-1]
    assert 1 == copies[name].count(MARK.encode())


def test_a_packet_that_an_avif_had_is_kept_in_the_new_one_and_blanked_in_its_old_place(
    copies: dict[str, bytes],
) -> None:
    assert 1 == copies["packet.avif"].count(b"me &amp; you")
    assert b"me &amp; you" in Image.open(io.BytesIO(copies["packet.avif"])).info["xmp"]


@pytest.mark.parametrize("name", MAKERS)
def test_exiftool_reads_the_mark_and_finds_nothing_wrong(
    name: str, copies: dict[str, bytes], exiftool: dict[str, dict[str, object]]
) -> None:
    row = exiftool[name]
    assert f"http://cv.iptc.org/newscodes/digitalsourcetype/{MARK}" == row.get("XMP-iptcExt:DigitalSourceType")
    assert None is row.get("ExifTool:Error")


def test_exiftool_reads_the_other_fields_and_what_was_there_before(exiftool: dict[str, dict[str, object]]) -> None:
    row = exiftool["plain.png"]
    assert "Stable Diffusion web UI (AUTOMATIC1111); model tinyModel" == row["XMP-iptcExt:AISystemUsed"]
    assert "v1.10.1" == row["XMP-iptcExt:AISystemVersionUsed"]
    assert "a cat on a roof\nNegative prompt: dog" == row["XMP-iptcExt:AIPromptInformation"]
    assert TEXT == row["PNG:Parameters"]
    for name in ("packet.png", "packed-packet.png", "packet.jpg", "packet.webp", "packet.avif"):
        assert ("me & you", "other tool", "uuid:faf5") == (
            exiftool[name]["XMP-dc:Rights"], exiftool[name]["XMP-x:XMPToolkit"], exiftool[name].get("XMP-rdf:About"),
        )  # fmt: skip


@pytest.fixture(scope="module")
def exiftool(copies: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """What exiftool says of every copy; one start for all."""
    if shutil.which("exiftool") is None:
        pytest.skip("exiftool is not installed")
    folder = tmp_path_factory.mktemp("copies")
    for name, data in copies.items():
        (folder / name).write_bytes(data)
    done = subprocess.run(["exiftool", "-j", "-G1", "-api", "struct=0", str(folder)], capture_output=True, timeout=60)
    return {Path(str(row["SourceFile"])).name: row for row in json.loads(done.stdout)}


# ---- WebP ------------------------------------------------------------------------------------------------------------


def test_a_simple_webp_becomes_an_extended_one_with_its_size_and_alpha(copies: dict[str, bytes]) -> None:
    for name, flags in (("lossy.webp", 0x04), ("lossless.webp", 0x04), ("lossless-alpha.webp", 0x14)):
        assert (b"VP8X", flags) == (copies[name][12:16], copies[name][20])
        assert (63, 47) == (
            int.from_bytes(copies[name][24:27], "little"),
            int.from_bytes(copies[name][27:30], "little"),
        )
        assert len(copies[name]) == 8 + int.from_bytes(copies[name][4:8], "little")


def test_other_flags_of_an_extended_webp_stay(made: dict[str, bytes], copies: dict[str, bytes]) -> None:
    for name in ("exif.webp", "lossy-alpha.webp", "animated.webp"):
        assert made[name][20] | 0x04 == copies[name][20]


def test_a_webp_whose_last_chunk_is_not_padded_gets_its_padding() -> None:
    data = saved("WEBP", exif=exif() + b"\0" * (1 + len(exif()) % 2))
    size = int.from_bytes(data[4:8], "little")
    odd = data[:4] + (size - 1).to_bytes(4, "little") + data[8:-1]
    assert (MARK, frames(data)) == (facts(label(odd)).disclosure.iptc, frames(label(odd)))


def test_what_follows_a_webp_stays_behind_it() -> None:
    data = saved("WEBP") + b"tail of another program"
    assert label(data).endswith(b"tail of another program")
    assert (MARK, frames(data)) == (facts(label(data)).disclosure.iptc, frames(label(data)))


def test_a_simple_webp_tells_its_canvas() -> None:
    assert (64, 48, False) == canvas(saved("WEBP"))
    assert (64, 48, True) == canvas(saved("WEBP", Image.new("RGBA", (64, 48), (1, 2, 3, 4)), lossless=True))
    assert None is canvas(b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0" + bytes(10))


# ---- where nothing is written ------------------------------------------------------------------------------------------


REFUSED = {
    "several pictures in one": (
        lambda: with_segments(saved("JPEG"), segment(0xE2, b"MPF\0II*\0")),
        "it holds several pictures, whose table of places would no longer fit",
    ),
    "a packet without an end": (
        lambda: png_with(chunk(b"iTXt", b'XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta xmlns:x="adobe:ns:meta/">')),
        "its XMP packet is damaged: it has no end of its RDF",
    ),
    "a packet of another encoding": (
        lambda: png_with(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0\xff\xfe\xff")),
        "its XMP packet is in no encoding that can be added to",
    ),
    "a segment that is full": (
        lambda: with_segments(saved("JPEG"), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + full_packet(65_490))),
        "its XMP packet would be longer than a JPEG segment holds",
    ),
    "an image sequence": (lambda: animated_avif(), "it is an image sequence"),
    "another format": (lambda: saved("GIF"), "sdscan writes into png, jpeg, webp, avif, heif, not into gif"),
    "a damaged signature": (lambda: b"\x89PNG\n\x1a\n" + png()[8:], None),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_written_is_refused_with_the_reason(case: str) -> None:
    make, reason = REFUSED[case]
    found = planned(make())
    assert ("refused", ()) == (found.action, found.edits)
    assert reason is None or (reason,) == found.notes


def full_packet(size: int) -> bytes:
    head, tail = b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><!--', b"--></r:RDF>"
    return head + b"x" * (size - len(head) - len(tail)) + tail


def animated_avif() -> bytes:
    one, two = (Image.new("RGB", (32, 32), color) for color in ("red", "blue"))
    return saved("AVIF", one, save_all=True, append_images=[two], duration=100)


def test_padding_makes_room_in_a_segment_that_is_full() -> None:
    packet = full_packet(60_000) + b" " * 5_400 + b'<?xpacket end="w"?>'
    data = with_segments(saved("JPEG"), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet))
    assert (MARK, frames(data)) == (facts(label(data)).disclosure.iptc, frames(label(data)))


# ---- the table of places of AVIF ----------------------------------------------------------------------------------------


def test_a_table_of_places_is_written_as_it_was_read() -> None:
    data = saved("AVIF", exif=exif())
    at = data.index(b"iloc") - 4
    whole = data[at : at + int.from_bytes(data[at : at + 4], "big")]
    places = read_places(whole[8:])
    assert not isinstance(places, str)
    assert whole == written_places(places)


def test_places_behind_the_growing_box_move_and_others_stay() -> None:
    body = bytes((1, 0, 0, 0, 0x44, 0x00)) + b"\0\2"
    body += b"\0\1\0\0\0\0\0\1" + (50).to_bytes(4, "big") + (9).to_bytes(4, "big")
    body += b"\0\2\0\0\0\0\0\2" + b"".join(n.to_bytes(4, "big") for n in (500, 7, 40, 2))
    places = read_places(body)
    assert not isinstance(places, str)
    moved = places.moved(400, 1000)
    assert not isinstance(moved, str)
    assert [((0, 50, 9),), ((0, 1500, 7), (0, 40, 2))] == [item.extents for item in moved.items]
    assert (50, 59) == places.span(1, None)
    assert None is places.span(2, None)
    assert places.is_shared(2, (55, 60), None)


def test_a_base_moves_once_for_all_its_extents() -> None:
    body = bytes((0, 0, 0, 0, 0x44, 0x40)) + b"\0\1" + b"\0\1\0\0" + (600).to_bytes(4, "big") + b"\0\2"
    body += b"".join(n.to_bytes(4, "big") for n in (0, 7, 40, 2))
    places = read_places(body)
    assert not isinstance(places, str)
    moved = places.moved(400, 10)
    assert not isinstance(moved, str)
    assert (610, ((0, 0, 7), (0, 40, 2))) == (moved.items[0].base, moved.items[0].extents)


@pytest.mark.parametrize(
    "body",
    [b"", bytes(6), bytes((9, 0, 0, 0, 0x44, 0, 0, 1)), bytes((1, 0, 0, 0, 0x33, 0, 0, 1)), bytes((1, 0, 0, 0, 0x44, 0)) + b"\xff\xff",
     bytes((1, 0, 0, 0, 0x44, 0)) + b"\0\1\0\1\0\0\0\0\xff\xff"],
)  # fmt: skip
def test_a_damaged_table_of_places_is_a_sentence(body: bytes) -> None:
    assert "its table of places is damaged" == read_places(body)


def test_an_item_that_reaches_to_the_end_of_the_file_is_refused() -> None:
    body = bytes((1, 0, 0, 0, 0x44, 0x00)) + b"\0\1" + b"\0\1\0\0\0\0\0\1" + (50).to_bytes(4, "big") + bytes(4)
    places = read_places(body)
    assert not isinstance(places, str)
    assert "an item reaches to the end of the file" == places.moved(0, 10)


def test_an_avif_with_its_meta_behind_the_picture_moves_nothing() -> None:
    data = saved("AVIF")
    boxes = parts(data)
    meta = next(part for part in boxes if part[4:8] == b"meta")
    at = data.index(meta)
    moved = data[:at] + data[at + len(meta) :] + meta
    places = moved.index(b"iloc") + 4
    # the picture now stands len(meta) earlier
    fixed = _shifted(moved, places, -len(meta))
    assert frames(data) == frames(fixed)
    assert (frames(data), MARK) == (frames(label(fixed)), facts(label(fixed)).disclosure.iptc)


def _shifted(data: bytes, body: int, by: int) -> bytes:
    places = read_places(data[body : body + int.from_bytes(data[body - 8 : body - 4], "big") - 8])
    assert not isinstance(places, str)
    moved = places.moved(0, by)
    assert not isinstance(moved, str)
    whole = written_places(moved)
    return data[: body - 8] + whole + data[body - 8 + len(whole) :]


def test_a_file_that_is_cut_is_never_written() -> None:
    for make in (png, lambda: saved("JPEG"), lambda: saved("WEBP"), lambda: saved("AVIF")):
        data = make()
        found = planned(data[: len(data) * 2 // 3])
        assert (found.action in ("unread", "refused"), ()) == (True, found.edits)


def test_sources_are_read_only_where_they_must_be() -> None:
    class Counting(MemorySource):
        read_bytes = 0

        def read(self, offset: int, length: int) -> bytes:
            Counting.read_bytes += length
            return super().read(offset, length)

    from sdscan.labelling import WRITERS
    from sdscan.limits import DEFAULT_LIMITS

    big = Image.effect_noise((900, 900), 90)
    for kind in ("PNG", "JPEG", "WEBP", "AVIF"):
        data = saved(kind, big)
        Counting.read_bytes = 0
        assert not isinstance(WRITERS[kind.lower()][0](Counting(data), DEFAULT_LIMITS), str)
        assert Counting.read_bytes < len(data) // 4
