"""Texts that run through other nodes: joined, switched, drawn from wildcards, shown."""

from __future__ import annotations

from typing import Any

import pytest
from comfyui_graphs import cnode, decode, default_canvas, models, node, texts, txt2img

NEGATIVE = ("negative", "blurry")


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ({"n20": node("Text Multiline", text="a cat")}, "a cat"),
        ({"n20": node("PrimitiveStringMultiline", value="a cat")}, "a cat"),
        ({"n20": node("String Literal", string="a cat")}, "a cat"),
        ({"n20": node("DF_Text_Box", Text="a cat")}, "a cat"),
        ({"n20": node("easy positive", positive="a cat")}, "a cat"),
        ({"n20": node("StringConcatenate", string_a="a", string_b="cat", delimiter=" ")}, "a cat"),
        ({"n20": node("StringConcatenate", string_a=["21", 0], string_b="cat", delimiter=", "), "n21": node("PrimitiveString", value="a")}, "a, cat"),
        ({"n20": node("Text Concatenate", delimiter=", ", clean_whitespace="true", text_a=["21", 0], text_c=["22", 0]),
          "n21": node("Text Multiline", text="a"), "n22": node("Text Multiline", text="cat")}, "a, cat"),
        ({"n20": node("Text Concatenate", delimiter="\\n", text_a=["21", 0], text_b=["22", 0]), "n21": node("Text Multiline", text="a"), "n22": node("Text Multiline", text="")}, "a"),
        ({"n20": node("JoinStringMulti", inputcount=3, delimiter=" ", return_list=False, string_1="a", string_2="big", string_10="cat")}, "a big cat"),
        ({"n20": node("CR Combine Prompt", part1="a", part2="cat", part3="", part4="", separator=",")}, "a,cat,,"),
        ({"n20": node("ComfySwitchNode", switch=False, on_true=["21", 0], on_false=["22", 0]), "n21": node("PrimitiveString", value="a dog"), "n22": node("PrimitiveString", value="a cat")}, "a cat"),
        ({"n20": node("ComfySwitchNode", switch=["23", 0], on_true=["21", 0], on_false=["22", 0]), "n21": node("PrimitiveString", value="a cat"),
          "n22": node("PrimitiveString", value="a dog"), "n23": node("PrimitiveBoolean", value=True)}, "a cat"),
        ({"n20": node("CR Text Input Switch", Input=2, text1=["21", 0], text2=["22", 0]), "n21": node("CR Text", text="a dog"), "n22": node("CR Text", text="a cat")}, "a cat"),
        ({"n20": node("easy textSwitch", input=1, text1="a cat", text2="a dog")}, "a cat"),
        ({"n20": node("Any Switch (rgthree)", any_02=["21", 0], any_03=["22", 0]), "n21": node("Text Multiline", text="a cat"), "n22": node("Text Multiline", text="a dog")}, "a cat"),
        ({"n20": node("PreviewAny", source=["21", 0]), "n21": node("PrimitiveString", value="a cat")}, "a cat"),
        ({"n20": node("ShowText|pysssss", text=["21", 0], text_0="a stale one"), "n21": node("Text Multiline", text="a cat")}, "a cat"),
        ({"n20": node("ImpactWildcardProcessor", wildcard_text="a cat", populated_text="a cat", mode="populate", seed=1)}, "a cat"),
    ],
)  # fmt: skip
def test_a_text_is_shown_as_the_encoder_gets_it(nodes: dict[str, Any], expected: str) -> None:
    shown = texts(decode(txt2img(["20", 0], **nodes)))
    assert [("positive", expected), NEGATIVE] == shown[:2]
    assert all(text[1] == "a dog" and len(text) == 3 for text in shown[2:])


def test_a_joined_text_stands_at_the_input_that_gets_it_and_a_single_one_where_it_was_written() -> None:
    graph = txt2img(
        ["20", 0],
        ["22", 0],
        n20=node("StringConcatenate", string_a="a", string_b="cat", delimiter=" "),
        n22=node("Text Multiline", text="blurry"),
    )
    assert ["png:tEXt/prompt#6.inputs.text", "png:tEXt/prompt#22.inputs.text"] == [
        p.locator for p in decode(graph).prompts
    ]


def test_a_text_with_an_unknown_part_is_shown_in_its_pieces() -> None:
    graph = txt2img(
        ["20", 0],
        n20=node("StringConcatenate", string_a="masterpiece", string_b=["21", 0], delimiter=", "),
        n21=node("TextGenerate", prompt=["22", 0], max_length=512),
        n22=node("PrimitiveStringMultiline", value="初音ミク"),
    )
    assert {("positive", "masterpiece"), ("positive", "初音ミク"), NEGATIVE} == set(texts(decode(graph)))


