"""Both texts of a picture → one Generation: which of them counts, and what the other one adds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from msgspec import Struct, field

from sdscan.facts.decoders.comfyui.canvas import from_canvas, is_canvas
from sdscan.facts.decoders.comfyui.civitai import airs, extra_metadata
from sdscan.facts.decoders.comfyui.graph import Graph, from_api
from sdscan.facts.decoders.comfyui.joins import RESULTS
from sdscan.facts.decoders.comfyui.pictures import pictures
from sdscan.facts.decoders.comfyui.raw import JsonObject
from sdscan.facts.decoders.comfyui.reach import walk, walk_idle
from sdscan.facts.decoders.comfyui.reading import read_graph
from sdscan.facts.decoders.comfyui.references import named, references
from sdscan.facts.decoders.comfyui.sampling import parameters
from sdscan.facts.decoders.comfyui.strings import result_of
from sdscan.facts.decoders.comfyui.tags import tags_in
from sdscan.facts.decoders.comfyui.texts import Met, prompts
from sdscan.limits import Limits
from sdscan.patterns import pattern
from sdscan.records import Generation, Problem, Resource, State

_T = TypeVar("_T")
Decoded = tuple[Generation | None, tuple[Problem, ...]]

_CORE = pattern(r'"comfy-core"\s*,\s*"ver"\s*:\s*"(\d[\w.+-]{0,20})"')
_SWITCHED_OFF = pattern(r'"mode"\s*:\s*[24]\b')
_VERSIONS = 64
"""Nodes whose version is compared."""


class _Texts(Struct):
    """What came in, and what has been read of it."""

    executed: Graph
    data: JsonObject
    """The executed form as JSON."""
    canvas: JsonObject | None
    """The canvas as JSON, where it has been read."""
    workflow: str
    """Its text."""
    locator: str
    workflow_locator: str
    limits: Limits
    cut: bool = False
    """True where the executed form is not whole."""
    problems: list[Problem] = field(default_factory=list)


def decode(prompt: str | None, workflow: str | None, locator: str, limits: Limits, workflow_locator: str) -> Decoded:
    """See decode_graph."""
    read = read_graph(prompt, locator, limits)
    texts = _Texts({}, {}, None, workflow or "", locator, workflow_locator or locator, limits, read.cut)
    if read.problem is not None:
        texts.problems.append(read.problem)
    if read.data is not None and is_canvas(read.data):
        texts.canvas, texts.workflow_locator = read.data, locator
    elif read.data is not None:
        texts.data, texts.canvas = _unwrapped(read.data)
        texts.executed = from_api(texts.data, limits.nodes)
        if len(texts.executed) < min(len(texts.data), limits.nodes + 1) and len(texts.executed) >= limits.nodes:
            texts.problems.append(
                Problem("limit-nodes", f"the graph at {locator} has more than {limits.nodes:,} nodes")
            )
    if not texts.executed or texts.cut:
        _read_canvas(texts)
    if not texts.executed and texts.canvas is None:
        return None, tuple(texts.problems)
    generation = _generation(texts)
    return generation, tuple(texts.problems)


def _unwrapped(data: JsonObject) -> tuple[JsonObject, JsonObject | None]:
    """(graph, canvas) of `{"prompt": …, "workflow": …}` and of the body of a request to `/prompt`; else the data itself."""
    for key in ("prompt", "output"):
        inside = data.get(key)
        if isinstance(inside, dict) and "class_type" not in inside:
            workflow = data.get("workflow")
            extra = data.get("extra_data")
            info = extra.get("extra_pnginfo") if isinstance(extra, dict) else None
            if isinstance(info, dict):
                workflow = info.get("workflow", workflow)
            return inside, workflow if isinstance(workflow, dict) and is_canvas(workflow) else None
    return data, None


def _read_canvas(texts: _Texts) -> JsonObject | None:
    """The canvas as JSON, read when it is first asked for."""
    if texts.canvas is None and texts.workflow:
        read = read_graph(texts.workflow, texts.workflow_locator, texts.limits)
        texts.workflow = ""
        if read.problem is not None:
            texts.problems.append(read.problem)
        if read.data is not None:
            data = read.data
            inside = data.get("workflow")
            data = inside if isinstance(inside, dict) and not is_canvas(data) else data
            texts.canvas = data if is_canvas(data) else None
            if texts.canvas is None and not texts.executed:
                texts.executed, texts.data, texts.locator = (
                    from_api(data, texts.limits.nodes),
                    data,
                    texts.workflow_locator,
                )
    return texts.canvas


def _generation(texts: _Texts) -> Generation:
    limits = texts.limits
    version = _version(texts)
    graph = texts.executed
    locator = texts.locator
    canvas_only = not graph
    if canvas_only or texts.cut:
        graph = _with_canvas(texts)
        locator = texts.workflow_locator if canvas_only else locator
    else:
        _fill_results(texts)
    reached = walk(graph)
    idle = walk_idle(graph, reached) if len(reached) < len(graph) else {}
    met = _limited(prompts(graph, reached, idle, locator), limits.prompts, "prompts", texts)
    found = [item.prompt for item in met]
    settings = parameters(graph, reached)
    extra = extra_metadata(texts.data, locator)
    found += [item for item in extra.prompts if all(item.text != other.text for other in found)]
    models = _unique(
        (
            *references(graph, reached, locator),
            *_tags(met),
            *pictures(graph, reached, locator),
            *_switched_off(texts),
            *airs(texts.data, extra, locator),
        )
    )
    resources = _limited(models, limits.resources, "models", texts)
    return Generation(
        "comfyui",
        locator,
        version,
        tuple(found),
        tuple(resources),
        {**extra.parameters, **settings},
        canvas_only=canvas_only,
    )


def _limited(items: Iterable[_T], most: int, what: str, texts: _Texts) -> list[_T]:
    found = list(islice(items, most + 1))
    if len(found) > most:
        texts.problems.append(Problem(f"limit-{what}", f"the graph at {texts.locator} names more than {most:,} {what}"))
    return found[:most]


def _with_canvas(texts: _Texts) -> Graph:
    """The canvas, and over it what could be read of the executed form."""
    if texts.canvas is None:
        return texts.executed
    graph, whole = from_canvas(texts.canvas, texts.limits)
    if not whole:
        texts.problems.append(
            Problem("limit-nodes", f"the graph at {texts.workflow_locator} has more than {texts.limits.nodes:,} nodes")
        )
    for node in graph.values():
        node.base = texts.workflow_locator
    for node in texts.executed.values():
        below = graph.get(node.id)
        if below is not None and (not node.type or not node.links):
            node.type, node.links = node.type or below.type, below.links
        graph[node.id] = node
    return graph


def _fill_results(texts: _Texts) -> None:
    """Give nodes that show a text what they showed: the canvas keeps it (pysssss writes it there while the run goes on)."""
    wanting = [node for node in texts.executed.values() if node.type in RESULTS and not result_of(node)[0]]
    canvas = _read_canvas(texts) if wanting else None
    if canvas is None:
        return
    shown, _ = from_canvas(canvas, texts.limits)
    for node in wanting:
        source = shown.get(node.id)
        name, text = result_of(source) if source is not None else ("", "")
        if source is not None and name and name not in node.values and name not in node.links:
            node.values[name] = text
            node.places[name] = "=" + texts.workflow_locator + f"#{node.id}.{source.places.get(name, name)}"


def _switched_off(texts: _Texts) -> Iterator[Resource]:
    """LoRAs and embeddings of nodes that are muted or bypassed on the canvas, where the executed form is known as well."""
    if not texts.executed or texts.cut or (texts.canvas is None and not _SWITCHED_OFF.search(texts.workflow)):
        return
    canvas = _read_canvas(texts)
    if canvas is None:
        return
    graph, _ = from_canvas(canvas, texts.limits)
    off = {node.id: node for node in graph.values() if node.state == "unused" and node.id not in texts.executed}
    yield from (
        item
        for item in references(off, {}, texts.workflow_locator)
        if item.kind in ("lora", "embedding", "hypernetwork")
    )


def _unique(items: Iterable[Resource]) -> Iterator[Resource]:
    """Each model once for each weight and state. A tag that perhaps loads what a node loads for certain tells nothing new."""
    seen: set[tuple[str, str, float | None, State]] = set()
    certain: set[tuple[str, str]] = set()
    for item in items:
        key = (item.kind, item.name, item.weight, item.state)
        if key in seen or (item.state == "possible" and (item.kind, item.name) in certain):
            continue
        seen.add(key)
        if item.state == "used":
            certain.add((item.kind, item.name))
        yield item


def _tags(met: list[Met]) -> Iterator[Resource]:
    """Models that the texts name. Embeddings work in every text; a LoRA tag only where a node loads it, and in no negative one."""
    for one in met:
        text = one.prompt
        for tag in tags_in(text.text):
            state = one.tags if tag.kind != "embedding" else "possible" if text.role == "template" else text.state
            yield named(tag.kind, tag.raw, text.locator, tag.weight, "unused" if tag.weight == 0 else state)


def _version(texts: _Texts) -> str | None:
    """The newest version of ComfyUI that a core node of the canvas was made with: a lower bound of the one that ran."""
    found: list[str] = []
    at = 0
    while len(found) < _VERSIONS and (at := texts.workflow.find('"comfy-core"', at)) >= 0:
        match = _CORE.match(texts.workflow, at)
        if match is not None:
            found.append(match[1])
        at += 12
    return max(found, key=_order, default=None)


def _order(version: str) -> list[int]:
    return [int(part) if part.isdecimal() and len(part) < 9 else 0 for part in version.split(".")]
