"""The places that many writers share → whatever their text turns out to be (`shapes.py`)."""

from __future__ import annotations

from msgspec.structs import replace

from sdscan.facts.decoders import a1111, shapes
from sdscan.facts.decoders.found import Blobs, Found
from sdscan.limits import Limits
from sdscan.records import Blob, Generation, ModelText, Problem

KEYS = frozenset(
    (
        "parameters", "usercomment", "comment", "imagedescription", "description", "xpcomment", "postprocessing", "extras",
        "sd-metadata", "metadata", "generation_data", "©cmt", "title", "documentname", "xpsubject", "xptitle", "makernote",
        "software", "info", "workflow", "prompt", "pageName", "synopsis", "desc", "lyrics", "©lyr",
    )
)  # fmt: skip
DECLARED = frozenset(("parameters",))
"""Keys under which a text without a parameter line is infotext as well."""


def decode(blobs: Blobs, limits: Limits) -> Found:
    """Infotext and JSON in the shared places."""
    generations: list[Generation] = []
    problems: list[Problem] = []
    used: list[Blob] = []
    for key, group in blobs.items():
        if key not in KEYS and "sdcpp" not in key:
            continue
        for blob in group:
            if not blob.text:
                continue
            found = shapes.decode_text(blob.text, blob.locator, limits)
            if found is None and key in DECLARED and blob.text[:1] not in "{[":
                found = Found((a1111.decode_infotext(blob.text, blob.locator),))
            if found is not None:
                used.append(blob)
                generations += found.generations
                problems += found.problems
    return Found(tuple(generations), tuple(used), (), tuple(problems))


def decode_hidden(blobs: Blobs, limits: Limits) -> Found:
    """The payloads read out of the pixels: infotext, NovelAI's fields, ComfyUI's three texts, SwarmUI's JSON."""
    generations: list[Generation] = []
    problems: list[Problem] = []
    used: list[Blob] = []
    for key, group in blobs.items():
        if not key.startswith("stealth_"):
            continue
        for blob in group:
            used.append(blob)
            if not blob.text:
                continue
            found = shapes.decode_text(blob.text, blob.locator, limits) or Found(
                (a1111.decode_infotext(blob.text, blob.locator),)
            )
            generations += (replace(generation, hidden=True) for generation in found.generations)
            problems += found.problems
    return Found(tuple(generations), tuple(used), (), tuple(problems))


def decode_sidecar(blobs: Blobs, limits: Limits) -> Found:
    """Text files beside the picture. One without parameters is a caption of a training picture, and no infotext."""
    generations: list[Generation] = []
    problems: list[Problem] = []
    texts: list[ModelText] = []
    for blob in blobs.get("sidecar", ()):
        if not blob.text:
            continue
        found = shapes.decode_sidecar(blob.text, blob.locator, limits)
        if found is not None:
            generations += found.generations
            problems += found.problems
        elif blob.locator.endswith(".txt"):
            texts.append(ModelText("sidecar", blob.text, blob.locator))
    return Found(tuple(generations), tuple(blobs.get("sidecar", ())), tuple(texts), tuple(problems))
