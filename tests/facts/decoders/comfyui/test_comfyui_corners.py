"""Corners of graphs that no real file reaches: slots of no type, links to nowhere, values that are too few. With these, every branch is taken."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from comfyui_graphs import both, cnode, decode, default_canvas, models, node, texts, txt2img

from sdscan.facts.decoders.comfyui.canvas import is_canvas
from sdscan.facts.decoders.comfyui.groups import as_subgraph
from sdscan.facts.decoders.comfyui.raw import integer
from sdscan.limits import DEFAULT_LIMITS

PAIR = [("positive", "a cat"), ("negative", "blurry")]


def limited(**limits: int) -> Any:
    return msgspec.structs.replace(DEFAULT_LIMITS, **limits)


# ---- the executed form -------------------------------------------------------------------------------------------------


def test_a_node_without_inputs_is_a_node() -> None:
    assert PAIR == texts(decode(txt2img(n1={"class_type": "Note"}, n2={"class_type": "Note", "inputs": []})))


def test_an_embedding_that_is_only_a_dot_is_none() -> None:
    assert [] == models(decode(txt2img("a cat embedding:.")), "embedding")


def test_a_picture_that_stands_in_the_graph_itself_is_named_as_such() -> None:
    graph = txt2img(
        n10=node("LoadImageBase64", base64="aGVsbG8="), n11=node("VAEEncode", pixels=["10", 0], vae=["4", 2])
    )
    graph["3"]["inputs"]["latent_image"] = ["11", 0]
    assert 1 == len(models(decode(graph), "reference-image"))


def test_a_node_that_shows_a_picture_and_is_of_no_known_class_is_an_output() -> None:
    graph = txt2img()
    graph["9"] = node("MyOwnThing", images=["8", 0])
    assert PAIR == texts(decode(graph))


def test_a_lora_name_that_comes_in_by_a_link_counts_where_it_is_a_file() -> None:
    for name, expected in (("ink.safetensors", [("ink", None, "used")]), ("some text", [])):
        graph = txt2img(model=["10", 0], n10=node("MyStack", model=["4", 0], lora_name=["11", 0]), n11=node("PrimitiveString", value=name))  # fmt: skip
        assert expected == models(decode(graph))


def test_a_text_that_a_node_showed_counts_where_nothing_makes_it() -> None:
    graph = txt2img(["10", 0], n10=node("ShowText|pysssss", mode="x", split_lines=True, text=["11", 0], text_1="", text_0="a dog"), n11=node("SomeMaker"))  # fmt: skip
    assert ("positive", "a dog") in texts(decode(graph))
    alone = txt2img(n10=node("ShowText|pysssss", text=["11", 0], text_0="a dog on a log"), n11=node("SomeMaker"))
    assert "a dog on a log" in {prompt.text for prompt in decode(alone).prompts}


def test_what_the_canvas_shows_is_taken_where_the_node_kept_nothing() -> None:
    for shown in (["a dog"], []):
        graph = txt2img(["10", 0], n10=node("ShowText|pysssss", text=["11", 0]), n11=node("SomeMaker"))
        picture = default_canvas()
        picture["nodes"].append(cnode(10, "ShowText|pysssss", [("text", "STRING", None)], [("STRING", [])], shown))
        found = [text for _, text in texts(decode(graph, picture))]
        assert ("a dog" in found) == bool(shown)


def test_a_text_of_nothing_but_blanks_is_no_prompt() -> None:
    graph = txt2img(["10", 0], n10=node("StringConcatenate", string_a="  ", string_b=" ", delimiter=" "))
    assert [("negative", "blurry")] == texts(decode(graph))


def test_a_version_that_is_none_is_passed_over() -> None:
    picture = default_canvas()
    picture["nodes"][0]["properties"] = {"cnr_id": "comfy-core", "ver": "next"}
    picture["nodes"][1]["properties"] = {"cnr_id": "comfy-core", "ver": "0.3.40"}
    assert "0.3.40" == decode(txt2img(), picture).tool_version


def test_texts_that_language_models_are_asked_are_gone_through_once() -> None:
    graph = txt2img(["10", 0], n10=node("OllamaGenerate", prompt=["11", 0], system=["12", 0]))
    graph |= {"11": node("PrimitiveString", value=["13", 0]), "12": node("PrimitiveString", value=["13", 0]), "13": node("PrimitiveString", value="describe a cat")}  # fmt: skip
    assert "describe a cat" in {prompt.text for prompt in decode(graph).prompts}


# ---- cut ---------------------------------------------------------------------------------------------------------------


def test_a_cut_graph_is_read_up_to_the_limit() -> None:
    text = json.dumps(txt2img())[:-30]
    generation, _ = both(text, None, limited(nodes=2))
    assert generation is None or len(generation.prompts) <= 2


def test_a_canvas_that_is_cut_among_its_nodes_gives_those_before() -> None:
    text = json.dumps({"nodes": default_canvas()["nodes"]})
    generation, problems = both(None, text[: text.index('"SaveImage"')])
    assert generation is not None
    assert ({"a cat", "blurry"}, ["truncated-graph"]) == ({prompt.text for prompt in generation.prompts}, problems)
    generation, _ = both(None, text[: text.index('"SaveImage"')], limited(nodes=3))
    assert generation is not None and 1 == len(generation.prompts)


# ---- the canvas --------------------------------------------------------------------------------------------------------

SHAPES = [
    ({"nodes": [{"type": "x", "outputs": []}]}, True),
    ({"nodes": [{"type": "x"}]}, False),
    ({"nodes": [7]}, False),
    ({"nodes": [], "links": []}, False),
    ({"nodes": [7], "last_node_id": 1}, True),
]


@pytest.mark.parametrize(("data", "expected"), SHAPES)
def test_a_canvas_is_told_by_its_first_node_where_nothing_else_says_so(data: Any, expected: bool) -> None:
    assert expected == is_canvas(data)


@pytest.mark.parametrize(("value", "expected"), [(3.0, 3), (3.5, -1), ("3", 3), (True, -1), (float("inf"), -1)])
def test_numbers_of_slots_in_every_spelling(value: object, expected: int) -> None:
    assert expected == integer(value)


def test_links_that_are_no_numbers_are_no_links() -> None:
    picture = default_canvas()
    del picture["links"]
    picture["nodes"][0]["outputs"][0]["links"] = ["x", None, 1]
    assert {"a cat", "blurry"} == {prompt.text for prompt in decode(None, picture).prompts}


def test_a_link_from_outside_where_there_is_no_outside_leads_nowhere() -> None:
    picture = default_canvas()
    picture["links"][3] = [4, -10, 0, 3, 1, "CONDITIONING"]
    assert {"a cat", "blurry"} == {prompt.text for prompt in decode(None, picture).prompts}


def test_a_definition_that_stands_twice_or_has_no_name_counts_once() -> None:
    inner = {"id": "box", "nodes": [cnode(1, "CLIPTextEncode", [], [("CONDITIONING", [])], ["a dog"])], "links": []}
    picture = default_canvas() | {"definitions": {"subgraphs": [inner, dict(inner), {"nodes": []}]}}
    picture["nodes"].append(cnode(50, "box"))
    assert ["a dog"] == [prompt.text for prompt in decode(None, picture).prompts if "dog" in prompt.text]


def test_sub_graphs_that_unfold_into_more_than_is_read_are_said() -> None:
    wide = {"id": "wide", "nodes": [cnode(1, "A", values=list(range(3000)))], "links": []}
    picture = default_canvas() | {"definitions": {"subgraphs": [wide]}}
    picture["nodes"] += [cnode(100 + n, "wide") for n in range(40)]
    _, problems = both(None, picture, limited(nodes=60))
    assert ["limit-nodes"] == problems


def test_an_instance_gives_its_own_values_to_all_that_ask() -> None:
    links = [{"id": n, "origin_id": -10, "origin_slot": n, "target_id": n, "target_slot": 0, "type": "STRING"} for n in (0, 1)]
    inner = [cnode(n, "CLIPTextEncode", [("text", "STRING", n, "text")], [("CONDITIONING", [])], ["old"]) for n in (0, 1)]
    definition = {"id": "box", "inputs": [{"name": "text"}, {"name": "other"}], "nodes": inner, "links": links}
    slots = [("text", "STRING", None, "text"), ("other", "STRING", None, "other")]
    picture = default_canvas() | {"definitions": {"subgraphs": [definition]}}
    picture["nodes"].append(cnode(50, "box", slots, [], ["a dog", "a bird"]))
    assert {"a dog", "a bird"} <= {prompt.text for prompt in decode(None, picture).prompts}


def test_two_senders_to_everywhere_share_the_links() -> None:
    picture = default_canvas()
    picture["nodes"] += [
        cnode(60, "Anything Everywhere", [("anything", "MODEL", 1)]), cnode(61, "Anything Everywhere", [("anything", "VAE", 7)]),
    ]  # fmt: skip
    assert PAIR == texts(decode(None, picture))


WIDGETS = [
    ("too few values for the names", ["text", "other", "third"], ["a dog runs over the hill"], "a dog runs over the hill"),
    ("a seed and what follows it", ["seed", "text"], [7, "fixed", "a dog runs over the hill"], "a dog runs over the hill"),
]  # fmt: skip


@pytest.mark.parametrize(("names", "values", "expected"), [row[1:] for row in WIDGETS], ids=[row[0] for row in WIDGETS])
def test_values_of_a_node_of_unknown_class(names: list[str], values: list[Any], expected: str) -> None:
    picture = default_canvas()
    inputs = [(name, "STRING", None, name) for name in names]
    picture["nodes"].append(cnode(50, "MyPromptText", inputs, [("STRING", [])], values))
    assert expected in {prompt.text for prompt in decode(None, picture).prompts}


def test_a_lora_of_an_unknown_class_without_a_number_behind_it() -> None:
    lora = cnode(10, "MyLoraThing", [("model", "MODEL", 1)], [("MODEL", [11])], [True, "loras/ink.safetensors", "x"])
    assert ["ink"] == [name for name, _, _ in models(decode(None, default_canvas(lora=lora)))]


# ---- group nodes -------------------------------------------------------------------------------------------------------


def test_a_group_with_more_open_slots_inside_than_outside() -> None:
    group = {
        "nodes": [
            {"type": "A", "inputs": [{"name": "a", "type": "MODEL"}], "outputs": [{"name": "x", "type": "MODEL"}, {"name": "y", "type": "VAE"}]},
            {"type": "B", "widgets_values": ["a dog"], "outputs": [{"name": "z", "type": "CLIP"}]},
        ],
        "links": [],
    }  # fmt: skip
    instance = cnode(50, "workflow>g", [("c", "CLIP", None), ("m", "MODEL", None)], [("IMAGE", []), ("VAE", []), ("CLIP", [])], ["a dog"])  # fmt: skip
    inside = as_subgraph(group, instance)
    links = [(link["origin_id"], link["target_id"], link["target_slot"]) for link in inside["links"]]  # type: ignore[attr-defined]
    assert [(-10, 0, 0), (0, -20, 1), (1, -20, 2)] == links
    assert [None, ["a dog"]] == [item.get("widgets_values") for item in inside["nodes"]]  # type: ignore[attr-defined]


def test_values_of_a_group_are_shared_by_their_kind_where_their_number_differs() -> None:
    group = {"nodes": [{"type": "A", "widgets_values": [True, 7, ["x"], "a.safetensors"]}], "links": []}
    inside = as_subgraph(group, cnode(50, "workflow>g", values=[False, 8, {"y": 1}, "b.safetensors", "more"]))
    assert 1 == len(inside["nodes"])  # type: ignore[arg-type]
