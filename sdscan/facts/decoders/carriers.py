"""The places that many writers share → whatever their text turns out to be (`shapes.py`)."""

from __future__ import annotations

from msgspec.structs import replace

from sdscan.facts.decoders import a1111, shapes
from sdscan.facts.decoders.found import NOTHING, Blobs, Found, merged
from sdscan.facts.decoders.infotext import parse_settings
from sdscan.limits import Limits
from sdscan.records import Blob, ModelText

KEYS = frozenset(
    (
        "parameters", "model", "make", "usercomment", "comment", "imagedescription", "description", "xpcomment", "postprocessing", "extras",
        "sd-metadata", "metadata", "generation_data", "©cmt", "title", "documentname", "xpsubject", "xptitle", "makernote",
        "software", "info", "workflow", "prompt", "pageName", "synopsis", "desc", "lyrics", "©lyr",
    )
)  # fmt: skip
_SETTINGS = frozenset(("postprocessing", "extras"))
"""Keys under which A1111's Extras tab leaves `Postprocess upscale by: 4, …` and no prompt."""
DECLARED = frozenset(("parameters",))
"""Keys under which a text without a parameter line is infotext as well."""


def decode(blobs: Blobs, limits: Limits) -> Found:
    """Infotext and JSON in the shared places."""
    parts: list[Found] = []
    for key in [key for key in blobs if key in KEYS]:
        for blob in blobs[key]:
            if not blob.text:
                continue
            found = shapes.decode_text(blob.text, blob.locator, limits)
            if found is None and key in _SETTINGS:
                found = Found((a1111.generation_of(parse_settings(blob.text), blob.locator),))
            if found is None and key in DECLARED and blob.text[:1] not in "{[":
                found = Found((a1111.decode_infotext(blob.text, blob.locator),))
            if found is not None:
                parts.append(with_blob(found, blob))
    return parts[0] if len(parts) == 1 else merged(parts)


def with_blob(found: Found, blob: Blob) -> Found:
    """The same, with the blob that it came from."""
    return Found(found.generations, (blob,), found.texts, found.problems, found.disclosure)


def decode_hidden(blobs: Blobs, limits: Limits) -> Found:
    """The payloads read out of the pixels: infotext, NovelAI's fields, ComfyUI's three texts, SwarmUI's JSON."""
    parts: list[Found] = []
    for key in [key for key in blobs if key.startswith("stealth_")]:
        for blob in blobs[key]:
            if blob.text:
                found = shapes.decode_text(blob.text, blob.locator, limits)
                found = found or Found((a1111.decode_infotext(blob.text, blob.locator),))
                hidden = tuple(replace(generation, hidden=True) for generation in found.generations)
                parts.append(Found(hidden, (blob,), found.texts, found.problems, found.disclosure))
    return merged(parts)


def decode_sidecar(blobs: Blobs, limits: Limits) -> Found:
    """Text files beside the picture. One without parameters is a caption of a training picture, and no infotext."""
    parts: list[Found] = []
    for blob in blobs.get("sidecar", ()):
        found = shapes.decode_sidecar(blob.text, blob.locator, limits) if blob.text else None
        if found is None and blob.text and blob.locator.endswith(".txt"):
            found = Found(texts=(ModelText("sidecar", blob.text, blob.locator),))
        parts.append(with_blob(found or NOTHING, blob))
    return merged(parts)
