"""A safetensors file → its `__metadata__`, and what the tensor names tell. Read by hand: 8 bytes of length, then JSON.

The safetensors library refuses whatever is odd (safetensors 0.8, `tensor.rs`): files cut short, values that are no strings, NaN, lone
surrogates, a byte order mark, NUL padding, deep nesting. Their metadata is readable all the same, so it is read, and what is odd is a
problem; what is missing makes the file incomplete. The metadata stands first in every file that a library wrote, so only that value is
decoded as a rule; tensor names are looked at as bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice

from msgspec import Struct

from sdscan.facts.source import Source
from sdscan.facts.text import scalar
from sdscan.limits import Limits
from sdscan.patterns import pattern
from sdscan.records import Problem

KEY = "__metadata__"
_QUOTED = b'"__metadata__"'
_BOM = b"\xef\xbb\xbf"
_DECODER = json.JSONDecoder(strict=False)
_SPACE = " \t\r\n"
_FIRST = pattern(r'\ufeff?[ \t\r\n]*\{[ \t\r\n]*"__metadata__"[ \t\r\n]*:[ \t\r\n]*')
_END = pattern(rb'"data_offsets"\s*:\s*\[\s*\d{1,18}\s*,\s*(\d{1,18})\s*\]')
_TAIL = 400
_PICTURE = pattern(rb'"(?:data:[a-z/+.;=,0-9-]{0,60},)?[A-Za-z0-9+/=]{4096,}+"')
"""A cover image in base64: it makes up most of every header above a few megabytes, and says nothing."""
_ENTRIES = 20_000
"""Entries of a metadata object that has more quotation marks than an honest one: sd-scripts writes 80."""
"""End of the header that holds its last entry."""
_NAMES = 32 * 1024
_MARKS: tuple[tuple[str, tuple[bytes, ...]], ...] = (
    ("lora", (b".lora_down", b".lora_up", b".lora_A", b".lora_B", b"_lora.down", b"_lora.up", b".lora.down", b".lora.up", b'"lora_unet_',
              b'"lora_te', b".hada_w1", b".lokr_", b".oft_", b".boft_", b".diff_b", b".lora_magnitude_vector", b".dora_scale", b".on_input")),
    ("embedding", (b'"emb_params"', b'"bundle_emb.', b'"string_to_param', b'"<')),
    ("checkpoint", (b'"model.diffusion_model.', b'"double_blocks.', b'"joint_blocks.', b'"diffusion_model.', b'"transformer_blocks.', b'"down_blocks.')),
    ("vae", (b'"first_stage_model.', b'"decoder.up', b'"encoder.down', b'"decoder.conv_in')),
)  # fmt: skip
"""Kind → pieces of tensor names (kohya, diffusers, PEFT, LyCORIS; kohya, A1111; Stability; CompVis). The first kind that fits counts."""


class Header(Struct, frozen=True):
    """What stands before the tensors."""

    metadata: dict[str, object] = {}
    """As written, in the file's order; keys and text values without lone surrogates."""
    present: bool = False
    """Whether there was a `__metadata__` at all."""
    kind: str | None = None
    """lora embedding checkpoint vae, by the tensor names."""
    tokens: tuple[str, ...] = ()
    """Tensor names that are themselves the token of an embedding: `<cat-toy>`, OneTrainer's `bundle_emb.TOKEN.clip_l`."""
    problems: tuple[Problem, ...] = ()
    incomplete: str | None = None
    """A sentence where the file ends too early or its header cannot be what it says."""


