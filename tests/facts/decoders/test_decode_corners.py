"""Corners that no writer's own file reaches: empty names, missing parts, limits in the middle. With these, every branch of the decoders is taken."""

from __future__ import annotations

import json
from itertools import count

import pytest
from test_decode_edges import TAIL, read, texts, tools

from sdscan.facts.decoders import c2pa, easydiffusion, fooocus, infotext, invokeai, metahub
from sdscan.facts.decoders.carriers import decode_hidden
from sdscan.facts.decoders.found import NOTHING, json_object, read_json, shown
from sdscan.facts.decoders.private import private_data
from sdscan.facts.decoders.xmp import read_packet
from sdscan.limits import DEFAULT_LIMITS, Limits
from sdscan.records import Blob


def models(*pieces: tuple[str, str]) -> list[tuple[str, str, float | None, str]]:
    """(kind, name, weight, state) of what is read."""
    return [(r.kind, r.name, r.weight, r.state) for g in read(*pieces).generations for r in g.resources]


# ---- names that are none -----------------------------------------------------------------------------------------------

EMPTY_NAMES = [
    ("Module 1: None", []),
    ("Module 1: ae, Module 2: None", [("vae", "ae", None, "used")]),
    ("TE: None", []),
    ('ADetailer model: None, ADetailer model 2nd: "face.pt,,None"', [("detector", "face", None, "used")]),
    ('Styles: "Ink,,None"', [("style", "Ink", None, "used")]),
    ('TI hashes: "None: 1234567890, glow: 1234567890"', [("embedding", "glow", None, "used")]),
    ('ControlNet 0: "Module: canny, odd, Model: edges [12345678], Weight: 0.5"', [("controlnet", "edges", 0.5, "used")]),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "expected"), EMPTY_NAMES, ids=[row[0] for row in EMPTY_NAMES])
def test_a_name_that_says_none_is_no_model(settings: str, expected: list[tuple[str, str, float | None, str]]) -> None:
    assert expected == models(("parameters", f"a fox\n{TAIL}, {settings}"))


def test_what_is_no_object_in_a_list_of_models_is_left_out() -> None:
    told = '[7, {"type": "lora", "modelName": "ink", "weight": 0.5}]'
    assert [("lora", "ink", 0.5, "used")] == models(("parameters", f"a fox\n{TAIL}, Civitai resources: {told}"))
    recipe = '{"loras": [7, {"file_name": "ink", "strength": 0.5}]}'
    assert [("lora", "ink", 0.5, "used")] == models(("parameters", f"a fox\n{TAIL}\nRecipe metadata: {recipe}"))


def test_a_tag_without_a_name_is_none() -> None:
    assert [] == models(("parameters", f"a fox <lora: :1>\n{TAIL}"))


def test_a_model_that_one_mention_sets_to_nothing_is_not_used() -> None:
    assert [("lora", "ink", 0.0, "unused")] == models(("parameters", f'a fox <lora:ink:0>\n{TAIL}, Lora hashes: "ink: 12345678"'))  # fmt: skip


# ---- JSON --------------------------------------------------------------------------------------------------------------


def test_json_with_too_many_values_is_said() -> None:
    small = Limits(values=3)
    value, problem = read_json("[1,2,3,4,5]", "x", small)
    assert value is None and problem is not None and "limit-values" == problem.code


DAMAGED = [
    ('{"a" "b", "c": [1, 2', None),
    ('{"a": 1, "b, {[ \\x": 2}', {"a": 1}),
    ('{"a": 1, "b, {[ \\', {"a": 1}),
    ('{"a": [1, {"b": 2}, 3}', {"a": [1, {"b": 2}]}),
    (f"[{'9' * 5000}, 2, x", [float("inf"), 2]),
    ("[1]]", [1]),
]


@pytest.mark.parametrize(("text", "expected"), DAMAGED, ids=range(len(DAMAGED)))
def test_json_is_read_up_to_the_last_whole_value_before_its_damage(text: str, expected: object) -> None:
    value, problem = read_json(text, "x", DEFAULT_LIMITS)
    assert problem is not None
    assert (expected, expected is None) == (value, problem.detail.endswith("it is not read"))


