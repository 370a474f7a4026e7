"""What Civitai's own generator puts beside the nodes of a graph: `extra.airs` and `extraMetadata` → prompts, models, settings."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from sdscan.facts.decoders.comfyui.generic import as_number
from sdscan.facts.decoders.comfyui.raw import JsonObject, list_of, objects, text_of
from sdscan.facts.decoders.comfyui.references import named
from sdscan.facts.decoders.found import dict_at
from sdscan.facts.text import scalar
from sdscan.records import Prompt, Resource

_AIRS = 200
"""Models that are taken from `extra.airs`."""


class Extra(Struct):
    """What `extraMetadata` says: the request that the graph was made for, or the one of the picture that it enlarges."""

    prompts: list[Prompt] = field(default_factory=list)
    parameters: dict[str, str] = field(default_factory=dict)
    weights: dict[str, float | None] = field(default_factory=dict)
    """Model version id → weight."""


def extra_metadata(data: JsonObject, locator: str) -> Extra:
    """The prompts of the request; empty where the graph is not Civitai's."""
    found = Extra()
    if "extraMetadata" not in data:
        return found
    request = dict_at(data, "extraMetadata")
    for key, role in (("prompt", "positive"), ("negativePrompt", "negative")):
        text = request.get(key)
        if isinstance(text, str) and text.strip():
            found.prompts.append(
                Prompt("negative" if role == "negative" else "positive", scalar(text), f"{locator}#extraMetadata.{key}")
            )
    for item in objects(request.get("resources")):
        version = text_of(item.get("modelVersionId"))
        if version:
            found.weights[version] = as_number(item.get("strength"))
    if found.weights:
        found.parameters["Civitai model versions"] = ", ".join(found.weights)
    return found


def airs(data: JsonObject, extra: Extra, locator: str) -> Iterator[Resource]:
    """The models of `extra.airs`; those that a node names as well are told by the node."""
    inside = data.get("extra")
    if not isinstance(inside, dict):
        return
    nodes = {value for node in data.values() if isinstance(node, dict) for value in _texts(node.get("inputs"))}
    for index, air in enumerate(list_of(inside.get("airs"))[:_AIRS]):
        if isinstance(air, str) and air not in nodes and air[:8].lower() == "urn:air:":
            item = named("checkpoint", air, f"{locator}#extra.airs[{index}]", None, "used")
            yield named(item.kind, air, item.locator, extra.weights.get(item.version_id or ""), "used")


def _texts(inputs: object) -> Iterator[str]:
    for value in inputs.values() if isinstance(inputs, dict) else ():
        if isinstance(value, str):
            yield value
