"""Facts of one file → a tree for a person: container → blobs → generations → models, with sizes and places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sdscan.branches import DEEP, Branch, drawn, hung, paragraph
from sdscan.facts.decoders.c2pa_signature import NOT_VERIFIED
from sdscan.model_tree import model_branch
from sdscan.records import Blob, Container, FileFacts, Generation, Prompt, Resource
from sdscan.terminal import Line, cells, cut, safe

_LINES, _FEW = 6, 3
"""Lines of a prompt, and of other values, that are shown without --raw."""
_MARKS = (("iptc", "IPTC source type"), ("c2pa", "C2PA"), ("aigc", "AIGC label"))


def inspect_lines(
    path: str, facts: FileFacts, container: Container, *, size: int = 0, raw: bool = False, width: int = 80
) -> Iterator[Line]:
    """The whole file as lines. `size`: bytes of the file; `raw`: every text in full, and the metadata as it is stored."""
    yield [(safe(path), "path")]
    branches = [_container(facts, container, size, raw, width - DEEP)]
    branches += [_generation(generation, raw, width - DEEP) for generation in facts.generations]
    branches += _marks(facts, raw, width - DEEP)
    branches += _others(facts, raw, width - DEEP)
    if facts.model is not None:
        branches.append(model_branch(facts.model, raw, width - DEEP))
    yield from drawn(branches)
    yield []


# ---- container and blobs -----------------------------------------------------------------------------------------


def _container(facts: FileFacts, container: Container, size: int, raw: bool, width: int) -> Branch:
    notes = [
        f"{facts.width}×{facts.height}" if facts.width else "",
        f"{container.frames} frames" if container.frames > 1 else "",
        f"{size:,} bytes" if size else "",
    ]
    head: Line = [
        (facts.format, "step"),
        ("".join(f"  {note}" for note in notes if note), ""),
        ("  " + facts.outcome, "dim"),
    ]
    lines = [head]
    if facts.reason:
        lines += [[(piece, "medium") for piece, _ in line] for line in paragraph(facts.reason, width, None)]
    inside = [_problem(problem.code, problem.detail, problem.offset, width - DEEP) for problem in facts.problems]
    room = max((min(cells(safe(blob.locator)), width // 2) for blob in container.blobs), default=0)
    inside += [_blob(blob, facts.generations, room, raw, width - DEEP) for blob in container.blobs]
    return Branch(lines, inside)


def _problem(code: str, detail: str, offset: int | None, width: int) -> Branch:
    where = f" at byte {offset:,}" if offset is not None else ""
    return Branch(hung([("problem ", "medium")], f"{code}{where}: {detail}", width))


def _blob(blob: Blob, generations: Sequence[Generation], room: int, raw: bool, width: int) -> Branch:
    """Where it stands, its size as stored, and whose it turned out to be; with `raw` what is in it."""
    name = cut(safe(blob.locator), max(room, 12))
    tools = [g.tool for g in generations if _is_from(g, blob.locator)]
    where = "in the pixels" if "/stealth_" in blob.locator else f"at {blob.offset:,}"
    line: Line = [(name, ""), (" " * (room - cells(name)), ""), (f" {blob.size:>9,} bytes {where}", "dim")]
    if tools:
        line.append((f" → {', '.join(dict.fromkeys(tools))}", "step"))
    if not raw:
        return Branch([line])
    if blob.text is None:
        return Branch([line, [(cut(blob.data[:64].hex(" "), width - DEEP), "dim")]])
    return Branch([line, *([(safe(text), "dim")] for text in blob.text.split("\n"))])  # not wrapped: to be copied


def _is_from(generation: Generation, locator: str) -> bool:
    """True where a generation, or a text or model of it, was read at that place."""
    places = [generation.locator]
    places += [prompt.locator for prompt in generation.prompts[:50]]
    places += [resource.locator for resource in generation.resources[:50]]
    return any(place == locator or place.startswith(locator + "#") for place in places)


# ---- generations -------------------------------------------------------------------------------------------------


def _generation(generation: Generation, raw: bool, width: int) -> Branch:
    notes = [
        generation.tool_version or "",
        "hidden in the pixels" if generation.hidden else "",
        "from the canvas only" if generation.canvas_only else "",
    ]
    head: Line = [(generation.tool, "path")]
    lines = (
        hung([*head, ("  ", "")], ", ".join(note for note in notes if note), width, _FEW, "") if any(notes) else [head]
    )
    lines = [*lines, [(cut(safe(generation.locator), width), "dim")]]
    inside = [_prompt(prompt, generation.locator, raw, width - DEEP) for prompt in generation.prompts]
    inside += _resources(generation, width - DEEP)
    if generation.parameters:
        text = ", ".join(f"{key}: {value if raw else cut(value, 60)}" for key, value in generation.parameters.items())
        inside.append(Branch(hung([("settings  ", "dim")], text, width - DEEP, None if raw else _FEW, "dim")))
    return Branch(lines, inside)


def _prompt(prompt: Prompt, home: str, raw: bool, width: int) -> Branch:
    """Its role and place on the first line, the text below."""
    where = _place(prompt.locator, home)
    line: Line = [(prompt.role, "step"), (", not used" if prompt.state != "used" else "", "medium")]
    room = width - cells("".join(text for text, _ in line)) - 2
    line.append((f"  {cut(safe(where), room)}" if where else "", "dim"))
    return Branch([line, *paragraph(prompt.text, width, None if raw else _LINES)])


def _place(locator: str, home: str) -> str:
    """What a locator has beyond that of its generation; all of it where it stands elsewhere."""
    if locator == home:
        return ""
    return locator[len(home) :] if locator.startswith(home + "#") else locator


def _resources(generation: Generation, width: int) -> list[Branch]:
    """One line a model: kind, name, weight, hash, state; the place where there is room for it."""
    kinds = max((len(resource.kind) for resource in generation.resources), default=0)
    names = max((min(cells(safe(resource.name)), width // 2) for resource in generation.resources), default=0)
    return [Branch([_resource(resource, generation.locator, kinds, names, width)]) for resource in generation.resources]


def _resource(resource: Resource, home: str, kinds: int, names: int, width: int) -> Line:
    name = cut(safe(resource.name), max(names, 12))
    notes = [
        f"×{resource.weight:g}" if resource.weight is not None else "",
        safe(cut(resource.hash, 16)) if resource.hash else "",
        f"version {safe(resource.version_id)}" if resource.version_id else "",
    ]
    line: Line = [(f"{resource.kind:<{kinds}}  ", "step"), (name, "")]
    told = "".join(f"  {note}" for note in notes if note)
    state = "" if resource.state == "used" else f"  {'not used' if resource.state == 'unused' else 'maybe used'}"
    pad = " " * (names - cells(name)) if told or state else ""
    line += [(pad + told, ""), (state, "medium")]
    room = width - sum(cells(text) for text, _ in line) - 2
    where = safe(_place(resource.locator, home))
    if where and room >= 12:
        line.append((f"  {cut(where, room)}", "dim"))
    return line


# ---- what else the file says ----------------------------------------------------------------------------------------


def _marks(facts: FileFacts, raw: bool, width: int) -> Iterator[Branch]:
    most = None if raw else _LINES
    for name, label in _MARKS:
        mark = getattr(facts.disclosure, name)
        if mark is not None:
            body, _, state = mark.rpartition("; ") if name == "c2pa" else (mark, "", "")
            lines = hung([("AI mark  ", "step"), (f"{label}: ", "")], body or mark, width, most)
            yield Branch([*lines, *([_signature(state)] if state else [])])


def _signature(state: str) -> Line:
    """What became of the signature of a manifest."""
    note = ": that needs the extra sdscan[c2pa]" if state == NOT_VERIFIED else ""
    style = {"valid": "ok", "invalid": "high"}.get(state, "dim")
    return [("         signature ", "dim"), (safe(state) + note, style)]


def _others(facts: FileFacts, raw: bool, width: int) -> Iterator[Branch]:
    """Texts that are no prompt, and personal data."""
    most = None if raw else _FEW
    for text in facts.texts:
        where = cut(safe(text.locator), width - 6)
        yield Branch([[("text  ", "step"), (where, "dim")], *paragraph(text.text, width, most)])
    for kind, locator, found in facts.private:
        where = cut(safe(locator), max(12, width - 12 - len(kind)))
        yield Branch([[("private  ", "medium"), (f"{kind}  ", ""), (where, "dim")], *paragraph(found, width, most)])
