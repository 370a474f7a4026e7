"""Pickles that would act if they were loaded, and other model files that lie. Nothing here is ever loaded either."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from hostile import Case, Family
from making_models import TENSOR, mapping, pickled, text, zipped


def call(module: str, name: str, argument: str = "touch /tmp/sdscan-was-here") -> bytes:
    """A pickle that would call a function when it is loaded (protocol 0 opcodes)."""
    return f"c{module}\n{name}\n".encode() + b"(" + text(argument) + b"tR"


ACTS = {
    "os-system": call("os", "system"), "posix-system": call("posix", "system"), "nt-system": call("nt", "system"),
    "subprocess": call("subprocess", "Popen"), "eval": call("builtins", "eval"), "exec": call("__builtin__", "exec"),
    "import": call("builtins", "__import__"), "getattr": call("builtins", "getattr"), "runpy": call("runpy", "_run_code"),
    "pty": call("pty", "spawn"), "socket": call("socket", "create_connection"), "web": call("webbrowser", "open"),
    "shutil": call("shutil", "rmtree"), "codecs": call("codecs", "decode"), "torch-load": call("torch", "load"),
    "numpy-f2py": call("numpy.testing._private.utils", "runstring"), "pip": call("pip", "main"), "ctypes": call("ctypes", "CDLL"),
    "stack-global": b"\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R", "stack-global-memo": b"\x8c\x02os\x94\x8c\x06system\x9400\x8c\x01x0h\x00h\x01\x93\x8c\x02id\x85R",
    "stack-global-computed": b"\x8c\x01o\x93\x8c\x02id\x85R", "inst": b"(" + text("id") + b"ios\nsystem\n", "obj": b"(cos\nsystem\n" + text("id") + b"o",
    "newobj": b"cos\nsystem\n)\x81", "newobj-ex": b"cos\nsystem\n)}\x92", "extension": b"\x82\x01", "extension-4": b"\x84\xff\xff\xff\x7f",
    "build-setstate": b"cos\nsystem\n)\x81}" + text("__setstate__") + b"cos\nsystem\nsb", "nested-name": b"cos\nsystem.__call__\n)R",
    "persistent": b"Pos.system\n", "persistent-binary": text("os.system") + b"Q", "reduce-chain": call("os", "system") * 40,
}  # fmt: skip


def pickles() -> Iterator[Case]:
    """Each as a bare pickle and in a zip; what would be called is named, and nothing is called."""
    for label, body in ACTS.items():
        says = "" if label.startswith("persistent") else "dangerous-pickle"
        tensors = mapping(emb_params=TENSOR)
        yield Case(f"act-{label}.pt", pickled(body + b"0" + tensors, 4), "scanned", says)
        yield Case(f"act-zip-{label}.pt", zipped(pickled(body + b"0" + tensors, 4)), "scanned", says)
    yield Case("act-after-stop.pt", pickled(mapping(a=TENSOR)) + pickled(ACTS["os-system"]), "scanned", "dangerous-pickle")
    yield Case("act-then-break.pt", b"\x80\x02" + ACTS["os-system"] + b"\xff\xff", "unreadable", "dangerous-pickle")
    yield Case("act-second-member.pt", zipped(pickled(mapping(a=TENSOR)), **{"archive/more.pkl": pickled(ACTS["os-system"])}), "scanned", "dangerous-pickle")
    yield Case("act-ninth-member.pt", zipped(pickled(mapping(a=TENSOR)), **{f"archive/{i}.pkl": pickled(mapping(a=TENSOR)) for i in range(9)}, **{"archive/z.pkl": pickled(ACTS["os-system"])}), "unreadable", "limit")  # fmt: skip
    yield Case("act-named-otherwise.pt", zipped(pickled(mapping(a=TENSOR)), **{"archive/data.bin": pickled(ACTS["os-system"])}), "scanned")
    yield Case("act-seventh-stream.pt", pickled(mapping(a=TENSOR)) * 7 + pickled(ACTS["os-system"]), "scanned")  # no loader gets that far
    yield Case("act-as-picture.png", pickled(ACTS["os-system"]), "scanned", "dangerous-pickle")


def opcodes() -> Iterator[Case]:
    """Opcodes that want memory, or a stack that is not there."""
    bodies: dict[str, tuple[bytes, str, str]] = {
        "string-2gb": (b"X\xff\xff\xff\x7f" + b"a" * 40, "unreadable", "bad-pickle"),
        "string-2e63": (b"\x8d" + b"\xff" * 7 + b"\x7f" + b"a" * 40, "unreadable", "bad-pickle"),
        "bytes-negative": (b"T\xff\xff\xff\xff" + b"a" * 40, "unreadable", "bad-pickle"),
        "long-2gb": (b"\x8b\xff\xff\xff\x7f" + b"a" * 40, "unreadable", "bad-pickle"),
        "long-digits": (b"L" + b"9" * 1_000_000 + b"L\n.", "unreadable", "bad-pickle"),
        "int-digits": (b"I" + b"9" * 1_000_000 + b"\n.", "unreadable", "bad-pickle"),
        "float-digits": (b"F" + b"9" * 1_000_000 + b"\n.", "scanned", ""),
        "frame-2e63": (b"\x95" + b"\xff" * 7 + b"\x7f" + b"}.", "scanned", ""),
        "many-opcodes": (b"N0" * 2_000_000 + b".", "unreadable", "limit-pickle"),
        "many-marks": (b"(" * 150_000 + b".", "scanned", ""),
        "many-tuples": (b")" * 150_000 + b".", "scanned", ""),
        "nested-lists": (b"(" * 90_000 + b"l" * 90_000 + b".", "scanned", ""),
        "pops": (b"0" * 100_000 + b".", "scanned", ""),
        "dup": (b"N" + b"2" * 150_000 + b".", "scanned", ""),
        "billion-laughs": (b"]" + b"".join(b"q%c" % i + b"(" + (b"h%c" % i) * 10 + b"l" for i in range(100)) + b".", "scanned", ""),
        "memo-far": (b"Nr\xff\xff\xff\xff.", "scanned", ""),
        "get-nothing": (b"h\xff.", "scanned", ""),
        "global-no-end": (b"cos" * 1000, "unreadable", "bad-pickle"),
        "global-odd": (b"c\xff\xfe\n\x1b[31m\n0}.", "unreadable", "bad-pickle"),
        "global-long": (b"c" + b"a" * 1_000_000 + b"\nb\n0}" + text("k") + TENSOR + b"s.", "scanned", "dangerous-pickle"),
        "many-globals": (b"".join(b"cm%d\nf\n0" % i for i in range(60_000)) + b"}" + text("k") + TENSOR + b"s.", "scanned", "dangerous-pickle"),
        "many-keys": (b"}(" + b"".join(text(f"k{i}") + b"K\1" for i in range(60_000)) + b"u.", "scanned", ""),
        "key-surrogate": (b"}X\x03\0\0\0\xed\xa0\x80K\1s.", "scanned", ""),
        "same-list-often": (b"]q\0" + b"".join(b"(" + b"h\0" * 300 + b"e" for _ in range(300)) + b".", "scanned", ""),
        "protocol-9": (b"\x80\x09}.", "scanned", ""),
        "empty": (b"", "unreadable", "bad-pickle"),
        "stop": (b".", "scanned", ""),
    }  # fmt: skip
    for label, (body, outcome, code) in bodies.items():
        yield Case(f"pickle-{label}.pt", b"\x80\x02" + body, outcome, code)  # type: ignore[arg-type]
    yield Case("pickle-zip-string-2gb.pt", zipped(b"\x80\x02X\xff\xff\xff\x7f" + b"a" * 40), "unreadable", "bad-pickle")
    yield Case("pickle-huge-tail.ckpt", lambda: pickled(mapping(state_dict=mapping(**{"model.diffusion_model.x": TENSOR}))) + bytes(20_000_000), "scanned")
    yield Case("pickle-header-only.pt", struct.pack("<H", 0x0280), "unreadable")


FAMILIES: dict[str, Family] = {"pickles": pickles, "opcodes": opcodes}
