"""Connections without a wire: "Anything Everywhere" (cg-use-everywhere) sends a value to every open input of its type.

The pack writes what it connected to `extra.ue_links`; where that is missing the nodes themselves tell. Entering a canvas, leaving a
look-up for open inputs. Inside sub-graphs the pack's links are not followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct, field

from sdscan.facts.decoders.comfyui.raw import JsonObject, integer, list_of, objects, slot_type, text_of
from sdscan.patterns import pattern

_SENDERS = pattern(r"^(?:Anything Everywhere.*|Prompts Everywhere|Seed Everywhere)$")
_POSITIVE = pattern(r"(?:_|\b)pos(?:itive|_|\b)|^prompt$", re.IGNORECASE)
_NEGATIVE = pattern(r"(?:_|\b)neg(?:ative|_|\b)", re.IGNORECASE)

Origin = tuple[str, int]


class Broadcasts(Struct):
    """What is sent to whom."""

    exact: dict[tuple[str, int], Origin] = field(default_factory=dict)
    """(node id, input place) → origin, as the pack wrote it."""
    by_type: dict[str, Origin] = field(default_factory=dict)
    positive: Origin | None = None
    negative: Origin | None = None


def broadcasts(data: JsonObject, nodes: Iterable[tuple[str, str, JsonObject]]) -> Broadcasts:
    """The broadcasts of the top level. `nodes`: (id, class, JSON)."""
    found = Broadcasts()
    extra = data.get("extra")
    for link in objects(extra.get("ue_links")) if isinstance(extra, dict) else ():
        target = (text_of(link.get("downstream")), integer(link.get("downstream_slot")))
        found.exact[target] = (text_of(link.get("upstream")), max(integer(link.get("upstream_slot")), 0))
    if found.exact:
        return found
    links: dict[int, Origin] | None = None
    for _, kind, raw in nodes:
        if integer(raw.get("mode")) in (2, 4) or not _SENDERS.match(kind):
            continue
        if links is None:
            links = {
                integer(item[0]): (text_of(item[1]), integer(item[2]))
                for item in list_of(data.get("links"))
                if isinstance(item, list) and len(item) > 2
            }
        _send(found, kind, raw, links)
    return found


def _send(found: Broadcasts, kind: str, raw: JsonObject, links: dict[int, Origin]) -> None:
    for index, entry in enumerate(objects(raw.get("inputs"))):
        number = entry.get("link")
        origin = links.get(number) if isinstance(number, int) else None
        if origin is None:
            continue
        if kind == "Prompts Everywhere":
            if index == 0:
                found.positive = origin
            else:
                found.negative = origin
        elif kind != "Anything Everywhere?":  # that one picks its targets by patterns of its own
            found.by_type.setdefault(slot_type(entry), origin)


def reaches(found: Broadcasts, node: str, index: int, name: str, kind: str) -> Origin | None:
    """What is sent to an open input, if anything."""
    if found.exact:
        return found.exact.get((node, index))
    if kind == "CONDITIONING" and (found.positive or found.negative):
        if _NEGATIVE.search(name):
            return found.negative
        if _POSITIVE.search(name):
            return found.positive
    return found.by_type.get(kind) if found.by_type and kind not in ("", "*") else None
