"""AI marks and other people's metadata: XMP, IPTC, C2PA, China's label; and what hostile bytes may cost."""

from __future__ import annotations

import struct
import time

import pytest

from sdscan.facts.decoders import Decoded, decode
from sdscan.facts.decoders.c2pa import read_store
from sdscan.facts.decoders.cbor import CborError, read_cbor
from sdscan.facts.decoders.iptc import read_iptc
from sdscan.facts.decoders.xmp import Property, read_xmp
from sdscan.limits import DEFAULT_LIMITS, Limits
from sdscan.records import Blob, Container, Disclosure

CODE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
NAMESPACES = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
    ' xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:lr="http://ns.adobe.com/lightroom/1.0/"'
    ' xmlns:iptcExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/"'
)


def packet(body: str = "", attributes: str = "") -> str:
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        f'{NAMESPACES}><rdf:Description rdf:about="" {attributes}>{body}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    )


def from_xmp(text: str) -> Decoded:
    return decode(Container("jpeg", (Blob("jpeg:xmp", "xmp", text),)), DEFAULT_LIMITS)


# ---- XMP -----------------------------------------------------------------------------------------------

READINGS: tuple[tuple[str, str, list[tuple[str, str]]], ...] = (
    ("attribute", packet(attributes='xmp:CreatorTool="Krita &amp; co"'), [("xmp:CreatorTool", "Krita & co")]),
    ("apostrophes", packet(attributes="xmp:CreatorTool='a \"b\"'"), [("xmp:CreatorTool", 'a "b"')]),
    ("element", packet("<dc:format>image/png</dc:format>"), [("dc:format", "image/png")]),
    ("language alternative", packet('<dc:description><rdf:Alt><rdf:li xml:lang="x-default">a fox</rdf:li></rdf:Alt></dc:description>'), [("dc:description", "a fox")]),
    ("list", packet("<dc:subject><rdf:Bag><rdf:li>fox</rdf:li><rdf:li>snow</rdf:li></rdf:Bag></dc:subject>"), [("dc:subject", "fox"), ("dc:subject", "snow")]),
    ("another prefix", packet('<d:description xmlns:d="http://purl.org/dc/elements/1.1/">a fox</d:description>'), [("dc:description", "a fox")]),
    ("no namespace at all", "<dc:description>a fox</dc:description>", [("dc:description", "a fox")]),
    ("character data section", packet("<dc:description><![CDATA[a <b> & c]]></dc:description>"), [("dc:description", "a <b> & c")]),
    ("comment inside", packet("<dc:description>a<!-- no --> fox</dc:description>"), [("dc:description", "a fox")]),
    ("numbers for characters", packet("<dc:description>&#102;&#x6F;x &#xD800; &#0;</dc:description>"), [("dc:description", "fox \ufffd \ufffd")]),
    ("cut in the middle", packet("<dc:description>a fo").partition("</rdf")[0], [("dc:description", "a fo")]),
    ("structure", packet("<xmp:History><rdf:Seq><rdf:li rdf:parseType='Resource'><xmp:agent>x</xmp:agent></rdf:li></rdf:Seq></xmp:History>"), [("xmp:agent", "x")]),
    ("stray angle bracket", packet("<dc:description>a < b</dc:description>"), [("dc:description", "a < b")]),
)  # fmt: skip


@pytest.mark.parametrize(("name", "text", "expected"), READINGS, ids=[row[0] for row in READINGS])
def test_xmp_is_read(name: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert expected == [(p.name, p.value) for p in read_xmp(text, DEFAULT_LIMITS)]


def test_no_entity_is_expanded_and_no_document_type_is_read() -> None:
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "boom"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/hostname">]>'
        + packet("<dc:description>&b;&f;&lt;</dc:description>")
    )
    assert "&b;&f;<" in [p.value for p in read_xmp(bomb, DEFAULT_LIMITS)][-1]


