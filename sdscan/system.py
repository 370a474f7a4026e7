"""Where operating systems differ: with the forks of engines/processes.py, all that calls what some of them lack. Everything else is the same everywhere."""

from __future__ import annotations

import errno
import os
import sys
import unicodedata
from contextlib import suppress


def pread(descriptor: int, length: int, offset: int) -> bytes:
    """At most `length` bytes at `offset` of an open file. Raises OSError."""
    if hasattr(os, "pread"):
        return os.pread(descriptor, length, offset)
    os.lseek(descriptor, offset, os.SEEK_SET)  # Windows
    return os.read(descriptor, length)


def cores() -> int:
    """Processors that this process may use: a container or a job may give it fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1  # Windows, macOS


def threads() -> int:
    """Threads of this process, those of libraries too, which Python does not know of; where the system does not tell, Python's own."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:  # Windows, macOS
        import threading

        return threading.active_count()


WIDE = 1 << 20
"""Bytes that a widened pipe holds: the most that Linux gives to anybody (pipe(7)), and what a chunk comes to."""


def widen(descriptor: int) -> int:
    """Let a pipe hold more, where that can be asked for, so that whoever writes into it need not wait for the reader.

    The bytes that it holds; 0 where the system does not tell (Windows, macOS).
    """
    try:
        import fcntl

        with suppress(OSError):  # the pipes of this user have as much as they may
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, WIDE)
        return fcntl.fcntl(descriptor, fcntl.F_GETPIPE_SZ)
    except (ImportError, AttributeError, OSError):
        return 0


def is_trusted(owner: int) -> bool:
    """Whether a file of that owner is ours or the system's. Windows tells no owner; its cache stands in the user's own folder."""
    return not hasattr(os, "getuid") or owner in (os.getuid(), 0)


def lock(descriptor: int) -> bool:
    """Hold a file for this process alone; False where another one does. True where there is no such lock (Windows, some network drives)."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def is_closed_pipe(error: OSError) -> bool:
    """Whether the reader of a pipe went away: BrokenPipeError, for which Windows says "invalid argument" where it is a stream of the C library."""
    return isinstance(error, BrokenPipeError) or (sys.platform == "win32" and error.errno == errno.EINVAL)


def composed(path: str) -> str:
    """A path in one spelling, for comparison with what a person typed: macOS hands out names with letters and accents apart (NFD)."""
    return path if path.isascii() else unicodedata.normalize("NFC", path)
