"""Changes that keep the form of an input: of JSON, of TOML, of containers. Deterministic: all chance comes from the `Random` given."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Sequence
from random import Random

SCALARS: tuple[object, ...] = (
    None, True, False, 0, 1, -1, 7, 2**31, 2**63, -(2**63) - 1, 10**30, 0.5, -0.0, 1e308, float("inf"), float("nan"), "", " ", "0", "1", "-1",
    "nan", "by greg rutkowski", "hatsune miku, (artgerm:1.2)", "<lora:miku:0.8>", "a\u0000b", "\ud83d", "\u202e", "\u0130", "4", "6", "[]", "{}",
    "x.safetensors", "..\\..\\a/b.safetensors", "urn:air:sd1:lora:civitai:1@2", "0x" + "a" * 64, "positive", "negative", "%seed%", "__animal__",
)  # fmt: skip
"""Values that readers stumble over."""
NUMBERS = (0, 1, 2, 3, 4, 7, 8, 15, 16, 127, 128, 255, 256, 32767, 65535, 2**24, 2**31 - 1, 2**31, 2**32 - 1)


# ---- JSON ------------------------------------------------------------------------------------------------------------


def changed_json(document: object, rng: Random, keys: Sequence[str] = ()) -> object:
    """The document with one to four things changed in it."""
    for _ in range(rng.choice((1, 1, 1, 2, 3, 4))):
        document = _changed(document, rng, keys)
    return document


def _changed(document: object, rng: Random, keys: Sequence[str]) -> object:
    places = list(_places(document))
    if not places:
        return rng.choice((document, [document], {"1": document}, rng.choice(SCALARS)))
    holder, key = rng.choice(places)
    value = holder[key]  # type: ignore[index]
    kind = rng.randrange(11)
    if kind == 0:
        del holder[key]  # type: ignore[attr-defined]
    elif kind == 1:
        other, name = rng.choice(places)
        holder[key] = _plain_copy(other[name])  # type: ignore[index]
    elif kind == 2:
        holder[key] = [value]  # type: ignore[index]
    elif kind == 3:
        holder[key] = json.dumps(value)  # type: ignore[index]
    elif kind == 4:
        holder[key] = _deep(rng.choice((3, 40, 70, 200)), rng)  # type: ignore[index]
    elif kind == 5 and isinstance(holder, dict):
        holder[
            rng.choice(keys)
            if keys and rng.random() < 0.7
            else rng.choice(("", "x", "_meta", "id", "0", str(key) + " "))
        ] = _plain_copy(value)
    elif kind == 6 and isinstance(holder, dict) and keys:
        holder[rng.choice(keys)] = holder.pop(key)
    elif kind == 7 and isinstance(value, str):
        holder[key] = _changed_text(value, rng)  # type: ignore[index]
    elif kind == 8 and isinstance(holder, list):
        holder[key:key] = [_plain_copy(value)] * rng.choice((1, 2, 30))  # type: ignore[index, misc]
    elif kind == 9:
        holder[key] = [rng.choice(_links(document)), rng.choice((0, 1, 2, -1, 7))]  # type: ignore[index]
    else:
        holder[key] = rng.choice(SCALARS)  # type: ignore[index]
    return document


def _places(document: object) -> list[tuple[object, object]]:
    """(holder, key) of every value, at most 4,000 of them."""
    found: list[tuple[object, object]] = []
    waiting = [document]
    while waiting and len(found) < 4000:
        here = waiting.pop()
        items = here.items() if isinstance(here, dict) else enumerate(here) if isinstance(here, list) else ()
        for key, value in items:
            found.append((here, key))
            waiting.append(value)
    return found


def _links(document: object) -> list[object]:
    """Ids that a link may name: keys of the document, and of what stands in it as a node."""
    names: list[object] = list(document)[:200] if isinstance(document, dict) else []
    return [*names, "0", 0, 1, "nowhere", None]


def _plain_copy(value: object) -> object:
    """A copy of its own, so that a later change does not reach both, and no document holds itself."""
    return json.loads(json.dumps(value)) if isinstance(value, (dict, list)) else value


def _deep(depth: int, rng: Random) -> object:
    value: object = rng.choice(SCALARS)
    for _ in range(depth):
        value = [value] if rng.random() < 0.5 else {rng.choice(("a", "inputs", "prompt", "Comment", "0")): value}
    return value


def _changed_text(text: str, rng: Random) -> str:
    at, end = sorted((rng.randint(0, len(text)), rng.randint(0, len(text))))
    piece = rng.choice(
        (
            ", ",
            "\n",
            "(",
            ")",
            "[",
            "]",
            "{a|",
            "}",
            ":1.2)",
            "<lora:",
            ">",
            "\\",
            "\\(",
            "AND",
            "::",
            '"',
            "\u3000",
            "İ",
            "\ud800",
        )
    )
    return rng.choice((text[:at] + piece + text[end:], text[:at] + text[end:], text[:end] + text[at:], text * 2))


def written(document: object, rng: Random) -> str:
    """As text: now and then with everything in ASCII, or with spaces."""
    try:
        return json.dumps(document, ensure_ascii=rng.random() < 0.3, indent=rng.choice((None, None, 1)))
    except RecursionError:
        return "{}"


def parsed(text: str) -> object:
    """The JSON in a text, or None."""
    try:
        document: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return document


# ---- lines -----------------------------------------------------------------------------------------------------------


def changed_lines(data: bytes, rng: Random) -> bytes:
    """A text (TOML, CSV, JSON lines) with a line put elsewhere, doubled, dropped, or with another value."""
    lines = data.split(b"\n")
    at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    kind = rng.randrange(6)
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines.insert(other, lines[at])
    elif kind == 2:
        lines[at], lines[other] = lines[other], lines[at]
    elif kind == 3 and b"=" in lines[at]:
        value = rng.choice(
            (
                b'""',
                b"0",
                b"-1",
                b"[]",
                b"{}",
                b'["a", "a"]',
                b"2026-02-30",
                b"1979-05-27",
                b"inf",
                b"true",
                b'"x"',
                b"[[1]]",
                b"'" * 6,
            )
        )
        lines[at] = lines[at].split(b"=")[0] + b"= " + value
    elif kind == 4 and b"=" in lines[at] and b"=" in lines[other]:
        lines[at] = lines[at].split(b"=")[0] + b"=" + lines[other].split(b"=", 1)[1]
    else:
        lines[at] = changed_bytes(lines[at], rng)
    return b"\n".join(lines)


# ---- containers ------------------------------------------------------------------------------------------------------


def changed_bytes(data: bytes, rng: Random) -> bytes:
    """One piece cut, doubled, moved, or a length field put wrong: what blind changes of single bytes seldom do."""
    if not data:
        return bytes((rng.randrange(256),))
    at = rng.randrange(len(data))
    length = rng.choice((1, 2, 4, 8, 12, 32, rng.randint(1, 200)))
    piece = data[at : at + length]
    kind = rng.randrange(7)
    if kind == 0:
        return data[:at] + data[at + length :]
    if kind == 1:
        return data[:at] + piece * rng.choice((2, 3, 20)) + data[at + length :]
    if kind == 2:
        to = rng.randrange(len(data))
        return data[:to] + piece + data[to:]
    if kind == 3:
        return data[:at]
    if kind == 4:
        return data[:at] + bytes(rng.randrange(256) for _ in piece) + data[at + length :]
    form = rng.choice((">B", ">H", "<H", ">I", "<I", ">Q", "<Q", ">I", "<I"))
    size = struct.calcsize(form)
    value = rng.choice((*NUMBERS, len(data), len(data) - at, at, rng.randrange(1 << 16))) & ((1 << 8 * size) - 1)
    if kind == 5 and at + size <= len(data):  # near what stands there
        value = (struct.unpack_from(form, data, at)[0] + rng.choice((-8, -4, -1, 1, 4, 8, 255))) & ((1 << 8 * size) - 1)
    return data[:at] + struct.pack(form, value) + data[at + size :]


def changed_container(data: bytes, rng: Random) -> bytes:
    """As `changed_bytes`; what is packed in a PNG chunk is changed and packed again, with its check sum."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and rng.random() < 0.5:
        return _changed_png(data, rng)
    return changed_bytes(data, rng)