XMP_BOMBS = (
    "<!--" * 50_000, "<![CDATA[" * 50_000, "<?" * 50_000, "<a " * 50_000, "<a \"" * 50_000, "<a '\"" * 50_000, "<" * 100_000, "&" * 100_000,
    "<a b" * 30_000 + ">", "<a " + "b" * 200_000 + ">", "<a:b>" * 50_000, '<a:b c:d="e">' * 20_000, "<a " + "b:c='' " * 30_000 + ">", "<!" * 50_000,
    "<a " + "x" * 100_000 + " " * 100_000 + ">",
)  # fmt: skip


@pytest.mark.parametrize("bomb", XMP_BOMBS, ids=[repr(bomb[:16]) for bomb in XMP_BOMBS])
def test_hostile_xmp_takes_linear_time(bomb: str) -> None:
    start = time.perf_counter()
    assert isinstance(read_xmp(bomb, DEFAULT_LIMITS), list)
    assert time.perf_counter() - start < 10


def test_at_most_so_many_properties_are_kept() -> None:
    text = packet("<dc:subject><rdf:Bag>" + "<rdf:li>x</rdf:li>" * 500 + "</rdf:Bag></dc:subject>")
    assert [Property("dc:subject", "x")] * 100 == read_xmp(text, Limits(tags=100))


def test_source_type_and_credit_name_google() -> None:
    decoded = from_xmp(
        packet(
            attributes=f'photoshop:Credit="Made with Google AI" iptcExt:DigitalSourceType="{CODE}trainedAlgorithmicMedia"'
        )
    )
    assert Disclosure(iptc="trainedAlgorithmicMedia") == decoded.disclosure
    assert [("google", {"Credit": "Made with Google AI"})] == [(g.tool, g.parameters) for g in decoded.generations]


def test_a_source_type_alone_names_no_writer() -> None:
    decoded = from_xmp(packet(f"<iptcExt:DigitalSourceType>{CODE}compositeSynthetic</iptcExt:DigitalSourceType>"))
    assert ("compositeSynthetic", ()) == (decoded.disclosure.iptc, decoded.generations)


def test_what_people_write_into_xmp_is_text() -> None:
    body = (
        "<dc:description><rdf:Alt><rdf:li>a fox in snow</rdf:li></rdf:Alt></dc:description><dc:subject><rdf:Bag><rdf:li>fox</rdf:li></rdf:Bag></dc:subject>"
        "<lr:hierarchicalSubject><rdf:Bag><rdf:li>animals|fox</rdf:li></rdf:Bag></lr:hierarchicalSubject>"
    )
    decoded = from_xmp(packet(body, 'xmp:CreatorTool="Adobe Photoshop 25.0"'))
    expected = [
        ("xmp", "a fox in snow", "jpeg:xmp#dc:description"),
        ("xmp", "fox", "jpeg:xmp#dc:subject"),
        ("xmp", "animals|fox", "jpeg:xmp#lr:hierarchicalSubject"),
    ]
    assert ((), expected) == (decoded.generations, [(t.source, t.text, t.locator) for t in decoded.texts])


def test_draw_things_keeps_its_json_in_the_user_comment_of_xmp() -> None:
    comment = '{"c":"a fox","uc":"fog","model":"base_q6p.ckpt","sampler":"Euler","seed":7,"lora":[{"model":"ink_lora_f16.ckpt","weight":0.6}],"v2":{"upscaler":"4x.ckpt"}}'
    escaped = comment.replace('"', "&quot;")
    body = f'<exif:UserComment><rdf:Alt><rdf:li xml:lang="x-default">{escaped}</rdf:li></rdf:Alt></exif:UserComment>'
    (generation,) = from_xmp(packet(body, 'xmp:CreatorTool="Draw Things"')).generations
    assert "drawthings" == generation.tool
    assert [("positive", "a fox"), ("negative", "fog")] == [(p.role, p.text) for p in generation.prompts]
    assert [("checkpoint", "base_q6p", None), ("upscaler", "4x", None), ("lora", "ink_lora_f16", 0.6)] == [
        (r.kind, r.name, r.weight) for r in generation.resources
    ]


