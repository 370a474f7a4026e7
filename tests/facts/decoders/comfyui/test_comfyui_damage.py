"""Graphs that are cut, wrapped, doubly encoded or hostile: what is there is read, the rest is said, and nothing takes long."""

from __future__ import annotations

import gc
import json
import time
from typing import Any

import msgspec
import pytest
from comfyui_graphs import both, cnode, decode, default_canvas, models, node, texts, txt2img
from hypothesis import given
from hypothesis import strategies as st

from sdscan.limits import DEFAULT_LIMITS

PAIR = [("positive", "a cat"), ("negative", "blurry")]
WHOLE = json.dumps(txt2img())


@pytest.mark.parametrize(
    "text",
    [
        WHOLE.replace('"seed": 1', '"seed": NaN'),
        WHOLE.replace('"class_type": "VAEDecode"', '"is_changed": [Infinity, -Infinity], "class_type": "VAEDecode"'),
        json.dumps(WHOLE),
        json.dumps(json.dumps(WHOLE)),
        "\ufeff" + WHOLE + "\0\0",
        WHOLE + "trailing rubbish",
        json.dumps({"prompt": txt2img()}),
        json.dumps({"prompt": txt2img(), "workflow": default_canvas("another")}),
        json.dumps({"client_id": "x", "prompt": txt2img(), "extra_data": {"extra_pnginfo": {"workflow": default_canvas("another")}}}),
        WHOLE.replace('"text": "a cat"', '"text": "a dog", "text": "a cat"'),
        WHOLE.replace('{"3":', '{"6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a dog"}}, "3":'),
    ],
)  # fmt: skip
def test_odd_but_whole_json_is_read_in_full(text: str) -> None:
    generation, problems = both(text)
    assert generation is not None
    assert PAIR == texts(generation)
    assert [] == problems
    assert not generation.canvas_only


@pytest.mark.parametrize(
    "text",
    [
        "1girl, solo",
        "a {red|blue} cat",
        "",
        "null",
        "undefined",
        '"just words"',
        "[1, 2]",
        '{"a": 1}',
        '{"1": {"inputs": {}}}',
        "7",
        "\0",
    ],
)
def test_what_is_no_graph_is_left_to_the_caller(text: str) -> None:
    assert (None, []) == both(text, None)
    assert (None, []) == both(None, text)


def test_broken_json_without_anything_in_it_is_said() -> None:
    assert (None, ["bad-json"]) == both('{"', None)


def test_a_cut_graph_gives_what_stands_before_the_cut() -> None:
    text = WHOLE[: WHOLE.index('"8"')]
    generation, problems = both(text)
    assert generation is not None
    assert PAIR == texts(generation)
    assert ["truncated-graph"] == problems


def test_a_text_that_is_cut_is_shown_as_far_as_it_goes() -> None:
    text = WHOLE[: WHOLE.index("blurry") + 4]
    generation, problems = both(text)
    assert generation is not None
    assert [("positive", "a cat"), ("negative", "blur")] == texts(generation)
    assert ["truncated-graph"] == problems


def test_a_cut_graph_is_completed_from_the_canvas() -> None:
    text = WHOLE[: WHOLE.index('"6": {')].replace('"steps": 20', '"steps": 33')
    generation, problems = both(text, default_canvas())
    assert generation is not None
    assert PAIR == texts(generation)
    assert "33" == generation.parameters["Steps"]
    assert ["png:tEXt/workflow#6.widgets_values[0]", "png:tEXt/workflow#7.widgets_values[0]"] == [
        p.locator for p in generation.prompts
    ]
    assert ["truncated-graph"] == problems
    assert not generation.canvas_only


def test_a_graph_that_begins_in_the_middle_is_read_from_its_first_node_on() -> None:
    generation, problems = both(WHOLE[5:])
    assert generation is not None
    assert {"a cat", "blurry"} == {prompt.text for prompt in generation.prompts}
    assert ["truncated-graph"] == problems


def test_a_cut_canvas_gives_its_whole_nodes() -> None:
    text = json.dumps(default_canvas())
    generation, problems = both(None, text[: text.index('"links": [[')])
    assert generation is not None
    assert PAIR == texts(generation)
    assert ["truncated-graph"] == problems


