"""ComfyUI: the graph that made a picture → a Generation. Enters the text of `prompt` and `workflow`, leaves records.

text → reading.py → JSON → graph.py / canvas.py → nodes → reach.py → texts.py, references.py, sampling.py → Generation
"""

from __future__ import annotations

from sdscan.facts.decoders.comfyui.canvas import from_canvas
from sdscan.facts.decoders.comfyui.graph import Graph, from_api
from sdscan.facts.decoders.comfyui.reach import walk
from sdscan.facts.decoders.comfyui.references import named, references
from sdscan.facts.decoders.comfyui.tags import tags_in
from sdscan.facts.decoders.comfyui.texts import prompts
from sdscan.facts.decoders.found import as_dict, json_object
from sdscan.limits import Limits
from sdscan.records import Generation, Problem, Prompt, Resource

__all__ = ["decode_graph"]


def decode_graph(
    prompt: str | None, workflow: str | None, locator: str, limits: Limits, *, workflow_locator: str = ""
) -> tuple[Generation | None, tuple[Problem, ...]]:
    """What the graph says; None where neither text is one.

    `prompt` is the API graph (what was executed), `workflow` the canvas; each may be missing or garbage.
    """
    data, problem = json_object(prompt, locator, limits)
    problems = (problem,) if problem else ()
    if data is not None:
        data = as_dict(data.get("prompt")) or data
        graph = from_api(data, limits.nodes)
        if graph:
            return _generation(graph, locator, limits, canvas_only=False), problems
    data, problem = json_object(workflow, workflow_locator, limits)
    if data is not None and "nodes" in data:
        graph = from_canvas(data, limits)
        return _generation(graph, workflow_locator or locator, limits, canvas_only=True), problems
    return None, problems


def _generation(graph: Graph, locator: str, limits: Limits, *, canvas_only: bool) -> Generation:
    reached = walk(graph)
    texts = prompts(graph, reached, locator, limits.prompts)
    found: dict[tuple[object, ...], Resource] = {}
    for item in (*references(graph, reached, locator), *_tags(texts)):
        found.setdefault((item.kind, item.name, item.weight, item.state), item)
    return Generation(
        "comfyui", locator, None, tuple(texts), tuple(found.values())[: limits.resources], {}, canvas_only=canvas_only
    )


def _tags(texts: list[Prompt]) -> list[Resource]:
    """Models that the texts name. A LoRA tag in a negative prompt is not loaded."""
    return [
        named(
            tag.kind,
            tag.raw,
            text.locator,
            tag.weight,
            "unused" if tag.weight == 0 or (text.role == "negative" and tag.kind == "lora") else "used",
        )
        for text in texts
        for tag in tags_in(text.text)
    ]
