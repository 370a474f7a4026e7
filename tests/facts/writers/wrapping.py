"""A writer's text → a small whole file of each container, spelled out from the formats' specifications. Nothing here reads sdscan.

A picture is four pixels, a film has no frame, a sound is silent: only the metadata is as the writer leaves it.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence

from tests.facts.containers.spelled import (
    ASCII,
    GIF_IMAGE,
    STREAMINFO,
    UNDEFINED,
    XMP_START,
    Tag,
    box,
    chunk,
    ebml,
    filtered,
    flac_block,
    full_box,
    gif,
    hidden_bits,
    id3,
    id3_frame,
    ihdr,
    itxt_chunk,
    jpeg,
    ogg_page,
    pixels_with,
    png,
    riff_chunk,
    segment,
    sub_blocks,
    text_chunk,
    tiff,
    user_comment,
    vorbis_comments,
    vp8x,
    webp,
    ztxt_chunk,
)

DOCUMENT_NAME, DESCRIPTION, MAKE, MODEL, SOFTWARE, ARTIST, MAKER_NOTE, USER_COMMENT = (
    0x010D, 0x010E, 0x010F, 0x0110, 0x0131, 0x013B, 0x927C, 0x9286,
)  # fmt: skip

# ---- PNG ---------------------------------------------------------------------------------------------------


def pillow_text(key: str, value: str) -> bytes:
    """As Pillow's `PngInfo.add_text`: `tEXt` in Latin-1 where that holds the text, else `iTXt` (PngImagePlugin.py)."""
    try:
        return text_chunk(key.encode("latin-1"), value.encode("latin-1"))
    except UnicodeEncodeError:
        return chunk(b"iTXt", key.encode() + b"\0\0\0\0\0" + value.encode())


def png_of(*texts: tuple[str, str]) -> bytes:
    """A PNG with one text a key, as Pillow writes it."""
    return png(*(pillow_text(key, value) for key, value in texts))


def png_utf8(*texts: tuple[str, str]) -> bytes:
    """`tEXt` that holds UTF-8 all the same (StabilityMatrix, TensorArt, stable-diffusion.cpp)."""
    return png(*(text_chunk(key.encode(), value.encode()) for key, value in texts))


def png_packed(*texts: tuple[str, str]) -> bytes:
    """`zTXt`, and after the pixels (Pillow with `zip=True`; ImageMagick)."""
    return png(after=[ztxt_chunk(key.encode(), value.encode("latin-1")) for key, value in texts])


def png_itxt(*texts: tuple[str, str], packed: bool = False) -> bytes:
    """International text, packed or plain."""
    return png(*(itxt_chunk(key.encode(), value.encode(), packed) for key, value in texts))


def png_xmp(packet: str, *texts: tuple[str, str]) -> bytes:
    """XMP in `iTXt` (XMP specification part 3, 1.1.5), texts beside it."""
    return png(*(pillow_text(key, value) for key, value in texts), xmp_chunk(packet))


def xmp_chunk(packet: str) -> bytes:
    return chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet.encode())


def png_exif(block: bytes) -> bytes:
    return png(chunk(b"eXIf", block))


def png_c2pa(store: bytes, *more: bytes) -> bytes:
    return png(*more, chunk(b"caBX", store))


def apng_comf(*texts: tuple[str, str]) -> bytes:
    """ComfyUI's SaveAnimatedPNG: private chunks `comf` after the first `IDAT`, `key NUL text` in Latin-1."""
    frames = chunk(b"acTL", struct.pack(">II", 2, 0))
    control = chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 4, 4, 0, 0, 1, 10, 0, 0))
    second = chunk(b"fdAT", struct.pack(">I", 1) + zlib.compress((b"\0" + bytes(12)) * 4))
    comf = [chunk(b"comf", key.encode("latin-1") + b"\0" + value.encode("latin-1")) for key, value in texts]
    return png(frames, control, after=[*comf, second])


