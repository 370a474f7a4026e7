"""The editor's canvas alone: what the executed form would have said."""

from __future__ import annotations

from typing import Any

import pytest
from comfyui_graphs import both, canvas, cnode, decode, default_canvas, models, texts, txt2img

PAIR = [("positive", "a cat"), ("negative", "blurry")]
LORA = "anime\\miku.safetensors"


def lora(kind: str, values: Any, mode: int = 0, **more: Any) -> dict[str, Any]:
    """A loader with the id 10 between the checkpoint (link 1) and the sampler (link 11)."""
    return cnode(10, kind, [("model", "MODEL", 1)], [("MODEL", [11])], values, mode, **more)


def test_a_canvas_says_the_same_as_what_was_executed() -> None:
    generation = decode(None, default_canvas())
    assert PAIR == texts(generation)
    assert generation.canvas_only
    assert ["png:tEXt/workflow#6.widgets_values[0]", "png:tEXt/workflow#7.widgets_values[0]"] == [
        p.locator for p in generation.prompts
    ]
    assert {
        "Seed": "1",
        "Steps": "20",
        "CFG scale": "7",
        "Sampler": "euler",
        "Schedule type": "normal",
        "Denoise": "1",
        "Size": "512x768",
    } == generation.parameters
    assert [("base", None, "used")] == models(generation, "checkpoint")


def test_what_was_executed_is_trusted_over_the_canvas() -> None:
    generation = decode(txt2img("a dog"), default_canvas("a cat"))
    assert [("positive", "a dog"), ("negative", "blurry")] == texts(generation)
    assert not generation.canvas_only


def test_a_canvas_in_the_place_of_the_executed_form_is_told_by_its_shape() -> None:
    generation = decode(default_canvas())
    assert generation.canvas_only
    assert PAIR == texts(generation)


@pytest.mark.parametrize(("mode", "state"), [(0, "used"), (2, "unused"), (4, "unused")])
def test_muted_and_bypassed_loaders_are_unused_and_texts_stay(mode: int, state: str) -> None:
    generation = decode(None, default_canvas(lora=lora("LoraLoaderModelOnly", [LORA, 0.8], mode)))
    assert [("miku", 0.8, state)] == models(generation)
    assert PAIR == texts(generation)


def test_a_bypassed_loader_passes_its_checkpoint_on() -> None:
    generation = decode(None, default_canvas(lora=lora("LoraLoaderModelOnly", [LORA, 0.8], 4)))
    assert [("base", None, "used")] == models(generation, "checkpoint")


def test_loras_switched_off_on_the_canvas_are_told_beside_what_was_executed() -> None:
    generation = decode(txt2img(), default_canvas(lora=lora("LoraLoaderModelOnly", [LORA, 0.8], 2)))
    assert [("miku", 0.8, "unused")] == models(generation)


@pytest.mark.parametrize(
    ("loader", "expected"),
    [
        (lora("LoraLoader", [LORA, 0.8, 1]), [("miku", 0.8, "used")]),
        (lora("CR LoRA Stack", ["On", LORA, 0.8, 1, "Off", "b.safetensors", 1, 1, "Off", "None", 1, 1]), [("miku", 0.8, "used"), ("b", 1, "unused")]),
        (lora("LoRA Stacker", ["simple", 1, LORA, 0.8, 1, 1, "b.safetensors", 0.5, 1, 1]), [("miku", 0.8, "used"), ("b", 0.5, "unused")]),
        (lora("LoRA Stacker", [LORA, 0.8, "None", 1, "None", 1]), [("miku", 0.8, "used")]),
        (
            lora("Power Lora Loader (rgthree)", [{}, {"type": "PowerLoraLoaderHeaderWidget"}, {"on": True, "lora": LORA, "strength": 0.8},
                                                 {"on": False, "lora": "b.safetensors", "strength": 1}, {}, ""]),
            [("miku", 0.8, "used"), ("b", 1, "unused")],
        ),
        (lora("Lora Loader (LoraManager)", ["<lora:miku:0.8>", [{"name": "miku", "strength": 0.8, "active": True}]]), [("miku", 0.8, "used")]),
        (lora("easy loraStack", [True, "simple", 1, LORA, 0.8, 1, 1, "b.safetensors", 1, 1, 1]), [("miku", 0.8, "used"), ("b", 1, "unused")]),
        (lora("WanVideoLoraSelectMulti", [LORA, 0.8, "none", 1, "none", 1]), [("miku", 0.8, "used")]),
        (lora("SomeLoraThing", ["x", LORA, 0.8]), [("miku", 0.8, "used")]),
        (lora("SomeLoraThing", [True, LORA, 0.8, False, "b.safetensors", 1]), [("miku", 0.8, "used"), ("b", 1, "unused")]),
        (lora("SomeLoraThing", {"lora_name": LORA, "strength_model": 0.8}), [("miku", 0.8, "used")]),
        (lora("LoraLoader", [LORA, 0.8, 1, "more"]), [("miku", 0.8, "used")]),
    ],
)  # fmt: skip
def test_loras_are_found_by_position(loader: dict[str, Any], expected: list[tuple[Any, ...]]) -> None:
    assert expected == models(decode(None, default_canvas(lora=loader)))


