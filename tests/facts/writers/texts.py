"""What each writer writes, spelled out from its rule (docs: formats). Every text asks for the same picture with the same LoRA.

The rules come from the writers' sources and from real files; the strings here were typed, not made by a decoder's inverse.
"""

from __future__ import annotations

PROMPT = "a red fox in snow, (soft light:1.2)"
NEGATIVE = "fog, blurry"
LORA_HASH = "a1b2c3d4e5f6"
MODEL_HASH = "31e35c80fc"
SHA = "AB12CD34" * 8
UUID = "01234567-89ab-cdef-0123-456789abcdef"
JAPANESE = "狐, 雪, ink wash"

# ---- infotext: prompt, negative prompt, one line of pairs ----------------------------------------------------

HEAD = f"{PROMPT}, <lora:ink_wash:0.8>\nNegative prompt: {NEGATIVE}\n"
STEPS = "Steps: 28, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7, Seed: 1234567, Size: 512x768"
MODEL = f"Model hash: {MODEL_HASH}, Model: dreambase_v2"
HASHES = f'Lora hashes: "ink_wash: {LORA_HASH}"'

A1111 = f"{HEAD}{STEPS}, {MODEL}, VAE hash: 735e4c3a44, VAE: sharp.vae.pt, Clip skip: 2, {HASHES}, Version: v1.10.1"
A1111_JAPANESE = f"{JAPANESE}, <lora:墨絵:0.8>\nNegative prompt: 霧\n{STEPS}, {MODEL}, Version: v1.10.1"
A1111_IMG2IMG = (
    f'{HEAD}{STEPS}, {MODEL}, Denoising strength: 0.55, {HASHES}, TI hashes: "easyneg: c74b4e810b03", Version: v1.10.1'
)
FORGE = (
    f"{HEAD}Steps: 20, Sampler: Euler, Schedule type: Simple, CFG scale: 1, Distilled CFG Scale: 3.5, Seed: 7, Size: 896x1152, {MODEL}, {HASHES}, "
    "Diffusion in Low Bits: Automatic (fp16 LoRA), Version: f2.0.1v1.10.1-previous-669-gdfdcbab6, Module 1: ae, Module 2: clip_l, Module 3: t5xxl_fp16"
)
CLASSIC = f"{HEAD}{STEPS}, {MODEL}, {HASHES}, Emphasis: No norm, Version: classic"
NEO = f"{HEAD}{STEPS}, {MODEL}, {HASHES}, Shift: 3, Version: neo-2.28, Module 1: ae, Module 2: qwen_3_4b"
REFORGE = f"{HEAD}{STEPS}, {MODEL}, {HASHES}, Version: f1.0.0v2-v1.10.1RC-latest-2498-g5120e679"
EASYREFORGE = f"{HEAD}{STEPS}, {MODEL}, {HASHES}, Version: f1.7.0-v1.10.1RC-latest-2184-g8c0bd7ec"
SDNEXT = (
    f"{PROMPT} <lora:ink_wash:0.8>\nNegative prompt: {NEGATIVE}\nSteps: 20, Size: 1024x1024, Seed: 7, CFG scale: 6, App: SD.Next, Version: 56a8aea, "
    f"Pipeline: StableDiffusionXLPipeline, Operations: txt2img, {MODEL}, LoRA networks: ink_wash, LoRA hashes: {LORA_HASH[:10]}"
)
SDNEXT_EMPTY_NEGATIVE = (
    f"{PROMPT}\nNegative prompt: \nTemplate: a {{red|white}} fox\nSteps: 20, Size: 1024x1024, Seed: 7, CFG scale: 6, App: SD.Next, Version: 56a8aea, "
    f"Pipeline: StableDiffusionXLPipeline, Operations: txt2img, {MODEL}"
)
SDCPP = (
    f"{HEAD}Steps: 20, CFG scale: 1.000000, Guidance: 3.500000, Eta: inf, Seed: 42, Size: 512x512, Model: , RNG: cuda, Sampler: euler, "
    "Unet: /home/ann/flux-dev-q8.gguf, VAE: ae.safetensors, TE: clip_l.safetensors, Version: stable-diffusion.cpp"
)
SDCPP_JSON = (
    f"{PROMPT}\nNegative prompt: {NEGATIVE}\nSteps: 20, CFG scale: 7.000000, Guidance: 3.500000, Eta: 0.000000, Seed: 42, Size: 512x512, Model: dreambase.gguf, "
    'RNG: cuda, Sampler: euler, Version: stable-diffusion.cpp, SDCPP: {"schema":"sdcpp.image.params/v1","mode":"img_gen","generator":{"name":"stable-diffusion.cpp"},'
    f'"seed":42,"width":512,"height":512,"prompt":{{"positive":"{PROMPT}","negative":"{NEGATIVE}"}},"sampling":{{"steps":20,"method":"euler"}},'
    '"models":{"model":"dreambase.gguf","clip_l":"clip_l.safetensors","vae":"ae.safetensors"},"loras":[{"name":"ink_wash","multiplier":0.8,"is_high_noise":false}]}'
)
FOOOCUS_A1111 = (
    f"cinematic still {PROMPT} . emotional\nNegative prompt: anime, {NEGATIVE}\nSteps: 30, Sampler: DPM++ 2M SDE Karras, Seed: 7, Size: 896x1152, CFG scale: 4.0, "
    'Sharpness: 2.0, ADM Guidance: "(1.5, 0.8, 0.3)", Model: dreambase_v2, Model hash: 31e35c80fc, Performance: Speed, Scheduler: karras, VAE: Default (model), '
    f'Raw prompt: "{PROMPT}", Raw negative prompt: "{NEGATIVE}", Lora hashes: "ink_wash: {LORA_HASH[:10]}", Lora weights: "ink_wash: 0.8", Version: Fooocus v2.5.5'
)
IMAGE_SAVER = (
    f"{PROMPT}, <lora:ink_wash:0.8>\nNegative prompt: {NEGATIVE}\nSteps: 20, Sampler: DPM++ 2M Karras, CFG scale: 7.0, Seed: 7, Size: 512x768, Clip skip: 2, "
    f'Model hash: {MODEL_HASH}, Model: dreambase_v2, Hashes: {{"model": "{MODEL_HASH}", "LORA:ink_wash": "{LORA_HASH[:10]}", "embed:easyneg": "c74b4e810b"}}, Version: ComfyUI'
)
COMFY_IMAGE_SAVER = (
    f"{PROMPT}\nNegative prompt: {NEGATIVE}\nSteps: 20, Sampler: dpmpp_2m_karras, CFG Scale: 7.0, Seed: 7, Size: 512x768, Model hash: {MODEL_HASH}, "
    "Model: dreambase_v2, Version: ComfyUI"
)
WITH_METADATA = (
    f"{PROMPT}\nNegative prompt: {NEGATIVE}\nSteps: 20, Sampler: DPM++ 2M Karras, CFG scale: 7.0, Seed: 7, Clip skip: 1, Size: 512x768, "
    f"Model: dreambase_v2.safetensors, Model hash: {MODEL_HASH}, VAE: sharp.vae.pt, VAE hash: 735e4c3a44, Lora_0 Model name: ink_wash.safetensors, "
    f"Lora_0 Model hash: {LORA_HASH[:10]}, Lora_0 Strength model: 0.8, Lora_0 Strength clip: 1.0, Embedding_0 name: easyneg.pt, Embedding_0 hash: c74b4e810b, "
    f'Hashes: {{"model": "{MODEL_HASH}", "vae": "735e4c3a44", "lora:ink_wash": "{LORA_HASH[:10]}", "embed:easyneg": "c74b4e810b"}}'
)
LORA_MANAGER = (
    f"{PROMPT} <lora:ink_wash:0.8>\nNegative prompt: {NEGATIVE}\nSteps: 20, Sampler: euler, Seed: 7, Size: 512x768, Model: dreambase_v2\n"
    'Recipe metadata: {"title": "Fox", "base_model": "SDXL 1.0", "loras": [{"file_name": "ink_wash", "hash": "A1B2C3D4E5F6", "strength": 0.8, '
    '"modelVersionId": 42, "modelName": "Ink Wash", "modelVersionName": "v1"}], "gen_params": {"prompt": "a"}, "tags": ["ink"]}'
)
CIVITAI = (
    f"{PROMPT}\nNegative prompt: {NEGATIVE}\nSteps: 25, Sampler: Euler a, CFG scale: 4, Seed: 7, Size: 832x1216, Clip skip: 2, Created Date: 2026-01-04T01:27:21.27Z, "
    'Civitai resources: [{"type":"checkpoint","modelVersionId":90,"modelName":"Dream Base","modelVersionName":"v2"},'
    '{"type":"lora","weight":0.8,"modelVersionId":42,"modelName":"Ink Wash","modelVersionName":"v1","air":"urn:air:sdxl:lora:civitai:7@42"}], '
    'Civitai metadata: {"remixOfId":1}'
)
KRITA = (
    f"{PROMPT} <lora:styles/ink_wash:0.8>\nNegative prompt: {NEGATIVE}\nSteps: 20, Sampler: Euler a, CFG scale: 7.0, Seed: 7, Size: 512x768, Model hash: unknown, "
    "Model: dreambase_v2.safetensors, Denoising strength: 0.6"
)
ARTBOT = f"{PROMPT}\nNegative prompt: {NEGATIVE}\nSteps: 20, Sampler: k_euler, CFG scale: 7, Seed: 7, Size: 512x768, Model: Deliberate"
MOESCAPE = f"{PROMPT}, <lora:ink_wash:0.8>\nNegative prompt: {NEGATIVE}\n{STEPS}, {MODEL}, NGMS: 0.2"
SEAART = f"{PROMPT}\nNegative prompt: {NEGATIVE}\n{STEPS}, Model: dreambase_v2"

