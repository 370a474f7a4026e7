"""The box formats: MP4 and MOV, HEIF and AVIF, JPEG XL."""

import struct
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spelled import ASCII, JUMBF, UNDEFINED, XMP, box, full_box, tiff, user_comment
from walking import binaries, codes, texts, walked

from sdscan.facts.containers import read
from sdscan.facts.source import MemorySource

PROMPT = '{"3": {"class_type": "KSampler", "t": "初音"}}'
XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
C2PA_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
FTYP = box(b"ftyp", b"isom\0\0\x02\0isommp41")
MDAT = box(b"mdat", bytes(200))

# ---- MP4 and MOV -------------------------------------------------------------------------------------------


def data_box(value: bytes, kind: int = 1) -> bytes:
    return box(b"data", struct.pack(">II", kind, 0), value)


def keys_box(*names: bytes) -> bytes:
    entries = b"".join(struct.pack(">I", 8 + len(name)) + b"mdta" + name for name in names)
    return full_box(b"keys", struct.pack(">I", len(names)), entries)


def mdta(*pairs: tuple[bytes, bytes]) -> bytes:
    """As ffmpeg writes with `use_metadata_tags`."""
    items = (box(struct.pack(">I", number + 1), data_box(value)) for number, (_, value) in enumerate(pairs))
    return full_box(b"hdlr", bytes(20)) + keys_box(*(key for key, _ in pairs)) + box(b"ilst", *items)


TKHD = full_box(b"tkhd", bytes(72), struct.pack(">II", 64 << 16, 48 << 16))
TKHD1 = full_box(b"tkhd", bytes(84), struct.pack(">II", 64 << 16, 48 << 16), version=1)
META = mdta((b"prompt", PROMPT.encode()), (b"workflow", b"{}"))
KEYS = [("mp4:keys/prompt", "prompt", PROMPT), ("mp4:keys/workflow", "workflow", "{}")]


def mp4(*in_moov: bytes, tkhd: bytes = TKHD) -> bytes:
    return FTYP + MDAT + box(b"moov", full_box(b"mvhd", bytes(96)), box(b"trak", tkhd), *in_moov)


@pytest.mark.parametrize("head", [65_536, 16])
@pytest.mark.parametrize("tkhd", [TKHD, TKHD1])
@pytest.mark.parametrize(
    "data",
    [
        box(b"udta", full_box(b"meta", META)),  # MP4
        box(b"meta", META),  # QuickTime: `meta` is a plain box
        full_box(b"meta", META),
        box(b"trak", box(b"udta", full_box(b"meta", META))),
    ],
)
def test_keys_are_read_wherever_meta_stands(data: bytes, tkhd: bytes, head: int) -> None:
    container = walked(mp4(data, tkhd=tkhd), head=head)
    assert (texts(mp4(data)), container.problems, container.incomplete) == (KEYS, (), None)
    assert (container.width, container.height) == (64, 48)


def ilst(*items: bytes) -> bytes:
    return mp4(box(b"udta", full_box(b"meta", full_box(b"hdlr", bytes(20)), box(b"ilst", *items))))


FREE_FORM = box(b"----", full_box(b"mean", b"com.apple.iTunes"), full_box(b"name", b"workflow"), data_box(b"{}"))


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (box(b"\xa9cmt", data_box(PROMPT.encode())), [("mp4:ilst/©cmt", "©cmt", PROMPT)]),
        (box(b"\xa9cmt", data_box(PROMPT.encode("utf-16-be"), 2)), [("mp4:ilst/©cmt", "©cmt", PROMPT)]),
        (box(b"\xa9cmt", data_box(b"untyped", 0)), [("mp4:ilst/©cmt", "©cmt", "untyped")]),
        (box(b"trkn", data_box(b"\0\0\0\1\0\2\0\0", 0)), []),
        (box(b"covr", data_box(b"\x89PNG", 14)), []),
        (FREE_FORM, [("mp4:ilst/workflow", "workflow", "{}")]),
        (
            box(b"\xa9cmt", data_box(b"a"), data_box(b"b")),
            [("mp4:ilst/©cmt", "©cmt", "a"), ("mp4:ilst/©cmt", "©cmt", "b")],
        ),
    ],
)
def test_items_without_keys_are_named_by_themselves(item: bytes, expected: list[tuple[str, str, str]]) -> None:
    assert expected == texts(ilst(item))


