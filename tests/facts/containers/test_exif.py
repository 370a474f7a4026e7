"""EXIF: every order, prefix and place that writers use, and blocks that point beside their values."""

import json
import struct

import piexif
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spelled import ASCII, BYTE, LONG, RATIONAL, SHORT, UNDEFINED, XMP, Tag, big_tiff, tiff, user_comment

from sdscan.facts.exif import Piece, decode_user_comment, iptc_of, read_exif, tag_name
from sdscan.limits import DEFAULT_LIMITS, Limits

TEXT = "1girl, (hatsune miku:1.2)\nSteps: 20"
ORDERS = ("<", ">")


def found(block: bytes, limits: Limits = DEFAULT_LIMITS) -> dict[str, str | None]:
    return {piece.name: piece.text for piece in read_exif(block, limits)[0]}


def codes(block: bytes, limits: Limits = DEFAULT_LIMITS) -> list[str]:
    return [problem.code for problem in read_exif(block, limits)[1]]


@pytest.mark.parametrize("little", [True, False])
@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (b"UNICODE\0" + TEXT.encode("utf-16-be"), TEXT),  # piexif
        (b"UNICODE\0" + TEXT.encode("utf-16-le"), TEXT),  # ImageSharp
        (b"UNICODE\0\xfe\xff" + TEXT.encode("utf-16-be"), TEXT),
        (b"UNICODE\0\xff\xfe" + TEXT.encode("utf-16-le"), TEXT),
        (b"UNICODE\0" + ("初音ミク, " + TEXT).encode("utf-16-be"), "初音ミク, " + TEXT),
        (b"UNICODE\0" + "初音ミクと鏡音リン、巡音ルカ".encode("utf-16-be"), "初音ミクと鏡音リン、巡音ルカ"),
        (b"UNICODE\0" + "初音ミクと鏡音リン、巡音ルカ".encode("utf-16-le"), "初音ミクと鏡音リン、巡音ルカ"),
        (b"UNICODE\0" + TEXT.encode("utf-16-be") + b"\0\0", TEXT),
        (b"UNICODE\0" + TEXT.encode("utf-16-le") + b"\0", TEXT),
        (b"UNICODE\0" + TEXT.encode(), TEXT),  # the prefix lies
        (b"Unicode\0" + TEXT.encode("utf-16-be"), TEXT),
        (b"UNICODE\0" + "あいうえお漢字".encode("utf-16-be"), "あいうえお漢字"),  # valid UTF-8, too
        (b"ASCII\0\0\0" + TEXT.encode(), TEXT),  # NovelAI, mflux
        (b"ASCII\0\0\0" + "初音".encode(), "初音"),
        (b"ASCII\0\0\0" + TEXT.encode("utf-16-le"), TEXT),
        (b"ASCII   " + TEXT.encode(), TEXT),
        (bytes(8) + TEXT.encode(), TEXT),  # GIMP
        (bytes(8) + TEXT.encode("utf-16-be"), TEXT),
        (TEXT.encode(), TEXT),  # Pillow: no prefix
        (b'{"prompt": {}}', '{"prompt": {}}'),
        (b"        eight spaces", "        eight spaces"),
        (b"JIS\0\0\0\0\0" + "初音".encode("iso2022_jp"), "初音"),
        (b"JIS\0\0\0\0\0" + "初音".encode("shift_jis"), "初音"),
        (b"JIS\0\0\0\0\0\xff\xff", "ÿÿ"),
        (b"UNICODE\0", ""),
        (bytes(8), ""),
        (b"", ""),
        (b"UNICODE\0" + "miku 😀".encode("utf-16-be") + b"\xd8\x3d", "miku 😀\ufffd"),  # a lone surrogate at the end
    ],
)
def test_a_user_comment_is_decoded_whatever_its_prefix_and_order(stored: bytes, expected: str, little: bool) -> None:
    assert expected == decode_user_comment(stored, little)


def test_the_header_decides_only_where_the_bytes_do_not() -> None:
    stored = b"UNICODE\0" + b"\x4e\x4f\xff"
    assert [decode_user_comment(stored, little) for little in (True, False)] == ["\u4f4e", "\u4e4f"]


