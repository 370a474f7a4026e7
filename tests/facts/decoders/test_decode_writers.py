"""Every writer of the support table: what it leaves, spelled out as it writes it, and what must be read from it."""

from __future__ import annotations

import json

import pytest

from sdscan.facts.decoders import TOOLS, Decoded, decode
from sdscan.limits import DEFAULT_LIMITS
from sdscan.records import Blob, Container, Generation

TAIL = "Steps: 24, Sampler: Euler a, CFG scale: 5, Seed: 7, Size: 64x64"


def read(*pieces: tuple[str, str], place: str = "png:tEXt", format: str = "png") -> Decoded:  # noqa: A002
    """What the decoders make of blobs given as (key, text)."""
    blobs = tuple(Blob(f"{place}/{key}", key, text) for key, text in pieces)
    return decode(Container(format, blobs), DEFAULT_LIMITS)


def only(decoded: Decoded) -> Generation:
    """The one generation."""
    assert 1 == len(decoded.generations), decoded
    return decoded.generations[0]


def texts(generation: Generation) -> list[tuple[str, str]]:
    return [(prompt.role, prompt.text) for prompt in generation.prompts]


def models(generation: Generation) -> list[tuple[object, ...]]:
    """(kind, name, weight, hash) of all; the state too where it is not `used`."""
    return [
        (r.kind, r.name, r.weight, r.hash) if r.state == "used" else (r.kind, r.name, r.weight, r.hash, r.state)
        for r in generation.resources
    ]


def infotext(more: str, prompt: str = "a fox", negative: str = "fog") -> str:
    return f"{prompt}\nNegative prompt: {negative}\n{TAIL}{more}"


VERSIONS = (
    (", Version: v1.10.1", "a1111", "v1.10.1"),
    (", Version: 1.6.0", "a1111", "1.6.0"),
    ("", "a1111", None),
    (", Version: f2.0.1v1.10.1-previous-669-gdfdcbab6", "forge", "f2.0.1v1.10.1-previous-669-gdfdcbab6"),
    (", Version: f0.0.17v1.8.0rc-latest-277-g0af28699", "forge", "f0.0.17v1.8.0rc-latest-277-g0af28699"),
    (", Version: f1.0.0v2-v1.10.1RC-latest-2498-g5120e679", "reforge", "f1.0.0v2-v1.10.1RC-latest-2498-g5120e679"),
    (", Version: neo-2.28", "forge-neo", "neo-2.28"),
    (", Version: classic", "forge-classic", None),
    (", App: SD.Next, Version: 56a8aea, Pipeline: P", "sdnext", "56a8aea"),
    (", Pipeline: P, Operations: txt2img", "sdnext", None),
    (", Version: ComfyUI", "comfyui", None),
    (", Version: Fooocus v2.5.5", "fooocus", "v2.5.5"),
    (", Version: stable-diffusion.cpp", "sdcpp", None),
    (', SDCPP: {"schema": "sdcpp.image.params/v1"}', "sdcpp", None),
    (", Created Date: 2026-01-04T01:27:21.27Z", "civitai", None),
    (', Recipe metadata: {"loras": []}', "comfyui", None),
    (", Lora_0 Model name: x.safetensors", "comfyui", None),
    (", Model: x.safetensors", "comfyui", None),
    (", Model hash: unknown, Model: x", "krita", None),
    (", Model: EMS-30212-EMS, Version: v1.5.2.0-6-g0599be9, TaskID: 6", "tensorart", "v1.5.2.0-6-g0599be9"),
    (", NGMS: 0.2", "moescape", None),
)


@pytest.mark.parametrize(("more", "tool", "version"), VERSIONS)
def test_the_writer_of_an_infotext_is_told_by_its_keys(more: str, tool: str, version: str | None) -> None:
    generation = only(read(("parameters", infotext(more))))
    assert (tool, version) == (generation.tool, generation.tool_version)
    assert [("positive", "a fox"), ("negative", "fog")] == texts(generation)
    assert tool in TOOLS