def read_header(source: Source, limits: Limits) -> Header:
    """The header of a file that starts like safetensors. Never raises but ReadError, on an I/O error."""
    length = int.from_bytes(source.head[:8], "little")
    there = max(0, source.size - 8)
    problems: list[Problem] = []
    incomplete = None
    if length > limits.header:
        incomplete = f"its header claims {length:,} bytes; the format allows {limits.header:,}"
    elif length > there:
        incomplete = f"the file ends inside its header: {there:,} of {length:,} bytes are there"
    wanted = min(length, there, limits.header_json)
    if wanted < min(length, there):
        problems.append(Problem("limit-header", f"only the first {wanted:,} of {length:,} header bytes were read", 8))
    data = source.read(8, wanted)
    whole = wanted == length and len(data) == length
    lean = _PICTURE.sub(b'""', data) if len(data) > limits.json else data
    if len(lean) > limits.json:
        problems.append(Problem("limit-header", f"only the first {limits.json:,} bytes of the header were read", 8))
        lean, whole = lean[: limits.json], False
    text = _decoded(lean, problems)
    if incomplete is None and text.lstrip(_SPACE + "\ufeff")[:1] != "{":
        incomplete = "its header is no JSON object, so no program can load it"
    metadata, present = _metadata(text, data, whole, problems)
    if whole and incomplete is None:
        incomplete = _missing_data(data, text, source.size - 8 - length, problems)
    kind, tokens = kind_by_tensors(data)
    return Header(metadata, present, kind, tokens, tuple(problems), incomplete)


def kind_by_tensors(data: bytes) -> tuple[str | None, tuple[str, ...]]:
    """The kind of model by the names of its tensors, and names that are tokens."""
    for kind, marks in _MARKS:
        if any(mark in data for mark in marks):
            return kind, _tokens(data) if kind in ("embedding", "lora") else ()
    if b'"clip_g"' in data or b'"clip_l"' in data:  # an SDXL textual inversion: nothing else, no name inside
        return "embedding", ()
    return None, ()


_TOKEN = pattern(
    rb'"(?:bundle_emb\.([^"\\]{1,200}?)\.(?:clip_l|clip_g|t5|qwen)[^"\\]{0,20}|(<[^"\\<>]{1,100}>))"\s*:\s*\{\s*"'
)


def _tokens(data: bytes) -> tuple[str, ...]:
    """OneTrainer's `bundle_emb.TOKEN.clip_l`, and diffusers' and cloneofsimo's tensors whose name is the token."""
    if b"<" not in data and b'"bundle_emb.' not in data[:_NAMES] and b'"bundle_emb.' not in data[-_NAMES:]:
        return ()  # tensors stand in the order of their type and name, so the few of an embedding come first or last
    found = [(match[1] or match[2]).decode("utf-8", "replace") for match in _TOKEN.finditer(data)]
    return tuple(dict.fromkeys(found))[:100]


def _decoded(data: bytes, problems: list[Problem]) -> str:
    if data[:3] == _BOM:
        problems.append(
            Problem("odd-header", "the header starts with a byte order mark, which the format does not allow", 8)
        )
        data = data[3:]
    if data[-1:] == b"\0":
        data = data.rstrip(b"\0")
        problems.append(Problem("odd-header", "the header is padded with NUL instead of spaces", 8 + len(data)))
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        problems.append(
            Problem("bad-utf8", "the header is not valid UTF-8; the bad bytes read as U+FFFD", 8 + error.start)
        )
        return data.decode("utf-8", "replace")


def _metadata(text: str, data: bytes, whole: bool, problems: list[Problem]) -> tuple[dict[str, object], bool]:
    """`__metadata__` and whether there is one: its value alone where it stands first, else the whole header is parsed."""
    first = _FIRST.match(text)
    if first is not None:
        crowded = _is_crowded(text)
        found, end = (None, 0) if crowded else _value(text, first.end())
        if end and isinstance(found, dict):
            if data.find(_QUOTED, data.find(_QUOTED) + 1) >= 0:  # inside a value its quotes are escaped
                found = _last(text, found, problems)
            return _clean(found, problems), True
        if text[first.end() : first.end() + 1] == "{":
            whole = whole and not crowded
            if crowded:
                told = f"the header has very many entries; the first {_ENTRIES:,} of its metadata are read"
                problems.append(Problem("limit-header", told, 8))
            return _clean(_salvaged(text, first.end() + 1, whole, problems), problems), True
    return _searched(text, whole, problems)


def _is_crowded(text: str) -> bool:
    """True where so many strings stand in a header that parsing it at once would take very much memory."""
    return len(text) > 1_000_000 and text.count('"') - text.count('\\"') > 20 * _ENTRIES


