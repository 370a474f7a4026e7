"""A PyTorch file (`.pt`, `.bin`, `.ckpt`: a zip with `data.pkl`, or bare pickles) → Header and the globals it would import.

Nothing is ever unpickled: `pickletools.genops` lists opcodes, and a small stack machine follows them with placeholders (protocols 0 to 5; PEP 307,
PEP 3154). Calls give an empty placeholder, so no import, no code and no expansion of nested references can happen. What a loader would import is
reported, which is not a promise to recognise malware.
"""

from __future__ import annotations

import io
import pickletools
import re
import zipfile
import zlib
from collections.abc import Iterator

from msgspec import Struct

from sdscan.errors import ReadError
from sdscan.facts.models.header import Header
from sdscan.facts.source import Source
from sdscan.facts.text import scalar
from sdscan.limits import Limits
from sdscan.records import Problem

_SAFE = re.compile(
    r"collections\.OrderedDict|torch\._utils\._rebuild_\w+|torch\.(?:\w+Storage|\w*Tensor|Size|device|dtype|float\d+|bfloat16|half|int\d+|uint8|bool)"
    r"|torch\._tensor\._rebuild_from_type(?:_v2)?|torch\.storage\._?(?:Untyped|Typed)Storage|torch\.nn\.parameter\.Parameter|torch\.nn\.modules\.container\.ParameterDict"
    r"|torch\.serialization\._get_layout|numpy\.(?:_?core\.)?multiarray\.(?:scalar|_reconstruct)|numpy\.(?:dtype|ndarray)|_codecs\.encode"
    r"|(?:__builtin__|builtins)\.(?:set|frozenset|dict|list|tuple|int|float|str|bytes|bytearray|complex|slice|range|object|bool)"
    r"|copyreg\._reconstructor|copy_reg\._reconstructor|pathlib\.(?:Pure)?(?:Posix|Windows)?Path"
    r"|pytorch_lightning\.callbacks\.model_checkpoint\.ModelCheckpoint"
)
"""What tensors, their settings and trainers' checkpoints need; everything else is named in the report."""
_STREAMS = 6
"""Pickles in a row in PyTorch's format before 1.6: magic number, protocol, system, the object, storage keys."""
_OLD_MAGIC = 0x1950A86A20F9469CFC6C
_DIRECTORY = 8 * 1024 * 1024
"""Bytes of a zip's directory that are read: one of 3,000 tensors has 300 KB."""
_PICKLE = re.compile(r"(?:^|/)[^/]*\.pkl$")
_KEYS = 4000


class Placeholder:
    """What a call, a persistent object or a container would be: its pairs and items, never its behaviour."""

    __slots__ = ("items", "made_by", "pairs")

    def __init__(self, made_by: str = "") -> None:
        self.made_by = made_by
        self.pairs: list[tuple[object, object]] = []
        self.items: list[object] = []


class Pickled(Struct, frozen=True):
    """What a pickle file says."""

    header: Header | None
    """None where the file is no model."""
    dangerous: tuple[str, ...] = ()


class _Machine:
    """Stack and memo of one pickle."""

    __slots__ = ("called", "memo", "stack")

    def __init__(self, called: dict[str, None]) -> None:
        self.stack: list[object] = []
        self.memo: dict[int, object] = {}
        self.called = called

    def pop(self) -> object:
        return self.stack.pop() if self.stack else None

    def marked(self) -> list[object]:
        """Everything down to the last mark, which is taken away."""
        taken: list[object] = []
        while self.stack:
            top = self.stack.pop()
            if top is _MARK:
                break
            taken.append(top)
        taken.reverse()
        return taken

    def imported(self, module: object, name: object) -> Placeholder:
        """A global: a module's dot and its name, `?` where it is computed."""
        text = ".".join(part if isinstance(part, str) else "?" for part in (module, name))
        self.called[scalar(text)[:300]] = None
        return Placeholder(text)


