"""InvokeAI 1 to 6: `invokeai_metadata`, `invokeai_graph`, `invokeai_workflow`, `sd-metadata` (2), `Dream` (1) → Generation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sdscan.facts.decoders.draft import Draft
from sdscan.facts.decoders.found import (
    NOTHING,
    Blobs,
    Found,
    as_dict,
    dict_at,
    dicts_at,
    json_object,
    list_at,
    number,
    settings,
    text_at,
)  # fmt: skip
from sdscan.limits import Limits
from sdscan.patterns import pattern
from sdscan.records import Blob, Generation, Problem, ResourceKind, Role, State

_BRACKETS = pattern(r"\[([^\[\]]*)\]")
_DREAM = pattern(r'\s*"((?:[^"\\]|\\.)*+)"(.*)', re.DOTALL)
_SWITCH = pattern(r"--?([A-Za-z_]\w*)[ =]?(\"[^\"]*\"|(?!-[A-Za-z])[^\s]+)?")
_WITH_LORA = pattern(r"withLora\(\s*([^,()\s]{1,200})\s*(?:,\s*(-?[\d.]+))?\s*\)")
_TRIGGER = pattern(r"<([\w. -]{1,100})>")
_KEYS = ("invokeai_metadata", "invokeai_graph", "invokeai_workflow", "sd-metadata", "dream")
_TEXTS = ("positive_prompt", "negative_prompt", "positive_style_prompt", "negative_style_prompt", "app_version")


def decode(blobs: Blobs, limits: Limits) -> Found:
    """One Generation: metadata if there is any, else the graph, else the canvas, else what versions 2 and 1 wrote."""
    used = tuple(blob for key in _KEYS for blob in blobs.get(key, ()))
    if not used:
        return NOTHING
    problems: list[Problem] = []
    generation: Generation | None = None
    for blob in used:
        dream = blob.key.lower() == "dream"
        data, problem = (None, None) if dream else json_object(blob.text, blob.locator, limits)
        problems += (problem,) if problem else ()
        if generation is None:
            generation = _decode_blob(blob, data, limits)
    return Found((generation,), used, (), tuple(problems)) if generation else Found(problems=tuple(problems))


def _decode_blob(blob: Blob, data: dict[str, object] | None, limits: Limits) -> Generation | None:
    key = blob.key.lower()
    if key == "dream":
        return _dream(blob.text or "", blob.locator)
    if data is None:
        return None
    if key == "sd-metadata":
        return _version_2(data, blob.locator)
    if key == "invokeai_metadata":
        generation = _metadata(data, blob.locator, limits)
        return generation if generation.prompts or generation.resources or generation.parameters else None
    return _graph(data, blob.locator, canvas=key == "invokeai_workflow")


def from_json(data: dict[str, object], locator: str, limits: Limits) -> Found | None:
    """The metadata as a JSON of its own (sidecars of videos)."""
    if not {"app_version", "generation_mode", "rand_device", "model"} & data.keys():
        return None
    return Found((_metadata(data, locator, limits),))


def from_v2(data: dict[str, object], locator: str, limits: Limits) -> Found | None:
    """`sd-metadata` in another place."""
    return Found((_version_2(data, locator),)) if "image" in data else None


def _metadata(data: dict[str, object], locator: str, limits: Limits) -> Generation:
    """Versions 3 and later: snake-case settings; models as `{key, hash, name}`, before 4.0 `{model_name}`."""
    draft = Draft("invokeai", locator)
    draft.prompt("positive", data.get("positive_prompt"), "positive_prompt")
    draft.prompt("positive", data.get("positive_style_prompt"), "positive_style_prompt")
    draft.prompt("negative", data.get("negative_prompt"), "negative_prompt")
    draft.prompt("negative", data.get("negative_style_prompt"), "negative_style_prompt")
    for key in _TEXTS[:2]:
        _add_triggers(draft, data.get(key), key)
    for kind, key in _MODELS:
        _add_model(draft, kind, data.get(key), key)
    for index, lora in enumerate(dicts_at(data, "loras")):
        _add_model(draft, "lora", lora.get("model") or lora.get("lora"), f"loras[{index}]", number(lora.get("weight")))
    for kind, key, model, weight in _ADAPTERS:
        for index, entry in enumerate(dicts_at(data, key)):
            state: State = "unused" if entry.get("isEnabled") is False else "used"
            adapter = dict_at(entry, "config") or entry
            value = adapter.get(model) or adapter.get("model")
            _add_model(draft, kind, value, f"{key}[{index}]", number(adapter.get(weight)), state)
            _add_image(draft, adapter, f"{key}[{index}].image", state)
    draft.model("reference-image", data.get("init_image"), "init_image", weight=number(data.get("strength")))
    _add_regions(draft, data, limits)
    return draft.done(data.get("app_version"), settings(data, *_TEXTS))


_MODELS: tuple[tuple[ResourceKind, str], ...] = (
    ("checkpoint", "model"), ("checkpoint", "refiner_model"), ("vae", "vae"), ("vae", "vae_model"),
    ("text-encoder", "t5_encoder"), ("text-encoder", "t5_encoder_model"), ("text-encoder", "clip_embed_model"),
    ("text-encoder", "qwen3_encoder"), ("upscaler", "upscale_model"), ("controlnet", "control_lora"),
)  # fmt: skip
_ADAPTERS: tuple[tuple[ResourceKind, str, str, str], ...] = (
    ("controlnet", "controlnets", "control_model", "control_weight"),
    ("ip-adapter", "ipAdapters", "ip_adapter_model", "weight"),
    ("controlnet", "t2iAdapters", "t2i_adapter_model", "weight"),
    ("ip-adapter", "ref_images", "model", "weight"),
)
"""Lists of adapters: kind, key, key of the model, key of the weight."""


def _add_model(
    draft: Draft, kind: ResourceKind, value: object, where: str, weight: float | None = None, state: State = "used"
) -> None:
    if isinstance(value, str):
        draft.model(kind, value, where, weight=weight, state=state)
    elif isinstance(value, dict):
        name = text_at(value, "name", "model_name", "key")
        draft.model(kind, name, where, digest=value.get("hash"), weight=weight, state=state)


def _add_image(draft: Draft, adapter: dict[str, object], where: str, state: State = "used") -> None:
    image = dict_at(adapter, "image")
    image = dict_at(dict_at(image, "original"), "image") or dict_at(image, "image") or image
    draft.model("reference-image", image.get("image_name"), where, state=state)


def _add_regions(draft: Draft, data: dict[str, object], limits: Limits) -> None:
    """Regional guidance (`canvas_v2_metadata`, before 5.0 `regions`): prompts and reference pictures of parts of the canvas."""
    for key in ("canvas_v2_metadata", "regions", "control_layers"):
        for where, item in _walk(data.get(key), key, limits):
            draft.prompt("positive", item.get("positivePrompt"), where + ".positivePrompt")
            draft.prompt("negative", item.get("negativePrompt"), where + ".negativePrompt")
            for name in ("ipAdapter", "config"):  # `config` from 6.0 on
                adapter = dict_at(item, name)
                place = f"{where}.{name}"
                _add_model(draft, "ip-adapter", adapter.get("model"), place + ".model", number(adapter.get("weight")))
                _add_image(draft, adapter, place + ".image")


def _walk(value: object, where: str, limits: Limits) -> Iterator[tuple[str, dict[str, object]]]:
    """Every object inside `value` with its path, without recursion."""
    stack: list[tuple[str, object]] = [(where, value)]
    seen = 0
    while stack and seen < limits.nodes:
        where, value = stack.pop()
        seen += 1
        if isinstance(value, dict):
            yield where, value
            stack += [
                (f"{where}.{key}", inner) for key, inner in reversed(value.items()) if isinstance(inner, dict | list)
            ]
        elif isinstance(value, list):
            stack += [
                (f"{where}[{i}]", inner)
                for i, inner in reversed(list(enumerate(value)))
                if isinstance(inner, dict | list)
            ]


_NODE_MODELS: tuple[tuple[ResourceKind, str], ...] = (
    ("lora", "lora"), ("checkpoint", "model"), ("vae", "vae_model"), ("controlnet", "control_model"),
    ("ip-adapter", "ip_adapter_model"), ("controlnet", "t2i_adapter_model"), ("checkpoint", "unet"),
)  # fmt: skip


def _graph(data: dict[str, object], locator: str, *, canvas: bool) -> Generation | None:
    """The graph (`nodes` by id) or the editor's canvas (`nodes` as a list, values below `data.inputs`)."""
    draft = Draft("invokeai", locator)
    roles = _node_roles(data)
    for node_id, kind, fields in _nodes(data):
        where = f"{node_id}."
        role: Role = roles.get(node_id, "unknown")
        for key in ("prompt", "style", "value", "positive_prompt", "negative_prompt"):
            text = fields.get(key)
            if isinstance(text, str) and (key != "value" or "string" in kind or "prompt" in node_id):
                draft.prompt("negative" if "negative" in key else role, text, where + key)
        for model_kind, key in _NODE_MODELS:
            value = as_dict(fields.get(key))
            if value is not None and ("name" in value or "model_name" in value):
                _add_model(
                    draft, model_kind, value, where + key, number(fields.get("weight")) if key == "lora" else None
                )
        for index, lora in enumerate(dicts_at(fields, "loras")):
            _add_model(
                draft,
                "lora",
                lora.get("lora") or lora.get("model"),
                f"{where}loras[{index}]",
                number(lora.get("weight")),
            )
    if not draft.prompts and not draft.resources:
        return None
    return draft.done(dict_at(data, "meta").get("version"), {}, canvas=canvas)