def test_stable_diffusion_cpp_keeps_infotext_in_xmp() -> None:
    body = "<sdcpp:parameters xmlns:sdcpp='urn:x'>a fox&#10;Negative prompt: fog&#10;Steps: 9, CFG scale: 1.000000, Seed: 7, Model: , Version: stable-diffusion.cpp</sdcpp:parameters>"
    (generation,) = from_xmp(packet(body)).generations
    assert ("sdcpp", ["a fox", "fog"]) == (generation.tool, [p.text for p in generation.prompts])


def test_midjourney_describes_itself_in_xmp() -> None:
    body = "<dc:description><rdf:Alt><rdf:li>a fox --ar 2:3 --v 6.1 Job ID: 01234567-89ab-cdef-0123-456789abcdef</rdf:li></rdf:Alt></dc:description>"
    decoded = from_xmp(
        packet(body, f'iptcExt:DigitalSourceType="{CODE}trainedAlgorithmicMedia" iptcExt:DigImageGUID="x"')
    )
    assert ["midjourney"] == [g.tool for g in decoded.generations]
    assert ["a fox"] == [p.text for p in decoded.generations[0].prompts]


def test_the_ai_fields_of_iptc_2025_are_a_generation() -> None:
    attributes = 'iptcExt:AISystemUsed="ChatGPT DALL-E" iptcExt:AISystemVersionUsed="3" iptcExt:AIPromptInformation="a fox" iptcExt:AIPromptWriterName="somebody"'
    (generation,) = from_xmp(packet(attributes=attributes)).generations
    assert ("openai", "3", [("positive", "a fox")]) == (
        generation.tool,
        generation.tool_version,
        [(p.role, p.text) for p in generation.prompts],
    )


def test_an_unknown_ai_system_is_unknown() -> None:
    (generation,) = from_xmp(packet(attributes='iptcExt:AISystemUsed="Brand New"')).generations
    assert ("unknown", {"AISystemUsed": "Brand New"}) == (generation.tool, generation.parameters)


LABEL = '{"Label":"1","ContentProducer":"x","ProduceID":"y"}'


@pytest.mark.parametrize(
    "blob",
    [
        Blob("png:tEXt/AIGC", "AIGC", LABEL),
        Blob("mp4:keys/AIGC", "AIGC", LABEL),
        Blob("jpeg:exif/UserComment", "UserComment", f'{{"AIGC":{LABEL}}}'),
        Blob("png:iTXt/xmp", "xmp", packet(f"<TC260:AIGC>{LABEL.replace(chr(34), '&quot;')}</TC260:AIGC>")),
    ],
    ids=lambda blob: blob.locator,
)
def test_chinas_label_is_a_disclosure(blob: Blob) -> None:
    decoded = decode(Container("png", (blob,)), DEFAULT_LIMITS)
    assert (LABEL, ()) == (decoded.disclosure.aigc, decoded.generations)


# ---- IPTC ----------------------------------------------------------------------------------------------


def dataset(number: int, value: bytes, record: int = 2) -> bytes:
    return bytes((0x1C, record, number)) + struct.pack(">H", len(value)) + value


def test_iptc_captions_and_keywords_are_texts() -> None:
    data = (
        dataset(90, b"\x1b%G", 1)
        + dataset(120, "a fox, 雪".encode())
        + dataset(25, b"fox")
        + dataset(25, b"caf\xe9")
        + dataset(55, b"20260101")
    )
    decoded = decode(Container("jpeg", (Blob("jpeg:app13/iptc", "iptc", None, data),)), DEFAULT_LIMITS)
    assert ["a fox, 雪", "fox", "café"] == [t.text for t in decoded.texts]


def test_an_iptc_caption_may_be_infotext() -> None:
    data = dataset(120, b"a fox\nSteps: 9, Sampler: Euler, Seed: 7, Size: 8x8, Version: v1.10.1")
    decoded = decode(Container("jpeg", (Blob("jpeg:app13/iptc", "iptc", None, data),)), DEFAULT_LIMITS)
    assert ["a1111"] == [g.tool for g in decoded.generations]


