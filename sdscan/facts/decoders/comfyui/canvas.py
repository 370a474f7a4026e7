"""The canvas form (`workflow`) → the same nodes as the executed form. Enters JSON, leaves a Graph with ids like `30:8`.

What the editor does before it queues a run is done here: sub-graphs and group nodes are opened, reroutes, primitives, Get/Set
and broadcasts are followed, muted nodes cut and bypassed ones bridged (ComfyUI frontend, graphToPrompt, 1.16 to 1.48).
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from sdscan.facts.decoders.comfyui.broadcasts import Broadcasts, broadcasts, reaches
from sdscan.facts.decoders.comfyui.graph import Graph, Link, Node
from sdscan.facts.decoders.comfyui.groups import as_subgraph, group_nodes
from sdscan.facts.decoders.comfyui.raw import JsonObject, integer, list_of, objects, slot_type, text_of
from sdscan.facts.decoders.comfyui.widgets import Values, name_widgets, proxied_widgets, widgets_of
from sdscan.facts.text import scalar
from sdscan.limits import Limits

INPUT_END, OUTPUT_END = "-10", "-20"
"""Ids by which the links of a sub-graph mean its own inputs and outputs."""
_LONGEST_ID = 40
"""Characters of an id: a uuid has 36, and ids of sub-graphs are put one after the other."""
_LINK_KEYS = ("id", "origin_id", "origin_slot", "target_id", "target_slot")
_NEVER, _BYPASS = 2, 4
"""Values of `mode`."""
_NOTES = frozenset(("Note", "MarkdownNote", "Label (rgthree)", "Bookmark (rgthree)", "workflow/Note", "Note _O"))
_REROUTES = frozenset(("Reroute", "Reroute (rgthree)", "ReroutePrimitive|pysssss", "Reroute (pysssss)"))
_SETS = frozenset(("SetNode", "easy setNode"))
_GETS = frozenset(("GetNode", "easy getNode"))

RawLink = tuple[str, int]
"""(origin id inside its scope, origin slot)."""


class Scope(Struct):
    """One level of the canvas: the top, or the inside of one sub-graph instance."""

    prefix: str
    """Put before the ids of its nodes: empty at the top, `30:` inside the instance 30."""
    depth: int
    definition: JsonObject
    links: dict[int, RawLink] = field(default_factory=dict)
    outs: dict[int, RawLink] = field(default_factory=dict)
    """Output slot of the instance → what feeds it."""
    ins: dict[int, tuple[int, str]] = field(default_factory=dict)
    """Input slot of the definition → place and name of the instance's input (a user may have reordered them)."""
    proxied: dict[str, list[tuple[str, Literal]]] = field(default_factory=dict)
    """Inner node id → values of its widgets that stand in the instance (`properties.proxyWidgets`)."""
    parent: Box | None = None
    dead: bool = False
    """True where the instance, or one around it, is muted or bypassed."""


class Box(Struct):
    """One node as it stands on the canvas."""

    id: str
    type: str
    raw: JsonObject
    scope: Scope
    mode: int
    inner: Scope | None = None
    """The inside, where it is an instance of a sub-graph."""
    values: Values | None = None


class Literal(Struct, frozen=True):
    """A value that a link carries: what a primitive node or a widget of a sub-graph instance holds."""

    value: object
    place: str
    """`#30.widgets_values[0]`."""


class Hop(Struct, frozen=True):
    """Not the end yet: go on at this link."""

    scope: Scope
    link: RawLink


_ITEMS = 5
"""Links, slots and values for each node of `limits.nodes`: the largest real graph has 14,000 in all."""
_DEEPEST = 16
"""Levels of sub-graphs: real ones nest 4 deep, and the id of a node grows with each."""

Boxes = dict[str, Box]
Source = Link | Literal | None


def from_canvas(data: JsonObject, limits: Limits) -> tuple[Graph, bool]:
    """(nodes, whether that is all of them): at most `limits.nodes`; muted and bypassed ones have the state `unused`."""
    boxes, whole = _expand(data, limits)
    wires = _Wires(
        boxes, broadcasts(data, ((box.id, box.type, box.raw) for box in boxes.values() if not box.scope.prefix))
    )
    graph: Graph = {}
    for box in boxes.values():
        if (
            box.inner is None
            and box.type not in _NOTES
            and box.type not in _REROUTES
            and box.type not in _SETS
            and box.type not in _GETS
        ):
            graph[box.id] = _node(box, wires)
    return graph, whole


def is_canvas(data: JsonObject) -> bool:
    """True for the canvas form."""
    nodes = data.get("nodes")
    return (
        isinstance(nodes, list) and len(nodes) > 0 and ("links" in data or "last_node_id" in data or _is_node(nodes[0]))
    )


def _is_node(item: object) -> bool:
    return (
        isinstance(item, dict)
        and "type" in item
        and ("widgets_values" in item or "inputs" in item or "outputs" in item)
    )


# ---- opening -----------------------------------------------------------------------------------------------