EFFICIENT = ["base.safetensors", "Baked VAE", -1, LORA, 0.8, 1, "a cat", "blurry"]


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("Efficient Loader", [*EFFICIENT, "none", "comfy", 512, 512, 1], PAIR),
        ("Efficient Loader", [*EFFICIENT, 512, 512, 1], PAIR),
        ("Efficient Loader", ["base.safetensors", "Baked VAE", -2, "a cat", "blurry", 512, 512, 1], PAIR),
        ("easy a1111Loader", ["base.safetensors", "Baked VAE", -1, "None", 1, 1, "512 x 512", 512, 512, "a cat", "blurry", 1, False], PAIR),
        ("easy fullLoader", ["base.safetensors", "Default", "Baked VAE", -1, "None", 1, 1, "512 x 512", 512, 512, "a cat", "none", "comfy", "blurry", "none", "comfy", 1], PAIR),
    ],
)  # fmt: skip
def test_loaders_with_both_prompts_are_read_in_all_their_layouts(
    kind: str, values: list[Any], expected: list[tuple[str, str]]
) -> None:
    graph = canvas(
        [
            cnode(1, kind, [], [("MODEL", [1]), ("CONDITIONING", [2]), ("CONDITIONING", [3])], values),
            cnode(2, "KSampler (Efficient)", [("model", "MODEL", 1), ("positive", "CONDITIONING", 2), ("negative", "CONDITIONING", 3)], [("IMAGE", [])], [-1, None, 20, 7, "euler", "normal", 1, "auto", "true"]),
        ],
        [[1, 1, 0, 2, 0, "MODEL"], [2, 1, 1, 2, 1, "CONDITIONING"], [3, 1, 2, 2, 2, "CONDITIONING"]],
    )  # fmt: skip
    assert expected == texts(decode(None, graph))


def test_two_texts_whose_names_nobody_knows_have_an_unknown_role() -> None:
    graph = default_canvas()
    graph["nodes"][2] = cnode(
        6,
        "StrangePromptEncoder",
        [("clip", "CLIP", 2)],
        [("CONDITIONING", [4])],
        ["a cat, sitting", "a dog, running", 7],
    )
    assert {("unknown", "a cat, sitting"), ("unknown", "a dog, running"), ("negative", "blurry")} == set(
        texts(decode(None, graph))
    )


def test_reroutes_primitives_and_set_get_pairs_are_followed() -> None:
    graph = default_canvas(positive="stale")
    graph["nodes"][2]["inputs"].append({"name": "text", "type": "STRING", "link": 20, "widget": {"name": "text"}})
    graph["nodes"][4]["inputs"][1]["link"] = 21
    graph["nodes"][4]["inputs"][2]["link"] = 25
    graph["nodes"] += [
        cnode(20, "PrimitiveNode", [], [("STRING", [20])], ["a cat"]),
        cnode(21, "Reroute", [("", "*", 22)], [("CONDITIONING", [21])]),
        cnode(22, "Reroute", [("", "*", 4)], [("CONDITIONING", [22])]),
        cnode(23, "SetNode", [("CONDITIONING", "CONDITIONING", 5)], [], ["neg"]),
        cnode(24, "GetNode", [], [("CONDITIONING", [25])], ["neg"]),
    ]
    graph["links"] += [
        [20, 20, 0, 6, 1, "STRING"],
        [21, 21, 0, 3, 1, "*"],
        [22, 22, 0, 21, 0, "*"],
        [25, 24, 0, 3, 2, "CONDITIONING"],
    ]
    generation = decode(None, graph)
    assert PAIR == texts(generation)
    assert "png:tEXt/workflow#20.widgets_values[0]" == generation.prompts[0].locator


