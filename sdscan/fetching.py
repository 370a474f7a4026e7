"""Candidates in object stores → open sources. What a chunk needs is fetched side by side, ahead of what is read."""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from sdscan.cloud import GONE, HOPELESS, Access, address, open_store
from sdscan.errors import ReadError, Unreached
from sdscan.facts.containers import CONTAINERS, sniff
from sdscan.facts.source import Near
from sdscan.facts.twins import likeness
from sdscan.limits import KIB, Limits
from sdscan.objects import ObjectSource, head_of
from sdscan.records import Candidate

if TYPE_CHECKING:
    from obstore.store import ObjectStore

GIVE_UP = 64
"""Objects in a row that fail for reasons of the store, after which the others of the run are not asked for: each would be tried for a minute."""
EARLY = 512 * KIB
"""Bytes of one object beyond its head that are fetched before its turn: with the objects under way, what bounds the memory."""
FEW = 4
"""Threads that fetch as soon as there is something to wait for."""
PATIENCE = 0.01
"""Seconds of waiting for one more: a store that is 50 ms away has all it may have within a third of a second."""
Answer = ObjectSource | BaseException
"""An error is handed over, a ReadError to be told and anything else to be raised where somebody sees it."""


class Fetcher:
    """Opens the objects of chunk after chunk, in their order. Its threads end with it."""

    def __init__(self, limits: Limits, access: Access) -> None:
        self._limits = limits
        self._access = access
        self._desk = _Desk(limits, access)
        self._threads = 0
        weakref.finalize(self, _dismiss, self._desk.asked, access.concurrency)
        self._coming: Iterator[Candidate] = iter(())
        self._room = 0
        """Objects that may be asked for beside those under way."""
        self._chunk = 0
        """Number of the chunk at hand: answers of an earlier one, which was given up, are dropped."""
        self._arrived: dict[str, Answer] = {}
        self._expected: set[str] = set()
        self._urgent = ThreadPoolExecutor(1, "sdscan-fetch-now")
        """For what the reader waits for now: it must not queue behind what is fetched ahead."""

    def expect(self, objects: Iterable[Candidate]) -> None:
        """Begin to fetch; `open` is then to be called in this order."""
        self._coming, self._arrived, self._expected = iter(objects), {}, set()
        self._chunk += 1
        self._desk.chunk = self._chunk
        self._room = 2 * self._access.concurrency
        self._ask()

    def _ask(self) -> None:
        """Ask for what there is room for."""
        size = self._together()
        while self._room >= size and (group := [one.path for one in islice(self._coming, size)]):
            self._room -= len(group)
            self._expected.update(group)
            self._desk.asked.put((self._chunk, group))

    def _together(self) -> int:
        """Objects that a thread takes at a time: several where few threads were enough so far, since each answer wakes the reader."""
        return max(1, self._access.concurrency // max(self._threads, FEW)) if self._threads else 1

    def open(self, candidate: Candidate) -> ObjectSource:
        """The object, with its head and what its container needs next. Raises ReadError."""
        path = candidate.path
        if path in self._expected:
            self._expected.discard(path)
            self._room += 1
            self._ask()
            found = self._awaited(path)
        else:
            found = self._urgent.submit(self._desk.opened, path).result()
        if isinstance(found, BaseException):
            raise found
        found.threads = self._urgent
        found.most = self._limits.fetched
        if candidate.listed is not None and candidate.listed.beside:
            folder = path.rpartition("/")[0]
            names = frozenset(name for name, _ in candidate.listed.beside)
            found.near = Near(names, lambda name: self.open(Candidate(f"{folder}/{name}")))
        elif candidate.listed is not None:
            found.near = _ALONE
        return found

    def _awaited(self, path: str) -> Answer:
        """The answer for one object; while that must be awaited, more of them, since to wake up costs as much as to read.

        While there is none to take, one more thread may be of use: a near store needs few, and each is in the way.
        """
        answered = self._desk.answered
        enough = 0 if path in self._arrived else min(FEW * self._together(), 1 + len(self._expected))
        while path not in self._arrived or len(self._arrived) < enough:
            while self._threads < min(FEW, self._access.concurrency):
                self._hire()
            patience = PATIENCE if self._threads < self._access.concurrency and answered.empty() else None
            try:
                chunk, answers = answered.get(timeout=patience)
            except Empty:
                self._hire()
                continue
            if chunk == self._chunk:
                self._arrived.update(answers)
        return self._arrived.pop(path)

    def _hire(self) -> None:
        self._threads += 1
        threading.Thread(target=self._desk.work, name="sdscan-fetch", daemon=True).start()


class _Desk:
    """What a Fetcher shares with its threads: questions go in, answers come out in any order.

    Two queues of the interpreter's own cost a tenth of a pool with futures, which would take as long as the reading.
    """

    def __init__(self, limits: Limits, access: Access) -> None:
        self.asked: SimpleQueue[tuple[int, list[str]] | None] = SimpleQueue()
        self.answered: SimpleQueue[tuple[int, dict[str, Answer]]] = SimpleQueue()
        self.chunk = 0
        self._limits = limits
        self._access = access
        self._stores: dict[str, ObjectStore] = {}
        """By what stands before the key in an address."""
        self._failed = 0
        """Objects in a row that failed for reasons of the store."""

    def work(self) -> None:
        """The life of a thread. Whatever goes wrong is an answer: nobody waits for a thread that is gone."""
        while (question := self.asked.get()) is not None:
            chunk, paths = question
            # no name for the answers: nothing of them is kept here
            self.answered.put((chunk, {path: self._answer(path) for path in paths if chunk == self.chunk}))

    def _answer(self, path: str) -> Answer:
        try:
            return self.opened(path)
        except BaseException as error:  # the border of the thread: it is raised again where it is awaited
            return error

    def opened(self, path: str) -> ObjectSource | ReadError:
        """An object whose next ranges are at hand."""
        if self._failed >= GIVE_UP:
            return Unreached(f"was not asked for: the store failed {GIVE_UP} times in a row")
        key = path.partition("://")[2].partition("/")[2]
        store = self._stores.get(path[: -len(key)])
        if store is None:
            store = self._stores[path[: -len(key)]] = open_store(address(path), self._access)
        head = head_of(store, key, self._limits.head)
        if isinstance(head, ReadError):
            self._failed += head.reason in HOPELESS
            return head
        self._failed = 0
        source = ObjectSource(store, key, head, min(EARLY, self._limits.fetched))
        if source.is_remote:
            with contextlib.suppress(ReadError):  # the reader will meet it again, or read more than is fetched early
                _look_ahead(source, self._limits)
        return source


def _nothing(name: str) -> ObjectSource:
    raise ReadError(GONE)


_ALONE = Near(frozenset(), _nothing)


def _dismiss(asked: SimpleQueue[tuple[int, list[str]] | None], threads: int) -> None:
    for _ in range(threads):
        asked.put(None)


def _look_ahead(source: ObjectSource, limits: Limits) -> None:
    """Go through a container once, so that what lies beyond the head is at hand when it is read."""
    if likeness(source) is not None:  # it has looked where the pixels end; the walk is only for the first of its kind
        return
    found = sniff(source.head)
    walker = CONTAINERS.get(found)
    if walker is not None:
        source.walked = walker(source, limits, False)
    elif found == "safetensors":
        source.read(8, int.from_bytes(source.head[:8], "little"))
    elif found == "zip":
        source.read(source.size - 1, 1)
