"""Rarer forms of known writers: a key or two each, seen in the writers' source or in single files."""

from __future__ import annotations

import json

import pytest

from sdscan.facts.decoders import decode
from sdscan.facts.decoders.c2pa import read_store
from sdscan.facts.decoders.infotext import parse_infotext, parse_settings
from sdscan.limits import DEFAULT_LIMITS, Limits
from sdscan.records import Blob, Container, Generation

TAIL = "Steps: 24, Sampler: Euler a, CFG scale: 5, Seed: 7, Size: 64x64"
GRAPH = {
    "1": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox", "clip": ["2", 0]}},
    "2": {"class_type": "CLIPLoader", "inputs": {"clip_name": "c.safetensors"}},
    "3": {"class_type": "SaveImage", "inputs": {"images": ["1", 0]}},
}


def read(key: str, data: object) -> Generation:
    text = data if isinstance(data, str) else json.dumps(data)
    generations = decode(Container("png", (Blob(f"L/{key}", key, text),)), DEFAULT_LIMITS).generations
    assert len(generations) == 1, generations
    return generations[0]


def models(generation: Generation) -> list[tuple[object, ...]]:
    return [(r.kind, r.name, r.weight, r.state) for r in generation.resources]


ROWS: tuple[tuple[str, str, object, str, list[tuple[object, ...]]], ...] = (
    ("Draw Things with control", "UserComment", {"c": "a fox", "model": "b.ckpt", "v2": {"controls": [{"file": "canny.ckpt", "weight": 0.5}], "loras": [{"file": "ink.ckpt", "weight": 1}]}},
     "drawthings", [("checkpoint", "b", None, "used"), ("lora", "ink", 1.0, "used"), ("controlnet", "canny", 0.5, "used")]),
    ("c is no prompt here", "UserComment", {"c": 1, "prompt": "a fox"}, "unknown", []),
    ("Fooocus with objects", "parameters", {"metadata_scheme": "fooocus", "base_model": "b", "loras": [{"name": "ink", "weight": 0.5}]}, "fooocus",
     [("checkpoint", "b", None, "used"), ("lora", "ink", 0.5, "used")]),
    ("Fooocus from another fork's log", "parameters", {"Prompt": "a fox", "Fooocus V2 Expansion": "", "LoRA 1": "ink.safetensors : 0.5"}, "fooocus", [("lora", "ink", 0.5, "used")]),
    ("RuinedFooocus without weight", "parameters", {"software": "RuinedFooocus", "Prompt": "a fox", "loras": [["aabb1122", "ink"], "other"]}, "ruinedfooocus",
     [("lora", "ink", None, "used"), ("lora", "other", None, "used")]),
    ("a space with LoRAs", "parameters", {"prompt": "a fox", "num_inference_steps": 9, "guidance_scale": 5, "loras": [{"repo": "somebody/ink", "scale": 0.5}]}, "huggingface",
     [("lora", "ink", 0.5, "used")]),
    ("guidance without the rest", "parameters", {"prompt": "a fox", "guidance_scale": 5}, "unknown", []),
    ("mflux with pictures", "UserComment", {"prompt": "a fox", "lora_paths": None, "redux_image_paths": "['a.png', 'b.png']", "image_paths": ["c.png"]}, "mflux",
     [("reference-image", "c.png", None, "used"), ("reference-image", "a.png", None, "used"), ("reference-image", "b.png", None, "used")]),
    ("lora_paths of somebody else", "UserComment", {"lora_paths": ["x"], "prompt 1": "a fox"}, "unknown", []),
    ("TensorArt with control", "generation_data", {"baseModel": {"label": "B"}, "controlNets": [{"preprocessor": "canny"}]}, "tensorart",
     [("checkpoint", "B", None, "used"), ("controlnet", "canny", None, "used")]),
    ("NovelAI from a picture", "Comment", {"prompt": "a fox", "uc": "fog", "scale": 5, "request_type": "Img2ImgRequest", "strength": 0.7}, "novelai",
     [("reference-image", "source image", 0.7, "used")]),
    ("NovelAI's request elsewhere", "parameters", {"prompt": "a fox", "uc": "fog", "v4_prompt": {"caption": {"base_caption": "an owl", "char_captions": []}}}, "novelai", []),
    ("uc of somebody else", "parameters", {"prompt": "a fox", "uc": "fog"}, "unknown", []),
    ("InvokeAI 2 elsewhere", "UserComment", {"app_id": "invoke-ai/InvokeAI", "image": {"prompt": "a fox [fog]"}, "model_weights": "b"}, "invokeai", [("checkpoint", "b", None, "used")]),
    ("InvokeAI with a model as text", "invokeai_metadata", {"model": "b", "vae": {"key": "k"}, "init_image": "in.png", "strength": 0.5}, "invokeai",
     [("checkpoint", "b", None, "used"), ("vae", "k", None, "used"), ("reference-image", "in.png", 0.5, "used")]),
    ("InvokeAI before 5, regions", "invokeai_metadata", {"regions": [{"positivePrompt": "a fox", "ipAdapter": {"model": {"name": "ip"}, "weight": 0.5, "image": {"image_name": "r.png"}}}]},
     "invokeai", [("ip-adapter", "ip", 0.5, "used"), ("reference-image", "r.png", None, "used")]),
    ("InvokeAI graph with a collection", "invokeai_graph", {"nodes": {"a": {"type": "x", "loras": [{"lora": {"name": "ink"}, "weight": 0.5}]}, "b": 1}, "edges": [1, {"source": 1, "destination": 2}]},
     "invokeai", [("lora", "ink", 0.5, "used")]),
    ("Dream from a picture", "Dream", '"a fox" -I in.png -f 0.5', "invokeai", [("reference-image", "in.png", None, "used")]),
    ("Dream without quotes", "Dream", "a fox -s 50", "invokeai", []),
    ("StabilityMatrix in a comment", "UserComment", {"PositivePrompt": "a fox", "ModelName": "b"}, "stabilitymatrix", [("checkpoint", "b", None, "used")]),
    ("StabilityMatrix, the project alone", "smproj", {"ProjectType": "TextToImage", "State": {"Prompt": {"Prompt": "a fox", "NegativePrompt": "fog"}, "Model": {
        "IsRefinerSelectionEnabled": True, "SelectedRefinerName": "fine", "IsVaeSelectionEnabled": True, "SelectedVaeName": "v",
        "ExtraNetworks": {"$values": [{"$values": [{"SelectedModel": {"Name": "ink"}, "ModelWeight": 0.5}]}]}}}},
     "stabilitymatrix", [("checkpoint", "fine", None, "used"), ("vae", "v", None, "used"), ("lora", "ink", 0.5, "unused")]),
    ("MetaHub inside another object", "UserComment", {"imagemetahub_data": {"prompt": "a fox", "loras": ["ink"]}}, "comfyui", [("lora", "ink", None, "used")]),
    ("a graph inside another object", "UserComment", {"metadata": GRAPH}, "comfyui", [("text-encoder", "c", None, "used")]),
    ("a canvas in a comment", "UserComment", {"nodes": [{"id": 1, "type": "CLIPTextEncode", "mode": 0, "widgets_values": ["a fox"]}], "links": [], "last_node_id": 1}, "comfyui", []),
    ("infotext inside another object", "UserComment", {"parameters": f"a fox\n{TAIL}"}, "a1111", []),
    ("Civitai's form without a graph", "UserComment", {"extraMetadata": json.dumps({"prompt": "a fox", "resources": [{"type": "lora", "modelVersionId": 7, "strength": 0.5}, {"modelVersionId": 8}]}),
     "extra": {"airs": ["urn:air:sdxl:lora:civitai:1@7", "urn:air:sdxl:lora:civitai:1@9", "nonsense", 5]}}, "civitai",
     [("lora", "7", 0.5, "used"), ("lora", "urn:air:sdxl:lora:civitai:1@9", None, "used")]),
    ("Civitai's resource known by its hash", "parameters", f'a fox\n{TAIL}, Lora hashes: "x1: aabbccddee", Civitai resources: [{{"type":"lora","modelName":"Ink","hash":"AABBCCDDEEFF","weight":0.5,"modelVersionId":3}}]',
     "civitai", [("lora", "x1", 0.5, "used")]),
    ("SD.Next's IP adapter", "parameters", f"a fox\n{TAIL}, App: SD.Next, IP Adapter: face:0.5", "sdnext", [("ip-adapter", "face", 0.5, "used")]),
    ("empty names everywhere", "parameters", f'a fox\n{TAIL}, Model: None, Hypernet: None, Lora hashes: ": aa", Lora weights: "None: 1", LoRA networks: ",", TI hashes: ", ", IP Adapter: None, '
     'ControlNet 0: "Module: none", Hashes: {"lora:None": "aa", "lora:x": 1}, AddNet Model 1: None, Recipe metadata: {"loras": [{}], "checkpoint": {"name": "None"}}', "comfyui", []),
)  # fmt: skip


