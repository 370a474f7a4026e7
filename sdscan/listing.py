"""Paths, addresses and manifests → candidates: `discover` for local files, streamed listings for object stores.

A listing comes page by page, in the order of keys (their bytes in UTF-8), which is the order of paths everywhere else. One that breaks off
is a candidate that cannot be read, as a folder is that cannot be listed: the scan is then incomplete, and says so.
"""

from __future__ import annotations

import heapq
import itertools
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import unquote

from sdscan.cloud import GONE, Access, Address, address, is_address, open_store, reason_of, store_errors
from sdscan.discover import SKIPPED_FOLDERS, SUFFIXES, discover, is_excluded
from sdscan.errors import ConfigError, ReadError, StoreError
from sdscan.objects import head_of, waited
from sdscan.records import Candidate, Listed

if TYPE_CHECKING:
    from obstore import ObjectMeta

TOGETHER = 1_000
"""Keys that are looked at together for sidecars, at most."""
NEAR = 64
"""Objects beside one that may be its sidecars, at most."""
PAGE = 1_000
"""Keys of one answer to a listing."""


def selected(
    paths: Sequence[str], exclude: Sequence[str], access: Access, manifest: str | None = None
) -> Iterator[Candidate]:
    """Candidates of all paths and addresses in sorted order, each once; with a manifest those that it names, in its order.

    Raises ConfigError and StoreError before anything is yielded.
    """
    if manifest is not None:
        from sdscan.inventory import inventory

        return tried(inventory(manifest, paths, exclude), access)
    paths = [unquote(path.removeprefix("file://")) if path.startswith("file:///") else path for path in paths]
    local = [path for path in paths if not is_address(path)]
    if len(local) == len(paths):
        return discover(local, exclude)
    places = [address(path) for path in paths if is_address(path)]
    listings = [tried(listed(place, access, exclude), access) for place in dict.fromkeys(places)]
    if not local and len(listings) == 1:
        return listings[0]
    walks = [discover(local, exclude)] if local else []
    return _once(heapq.merge(*walks, *listings, key=lambda candidate: candidate.path))


def tried(candidates: Iterator[Candidate], access: Access) -> Iterator[Candidate]:
    """The same, with one object already read: wrong keys are said once before a run starts, and not a million times. Raises StoreError."""
    first = list(itertools.islice(candidates, 1))
    for candidate in first:
        if candidate.listed is not None and candidate.skipped is None:
            where = address(candidate.path)
            head = waited(head_of, open_store(where, access), where.key, 1)
            if isinstance(head, ReadError) and head.reason != GONE:
                raise StoreError(f"{where}: cannot be read: {head.reason}")
    return itertools.chain(first, candidates)


def _once(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """Sorted candidates, each path once: addresses may overlap."""
    last = None
    for candidate in candidates:
        if candidate.path != last:
            yield candidate
        last = candidate.path


def listed(where: Address, access: Access, exclude: Sequence[str] = ()) -> Iterator[Candidate]:
    """The pictures and models below an address, page by page. Raises ConfigError or StoreError where not even the first page comes."""
    found = 0
    group: list[ObjectMeta] = []
    begin: str | None = None
    for page in _pages(where, access):
        if isinstance(page, Exception):
            yield from _candidates(where, group, exclude)
            yield _broken_off(where, found, page)
            return
        found += len(page)
        for entry in page:
            if begin is None or len(group) >= TOGETHER or not entry["path"].startswith(begin):
                yield from _candidates(where, group, exclude)
                group, begin = [], _beginning(entry["path"])
            group.append(entry)
    yield from _candidates(where, group, exclude)
    if not found:
        yield from _single(where, access, exclude)


def _pages(where: Address, access: Access) -> Iterator[Sequence[ObjectMeta] | Exception]:
    """Page by page, the next one asked for while this one is read; an error ends them."""
    store = open_store(where, access)
    import obstore  # behind it, since it says what to install

    thread = ThreadPoolExecutor(1, "sdscan-list")  # who waits inside the client library does not hear Ctrl-C
    try:
        pages = iter(obstore.list(store, prefix=where.key.rstrip("/") or None, chunk_size=PAGE))
        coming = thread.submit(next, pages, ())
        while page := coming.result():
            coming = thread.submit(next, pages, ())
            yield page
    except (store_errors(), OSError, ValueError) as error:
        yield error
    finally:
        thread.shutdown(wait=False, cancel_futures=True)


def _broken_off(where: Address, found: int, error: Exception) -> Candidate:
    reason = reason_of(error)
    if not found and reason == GONE:
        raise ConfigError(f"bucket does not exist: {where.scheme}://{where.bucket}")
    if not found:
        raise StoreError(f"{where}: cannot be listed: {reason}")
    return Candidate(str(where), refused=f"the listing broke off after {found:,} objects: {reason}")


def _single(where: Address, access: Access, exclude: Sequence[str]) -> Iterator[Candidate]:
    """The object itself, where an address names one and nothing is below it."""
    import obstore

    if not where.key.strip("/"):
        return
    try:
        entry = waited(obstore.head, open_store(where, access), where.key)
    except FileNotFoundError:
        raise ConfigError(f"address does not exist: there is no object at or below {str(where)!r}") from None
    except (store_errors(), OSError, ValueError) as error:
        raise StoreError(f"{where}: cannot be read: {reason_of(error)}") from None
    glob = is_excluded(str(where), exclude)
    skipped = f"excluded by {glob!r}" if glob else None
    yield Candidate(str(where), named=True, skipped=skipped, listed=Listed(entry["size"], entry["e_tag"] or ""))


def _beginning(key: str) -> str:
    """What the keys of a file and of all its sidecars begin with, and so stand together in a listing: up to the first dot of the name."""
    name = key.rpartition("/")[2]
    return key[: len(key) - len(name) + name.find(".", 1) + 1] if "." in name[1:] else key


def _candidates(where: Address, group: Sequence[ObjectMeta], exclude: Sequence[str]) -> Iterator[Candidate]:
    """The entries of a listing that somebody wants, out of some that may be each other's sidecars."""
    for entry in group:
        key, size = entry["path"], entry["size"]
        folder = key[len(where.key) :].rpartition("/")[0]
        if not is_wanted(key, size) or (folder and not SKIPPED_FOLDERS.isdisjoint(folder.split("/"))):
            continue
        path = f"{where.scheme}://{where.bucket}/{key}"
        if exclude and is_excluded(path, exclude) is not None:
            continue
        beside = _beside(entry, group) if len(group) > 1 else ()
        yield Candidate(path, listed=Listed(size, entry["e_tag"] or "", beside))


def _beside(entry: ObjectMeta, group: Sequence[ObjectMeta]) -> tuple[tuple[str, str], ...]:
    """(name, version) of what may be a sidecar."""
    stem = os.path.splitext(entry["path"])[0] + "."
    around = [one for one in group if one["path"].startswith(stem) and one is not entry][:NEAR]
    return tuple([(one["path"].rpartition("/")[2], one["e_tag"] or "") for one in around])


def is_wanted(key: str, size: int = -1) -> bool:
    """Whether a key is a picture, video, sound or model by its suffix. One without any is looked into, if it is not empty."""
    name = key.rpartition("/")[2]
    stem, dot, ending = name.rpartition(".")
    if stem.strip("."):
        return dot + ending.lower() in SUFFIXES
    return size != 0 and name[:1] not in ("", ".")  # without a suffix, as os.path.splitext sees it
