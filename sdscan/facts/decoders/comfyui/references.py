"""Models and styles that the nodes of a graph name. Enters a graph with what was reached, leaves Resource records."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sdscan.facts.decoders.comfyui.generic import NOTHING, as_number, is_off, loras_of, names_lora
from sdscan.facts.decoders.comfyui.graph import Graph, Node, place
from sdscan.facts.decoders.comfyui.loaders import LOADERS, RANDOM, Slot
from sdscan.facts.decoders.comfyui.names import takes_text
from sdscan.facts.decoders.comfyui.raw import objects
from sdscan.facts.decoders.comfyui.reach import Sides
from sdscan.facts.decoders.comfyui.switches import value_of
from sdscan.facts.decoders.comfyui.tags import tags_in
from sdscan.facts.decoders.found import dict_at
from sdscan.facts.decoders.resources import stem
from sdscan.facts.text import scalar
from sdscan.patterns import pattern
from sdscan.records import Resource, ResourceKind, State

_AIR = pattern(r"urn:air:[^:]*:([a-z]+):civitai:(\d+)(?:@(\d+))?", re.IGNORECASE)
_AIR_KINDS: dict[str, ResourceKind] = {
    "lora": "lora", "lycoris": "lora", "dora": "lora", "checkpoint": "checkpoint", "embedding": "embedding", "vae": "vae",
    "hypernetwork": "hypernetwork", "hypernet": "hypernetwork", "upscaler": "upscaler", "controlnet": "controlnet",
}  # fmt: skip
_MODEL_INPUTS: dict[str, ResourceKind] = {
    "ckpt_name": "checkpoint", "unet_name": "checkpoint", "gguf_name": "checkpoint", "base_ckpt_name": "checkpoint",
    "refiner_ckpt_name": "checkpoint", "checkpoint": "checkpoint", "vae_name": "vae", "control_net_name": "controlnet",
    "controlnet_name": "controlnet", "clip_name": "text-encoder",
    "hypernetwork_name": "hypernetwork", "upscale_model_name": "upscaler", "style_model_name": "style", "ipadapter_file": "ip-adapter",
    "embedding_name": "embedding", "diffusion_model_name": "checkpoint", "unet_model": "checkpoint",
    "style": "style", "style_name": "style", "styles": "style", "substyle": "style", "style_preset": "style", "select_styles": "style",
    "artist": "style",
}  # fmt: skip
"""Input names that mean the same in every pack."""
_SUFFIXES = (".safetensors", ".ckpt", ".pt", ".pth", ".bin", ".gguf", ".sft", ".onnx")
_PLAIN_VAES = (
    "baked vae",
    "baked_vae",
    "baked-vae",
    "none",
    "automatic",
    "taesd",
    "taesdxl",
    "taesd3",
    "taef1",
    "pixel_space",
)
_LISTED = 200
"""LoRAs of one list with commas."""
_LONGEST_LIST = 200_000
"""Characters of a JSON text inside a node."""
LONGEST = 1024
"""Characters of a model name, folder included; a data: URL or a prompt is longer."""


def references(graph: Graph, reached: Sides, locator: str) -> Iterator[Resource]:
    """Every model that a node names; unused where the node takes no part, its row is switched off or its weight is 0."""
    for node in graph.values():
        state: State = "used" if node.id in reached else "unused"
        if node.type in RANDOM and state == "used":
            state = "possible"
        yield from _hidden_tags(node, state, locator)
        slots = LOADERS.get(node.type)
        if node.type == "SwarmLoraLoader":
            yield from _swarm(node, state, locator)
        elif slots is None:
            yield from _unknown(graph, node, state, locator)
        else:
            found = [item for slot in slots for item in _slot(graph, node, slot, state, locator)]
            yield from found or _unknown(graph, node, state, locator)  # a canvas may have other names than the table


def _hidden_tags(node: Node, state: State, locator: str) -> Iterator[Resource]:
    """`<lora:…>` in inputs that hold nothing but tags (`lora_syntax`, `loras`), and so are no prompts."""
    for name, value in node.values.items():
        if isinstance(value, str) and "<l" in value and not takes_text(name, node.type):
            for tag in tags_in(value):
                yield named(
                    tag.kind, tag.raw, place(node, name, locator), tag.weight, "unused" if tag.weight == 0 else state
                )


def _slot(graph: Graph, node: Node, slot: Slot, state: State, locator: str) -> Iterator[Resource]:
    if "{}" not in slot.name:
        yield from _row(graph, node, slot, "", state, locator)
        return
    head, _, tail = slot.name.partition("{}")
    most = as_number(value_of(graph, node, slot.rows)) if slot.rows else None
    only = as_number(value_of(graph, node, slot.only)) if slot.only else None
    for name in (*node.values, *node.links):
        digits = name[len(head) : len(name) - len(tail)]
        if name.startswith(head) and name.endswith(tail) and digits.isdecimal() and len(digits) < 6:
            off = (most is not None and int(digits) > most) or (only is not None and int(digits) != only)
            yield from _row(graph, node, slot, digits, "unused" if off else state, locator)


def _row(graph: Graph, node: Node, slot: Slot, digits: str, state: State, locator: str) -> Iterator[Resource]:
    name = slot.name.replace("{}", digits)
    raw = value_of(graph, node, name)
    if isinstance(raw, dict):
        raw = raw.get("content") or raw.get("name")
    if not isinstance(raw, str) or not _is_name(raw):
        return
    if slot.switch and is_off(value_of(graph, node, slot.switch.replace("{}", digits))):
        state = "unused"
    keys = slot.weights
    if slot.simple[0] and str(value_of(graph, node, slot.simple[0])).lower() == "simple":
        keys = slot.simple[1:]
    weights = [as_number(value_of(graph, node, key.replace("{}", digits))) for key in keys]
    known = [weight for weight in weights if weight is not None]
    if known and not any(known):
        state = "unused"
    yield named(slot.kind, raw, place(node, name, locator), known[0] if known else None, state)


def _swarm(node: Node, state: State, locator: str) -> Iterator[Resource]:
    """SwarmUI's own loader: names and weights as two lists with commas."""
    names, weights = node.values.get("lora_names"), node.values.get("lora_weights")
    numbers = weights.split(",") if isinstance(weights, str) else []
    for index, raw in enumerate(names.split(",")[:_LISTED] if isinstance(names, str) else ()):
        weight = as_number(numbers[index]) if index < len(numbers) else None
        if _is_name(raw):
            yield named(
                "lora", raw.strip(), place(node, "lora_names", locator), weight, "unused" if weight == 0 else state
            )


