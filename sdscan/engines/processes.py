"""Processes beside this one, and the pipes to and from them. Enters a function that serves, leaves a process that runs it.

Forked where that is safe: the child shares what is loaded and begins at once. By the system's own calls, because `multiprocessing` takes 9 ms
to import, a sixtieth of a scan of 20,000 pictures by two. Elsewhere a fresh interpreter, which `multiprocessing` starts.
"""

from __future__ import annotations

import os
import signal
import struct
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from sdscan.system import threads

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

_LENGTH = struct.Struct("=Q")
"""What stands before each message in a pipe between forked processes."""


class Pipe(Protocol):
    """One end of a pipe, for messages of bytes. Raises OSError, and EOFError where nobody holds the other end any more."""

    def send_bytes(self, data: bytes, /) -> None:
        """Returns when the pipe has all of it."""

    def recv_bytes(self) -> bytes:
        """Waits for a whole message."""

    def fileno(self) -> int:
        """The system's number for it."""

    def close(self) -> None:
        """To be called once."""


class Process(Protocol):
    """A process that was started here."""

    def kill(self) -> None:
        """It ends now, whatever it does; this does not wait for that."""

    def exit_code(self) -> int | None:
        """Of one that has closed its pipe, before it is killed; None where nobody can tell."""

    def close(self) -> None:
        """After `kill`: the system may forget it."""


def is_fork_safe() -> bool:
    """Whether a child may begin as a copy of this process."""
    return (
        sys.platform == "linux" and threads() == 1
    )  # what another thread has locked stays locked in the child for ever


def wait(pipes: Sequence[Pipe]) -> list[Pipe]:
    """Those from which something can be read, or of which nobody holds the other end; waits for one."""
    if not all(isinstance(pipe, _End) for pipe in pipes):
        from multiprocessing import connection

        return connection.wait(pipes)  # type: ignore[arg-type, return-value]  # what `fresh` gave
    import select

    asked = {pipe.fileno(): pipe for pipe in pipes}
    poll = select.poll()
    for descriptor in asked:
        poll.register(descriptor, select.POLLIN)
    return [asked[descriptor] for descriptor, _ in poll.poll()]


def _heed_no_ctrl_c() -> None:
    """It is the parent's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


# ---- forked ----------------------------------------------------------------------------------------------------


def pipe() -> tuple[Pipe, Pipe]:
    """The end to read from and the end to write to."""
    reads, writes = os.pipe()
    return _End(reads), _End(writes)


def fork(serve: Callable[[], object]) -> Process:
    """A copy of this process that does nothing but `serve`."""
    _reap()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    try:
        child = os.fork()
        if not child:
            try:
                _heed_no_ctrl_c()
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
                serve()
            finally:
                os._exit(0)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return _Forked(child)


class _End:
    """See Pipe."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def send_bytes(self, data: bytes) -> None:
        left = memoryview(_LENGTH.pack(len(data)) + data)
        while left:
            left = left[os.write(self._descriptor, left) :]

    def recv_bytes(self) -> bytes:
        return self._read(*_LENGTH.unpack(self._read(_LENGTH.size)))

    def _read(self, length: int) -> bytes:
        parts = []
        while length:
            parts.append(os.read(self._descriptor, length))
            if not parts[-1]:
                raise EOFError
            length -= len(parts[-1])
        return b"".join(parts)

    def fileno(self) -> int:
        return self._descriptor

    def close(self) -> None:
        os.close(self._descriptor)


_killed: list[int] = []
"""Forked processes that are ending: to give back what they held takes the system some milliseconds, for which nobody need wait."""


class _Forked:
    """See Process."""

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def kill(self) -> None:
        with suppress(ProcessLookupError):  # a host program may have waited for it
            os.kill(self._pid, signal.SIGKILL)

    def exit_code(self) -> None:
        return None

    def close(self) -> None:
        _killed.append(self._pid)
        _reap()


def _reap() -> None:
    """Let the system forget those of the killed that have ended."""
    _killed[:] = [pid for pid in _killed if _is_ending(pid)]


def _is_ending(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return False


# ---- fresh interpreters ----------------------------------------------------------------------------------------


def fresh(serve: Callable[..., object], *given: object) -> tuple[Process, Pipe, Pipe]:
    """An interpreter that does nothing but `serve(inbox, outbox, *given)`; the pipe to it, and the pipe from it."""
    from multiprocessing import get_context

    context = get_context("spawn")
    inbox, messages = context.Pipe(duplex=False)
    answers, outbox = context.Pipe(duplex=False)
    process = context.Process(target=_serving, args=(serve, inbox, outbox, *given), daemon=True)
    process.start()
    inbox.close()
    outbox.close()  # else its end would not show when the process dies
    return _Fresh(process), messages, answers


def _serving(serve: Callable[..., object], *given: object) -> None:
    _heed_no_ctrl_c()
    serve(*given)


class _Fresh:
    """See Process."""

    def __init__(self, process: BaseProcess) -> None:
        self._process = process

    def kill(self) -> None:
        self._process.kill()

    def exit_code(self) -> int | None:
        self._process.join(1)
        return self._process.exitcode

    def close(self) -> None:
        self._process.join()
