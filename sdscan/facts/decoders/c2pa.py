"""C2PA manifest store (binary JUMBF) → a summary: generator, actions, source types. Nothing here checks a signature.

JUMBF: ISO 19566-5, Annex A. C2PA 2.1: section 11 (manifests), 18.15 (actions), 10.2.1 (claim). The last manifest is the active one;
the ones before it are those of its ingredients.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from sdscan.facts.decoders.cbor import CborError, read_cbor
from sdscan.facts.decoders.found import NOTHING, Blobs, Found, as_dict, dicts_at, read_json, text_at
from sdscan.facts.text import scalar
from sdscan.limits import Limits
from sdscan.records import Disclosure, Generation, Problem

AI_TYPES = frozenset(
    (
        "trainedAlgorithmicMedia",
        "compositeWithTrainedAlgorithmicMedia",
        "algorithmicMedia",
        "compositeSynthetic",
        "algorithmicallyEnhanced",
    )
)
"""IPTC DigitalSourceType codes that speak of AI or of synthesis."""
_TRAINED = frozenset(("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"))
_MAKERS: tuple[tuple[str, str], ...] = (
    ("openai", "openai"), ("gpt-", "openai"), ("chatgpt", "openai"), ("dall-e", "openai"), ("dall·e", "openai"), ("dall\u2011e", "openai"),
    ("sora", "openai"), ("firefly", "firefly"), ("google", "google"), ("imagen", "google"), ("gemini", "google"),
    ("midjourney", "midjourney"), ("comfyui", "comfyui"), ("invokeai", "invokeai"), ("novelai", "novelai"), ("civitai", "civitai"),
)  # fmt: skip
"""Part of a generator's name, in lower case, and whose it is."""
_MOST = 20_000
"""CBOR values read of one box: real assertions have some hundred."""


class Manifest(Struct, gc=False):
    """What one manifest says, gathered while its boxes are walked."""

    label: str
    generators: list[str]
    agents: list[str]
    actions: list[str]
    types: list[str]
    notes: list[str]


def decode(blobs: Blobs, limits: Limits) -> Found:
    """The C2PA summary of a container, and the generation that it tells of where it names a generator of pictures."""
    found = [blob for blob in blobs.get("c2pa", ()) if blob.data]
    if not found:
        return NOTHING
    manifests: list[Manifest] = []
    problems: list[Problem] = []
    for blob in found:
        store, problem = read_store(blob.data, limits)
        manifests += store
        if problem is not None:
            problems.append(Problem("bad-c2pa", f"{blob.locator}: {problem}", blob.offset))
    generations = tuple(_generations(manifests, found[0].locator))
    return Found(generations, tuple(found), (), tuple(problems), Disclosure(None, summary(manifests)))


def summary(manifests: list[Manifest]) -> str:
    """One line for a report; the active manifest leads, the source types are those of all manifests."""
    active = manifests[-1] if manifests else None
    parts = []
    if active is not None:
        parts += _unique((*active.generators, *active.agents))[:4]
        actions = _unique(tuple(a.removeprefix("c2pa.") for m in manifests for a in m.actions))
        if actions:
            parts.append("actions: " + ", ".join(actions[:12]))
    types = _unique(tuple(t for m in manifests for t in m.types))
    if types:
        parts.append("source: " + ", ".join(types[:12]))
    return "; ".join([*(parts or ["manifest present"]), "not verified"])


def _unique(values: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(values))


def _generations(manifests: list[Manifest], locator: str) -> Iterator[Generation]:
    """A generator is named where a manifest says that AI made the picture, or part of it."""
    if not _TRAINED & {t for m in manifests for t in m.types}:
        return
    makers = [m for m in manifests if _TRAINED & set(m.types)]
    names = [name for m in makers for name in (*m.agents, *m.generators, *m.notes)]
    tool = next((tool for name in names for part, tool in _MAKERS if part in name.lower()), "unknown")
    software = _unique(tuple(name for m in makers for name in (*m.generators, *m.agents)))
    yield Generation(tool, locator, None, (), (), {"c2pa generator": ", ".join(software)} if software else {})