@given(st.text(min_size=1, max_size=200))
def test_what_piexif_writes_comes_back(text: str) -> None:
    text = text.replace("\0", "")
    block = piexif.dump({"Exif": {0x9286: user_comment(text + " Steps: 20")}})
    assert (
        text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace") + " Steps: 20"
        == found(block)["UserComment"]
    )


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("start", [b"", b"Exif\0\0", b"Exif\0\0Exif\0\0", b"\0\0\0\0"])
def test_a_block_is_read_with_and_without_its_prefix(order: str, start: bytes) -> None:
    block = start + tiff(
        [(0x0131, ASCII, b"Forge\0"), (0x010F, ASCII, b"x\0")], [(0x9286, UNDEFINED, user_comment(TEXT))], order=order
    )
    assert found(block) == {"Make": "x", "Software": "Forge", "UserComment": TEXT}


@pytest.mark.parametrize("start", [b"", b"Exif\0\0"])
def test_offsets_point_into_the_block_as_given(start: bytes) -> None:
    block = start + tiff([(0x0131, ASCII, b"Forge webui\0")])
    (piece,) = read_exif(block, DEFAULT_LIMITS)[0]
    assert (block.index(b"Forge"), 12) == (piece.offset, piece.size)


XP = "初音ミク".encode("utf-16-le") + b"\0\0"
TAGS: list[tuple[Tag, str, str | None]] = [
    ((0x010E, ASCII, b"Workflow: {}\0"), "ImageDescription", "Workflow: {}"),
    ((0x0110, ASCII, b"prompt:{}\0"), "Model", "prompt:{}"),
    ((0x010D, ASCII, "TITLE ü\0".encode()), "DocumentName", "TITLE ü"),
    ((0x013B, ASCII, "ü\0".encode("latin-1")), "Artist", "ü"),
    ((0x8298, ASCII, b"me\0"), "Copyright", "me"),
    ((0x9286, ASCII, b'{"prompt":1}\0'), "UserComment", '{"prompt":1}'),
    ((0x927C, UNDEFINED, b"fooocus"), "MakerNote", "fooocus"),
    ((0x9C9C, BYTE, XP), "XPComment", "初音ミク"),
    ((0x9C9E, BYTE, XP), "XPKeywords", "初音ミク"),
    ((0x010C, ASCII, b"extra_data:{}\0"), "0x010C", "extra_data:{}"),
    ((0xFDE8, ASCII, b"Owner\0"), "0xFDE8", "Owner"),
    ((0xA434, ASCII, b"50mm\0"), "LensModel", "50mm"),
    ((0x02BC, BYTE, XMP), "xmp", XMP.decode()),
]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(("tag", "name", "text"), TAGS)
def test_a_tag_becomes_a_piece_under_its_name(tag: Tag, name: str, text: str, order: str) -> None:
    assert {name: text} == found(tiff([tag], order=order))
    assert {name: text} == found(tiff(exif=[tag], order=order))


@pytest.mark.parametrize(
    "tag",
    [
        (0x9000, UNDEFINED, b"0232"),
        (0x927C, UNDEFINED, b"\1\2\3\4Canon"),
        (0x0112, SHORT, b"\1\0"),
        (0x8773, UNDEFINED, b"ICC profile text"),
        (0x0131, ASCII, b"\0\0"),
        (0x0131, 99, b""),
    ],
)
def test_what_is_no_text_is_no_piece(tag: Tag) -> None:
    block = tiff([tag]) if tag[1] != 99 else tiff([(0x0131, ASCII, b"abc\0")]).replace(b"\x31\1\2\0", b"\x31\1\x63\0")
    assert found(block) == {}


def test_iptc_and_c2pa_stay_bytes() -> None:
    resources = b"8BIM\x03\xed\0\0\0\0\0\1x\0" + b"8BIM\x04\x04\0\0\0\0\0\3abc\0"
    tags = [(0x83BB, UNDEFINED, b"raw iim"), (0x8649, BYTE, resources), (0xCD41, UNDEFINED, b"jumbf bytes")]
    pieces = read_exif(tiff(tags), DEFAULT_LIMITS)[0]
    assert [(p.name, p.data) for p in pieces] == [("iptc", b"raw iim"), ("iptc", b"abc"), ("c2pa", b"jumbf bytes")]
    assert found(tiff([(0x8649, BYTE, b"8BIM but nothing else")])) == {}


def test_damaged_resources_yield_what_is_there() -> None:
    assert iptc_of(b"8BIM\x04\x04\0\0\0\0\0\1x\0" * 5000) == 4096 * b"x"
    assert iptc_of(b"8BIM\x04\x04\0\0\0\0\0\x09ab") == b"ab"


def place(latitude: bytes, longitude: bytes) -> list[Tag]:
    return [
        (1, ASCII, latitude),
        (2, RATIONAL, ratio(48, 51, 30)),
        (3, ASCII, longitude),
        (4, RATIONAL, ratio(2, 17, 0)),
    ]