_MARK = object()


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
    called: dict[str, None] = {}
    values: list[object] = []
    for part in data:
        values += _values(part, called, limits, problems, streams=1 if format_ == "zip" else _STREAMS)
    dangerous = tuple(name for name in called if not _SAFE.fullmatch(name))
    if dangerous:
        problems.append(
            Problem("dangerous-pickle", f"loading it would import {', '.join(dangerous[:5])}; it was not loaded")
        )
    if format_ == "pickle" and not values and not called:
        return Pickled(None)
    if incomplete is None:
        incomplete = next((problem.detail for problem in problems if problem.code == "bad-pickle"), None)
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
    for key, value in root.pairs[:_KEYS]:
        if isinstance(key, str):
            yield key
        if isinstance(value, Placeholder):
            yield from (inner for inner, _ in value.pairs[:_KEYS] if isinstance(inner, str))


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
        return None, None
    try:
        with zipfile.ZipFile(SourceFile(source)) as archive:
            members = [info for info in archive.infolist() if _PICKLE.search(info.filename)]
            data = [data for info in members[:8] if (data := _member(archive, info, limits, problems)) is not None]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        first = _first_entry(source, limits)
        return (
            ([first], "the file ends before the directory of its zip")
            if first is not None
            else (None, "the zip has no readable directory")
        )
    return data or None, None


def _directory_is_small(source: Source) -> bool:
    """Whether the directory's size, by the end record (APPNOTE 4.3.16), is fit to be read."""
    tail = source.read(max(0, source.size - 66_000), 66_000)
    at = tail.rfind(b"PK\x05\x06")
    return at < 0 or len(tail) < at + 16 or int.from_bytes(tail[at + 12 : at + 16], "little") <= _DIRECTORY


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits, problems: list[Problem]) -> bytes | None:
    try:
        with archive.open(info) as file:
            return file.read(limits.inflated)
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


# ---- the stack machine -----------------------------------------------------------------------------------------


def _values(
    data: bytes, called: dict[str, None], limits: Limits, problems: list[Problem], streams: int
) -> list[object]:
    """The placeholder of each pickle in a row."""
    stream = io.BytesIO(data)
    found: list[object] = []
    budget = limits.pickle_ops
    for number in range(streams):
        machine = _Machine(called)
        at = stream.tell()
        try:
            for opcode, argument, _ in pickletools.genops(stream):
                budget -= 1
                _step(machine, opcode.name, argument)
                if budget <= 0:
                    problems.append(
                        Problem("limit-pickle", f"only the first {limits.pickle_ops:,} opcodes were looked at")
                    )
                    return [*found, *machine.stack[:100]]
        except (ValueError, IndexError, RecursionError) as error:
            is_old = found[:1] == [_OLD_MAGIC]
            found += _unfinished(machine)
            if number == 0 or (is_old and number < _STREAMS - 2):  # after the last pickle come the tensors
                problems.append(Problem("bad-pickle", f"the pickle breaks off: {scalar(str(error))[:200]}", at))
            return found
        found.append(machine.pop())
    return found


def _unfinished(machine: _Machine) -> list[object]:
    """The placeholders of a pickle that breaks off, with what was collected for them."""
    found: list[object] = []
    while machine.stack:
        taken = machine.marked()
        _fill(machine.stack, list(zip(taken[::2], taken[1::2])))
        found += [value for value in taken if isinstance(value, Placeholder)]
    return found[:100]


