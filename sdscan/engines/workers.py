"""Worker processes over chunks of candidates. Enters candidates, leaves what each chunk came to, in their order, with bounded memory.

A worker that dies takes nothing with it: the chunk it held is halved, and each half given to a new worker, until the one bad file is
found, which is reported as unreadable. Workers hold nothing that is not in the parent, so they are ended by killing them.
"""

from __future__ import annotations

import gc
import itertools
import mmap
import struct
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from sdscan.engines import processes
from sdscan.engines.processes import Pipe, Process
from sdscan.engines.sending import chunk_of, chunk_sent, done_of, done_sent, pickled, unpickled
from sdscan.engines.work import Done, lost, work_of
from sdscan.errors import ConfigError
from sdscan.system import widen

if TYPE_CHECKING:
    from sdscan.knowledge import Knowledge
    from sdscan.records import Candidate
    from sdscan.session import Settings
    from sdscan.telling import Put

CHUNK = 256
"""Candidates a chunk: below that the hand-over costs more than the work (facts/scale.md of the research, section 2)."""
SMALL = 4
"""Chunks a worker that what is left at the end is cut into."""
AHEAD = 4
"""Chunks a worker that may be under way or wait for their turn: what bounds the memory."""
LINE = 2
"""Tasks that a worker holds: the one at hand, and the next, so that it need not wait for the parent, which writes."""
PLACE = 4 << 20
"""Bytes of an answer that a forked worker hands over in shared memory; only what is used of them takes room. A chunk comes to a quarter."""
PLACES = LINE + 2
"""Such places a worker: for what it works on, and for what waits for its turn. An answer for which there is none comes through the pipe."""
NOWHERE = 255
"""Stands for a place where an answer gets none."""
TRIES = 2
"""Times that a single file may kill its worker before it is given up."""
PAGE = 4096
"""Bytes that a pipe may lose with each write, twice a message: it holds pages, and fills up none that another write began."""
UNBORN = 3
"""Fresh interpreters that end before any worker has answered, until it is said that none can start."""
NO_START = 'the worker processes cannot start; a program that scans with several jobs begins below `if __name__ == "__main__":`'


class WorkerBug(Exception):
    """A bug in sdscan that showed in a worker; the message is its traceback."""


Serve = Callable[[bytes, "Put | None"], "Answer"]
"""What a worker does with a message. Lines may go to a `Put` where there is one; what it has no room for is the bulk of the answer."""
Begin = Callable[..., Serve]
"""Makes that of the ground of a run."""


def _nothing() -> None:
    """What there is to do for bytes that stand nowhere but here."""


class Answer(Struct, frozen=True):
    """What a worker says of a task."""

    told: bytes
    bulk: Sequence[bytes | memoryview] = ()
    """What stands beside it, and is handed over as it is; from a worker, what its place had no room for. In the parent good until `free` is called."""
    free: Callable[[], None] = _nothing
    """To be called when the bulk is no longer needed: where it stood, there is room for another."""


_HEAD = struct.Struct("=?QQ")
"""What a worker's answer begins with: whether it tells of a bug, the bytes of its bulk that stand in its place, and those that follow in the pipe."""


class _Places:
    """Memory that a forked worker shares with the parent, for the bulk of its answers: a pipe would copy it four times."""

    def __init__(self) -> None:
        self._maps = [mmap.mmap(-1, PLACE) for _ in range(PLACES)]
        self.free = list(range(PLACES))
        """Known to the parent, which names one with each task. The one that was used last is used next: the processor still holds it."""

    def open(self, place: int) -> mmap.mmap:
        """The worker's side: what takes one line after another (`write`), and knows how many bytes it has (`tell`)."""
        found = self._maps[place]
        found.seek(0)
        return found

    def take(self, place: int, length: int) -> memoryview:
        """The parent's side: the bytes where they stand."""
        return memoryview(self._maps[place])[:length]

    def close(self) -> None:
        for one in self._maps:
            with suppress(BufferError):  # lines that nobody has taken yet go when nothing refers to them
                one.close()


