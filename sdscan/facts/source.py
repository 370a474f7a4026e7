"""Where bytes come from: an open local file, bytes in memory, or (extra) a ranged object. Enters a path, leaves a Source.

A Source is opened once; its first `Limits.head` bytes are read in one call, and everything else by bounded reads at an
offset. Nothing here knows a format.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Protocol, Self

from msgspec import Struct

from sdscan.errors import ReadError, Unreached
from sdscan.limits import DEFAULT_LIMITS, Limits
from sdscan.system import pread

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_KINDS = (
    (stat.S_ISDIR, "is a folder"),
    (stat.S_ISFIFO, "is a named pipe"),
    (stat.S_ISSOCK, "is a socket"),
    (stat.S_ISCHR, "is a device"),
    (stat.S_ISBLK, "is a device"),
)


class Source(Protocol):
    """What a container walker may ask of a file."""

    @property
    def head(self) -> bytes:
        """The first bytes, at most `Limits.head`."""
        ...

    @property
    def size(self) -> int:
        """Size in bytes when it was opened."""
        ...

    @property
    def is_remote(self) -> bool:
        """Whether a read beyond the head costs a request over a network."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """At most `length` bytes at `offset`; shorter only where the file ends. Raises ReadError on an I/O error."""
        ...


class Near(Struct, frozen=True):
    """What stands beside a file, where that is no folder of this machine."""

    names: frozenset[str]
    open: Callable[[str], AbstractContextManager[Source]]
    """Takes one of the names. Raises ReadError."""


class MemorySource:
    """Bytes that are already in memory (stdin, an archive member, a test)."""

    __slots__ = ("_data", "head", "size")
    is_remote = False

    def __init__(self, data: bytes, limits: Limits = DEFAULT_LIMITS) -> None:
        self._data = data
        self.head = data[: limits.head]
        self.size = len(data)

    def read(self, offset: int, length: int) -> bytes:
        """See Source.read."""
        return self._data[offset : offset + length] if offset >= 0 and length > 0 else b""


class FileSource:
    """A local regular file, opened once. Use it as a context manager.

    Raises ReadError with a reason for the report where the path is no regular file or cannot be opened: a pipe or device
    is never read, so nothing can block.
    """

    __slots__ = ("_fd", "head", "size", "status")
    is_remote = False

    def __init__(self, path: str | bytes, limits: Limits = DEFAULT_LIMITS) -> None:
        try:
            self._fd = os.open(path, _FLAGS)
        except (OSError, ValueError) as error:
            raise _refusal(error) from None
        try:
            self.status = os.fstat(self._fd)
            if not stat.S_ISREG(self.status.st_mode):
                raise ReadError(
                    next((text for test, text in _KINDS if test(self.status.st_mode)), "is not a regular file")
                )
            self.size = self.status.st_size
            self.head = os.read(self._fd, min(limits.head, self.size) or limits.head)  # no larger buffer than it fills
            if len(self.head) < min(limits.head, self.size):  # a network drive may give less than is there
                self.head = _whole(self._fd, min(limits.head, self.size), 0)
        except OSError as error:
            os.close(self._fd)
            raise _refusal(error) from None
        except ReadError:
            os.close(self._fd)
            raise

    def read(self, offset: int, length: int) -> bytes:
        """See Source.read. Bytes that the head already holds cost no system call."""
        if length <= 0 or offset < 0:
            return b""
        end = offset + length
        if end <= len(self.head):
            return self.head[offset:end]
        if offset >= self.size:  # also offsets that no system call takes: a BigTIFF may name 2**64 - 1
            return b""
        try:
            return _whole(self._fd, min(length, self.size - offset), offset)
        except OSError as error:
            raise _refusal(error, offset) from None

    def close(self) -> None:
        """Close the file; reading afterwards is an error."""
        os.close(self._fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._fd)


def _whole(fd: int, length: int, offset: int) -> bytes:
    """Exactly `length` bytes: a system call may return less (network drives, signals). Raises ReadError where the file has become shorter."""
    data = pread(fd, length, offset)
    while len(data) < length:
        more = pread(fd, length - len(data), offset + len(data))
        if not more:
            raise ReadError("became shorter while it was read", offset=offset + len(data))
        data += more
    return data


_OWN = frozenset(
    (errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.EPERM, errno.ELOOP, errno.ENXIO, errno.ENAMETOOLONG, errno.EISDIR)
)
"""What the system says of the file itself; everything else lies with the drive, the network or this process."""


def _refusal(error: OSError | ValueError, offset: int | None = None) -> ReadError:
    is_own = isinstance(error, ValueError) or error.errno in _OWN
    return (ReadError if is_own else Unreached)(_why(error), offset=offset)


def _why(error: OSError | ValueError) -> str:
    if isinstance(error, ValueError):
        return "the name holds a NUL character"
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return "no longer exists"
    if error.errno in (errno.EACCES, errno.EPERM):
        return "permission denied"
    if error.errno == errno.ELOOP:
        return "is a loop of symbolic links"
    if error.errno == errno.ENXIO:
        return "is a socket or a pipe without a reader"
    return f"cannot be read: {(error.strerror or 'I/O error').lower()}"