@given(st.integers(0, len(WHOLE)), st.integers(0, 400))
def test_every_cut_gives_an_answer(end: int, start: int) -> None:
    for text in (WHOLE[:end], WHOLE[start:end]):
        generation, problems = both(text, None)
        assert generation is None or problems or end == len(WHOLE)
        assert all(prompt.text in "a catblurry" for prompt in (generation.prompts if generation else ()))


def test_lone_surrogates_and_control_characters_survive() -> None:
    generation = decode(WHOLE.replace("a cat", "a \\ud800cat\n\\u0000"))
    assert "a \ufffdcat\n\0" == generation.prompts[0].text
    msgspec.json.encode(generation)


# ---- hostile shapes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        7,
        "x",
        [],
        {},
        [None],
        [[]],
        {"a": None},
        ["6"],
        ["6", "0"],
        ["6", None],
        [6, 0],
        ["nowhere", 0],
        ["6", 1e308],
        True,
    ],
)
@pytest.mark.parametrize("name", ["text", "clip"])
def test_an_input_of_any_shape_is_survived(wrong: Any, name: str) -> None:
    graph = txt2img()
    graph["6"]["inputs"][name] = wrong
    assert ("negative", "blurry") in texts(decode(graph))


@pytest.mark.parametrize("key", ["id", "type", "mode", "inputs", "outputs", "widgets_values"])
@pytest.mark.parametrize("wrong", [None, 7, 1.5, "x", [], {}, [None], [[1]], {"a": 1}, 10**30, True])
def test_a_canvas_node_of_any_shape_is_survived(key: str, wrong: Any) -> None:
    graph = default_canvas()
    graph["nodes"][2][key] = wrong
    assert "blurry" in {prompt.text for prompt in decode(None, graph).prompts}


@pytest.mark.parametrize("key", ["links", "extra", "definitions", "groups"])
@pytest.mark.parametrize(
    "wrong",
    [None, 7, "x", {}, [None], [[1]], {"ue_links": 5, "groupNodes": [], "subgraphs": 5}, {"subgraphs": [{"id": 5}, 7]}],
)
def test_a_canvas_of_any_shape_is_survived(key: str, wrong: Any) -> None:
    assert {"a cat", "blurry"} == {prompt.text for prompt in decode(None, default_canvas() | {key: wrong}).prompts}


def test_a_circle_of_nodes_comes_to_an_end() -> None:
    graph = {"1": node("A", text="a cat", prev=["2", 0]), "2": node("B", prev=["1", 0])}
    assert [("unknown", "a cat")] == texts(decode(graph))
    reroutes = [cnode(n, "Reroute", [("", "*", n)], [("*", [n + 1])]) for n in range(20)]
    loop = default_canvas()
    loop["nodes"] += [{**item, "id": 100 + item["id"]} for item in reroutes]
    loop["links"] += [[200 + n, 100 + (n + 1) % 20, 0, 100 + n, 0, "*"] for n in range(20)]
    assert PAIR == texts(decode(None, loop))


def test_nodes_prompts_and_models_are_bounded_and_said() -> None:
    small = msgspec.structs.replace(DEFAULT_LIMITS, nodes=50, prompts=5, resources=3)
    graph = {str(n): node("MyLoraEncoder", text=f"cat {n}", lora_name=f"l{n}.safetensors") for n in range(100)}
    generation, problems = both(graph, None, small)
    assert generation is not None
    assert (5, 3) == (len(generation.prompts), len(generation.resources))
    assert ["limit-nodes", "limit-prompts", "limit-models"] == problems


def test_a_canvas_is_bounded_too() -> None:
    small = msgspec.structs.replace(DEFAULT_LIMITS, nodes=50)
    definition = {"id": "bomb", "nodes": [cnode(n, "bomb") for n in range(10)], "links": []}
    graph = default_canvas() | {"definitions": {"subgraphs": [definition]}}
    graph["nodes"] += [cnode(50 + n, "bomb") for n in range(10)]
    _, problems = both(None, graph, small)
    assert ["limit-nodes"] == problems


def test_text_beyond_the_limit_of_json_is_not_read() -> None:
    small = msgspec.structs.replace(DEFAULT_LIMITS, json=100)
    assert (None, ["limit-json"]) == both(WHOLE, None, small)


