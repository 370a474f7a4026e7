"""Processes and pipes: a message arrives whole, an end is seen, nothing is left behind."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from sdscan.engines import processes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")


def is_there(pid: int) -> bool:
    """Also where it has ended and nobody has asked."""
    return Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize("size", [0, 1, 65_528, 65_536, 3_000_000])
def test_a_message_arrives_whole(size: int) -> None:
    """Also one that is longer than what a pipe holds, and two in a row."""
    reads, writes = processes.pipe()
    sent = [os.urandom(size), b"next"]
    writer = threading.Thread(target=lambda: [writes.send_bytes(data) for data in sent])
    writer.start()
    assert [reads] == processes.wait([reads])
    assert sent == [reads.recv_bytes(), reads.recv_bytes()]
    writer.join()
    reads.close()
    with pytest.raises(BrokenPipeError):
        writes.send_bytes(b"to nobody")
    writes.close()


@pytest.mark.parametrize("written", [b"", b"\0\0\0", (5).to_bytes(8, sys.byteorder) + b"abc"])
def test_an_end_in_the_middle_is_seen(written: bytes) -> None:
    reads, writes = processes.pipe()
    os.write(writes.fileno(), written)
    writes.close()
    assert [reads] == processes.wait([reads])
    with pytest.raises(EOFError):
        reads.recv_bytes()
    reads.close()


def test_only_those_are_told_from_which_something_can_be_read() -> None:
    pipes = [processes.pipe() for _ in range(3)]
    pipes[1][1].send_bytes(b"here")
    assert [pipes[1][0]] == processes.wait([reads for reads, _ in pipes])
    for ends in pipes:
        for end in ends:
            end.close()


def test_a_forked_process_heeds_no_ctrl_c_and_is_forgotten_when_it_has_ended() -> None:
    reads, writes = processes.pipe()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())

    def serve() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        writes.send_bytes(b"%d" % os.getpid())
        time.sleep(60)

    process = processes.fork(serve)
    pid = int(reads.recv_bytes())
    assert pid != os.getpid()
    assert before == signal.pthread_sigmask(signal.SIG_BLOCK, ())
    process.kill()
    process.close()
    end = time.monotonic() + 10
    while is_there(pid):
        processes._reap()
        assert time.monotonic() < end
    process.kill()  # whoever does it twice does no harm
    reads.close()
    writes.close()


def test_what_goes_wrong_in_a_forked_process_does_not_come_back(capfd: pytest.CaptureFixture[str]) -> None:
    def serve() -> None:
        raise SystemExit("not here")

    reads, writes = processes.pipe()
    process = processes.fork(serve)
    writes.close()
    with pytest.raises(EOFError):
        reads.recv_bytes()
    assert process.exit_code() is None
    process.kill()
    process.close()
    reads.close()
    assert ("", "") == capfd.readouterr()