NETWORKS: tuple[tuple[str, str, str, list[tuple[object, ...]]], ...] = (
    ("tag and hash are one", "<lora:ink_v2:0.8>", ', Lora hashes: "ink_v2: 0011223344ff"', [("lora", "ink_v2", 0.8, "0011223344ff")]),
    ("hash without tag", "a", ', Lora hashes: "ink v2: 00aa11, old: "', [("lora", "ink v2", None, "00aa11"), ("lora", "old", None, None)]),
    ("no weight is 1", "<lora:ink>", "", [("lora", "ink", 1.0, None)]),
    ("text encoder and UNet", "<lora:ink:0.8:0.5:lbw=OUTD>", "", [("lora", "ink", 0.5, None)]),
    ("named weights", "<lyco:dir\\in k:1:te=.3:unet=-1:dyn=32>", "", [("lora", "in k", -1.0, None)]),
    ("steps after the weight", "<lora:ink:0.7@0,0.1@1>", "", [("lora", "ink", 0.7, None)]),
    ("hypernetwork", "<hypernet:wash:0.4>", ", Hypernet: paper(00aa11), Hypernet strength: 0.5", [("hypernetwork", "wash", 0.4, None), ("hypernetwork", "paper", 0.5, "00aa11")]),
    ("any script, dots and dashes", "<LORA:-墨.v1.2:.5>", "", [("lora", "-墨.v1.2", 0.5, None)]),
    ("weight 0 is not used", "<lora:ink:0>", "", [("lora", "ink", 0.0, None, "unused")]),
    ("an alternative is possible", "{<lora:a:1>|<lora:b:1>}, {fox} <lora:c:1>", "", [("lora", "a", 1.0, None, "possible"), ("lora", "b", 1.0, None, "possible"), ("lora", "c", 1.0, None)]),
    ("two alternatives in a row", "{a|<lora:a:1>} <lora:b:1> {b|{c|<lora:d:1>}}", "", [("lora", "a", 1.0, None, "possible"), ("lora", "b", 1.0, None), ("lora", "d", 1.0, None, "possible")]),
    ("editing is loaded", "[<lora:a:1>:b:0.5]", "", [("lora", "a", 1.0, None)]),
    ("hashes as JSON", "<lora:ink:0.6>", ', Model: base, Hashes: {"model": "aa11bb22cc", "vae": "11aa22bb33", "LORA:ink": "001122", "embed:neg": "334455", "other:x": "1"}', [("lora", "ink", 0.6, "001122"), ("checkpoint", "base", None, "aa11bb22cc"), ("vae", "11aa22bb33", None, "11aa22bb33"), ("embedding", "neg", None, "334455")]),
    ("textual inversions", "a, embedding:style_x:1.1", ', TI hashes: "EasyNegative: c74b4e810b03"', [("embedding", "style_x", None, None), ("embedding", "EasyNegative", None, "c74b4e810b03")]),
    ("textual inversions of old", "a", "\nUsed embeddings: one [119b], two [aabb]", [("embedding", "one", None, "119b"), ("embedding", "two", None, "aabb")]),
    ("SD.Next, lists of one length", "a", ', App: SD.Next, LoRA networks: "a, b", LoRA hashes: "00112233, 44556677"', [("lora", "a", None, "00112233"), ("lora", "b", None, "44556677")]),
    ("SD.Next, a hash is missing", "a", ', App: SD.Next, LoRA networks: "a, b", LoRA hashes: 00112233', [("lora", "a", None, None), ("lora", "b", None, None)]),
    ("Additional Networks", "a", ", AddNet Enabled: True, AddNet Module 1: LoRA, AddNet Model 1: ink_v2(a1b2c3d4e5f6), AddNet Weight A 1: 0.8, AddNet Weight B 1: 0.5", [("lora", "ink_v2", 0.8, "a1b2c3d4e5f6")]),
    ("Additional Networks, first version, off", "a", ", AddNet Enabled: False, AddNet Model 1: ink(a1b2c3d4), AddNet Weight 1: 0.8", [("lora", "ink", 0.8, "a1b2c3d4", "unused")]),
    ("SaveImageWithMetaData", "a", ", Lora_0 Model name: dir/ink.safetensors, Lora_0 Model hash: aabbccddee, Lora_0 Strength model: 0.7, Lora_0 Strength clip: 1, Embedding_0 name: neg.pt, Embedding_0 hash: 11223344", [("lora", "ink", 0.7, "aabbccddee"), ("embedding", "neg", None, "11223344")]),
    ("Fooocus' a1111 scheme", "a", ', Lora hashes: "ink: aabbccdd", Lora weights: "ink: 0.25", Version: Fooocus v2.5.5', [("lora", "ink", 0.25, "aabbccdd")]),
    ("Lora-Manager", "<lora:ink:0.5>", '\nRecipe metadata: {"loras": [{"file_name": "ink", "hash": "AABB1122", "strength": 0.5, "modelVersionId": 42, "modelName": "Ink Style"}], "checkpoint": {"modelName": "Base", "modelVersionId": 7}}', [("lora", "ink", 0.5, "AABB1122"), ("checkpoint", "Base", None, None)]),
    ("stable-diffusion.cpp", "a", ', Version: stable-diffusion.cpp, SDCPP: {"models": {"model": "m.gguf", "clip_l": "clip_l.safetensors"}, "loras": [{"name": "ink", "multiplier": 0.7, "is_high_noise": false}]}', [("checkpoint", "m", None, None), ("text-encoder", "clip_l", None, None), ("lora", "ink", 0.7, None)]),
    ("checkpoint, refiner, VAE", "a", ", Model hash: aabbccddee, Model: base, VAE hash: 1122334455, VAE: sharp.vae.pt, Refiner: fine [99887766], Hires checkpoint: other", [("checkpoint", "base", None, "aabbccddee"), ("vae", "sharp.vae", None, "1122334455"), ("checkpoint", "fine", None, "99887766"), ("checkpoint", "other", None, None)]),
    ("hash without a name", "a", ", Model hash: 7460a6fa", [("checkpoint", "7460a6fa", None, "7460a6fa")]),
    ("Forge modules", "a", ", Module 1: ae, Module 2: t5xxl_fp16, Module 3: clip_l", [("vae", "ae", None, None), ("text-encoder", "t5xxl_fp16", None, None), ("text-encoder", "clip_l", None, None)]),
    ("ControlNet", "a", ', ControlNet 0: "Module: canny, Model: control_canny [d14c016b], Weight: 0.75", ControlNet 1: "Module: ip-adapter-auto, Model: ip-adapter_xl [4209e9f7], Weight: 1", ControlNet 2: "Module: reference_only, Model: None, Weight: 1"', [("controlnet", "control_canny", 0.75, "d14c016b"), ("ip-adapter", "ip-adapter_xl", 1.0, "4209e9f7"), ("controlnet", "reference_only", 1.0, None)]),
    ("detectors and upscalers", "a", ", ADetailer model: face_yolov8n.pt, ADetailer model 2nd: hand.pt, Hires upscaler: 4x-Sharp, Hires upscale: 2, Upscaler: Latent (bicubic)", [("detector", "face_yolov8n", None, None), ("detector", "hand", None, None), ("upscaler", "4x-Sharp", None, None)]),
    ("styles", "a", ', Styles: "Ink, Old Film", Style Selector Enabled: True, Style Selector Style: Origami', [("style", "Ink", None, None), ("style", "Old Film", None, None), ("style", "Origami", None, None)]),
    ("style selector that is off", "a", ", Style Selector Enabled: False, Style Selector Style: Origami", []),
    ("Civitai's list of titles", "a", ', Created Date: 2026-01-04, Civitai resources: [{"type":"checkpoint","modelVersionId":5,"modelName":"Base"},{"type":"lycoris","weight":0.7,"modelVersionId":6,"modelName":"Ink / Wash","air":"urn:air:sdxl:lora:civitai:1@6"},{"modelVersionId":9}], Civitai metadata: {}', [("checkpoint", "Base", None, None), ("lora", "Ink / Wash", 0.7, None)]),
    ("Civitai's titles joined to files", "<lora:detail_tweaker:0.6>", ', Civitai resources: [{"type":"lora","weight":0.6,"modelVersionId":62833,"modelName":"Detail Tweaker LoRA"}]', [("lora", "detail_tweaker", 0.6, None)]),
    ("names that are none", "a", ", Model: None, VAE: Automatic, Hires upscaler: None, Module 1: Built in", [("text-encoder", "Built in", None, None)]),
)  # fmt: skip