def test_deep_nesting_is_survived() -> None:
    deep = "[" * 100_000
    assert (None, ["bad-json"]) == both('{"1": ' + deep, None) or both('{"1": ' + deep, None)[0] is None
    generation, _ = both(WHOLE[:-1] + ', "x": ' + deep + "]" * 100_000 + "}", None)
    assert generation is not None
    assert PAIR == texts(generation)


def chain(length: int) -> dict[str, Any]:
    graph = {str(n): node("Passing", value=[str(n + 1), 0], other=[str(n + 2), 0]) for n in range(length)}
    graph[str(length)] = node("CLIPTextEncode", text="a cat")
    return graph


def reroute_chain(length: int) -> dict[str, Any]:
    graph = default_canvas()
    nodes = [cnode(1000 + n, "Reroute", [("", "*", 1000 + n)], [("*", [1001 + n])]) for n in range(length)]
    users = [cnode(100_000 + n, "User", [("x", "*", 1000 + length)], []) for n in range(length)]
    graph["nodes"] += nodes + users
    graph["links"] += [[1000, 6, 0, 1000, 0, "*"], *([1001 + n, 1000 + n, 0, 1001 + n, 0, "*"] for n in range(length))]
    return graph


def strings(length: int) -> dict[str, Any]:
    graph = txt2img(["100", 0])
    graph |= {str(100 + n): node("StringConcatenate", string_a=[str(101 + n), 0], string_b="x") for n in range(length)}
    return graph


def many_inputs(length: int) -> dict[str, Any]:
    inputs = {f"lora_{n}": f"a{n}.safetensors" for n in range(length)} | {f"strength_{n}": 0.5 for n in range(length)}
    return txt2img(model=["10", 0], n10=node("My Big Lora Stack", **inputs))


@pytest.mark.parametrize("shape", [chain, reroute_chain, strings, many_inputs], ids=lambda shape: shape.__name__)
def test_time_grows_no_faster_than_the_graph(shape: Any, request: pytest.FixtureRequest) -> None:
    def seconds(length: int) -> float:
        text = json.dumps(shape(length))
        canvas = '"nodes"' in text[:200_000]
        best = 9.0
        for _ in range(3):
            begin = time.process_time()
            both(None if canvas else text + " " * length, text if canvas else None)
            best = min(best, time.process_time() - begin)
        return best

    gc.disable()  # what it collects is the whole test process
    request.addfinalizer(gc.enable)

    assert seconds(4000) < max(0.05, 12 * seconds(500) + 0.02)


def test_the_same_graph_gives_the_same_answer_again() -> None:
    assert both(WHOLE, default_canvas()) == both(WHOLE, default_canvas())
    assert models(decode(WHOLE), "checkpoint") == models(decode(WHOLE), "checkpoint")


def test_a_broken_canvas_beside_a_whole_graph_is_said_only_where_it_was_needed() -> None:
    generation, problems = both(WHOLE, '{"nodes": [{"id": 1, "mode": 2, "typ')
    assert generation is not None
    assert PAIR == texts(generation)
    assert ["truncated-graph"] == problems
    assert [] == both(WHOLE, '{"nodes": [{"id": 1, "typ')[1]


@pytest.mark.parametrize("end", ["\\\\", "\\u12", "\\ud83d", "\\x"])
def test_a_cut_inside_an_escape_is_survived(end: str) -> None:
    text = WHOLE[: WHOLE.index("blurry")] + "blur" + end
    generation, _ = both(text)
    assert generation is not None
    assert generation.prompts[-1].text.startswith("blur")


def test_a_cut_node_gives_at_most_so_many_inputs() -> None:
    text = '{"1": {"inputs": {' + ", ".join(f'"text_{n}": "word {n}"' for n in range(400))
    generation, _ = both(text)
    assert generation is not None
    assert 200 == len(generation.prompts)


def test_links_with_numbers_as_texts_are_taken() -> None:
    graph = default_canvas()
    graph["links"] = {
        str(item[0]): [str(part) if isinstance(part, int) else part for part in item] for item in graph["links"]
    }
    assert {"a cat", "blurry"} == {prompt.text for prompt in decode(None, graph).prompts}
    assert PAIR == texts(decode(None, graph))
