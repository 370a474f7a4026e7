"""Small pictures of every kind that is labelled, and what each holds, told by code that is not sdscan's."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import piexif
import piexif.helper
from PIL import Image
from PIL.PngImagePlugin import PngInfo

TEXT = "a cat on a roof\nNegative prompt: dog\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 64x48, Model: tinyModel, Version: v1.10.1"
PRIVATE = TEXT.replace("roof", "roof, C:\\Users\\miriam\\art\\cat.png, miriam.k@example.org")
PACKET = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="other tool">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="uuid:faf5" '
    b'xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="image/any"><dc:rights><rdf:Alt><rdf:li xml:lang="x-default">'
    b'me &amp; you</rdf:li></rdf:Alt></dc:rights></rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>'
)


def noise(mode: str = "RGB") -> Image.Image:
    picture = Image.effect_noise((64, 48), 90).convert("RGB")
    if mode == "RGBA":
        picture = picture.convert("RGBA")
        picture.putalpha(Image.linear_gradient("L").resize((64, 48)))
    return picture


def exif(text: str = TEXT, *, place: bool = False) -> bytes:
    gps = {1: b"N", 2: ((48, 1), (12, 1), (30, 1)), 3: b"E", 4: ((16, 1), (22, 1), (1, 1))} if place else {}
    comment = piexif.helper.UserComment.dump(text, "unicode")
    zeroth = {piexif.ImageIFD.Software: b"a writer", piexif.ImageIFD.Make: b"maker"}
    return bytes(piexif.dump({"0th": zeroth, "Exif": {piexif.ExifIFD.UserComment: comment}, "GPS": gps}))


def saved(kind: str, picture: Image.Image | None = None, **options: object) -> bytes:
    file = io.BytesIO()
    (picture or noise()).save(file, kind, **options)
    return file.getvalue()


def png(text: str = TEXT, **options: object) -> bytes:
    info = PngInfo()
    info.add_text("parameters", text)
    return saved("PNG", pnginfo=info, **options)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_with(*chunks: bytes, late: bytes = b"", after: bytes = b"") -> bytes:
    """A PNG with chunks before the pixels, behind them, and bytes behind its end."""
    data = png()
    at, end = data.index(b"IDAT") - 4, data.index(b"IEND") - 4
    return data[:at] + b"".join(chunks) + data[at:end] + late + data[end:] + after


def packed_itxt(packet: bytes) -> bytes:
    return chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(packet))


def animated(kind: str) -> bytes:
    frames = [noise() for _ in range(3)]
    return saved(kind, frames[0], save_all=True, append_images=frames[1:], duration=80)


def with_segments(data: bytes, *segments: bytes) -> bytes:
    """A JPEG with more segments behind its first."""
    end = 4 + int.from_bytes(data[4:6], "big")
    return data[:end] + b"".join(segments) + data[end:]


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


MAKERS: dict[str, Callable[[], bytes]] = {
    "plain.png": png,
    "alpha.png": lambda: saved("PNG", noise("RGBA")),
    "packet.png": lambda: png_with(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + PACKET)),
    "packed-packet.png": lambda: png_with(packed_itxt(PACKET)),
    "text-after-pixels.png": lambda: png_with(late=chunk(b"tEXt", b"workflow\0{}"), after=b"trailing"),
    "private-chunks.png": lambda: png_with(chunk(b"prVt", b"\0\1\2"), chunk(b"tIME", bytes(7))),
    "animated.png": lambda: animated("PNG"),
    "exif.png": lambda: saved("PNG", exif=exif()),
    "plain.jpg": lambda: saved("JPEG"),
    "exif.jpg": lambda: saved("JPEG", exif=exif()),
    "packet.jpg": lambda: saved("JPEG", exif=exif(), xmp=PACKET),
    "comment.jpg": lambda: saved("JPEG", comment=b"a remark"),
    "trailer.jpg": lambda: saved("JPEG", exif=exif()) + b"more bytes behind the end",
    "odd-segments.jpg": lambda: with_segments(saved("JPEG"), segment(0xE4, b"own"), segment(0xED, b"Photoshop 3.0\0")),
    "progressive.jpg": lambda: saved("JPEG", progressive=True, exif=exif()),
    "lossy.webp": lambda: saved("WEBP"),
    "lossless.webp": lambda: saved("WEBP", lossless=True),
    "lossless-alpha.webp": lambda: saved("WEBP", noise("RGBA"), lossless=True),
    "lossy-alpha.webp": lambda: saved("WEBP", noise("RGBA")),
    "exif.webp": lambda: saved("WEBP", exif=exif()),
    "packet.webp": lambda: saved("WEBP", exif=exif(), xmp=PACKET),
    "animated.webp": lambda: animated("WEBP"),
    "plain.avif": lambda: saved("AVIF"),
    "alpha.avif": lambda: saved("AVIF", noise("RGBA")),
    "exif.avif": lambda: saved("AVIF", exif=exif()),
    "packet.avif": lambda: saved("AVIF", exif=exif(), xmp=PACKET),
}
"""name → what makes it."""


# ---- what a file holds, told without sdscan --------------------------------------------------------------------------


def frames(data: bytes) -> list[bytes]:
    """The pixels of every frame, with the mode."""
    picture = Image.open(io.BytesIO(data))
    found = []
    for number in range(getattr(picture, "n_frames", 1)):
        picture.seek(number)
        found.append(picture.mode.encode() + picture.tobytes())
    return found


def parts(data: bytes) -> list[bytes]:
    """Every chunk, segment or box of a file as it stands, pixels and what follows the end among them."""
    if data.startswith(b"\x89PNG"):
        return _png_parts(data)
    if data.startswith(b"\xff\xd8"):
        return _jpeg_parts(data)
    return _webp_parts(data) if data.startswith(b"RIFF") else _box_parts(data)


def _png_parts(data: bytes) -> list[bytes]:
    at, found = 8, []
    while data[at + 4 : at + 8] != b"IEND":
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        found.append(data[at:end])
        at = end
    return [*found, data[at:]]


def _jpeg_parts(data: bytes) -> list[bytes]:
    at, found = 2, []
    while data[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        found.append(data[at:end])
        at = end
    return [*found, data[at:]]


def _webp_parts(data: bytes) -> list[bytes]:
    at, found = 12, []
    stop = 8 + int.from_bytes(data[4:8], "little")
    while at < stop:
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + 8 + size + (size & 1)
        found.append(data[at:end])
        at = end
    return [*found, data[stop:]]


def _box_parts(data: bytes) -> list[bytes]:
    at, found = 0, []
    while at < len(data):
        end = at + int.from_bytes(data[at : at + 4], "big")
        found.append(data[at:end])
        at = end
    return found


def is_ours(part: bytes) -> bool:
    """Whether a part is one that labelling may add or write anew: XMP, and the headers that announce it."""
    return (
        part[4:8] in (b"meta", b"mdat")
        or (part[4:8] == b"iTXt" and b"XML:com.adobe.xmp\0" in part[:40])
        or (part[:2] == b"\xff\xe1" and part[4:32].startswith(b"http://ns.adobe.com/xap/1.0/"))
        or part[:4] in (b"VP8X", b"XMP ")
    )
