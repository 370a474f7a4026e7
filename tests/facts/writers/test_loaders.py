"""Every node of formats §1b that loads a LoRA, in a small graph: as executed, on the canvas with its values by position, and on a canvas
that names its widgets (frontend 1.16 and later). All three must name the same LoRAs."""

from __future__ import annotations

import json

import pytest

from sdscan.facts.decoders import decode
from sdscan.limits import DEFAULT_LIMITS
from sdscan.records import Blob, Container, Generation

INK, WASH = "ink.safetensors", "sub\\wash.safetensors"
ON, OFF = ("ink", 0.8, "used"), ("ink", 0.8, "unused")
Loras = tuple[tuple[str, float | None, str], ...]
ONE: Loras = (ON,)
TWO: Loras = (ON, ("wash", 0.3, "used"))
SECOND_OFF: Loras = (ON, ("wash", 1.0, "unused"))
MANAGED = [{"name": "ink", "strength": 0.8, "active": True, "clipStrength": 1}, {"name": "wash", "strength": "1", "active": False}]  # fmt: skip
RGTHREE = ({"on": True, "lora": INK, "strength": 0.8, "strengthTwo": None}, {"on": False, "lora": WASH, "strength": 1, "strengthTwo": None})  # fmt: skip
PLACEHOLDERS = ("Select the LoRA to add to the text", "Select the Wildcard to add to the text")

