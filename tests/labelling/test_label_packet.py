"""XMP packets: what is made, what is added, and that what stands there stays byte for byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import PACKET

from sdscan.facts.decoders.xmp import Property, read_xmp
from sdscan.labelling.packet import merged, new_packet, same_marks, xml_text
from sdscan.limits import DEFAULT_LIMITS

MARK = Property(
    "Iptc4xmpExt:DigitalSourceType", "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
)
SYSTEM = Property("Iptc4xmpExt:AISystemUsed", "ComfyUI <&> 'x' \"y\"")
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
EXT = 'xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'


def read(packet: bytes, encoding: str = "utf-8") -> list[Property]:
    return read_xmp(packet.decode(encoding), DEFAULT_LIMITS)


def test_a_new_packet_says_what_it_was_given() -> None:
    packet = new_packet([MARK, SYSTEM])
    assert [MARK, SYSTEM] == read(packet)
    assert packet.startswith(b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>')
    assert packet.endswith(b'<?xpacket end="w"?>')


@given(st.text(max_size=60))
def test_any_text_survives_a_packet_as_far_as_xml_can_hold_it(text: str) -> None:
    found = read(new_packet([Property("Iptc4xmpExt:AISystemUsed", f"x{text}x")]))
    assert ["x" + xml_text(text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") + "x"] == [
        item.value for item in found
    ]


FORMS = {
    "an element": PACKET,
    "without wrapper": PACKET[PACKET.index(b"<rdf:RDF") : PACKET.index(b"</x:xmpmeta>")],
    "another prefix": PACKET.replace(b"rdf:", b"r:").replace(b"xmlns:rdf", b"xmlns:r"),
    "a comment that looks like the end": PACKET.replace(
        b"</rdf:RDF>", b"<!-- </rdf:RDF> --></rdf:RDF><!-- </rdf:RDF> -->"
    ),
    "a value that looks like the end": PACKET.replace(b"me &amp; you", b"<![CDATA[</rdf:RDF>]]>"),
    "padding": PACKET.replace(b"<?xpacket end", b" " * 2000 + b"\n<?xpacket end"),
    "with a byte order mark": b"\xef\xbb\xbf" + PACKET,
}


@pytest.mark.parametrize("form", FORMS)
def test_what_stands_in_a_packet_stays_byte_for_byte(form: str) -> None:
    packet = FORMS[form]
    found = merged(packet, [MARK, SYSTEM], DEFAULT_LIMITS)
    assert isinstance(found, bytes)
    start = next(i for i in range(len(packet)) if packet[i] != found[i])
    rest = len(packet) - start
    assert packet == found[:start] + found[len(found) - rest :]
    assert [MARK, SYSTEM] == [item for item in read(found) if item in (MARK, SYSTEM)]
    assert read(packet) == [item for item in read(found) if item not in (MARK, SYSTEM)]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_packet_keeps_its_encoding(encoding: str, mark: str) -> None:
    text = PACKET.decode().replace("\ufeff", "")
    text = text[text.index("<x:xmpmeta") :]
    found = merged((mark + text).encode(encoding), [MARK], DEFAULT_LIMITS)
    assert isinstance(found, bytes)
    assert found.decode(encoding).startswith(mark + "<x:xmpmeta")
    assert MARK in read_xmp(found.decode(encoding), DEFAULT_LIMITS)


def test_the_new_description_is_about_the_same_as_the_old() -> None:
    found = merged(PACKET, [MARK], DEFAULT_LIMITS)
    assert isinstance(found, bytes)
    assert 2 == found.count(b'rdf:about="uuid:faf5"')


@pytest.mark.parametrize(
    "there",
    [
        f'<rdf:RDF {RDF}><rdf:Description {EXT} e:DigitalSourceType="http://cv.iptc.org/x/digitalCapture"/></rdf:RDF>',
        f"<rdf:RDF {RDF}><rdf:Description {EXT}><e:DigitalSourceType>own</e:DigitalSourceType></rdf:Description></rdf:RDF>",
    ],
)
def test_a_property_that_is_there_is_never_written_again(there: str) -> None:
    assert there.encode() == merged(there.encode(), [MARK], DEFAULT_LIMITS)
    more = merged(there.encode(), [MARK, SYSTEM], DEFAULT_LIMITS)
    assert isinstance(more, bytes)
    assert 1 == len([item for item in read(more) if item.name == MARK.name])
    assert SYSTEM in read(more)


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"no xml at all",
        b"<rdf:RDF/>",
        b"<x:xmpmeta></x:xmpmeta>",
        b"<!-- <rdf:RDF></rdf:RDF>",
        b"<rdf:RDF>< </rdf:RDF>",
        b"\x80\x81",
    ],
)
def test_a_packet_that_cannot_be_added_to_is_a_sentence(packet: bytes) -> None:
    assert isinstance(merged(packet, [MARK], DEFAULT_LIMITS), str)


def test_marks_are_compared_wherever_they_stand() -> None:
    one = f'<rdf:RDF {RDF}><rdf:Description {EXT} e:DigitalSourceType="a" e:Event="x"/></rdf:RDF>'.encode()
    assert same_marks(one, one.replace(b'"x"', b'"y"'), DEFAULT_LIMITS)
    assert not same_marks(one, one.replace(b'"a"', b'"b"'), DEFAULT_LIMITS)
    label = b"<rdf:RDF><rdf:Description><TC260:AIGC>{1}</TC260:AIGC></rdf:Description></rdf:RDF>"
    assert not same_marks(label, label.replace(b"{1}", b"{2}"), DEFAULT_LIMITS)


def test_hostile_packets_cost_linear_time() -> None:
    for piece in (b"<!--", b"<a ", b"<![CDATA[", b'<a b="', b"</rdf:RDF ", b"<rdf:Description rdf:about="):
        merged(piece * 60_000, [MARK], DEFAULT_LIMITS)