def test_notes_are_no_prompts() -> None:
    graph = default_canvas()
    graph["nodes"] += [
        cnode(30, "Note", values=["a dog, by a great artist"]),
        cnode(31, "MarkdownNote", values=["# a horse, running"]),
    ]
    assert PAIR == texts(decode(None, graph))


@pytest.mark.parametrize(
    "extra",
    [{"ue_links": [{"downstream": 3, "downstream_slot": 1, "upstream": "6", "upstream_slot": 0}, {"downstream": 3, "downstream_slot": 2, "upstream": 7, "upstream_slot": 0}]}, {}],
)  # fmt: skip
def test_broadcasts_reach_open_inputs(extra: dict[str, Any]) -> None:
    graph = default_canvas() | {"extra": extra}
    graph["nodes"][4]["inputs"][1]["link"] = graph["nodes"][4]["inputs"][2]["link"] = None
    graph["nodes"].append(cnode(40, "Prompts Everywhere", [("CONDITIONING", "*", 4), ("CONDITIONING", "*", 5)]))
    assert PAIR == texts(decode(None, graph))


def test_anything_everywhere_sends_by_type() -> None:
    graph = default_canvas(lora=lora("LoraLoaderModelOnly", [LORA, 0.8]))
    graph["nodes"][4]["inputs"][0]["link"] = None
    graph["nodes"].append(cnode(40, "Anything Everywhere", [("MODEL", "MODEL", 11)]))
    assert [("miku", 0.8, "used")] == models(decode(None, graph))


# ---- sub-graphs --------------------------------------------------------------------------------------------

INNER, OUTER = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"


def link(number: int, origin: int, slot: int, target: int, into: int) -> dict[str, Any]:
    return {
        "id": number,
        "origin_id": origin,
        "origin_slot": slot,
        "target_id": target,
        "target_slot": into,
        "type": "*",
    }


def encoder_inside(text: str = "inside", **more: Any) -> dict[str, Any]:
    """A sub-graph with an encoder: inputs clip and text, output conditioning."""
    return {
        "id": INNER, "name": "Encode", "inputs": [{"name": "clip"}, {"name": "text"}], "outputs": [{"name": "CONDITIONING"}],
        "nodes": [cnode(5, "CLIPTextEncode", [("clip", "CLIP", 1), ("text", "STRING", 2, "text")], [("CONDITIONING", [3])], [text])],
        "links": [link(1, -10, 0, 5, 0), link(2, -10, 1, 5, 1), link(3, 5, 0, -20, 0)], **more,
    }  # fmt: skip


def with_subgraph(instance: dict[str, Any], *definitions: dict[str, Any]) -> dict[str, Any]:
    """The default canvas with an instance in the place of the positive encoder 6."""
    graph = default_canvas() | {"definitions": {"subgraphs": list(definitions)}}
    graph["nodes"][2] = instance
    return graph


def test_a_sub_graph_is_opened_and_its_nodes_have_two_part_ids() -> None:
    instance = cnode(6, INNER, [("clip", "CLIP", 2), ("text", "STRING", None)], [("CONDITIONING", [4])])
    generation = decode(None, with_subgraph(instance, encoder_inside()))
    assert [("positive", "inside"), ("negative", "blurry")] == texts(generation)
    assert "png:tEXt/workflow#6:5.widgets_values[0]" == generation.prompts[0].locator


@pytest.mark.parametrize(
    ("instance", "place"),
    [
        (cnode(6, INNER, [("clip", "CLIP", 2), ("text", "STRING", None, "text")], [("CONDITIONING", [4])], ["a cat"]), "widgets_values[0]"),
        (cnode(6, INNER, [("text", "STRING", None, "text"), ("clip", "CLIP", 2)], [("CONDITIONING", [4])], ["a cat"]), "widgets_values[0]"),
        (cnode(6, INNER, [("clip", "CLIP", 2)], [("CONDITIONING", [4])], [7, "a cat"], properties={"proxyWidgets": [["9", "seed"], ["5", "text"]]}), "widgets_values[1]"),
        (cnode(6, INNER, [("clip", "CLIP", 2), ("text", "STRING", None, "text")], [("CONDITIONING", [4])], ["a cat", 7], properties={"proxyWidgets": [["-1", "text"], ["9", "seed"]]}), "widgets_values[0]"),
    ],
)  # fmt: skip
def test_the_value_of_an_instance_replaces_the_one_inside(instance: dict[str, Any], place: str) -> None:
    generation = decode(None, with_subgraph(instance, encoder_inside("stale")))
    assert PAIR == texts(generation)
    assert f"png:tEXt/workflow#6.{place}" == generation.prompts[0].locator