Inputs = dict[str, object]
LOADERS: tuple[tuple[str, Inputs, list[object] | None, Loras], ...] = (
    # core
    ("LoraLoader", {"lora_name": INK, "strength_model": 0.8, "strength_clip": 1}, [INK, 0.8, 1], ONE),
    ("LoraLoader", {"lora_name": INK, "strength_model": 0, "strength_clip": 0}, [INK, 0, 0], (("ink", 0.0, "unused"),)),
    ("LoraLoaderModelOnly", {"lora_name": INK, "strength_model": 0.8}, [INK, 0.8], ONE),
    ("LoraLoaderBypass", {"lora_name": INK, "strength_model": 0.8, "strength_clip": 1}, [INK, 0.8, 1], ONE),
    ("LoraLoaderBypassModelOnly", {"lora_name": INK, "strength_model": 0.8}, [INK, 0.8], ONE),
    ("CreateHookLora", {"lora_name": INK, "strength_model": 0.8, "strength_clip": 1}, [INK, 0.8, 1], ONE),
    ("CreateHookLoraModelOnly", {"lora_name": INK, "strength_model": 0.8}, [INK, 0.8], ONE),
    # pysssss, rgthree
    ("LoraLoader|pysssss", {"lora_name": {"content": INK, "image": None}, "strength_model": 0.8, "strength_clip": 1}, [{"content": INK, "image": None}, 0.8, 1, "[none]"], ONE),
    ("LoraLoaderWithPreviews", {"lora_name": {"content": INK, "image": "x"}, "strength_model": 0.8, "strength_clip": 1}, [{"content": INK, "image": "x"}, 0.8, 1], ONE),
    ("Power Lora Loader (rgthree)", {"PowerLoraLoaderHeaderWidget": {"type": "PowerLoraLoaderHeaderWidget"}, "lora_1": RGTHREE[0], "lora_2": RGTHREE[1], "➕ Add Lora": ""}, [{}, {"type": "PowerLoraLoaderHeaderWidget"}, *RGTHREE, {}, ""], SECOND_OFF),
    ("Lora Loader Stack (rgthree)", {"lora_01": INK, "strength_01": 0.8, "lora_02": "None", "strength_02": 1, "lora_03": WASH, "strength_03": 0}, [INK, 0.8, "None", 1, WASH, 0, "None", 1], (ON, ("wash", 0.0, "unused"))),
    ("Power Prompt (rgthree)", {"prompt": "owl <lora:ink:0.8>", "insert_lora": "CHOOSE", "insert_embedding": "CHOOSE", "insert_saved": "CHOOSE"}, ["owl <lora:ink:0.8>", "CHOOSE", "CHOOSE", "CHOOSE"], ONE),
    ("Power Prompt (rgthree)", {"prompt": "owl <lora:ink:0.8>", "insert_lora": "DISABLE LORAS", "insert_embedding": "CHOOSE", "insert_saved": "CHOOSE"}, ["owl <lora:ink:0.8>", "DISABLE LORAS", "CHOOSE", "CHOOSE"], (OFF,)),
    ("Power Prompt - Simple (rgthree)", {"prompt": "owl <lora:ink:0.8>", "insert_embedding": "CHOOSE"}, ["owl <lora:ink:0.8>", "CHOOSE", "CHOOSE"], ONE),
    ("SDXL Power Prompt - Positive (rgthree)", {"prompt_g": "owl <lora:ink:0.8>", "prompt_l": ""}, ["owl <lora:ink:0.8>", "", "CHOOSE", "CHOOSE"], ONE),
    # Efficiency
    ("LoRA Stacker", {"input_mode": "simple", "lora_count": 1, "lora_name_1": INK, "lora_wt_1": 0.8, "model_str_1": 1, "clip_str_1": 1, "lora_name_2": WASH, "lora_wt_2": 1, "model_str_2": 1, "clip_str_2": 1}, ["simple", 1, INK, 0.8, 1, 1, WASH, 1, 1, 1], SECOND_OFF),
    ("LoRA Stacker", {"input_mode": "advanced", "lora_count": 2, "lora_name_1": INK, "lora_wt_1": 1, "model_str_1": 0.8, "clip_str_1": 1, "lora_name_2": WASH, "lora_wt_2": 1, "model_str_2": 0.3, "clip_str_2": 1}, ["advanced", 2, INK, 1, 0.8, 1, WASH, 1, 0.3, 1], TWO),
    ("Efficient Loader", {"ckpt_name": "m.safetensors", "vae_name": "Baked VAE", "clip_skip": -1, "lora_name": INK, "lora_model_strength": 0.8, "lora_clip_strength": 1, "positive": "owl", "negative": "mist"},
     ["m.safetensors", "Baked VAE", -1, INK, 0.8, 1, "owl", "mist", "none", "comfy", 512, 512, 1], ONE),
    ("Eff. Loader SDXL", {"base_ckpt_name": "m.safetensors", "lora_name": INK, "lora_model_strength": 0.8, "positive": "owl", "negative": "mist"}, None, ONE),
    ("XY Input: LoRA", {"input_mode": "LoRA Names+Weights", "batch_path": "x", "lora_count": 1, "model_strength": 1, "clip_strength": 1, "lora_name_1": INK, "model_str_1": 0.8, "clip_str_1": 1}, None, ONE),
    ("XY Input: LoRA Plot", {"input_mode": "X: LoRA Batch, Y: LoRA Weight", "lora_name": INK, "model_strength": 0.8, "clip_strength": 1, "X_batch_path": "x"}, None, ONE),
    # Comfyroll
    ("CR LoRA Stack", {"switch_1": "On", "lora_name_1": INK, "model_weight_1": 0.8, "clip_weight_1": 1, "switch_2": "Off", "lora_name_2": WASH, "model_weight_2": 1, "clip_weight_2": 1}, ["On", INK, 0.8, 1, "Off", WASH, 1, 1, "Off", "None", 1, 1], SECOND_OFF),
    ("CR Load LoRA", {"switch": "On", "lora_name": INK, "strength_model": 0.8, "strength_clip": 1}, ["On", INK, 0.8, 1], ONE),
    ("CR Load LoRA", {"switch": "Off", "lora_name": INK, "strength_model": 0.8, "strength_clip": 1}, ["Off", INK, 0.8, 1], (OFF,)),
    ("CR Random LoRA Stack", {"exclusive_mode": "On", "lora_name_1": INK, "switch_1": "On", "chance_1": 0.5, "model_weight_1": 0.8, "clip_weight_1": 1}, None, (("ink", 0.8, "possible"),)),
    ("CR Random Weight LoRA", {"lora_name": INK, "switch": "On", "weight_min": 0, "weight_max": 0.8, "clip_weight": 1}, None, ONE),
    # Easy-Use
    ("easy fullLoader", {"ckpt_name": "m.safetensors", "lora_name": INK, "lora_model_strength": 0.8, "lora_clip_strength": 1, "positive": "owl", "negative": "mist"},
     ["m.safetensors", "Default", "Baked VAE", -2, INK, 0.8, 1, "512 x 512", 512, 512, "owl", "none", "comfy", "mist", "none", "comfy", 1, False], ONE),
    ("easy a1111Loader", {"ckpt_name": "m.safetensors", "lora_name": INK, "lora_model_strength": 0.8, "lora_clip_strength": 1, "positive": "owl", "negative": "mist"}, ["m.safetensors", "Baked VAE", -2, INK, 0.8, 1, "512 x 512", 512, 512, "owl", "mist", 1, True], ONE),
    ("easy fluxLoader", {"ckpt_name": "m.safetensors", "lora_name": INK, "lora_model_strength": 0.8, "lora_clip_strength": 1, "positive": "owl"}, ["m.safetensors", "Baked VAE", INK, 0.8, 1, "512 x 512", 512, 512, "owl", 1], ONE),
    *((f"easy {kind}Loader", {"ckpt_name": "m.safetensors", "lora_name": INK, "lora_model_strength": 0.8, "lora_clip_strength": 1}, None, ONE) for kind in ("comfy", "kolors", "hunyuanDiT", "pixArt", "cascade", "sv3d")),
    ("easy loraStack", {"toggle": True, "mode": "simple", "num_loras": 1, "lora_1_name": INK, "lora_1_strength": 0.8, "lora_1_model_strength": 1, "lora_1_clip_strength": 1, "lora_2_name": WASH, "lora_2_strength": 1, "lora_2_model_strength": 1, "lora_2_clip_strength": 1},
     [True, "simple", 1, INK, 0.8, 1, 1, WASH, 1, 1, 1], SECOND_OFF),
    ("easy loraStack", {"toggle": False, "mode": "simple", "num_loras": 1, "lora_1_name": INK, "lora_1_strength": 0.8, "lora_1_model_strength": 1, "lora_1_clip_strength": 1}, [False, "simple", 1, INK, 0.8, 1, 1], (OFF,)),
    ("easy loraSwitcher", {"toggle": True, "select": 1, "num_loras": 2, "lora_strength": 0.8, "lora_1_name": INK, "lora_2_name": WASH}, [True, 1, 2, 0.8, INK, WASH], (ON, ("wash", 0.8, "unused"))),
    # WAS, LoRA Manager
    ("Lora Loader", {"lora_name": INK, "strength_model": 0.8, "strength_clip": 1}, [INK, 0.8, 1], ONE),
    ("Load Lora", {"lora_name": INK, "strength_model": 0.8, "strength_clip": 1}, [INK, 0.8, 1], ONE),
    ("Lora Loader (LoraManager)", {"text": "<lora:ink:0.8> <lora:wash:1>", "loras": {"__value__": MANAGED}}, ["<lora:ink:0.8> <lora:wash:1>", MANAGED], SECOND_OFF),
    ("Lora Stacker (LoraManager)", {"text": "", "loras": MANAGED}, ["", MANAGED], SECOND_OFF),
    ("WanVideo Lora Select (LoraManager)", {"low_mem_load": False, "merge_loras": True, "text": "<lora:ink:0.8>", "loras": {"__value__": MANAGED[:1]}}, [False, True, "<lora:ink:0.8>", MANAGED[:1]], ONE),
    ("LoRA Text Loader (LoraManager)", {"lora_syntax": "<lora:ink:0.8>"}, ["<lora:ink:0.8>"], ONE),
    # films
    ("WanVideoLoraSelect", {"lora": INK, "strength": 0.8, "low_mem_load": False, "merge_loras": True}, [INK, 0.8, False, True], ONE),
    ("WanVideoLoraSelectByName", {"lora_name": INK, "strength": 0.8}, [INK, 0.8], ONE),
    ("WanVideoLoraSelectMulti", {"lora_0": INK, "strength_0": 0.8, "lora_1": "none", "strength_1": 1, "lora_2": WASH, "strength_2": 0.3, "lora_3": "none", "strength_3": 1, "lora_4": "none", "strength_4": 1}, [INK, 0.8, "none", 1, WASH, 0.3, "none", 1, "none", 1], TWO),
    ("HyVideoLoraSelect", {"lora": INK, "strength": 0.8}, [INK, 0.8], ONE),
    ("HunyuanVideoLoraLoader", {"lora_name": INK, "strength": 0.8, "blocks_type": "all"}, [INK, 0.8, "all"], ONE),
    ("LTXICLoRALoaderModelOnly", {"lora_name": INK, "strength_model": 0.8}, [INK, 0.8], ONE),
    ("LTXVQ8LoraModelLoader", {"lora_name": INK, "strength_model": 0.8}, [INK, 0.8], ONE),
    ("DiTBlockLoraLoader", {"strength_model": 0.8, "lora_name": INK}, [0.8, INK], ONE),
    ("LTX2LoraLoaderAdvanced", {"lora_name": INK, "strength_model": 0.8}, [INK, 0.8], ONE),
    ("ADE_AnimateDiffLoRALoader", {"name": INK, "strength": 0.8}, [INK, 0.8], ONE),
    ("ADE_RegisterLoraHook", {"lora_name": INK, "strength_model": 0.8, "strength_clip": 1}, [INK, 0.8, 1], ONE),
    # Nunchaku, Inspire, Impact, Prompt Control, Searge, SwarmUI
    ("NunchakuFluxLoraLoader", {"lora_name": INK, "lora_strength": 0.8}, [INK, 0.8], ONE),
    ("NunchakuFluxLoraStack", {"lora_name_1": INK, "lora_strength_1": 0.8, "lora_name_2": WASH, "lora_strength_2": 0.3}, [INK, 0.8, WASH, 0.3], TWO),
    ("FluxLoraMultiLoader_10", {"lora_count": 1, "lora_name_1": INK, "lora_wt_1": 0.8, "lora_name_2": WASH, "lora_wt_2": 1}, None, SECOND_OFF),
    ("LoraLoaderBlockWeight //Inspire", {"category_filter": "All", "lora_name": INK, "strength_model": 0.8, "strength_clip": 1, "inverse": False, "seed": 0, "block_vector": "1,1,1"}, ["All", INK, 0.8, 1, False, 0, "fixed", 4, 1, "Preset", "1,1,1", False], ONE),
    ("XY Input: Lora Block Weight", {"lora_name": INK, "strength_model": 0.8, "strength_clip": 1, "block_vectors": "1"}, None, ONE),
    ("ImpactWildcardEncode", {"wildcard_text": "__x__", "populated_text": "owl <lora:ink:0.8:1>", "mode": "populate", "Select to add LoRA": PLACEHOLDERS[0], "Select to add Wildcard": PLACEHOLDERS[1], "seed": 0},
     ["__x__", "owl <lora:ink:0.8:1>", "populate", *PLACEHOLDERS, 0, "fixed"], ONE),
    ("ImpactWildcardEncode", {"wildcard_text": "__x__", "populated_text": "owl", "mode": "populate", "Select to add LoRA": PLACEHOLDERS[0], "Select to add Wildcard": PLACEHOLDERS[1], "seed": 0}, ["__x__", "owl", "populate", *PLACEHOLDERS, 0, "fixed"], ()),
    ("WildcardEncode //Inspire", {"token_normalization": "none", "weight_interpretation": "comfy", "wildcard_text": "__x__", "populated_text": "owl <lora:ink:0.8:LBW=XYZ;>", "mode": "populate", "Select to add LoRA": PLACEHOLDERS[0], "Select to add Wildcard": PLACEHOLDERS[1], "seed": 0},
     ["none", "comfy", "__x__", "owl <lora:ink:0.8:LBW=XYZ;>", "populate", *PLACEHOLDERS, 0, "fixed"], ONE),
    ("LoraTagLoader", {"text": "owl <lora:ink:0.8:0.5>"}, ["owl <lora:ink:0.8:0.5>"], ONE),
    ("PCLazyLoraLoader", {"text": "<lora:ink:0.8>"}, ["<lora:ink:0.8>"], ONE),
    ("PCLazyLoraLoaderAdvanced", {"text": "<lora:ink:0.8>"}, ["<lora:ink:0.8>"], ONE),
    ("PCLazyTextEncode", {"text": "owl <lora:ink:0.8>"}, ["owl <lora:ink:0.8>"], ONE),
    ("PCLoraHooksFromText", {"text": "<lora:ink:0.8>"}, ["<lora:ink:0.8>"], ONE),
    ("SeargeLoras", {"lora_1": INK, "lora_1_strength": 0.8, "lora_2": "none", "lora_2_strength": 1}, [INK, 0.8, "none", 1, "none", 1, "none", 1, "none", 1], ONE),
    ("SDLoraLoader", {"lora_name": INK, "strength_model": 0.8, "strength_clip": 1}, [INK, 0.8, 1], ONE),
    ("SwarmLoraLoader", {"lora_names": "ink,sub/wash", "lora_weights": "0.8,0.3"}, ["ink,sub/wash", "0.8,0.3"], TWO),
    # packs that no table knows
    ("Some LoRA Loader", {"lora_name_1": INK, "strength_1": 0.8, "lora_name_2": WASH, "strength_2": 1, "enabled_2": False}, None, SECOND_OFF),
    ("LoadLoraFromAnywhere", {"url": "https://example.org/y/ink.safetensors", "strength_model": 0.8}, ["https://example.org/y/ink.safetensors", 0.8], ONE),
    ("LoraLoaderGGUF", {"lora_name": "ink.gguf", "strength_model": 0.8}, ["ink.gguf", 0.8], ONE),
)  # fmt: skip

