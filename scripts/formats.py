"""The page of formats and writers: what each writer leaves is spelled out here, decoded, and the table says what came out.

A row whose example is not read as that writer's stops the page, so that it cannot promise what the decoders do not do.
"""

from __future__ import annotations

import json

TAIL = "Steps: 24, Sampler: Euler a, CFG scale: 5, Seed: 7, Size: 64x64"
MARK = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
GRAPH = {
    "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "base.safetensors"}},
    "2": {"class_type": "LoraLoader", "inputs": {"lora_name": "ink.safetensors", "strength_model": 0.5, "model": ["1", 0], "clip": ["1", 1]}},
    "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox", "clip": ["2", 1]}},
    "4": {"class_type": "CLIPTextEncode", "inputs": {"text": "fog", "clip": ["2", 1]}},
    "5": {"class_type": "KSampler", "inputs": {"model": ["2", 0], "positive": ["3", 0], "negative": ["4", 0], "seed": 7}},
    "6": {"class_type": "SaveImage", "inputs": {"images": ["5", 0], "filename_prefix": "x"}},
}


def infotext(more: str = "") -> str:
    """An A1111 infotext with further settings."""
    return f"a fox <lora:ink:0.5>\nNegative prompt: fog\n{TAIL}{more}"


def _json(**fields: object) -> str:
    return json.dumps(fields)