def quicktime(*values: bytes) -> bytes:
    return box(b"\xa9cmt", *(struct.pack(">HH", len(value), 0x55C4) + value for value in values))


@pytest.mark.parametrize(
    ("child", "expected"),
    [
        (quicktime(b"hello"), [("mp4:udta/©cmt", "©cmt", "hello")]),
        (quicktime(b"one", b"", b"two"), [("mp4:udta/©cmt", "©cmt", "one"), ("mp4:udta/©cmt", "©cmt", "two")]),
        (full_box(b"titl", b"\x15\xc7", b"A title\0"), [("mp4:udta/titl", "titl", "A title")]),
        (full_box(b"titl", b"\x15\xc7", b"\xfe\xff" + "初音".encode("utf-16-be")), [("mp4:udta/titl", "titl", "初音")]),
        (box(b"XMP_", XMP), [("mp4:xmp", "xmp", XMP.decode())]),
        (box(b"uuid", XMP_UUID, XMP), [("mp4:xmp", "xmp", XMP.decode())]),
        (box(b"uuid", bytes(16), XMP), []),
        (box(b"meta", full_box(b"hdlr", bytes(20)), box(b"uuid", XMP_UUID, XMP)), [("mp4:xmp", "xmp", XMP.decode())]),
    ],
)
def test_user_data_is_read(child: bytes, expected: list[tuple[str, str, str]]) -> None:
    assert expected == texts(mp4(box(b"udta", child)))


def c2pa(purpose: bytes = b"manifest", store: bytes = JUMBF) -> bytes:
    return box(b"uuid", C2PA_UUID, bytes(4), purpose + b"\0", bytes(8), store)


def test_c2pa_is_kept_less_its_own_header() -> None:
    assert binaries(FTYP + c2pa() + mp4()[len(FTYP) :]) == [("mp4:c2pa", "c2pa", JUMBF)]
    assert binaries(FTYP + c2pa(b"merkle") + c2pa(store=b"nothing") + mp4()[len(FTYP) :]) == []


def test_long_and_open_sizes_are_understood() -> None:
    long_mdat = struct.pack(">I", 1) + b"mdat" + struct.pack(">Q", 116) + bytes(100)
    moov = mp4(box(b"meta", META))[len(FTYP) + len(MDAT) :]
    assert texts(FTYP + long_mdat + b"\0\0\0\0" + moov[4:]) == KEYS


def test_a_fragmented_file_is_whole() -> None:
    data = mp4(box(b"meta", META)) + box(b"moof", bytes(8)) + MDAT
    assert (texts(data), walked(data).incomplete) == (KEYS, None)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (FTYP + MDAT, "holds no index (moov box): the recording was not finished"),
        (FTYP + MDAT[:-1], "is cut or damaged: the mdat box at byte 24 reaches beyond the file"),
        (FTYP + MDAT + b"\0\0\0", None),
        (FTYP + MDAT + b"\1\2\3", "is cut or damaged: no box begins at byte 232"),
        (mp4() + b"\0\0\0\4abcd", "is cut or damaged: no box begins at byte 448"),
    ],
)
def test_a_cut_file_says_so(data: bytes, reason: str | None) -> None:
    found = walked(data).incomplete
    assert (reason or "holds no index (moov box): the recording was not finished") == found


def test_a_cut_index_is_kept_as_far_as_it_goes() -> None:
    data = mp4(box(b"meta", META))[:-3]
    assert [KEYS[0][2], "{"[:0]][0] == texts(data)[0][2]
    assert "reaches beyond the file" in str(walked(data).incomplete)


