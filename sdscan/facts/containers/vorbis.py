"""FLAC and Ogg (Vorbis, Opus, FLAC, Speex, Theora) → blobs: Vorbis comments (xiph.org, "Ogg Vorbis I", section 5; RFC 9639; RFC 7845).

Sound is not read: in FLAC it follows the metadata blocks, in Ogg the first pages.
"""

from __future__ import annotations

from sdscan.facts.containers.gathered import Gathered
from sdscan.facts.encodings import decode_text
from sdscan.facts.source import Source
from sdscan.limits import Limits
from sdscan.records import Container

_COMMENTS, _LAST = 4, 0x80
_TAIL = 65_536 + 282
"""The largest Ogg page: 27 bytes, 255 segment lengths, 255 times 255 bytes (RFC 3533)."""
_MARKS = ((b"\x03vorbis", 7), (b"OpusTags", 8), (b"\x81theora", 7))
"""How a comment packet begins, by codec."""
_FIRSTS = (b"\x01vorbis", b"OpusHead", b"\x80theora", b"\x7fFLAC", b"Speex   ")
_FIRST_PAGE, _FINAL_PAGE = 2, 4


def read_flac(source: Source, limits: Limits, thorough: bool = False) -> Container:
    """The metadata blocks, to the one that is marked as the last; an ID3 tag before them is hopped over."""
    found = Gathered("flac", limits)
    pos = max(source.head.find(b"fLaC"), 0) + 4
    while found.step(pos):
        header = source.read(pos, 4)
        if len(header) < 4:
            found.cut("ends before its last metadata block", pos)
            break
        length = int.from_bytes(header[1:4], "big")
        if header[0] & 0x7F == _COMMENTS:
            _comments(found, found.body(source, pos + 4, length, "the comment block"), pos + 4, "flac")
        pos += 4 + length
        if pos > source.size:
            found.cut(f"ends inside a metadata block at byte {source.size:,}", pos)
            break
        if header[0] & _LAST:
            break
    return found.container()


def _comments(found: Gathered, data: bytes, offset: int, name: str) -> None:
    """Length and vendor, count, then length and `KEY=value` of each; all little-endian, UTF-8."""
    pos = 4 + int.from_bytes(data[:4], "little")
    found.text(f"{name}:vendor", "vendor", decode_text(data[4:pos]), offset, len(data[4:pos]))
    count = int.from_bytes(data[pos : pos + 4], "little")
    pos += 4
    for _ in range(count):
        if pos + 4 > len(data) or not found.step(offset + pos):
            found.problem("bad-comment", f"the list of comments is shorter than it says ({count:,})", offset + pos)
            return
        length = int.from_bytes(data[pos : pos + 4], "little")
        raw = data[pos + 4 : pos + 4 + length]
        if len(raw) < length:
            found.problem("bad-comment", "a comment reaches beyond its block", offset + pos)
        key, separator, value = raw.partition(b"=")
        if not separator:
            key, value = b"", raw
        written = decode_text(key)
        if written.upper() != "METADATA_BLOCK_PICTURE":
            found.text(f"{name}:comment/{written}", written, decode_text(value), offset + pos, len(raw))
        pos += 4 + length


def read_ogg(source: Source, limits: Limits, thorough: bool = False) -> Container:
    """The second packet of every stream holds its comments; the last page tells whether the file is whole."""
    found = Gathered("ogg", limits)
    waiting: dict[int, bytearray] = {}
    """Stream number → the bytes of its packets so far, behind the first."""
    known = False
    begins: dict[int, int] = {}
    """Stream number → the page in which they begin."""
    pos, total = 0, 0
    while found.step(pos):
        header = source.read(pos, 27)
        if len(header) < 27 or header[:4] != b"OggS":
            found.cut(f"is cut or damaged: no Ogg page begins at byte {pos:,}", pos)
            return found.container()
        lengths = source.read(pos + 27, header[26])
        body = pos + 27 + len(lengths)
        serial = int.from_bytes(header[14:18], "little")
        first = bool(header[5] & _FIRST_PAGE)
        data = source.read(body, sum(lengths)) if first or serial in waiting else b""
        if first and data.startswith(_FIRSTS):
            waiting[serial] = bytearray()
            known = True
        elif serial in waiting:
            waiting[serial] += data
            total += len(data)
            _packet(found, waiting, serial, lengths, begins.setdefault(serial, pos))
        pos = body + sum(lengths)
        if total > limits.blob:
            found.problem("limit-blob", f"comments beyond {limits.blob:,} bytes are left out", pos)
            break
        if (not waiting and not first) or pos >= source.size:
            break
    for serial, packet in waiting.items():
        if not packet:
            found.cut(f"ends before the comments of stream {serial}", pos)
        else:
            found.problem("bad-comment", f"the comments of stream {serial} have no end", begins[serial])
            _read_packet(found, bytes(packet), begins[serial])
    _whole(found, source)
    if not known:
        found.cut("holds no stream of a kind that sdscan knows", 0)
    return found.container()


def _packet(found: Gathered, waiting: dict[int, bytearray], serial: int, lengths: bytes, pos: int) -> None:
    """A segment shorter than 255 bytes ends a packet; everything up to the page that holds one is enough for the comments."""
    if any(length < 255 for length in lengths):
        _read_packet(found, bytes(waiting.pop(serial)), pos)


def _read_packet(found: Gathered, packet: bytes, pos: int) -> None:
    for mark, length in _MARKS:
        if packet.startswith(mark):
            _comments(found, packet[length:], pos, "ogg")
            return
    if packet[:1] in (b"\x04", b"\x84"):  # FLAC in Ogg: a metadata block
        _comments(found, packet[4:], pos, "ogg")
    elif packet:  # Speex: the comments alone
        _comments(found, packet, pos, "ogg")


def _whole(found: Gathered, source: Source) -> None:
    """The last page must fit into the file. A missing end mark is odd but common (streams saved while playing)."""
    start = max(0, source.size - _TAIL)
    tail = source.read(start, _TAIL)
    at = tail.rfind(b"OggS")
    header = tail[at : at + 27] if at >= 0 else b""
    lengths = tail[at + 27 : at + 27 + header[26]] if len(header) == 27 else b""
    if len(header) < 27 or len(lengths) < header[26] or at + 27 + len(lengths) + sum(lengths) > len(tail):
        found.cut(f"ends inside a page at byte {source.size:,}", start + max(at, 0))
    elif not header[5] & _FINAL_PAGE:
        found.problem("no-end-mark", "the last page is not marked as the end of the stream", start + at)
