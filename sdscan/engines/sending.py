"""Candidates, and what they came to, on their way to another process and back.

A candidate that is a path and nothing more goes as the path, which is a hundred times faster to pickle; between the processes of one machine
what is plain is not pickled at all: multiprocessing's pickling, which does the rest, takes 5 ms to import.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import msgpack
from msgspec.structs import astuple, replace

from sdscan.engines.work import Done
from sdscan.exits import Tally
from sdscan.records import Candidate
from sdscan.run import Batch

Packed = list[Candidate | str]
_PLAIN, _LONE, _PICKLED = b"p", b"l", b"o"
"""The first byte of a message tells how to read the rest; _LONE: plain, and every candidate is `lone`. Where only some are, that gets lost."""


def packed(candidates: Iterable[Candidate]) -> Packed:
    """What is sent to a cluster. That a candidate is `lone` may get lost: then its folder is looked through."""
    return [one.path if _is_plain(one) else one for one in candidates]


def unpacked(sent: Packed) -> list[Candidate]:
    """What was to be sent."""
    return [Candidate(one) if isinstance(one, str) else one for one in sent]


def _is_plain(one: Candidate) -> bool:
    return one.listed is None and one.refused is None and one.skipped is None and not one.named


# ---- between processes of one machine --------------------------------------------------------------------------


def chunk_sent(candidates: Sequence[Candidate]) -> bytes:
    """A chunk → bytes."""
    if all(map(_is_plain, candidates)):
        paths = "\0".join([one.path for one in candidates])
        if paths.count("\0") == len(candidates) - 1:
            return (_LONE if all(one.lone for one in candidates) else _PLAIN) + os.fsencode(paths)
    return _PICKLED + pickled(candidates)


def chunk_of(sent: bytes) -> Sequence[Candidate]:
    """The chunk that was sent."""
    kind = sent[:1]
    if kind != _PICKLED:
        lone = kind == _LONE
        return [Candidate(path, False, None, None, None, lone) for path in os.fsdecode(sent[1:]).split("\0")]
    return unpickled(sent[1:])  # type: ignore[no-any-return]


def done_sent(done: Done) -> bytes:
    """What a chunk came to, less its lines → bytes."""
    if not (done.rows or done.judged or done.told or done.failed or done.compared):
        return _PLAIN + msgpack.encode(astuple(done.batch.tally))
    return _PICKLED + pickled(replace(done, batch=Batch((), done.batch.tally)))


def done_of(sent: bytes, blocks: Sequence[bytes | memoryview]) -> Done:
    """What was sent, with its lines."""
    if sent.startswith(_PLAIN):
        return Done(Batch(blocks, Tally(*msgpack.decode(sent[1:]))), [])
    done: Done = unpickled(sent[1:])
    return replace(done, batch=Batch(blocks, done.batch.tally))


def pickled(value: object) -> bytes:
    """For our own processes alone: nothing that was read from a file, a pack or a cache is ever taken for a pickle."""
    from multiprocessing.reduction import ForkingPickler

    return bytes(ForkingPickler.dumps(value))


def unpickled(sent: bytes) -> Any:
    """What one of our own processes has pickled."""
    from multiprocessing.reduction import ForkingPickler

    return ForkingPickler.loads(sent)