class _Task(Struct, eq=False):
    """A chunk on its way."""

    candidates: Sequence[Candidate]
    tries: int = 0
    done: Done | None = None
    free: Callable[[], None] = _nothing
    """See Answer."""


class _Given(Struct, eq=False):
    """A task in line for a worker."""

    task: object
    """What the caller names it by."""
    message: bytes
    place: int = NOWHERE
    """Where the bulk of its answer will stand."""


class _Worker(Struct, eq=False):
    """A process, the pipes to and from it, and what it was given."""

    process: Process
    messages: Pipe
    answers: Pipe
    places: _Places | None
    """None where the bulk of an answer comes through the pipe: a fresh interpreter shares no memory."""
    room: int
    """Bytes of messages that may be on their way to it without the parent having to wait until they are read."""
    tasks: deque[_Given]
    """The one that it is doing first."""
    sent: int = 0
    """How many of these were sent."""


def pooled(
    candidates: Iterable[Candidate], knowledge: Knowledge, settings: Settings, jobs: int, size: int = CHUNK
) -> Generator[Done]:
    """What each chunk of at most `size` candidates came to, in their order. The workers start with this call."""
    gc.freeze()  # so that a collection in a forked worker does not copy what they share
    pool = Pool(_scanning, knowledge, settings)
    for _ in range(jobs):
        pool.start()
    return _results(_chunks(iter(candidates), size, jobs), pool, knowledge)


