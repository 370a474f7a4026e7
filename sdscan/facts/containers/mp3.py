"""MP3 → blobs: ID3v2.2 to 2.4 frames (id3.org): `TXXX`, `COMM`, text frames, XMP in `PRIV`, C2PA in `GEOB`; ID3v1's comment."""

from __future__ import annotations

from sdscan.facts.containers.gathered import Gathered, add_xmp
from sdscan.facts.encodings import decode_text
from sdscan.facts.source import Source
from sdscan.limits import Limits
from sdscan.records import Container

_UNSYNCHRONISED, _EXTENDED = 0x80, 0x40
_SHORT_NAMES = {b"TXX": b"TXXX", b"COM": b"COMM", b"ULT": b"USLT", b"GEO": b"GEOB"}
"""ID3v2.2 has names of three letters."""
_C2PA_TYPE = b"application/x-c2pa-manifest-store"


def read_mp3(source: Source, limits: Limits, thorough: bool = False) -> Container:
    """The tag at the start and the one at the end; sound is not read."""
    found = Gathered("mp3", limits)
    head = source.read(0, 10)
    if head[:3] == b"ID3" and len(head) == 10:
        length = _synchsafe(head[6:10])
        body = found.body(source, 10, length, "the ID3 tag")
        if 10 + length > source.size:
            found.cut(f"ends inside the ID3 tag at byte {source.size:,}", 10)
        _frames(found, body, head[3], head[5])
    last = source.read(source.size - 128, 128)
    if last[:3] == b"TAG" and len(last) == 128:
        comment = decode_text(last[97:125].split(b"\0")[0])
        if comment.strip() and not any(blob.key == "comment" for blob in found.blobs):
            found.text("mp3:ID3v1/comment", "comment", comment, source.size - 128, 30)
    return found.container()


def _synchsafe(data: bytes) -> int:
    """Seven bits a byte (ID3v2.4, 6.2)."""
    value = 0
    for byte in data:
        value = value << 7 | byte & 0x7F
    return value


def _frames(found: Gathered, body: bytes, version: int, flags: int) -> None:
    if flags & _UNSYNCHRONISED and version < 4:
        body = body.replace(b"\xff\0", b"\xff")
    pos = 0
    if flags & _EXTENDED and version > 2:
        pos = _synchsafe(body[:4]) if version == 4 else 4 + int.from_bytes(body[:4], "big")
    wide = 3 if version == 2 else 4
    header = 6 if version == 2 else 10
    while len(body) - pos > header and found.step(pos + 10):
        name, raw = body[pos : pos + wide], body[pos + wide : pos + 2 * wide]
        if not name.strip(b"\0"):
            break
        length = _synchsafe(raw) if version == 4 and not _plain_size(body, pos, raw) else int.from_bytes(raw, "big")
        data = body[pos + header : pos + header + length]
        if len(data) < length:
            found.problem("bad-frame", f"the {decode_text(name)} frame reaches beyond the tag", pos + 10)
        if version > 2:
            data = _plain(found, data, body[pos + 9], version, pos + 10)
        _frame(found, _SHORT_NAMES.get(name, name), data, pos + 10)
        pos += header + length


def _plain_size(body: bytes, pos: int, raw: bytes) -> bool:
    """True where a 2.4 size is written without synchsafe bits, as old iTunes did: the next frame then fits there only."""
    size = int.from_bytes(raw, "big")
    return size > 127 and _is_name(body, pos + 10 + size) and not _is_name(body, pos + 10 + _synchsafe(raw))


def _is_name(body: bytes, at: int) -> bool:
    name = body[at : at + 4]
    return len(name) == 4 and name.isalnum() and name.isupper()


def _plain(found: Gathered, data: bytes, flags: int, version: int, offset: int) -> bytes:
    """A frame without its own compression, unsynchronisation and length (2.3: 3.3.1; 2.4: 4.1.2)."""
    if version == 4:
        if flags & 0x02:
            data = data.replace(b"\xff\0", b"\xff")
        packed, length = flags & 0x08, flags & 0x01
    else:
        packed = length = flags & 0x80
    if length:
        data = data[4:]
    return found.inflate(data, "a compressed ID3 frame", offset) if packed else data


def _frame(found: Gathered, name: bytes, data: bytes, offset: int) -> None:
    label = decode_text(name)
    if name == b"TXXX":
        key, value = _split(data[:1], data[1:])
        found.text(f"mp3:TXXX/{key}", key, value, offset, len(data))
    elif name in (b"COMM", b"USLT"):
        key, value = _split(data[:1], data[4:])
        named = "comment" if name == b"COMM" else "lyrics"
        found.text(f"mp3:{label}/{key}" if key else f"mp3:{label}", named, value, offset, len(data))
    elif name[:1] == b"T":
        value = _decoded(data[:1], data[1:])
        if value:
            found.text(f"mp3:{label}", label, value, offset, len(data))
    elif name == b"PRIV" and data.startswith(b"XMP\0"):
        add_xmp(found, "mp3:xmp", data[4:], offset, len(data))
    elif name == b"GEOB" and data[1:].startswith(_C2PA_TYPE):
        start = data.find(b"jumb")
        if start >= 4:
            found.data("mp3:c2pa", "c2pa", data[start - 4 :], offset, len(data))


def _split(encoding: bytes, data: bytes) -> tuple[str, str]:
    """Description and value: ended by one NUL, or by two on an even place in UTF-16."""
    if encoding in (b"\1", b"\2"):
        at = data.find(b"\0\0")
        while at & 1 and at >= 0:
            at = data.find(b"\0\0", at + 1)
        return (
            (_decoded(encoding, data[:at]), _decoded(encoding, data[at + 2 :]))
            if at >= 0
            else ("", _decoded(encoding, data))
        )
    key, separator, value = data.partition(b"\0")
    return (_decoded(encoding, key), _decoded(encoding, value)) if separator else ("", _decoded(encoding, key))


def _decoded(encoding: bytes, data: bytes) -> str:
    """0 latin-1 (in truth often UTF-8), 1 UTF-16 with a mark, 2 UTF-16 big-endian, 3 UTF-8."""
    if encoding in (b"\1", b"\2"):
        little = encoding == b"\1" and data[:2] == b"\xff\xfe"
        body = data[2:] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else data
        return body[: len(body) & ~1].decode("utf-16-le" if little else "utf-16-be", "replace").rstrip("\0")
    return decode_text(data)
