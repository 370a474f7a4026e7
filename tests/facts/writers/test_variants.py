"""What real files of the writers hold beside the common case: old and odd versions, syntaxes, re-saves. One line a form, from the writers'
rules; the common case of each writer stands in `rows.py`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sdscan.facts.decoders import decode
from sdscan.limits import DEFAULT_LIMITS
from sdscan.pipeline import facts_of
from sdscan.records import Blob, Candidate, Container, Generation
from tests.facts.writers import texts as t
from tests.facts.writers import wrapping as w

S = "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 7, Size: 512x768"
NEXT = "Steps: 20, Size: 1024x1024, Seed: 7, CFG scale: 6, App: SD.Next, Version: 56a8aea, Pipeline: StableDiffusionXLPipeline, Operations: txt2img"
FOX, FOG = ("positive", "a fox"), ("negative", "fog")
Texts = tuple[tuple[str, str], ...]
Models = tuple[tuple[object, ...], ...]


def lora(name: str, weight: float | None = 1.0, digest: str | None = None, *state: str) -> tuple[object, ...]:
    return ("lora", name, weight, digest, *state)


def base(name: str, digest: str | None = None) -> tuple[object, ...]:
    return ("checkpoint", name, None, digest)


def plain(kind: str, name: str, digest: str | None = None, weight: float | None = None) -> tuple[object, ...]:
    return (kind, name, weight, digest)


def read(*pieces: tuple[str, object], place: str = "png:tEXt") -> list[Generation]:
    texts = [(key, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)) for key, value in pieces]
    blobs = tuple(Blob(f"{place}/{key}" if place != "sidecar:x.txt" else place, key, text) for key, text in texts)
    return list(decode(Container("png", blobs), DEFAULT_LIMITS).generations)


def said(generations: list[Generation]) -> tuple[Texts, Models]:
    """Every (role, text) and every (kind, name, weight, hash, state where it is not `used`), each once."""
    texts = dict.fromkeys((p.role, p.text) for g in generations for p in g.prompts)
    models = dict.fromkeys(
        (r.kind, r.name, r.weight, r.hash) + ((r.state,) if r.state != "used" else ())
        for g in generations
        for r in g.resources
    )
    return tuple(texts), tuple(models)


# ---- infotext ------------------------------------------------------------------------------------------------------

INFOTEXTS: tuple[tuple[str, str, str, Texts, Models], ...] = (
    ("model hash of 8 digits", f"a fox\n{S}, Model hash: 7460a6fa", "a1111", (FOX,), (base("7460a6fa", "7460a6fa"),)),
    ("folders and blanks in a name", f"a <lora:styles\\anime\\ink wash v1.2:0.7>\n{S}, Version: v1.9.3", "a1111", (("positive", "a <lora:styles\\anime\\ink wash v1.2:0.7>"),), (lora("ink wash v1.2", 0.7),)),
    ("five LoRAs, four hashes", f'<lora:a:1><lora:b:.5> <lora:c:-0.3> <lora:d:1:0.5> <lora:e>\n{S}, Lora hashes: "a: 111111111111, b: 222222222222, c: , d: 444444444444", Version: v1.6.0', "a1111",
     (("positive", "<lora:a:1><lora:b:.5> <lora:c:-0.3> <lora:d:1:0.5> <lora:e>"),), (lora("a", 1.0, "111111111111"), lora("b", 0.5, "222222222222"), lora("c", -0.3), lora("d", 0.5, "444444444444"), lora("e"))),
    ("CRLF", f"a fox\r\nNegative prompt: fog\r\n{S}, Model: m, Version: v1.10.1\r\n", "a1111", (FOX, FOG), (base("m"),)),
    ("BOM, NUL, comma at the end", f"\ufeffa fox\nNegative prompt: fog\n{S}, Model: m, Version: v1.10.1,\0", "a1111", (FOX, FOG), (base("m"),)),
    ("second pass", f'a fox\nNegative prompt: fog\n{S}, Denoising strength: 0.5, Hires prompt: "owl, <lora:hr:0.4>", Hires negative prompt: "blur, fog", Hires upscale: 2, Hires upscaler: 4x-Sharp, Version: v1.10.1', "a1111",
     (FOX, FOG, ("positive", "owl, <lora:hr:0.4>"), ("negative", "blur, fog")), (lora("hr", 0.4), plain("upscaler", "4x-Sharp"))),
    ("inpainting", f"a fox\n{S}, Denoising strength: 0.75, Mask blur: 4, Inpaint area: Only masked, Version: v1.10.1", "a1111", (FOX,), ()),
    ("regions", f'fox BREAK\nowl ADDCOL\ncrow AND cat :1.2\nNegative prompt: fog\n{S}, RP Active: True, RP Ratios: "1,1;2,3", Version: v1.10.1', "a1111", (("positive", "fox BREAK\nowl ADDCOL\ncrow AND cat :1.2"), FOG), ()),
    ("wildcards, after the settings", f"a fox\nNegative prompt: fog\n{S}, Version: v1.10.1\nTemplate: a {{red|white}} fox, __style__\nNegative Template: __neg__", "a1111", (FOX, FOG, ("template", "a {red|white} fox, __style__"), ("negative", "__neg__")), ()),
    ("wildcards, as a setting", f'a fox\n{S}, Wildcard prompt: "a __color__ fox, x", Version: v1.10.1', "a1111", (FOX, ("template", "a __color__ fox, x")), ()),
    ("detailer with a model of its own", f'a fox\n{S}, ADetailer model: face_yolov8n.pt, ADetailer prompt: "owl, <lora:face_fix:0.5>", ADetailer negative prompt: blur, ADetailer prompt 2nd: "paw [SEP] owl", ADetailer checkpoint: other.safetensors [abcdef12], Version: v1.10.1',
     "a1111", (FOX, ("positive", "owl, <lora:face_fix:0.5>"), ("negative", "blur"), ("positive", "paw [SEP] owl")), (lora("face_fix", 0.5), plain("detector", "face_yolov8n"), base("other", "abcdef12"))),
    ("ControlNet, a key a setting, numbered", f"a fox\n{S}, ControlNet-0 Enabled: True, ControlNet-0 Module: canny, ControlNet-0 Model: control_canny [aabb], ControlNet-0 Weight: 1, Version: v1.2.0", "a1111", (FOX,), (plain("controlnet", "control_canny", "aabb", 1.0),)),
    ("ControlNet, a key a setting", f"a fox\n{S}, ControlNet Enabled: True, ControlNet Preprocessor: canny, ControlNet Model: control_canny-fp16 [e3fe7712], ControlNet Weight: 0.5", "a1111", (FOX,), (plain("controlnet", "control_canny-fp16", "e3fe7712", 0.5),)),
    ("regions of Tiled Diffusion", f'a fox\n{S}, Tiled Diffusion: {{"Method": "MultiDiffusion", "Region control": {{"Region 1": {{"enable": true, "prompt": "owl", "neg_prompt": "mist"}}, "Region 2": {{"enable": false, "prompt": "crow"}}}}}}, Version: v1.10.1', "a1111",
     (FOX, ("positive", "owl"), ("negative", "mist"), ("positive", "crow")), ()),
    ("a key twice", f"a fox\n{S}, Model: one, Model: two, Styles: Ink, Styles: Wash", "a1111", (FOX,), (base("two"), plain("style", "Wash"), plain("style", "Ink"), base("one"))),
    ("Additional Networks, two", f"a fox\n{S}, AddNet Enabled: True, AddNet Module 1: LoRA, AddNet Model 1: ink(a1b2c3d4e5f6), AddNet Weight A 1: 0.8, AddNet Weight B 1: 0.5, AddNet Model 2: wash(ffffffffffff), AddNet Weight A 2: 0.3", "a1111", (FOX,),
     (lora("ink", 0.8, "a1b2c3d4e5f6"), lora("wash", 0.3, "ffffffffffff"))),
    ("settings alone", f"{S}, Model: m, Version: v1.10.1", "a1111", (), (base("m"),)),
    ("no prompt", f"\nNegative prompt: fog\n{S}, Version: v1.10.1", "a1111", (FOG,), ()),
    ("one line with dots (exiftool)", f"a fox.Negative prompt: fog.{S}, Model: m", "a1111", (FOX, FOG), (base("m"),)),
    ("one line with blanks (copied from a page)", f"a fox Negative prompt: fog {S}, Model: m", "a1111", (FOX, FOG), (base("m"),)),
    ("settings right after the marker", f"a fox\nNegative prompt: {S}, Model hash: aabbccdd11", "a1111", (FOX,), (base("aabbccdd11", "aabbccdd11"),)),
    ("the marker inside the prompt", f"a fox, Negative prompt: owl\nNegative prompt: fog\n{S}, Version: v1.10.1", "a1111", (("positive", "a fox, Negative prompt: owl"), FOG), ()),
    ("lines that begin like settings", f"Steps: of a temple\nSteps: 1, 2, 3, go\nNegative prompt: fog\n{S}, Version: v1.10.1", "a1111", (("positive", "Steps: of a temple\nSteps: 1, 2, 3, go"), FOG), ()),
    ("line ends inside quotes", f'a fox\n{S}, ADetailer prompt: "a\nb, c", ADetailer model: face.pt, Version: v1.4.0', "a1111", (FOX, ("positive", "a\nb, c")), (plain("detector", "face"),)),
    ("other scripts", f"a <lora:水墨画 v2.0【墨】:0.8>\nNegative prompt: 低质量\n{S}, Model: 墨_v1, Version: v1.10.1", "a1111", (("positive", "a <lora:水墨画 v2.0【墨】:0.8>"), ("negative", "低质量")), (lora("水墨画 v2.0【墨】", 0.8), base("墨_v1"))),
    ("blanks inside a tag", f"< lora : ink : 0.5 >, <LoRA:Wash:1>\n{S}, Version: v1.10.1", "a1111", (("positive", "< lora : ink : 0.5 >, <LoRA:Wash:1>"),), (lora("ink", 0.5), lora("Wash"))),
    ("tags inside attention", f"(<lora:ink:0.5>:1.2), [<lora:wash:0.3>]\n{S}, Version: v1.10.1", "a1111", (("positive", "(<lora:ink:0.5>:1.2), [<lora:wash:0.3>]"),), (lora("ink", 0.5), lora("wash", 0.3))),
    ("A1111 for AMD", f"a fox\n{S}, Version: v1.10.1-amd-37-g721f6391", "a1111", (FOX,), ()),
    ("early Forge", f"a fox\n{S}, Version: f0.0.14v1.8.0rc-latest-184-g43c9e3b5", "forge", (FOX,), ()),
    ("Forge Couple", f'fox\nowl\n{S}, forge_couple: True, forge_couple_separator: , forge_couple_mapping: "[[0, 0.5, 0, 1, 1]]", Version: f2.0.1v1.10.1', "forge", (("positive", "fox\nowl"),), ()),
    ("Neo with Flux", f"a fox <lora:flux\\ink:0.8>\n{S}, Distilled CFG Scale: 3.5, Model: flux1-dev-Q8_0, Version: neo, Module 1: flux_vae, Module 2: clip_l, Module 3: qwen_2.5_vl_7b", "forge-neo", (("positive", "a fox <lora:flux\\ink:0.8>"),),
     (lora("ink", 0.8), base("flux1-dev-Q8_0"), plain("vae", "flux_vae"), plain("text-encoder", "clip_l"), plain("text-encoder", "qwen_2.5_vl_7b"))),
    ("early SD.Next", f"a fox\nNegative prompt: fog\n{S}, Model hash: aabbccdd11, Model: m, Version: 2fd9a20, Parser: Full parser, Backend: Original, Operations: txt2img", "sdnext", (FOX, FOG), (base("m", "aabbccdd11"),)),
    ("SD.Next, detailer", f'a fox\nNegative prompt: fog\n{NEXT}, Detailer: face-yolo8n, Detailer prompt: "owl face", Detailer negative: "mist", Model: m', "sdnext", (FOX, FOG, ("positive", "owl face"), ("negative", "mist")), (plain("detector", "face-yolo8n"), base("m"))),
    ("SD.Next, refiner", f'a fox\n{NEXT}, Refiner prompt: "dusk owl", Refiner negative: "mist", Refiner: sdxl_refiner, Model: m', "sdnext", (FOX, ("positive", "dusk owl"), ("negative", "mist")), (base("sdxl_refiner"), base("m"))),
    ("SD.Next, names with weights", f'a fox <lora:ink:0.8>\n{NEXT}, LoRA networks: "ink:0.8, wash:0.5", LoRA hashes: "11111111, 22222222"', "sdnext", (("positive", "a fox <lora:ink:0.8>"),), (lora("ink", 0.8, "11111111"), lora("wash", 0.5, "22222222"))),
    ("SD.Next, empty negative and template", f"a fox\nNegative prompt: \nTemplate: a {{red|white}} fox\n{NEXT}", "sdnext", (FOX, ("template", "a {red|white} fox")), ()),
    ("SD.Next, a repository for a model", f'a fox\n{NEXT}, Model: "black-forest-labs/FLUX.1-dev", UNET: flux-q4, TE: t5xxl', "sdnext", (FOX,), (base("FLUX.1-dev"), base("flux-q4"), plain("text-encoder", "t5xxl"))),
    ("SD.Next, Pipeline first", "a fox\nPipeline: Flux, Size: 1024x1024, Seed: 7, Steps: 5", "sdnext", (FOX,), ()),
    ("Fooocus 2.2, hash and weight in one", 'a fox\nNegative prompt: fog\nSteps: 30, Sampler: DPM++ 2M SDE Karras, Seed: 7, Size: 896x1152, CFG scale: 4.0, Model: m, Model hash: aabbccdd11, Lora hashes: "ink: a1b2c3d4e5: 0.5, wash: b1b2c3d4e5: 0.25", Version: Fooocus v2.2.0', "fooocus", (FOX, FOG),
     (base("m", "aabbccdd11"), lora("ink", 0.5, "a1b2c3d4e5"), lora("wash", 0.25, "b1b2c3d4e5"))),
    ("Civitai, file and title", f'a fox <lora:ink_file:0.7>\nNegative prompt: fog\n{S}, Model: m, Hashes: {{"model": "aabbccdd11", "lora:ink_file": "1122334455"}}, Civitai resources: [{{"type":"lora","modelVersionId":42,"weight":0.7,"modelName":"Ink","modelVersionName":"v1"}}]', "civitai",
     (("positive", "a fox <lora:ink_file:0.7>"), FOG), (lora("ink_file", 0.7, "1122334455"), base("m", "aabbccdd11"))),
    ("Civitai, ids without names", 'a fox\nNegative prompt: \nSteps: 30, CFG scale: 3.5, Sampler: Undefined, Seed: 7, Size: 832x1216, Created Date: 2024-12-01T20:10:11.1234567Z, Civitai resources: [{"modelVersionId":691639,"type":"checkpoint","modelName":"FLUX"},{"type":"lora","weight":-1,"modelVersionId":5},{"type":"dora","weight":0.5,"modelVersionId":6,"modelName":"d"}], Civitai metadata: {}', "civitai", (FOX,),
     (base("FLUX"), lora("5", -1.0), lora("d", 0.5))),
    ("Civitai, a title with commas and brackets", 'a fox\nSteps: 30, Sampler: Euler, Seed: 7, Civitai resources: [{"type":"lora","weight":0.5,"modelVersionId":5,"modelName":"Ink, the [Wash] \\"style\\": v2"}]', "civitai", (FOX,), (lora('Ink, the [Wash] "style": v2', 0.5),)),
    ("TensorArt as infotext", f"a fox\nNegative prompt: fog\n{S}, Model: EMS-30212-EMS, Clip skip: 2, ENSD: 31337, TaskID: 7", "tensorart", (FOX, FOG), (base("EMS-30212-EMS"),)),
    ("saver with two LoRAs", "a fox\nNegative prompt: fog\nSteps: 20, Sampler: Euler, CFG scale: 7.0, Seed: 7, Size: 512x768, Model: m, Model hash: aabbccdd11, Lora_0 Model name: a/ink.safetensors, Lora_0 Model hash: 1111111111, Lora_0 Strength model: 0.7, Lora_1 Model name: wash, Lora_1 Model hash: 2222222222, Lora_1 Strength model: 0.3", "comfyui", (FOX, FOG),
     (base("m", "aabbccdd11"), lora("ink", 0.7, "1111111111"), lora("wash", 0.3, "2222222222"))),
    ("saver with Civitai's urns", 'a fox\nNegative prompt: fog\nSteps: 20, Sampler: euler_simple, CFG scale: 1, Seed: 7, Size: 512x768, Model hash: aabbccdd11, Model: flux-dev, Hashes: {"model": "aabbccdd11", "LORA:ink wash": "1111111111"}, Version: ComfyUI, Civitai resources: [{"modelName":"Flux","versionName":"dev","air":"urn:air:flux1:checkpoint:civitai:618692@691639"},{"modelName":"Ink","versionName":"v1","weight":0.7,"air":"urn:air:flux1:lora:civitai:7@42"}]', "comfyui", (FOX, FOG),
     (base("flux-dev", "aabbccdd11"), lora("ink wash", 0.7, "1111111111"))),
    ("recipe without settings", 'a fox <lora:ink:0.5>\nNegative prompt: fog\nRecipe metadata: {"loras":[{"file_name":"ink","hash":"aa11","strength":0.5,"modelVersionId":7,"modelName":"Ink"}],"gen_params":{"prompt":"a"}}', "comfyui", (("positive", "a fox <lora:ink:0.5>"), FOG), (lora("ink", 0.5, "aa11"),)),
    ("sd.cpp, LoRAs of two models", "<lora:ink:1>a fox<lora:|high_noise|wash:0.5>\nNegative prompt: \nSteps: 20, CFG scale: 7.000000, Seed: 42, Size: 512x512, Model: , RNG: cuda, Sampler: euler_a, Version: stable-diffusion.cpp", "sdcpp", (("positive", "<lora:ink:1>a fox<lora:|high_noise|wash:0.5>"),), (lora("ink"), lora("wash", 0.5))),
    ("Krita without a model", "a fox <lora:a/ink.safetensors:0.5> <lora:wash:0.3>\nNegative prompt: fog\nSteps: 20, Sampler: Default - DPM++ 2M, CFG scale: 7.0, Seed: 7, Size: 512x768, Model hash: unknown, Model: Unknown", "krita", (("positive", "a fox <lora:a/ink.safetensors:0.5> <lora:wash:0.3>"), FOG), (lora("ink", 0.5), lora("wash", 0.3))),
)  # fmt: skip


@pytest.mark.parametrize(("name", "text", "tool", "prompts", "models"), INFOTEXTS, ids=[row[0] for row in INFOTEXTS])
def test_forms_of_infotext(name: str, text: str, tool: str, prompts: Texts, models: Models) -> None:
    generations = read(("parameters", text))
    assert ([tool], (prompts, models)) == ([g.tool for g in generations], said(generations))


# ---- JSON and fields -------------------------------------------------------------------------------------------------


def novelai(**more: object) -> tuple[tuple[str, object], ...]:
    comment = {"prompt": "a fox", "steps": 28, "scale": 5, "seed": 7, "sampler": "k_euler", "uc": "fog", "request_type": "PromptGenerateRequest", "signed_hash": "x"}  # fmt: skip
    return (("Title", "NovelAI generated image"), ("Description", "a fox"), ("Software", "NovelAI"), ("Source", "NovelAI Diffusion V4 37442FCA"), ("Comment", comment | more))  # fmt: skip


def swarm(
    extra: dict[str, object] | None = None, models: list[object] | None = None, **params: object
) -> tuple[tuple[str, object], ...]:
    return (("parameters", {"sui_image_params": {"prompt": "a fox", "model": "m", "swarm_version": "0.9.6", **params}, "sui_extra_data": extra or {}, "sui_models": models or []}),)  # fmt: skip


def invoke(**more: object) -> tuple[tuple[str, object], ...]:
    return (
        ("invokeai_metadata", {"app_version": "6.0.0", "positive_prompt": "a fox", "model": {"name": "m"}, **more}),
    )


REFERENCE = {"type": "ip_adapter", "image": {"image_name": "r.png"}, "model": {"name": "ip"}, "weight": 0.3}
JOB = f"Job ID: {t.UUID}"
FIELDS: tuple[tuple[str, tuple[tuple[str, object], ...], str, Texts, Models], ...] = (
    ("SwarmUI, presets, embeddings, confined LoRAs", swarm({"original_prompt": "a __x__", "original_negativeprompt": "__n__", "presets_used": ["anime"], "used_embeddings": ["easyneg.pt"]}, [{"name": "easyneg.pt", "param": "used_embeddings", "hash": "0xcc33"}],
        negativeprompt="fog", loras=["a/ink", "wash"], loraweights=["0.8", "1"], lorasectionconfinement=["0", "5"], refinermodel="(Use Base)", refinerupscalemethod="model-4x.pth"), "swarmui",
     (FOX, FOG, ("template", "a __x__"), ("negative", "__n__")), (lora("ink", 0.8), lora("wash"), base("m"), plain("upscaler", "4x"), plain("embedding", "easyneg", "0xcc33"), plain("style", "anime"))),
    ("SwarmUI, film", swarm(videomodel="wan-i2v", videoswapmodel="wan-low"), "swarmui", (FOX,), (base("m"), base("wan-i2v"), base("wan-low"))),
    ("SwarmUI's form from another program", swarm(loras="ink,wash", loraweights="0.5,0.3"), "swarmui", (FOX,), (lora("ink", 0.5), lora("wash", 0.3), base("m"))),
    ("InvokeAI 3, old keys", invoke(app_version="3.0.2", model={"model_name": "m"}, loras=[{"lora": {"model_name": "ink", "base_model": "sd-1"}, "weight": 0.5}], vae={"model_name": "v"}, init_image="a.png", strength=0.5), "invokeai", (FOX,),
     (base("m"), plain("vae", "v"), lora("ink", 0.5), plain("reference-image", "a.png", None, 0.5))),
    ("InvokeAI 3.0, a LoRA as text", invoke(loras=[{"lora": "ink", "weight": 0.5}]), "invokeai", (FOX,), (base("m"), lora("ink", 0.5))),
    ("InvokeAI 4, adapters", invoke(loras=[{"model": {"hash": "blake3:bb22", "name": "ink"}, "weight": 0.5}], controlnets=[{"control_model": {"name": "canny"}, "control_weight": 0.7}], ipAdapters=[{"ip_adapter_model": {"name": "ip"}, "weight": 0.6, "image": {"image_name": "r.png"}}]), "invokeai", (FOX,),
     (base("m"), lora("ink", 0.5, "blake3:bb22"), plain("controlnet", "canny", None, 0.7), plain("ip-adapter", "ip", None, 0.6), plain("reference-image", "r.png"))),
    ("InvokeAI 5, reference picture of a region", invoke(canvas_v2_metadata={"regionalGuidance": [{"positivePrompt": "owl", "negativePrompt": "mist", "referenceImages": [{"ipAdapter": REFERENCE}]}]}), "invokeai",
     (FOX, ("positive", "owl"), ("negative", "mist")), (base("m"), plain("ip-adapter", "ip", None, 0.3), plain("reference-image", "r.png"))),
    ("InvokeAI 6, reference picture of a region", invoke(canvas_v2_metadata={"regionalGuidance": [{"referenceImages": [{"config": REFERENCE}]}]}), "invokeai", (FOX,), (base("m"), plain("ip-adapter", "ip", None, 0.3), plain("reference-image", "r.png"))),
    ("InvokeAI 6, a reference picture switched off", invoke(ref_images=[{"isEnabled": False, "config": {"image": {"original": {"image": {"image_name": "r.png"}}}, "model": {"name": "redux"}}}]), "invokeai", (FOX,),
     (base("m"), ("ip-adapter", "redux", None, None, "unused"), ("reference-image", "r.png", None, None, "unused"))),
    ("InvokeAI, a trigger of an embedding", invoke(positive_prompt="a fox <soft-style>"), "invokeai", (("positive", "a fox <soft-style>"),), (plain("embedding", "soft-style"), base("m"))),
    ("InvokeAI, the graph alone", (("invokeai_graph", {"nodes": {"a": {"type": "lora_loader", "lora": {"name": "ink", "hash": "blake3:aa11"}, "weight": 0.5}, "b": {"type": "compel", "prompt": "a fox"}, "c": {"type": "compel", "prompt": "fog"}, "d": {"type": "denoise_latents"}},
        "edges": [{"source": {"node_id": "b", "field": "conditioning"}, "destination": {"node_id": "d", "field": "positive_conditioning"}}, {"source": {"node_id": "c", "field": "conditioning"}, "destination": {"node_id": "d", "field": "negative_conditioning"}}]}),), "invokeai", (FOX, FOG), (lora("ink", 0.5, "blake3:aa11"),)),
    ("InvokeAI 1, weights and no quotes", (("Dream", "a fox -s 50 -S 7 -W 512 -H 512 -C 7.5 -A k_lms"),), "invokeai", (FOX,), ()),
    ("InvokeAI 1, switches without blanks", (("Dream", '"a fox [fog]" -s50 -W512 -H512 -C7.5 -Ak_lms -S7'),), "invokeai", (FOX, FOG), ()),
    ("InvokeAI 2, weighted prompts", (("sd-metadata", {"model_id": "sd", "app_id": "invoke-ai/InvokeAI", "app_version": "v1.15", "image": {"prompt": [{"prompt": "a fox", "weight": 1.0}, {"prompt": "owl", "weight": 0.5}]}}),), "invokeai", (FOX, ("positive", "owl")), ()),
    ("NovelAI, two vibes", novelai(reference_strength_multiple=[0.6, 0.4]), "novelai", (FOX, FOG), (plain("reference-image", "vibe 1", None, 0.6), plain("reference-image", "vibe 2", None, 0.4))),
    ("NovelAI, a character for reference", novelai(director_reference_strengths=[1], director_reference_descriptions=[{"caption": {"base_caption": "character&style"}}]), "novelai", (FOX, FOG, ("template", "character&style")), (plain("reference-image", "director reference 1", None, 1.0),)),
    ("NovelAI from a picture", novelai(request_type="Img2ImgRequest", strength=0.7, noise=0.1), "novelai", (FOX, FOG), (plain("reference-image", "source image", None, 0.7),)),
    ("NovelAI, the description says more", (*novelai()[:1], ("Description", "a fox, very aesthetic"), *novelai()[2:]), "novelai", (FOX, ("positive", "a fox, very aesthetic"), FOG), ()),
    ("NovelAI, the comment is cut", (*novelai()[:4], ("Comment", '{"prompt": "a fox", "uc": "fo')), "novelai", (FOX,), ()),
    ("NovelAI without a comment", novelai()[:4], "novelai", (FOX,), ()),
    ("Fooocus with LoRAs switched off", (("parameters", {"metadata_scheme": "fooocus", "prompt": "a fox", "base_model": "m", "lora_combined_1": "True : ink.safetensors : 0.5", "lora_combined_2": "False : off.safetensors : 0.5"}),), "fooocus", (FOX,), (base("m"), lora("ink", 0.5), lora("off", 0.5, None, "unused"))),
    ("Fooocus without a scheme", (("parameters", {"prompt": "a fox", "negative_prompt": "fog", "base_model": "m.safetensors", "lora_combined_1": "sub/ink.safetensors : 0.25", "styles": "['Ink']"}),), "fooocus", (FOX, FOG), (base("m"), lora("ink", 0.25), plain("style", "Ink"))),
    ("a fork of Fooocus", (("parameters", {"Prompt": "a fox", "Negative Prompt": "fog", "Fooocus V2 Expansion": "", "Base Model": "m.safetensors", "LoRA 1": "ink.safetensors : 0.5", "Metadata Scheme": "simple", "Version": "SimpleSDXL2"}),), "fooocus", (FOX, FOG), (base("m"), lora("ink", 0.5))),
    ("RuinedFooocus, two LoRAs", (("parameters", {"Prompt": "a fox", "Negative": "fog", "base_model_name": "m", "loras": [["aa11", "0.8 - ink.safetensors"], ["bb22", "-0.5 - sub\\wash.safetensors"]], "software": "RuinedFooocus"}),), "ruinedfooocus", (FOX, FOG), (base("m"), lora("ink", 0.8, "aa11"), lora("wash", -0.5, "bb22"))),
    ("RuinedFooocus, LoRAs as one text", (("parameters", {"Prompt": "a fox", "loras": "Loras:<sub/ink.safetensors:0.8>,<wash.safetensors:0.3>", "software": "RuinedFooocus"}),), "ruinedfooocus", (FOX,), (lora("ink", 0.8), lora("wash", 0.3))),
    ("Easy Diffusion, one LoRA", (("prompt", "a fox"), ("use_stable_diffusion_model", "sub/m.safetensors"), ("use_lora_model", "ink"), ("lora_alpha", "0.5"), ("use_embeddings_model", "['/home/ann/models/embeddings/easyneg.pt']")), "easydiffusion", (FOX,), (base("m"), plain("embedding", "easyneg"), lora("ink", 0.5))),
    ("Easy Diffusion, no LoRA", (("prompt", "a fox"), ("use_stable_diffusion_model", "m"), ("use_lora_model", "None"), ("use_embeddings_model", "None")), "easydiffusion", (FOX,), (base("m"),)),
    ("Draw Things, texts for each encoder", (("UserComment", {"c": "a fox", "uc": "fog", "model": "m.ckpt", "lora": [{"model": "ink.ckpt", "weight": 0.5}], "v2": {"loras": [{"file": "off.ckpt", "weight": 0}], "t5Text": "an owl", "separateT5": True, "clipLText": "crow", "separateClipL": False}}),), "drawthings",
     (FOX, FOG, ("positive", "an owl")), (base("m"), lora("ink", 0.5), lora("off", 0.0, None, "unused"))),
    ("Draw Things, first version", (("UserComment", {"c": "a fox", "uc": "", "model": "m_f16.ckpt", "sampler": "Euler a", "scale": 7, "seed": 7, "lora": []}),), "drawthings", (FOX,), (base("m_f16"),)),
    ("mflux, LoRAs from a repository", (("UserComment", {"mflux_version": "0.11.0", "model": "schnell", "lora_paths": ["/Users/ann/x/ink.safetensors", "owner/repo:wash.safetensors", "C:/loras/grain.safetensors"], "lora_scales": [1.0, 0.5, 0.3], "prompt": "a fox", "negative_prompt": None}),), "mflux", (FOX,), (base("schnell"), lora("ink"), lora("wash", 0.5), lora("grain", 0.3))),
    ("mflux, lists as text", (("UserComment", {"mflux_version": "0.5", "model": "dev", "lora_paths": "['/a/ink.safetensors']", "lora_scales": "[0.5]", "prompt": "a fox", "image_path": "None"}),), "mflux", (FOX,), (base("dev"), lora("ink", 0.5))),
    ("mflux, no lists", (("UserComment", {"mflux_version": "0.4", "model": "dev", "lora_paths": "None", "lora_scales": "None", "prompt": "a fox"}),), "mflux", (FOX,), (base("dev"),)),
    ("stable-diffusion.cpp, JSON alone", (("parameters", {"schema": "sdcpp.image.params/v1", "prompt": {"positive": "a fox", "negative": "fog"}, "models": {"diffusion_model": "m.gguf"}, "loras": [{"name": "ink", "multiplier": 0.5, "is_high_noise": True}]}),), "sdcpp", (FOX, FOG), (base("m"), lora("ink", 0.5))),
    ("TensorArt, detailer and embeddings", (("generation_data", {"prompt": "a fox", "negativePrompt": "fog", "baseModel": {"modelFileName": "m", "hash": "BB22"}, "models": [{"type": "LORA", "modelFileName": "ink", "weight": 0.5, "hash": "AA11"}, {"type": "LYCORIS", "label": "wash", "weight": 0.2}],
        "embeddings": [{"modelFileName": "bad"}], "adetailer": {"args": [{"adPrompt": "owl face", "adNegativePrompt": "mist"}]}}),), "tensorart", (FOX, FOG, ("positive", "owl face"), ("negative", "mist")), (base("m", "BB22"), lora("ink", 0.5, "AA11"), lora("wash", 0.2), plain("embedding", "bad"))),
    ("a space of Hugging Face, upscaled", (("parameters", {"prompt": "a fox", "negative_prompt": "fog", "resolution": "1x1", "sdxl_style": "(None)", "use_upscaler": {"upscale_method": "nearest-exact"}, "Model": "Animagine XL 4.0", "Model hash": t.SHA}),), "huggingface", (FOX, FOG), (base("Animagine XL 4.0", t.SHA),)),
    ("NMKD, two weights", (("NMKDiffusion", {"prompt": "a fox", "promptNeg": "fog", "model": "m.safetensors", "loras": {"ink": [0.5, 0.8]}}),), "nmkd", (FOX, FOG), (base("m"), lora("ink", 0.5))),
    ("Midjourney Niji", (("Description", f"a fox --niji 6 --ar 3:4 --style raw --sref 1234567 {JOB}"),), "midjourney", (FOX,), (plain("style", "1234567"),)),
    ("Midjourney 7, picture and object", (("Description", f"https://s.mj.run/abc a fox --oref https://cdn.midjourney.com/x.png --ow 400 --v 7 {JOB}"),), "midjourney", (FOX,), (plain("reference-image", "abc"), plain("reference-image", "x.png", None, 400.0))),
    ("Midjourney, a style at random", (("Description", f"a fox --sref random --v 6.1 {JOB}"),), "midjourney", (FOX,), ()),
    ("a long dash is no option", (("Description", f"a fox — with a tail --ar 1:1 --v 5 {JOB}"),), "midjourney", (("positive", "a fox — with a tail"),), ()),
    ("JSON of nobody knows whom", (("Comment", {"positivePrompt": "a fox", "negativePrompt": "fog", "ckpt": "m.safetensors", "loras": [{"name": "ink", "weight": 0.5}, ["wash", 0.3], "grain"], "resources": [{"type": "lora", "name": "paper", "strength": 0.2}, {"type": "x"}]}),), "unknown", (FOX, FOG),
     (base("m"), lora("ink", 0.5), lora("wash", 0.3), lora("grain", None), lora("paper", 0.2))),
    ("the same with an object of weights", (("Comment", {"text_prompts": "a fox", "model": {"name": "m"}, "lora": {"ink": 0.5}, "vae": "v.pt"}),), "unknown", (FOX,), (base("m"), lora("ink", 0.5), plain("vae", "v"))),
    ("an own key for each text", (("Positive prompt", "a fox"), ("Negative prompt", "fog")), "unknown", (FOX, FOG), ()),
    ("a workflow that says nothing", (("prompt", t.GRAPH), ("workflow", "null")), "comfyui", (("positive", t.PROMPT), ("negative", t.NEGATIVE)), (base("dreambase_v2"), lora("ink_wash", 0.8))),
)  # fmt: skip


@pytest.mark.parametrize(("name", "pieces", "tool", "prompts", "models"), FIELDS, ids=[row[0] for row in FIELDS])
def test_forms_of_json_and_fields(
    name: str, pieces: tuple[tuple[str, object], ...], tool: str, prompts: Texts, models: Models
) -> None:
    generations = read(*pieces)
    assert ([tool], (prompts, models)) == ([g.tool for g in generations], said(generations))


def test_a_text_of_easy_diffusion_has_prompts_of_several_lines() -> None:
    text = "Prompt: a fox\nin snow: deep, white\nNegative Prompt: fog\nmist\nSeed: 7\nStable Diffusion model: m\nGuidance Scale: 7.5\nLoRA model: ink\nLoRA Strength: 0.5\n"
    expected = (("positive", "a fox\nin snow: deep, white"), ("negative", "fog\nmist")), (base("m"), lora("ink", 0.5))
    assert expected == said(read(("sidecar", text), place="sidecar:x.txt"))


def test_the_text_of_draw_things_for_people_is_read_where_the_json_is_gone(tmp_path: Path) -> None:
    packet = w.xmp_packet(f"<dc:description><rdf:Alt><rdf:li>{w.xmp_text(t.DRAW_THINGS_TEXT)}</rdf:li></rdf:Alt></dc:description>", 'xmp:CreatorTool="Draw Things"')  # fmt: skip
    path = tmp_path / "x.png"
    path.write_bytes(w.png_xmp(packet))
    generations = list(facts_of(Candidate(str(path))).generations)
    assert ["drawthings"] == [g.tool for g in generations]
    assert said(generations) == (
        (("positive", t.PROMPT), ("negative", t.NEGATIVE)),
        (base("dreambase_v2_q6p_q8p"), lora("ink_wash_lora_f16", 0.8)),
    )


def test_the_echo_in_xmp_counts_where_nothing_else_says_it() -> None:
    packet = '<x:xmpmeta><rdf:Description><dc:description>a fox</dc:description><xmp:CreatorTool>MFLUX 0.9.6</xmp:CreatorTool></rdf:Description></x:xmpmeta>'  # fmt: skip
    blobs = (Blob("png:iTXt/XML:com.adobe.xmp", "xmp", packet), Blob("png:iTXt/xmp", "xmp", packet))
    generations = decode(Container("png", blobs), DEFAULT_LIMITS).generations
    assert ["mflux", "mflux"] == [g.tool for g in generations]
    full = Blob("png:eXIf/UserComment", "UserComment", t.MFLUX.replace(t.PROMPT, "a fox"))
    assert ["png:eXIf/UserComment"] == [
        g.locator for g in decode(Container("png", (*blobs, full)), DEFAULT_LIMITS).generations
    ]


def test_a_text_called_iptc_that_is_no_record_is_kept_raw() -> None:
    assert (("unknown", "a fox in snow"),) == said(read(("IPTC", "a fox in snow")))[0]


def test_json_of_nobody_knows_whom_may_hold_anything() -> None:
    pieces = {"prompt": "a fox", "loras": [1, None, {}, "<lora:x:1>"], "resources": ["x", {"type": "lora"}], "model": 5, "lora": 7}  # fmt: skip
    assert ((FOX,), ()) == said(read(("Comment", pieces)))
    strange = '{"Region control": {"Region 1": 5}, "Method": "x"}'
    assert ((FOX,), ()) == said(read(("parameters", f"a fox\n{S}, Tiled Diffusion: {strange}, Version: v1.10.1")))


# ---- re-saved, renamed, moved to another place ---------------------------------------------------------------------------


def profile(name: bytes, block: bytes) -> bytes:
    """A block in hexadecimal, 36 bytes a line (ImageMagick)."""
    digits = block.hex()
    lines = "\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    return b"\n%s\n%8d\n%s\n" % (name, len(block), lines.encode())


EXIF = b"Exif\0\0" + w.comment_be(t.A1111)
INFO = w.xmp_text(t.A1111)
A1111 = (("positive", f"{t.PROMPT}, <lora:ink_wash:0.8>"), ("negative", t.NEGATIVE))
COMFY = (("positive", t.PROMPT), ("negative", t.NEGATIVE))
PLACES: tuple[tuple[str, bytes, str, Texts], ...] = (
    ("key in another letter case.png", w.png_of(("Parameters", t.A1111)), "a1111", A1111),
    ("ImageMagick.png", w.png(w.ztxt_chunk(b"Raw profile type exif", profile(b"exif", EXIF))), "a1111", A1111),
    ("GraphicsMagick.png", w.png(w.ztxt_chunk(b"Raw profile type APP1", profile(b"generic profile", EXIF))), "a1111", A1111),
    ("EXIF in a PNG.png", w.png_exif(w.comment_be(t.A1111)), "a1111", A1111),
    ("XMP of a PNG.png", w.png_xmp(w.xmp_packet(f"<xmp:parameters>{INFO}</xmp:parameters>")), "a1111", A1111),
    ("XMP UserComment.jpg", w.jpeg_xmp(w.xmp_packet(f"<exif:UserComment><rdf:Alt><rdf:li xml:lang='x-default'>{INFO}</rdf:li></rdf:Alt></exif:UserComment>")), "a1111", A1111),
    ("XMP description.jpg", w.jpeg_xmp(w.xmp_packet(f"<dc:description><rdf:Alt><rdf:li>{INFO}</rdf:li></rdf:Alt></dc:description>")), "a1111", A1111),
    ("ImageDescription.jpg", w.jpeg_exif(w.tiff([w.ascii_tag(w.DESCRIPTION, t.A1111)])), "a1111", A1111),
    ("XPComment of Windows.jpg", w.jpeg_exif(w.tiff([(0x9C9C, 1, t.A1111.encode("utf-16-le") + b"\0\0")])), "a1111", A1111),
    ("UTF-8 that says UNICODE.jpg", w.jpeg_exif(w.tiff(exif=[(w.USER_COMMENT, 7, b"UNICODE\0" + t.A1111.encode())])), "a1111", A1111),
    ("UTF-16 with a mark.jpg", w.jpeg_exif(w.tiff(exif=[(w.USER_COMMENT, 7, b"UNICODE\0\xff\xfe" + t.A1111.encode("utf-16-le"))])), "a1111", A1111),
    ("comment of a JPEG.jpg", w.jpeg_com(t.A1111), "a1111", A1111),
    ("a graph in a comment.jpg", w.jpeg_com(t.GRAPH), "comfyui", COMFY),
    ("a PNG named.jpg", w.png_of(("parameters", t.A1111)), "a1111", A1111),
    ("Exif twice.webp", w.webp_exif(b"Exif\0\0" + w.comment_be(t.A1111), prefix=True), "a1111", A1111),
    ("XMP of a WebP.webp", w.webp_xmp(w.xmp_packet(f"<exif:UserComment>{INFO}</exif:UserComment>")), "a1111", A1111),
    ("comment of a film.mp4", w.mp4_comment(t.A1111), "a1111", A1111),
    ("parameters of a film.mp4", w.mp4_keys(("parameters", t.A1111)), "a1111", A1111),
    ("key comment of a film.mp4", w.mp4_keys(("comment", t.VHS_COMMENT)), "comfyui", COMFY),
    ("comment of a WebM.webm", w.webm_tags(("comment", t.A1111)), "a1111", A1111),
    ("both graphs in a GIF.gif", w.gif_comment(t.ENVELOPE), "comfyui", COMFY),
    ("the graph cut at 64 KB.webp", w.webp_exif(w.tiff([w.ascii_tag(w.MODEL, f"prompt:{t.GRAPH[:900]}"), w.ascii_tag(w.MAKE, f"workflow:{t.CANVAS}")])), "comfyui", COMFY),
    ("JSON inside JSON.png", w.png_of(("prompt", json.dumps(t.GRAPH)), ("workflow", json.dumps(t.CANVAS))), "comfyui", COMFY),
    ("Infinity.png", w.png_of(("prompt", t.GRAPH.replace("NaN", "Infinity"))), "comfyui", COMFY),
    ("a workflow of megabytes.png", w.png(w.ztxt_chunk(b"workflow", (t.CANVAS[:-1] + ', "pad": "' + "x" * 2_000_000 + '"}').encode()), w.pillow_text("prompt", t.GRAPH)), "comfyui", COMFY),
    ("InvokeAI as WebP.webp", w.webp_exif(w.comment_ascii(t.INVOKE_5)), "invokeai", COMFY),
    ("Midjourney in EXIF.jpg", w.jpeg_exif(w.tiff([w.ascii_tag(w.DESCRIPTION, t.MIDJOURNEY)])), "midjourney", (("positive", "a red fox in snow"), ("negative", "fog, blurry"))),
)  # fmt: skip


@pytest.mark.parametrize(("name", "data", "tool", "prompts"), PLACES, ids=[row[0] for row in PLACES])
def test_text_in_other_places(name: str, data: bytes, tool: str, prompts: Texts, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    facts = facts_of(Candidate(str(path)))
    generations = list(facts.generations)
    assert ("scanned", [tool], prompts) == (facts.outcome, [g.tool for g in generations], said(generations)[0])


SIDECARS: tuple[tuple[str, str, bytes, str | None, Texts], ...] = (
    ("CRLF", "x.txt", t.A1111.replace("\n", "\r\n").encode(), "a1111", A1111),
    ("UTF-16, after the whole name", "x.png.txt", b"\xff\xfe" + t.A1111.encode("utf-16-le"), "a1111", A1111),
    ("JSON of a program that nobody knows", "x.json", b'{"prompt": "a fox", "negative_prompt": "fog", "loras": [{"name": "ink", "weight": 0.5}]}', "unknown", (FOX, FOG)),
    ("JSON of a training set", "x.json", b'{"caption": "a fox", "tags": "fox"}', None, ()),
    ("caption of a training set", "x.txt", b"1girl, solo, hatsune miku", None, ()),
    ("log of Fooocus before 2.2", "log.html", t.fooocus_log("x.png", label="key").encode(), "fooocus", (("positive", t.PROMPT), ("positive", f"{t.PROMPT}, sharp focus"), ("negative", t.NEGATIVE))),
    ("log of another picture", "log.html", t.fooocus_log("y.png").encode(), None, ()),
)  # fmt: skip


@pytest.mark.parametrize(("name", "beside", "data", "tool", "prompts"), SIDECARS, ids=[row[0] for row in SIDECARS])
def test_files_beside_a_picture(
    name: str, beside: str, data: bytes, tool: str | None, prompts: Texts, tmp_path: Path
) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(w.png_of())
    (tmp_path / beside).write_bytes(data)
    facts = facts_of(Candidate(str(path)))
    generations = list(facts.generations)
    assert ([tool] if tool else [], prompts) == ([g.tool for g in generations], said(generations)[0])