@pytest.mark.parametrize(("name", "prompt", "more", "expected"), NETWORKS, ids=[row[0] for row in NETWORKS])
def test_models_of_an_infotext(name: str, prompt: str, more: str, expected: list[tuple[object, ...]]) -> None:
    assert expected == models(only(read(("parameters", infotext(more, prompt)))))


def test_version_ids_come_with_the_resource() -> None:
    more = ', Civitai resources: [{"type":"lora","modelVersionId":42,"modelName":"x"}, {"air":"urn:air:sdxl:lora:civitai:1@77"}]'
    assert ["42", "77"] == [r.version_id for r in only(read(("parameters", infotext(more)))).resources]


def test_a_tag_in_the_negative_prompt_is_not_loaded() -> None:
    generation = only(read(("parameters", infotext("", negative="<lora:bad:1>"))))
    assert [("lora", "bad", 1.0, None, "unused")] == models(generation)


def test_the_use_in_the_positive_prompt_counts_where_both_name_a_model() -> None:
    generation = only(read(("parameters", infotext("", "<lora:both:0.4>", "<lora:both:1>"))))
    assert [("lora", "both", 0.4, None)] == models(generation)


def test_all_prompts_of_an_infotext_have_their_role() -> None:
    more = (
        ', Hires prompt: "fox, snow", Hires negative prompt: "rain, fog", ADetailer prompt: "[PROMPT], face [SEP] [SKIP]",'
        ' ADetailer prompt 2nd: "hand, paw", ADetailer negative prompt 2nd: blur, ADetailer prompt 3rd: "[SKIP]",'
        ' Refiner prompt: "dusk", Refiner negative: dawn, Wildcard prompt: "__animal__, x", Raw prompt: "fox",'
        " Prompt attention: native, Hires prompt mode: 1\nTemplate: {red|blue} fox\nNegative Template: __bad__"
    )
    generation = only(read(("parameters", infotext(more))))
    expected = [
        ("positive", "a fox", ""), ("negative", "fog", ""), ("positive", "fox, snow", "#Hires prompt"),
        ("negative", "rain, fog", "#Hires negative prompt"), ("positive", "[PROMPT], face [SEP] [SKIP]", "#ADetailer prompt"),
        ("positive", "hand, paw", "#ADetailer prompt 2nd"), ("negative", "blur", "#ADetailer negative prompt 2nd"),
        ("positive", "dusk", "#Refiner prompt"), ("negative", "dawn", "#Refiner negative"),
        ("template", "__animal__, x", "#Wildcard prompt"), ("template", "fox", "#Raw prompt"),
        ("template", "{red|blue} fox", "#Template"), ("negative", "__bad__", "#Negative Template"),
    ]  # fmt: skip
    assert expected == [(p.role, p.text, p.locator.removeprefix("png:tEXt/parameters")) for p in generation.prompts]
    assert "native" == generation.parameters["Prompt attention"]


def test_sdnext_has_second_prompts_under_keys_of_its_own() -> None:
    more = (
        ', Prompt2: "dusk, film", Negative2: dawn, Styles: "Ink; Old Film", T5: t5xxl, App: SD.Next, Version: 56a8aea'
    )
    generation = only(read(("parameters", infotext(more))))
    assert [("positive", "a fox"), ("negative", "fog"), ("positive", "dusk, film"), ("negative", "dawn")] == texts(
        generation
    )
    assert ["Ink", "Old Film", "t5xxl"] == [r.name for r in generation.resources]


def test_the_extras_tab_leaves_settings_without_a_prompt() -> None:
    generation = only(read(("postprocessing", "Postprocess upscale by: 4, Postprocess upscaler: R-ESRGAN 4x+")))
    assert ("a1111", [], [("upscaler", "R-ESRGAN 4x+", None, None)]) == (
        generation.tool,
        texts(generation),
        models(generation),
    )
    assert "4" == generation.parameters["Postprocess upscale by"]


def test_text_without_parameters_counts_where_the_key_says_what_it_is() -> None:
    assert ("unknown", [("unknown", "a fox")]) == (
        only(read(("parameters", "a fox"))).tool,
        texts(only(read(("parameters", "a fox")))),
    )


# ---- ComfyUI ---------------------------------------------------------------------------------------------

GRAPH = {
    "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "base.safetensors"}},
    "2": {"class_type": "LoraLoader", "inputs": {"lora_name": "ink.safetensors", "strength_model": 0.5, "strength_clip": 1, "model": ["1", 0], "clip": ["1", 1]}},
    "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox", "clip": ["2", 1]}},
    "4": {"class_type": "CLIPTextEncode", "inputs": {"text": "fog", "clip": ["2", 1]}},
    "5": {"class_type": "KSampler", "inputs": {"model": ["2", 0], "positive": ["3", 0], "negative": ["4", 0], "seed": 7}},
    "6": {"class_type": "SaveImage", "inputs": {"images": ["5", 0], "filename_prefix": "x"}},
}  # fmt: skip
CANVAS = {
    "nodes": [{"id": 3, "type": "CLIPTextEncode", "mode": 0, "widgets_values": ["a fox"], "inputs": [], "outputs": []}],
    "links": [],
    "version": 0.4,
}
PROMPT, WORKFLOW = json.dumps(GRAPH), json.dumps(CANVAS)

COMFY_PLACES: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    ("PNG", "png:tEXt", (("prompt", PROMPT), ("workflow", WORKFLOW))),
    ("prompt alone", "png:tEXt", (("prompt", PROMPT),)),
    ("twice encoded", "png:tEXt", (("prompt", json.dumps(PROMPT)),)),
    ("animated PNG", "png:comf", (("prompt", PROMPT), ("workflow", WORKFLOW))),
    ("animated WebP", "webp:exif", (("Model", f"prompt:{PROMPT}"), ("Make", f"workflow:{WORKFLOW}"))),
    ("WAS", "jpeg:exif", (("Make", f"Prompt:{PROMPT}"), ("ImageDescription", f"Workflow:{WORKFLOW}"))),
    ("save-image-extended", "webp:exif", (("Make", f"Prompt: {PROMPT}"), ("ImageDescription", f"Workflow: {WORKFLOW}"))),
    ("SaveImagePlus", "jpeg:exif", (("UserComment", json.dumps({"prompt": GRAPH, "workflow": CANVAS})),)),
    ("VideoHelperSuite's comment", "mp4:ilst", (("comment", json.dumps({"prompt": PROMPT, "workflow": WORKFLOW})),)),
    ("video", "mp4:keys", (("prompt", PROMPT), ("workflow", WORKFLOW))),
    ("Matroska", "webm:tags", (("PROMPT", PROMPT), ("WORKFLOW", WORKFLOW))),
    ("sound", "flac:vorbis", (("PROMPT", PROMPT),)),
    ("hidden", "png:alpha", (("stealth_pnginfo", json.dumps({"prompt": PROMPT, "workflow": WORKFLOW})),)),
    ("MetaHub in XMP", "avif:item", (("xmp", f"<x:xmpmeta><rdf:Description xmlns:c='https://comfyui.org/ns/1.0/'><c:prompt>{PROMPT}</c:prompt></rdf:Description></x:xmpmeta>"),)),
)  # fmt: skip


