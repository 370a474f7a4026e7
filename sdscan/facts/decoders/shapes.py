"""Text whose place says nothing about its writer (`parameters`, UserComment, a comment, a sidecar, hidden pixels) → by its shape.

JSON goes to the first writer whose signature key it has; everything else is infotext, or unknown.
"""

from __future__ import annotations

from sdscan.facts.decoders import (
    a1111,
    aigc,
    civitai,
    comfy,
    drawthings,
    easydiffusion,
    fooocus,
    huggingface,
    invokeai,
    metahub,
    mflux,
    novelai,
    ruinedfooocus,
    sdcpp,
    stabilitymatrix,
    swarmui,
    tensorart,
    unknown,
)  # fmt: skip
from sdscan.facts.decoders.found import Found, JsonDecoder, json_object, merged, shown
from sdscan.facts.decoders.infotext import parse_infotext
from sdscan.limits import Limits

SHAPES: tuple[tuple[str, JsonDecoder], ...] = (
    ("sui_image_params", swarmui.from_json),
    ("extraMetadata", civitai.from_json),
    ("software", ruinedfooocus.from_json),
    ("software", fooocus.from_mre),
    ("metadata_scheme", fooocus.from_json),
    ("full_prompt", fooocus.from_json),
    ("Prompt", fooocus.from_log),
    ("base_model_hash", fooocus.from_json),
    ("lora_combined_1", fooocus.from_json),
    ("PositivePrompt", stabilitymatrix.from_json),
    ("mflux_version", mflux.from_json),
    ("lora_paths", mflux.from_json),
    ("v4_prompt", novelai.from_json),
    ("uc", novelai.from_json),
    ("Comment", novelai.from_fields),
    ("c", drawthings.from_json),
    ("generation_mode", invokeai.from_json),
    ("positive_prompt", invokeai.from_json),
    ("app_id", invokeai.from_v2),
    ("model_weights", invokeai.from_v2),
    ("negativePrompt", tensorart.from_json),
    ("use_stable_diffusion_model", easydiffusion.from_json),
    ("Stable Diffusion model", easydiffusion.from_json),
    ("schema", sdcpp.from_json),
    ("stable_swarm_version", swarmui.from_flat),
    ("swarm_version", swarmui.from_flat),
    ("use_upscaler", huggingface.from_json),
    ("Model hash", huggingface.from_json),
    ("guidance_scale", huggingface.from_json),
    ("imagemetahub_data", metahub.from_json),
    ("generator", metahub.from_plain),
    ("AIGC", aigc.from_json),
    ("ContentProducer", aigc.from_json),
)
"""Signature key → decoder, in the order in which they are asked."""


def decode_text(text: str, locator: str, limits: Limits, depth: int = 0) -> Found | None:
    """What a text tells; None where it is neither JSON of a known writer nor infotext."""
    data, problem = json_object(text, locator, limits)
    if problem is not None:
        info = parse_infotext(text)
        if info.marked:  # a prompt may begin with a brace: `{red|blue} fox`
            return Found((a1111.generation_of(info, locator),))
    if data is not None:
        found = decode_object(data, text, locator, limits, depth)
        if found is None or problem is None:
            return found
        return Found(found.generations, (), found.texts, (*found.problems, problem), found.disclosure)
    if problem is not None:
        return comfy.graph_found(text, None, locator, limits) if comfy.looks_like_graph(text) else None
    info = parse_infotext(text)
    return Found((a1111.generation_of(info, locator),)) if info.marked else None


def decode_object(data: dict[str, object], text: str, locator: str, limits: Limits, depth: int = 0) -> Found | None:
    """What a JSON object tells."""
    for signature, decoder in SHAPES:
        if signature in data:
            found = decoder(data, locator, limits)
            if found is not None:
                return found
    if comfy.is_graph(data):
        return comfy.graph_found(text, None, locator, limits)
    if comfy.is_canvas(data):
        return comfy.graph_found(None, text, locator, limits)
    return _envelope(data, locator, limits, depth) if depth < 3 else None


def _envelope(data: dict[str, object], locator: str, limits: Limits, depth: int) -> Found | None:
    """`{"prompt": …, "workflow": …, "parameters": …}`: SaveImagePlus, VideoHelperSuite's comment, the hidden copy of ComfyUI."""
    parts: list[Found] = []
    graph = comfy.envelope(data, locator, limits)
    if graph is not None:
        parts.append(graph)
    for key in ("parameters", "metadata", "generation_data", "imagemetahub_data"):
        value = data.get(key)
        where = f"{locator}#{key}"
        if isinstance(value, str):
            inner = decode_text(value, where, limits, depth + 1)
        elif isinstance(value, dict):
            inner = decode_object(value, shown(value), where, limits, depth + 1)
        else:
            continue
        if inner is not None:
            parts.append(inner)
    return merged(parts) if parts else None


def decode_sidecar(text: str, locator: str, limits: Limits) -> Found | None:
    """What a file beside the picture tells; None for a caption, which has no parameters."""
    name = locator.partition(":")[2].lower()
    if name.partition("#")[0].endswith((".html", ".htm")) or text[:200].lstrip().lower().startswith(
        ("<!doctype html", "<html")
    ):
        return fooocus.decode_log(text, locator, limits)
    data, _ = json_object(text, locator, limits)
    if data is not None:
        plain = decode_object(data, text, locator, limits)
        generation = unknown.from_json(data, locator) if plain is None else None
        return Found((generation,)) if generation is not None else plain
    found = easydiffusion.from_lines(text, locator)
    if found is None:
        info = parse_infotext(text)
        found = Found((a1111.generation_of(info, locator),)) if info.parameters else None
    return found
