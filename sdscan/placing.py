"""Putting files into a folder: what a copy is called there, and how it gets there whole or not at all, never over another file."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Literal

from sdscan.digests import blake2b
from sdscan.discover import posix

Mode = Literal["copy", "link", "move"]
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EINVAL})
"""What file systems without hard links answer (FAT, some network drives)."""
_BLOCK = 1 << 20


def below(path: str, roots: Sequence[str]) -> str:
    """The path of a file below the folder that the user named; the bare name of a file that was named itself."""
    for root in roots:
        folder = posix(root)
        if path == folder:
            break
        folder = folder if folder.endswith("/") else f"{folder}/"
        if path.startswith(folder):
            return path[len(folder) :].lstrip("/")
    return path.rsplit("/", 1)[-1]


def names(path: str) -> Iterator[str]:
    """`a/b.png`, `a/b-2.png`, `a/b-3.png` …"""
    yield path
    stem, suffix = os.path.splitext(path)
    number = 2
    while True:
        yield f"{stem}-{number}{suffix}"
        number += 1


def same_content(one: str, two: str) -> bool:
    """Whether two files hold the same bytes. False where one of them cannot be read."""
    try:
        if os.path.samefile(one, two):
            return True
        if not os.path.isfile(one) or not os.path.isfile(two) or os.path.getsize(one) != os.path.getsize(two):
            return False
        with open(one, "rb") as first, open(two, "rb") as second:
            while True:
                block = first.read(_BLOCK)
                if block != second.read(_BLOCK):
                    return False
                if not block:
                    return True
    except OSError:
        return False


def equals(path: str, blocks: Iterable[bytes]) -> bool:
    """Whether a file holds just these bytes."""
    try:
        with open(path, "rb") as file:
            return all(file.read(len(block)) == block for block in blocks) and not file.read(1)
    except OSError:
        return False


def part_of(target: str) -> str:
    """The name under which `target` is written before it is whole; the same each time, so that a later run finds what was left."""
    folder, name = os.path.split(target)
    return os.path.join(folder, f".sdscan-{blake2b(os.fsencode(name), digest_size=8).hexdigest()}.part")


@contextlib.contextmanager
def new_file(target: str, like: str | None = None, *, sync: bool = False) -> Iterator[IO[bytes]]:
    """A file that appears as `target` when everything has been written (`sync`: to the disk), with the times of `like`.

    Raises FileExistsError where something stands there by then; nothing is left behind on any error.
    """
    part = part_of(target)
    clear(target)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(part, flags, 0o666), "wb") as file:
            yield file
            file.flush()
            if sync:
                os.fsync(file.fileno())
        if like is not None:
            with contextlib.suppress(OSError):
                shutil.copystat(like, part)
        _reveal(part, target)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(part)


def place(source: str, target: str, mode: Mode) -> None:
    """Copy, link or move one file to a name that must be free. Folders are made. Raises OSError; FileExistsError where it is taken."""
    os.makedirs(os.path.dirname(target) or ".", exist_ok=True)
    if mode == "link":
        os.link(os.path.realpath(source), target)
        return
    if mode == "move":
        try:
            _move(source, target)
            return
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
    with open(source, "rb") as from_, new_file(target, like=source, sync=mode == "move") as to:
        shutil.copyfileobj(from_, to, _BLOCK)
    if mode == "move":
        os.unlink(source)


def _move(source: str, target: str) -> None:
    """Within one file system: at every moment the file has at least one name."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        part = part_of(target)
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT, 0o666))  # says that an empty file of that name is ours
        try:
            _replace(source, target)
        finally:
            os.unlink(part)
        return
    os.unlink(source)


def clear(target: str) -> None:
    """Take away what a run left that was killed while it wrote `target`: the part, and the empty file that reserved the name."""
    part = part_of(target)
    if os.path.lexists(part):
        if os.path.isfile(target) and not os.path.getsize(target):
            os.unlink(target)
        os.unlink(part)


def _reveal(part: str, target: str) -> None:
    try:
        os.link(part, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _replace(part, target)


def _replace(source: str, target: str) -> None:
    """Rename where there are no links: take the name first, so that nothing can be replaced but that empty file."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
    try:
        os.replace(source, target)
    except BaseException:
        if os.path.lexists(source):
            os.unlink(target)
        raise