def ratio(*values: int, order: str = "<") -> bytes:
    return b"".join(struct.pack(order + "II", value, 1) for value in values)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (place(b"N\0", b"W\0"), {"GPS": "48.85833, -2.28333"}),
        (place(b"S\0", b"E\0"), {"GPS": "-48.85833, 2.28333"}),
        ([(2, RATIONAL, bytes(24)), (4, RATIONAL, bytes(24))], {"GPS": "0.00000, 0.00000"}),
        ([(2, RATIONAL, ratio(1)), (4, RATIONAL, ratio(1))], {"GPS": "present"}),
        ([(2, ASCII, b"48\0"), (4, ASCII, b"2\0")], {"GPS": "present"}),
        ([(0, BYTE, b"\2\3\0\0")], {}),
        ([(6, RATIONAL, ratio(30))], {}),
    ],
)
def test_a_place_on_earth_is_one_piece(tags: list[Tag], expected: dict[str, str]) -> None:
    assert expected == found(tiff(gps=tags))


def test_texts_of_the_thumbnail_are_read_and_repeats_are_not() -> None:
    make = (0x010F, ASCII, b"same\0")
    pieces = read_exif(tiff([make], next_ifd=[make, (0x0131, ASCII, b"thumb\0")]), DEFAULT_LIMITS)[0]
    assert [(p.name, p.text) for p in pieces] == [("Make", "same"), ("Software", "thumb")]


GRAPH = b'{"6": {"inputs": {"text": "a cat", "n": NaN}}}'


def animated(prompt: bytes, workflow: bytes, shift: int) -> bytes:
    """As ComfyUI's SaveAnimatedWEBP, with the workflow then replaced by one that is `shift` bytes longer."""
    block = tiff([(0x010F, ASCII, b"workflow:" + workflow + b"\0"), (0x0110, ASCII, b"prompt:" + prompt + b"\0")])
    return block.replace(b"workflow:{", b"workflow:{" + b" " * shift)


def test_values_that_are_in_place_are_taken_as_they_are() -> None:
    block = animated(GRAPH, b'{"nodes": []}', 0)
    assert ({"Make": 'workflow:{"nodes": []}', "Model": "prompt:" + GRAPH.decode()}, []) == (found(block), codes(block))


def test_a_stale_offset_is_put_right() -> None:
    block = animated(GRAPH, b'{"nodes": []}', 24)
    assert "prompt:" + GRAPH.decode() == found(block)["Model"]
    assert json.loads(str(found(block)["Make"]).removeprefix("workflow:")) == {"nodes": []}
    assert codes(block) == ["exif-stale-offset", "exif-stale-offset"]


@pytest.mark.parametrize("count", [-9, 12])
def test_a_stale_length_is_put_right(count: int) -> None:
    value = b'workflow:{"nodes": []}'
    whole = tiff([(0x010F, ASCII, value + b"\0"), (0x0110, ASCII, b"prompt:" + GRAPH + b"\0")])
    block = whole.replace(struct.pack("<HHI", 0x010F, ASCII, 23), struct.pack("<HHI", 0x010F, ASCII, 23 + count))
    assert value.decode() == found(block)["Make"]
    assert codes(block) == ["exif-stale-offset"]


def test_a_graph_that_is_cut_in_its_place_is_kept_as_it_is() -> None:
    block = tiff([(0x010F, ASCII, b'workflow:{"nodes": [\0'), (0x0110, ASCII, b"prompt:no graph\0")])
    assert (found(block), codes(block)) == ({"Make": 'workflow:{"nodes": [', "Model": "prompt:no graph"}, [])


def test_a_graph_that_is_cut_is_kept_to_the_next_nul() -> None:
    block = animated(GRAPH[:-8], b'{"nodes": []}', 24)
    assert "prompt:" + GRAPH[:-8].decode() == found(block)["Model"]


def test_a_graph_that_runs_to_the_end_is_kept_to_the_end() -> None:
    block = tiff([(0x0131, ASCII, b"tool\0")]) + b"Prompt: " + GRAPH[:-3]
    assert {"Software": "tool", "Model": "Prompt: " + GRAPH[:-3].decode()} == found(block)


def test_a_graph_that_nests_without_end_is_survived() -> None:
    block = tiff([(0x0131, ASCII, b"tool\0")]) + b'workflow:{"a":' + b"[" * 100_000
    assert len(found(block)["Make"] or "") == 100_014


def test_a_label_with_a_damaged_byte_is_survived() -> None:
    block = tiff([(0x010F, ASCII, b'workflow:\xf1{"nodes": [\0')])
    assert 'workflow:ñ{"nodes": [' == found(block)["Make"]


