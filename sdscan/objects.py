"""An object of a store as a Source: its first bytes in one range, more only where its container asks. A failed read is a reason, never silence."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, Self, TypeVar

from msgspec import Struct

from sdscan.cloud import (
    CHANGED,
    CUT,
    NO_RANGE,
    OWN,
    reason_of,
    store_errors,
    tries,
)
from sdscan.errors import ReadError, Unreached
from sdscan.facts.source import Near
from sdscan.limits import KIB

if TYPE_CHECKING:
    from obstore.store import ObjectStore

    from sdscan.records import Container


AHEAD = 64 * KIB
"""Bytes of a second range; each further one of the same object is twice as long."""
SHORT = "the store sent"
"""How a reason begins where an answer had less than was asked for."""
P = ParamSpec("P")
T = TypeVar("T")


def waited(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function on another thread: who waits inside the client library does not hear Ctrl-C."""
    thread = ThreadPoolExecutor(1, "sdscan-ask")
    try:
        return thread.submit(function, *args, **kwargs).result()
    finally:
        thread.shutdown(wait=False)


class Head(Struct, frozen=True):
    """The first bytes of an object, and which version of it they are of."""

    data: bytes
    size: int
    etag: str
    """Empty where the store gives none."""


class ObjectSource:
    """An object, read by ranges: see `facts.source.Source`. What was fetched once is not fetched again."""

    __slots__ = (
        "_fetched",
        "_key",
        "_next",
        "_parts",
        "_store",
        "etag",
        "head",
        "most",
        "near",
        "size",
        "threads",
        "walked",
    )

    def __init__(self, store: ObjectStore, key: str, head: Head, most: int) -> None:
        self._store = store
        self._key = key
        self._parts: list[tuple[int, bytes]] = []
        self._fetched = 0
        self._next = AHEAD
        self.most = most
        """Bytes that may be fetched beyond the head."""
        self.threads: ThreadPoolExecutor | None = None
        """Who waits for the client library: a main thread that did would not hear Ctrl-C."""
        self.walked: Container | None = None
        """What its container's walk came to, where it was walked ahead of its turn."""
        self.near: Near | None = None
        """What stands beside it, as its listing says; None where nothing was listed."""
        self.etag = head.etag
        self.head = head.data
        self.size = head.size

    @property
    def is_remote(self) -> bool:
        """A hop costs a request: walkers look for the end of a long run of pixels at the end of the file."""
        return self.size > len(self.head)

    def read(self, offset: int, length: int) -> bytes:
        """See Source.read. Raises ReadError, also where the object has changed since its head was read."""
        end = min(offset + length, self.size)
        if length <= 0 or offset < 0 or offset >= end:
            return b""
        if end <= len(self.head):
            return self.head[offset:end]
        pieces = []
        while offset < end:
            start, data = self._known(offset) or self._fetch(offset, end)
            pieces.append(data[offset - start : end - start])
            offset = start + len(data)
        return b"".join(pieces)

    def _known(self, offset: int) -> tuple[int, bytes] | None:
        """What was fetched already and holds the byte at `offset`."""
        if offset < len(self.head):
            return 0, self.head
        return next(((start, data) for start, data in self._parts if start <= offset < start + len(data)), None)

    def _fetch(self, offset: int, end: int) -> tuple[int, bytes]:
        """A range from `offset` on with more than is asked for, up to what is known; the last of the object reaches back instead."""
        room = self.most - self._fetched
        ahead = min(max(end - offset, self._next), room)
        stop = min(offset + ahead, self.size, *(start for start, _ in self._parts if start > offset))
        start = offset
        if stop == self.size:
            start = max(min(offset, stop - ahead), len(self.head), *(at + len(data) for at, data in self._parts))
        if stop < min(end, *(at for at, _ in self._parts if at > offset), self.size):
            raise ReadError(f"more than {self.most:,} bytes of it would have to be fetched", offset=offset)
        wanted = self._store, self._key, start, stop, self.size, self.etag
        data = ranged(*wanted) if self.threads is None else self.threads.submit(ranged, *wanted).result()
        if isinstance(data, ReadError):
            raise data
        self._fetched += stop - start
        self._parts.append((start, data))
        self._next *= 2
        return start, data

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._parts = []


def head_of(store: ObjectStore, key: str, length: int) -> Head | ReadError:
    """The first bytes of an object; an error is a value, since threads hand it over."""
    found = _got(store, key, 0, length, "")
    if isinstance(found, ReadError) and found.reason == NO_RANGE and _is_empty(store, key):
        return Head(b"", 0, "")
    return found


def ranged(store: ObjectStore, key: str, start: int, stop: int, size: int, etag: str) -> bytes | ReadError:
    """All bytes of one range of an object of that size and version; an error is a value, since threads hand it over."""
    found = _got(store, key, start, stop, etag)
    if isinstance(found, ReadError):
        return found
    if found.size != size or (etag and found.etag != etag):  # a store that does not know If-Match
        return Unreached(CHANGED, offset=start)
    return found.data


def _got(store: ObjectStore, key: str, start: int, stop: int, etag: str) -> Head | ReadError:
    """One range; asked for again where its answer breaks off, which the client library leaves to us."""
    import obstore

    options: dict[str, object] = {"range": (start, stop)}
    if etag:
        options["if_match"] = etag
    number = 0
    while True:
        try:
            found = obstore.get(store, key, options=options)
            data, meta = bytes(found.bytes()), found.meta
        except (store_errors(), OSError, ValueError) as error:
            reason = reason_of(error)
        else:
            if len(data) == min(stop, meta["size"]) - start:
                return Head(data, meta["size"], meta["e_tag"] or "")
            reason = f"{SHORT} {len(data):,} of {min(stop, meta['size']) - start:,} bytes"
        number += 1
        if number >= tries() or not reason.startswith((CUT, SHORT)):
            return (ReadError if reason in OWN else Unreached)(reason, offset=start or None)
        time.sleep(min(10.0, 0.1 * 2**number))


def _is_empty(store: ObjectStore, key: str) -> bool:
    """Whether a range was refused because there is not one byte."""
    import obstore

    try:
        return bool(obstore.head(store, key)["size"] == 0)
    except (store_errors(), OSError, ValueError):
        return False