@pytest.mark.parametrize(
    "child",
    [
        box(b"udta", struct.pack(">I", 999) + b"meta" + bytes(8)),
        box(b"udta", struct.pack(">I", 4) + b"meta" + bytes(8)),
        box(b"udta", b"\0\0"),
    ],
)
def test_damage_inside_is_a_problem(child: bytes) -> None:
    data = mp4(child, box(b"meta", META))
    assert (codes(data)[:1], texts(data), walked(data).incomplete) == (["bad-box"], KEYS, None)


def test_damaged_keys_leave_numbers() -> None:
    meta = full_box(b"keys", struct.pack(">II", 1, 3)) + box(b"ilst", box(b"\0\0\0\1", data_box(b"lost")))
    assert texts(mp4(full_box(b"meta", full_box(b"hdlr", bytes(20)), meta))) == [
        ("mp4:ilst/\0\0\0\1", "\0\0\0\1", "lost")
    ]


def test_endless_nesting_is_survived() -> None:
    data = b""
    for _ in range(3000):
        data = box(b"udta", data)
    assert walked(mp4(data)).incomplete is None


# ---- HEIF and AVIF -----------------------------------------------------------------------------------------

BLOCK = tiff([(0x010F, ASCII, b"Prompt: {}\0")], [(0x9286, UNDEFINED, user_comment("1girl"))])
EXIF_ITEM = struct.pack(">I", 0) + BLOCK


def infe(number: int, kind: bytes, content: bytes = b"", version: int = 2) -> bytes:
    width = "I" if version == 3 else "H"
    return full_box(
        b"infe", struct.pack(f">{width}H", number, 0), kind, b"\0", content + b"\0" if content else b"", version=version
    )