@pytest.mark.parametrize("model", ["TextGenerate", "OllamaGenerateV2", "Searge_LLM_Node", "QwenVL", "OpenAIChatNode"])
def test_instructions_to_a_language_model_are_no_prompt_and_what_it_is_to_write_about_is(model: str) -> None:
    graph = txt2img(
        ["20", 0],
        n20=node(model, prompt=["21", 0], max_length=512),
        n21=node(
            "StringConcatenate",
            string_a="You are an expert prompt engineer. Nothing nude.",
            string_b=["22", 0],
            delimiter="\n",
        ),
        n22=node("PrimitiveStringMultiline", value="初音ミク"),
    )
    assert [
        ("positive", "初音ミク"),
        NEGATIVE,
        ("template", "You are an expert prompt engineer. Nothing nude.", "unused"),
    ] == texts(decode(graph))


def test_a_system_prompt_is_an_instruction_by_its_name() -> None:
    graph = txt2img(
        ["20", 0],
        n20=node(
            "OllamaGenerate",
            prompt="a cat",
            system="Write like a poet, in one line.",
            system_prompt="Be brief, please.",
        ),
    )
    assert [("positive", "a cat"), NEGATIVE, ("template", "Be brief, please.", "unused")] == texts(decode(graph))


def test_a_quality_text_shared_by_both_sides_is_joined_into_each() -> None:
    graph = txt2img(
        ["20", 0], ["21", 0],
        n20=node("StringConcatenate", string_a=["22", 0], string_b="cat", delimiter=" "),
        n21=node("StringConcatenate", string_a=["22", 0], string_b="dog", delimiter=" "),
        n22=node("Text Multiline", text="4k"),
    )  # fmt: skip
    assert [("positive", "4k cat"), ("negative", "4k dog")] == texts(decode(graph))


def test_drawn_wildcards_are_the_prompt_and_their_source_is_the_template() -> None:
    graph = txt2img()
    graph["6"] = node(
        "ImpactWildcardEncode", wildcard_text="__animal__, {red|blue}", populated_text="a cat, red", mode="populate",
        **{"Select to add LoRA": "Select the LoRA to add to the text", "Select to add Wildcard": "Select the Wildcard to add to the text"},
    )  # fmt: skip
    assert [("positive", "a cat, red"), NEGATIVE, ("template", "__animal__, {red|blue}")] == texts(decode(graph))


def test_the_source_of_negative_wildcards_stays_negative() -> None:
    graph = txt2img()
    graph["7"] = node("ImpactWildcardEncode", wildcard_text="__bad__", populated_text="blurry", mode="populate")
    assert "template" not in {role for role, *_ in texts(decode(graph))}


def test_what_a_node_showed_last_stands_for_a_text_that_cannot_be_followed() -> None:
    graph = txt2img(
        ["20", 0],
        n20=node("ShowText|pysssss", text=["21", 0], text_0="a cat on a mat"),
        n21=node("Florence2Run", image=["22", 0]),
        n22=node("LoadImage", image="x.png"),
    )
    assert [("positive", "a cat on a mat"), NEGATIVE] == texts(decode(graph))


def test_what_a_node_showed_is_taken_from_the_canvas_too() -> None:
    graph = txt2img(
        ["20", 0],
        n20=node("ShowText|pysssss", text=["21", 0]),
        n21=node("Florence2Run", image=["22", 0]),
        n22=node("LoadImage", image="x.png"),
    )
    shown = cnode(20, "ShowText|pysssss", [("text", "STRING", 1, "text")], [("STRING", [2])], [["a cat on a mat"]])
    generation = decode(graph, default_canvas() | {"nodes": [shown]})
    assert [("positive", "a cat on a mat"), NEGATIVE] == texts(generation)
    assert "png:tEXt/workflow#20.widgets_values[0]" == generation.prompts[0].locator


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("embedding:easynegative", [("easynegative", None, "used")]),
        ("(embedding:style_x.pt:1.1), cat", [("style_x", 1.1, "used")]),
        ("embedding:a:1.2, embedding:b", [("a", 1.2, "used"), ("b", None, "used")]),
        ("my embedding: nothing", [("nothing", None, "used")]),
    ],
)
def test_embeddings_are_found_in_texts(text: str, expected: list[tuple[Any, ...]]) -> None:
    assert expected == models(decode(txt2img(text)), "embedding")