def test_sub_graphs_nest() -> None:
    outer = {
        "id": OUTER, "name": "Outer", "inputs": [{"name": "clip"}], "outputs": [{"name": "CONDITIONING"}],
        "nodes": [cnode(8, INNER, [("clip", "CLIP", 1), ("text", "STRING", 2, "text")], [("CONDITIONING", [3])], ["stale"]),
                  cnode(9, "PrimitiveStringMultiline", [], [("STRING", [2])], ["a cat"])],
        "links": [link(1, -10, 0, 8, 0), link(2, 9, 0, 8, 1), link(3, 8, 0, -20, 0)],
    }  # fmt: skip
    instance = cnode(6, OUTER, [("clip", "CLIP", 2)], [("CONDITIONING", [4])])
    for definitions in (
        [outer, encoder_inside("stale")],
        [outer | {"definitions": {"subgraphs": [encoder_inside("stale")]}}],
    ):
        generation = decode(None, with_subgraph(instance, *definitions))
        assert PAIR == texts(generation)
        assert "png:tEXt/workflow#6:9.widgets_values[0]" == generation.prompts[0].locator


@pytest.mark.parametrize("mode", [2, 4])
def test_a_muted_instance_mutes_what_is_inside(mode: int) -> None:
    instance = cnode(6, INNER, [("clip", "CLIP", 2)], [("CONDITIONING", [4])], mode=mode)
    assert [("negative", "blurry"), ("unknown", "inside", "unused")] == texts(
        decode(None, with_subgraph(instance, encoder_inside()))
    )


def test_a_sub_graph_inside_itself_comes_to_an_end() -> None:
    instance = cnode(6, INNER, [("clip", "CLIP", 2)], [("CONDITIONING", [4])])
    inside = encoder_inside()
    inside["nodes"].append(cnode(7, INNER, [("clip", "CLIP", 1)], [("CONDITIONING", [])]))
    assert ("positive", "inside") == texts(decode(None, with_subgraph(instance, inside)))[0]


# ---- group nodes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["other.safetensors", "a cat", "blurry"], PAIR),
        ([], [("positive", "old cat"), ("negative", "old blur")]),
        (["a cat", "blurry"], [("positive", "a cat"), ("negative", "blurry")]),
    ],
)
@pytest.mark.parametrize("sign", [">", "/"])
def test_group_nodes_are_opened(values: list[Any], expected: list[tuple[str, str]], sign: str) -> None:
    group = {
        "nodes": [
            cnode(-1, "CheckpointLoaderSimple", [], [("MODEL", []), ("CLIP", []), ("VAE", [])], ["base.safetensors"], index=0),
            cnode(-1, "CLIPTextEncode", [("clip", "CLIP", None)], [("CONDITIONING", [])], ["old cat"], index=1),
            cnode(-1, "CLIPTextEncode", [("clip", "CLIP", None)], [("CONDITIONING", [])], ["old blur"], index=2),
        ],
        "links": [[0, 1, 1, 0, 4, "CLIP"], [0, 1, 2, 0, 4, "CLIP"]],
        "external": [[0, 0, "MODEL"]],
    }  # fmt: skip
    graph = default_canvas() | {"extra": {"groupNodes": {"Base": group}}}
    instance = cnode(
        6,
        f"workflow{sign}Base",
        [],
        [("MODEL", [1]), ("VAE", [7]), ("CONDITIONING", [4]), ("CONDITIONING", [5])],
        values,
    )
    graph["nodes"] = [instance, *(item for item in graph["nodes"] if item["id"] not in (4, 6, 7))]
    graph["links"] = [
        [1, 6, 0, 3, 0, "MODEL"],
        [4, 6, 2, 3, 1, "CONDITIONING"],
        [5, 6, 3, 3, 2, "CONDITIONING"],
        [7, 6, 1, 8, 1, "VAE"],
        *graph["links"][5:6],
        *graph["links"][7:],
    ]
    generation = decode(None, graph)
    assert expected == texts(generation)
    assert "png:tEXt/workflow#6:1.widgets_values[0]" == generation.prompts[0].locator