def png_hidden(signature: str, text: str, *chunks: bytes, height: int = 160) -> bytes:
    """A copy in the lowest bits: of alpha for `stealth_png…`, of red, green, blue for `stealth_rgb…`; gzip for `…comp`.

    The picture is as wide as the copy needs.
    """
    mode = "alpha" if "png" in signature else "rgb"
    channels = 4 if mode == "alpha" else 3
    bits = hidden_bits(signature.encode(), text.encode(), signature.endswith("comp"))
    width = 8 + len(bits) // height
    rows = pixels_with(bits, width, height, mode, channels)
    pixels = chunk(b"IDAT", zlib.compress(filtered(rows, (1, 2))))
    return png(*chunks, header=ihdr(width, height, 6 if channels == 4 else 2), pixels=pixels)


# ---- EXIF and its carriers -----------------------------------------------------------------------------------


def ascii_tag(number: int, text: str) -> Tag:
    return number, ASCII, text.encode() + b"\0"


def comment_be(text: str) -> bytes:
    """UserComment of piexif (`UserComment.dump(…, "unicode")`): big-endian UTF-16, no mark, inside a big-endian block."""
    return tiff(exif=[(USER_COMMENT, UNDEFINED, user_comment(text))], order=">")


def comment_be_in_le(text: str, *tags: Tag) -> bytes:
    """The same inside a little-endian block (Civitai)."""
    return tiff(tags, [(USER_COMMENT, UNDEFINED, user_comment(text))])


def comment_le(text: str) -> bytes:
    """UserComment of ImageSharp (SwarmUI): little-endian UTF-16."""
    return tiff(exif=[(USER_COMMENT, UNDEFINED, b"UNICODE\0" + text.encode("utf-16-le"))])


def comment_ascii(text: str, *tags: Tag) -> bytes:
    """`ASCII` and three NULs, then UTF-8 (NovelAI, mflux)."""
    return tiff(tags, [(USER_COMMENT, UNDEFINED, b"ASCII\0\0\0" + text.encode())])


def comment_bare(text: str, *tags: Tag) -> bytes:
    """Pillow's `exif[0x9286] = text`: type ASCII, no prefix, in the first directory (Fooocus, SaveImagePlus)."""
    return tiff([*tags, ascii_tag(USER_COMMENT, text)])


def comment_gimp(text: str) -> bytes:
    """Eight NULs before the text (GIMP)."""
    return tiff(exif=[(USER_COMMENT, UNDEFINED, bytes(8) + text.encode())])


LOSSY = riff_chunk(b"VP8 ", b"\x30\1\0\x9d\x01\x2a" + struct.pack("<HH", 64, 48) + bytes(9))
JXL_START = b"\0\0\0\x0cJXL \r\n\x87\n" + box(b"ftyp", b"jxl \0\0\0\0jxl ")
JXL_PICTURE = box(b"jxlc", b"\xff\x0a" + (1 | 5 << 1 | 3 << 6).to_bytes(14, "little"))
XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
C2PA_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


def jpeg_exif(block: bytes, *more: bytes) -> bytes:
    return jpeg(segment(0xE1, b"Exif\0\0" + block), *more)


def jpeg_com(text: str) -> bytes:
    return jpeg(segment(0xFE, text.encode()))


def jpeg_xmp(packet: str) -> bytes:
    return jpeg(segment(0xE1, XMP_START + packet.encode()))


def iptc_records(*records: tuple[int, str]) -> bytes:
    """Datasets of record 2 (IPTC-IIM 4.2)."""
    return b"".join(
        bytes((0x1C, 2, number)) + struct.pack(">H", len(text.encode())) + text.encode() for number, text in records
    )


def jpeg_iptc(*records: tuple[int, str]) -> bytes:
    """IPTC-IIM in a Photoshop resource (APP13)."""
    record = iptc_records(*records)
    padding = b"\0" * (len(record) & 1)
    return jpeg(
        segment(0xED, b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + struct.pack(">I", len(record)) + record + padding)
    )


def jpeg_c2pa(store: bytes, size: int = 200) -> bytes:
    """JUMBF in APP11, cut into segments that each repeat the header of the box (ISO 19566-5, D.2)."""
    header, body = store[:8], store[8:]
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return jpeg(
        *(segment(0xEB, b"JP" + struct.pack(">HI", 1, number) + header + part) for number, part in enumerate(parts, 1))
    )