def _nodes(data: dict[str, object]) -> Iterator[tuple[str, str, dict[str, object]]]:
    """(id, type, fields) of every node."""
    nodes = data.get("nodes")
    if isinstance(nodes, dict):
        for node_id, node in nodes.items():
            if isinstance(node, dict):
                yield str(node_id), text_at(node, "type"), node
    for node in dicts_at(data, "nodes"):
        inner = dict_at(node, "data")
        inputs = dict_at(inner, "inputs")
        fields = {key: value.get("value") for key, value in inputs.items() if isinstance(value, dict)}
        yield text_at(node, "id"), text_at(inner, "type"), fields


def _node_roles(data: dict[str, object]) -> dict[str, Role]:
    """What feeds a field called `positive…` or `negative…` has that role, and so has what feeds that (four steps back)."""
    edges: list[tuple[str, str, str]] = []
    for edge in list_at(data, "edges"):
        if not isinstance(edge, dict):
            continue
        source: object = edge.get("source")
        target: object = edge.get("destination", edge.get("target"))
        field: object = edge.get("targetHandle")
        if isinstance(source, dict) and isinstance(target, dict):
            field = target.get("field")
            source, target = source.get("node_id"), target.get("node_id")
        if isinstance(source, str) and isinstance(target, str) and isinstance(field, str):
            edges.append((source, target, field))
    roles: dict[str, Role] = {}
    for source, _, field in edges:
        if field.startswith(("positive", "negative")):
            roles.setdefault(source, "negative" if field.startswith("negative") else "positive")
    for _ in range(4):
        for source, target, _ in edges:
            if target in roles:
                roles.setdefault(source, roles[target])
    return roles