def read_store(data: bytes, limits: Limits) -> tuple[list[Manifest], str | None]:
    """The manifests in order, and a sentence where the bytes are damaged."""
    manifests: list[Manifest] = []
    problem: str | None = None
    for path, kind, body in _boxes(data, limits):
        if kind == "damaged":
            problem = "the boxes are damaged, the rest is not read"
            continue
        if len(path) < 2:
            continue
        if not manifests or manifests[-1].label != path[1]:
            manifests.append(Manifest(path[1], [], [], [], [], []))
        if kind in ("cbor", "json"):
            value, trouble = _content(kind, body, limits)
            problem = trouble or problem
            if isinstance(value, dict):
                _take(manifests[-1], path[-1], value, limits)
    return manifests, problem


def _content(kind: str, body: bytes, limits: Limits) -> tuple[object, str | None]:
    if kind == "json":
        value, problem = read_json(body.decode("utf-8", "replace"), "c2pa", limits)
        return value, problem.detail if problem else None
    try:
        return read_cbor(body, limits.depth, _MOST), None
    except CborError as error:
        return None, f"an assertion cannot be read: {error}"


def _boxes(data: bytes, limits: Limits) -> Iterator[tuple[tuple[str, ...], str, bytes]]:
    """(labels of the superboxes from the outside in, box type, content) of every content box, in order, without recursion."""
    stack: list[tuple[int, int, tuple[str, ...]]] = [(0, len(data), ())]
    seen = 0
    while stack:
        at, end, path = stack.pop()
        if at + 8 > end:
            continue
        length, kind, header = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if length == 1:
            length, header = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif length == 0:
            length = end - at
        seen += 1
        if length < header or seen > limits.chunks or len(path) > limits.depth:
            yield path, "damaged", b""
            return
        stop = at + length
        if stop > end:
            yield path, "damaged", b""
            stop = end
        stack.append((stop, end, path))
        if kind == b"jumb":
            label, inside = _label(data, at + header, stop)
            stack.append((inside, stop, (*path, label)))
        else:
            yield path, kind.decode("latin-1"), data[at + header : stop]


def _label(data: bytes, at: int, end: int) -> tuple[str, int]:
    """The label in the description box `jumd` that begins a superbox, and where its contents begin."""
    length = int.from_bytes(data[at : at + 4], "big")
    if data[at + 4 : at + 8] != b"jumd" or length < 25 or at + length > end:
        return "", at
    if not data[at + 24] & 2:
        return "", at + length
    return data[at + 25 : at + length].split(b"\0", 1)[0].decode("utf-8", "replace"), at + length


def _take(manifest: Manifest, label: str, value: dict[str, object], limits: Limits) -> None:
    """What one claim or assertion adds."""
    if label.startswith("c2pa.claim"):
        name = text_at(value, "claim_generator")
        infos = list(dicts_at(value, "claim_generator_info"))
        single = as_dict(value.get("claim_generator_info"))
        infos += [single] if single else []
        for info in infos:
            manifest.generators.append(scalar(f"{text_at(info, 'name')} {text_at(info, 'version')}".strip()))
        if name and not infos:
            manifest.generators.append(name)
    if label.startswith("c2pa.actions"):
        for action in dicts_at(value, "actions"):
            _take_action(manifest, action)
    for text in _strings(value, limits):
        if "digitalsourcetype/" in text:
            manifest.types.append(scalar(text.rstrip("/").rpartition("/")[2])[:80])


def _take_action(manifest: Manifest, action: dict[str, object]) -> None:
    name = text_at(action, "action")
    if name:
        manifest.actions.append(name[:80])
    agent = action.get("softwareAgent")
    agent_name = text_at(agent, "name") if isinstance(agent, dict) else agent
    if isinstance(agent_name, str) and agent_name:
        manifest.agents.append(scalar(agent_name)[:80])
    note = text_at(action, "description")
    if note:
        manifest.notes.append(note[:200])


def _strings(value: object, limits: Limits) -> Iterator[str]:
    """Every text inside a value, without recursion."""
    stack = [value]
    seen = 0
    while stack and seen < limits.nodes:
        value = stack.pop()
        seen += 1
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            stack += reversed(list(value.values()))
        elif isinstance(value, list):
            stack += reversed(value)