@pytest.mark.parametrize(("name", "key", "data", "tool", "resources"), ROWS, ids=[row[0] for row in ROWS])
def test_rare_forms_are_read(name: str, key: str, data: object, tool: str, resources: list[tuple[object, ...]]) -> None:
    generation = read(key, data)
    assert (tool, resources) == (generation.tool, models(generation))


def test_a_draft_says_each_text_once() -> None:
    generation = read(
        "parameters",
        {
            "sui_image_params": {"prompt": "a fox", "negativeprompt": "fog"},
            "sui_extra_data": {"original_prompt": "a fox "},
        },
    )
    assert [p.text for p in generation.prompts] == ["a fox", "fog"]
    fooocus = read(
        "parameters",
        {"metadata_scheme": "fooocus", "base_model": "b", "prompt": "a fox", "full_prompt": ["a fox", "a fox"]},
    )
    assert [p.text for p in fooocus.prompts] == ["a fox"]


def test_a_log_ends_at_the_limit() -> None:
    page = (
        "<html>"
        + "<div id=\"a_png\" class=\"image-container\"><td class='label'>Base Model</td><td class='value'>b</td></div>"
        * 9
    )
    decoded = decode(Container("html", (Blob("sidecar:log.html", "sidecar", page),)), Limits(prompts=4))
    assert len(decoded.generations) == 4


