"""One whole, honest file of every kind, each with a prompt that names a character: what the hostile files are made from."""

from __future__ import annotations

import json
import struct

from making_models import embedding as embedding_pt
from making_models import kohya, pickled, safetensors, zipped
from spelled import (
    ASCII,
    GIF_IMAGE,
    SHORT,
    STREAMINFO,
    UNDEFINED,
    XMP_START,
    box,
    chunk,
    ebml,
    flac_block,
    full_box,
    gif,
    id3,
    id3_frame,
    itxt_chunk,
    jpeg,
    ogg_page,
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
from test_walk_boxes import MDAT, TKHD, data_box, heif

EVIDENCE = "hatsune miku"
INFOTEXT = f"masterpiece, {EVIDENCE}, twintails\nNegative prompt: lowres\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 512x512, Model: soft"
RAW = INFOTEXT.encode()
GRAPH = json.dumps({
    "3": {"class_type": "KSampler", "inputs": {"seed": 1, "steps": 20, "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]}},
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "soft.safetensors"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 512, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": f"{EVIDENCE}, twintails", "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "lowres", "clip": ["4", 1]}},
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "x"}},
})  # fmt: skip
PACKET = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description>{INFOTEXT}</dc:description></rdf:Description></rdf:RDF></x:xmpmeta>'
)
EXIF = tiff([], [(0x9286, UNDEFINED, user_comment(INFOTEXT))])
SIZE = [(0x0100, SHORT, struct.pack("<H", 64)), (0x0101, SHORT, struct.pack("<H", 48))]
VP8L = riff_chunk(b"VP8L", b"\x2f" + struct.pack("<I", 63 | 47 << 14) + b"\x88\x88\x08")
BRANDS = (b"heic", b"avif")
JXL_START = b"\0\0\0\x0cJXL \r\n\x87\n" + box(b"ftyp", b"jxl ", bytes(4), b"jxl ")
JXL_CODE = box(b"jxlc", b"\xff\x0a\x7f\xc0\x3f" + bytes(12))
SEGMENT, CLUSTER, TAGS = 0x18538067, 0x1F43B675, 0x1254C367
EBML = ebml(0x1A45DFA3, ebml(0x4282, b"webm"))
VORBIS = vorbis_comments(b"parameters=" + RAW, vendor=b"maker")
OPUS_SOUND = ogg_page(bytes(60), flags=4, number=2)


def png_with(*chunks: bytes) -> bytes:
    """A PNG with these chunks before its pixels."""
    return png(*chunks)


def jpeg_with(exif: bytes) -> bytes:
    """A JPEG with this EXIF block."""
    return jpeg(segment(0xE1, b"Exif\0\0" + exif))


def webp_with(*chunks: bytes) -> bytes:
    """An extended WebP with these chunks after its pixels."""
    return webp(vp8x(8 | 4), VP8L, *chunks)


def mp4_with(comment: bytes) -> bytes:
    """An MP4 whose comment item holds this text; its index stands before the film."""
    items = box(b"ilst", box(b"\xa9cmt", data_box(comment)))
    meta = full_box(b"meta", full_box(b"hdlr", bytes(20)), items)
    return box(b"ftyp", b"isom\0\0\2\0isommp41") + box(b"moov", full_box(b"mvhd", bytes(96)), box(b"trak", TKHD), box(b"udta", meta)) + MDAT


def webm_with(*tags: tuple[bytes, bytes]) -> bytes:
    """A WebM with these tags before its film."""
    simple = (ebml(0x67C8, ebml(0x45A3, name), ebml(0x4487, value)) for name, value in tags)
    return EBML + ebml(SEGMENT, ebml(TAGS, ebml(0x7373, ebml(0x63C0), *simple)), ebml(CLUSTER, ebml(0xE7, b"\0"), ebml(0xA3, bytes(50))))


def opus_with(comments: bytes) -> bytes:
    """An Ogg Opus file with this comment block on its second page."""
    return ogg_page(b"OpusHead" + bytes(11), flags=2) + ogg_page(b"OpusTags" + comments, number=1) + OPUS_SOUND


KOHYA = kohya("miku_v2", {"10_hatsune miku": {EVIDENCE: 20, "1girl": 20, "twintails": 18}})
WHOLE: dict[str, bytes] = {
    "text.png": png_with(text_chunk(b"parameters", RAW)),
    "packed.png": png_with(ztxt_chunk(b"parameters", RAW)),
    "wide.png": png_with(itxt_chunk(b"parameters", RAW, packed=True)),
    "graph.png": png_with(text_chunk(b"prompt", GRAPH.encode())),
    "exif.png": png_with(chunk(b"eXIf", EXIF)),
    "exif.jpg": jpeg_with(EXIF),
    "xmp.jpg": jpeg(segment(0xE1, XMP_START + PACKET.encode())),
    "comment.jpg": jpeg(segment(0xFE, RAW)),
    "exif.webp": webp_with(riff_chunk(b"EXIF", EXIF)),
    "xmp.webp": webp_with(riff_chunk(b"XMP ", PACKET.encode())),
    "item.avif": heif([(b"av01", b"", bytes(40)), (b"Exif", b"", bytes(4) + EXIF)], brand=b"avif"),
    "item.heic": heif([(b"hvc1", b"", bytes(40)), (b"Exif", b"", bytes(4) + EXIF)]),
    "box.jxl": JXL_START + box(b"Exif", bytes(4) + EXIF) + JXL_CODE,
    "comment.gif": gif(b"\x21\xfe" + sub_blocks(RAW), GIF_IMAGE),
    "tag.tif": tiff([*SIZE, (0x010E, ASCII, RAW + b"\0")]),
    "item.mp4": mp4_with(RAW),
    "tag.webm": webm_with((b"PARAMETERS", RAW)),
    "block.flac": b"fLaC" + STREAMINFO + flac_block(4, VORBIS) + flac_block(1, bytes(40), last=True),
    "page.ogg": opus_with(VORBIS),
    "frame.mp3": id3(id3_frame(b"TXXX", b"\3parameters\0" + RAW)) + b"\xff\xfb\x90\0" + bytes(100),
    "lora.safetensors": safetensors(KOHYA),
    "embedding.pt": embedding_pt("hatsune_miku"),
    "zipped.pt": zipped(embedding_pt("hatsune_miku")),
}
"""File name → a file that scans without a problem."""
__all__ = ["WHOLE", "pickled"]
