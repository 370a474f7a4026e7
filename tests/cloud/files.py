"""Files whose generation data stands where only a second range finds it."""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
import zlib

TEXT = "a hill, <lora:thing_v1:0.8>\nNegative prompt: blurry\nSteps: 20, Seed: 7, Size: 8x8"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def noise(length: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(length)


def png(*, before: bytes = b"", pixels: int = 0, part: int = 65_536, after: bytes = b"") -> bytes:
    """A PNG with about so many bytes of pixels, not compressed and cut into chunks, and text before and behind them."""
    rows = pixels // 1537 + 1
    data = zlib.compress(b"".join(b"\0" + noise(1536, row) for row in range(rows)), 0)
    parts = b"".join(chunk(b"IDAT", data[at : at + part]) for at in range(0, len(data), part))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 512, rows, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + before + parts + after + chunk(b"IEND", b"")


def text(value: str = TEXT, padding: int = 0) -> bytes:
    return chunk(b"tEXt", b"parameters\0" + value.encode()) + (chunk(b"prVt", noise(padding)) if padding else b"")


def exif(value: str = TEXT) -> bytes:
    """A TIFF with UserComment in the Exif IFD."""
    comment = b"UNICODE\0" + value.encode("utf-16-be")
    ifd = struct.pack(">HHHII", 1, 0x9286, 7, len(comment), 44) + b"\0\0\0\0"
    return b"MM\0*\0\0\0\x08" + struct.pack(">HHHII", 1, 0x8769, 4, 1, 26) + b"\0\0\0\0" + ifd + comment


def webp(pixels: int = 300_000) -> bytes:
    """EXIF behind the pixels, as the specification wants it."""
    vp8x = b"VP8X" + struct.pack("<I", 10) + bytes([8, 0, 0, 0]) + (511).to_bytes(3, "little") * 2
    vp8 = b"VP8 " + struct.pack("<I", pixels) + b"\0\0\0\x9d\x01\x2a\0\x02\0\x02" + noise(pixels - 10)
    data = exif()
    body = b"WEBP" + vp8x + vp8 + b"EXIF" + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def jpeg(pixels: int = 300_000) -> bytes:
    app1 = b"Exif\0\0" + exif()
    frame = struct.pack(">BHHB", 8, 512, 512, 1) + b"\1\x11\0"
    head = b"\xff\xd8\xff\xe1" + struct.pack(">H", len(app1) + 2) + app1
    head += b"\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame + b"\xff\xda\0\x08\1\1\0\0\x3f\0"
    return head + noise(pixels).replace(b"\xff", b"\0") + b"\xff\xd9"


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def mp4(pixels: int = 300_000) -> bytes:
    """`moov` behind `mdat`, as cameras and encoders write it that cannot go back."""
    prompt = json.dumps({"1": {"class_type": "CLIPTextEncode", "inputs": {"text": "a hill"}}}).encode()
    data = box(b"data", struct.pack(">II", 1, 0) + json.dumps({"prompt": prompt.decode()}).encode())
    meta = box(
        b"meta", b"\0\0\0\0" + box(b"hdlr", bytes(8) + b"mdirappl" + bytes(9)) + box(b"ilst", box(b"\xa9cmt", data))
    )
    return box(b"ftyp", b"isom\0\0\2\0isomiso2mp41") + box(b"mdat", noise(pixels)) + box(b"moov", box(b"udta", meta))


def safetensors(header: int = 200_000, tensors: int = 300_000) -> bytes:
    """A LoRA whose header is longer than the first range."""
    told = {"__metadata__": {"ss_output_name": "thing", "ss_network_module": "networks.lora", "x": "y" * header}}
    data = json.dumps({**told, "a": {"dtype": "U8", "shape": [tensors], "data_offsets": [0, tensors]}}).encode()
    return struct.pack("<Q", len(data)) + data + bytes(tensors)


def zipped(tensors: int = 300_000) -> bytes:
    """An embedding as torch saves it: a zip archive, whose directory stands at the end."""
    import pickle as pickling  # noqa: TID251 - made, never read

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("archive/data/0", noise(tensors))
        archive.writestr("archive/data.pkl", pickling.dumps({"string_to_token": {"*": 265}, "name": "thing"}, 2))
    return out.getvalue()


FILES = {
    "small.png": png(before=text(), pixels=600),
    "text-behind.png": png(pixels=900_000, after=text()),
    "long-text-behind.png": png(pixels=900_000, after=text(padding=300_000)),
    "short-chunks.png": png(before=text(), pixels=900_000, part=8_192),
    "one-chunk.png": png(before=text(), pixels=900_000, part=1 << 20),
    "no-text.png": png(pixels=900_000),
    "picture.webp": webp(),
    "picture.jpg": jpeg(),
    "video.mp4": mp4(),
    "thing.safetensors": safetensors(),
    "thing.pt": zipped(),
    "cut.png": png(before=text(), pixels=900_000)[:-40_000],
    "cut.webp": webp()[:-300],
    "empty.png": b"",
    "page.png": b"<!doctype html><title>no</title>",
}  # fmt: skip
