"""TIFF and BigTIFF → blobs: the texts of all directories, XMP (tag 700), IPTC (33723, 34377), C2PA (52545). Pixels are never read."""

from __future__ import annotations

from sdscan.facts.containers.gathered import Gathered
from sdscan.facts.exif import pieces_of
from sdscan.facts.ifd import EXTRA_SAMPLES, HEIGHT, WIDTH, read_ifds
from sdscan.facts.source import Source
from sdscan.limits import Limits
from sdscan.records import Container

_LOST = frozenset(("exif-header", "exif-cut", "exif-outside"))
"""Problems that mean that a part of the metadata is not in the file."""


def read_tiff(source: Source, limits: Limits, thorough: bool = False) -> Container:
    """Directories may stand behind the pixels, so a truncated file usually has none."""
    found = Gathered("tiff", limits)
    entries, problems = read_ifds(source, limits)
    for piece in pieces_of(entries):
        if piece.text is None:
            found.data(f"tiff:{piece.name}", piece.name, piece.data, piece.offset, piece.size)
        else:
            found.text(f"tiff:{piece.name}", piece.name, piece.text, piece.offset, piece.size)
    for problem in problems:
        found.problem(problem.code, problem.detail, problem.offset)
        if problem.code in _LOST:
            found.cut(f"is cut or damaged: {problem.detail}", problem.offset)
    first = {entry.tag: entry.numbers() for entry in entries if entry.ifd == "IFD0"}
    found.width = next(iter(first.get(WIDTH, ())), 0)
    found.height = next(iter(first.get(HEIGHT, ())), 0)
    found.has_alpha = any(number in (1, 2) for number in first.get(EXTRA_SAMPLES, ()))
    found.frames = max(1, len({entry.ifd for entry in entries if entry.ifd.startswith("IFD")}))
    return found.container()
