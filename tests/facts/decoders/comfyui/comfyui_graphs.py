"""Small graphs for the tests, in both forms, and short ways to say what was read from them."""

from __future__ import annotations

import json
from typing import Any

from sdscan.facts.decoders.comfyui import decode_graph
from sdscan.limits import DEFAULT_LIMITS, Limits
from sdscan.records import Generation

Api = dict[str, dict[str, Any]]


def node(kind: str, /, **inputs: Any) -> dict[str, Any]:
    """One node of the executed form."""
    return {"class_type": kind, "inputs": inputs}


def txt2img(positive: Any = "a cat", negative: Any = "blurry", model: Any = None, **more: dict[str, Any]) -> Api:
    """The default graph: 4 loads, 6 and 7 encode, 3 samples, 8 decodes, 9 saves; `more` adds nodes as n10=…"""
    graph = {
        "3": node(
            "KSampler", seed=1, steps=20, cfg=7.0, sampler_name="euler", scheduler="normal", denoise=1.0,
            model=model or ["4", 0], positive=["6", 0], negative=["7", 0], latent_image=["5", 0],
        ),
        "4": node("CheckpointLoaderSimple", ckpt_name="SD15\\base_v1.safetensors"),
        "5": node("EmptyLatentImage", width=512, height=768, batch_size=1),
        "6": node("CLIPTextEncode", text=positive, clip=["4", 1]),
        "7": node("CLIPTextEncode", text=negative, clip=["4", 1]),
        "8": node("VAEDecode", samples=["3", 0], vae=["4", 2]),
        "9": node("SaveImage", filename_prefix="ComfyUI", images=["8", 0]),
    }  # fmt: skip
    graph.update({key[1:].replace("_", ":"): value for key, value in more.items()})
    return graph


def cnode(
    identity: Any, kind: str, inputs: Any = (), outputs: Any = (), values: Any = None, mode: int = 0, **more: Any
) -> dict[str, Any]:
    """One node of the canvas: inputs as (name, type, link) or (name, type, link, widget), outputs as (type, links)."""
    made = []
    for entry in inputs:
        slot: dict[str, Any] = {"name": entry[0], "type": entry[1], "link": entry[2]}
        if len(entry) > 3:
            slot["widget"] = {"name": entry[3]}
        made.append(slot)
    return {
        "id": identity, "type": kind, "mode": mode, "inputs": made,
        "outputs": [{"name": kind, "type": kind, "links": links} for kind, links in outputs],
        "widgets_values": [] if values is None else values, **more,
    }  # fmt: skip


def canvas(nodes: list[dict[str, Any]], links: list[list[Any]], **more: Any) -> dict[str, Any]:
    """A canvas; links as [id, from, slot, to, slot, type]."""
    return {"last_node_id": 99, "last_link_id": 99, "nodes": nodes, "links": links, "version": 0.4, **more}


def default_canvas(
    positive: str = "a cat", negative: str = "blurry", lora: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The default graph as a canvas; `lora` stands between 4 and 3 (links 1 and 11)."""
    nodes = [
        cnode(4, "CheckpointLoaderSimple", [], [("MODEL", [1]), ("CLIP", [2, 3]), ("VAE", [7])], ["base.safetensors"]),
        cnode(5, "EmptyLatentImage", [], [("LATENT", [6])], [512, 768, 1]),
        cnode(6, "CLIPTextEncode", [("clip", "CLIP", 2)], [("CONDITIONING", [4])], [positive]),
        cnode(7, "CLIPTextEncode", [("clip", "CLIP", 3)], [("CONDITIONING", [5])], [negative]),
        cnode(
            3, "KSampler",
            [("model", "MODEL", 11 if lora else 1), ("positive", "CONDITIONING", 4), ("negative", "CONDITIONING", 5), ("latent_image", "LATENT", 6)],
            [("LATENT", [8])], [1, "randomize", 20, 7, "euler", "normal", 1],
        ),
        cnode(8, "VAEDecode", [("samples", "LATENT", 8), ("vae", "VAE", 7)], [("IMAGE", [9])]),
        cnode(9, "SaveImage", [("images", "IMAGE", 9)], [], ["ComfyUI"]),
    ]  # fmt: skip
    links = [
        [1, 4, 0, 10 if lora else 3, 0, "MODEL"], [2, 4, 1, 6, 0, "CLIP"], [3, 4, 1, 7, 0, "CLIP"], [4, 6, 0, 3, 1, "CONDITIONING"],
        [5, 7, 0, 3, 2, "CONDITIONING"], [6, 5, 0, 3, 3, "LATENT"], [7, 4, 2, 8, 1, "VAE"], [8, 3, 0, 8, 0, "LATENT"], [9, 8, 0, 9, 0, "IMAGE"],
    ]  # fmt: skip
    if lora:
        nodes.append(lora)
        links.append([11, 10, 0, 3, 0, "MODEL"])
    return canvas(nodes, links)


def decode(prompt: Any = None, workflow: Any = None, limits: Limits = DEFAULT_LIMITS) -> Generation:
    """The generation of graphs given as objects or as texts."""
    generation, _ = both(prompt, workflow, limits)
    assert generation is not None
    return generation


def both(
    prompt: Any = None, workflow: Any = None, limits: Limits = DEFAULT_LIMITS
) -> tuple[Generation | None, list[str]]:
    """The generation and the codes of the problems."""
    generation, problems = decode_graph(
        _text(prompt), _text(workflow), "png:tEXt/prompt", limits, workflow_locator="png:tEXt/workflow"
    )
    return generation, [problem.code for problem in problems]


def _text(graph: Any) -> str | None:
    return graph if graph is None or isinstance(graph, str) else json.dumps(graph)


def texts(generation: Generation) -> list[tuple[str, str]]:
    """(role, text), and the state where it is not `used`."""
    return [(p.role, p.text) if p.state == "used" else (p.role, p.text, p.state) for p in generation.prompts]  # type: ignore[misc]


def models(generation: Generation, *kinds: str) -> list[tuple[Any, ...]]:
    """(name, weight, state) of the models of a kind."""
    return [(r.name, r.weight, r.state) for r in generation.resources if r.kind in (kinds or ("lora",))]