INFO = "PNG `parameters`; EXIF UserComment of JPEG, WebP, AVIF, JPEG XL; GIF comment; sidecar `.txt`"
SAME = "as AUTOMATIC1111"
COMFY = "PNG `prompt`, `workflow`, APNG `comf`; EXIF Model, Make, ImageDescription, UserComment; MP4 and WebM tags; FLAC, Ogg, MP3 tags; XMP"
WRITERS: tuple[tuple[str, str, str, tuple[tuple[str, str], ...]], ...] = (
    ("a1111", "AUTOMATIC1111", INFO, (("parameters", infotext(", Model: base, Version: v1.10.1")),)),
    ("forge", "Forge", f"{SAME}; hidden in the alpha channel", (("parameters", infotext(", Model: base, Version: f2.0.1v1.10.1-previous-669-gdfdcbab6")),)),
    ("forge-classic", "Forge Classic", SAME, (("parameters", infotext(", Model: base, Version: classic")),)),
    ("forge-neo", "Forge Neo", SAME, (("parameters", infotext(", Model: base, Version: neo-2.28")),)),
    ("reforge", "reForge, EasyReforge", SAME, (("parameters", infotext(", Model: base, Version: f1.0.0v2-v1.10.1RC-latest-2498-g5120e679")),)),
    ("sdnext", "SD.Next", SAME, (("parameters", infotext(", Model: base, App: SD.Next, Version: 56a8aea")),)),
    ("comfyui", "ComfyUI, and its savers", COMFY, (("prompt", json.dumps(GRAPH)),)),
    ("novelai", "NovelAI", "PNG `Comment`, `Description`; WebP EXIF; hidden in the alpha channel", (
        ("Title", "NovelAI generated image"), ("Description", "a fox"), ("Software", "NovelAI"), ("Source", "NovelAI Diffusion V4.5 4BDE2A90"),
        ("Comment", _json(prompt="a fox", uc="fog", steps=28, seed=7, sampler="k_euler")),
    )),
    ("invokeai", "InvokeAI 1 to 6", "PNG `invokeai_metadata`, `invokeai_graph`, `invokeai_workflow`, `sd-metadata`, `Dream`", (
        ("invokeai_metadata", _json(app_version="6.10.0", positive_prompt="a fox", negative_prompt="fog", model={"name": "base"}, loras=[{"model": {"name": "ink"}, "weight": 0.5}])),
    )),
    ("fooocus", "Fooocus", "PNG `parameters`; EXIF UserComment, MakerNote; its `log.html`", (
        ("parameters", _json(prompt="a fox", negative_prompt="fog", full_prompt=["a fox"], base_model="base", loras=[["ink", 0.5, "1122334455"]], metadata_scheme="fooocus", version="Fooocus v2.5.5")),
    )),
    ("fooocus-mre", "Fooocus-MRE", "PNG `Comment`, JPEG comment", (
        ("Comment", _json(prompt="a fox", negative_prompt="fog", real_prompt=["a fox"], base_model="base.safetensors", l1="ink.safetensors", w1=0.5, software="Fooocus-MRE v2.0.78.5")),
    )),
    ("ruinedfooocus", "RuinedFooocus", "PNG `parameters`", (
        ("parameters", _json(Prompt="a fox", Negative="fog", base_model_name="base.safetensors", loras=[["1122334455", "0.5 - ink.safetensors"]], software="RuinedFooocus")),
    )),
    ("swarmui", "SwarmUI, StableSwarm", "PNG `parameters`; EXIF UserComment, Model; sidecar `.swarm.json`; hidden", (
        ("parameters", json.dumps({"sui_image_params": {"prompt": "a fox", "negativeprompt": "fog", "model": "base", "loras": ["ink"], "loraweights": ["0.5"], "swarm_version": "0.9.7.4"}})),
    )),
    ("easydiffusion", "Easy Diffusion", "PNG, one text a field; EXIF UserComment; sidecar `.txt`, `.json`", (
        ("prompt", "a fox"), ("negative_prompt", "fog"), ("use_stable_diffusion_model", "base"), ("use_lora_model", "ink"), ("lora_alpha", "0.5"), ("seed", "7"),
    )),
    ("drawthings", "Draw Things", "XMP `exif:UserComment`", (
        ("parameters", json.dumps({"c": "a fox", "uc": "fog", "model": "base.ckpt", "sampler": "Euler a", "scale": 5, "seed": 7, "size": "64x64", "steps": 20, "lora": [{"model": "ink.ckpt", "weight": 0.5}], "v2": {}})),
    )),
    ("stabilitymatrix", "Stability Matrix", "PNG `parameters-json`, `smproj`; WebP EXIF", (
        ("parameters-json", _json(PositivePrompt="a fox", NegativePrompt="fog", ModelName="base.safetensors", ModelHash="AB" * 32)),
        ("smproj", json.dumps({"ProjectType": "TextToImage", "State": {"Model": {"SelectedModelName": "base.safetensors", "IsExtraNetworksEnabled": True, "ExtraNetworks": {"$values": [{"$values": [{"SelectedModel": {"RelativePath": "ink.safetensors"}, "ModelWeight": 0.5}]}]}}}})),
    )),
    ("tensorart", "Tensor.Art", "PNG `generation_data`", (
        ("generation_data", json.dumps({"prompt": "a fox", "negativePrompt": "fog", "baseModel": {"modelFileName": "Base"}, "models": [{"type": "LORA", "modelFileName": "ink", "weight": 0.5}]})),
    )),
    ("civitai", "Civitai's own generator", "JPEG EXIF UserComment; PNG `parameters`", (
        ("parameters", "a fox\nNegative prompt: fog\n" + TAIL + ', Created Date: 2026-01-04T01:27:21.27Z, Civitai resources: [{"type":"checkpoint","modelVersionId":5,"modelName":"Base"},{"type":"lora","weight":0.5,"modelVersionId":6,"modelName":"Ink"}], Civitai metadata: {}'),
    )),
    ("sdcpp", "stable-diffusion.cpp", "PNG `parameters`; EXIF UserComment; XMP `sdcpp:parameters`", (("parameters", infotext(', Version: stable-diffusion.cpp, SDCPP: {"models": {"model": "m.gguf"}}')),)),
    ("mflux", "mflux", "EXIF UserComment (also in PNG); XMP; sidecar `.metadata.json`", (
        ("UserComment", _json(mflux_version="0.9.6", prompt="a fox", negative_prompt="fog", model="dev", lora_paths=["ink.safetensors"], lora_scales=[0.5])),
    )),
    ("kohya", "sd-scripts' generator", "PNG, one text a field", (("prompt", "a fox <lora:ink:0.5>"), ("negative-prompt", "fog"), ("seed", "7"), ("steps", "20"), ("scale", "7"), ("sampler", "ddim"))),
    ("krita", "Krita AI Diffusion", "PNG `parameters`; XMP", (("parameters", infotext(", Model hash: unknown, Model: x")),)),
    ("midjourney", "Midjourney", "PNG `Description`; XMP", (("Description", "a fox in snow --ar 2:3 --no fog --v 6.1 Job ID: 01234567-89ab-cdef-0123-456789abcdef"),)),
    ("openai", "ChatGPT, GPT Image", "C2PA manifest", ()),
    ("google", "Gemini, Imagen", "C2PA manifest; XMP credit", (("xmp", f'<x:xmpmeta><rdf:Description photoshop:Credit="Made with Google AI" iptcExt:DigitalSourceType="{MARK}"/></x:xmpmeta>'),)),
    ("firefly", "Adobe Firefly", "C2PA manifest; XMP", ()),
    ("huggingface", "Hugging Face Spaces", "PNG `parameters`", (("parameters", json.dumps({"prompt": "a fox", "negative_prompt": "fog", "guidance_scale": 5.5, "Model": "Base XL", "Model hash": "AB" * 32, "use_upscaler": None})),)),
    ("aihorde", "AI Horde, ArtBot", "JPEG EXIF UserComment with Software", (("UserComment", infotext()), ("Software", "ArtBot - Create images with Stable Diffusion, utilizing the AI Horde"))),
    ("seaart", "SeaArt", "infotext with Software", (("UserComment", infotext()), ("Software", "SeaArt"))),
    ("moescape", "Moescape, Yodayo", SAME, (("parameters", infotext(", NGMS: 0.2")),)),
    ("nmkd", "NMKD GUI", "PNG `NMKDiffusion`", (("NMKDiffusion", json.dumps({"prompt": "a fox", "promptNeg": "fog", "model": "base.ckpt", "loras": {"ink": [0.5]}})),)),
    ("unknown", "anything else", "any text that is no program's own noise: kept raw, and matched", (("mold:prompt", "a fox <lora:ink:0.5>"),)),
)  # fmt: skip
"""(tool, program, where it stands, an example as it writes it). Without an example: AI marks only."""