def _step(machine: _Machine, name: str, argument: object) -> None:
    """One opcode. Names are those of `pickletools`; what is not listed pushes nothing that matters here."""
    stack = machine.stack
    if name in _PUSH:
        stack.append(argument)
    elif name in ("MEMOIZE", "PUT", "BINPUT", "LONG_BINPUT"):
        machine.memo[len(machine.memo) if name == "MEMOIZE" else _index(argument)] = stack[-1] if stack else None
    elif name in ("GET", "BINGET", "LONG_BINGET"):
        stack.append(machine.memo.get(_index(argument)))
    elif name == "MARK":
        stack.append(_MARK)
    elif name in ("EMPTY_DICT", "EMPTY_LIST", "EMPTY_SET", "EMPTY_TUPLE"):
        stack.append(Placeholder())
    elif name in _CONSTANTS:
        stack.append(_CONSTANTS[name])
    elif name in ("GLOBAL", "INST"):
        _global(machine, name, str(argument))
    elif name == "STACK_GLOBAL":
        attribute = machine.pop()
        stack.append(machine.imported(machine.pop(), attribute))
    elif name in _CALLS:
        _called(machine, name)
    else:
        _build(machine, name)


_PUSH = frozenset(
    "INT BININT BININT1 BININT2 LONG LONG1 LONG4 FLOAT BINFLOAT STRING BINSTRING SHORT_BINSTRING UNICODE SHORT_BINUNICODE BINUNICODE BINUNICODE8 "
    "BINBYTES SHORT_BINBYTES BINBYTES8 BYTEARRAY8".split()
)
_CONSTANTS: dict[str, object] = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "NEXT_BUFFER": None}
_CALLS = frozenset(("REDUCE", "NEWOBJ", "NEWOBJ_EX", "OBJ", "PERSID", "BINPERSID", "EXT1", "EXT2", "EXT4", "FROZENSET"))


def _index(argument: object) -> int:
    return int(argument) if isinstance(argument, (int, str)) else 0


def _global(machine: _Machine, name: str, argument: str) -> None:
    module, _, attribute = argument.partition(" ")
    made = machine.imported(module, attribute)
    if name == "INST":
        machine.marked()
    machine.stack.append(made)


def _called(machine: _Machine, name: str) -> None:
    """A call leaves a placeholder that remembers what was called."""
    if name in ("OBJ", "FROZENSET"):
        taken = machine.marked()
        made_by = taken[0] if taken and name == "OBJ" else None
    elif name.startswith("EXT"):
        made_by = machine.imported("copyreg", "extension registry")
    else:
        for _ in range({"REDUCE": 1, "NEWOBJ": 1, "NEWOBJ_EX": 2, "BINPERSID": 1}.get(name, 0)):
            machine.pop()
        made_by = machine.pop() if name in ("REDUCE", "NEWOBJ", "NEWOBJ_EX") else None
    machine.stack.append(Placeholder(made_by.made_by if isinstance(made_by, Placeholder) else ""))


def _build(machine: _Machine, name: str) -> None:
    """Tables, lists and tuples."""
    stack = machine.stack
    if name in ("SETITEMS", "DICT"):
        taken = machine.marked()
        if name == "DICT":
            stack.append(Placeholder())
        _fill(stack, list(zip(taken[::2], taken[1::2])))
    elif name == "SETITEM":
        value = machine.pop()
        _fill(stack, [(machine.pop(), value)])
    elif name in ("APPENDS", "ADDITEMS", "LIST", "TUPLE"):
        taken = machine.marked()
        if name in ("LIST", "TUPLE"):
            stack.append(Placeholder())
        if stack and isinstance(stack[-1], Placeholder):
            stack[-1].items += taken[:_KEYS]
    elif name in ("TUPLE1", "TUPLE2", "TUPLE3"):
        made = Placeholder()
        made.items = [machine.pop() for _ in range(int(name[-1]))][::-1]
        stack.append(made)
    elif name in ("APPEND", "BUILD", "POP"):
        machine.pop()
    elif name == "POP_MARK":
        machine.marked()
    elif name == "DUP" and stack:
        stack.append(stack[-1])


def _fill(stack: list[object], pairs: list[tuple[object, object]]) -> None:
    if stack and isinstance(stack[-1], Placeholder):
        stack[-1].pairs += pairs