def test_a_log_entry_whose_button_says_nothing_is_read_from_its_table() -> None:
    page = "<html><div id=\"a_png\" class=\"image-container\">to_clipboard('%7B%22x%22%3A1%7D')<td class='label'>Base Model</td><td class='value'>b</td></div>"
    decoded = decode(Container("html", (Blob("sidecar:log.html", "sidecar", page),)), DEFAULT_LIMITS)
    assert [r.name for g in decoded.generations for r in g.resources] == ["b"]
    broken = decode(
        Container("html", (Blob("sidecar:log.html", "sidecar", page.replace("td", "tx").replace("%7B", "")),)),
        DEFAULT_LIMITS,
    )
    assert broken.generations == ()


def test_boxes_without_length_or_label_are_walked() -> None:
    claim = b"\x00\x00\x00\x00cbor\xa1\x6fclaim_generator\x61x"
    store = (
        b"\0\0\0\0jumb"
        + b"\0\0\0\x1ejumd"
        + b"\0" * 16
        + b"\x03c2pa\0"
        + b"\0\0\0\0jumb"
        + b"\0\0\0\x19jumd"
        + b"\0" * 16
        + b"\0"
        + claim
    )
    manifests, problem = read_store(store, DEFAULT_LIMITS)
    assert ([m.label for m in manifests], problem) == ([""], None)


def test_settings_alone_are_pairs() -> None:
    info = parse_settings("Postprocess upscale by: 4\nand a line that is no setting of any kind here")
    assert (info.parameters, info.extra) == (
        (("Postprocess upscale by", "4"),),
        "and a line that is no setting of any kind here",
    )


STRANGE: tuple[tuple[str, dict[str, str]], ...] = (
    (f'{TAIL}, A: "x\\q", B: 1', {"A": "x\\q", "B": "1"}),
    (f'{TAIL}, A: "x" y", B: 1', {"A": 'x" y', "B": "1"}),
    (f"{TAIL}, A: {{x}}, B: 1", {"A": "{x}", "B": "1"}),
    ("Steps: 3 ways\nSize: big, Model: b, and more", {}),
    ("Steps: 9, Seed: 7\nModel: a, b\nSize: 8x8, Sampler: Euler, CFG scale: 5", {"Size": "8x8"}),
    (f"{TAIL}, Note: [7, 8, 9, ], RNG: CPU", {"Note": "[7, 8, 9, ]", "RNG": "CPU"}),
)


@pytest.mark.parametrize(("text", "expected"), STRANGE, ids=[text[-20:] for text, _ in STRANGE])
def test_strange_parameters_are_read_as_far_as_they_go(text: str, expected: dict[str, str]) -> None:
    values = dict(parse_infotext(f"a fox\n{text}").parameters)
    assert expected == {key: values.get(key) for key in expected}