def heif(
    items: list[tuple[bytes, bytes, bytes]],
    *,
    brand: bytes = b"heic",
    version: int = 0,
    idat: bool = False,
    extents: int = 1,
) -> bytes:
    """Items in `mdat` (or `idat`), each in so many extents; the offsets of `iloc` need the length of what is before."""

    def build(base: int) -> bytes:
        at, places = 0 if idat else base, b""
        for number, (_, _, data) in enumerate(items, 1):
            places += (
                struct.pack(">I" if version == 2 else ">H", number)
                + (struct.pack(">H", int(idat)) if version else b"")
                + b"\0\0"
            )
            places += struct.pack(">IH", at, extents)
            step = -(-len(data) // extents)
            for start in range(0, step * extents, step):
                part = data[start : start + step]
                places += (b"\0\0\0\1" if version else b"") + struct.pack(">II", start, len(part))
            at += len(data)
        iloc = full_box(
            b"iloc",
            b"\x44",
            b"\x44" if version else b"\x40",
            struct.pack(">I" if version == 2 else ">H", len(items)),
            places,
            version=version,
        )
        wide = version == 2
        iinf = full_box(
            b"iinf",
            struct.pack(">I" if wide else ">H", len(items)),
            *(infe(number, kind, content, 3 if wide else 2) for number, (kind, content, _) in enumerate(items, 1)),
            version=int(wide),
        )
        ispe = full_box(b"ispe", struct.pack(">II", 64, 48))
        alpha = full_box(b"auxC", b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0")
        data = b"".join(item[2] for item in items)
        meta = full_box(b"meta", full_box(b"hdlr", bytes(4) + b"pict" + bytes(13)), box(b"iprp", box(b"ipco", ispe, alpha), box(b"ipma")), iinf, iloc, *([box(b"idat", data)] if idat else []))  # fmt: skip
        return box(b"ftyp", brand, bytes(4), b"mif1", brand) + meta + (b"" if idat else box(b"mdat", data))

    return build(len(build(0)) - sum(len(item[2]) for item in items))


ITEMS = [
    (b"hvc1", b"", bytes(40)),
    (b"Exif", b"", EXIF_ITEM),
    (b"mime", b"application/rdf+xml", XMP),
    (b"mime", b"text/plain", b"a note"),
    (b"mime", b"application/x", b"\0\1\2"),
]


@pytest.mark.parametrize("head", [65_536, 16])
@pytest.mark.parametrize("extents", [1, 3])
@pytest.mark.parametrize(("version", "idat"), [(0, False), (1, False), (1, True), (2, False), (2, True)])
@pytest.mark.parametrize(("brand", "name"), [(b"heic", "heif"), (b"avif", "avif")])
def test_items_are_found_through_iinf_and_iloc(
    brand: bytes, name: str, version: int, idat: bool, extents: int, head: int
) -> None:
    data = heif(ITEMS, brand=brand, version=version, idat=idat, extents=extents)
    container = walked(data, head=max(head, 64))
    assert (container.width, container.height, container.has_alpha, container.incomplete, container.problems) == (
        64,
        48,
        True,
        None,
        (),
    )
    assert [
        (f"{name}:exif/Make", "Make", "Prompt: {}"),
        (f"{name}:exif/UserComment", "UserComment", "1girl"),
        (f"{name}:xmp", "xmp", XMP.decode()),
        (f"{name}:mime/text/plain", "text/plain", "a note"),
    ] == texts(data, head=max(head, 64))


@pytest.mark.parametrize("start", [struct.pack(">I", 6) + b"Exif\0\0", b"Exif\0\0", b""])
def test_an_exif_item_may_begin_in_several_ways(start: bytes) -> None:
    assert ("heif:exif/UserComment", "UserComment", "1girl") in texts(heif([(b"Exif", b"", start + BLOCK)]))


def test_heif_carries_uuid_boxes_and_sequences() -> None:
    data = heif([]) + box(b"uuid", XMP_UUID, XMP) + c2pa() + box(b"moov")
    assert [("heif:xmp", "xmp", XMP.decode()), ("heif:c2pa", "c2pa", None)] == texts(data)
    assert walked(data).frames == 2
    inside = box(b"ftyp", b"heic", bytes(4)) + full_box(b"meta", box(b"uuid", XMP_UUID, XMP))
    assert [("heif:xmp", "xmp", XMP.decode())] == texts(inside)


ILOC_ONE = full_box(b"iloc", b"\x44\0", struct.pack(">HHHHII", 1, 1, 0, 1, 999, 50))


@pytest.mark.parametrize(
    ("code", "iloc"),
    [
        ("bad-item", ILOC_ONE),
        ("bad-item", b""),
        ("bad-item", full_box(b"iloc", b"\x44\0", b"\0\1")),
        ("bad-item", full_box(b"iloc", b"\x44\0", struct.pack(">HHHH", 1, 1, 0, 9))),
        ("bad-item", full_box(b"iloc")),
    ],
)
def test_an_item_without_its_bytes_is_a_problem(code: str, iloc: bytes) -> None:
    items = full_box(b"iinf", b"\0\1", infe(1, b"Exif"), full_box(b"infe", bytes(8)))
    assert code in codes(box(b"ftyp", b"heic", bytes(4)) + full_box(b"meta", items, iloc))


def test_items_of_an_unknown_place_are_left_alone() -> None:
    iloc = full_box(b"iloc", b"\x44\0", struct.pack(">HHHHHII", 1, 1, 2, 0, 1, 0, 50), version=1)
    data = box(b"ftyp", b"heic", bytes(4)) + full_box(b"meta", full_box(b"iinf", b"\0\1", infe(1, b"Exif")), iloc)
    assert texts(data) == []


@pytest.mark.parametrize(
    ("code", "limits"),
    [("limit-blob", {"blob": 400}), ("limit-blobs-total", {"blobs_total": 100}), ("limit-chunks", {"chunks": 20})],
)
def test_large_items_are_bounded(code: str, limits: dict[str, int]) -> None:
    assert code in codes(heif([(b"mime", b"application/x", b"\1" * 900)] * 3, extents=2), **limits)


def test_a_file_without_meta_is_cut() -> None:
    assert walked(box(b"ftyp", b"avif", bytes(4))).incomplete == "holds no meta box, so its items cannot be found"


# ---- JPEG XL -----------------------------------------------------------------------------------------------

JXL_START = b"\0\0\0\x0cJXL \r\n\x87\n" + box(b"ftyp", b"jxl \0\0\0\0jxl ")


def size_header(*fields: tuple[int, int]) -> bytes:
    """(value, bits), from the lowest bit up."""
    bits = at = 0
    for value, width in fields:
        bits |= value << at
        at += width
    return b"\xff\x0a" + bits.to_bytes(14, "little")


SMALL = size_header((1, 1), (5, 5), (3, 3))  # height 48, ratio 4:3
LARGE = size_header((0, 1), (1, 2), (1199, 13), (0, 3), (0, 2), (299, 9))


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (SMALL, (64, 48)),
        (LARGE, (300, 1200)),
        (size_header((1, 1), (5, 5), (0, 3), (7, 5)), (64, 48)),
        (JXL_START + box(b"jxlc", SMALL), (64, 48)),
        (JXL_START + box(b"jxlp", bytes(4), SMALL) + box(b"jxlp", bytes(4), LARGE), (64, 48)),
    ],
)
def test_the_size_is_told(data: bytes, size: tuple[int, int]) -> None:
    assert (size, None) == ((walked(data).width, walked(data).height), walked(data).incomplete)


