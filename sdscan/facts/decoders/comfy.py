"""Where ComfyUI and its saver nodes put the two graphs → `comfyui.decode_graph`. No graph is read here.

PNG, APNG `comf`, MP4, Matroska, Vorbis   `prompt`, `workflow` (upper case in Matroska: ffmpeg)
WebP, JPEG, AVIF, TIFF EXIF               `prompt:{…}` in Model or Make, `workflow:{…}` in Make or ImageDescription
                                          (SaveAnimatedWEBP; WAS `Prompt:{…}`; save-image-extended `Prompt: {…}`)
one JSON with both                        SaveImagePlus (UserComment), VideoHelperSuite (`comment`), hidden copies
"""

from __future__ import annotations

import re

from sdscan.facts.decoders.found import NOTHING, Blobs, Found, as_dict, shown
from sdscan.limits import Limits
from sdscan.patterns import pattern
from sdscan.records import Blob, Generation, Problem

_OBJECT = pattern(r"\s*\"?\{\s*(?:\\?\"|\}|$|\\n)")
_LABEL = pattern(r"\s*(prompt|workflow)\s*:\s*(?=[{\[\"])", re.IGNORECASE)
PLACES = (
    "model", "make", "imagedescription", "documentname", "usercomment", "software", "artist", "copyright", "xpcomment",
    "comment", "description", "0x010c",
)  # fmt: skip
"""Where a labelled graph was seen; further keys of SaveAnimatedWEBP count down from 0x0110."""


def decode(blobs: Blobs, limits: Limits) -> Found:
    """All graphs of a container, paired in the order in which they stand."""
    prompts, workflows, used = _collect(blobs)
    if not prompts and not workflows:
        return NOTHING
    generations: list[Generation] = []
    problems: list[Problem] = []
    for index in range(max(len(prompts), len(workflows))):
        prompt = prompts[index] if index < len(prompts) else None
        workflow = workflows[index] if index < len(workflows) else None
        found = graph_found(
            prompt[1] if prompt else None,
            workflow[1] if workflow else None,
            prompt[0] if prompt else workflow[0] if workflow else "",
            limits,
            workflow[0] if workflow else "",
        )
        generations += found.generations
        problems += found.problems
    return Found(tuple(generations), tuple(used), (), tuple(problems))


def _collect(blobs: Blobs) -> tuple[list[tuple[str, str]], list[tuple[str, str]], list[Blob]]:
    """(locator, text) of prompts and of workflows, equal ones once, and the blobs they were in."""
    graphs: dict[str, list[tuple[str, str]]] = {"prompt": [], "workflow": []}
    used: list[Blob] = []

    def take(kind: str, blob: Blob, text: str) -> None:
        used.append(blob)
        if all(text != other for _, other in graphs[kind]):
            graphs[kind].append((blob.locator, text))

    for kind in graphs:
        for blob in blobs.get(kind, ()):
            if blob.text is not None and looks_like_graph(blob.text):
                take(kind, blob, blob.text)
    for place in PLACES:
        for blob in blobs.get(place, ()):
            match = _LABEL.match(blob.text) if blob.text else None
            if match and blob.text is not None:
                take(match[1].lower(), blob, blob.text[match.end() :])
    return graphs["prompt"], graphs["workflow"], used


def looks_like_graph(text: str) -> bool:
    """True for text that begins as a JSON object, or as one inside a JSON string; `prompt` may also be plain text (kohya)."""
    return _OBJECT.match(text) is not None


def is_graph(data: dict[str, object]) -> bool:
    """True for the executed form: node id → {class_type, inputs}."""
    return any(isinstance(node, dict) and "class_type" in node for node in data.values())


def is_canvas(data: dict[str, object]) -> bool:
    """True for the editor's form."""
    return isinstance(data.get("nodes"), list) and ("links" in data or "last_node_id" in data)


def graph_found(
    prompt: str | None, workflow: str | None, locator: str, limits: Limits, workflow_locator: str = ""
) -> Found:
    """What the graphs tell."""
    # late: twenty modules that a picture without a graph does not need
    from sdscan.facts.decoders.comfyui import decode_graph

    generation, problems = decode_graph(prompt, workflow, locator, limits, workflow_locator=workflow_locator)
    return Found((generation,) if generation is not None else (), (), (), problems)


def envelope(data: dict[str, object], locator: str, limits: Limits) -> Found | None:
    """`{"prompt": graph, "workflow": graph}`, each as JSON or as a JSON text; keys in any letter case."""
    texts: dict[str, str] = {}
    for key, value in data.items():
        kind = key.lower()
        if kind not in ("prompt", "workflow"):
            continue
        if isinstance(value, str) and looks_like_graph(value):
            texts[kind] = value
        elif (inner := as_dict(value)) is not None and (is_graph(inner) or is_canvas(inner)):
            texts[kind] = shown(inner)
    if not texts:
        return None
    where = f"{locator}#workflow"
    return graph_found(
        texts.get("prompt"), texts.get("workflow"), locator if "prompt" in texts else where, limits, where
    )