def test_damaged_iptc_gives_what_is_whole() -> None:
    data = b"\0\xff" + dataset(25, b"fox") + bytes((0x1C, 2, 25, 0x80, 0x09)) + b"123456789"
    assert [("Keywords", "fox")] == list(read_iptc(data, DEFAULT_LIMITS))
    long = bytes((0x1C, 2, 25, 0x80, 0x02)) + struct.pack(">H", 3) + b"owl" + dataset(25, b"cut")[:-1]
    assert [("Keywords", "owl"), ("Keywords", "cu")] == list(read_iptc(long, DEFAULT_LIMITS))


# ---- C2PA ----------------------------------------------------------------------------------------------


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def superbox(label: str, *children: bytes) -> bytes:
    return box(b"jumb", box(b"jumd", b"\0" * 16 + b"\x03" + label.encode() + b"\0") + b"".join(children))


def pack(value: object) -> bytes:
    """CBOR of the values that manifests are made of."""
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, dict):
        return head(5, len(value)) + b"".join(pack(k) + pack(v) for k, v in value.items())
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(pack(v) for v in value)
    assert isinstance(value, int)
    return head(0, value) if value >= 0 else head(1, -1 - value)


def head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes((major << 5 | number,))
    if number < 256:
        return bytes((major << 5 | 24, number))
    return bytes((major << 5 | 25,)) + struct.pack(">H", number)


def manifest(label: str, generator: object, actions: list[object], **more: object) -> bytes:
    claim = {"claim_generator_info": generator} if not isinstance(generator, str) else {"claim_generator": generator}
    return superbox(
        label,
        superbox("c2pa.assertions", superbox("c2pa.actions.v2", box(b"cbor", pack({"actions": actions, **more})))),
        superbox("c2pa.claim.v2", box(b"cbor", pack({**claim, "alg": "sha256", "hash": b"\1\2"}))),
        superbox("c2pa.signature", box(b"cbor", b"\xd2\x84\x43abc\xa0\xf6\x40")),
    )


def from_store(*manifests: bytes) -> Decoded:
    return decode(Container("png", (Blob("png:caBX", "c2pa", None, superbox("c2pa", *manifests), 40),)), DEFAULT_LIMITS)


CREATED = {
    "action": "c2pa.created",
    "softwareAgent": {"name": "gpt-image"},
    "digitalSourceType": CODE + "trainedAlgorithmicMedia",
}


def test_a_manifest_is_summarised_and_never_called_valid() -> None:
    decoded = from_store(
        manifest(
            "urn:c2pa:1", {"name": "OpenAI Media Service API", "version": "2"}, [CREATED, {"action": "c2pa.converted"}]
        )
    )
    expected = "OpenAI Media Service API 2; gpt-image; actions: created, converted; source: trainedAlgorithmicMedia; not verified"
    assert (expected, None) == (decoded.disclosure.c2pa, decoded.disclosure.iptc)
    assert [("openai", ())] == [(g.tool, g.prompts) for g in decoded.generations]


def test_the_last_manifest_is_the_active_one_and_ingredients_count_for_the_source() -> None:
    first = manifest(
        "urn:c2pa:1", [{"name": "Google C2PA Core Generator Library"}], [{**CREATED, "softwareAgent": "Imagen"}]
    )
    decoded = from_store(
        first,
        manifest("urn:c2pa:2", "Some Editor 1.0", [{"action": "c2pa.opened", "digitalSourceType": CODE + "composite"}]),
    )
    assert (
        "Some Editor 1.0; actions: created, opened; source: trainedAlgorithmicMedia, composite; not verified"
        == decoded.disclosure.c2pa
    )
    assert ["google"] == [g.tool for g in decoded.generations]