# ---- versions and shapes -----------------------------------------------------------------------------------


def test_the_version_is_the_newest_that_a_core_node_was_made_with() -> None:
    graph = default_canvas()
    for item, version in zip(graph["nodes"], ["0.3.9", "0.3.40", "0.3.10"]):
        item["properties"] = {"cnr_id": "comfy-core", "ver": version}
    assert "0.3.40" == decode(txt2img(), graph).tool_version
    assert decode(txt2img()).tool_version is None


def test_string_ids_object_links_and_object_widgets_are_taken() -> None:
    graph = default_canvas()
    graph["nodes"] = [{**item, "id": str(item["id"])} for item in graph["nodes"]]
    graph["links"] = [
        dict(zip(("id", "origin_id", "origin_slot", "target_id", "target_slot", "type"), item))
        for item in graph["links"]
    ]
    graph["nodes"][2]["widgets_values"] = {"text": "a cat"}
    generation = decode(None, graph)
    assert PAIR == texts(generation)
    assert "png:tEXt/workflow#6.widgets_values.text" == generation.prompts[0].locator


@pytest.mark.parametrize("workflow", ["null", "", "{}", "[]", "7", '{"nodes": []}', '{"nodes": 5, "links": 5}'])
def test_a_workflow_without_nodes_is_no_graph(workflow: str) -> None:
    assert (None, []) == both(None, workflow)
    assert PAIR == texts(decode(txt2img(), workflow))


@pytest.mark.parametrize("kind", ["Anything Everywhere?", "Anything Everywhere"])
def test_a_broadcast_that_is_muted_or_picks_its_own_targets_is_not_followed(kind: str) -> None:
    graph = default_canvas(lora=lora("LoraLoaderModelOnly", [LORA, 0.8]))
    graph["nodes"][4]["inputs"][0]["link"] = None
    graph["nodes"].append(
        cnode(40, kind, [("MODEL", "MODEL", 11), ("CLIP", "CLIP", None)], mode=0 if "?" in kind else 2)
    )
    assert [("miku", 0.8, "unused")] == models(decode(None, graph))


def test_a_group_node_takes_its_inputs_by_type_and_its_values_by_likeness() -> None:
    group = {
        "nodes": [
            cnode(-1, "LoraLoader", [("model", "MODEL", None), ("clip", "CLIP", None)], [("MODEL", []), ("CLIP", [])], ["old.safetensors", 1, 1]),
            cnode(-1, "SomeFlags", [], [], [True, "old words here", 3]),
            cnode(-1, "CLIPTextEncode", [("clip", "CLIP", None)], [("CONDITIONING", [])], ["old cat"]),
            cnode(-1, "VAEDecode", [("vae", "VAE", None)], [], {"a": 1}),
        ],
        "links": [[0, 1, 2, 0], [None, None], "x"],
        "external": [["x"], [0, 0]],
    }  # fmt: skip
    graph = default_canvas() | {"extra": {"groupNodes": {"G": group, "bad": 7}}}
    inputs, outputs = [("model", "MODEL", 1), ("clip", "CLIP", 2)], [("MODEL", [11]), ("CONDITIONING", [4])]
    graph["nodes"][2] = cnode(6, "workflow>G", inputs, outputs, [LORA, 0.8, 1, False, "a cat"])
    graph["nodes"].append(cnode(60, "workflow>missing"))
    graph["nodes"][4]["inputs"][0]["link"] = 11
    graph["links"] = [item for item in graph["links"] if item[0] not in (1, 2, 4)]
    graph["links"] += [
        [1, 4, 0, 6, 0, "MODEL"],
        [2, 4, 1, 6, 1, "CLIP"],
        [11, 6, 0, 3, 0, "MODEL"],
        [4, 6, 1, 3, 1, "CONDITIONING"],
    ]
    generation = decode(None, graph)
    assert [("miku", 0.8, "used")] == models(generation)
    assert ("positive", "a cat") in [(p.role, p.text) for p in generation.prompts] or ("positive", "old cat") in texts(
        generation
    )
    assert [("base", None, "used")] == models(generation, "checkpoint")


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("OddUpscalerLoader", ["4x.pth"], ("upscaler", "4x", None, "used")),
        ("OddLoader", ["loras/miku.safetensors", 0.5], ("lora", "miku", 0.5, "used")),
        ("OddLoader", ["x/miku.safetensors"], ("checkpoint", "miku", None, "used")),
        ("OddVAELoader", ["v.safetensors", "w.safetensors"], ("vae", "v", None, "used")),
    ],
)  # fmt: skip
def test_models_of_unknown_canvas_nodes_are_told_by_class_and_folder(
    kind: str, values: list[Any], expected: tuple[Any, ...]
) -> None:
    found = decode(None, default_canvas(lora=lora(kind, values)))
    assert expected in [(r.kind, r.name, r.weight, r.state) for r in found.resources]