# ---- ComfyUI: the executed graph, and the canvas -------------------------------------------------------------

GRAPH = (
    '{"4": {"inputs": {"ckpt_name": "SDXL\\\\dreambase_v2.safetensors"}, "class_type": "CheckpointLoaderSimple", "_meta": {"title": "Load Checkpoint"}}, '
    '"10": {"inputs": {"lora_name": "styles\\\\ink_wash.safetensors", "strength_model": 0.8, "strength_clip": 1.0, "model": ["4", 0], "clip": ["4", 1]}, "class_type": "LoraLoader"}, '
    f'"6": {{"inputs": {{"text": "{PROMPT}", "clip": ["10", 1]}}, "class_type": "CLIPTextEncode"}}, '
    f'"7": {{"inputs": {{"text": "{NEGATIVE}", "clip": ["10", 1]}}, "class_type": "CLIPTextEncode"}}, '
    '"5": {"inputs": {"width": 512, "height": 768, "batch_size": 1}, "class_type": "EmptyLatentImage"}, '
    '"3": {"inputs": {"seed": 7, "steps": 20, "cfg": 7.0, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0, "model": ["10", 0], "positive": ["6", 0], '
    '"negative": ["7", 0], "latent_image": ["5", 0]}, "class_type": "KSampler", "is_changed": NaN}, '
    '"8": {"inputs": {"samples": ["3", 0], "vae": ["4", 2]}, "class_type": "VAEDecode"}, '
    '"9": {"inputs": {"filename_prefix": "ComfyUI", "images": ["8", 0]}, "class_type": "SaveImage"}}'
)
CANVAS = (
    '{"last_node_id": 10, "last_link_id": 9, "nodes": ['
    '{"id": 4, "type": "CheckpointLoaderSimple", "pos": [0, 0], "mode": 0, "inputs": [], "outputs": [{"name": "MODEL", "type": "MODEL", "links": [1]}, '
    '{"name": "CLIP", "type": "CLIP", "links": [2]}, {"name": "VAE", "type": "VAE", "links": [8]}], "widgets_values": ["SDXL\\\\dreambase_v2.safetensors"]}, '
    '{"id": 10, "type": "LoraLoader", "mode": 0, "inputs": [{"name": "model", "type": "MODEL", "link": 1}, {"name": "clip", "type": "CLIP", "link": 2}], '
    '"outputs": [{"name": "MODEL", "type": "MODEL", "links": [3]}, {"name": "CLIP", "type": "CLIP", "links": [4, 5]}], "widgets_values": ["styles\\\\ink_wash.safetensors", 0.8, 1]}, '
    f'{{"id": 6, "type": "CLIPTextEncode", "mode": 0, "inputs": [{{"name": "clip", "type": "CLIP", "link": 4}}], "outputs": [{{"name": "CONDITIONING", "type": "CONDITIONING", "links": [6]}}], "widgets_values": ["{PROMPT}"]}}, '
    f'{{"id": 7, "type": "CLIPTextEncode", "mode": 0, "inputs": [{{"name": "clip", "type": "CLIP", "link": 5}}], "outputs": [{{"name": "CONDITIONING", "type": "CONDITIONING", "links": [7]}}], "widgets_values": ["{NEGATIVE}"]}}, '
    '{"id": 3, "type": "KSampler", "mode": 0, "inputs": [{"name": "model", "type": "MODEL", "link": 3}, {"name": "positive", "type": "CONDITIONING", "link": 6}, '
    '{"name": "negative", "type": "CONDITIONING", "link": 7}], "outputs": [{"name": "LATENT", "type": "LATENT", "links": [9]}], '
    '"widgets_values": [7, "randomize", 20, 7, "euler", "normal", 1]}, '
    '{"id": 8, "type": "VAEDecode", "mode": 0, "inputs": [{"name": "samples", "type": "LATENT", "link": 9}, {"name": "vae", "type": "VAE", "link": 8}], "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [10]}]}, '
    '{"id": 9, "type": "SaveImage", "mode": 0, "inputs": [{"name": "images", "type": "IMAGE", "link": 10}], "outputs": [], "widgets_values": ["ComfyUI"]}], '
    '"links": [[1, 4, 0, 10, 0, "MODEL"], [2, 4, 1, 10, 1, "CLIP"], [3, 10, 0, 3, 0, "MODEL"], [4, 10, 1, 6, 0, "CLIP"], [5, 10, 1, 7, 0, "CLIP"], '
    '[6, 6, 0, 3, 1, "CONDITIONING"], [7, 7, 0, 3, 2, "CONDITIONING"], [8, 4, 2, 8, 1, "VAE"], [9, 3, 0, 8, 0, "LATENT"], [10, 8, 0, 9, 0, "IMAGE"]], '
    '"groups": [], "config": {}, "extra": {}, "version": 0.4}'
)
GRAPH_STRICT = GRAPH.replace(', "is_changed": NaN', "")
ENVELOPE = f'{{"prompt": {GRAPH_STRICT}, "workflow": {CANVAS}}}'