def test_a_camera_with_credentials_generates_nothing() -> None:
    decoded = from_store(
        manifest("urn:c2pa:1", "Camera 3.1", [{"action": "c2pa.created", "digitalSourceType": CODE + "digitalCapture"}])
    )
    assert ("Camera 3.1; actions: created; source: digitalCapture; not verified", ()) == (
        decoded.disclosure.c2pa,
        decoded.generations,
    )


MAKERS = (("Adobe_Firefly 2.1", "firefly"), ("Midjourney", "midjourney"), ("brand new", "unknown"))


@pytest.mark.parametrize(("name", "tool"), MAKERS)
def test_the_maker_is_told_by_its_name(name: str, tool: str) -> None:
    decoded = from_store(
        manifest(
            "urn:c2pa:1", name, [{"action": "c2pa.created", "digitalSourceType": CODE + "trainedAlgorithmicMedia"}]
        )
    )
    assert [tool] == [g.tool for g in decoded.generations]


def test_json_assertions_are_read_too() -> None:
    text = f'{{"Iptc4xmpExt:DigitalSourceType": "{CODE}compositeSynthetic"}}'
    store = superbox(
        "c2pa", superbox("m", superbox("c2pa.assertions", superbox("stds.iptc", box(b"json", text.encode()))))
    )
    assert [["compositeSynthetic"]] == [m.types for m in read_store(store, DEFAULT_LIMITS)[0]]


def test_damaged_stores_are_a_problem_and_no_crash() -> None:
    whole = superbox("c2pa", manifest("urn:c2pa:1", "x", [CREATED]))
    for cut in range(0, len(whole), 7):
        manifests, _ = read_store(whole[:cut], DEFAULT_LIMITS)
        assert len(manifests) <= 1
    assert "the boxes are damaged, the rest is not read" == read_store(whole[:-30], DEFAULT_LIMITS)[1]
    decoded = decode(Container("png", (Blob("png:caBX", "c2pa", None, b"\0\0\0\1jumb" + b"\0" * 20),)), DEFAULT_LIMITS)
    assert (["bad-c2pa"], "manifest present; not verified") == (
        [p.code for p in decoded.problems],
        decoded.disclosure.c2pa,
    )


CBOR_VALUES: tuple[tuple[bytes, object], ...] = (
    (b"\x17", 23), (b"\x18\x64", 100), (b"\x19\x03\xe8", 1000), (b"\x1b" + b"\xff" * 8, 2**64 - 1), (b"\x20", -1), (b"\x63abc", "abc"), (b"\x43abc", None),
    (b"\x83\x01\x02\x03", [1, 2, 3]), (b"\xa1\x61a\x01", {"a": 1}), (b"\xf5", True), (b"\xf4", False), (b"\xf6", None), (b"\xf9\x3c\x00", 1.0),
    (b"\xfb\x3f\xf0" + b"\0" * 6, 1.0), (b"\xc1\x01", 1), (b"\x9f\x01\x02\xff", [1, 2]), (b"\xbf\x61a\x01\xff", {"a": 1}), (b"\x7f\x61a\x61b\xff", "ab"),
    (b"\x5f\x41a\xff", None), (b"\xf8\x20", None), (b"\x62\xff\xfe", "\ufffd\ufffd"),
)  # fmt: skip


@pytest.mark.parametrize(("data", "expected"), CBOR_VALUES, ids=[data.hex() for data, _ in CBOR_VALUES])
def test_cbor_is_read(data: bytes, expected: object) -> None:
    assert expected == read_cbor(data, 64, 1000)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x1c",
        b"\x9b" + b"\xff" * 8,
        b"\x7b" + b"\xff" * 8 + b"a",
        b"\x81" * 100,
        b"\xa1\x61a",
        b"\x9f" * 100,
        b"\xc1" * 100,
        b"\xbb" + b"\x7f" * 8,
    ],
)
def test_hostile_cbor_is_refused_before_anything_is_allocated(data: bytes) -> None:
    with pytest.raises(CborError):
        read_cbor(data, 64, 1000)