@pytest.mark.parametrize(
    ("encoder", "expected"),
    [
        (node("CLIPTextEncode", text="<lora:miku:0.8>", clip=["4", 1]), [("miku", 0.8, "possible")]),
        (node("ImpactWildcardEncode", populated_text="<lora:a\\miku.safetensors:0.8:0.5:LBW=1,0,0;>", wildcard_text="", mode=False), [("miku", 0.8, "used")]),
        (node("Power Prompt (rgthree)", prompt="<lora:miku:0.8>", insert_lora="CHOOSE", opt_clip=["4", 1]), [("miku", 0.8, "used")]),
        (node("Power Prompt (rgthree)", prompt="<lora:miku:0.8>", insert_lora="DISABLE LORAS", opt_clip=["4", 1]), [("miku", 0.8, "unused")]),
        (node("LoraTagLoader", text="<lora:miku>, <lyco:b:.5>, <lora:c:0>", clip=["4", 1]), [("miku", 1.0, "used"), ("b", 0.5, "used"), ("c", 0.0, "unused")]),
    ],
)  # fmt: skip
def test_lora_tags_count_where_a_node_loads_them(encoder: dict[str, Any], expected: list[tuple[Any, ...]]) -> None:
    graph = txt2img()
    graph["6"] = encoder
    assert expected == models(decode(graph))


def test_a_lora_tag_in_a_negative_prompt_loads_nothing() -> None:
    assert [("miku", 1.0, "unused")] == models(decode(txt2img(negative="<lora:miku:1>")))


def test_strings_that_feed_each_other_in_a_circle_give_nothing() -> None:
    graph = txt2img(
        ["20", 0],
        n20=node("StringConcatenate", string_a=["21", 0], string_b="x"),
        n21=node("StringConcatenate", string_a=["20", 0], string_b="y"),
    )
    assert {("positive", "x"), ("positive", "y"), NEGATIVE} == set(texts(decode(graph)))


def test_doubling_strings_do_not_grow_without_end() -> None:
    nodes = {
        f"n{n}": node("StringConcatenate", string_a=[str(n + 1), 0], string_b=[str(n + 1), 0]) for n in range(20, 80)
    }
    graph = txt2img(["20", 0], **nodes, n80=node("PrimitiveString", value="cat"))
    assert [("positive", "cat"), NEGATIVE] == texts(decode(graph))


@pytest.mark.parametrize(
    "nodes",
    [
        {"n20": node("StringConcatenate", string_a="a", string_b="cat", delimiter=["21", 0]), "n21": node("PrimitiveString", value=" ")},
        {"n20": node("StringConcatenate", string_a="a", string_b="cat", delimiter=7)},
        {"n20": node("ImpactSwitch", select="x", input1=["21", 0], input2=["22", 0]), "n21": node("Text Multiline", text="a"), "n22": node("Text Multiline", text="cat")},
        {"n20": node("ImpactSwitch", select=["29", 0], input1=["21", 0], input2=["22", 0]), "n21": node("Text Multiline", text="a"), "n22": node("Text Multiline", text="cat"),
         "n29": node("SomeMath", a=1, b=2)},
        {"n20": node("PromptList", prompts=["a", "cat"])},
    ],
)  # fmt: skip
def test_what_the_graph_does_not_determine_is_shown_in_pieces(nodes: dict[str, Any]) -> None:
    shown = {
        word
        for role, text, *_ in texts(decode(txt2img(["20", 0], **nodes)))
        if role == "positive"
        for word in text.split()
    }
    assert {"a", "cat"} == shown


def test_a_value_is_followed_through_switches_but_not_for_ever() -> None:
    graph = txt2img()
    graph["3"]["inputs"] |= {"seed": ["20", 0], "steps": ["30", 0], "cfg": ["40", 0], "denoise": ["nowhere", 0]}
    graph |= {
        "20": node("ImpactSwitch", select=1, input1=["21", 0], input2=["22", 0]),
        "21": node("PrimitiveInt", value=5),
        "30": node("Reroute", value=["30", 0]),
        "40": node("SomeMath", a=1, b=2),
    }
    assert {"Seed": "5", "Sampler": "euler", "Schedule type": "normal", "Size": "512x768"} == decode(graph).parameters


def test_steps_that_are_no_number_are_survived() -> None:
    graph = txt2img()
    graph["3"]["inputs"]["steps"] = "many"
    assert "many" == decode(graph).parameters["Steps"]


def test_the_menu_of_example_prompts_in_a_loader_is_no_prompt() -> None:
    graph = txt2img(
        model=["10", 0],
        n10=node(
            "LoraLoader|pysssss", lora_name="a", strength_model=1, strength_clip=1, prompt="a dog.txt", model=["4", 0]
        ),
    )
    assert [("positive", "a cat"), NEGATIVE] == texts(decode(graph))
