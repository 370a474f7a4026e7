"""Civitai's lists of resources (titles, version ids, AIR urns, weights) → resources, joined to the files that are named elsewhere."""

from __future__ import annotations

from sdscan.facts.decoders.found import number, text_at
from sdscan.facts.decoders.resources import Resources, add, key_of
from sdscan.records import Resource, ResourceKind, State

CIVITAI_KINDS: dict[str, ResourceKind] = {
    "checkpoint": "checkpoint", "model": "checkpoint", "lora": "lora", "lycoris": "lora", "locon": "lora", "dora": "lora",
    "embed": "embedding", "embedding": "embedding", "textualinversion": "embedding", "hypernet": "hypernetwork",
    "hypernetwork": "hypernetwork", "vae": "vae", "upscaler": "upscaler", "controlnet": "controlnet",
    "motionmodule": "checkpoint", "detection": "detector",
}  # fmt: skip
"""Resource types of Civitai, lower case."""


def add_civitai(found: Resources, entries: list[dict[str, object]], locator: str) -> None:
    """`[{"type", "weight", "modelVersionId", "modelName", "modelVersionName", "air", "hash"}]` → resources with version ids."""
    items = [item for item in (_civitai(entry, locator) for entry in entries) if item is not None]
    known = [r for r in found.values() if r.version_id is None and r.kind in ("lora", "checkpoint", "embedding")]
    for item in items:
        twin = _twin(item, items, known)
        if twin is not None:
            known.remove(twin)
            item = Resource(
                item.kind, twin.name, item.raw, item.hash, item.weight, item.state, None, locator, item.version_id
            )
        add(found, item)


def _civitai(entry: dict[str, object], locator: str) -> Resource | None:
    kind = CIVITAI_KINDS.get(text_at(entry, "type").lower().replace(" ", ""))
    air = text_at(entry, "air")
    if kind is None and air.count(":") >= 3:
        kind = CIVITAI_KINDS.get(air.split(":")[3].lower())
    version = id_text(entry.get("modelVersionId")) or (air.rpartition("@")[2] if "@" in air else None)
    name = text_at(entry, "modelName", "name", "modelVersionName") or air or (version or "")
    if kind is None or not name:
        return None
    weight = number(entry.get("weight", entry.get("strength")))
    digest = text_at(entry, "hash")
    state: State = "unused" if weight == 0 else "used"  # a title is no path: it keeps its slashes
    return Resource(kind, name, air or name, digest or None, weight, state, None, locator, version)


def _twin(item: Resource, items: list[Resource], known: list[Resource]) -> Resource | None:
    """The model already known by its file name that a titled resource is: the same hash, a like name, or the only one left of
    its kind on both sides."""
    same = [r for r in known if r.kind == item.kind]
    for other in same:
        if item.hash and other.hash and item.hash.lower()[:10] == other.hash.lower()[:10]:
            return other
    title = _letters(item.name)
    for other in same:
        name = _letters(other.name)
        if min(len(title), len(name)) >= 4 and (title in name or name in title):
            return other
    alone = len(same) == 1 and sum(1 for other in items if other.kind == item.kind) == 1
    if alone and (item.weight is None or same[0].weight is None or abs(item.weight - same[0].weight) < 1e-6):
        return same[0]
    return None


def _letters(name: str) -> str:
    return "".join(c for c in key_of(name) if c.isalnum())


def id_text(value: object) -> str | None:
    """A version id as text; writers have it as a number or as a text."""
    return str(value) if isinstance(value, int | str) and not isinstance(value, bool) and value else None