Graph = dict[str, object]


def executed(kind: str, inputs: Inputs) -> Graph:
    """The API form: checkpoint → the node → two prompts and a sampler → a picture."""
    return {
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "m.safetensors"}},
        "10": {"class_type": kind, "inputs": inputs | {"model": ["4", 0], "clip": ["4", 1]}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox", "clip": ["10", 1]}},
        "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "fog", "clip": ["10", 1]}},
        "3": {"class_type": "KSampler", "inputs": {"model": ["10", 0], "positive": ["6", 0], "negative": ["7", 0], "seed": 7}},
        "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
        "9": {"class_type": "SaveImage", "inputs": {"filename_prefix": "x", "images": ["8", 0]}},
    }  # fmt: skip


def node(number: int, kind: str, inputs: str, outputs: str, values: list[object], names: tuple[str, ...] = ()) -> Graph:
    """A node of a canvas; `inputs` are `NAME:link`, `outputs` are `TYPE:link,link`, `names` those of its widgets."""
    linked = [
        {"name": name.lower(), "type": name, "link": int(link)} for name, link in (p.split(":") for p in inputs.split())
    ]
    named = [{"name": name, "type": "COMBO", "widget": {"name": name}, "link": None} for name in names]
    made = [
        {"name": name, "type": name, "links": [int(link) for link in links.split(",")]}
        for name, links in (p.split(":") for p in outputs.split())
    ]
    return {"id": number, "type": kind, "mode": 0, "inputs": [*linked, *named], "outputs": made, "widgets_values": values}  # fmt: skip