def _expand(data: JsonObject, limits: Limits) -> tuple[Boxes, bool]:
    """All nodes of all levels by their full id, and whether there were not too many."""
    definitions = _definitions(data)
    groups = group_nodes(data)
    boxes: Boxes = {}
    room = limits.nodes * _ITEMS - _weight(data)
    waiting = [_scope(data, "", 0, None, False)]
    while waiting:
        scope = waiting.pop()
        for raw in objects(scope.definition.get("nodes")):
            if len(boxes) >= limits.nodes:
                return boxes, False
            box = Box(
                scope.prefix + text_of(raw.get("id")), text_of(raw.get("type")), raw, scope, integer(raw.get("mode"))
            )
            if box.id in boxes:  # damaged: no link can mean this one, but its text is there
                box.id = f"{box.id}~{len(boxes)}"
            boxes[box.id] = box
            definition = definitions.get(box.type)
            group = groups.get(box.type[9:]) if box.type[:9] in ("workflow>", "workflow/") else None
            if definition is None and group is None:
                continue
            room -= _weight(definition or group or {}) + _weight(raw)
            if room < 0:
                return boxes, False
            if definition is None and group is not None:
                definition = as_subgraph(group, raw)
            if definition is not None and scope.depth < min(limits.depth, _DEEPEST):
                box.inner = _scope(
                    definition, box.id + ":", scope.depth + 1, box, scope.dead or box.mode in (_NEVER, _BYPASS)
                )
                waiting.append(box.inner)
    return boxes, True


def _weight(definition: JsonObject) -> int:
    """How many links, slots and values are gone through to open one level; small files must not unfold into large ones."""
    parts = [
        definition.get("links"),
        definition.get("inputs"),
        definition.get("outputs"),
        definition.get("widgets_values"),
    ]
    for node in objects(definition.get("nodes")):
        parts += [node.get("inputs"), node.get("outputs"), node.get("widgets_values")]
    return sum(len(part) for part in parts if isinstance(part, list | dict))


def _definitions(data: JsonObject) -> dict[str, JsonObject]:
    """Sub-graphs by uuid. Newer canvases keep nested ones in the same list, older ones inside each other."""
    found: dict[str, JsonObject] = {}
    extra = data.get("extra")
    waiting = [data, extra] if isinstance(extra, dict) else [data]
    while waiting:
        inside = waiting.pop().get("definitions")
        for item in objects(inside.get("subgraphs")) if isinstance(inside, dict) else ():
            name = text_of(item.get("id"))
            if name and name not in found:
                found[name] = item
                waiting.append(item)
    return found


def _scope(definition: JsonObject, prefix: str, depth: int, parent: Box | None, dead: bool) -> Scope:
    """A level with its links: lists of six at the top, objects inside sub-graphs (schema 0.4 and 1)."""
    scope = Scope(prefix, depth, definition, parent=parent, dead=dead)
    if parent is not None:
        places = {text_of(item.get("name")): place for place, item in enumerate(objects(parent.raw.get("inputs")))}
        for slot, item in enumerate(objects(definition.get("inputs"))):
            name = scalar(text_of(item.get("name")))
            scope.ins[slot] = (places.get(name, slot), name)
        for inner, name, value, at in proxied_widgets(parent.raw):
            scope.proxied.setdefault(inner, []).append((name, Literal(value, f"#{parent.id}.widgets_values[{at}]")))
    if "links" not in definition:
        _links_of_outputs(scope)
    for link in list_of(definition.get("links")):
        if isinstance(link, dict):
            link = [link.get(key) for key in _LINK_KEYS]
        if not isinstance(link, list) or len(link) < 5:
            continue
        number, origin, slot, target, into = link[:5]
        source = (text_of(origin), integer(slot))
        scope.links[integer(number)] = source
        if text_of(target) == OUTPUT_END:
            scope.outs[integer(into)] = source
    return scope


def _links_of_outputs(scope: Scope) -> None:
    """A canvas that is cut lacks its links, but the outputs of its nodes name them too."""
    for node in objects(scope.definition.get("nodes")):
        for slot, output in enumerate(objects(node.get("outputs"))):
            for number in list_of(output.get("links")):
                if isinstance(number, int):
                    scope.links[number] = (text_of(node.get("id")), slot)


# ---- following links ---------------------------------------------------------------------------------------