def test_menu_words_and_settings_of_unknown_canvas_nodes_are_no_prompts() -> None:
    graph = default_canvas(
        lora=lora(
            "OddModelThing", ["Zoom Out", "1:1 (Square)", "https://example.org/a b c d", "euler, karras", 7, None]
        )
    )
    graph["nodes"][6]["type"] = "OddSaver"
    graph["nodes"][6]["widgets_values"] = ["sampler_name, cfg, steps, %F %H", "old.safetensors"]
    assert PAIR == texts(decode(None, graph))


def test_a_text_in_another_script_is_a_prompt_without_any_space() -> None:
    graph = default_canvas()
    graph["nodes"][2] = cnode(
        6, "OddThing", [("clip", "CLIP", 2)], [("CONDITIONING", [4])], ["初音ミクのポートレート写真です"]
    )
    assert ("positive", "初音ミクのポートレート写真です") in texts(decode(None, graph))


def test_what_a_node_shows_is_read_from_lists_and_texts() -> None:
    for values in (["", "a cat on a mat"], [["a cat", 7, "on a mat"]], [None, []]):
        graph = default_canvas()
        graph["nodes"] += [
            cnode(50, "ShowText|pysssss", [("text", "STRING", 50)], [("STRING", [51])], values),
            cnode(51, "JoyCaption", [], [("STRING", [50])]),
        ]
        graph["nodes"][2]["inputs"].append({"name": "text", "type": "STRING", "link": 51, "widget": {"name": "text"}})
        graph["links"] += [[50, 51, 0, 50, 0, "STRING"], [51, 50, 0, 6, 1, "STRING"]]
        shown = [(p.role, " ".join(p.text.split())) for p in decode(None, graph).prompts]
        assert (("positive", "a cat on a mat") in shown) == (values != [None, []])


def test_values_of_unknown_nodes_that_have_names_elsewhere_are_left_alone() -> None:
    for values in ([{"text": "a dog, running"}], [[{"name": "miku", "strength": 1}]], [5, "fixed"]):
        graph = default_canvas(lora=lora("SeedLoraThing", values))
        assert PAIR == texts(decode(None, graph))
    assert [("miku", 1, "used")] == models(
        decode(None, default_canvas(lora=lora("SeedLoraThing", [[{"name": "miku", "strength": 1}]])))
    )


def test_an_instance_whose_values_have_names_is_read() -> None:
    instance = cnode(
        6, INNER, [("clip", "CLIP", 2), ("text", "STRING", None)], [("CONDITIONING", [4])], {"text": "a cat"}
    )
    assert PAIR == texts(decode(None, with_subgraph(instance, encoder_inside("stale"))))


def test_seeds_carry_their_control_value_with_them() -> None:
    graph = default_canvas()
    graph["nodes"][4]["type"] = "OddKSampler"
    graph["nodes"][4]["inputs"] += [
        {"name": name, "type": "INT", "link": None, "widget": {"name": name}} for name in ("seed", "steps")
    ]
    graph["nodes"][4]["widgets_values"] = [7, "randomize", 30]
    assert {"Seed": "7", "Steps": "30", "Size": "512x768"} == decode(None, graph).parameters


def test_an_open_conditioning_input_of_another_name_gets_no_broadcast() -> None:
    graph = default_canvas()
    graph["nodes"][4]["inputs"][1] = {"name": "other", "type": "CONDITIONING", "link": None}
    graph["nodes"].append(cnode(40, "Prompts Everywhere", [("CONDITIONING", "*", 4)]))
    assert [("negative", "blurry"), ("positive", "a cat", "unused")] == texts(decode(None, graph))
