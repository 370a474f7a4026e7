"""`--private remove`: what SD606 finds goes, everything else stays; AI marks always do."""

from __future__ import annotations

import json

import pytest
from labelled import FORCED, MARK, facts, label, planned
from pictures import PACKET, PRIVATE, TEXT, chunk, exif, frames, is_ours, packed_itxt, parts, png, png_with, saved

from sdscan.labelling import Wish
from sdscan.labelling.exif import scrubbed_exif
from sdscan.labelling.scrub import replacement, scrubbed, scrubbed_text
from sdscan.limits import DEFAULT_LIMITS

CLEAN = PRIVATE.replace("C:\\Users\\miriam\\art\\cat.png", "cat.png").replace("miriam.k@example.org", "removed")
LORA = "/home/miriam/ComfyUI/models/loras/cat_v2.safetensors"
GRAPH = {"4": {"class_type": "LoraLoader", "inputs": {"lora_name": LORA, "text": "line\nC:\\Users\\miriam\\out\nnext"}}}
MAIL = "miriam.k@example.org"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a plain prompt, (cat:1.2)", "a plain prompt, (cat:1.2)"),
        (PRIVATE, CLEAN),
        (LORA, "cat_v2.safetensors"),
        ("/Users/miriam", "~"),
        ("C:\\Users\\miriam\\", "~\\"),
        ("/home/miriam/My Client/pictures/x y.png", "x y.png"),
        ("see /home/miriam/art/l.safetensors weight 0.8/1.0", "see l.safetensors weight 0.8/1.0"),
        ("D:/Users/miriam/x.png and /home/miriam/x.png", "x.png and x.png"),
        ("/home/runner/work/x.png", "/home/runner/work/x.png"),
        (f"by {MAIL}, ({MAIL})", "by removed, (removed)"),
        ("a@b.co", "remove"),
        ("hf_" + "a" * 34, "removed"),
        ('{"api_key": "0123456789abcdef", "seed": 1}', '{"api_key": "removed", "seed": 1}'),
        ("cat@2x.png", "cat@2x.png"),
    ],
)
def test_personal_data_goes_and_the_rest_stays(text: str, expected: str) -> None:
    assert expected == scrubbed_text(text)
    assert expected == scrubbed_text(expected)


def test_json_is_cleaned_string_by_string_and_keeps_its_spelling() -> None:
    text = json.dumps(GRAPH, indent=2, ensure_ascii=True)
    found = scrubbed_text(text)
    inputs = json.loads(found)["4"]["inputs"]
    assert {"lora_name": "cat_v2.safetensors", "text": "line\nout\nnext"} == inputs
    assert text.count("\n") == found.count("\n")


def test_json_inside_a_json_string_is_cleaned_as_well() -> None:
    text = json.dumps({"extra": json.dumps({"workflow": json.dumps(GRAPH)})})
    found = json.loads(json.loads(json.loads(scrubbed_text(text))["extra"])["workflow"])
    assert "line\nout\nnext" == found["4"]["inputs"]["text"]
    assert "miriam" not in scrubbed_text(text)


def test_a_stored_text_keeps_its_encoding() -> None:
    assert f"café, {CLEAN}".encode() == scrubbed(f"café, {PRIVATE}".encode())
    assert f"café, {CLEAN}".encode("latin-1") == scrubbed(f"café, {PRIVATE}".encode("latin-1"))


@pytest.mark.parametrize(
    "what", [("home-path", LORA), ("home-path", "/home/m"), ("e-mail", "a@b.co"), ("key", "x" * 20)]
)
def test_a_replacement_is_never_longer_than_what_it_replaces(what: tuple[str, str]) -> None:
    assert len(replacement(*what)) <= len(what[1])


def test_more_personal_data_than_anybody_has_costs_little_and_stops() -> None:
    text = " ".join(f"/home/user{n}x/file{n}" for n in range(20_000))
    assert len(scrubbed_text(text)) < len(text)


# ---- EXIF --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["big", "little"])
def test_an_exif_text_keeps_its_length_and_loses_what_is_personal(order: str) -> None:
    block = exif(PRIVATE)[6:]
    if order == "little":
        block = little_exif(PRIVATE)
    clean = scrubbed_exif(block, DEFAULT_LIMITS)
    assert len(block) == len(clean)
    assert CLEAN == comment_of(clean).rstrip(" ")
    assert "a writer" in repr(clean) or order == "little"


def test_a_place_loses_its_directory_and_nothing_else() -> None:
    block = exif(TEXT, place=True)[6:]
    clean = scrubbed_exif(block, DEFAULT_LIMITS)
    assert len(block) == len(clean)
    assert [("gps", "GPS")] == [
        (kind, where.rpartition("/")[2]) for kind, where, _ in facts(saved("JPEG", exif=b"Exif\0\0" + block)).private
    ]
    after = facts(saved("JPEG", exif=b"Exif\0\0" + clean))
    assert ((), TEXT) == (after.private, comment_of(clean))
    assert (48).to_bytes(4, "big") + (1).to_bytes(4, "big") not in clean


