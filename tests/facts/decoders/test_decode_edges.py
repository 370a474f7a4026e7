"""Odd, damaged and hostile metadata: nothing is lost that can be read, nothing raises, and limits hold."""

from __future__ import annotations

import json
import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdscan.facts.decoders import DECODERS, Decoded, decode
from sdscan.facts.decoders.found import dict_at, number, read_json, shown
from sdscan.facts.decoders.resources import split_hash, stem
from sdscan.facts.decoders.tags import alternatives, tag_weight
from sdscan.facts.text import scalar
from sdscan.limits import DEFAULT_LIMITS, Limits
from sdscan.records import Blob, Container

TAIL = "Steps: 24, Sampler: Euler a, CFG scale: 5, Seed: 7, Size: 64x64"


def read(*pieces: tuple[str, str], limits: Limits = DEFAULT_LIMITS) -> Decoded:
    return decode(Container("png", tuple(Blob(f"png:tEXt/{key}", key, text) for key, text in pieces)), limits)


def tools(decoded: Decoded) -> list[str]:
    return [generation.tool for generation in decoded.generations]


def texts(decoded: Decoded) -> list[tuple[str, str]]:
    return [(p.role, p.text) for g in decoded.generations for p in g.prompts]


# ---- damage ----------------------------------------------------------------------------------------------

SWARM = {
    "sui_image_params": {"prompt": "a fox", "negativeprompt": "fog", "loras": ["ink"], "loraweights": ["0.5"]},
    "sui_extra_data": {"date": "x"},
}
CUT: tuple[tuple[str, str, str, str, list[tuple[str, str]]], ...] = (
    ("SwarmUI", "parameters", json.dumps(SWARM)[:-10], "swarmui", [("positive", "a fox"), ("negative", "fog")]),
    ("RuinedFooocus", "parameters", json.dumps({"software": "RuinedFooocus", "Prompt": "a fox", "Negative": "fog"})[:-4], "ruinedfooocus", [("positive", "a fox")]),
    ("TensorArt", "generation_data", json.dumps({"baseModel": {}, "prompt": "a fox", "negativePrompt": "fog"})[:-3], "tensorart", [("positive", "a fox")]),
    ("InvokeAI", "invokeai_metadata", json.dumps({"positive_prompt": "a fox", "negative_prompt": "fog", "seed": 7})[:-2], "invokeai", [("positive", "a fox"), ("negative", "fog")]),
    ("NMKD", "NMKDiffusion", '{"prompt": "a fox", "promptNeg": "fo', "nmkd", [("positive", "a fox")]),
    ("MetaHub", "imagemetahub_data", '{"prompt": "a fox", "loras": [{"name": "ink", "weight": 0.5}, {"na', "comfyui", [("positive", "a fox")]),
)  # fmt: skip


@pytest.mark.parametrize(("name", "key", "text", "tool", "expected"), CUT, ids=[row[0] for row in CUT])
def test_what_stands_before_the_damage_is_used(
    name: str, key: str, text: str, tool: str, expected: list[tuple[str, str]]
) -> None:
    decoded = read((key, text))
    assert ([tool], expected, ["bad-json"]) == (tools(decoded), texts(decoded), [p.code for p in decoded.problems])


@pytest.mark.parametrize(
    "key", ["invokeai_metadata", "generation_data", "parameters", "NMKDiffusion", "imagemetahub_data", "Comment"]
)
def test_json_that_cannot_be_read_at_all_is_kept_raw(key: str) -> None:
    decoded = read((key, "{fox, no JSON at all"))
    assert [("unknown", "{fox, no JSON at all")] == texts(decoded)


PARTS: tuple[tuple[str, object], ...] = (
    ('{"a": 1, "b": [1, 2, {"c": "x', {"a": 1, "b": [1, 2]}),
    ('{"a": "x", "b', {"a": "x"}),
    ('[{"a": 1}, {"b": 2', [{"a": 1}]),
    ('{"a": {"b": [1]}} trailing', {"a": {"b": [1]}}),
    ('{"a": 1}}}', {"a": 1}),
    ('{"a": 1, \x01"b": NaN, "c": Infinity, "d": }', {"a": 1}),
    ('{"only', None),
    ("{]", None),
    ("[" * 500, None),
    ('"text', None),
)


