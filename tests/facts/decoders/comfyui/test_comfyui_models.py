"""Which models a graph names, with which weight, and whether they took part."""

from __future__ import annotations

from typing import Any

import pytest
from comfyui_graphs import decode, models, node, txt2img

A, B = "anime\\miku_v2.safetensors", "style/ink.safetensors"
USED = [("miku_v2", 0.8, "used")]
MODEL = {"model": ["4", 0]}


def with_loader(loader: dict[str, Any], **nodes: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The LoRAs of the default graph with a loader before its sampler."""
    return models(decode(txt2img(model=["10", 0], n10=loader, **nodes)))


LOADERS: list[tuple[dict[str, Any], list[tuple[Any, ...]]]] = [
    (node("LoraLoader", lora_name=A, strength_model=0.8, strength_clip=0.5, **MODEL), USED),
    (node("LoraLoader", lora_name=A, strength_model=0, strength_clip=0, **MODEL), [("miku_v2", 0.0, "unused")]),
    (node("LoraLoader", lora_name=A, strength_model=0, strength_clip=0.7, **MODEL), [("miku_v2", 0.0, "used")]),
    (node("LoraLoaderModelOnly", lora_name=A, strength_model=0.8, **MODEL), USED),
    (node("LoraLoader", lora_name="None", strength_model=1, strength_clip=1, **MODEL), []),
    (node("CreateHookLora", lora_name=A, strength_model=0.8, strength_clip=1, **MODEL), USED),
    (node("LoraLoader|pysssss", lora_name={"content": A, "image": None}, strength_model=0.8, strength_clip=1, **MODEL), USED),
    (
        node("Power Lora Loader (rgthree)", PowerLoraLoaderHeaderWidget={"type": "PowerLoraLoaderHeaderWidget"},
             lora_1={"on": True, "lora": A, "strength": 0.8}, lora_2={"on": False, "lora": B, "strength": 1.0, "strengthTwo": None},
             **{"➕ Add Lora": ""}, **MODEL),
        [*USED, ("ink", 1.0, "unused")],
    ),
    (node("Lora Loader Stack (rgthree)", lora_01=A, strength_01=0.8, lora_02="None", strength_02=1, lora_03=B, strength_03=0, **MODEL), [*USED, ("ink", 0.0, "unused")]),
    (
        node("LoRA Stacker", input_mode="simple", lora_count=1, lora_name_1=A, lora_wt_1=0.8, model_str_1=1, clip_str_1=1, lora_name_2=B, lora_wt_2=1, **MODEL),
        [*USED, ("ink", 1.0, "unused")],
    ),
    (node("LoRA Stacker", input_mode="advanced", lora_count=3, lora_name_1=A, lora_wt_1=1, model_str_1=0.8, clip_str_1=1, **MODEL), USED),
    (node("CR LoRA Stack", switch_1="On", lora_name_1=A, model_weight_1=0.8, clip_weight_1=1, switch_2="Off", lora_name_2=B, model_weight_2=1, clip_weight_2=1, **MODEL), [*USED, ("ink", 1.0, "unused")]),
    (node("CR Load LoRA", switch="Off", lora_name=A, strength_model=0.8, strength_clip=1, **MODEL), [("miku_v2", 0.8, "unused")]),
    (node("CR Random LoRA Stack", exclusive_mode="Off", stride=1, lora_name_1=A, switch_1="On", chance_1=0.5, model_weight_1=0.8, clip_weight_1=1, **MODEL), [("miku_v2", 0.8, "possible")]),
    (
        node("easy loraStack", toggle=True, mode="simple", num_loras=1, lora_1_name=A, lora_1_strength=0.8, lora_1_model_strength=1, lora_2_name=B, lora_2_strength=1, **MODEL),
        [*USED, ("ink", 1.0, "unused")],
    ),
    (node("easy loraStack", toggle=False, mode="simple", num_loras=1, lora_1_name=A, lora_1_strength=0.8, **MODEL), [("miku_v2", 0.8, "unused")]),
    (node("easy loraStack", toggle=True, mode="advanced", num_loras=1, lora_1_name=A, lora_1_strength=1, lora_1_model_strength=0.8, **MODEL), USED),
    (node("easy loraSwitcher", toggle=True, select=2, num_loras=3, lora_strength=0.8, lora_1_name=B, lora_2_name=A, **MODEL), [("ink", 0.8, "unused"), *USED]),
    (node("Efficient Loader", ckpt_name="c.safetensors", lora_name=A, lora_model_strength=0.8, lora_clip_strength=1, positive="", negative="", **MODEL), USED),
    (node("ttN pipeLoader", ckpt_name="c.safetensors", lora1_name=A, lora1_model_strength=0.8, lora1_clip_strength=1, lora2_name="None", **MODEL), USED),
    (
        node("Lora Loader (LoraManager)", text="<lora:miku_v2:0.8> <lora:ink:1>", **MODEL,
             loras={"__value__": [{"name": "miku_v2", "strength": "0.80", "active": True, "clipStrength": 1}, {"name": "ink", "strength": 1, "active": False}]}),
        [*USED, ("ink", 1.0, "unused")],
    ),
    (node("LoRA Text Loader (LoraManager)", lora_syntax="<lora:miku_v2:0.8>", text="", **MODEL), USED),
    (node("WanVideoLoraSelect", lora=A, strength=0.8, low_mem_load=False, **MODEL), USED),
    (node("WanVideoLoraSelectMulti", lora_0=A, strength_0=0.8, lora_1="none", strength_1=1, lora_2=B, strength_2=0, **MODEL), [*USED, ("ink", 0.0, "unused")]),
    (node("HyVideoLoraSelect", lora=A, strength=0.8, **MODEL), USED),
    (node("NunchakuFluxLoraLoader", lora_name=A, lora_strength=0.8, **MODEL), USED),
    (node("NunchakuFluxLoraStack", lora_name_1=A, lora_strength_1=0.8, lora_name_2="None", lora_strength_2=1, **MODEL), USED),
    (node("LoraLoaderBlockWeight //Inspire", lora_name=A, strength_model=0.8, strength_clip=1, preset="Preset", block_vector="1,1,1", category_filter="All", **MODEL), USED),
    (node("SeargeLoras", lora_1=A, lora_1_strength=0.8, lora_2="none", lora_2_strength=0.2, **MODEL), USED),
    (node("SwarmLoraLoader", lora_names="anime/miku_v2,style/ink", lora_weights="0.8,0", **MODEL), [*USED, ("ink", 0.0, "unused")]),
    (node("FluxLoraMultiLoader_10", lora_1=A, weight_1=0.8, lora_2="None", weight_2=1, **MODEL), USED),
    (node("LoraLoaderWithPreviews", lora_name={"content": A}, strength_model=0.8, strength_clip=1, **MODEL), USED),
    # packs that no table knows
    (node("My LoRA Thing", lora=A, strength=0.8, **MODEL), USED),
    (node("My LoRA Thing", file=A, weight=0.8, **MODEL), USED),
    (node("Model Mixer", lora_name_1=A, lora_weight_1=0.8, lora_name_2=B, lora_weight_2=0.3, **MODEL), [*USED, ("ink", 0.3, "used")]),
    (node("Model Mixer", lora_a_name="None", lycoris_name=A, strength=0.8, **MODEL), USED),
    (node("My LoRA Stack", enabled_1=True, lora_1=A, strength_1=0.8, enabled_2=False, lora_2=B, strength_2=1, **MODEL), [*USED, ("ink", 1.0, "unused")]),
    (node("My LoRA Stack", lora_count=1, lora_1=A, strength_1=0.8, lora_2=B, strength_2=1, **MODEL), [*USED, ("ink", 1.0, "unused")]),
    (node("My LoRA List", loras=[{"name": A, "weight": 0.8, "enabled": True}, {"name": B, "weight": 1, "enabled": False}], **MODEL), [*USED, ("ink", 1.0, "unused")]),
    (node("My LoRA Thing", lora_name="CHOOSE", strength=1, **MODEL), []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("loader", "expected"), LOADERS, ids=[f"{n}-{loader['class_type']}" for n, (loader, _) in enumerate(LOADERS)]
)
def test_loras_of(loader: dict[str, Any], expected: list[tuple[Any, ...]]) -> None:
    assert expected == with_loader(loader)


def test_an_efficient_loader_with_an_own_stack_names_its_loras_once() -> None:
    found = with_loader(
        node("LoraLoader", lora_name=A, strength_model=0.8, strength_clip=1, **MODEL),
        n11=node("LoraLoader", lora_name=A, strength_model=0.8, strength_clip=1, **MODEL),
    )
    assert [*USED, ("miku_v2", 0.8, "unused")] == found


@pytest.mark.parametrize("source", [
    node("PrimitiveString", value=A), node("String Literal", string=A), node("CR LoRA List", lora_name=A), node("LoraSelector", lora=A),
])  # fmt: skip
def test_a_link_into_lora_name_is_followed(source: dict[str, Any]) -> None:
    found = with_loader(
        node("LoraLoader", lora_name=["11", 0], strength_model=["12", 0], strength_clip=1, **MODEL),
        n11=source,
        n12=node("PrimitiveFloat", value=0.8),
    )
    assert ("miku_v2", 0.8, "used") in found


def test_a_loader_that_no_output_uses_is_unused() -> None:
    graph = txt2img(n10=node("LoraLoader", lora_name=A, strength_model=0.8, strength_clip=1, **MODEL))
    assert [("miku_v2", 0.8, "unused")] == models(decode(graph))


def test_a_loader_on_the_branch_that_a_switch_leaves_out_is_unused() -> None:
    graph = txt2img(
        model=["20", 0],
        n20=node("ComfySwitchNode", switch=False, on_true=["10", 0], on_false=["4", 0]),
        n10=node("LoraLoader", lora_name=A, strength_model=0.8, strength_clip=1, **MODEL),
    )
    assert [("miku_v2", 0.8, "unused")] == models(decode(graph))


def test_a_switch_whose_position_is_not_known_leaves_both_branches_in() -> None:
    graph = txt2img(
        model=["20", 0],
        n20=node("ComfySwitchNode", switch=["21", 0], on_true=["10", 0], on_false=["4", 0]),
        n21=node("SomeLogic", a=1, b=2),
        n10=node("LoraLoader", lora_name=A, strength_model=0.8, strength_clip=1, **MODEL),
    )
    assert USED == models(decode(graph))


def test_air_urns_give_kind_and_version() -> None:
    air = "urn:air:sdxl:lora:civitai:328553@368189"
    generation = decode(
        txt2img(model=["10", 0], n10=node("LoraLoader", lora_name=air, strength_model=1, strength_clip=1, **MODEL))
    )
    [resource] = [r for r in generation.resources if r.kind == "lora"]
    assert (air, "368189", 1.0, "png:tEXt/prompt#10.inputs.lora_name") == (
        resource.raw,
        resource.version_id,
        resource.weight,
        resource.locator,
    )


def test_the_model_selector_of_civitai_keeps_its_models_as_json() -> None:
    text = '[{"air": "urn:air:sdxl:lora:civitai:1@2", "strength": 0.5}, {"air": "urn:air:sdxl:checkpoint:civitai:3@4"}, {"air": "nothing"}, 7]'
    generation = decode(txt2img(model=["10", 0], n10=node("CivitaiModelSelector", resources_json=text, **MODEL)))
    assert [("lora", "2", 0.5), ("checkpoint", "4", None)] == [
        (r.kind, r.version_id, r.weight) for r in generation.resources if r.version_id
    ]


@pytest.mark.parametrize(
    ("loader", "kind", "name"),
    [
        (node("UNETLoader", unet_name="flux1-dev.safetensors", weight_dtype="default"), "checkpoint", "flux1-dev"),
        (node("UnetLoaderGGUF", unet_name="flux1-dev-Q8_0.gguf"), "checkpoint", "flux1-dev-Q8_0"),
        (node("DiffusionModelLoaderKJ", model_name="wan.safetensors"), "checkpoint", "wan"),
        (node("NunchakuFluxDiTLoader", model_path="svdq-int4.safetensors"), "checkpoint", "svdq-int4"),
        (node("WanVideoModelLoader", model="WanVideo/wan.safetensors"), "checkpoint", "wan"),
        (node("SomeLoader", ckpt_name="mix.ckpt"), "checkpoint", "mix"),
        (node("VAELoader", vae_name="kl.ckpt"), "vae", "kl"),
        (node("DualCLIPLoader", clip_name1="clip_l.safetensors", clip_name2="t5.safetensors", type="flux"), "text-encoder", "clip_l"),
        (node("ControlNetLoader", control_net_name="canny.pth"), "controlnet", "canny"),
        (node("UpscaleModelLoader", model_name="4x.pth"), "upscaler", "4x"),
        (node("HypernetworkLoader", hypernetwork_name="marble.pt", strength=0.5), "hypernetwork", "marble"),
        (node("IPAdapterModelLoader", ipadapter_file="ip-adapter_sd15.safetensors"), "ip-adapter", "ip-adapter_sd15"),
        (node("StyleModelLoader", style_model_name="redux.safetensors"), "style", "redux.safetensors"),
        (node("UltralyticsDetectorProvider", model_name="bbox/face.pt"), "detector", "face"),
        (node("SDXLPromptStyler", style="sai-anime", text_positive="a", text_negative="b"), "style", "sai-anime"),
        (node("RecraftStyleV3DigitalIllustration", substyle="hand_drawn"), "style", "hand_drawn"),
    ],
)  # fmt: skip
def test_other_models_have_their_kinds(loader: dict[str, Any], kind: str, name: str) -> None:
    loader["inputs"].setdefault("model", ["4", 0])
    assert name in [found[0] for found in models(decode(txt2img(model=["10", 0], n10=loader)), kind)]


@pytest.mark.parametrize("vae", ["Baked VAE", "taesd", "None", ""])
def test_choices_that_are_no_files_are_no_models(vae: str) -> None:
    assert [] == models(
        decode(txt2img(model=["10", 0], n10=node("Efficient Loader", vae_name=vae, ckpt_name="a", **MODEL))), "vae"
    )


# ---- pictures ----------------------------------------------------------------------------------------------

LOAD = node("LoadImage", image="ref [input]", upload="image")


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ({"n20": node("VAEEncode", pixels=["21", 0], vae=["4", 2])}, [("reference-image", "used")]),
        ({"n20": node("WanImageToVideo", positive=["6", 0], negative=["7", 0], start_image=["21", 0])}, [("reference-image", "used")]),
        ({"n20": node("ControlNetApply", conditioning=["6", 0], image=["21", 0], strength=1)}, [("controlnet", "used")]),
        ({"n20": node("ControlNetApply", conditioning=["6", 0], image=["22", 0]), "n22": node("CannyEdgePreprocessor", image=["21", 0])}, [("controlnet", "used")]),
        ({"n20": node("SetLatentNoiseMask", mask=["21", 1])}, []),
        ({}, [("reference-image", "unused")]),
    ],
)  # fmt: skip
def test_pictures_that_are_loaded_tell_what_the_result_was_made_from(
    nodes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    graph = txt2img(n21=LOAD, **nodes)
    if nodes:
        graph["3"]["inputs"]["latent_image"] = ["20", 0]
    found = [(r.kind, r.state) for r in decode(graph).resources if r.locator.endswith("#21.inputs.image")]
    assert expected == found


def test_a_low_denoise_over_a_loaded_picture_is_img2img() -> None:
    graph = txt2img(n20=node("VAEEncode", pixels=["21", 0], vae=["4", 2]), n21=LOAD)
    graph["3"]["inputs"] |= {"latent_image": ["20", 0], "denoise": 0.45}
    generation = decode(graph)
    assert "0.45" == generation.parameters["Denoising strength"]
    assert [("ref", None, "used")] == models(generation, "reference-image")


def test_a_picture_inside_the_graph_is_not_written_out() -> None:
    graph = txt2img(
        n20=node("VAEEncode", pixels=["21", 0], vae=["4", 2]),
        n21=node("ETN_LoadImageBase64", image="iVBORw0KGgo" * 500),
    )
    graph["3"]["inputs"]["latent_image"] = ["20", 0]
    [picture] = [r for r in decode(graph).resources if r.kind == "reference-image"]
    assert ("embedded picture", None) == (picture.name, picture.raw)


# ---- settings ----------------------------------------------------------------------------------------------


def test_the_settings_of_the_main_sampler_are_told() -> None:
    hires = txt2img(
        n20=node("LatentUpscale", samples=["3", 0], width=1024, height=1024),
        n21=node("KSampler", seed=9, steps=12, cfg=5, sampler_name="ddim", scheduler="normal", denoise=0.5, model=["4", 0], positive=["6", 0], negative=["7", 0], latent_image=["20", 0]),
        n22=node("VAEDecode", samples=["21", 0], vae=["4", 2]),
        n9=node("SaveImage", images=["22", 0]),
    )  # fmt: skip
    expected = {
        "Seed": "1",
        "Steps": "20",
        "CFG scale": "7.0",
        "Sampler": "euler",
        "Schedule type": "normal",
        "Denoise": "1.0",
        "Size": "512x768",
    }
    assert expected == decode(hires).parameters


def test_the_settings_of_split_samplers_are_gathered() -> None:
    graph = txt2img(
        n3=node(
            "SamplerCustomAdvanced",
            noise=["20", 0],
            guider=["21", 0],
            sampler=["22", 0],
            sigmas=["23", 0],
            latent_image=["5", 0],
        ),
        n20=node("RandomNoise", noise_seed=["24", 0]),
        n21=node("CFGGuider", model=["4", 0], positive=["6", 0], negative=["7", 0], cfg=3),
        n22=node("KSamplerSelect", sampler_name="euler"),
        n23=node("BasicScheduler", scheduler="simple", steps=4, denoise=1, model=["4", 0]),
        n24=node("Seed (rgthree)", seed=77),
    )
    expected = {
        "Seed": "77",
        "Steps": "4",
        "CFG scale": "3",
        "Sampler": "euler",
        "Schedule type": "simple",
        "Denoise": "1",
        "Size": "512x768",
    }
    assert expected == decode(graph).parameters


# ---- Civitai -----------------------------------------------------------------------------------------------


def test_the_request_beside_a_graph_of_civitai_is_read() -> None:
    request = '{"prompt": "a cat", "negativePrompt": "blurry", "resources": [{"modelVersionId": 2, "strength": 0.7}, {"modelVersionId": 5}]}'
    graph: dict[str, Any] = {
        "1": node("UpscaleModelLoader", model_name="urn:air:other:upscaler:civitai:8@9"),
        "2": node("LoadImage", image="https://example.org/a/b.jpeg?sig=secret", upload="image"),
        "3": node("ImageUpscaleWithModel", upscale_model=["1", 0], image=["2", 0]),
        "4": node("SaveImage", images=["3", 0]),
        "extra": {"airs": ["urn:air:other:upscaler:civitai:8@9", "urn:air:sdxl:lora:civitai:1@2"]},
        "extraMetadata": request,
    }
    generation = decode(graph)
    assert [("positive", "a cat"), ("negative", "blurry")] == [(p.role, p.text) for p in generation.prompts]
    assert [("urn:air:sdxl:lora:civitai:1@2", 0.7, "used")] == models(generation)
    assert [("b.jpeg", None, "used")] == models(generation, "reference-image")
    assert {"Civitai model versions": "2, 5"} == generation.parameters


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({"image": "a/b.png"}, [("b.png", "a/b.png")]),
        ({"url": "https://example.org/x/"}, [("x", "https://example.org/x/")]),
        ({"image": "data:image/png;base64,AAAA"}, [("embedded picture", None)]),
        ({"image": ["99", 0]}, []),
        ({"image": 7}, []),
    ],
)
def test_pictures_are_named_by_their_file(inputs: dict[str, Any], expected: list[tuple[str, str | None]]) -> None:
    graph = txt2img(n20=node("VAEEncode", pixels=["21", 0], vae=["4", 2]), n21=node("LoadImageFromUrl", **inputs))
    graph["3"]["inputs"]["latent_image"] = ["20", 0]
    assert expected == [(r.name, r.raw) for r in decode(graph).resources if r.kind == "reference-image"]


def test_a_link_into_an_own_lora_input_is_followed() -> None:
    found = with_loader(node("My LoRA Mixer", lora_2=["11", 0], **MODEL), n11=node("PrimitiveString", value=A))
    assert [("miku_v2", None, "used")] == found


@pytest.mark.parametrize(
    ("extra", "request_text"),
    [
        ({"airs": "x"}, "{"),
        ({"airs": [7, "nothing", "urn:air:x"]}, "[]"),
        ([], '{"prompt": 7, "resources": [7, {"strength": 1}]}'),
        (None, "7"),
    ],
)
def test_odd_extras_beside_a_graph_are_survived(extra: Any, request_text: str) -> None:
    graph = {**txt2img(), "extra": extra, "extraMetadata": request_text}
    assert 2 == len(decode(graph).prompts)


@pytest.mark.parametrize("text", ["[", "7", '"x"', "[" * 5000, '{"air": "urn:air:sdxl:lora:civitai:1@2"}'])
def test_odd_model_lists_are_survived(text: str) -> None:
    generation = decode(txt2img(model=["10", 0], n10=node("CivitaiModelSelector", resources_json=text, **MODEL)))
    assert [r.version_id for r in generation.resources if r.version_id] == (["2"] if "urn" in text else [])


@pytest.mark.parametrize(
    ("tag", "weight"),
    [("<lora:a>", 1.0), ("<lora:a:>", 1.0), ("<lora:a:.5:1>", 0.5), ("<lora:a:te=1:unet=0.3>", 0.3), ("<lora:a:x:0.4>", 0.4), ("<lora: a :1e-1>", 0.1), ("<hypernet:a:2>", 2.0)],
)  # fmt: skip
def test_weights_of_tags(tag: str, weight: float) -> None:
    graph = txt2img()
    graph["6"] = node("LoraTagLoader", text=f"{tag}, <lora:>, <lora: :1>", clip=["4", 1])
    assert [("a", weight, "used")] == models(decode(graph), "lora", "hypernetwork")


def test_an_air_urn_in_any_input_is_a_model() -> None:
    air = "urn:air:sdxl:checkpoint:civitai:1@2"
    generation = decode(txt2img(model=["10", 0], n10=node("SomeFetcher", source=air, other="urn:air:nothing", **MODEL)))
    assert [("checkpoint", air, "2")] == [(r.kind, r.raw, r.version_id) for r in generation.resources if r.version_id]


def test_a_tag_that_perhaps_loads_what_a_node_loads_tells_nothing_new() -> None:
    graph = txt2img(
        "<lora:miku_v2:0.5>",
        model=["10", 0],
        n10=node("LoraLoader", lora_name=A, strength_model=0.8, strength_clip=1, **MODEL),
    )
    assert USED == models(decode(graph))


def test_a_swarm_loader_without_weights_still_names_its_loras() -> None:
    assert [("a", None, "used")] == with_loader(
        node("SwarmLoraLoader", lora_names="a, ,none", lora_weights=None, **MODEL)
    )


def test_a_loader_without_a_picture_names_none() -> None:
    graph = txt2img(n20=node("VAEEncode", pixels=["21", 0], vae=["4", 2]), n21=node("ETN_LoadImageBase64", image=""))
    graph["3"]["inputs"]["latent_image"] = ["20", 0]
    assert [] == models(decode(graph), "reference-image")