def test_an_exif_block_without_personal_data_is_the_same() -> None:
    block = exif(TEXT)[6:]
    assert block == scrubbed_exif(block, DEFAULT_LIMITS)
    assert b"" == scrubbed_exif(b"", DEFAULT_LIMITS)
    assert b"II*\0\xff\xff\xff\xff" == scrubbed_exif(b"II*\0\xff\xff\xff\xff", DEFAULT_LIMITS)


def little_exif(text: str) -> bytes:
    value = b"UNICODE\0" + text.encode("utf-16-le")
    entry = (
        (0x9286).to_bytes(2, "little")
        + (7).to_bytes(2, "little")
        + len(value).to_bytes(4, "little")
        + (44).to_bytes(4, "little")
    )
    pointer = (
        (0x8769).to_bytes(2, "little")
        + (4).to_bytes(2, "little")
        + (1).to_bytes(4, "little")
        + (26).to_bytes(4, "little")
    )
    return b"II*\0\x08\0\0\0" + b"\1\0" + pointer + bytes(4) + b"\1\0" + entry + bytes(4) + value


def comment_of(block: bytes) -> str:
    from sdscan.facts.exif import read_exif

    return next(piece.text or "" for piece in read_exif(block, DEFAULT_LIMITS)[0] if piece.name == "UserComment")


# ---- whole pictures ------------------------------------------------------------------------------------------------------


MADE = {
    "png": lambda: png(PRIVATE),
    "png with a packed text": lambda: png_with(chunk(b"iTXt", b"Comment\0\0\0\0\0" + PRIVATE.encode())),
    "jpeg": lambda: saved("JPEG", exif=exif(PRIVATE, place=True), comment=LORA.encode()),
    "webp": lambda: saved("WEBP", exif=exif(PRIVATE, place=True)),
    "avif": lambda: saved("AVIF", exif=exif(PRIVATE, place=True)),
    "packet": lambda: png_with(
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + PACKET.replace(b"me &amp; you", LORA.encode()))
    ),
    "packed packet": lambda: png_with(packed_itxt(PACKET.replace(b"me &amp; you", MAIL.encode()))),
    "avif packet": lambda: saved("AVIF", xmp=PACKET.replace(b"me &amp; you", MAIL.encode())),
}


@pytest.mark.parametrize("name", MADE)
def test_a_copy_without_personal_data(name: str) -> None:
    data = MADE[name]()
    assert facts(data).private
    copy = label(data, private=True)
    assert ((), MARK, frames(data)) == (facts(copy).private, facts(copy).disclosure.iptc, frames(copy))
    assert b"miriam" not in copy


@pytest.mark.parametrize("name", MADE)
def test_without_being_asked_all_of_it_stays(name: str) -> None:
    data = MADE[name]()
    assert facts(data).private == facts(label(data)).private
    assert () == planned(data).removed


def test_only_the_parts_that_held_it_change() -> None:
    data = png_with(chunk(b"tEXt", b"Author\0miriam of nowhere"), chunk(b"tEXt", b"Source\0/home/miriam/x.png"))
    copy = label(data, private=True)
    changed = [(one[8:14], two[8:]) for one, two in zip(parts(data), without_packet(copy)) if one != two]
    assert [(b"Source", b"Source\0x.png")] == [(one, two[:12]) for one, two in changed]


def without_packet(data: bytes) -> list[bytes]:
    return [part for part in parts(data) if not is_ours(part)]


def test_a_picture_that_carries_its_mark_is_cleaned_and_not_marked_again() -> None:
    marked = label(png(PRIVATE))
    found = planned(marked, Wish(), private=True)
    assert ("already", True) == (found.action, "home-path" in found.removed)
    clean = label(marked, Wish(), private=True)
    assert (MARK, ()) == (facts(clean).disclosure.iptc, facts(clean).private)
    assert 1 == clean.count(b"<Iptc4xmpExt:DigitalSourceType>")


def test_chinas_label_is_never_changed() -> None:
    text = json.dumps({"Label": "1", "ContentProducer": "/home/miriam/maker", "ProduceID": MAIL})
    data = png_with(chunk(b"tEXt", b"AIGC\0" + text.encode()), chunk(b"tEXt", b"Source\0/home/miriam/x.png"))
    copy = label(data, private=True)
    assert text == facts(copy).disclosure.aigc
    assert b"Source\0x.png" in copy


def test_the_prompt_that_is_repeated_in_the_packet_holds_no_personal_data_either() -> None:
    copy = label(png(PRIVATE), FORCED, private=True)
    assert b"AIPromptInformation" in copy
    assert b"miriam" not in copy


def test_a_picture_without_personal_data_is_the_same_with_and_without() -> None:
    data = png()
    assert label(data) == label(data, private=True)
