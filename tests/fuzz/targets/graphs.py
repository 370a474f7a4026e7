"""ComfyUI graphs: an input is the executed graph, 1E, and the canvas, each as JSON text."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from sdscan.facts.decoders.comfyui import decode_graph
from sdscan.limits import DEFAULT_LIMITS, Limits
from tests.facts.decoders.comfyui.comfyui_graphs import default_canvas, txt2img
from tests.fuzz import seeds
from tests.fuzz.mutating import changed_bytes, changed_json, parsed, written
from tests.fuzz.promises import in_time, is_same, is_sound, survives
from tests.fuzz.target import Target

NEXT = "\x1e"
KEYS = (
    "class_type", "inputs", "text", "text_g", "prompt", "positive", "negative", "model", "clip", "lora_name", "ckpt_name", "strength_model",
    "mode", "type", "widgets_values", "nodes", "links", "link", "outputs", "id", "properties", "definitions", "subgraphs", "extra", "groupNodes",
    "ue_links", "state", "input", "linkIds", "proxyWidgets", "_meta", "title", "inputNode", "outputNode", "lora_1", "on", "strength", "name", "bypass",
    "switch", "select", "boolean", "string_a", "delimiter", "value", "output", "client_id", "extra_data", "extra_pnginfo", "workflow", "origin_id",
)  # fmt: skip
NAMES = (
    "CLIPTextEncode", "LoraLoader", "Power Lora Loader (rgthree)", "CheckpointLoaderSimple", "KSampler", "KSamplerAdvanced", "SaveImage", "Reroute",
    "PrimitiveNode", "StringConcatenate", "ShowText|pysssss", "LoRA Stacker", "Anything Everywhere", "SetNode", "GetNode", "ImpactWildcardEncode",
    "ConditioningCombine", "CR Text Input Switch", "PrimitiveStringMultiline", "workflow>group", "SamplerCustomAdvanced", "CFGGuider", "LoadImage",
)  # fmt: skip
SMALL = Limits(nodes=5, prompts=2, resources=2, json=2_000, values=60, depth=4)


def check(data: bytes) -> None:
    prompt, _, canvas = data.decode("utf-8", "replace").partition(NEXT)
    places = ("png:tEXt/prompt", "png:tEXt/workflow")
    with in_time():
        generation, problems = decode_graph(
            prompt or None, canvas or None, places[0], DEFAULT_LIMITS, workflow_locator=places[1]
        )
    again = decode_graph(prompt or None, canvas or None, places[0], DEFAULT_LIMITS, workflow_locator=places[1])
    is_same((generation, problems), again, "a second time")
    if generation is not None:
        survives(generation)
        is_sound((generation,))
        for item in (*generation.prompts, *generation.resources):
            assert item.locator.startswith(places), item.locator
        assert len(generation.prompts) <= DEFAULT_LIMITS.prompts
    small, _ = decode_graph(prompt or None, canvas or None, places[0], SMALL, workflow_locator=places[1])
    assert small is None or (len(small.prompts) <= SMALL.prompts and len(small.resources) <= SMALL.resources)


def begin() -> Iterator[bytes]:
    yield f"{written(txt2img(), Random(1))}{NEXT}{written(default_canvas(), Random(1))}".encode()
    for container in seeds.read():
        texts = {blob.key.lower(): blob.text or "" for blob in container.blobs}
        prompt, canvas = texts.get("prompt", ""), texts.get("workflow", "")
        if (prompt + canvas).lstrip()[:1] == "{":
            yield f"{prompt}{NEXT}{canvas}".encode("utf-8", "replace")


def mutate(data: bytes, rng: Random) -> bytes:
    texts = data.decode("utf-8", "replace").split(NEXT)[:2]
    number = rng.randrange(len(texts))
    document = parsed(texts[number])
    if document is None:
        return changed_bytes(data, rng)
    if rng.random() < 0.3:
        _renamed(document, rng)
    texts[number] = written(changed_json(document, rng, KEYS), rng)
    return NEXT.join(texts).encode("utf-8", "replace")


def _renamed(document: object, rng: Random) -> None:
    """A node of another class."""
    nodes = document.get("nodes", document) if isinstance(document, dict) else ()
    found = [
        n
        for n in (nodes.values() if isinstance(nodes, dict) else nodes if isinstance(nodes, list) else ())
        if isinstance(n, dict)
    ]
    if found:
        node = rng.choice(found)
        node["type" if "type" in node else "class_type"] = rng.choice(NAMES)


TARGET = Target(
    "ComfyUI graph and canvas, changed node by node (`decode_graph`)",
    check,
    begin,
    mutate,
    tuple(k.encode() for k in (*KEYS, *NAMES)),
)
