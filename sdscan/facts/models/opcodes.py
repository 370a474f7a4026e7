"""Opcodes of pickles → placeholders of what they would build, and the names of what they would import. Nothing is built or imported.

`pickletools.genops` lists the opcodes, a stack machine follows them (protocols 0 to 5; PEP 307, PEP 3154). A call leaves an empty placeholder that
remembers what was called; nested references are not expanded, so a bomb costs what its bytes cost.
"""

from __future__ import annotations

import io
import pickletools

from sdscan.facts.text import scalar
from sdscan.limits import Limits
from sdscan.records import Problem

STREAMS = 6
"""Pickles in a row in PyTorch's format before 1.6: magic number, protocol, system, the object, storage keys."""
_OLD_MAGIC = 0x1950A86A20F9469CFC6C
KEYS = 4000
"""Items of one list that are kept."""


class Placeholder:
    """What a call, a persistent object or a container would be: its pairs and items, never its behaviour."""

    __slots__ = ("items", "made_by", "pairs")

    def __init__(self, made_by: str = "") -> None:
        self.made_by = made_by
        self.pairs: list[tuple[object, object]] = []
        self.items: list[object] = []


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


def placeholders_of(
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
            if number == 0 or (is_old and number < STREAMS - 2):  # after the last pickle come the tensors
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
            stack[-1].items += taken[:KEYS]
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
