"""Files that are cut, and files whose lengths, offsets and counts lie."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from hostile import Case, Family
from spelled import (
    ASCII,
    EOI,
    GIF_IMAGE,
    IEND,
    LONG,
    SCAN,
    SIGNATURE,
    SOF,
    STREAMINFO,
    UNDEFINED,
    box,
    chunk,
    ebml,
    flac_block,
    full_box,
    gif,
    id3_frame,
    ihdr,
    jpeg,
    ogg_page,
    png,
    riff_chunk,
    segment,
    synchsafe,
    text_chunk,
    tiff,
    vorbis_comments,
    vp8x,
)
from test_walk_boxes import MDAT, heif
from wholes import (
    CLUSTER,
    EBML,
    EVIDENCE,
    EXIF,
    JXL_CODE,
    JXL_START,
    RAW,
    SEGMENT,
    TAGS,
    VP8L,
    WHOLE,
    jpeg_with,
    mp4_with,
    opus_with,
    webp_with,
)

TEXT = text_chunk(b"parameters", RAW)
HUGE = 0xFFFFFFFF


def truncated() -> Iterator[Case]:
    """Every kind of file, cut at eight places: always unreadable, and what stands before the cut is still used."""
    for name, data in WHOLE.items():
        stem, _, suffix = name.rpartition(".")
        for part in range(1, 9):
            end = len(data) * part // 9 if part < 8 else len(data) - 1
            if suffix == "mp3" and end > data.index(b"\xff\xfb"):  # sound has no length of its own
                continue
            yield Case(f"cut-{stem}-{part}.{suffix}", data[:end], "unreadable")


def lying_png() -> Iterator[Case]:
    def lied(kind: bytes, length: int, body: bytes = b"parameters\0" + RAW) -> bytes:
        return struct.pack(">I", length) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    for kind in (b"tEXt", b"zTXt", b"iTXt", b"IDAT", b"eXIf", b"caBX", b"abCd"):
        for label, length in (("ones", HUGE), ("2e31", 1 << 31), ("beyond", 1 << 20)):
            yield Case(f"png-{kind.decode()}-{label}.png", png(lied(kind, length), pixels=b"", end=b""), "unreadable")
    yield Case("png-resync.png", png(lied(b"IDAT", HUGE), TEXT), "scanned", "bad-chunk", text=EVIDENCE)
    yield Case("png-short.png", png(lied(b"tEXt", 4)), "scanned", "bad-chunk")
    yield Case("png-zero-size.png", png(TEXT, header=ihdr(0, 0)), "scanned", text=EVIDENCE)
    yield Case("png-giant-size.png", png(TEXT, header=ihdr(0x7FFFFFFF, 0x7FFFFFFF, color=6)), "scanned", text=EVIDENCE)
    yield Case("png-bad-crc.png", png(TEXT[:-4] + b"\0\0\0\0"), "scanned", "bad-crc", text=EVIDENCE)
    yield Case("png-no-ihdr.png", SIGNATURE + TEXT + IEND, "scanned", "bad-order", text=EVIDENCE)
    yield Case("png-two-headers.png", png(ihdr(9, 9), TEXT), "scanned", "duplicate-chunk", text=EVIDENCE)
    yield Case("png-ends-then-text.png", png(after=[IEND, TEXT]), "no-metadata", "trailing-data")
    yield Case("png-text-no-nul.png", png(chunk(b"tEXt", RAW)), "scanned", text=EVIDENCE)
    yield Case("png-many-chunks.png", lambda: png(chunk(b"aaAa", b"") * 120_000, TEXT), "unreadable", "limit-chunks")
    yield Case("png-many-texts.png", lambda: png(*(text_chunk(b"k%d" % i, b"some words") for i in range(30_000)), TEXT), "unreadable", "limit-blobs")
    yield Case("png-many-bad-chunks.png", lambda: png(*([lied(b"tEXt", HUGE, b"")] * 3000), TEXT), "scanned", "bad-chunk")
    yield Case("png-many-bad-crcs.png", lambda: png(*([TEXT[:-1] + b"\0"] * 3000)), "unreadable", "bad-crc", text=EVIDENCE)
    yield Case("png-frames-claimed.png", png(chunk(b"acTL", struct.pack(">II", HUGE, 0)), TEXT), "scanned", text=EVIDENCE)
    yield Case("png-profile-odd-hex.png", png(text_chunk(b"Raw profile type exif", b"\nexif\n 99\nabc")), "unreadable", "bad-profile")
    yield Case("png-text-mode.png", b"\x89PNG\n\x1a\n" + png(TEXT)[8:].replace(b"\r\n", b"\n"), "scanned", "bad-signature", text=EVIDENCE)


def lying_jpeg() -> Iterator[Case]:
    exif = b"Exif\0\0" + EXIF
    yield Case("jpeg-segment-0.jpg", b"\xff\xd8\xff\xe1\0\0" + exif + SOF + SCAN + EOI, "unreadable")
    yield Case("jpeg-segment-1.jpg", b"\xff\xd8\xff\xe1\0\1" + exif + SOF + SCAN + EOI, "unreadable")
    yield Case("jpeg-segment-ffff.jpg", b"\xff\xd8\xff\xe1\xff\xff" + exif + SOF + SCAN + EOI, "unreadable")
    yield Case("jpeg-no-end.jpg", jpeg(segment(0xE1, exif), end=SCAN + bytes(70_000)), "unreadable", text=EVIDENCE)
    yield Case("jpeg-fill-bytes.jpg", lambda: b"\xff\xd8" + b"\xff" * 90_000 + jpeg(segment(0xE1, exif))[2:], "scanned", text=EVIDENCE)
    yield Case("jpeg-fill-megabyte.jpg", lambda: b"\xff\xd8" + b"\xff" * 1_000_000 + jpeg(segment(0xE1, exif))[2:], "unreadable", "limit-chunks")
    yield Case("jpeg-many-comments.jpg", lambda: jpeg(*[segment(0xFE, b"some words here")] * 90_000), "unreadable", "limit-blobs")
    yield Case("jpeg-many-segments.jpg", lambda: jpeg(*[segment(0xE5, b"")] * 120_000), "unreadable", "limit-chunks")
    yield Case("jpeg-restarts.jpg", lambda: jpeg(segment(0xE1, exif), end=SCAN + b"\xff\xd0" * 40_000 + EOI), "scanned", text=EVIDENCE)
    yield Case("jpeg-extended-xmp-lies.jpg", jpeg(segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 32 + b"\xff" * 8 + RAW), segment(0xE1, exif)), "scanned", text=EVIDENCE)  # fmt: skip
    yield Case("jpeg-many-app1.jpg", lambda: jpeg(*[segment(0xE1, b"Exif\0\0" + b"no header" * 7000)] * 900), "unreadable", "limit-blobs-total")
    yield Case("jpeg-jumbf-repeats.jpg", lambda: jpeg(*[segment(0xEB, b"JP\0\1\0\0\0\1" + struct.pack(">I", HUGE) + b"jumb" + bytes(60_000))] * 900), "unreadable", "limit-blobs-total")  # fmt: skip
    yield Case("jpeg-photoshop-lies.jpg", jpeg(segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", HUGE) + b"\x1c\x02"), segment(0xE1, exif)), "scanned", text=EVIDENCE)  # fmt: skip
    yield Case("jpeg-no-size.jpg", b"\xff\xd8" + segment(0xE1, exif) + SCAN + EOI, "scanned", text=EVIDENCE)


def lying_exif() -> Iterator[Case]:
    comment = (0x9286, UNDEFINED, b"UNICODE\0" + "x".encode("utf-16-be") * 20)

    def entry(tag: int, kind: int, count: int, value: int) -> bytes:
        return struct.pack("<HHII", tag, kind, count, value)

    def directory(*entries: bytes, following: int = 0, claimed: int | None = None) -> bytes:
        count = len(entries) if claimed is None else claimed
        return b"II*\0\x08\0\0\0" + struct.pack("<H", count) + b"".join(entries) + struct.pack("<I", following)

    blocks: dict[str, tuple[bytes, str]] = {
        "loop": (directory(entry(0x8769, LONG, 1, 8)), "exif-loop"),
        "next-loop": (directory(entry(0x0131, ASCII, 4, 0x61626364), following=8), "exif-loop"),
        "offset-ones": (directory(entry(0x010E, ASCII, 100, HUGE)), "exif-outside"),
        "count-ones": (directory(entry(0x010E, ASCII, HUGE, 8)), "exif-outside"),
        "count-times-8": (directory(entry(0x010E, 12, HUGE, 8), entry(0x010E, ASCII, 1 << 31, 8)), "exif-outside"),
        "tags-65535": (directory(entry(0x010E, ASCII, 4, 0x61626364), claimed=0xFFFF), "limit-ifd-entries"),
        "first-outside": (b"II*\0\xff\xff\xff\xff", "exif-cut"),
        "first-inside-header": (b"II*\0\0\0\0\0" + bytes(40), "exif"),
        "type-0": (directory(entry(0x010E, 0, 10, 8)), ""),
        "type-999": (directory(entry(0x010E, 999, 10, 8)), ""),
        "header-only": (b"II*\0", "exif-header"),
        "wrong-number": (b"II\x2b\x07" + bytes(20), "exif-header"),
        "no-header": (b"nothing of the kind", "exif-header"),
        "odd-utf16": (tiff([], [(0x9286, UNDEFINED, b"UNICODE\0\xd8\0\xd8\0\xdc")]), ""),
        "utf16-surrogates": (tiff([], [(0x9286, UNDEFINED, b"UNICODE\0" + b"\xd8\0" * 40)]), ""),
        "jis": (tiff([], [(0x9286, UNDEFINED, b"JIS\0\0\0\0\0\x1b$B\xff\xff")]), ""),
        "gps-nonsense": (tiff([comment], gps=[(2, LONG, b"abcd"), (4, LONG, b"abcd")]), ""),
        "gps-zero": (tiff([comment], gps=[(2, 5, bytes(24)), (4, 5, bytes(24))]), ""),
        "sub-ifds": (directory(entry(0x014A, LONG, 3, 8)), ""),
    }
    for label, (block, code) in blocks.items():
        left_out = ("tags-65535", "first-inside-header", "offset-ones", "first-outside", "header-only", "wrong-number", "no-header", "sub-ifds")
        text = ("gps-nonsense", "gps-zero", "jis", "count-ones", "count-times-8", "utf16-surrogates")
        outcome = "unreadable" if label in left_out else "scanned" if label in text else "no-metadata"
        yield Case(f"exif-{label}.jpg", jpeg_with(block), outcome, code)  # type: ignore[arg-type]
    spiral = b"II*\0\x08\0\0\0" + b"".join(struct.pack("<H", 0) + struct.pack("<I", 8 + 6 * (i + 1)) for i in range(5000))
    yield Case("exif-long-chain.jpg", jpeg_with(spiral), "unreadable", "limit-ifds")
    overlap = directory(*[entry(0x010E + i, ASCII, 60_000, 8) for i in range(4000)]) + bytes(8000)
    yield Case("exif-overlap.jpg", jpeg_with(overlap), "unreadable", "limit-exif")
    graph = b"prompt:" + b"{" * 50_000
    yield Case("exif-open-graph.webp", webp_with(riff_chunk(b"EXIF", tiff([(0x0110, ASCII, b"x\0")]) + graph)), "unreadable", "bad-json")
    yield Case("tiff-count.tif", directory(entry(0x010E, ASCII, HUGE, 8)), "unreadable", "exif-outside")
    yield Case("tiff-loop.tif", directory(entry(0x0100, LONG, 1, 64), following=8), "no-metadata", "exif-loop")
    yield Case("tiff-big-count.tif", b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, 1 << 63), "unreadable")
    yield Case("tiff-big-offset.tif", b"II+\0\x08\0\0\0" + struct.pack("<Q", 1 << 63), "unreadable")
    yield Case("tiff-pages.tif", b"II*\0\x08\0\0\0" + b"".join(struct.pack("<HI", 0, 8 + 6 * (i + 1)) for i in range(9000)), "unreadable", "limit-ifds")


def lying_riff() -> Iterator[Case]:
    exif = riff_chunk(b"EXIF", EXIF)
    body = b"WEBP" + vp8x(8) + VP8L + exif
    yield Case("webp-riff-0.webp", b"RIFF\0\0\0\0" + body, "no-metadata", "trailing-data")
    yield Case("webp-riff-ones.webp", b"RIFF\xff\xff\xff\xff" + body, "unreadable", text=EVIDENCE)
    yield Case("webp-riff-short.webp", b"RIFF" + struct.pack("<I", 30) + body, "no-metadata", "trailing-data")
    for kind in (b"EXIF", b"XMP ", b"VP8L", b"ANMF", b"ICCP"):
        lie = kind + struct.pack("<I", HUGE) + EXIF
        yield Case(f"webp-{kind.decode().strip().lower()}-ones.webp", webp_with(lie), "unreadable")
    yield Case("webp-junk-chunk.webp", webp_with(b"\0\1\2\3\4\0\0\0abcd"), "unreadable")
    yield Case("webp-unpadded.webp", webp_with(b"XMP " + struct.pack("<I", 5) + b"<x:x>", exif), "scanned", "bad-padding", text=EVIDENCE)
    yield Case("webp-many-chunks.webp", lambda: webp_with(*[riff_chunk(b"junk", b"")] * 120_000, exif), "unreadable", "limit-chunks")
    yield Case("webp-many-exif.webp", lambda: webp_with(*[exif] * 20_000), "unreadable", "limit-blobs", text=EVIDENCE)
    yield Case("webp-giant-size.webp", webp_with(exif)[:24] + b"\xff" * 6 + webp_with(exif)[30:], "scanned", text=EVIDENCE)


def lying_boxes() -> Iterator[Case]:
    ftyp, moov = box(b"ftyp", b"isom\0\0\2\0isommp41"), mp4_with(RAW)[24:]
    yield Case("mp4-box-ones.mp4", ftyp + struct.pack(">I", HUGE) + moov[4:], "unreadable", text=EVIDENCE)
    yield Case("mp4-box-64-bit.mp4", ftyp + struct.pack(">I", 1) + b"moov" + b"\xff" * 8 + moov[8:], "unreadable")
    yield Case("mp4-box-2e63.mp4", ftyp + struct.pack(">I", 1) + b"mdat" + struct.pack(">Q", 1 << 63) + moov, "unreadable")
    yield Case("mp4-box-1.mp4", ftyp + struct.pack(">I", 1) + b"moov" + struct.pack(">Q", 3) + moov, "unreadable")
    yield Case("mp4-box-7.mp4", ftyp + struct.pack(">I", 7) + b"free" + moov, "unreadable")
    yield Case("mp4-nested.mp4", lambda: ftyp + _nested(b"udta", 60_000) + moov, "scanned", text=EVIDENCE)
    yield Case("mp4-many-boxes.mp4", lambda: ftyp + box(b"free") * 120_000 + moov, "unreadable", "limit-chunks")
    yield Case("mp4-item-ones.mp4", _replaced(mp4_with(RAW), b"\xa9cmt", HUGE), "scanned", "bad-box", text=EVIDENCE)
    yield Case("mp4-keys-claim.mp4", ftyp + box(b"moov", box(b"meta", full_box(b"hdlr", bytes(20)), full_box(b"keys", struct.pack(">I", HUGE), struct.pack(">I", HUGE) + b"mdtaprompt"), box(b"ilst", box(b"\0\0\0\1")))) + MDAT, "no-metadata")  # fmt: skip
    yield Case("mp4-only-ftyp.mp4", ftyp, "unreadable", reason="no index")
    exif_items = [(b"av01", b"", bytes(40)), (b"Exif", b"", bytes(4) + EXIF)]
    avif = heif(exif_items, brand=b"avif")
    place = avif.index(b"iloc") + 4
    for label, at, value in (("items", 6, 0xFFFF), ("extents", 12, 0xFFFF)):  # what is there counts, whatever the count says
        yield Case(f"avif-{label}.avif", avif[: place + at] + struct.pack(">H", value) + avif[place + at + 2 :], "scanned", text=EVIDENCE)
    yield Case("avif-sizes.avif", avif[: place + 4] + b"\xff\xff" + avif[place + 6 :], "unreadable", "bad-item")
    yield Case("avif-iinf-claims.avif", _at(avif, b"iinf", 8, struct.pack(">H", 0xFFFF)), "scanned", text=EVIDENCE)
    yield Case("avif-outside.avif", avif.replace(struct.pack(">II", 0, 4 + len(EXIF)), struct.pack(">II", 0, HUGE)), "scanned", text=EVIDENCE)
    yield Case("avif-no-meta.avif", box(b"ftyp", b"avif", bytes(4), b"mif1avif") + box(b"mdat", EXIF), "unreadable", reason="no meta")
    yield Case("avif-same-item-often.avif", lambda: heif([(b"Exif", b"", bytes(4) + EXIF)] * 3000, brand=b"avif"), "unreadable", text=EVIDENCE)
    whole = full_box(b"iloc", b"\x44\x40", struct.pack(">H", 400), b"".join(struct.pack(">HHIH", i, 0, 0, 30) + struct.pack(">II", 0, 60_000) * 30 for i in range(400)))
    infes = [full_box(b"infe", struct.pack(">HH", i, 0), b"Exif\0", version=2) for i in range(400)]
    many = full_box(b"meta", full_box(b"hdlr", bytes(20)), full_box(b"iinf", struct.pack(">H", 400), *infes), whole)
    yield Case("avif-amplified.avif", box(b"ftyp", b"avif", bytes(4), b"mif1avif") + many + box(b"mdat", bytes(70_000)), "unreadable", "limit-blobs-total")
    yield Case("jxl-size-ones.jxl", JXL_START + struct.pack(">I", HUGE) + b"Exif" + bytes(4) + EXIF, "unreadable", text=EVIDENCE)
    yield Case("jxl-no-picture.jxl", JXL_START + box(b"Exif", bytes(4) + EXIF), "unreadable", text=EVIDENCE)
    yield Case("jxl-exif-offset.jxl", JXL_START + box(b"Exif", b"\xff\xff\xff\xff" + EXIF) + JXL_CODE, "scanned", text=EVIDENCE)
    yield Case("jxl-brob-nothing.jxl", JXL_START + box(b"brob", b"Exif") + JXL_CODE, "unreadable", "bad-brotli")


def lying_sound() -> Iterator[Case]:
    yield Case("flac-block-ones.flac", b"fLaC" + b"\x84\xff\xff\xff" + vorbis_comments(b"parameters=" + RAW), "unreadable", text=EVIDENCE)
    claims = struct.pack("<I", HUGE) + b"vendor"
    yield Case("flac-vendor-ones.flac", b"fLaC" + STREAMINFO + flac_block(4, claims, last=True), "no-metadata")
    count = struct.pack("<I", 1) + b"v" + struct.pack("<I", HUGE) + struct.pack("<I", HUGE) + b"parameters=" + RAW
    yield Case("flac-count-ones.flac", b"fLaC" + STREAMINFO + flac_block(4, count, last=True), "scanned", "bad-comment", text=EVIDENCE)
    empty = struct.pack("<I", 0) + struct.pack("<I", HUGE) + bytes(4) * 300_000
    yield Case("flac-empty-comments.flac", lambda: b"fLaC" + STREAMINFO + flac_block(4, empty, last=True), "unreadable", "limit-chunks")
    yield Case("flac-many-blocks.flac", lambda: b"fLaC" + STREAMINFO + flac_block(1, b"") * 120_000, "unreadable", "limit-chunks")
    yield Case("ogg-serial-many.ogg", lambda: b"".join(ogg_page(b"OpusHead" + bytes(11), flags=2, serial=i) for i in range(30_000)) + ogg_page(b"", flags=4), "unreadable")  # fmt: skip
    yield Case("ogg-no-end.ogg", lambda: ogg_page(b"OpusHead" + bytes(11), flags=2) + ogg_page(b"OpusTags" + b"\xff" * 64_000, ended=False) * 400, "unreadable")  # fmt: skip
    yield Case("ogg-comments-lie.ogg", opus_with(count), "scanned", "bad-comment", text=EVIDENCE)
    frame = id3_frame(b"TXXX", b"\3parameters\0" + RAW)
    yield Case("mp3-tag-ones.mp3", b"ID3\4\0\0\x7f\x7f\x7f\x7f" + frame, "unreadable", text=EVIDENCE)
    yield Case("mp3-frame-ones.mp3", b"ID3\4\0\0" + synchsafe(len(frame)) + frame[:4] + b"\x7f\x7f\x7f\x7f" + frame[8:] + b"\xff\xfb", "scanned", "bad-frame", text=EVIDENCE)  # fmt: skip
    yield Case("mp3-extended-ones.mp3", b"ID3\4\0\x40" + synchsafe(len(frame) + 4) + b"\x7f\x7f\x7f\x7f" + frame, "no-metadata")
    tiny = b"TXXX\0\0\0\0\0\0" * 110_000
    yield Case("mp3-many-frames.mp3", lambda: b"ID3\4\0\0" + synchsafe(len(tiny)) + tiny, "unreadable", "limit-chunks")
    yield Case("mp3-utf16-odd.mp3", b"ID3\4\0\0" + synchsafe(40) + id3_frame(b"TXXX", b"\1\xff\xfe\0\0\xd8\xff" + b"\xdb" * 20), "unreadable")


def lying_others() -> Iterator[Case]:
    yield Case("gif-no-end.gif", gif(GIF_IMAGE, end=b""), "unreadable")
    yield Case("gif-junk-block.gif", gif(b"\x99"), "unreadable")
    yield Case("gif-tiny-blocks.gif", lambda: gif(b"\x21\xfe" + b"\1a" * 4_000_000 + b"\0"), "unreadable", "limit-chunks")
    yield Case("gif-many-images.gif", lambda: gif(GIF_IMAGE * 120_000), "unreadable", "limit-chunks")
    yield Case("gif-table-missing.gif", gif(flags=0x87, end=b""), "unreadable")
    yield Case("gif-big-comment.gif", lambda: gif(b"\x21\xfe" + (b"\xff" + b"hatsune miku, " * 18 + b"abc") * 80_000 + b"\0"), "unreadable", "limit-blob", text=EVIDENCE)
    head = ebml(0x1A45DFA3, ebml(0x4282, b"webm"))
    for label, size in (("ones", b"\x01" + b"\xff" * 7), ("2e55", b"\x01\x80" + bytes(6)), ("zero-width", b"\0" + bytes(8))):
        yield Case(f"webm-segment-{label}.webm", head + SEGMENT.to_bytes(4, "big") + size + TAGS.to_bytes(4, "big") + size, "unreadable")
    nested = b""
    for _ in range(2000):
        nested = ebml(0x67C8, ebml(0x45A3, b"A"), ebml(0x4487, RAW[:40]), nested)
    yield Case("webm-nested-tags.webm", EBML + ebml(SEGMENT, ebml(TAGS, ebml(0x7373, nested))), "scanned")
    yield Case("webm-many-elements.webm", lambda: EBML + ebml(SEGMENT, ebml(0xEC, b"") * 120_000), "unreadable", "limit-chunks")
    clusters = CLUSTER.to_bytes(4, "big") + b"\x01" + b"\xff" * 7
    yield Case("webm-open-clusters.webm", lambda: EBML + SEGMENT.to_bytes(4, "big") + b"\x01" + b"\xff" * 7 + clusters * 120_000, "unreadable", "limit-chunks")  # fmt: skip
    yield Case("bmp-size-ones.bmp", b"BM\xff\xff\xff\xff" + bytes(4) + struct.pack("<II", 54, 40) + bytes(60), "unreadable")
    yield Case("bmp-giant.bmp", b"BM" + struct.pack("<IIII", 60, 0, 54, 40) + struct.pack("<ii", -(1 << 31), -(1 << 31)) + bytes(34), "unsupported")


def _nested(kind: bytes, depth: int) -> bytes:
    """A box in a box in a box …"""
    return b"".join(struct.pack(">I", 8 * (depth - level)) + kind for level in range(depth))


def _replaced(data: bytes, kind: bytes, size: int) -> bytes:
    at = data.index(kind) - 4
    return data[:at] + struct.pack(">I", size) + data[at + 4 :]


def _at(data: bytes, kind: bytes, offset: int, value: bytes) -> bytes:
    at = data.index(kind) + offset
    return data[:at] + value + data[at + len(value) :]


FAMILIES: dict[str, Family] = {
    "truncated": truncated, "png": lying_png, "jpeg": lying_jpeg, "exif": lying_exif, "riff": lying_riff, "boxes": lying_boxes,
    "sound": lying_sound, "others": lying_others,
}  # fmt: skip