CONTAINERS: dict[str, tuple[str, str]] = {
    "png": ("PNG, APNG", "tEXt, zTXt, iTXt, eXIf, `comf`, XMP, C2PA; also behind the pixels and after the end; hidden copies in the pixels"),
    "jpeg": ("JPEG", "EXIF, XMP (also extended), IPTC, C2PA, comments"),
    "webp": ("WebP", "EXIF, XMP, C2PA; hidden copies where pixels are lossless"),
    "avif": ("AVIF", "EXIF, XMP and text items, C2PA"),
    "heif": ("HEIC, HEIF", "EXIF, XMP and text items, C2PA"),
    "jxl": ("JPEG XL", "Exif, xml, C2PA boxes; compressed ones with `sdscan[brotli]`"),
    "gif": ("GIF", "comments, XMP, C2PA"),
    "tiff": ("TIFF, BigTIFF", "texts of all directories, XMP, IPTC, C2PA"),
    "bmp": ("BMP", "measured; it has no place for metadata"),
    "mp4": ("MP4, MOV, M4A", "`keys`/`ilst`, `udta` texts, XMP, C2PA"),
    "webm": ("WebM, Matroska", "Tags and title"),
    "flac": ("FLAC", "Vorbis comments"),
    "ogg": ("Ogg Vorbis, Opus", "Vorbis comments"),
    "mp3": ("MP3", "ID3v2 frames, ID3v1 comment, XMP, C2PA"),
}
"""Format by content → (files, what is read)."""