@pytest.mark.parametrize("piece", [box(b"Exif", EXIF_ITEM), box(b"Exif", BLOCK)])
def test_exif_is_read_with_and_without_its_offset(piece: bytes) -> None:
    expected = [("jxl:exif/Make", "Make", "Prompt: {}"), ("jxl:exif/UserComment", "UserComment", "1girl")]
    assert texts(JXL_START + box(b"jxlc", SMALL) + piece) == expected


@pytest.mark.parametrize("piece", [box(b"xml ", XMP), box(b"uuid", XMP_UUID, XMP)])
def test_xmp_is_read(piece: bytes) -> None:
    assert texts(JXL_START + piece + box(b"jxlc", SMALL)) == [("jxl:xmp", "xmp", XMP.decode())]


def test_c2pa_is_a_whole_box() -> None:
    assert binaries(JXL_START + box(b"jumb", JUMBF[8:]) + box(b"jxlc", SMALL)) == [("jxl:c2pa", "c2pa", JUMBF)]


def test_without_brotli_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "brotli", None)
    (problem,) = walked(JXL_START + box(b"brob", b"xml packed") + box(b"jxlc", SMALL)).problems
    assert (problem.code, "sdscan[brotli]" in problem.detail) == ("no-brotli", True)


def test_a_file_without_a_picture_is_cut() -> None:
    assert walked(JXL_START + box(b"xml ", XMP)).incomplete == "holds no picture (jxlc or jxlp box)"


WHOLE = [
    FTYP + c2pa() + mp4(box(b"udta", full_box(b"meta", META), quicktime(b"hello")))[len(FTYP) :],
    ilst(FREE_FORM),
    heif(ITEMS, version=1, extents=2),
    heif(ITEMS, brand=b"avif", version=2, idat=True),
    JXL_START + box(b"jxlc", LARGE) + box(b"Exif", EXIF_ITEM) + box(b"jumb", JUMBF[8:]),
]


@given(st.sampled_from(WHOLE), st.binary(max_size=20), st.integers(0, 900), st.integers(0, 12))
def test_no_damage_raises(whole: bytes, noise: bytes, at: int, drop: int) -> None:
    read(MemorySource(whole[:at] + noise + whole[at + drop :]), thorough=True)