def _chunks(candidates: Iterator[Candidate], size: int, jobs: int) -> Iterator[_Task]:
    """Chunks of `size`; the last one for each worker in small ones, so that none is still busy when the others have nothing left to do."""
    held: deque[list[Candidate]] = deque()
    while chunk := list(itertools.islice(candidates, size)):
        held.append(chunk)
        if len(held) > jobs:
            yield _Task(held.popleft())
    rest = iter([candidate for chunk in held for candidate in chunk])
    step = -(-sum(map(len, held)) // (SMALL * jobs))
    while chunk := list(itertools.islice(rest, step)):
        yield _Task(chunk)


def _results(chunks: Iterator[_Task], pool: Pool, knowledge: Knowledge) -> Generator[Done]:
    """Keep every worker busy, and hand out what is done in the order of the chunks."""
    order: deque[_Task] = deque()
    again: deque[_Task] = deque()
    try:
        while True:
            if order and (done := order[0].done) is not None:
                task = order.popleft()
                try:
                    yield done
                finally:
                    task.free()
                continue
            _feed(chunks, pool, order, again)
            if not order:
                return
            for worker in pool.ready():
                given, answer = pool.receive(worker)
                assert isinstance(given, _Task), "a worker speaks only when it was asked"
                if answer is None:  # it died
                    again += _halved(given, order, knowledge)
                else:
                    given.done, given.free = done_of(answer.told, answer.bulk), answer.free
    finally:
        pool.stop()


def _feed(chunks: Iterator[_Task], pool: Pool, order: deque[_Task], again: deque[_Task]) -> None:
    """Give the workers chunks: first what must be done again, then new ones as far as there is room. Who is left without any may go."""
    while (worker := pool.free()) is not None:
        if again:
            task = again.popleft()
        elif len(order) >= AHEAD * len(pool.workers):
            return
        elif (new := next(chunks, None)) is not None:
            order.append(new)
            task = new
        else:
            pool.dismiss()
            return
        pool.give(worker, task, chunk_sent(task.candidates))


def _halved(task: _Task, order: deque[_Task], knowledge: Knowledge) -> list[_Task]:
    """What is left to do of a chunk that killed its worker, put in its place in the order."""
    if len(task.candidates) == 1:
        if task.tries + 1 < TRIES:
            task.tries += 1
            return [task]
        task.done = lost(task.candidates[0], knowledge)
        return []
    middle = len(task.candidates) // 2
    place = order.index(task)
    rest = _Task(task.candidates[middle:])
    task.candidates = task.candidates[:middle]
    order.insert(place + 1, rest)
    return [task, rest]


# ---- processes -------------------------------------------------------------------------------------------------


class Pool:
    """The worker processes of one run. `begin(*ground)` is called once in each."""

    def __init__(self, begin: Begin, *ground: object) -> None:
        self.workers: list[_Worker] = []
        self._begin = begin
        self._ground = ground
        self._forks = processes.is_fork_safe()
        self._heard = False
        """Whether any worker has answered yet."""
        self._unborn = 0
        """Workers that ended as an interpreter does that cannot begin."""

    def start(self) -> None:
        """One more worker."""
        self.workers.append(self._forked() if self._forks else self._fresh())

    def _forked(self) -> _Worker:
        inbox, messages = processes.pipe()
        answers, outbox = processes.pipe()
        places = None
        with suppress(OSError):  # where no memory can be had for it, the pipe does as well
            places = _Places()
        strange = [messages, answers, *(pipe for worker in self.workers for pipe in (worker.messages, worker.answers))]

        def serve() -> None:
            for pipe in strange:  # held open here, they would hide the parent's death
                pipe.close()
            _serve(_read(inbox), outbox, places, self._begin, self._ground)

        process = processes.fork(serve)
        inbox.close()
        outbox.close()  # else its end would not show when the worker dies
        return _Worker(process, messages, answers, places, widen(messages.fileno()), deque())

    def _fresh(self) -> _Worker:
        process, messages, answers = processes.fresh(_serve_fresh, self._begin)
        widen(messages.fileno())
        widen(answers.fileno())
        # not with its arguments: to write more than a pipe holds to a child that dies as it starts would take for ever
        with suppress(OSError):
            messages.send_bytes(pickled(self._ground))
        return _Worker(process, messages, answers, None, sys.maxsize, deque())  # it has a thread that reads

    def free(self) -> _Worker | None:
        """The worker that has least to do; None where each has one task at hand and one in line."""
        least = min(self.workers, key=lambda worker: len(worker.tasks))
        return least if len(least.tasks) < LINE else None

    def give(self, worker: _Worker, task: object, message: bytes) -> None:
        """Put a task in line for a worker."""
        place = worker.places.free.pop() if worker.places is not None and worker.places.free else NOWHERE
        worker.tasks.append(_Given(task, bytes((place,)) + message, place))
        self._send(worker)

    def _send(self, worker: _Worker) -> None:
        """Send what its pipe holds, and what is longer when it has nothing else to do: else both might wait for each other to read.

        A worker that is dead already shows when it is listened to.
        """
        while worker.sent < len(worker.tasks):
            size = sum(len(given.message) + 2 * PAGE for given in itertools.islice(worker.tasks, worker.sent + 1))
            if worker.sent and size > worker.room:
                return
            with suppress(OSError):
                worker.messages.send_bytes(worker.tasks[worker.sent].message)
            worker.sent += 1

    def ready(self) -> list[_Worker]:
        """The workers that have answered or died; waits for one."""
        busy = {worker.answers: worker for worker in self.workers if worker.tasks}
        return [busy[pipe] for pipe in processes.wait(list(busy))]

    def receive(self, worker: _Worker) -> tuple[object, Answer | None]:
        """(task, answer) of a worker. None for an answer where it died of that task; a new one takes its place, and what stood in line."""
        given = worker.tasks.popleft()
        worker.sent -= 1
        try:
            answer = self._answer(worker, given.place)
        except (EOFError, OSError):
            self.workers.remove(worker)
            self._unborn += worker.process.exit_code() == 1  # before it is killed, to which there is another code
            _end(worker)
            if self._unborn >= UNBORN and not self._heard and not self._forks:
                raise ConfigError(NO_START) from None
            self.start()
            for waiting in worker.tasks:
                self.give(self.workers[-1], waiting.task, waiting.message[1:])
            return given.task, None
        self._heard = True
        self._send(worker)
        return given.task, answer

    def _answer(self, worker: _Worker, place: int) -> Answer:
        """What a worker says of the task that it was given that place for."""
        data = worker.answers.recv_bytes()
        is_bug, placed, more = _HEAD.unpack_from(data)
        told = data[_HEAD.size :]
        if is_bug:
            raise WorkerBug(told.decode("utf-8", "replace"))
        rest = (worker.answers.recv_bytes(),) if more else ()
        if worker.places is None or place == NOWHERE:
            return Answer(told, rest)
        view, freed = worker.places.take(place, placed), worker.places.free

        def free() -> None:
            view.release()  # whoever looks at it later gets an error, not the lines of another chunk
            freed.append(place)

        if not placed:
            free()
            return Answer(told, rest)
        return Answer(told, (view, *rest), free)

    def dismiss(self) -> None:
        """End those that have nothing to do, but the last one: to give back their memory takes as long as to read fifty pictures."""
        for worker in [worker for worker in self.workers if not worker.tasks][: len(self.workers) - 1]:
            self.workers.remove(worker)
            _end(worker)

    def stop(self) -> None:
        """End all workers now, whatever they do: on Ctrl-C nobody waits for a chunk."""
        for worker in self.workers:
            worker.process.kill()
        for worker in self.workers:
            _end(worker)
        self.workers = []


def _end(worker: _Worker) -> None:
    worker.process.kill()
    worker.messages.close()
    worker.answers.close()
    worker.process.close()
    if worker.places is not None:
        worker.places.close()


def _scanning(knowledge: Knowledge, settings: Settings) -> Serve:
    """What a worker of a scan does with the chunks that it is sent."""
    catalog = None
    if settings.catalog is not None:
        from sdscan.catalog import Catalog

        catalog = Catalog(Path(settings.catalog), readonly=True)
        knowledge = replace(knowledge, library=knowledge.library.hashed_by(catalog.digests))
    work = work_of(knowledge, settings, catalog)

    def answer(message: bytes, put: Put | None) -> Answer:
        done = work(chunk_of(message), put)
        return Answer(done_sent(done), done.batch.blocks)

    return answer


def _serve_fresh(inbox: Pipe, outbox: Pipe, begin: Begin) -> None:
    """As `_serve`; the first message is the ground, which a fresh interpreter does not have."""
    messages = _heard(inbox)
    ground = next(messages, None)
    if ground is not None:
        _serve(messages, outbox, None, begin, unpickled(ground))


def _serve(
    messages: Iterable[bytes],
    outbox: Pipe,
    places: _Places | None,
    begin: Begin,
    ground: Iterable[object],
) -> None:
    """The life of a worker: message in, answer out, until its pipe closes."""
    with suppress(OSError):  # nobody listens any more
        try:
            work = begin(*ground)
            for message in messages:
                place = None if places is None or message[0] == NOWHERE else places.open(message[0])
                answer = work(message[1:], None if place is None else place.write)
                rest = b"".join(answer.bulk)
                outbox.send_bytes(_HEAD.pack(False, 0 if place is None else place.tell(), len(rest)) + answer.told)
                if rest:
                    outbox.send_bytes(rest)
        except MemoryError:
            return  # the chunk is halved, as if the system had killed this process
        except BaseException:  # the border of the process: a bug must reach the entry point, not look like a bad file
            import traceback  # late: a worker that is well needs none

            outbox.send_bytes(_HEAD.pack(True, 0, 0) + traceback.format_exc().encode("utf-8", "replace"))


def _read(inbox: Pipe) -> Iterator[bytes]:
    """Messages, each read when it is asked for; the parent sends no more than the pipe holds (see Pool._send)."""
    with suppress(EOFError, OSError, MemoryError):
        while True:
            yield inbox.recv_bytes()


def _heard(inbox: Pipe) -> Iterator[bytes]:
    """The same where nobody can tell what a pipe holds: a thread takes them off at once. It costs a worker two in a hundred: each malloc takes a lock."""
    import threading  # late: forked workers, which the command waits for, need neither
    from queue import SimpleQueue

    messages: SimpleQueue[bytes | None] = SimpleQueue()

    def listen() -> None:
        for message in _read(inbox):
            messages.put(message)
        messages.put(None)

    threading.Thread(target=listen, daemon=True).start()
    return iter(messages.get, None)
