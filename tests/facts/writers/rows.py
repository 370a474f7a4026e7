"""The registry of writers and containers: one row a fixture, and what must be read from it. The support table in the docs is made from it.

`python -m tests.facts.writers.rows FOLDER` writes the fixtures, to look at with `sdscan inspect` or another reader.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.facts.writers import texts as t
from tests.facts.writers import wrapping as w

Model = tuple[str, str, float | None, str | None]
"""(kind, name, weight, hash)"""


class Row(NamedTuple):
    """One writer in one container."""

    program: str
    tool: str
    place: str
    """Where the writer puts it, for the table."""
    container: str
    make: Callable[[], bytes]
    prompts: tuple[tuple[str, str], ...] = ()
    """Every (role, text), in order, each once."""
    models: tuple[Model, ...] = ()
    """Every model in use, in any order."""
    beside: tuple[tuple[str, bytes], ...] = ()
    """Sidecars: name after the stem of the picture, content."""
    version: str | None = None
    hidden: bool = False
    canvas: bool = False
    marks: tuple[str, ...] = ()
    """Parts of the AI marks: source type, C2PA generator, AIGC label."""
    unused: tuple[str, ...] = ()
    """Models that are named but not in effect."""
    thorough: bool = False


BOTH = (("positive", t.PROMPT), ("negative", t.NEGATIVE))
TAGGED = (("positive", f"{t.PROMPT}, <lora:ink_wash:0.8>"), ("negative", t.NEGATIVE))
SPACED = (("positive", f"{t.PROMPT} <lora:ink_wash:0.8>"), ("negative", t.NEGATIVE))
JAPANESE = (("positive", f"{t.JAPANESE}, <lora:墨絵:0.8>"), ("negative", "霧"))
LORA: Model = ("lora", "ink_wash", 0.8, t.LORA_HASH)
LORA10: Model = ("lora", "ink_wash", 0.8, t.LORA_HASH[:10])
PLAIN_LORA: Model = ("lora", "ink_wash", 0.8, None)
BASE: Model = ("checkpoint", "dreambase_v2", None, t.MODEL_HASH)
PLAIN_BASE: Model = ("checkpoint", "dreambase_v2", None, None)
VAE: Model = ("vae", "sharp.vae", None, "735e4c3a44")
EMBEDDING: Model = ("embedding", "easyneg", None, "c74b4e810b")
A1111 = (LORA, BASE, VAE)
FORGE = (
    LORA,
    BASE,
    ("vae", "ae", None, None),
    ("text-encoder", "clip_l", None, None),
    ("text-encoder", "t5xxl_fp16", None, None),
)
NEO = (LORA, BASE, ("vae", "ae", None, None), ("text-encoder", "qwen_3_4b", None, None))
COMFY = (PLAIN_LORA, PLAIN_BASE)
EASY = (PLAIN_BASE, PLAIN_LORA, ("lora", "grain", 0.3, None))
SWARM_HASH = "0x" + t.SHA.lower()
SWARM = (("lora", "ink_wash", 0.8, SWARM_HASH), ("checkpoint", "dreambase_v2", None, SWARM_HASH))
SWARM_TEXTS = (*BOTH, ("template", "a <random:red|white> fox"))
SDCPP_OLD = (
    PLAIN_LORA, ("checkpoint", "flux-dev-q8", None, None), ("vae", "ae", None, None), ("text-encoder", "clip_l", None, None),
)  # fmt: skip
SDCPP_NEW = (
    PLAIN_LORA,
    ("checkpoint", "dreambase", None, None),
    ("text-encoder", "clip_l", None, None),
    ("vae", "ae", None, None),
)
FOOOCUS_STYLES = (("style", "Fooocus V2", None, None), ("style", "Fooocus Cinematic", None, None))
FOOOCUS_TEXTS = (
    ("positive", t.PROMPT), ("positive", f"cinematic still {t.PROMPT} . emotional"), ("positive", f"{t.PROMPT}, sharp focus"),
    ("negative", t.NEGATIVE), ("negative", "anime"),
)  # fmt: skip
FOOOCUS = (LORA10, BASE, *FOOOCUS_STYLES)
DRAW_THINGS = (("checkpoint", "dreambase_v2_q6p_q8p", None, None), ("lora", "ink_wash_lora_f16", 0.8, None))
MFLUX = (("checkpoint", "FLUX.1-dev", None, None), PLAIN_LORA)
CIVITAI = (("checkpoint", "Dream Base", None, None), ("lora", "Ink Wash", 0.8, None))
NOVELAI_CHARACTERS = (
    ("positive", t.PROMPT), ("positive", "girl, green hair"), ("positive", "boy, grey hair"), ("negative", t.NEGATIVE), ("negative", "hat"),
)  # fmt: skip
VIBE: Model = ("reference-image", "vibe 1", 0.6, None)
V45 = "NovelAI Diffusion V4.5 4BDE2A90"
TRAINED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
AIGC = '{"Label":"1","ContentProducer":"001191","ProduceID":"7"}'


def _png(*pairs: tuple[str, str]) -> Callable[[], bytes]:
    return lambda: w.png_of(*pairs)


def _info(text: str) -> Callable[[], bytes]:
    return lambda: w.png_of(("parameters", text))


def _c2pa(generator: str, agent: str, note: str = "") -> bytes:
    return w.c2pa_store(generator, agent, "trainedAlgorithmicMedia", note)


_OPENAI = ("OpenAI Media Service API", "gpt-image")
_GOOGLE = ("Google C2PA Core Generator Library", "Google Generative AI", "Applied imperceptible SynthID watermark.")
_FIREFLY = ("Adobe_Firefly", "Adobe Firefly")
_DRAW_THINGS_XMP = w.xmp_packet(
    f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{w.xmp_text(t.DRAW_THINGS_TEXT)}</rdf:li></rdf:Alt></dc:description>'
    f'<exif:UserComment><rdf:Alt><rdf:li xml:lang="x-default">{w.xmp_text(t.DRAW_THINGS)}</rdf:li></rdf:Alt></exif:UserComment>',
    'xmp:CreatorTool="Draw Things"',
)
_GOOGLE_XMP = w.xmp_packet("", f'photoshop:Credit="Made with Google AI" Iptc4xmpExt:DigitalSourceType="{TRAINED}"')
_IPTC_XMP = w.xmp_packet(
    f"<Iptc4xmpExt:AIPromptInformation><rdf:Alt><rdf:li xml:lang='x-default'>{t.PROMPT}</rdf:li></rdf:Alt></Iptc4xmpExt:AIPromptInformation>"
    f"<Iptc4xmpExt:AISystemUsed>Some Generator</Iptc4xmpExt:AISystemUsed><Iptc4xmpExt:DigitalSourceType>{TRAINED}</Iptc4xmpExt:DigitalSourceType>"
)
_MIDJOURNEY_XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    'xmlns:iptcExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" iptcExt:DigitalSourceType="'
    f'{TRAINED}" iptcExt:DigImageGUID="{t.UUID}"/></rdf:RDF></x:xmpmeta>'
)
_SDCPP_XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    f'xmlns:sdcpp="https://github.com/leejet/stable-diffusion.cpp"><sdcpp:parameters>{w.xmp_text(t.SDCPP_JSON)}</sdcpp:parameters></rdf:Description></rdf:RDF></x:xmpmeta>'
)
_MFLUX_XMP = (
    '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n<rdf:Description rdf:about=""\n'
    '    xmlns:dc="http://purl.org/dc/elements/1.1/"\n    xmlns:xmp="http://ns.adobe.com/xap/1.0/"\n    xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"\n    xmlns:mflux="http://ns.mflux.ai/1.0/">\n'
    f'    <dc:description><rdf:Alt><rdf:li xml:lang="x-default">{w.xmp_text(t.PROMPT)}</rdf:li></rdf:Alt></dc:description>\n    <dc:creator><rdf:Seq><rdf:li>MFLUX</rdf:li></rdf:Seq></dc:creator>\n'
    "    <xmp:CreatorTool>MFLUX 0.9.6</xmp:CreatorTool>\n    <photoshop:Credit>Generated by MFLUX</photoshop:Credit>\n    <mflux:seed>7</mflux:seed>\n    <mflux:model>black-forest-labs/FLUX.1-dev</mflux:model>\n"
    '    <mflux:loras>ink_wash.safetensors:0.8</mflux:loras>\n</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end="w"?>'
)
_MFLUX_IPTC = w.iptc_records((120, t.PROMPT), (80, "MFLUX"), (95, "LoRA: ink_wash.safetensors:0.8")).hex()
_KRITA_XMP = w.xmp_packet("", 'xmp:CreatorTool="krita 5.2.6"')
_KEYWORDS_XMP = w.xmp_packet("<dc:subject><rdf:Bag><rdf:li>fox</rdf:li></rdf:Bag></dc:subject>")


def _animated(*, stale: bool) -> bytes:
    """SaveAnimatedWEBP: the graph in Model, the canvas in Make. `stale`: the canvas was replaced in place by a longer one, so
    that the offset of the graph points into the canvas (seen in the example workflows of Comfy-Org)."""
    tags = [w.ascii_tag(w.MAKE, f"workflow:{t.CANVAS}"), w.ascii_tag(w.MODEL, f"prompt:{t.GRAPH}")]
    block = w.tiff(tags)
    if stale:
        block = block.replace(b'"groups": []', b'"groups": [], "more": "' + b"x" * 40 + b'"')
    return w.webp_exif(block, frames=3)


def _labelled(prompt: str, workflow: str) -> bytes:
    """EXIF Make and ImageDescription with a label before each graph."""
    return w.tiff([w.ascii_tag(w.DESCRIPTION, workflow + t.CANVAS), w.ascii_tag(w.MAKE, prompt + t.GRAPH)])


_WAS, _EXTENDED = ("Prompt:", "Workflow:"), ("Prompt: ", "Workflow: ")
_GRAPHS = (("prompt", t.GRAPH), ("workflow", t.CANVAS))
_ALEXOPUS = w.tiff(
    [w.ascii_tag(w.MAKE, f"workflow:{t.CANVAS}"), w.ascii_tag(w.MODEL, f"prompt:{t.GRAPH}")],
    [(w.USER_COMMENT, w.UNDEFINED, w.user_comment(t.IMAGE_SAVER))],
)
_NOVELAI_PNG = (
    ("Title", "NovelAI generated image"), ("Description", t.PROMPT), ("Software", "NovelAI"), ("Source", V45), ("Generation time", "3.5"),
)  # fmt: skip


def _novelai_webp() -> bytes:
    """Title, Description (four odd NULs first), Source in their own tags, everything again as JSON in UserComment."""
    tags = [
        w.ascii_tag(w.DOCUMENT_NAME, "NovelAI generated image"), (w.DESCRIPTION, w.ASCII, bytes(4) + t.PROMPT.encode() + b"\0"), w.ascii_tag(w.SOFTWARE, V45),
    ]  # fmt: skip
    return w.webp_exif(w.comment_ascii(f'{{"Comment": {t.quoted(t.NOVELAI_4)}}}', *tags))


ROWS: tuple[Row, ...] = (
    # AUTOMATIC1111 and its family: infotext
    Row("AUTOMATIC1111", "a1111", "PNG `parameters`", "png", _info(t.A1111), TAGGED, A1111, version="v1.10.1"),
    Row("AUTOMATIC1111", "a1111", "PNG `parameters`, iTXt", "png", _info(t.A1111_JAPANESE), JAPANESE, (BASE, ("lora", "墨絵", 0.8, None)), version="v1.10.1"),
    Row("AUTOMATIC1111", "a1111", "PNG zTXt, after the pixels", "png", lambda: w.png_packed(("parameters", t.A1111)), TAGGED, A1111, version="v1.10.1"),
    Row("AUTOMATIC1111", "a1111", "PNG iTXt, compressed", "png", lambda: w.png_itxt(("parameters", t.A1111), packed=True), TAGGED, A1111, version="v1.10.1"),
    Row("AUTOMATIC1111", "a1111", "JPEG UserComment", "jpeg", lambda: w.jpeg_exif(w.comment_be(t.A1111)), TAGGED, A1111, version="v1.10.1"),
    Row("AUTOMATIC1111", "a1111", "JPEG UserComment, other scripts", "jpeg", lambda: w.jpeg_exif(w.comment_be(t.A1111_JAPANESE)), JAPANESE, (BASE, ("lora", "墨絵", 0.8, None)), version="v1.10.1"),
    Row("AUTOMATIC1111", "a1111", "WebP UserComment", "webp", lambda: w.webp_exif(w.comment_be(t.A1111)), TAGGED, A1111, version="v1.10.1"),
    Row("AUTOMATIC1111", "a1111", "WebP UserComment, `Exif` prefix", "webp", lambda: w.webp_exif(w.comment_be(t.A1111), prefix=True), TAGGED, A1111, version="v1.10.1"),
    Row("AUTOMATIC1111", "a1111", "AVIF UserComment", "avif", lambda: w.avif_exif(w.comment_be(t.A1111)), TAGGED, A1111, version="v1.10.1"),
    Row("AUTOMATIC1111", "a1111", "GIF comment", "gif", lambda: w.gif_comment(t.A1111), TAGGED, A1111, version="v1.10.1"),
    Row("AUTOMATIC1111", "a1111", "TIFF UserComment", "tiff", lambda: w.comment_be(t.A1111), TAGGED, A1111, version="v1.10.1"),
    Row("AUTOMATIC1111", "a1111", "HEIF UserComment", "heif", lambda: w.heif_exif(w.comment_be(t.A1111)), TAGGED, A1111, version="v1.10.1"),
    Row("AUTOMATIC1111", "a1111", "sidecar `NAME.txt`", "png", lambda: w.png_of(), TAGGED, A1111, ((".txt", t.A1111.encode()),), "v1.10.1"),
    Row("AUTOMATIC1111", "a1111", "PNG `postprocessing` beside it", "png", _png(("parameters", t.A1111_IMG2IMG), ("postprocessing", "Postprocess upscale by: 4, Postprocess upscaler: R-ESRGAN 4x+")),
        TAGGED, (LORA, BASE, ("embedding", "easyneg", None, "c74b4e810b03"), ("upscaler", "R-ESRGAN 4x+", None, None)), version="v1.10.1"),
    Row("AUTOMATIC1111", "a1111", "hidden in RGB (extension)", "png", lambda: w.png_hidden("stealth_rgbinfo", t.A1111), TAGGED, A1111, version="v1.10.1", hidden=True),
    Row("AUTOMATIC1111", "a1111", "hidden in RGB, gzip (extension)", "png", lambda: w.png_hidden("stealth_rgbcomp", t.A1111), TAGGED, A1111, version="v1.10.1", hidden=True),
    Row("GIMP, re-saved", "a1111", "JPEG UserComment, eight NULs", "jpeg", lambda: w.jpeg_exif(w.comment_gimp(t.A1111)), TAGGED, A1111, version="v1.10.1"),
    Row("Forge", "forge", "PNG `parameters`", "png", _info(t.FORGE), TAGGED, FORGE, version="f2.0.1v1.10.1-previous-669-gdfdcbab6"),
    Row("Forge", "forge", "JPEG UserComment", "jpeg", lambda: w.jpeg_exif(w.comment_be(t.FORGE)), TAGGED, FORGE, version="f2.0.1v1.10.1-previous-669-gdfdcbab6"),
    Row("Forge", "forge", "WebP UserComment", "webp", lambda: w.webp_exif(w.comment_be(t.FORGE)), TAGGED, FORGE, version="f2.0.1v1.10.1-previous-669-gdfdcbab6"),
    Row("Forge", "forge", "AVIF UserComment", "avif", lambda: w.avif_exif(w.comment_be(t.FORGE)), TAGGED, FORGE, version="f2.0.1v1.10.1-previous-669-gdfdcbab6"),
    Row("Forge", "forge", "GIF comment", "gif", lambda: w.gif_comment(t.FORGE), TAGGED, FORGE, version="f2.0.1v1.10.1-previous-669-gdfdcbab6"),
    Row("Forge", "forge", "sidecar `NAME.txt`", "png", lambda: w.png_of(), TAGGED, FORGE, ((".txt", t.FORGE.encode()),), "f2.0.1v1.10.1-previous-669-gdfdcbab6"),
    Row("Forge", "forge", "hidden in alpha", "png", lambda: w.png_hidden("stealth_pnginfo", t.FORGE), TAGGED, FORGE, version="f2.0.1v1.10.1-previous-669-gdfdcbab6", hidden=True),
    Row("Forge", "forge", "hidden in alpha, gzip", "png", lambda: w.png_hidden("stealth_pngcomp", t.FORGE), TAGGED, FORGE, version="f2.0.1v1.10.1-previous-669-gdfdcbab6", hidden=True),
    Row("Forge", "forge", "hidden in alpha, WebP", "webp", lambda: w.webp_hidden("stealth_pnginfo", t.FORGE), TAGGED, FORGE, version="f2.0.1v1.10.1-previous-669-gdfdcbab6", hidden=True),
    Row("Forge", "forge", "hidden in alpha, small picture", "png", lambda: w.png_hidden("stealth_pngcomp", t.FORGE, height=64), TAGGED, FORGE, version="f2.0.1v1.10.1-previous-669-gdfdcbab6", hidden=True),
    Row("Forge Classic", "forge-classic", "PNG `parameters`", "png", _info(t.CLASSIC), TAGGED, (LORA, BASE)),
    Row("Forge Classic", "forge-classic", "JPEG UserComment", "jpeg", lambda: w.jpeg_exif(w.comment_be(t.CLASSIC)), TAGGED, (LORA, BASE)),
    Row("Forge Classic", "forge-classic", "WebP UserComment", "webp", lambda: w.webp_exif(w.comment_be(t.CLASSIC)), TAGGED, (LORA, BASE)),
    Row("Forge Classic", "forge-classic", "AVIF UserComment", "avif", lambda: w.avif_exif(w.comment_be(t.CLASSIC)), TAGGED, (LORA, BASE)),
    Row("Forge Classic", "forge-classic", "GIF comment", "gif", lambda: w.gif_comment(t.CLASSIC), TAGGED, (LORA, BASE)),
    Row("Forge Classic", "forge-classic", "sidecar `NAME.txt`", "png", lambda: w.png_of(), TAGGED, (LORA, BASE), ((".txt", t.CLASSIC.encode()),)),
    Row("Forge Neo", "forge-neo", "PNG `parameters`", "png", _info(t.NEO), TAGGED, NEO, version="neo-2.28"),
    Row("Forge Neo", "forge-neo", "JPEG UserComment", "jpeg", lambda: w.jpeg_exif(w.comment_be(t.NEO)), TAGGED, NEO, version="neo-2.28"),
    Row("Forge Neo", "forge-neo", "WebP UserComment", "webp", lambda: w.webp_exif(w.comment_be(t.NEO)), TAGGED, NEO, version="neo-2.28"),
    Row("Forge Neo", "forge-neo", "AVIF UserComment", "avif", lambda: w.avif_exif(w.comment_be(t.NEO)), TAGGED, NEO, version="neo-2.28"),
    Row("Forge Neo", "forge-neo", "GIF comment", "gif", lambda: w.gif_comment(t.NEO), TAGGED, NEO, version="neo-2.28"),
    Row("Forge Neo", "forge-neo", "sidecar `NAME.txt`", "png", lambda: w.png_of(), TAGGED, NEO, ((".txt", t.NEO.encode()),), "neo-2.28"),
    Row("reForge", "reforge", "PNG `parameters`", "png", _info(t.REFORGE), TAGGED, (LORA, BASE), version="f1.0.0v2-v1.10.1RC-latest-2498-g5120e679"),
    Row("reForge", "reforge", "JPEG UserComment", "jpeg", lambda: w.jpeg_exif(w.comment_be(t.REFORGE)), TAGGED, (LORA, BASE), version="f1.0.0v2-v1.10.1RC-latest-2498-g5120e679"),
    Row("reForge", "reforge", "WebP UserComment", "webp", lambda: w.webp_exif(w.comment_be(t.REFORGE)), TAGGED, (LORA, BASE), version="f1.0.0v2-v1.10.1RC-latest-2498-g5120e679"),
    Row("reForge", "reforge", "AVIF UserComment", "avif", lambda: w.avif_exif(w.comment_be(t.REFORGE)), TAGGED, (LORA, BASE), version="f1.0.0v2-v1.10.1RC-latest-2498-g5120e679"),
    Row("reForge", "reforge", "GIF comment", "gif", lambda: w.gif_comment(t.REFORGE), TAGGED, (LORA, BASE), version="f1.0.0v2-v1.10.1RC-latest-2498-g5120e679"),
    Row("reForge", "reforge", "sidecar `NAME.txt`", "png", lambda: w.png_of(), TAGGED, (LORA, BASE), ((".txt", t.REFORGE.encode()),), "f1.0.0v2-v1.10.1RC-latest-2498-g5120e679"),
    Row("reForge", "reforge", "hidden in alpha, WebP, gzip", "webp", lambda: w.webp_hidden("stealth_pngcomp", t.REFORGE), TAGGED, (LORA, BASE), version="f1.0.0v2-v1.10.1RC-latest-2498-g5120e679", hidden=True),
    Row("EasyReforge", "reforge", "PNG `parameters`", "png", _info(t.EASYREFORGE), TAGGED, (LORA, BASE), version="f1.7.0-v1.10.1RC-latest-2184-g8c0bd7ec"),
    Row("EasyReforge", "reforge", "JPEG UserComment", "jpeg", lambda: w.jpeg_exif(w.comment_be(t.EASYREFORGE)), TAGGED, (LORA, BASE), version="f1.7.0-v1.10.1RC-latest-2184-g8c0bd7ec"),
    Row("EasyReforge", "reforge", "WebP UserComment", "webp", lambda: w.webp_exif(w.comment_be(t.EASYREFORGE)), TAGGED, (LORA, BASE), version="f1.7.0-v1.10.1RC-latest-2184-g8c0bd7ec"),
    Row("EasyReforge", "reforge", "AVIF UserComment", "avif", lambda: w.avif_exif(w.comment_be(t.EASYREFORGE)), TAGGED, (LORA, BASE), version="f1.7.0-v1.10.1RC-latest-2184-g8c0bd7ec"),
    Row("EasyReforge", "reforge", "GIF comment", "gif", lambda: w.gif_comment(t.EASYREFORGE), TAGGED, (LORA, BASE), version="f1.7.0-v1.10.1RC-latest-2184-g8c0bd7ec"),
    Row("EasyReforge", "reforge", "sidecar `NAME.txt`", "png", lambda: w.png_of(), TAGGED, (LORA, BASE), ((".txt", t.EASYREFORGE.encode()),), "f1.7.0-v1.10.1RC-latest-2184-g8c0bd7ec"),
    Row("SD.Next", "sdnext", "PNG `parameters`", "png", _info(t.SDNEXT), SPACED, (LORA10, BASE), version="56a8aea"),
    Row("SD.Next", "sdnext", "JPEG UserComment", "jpeg", lambda: w.jpeg_exif(w.comment_be(t.SDNEXT)), SPACED, (LORA10, BASE), version="56a8aea"),
    Row("SD.Next", "sdnext", "WebP UserComment", "webp", lambda: w.webp_exif(w.comment_be(t.SDNEXT)), SPACED, (LORA10, BASE), version="56a8aea"),
    Row("SD.Next", "sdnext", "JPEG XL UserComment", "jxl", lambda: w.jxl_exif(w.comment_be(t.SDNEXT)), SPACED, (LORA10, BASE), version="56a8aea"),
    Row("SD.Next", "sdnext", "JPEG XL, compressed box", "jxl", lambda: w.jxl_packed(w.comment_be(t.SDNEXT)), SPACED, (LORA10, BASE), version="56a8aea"),
    Row("SD.Next", "sdnext", "sidecar `NAME.txt`", "jpeg", lambda: w.jpeg(), SPACED, (LORA10, BASE), ((".txt", t.SDNEXT.encode()),), "56a8aea"),
    # ComfyUI and its savers
    Row("ComfyUI", "comfyui", "PNG `prompt`, `workflow`", "png", _png(*_GRAPHS), BOTH, COMFY),
    Row("ComfyUI", "comfyui", "PNG `prompt` alone", "png", _png(_GRAPHS[0]), BOTH, COMFY),
    Row("ComfyUI", "comfyui", "PNG `workflow` alone", "png", _png(_GRAPHS[1]), BOTH, COMFY, canvas=True),
    Row("ComfyUI", "comfyui", "APNG `comf`", "png", lambda: w.apng_comf(*_GRAPHS), BOTH, COMFY),
    Row("ComfyUI", "comfyui", "animated WebP, Model and Make", "webp", lambda: _animated(stale=False), BOTH, COMFY),
    Row("ComfyUI", "comfyui", "animated WebP, workflow replaced", "webp", lambda: _animated(stale=True), BOTH, COMFY),
    Row("ComfyUI", "comfyui", "MP4 keys", "mp4", lambda: w.mp4_keys(*_GRAPHS), BOTH, COMFY),
    Row("ComfyUI", "comfyui", "WebM tags", "webm", lambda: w.webm_tags(*_GRAPHS), BOTH, COMFY),
    Row("ComfyUI", "comfyui", "FLAC comments", "flac", lambda: w.flac_comments(*_GRAPHS), BOTH, COMFY),
    Row("ComfyUI", "comfyui", "Opus comments", "ogg", lambda: w.opus_comments(*_GRAPHS), BOTH, COMFY),
    Row("ComfyUI", "comfyui", "MP3 TXXX", "mp3", lambda: w.mp3_texts(*_GRAPHS), BOTH, COMFY),
    Row("WAS Image Save", "comfyui", "PNG `prompt`, `workflow`", "png", _png(*_GRAPHS), BOTH, COMFY),
    Row("WAS Image Save", "comfyui", "JPEG Make, ImageDescription", "jpeg", lambda: w.jpeg_exif(_labelled(*_WAS)), BOTH, COMFY),
    Row("WAS Image Save", "comfyui", "WebP Make, ImageDescription", "webp", lambda: w.webp_exif(_labelled(*_WAS)), BOTH, COMFY),
    Row("WAS Image Save", "comfyui", "TIFF Make, ImageDescription", "tiff", lambda: w.tiff_exif(w.ascii_tag(w.DESCRIPTION, "Workflow:" + t.CANVAS), w.ascii_tag(w.MAKE, "Prompt:" + t.GRAPH)), BOTH, COMFY),
    Row("save-image-extended", "comfyui", "PNG `prompt`, `workflow`", "png", _png(*_GRAPHS), BOTH, COMFY),
    Row("save-image-extended", "comfyui", "JPEG Make, ImageDescription", "jpeg", lambda: w.jpeg_exif(_labelled(*_EXTENDED)), BOTH, COMFY),
    Row("save-image-extended", "comfyui", "WebP Make, ImageDescription", "webp", lambda: w.webp_exif(_labelled(*_EXTENDED)), BOTH, COMFY),
    Row("save-image-extended", "comfyui", "AVIF Make, ImageDescription", "avif", lambda: w.avif_exif(_labelled(*_EXTENDED)), BOTH, COMFY),
    Row("save-image-extended", "comfyui", "JPEG XL Make, ImageDescription", "jxl", lambda: w.jxl_exif(_labelled(*_EXTENDED)), BOTH, COMFY),
    Row("SaveImagePlus", "comfyui", "JPEG UserComment, JSON", "jpeg", lambda: w.jpeg_exif(w.comment_bare(t.ENVELOPE)), BOTH, COMFY),
    Row("SaveImagePlus", "comfyui", "WebP UserComment, JSON", "webp", lambda: w.webp_exif(w.comment_bare(t.ENVELOPE)), BOTH, COMFY),
    Row("Image Saver", "comfyui", "PNG `parameters`, `prompt`, `workflow`", "png", _png(("parameters", t.IMAGE_SAVER), *_GRAPHS), (*BOTH, TAGGED[0]), (LORA10, PLAIN_LORA, BASE, PLAIN_BASE, EMBEDDING)),
    Row("Image Saver", "comfyui", "JPEG UserComment, Model, Make", "jpeg", lambda: w.jpeg_exif(_ALEXOPUS), (*BOTH, TAGGED[0]), (LORA10, PLAIN_LORA, BASE, PLAIN_BASE, EMBEDDING)),
    Row("Image Saver", "comfyui", "WebP UserComment, Model, Make", "webp", lambda: w.webp_exif(_ALEXOPUS), (*BOTH, TAGGED[0]), (LORA10, PLAIN_LORA, BASE, PLAIN_BASE, EMBEDDING)),
    Row("comfy-image-saver", "comfyui", "PNG `parameters`, `prompt`, `workflow`", "png", _png(("parameters", t.COMFY_IMAGE_SAVER), *_GRAPHS), BOTH, (PLAIN_LORA, BASE, PLAIN_BASE)),
    Row("comfy-image-saver", "comfyui", "JPEG UserComment", "jpeg", lambda: w.jpeg_exif(w.comment_be(t.COMFY_IMAGE_SAVER)), BOTH, (BASE,)),
    Row("comfy-image-saver", "comfyui", "WebP UserComment", "webp", lambda: w.webp_exif(w.comment_be(t.COMFY_IMAGE_SAVER)), BOTH, (BASE,)),
    Row("SaveImageWithMetaData", "comfyui", "PNG `parameters`, `prompt`, `workflow`", "png", _png(("parameters", t.WITH_METADATA), *_GRAPHS), BOTH, (LORA10, PLAIN_LORA, BASE, PLAIN_BASE, EMBEDDING, VAE)),
    Row("SaveImageWithMetaData", "comfyui", "JPEG UserComment", "jpeg", lambda: w.jpeg_exif(w.comment_be(t.WITH_METADATA)), BOTH, (LORA10, BASE, EMBEDDING, VAE)),
    Row("SaveImageWithMetaData", "comfyui", "WebP UserComment", "webp", lambda: w.webp_exif(w.comment_be(t.WITH_METADATA)), BOTH, (LORA10, BASE, EMBEDDING, VAE)),
    Row("LoRA Manager", "comfyui", "PNG `parameters`, recipe", "png", _info(t.LORA_MANAGER), SPACED, (("lora", "ink_wash", 0.8, "A1B2C3D4E5F6"), PLAIN_BASE)),
    Row("LoRA Manager", "comfyui", "JPEG UserComment, recipe", "jpeg", lambda: w.jpeg_exif(w.comment_be(t.LORA_MANAGER)), SPACED, (("lora", "ink_wash", 0.8, "A1B2C3D4E5F6"), PLAIN_BASE)),
    Row("LoRA Manager", "comfyui", "WebP UserComment, recipe", "webp", lambda: w.webp_exif(w.comment_be(t.LORA_MANAGER)), SPACED, (("lora", "ink_wash", 0.8, "A1B2C3D4E5F6"), PLAIN_BASE)),
    Row("MetaHub Save", "comfyui", "PNG `parameters`, `imagemetahub_data`", "png", lambda: w.png(w.pillow_text("parameters", t.METAHUB_INFOTEXT), w.itxt_chunk(b"imagemetahub_data", t.METAHUB.encode())), BOTH,
        (("lora", "ink_wash", None, t.LORA_HASH[:10]), PLAIN_LORA, BASE)),
    Row("MetaHub Save", "comfyui", "MP4 comment, JSON", "mp4", lambda: w.mp4_comment(t.METAHUB), BOTH, (PLAIN_LORA, BASE)),
    Row("VideoHelperSuite", "comfyui", "MP4 keys", "mp4", lambda: w.mp4_keys(*_GRAPHS, ("CreationTime", "2026-01-04 01:27:21")), BOTH, COMFY),
    Row("VideoHelperSuite", "comfyui", "MP4 comment, JSON", "mp4", lambda: w.mp4_comment(t.VHS_COMMENT), BOTH, COMFY),
    Row("VideoHelperSuite", "comfyui", "WebM comment, JSON", "webm", lambda: w.webm_tags(("comment", t.VHS_COMMENT)), BOTH, COMFY),
    Row("VideoHelperSuite", "comfyui", "first frame, PNG", "png", _png(*_GRAPHS, ("CreationTime", "2026-01-04 01:27:21")), BOTH, COMFY),
    Row("comfyui_stealth_pnginfo", "comfyui", "hidden in alpha, gzip", "png", lambda: w.png_hidden("stealth_pngcomp", t.STEALTH_NODE), BOTH, COMFY, hidden=True),
    Row("comfyui_stealth_pnginfo", "comfyui", "hidden in RGB, gzip", "png", lambda: w.png_hidden("stealth_rgbcomp", t.STEALTH_NODE), BOTH, COMFY, hidden=True),
    # NovelAI
    Row("NovelAI V1", "novelai", "PNG `Comment`", "png", _png(*_NOVELAI_PNG[:3], ("Source", "Stable Diffusion 81274D13"), ("Comment", t.NOVELAI_1)), BOTH, version="Stable Diffusion 81274D13"),
    Row("NovelAI V3", "novelai", "PNG `Comment`", "png", _png(*_NOVELAI_PNG[:3], ("Source", "Stable Diffusion XL 7BCCAA2C"), ("Comment", t.NOVELAI_3)), BOTH, version="Stable Diffusion XL 7BCCAA2C"),
    Row("NovelAI V4", "novelai", "PNG `Comment`, characters", "png", _png(*_NOVELAI_PNG, ("Comment", t.NOVELAI_4)), NOVELAI_CHARACTERS, (VIBE,), version=V45),
    Row("NovelAI V4", "novelai", "hidden in alpha, gzip", "png", lambda: w.png_hidden("stealth_pngcomp", t.novelai_fields(t.NOVELAI_4, V45)), NOVELAI_CHARACTERS, (VIBE,), version=V45, hidden=True),
    Row("NovelAI V4", "novelai", "WebP EXIF", "webp", _novelai_webp, NOVELAI_CHARACTERS, (VIBE,), version=V45),
    Row("NovelAI V4", "novelai", "WebP, hidden in alpha, gzip", "webp", lambda: w.webp_hidden("stealth_pngcomp", t.novelai_fields(t.NOVELAI_4, V45)), NOVELAI_CHARACTERS, (VIBE,), version=V45, hidden=True),
    # SwarmUI
    Row("SwarmUI", "swarmui", "PNG `parameters`", "png", _info(t.SWARM), SWARM_TEXTS, SWARM, version="0.9.7.4"),
    Row("SwarmUI", "swarmui", "JPEG UserComment, UTF-16LE", "jpeg", lambda: w.jpeg_exif(w.comment_le(t.SWARM)), SWARM_TEXTS, SWARM, version="0.9.7.4"),
    Row("SwarmUI", "swarmui", "WebP UserComment, UTF-16LE", "webp", lambda: w.webp_exif(w.comment_le(t.SWARM)), SWARM_TEXTS, SWARM, version="0.9.7.4"),
    Row("SwarmUI", "swarmui", "JPEG Model (old)", "jpeg", lambda: w.jpeg_exif(w.tiff([w.ascii_tag(w.MODEL, t.SWARM)])), SWARM_TEXTS, SWARM, version="0.9.7.4"),
    Row("SwarmUI", "swarmui", "sidecar `NAME.swarm.json`", "png", lambda: w.png_of(), SWARM_TEXTS, SWARM, ((".swarm.json", t.SWARM.encode()),), "0.9.7.4"),
    Row("SwarmUI", "swarmui", "hidden in alpha, gzip", "png", lambda: w.png_hidden("stealth_pngcomp", t.SWARM), SWARM_TEXTS, SWARM, version="0.9.7.4", hidden=True),
    Row("StableSwarm", "swarmui", "PNG `parameters`", "png", _info(t.SWARM_OLD), BOTH, (PLAIN_LORA, PLAIN_BASE), version="0.6.1.0"),
    # Fooocus and its kin
    Row("Fooocus", "fooocus", "PNG `parameters`, JSON", "png", _png(("parameters", t.FOOOCUS), ("fooocus_scheme", "fooocus")), FOOOCUS_TEXTS, FOOOCUS, version="v2.5.5"),
    Row("Fooocus", "fooocus", "PNG `parameters`, a1111 scheme", "png", _png(("parameters", t.FOOOCUS_A1111), ("fooocus_scheme", "a1111")),
        (("positive", f"cinematic still {t.PROMPT} . emotional"), ("negative", f"anime, {t.NEGATIVE}"), ("template", t.PROMPT), ("negative", t.NEGATIVE)), (LORA10, BASE), version="v2.5.5"),
    Row("Fooocus", "fooocus", "JPEG UserComment without prefix", "jpeg", lambda: w.jpeg_exif(w.comment_bare(t.FOOOCUS, w.ascii_tag(w.SOFTWARE, "Fooocus v2.5.5"), w.ascii_tag(w.MAKER_NOTE, "fooocus"))), FOOOCUS_TEXTS, FOOOCUS, version="v2.5.5"),
    Row("Fooocus", "fooocus", "WebP UserComment without prefix", "webp", lambda: w.webp_exif(w.comment_bare(t.FOOOCUS, w.ascii_tag(w.SOFTWARE, "Fooocus v2.5.5"), w.ascii_tag(w.MAKER_NOTE, "fooocus"))), FOOOCUS_TEXTS, FOOOCUS, version="v2.5.5"),
    Row("Fooocus", "fooocus", "JPEG UserComment, a1111 scheme", "jpeg", lambda: w.jpeg_exif(w.comment_bare(t.FOOOCUS_A1111, w.ascii_tag(w.SOFTWARE, "Fooocus v2.5.5"), w.ascii_tag(w.MAKER_NOTE, "a1111"))),
        (("positive", f"cinematic still {t.PROMPT} . emotional"), ("negative", f"anime, {t.NEGATIVE}"), ("template", t.PROMPT), ("negative", t.NEGATIVE)), (LORA10, BASE), version="v2.5.5"),
    Row("Fooocus", "fooocus", "its `log.html`", "png", lambda: w.png_of(), (("positive", t.PROMPT), ("positive", f"{t.PROMPT}, sharp focus"), ("negative", t.NEGATIVE)), (PLAIN_LORA, PLAIN_BASE, *FOOOCUS_STYLES),
        (("log.html", t.fooocus_log("fixture.png").encode()),), "v2.5.5"),
    Row("Fooocus-MRE", "fooocus-mre", "PNG `Comment`", "png", _png(("Comment", t.FOOOCUS_MRE)), (("positive", t.PROMPT), ("positive", f"cinematic still {t.PROMPT}"), ("negative", t.NEGATIVE), ("negative", f"anime, {t.NEGATIVE}")),
        (PLAIN_LORA, BASE, ("style", "cinematic-default", None, None)), version="v2.0.78.5"),
    Row("Fooocus-MRE", "fooocus-mre", "JPEG comment", "jpeg", lambda: w.jpeg_com(t.FOOOCUS_MRE), (("positive", t.PROMPT), ("positive", f"cinematic still {t.PROMPT}"), ("negative", t.NEGATIVE), ("negative", f"anime, {t.NEGATIVE}")),
        (PLAIN_LORA, BASE, ("style", "cinematic-default", None, None)), version="v2.0.78.5"),
    Row("RuinedFooocus", "ruinedfooocus", "PNG `parameters`", "png", _info(t.RUINED), BOTH, (LORA10, BASE)),
    Row("RuinedFooocus", "ruinedfooocus", "PNG `parameters`, before 2024", "png", lambda: w.png_itxt(("parameters", t.RUINED_OLD)), BOTH, (PLAIN_LORA, PLAIN_BASE)),
    # InvokeAI
    Row("InvokeAI 4 to 6", "invokeai", "PNG `invokeai_metadata`", "png", _png(("invokeai_metadata", t.INVOKE_5)), BOTH, (("lora", "ink_wash", 0.8, "blake3:02cd"), ("checkpoint", "dreambase_v2", None, "blake3:01ab")), version="5.6.0"),
    Row("InvokeAI 4 to 6", "invokeai", "PNG `invokeai_metadata`, iTXt", "png", lambda: w.png_itxt(("invokeai_metadata", t.INVOKE_5.replace("fox", "狐"))), (("positive", t.PROMPT.replace("fox", "狐")), ("negative", t.NEGATIVE)),
        (("lora", "ink_wash", 0.8, "blake3:02cd"), ("checkpoint", "dreambase_v2", None, "blake3:01ab")), version="5.6.0"),
    Row("InvokeAI 3", "invokeai", "PNG `invokeai_metadata`", "png", _png(("invokeai_metadata", t.INVOKE_3)), BOTH, COMFY, version="3.6.2"),
    Row("InvokeAI 2", "invokeai", "PNG `sd-metadata`", "png", _png(("sd-metadata", t.INVOKE_2), ("Dream", t.INVOKE_1)),
        (("positive", f"{t.PROMPT} withLora(ink_wash,0.8)"), ("negative", t.NEGATIVE)), (PLAIN_LORA, ("checkpoint", "dreambase_v2", None, t.SHA.lower())), version="2.2.4"),
    Row("InvokeAI 1", "invokeai", "PNG `Dream`", "png", _png(("Dream", t.INVOKE_1)), BOTH),
    Row("InvokeAI 4 to 6", "invokeai", "sidecar `NAME.json` of a film", "mp4", lambda: w.mp4_keys(), BOTH, (("lora", "ink_wash", 0.8, "blake3:02cd"), ("checkpoint", "dreambase_v2", None, "blake3:01ab")), ((".json", t.INVOKE_5.encode()),), "5.6.0"),
    # the others
    Row("Stability Matrix", "stabilitymatrix", "PNG `parameters`, `parameters-json`, `smproj`, `prompt`", "png",
        lambda: w.png_utf8(("parameters", t.MATRIX_INFOTEXT), ("parameters-json", t.MATRIX_JSON), ("smproj", t.MATRIX_PROJECT), ("prompt", t.GRAPH_STRICT)), BOTH, (PLAIN_LORA, ("checkpoint", "dreambase_v2", None, t.SHA), PLAIN_BASE)),
    Row("Stability Matrix", "stabilitymatrix", "WebP ImageDescription, Software", "webp", lambda: w.webp_exif(w.tiff([w.ascii_tag(w.DESCRIPTION, t.MATRIX_JSON), w.ascii_tag(w.SOFTWARE, t.MATRIX_PROJECT)])), BOTH, (PLAIN_LORA, ("checkpoint", "dreambase_v2", None, t.SHA))),
    Row("Easy Diffusion", "easydiffusion", "PNG, one text a key", "png", _png(*t.EASY_KEYS), BOTH, EASY),
    Row("Easy Diffusion", "easydiffusion", "PNG, one text a label", "png", _png(*t.EASY_LABELS), BOTH, EASY),
    Row("Easy Diffusion", "easydiffusion", "JPEG UserComment, JSON", "jpeg", lambda: w.jpeg_exif(w.comment_be(t.EASY_JSON)), BOTH, EASY),
    Row("Easy Diffusion", "easydiffusion", "WebP UserComment, JSON", "webp", lambda: w.webp_exif(w.comment_be(t.EASY_JSON)), BOTH, EASY),
    Row("Easy Diffusion", "easydiffusion", "sidecar `NAME.txt`", "jpeg", lambda: w.jpeg(), BOTH, EASY, ((".txt", t.EASY_TXT.encode()),)),
    Row("Easy Diffusion", "easydiffusion", "sidecar `NAME.json`", "jpeg", lambda: w.jpeg(), BOTH, EASY, ((".json", t.EASY_JSON.encode()),)),
    Row("Draw Things", "drawthings", "PNG XMP", "png", lambda: w.png_xmp(_DRAW_THINGS_XMP), BOTH, DRAW_THINGS),
    Row("Draw Things", "drawthings", "JPEG XMP", "jpeg", lambda: w.jpeg_xmp(_DRAW_THINGS_XMP), BOTH, DRAW_THINGS),
    Row("Tensor.Art", "tensorart", "PNG `generation_data`, `prompt`", "png", lambda: w.png_utf8(("generation_data", t.TENSORART), ("prompt", t.TENSORART_GRAPH)), BOTH,
        (("lora", "ink_wash", 0.8, t.SHA), ("checkpoint", "dreambase_v2", None, t.SHA), ("checkpoint", "EMS-91-EMS", None, None), ("lora", "EMS-43-EMS", 0.8, None))),
    Row("Civitai", "civitai", "JPEG UserComment, big-endian in a little-endian block", "jpeg", lambda: w.jpeg_exif(w.comment_be_in_le(t.CIVITAI, w.ascii_tag(w.SOFTWARE, t.UUID), w.ascii_tag(w.ARTIST, "ai"))), BOTH, CIVITAI),
    Row("Civitai", "civitai", "PNG `parameters`", "png", _info(t.CIVITAI), BOTH, CIVITAI),
    Row("Civitai", "civitai", "JPEG UserComment, upscale graph", "jpeg", lambda: w.jpeg_exif(w.comment_be_in_le(t.CIVITAI_GRAPH)), BOTH,
        (("lora", "urn:air:sdxl:lora:civitai:7@42", 0.8, None), ("checkpoint", "urn:air:sdxl:checkpoint:civitai:6@90", None, None))),
    Row("Hugging Face Spaces", "huggingface", "PNG `parameters`", "png", _info(t.HUGGINGFACE), BOTH, (("checkpoint", "Animagine XL 3.1", None, t.SHA),)),
    Row("stable-diffusion.cpp", "sdcpp", "PNG `parameters`", "png", lambda: w.png_utf8(("parameters", t.SDCPP)), TAGGED, SDCPP_OLD),
    Row("stable-diffusion.cpp", "sdcpp", "PNG `parameters`, with JSON", "png", lambda: w.png_utf8(("parameters", t.SDCPP_JSON)), BOTH, SDCPP_NEW),
    Row("stable-diffusion.cpp", "sdcpp", "JPEG UserComment", "jpeg", lambda: w.jpeg_exif(w.comment_ascii(t.SDCPP_JSON)), BOTH, SDCPP_NEW),
    Row("stable-diffusion.cpp", "sdcpp", "WebP XMP", "webp", lambda: w.webp_xmp(_SDCPP_XMP), BOTH, SDCPP_NEW),
    Row("mflux", "mflux", "PNG eXIf", "png", lambda: w.png_exif(w.comment_ascii(t.MFLUX)), BOTH, MFLUX, version="0.9.6"),
    Row("mflux", "mflux", "JPEG UserComment", "jpeg", lambda: w.jpeg_exif(w.comment_ascii(t.MFLUX)), BOTH, MFLUX, version="0.9.6"),
    Row("mflux", "mflux", "PNG eXIf, XMP, `IPTC`", "png", lambda: w.png(w.chunk(b"eXIf", w.comment_ascii(t.MFLUX)), w.xmp_chunk(_MFLUX_XMP), w.pillow_text("IPTC", _MFLUX_IPTC)), BOTH, MFLUX, version="0.9.6"),
    Row("mflux", "mflux", "PNG XMP alone", "png", lambda: w.png_xmp(_MFLUX_XMP), BOTH[:1], MFLUX, version="0.9.6"),
    Row("mflux", "mflux", "sidecar `NAME.metadata.json`", "png", lambda: w.png_of(), BOTH, MFLUX, ((".metadata.json", t.MFLUX.encode()),), "0.9.6"),
    Row("sd-scripts (kohya)", "kohya", "PNG, one text a key", "png", _png(*t.KOHYA), (("positive", f"{t.PROMPT} <lora:ink_wash:0.8>"), ("negative", t.NEGATIVE), ("positive", "snow"), ("template", "a {red|white} fox")), (PLAIN_LORA,)),
    Row("Krita AI Diffusion", "krita", "PNG `parameters`, XMP", "png", lambda: w.png(w.itxt_chunk(b"parameters", t.KRITA.encode()), w.xmp_chunk(_KRITA_XMP)),
        (("positive", f"{t.PROMPT} <lora:styles/ink_wash:0.8>"), ("negative", t.NEGATIVE)), (PLAIN_LORA, PLAIN_BASE)),
    Row("AI Horde (ArtBot)", "aihorde", "JPEG UserComment, Software", "jpeg", lambda: w.jpeg_exif(w.comment_be_in_le(t.ARTBOT, w.ascii_tag(w.SOFTWARE, "ArtBot - Create images with Stable Diffusion, utilizing the AI Horde"))), BOTH, (("checkpoint", "Deliberate", None, None),)),
    Row("SeaArt", "seaart", "PNG `parameters`, Software", "png", _png(("parameters", t.SEAART), ("Software", "SeaArt")), BOTH, (PLAIN_BASE,)),
    Row("SeaArt", "comfyui", "PNG `prompt`", "png", _png(("prompt", t.GRAPH_STRICT)), BOTH, COMFY),
    Row("Moescape, Yodayo", "moescape", "PNG `parameters`", "png", _info(t.MOESCAPE), TAGGED, (PLAIN_LORA, BASE)),
    Row("Moescape, Yodayo", "moescape", "JPEG UserComment", "jpeg", lambda: w.jpeg_exif(w.comment_be(t.MOESCAPE)), TAGGED, (PLAIN_LORA, BASE)),
    Row("NMKD", "nmkd", "PNG `NMKDiffusion`", "png", _png(("NMKDiffusion", t.NMKD)), BOTH, COMFY),
    Row("Sygil", "unknown", "PNG `SD:prompt`", "png", _png(("SD:prompt", t.PROMPT), ("SD:negative_prompt", t.NEGATIVE), ("SD:seed", "7")), BOTH),
    Row("mold", "unknown", "PNG `mold:prompt`", "png", _png(("mold:prompt", f"{t.PROMPT} <lora:ink_wash:0.8>")), (("positive", f"{t.PROMPT} <lora:ink_wash:0.8>"),), (PLAIN_LORA,)),
    Row("Midjourney", "midjourney", "PNG `Description`, XMP", "png", lambda: w.png_xmp(_MIDJOURNEY_XMP, ("Description", t.MIDJOURNEY), ("Author", "ann")), (("positive", "a red fox in snow"), ("negative", "fog, blurry")),
        (("style", "a.png", 250.0, None), ("style", "42", 250.0, None), ("reference-image", "b.png", None, None)), version="6.1", marks=("trainedAlgorithmicMedia",)),
    # marks without a prompt, and marks with one
    Row("ChatGPT, GPT Image", "openai", "PNG C2PA", "png", lambda: w.png_c2pa(_c2pa(*_OPENAI)), marks=("OpenAI Media Service API", "trainedAlgorithmicMedia", "not verified")),
    Row("ChatGPT, GPT Image", "openai", "WebP C2PA", "webp", lambda: w.webp_c2pa(_c2pa(*_OPENAI)), marks=("gpt-image",)),
    Row("Gemini, Imagen", "google", "PNG C2PA and XMP", "png", lambda: w.png_c2pa(_c2pa(*_GOOGLE), w.xmp_chunk(_GOOGLE_XMP)), marks=("Google C2PA Core Generator Library", "trainedAlgorithmicMedia")),
    Row("Gemini, Imagen", "google", "JPEG XMP", "jpeg", lambda: w.jpeg_xmp(_GOOGLE_XMP), marks=("trainedAlgorithmicMedia",)),
    Row("Adobe Firefly", "firefly", "JPEG C2PA, many segments", "jpeg", lambda: w.jpeg_c2pa(_c2pa(*_FIREFLY)), marks=("Adobe_Firefly",)),
    Row("Adobe Firefly", "firefly", "PNG C2PA", "png", lambda: w.png_c2pa(_c2pa(*_FIREFLY)), marks=("Adobe_Firefly",)),
    Row("any, C2PA", "openai", "AVIF `uuid` box", "avif", lambda: w.item_file(b"avif", [], w.c2pa_box(_c2pa(*_OPENAI))), marks=("gpt-image",)),
    Row("any, C2PA", "openai", "HEIF `uuid` box", "heif", lambda: w.item_file(b"heic", [], w.c2pa_box(_c2pa(*_OPENAI))), marks=("gpt-image",)),
    Row("any, C2PA", "openai", "JPEG XL `jumb` box", "jxl", lambda: w.jxl_c2pa(_c2pa(*_OPENAI)), marks=("gpt-image",)),
    Row("any, C2PA", "openai", "MP4 `uuid` box", "mp4", lambda: w.mp4_c2pa(_c2pa(*_OPENAI)), marks=("gpt-image",)),
    Row("any, IPTC 2025.1", "unknown", "JPEG XMP", "jpeg", lambda: w.jpeg_xmp(_IPTC_XMP), (("positive", t.PROMPT),), marks=("trainedAlgorithmicMedia",)),
    Row("any, IPTC 2025.1", "unknown", "PNG XMP", "png", lambda: w.png_xmp(_IPTC_XMP), (("positive", t.PROMPT),), marks=("trainedAlgorithmicMedia",)),
    Row("any, IPTC 2025.1", "unknown", "WebP XMP", "webp", lambda: w.webp_xmp(_IPTC_XMP), (("positive", t.PROMPT),), marks=("trainedAlgorithmicMedia",)),
    Row("any, IPTC 2025.1", "unknown", "AVIF XMP", "avif", lambda: w.item_xmp(b"avif", _IPTC_XMP), (("positive", t.PROMPT),), marks=("trainedAlgorithmicMedia",)),
    Row("any, IPTC 2025.1", "unknown", "HEIF XMP", "heif", lambda: w.item_xmp(b"heic", _IPTC_XMP), (("positive", t.PROMPT),), marks=("trainedAlgorithmicMedia",)),
    Row("any, IPTC 2025.1", "unknown", "JPEG XL XMP", "jxl", lambda: w.jxl_xmp(_IPTC_XMP), (("positive", t.PROMPT),), marks=("trainedAlgorithmicMedia",)),
    Row("any, IPTC 2025.1", "unknown", "GIF XMP", "gif", lambda: w.gif_xmp(_IPTC_XMP), (("positive", t.PROMPT),), marks=("trainedAlgorithmicMedia",)),
    Row("any, IPTC 2025.1", "unknown", "TIFF XMP", "tiff", lambda: w.tiff_exif((0x02BC, 1, _IPTC_XMP.encode())), (("positive", t.PROMPT),), marks=("trainedAlgorithmicMedia",)),
    Row("any, IPTC 2025.1", "unknown", "MP4 XMP", "mp4", lambda: w.mp4_xmp(_IPTC_XMP), (("positive", t.PROMPT),), marks=("trainedAlgorithmicMedia",)),
    Row("any, IPTC IIM", "a1111", "JPEG APP13 caption", "jpeg", lambda: w.jpeg_iptc((120, t.A1111), (25, "fox")), TAGGED, A1111, version="v1.10.1"),
    Row("any, AIGC label", "unknown", "PNG `AIGC` beside a prompt", "png", _png(("AIGC", AIGC), ("my prompt", t.PROMPT)), (("positive", t.PROMPT),), marks=("001191",)),
    Row("any, AIGC label", "comfyui", "MP4 key `AIGC`", "mp4", lambda: w.mp4_keys(("AIGC", AIGC), *_GRAPHS), BOTH, COMFY, marks=("001191",)),
    Row("any other", "unknown", "PNG text", "png", _png(("note", t.PROMPT)), (("unknown", t.PROMPT),)),
    Row("any other", "unknown", "JPEG comment", "jpeg", lambda: w.jpeg_com(t.PROMPT), (("unknown", t.PROMPT),)),
    Row("any other", "unknown", "GIF comment", "gif", lambda: w.gif_comment(t.PROMPT), (("unknown", t.PROMPT),)),
    Row("any other", "unknown", "MP4 comment", "mp4", lambda: w.mp4_comment(t.PROMPT), (("unknown", t.PROMPT),)),
    Row("any other", "unknown", "FLAC comment", "flac", lambda: w.flac_comments(("comment", t.PROMPT)), (("unknown", t.PROMPT),)),
    Row("any other", "unknown", "MP3 TXXX", "mp3", lambda: w.mp3_texts(("comment", t.PROMPT)), (("unknown", t.PROMPT),)),
)  # fmt: skip

SUFFIXES = {"png": ".png", "jpeg": ".jpg", "heif": ".heic", "tiff": ".tif", "ogg": ".opus"}


def write(row: Row, folder: Path, stem: str = "fixture") -> Path:
    """The fixture and its sidecars as files; the path of the picture."""
    path = folder / (stem + SUFFIXES.get(row.container, f".{row.container}"))
    path.write_bytes(row.make())
    for name, data in row.beside:
        (folder / (name if name == "log.html" else stem + name)).write_bytes(data)
    return path


if __name__ == "__main__":
    for number, each in enumerate(ROWS):
        place = Path(sys.argv[1]) / f"{number:03} {each.program} {each.place}".replace("/", "-").replace("`", "")
        place.mkdir(parents=True, exist_ok=True)
        write(each, place)