def _changed_png(data: bytes, rng: Random) -> bytes:
    chunks, at = [], 8
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        chunks.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    if not chunks:
        return changed_bytes(data, rng)
    number = rng.randrange(len(chunks))
    kind, body = chunks[number]
    head, _, packed = body.partition(b"\0")
    if kind == b"zTXt" and packed[:1] == b"\0":
        body = head + b"\0\0" + zlib.compress(changed_bytes(_unpacked(packed[1:]), rng))
    elif kind == b"IDAT":
        body = zlib.compress(changed_bytes(_unpacked(body), rng))
    else:
        body = changed_bytes(body, rng)
    chunks[number] = (kind, body)
    if rng.random() < 0.2:
        chunks.insert(rng.randrange(len(chunks)), chunks[rng.randrange(len(chunks))])
    return data[:8] + b"".join(
        len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4) for kind, body in chunks
    )


def _unpacked(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, 1 << 16)
    except zlib.error:
        return b""


def changed_safetensors(data: bytes, rng: Random, keys: Sequence[str] = ()) -> bytes:
    """A header that is changed as JSON, with a length that fits."""
    length = int.from_bytes(data[:8], "little")
    document = parsed(data[8 : 8 + length].decode("utf-8", "replace"))
    if document is None:
        return changed_bytes(data, rng)
    text = written(changed_json(document, rng, keys), rng).encode("utf-8", "surrogatepass")
    return len(text).to_bytes(8, "little") + text + data[8 + length :]


def changed_zip(data: bytes, rng: Random) -> bytes:
    """A member that is changed and packed again."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [
                (info.filename, archive.read(info)) for info in archive.infolist()[:20] if info.file_size < 1 << 16
            ]
    except (
        zipfile.BadZipFile,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        zlib.error,
        struct.error,
    ):
        return changed_bytes(data, rng)
    if not members:
        return changed_bytes(data, rng)
    number = rng.randrange(len(members))
    name, body = members[number]
    members[number] = (rng.choice((name, name, name, "data.pkl", "a/version")), changed_bytes(body, rng))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in dict(members).items():
            archive.writestr(zipfile.ZipInfo(name or "x"), body)
    return out.getvalue()