def webp_exif(block: bytes, *, prefix: bool = False, frames: int = 1) -> bytes:
    """`prefix`: with `Exif NUL NUL` before the block, as some versions of Pillow write it."""
    animation = (riff_chunk(b"ANIM", bytes(6)), *(riff_chunk(b"ANMF", bytes(16) + LOSSY) for _ in range(frames)))
    pictures = (LOSSY,) if frames == 1 else animation
    return webp(
        vp8x(8 | (2 if frames > 1 else 0)), *pictures, riff_chunk(b"EXIF", (b"Exif\0\0" if prefix else b"") + block)
    )


def webp_xmp(packet: str) -> bytes:
    return webp(vp8x(4), LOSSY, riff_chunk(b"XMP ", packet.encode()))


def webp_c2pa(store: bytes) -> bytes:
    return webp(vp8x(0), LOSSY, riff_chunk(b"C2PA", store))


def webp_hidden(signature: str, text: str) -> bytes:
    """Lossless WebP whose pixels hold the copy; the pixels are Pillow's, there is no other way to make them."""
    from PIL import Image

    bits = hidden_bits(signature.encode(), text.encode(), signature.endswith("comp"))
    mode = "alpha" if "png" in signature else "rgb"
    width = 8 + len(bits) // 160
    rows = pixels_with(bits, width, 160, mode, 4)
    picture = Image.frombytes("RGBA", (width, 160), b"".join(b"".join(row) for row in rows))
    out = io.BytesIO()
    picture.save(out, "WEBP", lossless=True, exact=True)
    return out.getvalue()


def item_file(brand: bytes, items: Sequence[tuple[bytes, bytes, bytes]], *boxes: bytes) -> bytes:
    """HEIF and AVIF: a coded picture and items (type, content type, bytes), found through `iinf` and `iloc` (ISO 14496-12)."""
    every = [(b"av01" if brand == b"avif" else b"hvc1", b"", bytes(40)), *items]

    def build(base: int) -> bytes:
        at, places, entries = base, b"", b""
        for number, (kind, content, data) in enumerate(every, 1):
            places += struct.pack(">HHHII", number, 0, 1, at, len(data))
            entries += full_box(
                b"infe", struct.pack(">HH", number, 0), kind, b"\0", content + b"\0" * bool(content), version=2
            )
            at += len(data)
        meta = full_box(
            b"meta",
            full_box(b"hdlr", bytes(4) + b"pict" + bytes(13)),
            full_box(b"pitm", struct.pack(">H", 1)),
            full_box(b"iinf", struct.pack(">H", len(every)), entries),
            full_box(b"iloc", b"\x44\0", struct.pack(">H", len(every)), places),
            box(b"iprp", box(b"ipco", full_box(b"ispe", struct.pack(">II", 64, 48))), box(b"ipma")),
        )
        return (
            box(b"ftyp", brand, bytes(4), b"mif1", brand)
            + b"".join(boxes)
            + meta
            + box(b"mdat", *(d for _, _, d in every))
        )

    return build(len(build(0)) - sum(len(data) for _, _, data in every))


def avif_exif(block: bytes) -> bytes:
    """The item begins with the offset of the TIFF header, here 0."""
    return item_file(b"avif", [(b"Exif", b"", bytes(4) + block)])


def heif_exif(block: bytes) -> bytes:
    """As pillow-heif writes it: the offset, then `Exif NUL NUL`."""
    return item_file(b"heic", [(b"Exif", b"", struct.pack(">I", 6) + b"Exif\0\0" + block)])


def item_xmp(brand: bytes, packet: str) -> bytes:
    return item_file(brand, [(b"mime", b"application/rdf+xml", packet.encode())])


def c2pa_box(store: bytes) -> bytes:
    """The `uuid` box of ISO files (C2PA 2.1, A.5.1)."""
    return box(b"uuid", C2PA_UUID, bytes(4), b"manifest\0", bytes(8), store)