def test_json_in_a_json_text_is_opened_once() -> None:
    assert ({"a": 1}, None) == json_object(json.dumps(json.dumps({"a": 1})), "x", DEFAULT_LIMITS)


def test_a_setting_that_nests_too_deep_to_be_written_is_left_out() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert "" == shown(deep)


# ---- decoders that are asked for nothing -------------------------------------------------------------------------------


def test_a_decoder_without_its_keys_says_nothing() -> None:
    assert NOTHING is easydiffusion.decode({}, DEFAULT_LIMITS)
    assert NOTHING is easydiffusion.decode({"stable diffusion model": [Blob("x", "Stable Diffusion model", "")]}, DEFAULT_LIMITS)  # fmt: skip
    assert NOTHING is invokeai.decode({}, DEFAULT_LIMITS)


def test_json_of_somebody_else_is_left_to_the_others() -> None:
    assert None is fooocus.from_mre({"software": "other"}, "x", DEFAULT_LIMITS)
    assert None is metahub.from_plain({"generator": "ComfyUI"}, "x", DEFAULT_LIMITS)
    assert None is invokeai.from_json({"a": 1}, "x", DEFAULT_LIMITS)


def test_a_graph_without_a_text_or_a_model_is_no_generation_of_invokeai() -> None:
    assert ["unknown"] == tools(read(("invokeai_graph", '{"nodes": {"a": {"type": "noise"}}}')))


def test_prompts_of_invokeai_that_are_no_text_are_left_out() -> None:
    decoded = read(("sd-metadata", '{"image": {"prompt": [7, {"prompt": null}, {"prompt": "a fox"}]}}'))
    assert [("positive", "a fox")] == texts(decoded)


def test_loras_of_fooocus_in_every_shape() -> None:
    told = {"prompt": "a fox", "fooocus_scheme": "x", "base_model": "b", "loras": [7, [], ["ink", 0.5], {"name": "wash", "weight": 1}]}  # fmt: skip
    found = fooocus.from_json(told, "x", DEFAULT_LIMITS)
    assert found is not None
    assert [("ink", 0.5), ("wash", 1.0)] == [(r.name, r.weight) for r in found.generations[0].resources if r.kind == "lora"]  # fmt: skip


def test_a_model_of_swarm_that_plays_no_known_part_is_left_out() -> None:
    swarm = {"sui_image_params": {"prompt": "a fox", "model": "base"}, "sui_models": [{"name": "x", "param": "other"}]}
    assert [("checkpoint", "base", None, "used")] == models(("parameters", json.dumps(swarm)))


def test_a_reference_of_novelai_without_a_description_is_no_prompt() -> None:
    comment = {"prompt": "a fox", "uc": "fog", "steps": 1, "sampler": "k", "director_reference_descriptions": [{"caption": {}}]}  # fmt: skip
    decoded = read(("Software", "NovelAI"), ("Comment", json.dumps(comment)))
    assert [("positive", "a fox"), ("negative", "fog")] == texts(decoded)


def test_an_empty_copy_in_the_pixels_is_no_generation() -> None:
    assert () == decode_hidden({"stealth_pnginfo": [Blob("png:alpha/x", "stealth_pnginfo", "")]}, DEFAULT_LIMITS).generations  # fmt: skip


def test_the_same_graph_in_two_places_is_one() -> None:
    graph = '{"1": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox"}}}'
    assert ["comfyui"] == tools(read(("prompt", graph), ("Prompt", graph)))


# ---- C2PA --------------------------------------------------------------------------------------------------------------


def test_a_manifest_is_summed_up_with_whatever_it_says() -> None:
    empty = c2pa.Manifest("urn:x", [], [], [], [], [])
    assert "manifest present; not verified" == c2pa.summary([])
    assert "manifest present; not verified" == c2pa.summary([empty])
    c2pa._take_action(empty, {"softwareAgent": {"name": "gpt-image"}})
    assert "gpt-image; not verified" == c2pa.summary([empty])


