"""GIF, TIFF, BMP, WebM and Matroska, FLAC, Ogg, MP3."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spelled import (
    ASCII,
    BYTE,
    GIF_IMAGE,
    JUMBF,
    LONG,
    SHORT,
    STREAMINFO,
    UNDEFINED,
    XMP,
    big_tiff,
    ebml,
    flac_block,
    gif,
    id3,
    id3_frame,
    ogg_page,
    sub_blocks,
    tiff,
    user_comment,
    vorbis_comments,
)
from walking import binaries, codes, texts, walked

from sdscan.facts.containers import read
from sdscan.facts.source import MemorySource

TEXT = "1girl, 初音ミク\nSteps: 20, " + "x" * 300

# ---- GIF ---------------------------------------------------------------------------------------------------

GIF_COMMENT = b"\x21\xfe" + sub_blocks(TEXT.encode())
GIF_XMP = b"\x21\xff\x0bXMP DataXMP" + XMP + b"\1" + bytes(range(255, -1, -1)) + b"\0"
GIF_LOOP = b"\x21\xff\x0bNETSCAPE2.0" + sub_blocks(b"\1\0\0")
GIF_CONTROL = b"\x21\xf9\4\0\0\0\0\0"
GIF_C2PA = b"\x21\xff\x0bC2PA_GIF\1\0\0" + sub_blocks(JUMBF)


@pytest.mark.parametrize("head", [65_536, 16])
@pytest.mark.parametrize("order", [1, -1])
def test_gif_comments_xmp_and_c2pa_are_read(order: int, head: int) -> None:
    blocks = [GIF_COMMENT, GIF_XMP, GIF_LOOP, GIF_CONTROL, GIF_IMAGE, GIF_C2PA, GIF_IMAGE][::order]
    data = gif(*blocks, flags=0x80, table=bytes(6))
    container = walked(data, head=head)
    expected = [("gif:comment", "comment", TEXT), ("gif:xmp", "xmp", XMP.decode()), ("gif:c2pa", "c2pa", None)]
    assert expected[::order] == texts(data, head=head)
    assert binaries(data) == [("gif:c2pa", "c2pa", JUMBF)]
    assert (container.width, container.height, container.frames, container.incomplete, container.problems) == (
        64,
        48,
        2,
        None,
        (),
    )


def test_gif_pictures_with_their_own_colours_are_hopped_over() -> None:
    local = b"\x2c\0\0\0\0\x40\0\x30\0\x81" + bytes(12) + b"\x02" + sub_blocks(b"\x84\x51" * 40_000)
    assert texts(gif(local, b"\0", GIF_COMMENT)) == [("gif:comment", "comment", TEXT)]


def test_gif_xmp_without_its_ramp_is_kept() -> None:
    data = gif(b"\x21\xff\x0bXMP DataXMP" + sub_blocks(b"<x:xmpmeta/>"))
    assert "<x:xmpmeta/>" in (texts(data)[0][2] or "")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (gif(GIF_COMMENT, end=b""), "ends without a trailer"),
        (gif(GIF_COMMENT, end=b"")[:-9], "ends inside a block"),
        (gif(GIF_XMP, end=b"")[:-9], "ends inside a block"),
        (gif(GIF_COMMENT, end=b"\x21"), "is damaged at byte"),
        (gif(GIF_COMMENT, b"\x99"), "is damaged at byte"),
        (gif(GIF_IMAGE, end=b"")[:-3], "ends inside a block"),
    ],
)
def test_a_cut_gif_says_so(data: bytes, reason: str) -> None:
    assert str(walked(data).incomplete).startswith(reason)


def test_gif_limits_are_told() -> None:
    assert codes(gif(GIF_COMMENT), blob=100) == ["limit-blob"]
    assert codes(gif(b"\x21\xfe" + sub_blocks(bytes(1000), 1)), chunks=3) == ["limit-chunks"]
    assert codes(gif(GIF_COMMENT) + b"\1\2PK") == ["trailing-data"]


# ---- TIFF and BMP ------------------------------------------------------------------------------------------

SIZE = [(0x0100, SHORT, struct.pack("<H", 64)), (0x0101, SHORT, struct.pack("<H", 48))]
TIFF_TAGS = [
    *SIZE,
    (0x010E, ASCII, b"Workflow:{}\0"),
    (0x010F, ASCII, b"Prompt:{}\0"),
    (0x0152, SHORT, struct.pack("<H", 2)),
    (0x02BC, BYTE, XMP),
    (0x83BB, UNDEFINED, b"raw iim"),
]
TIFF_TEXTS = [
    ("tiff:ImageDescription", "ImageDescription", "Workflow:{}"),
    ("tiff:Make", "Make", "Prompt:{}"),
    ("tiff:xmp", "xmp", XMP.decode()),
    ("tiff:iptc", "iptc", None),
]


@pytest.mark.parametrize("head", [65_536, 16])
@pytest.mark.parametrize("data", [tiff(TIFF_TAGS), big_tiff(TIFF_TAGS)])
def test_tiff_tags_are_read(data: bytes, head: int) -> None:
    container = walked(data, head=head)
    assert texts(data, head=head) == TIFF_TEXTS
    assert (container.width, container.height, container.has_alpha, container.frames, container.incomplete) == (
        64,
        48,
        True,
        1,
        None,
    )


def test_tiff_enters_exif_and_counts_pages() -> None:
    data = tiff([(0x0100, LONG, struct.pack("<I", 9))], [(0x9286, UNDEFINED, user_comment("1girl"))], next_ifd=SIZE)
    assert (texts(data), walked(data).frames, walked(data).width) == (
        [("tiff:UserComment", "UserComment", "1girl")],
        2,
        9,
    )


@pytest.mark.parametrize("end", [2, 5, 60])
def test_a_cut_tiff_says_so(end: int) -> None:
    assert str(walked(tiff(TIFF_TAGS)[:-end]).incomplete).startswith("is cut or damaged: ")


def test_a_tiff_that_repeats_itself_is_read() -> None:
    data = b"II*\0\x08\0\0\0\0\0\x08\0\0\0"
    assert (codes(data), walked(data).incomplete) == (["exif-loop"], None)


def bmp(size: int, header: int = 40) -> bytes:
    sides = struct.pack("<HH", 64, 48) if header == 12 else struct.pack("<ii", 64, -48)
    return (b"BM" + struct.pack("<IIII", size, 0, 54, header) + sides).ljust(60, b"\0")


@pytest.mark.parametrize(
    ("data", "reason", "found"),
    [
        (bmp(60), None, []),
        (bmp(60, 12), None, []),
        (bmp(0), None, []),
        (bmp(99), "ends at byte 60 of 99", []),
        (bmp(60) + b"Steps: 20", None, [("bmp:trailer", "trailer", "Steps: 20")]),
    ],
)
def test_bmp_is_measured(data: bytes, reason: str | None, found: list[tuple[str, str, str]]) -> None:
    container = walked(data)
    assert (64, 48, reason, found) == (container.width, container.height, container.incomplete, texts(data))


# ---- WebM and Matroska -------------------------------------------------------------------------------------

SEGMENT, CLUSTER, TAGS, INFO, TRACKS = 0x18538067, 0x1F43B675, 0x1254C367, 0x1549A966, 0x1654AE6B
EBML = ebml(0x1A45DFA3, ebml(0x4282, b"webm"))
UNKNOWN = b"\x01" + b"\xff" * 7


def simple(name: bytes, value: bytes, *nested: bytes, number: int = 0x4487) -> bytes:
    return ebml(0x67C8, ebml(0x45A3, name), ebml(number, value), *nested)


WEBM_TAGS = ebml(TAGS, ebml(0x7373, ebml(0x63C0), simple(b"PROMPT", TEXT.encode()), simple(b"WORKFLOW", b"{}")))
WEBM_TRACKS = ebml(
    TRACKS, ebml(0xAE, ebml(0xD7, b"\1"), ebml(0xE0, ebml(0xB0, b"\x40"), ebml(0xBA, b"\0\x30"), ebml(0x53C0, b"\1")))
)
WEBM_CLUSTER = ebml(CLUSTER, ebml(0xE7, b"\0"), ebml(0xA3, bytes(50)))
WEBM_TEXTS = [("webm:tag/PROMPT", "PROMPT", TEXT), ("webm:tag/WORKFLOW", "WORKFLOW", "{}")]


def live(number: int, *parts: bytes) -> bytes:
    return number.to_bytes(4, "big") + UNKNOWN + b"".join(parts)


@pytest.mark.parametrize("head", [65_536, 16])
@pytest.mark.parametrize(
    "data",
    [
        EBML + ebml(SEGMENT, WEBM_TRACKS, WEBM_TAGS, WEBM_CLUSTER),
        EBML + ebml(SEGMENT, WEBM_TRACKS, WEBM_CLUSTER, WEBM_TAGS),
        EBML + live(SEGMENT, WEBM_TRACKS, live(CLUSTER, ebml(0xE7, b"\0"), ebml(0xA3, bytes(50))), WEBM_TAGS),
    ],
)
def test_webm_tags_are_read_before_and_after_the_film(data: bytes, head: int) -> None:
    container = walked(data, head=head)
    assert texts(data, head=head) == WEBM_TEXTS
    assert (container.width, container.height, container.has_alpha, container.incomplete) == (64, 48, True, None)


def test_nested_and_binary_tags_and_the_title_are_read() -> None:
    nested = simple(
        b"A", b"1", simple(b"B", b"2"), simple(b"C", b"text", number=0x4485), simple(b"D", b"\0\1", number=0x4485)
    )
    data = EBML + ebml(
        SEGMENT, ebml(INFO, ebml(0x2AD7B1, b"\1"), ebml(0x7BA9, b"My film")), ebml(TAGS, ebml(0x7373, nested))
    )
    assert texts(data) == [
        ("webm:info/Title", "Title", "My film"),
        ("webm:tag/A", "A", "1"),
        ("webm:tag/B", "B", "2"),
        ("webm:tag/C", "C", "text"),
    ]


def test_endless_nesting_of_tags_is_survived() -> None:
    tag = b""
    for _ in range(300):
        tag = simple(b"A", b"1", tag)
    assert 64 >= len(texts(EBML + ebml(SEGMENT, ebml(TAGS, tag)))) > 10


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (EBML, "holds no segment"),
        (EBML + ebml(SEGMENT, WEBM_TAGS, WEBM_CLUSTER)[:-9], "ends at byte"),
        (EBML + live(SEGMENT, WEBM_TAGS, WEBM_CLUSTER)[:-9], "ends inside an element"),
        (EBML + ebml(SEGMENT, b"\0\0\0"), "is cut or damaged: no element begins at byte"),
        (EBML + live(SEGMENT, TAGS.to_bytes(4, "big")), "is cut or damaged"),
        (EBML + live(SEGMENT, live(TAGS, ebml(0x7373, simple(b"PROMPT", b"a")))), "ends inside an element"),
    ],
)
def test_a_cut_webm_says_so(data: bytes, reason: str) -> None:
    assert str(walked(data).incomplete).startswith(reason)


def test_damage_inside_the_tags_is_a_problem() -> None:
    data = EBML + ebml(SEGMENT, ebml(TAGS, ebml(0x7373, simple(b"PROMPT", b"a"), b"\0\0")))
    assert (codes(data), texts(data)) == (["bad-element"], [("webm:tag/PROMPT", "PROMPT", "a")])


def test_a_size_that_is_unknown_inside_the_tags_reaches_to_their_end() -> None:
    data = EBML + ebml(SEGMENT, ebml(TAGS, b"\x73\x73" + UNKNOWN + simple(b"PROMPT", b"a")))
    assert texts(data) == [("webm:tag/PROMPT", "PROMPT", "a")]


# ---- FLAC and Ogg ------------------------------------------------------------------------------------------

COMMENTS = vorbis_comments(b"prompt=" + TEXT.encode(), b"workflow={}", b"METADATA_BLOCK_PICTURE=AAAA", b"alone")


def audio_texts(name: str) -> list[tuple[str, str, str]]:
    return [
        (f"{name}:vendor", "vendor", "ComfyUI"),
        (f"{name}:comment/prompt", "prompt", TEXT),
        (f"{name}:comment/workflow", "workflow", "{}"),
        (f"{name}:comment/", "", "alone"),
    ]


@pytest.mark.parametrize("head", [65_536, 16])
@pytest.mark.parametrize("start", [b"", id3()])
def test_flac_comments_are_read(start: bytes, head: int) -> None:
    data = (
        start + b"fLaC" + STREAMINFO + flac_block(4, COMMENTS) + flac_block(1, bytes(40), last=True) + b"\xff\xf8sound"
    )
    head = max(head, len(start) + 16)
    assert (audio_texts("flac"), None) == (texts(data, head=head), walked(data, head=head).incomplete)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"fLaC" + STREAMINFO, "ends before its last metadata block"),
        (b"fLaC" + STREAMINFO + flac_block(4, COMMENTS, last=True)[:-4], "ends inside a metadata block"),
    ],
)
def test_a_cut_flac_says_so(data: bytes, reason: str) -> None:
    assert str(walked(data).incomplete).startswith(reason)


@pytest.mark.parametrize(
    "comments",
    [
        vorbis_comments(b"a=b") + b"",
        struct.pack("<I", 0) + struct.pack("<I", 9) + struct.pack("<I", 3) + b"a=b",
        struct.pack("<I", 0) + struct.pack("<I", 1) + struct.pack("<I", 99) + b"a=b",
    ],
)
def test_a_list_of_comments_that_lies_is_survived(comments: bytes) -> None:
    data = b"fLaC" + flac_block(4, comments, last=True)
    assert ("flac:comment/a", "a", "b") in texts(data)
    assert walked(data).incomplete is None


def test_too_many_comments_are_told() -> None:
    data = b"fLaC" + flac_block(4, vorbis_comments(*[b"a=b"] * 20), last=True)
    assert "limit-chunks" in codes(data, chunks=10)


FIRST = {
    "vorbis": (b"\x01vorbis" + bytes(23), b"\x03vorbis" + COMMENTS + b"\1"),
    "opus": (b"OpusHead" + bytes(11), b"OpusTags" + COMMENTS),
    "theora": (b"\x80theora" + bytes(30), b"\x81theora" + COMMENTS),
    "flac": (b"\x7fFLAC\1\0\0\1fLaC" + STREAMINFO, flac_block(4, COMMENTS)),
    "speex": (b"Speex   " + bytes(72), COMMENTS),
}
SOUND = ogg_page(bytes(99), flags=4, number=9)


@pytest.mark.parametrize("head", [65_536, 16])
@pytest.mark.parametrize("codec", FIRST)
def test_ogg_comments_are_read(codec: str, head: int) -> None:
    first, second = FIRST[codec]
    data = ogg_page(first, flags=2) + ogg_page(second, number=1) + SOUND
    assert (audio_texts("ogg"), [], None) == (
        texts(data, head=head),
        codes(data, head=head),
        walked(data, head=head).incomplete,
    )


def test_ogg_comments_over_several_pages_and_beside_other_streams() -> None:
    first, second = FIRST["opus"]
    start = ogg_page(b"fishead\0" + bytes(56), flags=2, serial=7) + ogg_page(first, flags=2)
    parts = [
        ogg_page(second[:255], ended=False, number=1),
        ogg_page(b"other", serial=7),
        ogg_page(second[255:], flags=1, number=2),
    ]
    assert audio_texts("ogg") == texts(start + b"".join(parts) + SOUND)


@pytest.mark.parametrize(
    ("data", "code", "reason"),
    [
        (ogg_page(FIRST["opus"][0], flags=2) + ogg_page(FIRST["opus"][1][:255], ended=False), "bad-comment", None),
        (ogg_page(FIRST["opus"][0], flags=2) + ogg_page(FIRST["opus"][1]), "no-end-mark", None),
        (
            ogg_page(FIRST["opus"][0], flags=2) + ogg_page(FIRST["opus"][1]) + SOUND[:-1],
            "truncated",
            "ends inside a page",
        ),
        (ogg_page(FIRST["opus"][0], flags=2) + b"noise" * 9, "truncated", "is cut or damaged"),
        (ogg_page(FIRST["opus"][0], flags=2) + ogg_page(b"", number=1) + SOUND, "", None),
        (ogg_page(b"unknown codec", flags=2) + SOUND, "truncated", "no stream of a kind"),
        (b"OggS" + bytes(9), "truncated", "is cut or damaged"),
        (ogg_page(b"unknown codec", flags=0) + b"x" * 70_000, "truncated", "ends inside a page"),
    ],
)
def test_a_damaged_ogg_says_so(data: bytes, code: str, reason: str | None) -> None:
    assert (code in codes(data)) is bool(code)
    assert str(reason) in str(walked(data).incomplete)


# ---- MP3 ---------------------------------------------------------------------------------------------------


def txxx(key: str, value: str, encoding: int) -> bytes:
    code = ("latin-1", "utf-16", "utf-16-be", "utf-8")[encoding]
    end = b"\0\0" if encoding in (1, 2) else b"\0"
    return bytes((encoding,)) + key.encode(code) + end + value.encode(code)


MP3_TEXTS = [("mp3:TXXX/prompt", "prompt", "1girl, miku")]


@pytest.mark.parametrize("version", [2, 3, 4])
@pytest.mark.parametrize("encoding", [0, 1, 2, 3])
def test_mp3_texts_are_read_in_every_version_and_encoding(encoding: int, version: int) -> None:
    name = b"TXX" if version == 2 else b"TXXX"
    assert texts(id3(id3_frame(name, txxx("prompt", "1girl, miku", encoding), version), version=version)) == MP3_TEXTS


COMM = b"\3eng" + b"note\0" + TEXT.encode()


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (id3_frame(b"COMM", COMM), [("mp3:COMM/note", "comment", TEXT)]),
        (id3_frame(b"COMM", b"\3eng\0plain"), [("mp3:COMM", "comment", "plain")]),
        (id3_frame(b"COMM", b"\3engno end"), [("mp3:COMM", "comment", "no end")]),
        (id3_frame(b"COMM", b"\1engx"), [("mp3:COMM", "comment", "")]),
        (id3_frame(b"USLT", b"\3eng\0la la"), [("mp3:USLT", "lyrics", "la la")]),
        (id3_frame(b"TIT2", b"\1\xff\xfe" + "初音".encode("utf-16-le")), [("mp3:TIT2", "TIT2", "初音")]),
        (id3_frame(b"TIT2", b"\1\xfe\xff" + "初音".encode("utf-16-be") + b"\0\0"), [("mp3:TIT2", "TIT2", "初音")]),
        (id3_frame(b"TIT2", b"\3"), []),
        (id3_frame(b"PRIV", b"XMP\0" + XMP), [("mp3:xmp", "xmp", XMP.decode())]),
        (id3_frame(b"PRIV", b"other\0\1"), []),
        (id3_frame(b"GEOB", b"\0application/x-c2pa-manifest-store\0c2pa\0\0" + JUMBF), [("mp3:c2pa", "c2pa", None)]),
        (id3_frame(b"GEOB", b"\0application/x-c2pa-manifest-store\0"), []),
        (id3_frame(b"APIC", b"\0image/png\0\3\0"), []),
        (
            id3_frame(b"TIT2", struct.pack(">I", 9) + zlib.compress(b"\3packed"), flags=0x09),
            [("mp3:TIT2", "TIT2", "packed")],
        ),
        (id3_frame(b"TIT2", b"\3a\xff\0b", flags=2), [("mp3:TIT2", "TIT2", "aÿb")]),
    ],
)
def test_mp3_frames_are_read(frame: bytes, expected: list[tuple[str, str, str]]) -> None:
    assert expected == texts(id3(frame))


def test_mp3_has_odd_tags() -> None:
    frame = id3_frame(b"TXXX", txxx("prompt", "1girl, miku", 3), 3)
    assert texts(id3(frame, version=3, flags=0x40, extended=struct.pack(">I", 6) + bytes(6))) == MP3_TEXTS
    assert (
        texts(id3(id3_frame(b"TXXX", txxx("prompt", "1girl, miku", 3)), flags=0x40, extended=b"\0\0\0\6\1\0"))
        == MP3_TEXTS
    )
    assert texts(id3(id3_frame(b"TIT2", b"\3a\xff\0b", 3), version=3, flags=0x80).replace(b"\6", b"\5")) == [
        ("mp3:TIT2", "TIT2", "aÿb")
    ]
    packed = struct.pack(">I", 9) + zlib.compress(b"\3packed")
    assert texts(id3(id3_frame(b"TIT2", packed, 3, flags=0x80), version=3)) == [("mp3:TIT2", "TIT2", "packed")]


def test_mp3_sizes_that_are_not_synchsafe_are_understood() -> None:
    long = b"TIT2" + struct.pack(">I", 401) + b"\0\0\3" + b"x" * 400
    assert [text for _, _, text in texts(id3(long, id3_frame(b"TPE1", b"\3next")))] == ["x" * 400, "next"]


def test_mp3_frames_that_lie_are_told() -> None:
    data = id3(id3_frame(b"TIT2", b"\3abc").replace(b"\0\0\0\4", b"\0\0\1\4"))
    assert (codes(data), texts(data)) == (["bad-frame"], [("mp3:TIT2", "TIT2", "abc")])
    broken = id3(id3_frame(b"TIT2", struct.pack(">I", 9) + b"no zlib", flags=0x09))
    assert codes(broken) == ["bad-zlib"]


def test_a_cut_mp3_says_so() -> None:
    data = id3(id3_frame(b"TIT2", b"\3" + b"x" * 90))[:-40]
    assert f"ends inside the ID3 tag at byte {len(data)}" == walked(data).incomplete


ID3V1 = b"TAG" + bytes(94) + b"a comment".ljust(28, b"\0") + bytes(3)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xff\xfb\x90\x64" + bytes(200) + ID3V1, [("mp3:ID3v1/comment", "comment", "a comment")]),
        (id3(id3_frame(b"COMM", COMM)) + ID3V1, [("mp3:COMM/note", "comment", TEXT)]),
        (b"\xff\xfb\x90\x64" + bytes(200) + ID3V1.replace(b"a comment", b"         "), []),
        (b"\xff\xfb\x90\x64" + bytes(200), []),
    ],
)
def test_the_old_tag_at_the_end_is_read_where_there_is_no_better(
    data: bytes, expected: list[tuple[str, str, str]]
) -> None:
    assert expected == texts(data)


WHOLE = [
    gif(GIF_COMMENT, GIF_XMP, GIF_LOOP, GIF_CONTROL, GIF_IMAGE, GIF_C2PA, flags=0x80, table=bytes(6)),
    tiff(TIFF_TAGS, [(0x9286, UNDEFINED, user_comment("1girl"))]),
    big_tiff(TIFF_TAGS),
    bmp(60),
    EBML + ebml(SEGMENT, WEBM_TRACKS, WEBM_TAGS, WEBM_CLUSTER),
    b"fLaC" + STREAMINFO + flac_block(4, COMMENTS, last=True),
    ogg_page(FIRST["opus"][0], flags=2) + ogg_page(FIRST["opus"][1], number=1) + SOUND,
    id3(id3_frame(b"TXXX", txxx("prompt", "1girl", 1)), id3_frame(b"COMM", COMM), id3_frame(b"PRIV", b"XMP\0" + XMP)),
]


@given(st.sampled_from(WHOLE), st.binary(max_size=20), st.integers(0, 700), st.integers(0, 12))
def test_no_damage_raises(whole: bytes, noise: bytes, at: int, drop: int) -> None:
    read(MemorySource(whole[:at] + noise + whole[at + drop :]), thorough=True)