def quoted(text: str) -> str:
    """`text` as a JSON string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


VHS_COMMENT = f'{{"prompt": {quoted(GRAPH)}, "workflow": {quoted(CANVAS)}, "CreationTime": "2026-01-04 01:27:21"}}'
STEALTH_NODE = f'{{"parameters": "", "prompt": {quoted(GRAPH_STRICT)}, "workflow": {quoted(CANVAS)}}}'
METAHUB = (
    f'{{"generator": "ComfyUI", "imh_version": "1.3", "prompt": "{PROMPT}", "negativePrompt": "{NEGATIVE}", "seed": 7, "steps": 20, "cfg": 7.0, "sampler_name": "euler", '
    f'"scheduler": "normal", "model": "dreambase_v2.safetensors", "model_hash": "{MODEL_HASH}", "width": 512, "height": 768, '
    f'"loras": [{{"name": "ink_wash.safetensors", "weight": 0.8}}], "imh_pro": {{"user_tags": "", "notes": ""}}}}'
)
METAHUB_INFOTEXT = (
    f"{PROMPT}\nNegative prompt: {NEGATIVE}\nSteps: 20, Sampler: euler, CFG scale: 7.0, Seed: 7, Size: 512x768, Model: dreambase_v2.safetensors, Model hash: {MODEL_HASH}, "
    f'Lora hashes: "ink_wash: {LORA_HASH[:10]}"'
)
TENSORART = (
    f'{{"models":[{{"label":"Ink Wash","type":"LORA","modelId":"42","modelFileId":"43","weight":0.8,"modelFileName":"ink_wash","baseModel":"SDXL 1.0","hash":"{SHA}"}}],'
    f'"prompt":"{PROMPT}","negativePrompt":"{NEGATIVE}","width":1024,"height":1024,"imageCount":1,"samplerName":"euler","steps":25,"cfgScale":7,"seed":"7","clipSkip":2,'
    f'"baseModel":{{"label":"v2","type":"BASE_MODEL","modelId":"90","modelFileId":"91","modelFileName":"dreambase_v2","baseModel":"SDXL 1.0","hash":"{SHA}"}},'
    '"sdVae":"Automatic","workEngine":"TAMS_V2","ksamplerName":"euler"}\0'
)
TENSORART_GRAPH = GRAPH_STRICT.replace("CheckpointLoaderSimple", "ECHOCheckpointLoaderSimple").replace(
    "SDXL\\\\dreambase_v2", "EMS-91-EMS"
)
TENSORART_GRAPH = TENSORART_GRAPH.replace("styles\\\\ink_wash", "EMS-43-EMS")
CIVITAI_GRAPH = (
    GRAPH_STRICT[:-1]
    .replace("SDXL\\\\dreambase_v2.safetensors", "urn:air:sdxl:checkpoint:civitai:6@90")
    .replace("styles\\\\ink_wash.safetensors", "urn:air:sdxl:lora:civitai:7@42")
    + ', "extra": {"airs": ["urn:air:sdxl:checkpoint:civitai:6@90", "urn:air:sdxl:lora:civitai:7@42"]}, "extraMetadata": '
    + quoted(
        f'{{"prompt":"{PROMPT}","negativePrompt":"{NEGATIVE}","cfgScale":4,"steps":25,"resources":[{{"modelVersionId":90,"strength":1}},{{"modelVersionId":42,"strength":0.8}}]}}'
    )
    + "}"
)

# ---- JSON of a writer's own ------------------------------------------------------------------------------------

NOVELAI_3 = (
    f'{{"prompt": "{PROMPT}", "steps": 28, "height": 1216, "width": 832, "scale": 5.0, "uncond_scale": 1.0, "cfg_rescale": 0.0, "seed": 7, "n_samples": 1, '
    f'"noise_schedule": "native", "legacy_v3_extend": false, "reference_information_extracted_multiple": [], "reference_strength_multiple": [], "sampler": "k_euler", '
    f'"controlnet_strength": 1.0, "controlnet_model": null, "dynamic_thresholding": false, "uc": "{NEGATIVE}", "request_type": "PromptGenerateRequest", "signed_hash": "AAAA"}}'
)
NOVELAI_4 = (
    f'{{"prompt": "{PROMPT}", "steps": 28, "height": 1216, "width": 832, "scale": 5.0, "seed": 7, "n_samples": 1, "noise_schedule": "karras", "sampler": "k_euler_ancestral", '
    f'"reference_information_extracted_multiple": [0.7], "reference_strength_multiple": [0.6], "extra_passthrough_testing": {{"prompt": null}}, '
    f'"v4_prompt": {{"caption": {{"base_caption": "{PROMPT}", "char_captions": [{{"char_caption": "girl, green hair", "centers": [{{"x": 0.3, "y": 0.5}}]}}, '
    '{"char_caption": "boy, grey hair", "centers": [{"x": 0.7, "y": 0.5}]}]}, "use_coords": true, "use_order": true}, '
    f'"v4_negative_prompt": {{"caption": {{"base_caption": "{NEGATIVE}", "char_captions": [{{"char_caption": "hat", "centers": []}}, {{"char_caption": "", "centers": []}}]}}}}, '
    f'"uc": "{NEGATIVE}", "request_type": "PromptGenerateRequest", "signed_hash": "AAAA", "lora_unet_weights": null}}'
)
NOVELAI_1 = f'{{"steps": 28, "sampler": "k_euler_ancestral", "seed": 7, "strength": 0.69, "noise": 0.667, "scale": 11.0, "uc": "{NEGATIVE}"}}'


def novelai_fields(comment: str, source: str) -> str:
    """The JSON of all text fields that NovelAI hides in the alpha channel and puts into the UserComment of WebP."""
    return (
        f'{{"Description": "{PROMPT}", "Software": "NovelAI", "Source": "{source}", "Generation time": "3.5", "Title": "NovelAI generated image", '
        f'"Comment": {quoted(comment)}}}'
    )


SWARM = (
    f'{{\n  "sui_image_params": {{\n    "prompt": "{PROMPT}",\n    "negativeprompt": "{NEGATIVE}",\n    "model": "SDXL/dreambase_v2",\n    "seed": 7,\n    "steps": 20,\n'
    '    "cfgscale": 7.0,\n    "width": 832,\n    "height": 1216,\n    "loras": [\n      "styles/ink_wash"\n    ],\n    "loraweights": [\n      "0.8"\n    ],\n'
    f'    "swarm_version": "0.9.7.4"\n  }},\n  "sui_extra_data": {{\n    "date": "2026-01-04",\n    "original_prompt": "a <random:red|white> fox"\n  }},\n  "sui_models": [\n'
    f'    {{\n      "name": "styles/ink_wash.safetensors",\n      "param": "loras",\n      "hash": "0x{SHA.lower()}"\n    }},\n'
    f'    {{\n      "name": "SDXL/dreambase_v2.safetensors",\n      "param": "model",\n      "hash": "0x{SHA.lower()}"\n    }}\n  ]\n}}'
)
SWARM_OLD = (
    f'{{"sui_image_params": {{"prompt": "{PROMPT}", "negativeprompt": "{NEGATIVE}", "model": "SDXL/dreambase_v2", "seed": 7, "loras": "ink_wash", "loraweights": "0.8", '
    '"stable_swarm_version": "0.6.1.0"}}'
)
FOOOCUS = (
    '{"adm_guidance": "(1.5, 0.8, 0.3)", "base_model": "dreambase_v2", "base_model_hash": "31e35c80fc", '
    f'"full_negative_prompt": ["anime", "{NEGATIVE}"], "full_prompt": ["cinematic still {PROMPT} . emotional", "{PROMPT}, sharp focus"], "guidance_scale": 4.0, '
    f'"lora_combined_1": "ink_wash : 0.8", "loras": [["ink_wash", 0.8, "{LORA_HASH[:10]}"]], "metadata_scheme": "fooocus", "negative_prompt": "{NEGATIVE}", '
    f'"performance": "Speed", "prompt": "{PROMPT}", "prompt_expansion": "{PROMPT}, sharp focus", "refiner_model": "None", "resolution": "(896, 1152)", "sampler": "dpmpp_2m_sde_gpu", '
    '"scheduler": "karras", "seed": "7", "sharpness": 2.0, "steps": 30, "styles": "[\'Fooocus V2\', \'Fooocus Cinematic\']", "vae": "Default (model)", "version": "Fooocus v2.5.5"}'
)
FOOOCUS_ROWS = (
    ("Prompt", PROMPT), ("Negative Prompt", NEGATIVE), ("Fooocus V2 Expansion", f"{PROMPT}, sharp focus"), ("Styles", "['Fooocus V2', 'Fooocus Cinematic']"),
    ("Performance", "Speed"), ("Resolution", "(896, 1152)"), ("Base Model", "dreambase_v2.safetensors"), ("Refiner Model", "None"), ("LoRA 1", "ink_wash.safetensors : 0.8"),
    ("Seed", "7"), ("Version", "Fooocus v2.5.5"),
)  # fmt: skip


def fooocus_log(name: str, rows: tuple[tuple[str, str], ...] = FOOOCUS_ROWS, label: str = "label") -> str:
    """`log.html` of a day with two pictures. Version 2.1 called the first column `key`, later ones `label`."""
    table = "".join(f"<tr><td class='{label}'>{key}</td><td class='value'>{value}</td></tr>\n" for key, value in rows)

    def entry(picture: str, lines: str) -> str:
        return (
            f'<div id="{picture.replace(".", "_")}" class="image-container"><hr><table><tr>\n<td><a href="{picture}" target="_blank"><img src=\'{picture}\' loading=\'lazy\'/></a>'
            f"<div>{picture}</div></td><td><table class='metadata'>{lines}</table></td></tr></table></div>\n\n"
        )

    other = "<tr><td class='label'>Prompt</td><td class='value'>somebody else</td></tr>\n"
    return (
        "<!DOCTYPE html><html><head><title>Fooocus Log 2026-01-04</title></head><body><p>Fooocus Log 2026-01-04 (private)</p>\n<!--fooocus-log-split-->\n\n"
        + entry("2026-01-04_00-00-00_1111.png", other) + entry(name, table) + "<!--fooocus-log-split--></body></html>"
    )  # fmt: skip


FOOOCUS_MRE = (
    f'{{"prompt": "{PROMPT}", "negative_prompt": "{NEGATIVE}", "styles": ["cinematic-default"], "real_prompt": ["cinematic still {PROMPT}"], "real_negative_prompt": ["anime, {NEGATIVE}"], '
    '"performance": "Speed", "steps": 30, "switch": 20, "cfg": 7.0, "base_model": "dreambase_v2.safetensors", "base_model_hash": "31e35c80fc", "refiner_model": "None", '
    '"l1": "ink_wash.safetensors", "w1": 0.8, "l2": "None", "w2": 0.5, "loras": [["ink_wash.safetensors", 0.8]], "seed": 7, "software": "Fooocus-MRE v2.0.78.5"}'
)
RUINED = (
    f'{{"Prompt": "{PROMPT}", "Negative": "{NEGATIVE}", "steps": 30, "cfg": 8, "width": 1152, "height": 896, "seed": 7, "sampler_name": "dpmpp_2m_sde_gpu", "scheduler": "karras", '
    f'"base_model_name": "SDXL/dreambase_v2.safetensors", "base_model_hash": "{MODEL_HASH}", "loras": [["{LORA_HASH[:10]}", "0.8 - styles/ink_wash.safetensors"]], "start_step": -1, '
    '"denoise": null, "clip_skip": 1, "software": "RuinedFooocus"}'
)
RUINED_OLD = (
    f'{{"Prompt": "{PROMPT}", "Negative": "{NEGATIVE}", "steps": 30, "base_model_name": "dreambase_v2.safetensors", '
    '"loras": "Loras:<styles/ink_wash.safetensors 🗒️:0.8>,<None:0.5>", "software": "RuinedFooocus"}'
)
INVOKE_5 = (
    f'{{"generation_mode": "sdxl_txt2img", "positive_prompt": "{PROMPT}", "negative_prompt": "{NEGATIVE}", "positive_style_prompt": "", "width": 1024, "height": 1024, "seed": 7, '
    '"rand_device": "cpu", "cfg_scale": 7.5, "steps": 30, "scheduler": "euler_a", '
    '"model": {"key": "4f0e", "hash": "blake3:01ab", "name": "dreambase_v2", "base": "sdxl", "type": "main"}, '
    '"loras": [{"model": {"key": "9c1d", "hash": "blake3:02cd", "name": "ink_wash", "base": "sdxl", "type": "lora"}, "weight": 0.8}], "app_version": "5.6.0"}'
)
INVOKE_3 = (
    f'{{"app_version": "3.6.2", "generation_mode": "txt2img", "positive_prompt": "{PROMPT}", "negative_prompt": "{NEGATIVE}", "width": 512, "height": 768, "seed": 7, "rand_device": "cpu", '
    '"cfg_scale": 7.5, "steps": 30, "scheduler": "euler", "clip_skip": 0, "model": {"model_name": "dreambase_v2", "base_model": "sd-1", "model_type": "main"}, '
    '"controlnets": [], "loras": [{"lora": {"model_name": "ink_wash", "base_model": "sd-1"}, "weight": 0.8}]}'
)
INVOKE_2 = (
    f'{{"model": "stable diffusion", "model_weights": "dreambase_v2", "model_hash": "{SHA.lower()}", "app_id": "invoke-ai/InvokeAI", "app_version": "2.2.4", '
    f'"image": {{"prompt": [{{"prompt": "{PROMPT} withLora(ink_wash,0.8) [{NEGATIVE}]", "weight": 1.0}}], "steps": 50, "cfg_scale": 7.5, "height": 512, "width": 512, "seed": 7, '
    '"type": "txt2img", "sampler": "k_lms", "variations": []}}'
)
INVOKE_1 = f'"{PROMPT} [{NEGATIVE}]" -s 50 -S 7 -W 512 -H 512 -C 7.5 -A k_lms'
MATRIX_INFOTEXT = (
    f"{PROMPT}\r\nNegative prompt: {NEGATIVE}\r\nSteps: 20, Sampler: DPM++ 2M Karras, CFG scale: 5, Seed: 7, Size: 1024x1024, "
    f"Model hash: {SHA}, Model: dreambase_v2"
)
MATRIX_JSON = (
    f'{{"PositivePrompt":"{PROMPT}","NegativePrompt":"{NEGATIVE}","Steps":20,"Sampler":"DPM++ 2M Karras","CfgScale":5,"Seed":7,"Height":1024,"Width":1024,"ModelHash":"{SHA}",'
    '"ModelName":"dreambase_v2.safetensors","ModelVersionId":90,"ExtraNetworkModelVersionIds":[42]}'
)
MATRIX_PROJECT = (
    f'{{"Version":1,"ProjectType":"TextToImage","State":{{"Seed":{{"Seed":7}},"Prompt":{{"Prompt":"{PROMPT}","NegativePrompt":"{NEGATIVE}"}},'
    '"Model":{"SelectedModelName":"dreambase_v2.safetensors","IsVaeSelectionEnabled":false,"IsExtraNetworksEnabled":true,'
    '"ExtraNetworks":{"$type":"Stack","$values":[{"$type":"ExtraNetworkCard","IsEnabled":true,"$values":[{"$type":"ExtraNetworkCard","SelectedModelName":"ink_wash.safetensors",'
    '"IsModelWeightEnabled":true,"ModelWeight":0.8}]}]}}}}'
)
EASY_KEYS = (
    ("prompt", PROMPT), ("negative_prompt", NEGATIVE), ("seed", "7"), ("use_stable_diffusion_model", "dreambase_v2"), ("clip_skip", "False"), ("use_vae_model", "None"),
    ("sampler_name", "euler_a"), ("width", "512"), ("height", "768"), ("num_inference_steps", "25"), ("guidance_scale", "7.5"), ("use_lora_model", "['ink_wash', 'paper/grain']"),
    ("lora_alpha", "[0.8, 0.3]"), ("use_embeddings_model", "None"),
)  # fmt: skip
EASY_LABELS = (
    ("Prompt", PROMPT), ("Negative Prompt", NEGATIVE), ("Seed", "7"), ("Stable Diffusion model", "dreambase_v2"), ("VAE model", "None"), ("Sampler", "euler_a"), ("Width", "512"),
    ("Height", "768"), ("Steps", "25"), ("Guidance Scale", "7.5"), ("LoRA model", "ink_wash, paper/grain"), ("LoRA Strength", "0.8, 0.3"),
)  # fmt: skip
EASY_JSON = (
    f'{{"prompt": "{PROMPT}", "negative_prompt": "{NEGATIVE}", "seed": 7, "use_stable_diffusion_model": "dreambase_v2", "use_vae_model": "", "sampler_name": "euler_a", "width": 512, '
    '"height": 768, "num_inference_steps": 25, "guidance_scale": 7.5, "use_lora_model": ["ink_wash", "paper/grain"], "lora_alpha": [0.8, 0.3], "use_embeddings_model": null}'
)
EASY_TXT = "".join(f"{key}: {value}\n" for key, value in EASY_LABELS)
DRAW_THINGS = (
    f'{{"c":"{PROMPT}","uc":"{NEGATIVE}","model":"dreambase_v2_q6p_q8p.ckpt","sampler":"DPM++ 2M Karras","scale":5,"seed":7,"seed_mode":"Scale Alike","size":"1024x1024","steps":20,"strength":1,'
    '"shift":1,"lora":[{"model":"ink_wash_lora_f16.ckpt","weight":0.8}],"mask_blur":1.5,"profile":{"duration":9.5},"v2":{"model":"dreambase_v2_q6p_q8p.ckpt",'
    '"loras":[{"file":"ink_wash_lora_f16.ckpt","weight":0.8,"mode":"all"}],"controls":[],"width":1024,"height":1024,"steps":20}}'
)
DRAW_THINGS_TEXT = (
    f"{PROMPT}\n-{NEGATIVE}\nSteps: 20, Sampler: DPM++ 2M Karras, Guidance Scale: 5.0, Seed: 7, Size: 1024x1024, Model: dreambase_v2_q6p_q8p.ckpt, Strength: 1.0, "
    "Seed Mode: Scale Alike, LoRA 1 Model: ink_wash_lora_f16.ckpt, LoRA 1 Weight: 0.8"
)
HUGGINGFACE = (
    f'{{"prompt": "{PROMPT}", "negative_prompt": "{NEGATIVE}", "resolution": "896 x 1152", "guidance_scale": 7, "num_inference_steps": 28, "seed": 7, "sampler": "Euler a", '
    f'"sdxl_style": "(None)", "add_quality_tags": false, "quality_tags": "Standard v3.1", "use_upscaler": null, "Model": "Animagine XL 3.1", "Model hash": "{SHA}"}}'
)
MFLUX = (
    f'{{"mflux_version": "0.9.6", "model": "black-forest-labs/FLUX.1-dev", "base_model": "None", "seed": 7, "steps": 20, "guidance": 3.5, "precision": "mlx.core.bfloat16", "quantize": 8, '
    f'"generation_time_seconds": 42.1, "lora_paths": ["/Users/ann/loras/ink_wash.safetensors"], "lora_scales": [0.8], "image_path": null, "prompt": "{PROMPT}", "negative_prompt": "{NEGATIVE}"}}'
)
KOHYA = (
    ("prompt", f"{PROMPT} <lora:ink_wash:0.8>"), ("seed", "7"), ("sampler", "euler_a"), ("steps", "20"), ("scale", "7.5"), ("negative-prompt", NEGATIVE), ("clip-prompt", "snow"),
    ("raw-prompt", "a {red|white} fox"),
)  # fmt: skip
NMKD = (
    f'{{"mode":"Text","prompt":"{PROMPT}","promptNeg":"{NEGATIVE}","initImg":"","initStrength":0,"w":512,"h":768,"steps":25,"scale":7.5,"seed":7,"sampler":"K_Euler_A",'
    '"model":"dreambase_v2.safetensors","loras":{"ink_wash":[0.8]},"upscaler":""}'
)
MIDJOURNEY = f"a red fox in snow --ar 2:3 --no fog, blurry --sref https://example.org/a.png 42 --sw 250 --cref https://example.org/b.png --v 6.1 Job ID: {UUID}"