# ---- infotext ----------------------------------------------------------------------------------------------------------


def test_one_pair_a_line_is_read_from_the_first_of_them() -> None:
    found = infotext.parse_infotext("a fox\nSize: 64x64\nSeed: 7\nSteps: 24, Sampler: Euler a, CFG scale: 5")
    assert ("a fox", "Size") == (found.prompt, found.parameters[0][0])


def test_a_very_long_parameter_line_is_read_as_far_as_it_counts() -> None:
    line = f"{TAIL}, " + ", ".join(f"key {number}: {'x' * 20}" for number in range(25_000))
    assert 20_000 == len(infotext.parse_infotext(f"a fox\n{line}").parameters)


def test_json_that_is_cut_at_the_end_of_the_text_is_kept_as_it_stands() -> None:
    found = infotext.parse_infotext(f'a fox\n{TAIL}, Hashes: {{"model": "12", "vae":')
    assert ("Hashes", '{"model": "12", "vae":') == found.parameters[-1]


# ---- XMP ---------------------------------------------------------------------------------------------------------------


def test_an_end_without_a_begin_is_survived() -> None:
    assert ([], None) == read_packet("</a:b>text</c:d>", DEFAULT_LIMITS)


def test_a_packet_with_too_many_damaged_tags_is_given_up_and_said() -> None:
    packet = "< " * 20_000
    found, left = read_packet(packet, DEFAULT_LIMITS)
    assert [] == found and left is not None and left.startswith("is no XML")
    assert ["limit-tags"] == [p.code for p in read(("XML:com.adobe.xmp", packet), ("xmp", packet)).problems]


def test_one_element_has_no_more_values_than_a_packet_may_have() -> None:
    attributes = " ".join(f'dc:a{number}="b"' for number in range(20))
    found, left = read_packet(f"<x:x {attributes}>text</x:x>", Limits(tags=5))
    assert (5, "has more than 5 values") == (len(found), left)


# ---- personal data -----------------------------------------------------------------------------------------------------


def test_at_most_fifty_personal_things_are_kept() -> None:
    mails = [Blob(f"x{n}", "x", " ".join(f"a{n}.{m}@example.org" for m in range(30))) for n in range(4)]
    assert 50 == len(private_data(mails))


# ---- time --------------------------------------------------------------------------------------------------------------


def test_a_file_that_takes_too_long_keeps_what_was_read_and_says_so() -> None:
    class Slow(Limits, frozen=True):
        asked = count()

        def over(self) -> bool:
            return next(Slow.asked) > 0

    decoded = read(("Dream", '"a fox" -s 50'), ("sd-metadata", "{}"), ("prompt", "{}"), ("workflow", "{}"), ("parameters", f"a fox\n{TAIL}"), limits=Slow())  # fmt: skip
    assert ["limit-seconds"] == [problem.code for problem in decoded.problems if problem.code == "limit-seconds"]
    assert 1 >= len(decoded.generations)


# ---- what marks repeat -------------------------------------------------------------------------------------------------

STATED = "Iptc4xmpExt:AIPromptInformation"


def marked(prompt: str) -> str:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        f'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" Iptc4xmpExt:AISystemUsed="x"><{STATED}>{prompt}</{STATED}></rdf:Description></rdf:RDF></x:xmpmeta>'
    )


@pytest.mark.parametrize(
    ("repeated", "expected"),
    [("a fox", ["a1111"]), ("a fox\nfog", ["a1111", "unknown"]), ("a wolf", ["a1111", "unknown"])],
)
def test_a_mark_that_only_repeats_the_prompt_is_no_generation_of_its_own(repeated: str, expected: list[str]) -> None:
    decoded = read(("parameters", f"a fox\n{TAIL}"), ("xmp", marked(repeated)))
    assert expected == tools(decoded)