@pytest.mark.parametrize(("name", "place", "pieces"), COMFY_PLACES, ids=[row[0] for row in COMFY_PLACES])
def test_graphs_are_found_wherever_savers_put_them(name: str, place: str, pieces: tuple[tuple[str, str], ...]) -> None:
    generation = only(read(*pieces, place=place))
    assert "comfyui" == generation.tool
    assert {("positive", "a fox"), ("negative", "fog")} <= set(texts(generation))
    assert ("lora", "ink", 0.5, None) in models(generation)
    assert (name == "hidden", False) == (generation.hidden, generation.canvas_only)


def test_a_canvas_alone_says_so() -> None:
    generation = only(read(("workflow", WORKFLOW)))
    assert ("comfyui", True, ["a fox"]) == (
        generation.tool,
        generation.canvas_only,
        [p.text for p in generation.prompts],
    )


def test_an_infotext_without_version_beside_a_graph_is_comfyuis() -> None:
    decoded = read(("parameters", infotext("")), ("prompt", PROMPT))
    assert ["comfyui", "comfyui"] == [g.tool for g in decoded.generations]


def test_image_saver_joins_hashes_and_resources() -> None:
    more = ', Model: base, Version: ComfyUI, Hashes: {"model": "aabbccddee", "LORA:ink": "1122334455"}, Civitai resources: [{"modelName": "Ink Style", "weight": 0.5, "air": "urn:air:sdxl:lora:civitai:1@77"}]'
    generation = only(read(("parameters", infotext(more, "a fox <lora:ink:0.5>"))))
    assert [("lora", "ink", 0.5, "1122334455"), ("checkpoint", "base", None, "aabbccddee")] == models(generation)
    assert "77" == generation.resources[0].version_id


def test_metahub_names_loras_and_carries_its_graph() -> None:
    data = {
        "generator": "ComfyUI", "prompt": "a fox", "negativePrompt": "fog", "model": "base.safetensors", "model_hash": "aabbccddee",
        "loras": [{"name": "ink.safetensors", "weight": 0.5}], "imh_pro": {}, "prompt_api": GRAPH,
    }  # fmt: skip
    for pieces in ((("imagemetahub_data", json.dumps(data)),), (("comment", json.dumps(data)),)):
        decoded = read(*pieces)
        assert ["comfyui", "comfyui"] == [g.tool for g in decoded.generations]
        assert [("checkpoint", "base", None, "aabbccddee"), ("lora", "ink", 0.5, None)] == models(
            decoded.generations[0]
        )
    assert (
        1
        == len(
            read(("prompt", PROMPT), ("imagemetahub_data", json.dumps(data | {"prompt_api": {}})))
            .generations[0]
            .prompts
        )
        - 1
    )


def test_a_truncated_graph_is_a_problem_and_no_crash() -> None:
    decoded = read(("prompt", PROMPT[:-60]))
    assert decoded.problems


# ---- NovelAI ---------------------------------------------------------------------------------------------

NAI_COMMENT = {
    "prompt": "2girls, dusk", "uc": "fog", "steps": 28, "seed": 7, "sampler": "k_euler", "request_type": "PromptGenerateRequest",
    "v4_prompt": {"caption": {"base_caption": "2girls, dusk", "char_captions": [{"char_caption": "red fox girl"}, {"char_caption": "blue owl girl"}]}},
    "v4_negative_prompt": {"caption": {"base_caption": "fog", "char_captions": [{"char_caption": "tail"}]}},
    "reference_strength_multiple": [0.6, 0.3], "director_reference_strengths": [1.0],
    "director_reference_descriptions": [{"caption": {"base_caption": "character&style", "char_captions": []}}],
    "signed_hash": "x",
}  # fmt: skip
NAI_FIELDS = {
    "Title": "NovelAI generated image", "Description": "2girls, dusk", "Software": "NovelAI",
    "Source": "NovelAI Diffusion V4.5 4BDE2A90", "Generation time": "1.2", "Comment": json.dumps(NAI_COMMENT),
}  # fmt: skip
NAI_PLACES: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    ("PNG", "png:tEXt", tuple(NAI_FIELDS.items())),
    ("WebP", "webp:exif", (("DocumentName", "NovelAI generated image"), ("ImageDescription", "\0\0\0\0"), ("Software", "NovelAI Diffusion V4.5 C02D4F98"), ("UserComment", json.dumps({"Comment": json.dumps(NAI_COMMENT)})))),
    ("hidden", "webp:alpha", (("stealth_pngcomp", json.dumps(NAI_FIELDS)),)),
)  # fmt: skip


@pytest.mark.parametrize(("name", "place", "pieces"), NAI_PLACES, ids=[row[0] for row in NAI_PLACES])
def test_novelai_puts_characters_into_captions_of_their_own(
    name: str, place: str, pieces: tuple[tuple[str, str], ...]
) -> None:
    generation = only(read(*pieces, place=place))
    assert ("novelai", name == "hidden") == (generation.tool, generation.hidden)
    assert [
        ("positive", "2girls, dusk"), ("positive", "red fox girl"), ("positive", "blue owl girl"), ("negative", "fog"),
        ("negative", "tail"), ("template", "character&style"),
    ] == texts(generation)  # fmt: skip
    assert [
        ("reference-image", "vibe 1", 0.6, None), ("reference-image", "vibe 2", 0.3, None),
        ("reference-image", "director reference 1", 1.0, None),
    ] == models(generation)  # fmt: skip


