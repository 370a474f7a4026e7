"""Names and kinds of directory entries that no honest program makes. Enters an empty folder, leaves it full."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

from wholes import WHOLE

GIB = 1 << 30
PNG = WHOLE["text.png"]
NAMES: tuple[bytes, ...] = (
    b"new\nline.png", b"\x1b[31mred\x1b[0m.png", b"\xff\xfe\x80.png", "bidi\u202egnp.exe.png".encode(), b"-rf.png", b"--help.png", b"a" * 251 + b".png",
    "あ".encode() * 83 + b".png", b"=cmd.png", b"'quote\".png", b"<script>alert(1)<b>.png", b"%41%0a::error.png", b"a\\b.png", b" lead.png", b"trail .png",
    b"tab\t.png", b"return\r.png", b"\x7f.png", b"back\x08\x08.png", b"[bold]markup.png", b"*.png", b"?.png", b"|pipe.png", b"$(id).png", b";semi.png", b"&amp.png",
    b"#frag.png", b"C:evil.png", b"con.png", b"NUL.png", b".hidden.png", "\u2028line.png".encode(), "e\u0301.png".encode(), "\u00e9.png".encode(), b"A.PNG", b"a.png",
    b"\xed\xa0\x80.png", b"\xf0\x9f\x98\x80.png", b"\xc0\xaf.png", b"noext", b"@at.png", b"+plus.png", b"~.png", b"http:x.png", b"..png", b"...png",
)  # fmt: skip
"""File names, each as a picture that names a character."""
SPARSE = {
    "sparse.png": ("text.png", "unreadable"), "sparse.jpg": ("exif.jpg", "scanned"), "sparse.webp": ("exif.webp", "scanned"), "sparse.avif": ("item.avif", "scanned"),
    "sparse.jxl": ("box.jxl", "scanned"), "sparse.gif": ("comment.gif", "scanned"), "sparse.tif": ("tag.tif", "scanned"), "sparse.mp4": ("item.mp4", "scanned"),
    "sparse.webm": ("tag.webm", "unreadable"), "sparse.flac": ("block.flac", "scanned"), "sparse.ogg": ("page.ogg", "unreadable"), "sparse.mp3": ("frame.mp3", "scanned"),
    "sparse.safetensors": ("lora.safetensors", "scanned"), "sparse.pt": ("embedding.pt", "scanned"),
}  # fmt: skip
"""Honest files with five gigabytes of nothing after them (the PNG lacks its end): nobody may read all that."""


def fill(folder: Path) -> dict[str, str]:
    """Make everything; the expected outcome of each entry that a scan of the folder reports, by name as shown."""
    here = os.fsencode(folder)
    for name in NAMES:
        _write(os.path.join(here, name), PNG)
    expected = {shown(name): "scanned" for name in NAMES}
    for name, (whole, outcome) in SPARSE.items():
        data = WHOLE[whole][: -12 if name == "sparse.png" else None]
        _write(os.path.join(here, name.encode()), data)
        os.truncate(os.path.join(here, name.encode()), 5 * GIB)
        expected[name] = outcome
    inner = os.path.join(here, b"dir\xff\n.png")
    os.mkdir(inner)
    _write(os.path.join(inner, b"in.png"), PNG)
    expected[r"dir\xff" + "\n.png/in.png"] = "scanned"
    _links(folder)
    expected |= dict.fromkeys(("loop.png", "b.png", "c.png", "broken.png"), "unreadable") | dict.fromkeys(("link.png", "hard.png"), "scanned")
    return expected | _special(folder)


def shown(name: bytes) -> str:
    """A name as reports write it: bytes that are no UTF-8 as `\\xNN`."""
    return "".join(f"\\x{ord(c) - 0xDC00:02x}" if 0xDC80 <= ord(c) <= 0xDCFF else c for c in name.decode("utf-8", "surrogateescape"))


def _write(path: bytes, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)


def _links(folder: Path) -> None:
    """Loops, links into nothing, and links to folders, which are not followed."""
    for name, target in (("loop.png", "loop.png"), ("b.png", "c.png"), ("c.png", "b.png"), ("broken.png", "nowhere"), ("self", "."), ("up.png", ".."), ("link.png", "a.png")):
        (folder / name).symlink_to(target)
    (folder / "hard.png").hardlink_to(folder / "a.png")
    (folder / "empty.png").mkdir()


def _special(folder: Path) -> dict[str, str]:
    """Pipes, sockets, and devices where the system lets us make them."""
    os.mkfifo(folder / "pipe.png")
    os.mkfifo(folder / "pipe")
    made = {"pipe.png": "unreadable"}
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(os.path.relpath(folder / "socket.png"))
        made["socket.png"] = "unreadable"
    except OSError:  # the path is too long for a socket
        pass
    finally:
        listener.close()
    try:
        os.mknod(folder / "zero.png", stat.S_IFCHR | 0o600, os.makedev(1, 5))
        made["zero.png"] = "unreadable"
    except PermissionError:
        pass
    return made