def jxl_exif(block: bytes, *, offset: bool = False) -> bytes:
    """`offset`: with the four bytes of the specification, which pillow-jxl leaves out."""
    return JXL_START + box(b"Exif", (bytes(4) if offset else b"") + block) + JXL_PICTURE


def jxl_packed(block: bytes) -> bytes:
    """The same in a `brob` box: `Exif`, then a Brotli stream (here one that stores its bytes; RFC 7932, 9.2)."""
    data = bytes(4) + block
    return JXL_START + box(b"brob", b"Exif", brotli_stored(data)) + JXL_PICTURE


def brotli_stored(data: bytes) -> bytes:
    """A Brotli stream of uncompressed meta-blocks: WBITS 16 (one bit 0), then ISLAST 0, MNIBBLES 4, MLEN-1, ISUNCOMPRESSED 1."""
    out = b""
    for at in range(0, len(data), 65_536):
        part = data[at : at + 65_536]
        bits, used = (0, 1) if at == 0 else (0, 0)
        bits |= (len(part) - 1) << (used + 3) | 1 << (used + 19)
        out += bits.to_bytes((used + 20 + 7) // 8, "little") + part
    return out + b"\x03"


def jxl_xmp(packet: str) -> bytes:
    return JXL_START + box(b"xml ", packet.encode()) + JXL_PICTURE


def jxl_c2pa(store: bytes) -> bytes:
    return JXL_START + store + JXL_PICTURE


def tiff_exif(*tags: Tag) -> bytes:
    """A TIFF picture: the same directory that EXIF has."""
    size = [(0x0100, 3, struct.pack("<H", 64)), (0x0101, 3, struct.pack("<H", 48))]
    return tiff([*size, *tags])


def gif_comment(text: str) -> bytes:
    return gif(b"\x21\xfe" + sub_blocks(text.encode()), GIF_IMAGE)


def gif_xmp(packet: str) -> bytes:
    return gif(b"\x21\xff\x0bXMP DataXMP" + packet.encode() + b"\1" + bytes(range(255, -1, -1)) + b"\0", GIF_IMAGE)


# ---- film and sound ------------------------------------------------------------------------------------------

FTYP = box(b"ftyp", b"isom\0\0\x02\0isommp41")
_MDAT = box(b"mdat", bytes(64))
_TKHD = full_box(b"tkhd", bytes(72), struct.pack(">II", 64 << 16, 48 << 16))


def _film(*inside: bytes) -> bytes:
    return FTYP + _MDAT + box(b"moov", full_box(b"mvhd", bytes(96)), box(b"trak", _TKHD), *inside)


def _data_box(text: str) -> bytes:
    return box(b"data", struct.pack(">II", 1, 0), text.encode())


def mp4_keys(*texts: tuple[str, str]) -> bytes:
    """ffmpeg with `-movflags use_metadata_tags`: names in `keys`, values in `ilst` by their number."""
    keys = b"".join(struct.pack(">I", 8 + len(key)) + b"mdta" + key.encode() for key, _ in texts)
    items = (box(struct.pack(">I", number), _data_box(text)) for number, (_, text) in enumerate(texts, 1))
    handler = full_box(b"hdlr", bytes(4) + b"mdta" + bytes(12))
    meta = full_box(b"meta", handler, full_box(b"keys", struct.pack(">I", len(texts)), keys), box(b"ilst", *items))
    return _film(box(b"udta", meta))


def mp4_comment(text: str) -> bytes:
    """Without that flag ffmpeg keeps `comment` alone, as `©cmt`."""
    handler = full_box(b"hdlr", bytes(4) + b"mdirappl" + bytes(9))
    return _film(box(b"udta", full_box(b"meta", handler, box(b"ilst", box(b"\xa9cmt", _data_box(text))))))


def mp4_xmp(packet: str) -> bytes:
    return _film() + box(b"uuid", XMP_UUID, packet.encode())


def mp4_c2pa(store: bytes) -> bytes:
    return FTYP + c2pa_box(store) + _film()[len(FTYP) :]


def webm_tags(*texts: tuple[str, str]) -> bytes:
    """Matroska SimpleTags, with the names in upper case as ffmpeg writes them."""
    simple = [ebml(0x67C8, ebml(0x45A3, key.upper().encode()), ebml(0x4487, text.encode())) for key, text in texts]
    tags = ebml(0x1254C367, ebml(0x7373, ebml(0x63C0), *simple))
    cluster = ebml(0x1F43B675, ebml(0xE7, b"\0"), ebml(0xA3, bytes(50)))
    return ebml(0x1A45DFA3, ebml(0x4282, b"webm")) + ebml(0x18538067, tags, cluster)


def flac_comments(*texts: tuple[str, str]) -> bytes:
    comments = vorbis_comments(*(f"{key}={text}".encode() for key, text in texts), vendor=b"Lavf61.7.100")
    return b"fLaC" + STREAMINFO + flac_block(4, comments, last=True) + b"\xff\xf8" + bytes(60)


def opus_comments(*texts: tuple[str, str]) -> bytes:
    """The comments may take more pages than one: a page holds 255 pieces of 255 bytes."""
    comments = vorbis_comments(*(f"{key}={text}".encode() for key, text in texts), vendor=b"Lavf61.7.100")
    start = ogg_page(b"OpusHead" + bytes(11), flags=2)
    return start + ogg_page(b"OpusTags" + comments, number=1) + ogg_page(bytes(99), flags=4, number=2)


def mp3_texts(*texts: tuple[str, str]) -> bytes:
    """ID3v2.4 TXXX frames in UTF-8, as ffmpeg writes them, then silence."""
    frames = [id3_frame(b"TXXX", b"\3" + key.encode() + b"\0" + text.encode() + b"\0") for key, text in texts]
    return id3(*frames) + b"\xff\xfb\x90\x44" + bytes(413)


# ---- XMP packets and C2PA stores -----------------------------------------------------------------------------

_SPACES = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/" '
    'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
    'xmlns:lr="http://ns.adobe.com/lightroom/1.0/"'
)


