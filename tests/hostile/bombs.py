"""Small files that want to become large: packed text, packed pixels, JSON, XML, zip."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache

from hostile import Case, Family
from making_models import framed, safetensors
from spelled import (
    ASCII,
    IEND,
    SIGNATURE,
    XMP_START,
    box,
    chunk,
    id3,
    ihdr,
    itxt_chunk,
    jpeg,
    png,
    riff_chunk,
    segment,
    text_chunk,
    tiff,
)
from wholes import EVIDENCE, INFOTEXT, JXL_CODE, JXL_START, KOHYA, PACKET, RAW, jpeg_with, png_with, webp_with

TEXT = text_chunk(b"parameters", RAW)
MIB = 1 << 20


@cache
def zeros(size: int) -> bytes:
    """A zlib stream of `size` equal letters, made a piece at a time."""
    stream, out = zlib.compressobj(9), []
    for _ in range(size // MIB):
        out.append(stream.compress(b"a" * MIB))
    return b"".join((*out, stream.flush()))


def inflating() -> Iterator[Case]:
    yield Case("ztxt-1gb.png", lambda: png_with(TEXT, chunk(b"zTXt", b"parameters\0\0" + zeros(1024 * MIB))), "unreadable", "limit-inflated", text=EVIDENCE)
    yield Case("itxt-1gb.png", lambda: png_with(TEXT, chunk(b"iTXt", b"parameters\0\1\0\0\0" + zeros(1024 * MIB))), "unreadable", "limit-inflated", text=EVIDENCE)
    yield Case("ztxt-40-times.png", lambda: png_with(TEXT, *[chunk(b"zTXt", b"k\0\0" + zeros(15 * MIB))] * 40), "unreadable", "limit", text=EVIDENCE)
    yield Case("ztxt-2000-times.png", lambda: png_with(TEXT, *[chunk(b"zTXt", b"k\0\0" + zeros(MIB))] * 2000), "unreadable", "limit", text=EVIDENCE)
    yield Case("ztxt-damaged.png", png_with(chunk(b"zTXt", b"parameters\0\0" + zlib.compress(RAW)[:-9] + b"\xff" * 9)), "scanned", "bad-zlib", text=EVIDENCE)
    yield Case("ztxt-damaged-at-once.png", png_with(chunk(b"zTXt", b"parameters\0\0" + b"\xff" * 90)), "unreadable", "bad-zlib")
    yield Case("ztxt-cut.png", png_with(chunk(b"zTXt", b"parameters\0\0" + zlib.compress(RAW)[:4])), "unreadable", "truncated")
    yield Case("ztxt-1mb-of-damage.png", lambda: png_with(chunk(b"zTXt", b"parameters\0\0" + zlib.compress(RAW, 0)[:80] + bytes(range(256)) * 4096)), "scanned", "bad-zlib")
    yield Case("ztxt-dictionary.png", png_with(chunk(b"zTXt", b"parameters\0\0\x78\xbb" + bytes(40))), "unreadable", "bad-zlib")
    pixels = chunk(b"IDAT", zeros(256 * MIB))
    yield Case("pixels-bomb.png", lambda: png(TEXT, header=ihdr(16_000, 4_000, color=6), pixels=pixels), "scanned", text=EVIDENCE)
    yield Case("pixels-lie.png", png(TEXT, header=ihdr(16_000, 16_000, color=6)), "unreadable", "limit-pixels", text=EVIDENCE)
    yield Case("stealth-bomb.png", lambda: _stealth(gzip.compress(b"a" * (64 * MIB), mtime=0)), "unreadable", "limit-inflated")
    yield Case("stealth-long.png", lambda: _stealth(b"parameters", length=0xFFFFFFFF), "unreadable", "hidden-cut")
    yield Case("stealth-no-gzip.png", lambda: _stealth(b"this is no gzip at all"), "unreadable", "bad-zlib")
    yield Case("stealth-empty.png", lambda: _stealth(b"", length=0), "unreadable", "truncated")
    yield Case("id3-packed.mp3", lambda: id3(b"TXXX" + struct.pack(">I", 4 + len(zeros(512 * MIB))) + b"\0\x80" + bytes(4) + zeros(512 * MIB), version=3) + b"\xff\xfb", "unreadable", "limit-inflated")  # fmt: skip
    try:
        import brotli
    except ImportError:
        return
    packed = brotli.compress(b"a" * (64 * MIB))
    yield Case("brob-64mb.jxl", lambda: JXL_START + box(b"brob", b"xml " + packed) + JXL_CODE, "unreadable", "limit-inflated")
    yield Case("brob-often.jxl", lambda: JXL_START + box(b"brob", b"xml " + packed) * 40 + JXL_CODE, "unreadable", "limit")
    yield Case("brob-damaged.jxl", JXL_START + box(b"brob", b"xml \xff\xff\xff\xff") + JXL_CODE, "unreadable", "bad-brotli")


def _stealth(payload: bytes, length: int | None = None) -> bytes:
    """A picture whose alpha channel says that it holds a packed text."""
    bits = "".join(f"{byte:08b}" for byte in b"stealth_pngcomp" + struct.pack(">I", len(payload) * 8 if length is None else length) + payload)
    height = 512
    width = max(2, -(-len(bits) // height))
    rows = []
    for y in range(height):
        row = bytearray(b"\0")
        for x in range(width):
            at = x * height + y
            row += bytes((9, 9, 9, 254 | int(bits[at] if at < len(bits) else "0")))
        rows.append(bytes(row))
    return SIGNATURE + ihdr(width, height, color=6) + chunk(b"IDAT", zlib.compress(b"".join(rows))) + IEND


# ---- JSON ------------------------------------------------------------------------------------------------------


def nested(opening: str, closing: str, depth: int, inner: str = "1") -> str:
    """JSON in JSON in JSON …"""
    return opening * depth + inner + closing * depth


_OTHERWISE = {("invokeai_metadata", "deep-lists"): "unreadable", ("sui_image_params", "huge-number"): "unreadable"}
"""Writers whose text is JSON and nothing else, and cannot be read here."""


def json_bombs() -> Iterator[Case]:
    deep = nested("[", "]", 200_000)
    objects = nested('{"a":', "}", 200_000)
    node = '"6": {"class_type": "CLIPTextEncode", "inputs": {"text": "hatsune miku", "clip": ["4", 1]}}'
    texts: dict[str, tuple[str, str, str]] = {
        "deep-lists": (deep, "no-metadata", ""),
        "deep-objects": (objects, "scanned", ""),
        "deep-input": ("{" + node + ', "7": {"class_type": "X", "inputs": {"a": ' + deep + "}}}", "scanned", EVIDENCE),
        "open-lists": ("[" * 1_000_000, "no-metadata", ""),
        "open-objects": ('{"a":' * 300_000, "unreadable", ""),
        "million-keys": ("{" + ",".join(f'"k{i}":1' for i in range(700_000)) + "}", "unreadable", ""),
        "huge-number": ('{"a": ' + "9" * 1_000_000 + "," + node + "}", "scanned", EVIDENCE),
        "huge-exponent": ('{"a": 1e999999999, ' + node + "}", "scanned", EVIDENCE),
        "tiny-exponent": ('{"a": 1e-999999999, "b": -0.0, ' + node + "}", "scanned", EVIDENCE),
        "nan": ('{"a": NaN, "b": Infinity, "c": -Infinity, ' + node + "}", "scanned", EVIDENCE),
        "duplicate-keys": ("{" + ",".join([node] * 20_000) + "}", "scanned", EVIDENCE),
        "lone-surrogates": ('{"\\ud800": {"class_type": "\\udfff", "inputs": {"\\ud83d": "\\udc00"}}, ' + node + "}", "scanned", EVIDENCE),
        "nul-in-key": ('{"\\u0000": {"class_type": "a\\u0000b", "inputs": {}}, ' + node + "}", "scanned", EVIDENCE),
        "long-string": ('{"a": "' + "x" * 8_000_000 + '", ' + node + "}", "scanned", EVIDENCE),
        "escapes": ('{"a": "' + "\\u0041" * 1_000_000 + '", ' + node + "}", "scanned", EVIDENCE),
        "backslashes": ('{"a": "' + "\\\\" * 2_000_000 + '", ' + node + "}", "scanned", EVIDENCE),
        "open-string": ('{' + node + ', "a": "' + "\\" * 1_000_001, "scanned", EVIDENCE),
        "string-in-string": (json.dumps(json.dumps(json.dumps({"6": {"class_type": "CLIPTextEncode", "inputs": {"text": EVIDENCE}}}))), "scanned", ""),
        "bom": ("\ufeff{" + node + "}", "scanned", ""),
        "spaces": ("{" + " " * 2_000_000 + node + "}", "scanned", EVIDENCE),
        "commas": ("{" + "," * 1_000_000 + node + "}", "unreadable", ""),
        "not-utf8": ("{" + node.replace("hatsune", "\x80\xff hatsune") + "}", "scanned", ""),
        "empty-object": ("{}", "no-metadata", ""),
        "null": ("null", "no-metadata", ""),
        "list-of-nodes": ("[" + node.partition(": ")[2] + "]", "scanned", ""),
        "nodes-are-numbers": ('{"1": 1, "2": "2", "3": null, "4": [], "5": {"class_type": 5, "inputs": 7}, ' + node + "}", "scanned", EVIDENCE),
    }  # fmt: skip
    for label, (text, outcome, evidence) in texts.items():
        body = text.encode("latin-1", "replace") if label == "not-utf8" else text.encode("utf-8", "surrogatepass")
        yield Case(f"json-prompt-{label}.png", png_with(text_chunk(b"prompt", body)), outcome, text=evidence)  # type: ignore[arg-type]
        if label in ("deep-lists", "open-objects", "million-keys", "huge-number", "nan", "lone-surrogates"):
            for key in ("workflow", "parameters", "Comment", "invokeai_metadata", "sui_image_params", "generation_data"):
                expected = _OTHERWISE.get((key, label), outcome)
                yield Case(f"json-{key}-{label}.png", png_with(text_chunk(key.encode(), body)), expected)  # type: ignore[arg-type]
    big = '{"a": "' + "x" * (17 * MIB) + '"}'
    yield Case("json-too-long.png", lambda: png_with(text_chunk(b"prompt", big.encode())), "unreadable", "limit")
    yield Case("json-comfy-in-exif.webp", lambda: webp_with(riff_chunk(b"EXIF", tiff([(0x0110, ASCII, b"prompt:" + deep.encode() + b"\0")]))), "no-metadata")
    usercomment = (0x9286, 7, b"ASCII\0\0\0" + objects.encode())
    yield Case("json-usercomment.jpg", lambda: webp_with(riff_chunk(b"EXIF", tiff([], [usercomment]))), "scanned")
    for index in range(4):
        many = [text_chunk(b"parameters", b"{" + b"[" * (1000 + i)) for i in range(index, 400 + index)]
        yield Case(f"json-many-bad-{index}.png", png_with(*many), "no-metadata")


# ---- XML -------------------------------------------------------------------------------------------------------


def xml_bombs() -> Iterator[Case]:
    laughs = '<!DOCTYPE lolz [<!ENTITY lol "lol">' + "".join(
        f'<!ENTITY lol{i} "{("&lol%s;" % (i - 1 or "")) * 10}">' for i in range(1, 10)) + "]>"  # fmt: skip
    external = '<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd"> <!ENTITY web SYSTEM "http://192.0.2.1/x">]>'
    quadratic = '<!DOCTYPE x [<!ENTITY a "' + "a" * 60_000 + '">]>'
    description = f"<dc:description>{INFOTEXT}</dc:description>"
    packets: dict[str, tuple[str, str, str]] = {
        "billion-laughs": (laughs + PACKET.replace(EVIDENCE, EVIDENCE + " &lol9;"), "scanned", EVIDENCE),
        "external": (external + PACKET.replace(EVIDENCE, EVIDENCE + " &file; &web;"), "scanned", EVIDENCE),
        "quadratic": (quadratic + PACKET.replace("twintails", "&a;" * 5000), "scanned", EVIDENCE),
        "deep": ("<a:b>" * 200_000 + description, "scanned", EVIDENCE),
        "deep-closed": ("<a:b>" * 100_000 + "</a:b>" * 100_000 + PACKET, "scanned", EVIDENCE),
        "open-tags": ("<" * 1_000_000 + description, "unreadable", ""),
        "open-quote": ("<a b='" + "x" * 1_000_000 + description, "scanned", EVIDENCE),
        "many-attributes": ("<a " + " ".join(f'q:k{i}="v"' for i in range(100_000)) + "/>" + PACKET, "unreadable", ""),
        "many-elements": ("<rdf:li>x</rdf:li>" * 200_000 + PACKET, "scanned", EVIDENCE),
        "many-properties": ("".join(f"<dc:subject>word {i}</dc:subject>" for i in range(60_000)) + PACKET, "unreadable", ""),
        "open-comment": ("<!--" * 300_000 + description, "no-metadata", ""),
        "comments": ("<!---->" * 200_000 + PACKET, "scanned", EVIDENCE),
        "instructions": ("<?x?>" * 200_000 + PACKET, "scanned", EVIDENCE),
        "cdata": (PACKET.replace(INFOTEXT, "<![CDATA[" + INFOTEXT + "]]>"), "scanned", EVIDENCE),
        "open-cdata": ("<dc:description><![CDATA[" + INFOTEXT, "scanned", EVIDENCE),
        "references": (PACKET.replace(EVIDENCE, "&#104;atsune &#x6d;iku"), "scanned", EVIDENCE),
        "bad-references": (PACKET.replace("twintails", "&#0;&#55296;&#x110000;&#99999999999;&nope;"), "scanned", EVIDENCE),
        "ampersands": (PACKET.replace("twintails", "&" * 500_000), "unreadable", EVIDENCE),
        "long-name": ("<" + "a" * 1_000_000 + ">" + PACKET, "scanned", EVIDENCE),
        "spaces": ("<a" + " " * 1_000_000 + PACKET, "scanned", ""),
        "equals": ("<a " + "=" * 500_000 + "/>" + PACKET, "scanned", EVIDENCE),
        "quotes": ("<a " + "'" * 300_001 + PACKET, "scanned", EVIDENCE),
        "utf-16": ("\ufeff" + PACKET, "scanned", EVIDENCE),
        "utf-7-claimed": ('<?xml version="1.0" encoding="utf-7"?>' + PACKET, "scanned", EVIDENCE),
        "xinclude": ('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>' + PACKET, "scanned", EVIDENCE),
        "prefixes": ("<a " + " ".join(f'xmlns:p{i}="u"' for i in range(20_000)) + "/>" + PACKET, "scanned", EVIDENCE),
    }  # fmt: skip
    for label, (packet, outcome, evidence) in packets.items():
        raw = packet.encode("utf-16") if label == "utf-16" else packet.encode()
        yield Case(f"xmp-{label}.webp", webp_with(riff_chunk(b"XMP ", raw)), outcome, text=evidence)  # type: ignore[arg-type]
    yield Case("xmp-in-jpeg.jpg", jpeg(segment(0xE1, XMP_START + (laughs + PACKET).encode())), "scanned", text=EVIDENCE)
    yield Case("xmp-in-png.png", png_with(itxt_chunk(b"XML:com.adobe.xmp", (laughs + PACKET).encode(), packed=True)), "scanned", text=EVIDENCE)
    yield Case("xmp-in-exif.jpg", jpeg_with(tiff([(0x02BC, 1, (external + PACKET).encode())])), "scanned", text=EVIDENCE)


# ---- zip -------------------------------------------------------------------------------------------------------


def zip_bombs() -> Iterator[Case]:
    def archive(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", method) as made:
            for name, body in members:
                made.writestr(zipfile.ZipInfo(name), body, method)
        return buffer.getvalue()

    pickle = b"\x80\x02}." + b"a" * 20
    big = b"\x80\x02X" + struct.pack("<I", 200 * MIB)
    yield Case("zip-200mb.pt", lambda: archive(("a/data.pkl", big + b"a" * (200 * MIB))), "unreadable")
    yield Case("zip-many.pt", lambda: archive(*((f"a{i}/data.pkl", pickle) for i in range(20_000))), "unreadable", "limit-zip")
    yield Case("zip-slip.pt", archive(("../../../../etc/data.pkl", pickle)), "scanned")
    yield Case("zip-bzip2.pt", archive(("a/data.pkl", pickle), method=zipfile.ZIP_BZIP2), "unreadable", "bad-zip")
    yield Case("zip-lzma.pt", archive(("a/data.pkl", pickle), method=zipfile.ZIP_LZMA), "unreadable", "bad-zip")  # LZMA may ask for 4 GB; PyTorch reads neither
    whole = archive(("a/data.pkl", pickle))
    end = whole.rindex(b"PK\x05\x06")
    directory = whole.index(b"PK\x01\x02")
    yield Case("zip-offset-ones.pt", whole[: end + 16] + b"\xff\xff\xff\x7f" + whole[end + 20 :], "scanned")
    yield Case("zip-directory-ones.pt", whole[: end + 12] + b"\xff\xff\xff\xff" + whole[end + 16 :], "unreadable", "limit-zip")
    yield Case("zip-count-ones.pt", whole[: end + 8] + b"\xff\xff\xff\xff" + whole[end + 12 :], "scanned")
    yield Case("zip-encrypted.pt", whole[: directory + 8] + b"\1" + whole[directory + 9 :], "unreadable", "bad-zip")
    yield Case("zip-name-not-utf8.pt", whole.replace(b"a/data.pkl", b"\xff/data.pkl"), "scanned")
    yield Case("zip-no-directory.pt", whole[:directory], "unreadable")
    yield Case("zip-bad-crc.pt", whole.replace(struct.pack("<I", zlib.crc32(pickle)), b"\0\0\0\0"), "unreadable", "bad-zip")
    yield Case("zip-64.pt", whole[: end] + b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 1, 1, 1 << 63, 1 << 63) + b"PK\x06\x07" + struct.pack("<IQI", 0, end, 1) + whole[end:], "unreadable")  # fmt: skip


def header_bombs() -> Iterator[Case]:
    for label, length in (("2e63", 1 << 63), ("ones", (1 << 64) - 1), ("100mb", 100_000_000), ("100mb-1", 100_000_001), ("0", 0), ("1", 1), ("40mb", 41 * MIB)):
        yield Case(f"header-{label}.safetensors", framed(b'{"a":1}', b"", length), "unreadable")
    yield Case("header-5-bytes.safetensors", b"\x05\0\0\0\0", "unreadable")
    deep = nested('{"a":', "}", 200_000).encode()
    yield Case("header-deep.safetensors", framed(b'{"__metadata__":' + deep + b"}"), "unreadable", "limit-header")
    yield Case("header-deep-tensor.safetensors", framed(b'{"t":' + deep + b',"__metadata__":{"ss_output_name":"hatsune miku"}}'), "unreadable", "bad-header")
    keys = ",".join(f'"k{i}":"v"' for i in range(400_000))
    yield Case("header-many-keys.safetensors", framed(('{"__metadata__":{' + keys + "}}").encode()), "unreadable", "limit-header")
    tensors = ",".join(f'"t{i}":{{"dtype":"F16","shape":[1],"data_offsets":[0,0]}}' for i in range(200_000))
    yield Case("header-many-tensors.safetensors", framed(("{" + tensors + "}").encode(), b""), "unreadable", "limit-header")
    yield Case("header-million-tags.safetensors", lambda: safetensors({**KOHYA, "ss_tag_frequency": json.dumps({"10_x": {f"tag {i}": 1 for i in range(1_000_000)}})}), "unreadable", "limit")  # fmt: skip
    yield Case("header-million-folders.safetensors", lambda: safetensors({**KOHYA, "ss_tag_frequency": json.dumps({f"1_{i}": {"a": 1} for i in range(300_000)})}), "unreadable", "limit")  # fmt: skip
    yield Case("header-tags-deep.safetensors", safetensors({**KOHYA, "ss_tag_frequency": nested("{\"a\":", "}", 100_000)}), "scanned")
    yield Case("header-tags-negative.safetensors", safetensors({**KOHYA, "ss_tag_frequency": '{"1_a": {"x": -5, "y": 1e999, "z": null, "w": "9", "hatsune miku": 20}}'}), "scanned", text=EVIDENCE)  # fmt: skip
    yield Case("header-bom.safetensors", framed(b"\xef\xbb\xbf" + b'{"__metadata__":{"ss_output_name":"hatsune miku"}}'), "scanned", "odd-header", text=EVIDENCE)
    yield Case("header-nul-padded.safetensors", framed(b'{"__metadata__":{"ss_output_name":"hatsune miku"}}' + bytes(900)), "scanned", "odd-header")
    yield Case("header-offsets-ones.safetensors", framed(b'{"t":{"dtype":"F16","shape":[1],"data_offsets":[0,999999999999999999]}}'), "unreadable")
    yield Case("header-offsets-back.safetensors", framed(b'{"t":{"dtype":"F16","shape":[1],"data_offsets":[16,0]}}'), "scanned", "trailing-bytes")
    yield Case("header-metadata-list.safetensors", framed(b'{"__metadata__":[1,2]}', b""), "scanned", "odd-metadata")
    yield Case("header-metadata-twice.safetensors", framed(b'{"__metadata__":{"ss_output_name":"a"},"__metadata__":{"ss_output_name":"hatsune miku"}}', b""), "scanned", "odd-metadata", text=EVIDENCE)  # fmt: skip
    yield Case("header-surrogates.safetensors", framed(b'{"__metadata__":{"ss_output_name":"\\ud800 hatsune miku","modelspec.title":"\\udfff"}}', b""), "scanned", text=EVIDENCE)
    yield Case("header-not-utf8.safetensors", framed(b'{"__metadata__":{"ss_output_name":"hatsune miku \xff"}}', b""), "scanned", "bad-utf8", text=EVIDENCE)
    yield Case("header-big-thumbnail.safetensors", lambda: safetensors({**KOHYA, "modelspec.thumbnail": "data:image/jpeg;base64," + "A" * (20 * MIB)}), "scanned", text=EVIDENCE)
    yield Case("header-html-description.safetensors", safetensors({**KOHYA, "modelspec.description": "<p>" * 200_000 + EVIDENCE}), "scanned", text=EVIDENCE)


FAMILIES: dict[str, Family] = {
    "inflating": inflating, "json": json_bombs, "xml": xml_bombs, "zip": zip_bombs, "headers": header_bombs,
}  # fmt: skip