class _Wires:
    """Where each link ends up, each worked out once."""

    def __init__(self, boxes: Boxes, broadcast: Broadcasts) -> None:
        self.boxes = boxes
        self.broadcast = broadcast
        self._known: dict[tuple[str, RawLink], Source] = {}
        self._set: dict[tuple[str, str], Box] = {}
        for box in boxes.values():
            if box.type in _SETS:
                name = _first_widget(box)
                self._set.setdefault((box.scope.prefix, name), box)
                self._set.setdefault(("", name), box)

    def source(self, scope: Scope, link: RawLink) -> Source:
        """The node (or value) at the far end of a link; None where nothing comes in, and for a link that runs in a circle."""
        path: dict[tuple[str, RawLink], None] = {}
        step: Hop | Source = Hop(scope, link)
        while isinstance(step, Hop):
            key = (step.scope.prefix, step.link)
            if key in self._known or key in path:
                step = self._known.get(key)
                break
            path[key] = None
            step = self._step(step.scope, step.link)
        for key in path:
            self._known[key] = step
        return step

    def _step(self, scope: Scope, link: RawLink) -> Hop | Source:
        origin, slot = link
        if origin == INPUT_END:
            return self._outside(scope, slot)
        box = self.boxes.get(scope.prefix + origin)
        if box is None or box.mode == _NEVER:
            return None
        if box.mode == _BYPASS:
            return _through(box, _bridge(box, slot))
        if box.inner is not None:
            inner = box.inner.outs.get(slot)
            return None if inner is None else Hop(box.inner, inner)
        if box.type in _REROUTES:
            return _through(box, 0)
        if box.type == "PrimitiveNode":
            values = list_of(box.raw.get("widgets_values"))
            return Literal(values[0], f"#{box.id}.widgets_values[0]") if values else None
        if box.type in _GETS:
            name = _first_widget(box)
            setter = self._set.get((scope.prefix, name)) or self._set.get(("", name))
            return None if setter is None or setter.mode == _NEVER else _through(setter, 0)
        return box.id, slot

    def _outside(self, scope: Scope, slot: int) -> Hop | Source:
        """What an instance is given from outside: a link, else the value of its own widget."""
        box = scope.parent
        if box is None:
            return None
        index, name = scope.ins.get(slot, (slot, ""))
        through = _through(box, index)
        if through is not None:
            return through
        values = values_of(box)
        return Literal(values.values[name], _at(box, values.places[name])) if name in values.values else None


def _through(box: Box, index: int) -> Hop | None:
    """The link that comes in by an input of a box."""
    inputs = list_of(box.raw.get("inputs"))
    entry = inputs[index] if 0 <= index < len(inputs) else None
    number = entry.get("link") if isinstance(entry, dict) else None
    link = box.scope.links.get(number) if isinstance(number, int) else None
    return None if link is None else Hop(box.scope, link)


def _bridge(box: Box, slot: int) -> int:
    """The input that a bypassed node passes on by an output: the same place if the type fits, else the first one of that type."""
    inputs = list_of(box.raw.get("inputs"))
    outputs = list_of(box.raw.get("outputs"))
    wanted = slot_type(outputs[slot]) if 0 <= slot < len(outputs) else ""
    order = [slot, *range(len(inputs))]
    return next((i for i in order if 0 <= i < len(inputs) and slot_type(inputs[i]) in (wanted, "*") and wanted), -1)


# ---- nodes -------------------------------------------------------------------------------------------------


def values_of(box: Box) -> Values:
    """The named widget values of a box."""
    if box.values is None:
        box.values = widgets_of(box.raw) if box.inner is not None else name_widgets(box.type, box.raw)
        for name, literal in box.scope.proxied.get(text_of(box.raw.get("id")), ()):
            box.values.put(name, literal.value, literal.place)
    return box.values


def _at(box: Box, place: str) -> str:
    """A place that tells its node as well."""
    return place if place.startswith("#") else f"#{box.id}.{place}"


def _node(box: Box, wires: _Wires) -> Node:
    named = values_of(box)
    node = Node(
        scalar(box.id),
        scalar(box.type),
        dict(named.values),
        {},
        dict(named.places),
        guessed=named.guessed,
        vague=named.vague,
    )
    if box.scope.dead or box.mode in (_NEVER, _BYPASS):
        node.state = "unused"
    outputs = box.raw.get("outputs")
    node.ends = not outputs if isinstance(outputs, list) or outputs is None else None
    for index, name, source in _incoming(box, wires):
        if isinstance(source, Literal):
            node.values[name] = source.value
            node.places[name] = source.place
        elif source is not None:
            node.links[name or f"input_{index}"] = source
            node.values.pop(name, None)
    return node


def _incoming(box: Box, wires: _Wires) -> Iterator[tuple[int, str, Source]]:
    """(place, name, source) of every input that something comes in by; a broadcast fills what is not linked."""
    for index, entry in enumerate(list_of(box.raw.get("inputs"))):
        if not isinstance(entry, dict):
            continue
        name = scalar(text_of(entry.get("name")))
        number = entry.get("link")
        link = box.scope.links.get(number) if isinstance(number, int) else None
        if link is not None:
            yield index, name, wires.source(box.scope, link)
        elif not box.scope.prefix and "widget" not in entry:
            sent = reaches(wires.broadcast, box.id, index, name, slot_type(entry))
            if sent is not None:
                yield index, name, wires.source(box.scope, sent)


def _first_widget(box: Box) -> str:
    values = box.raw.get("widgets_values")
    first = (
        values[0] if isinstance(values, list) and values else values.get("key") if isinstance(values, dict) else None
    )
    return text_of(first)