def _unknown(graph: Graph, node: Node, state: State, locator: str) -> Iterator[Resource]:
    """A class without a table row: LoRAs by the generic rule, other models by the input names that all packs share."""
    for found in loras_of(node):
        off = not found.on or found.weight == 0
        yield named("lora", found.raw, place(node, found.input, locator), found.weight, "unused" if off else state)
    for name, value in node.values.items():
        if isinstance(value, dict):
            value = value.get("content")
        if not isinstance(value, str):
            continue
        kind = _MODEL_INPUTS.get(name.rstrip("0123456789").rstrip("_"))
        if value[:8].lower() == "urn:air:":
            if _AIR.match(value) is not None and kind is None and "lora" not in name.lower():
                yield named("checkpoint", value, place(node, name, locator), None, state)
        if kind is not None and _is_name(value):
            yield named(kind, value, place(node, name, locator), None, state)
        elif name == "resources_json":
            yield from _listed(node, name, value, state, locator)
    for name in node.links:
        if name in _MODEL_INPUTS or names_lora(name):
            value = value_of(graph, node, name)
            if isinstance(value, str) and _is_name(value) and value.lower().endswith(_SUFFIXES):
                yield named(_MODEL_INPUTS.get(name, "lora"), value, place(node, name, locator), None, state)


def _listed(node: Node, name: str, text: str, state: State, locator: str) -> Iterator[Resource]:
    """CivitaiModelSelector keeps its models as a JSON text: a list of objects with `air`."""
    data = dict_at({"items": f'{{"items":{text}}}'}, "items") if len(text) < _LONGEST_LIST else {}
    items = data.get("items")
    for item in objects(items if isinstance(items, list) else [items]):
        air = item.get("air")
        weight = next((one for key in ("strength", "weight") if (one := as_number(item.get(key))) is not None), None)
        if isinstance(air, str) and _AIR.match(air) is not None:
            yield named("checkpoint", air, place(node, name, locator), weight, "unused" if weight == 0 else state)


def named(kind: ResourceKind, raw: str, locator: str, weight: float | None, state: State) -> Resource:
    """A Resource. An AIR urn gives its kind and its version id."""
    raw = scalar(raw)
    air = _AIR.match(raw) if raw[:8].lower() == "urn:air:" else None
    if air is not None:
        return Resource(_AIR_KINDS.get(air[1].lower(), kind), raw, raw, None, weight, state, None, locator, air[3])
    return Resource(kind, raw if kind == "style" else stem(raw) or raw, raw, None, weight, state, None, locator)


def _is_name(raw: str) -> bool:
    plain = raw.strip().lower()
    return 0 < len(plain) <= LONGEST and plain not in NOTHING and plain not in _PLAIN_VAES and "\n" not in plain