def canvas(kind: str, values: list[object], names: tuple[str, ...] = ()) -> Graph:
    """The same as the editor keeps it."""
    nodes = [
        node(4, "CheckpointLoaderSimple", "", "MODEL:1 CLIP:2 VAE:8", ["m.safetensors"]),
        node(10, kind, "MODEL:1 CLIP:2", "MODEL:3 CLIP:4,5", values, names),
        node(6, "CLIPTextEncode", "CLIP:4", "CONDITIONING:6", ["a fox"]),
        node(7, "CLIPTextEncode", "CLIP:5", "CONDITIONING:7", ["fog"]),
        node(3, "KSampler", "MODEL:3 POSITIVE:6 NEGATIVE:7", "LATENT:9", [7, "randomize", 20, 7, "euler", "normal", 1]),
        node(8, "VAEDecode", "SAMPLES:9 VAE:8", "IMAGE:10", []),
        node(9, "SaveImage", "IMAGES:10", "", ["x"]),
    ]
    links = [
        [1, 4, 0, 10, 0, "MODEL"], [2, 4, 1, 10, 1, "CLIP"], [3, 10, 0, 3, 0, "MODEL"], [4, 10, 1, 6, 0, "CLIP"], [5, 10, 1, 7, 0, "CLIP"],
        [6, 6, 0, 3, 1, "CONDITIONING"], [7, 7, 0, 3, 2, "CONDITIONING"], [8, 4, 2, 8, 1, "VAE"], [9, 3, 0, 8, 0, "LATENT"], [10, 8, 0, 9, 0, "IMAGE"],
    ]  # fmt: skip
    return {"last_node_id": 10, "last_link_id": 10, "nodes": nodes, "links": links, "groups": [], "extra": {}, "version": 0.4}  # fmt: skip


