"""Labelling: a picture and what it is owed → a copy that says so. Pixels and every byte that is not named in an edit pass as they are.

    facts ─ marks ─► properties ─ packet ─► XMP ─┐
    pieces ─ scrub, exif ─► pieces without private data ─┴─ png|jpeg|webp|heif ─► edits ─► copy, read back before it counts

A signed C2PA manifest covers the whole file: such a picture is copied as it is. A mark that is there is never changed or removed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from msgspec import Struct

from sdscan.errors import ReadError
from sdscan.facts import containers
from sdscan.facts.decoders import decode
from sdscan.facts.decoders.xmp import Property
from sdscan.facts.outcome import facts_from
from sdscan.facts.source import FileSource, Source
from sdscan.labelling import heif, jpeg, png, webp
from sdscan.labelling.edits import Changed, Edit, Layout, Piece, edited, overlap
from sdscan.labelling.exif import scrubbed_exif
from sdscan.labelling.marks import Wish, is_marked, is_told, properties, source_type
from sdscan.labelling.packet import merged, new_packet, same_marks
from sdscan.labelling.scrub import scrubbed, scrubbed_text
from sdscan.limits import Limits
from sdscan.records import Candidate, FileFacts

Read = Callable[[Source, Limits], Layout | str]
Write = Callable[[Layout, Changed, bytes | None], list[Edit] | str]
WRITERS: dict[str, tuple[Read, Write]] = {
    "png": (png.layout, png.edits),
    "jpeg": (jpeg.layout, jpeg.edits),
    "webp": (webp.layout, webp.edits),
    "avif": (heif.layout, heif.edits),
    "heif": (heif.layout, heif.edits),
}
"""Format → (what finds its pieces, what writes them anew). All other formats are refused."""
_AIGC = frozenset({"aigc", "tc260:aigc"})

Action = Literal["marked", "already", "unmarked", "signed", "refused", "unread", "left"]
"""already: the mark is there. unmarked: none is owed, or nothing says that AI made it. signed: C2PA. left: no picture."""


class Plan(Struct, frozen=True):
    """What is to be done with one picture."""

    action: Action
    edits: tuple[Edit, ...] = ()
    mark: str = ""
    """The DigitalSourceType that is written, or that is there."""
    wrote: tuple[str, ...] = ()
    """Names of the properties that are added."""
    removed: tuple[str, ...] = ()
    """Kinds of personal data that are taken out."""
    notes: tuple[str, ...] = ()
    """Sentences for the user; the reason where it is refused."""


def plan(source: Source, facts: FileFacts, wish: Wish, *, owed: bool, private: bool, limits: Limits) -> Plan:
    """What has to be done with a picture, and the edits that do it. Reads only what is not pixels."""
    if facts.model is not None or facts.outcome in ("unsupported", "skipped"):
        return Plan("left", notes=(facts.reason,) if facts.reason else ())
    if facts.outcome == "unreadable":
        return Plan("unread", notes=(facts.reason or "it could not be read to its end",))
    if facts.disclosure.c2pa is not None:
        return Plan("signed", mark=facts.disclosure.iptc or "", notes=_signed(facts, private))
    action, note = _action(facts, wish, owed=owed)
    if action == "refused":
        return Plan("refused", notes=(note,))
    remove = private and any("sidecar:" not in locator for _, locator, _ in facts.private)
    mark = source_type(facts, wish) if action == "marked" else facts.disclosure.iptc or ""
    notes = (note,) if note else ()
    if action != "marked" and not remove:
        return Plan(action, mark=mark, notes=notes)
    return _edits(source, facts, wish, Plan(action, mark=mark, notes=notes), remove=remove, limits=limits)


def _action(facts: FileFacts, wish: Wish, *, owed: bool) -> tuple[Action, str]:
    if is_marked(facts):
        return "already", ""
    if facts.disclosure.iptc is not None:
        return "refused", f"it carries the mark {facts.disclosure.iptc!r}, which speaks against AI and is never changed"
    if not owed and wish.source_type is None:
        return "unmarked", "no mark is owed there"
    if not is_told(facts) and wish.source_type is None:
        return "unmarked", "nothing in it says that AI made it; --source-type marks it all the same"
    return "marked", ""


def _signed(facts: FileFacts, private: bool) -> tuple[str, ...]:
    note = "it carries a C2PA manifest, which any change would break; copied as it is"
    return (note, "its personal data stays for the same reason") if private and facts.private else (note,)


def _edits(source: Source, facts: FileFacts, wish: Wish, found: Plan, *, remove: bool, limits: Limits) -> Plan:
    """The plan with its edits, or refused with the reason."""
    if facts.format not in WRITERS:
        return Plan("refused", notes=(f"sdscan writes into {', '.join(WRITERS)}, not into {facts.format}",))
    read, write = WRITERS[facts.format]
    layout = read(source, limits)
    if isinstance(layout, str):
        return Plan("refused", notes=(layout,))
    new: dict[int, bytes] = {}
    if remove:
        new = {i: data for i, piece in enumerate(layout.pieces) if (data := _without(piece, limits)) != piece.data}
    packet: bytes | str | None = None
    wrote: tuple[str, ...] = ()
    if found.action == "marked":
        adding = _adding(facts, wish, remove=remove)
        wrote = tuple(item.name.rpartition(":")[2] for item in adding)
        there = next((i for i, piece in enumerate(layout.pieces) if piece.kind == "xmp"), None)
        if there is None:
            packet = new_packet(adding)
        else:
            packet = merged(new.get(there, layout.pieces[there].data), adding, limits)
            if isinstance(packet, bytes):
                new[there], packet = packet, None
    if isinstance(packet, str):
        return Plan("refused", notes=(packet,))
    edits = write(layout, [(layout.pieces[i], data) for i, data in sorted(new.items())], packet)
    if isinstance(edits, str) or overlap(edits):
        return Plan("refused", notes=(edits if isinstance(edits, str) else "its parts overlap",))
    kinds = tuple(dict.fromkeys(kind for kind, _, _ in facts.private)) if remove else ()
    return Plan(found.action, tuple(edits), found.mark, wrote, kinds, found.notes)


def _adding(facts: FileFacts, wish: Wish, *, remove: bool) -> list[Property]:
    """What the packet gets. A prompt that holds personal data is repeated without it, or not at all: never in one more place."""
    own = "Iptc4xmpExt:AIPromptWriterName"
    clean = [
        (item, item if item.name == own else Property(item.name, scrubbed_text(item.value)))
        for item in properties(facts, wish)
    ]
    return [new for old, new in clean if remove or old == new]


def _without(piece: Piece, limits: Limits) -> bytes:
    """The payload of a piece without personal data; a label of China's stays, whatever it holds."""
    if piece.kind == "exif":
        return scrubbed_exif(piece.data, limits)
    if piece.key.lower() in _AIGC:
        return piece.data
    new = scrubbed(piece.data)
    return piece.data if piece.kind == "xmp" and not same_marks(piece.data, new, limits) else new


