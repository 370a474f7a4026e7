"""Textual inversions: what their own keys claim, and those that are kept inside pictures.

A1111 writes a pickle with `name`, `step`, `sd_checkpoint_name`, and the same as base64 JSON into the PNG text `sd-ti-embedding`
(`modules/textual_inversion/image_embedding.py`); the word that calls it in a prompt is its file's name.
"""

from __future__ import annotations

import base64
import binascii
import zlib

from sdscan.facts.models.claims import Claims, Word
from sdscan.facts.models.embedding_pixels import embedding_json
from sdscan.facts.models.header import Header
from sdscan.facts.models.values import base_name, opened, said, table
from sdscan.limits import DEFAULT_LIMITS, Limits
from sdscan.records import Blob, Container

_KEY = "sd-ti-embedding"


def told_by_embedding(header: Header) -> Claims:
    """`name`, the checkpoint it was trained on, and A1111's internal token where it is not `*`."""
    metadata = header.metadata
    name = (said(metadata.get("name")) or "").strip('"')
    base = said(metadata.get("sd_checkpoint_name"))
    return Claims(
        kind="embedding",
        names=(Word(name, "name"),) if name else (),
        title=Word(name, "name") if name else None,
        base_model=base_name(base) if base else None,
    )


def embedded(container: Container, limits: Limits = DEFAULT_LIMITS, picture: bytes | None = None) -> Header | None:
    """The header of an embedding inside a picture, or None. The vectors are not kept.

    `picture`: the whole file, where its pixels may be looked at as well (a WebP has no text chunk for it).
    """
    blob = next((blob for blob in container.blobs if blob.key == _KEY and blob.text), None)
    text = _json(blob, limits) if blob is not None else embedding_json(picture, limits) if picture else None
    found = table(opened(text, limits))
    if not found.keys() & {"string_to_param", "string_to_token", "name"}:
        return None
    kept = {
        key: value for key, value in found.items() if key in ("name", "step", "sd_checkpoint", "sd_checkpoint_name")
    }
    kept["string_to_token"] = dict.fromkeys(table(found.get("string_to_token")), 0)
    return Header(kept, present=True, kind="embedding")


def _json(blob: Blob, limits: Limits) -> str | None:
    """base64 of JSON; of compressed JSON too, as forks write it."""
    text = (blob.text or "").strip()
    if len(text) > limits.json or text[:1] == "{":
        return text
    try:
        data = base64.b64decode(text, validate=False)
    except (binascii.Error, ValueError):
        return None
    if data[:1] == b"\x78":
        try:
            data = zlib.decompressobj().decompress(data, limits.inflated)
        except zlib.error:
            return None
    return data.decode("utf-8", "replace")
