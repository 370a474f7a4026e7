"""A PyTorch file (`.pt`, `.bin`, `.ckpt`: a zip with `data.pkl`, or bare pickles) → Header and the globals it would import.

Nothing is ever unpickled: `opcodes` follows the opcodes with placeholders. What a loader would import is reported, which is not a promise to
recognise malware.
"""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator

from msgspec import Struct

from sdscan.errors import ReadError
from sdscan.facts.models.header import Header
from sdscan.facts.models.opcodes import KEYS, STREAMS, Placeholder, placeholders_of
from sdscan.facts.source import Source
from sdscan.facts.text import scalar
from sdscan.limits import Limits
from sdscan.patterns import pattern
from sdscan.records import Problem

_SAFE = pattern(
    r"collections\.OrderedDict|torch\._utils\._rebuild_\w+|torch\.(?:\w+Storage|\w*Tensor|Size|device|dtype|float\d+|bfloat16|half|int\d+|uint8|bool)"
    r"|torch\._tensor\._rebuild_from_type(?:_v2)?|torch\.storage\._?(?:Untyped|Typed)Storage|torch\.nn\.parameter\.Parameter|torch\.nn\.modules\.container\.ParameterDict"
    r"|torch\.serialization\._get_layout|numpy\.(?:_?core\.)?multiarray\.(?:scalar|_reconstruct)|numpy\.(?:dtype|ndarray)|_codecs\.encode"
    r"|(?:__builtin__|builtins)\.(?:set|frozenset|dict|list|tuple|int|float|str|bytes|bytearray|complex|slice|range|object|bool)"
    r"|copyreg\._reconstructor|copy_reg\._reconstructor|pathlib\.(?:Pure)?(?:Posix|Windows)?Path"
    r"|pytorch_lightning\.callbacks\.model_checkpoint\.ModelCheckpoint"
)
"""What tensors, their settings and trainers' checkpoints need; everything else is named in the report."""
_DIRECTORY = 8 * 1024 * 1024
"""Bytes of a zip's directory that are read: one of 3,000 tensors has 300 KB."""
_MEMBERS = 8
"""Pickles of one zip that are read: PyTorch writes one or two."""
_PICKLE = pattern(r"(?:^|/)[^/]*\.pkl$")


class Pickled(Struct, frozen=True):
    """What a pickle file says."""

    header: Header | None
    """None where the file is no model."""
    dangerous: tuple[str, ...] = ()


def read_pickle(source: Source, format_: str, limits: Limits) -> Pickled:
    """The claims of a zip or bare pickle. Never raises but ReadError, on an I/O error."""
    problems: list[Problem] = []
    incomplete = None
    if format_ == "zip":
        data, incomplete = _zipped(source, limits, problems)
        if data is None:
            return Pickled(None if incomplete is None else Header(problems=tuple(problems), incomplete=incomplete))
    else:
        data = [source.read(0, limits.blob)]
    incomplete = incomplete or next((problem.detail for problem in problems if problem.code == "bad-zip"), None)
    called: dict[str, None] = {}
    values: list[object] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pickletools: a text with an odd escape
        for part in data:
            values += placeholders_of(part, called, limits, problems, streams=1 if format_ == "zip" else STREAMS)
    dangerous = tuple(name for name in called if not _SAFE.fullmatch(name))
    if dangerous:
        problems.append(
            Problem("dangerous-pickle", f"loading it would import {', '.join(dangerous[:5])}; it was not loaded")
        )
    if incomplete is None:
        incomplete = next((problem.detail for problem in problems if problem.code == "bad-pickle"), None)
    if format_ == "pickle" and not values and not called and incomplete is None:
        return Pickled(None)
    header = _header(values, problems, incomplete)
    return Pickled(header, dangerous[:100])


def _header(values: list[object], problems: list[Problem], incomplete: str | None) -> Header:
    """The pairs of the outermost table as metadata, and the kind by its keys."""
    roots = [value for value in values if isinstance(value, Placeholder) and (value.pairs or value.items)]
    root = max(roots, key=lambda value: len(value.pairs), default=Placeholder())
    keys = list(_keys(root))
    metadata: dict[str, object] = {}
    for key, value in root.pairs[:200]:
        if isinstance(key, str) and isinstance(value, (str, int, float)) and not isinstance(value, bool):
            metadata[scalar(key)[:200]] = scalar(value) if isinstance(value, str) else value
    kind, tokens = _kind(root, keys)
    return Header(metadata, bool(metadata), kind, tokens, tuple(problems), incomplete)


def _keys(root: Placeholder) -> Iterator[str]:
    """Text keys of a table and of the tables in it, one level down."""
    for key, value in root.pairs[:KEYS]:
        if isinstance(key, str):
            yield key
        if isinstance(value, Placeholder):
            yield from (inner for inner, _ in value.pairs[:KEYS] if isinstance(inner, str))