def xmp_packet(inside: str, attributes: str = "") -> str:
    return (
        f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {_SPACES}>'
        f'<rdf:Description rdf:about="" {attributes}>{inside}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    )


def xmp_text(text: str) -> str:
    """Character data of XML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def c2pa_store(generator: str, agent: str, source_type: str, note: str = "") -> bytes:
    """A manifest store with one manifest: the claim (its generator) and an actions assertion, in CBOR (C2PA 2.1, 11.1)."""
    action: dict[str, object] = {"action": "c2pa.created", "softwareAgent": agent}
    if source_type:
        action["digitalSourceType"] = "http://cv.iptc.org/newscodes/digitalsourcetype/" + source_type
    if note:
        action["description"] = note
    actions = _jumb(b"cbor", "c2pa.actions", box(b"cbor", _cbor({"actions": [action]})))
    assertions = _jumb(b"c2as", "c2pa.assertions", actions)
    claim = _jumb(b"c2cl", "c2pa.claim", box(b"cbor", _cbor({"claim_generator": generator, "dc:title": "picture"})))
    manifest = _jumb(b"c2ma", "urn:uuid:0f0f0f0f-0000-4000-8000-000000000000", assertions, claim)
    return _jumb(b"c2pa", "c2pa", manifest)


def _jumb(kind: bytes, label: str, *content: bytes) -> bytes:
    """A JUMBF superbox: a description box with the content's UUID and its label, then the content."""
    uuid = kind + bytes.fromhex("00110010800000aa00389b71")
    return box(b"jumb", box(b"jumd", uuid, b"\3", label.encode() + b"\0"), *content)


def _cbor(value: object) -> bytes:
    """CBOR of texts, lists and maps (RFC 8949)."""
    if isinstance(value, dict):
        return _head(5, len(value)) + b"".join(_cbor(key) + _cbor(inner) for key, inner in value.items())
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(map(_cbor, value))
    data = str(value).encode()
    return _head(3, len(data)) + data


def _head(major: int, size: int) -> bytes:
    first = major << 5
    return bytes((first | size,)) if size < 24 else bytes((first | 25,)) + struct.pack(">H", size)
