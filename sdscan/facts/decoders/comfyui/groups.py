"""Group nodes (`workflow>NAME`), the forerunners of sub-graphs → a sub-graph definition, so that one reader does for both.

The definition stands in `extra.groupNodes`: nodes by `index`, links `[from, slot, to, slot, …]`. The instance has the inputs and outputs
that are open inside, in the order of the inner nodes, and all their widget values in one list (ComfyUI frontend, groupNode.ts).
"""

from __future__ import annotations

from sdscan.facts.decoders.comfyui.raw import JsonObject, integer, list_of, objects, slot_type


def group_nodes(data: JsonObject) -> dict[str, JsonObject]:
    """Definitions by name."""
    extra = data.get("extra")
    groups = extra.get("groupNodes") if isinstance(extra, dict) else None
    return {name: item for name, item in groups.items() if isinstance(item, dict)} if isinstance(groups, dict) else {}


def as_subgraph(group: JsonObject, instance: JsonObject) -> JsonObject:
    """The inside of one instance: nodes with ids by index, links as objects, ends as -10 and -20."""
    nodes = [dict(node) for node in objects(group.get("nodes"))]
    links: list[object] = []
    linked_in: dict[tuple[int, int], int] = {}
    linked_out: set[tuple[int, int]] = set()
    for item in list_of(group.get("links")):
        if isinstance(item, list) and len(item) >= 4 and isinstance(item[0], int) and isinstance(item[2], int):
            origin, slot, target, into = item[0], integer(item[1]), item[2], integer(item[3])
            links.append(
                {"id": len(links), "origin_id": origin, "origin_slot": slot, "target_id": target, "target_slot": into}
            )
            linked_in[target, into] = len(links) - 1
            linked_out.add((origin, slot))
    for item in list_of(group.get("external")):
        if isinstance(item, list) and len(item) >= 2:
            linked_out.discard((integer(item[0]), integer(item[1])))
    _connect(nodes, instance, links, linked_in, linked_out)
    _share_values(nodes, list_of(instance.get("widgets_values")))
    return {"nodes": nodes, "links": links, "inputs": []}


def _connect(
    nodes: list[JsonObject],
    instance: JsonObject,
    links: list[object],
    linked_in: dict[tuple[int, int], int],
    linked_out: set[tuple[int, int]],
) -> None:
    """Number the inner nodes and tie what is open inside to the slots of the instance, in order and by type."""
    free_in = [(index, slot_type(entry)) for index, entry in enumerate(list_of(instance.get("inputs")))]
    free_out = [(index, slot_type(entry)) for index, entry in enumerate(list_of(instance.get("outputs")))]
    for number, node in enumerate(nodes):
        node["id"] = number
        inputs: list[object] = []
        for slot, entry in enumerate(objects(node.get("inputs"))):
            link: int | None = linked_in.get((number, slot))
            if link is None and "widget" not in entry:
                place = _take(free_in, slot_type(entry))
                if place >= 0:
                    links.append(
                        {
                            "id": len(links),
                            "origin_id": -10,
                            "origin_slot": place,
                            "target_id": number,
                            "target_slot": slot,
                        }
                    )
                    link = len(links) - 1
            inputs.append({**entry, "link": link})
        node["inputs"] = inputs
        for slot, entry in enumerate(objects(node.get("outputs"))):
            if (number, slot) not in linked_out:
                place = _take(free_out, slot_type(entry))
                if place >= 0:
                    links.append(
                        {
                            "id": len(links),
                            "origin_id": number,
                            "origin_slot": slot,
                            "target_id": -20,
                            "target_slot": place,
                        }
                    )


def _take(free: list[tuple[int, str]], kind: str) -> int:
    """The first open slot of the type, taken out of the list; -1 where there is none."""
    for at, (index, other) in enumerate(free[:64]):
        if other == kind:
            del free[at]
            return index
    return -1


def _share_values(nodes: list[JsonObject], values: list[object]) -> None:
    """Give the inner nodes the values of the instance, where as many are there as the inner nodes have."""
    counts = [
        len(list_of(node.get("widgets_values"))) if isinstance(node.get("widgets_values"), list) else 0
        for node in nodes
    ]
    if not values or sum(counts) != len(values):
        if values:
            _share_by_type(nodes, values)
        return
    at = 0
    for node, count in zip(nodes, counts):
        if count:
            node["widgets_values"] = values[at : at + count]
            at += count


def _share_by_type(nodes: list[JsonObject], values: list[object]) -> None:
    """Some widgets are hidden: walk both lists together and take a value where it looks like the one it would replace."""
    at = 0
    for node in nodes:
        own = node.get("widgets_values")
        if not isinstance(own, list):
            continue
        shared = list(own)
        for index, value in enumerate(own):
            if at < len(values) and _alike(value, values[at]):
                shared[index] = values[at]
                at += 1
        node["widgets_values"] = shared


def _alike(a: object, b: object) -> bool:
    if isinstance(a, bool) or isinstance(b, bool):
        return isinstance(a, bool) and isinstance(b, bool)
    if isinstance(a, int | float) and isinstance(b, int | float):
        return True
    if not isinstance(a, str) or not isinstance(b, str):
        return False
    return a == b or _form(a) == _form(b) or (_form(a) == "text" and _form(b) == "word")


def _form(text: str) -> str:
    """A rough likeness: a model file, a word of a menu, a written text."""
    if text.lower().endswith((".safetensors", ".ckpt", ".pt", ".pth", ".gguf", ".bin", ".sft")):
        return "file"
    return "word" if len(text) < 24 and "," not in text and " " not in text.strip() and text else "text"
