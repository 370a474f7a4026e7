"""Which text is the positive prompt and which the negative one, through everything that stands between an encoder and a sampler."""

from __future__ import annotations

from typing import Any

import pytest
from comfyui_graphs import Api, decode, node, texts, txt2img

PAIR = [("positive", "a cat"), ("negative", "blurry")]


def changed(graph: Api, **nodes: dict[str, Any]) -> Api:
    """The graph with some nodes put in or replaced (n3=…)."""
    return {**graph, **{key[1:]: value for key, value in nodes.items()}}


def sampler(positive: list[Any], negative: list[Any]) -> dict[str, Any]:
    return node("KSampler", seed=1, steps=2, cfg=7, sampler_name="euler", scheduler="normal", denoise=1, model=["4", 0],
                positive=positive, negative=negative, latent_image=["5", 0])  # fmt: skip


def encode(text: str) -> dict[str, Any]:
    return node("CLIPTextEncode", text=text, clip=["4", 1])


WAYS: dict[str, Api] = {
    "straight": txt2img(),
    "an own passthrough": changed(txt2img(), n3=sampler(["20", 0], ["21", 0]), n20=node("MyCondThing", conditioning=["6", 0]), n21=node("MyCondThing", conditioning=["7", 0])),
    "ControlNetApplyAdvanced": changed(
        txt2img(), n3=sampler(["20", 0], ["20", 1]), n20=node("ControlNetApplyAdvanced", positive=["6", 0], negative=["7", 0], image=["21", 0], strength=1)
    ),
    "guiders": changed(
        txt2img(),
        n3=node("SamplerCustomAdvanced", noise=["20", 0], guider=["21", 0], sampler=["22", 0], sigmas=["23", 0], latent_image=["5", 0]),
        n20=node("RandomNoise", noise_seed=5),
        n21=node("CFGGuider", model=["4", 0], positive=["24", 0], negative=["7", 0], cfg=3),
        n22=node("KSamplerSelect", sampler_name="euler"),
        n23=node("BasicScheduler", scheduler="simple", steps=4, denoise=1, model=["4", 0]),
        n24=node("FluxGuidance", conditioning=["6", 0], guidance=3.5),
    ),
    "Impact pipes": changed(
        txt2img(),
        n20=node("ToBasicPipe", model=["4", 0], clip=["4", 1], vae=["4", 2], positive=["6", 0], negative=["7", 0]),
        n21=node("FromBasicPipe_v2", basic_pipe=["20", 0]),
        n3=sampler(["21", 4], ["21", 5]),
    ),
    "rgthree contexts": changed(
        txt2img(),
        n20=node("Context (rgthree)", model=["4", 0], positive=["6", 0], negative=["7", 0]),
        n21=node("Context Switch (rgthree)", ctx_02=["22", 0]),
        n22=node("Context (rgthree)", base_ctx=["20", 0]),
        n3=sampler(["21", 4], ["21", 5]),
    ),
    "a detailer after it": changed(
        txt2img(),
        n20=node("FaceDetailer", image=["8", 0], positive=["6", 0], negative=["7", 0], wildcard="", seed=1, steps=5, cfg=3, sampler_name="euler", scheduler="normal", denoise=0.4),
        n9=node("SaveImage", images=["20", 0]),
    ),
    "two samplers, one after the other": changed(
        txt2img(), n20=node("KSampler", positive=["6", 0], negative=["7", 0], latent_image=["3", 0], model=["4", 0]), n8=node("VAEDecode", samples=["20", 0], vae=["4", 2])
    ),
    "SDXL encoders": changed(
        txt2img(), n6=node("CLIPTextEncodeSDXL", text_g="a cat", text_l="a cat", clip=["4", 1]), n7=node("CLIPTextEncodeSDXL", text_g="blurry", text_l="", clip=["4", 1])
    ),
    "Efficient loader": {
        "1": node("Efficient Loader", ckpt_name="a.safetensors", vae_name="Baked VAE", clip_skip=-1, lora_name="None", lora_model_strength=1, lora_clip_strength=1,
                  positive="a cat", negative="blurry", token_normalization="none", weight_interpretation="comfy", empty_latent_width=512),
        "2": node("KSampler (Efficient)", model=["1", 0], positive=["1", 1], negative=["1", 2], latent_image=["1", 3], seed=1, steps=5, cfg=2, sampler_name="euler"),
    },
    "Easy-Use pipe": {
        "1": node("easy fullLoader", ckpt_name="a.safetensors", vae_name="Baked VAE", lora_name="None", positive="a cat", negative="blurry",
                  positive_token_normalization="none", negative_weight_interpretation="comfy", batch_size=1),
        "2": node("easy preSampling", pipe=["1", 0], steps=20, cfg=8, sampler_name="euler", seed=3),
        "3": node("easy kSampler", pipe=["2", 0], image_output="Preview", save_prefix="ComfyUI"),
    },
    "WanVideoWrapper": {
        "1": node("WanVideoTextEncode", positive_prompt="a cat", negative_prompt="blurry", t5=["4", 0]),
        "2": node("WanVideoSampler", text_embeds=["1", 0], steps=4),
        "3": node("WanVideoDecode", samples=["2", 0]),
        "4": node("VHS_VideoCombine", images=["3", 0], filename_prefix="x"),
    },
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_positive_and_negative_are_told_apart_through(way: str) -> None:
    assert PAIR == texts(decode(WAYS[way]))


def test_a_positive_that_is_zeroed_out_for_the_other_side_stays_positive() -> None:
    graph = changed(txt2img(), n7=node("ConditioningZeroOut", conditioning=["6", 0]))
    assert [("positive", "a cat")] == texts(decode(graph))


def test_a_text_that_is_only_shown_or_saved_as_text_is_unused() -> None:
    graph = txt2img(n30=node("ShowText|pysssss", text=["31", 0]), n31=node("Text Multiline", text="a dog"))
    assert [*PAIR, ("unknown", "a dog", "unused")] == texts(decode(graph))


def test_a_text_that_makes_a_file_name_is_no_prompt() -> None:
    graph = changed(
        txt2img(),
        n9=node("SaveImage", images=["8", 0], filename_prefix=["31", 0]),
        n31=node("StringConcatenate", string_a="by somebody", string_b="%date%"),
    )
    assert PAIR == texts(decode(graph))


def test_a_text_reached_from_both_sides_has_an_unknown_role() -> None:
    graph = txt2img()
    graph["3"]["inputs"]["negative"] = ["6", 0]
    assert [("unknown", "a cat"), ("unknown", "blurry", "unused")] == texts(decode(graph))


def test_the_same_words_in_two_nodes_keep_their_own_roles() -> None:
    assert [("positive", "cat"), ("negative", "cat")] == texts(decode(txt2img("cat", "cat")))


def test_a_text_that_no_output_uses_is_shown_as_unused() -> None:
    graph = txt2img(n40=node("CLIPTextEncode", text="a dog", clip=["4", 1]))
    assert [*PAIR, ("unknown", "a dog", "unused")] == texts(decode(graph))


def test_a_sampler_that_nobody_uses_still_tells_the_roles_of_its_texts() -> None:
    graph = txt2img(n40=encode("a dog"), n41=encode("ugly"), n42=sampler(["40", 0], ["41", 0]))
    assert [*PAIR, ("positive", "a dog", "unused"), ("negative", "ugly", "unused")] == texts(decode(graph))


def test_a_text_beside_a_negative_one_is_positive() -> None:
    graph = {
        "1": node("KlingTextToVideoNode", prompt="a cat", negative_prompt="blurry", mode="std"),
        "2": node("SaveVideo", video=["1", 0]),
    }
    assert PAIR == texts(decode(graph))


def test_the_prompt_of_an_api_node_is_positive() -> None:
    graph = {
        "1": node("OpenAIGPTImage1", prompt="a cat", seed=1, quality="low", size="auto"),
        "2": node("SaveImage", images=["1", 0]),
    }
    assert [("positive", "a cat")] == texts(decode(graph))


def test_dotted_inputs_are_read_by_their_last_part() -> None:
    graph = {
        "1": node(
            "Wan2TextToVideoApi", **{"model": "wan2.7", "model.prompt": "a cat", "model.negative_prompt": "blurry"}
        ),
        "2": node("SaveVideo", video=["1", 0]),
    }
    assert PAIR == texts(decode(graph))


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({"text_positive": "a cat", "text_negative": "blurry", "style": "anime", "log_prompt": False}, PAIR),
        ({"main_prompt": "a cat", "negative_prompt": "blurry"}, PAIR),
        ({"clip_l": "a cat", "t5xxl": "a cat on a mat", "guidance": 3.5}, [("positive", "a cat"), ("positive", "a cat on a mat")]),
        ({"text": "a cat", "token_normalization": "length+mean", "weight_interpretation": "comfy++"}, [("positive", "a cat")]),
        ({"prompt": "a cat", "insert_lora": "CHOOSE", "insert_embedding": "CHOOSE"}, [("positive", "a cat")]),
        ({"tags": "jazz", "lyrics": "la la", "lyrics_strength": 1.0}, [("positive", "jazz"), ("positive", "la la")]),
    ],
)  # fmt: skip
def test_inputs_of_unknown_encoders_are_read_by_their_names(
    inputs: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    graph = txt2img(negative="")
    graph["6"] = node("SomeEncoder", clip=["4", 1], **inputs)
    assert expected == texts(decode(graph))


def test_words_from_menus_are_no_prompts() -> None:
    graph = txt2img()
    graph["9"] = node(
        "Save Image w/Metadata",
        images=["8", 0],
        positive="unknown",
        negative="unknown",
        filename="%time_%seed",
        path="",
    )
    assert PAIR == texts(decode(graph))


def test_locators_name_node_and_input() -> None:
    assert ["png:tEXt/prompt#6.inputs.text", "png:tEXt/prompt#7.inputs.text"] == [
        p.locator for p in decode(txt2img()).prompts
    ]
