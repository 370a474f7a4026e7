"""Facts of one file → a tree for a person: container → blobs → generations → models, with sizes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sdscan.records import Blob, FileFacts, Generation, ModelFacts, Resource
from sdscan.terminal import Line, cut, safe

_SHORT = 300
"""Characters of a prompt or value that are shown without --raw."""


def inspect_lines(path: str, facts: FileFacts, blobs: Sequence[Blob], *, raw: bool) -> Iterator[Line]:
    """The whole file as lines."""
    size = f", {facts.width}×{facts.height}" if facts.width else ""
    yield [(safe(path), "path"), (f"  {facts.format}{size}, {facts.outcome}", "dim")]
    if facts.reason:
        yield [("├─ ", "dim"), (safe(facts.reason), "medium")]
    for problem in facts.problems:
        where = f" at byte {problem.offset:,}" if problem.offset is not None else ""
        yield [("├─ problem ", "dim"), (problem.code, "medium"), (f"{where}: {safe(problem.detail)}", "")]
    for blob in blobs:
        yield [("├─ ", "dim"), (safe(blob.locator), ""), (f"  {blob.size:,} bytes at {blob.offset:,}", "dim")]
        if raw and blob.text is not None:
            yield from (([("│    ", "dim"), (safe(line), "")]) for line in blob.text.split("\n"))
        elif raw:
            yield [("│    ", "dim"), (blob.data[:64].hex(" "), "dim")]
    for generation in facts.generations:
        yield from _generation_lines(generation, raw)
    for name in ("iptc", "c2pa", "aigc"):
        mark = getattr(facts.disclosure, name)
        if mark is not None:
            yield [("├─ AI mark ", "dim"), (f"{name}: {safe(mark)}", "")]
    for text in facts.texts:
        yield [("├─ text ", "dim"), (safe(text.locator) + ": ", "dim"), (cut(safe(text.text), _SHORT), "")]
    for kind, locator, found in facts.private:
        yield [("├─ private ", "dim"), (f"{kind} at {safe(locator)}: ", "medium"), (cut(safe(found), _SHORT), "")]
    if facts.model is not None:
        yield from _model_lines(facts.model, raw)
    yield []


def _generation_lines(generation: Generation, raw: bool) -> Iterator[Line]:
    notes = [
        generation.tool_version or "",
        "hidden in the pixels" if generation.hidden else "",
        "canvas only" if generation.canvas_only else "",
    ]
    yield [
        ("├─ ", "dim"),
        (f"generation by {safe(generation.tool)} ", "path"),
        (", ".join(note for note in notes if note), "dim"),
    ]
    for prompt in generation.prompts:
        text = prompt.text if raw else cut(prompt.text, _SHORT)
        yield [("│  ├─ ", "dim"), (f"{prompt.role}: ", "step"), (safe(text), ""), (f"  {safe(prompt.locator)}", "dim")]
    for resource in generation.resources:
        yield [("│  ├─ ", "dim"), *_resource(resource)]
    if generation.parameters:
        listed = ", ".join(f"{key}: {cut(value, 40)}" for key, value in generation.parameters.items())
        yield [("│  └─ ", "dim"), (safe(listed if raw else cut(listed, _SHORT)), "dim")]


def _resource(resource: Resource) -> Line:
    notes = [
        f"weight {resource.weight:g}" if resource.weight is not None else "",
        f"hash {resource.hash}" if resource.hash else "",
        resource.state if resource.state != "used" else "",
        f"version {resource.version_id}" if resource.version_id else "",
        resource.locator,
    ]
    return [
        (f"{resource.kind} ", "step"),
        (safe(resource.name), ""),
        ("  " + safe(", ".join(note for note in notes if note)), "dim"),
    ]


def _model_lines(model: ModelFacts, raw: bool) -> Iterator[Line]:
    kind = model.subject_kind
    yield [
        ("├─ model ", "dim"),
        (f"{model.kind} for {kind.value}", "path"),
        (f" ({kind.certainty:.0%} sure), metadata {model.metadata_state}", "dim"),
    ]
    for reason in kind.because:
        yield [("│  ├─ because ", "dim"), (safe(reason), "")]
    for name in ("title", "alias", "base_model", "network", "writer"):
        value = getattr(model, name)
        if value:
            yield [("│  ├─ ", "dim"), (f"{name.replace('_', ' ')}: {safe(cut(value, _SHORT))}", "")]
    for trigger in model.triggers[: None if raw else 12]:
        share = f", in {trigger.coverage:.0%} of captions" if trigger.coverage is not None else ""
        yield [
            ("│  ├─ trigger ", "dim"),
            (safe(cut(trigger.text, _SHORT)), ""),
            (f"  {trigger.tier}{share}, {safe(trigger.locator)}", "dim"),
        ]
    for field in model.hashes.__struct_fields__:
        digest = getattr(model.hashes, field)
        if digest:
            yield [("│  ├─ ", "dim"), (f"{field} ", "dim"), (safe(digest), "")]
    if model.license is not None:
        yield [("│  ├─ license ", "dim"), (_license(model), "")]
    if model.training is not None:
        for folder in model.training.folders:
            note = " (regularisation)" if folder.regularisation else ""
            yield [
                ("│  ├─ folder ", "dim"),
                (f"{safe(folder.name)}: {folder.images if folder.images is not None else '?'} pictures{note}", ""),
            ]
        tags = ", ".join(f"{tag} {share:.0%}" for tag, share in model.training.tags[: None if raw else 15])
        yield [("│  ├─ tags ", "dim"), (safe(tags), "")]
    for reason in (*model.frames, *model.dangerous):
        yield [("│  ├─ ", "dim"), (safe(reason), "medium")]
    for sidecar in model.sidecars:
        yield [("│  └─ sidecar ", "dim"), (safe(sidecar), "")]


def _license(model: ModelFacts) -> str:
    said = {True: "yes", False: "no", None: "not said"}
    license_ = model.license
    if license_ is None:
        return "not said"
    return (
        f"sell pictures: {said[license_.commercial_images]}, make derivatives: {said[license_.derivatives]}, "
        f"credit asked for: {said[license_.credit]}  ({safe(license_.source)})"
    )