MODELS = (
    ("safetensors", "header: training metadata of kohya, OneTrainer, ai-toolkit, SimpleTuner, musubi, diffusers; `modelspec.*`; hashes; tensor names"),
    (".pt, .pth, .ckpt, .bin", "zip directory and pickle opcodes, read and never executed: embeddings' names, and globals that loading would import"),
    ("sidecars", "`.civitai.info`, `.json`, `.cm-info.json`, `.metadata.json`, `metadata.json`, `.txt`, README"),
)


def _row(tool: str, program: str, where: str, example: tuple[tuple[str, str], ...]) -> str:
    from sdscan.facts.decoders import decode
    from sdscan.limits import DEFAULT_LIMITS
    from sdscan.records import Blob, Container

    if not example:
        return f"| {program} | `{tool}` | {where} | | | | AI mark |\n"
    decoded = decode(Container("png", tuple(Blob(f"png:tEXt/{key}", key, text) for key, text in example)), DEFAULT_LIMITS)
    tools = {generation.tool for generation in decoded.generations}
    if tools != {tool}:
        raise SystemExit(f"formats: the example of {tool} is read as {sorted(tools)}")
    roles = {prompt.role for g in decoded.generations for prompt in g.prompts}
    kinds = {resource.kind for g in decoded.generations for resource in g.resources}
    cells = ["yes" if roles & {"positive", "unknown"} else "", "yes" if "negative" in roles else "", "yes" if "lora" in kinds else ""]
    rest = ["checkpoint"] * ("checkpoint" in kinds) + ["settings"] * any(g.parameters for g in decoded.generations) + ["AI mark"] * bool(decoded.disclosure.iptc)
    return f"| {program} | `{tool}` | {where} | {' | '.join(cells)} | {', '.join(rest)} |\n"


def formats_page() -> str:
    """The page, from the registries of containers and decoders."""
    from sdscan.facts.containers import CONTAINERS as WALKERS
    from sdscan.facts.decoders import TOOLS

    if list(CONTAINERS) != list(WALKERS):
        raise SystemExit(f"formats: containers differ: {set(CONTAINERS) ^ set(WALKERS)}")
    if {row[0] for row in WRITERS} != set(TOOLS):
        raise SystemExit(f"formats: writers differ: { {row[0] for row in WRITERS} ^ set(TOOLS)}")
    return (
        "# Formats and writers\n\nThe format is told by content, never by name. Pixels, film and sound are hopped over by their length, to the "
        "end of the file; what is damaged is reported, and what could be read is used.\n\n## Containers\n\n| format | files | what is read |\n|---|---|---|\n"
        + "".join(f"| `{name}` | {files} | {what} |\n" for name, (files, what) in CONTAINERS.items())
        + "\nBeside a picture these are looked at: `.txt`, `.json`, `.swarm.json`, `.metadata.json`, and Fooocus' `log.html`. A caption of a training set "
        "is no generation data.\n\n## Model files\n\n| file | what is read |\n|---|---|\n"
        + "".join(f"| {name} | {what} |\n" for name, what in MODELS)
        + "\n## Writers\n\nEvery writer found in a file is kept, not only the first. A column says yes where the example that this page is made from "
        "yields it.\n\n| program | `tool` | stands in | prompt | negative | LoRA | and |\n|---|---|---|---|---|---|---|\n"
        + "".join(_row(*row) for row in WRITERS)
        + "\n## AI marks\n\n| mark | stands in |\n|---|---|\n"
        "| IPTC DigitalSourceType | XMP, C2PA actions |\n"
        "| C2PA manifest | `caBX` in PNG, APP11 in JPEG, `C2PA` in WebP, boxes in ISO files; its signature is verified with `sdscan[c2pa]` |\n"
        "| AIGC label (China) | key `AIGC` in PNG, EXIF, XMP, MP4 |\n\n"
        "## Hidden copies\n\nThe lowest bits of the alpha or colour channels (`stealth_pnginfo`, `stealth_pngcomp`, `stealth_rgbinfo`, `stealth_rgbcomp`) are read "
        "where there is an alpha channel, and everywhere with `--thorough`. Other invisible watermarks are not looked for.\n"
    )
