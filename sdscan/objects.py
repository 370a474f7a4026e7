"""Objects of a store → candidates and their facts, by ranges: the first `limits.head` bytes of each, more only where its container asks.

Listings stream; the heads of a chunk are fetched side by side, ahead of what is read. A failed read is a result with a reason, never silence.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from sdscan.cloud import Address, address, first_line, open_store, store_errors
from sdscan.discover import SUFFIXES, is_excluded
from sdscan.errors import ConfigError, ReadError
from sdscan.facts.outcome import unreadable
from sdscan.limits import KIB, MIB, Limits
from sdscan.pipeline import read_facts
from sdscan.records import Candidate, FileFacts

if TYPE_CHECKING:
    from obstore.store import ObjectStore

AHEAD = 64 * KIB
"""Bytes of a second range; each further one of the same object is twice as long."""
MOST = 8 * MIB
"""Bytes that are fetched of one object, beyond its head."""
PAGE = 1_000
"""Keys of one answer to a listing."""


class Item(Struct, frozen=True, gc=False):
    """One object, or one file, as a listing names it."""

    path: str
    """As reports show it: its address, or the path of a file."""
    stamp: str = ""
    """What changes when its content does: the etag, or size and time; empty where the list does not say."""


# ---- which objects ---------------------------------------------------------------------------------------------


def listed(where: Address, credentials: str, exclude: Sequence[str] = ()) -> Iterator[Item]:
    """The pictures and models below an address, page by page, in the store's order (by key). Raises ConfigError."""
    import obstore

    store = open_store(where, credentials)
    prefix = where.key.strip("/") if where.scheme == "file" else where.key
    errors = (store_errors(), OSError, ValueError)
    found = 0
    try:
        for page in obstore.list(store, prefix=prefix or None, chunk_size=PAGE):
            for entry in page:
                found += 1
                path = str(Address(where.scheme, where.bucket, entry["path"]))
                if is_wanted(entry["path"]) and is_excluded(path, exclude) is None:
                    yield Item(path, f"{entry['e_tag'] or ''}:{entry['size']}")
    except errors as error:
        raise ConfigError(f"{where}: cannot be listed: {reason_of(error)}") from None
    if not found:
        yield from _single(where, store)


def _single(where: Address, store: ObjectStore) -> Iterator[Item]:
    """The object itself, where an address names one and not a prefix."""
    import obstore

    try:
        entry = obstore.head(store, where.key)
    except (store_errors(), OSError, ValueError):
        return
    yield Item(str(where), f"{entry['e_tag'] or ''}:{entry['size']}")


def is_wanted(key: str) -> bool:
    """Whether a key may be a picture or model by its suffix; keys without any are looked into."""
    name = key.rpartition("/")[2]
    suffix = os.path.splitext(name)[1].lower()
    return bool(name) and (suffix in SUFFIXES or not suffix)


def manifest(name: str, base: str = "") -> Iterator[Item]:
    """The objects that a list names: addresses or keys, one a line; or an S3 inventory (CSV, plain or .gz: bucket, key, …).

    Keys without a bucket are taken below `base`. Raises ConfigError.
    """
    import csv
    import gzip
    from urllib.parse import unquote_plus

    try:
        with gzip.open(name, "rt", encoding="utf-8") if name.endswith(".gz") else open(name, encoding="utf-8") as file:
            first = file.read(1)
            file.seek(0)
            if first == '"':
                for row in csv.reader(file):
                    if len(row) >= 2:
                        yield Item(str(Address("s3", row[0], unquote_plus(row[1]))), ":".join(row[2:]))
                return
            for line in file:
                text = line.strip("\r\n")
                if text:
                    yield Item(text if "://" in text or not base else f"{base.rstrip('/')}/{text.lstrip('/')}")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"--manifest {name!r}: cannot be read: {first_line(error)}") from None


# ---- reading ---------------------------------------------------------------------------------------------------


class Head(Struct, frozen=True):
    """The first bytes of an object."""

    data: bytes
    size: int
    etag: str | None


class ObjectSource:
    """An object, read by ranges: see `facts.source.Source`. What was fetched once is not fetched again."""

    def __init__(self, store: ObjectStore, key: str, head: Head) -> None:
        self._store = store
        self._key = key
        self._etag = head.etag
        self._parts: list[tuple[int, bytes]] = [(0, head.data)]
        self._fetched = 0
        self._next = AHEAD
        self.head = head.data
        self.size = head.size

    @property
    def is_remote(self) -> bool:
        """A hop costs a request: walkers look for the end of a long run of pixels at the end of the file."""
        return self.size > len(self.head)

    def read(self, offset: int, length: int) -> bytes:
        """See Source.read."""
        end = min(offset + length, self.size)
        if length <= 0 or offset < 0 or offset >= end:
            return b""
        for start, data in self._parts:
            if start <= offset and end <= start + len(data):
                return data[offset - start : end - start]
        start, data = self._fetch(offset, end)
        return data[offset - start : end - start]

    def _fetch(self, offset: int, end: int) -> tuple[int, bytes]:
        """A range with what is asked for, and more after it; the last of the object reaches back instead."""
        stop = min(max(end, offset + self._next), self.size)
        start = max(min(offset, stop - self._next), len(self.head) if offset >= len(self.head) else 0)
        self._fetched += stop - start
        if self._fetched > MOST:
            raise ReadError(f"more than {MOST:,} bytes of it would have to be fetched", offset=offset)
        data = ranged(self._store, self._key, start, stop, self._etag)
        self._parts.append((start, data))
        self._next *= 2
        return start, data