def _value(text: str, start: int) -> tuple[object, int]:
    """The JSON value at `start` and its end; (None, 0) where it cannot be parsed."""
    try:
        found: tuple[object, int] = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None, 0
    return found


def _pairs(text: str, start: int) -> Iterator[tuple[str, int, int]]:
    """(key, start of its value, end of it) of an object whose first key is at or after `start`, until something cannot be parsed."""
    at = start
    while True:
        while text[at : at + 1] in _SPACE and at < len(text):
            at += 1
        key, end = _value(text, at)
        if not end or not isinstance(key, str):
            return
        colon = text.find(":", end, end + 64)
        if colon < 0:
            return
        at = colon + 1
        while text[at : at + 1] in _SPACE and at < len(text):
            at += 1
        _, end = _value(text, at)
        if not end:
            return
        yield key, at, end
        comma = text.find(",", end, end + 64)
        if comma < 0:
            return
        at = comma + 1


def _salvaged(text: str, start: int, whole: bool, problems: list[Problem]) -> dict[str, object]:
    """The pairs of a metadata object that can be read before it breaks off."""
    found = {key: _value(text, at)[0] for key, at, _ in islice(_pairs(text, start), _ENTRIES)}
    if whole:
        problems.append(
            Problem(
                "bad-header",
                f"the metadata is no valid JSON after its {len(found)}. entry; what stands before is used",
                8,
            )
        )
    return found


def _searched(text: str, whole: bool, problems: list[Problem]) -> tuple[dict[str, object], bool]:
    """`__metadata__` where it does not stand first: the top-level keys one by one, so that a broken tensor entry hides nothing."""
    brace = text.find("{", 0, 64)
    if brace < 0:
        problems.append(Problem("bad-header", "the header is no JSON object", 8))
        return {}, False
    found: dict[str, object] | None = None
    end = brace + 1
    for key, at, after in _pairs(text, brace + 1):
        end = after
        if key == KEY:
            value = _value(text, at)[0]
            if not isinstance(value, dict):
                problems.append(Problem("odd-metadata", "__metadata__ is no JSON object", 8))
            found = value if isinstance(value, dict) else found or {}
    if whole and text[end:].strip(_SPACE) != "}" and text[brace:].strip(_SPACE) != "{}":
        problems.append(
            Problem(
                "bad-header",
                "the header is no valid JSON (or nests too deeply); what stands before the fault is used",
                8,
            )
        )
    return _clean(found or {}, problems), found is not None


def _last(text: str, first: dict[str, object], problems: list[Problem]) -> dict[str, object]:
    """With a second `__metadata__` at the top level the last one counts, as in every JSON library."""
    found = [at for key, at, _ in _pairs(text, text.find("{") + 1) if key == KEY]
    if len(found) < 2:
        return first
    problems.append(
        Problem("odd-metadata", f"__metadata__ stands {len(found)} times in the header; the last one counts", 8)
    )
    value = _value(text, found[-1])[0]
    return value if isinstance(value, dict) else first


def _clean(found: dict[str, object], problems: list[Problem]) -> dict[str, object]:
    odd = [key for key, value in found.items() if not isinstance(value, str)]
    if odd:
        problems.append(
            Problem("odd-metadata", f"{len(odd)} metadata values are no strings, first {scalar(odd[0])[:100]!r}", 8)
        )
    return {scalar(key): scalar(value) if isinstance(value, str) else value for key, value in found.items()}


def _missing_data(data: bytes, text: str, there: int, problems: list[Problem]) -> str | None:
    """A sentence where tensor data is missing; a problem where there is more than the header explains.

    Libraries write tensors in the order of their data, so the last entry ends it; only if it does not, all are asked.
    """
    ends = _END.findall(data[-_TAIL:])
    if ends and int(ends[-1]) == there:
        return None
    end = max((int(match[1]) for match in _END.finditer(data)), default=0)
    if end > there:
        return f"the file ends inside its tensors: {there:,} of {end:,} bytes are there"
    if end < there:
        problems.append(Problem("trailing-bytes", f"{there - end:,} bytes follow the last tensor", 8 + len(data) + end))
    return None