def blocks(source: Source, planned: Plan) -> Iterator[bytes]:
    """The bytes of the copy."""
    return edited(source, planned.edits)


def check(path: str, facts: FileFacts, planned: Plan, limits: Limits) -> tuple[str | None, tuple[str, ...]]:
    """Read a finished copy back: (what is wrong with it, kinds of personal data that could not be taken out).

    It must be whole, carry the mark, have lost no mark, and say the same about its making as the original.
    """
    try:
        with FileSource(path, limits) as source:
            container = containers.read(source, limits)
    except ReadError as error:
        return error.reason, ()
    after = facts_from(container, decode(container, limits), Candidate(path, named=True))
    if container.format != facts.format or container.incomplete is not None:
        return "the copy cannot be read to its end", ()
    wanted = (planned.mark or None, facts.disclosure.c2pa, facts.disclosure.aigc)
    if (after.disclosure.iptc, after.disclosure.c2pa, after.disclosure.aigc) != wanted:
        return "the copy does not carry its marks as it should", ()
    if (container.width, container.height) != (facts.width, facts.height):
        return "the copy has another size", ()
    if not _says_the_same(facts, after, planned):
        return "the copy does not say the same about its making", ()
    left = tuple(dict.fromkeys(kind for kind, _, _ in after.private)) if planned.removed else ()
    return None, left


def _says_the_same(before: FileFacts, after: FileFacts, planned: Plan) -> bool:
    """Whether the copy tells all generations of the original that stand in the file itself; all but the personal data in them."""
    own = [generation for generation in before.generations if "sidecar:" not in generation.locator]
    if not planned.removed:
        told = set(map(repr, after.generations))
        return all(repr(generation) in told for generation in own)
    prompts = {(g.tool, p.role, p.text) for g in after.generations for p in g.prompts}
    return all((g.tool, p.role, p.text) in prompts for g in own for p in g.prompts if scrubbed_text(p.text) == p.text)


__all__ = ["WRITERS", "Action", "Plan", "Wish", "blocks", "check", "plan"]