def ranged(store: ObjectStore, key: str, start: int, stop: int, etag: str | None) -> bytes:
    """The bytes of one range, all of them. Raises ReadError."""
    import obstore

    options: dict[str, object] = {"range": (start, stop)}
    if etag:
        options["if_match"] = etag
    try:
        data = bytes(obstore.get(store, key, options=options).bytes())
    except (store_errors(), OSError, ValueError) as error:
        raise ReadError(reason_of(error), offset=start) from None
    if len(data) < stop - start:
        raise ReadError("the object store sent less than the range that was asked for", offset=start)
    return data


def head_of(store: ObjectStore, key: str, length: int) -> Head | ReadError:
    """The first bytes of an object; an error is a value, since threads hand it over."""
    import obstore

    try:
        found = obstore.get(store, key, options={"range": (0, length)})
        data, meta = bytes(found.bytes()), found.meta
    except (store_errors(), OSError, ValueError) as error:
        return Head(b"", 0, None) if _is_empty(store, key, error) else ReadError(reason_of(error))
    if len(data) < min(length, meta["size"]):
        return ReadError("the object store sent less than the range that was asked for")
    return Head(data, meta["size"], meta["e_tag"])


def _is_empty(store: ObjectStore, key: str, error: BaseException) -> bool:
    """Whether a range was refused because there is not one byte."""
    import obstore

    if "416" not in str(error) and "ange" not in str(error):
        return False
    try:
        return bool(obstore.head(store, key)["size"] == 0)
    except (store_errors(), OSError, ValueError):
        return False


def facts_of_objects(
    candidates: Sequence[Candidate], limits: Limits, credentials: str, concurrency: int, *, thorough: bool = False
) -> Iterator[FileFacts]:
    """The facts of objects, in their order. Heads are fetched `concurrency` at a time, as far ahead as the chunk reaches."""
    places = [address(candidate.path) for candidate in candidates]
    stores = [open_store(place, credentials) for place in places]
    threads = _threads(max(1, concurrency))
    heads = threads.map(head_of, stores, [place.key for place in places], [limits.head] * len(places))
    for candidate, place, store, head in zip(candidates, places, stores, heads):
        if isinstance(head, ReadError):
            yield unreadable(head)
            continue
        try:
            source = ObjectSource(store, place.key, head)
            yield read_facts(source, candidate, limits.started(), thorough=thorough, alone=True)
        except ReadError as error:
            yield unreadable(error)


@lru_cache(maxsize=1)
def _threads(concurrency: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(concurrency, "sdscan-fetch")


def try_one(path: str, credentials: str) -> None:
    """Read one byte before a run starts, so that wrong keys are said once and not a million times. Raises ConfigError."""
    where = address(path)
    head = head_of(open_store(where, credentials), where.key, 1)
    if isinstance(head, ReadError):
        raise ConfigError(f"{where}: cannot be read: {head.reason}")


# ---- what a store says when it refuses -------------------------------------------------------------------------

_STATUS = re.compile(r"(?:status(?: code)?:? ?|error \(|: )\"?([45]\d\d)\b")
_MEANINGS: Mapping[str, str] = {
    "401": "the keys are not valid (401)",
    "403": "permission denied (403)",
    "404": "no longer exists (404)",
    "412": "it was changed while it was read (412)",
    "429": "the store asks to slow down (429), however long it was waited",
    "500": "the store has an error of its own (500)",
    "503": "the store asks to slow down (503), however long it was waited",
}


def reason_of(error: BaseException) -> str:
    """A sentence for a report: what a person can act on, nothing of keys or request ids."""
    name = type(error).__name__
    if isinstance(error, FileNotFoundError):
        return _MEANINGS["404"]
    by_name = {"PermissionDeniedError": "403", "UnauthenticatedError": "401", "PreconditionError": "412"}
    if name in by_name:
        return _MEANINGS[by_name[name]]
    text = first_line(error)
    status = _STATUS.search(text)
    if status is not None:
        return _MEANINGS.get(status[1], f"the store refused it ({status[1]})")
    for mark, meaning in (("imed out", "the store did not answer in time"), ("onnect", "the store cannot be reached")):
        if mark in text:
            return meaning
    return "the object store failed: " + re.sub(r"https?://\S+", "…", text)[:120]


def items_of(paths: Iterable[str], credentials: str, exclude: Sequence[str] = ()) -> Iterator[Item]:
    """The objects below addresses, in the order given."""
    for path in paths:
        yield from listed(address(path), credentials, exclude)