def test_novelai_v1_has_its_prompt_in_the_description() -> None:
    pieces = (
        ("Description", "a fox"),
        ("Software", "NovelAI"),
        ("Source", "Stable Diffusion 1D44365E"),
        ("Comment", '{"steps": 50, "uc": "fog"}'),
    )
    generation = only(read(*pieces))
    assert [("positive", "a fox"), ("negative", "fog")] == texts(generation)
    assert ["png:tEXt/Description", "png:tEXt/Comment#uc"] == [p.locator for p in generation.prompts]
    assert "Stable Diffusion 1D44365E" == generation.tool_version


# ---- writers of JSON ---------------------------------------------------------------------------------------

SWARM = {
    "sui_image_params": {
        "prompt": "a fox <lora:wash:0.3>", "negativeprompt": "fog", "model": "dir/base", "loras": ["ink", "old"], "loraweights": ["0.5", "1"],
        "refinermodel": "fine", "refinerupscalemethod": "model-4x.pth", "vae": "None", "seed": 7, "swarm_version": "0.9.7.4", "initimage": "x.png",
    },
    "sui_extra_data": {"original_prompt": "a {fox|owl}", "used_embeddings": ["neg"], "presets_used": ["Ink"]},
    "sui_models": [{"name": "ink.safetensors", "param": "loras", "hash": "0x" + "ab" * 32}, {"name": "base.safetensors", "param": "model", "hash": "0x" + "cd" * 32}],
}  # fmt: skip
JSON_WRITERS: tuple[tuple[str, str, dict[str, object], str | None, list[tuple[str, str]], list[tuple[object, ...]]], ...] = (
    (
        "swarmui", "parameters", SWARM, "0.9.7.4",
        [("positive", "a fox <lora:wash:0.3>"), ("negative", "fog"), ("template", "a {fox|owl}")],
        [("lora", "wash", 0.3, None), ("lora", "ink", 0.5, "0x" + "ab" * 32), ("lora", "old", 1.0, None), ("checkpoint", "base", None, "0x" + "cd" * 32),
         ("checkpoint", "fine", None, None), ("upscaler", "4x", None, None), ("embedding", "neg", None, None), ("style", "Ink", None, None),
         ("reference-image", "x.png", None, None)],
    ),
    (
        "swarmui", "Model", {"prompt": "a fox", "negativeprompt": "fog", "loras": "ink,old", "loraweights": "0.5,1", "stable_swarm_version": "0.6"}, "0.6",
        [("positive", "a fox"), ("negative", "fog")], [("lora", "ink", 0.5, None), ("lora", "old", 1.0, None)],
    ),
    (
        "fooocus", "parameters",
        {"prompt": "a fox", "negative_prompt": "fog", "full_prompt": ["a fox by somebody"], "full_negative_prompt": ["fog, rain"], "styles": "['Ink', 'Old Film']",
         "base_model": "base", "base_model_hash": "aabbccddee", "refiner_model": "None", "vae": "Default (model)", "loras": [["ink", 0.25, "1122334455"]],
         "metadata_scheme": "fooocus", "version": "Fooocus v2.5.5", "steps": 30}, "v2.5.5",
        [("positive", "a fox"), ("positive", "a fox by somebody"), ("negative", "fog"), ("negative", "fog, rain")],
        [("checkpoint", "base", None, "aabbccddee"), ("lora", "ink", 0.25, "1122334455"), ("style", "Ink", None, None), ("style", "Old Film", None, None)],
    ),
    (
        "fooocus", "UserComment", {"prompt": "a fox", "base_model": "base.safetensors", "full_prompt": [], "lora_combined_1": "ink.safetensors : 0.5", "lora_combined_2": "None : 1.0"}, None,
        [("positive", "a fox")], [("checkpoint", "base", None, None), ("lora", "ink", 0.5, None)],
    ),
    (
        "fooocus-mre", "Comment",
        {"prompt": "a fox", "negative_prompt": "fog", "real_prompt": ["a fox, film"], "real_negative_prompt": "fog, rain", "base_model": "base.safetensors", "styles": ["cinematic"],
         "l1": "ink.safetensors", "w1": 0.5, "l2": "None", "w2": 1, "software": "Fooocus-MRE v2.0.78.5"}, "v2.0.78.5",
        [("positive", "a fox"), ("positive", "a fox, film"), ("negative", "fog"), ("negative", "fog, rain")],
        [("checkpoint", "base", None, None), ("lora", "ink", 0.5, None), ("style", "cinematic", None, None)],
    ),
    (
        "ruinedfooocus", "parameters",
        {"Prompt": "a fox", "Negative": "fog", "base_model_name": "base.safetensors", "base_model_hash": "AABBCCDDEE",
         "loras": [["1122334455", "0.5 - dir/ink.safetensors"]], "software": "RuinedFooocus", "steps": 30}, None,
        [("positive", "a fox"), ("negative", "fog")], [("checkpoint", "base", None, "AABBCCDDEE"), ("lora", "ink", 0.5, "1122334455")],
    ),
    (
        "ruinedfooocus", "parameters",
        {"Prompt": "a fox", "Negative": "", "loras": "Loras:<dir/ink \N{SPIRAL NOTE PAD}\ufe0f:0.7>,<None:0.5>", "software": "RuinedFooocus 1.2"}, "1.2",
        [("positive", "a fox")], [("lora", "ink", 0.7, None)],
    ),
    (
        "huggingface", "parameters",
        {"prompt": "a fox", "negative_prompt": "fog", "resolution": "64 x 64", "guidance_scale": 5.5, "Model": "Base XL", "Model hash": "AB" * 32, "use_upscaler": None}, None,
        [("positive", "a fox"), ("negative", "fog")], [("checkpoint", "Base XL", None, "AB" * 32)],
    ),
    (
        "mflux", "UserComment",
        {"mflux_version": "0.9.6", "prompt": "a fox", "negative_prompt": "fog", "model": "dev", "base_model": None, "seed": 7,
         "lora_paths": ["/Volumes/models/ink.safetensors"], "lora_scales": [0.5], "image_path": "in.png", "image_strength": 0.4}, "0.9.6",
        [("positive", "a fox"), ("negative", "fog")],
        [("checkpoint", "dev", None, None), ("lora", "ink", 0.5, None), ("reference-image", "in.png", 0.4, None)],
    ),
    (
        "sdcpp", "parameters",
        {"schema": "sdcpp.image.params/v1", "generator": {"name": "stable-diffusion.cpp", "version": "master-709"}, "prompt": {"positive": "a fox", "negative": "fog"},
         "models": {"model": "base.gguf", "vae": "v.safetensors"}, "loras": [{"name": "ink", "multiplier": 0.7}], "seed": 7}, "master-709",
        [("positive", "a fox"), ("negative", "fog")], [("checkpoint", "base", None, None), ("vae", "v", None, None), ("lora", "ink", 0.7, None)],
    ),
    (
        "easydiffusion", "UserComment",
        {"prompt": "a fox", "negative_prompt": "fog", "use_stable_diffusion_model": "base", "use_lora_model": ["ink", "old"], "lora_alpha": [0.5, 0.2],
         "use_embeddings_model": ["neg"], "use_vae_model": None, "original_prompt": "a {fox}"}, None,
        [("positive", "a fox"), ("template", "a {fox}"), ("negative", "fog")],
        [("checkpoint", "base", None, None), ("embedding", "neg", None, None), ("lora", "ink", 0.5, None), ("lora", "old", 0.2, None)],
    ),
    (
        "stabilitymatrix", "ImageDescription",
        {"PositivePrompt": "a fox", "NegativePrompt": "fog", "Steps": 20, "ModelHash": "AB" * 32, "ModelName": "base.safetensors", "ModelVersionId": 12}, None,
        [("positive", "a fox"), ("negative", "fog")], [("checkpoint", "base", None, "AB" * 32)],
    ),
    (
        "tensorart", "generation_data",
        {"prompt": "a fox", "negativePrompt": "fog", "baseModel": {"modelFileName": "Base", "modelFileId": "9", "hash": "AB" * 32}, "ksamplerName": "euler",
         "models": [{"type": "LORA", "modelFileName": "Ink", "weight": 0.7, "hash": "CD" * 32}]}, None,
        [("positive", "a fox"), ("negative", "fog")], [("checkpoint", "Base", None, "AB" * 32), ("lora", "Ink", 0.7, "CD" * 32)],
    ),
    (
        "invokeai", "invokeai_metadata",
        {"app_version": "6.10.0", "positive_prompt": "a fox", "negative_prompt": "fog", "positive_style_prompt": "ink", "seed": 7,
         "model": {"name": "base", "hash": "blake3:" + "ab" * 32}, "vae": {"name": "v"}, "loras": [{"model": {"name": "ink", "hash": "blake3:" + "cd" * 32}, "weight": 0.75}],
         "ref_images": [{"config": {"model": {"name": "ip"}, "weight": 0.5, "image": {"original": {"image": {"image_name": "r.png"}}}}}],
         "canvas_v2_metadata": {"regionalGuidance": [{"positivePrompt": "owl on the left", "negativePrompt": None}]}}, "6.10.0",
        [("positive", "a fox"), ("positive", "ink"), ("negative", "fog"), ("positive", "owl on the left")],
        [("checkpoint", "base", None, "blake3:" + "ab" * 32), ("vae", "v", None, None), ("lora", "ink", 0.75, "blake3:" + "cd" * 32), ("ip-adapter", "ip", 0.5, None),
         ("reference-image", "r.png", None, None)],
    ),
    (
        "invokeai", "invokeai_metadata",
        {"generation_mode": "txt2img", "positive_prompt": "a fox", "model": {"model_name": "base"}, "loras": [{"lora": {"model_name": "ink"}, "weight": 0.75}],
         "ipAdapters": [{"ip_adapter_model": {"model_name": "ip"}, "weight": 0.4, "image": {"image_name": "r.png"}}]}, None,
        [("positive", "a fox")],
        [("checkpoint", "base", None, None), ("lora", "ink", 0.75, None), ("ip-adapter", "ip", 0.4, None), ("reference-image", "r.png", None, None)],
    ),
    (
        "invokeai", "sd-metadata",
        {"app_id": "invoke-ai/InvokeAI", "app_version": "2.3.0", "model_weights": "base", "model_hash": "ab" * 32,
         "image": {"prompt": [{"prompt": "a fox withLora(ink,0.8) [fog, rain]", "weight": 1}], "steps": 50}}, "2.3.0",
        [("positive", "a fox withLora(ink,0.8)"), ("negative", "fog, rain")], [("lora", "ink", 0.8, None), ("checkpoint", "base", None, "ab" * 32)],
    ),
    (
        "nmkd", "NMKDiffusion", {"prompt": "a fox", "promptNeg": "fog", "model": "base.ckpt", "seed": 7, "loras": {"ink": [0.5]}}, None,
        [("positive", "a fox"), ("negative", "fog")], [("checkpoint", "base", None, None), ("lora", "ink", 0.5, None)],
    ),
    (
        "unknown", "parameters", {"prompt": "a fox", "negative_prompt": "fog", "tool": "something new"}, None,
        [("positive", "a fox"), ("negative", "fog")], [],
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("tool", "key", "data", "version", "expected", "resources"),
    JSON_WRITERS,
    ids=[f"{row[0]} in {row[1]}" for row in JSON_WRITERS],
)
def test_writers_of_json(
    tool: str,
    key: str,
    data: dict[str, object],
    version: str | None,
    expected: list[tuple[str, str]],
    resources: list[tuple[object, ...]],
) -> None:
    generation = only(read((key, json.dumps(data))))
    assert (tool, version, expected, resources) == (
        generation.tool,
        generation.tool_version,
        texts(generation),
        models(generation),
    )
    assert tool in TOOLS


def test_swarm_owns_the_graph_beside_its_text() -> None:
    decoded = read(("prompt", PROMPT), ("parameters", json.dumps(SWARM)))
    assert {"swarmui"} == {g.tool for g in decoded.generations}


def test_swarm_draws_with_what_it_wrote_into_the_sidecar() -> None:
    assert (
        "swarmui"
        == only(
            decode(Container("png", (Blob("sidecar:a.swarm.json", "sidecar", json.dumps(SWARM)),)), DEFAULT_LIMITS)
        ).tool
    )


def test_stabilitymatrix_is_one_generation_of_three_texts() -> None:
    project = {
        "ProjectType": "TextToImage",
        "State": {
            "Prompt": {"Prompt": "a fox"},
            "Model": {
                "SelectedModelName": "base.safetensors", "IsExtraNetworksEnabled": True,
                "ExtraNetworks": {"$values": [{"$values": [{"SelectedModel": {"RelativePath": "ink.safetensors"}, "ModelWeight": 0.5}]}]},
            },
        },
    }  # fmt: skip
    parameters = {
        "PositivePrompt": "a fox\r\n",
        "NegativePrompt": "fog",
        "ModelName": "base.safetensors",
        "ModelHash": "AB" * 32,
    }
    text = f"a fox\r\n\nNegative prompt: fog\r\n\n{TAIL}, Model hash: {'AB' * 32}, Model: base.safetensors"
    pieces = (("smproj", json.dumps(project)), ("parameters-json", json.dumps(parameters)), ("parameters", text))
    generation = only(read(*pieces))
    assert ("stabilitymatrix", [("positive", "a fox"), ("negative", "fog")]) == (generation.tool, texts(generation))
    assert [("checkpoint", "base", None, "AB" * 32), ("lora", "ink", 0.5, None)] == models(generation)
    assert ["stabilitymatrix", "stabilitymatrix"] == [g.tool for g in read(*pieces, ("prompt", PROMPT)).generations]


def test_civitais_upscales_are_a_graph_with_a_form() -> None:
    graph = {key: node for key, node in GRAPH.items() if key != "1"} | {
        "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "urn:air:sdxl:checkpoint:civitai:8@25"}},
        "extra": {"airs": ["urn:air:sdxl:checkpoint:civitai:8@25", "urn:air:sdxl:lora:civitai:1@77"]},
        "extraMetadata": json.dumps(
            {
                "prompt": "a fox",
                "negativePrompt": "fog",
                "steps": 25,
                "resources": [{"modelVersionId": 77, "strength": 0.5}],
            }
        ),
    }
    generation = only(
        read(
            ("UserComment", json.dumps(graph)),
            ("Software", "42adebcb-68ad-45e2-9c83-f92b6b11d852"),
            ("Artist", "ai"),
            place="jpeg:exif",
        )
    )
    assert ("civitai", {("positive", "a fox"), ("negative", "fog")}) == (generation.tool, set(texts(generation)))
    assert {"25", "77"} <= {r.version_id for r in generation.resources}


def test_invokeais_graph_counts_where_there_is_no_metadata() -> None:
    graph = {
        "nodes": {
            "a": {"id": "a", "type": "string", "value": "a fox"}, "b": {"id": "b", "type": "sdxl_compel_prompt", "prompt": "", "style": "ink"},
            "c": {"id": "c", "type": "compel", "prompt": "fog"}, "d": {"id": "d", "type": "lora_loader", "lora": {"name": "ink", "hash": "blake3:abcdef"}, "weight": 0.5},
        },
        "edges": [
            {"source": {"node_id": "a", "field": "value"}, "destination": {"node_id": "b", "field": "prompt"}},
            {"source": {"node_id": "b", "field": "conditioning"}, "destination": {"node_id": "e", "field": "positive_conditioning"}},
            {"source": {"node_id": "c", "field": "conditioning"}, "destination": {"node_id": "e", "field": "negative_conditioning"}},
        ],
    }  # fmt: skip
    generation = only(read(("invokeai_graph", json.dumps(graph))))
    assert [("positive", "a fox"), ("positive", "ink"), ("negative", "fog")] == texts(generation)
    assert [("lora", "ink", 0.5, "blake3:abcdef")] == models(generation)


def test_invokeais_canvas_alone_says_so() -> None:
    canvas = {
        "nodes": [
            {
                "id": "1",
                "type": "invocation",
                "data": {"id": "1", "type": "string", "inputs": {"value": {"value": "a fox"}}},
            }
        ],
        "edges": [],
    }
    generation = only(read(("invokeai_workflow", json.dumps(canvas))))
    assert (True, [("unknown", "a fox")]) == (generation.canvas_only, texts(generation))


def test_the_command_line_of_invokeai_1() -> None:
    generation = only(read(("Dream", '"a fox [fog]" -s 50 -S 7 -W512 -C 7.5 -A k_lms')))
    assert [("positive", "a fox"), ("negative", "fog")] == texts(generation)
    assert {"s": "50", "S": "7", "C": "7.5", "A": "k_lms"}.items() <= generation.parameters.items()


# ---- writers with a text a field ----------------------------------------------------------------------------


def test_easy_diffusion_writes_one_text_a_field() -> None:
    fields = (
        ("prompt", "a fox"), ("seed", "7"), ("negative_prompt", "fog"), ("use_stable_diffusion_model", "base"), ("use_lora_model", "['ink', 'old']"),
        ("lora_alpha", "[0.5, 0.2]"), ("num_inference_steps", "25"), ("use_vae_model", "None"),
    )  # fmt: skip
    generation = only(read(*fields))
    assert ("easydiffusion", [("positive", "a fox"), ("negative", "fog")]) == (generation.tool, texts(generation))
    assert [("checkpoint", "base", None, None), ("lora", "ink", 0.5, None), ("lora", "old", 0.2, None)] == models(
        generation
    )


def test_easy_diffusion_has_a_sidecar_with_labels() -> None:
    text = "Prompt: a fox\nNegative Prompt: fog\nSeed: 7\nStable Diffusion model: base\nLoRA model: ink, old\nLoRA Strength: 0.5, 0.2\nGuidance Scale: 7.5\nSteps: 25\n"
    generation = only(decode(Container("png", (Blob("sidecar:a.txt", "sidecar", text),)), DEFAULT_LIMITS))
    assert ("easydiffusion", [("positive", "a fox"), ("negative", "fog")]) == (generation.tool, texts(generation))
    assert [("checkpoint", "base", None, None), ("lora", "ink", 0.5, None), ("lora", "old", 0.2, None)] == models(
        generation
    )


def test_kohyas_prompt_is_plain_text() -> None:
    fields = (
        ("prompt", "a fox <lora:ink:1>"),
        ("seed", "7"),
        ("steps", "20"),
        ("scale", "7"),
        ("sampler", "ddim"),
        ("negative-prompt", "fog"),
        ("raw-prompt", "a __animal__"),
    )
    generation = only(read(*fields))
    assert ("kohya", [("positive", "a fox <lora:ink:1>"), ("negative", "fog"), ("template", "a __animal__")]) == (
        generation.tool,
        texts(generation),
    )
    assert ["png:tEXt/prompt", "png:tEXt/negative-prompt", "png:tEXt/raw-prompt"] == [
        p.locator for p in generation.prompts
    ]
    assert "7" == generation.parameters["scale"]


def test_midjourney_references_are_resources() -> None:
    text = (
        "https://cdn.example/in.png a fox in snow --ar 2:3 --no fog, rain --sref https://cdn.example/s.png 123456 --sw 250 --cref https://cdn.example/c.png"
        " --cw 50 --oref https://cdn.example/o.png --v 6.1 Job ID: 01234567-89ab-cdef-0123-456789abcdef"
    )
    generation = only(read(("Description", text), ("Author", "somebody"), ("Creation Time", "x")))
    assert ("midjourney", "6.1", [("positive", "a fox in snow"), ("negative", "fog, rain")]) == (
        generation.tool,
        generation.tool_version,
        texts(generation),
    )
    assert [
        ("reference-image", "https://cdn.example/in.png", None), ("style", "https://cdn.example/s.png", 250.0), ("style", "123456", 250.0),
        ("reference-image", "https://cdn.example/c.png", 50.0), ("reference-image", "https://cdn.example/o.png", None),
    ] == [(r.kind, r.raw, r.weight) for r in generation.resources]  # fmt: skip
    assert "01234567-89ab-cdef-0123-456789abcdef" == generation.parameters["Job ID"]


def test_a_prompt_with_dashes_is_not_midjourneys() -> None:
    assert "unknown" == only(read(("Description", "a fox -- and an owl --maybe"))).tool


def test_artbot_is_told_by_its_software() -> None:
    pieces = (
        ("UserComment", infotext("")),
        ("Software", "ArtBot - Create images with Stable Diffusion, utilizing the AI Horde"),
    )
    assert "aihorde" == only(read(*pieces, place="jpeg:exif")).tool


# ---- sidecars ------------------------------------------------------------------------------------------------


def test_a_caption_beside_a_training_picture_is_no_infotext() -> None:
    decoded = decode(Container("png", (Blob("sidecar:a.txt", "sidecar", "1girl, red fox, snow"),)), DEFAULT_LIMITS)
    assert ((), ["1girl, red fox, snow"]) == (decoded.generations, [t.text for t in decoded.texts])


def test_an_infotext_beside_the_picture_is_one() -> None:
    assert (
        "a1111"
        == only(decode(Container("png", (Blob("sidecar:a.txt", "sidecar", infotext("")),)), DEFAULT_LIMITS)).tool
    )


def test_the_log_of_fooocus_holds_one_entry_a_picture() -> None:
    from urllib.parse import quote

    data = {"Prompt": "a fox", "Negative Prompt": "fog", "Fooocus V2 Expansion": "a fox, film", "Styles": "['Ink']", "Base Model": "base.safetensors", "LoRA 1": "ink.safetensors : 0.5", "Version": "Fooocus v2.5.5"}  # fmt: skip
    other = "<tr><td class='label'>Prompt</td><td class='value'>an &quot;owl&quot;</td></tr>\n<tr><td class='label'>Base Model</td><td class='value'>base</td></tr>"
    page = (
        "<!DOCTYPE html><html><body>"
        f'<div id="a_png" class="image-container"><button onclick="to_clipboard(\'{quote(json.dumps(data))}\')">Copy</button></div>'
        f'<div id="b_png" class="image-container"><table class="metadata">{other}</table></div></body></html>'
    )
    both = decode(Container("html", (Blob("sidecar:log.html", "sidecar", page),)), DEFAULT_LIMITS).generations
    assert ["sidecar:log.html#a_png", "sidecar:log.html#b_png"] == [g.locator for g in both]
    assert [("positive", "a fox"), ("positive", "a fox, film"), ("negative", "fog")] == texts(both[0])
    assert [("checkpoint", "base", None, None), ("lora", "ink", 0.5, None), ("style", "Ink", None, None)] == models(
        both[0]
    )
    assert [("positive", 'an "owl"')] == texts(both[1])
    one = only(decode(Container("png", (Blob("sidecar:log.html#b.png", "sidecar", page),)), DEFAULT_LIMITS))
    assert [("positive", 'an "owl"')] == texts(one)


# ---- unknown writers ------------------------------------------------------------------------------------------


def test_text_of_an_unknown_writer_is_kept_raw() -> None:
    generation = only(read(("mold:prompt", "a fox"), ("mold:negative_prompt", "fog"), ("note", "by hand <lora:ink:1>")))
    assert ("unknown", [("positive", "a fox"), ("negative", "fog"), ("unknown", "by hand <lora:ink:1>")]) == (
        generation.tool,
        texts(generation),
    )
    assert ["png:tEXt/mold:prompt", "png:tEXt/mold:negative_prompt", "png:tEXt/note"] == [
        p.locator for p in generation.prompts
    ]
    assert [("lora", "ink", 1.0, None)] == models(generation)


NOISE = (
    ("Software", "Adobe Photoshop 25.0"), ("Comment", "Created with GIMP"), ("Make", "Canon"), ("Model", "EOS R5"), ("DateTime", "2026:01:01 00:00:00"),
    ("date:create", "2026-01-01T00:00:00"), ("comment", "Lavc60.3.100"), ("Creation Time", "now"), ("UserComment", "ASCII"), ("encoder", "Lavf"),
)  # fmt: skip


@pytest.mark.parametrize(("key", "text"), NOISE)
def test_what_programs_write_by_themselves_is_no_generation(key: str, text: str) -> None:
    assert () == read((key, text)).generations


def test_the_caption_of_a_photograph_is_a_text_and_no_generation() -> None:
    decoded = read(("Make", "Canon"), ("ImageDescription", "a fox in the garden"), place="jpeg:exif", format="jpeg")
    assert ((), ["a fox in the garden"]) == (decoded.generations, [t.text for t in decoded.texts])


def test_titles_are_texts() -> None:
    assert ["A fox"] == [t.text for t in read(("Title", "A fox")).texts]


def test_nothing_gives_nothing() -> None:
    assert Decoded() == decode(Container("png"), DEFAULT_LIMITS)