def test_another_labelled_value_is_not_taken_for_the_stale_piece() -> None:
    block = tiff([(0x0110, ASCII, b"camera: mine\0")]) + b"prompt:" + GRAPH
    assert [("Model", "camera: mine"), ("Model", "prompt:" + GRAPH.decode())] == [
        (p.name, p.text) for p in read_exif(block, DEFAULT_LIMITS)[0]
    ]


WHOLE = tiff(
    [(0x0131, ASCII, b"Forge webui\0"), (0x010F, ASCII, b"Make of mine\0")], [(0x9286, UNDEFINED, user_comment(TEXT))]
)


@pytest.mark.parametrize(
    ("expected", "block"),
    [
        ("exif-header", b"?"),
        ("exif-header", b"not a block at all"),
        ("exif-header", b"II*\0"),
        ("exif-header", b"II\x2c\0\x08\0\0\0"),
        ("exif-header", b"II+\0\x08\0\0\0"),
        ("exif-cut", b"II*\0\xff\xff\0\0"),
        ("exif-cut", WHOLE[:20]),
        ("exif-outside", WHOLE[:-4]),
        ("exif-loop", b"II*\0\x08\0\0\0\0\0\x08\0\0\0"),
    ],
)
def test_what_is_wrong_is_told(expected: str, block: bytes) -> None:
    assert expected in codes(block)


def test_problems_point_into_the_block_as_given() -> None:
    assert [p.offset for p in read_exif(b"Exif\0\0" + b"II*\0\x08\0\0\0\0\0\x08\0\0\0", DEFAULT_LIMITS)[1]] == [8 + 6]


def test_a_cut_value_is_kept_as_far_as_it_goes() -> None:
    assert TEXT[:-2] == found(WHOLE[:-4])["UserComment"]


def directories(count: int) -> bytes:
    """A chain of empty directories."""
    chain = (b"\0\0" + struct.pack("<I", 8 + 6 * (n + 1)) for n in range(count))
    return b"II*\0\x08\0\0\0" + b"".join(chain) + b"\0\0\0\0\0\0"


@pytest.mark.parametrize(
    ("expected", "block", "limits"),
    [
        ("limit-ifds", directories(9), Limits(depth=5)),
        ("limit-ifd-entries", tiff([(n, ASCII, b"abc\0") for n in range(0x0200, 0x0220)]), Limits(ifd_entries=8)),
        ("limit-blob", tiff([(0x0131, ASCII, b"x" * 99 + b"\0")]), Limits(blob=10)),
        ("limit-exif", tiff([(0x0131, ASCII, b"x" * 99 + b"\0")]), Limits(blobs_total=10)),
        (
            "limit-exif",
            WHOLE.replace(struct.pack("<HHI", 0x010F, ASCII, 13), struct.pack("<HHI", 0x010F, ASCII, 90)),
            Limits(head=0),
        ),
    ],
)
def test_every_limit_is_told(expected: str, block: bytes, limits: Limits) -> None:
    assert expected in codes(block, limits)


def test_big_tiff_is_read_alike() -> None:
    assert found(big_tiff([(0x0131, ASCII, b"Forge webui\0"), (0x013B, ASCII, b"me\0")])) == {
        "Software": "Forge webui",
        "Artist": "me",
    }


def test_sub_directories_are_entered() -> None:
    inner = tiff([(0x0131, ASCII, b"inside\0")], order="<")
    block = tiff([(0x014A, LONG, struct.pack("<I", 26))])
    assert found(block + b"\1\0" + struct.pack("<HHI", 0x0131, ASCII, 4) + b"ins\0" + bytes(4)) == {"Software": "ins"}
    assert inner


@pytest.mark.parametrize(
    ("tag", "name"), [(0x9286, "UserComment"), (0x0110, "Model"), (0x9004, "DateTimeDigitized"), (0x010C, "0x010C")]
)
def test_tags_have_their_names(tag: int, name: str) -> None:
    assert name == tag_name(tag)


@given(st.binary(max_size=40), st.integers(0, len(WHOLE)), st.integers(0, 12))
def test_no_damage_raises(noise: bytes, at: int, drop: int) -> None:
    pieces, _ = read_exif(WHOLE[:at] + noise + WHOLE[at + drop :], DEFAULT_LIMITS)
    assert all(isinstance(piece, Piece) for piece in pieces)


@pytest.mark.parametrize("block", [b"", bytes(40)])
def test_an_empty_block_is_no_damage(block: bytes) -> None:
    assert ([], []) == read_exif(block, DEFAULT_LIMITS)
