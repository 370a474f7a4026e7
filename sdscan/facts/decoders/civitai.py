"""Civitai's own generator: a whole ComfyUI graph with `extra` and `extraMetadata` in UserComment → Generation.

Plain pictures of the site are infotext with `Civitai resources`; see networks.py.
"""

from __future__ import annotations

from msgspec.structs import replace

from sdscan.facts.decoders.civitai_resources import CIVITAI_KINDS
from sdscan.facts.decoders.draft import Draft
from sdscan.facts.decoders.found import Found, dict_at, dicts_at, list_at, number, settings, shown, text_at
from sdscan.facts.decoders.resources import Resources, add, by_key
from sdscan.limits import Limits
from sdscan.records import Generation, Resource


def from_json(data: dict[str, object], locator: str, limits: Limits) -> Found | None:
    """One Generation from the graph and the settings of the form."""
    from sdscan.facts.decoders.comfy import graph_found  # shapes.py imports both

    meta = dict_at(data, "extraMetadata")
    draft = Draft("civitai", locator)
    draft.prompt("positive", meta.get("prompt"), "extraMetadata.prompt")
    draft.prompt("negative", meta.get("negativePrompt"), "extraMetadata.negativePrompt")
    nodes = {key: value for key, value in data.items() if isinstance(value, dict) and "class_type" in value}
    graph = graph_found(shown(nodes), None, locator, limits) if nodes else Found()
    form = draft.done(None, settings(meta, "prompt", "negativePrompt"))
    generation = _merged(form, graph.generations[0] if graph.generations else None)
    resources = by_key(generation.resources)
    for index, entry in enumerate(dicts_at(meta, "resources")):
        _add_weight(resources, entry, f"{locator}#extraMetadata.resources[{index}]")
    known = {r.raw for r in resources.values()} | {r.version_id for r in resources.values()}
    for index, air in enumerate(list_at(dict_at(data, "extra"), "airs")):
        if isinstance(air, str) and air not in known and air.rpartition("@")[2] not in known:
            kind = CIVITAI_KINDS.get(air.split(":")[3].lower()) if air.count(":") >= 4 else None
            if kind is not None:
                version = air.rpartition("@")[2]
                add(resources, Resource(kind, air, air, locator=f"{locator}#extra.airs[{index}]", version_id=version))
    return Found((replace(generation, resources=tuple(resources.values())),), (), (), graph.problems)


def _merged(form: Generation, graph: Generation | None) -> Generation:
    """The graph was executed; the form says it in the user's words. Equal texts once."""
    if graph is None:
        return form
    texts = {(p.role, p.text.strip()) for p in graph.prompts}
    more = tuple(p for p in form.prompts if (p.role, p.text.strip()) not in texts)
    return replace(graph, tool="civitai", prompts=graph.prompts + more, parameters=graph.parameters | form.parameters)


def _add_weight(resources: Resources, entry: dict[str, object], locator: str) -> None:
    """`{"modelVersionId", "strength"}` tells neither kind nor name: it adds to the model that has this version id."""
    version, weight = str(entry.get("modelVersionId") or ""), number(entry.get("strength"))
    for key, item in resources.items():
        if version and version in (item.version_id or "", (item.raw or "").rpartition("@")[2]):
            strength = weight if item.weight is None and item.kind == "lora" else item.weight
            resources[key] = replace(item, weight=strength, version_id=item.version_id or version)
            return
    kind = CIVITAI_KINDS.get(text_at(entry, "type").lower())
    if kind is not None and version:
        name = text_at(entry, "modelName", "name") or version
        add(resources, Resource(kind, name, name, weight=weight, locator=locator, version_id=version))
