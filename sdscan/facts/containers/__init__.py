"""Containers: an open Source → a Container of named blobs. No meaning here: which writer it was is the decoders' question.

One module a family; each walks by hand, hops over pixels and sound by their length, and reports damage as problems.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from sdscan.facts.containers.bmp import read_bmp
from sdscan.facts.containers.gif import read_gif
from sdscan.facts.containers.heif import read_heif
from sdscan.facts.containers.jpeg import read_jpeg
from sdscan.facts.containers.jxl import read_jxl
from sdscan.facts.containers.matroska import read_matroska
from sdscan.facts.containers.mp3 import read_mp3
from sdscan.facts.containers.mp4 import read_mp4
from sdscan.facts.containers.png import read_png
from sdscan.facts.containers.sniffing import sniff
from sdscan.facts.containers.tiff import read_tiff
from sdscan.facts.containers.vorbis import read_flac, read_ogg
from sdscan.facts.containers.webp import read_webp
from sdscan.facts.hidden import hidden_copies
from sdscan.facts.source import Source
from sdscan.limits import DEFAULT_LIMITS, Limits
from sdscan.records import Container

__all__ = ["CONTAINERS", "read", "sniff"]

Walker = Callable[[Source, Limits, bool], Container]
"""(source, limits, thorough) → Container."""

CONTAINERS: dict[str, Walker] = {
    "png": read_png,
    "jpeg": read_jpeg,
    "webp": read_webp,
    "avif": read_heif,
    "heif": read_heif,
    "jxl": read_jxl,
    "gif": read_gif,
    "tiff": read_tiff,
    "bmp": read_bmp,
    "mp4": read_mp4,
    "webm": read_matroska,
    "flac": read_flac,
    "ogg": read_ogg,
    "mp3": read_mp3,
}
"""Format name → walker. Every other format is recognised only."""


def read(source: Source, limits: Limits = DEFAULT_LIMITS, *, thorough: bool = False) -> Container:
    """Everything the file carries, by content. Damage is a problem or `incomplete`; raises only ReadError, on an I/O error.

    `thorough` also looks into the pixels of pictures without an alpha channel, and walks through those of a JPEG.
    """
    found = sniff(source.head)
    walker = CONTAINERS.get(found)
    if walker is None:
        return Container(found, incomplete="the file is empty" if found == "empty" else None)
    walked: Container | None = getattr(source, "walked", None)
    container = walker(source, limits, thorough) if walked is None or thorough else walked
    if not (container.has_alpha or thorough or not container.blobs):
        return container
    blobs, problems = hidden_copies(source, container, limits, thorough=thorough)
    if not (blobs or problems):
        return container
    return msgspec.structs.replace(container, blobs=container.blobs + blobs, problems=container.problems + problems)