@pytest.mark.parametrize(("text", "expected"), PARTS, ids=[text[:20] for text, _ in PARTS])
def test_the_whole_part_of_damaged_json_is_read(text: str, expected: object) -> None:
    value, problem = read_json(text, "L", DEFAULT_LIMITS)
    assert expected == value
    assert problem is not None
    assert problem.code == "bad-json"


def test_json_that_is_not_json_to_strict_readers_is_read() -> None:
    value, problem = read_json(
        '{"a": NaN, "b": "\\ud800", "c": 123456789012345678901234567890, "d": "x\ny"}', "L", DEFAULT_LIMITS
    )
    assert problem is None
    assert isinstance(value, dict)
    assert ["\ud800", 123456789012345678901234567890, "x\ny"] == [value["b"], value["c"], value["d"]]


def test_json_beyond_the_limit_is_left_alone_and_said_so() -> None:
    decoded = read(("invokeai_metadata", json.dumps({"positive_prompt": "a fox"})), limits=Limits(json=10))
    assert ["limit-json"] == [p.code for p in decoded.problems]


def test_nesting_that_would_overflow_the_stack_is_a_problem() -> None:
    decoded = read(("parameters", '{"a":' * 100_000))
    assert [p.code for p in decoded.problems] in (["bad-json"], [], ["limit-depth"]) or decoded.problems


def test_lone_surrogates_never_leave() -> None:
    swarm = '{"sui_image_params": {"prompt": "a \\ud800 fox", "model": "m\\udfff", "x\\ud800": "y\\ud800"}}'
    decoded = read(
        ("parameters", swarm), ("note", '{"\\ud800prompt": "\\ud800 x"}'), ("Comment", '{"uc": "\\ud800", "scale": 1}')
    )
    msgspec.json.encode(decoded)
    assert ("positive", "a \ufffd fox") in texts(decoded)


def test_more_prompts_than_the_limit_are_left_out_and_said_so() -> None:
    captions = [{"char_caption": f"fox {n}"} for n in range(50)]
    comment = json.dumps({"prompt": "x", "v4_prompt": {"caption": {"base_caption": "x", "char_captions": captions}}})
    decoded = read(
        ("Software", "NovelAI"), ("Comment", comment), ("parameters", f"a\n{TAIL}"), limits=Limits(prompts=10)
    )
    assert (10, ["limit-prompts"]) == (len(texts(decoded)), [p.code for p in decoded.problems])


def test_more_models_than_the_limit_are_left_out_and_said_so() -> None:
    tags = " ".join(f"<lora:l{n}:1>" for n in range(50))
    decoded = read(("parameters", f"{tags}\n{TAIL}"), limits=Limits(resources=10))
    assert (10, ["limit-resources"]) == (len(decoded.generations[0].resources), [p.code for p in decoded.problems])


def test_two_texts_of_one_key_are_both_read() -> None:
    decoded = read(("parameters", f"a fox\n{TAIL}"), ("Parameters", f"an owl\n{TAIL}"))
    assert [("positive", "a fox"), ("positive", "an owl")] == texts(decoded)


def test_every_writer_of_a_file_is_kept() -> None:
    decoded = read(("parameters", f"a fox\n{TAIL}, Version: v1.10.1"), ("Dream", '"an owl" -s 9'), ("note", "by hand"))
    assert ["invokeai", "a1111", "unknown"] == tools(decoded)


def test_the_order_of_prompts_does_not_decide_which_use_counts() -> None:
    decoded = read(("parameters", f'x\nNegative prompt: <lora:ink:1>\n{TAIL}, Hires prompt: "<lora:ink:0.4>, y"'))
    (lora,) = decoded.generations[0].resources
    assert (0.4, "used") == (lora.weight, lora.state)


def test_an_embedding_works_in_the_negative_prompt_too() -> None:
    decoded = read(("parameters", f"x\nNegative prompt: embedding:neg_v2, fog\n{TAIL}"))
    assert [("embedding", "neg_v2", "used", "png:tEXt/parameters#Negative prompt")] == [
        (r.kind, r.name, r.state, r.locator) for r in decoded.generations[0].resources
    ]


# ---- small parts -----------------------------------------------------------------------------------------

