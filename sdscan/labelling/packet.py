"""XMP packets: made, and added to. What stands in a packet stays byte for byte; new properties go into a description of their own.

XMP specification, part 1 (ISO 16684-1), sections 7.3 to 7.6; properties of IPTC Photo Metadata 2025.1, Extension schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sdscan.facts.decoders.xmp import Property, read_xmp
from sdscan.facts.text import scalar
from sdscan.limits import Limits

EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ABOUT = re.compile(r"<[\w.-]{1,40}:Description\b[^<>]{0,4000}?[\s:]about\s*=\s*(\"[^\"<]{0,500}\"|'[^'<]{0,500}')")
_TAG = re.compile(r"<(/?)([^\s/<>\"'=]{1,200})((?:[^<>\"']|\"[^\"]*\"|'[^']*')*+)>")
_SKIPPED = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">"))
_PACKET_ID = "W5M0MpCehiHzreSzNTczkc9d"
"""The same in every packet (7.3.2)."""
_MARKS = ("DigitalSourceType", "DigitalSourcefileType", "AIGC")


def new_packet(properties: Sequence[Property]) -> bytes:
    """A whole packet with these properties of the IPTC Extension schema, in UTF-8, writable, without padding."""
    body = _description(properties, '""')
    return (
        f'<?xpacket begin="\ufeff" id="{_PACKET_ID}"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">\n <rdf:RDF xmlns:rdf="{RDF}">\n'
        f'{body} </rdf:RDF>\n</x:xmpmeta>\n<?xpacket end="w"?>'
    ).encode()


def merged(packet: bytes, properties: Sequence[Property], limits: Limits) -> bytes | str:
    """The packet with those properties added that it does not have yet; a sentence where it cannot be added to.

    Nothing that stands in it is changed or moved, in whatever encoding it is written.
    """
    text, encoding, mark = _decoded(packet)
    if text is None:
        return "its XMP packet is in no encoding that can be added to"
    before = read_xmp(text, limits)
    present = {item.name for item in before}
    missing = [item for item in properties if item.name not in present]
    if not missing:
        return packet
    at = _end_of_rdf(text)
    if at < 0:
        return "its XMP packet is damaged: it has no end of its RDF"
    about = _ABOUT.search(text)
    whole = text[:at] + _description(missing, about[1] if about else '""') + text[at:]
    after = read_xmp(whole, limits)
    if [item for item in after if item not in missing] != before or any(item not in after for item in missing):
        return "its XMP packet cannot be read in one way only, so nothing is added to it"
    return mark + whole.encode(encoding)


def same_marks(old: bytes, new: bytes, limits: Limits) -> bool:
    """Whether two packets carry the same AI marks."""
    return _marks(old, limits) == _marks(new, limits)


def _marks(packet: bytes, limits: Limits) -> list[Property]:
    text = _decoded(packet)[0]
    found = [] if text is None else read_xmp(text, limits)
    return [i for i in found if i.name.rpartition(":")[2] in _MARKS or i.name.startswith("TC260:")]


def xml_text(text: str) -> str:
    """Text as XML takes it: three characters escaped, what XML 1.0 forbids replaced by U+FFFD."""
    plain = _NOT_XML.sub("\ufffd", scalar(text))
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _description(properties: Sequence[Property], about: str) -> str:
    """One rdf:Description that declares all it uses, so that it fits into any packet."""
    lines = [f'  <rdf:Description xmlns:rdf="{RDF}" xmlns:Iptc4xmpExt="{EXT}" rdf:about={about}>\n']
    lines += [f"   <{item.name}>{xml_text(item.value)}</{item.name}>\n" for item in properties]
    return "".join((*lines, "  </rdf:Description>\n"))


def _decoded(packet: bytes) -> tuple[str | None, str, bytes]:
    """(text, encoding, byte order mark). A packet is UTF-8 or UTF-16, with or without a mark (7.3.2)."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if packet.startswith(mark):
            return _strict(packet[len(mark) :], encoding), encoding, mark
    for start, encoding in ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be")):
        if packet.startswith(start):
            return _strict(packet, encoding), encoding, b""
    return _strict(packet, "utf-8"), "utf-8", b""


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _end_of_rdf(text: str) -> int:
    """Where the last end tag of an RDF element begins, comments and instructions left out; -1 where there is none."""
    return max((at for at, end, name in _tags(text) if end and name.rpartition(":")[2] == "RDF"), default=-1)


def _tags(text: str) -> Iterator[tuple[int, bool, str]]:
    """(offset, whether it ends an element, name) of each tag. Linear; ends at the first thing that is no XML."""
    at = 0
    while (at := text.find("<", at)) >= 0:
        closing = next((close for start, close in _SKIPPED if text.startswith(start, at)), None)
        if closing is not None:
            end = text.find(closing, at)
            if end < 0:
                return
            at = end + len(closing)
            continue
        tag = _TAG.match(text, at)
        if tag is None:
            return
        yield at, bool(tag[1]), tag[2]
        at = tag.end()