def read(key: str, graph: Graph) -> Generation:
    (generation,) = decode(Container("png", (Blob(key, key, json.dumps(graph)),)), DEFAULT_LIMITS).generations
    return generation


def loras(generation: Generation) -> Loras:
    return tuple((r.name, r.weight, r.state) for r in generation.resources if r.kind == "lora")


NAMES = [f"{number} {row[0]}" for number, row in enumerate(LOADERS)]


@pytest.mark.parametrize(("kind", "inputs", "values", "expected"), LOADERS, ids=NAMES)
def test_every_loader_names_its_loras(kind: str, inputs: Inputs, values: list[object] | None, expected: Loras) -> None:
    forms = [read("prompt", executed(kind, inputs))]
    if values is not None:
        forms.append(read("workflow", canvas(kind, values)))
    if kind != "Power Lora Loader (rgthree)":  # its rows are no widgets of the inputs
        kept = [
            value["__value__"] if isinstance(value, dict) and "__value__" in value else value
            for value in inputs.values()
        ]
        forms.append(read("workflow", canvas(kind, kept, tuple(inputs))))
    assert [expected] * len(forms) == [loras(form) for form in forms]
    assert [False, *[True] * (len(forms) - 1)] == [form.canvas_only for form in forms]
    for form in forms:
        texts = {(prompt.role, prompt.text) for prompt in form.prompts}
        assert {("positive", "a fox"), ("negative", "fog")} <= texts
        assert "m" in [resource.name for resource in form.resources if resource.kind == "checkpoint"]