def _kind(root: Placeholder, keys: list[str]) -> tuple[str | None, tuple[str, ...]]:
    """A1111's embedding and hypernetwork by their keys, diffusers' `{token: tensor}`, LoRA and checkpoint by their tensors' names."""
    known = set(keys)
    if "string_to_param" in known or "string_to_token" in known:
        return "embedding", ()
    if "layer_structure" in known or "activation_func" in known:
        return "hypernetwork", ()
    joined = "\n".join(keys)
    for kind, marks in (
        ("lora", ("lora_down", "lora_up", "lora_A", "lora_B", "lora_unet_", "hada_w", "lokr_")),
        ("checkpoint", ("model.diffusion_model.", "double_blocks.", "down_blocks.")),
        ("vae", ("first_stage_model.", "decoder.conv_in", "decoder.up.")),
    ):
        if any(mark in joined for mark in marks):
            return kind, ()
    tensors = [
        key
        for key, value in root.pairs
        if isinstance(key, str) and isinstance(value, Placeholder) and "_rebuild_" in value.made_by
    ]
    if len(root.pairs) == len(tensors) and 1 <= len(tensors) <= 8:
        return "embedding", tuple(scalar(key)[:200] for key in tensors)
    return None, ()


# ---- zip -------------------------------------------------------------------------------------------------------


def _zipped(source: Source, limits: Limits, problems: list[Problem]) -> tuple[list[bytes] | None, str | None]:
    """The pickles of a zip; None where it holds none. A zip cut short is read from its first entry."""
    if not _directory_is_small(source):
        problems.append(Problem("limit-zip", "the directory of the zip is too large to be read"))
        return None, "the directory of the zip is too large to be read"
    try:
        with zipfile.ZipFile(SourceFile(source)) as archive:
            members = [info for info in archive.infolist() if _PICKLE.search(info.filename)]
            if len(members) > _MEMBERS:
                problems.append(Problem("limit-zip", f"of {len(members):,} pickles in the zip {_MEMBERS} are read"))
            data = [
                data for info in members[:_MEMBERS] if (data := _member(archive, info, limits, problems)) is not None
            ]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        first = _first_entry(source, limits)
        return (
            ([first], "the file ends before the directory of its zip")
            if first is not None
            else (None, "the zip has no readable directory")
        )
    return data or (None if not members else []), None


def _directory_is_small(source: Source) -> bool:
    """Whether the directory's size, by the end record (APPNOTE 4.3.16), is fit to be read."""
    tail = source.read(max(0, source.size - 66_000), 66_000)
    at = tail.rfind(b"PK\x05\x06")
    return at < 0 or len(tail) < at + 16 or int.from_bytes(tail[at + 12 : at + 16], "little") <= _DIRECTORY


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits, problems: list[Problem]) -> bytes | None:
    try:
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # LZMA may ask for 4 GB to begin with
            raise NotImplementedError(f"it is packed by method {info.compress_type}, which no writer of models uses")
        with archive.open(info) as file:
            data = file.read(limits.inflated + 1)
        if len(data) > limits.inflated:
            told = f"{scalar(info.filename)[:200]!r}: only the first {limits.inflated:,} bytes are looked at"
            problems.append(Problem("limit-inflated", told, info.header_offset))
        return data[: limits.inflated]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, RuntimeError, zlib.error) as error:
        problems.append(
            Problem(
                "bad-zip",
                f"{scalar(info.filename)[:200]!r} cannot be read: {scalar(str(error))[:200]}",
                info.header_offset,
            )
        )
    return None


def _first_entry(source: Source, limits: Limits) -> bytes | None:
    """The first entry by its local header (APPNOTE 4.3.7): PyTorch writes `data.pkl` first. A pickle ends itself, so no length is needed."""
    head = source.head
    if head[:4] != b"PK\x03\x04" or len(head) < 30:
        return None
    name_length = int.from_bytes(head[26:28], "little")
    start = 30 + name_length + int.from_bytes(head[28:30], "little")
    if not _PICKLE.search(head[30 : 30 + name_length].decode("utf-8", "replace")):
        return None
    data = source.read(start, limits.blob)
    if int.from_bytes(head[8:10], "little") == 0:
        return data
    try:
        return zlib.decompressobj(-15).decompress(data, limits.inflated)
    except zlib.error:
        return None


class SourceFile(io.RawIOBase):
    """A Source as the seekable file that zipfile wants."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source
        self._at = 0

    def seekable(self) -> bool:
        """Always."""
        return True

    def readable(self) -> bool:
        """Always."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """As a file does."""
        self._at = max(0, offset + (0, self._at, self._source.size)[whence])
        return self._at

    def tell(self) -> int:
        """As a file does."""
        return self._at

    def read(self, size: int = -1) -> bytes:
        """As a file does. An I/O error becomes the OSError that zipfile expects."""
        try:
            data = self._source.read(self._at, self._source.size - self._at if size < 0 else size)
        except ReadError as error:
            raise OSError(error.reason) from None
        self._at += len(data)
        return data