STEMS = (
    ("SD1.5\\dir\\ink.safetensors", "ink"), ("a/b/ink_v1.5", "ink_v1.5"), ("ink.ckpt", "ink"), ("  ink.PT ", "ink"), ("dir/", "dir"), ("ink.v2.bin", "ink.v2"),
)  # fmt: skip


@pytest.mark.parametrize(("raw", "expected"), STEMS)
def test_a_name_has_neither_folder_nor_suffix(raw: str, expected: str) -> None:
    assert expected == stem(raw)


def test_hashes_in_brackets_are_split_off() -> None:
    assert [("ink", "aabb1122"), ("ink v2", "AABB"), ("ink (old)", None), ("x" * 600 + "[aabb]", None)] == [
        split_hash(raw) for raw in ("ink [aabb1122]", "ink v2(AABB)", "ink (old)", "x" * 600 + "[aabb]")
    ]


@pytest.mark.parametrize(
    ("arguments", "weight"),
    [
        ("", 1.0),
        (":0.8", 0.8),
        (":.5", 0.5),
        (":-1", -1.0),
        (":0.8:0.5", 0.5),
        (":te=.5:unet=1", 1.0),
        (":te=.5", 0.5),
        (":LBW=x", 1.0),
        (":1e-1", 0.1),
        (":", 1.0),
    ],
)
def test_weights_of_tags(arguments: str, weight: float) -> None:
    assert weight == tag_weight(arguments)


def test_only_braces_with_a_bar_are_alternatives() -> None:
    assert [(4, 9), (14, 23)] == alternatives("{a} {b|c} {d} {e|{f|g}} } {")


def test_numbers_are_finite() -> None:
    assert [1.0, 0.5, None, None, None, None, None] == [
        number(v) for v in (1, "0.5", True, "x", float("nan"), "inf", [])
    ]


def test_settings_are_shown_as_text() -> None:
    assert ["x", "1.5", "true", '{"a":[1]}'] == [shown(v) for v in ("x", 1.5, True, {"a": [1]})]


def test_json_inside_a_json_text_is_opened() -> None:
    assert [{"b": 1}, {}, {}] == [dict_at({"a": v}, "a") for v in ('{"b": 1}', '{"b', "x")]


# ---- fuzz ------------------------------------------------------------------------------------------------

KEYS = sorted({key for keys, _ in DECODERS for key in keys} | {"Software", "Title", "note", "GPS"})
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["a fox", "<lora:ink:1>", "None", "\ud800"]),
)
NAMES = st.sampled_from(
    "prompt negative_prompt sui_image_params loras loraweights software Prompt base_model full_prompt uc v4_prompt caption char_captions Comment c positive_prompt model "
    "image weight name models baseModel State Model ExtraNetworks $values nodes edges extraMetadata resources extra airs schema generator 1 class_type inputs AIGC".split()
)  # fmt: skip
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=6)),
    max_leaves=25,
)


@given(st.lists(st.tuples(st.sampled_from(KEYS), TREES), min_size=1, max_size=4), st.integers())
def test_no_json_makes_it_raise(pieces: list[tuple[str, object]], seed: int) -> None:
    chance = random.Random(seed)
    blobs = []
    for key, tree in pieces:
        text = tree if isinstance(tree, str) else json.dumps(tree)
        text = scalar(text[: chance.randrange(len(text) + 1)] if chance.random() < 0.2 else text)
        blobs.append(Blob(f"L/{key}", key, text))
    msgspec.json.encode(decode(Container("png", tuple(blobs)), DEFAULT_LIMITS))


@given(st.sampled_from(["c2pa", "iptc"]), st.binary(max_size=200))
def test_no_bytes_make_it_raise(key: str, data: bytes) -> None:
    msgspec.json.encode(decode(Container("png", (Blob("L", key, None, data),)), DEFAULT_LIMITS))


@given(st.text(st.sampled_from('abc \n:,"{}[]<>|\\=0.1—-'), max_size=60))
def test_no_text_makes_it_raise(text: str) -> None:
    for key in ("parameters", "xmp", "Description", "sidecar", "Dream"):
        msgspec.json.encode(read((key, f"{text}\n{TAIL}{text}"), (key, text)))
