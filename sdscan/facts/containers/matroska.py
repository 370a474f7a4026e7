"""WebM and Matroska → blobs: Tags/SimpleTag and the title (RFC 9559; EBML, RFC 8794). Clusters are hopped over.

ffmpeg upper-cases tag names (`PROMPT`, `WORKFLOW`); keys are kept as written, and decoders compare them without case.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from msgspec import Struct

from sdscan.facts.containers.gathered import Gathered
from sdscan.facts.encodings import decode_text, printable
from sdscan.facts.source import MemorySource, Source
from sdscan.limits import Limits
from sdscan.records import Container

_SEGMENT, _CLUSTER, _TAGS, _INFO, _TRACKS = 0x18538067, 0x1F43B675, 0x1254C367, 0x1549A966, 0x1654AE6B
_TAG, _SIMPLE, _NAME, _STRING, _BINARY = 0x7373, 0x67C8, 0x45A3, 0x4487, 0x4485
_TITLE, _TRACK, _VIDEO, _WIDTH, _HEIGHT, _ALPHA = 0x7BA9, 0xAE, 0xE0, 0xB0, 0xBA, 0x53C0


class _Element(Struct, frozen=True):
    """One EBML element; `end` is None where the size is unknown (live recordings)."""

    number: int
    start: int
    body: int
    end: int | None


def read_matroska(source: Source, limits: Limits, thorough: bool = False) -> Container:
    """One flat walk: the segment and clusters of unknown size are entered, all else is hopped over or read."""
    found = Gathered("webm", limits)
    pos, segment = 0, False
    while pos < source.size and found.step(pos):
        element = _element(source, pos)
        if element is None:
            found.cut(f"is cut or damaged: no element begins at byte {pos:,}", pos)
            break
        if element.number == _SEGMENT or (element.number == _CLUSTER and element.end is None):
            segment = True
            if element.end is not None and element.end > source.size:
                found.cut(f"ends at byte {source.size:,} of {element.end:,}", source.size)
            pos = element.body
            continue
        if element.end is None or element.end > source.size:
            found.cut(f"ends inside an element that begins at byte {pos:,}", pos)
        _take(found, source, element)
        pos = source.size if element.end is None else element.end
    if not segment:
        found.cut("holds no segment", source.size)
    return found.container()


def _take(found: Gathered, source: Source, element: _Element) -> None:
    if element.number not in (_TAGS, _INFO, _TRACKS):
        return
    end = source.size if element.end is None else min(element.end, source.size)
    data = found.body(source, element.body, end - element.body, "the Matroska element")
    if element.number == _TAGS:
        _tags(found, MemorySource(data), element.body)
    elif element.number == _INFO:
        for child, value in _children(found, MemorySource(data), 0, len(data)):
            if child.number == _TITLE and value:
                found.text("webm:info/Title", "Title", decode_text(value), element.body + child.start, len(value))
    else:
        _tracks(found, MemorySource(data))


def _element(source: Source, pos: int) -> _Element | None:
    """The element at `pos`: a number of 1 to 4 bytes, then a size of 1 to 8, whose leading zero bits tell their lengths."""
    lead = source.read(pos, 12)
    if not lead or lead[0] < 0x10:
        return None
    width = 9 - lead[0].bit_length()
    if len(lead) <= width or not lead[width]:
        return None
    wide = 9 - lead[width].bit_length()
    size = int.from_bytes(lead[width : width + wide], "big") & (1 << 7 * wide) - 1
    body = pos + width + wide
    unknown = size == (1 << 7 * wide) - 1
    return _Element(int.from_bytes(lead[:width], "big"), pos, body, None if unknown else body + size)


def _children(found: Gathered, source: Source, pos: int, stop: int) -> Iterator[tuple[_Element, bytes]]:
    """The elements between two offsets, with their content; a damaged one ends the list."""
    while pos < stop and found.step(pos):
        element = _element(source, pos)
        if element is None:
            found.problem("bad-element", "an element of the Matroska tags is damaged", None)
            return
        end = stop if element.end is None else min(element.end, stop)
        yield element, source.read(element.body, end - element.body)
        pos = end


def _tags(found: Gathered, source: MemorySource, base: int) -> None:
    """Every SimpleTag of every Tag; nested ones follow their parent, at most `limits.depth` deep."""
    todo = deque([(0, source.size, 0)])
    while todo:
        pos, stop, depth = todo.popleft()
        name = ""
        for child, value in _children(found, source, pos, stop):
            if child.number in (_TAG, _SIMPLE) and depth < found.limits.depth:
                todo.append((child.body, child.body + len(value), depth + 1))
            elif child.number == _NAME:
                name = decode_text(value)
            elif child.number in (_STRING, _BINARY):
                text = decode_text(value) if child.number == _STRING else printable(value)
                if text is not None:
                    found.text(f"webm:tag/{name}", name, text, base + child.start, len(value))


def _tracks(found: Gathered, source: MemorySource) -> None:
    todo = deque([(0, source.size)])
    while todo:
        pos, stop = todo.popleft()
        for child, value in _children(found, source, pos, stop):
            if child.number in (_TRACK, _VIDEO):
                todo.append((child.body, child.body + len(value)))
            elif child.number == _WIDTH:
                found.width = max(found.width, int.from_bytes(value[:8], "big"))
            elif child.number == _HEIGHT:
                found.height = max(found.height, int.from_bytes(value[:8], "big"))
            elif child.number == _ALPHA:
                found.has_alpha = any(value)