def _version_2(data: dict[str, object], locator: str) -> Generation:
    """`sd-metadata`: weighted prompts, the negative part of each in [brackets]."""
    draft = Draft("invokeai", locator)
    image = dict_at(data, "image")
    prompts = image.get("prompt")
    entries = prompts if isinstance(prompts, list) else [prompts]
    for index, entry in enumerate(entries):
        text = entry.get("prompt") if isinstance(entry, dict) else entry
        if isinstance(text, str):
            _add_bracketed(draft, text, f"image.prompt[{index}].prompt")
    draft.model("checkpoint", data.get("model_weights"), "model_weights", digest=data.get("model_hash"))
    draft.model("reference-image", image.get("init_image_path"), "image.init_image_path")
    return draft.done(data.get("app_version"), settings(image, "prompt") | settings(data, "app_version"))


def _dream(text: str, locator: str) -> Generation:
    """`Dream` of version 1: the command line, `"prompt [negative]" -s 50 -S 1 -C 7.5 -A k_lms`."""
    draft = Draft("invokeai", locator)
    match = _DREAM.match(text)
    prompt, rest = (match[1].replace('\\"', '"'), match[2]) if match else (text, "")
    if not match:
        cut = re.search(r"\s-[a-zA-Z]\s*[\d.]", prompt)
        prompt, rest = (prompt[: cut.start()], prompt[cut.start() :]) if cut else (prompt, "")
    _add_bracketed(draft, prompt, "")
    parameters = {m[1]: (m[2] or "true").strip('"') for m in _SWITCH.finditer(rest)}
    if parameters.get("I"):
        draft.model("reference-image", parameters["I"], "")
    return draft.done(None, parameters)


def _add_bracketed(draft: Draft, text: str, where: str) -> None:
    """[Text in brackets] is the negative prompt (ldm/invoke/conditioning.py of 2.x); `withLora(name, weight)` loads a LoRA."""
    draft.prompt("positive", _BRACKETS.sub("", text).strip(), where)
    draft.prompt("negative", ", ".join(m[1].strip() for m in _BRACKETS.finditer(text) if m[1].strip()), where)
    for match in _WITH_LORA.finditer(text):
        draft.model("lora", match[1], where, weight=number(match[2]) if match[2] else None)
    _add_triggers(draft, text, where)


def _add_triggers(draft: Draft, text: object, where: str) -> None:
    """`<name>` in a prompt calls a textual inversion (docs/features/CONCEPTS.md of 2.3, docs/features/PROMPTS.md of 3)."""
    for match in _TRIGGER.finditer(text) if isinstance(text, str) and "<" in text else ():
        draft.model("embedding", match[1], where)
