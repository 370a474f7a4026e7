"""Worker processes over chunks of candidates. Enters candidates, leaves what each chunk came to, in their order, with bounded memory.

A worker that dies takes nothing with it: the chunk it held is halved, and each half given to a new worker, until the one bad file is
found, which is reported as unreadable. Workers hold nothing that is not in the parent, so they are ended by killing them.
"""

from __future__ import annotations

import gc
import itertools
import mmap
import multiprocessing
import signal
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from sdscan.engines.sending import Packed, packed, unpacked
from sdscan.engines.work import Done, lost, work_of
from sdscan.errors import ConfigError
from sdscan.run import Batch
from sdscan.system import threads, widen

if TYPE_CHECKING:
    from sdscan.knowledge import Knowledge
    from sdscan.records import Candidate
    from sdscan.session import Settings

CHUNK = 256
"""Candidates a chunk: below that the hand-over costs more than the work (facts/scale.md of the research, section 2)."""
SMALL = 4
"""Chunks a worker that what is left at the end is cut into."""
AHEAD = 4
"""Chunks a worker that may be under way or wait for their turn: what bounds the memory."""
LINE = 2
"""Tasks that a worker holds: the one at hand, and the next, so that it need not wait for the parent, which writes."""
PLACE = 4 << 20
"""Bytes of an answer that forked workers hand over in shared memory; only what is used of them takes room. A chunk comes to a quarter."""
TRIES = 2
"""Times that a single file may kill its worker before it is given up."""
PAGE = 4096
"""Bytes that a pipe may lose with each write, twice a message: it holds pages, and fills up none that another write began."""
UNBORN = 3
"""Fresh interpreters that end before any worker has answered, until it is said that none can start."""
NO_START = 'the worker processes cannot start; a program that scans with several jobs begins below `if __name__ == "__main__":`'


class WorkerBug(Exception):
    """A bug in sdscan that showed in a worker; the message is its traceback."""


class _Bulky(Struct, frozen=True):
    """An answer beside which bytes are handed over as they are: to pickle them would copy them twice, to put them together first once more."""

    answer: Done
    bulk: Sequence[bytes | memoryview]


class _Weighed(Struct, frozen=True):
    """The same on its way through a pipe: how many bytes stand beside it."""

    answer: Done
    length: int


class _Places:
    """Memory that a forked worker shares with the parent, for the bytes of its answers: a pipe would copy them four times.

    There are LINE places, used in turn. No more tasks than that are with a worker, so the parent is done with a place before it gives the task
    whose answer will stand there.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, LINE * PLACE)
        self._view = memoryview(self._memory)
        self._turn = 0

    def put(self, bulk: Iterable[bytes | memoryview]) -> None:
        """The worker's side; at most PLACE bytes."""
        self._memory.seek(self._next())
        write = self._memory.write
        for block in bulk:
            write(block)

    def take(self, length: int) -> memoryview:
        """The parent's side, in the same order: the bytes where they stand."""
        start = self._next()
        return self._view[start : start + length]

    def close(self) -> None:
        self._view.release()
        with suppress(BufferError):  # a run that is interrupted leaves lines that nobody took; they go when nothing refers to them
            self._memory.close()

    def _next(self) -> int:
        self._turn += 1
        return self._turn % LINE * PLACE


class _Task(Struct, eq=False):
    """A chunk on its way."""

    candidates: list[Candidate]
    tries: int = 0
    done: Done | None = None


class _Worker(Struct, eq=False):
    """A process, the pipes to and from it, and what it was given."""

    process: BaseProcess
    messages: Connection
    answers: Connection
    places: _Places | None
    """None where the bytes of an answer come through the pipe: a fresh interpreter shares no memory."""
    room: int
    """Bytes of messages that may be on their way to it without the parent having to wait until they are read."""
    tasks: deque[tuple[object, bytes]]
    """(what the caller names it by, its message), the one that it is doing first."""
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
                order.popleft()
                try:
                    yield done
                finally:
                    _release(done)  # before its worker gets the task whose lines will stand there
                continue
            _feed(chunks, pool, order, again)
            if not order:
                return
            for worker in pool.ready():
                task, answer = pool.receive(worker)
                assert isinstance(task, _Task), "a worker speaks only when it was asked"
                assert answer is None or isinstance(answer, _Bulky), "what a scanning worker sends"
                task.done = None if answer is None else _joined(answer, is_next=task is order[0])
                if task.done is None:  # it died
                    again += _halved(task, order, knowledge)
    finally:
        pool.stop()


def _feed(chunks: Iterator[_Task], pool: Pool, order: deque[_Task], again: deque[_Task]) -> None:
    """Give the workers chunks: first what must be done again, then new ones as far as there is room."""
    while (worker := pool.free()) is not None:
        if again:
            task = again.popleft()
        elif len(order) < AHEAD * len(pool.workers) and (new := next(chunks, None)) is not None:
            order.append(new)
            task = new
        else:
            return
        pool.give(worker, task, packed(task.candidates))


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
    """The worker processes of one run. `begin(*ground)` is called once in each; what it leaves takes messages and gives answers."""

    def __init__(self, begin: Callable[..., Callable[[Any], object]], *ground: object) -> None:
        self.workers: list[_Worker] = []
        self._begin = begin
        self._ground = ground
        self._context = _context()
        self._forks = self._context.get_start_method() == "fork"
        self._heard = False
        """Whether any worker has answered yet."""
        self._unborn = 0
        """Workers that ended as an interpreter does that cannot begin."""

    def start(self) -> None:
        """One more worker."""
        their_messages, messages = self._context.Pipe(duplex=False)
        answers, their_answers = self._context.Pipe(duplex=False)
        places = None
        if self._forks:
            with suppress(OSError):  # where no memory can be had for it, the pipe does as well
                places = _Places()
        ours = [messages, answers, *(pipe for worker in self.workers for pipe in (worker.messages, worker.answers))]
        process = self._context.Process(  # type: ignore[attr-defined]  # every context has it, the base class does not say so
            target=_serve, args=(their_messages, their_answers, places, ours if self._forks else [], self._begin, self._ground if self._forks else None), daemon=True
        )  # fmt: skip
        process.start()
        their_messages.close()
        their_answers.close()  # else its end would not show when the worker dies
        room = widen(messages.fileno())
        if not self._forks:
            widen(answers.fileno())
            # not with its arguments: to write more than a pipe holds to a child that dies as it starts would take for ever
            with suppress(OSError):
                messages.send(self._ground)
            room = sys.maxsize  # such a worker has a thread that reads
        self.workers.append(_Worker(process, messages, answers, places, room, deque()))

    def free(self) -> _Worker | None:
        """The worker that has least to do; None where each has one task at hand and one in line."""
        least = min(self.workers, key=lambda worker: len(worker.tasks))
        return least if len(least.tasks) < LINE else None

    def give(self, worker: _Worker, task: object, message: object) -> None:
        """Put a task in line for a worker."""
        self._hand(worker, task, bytes(ForkingPickler.dumps(message)))

    def _hand(self, worker: _Worker, task: object, message: bytes) -> None:
        worker.tasks.append((task, message))
        self._send(worker)

    def _send(self, worker: _Worker) -> None:
        """Send what its pipe holds, and what is longer when it has nothing else to do: else both might wait for each other to read.

        A worker that is dead already shows when it is listened to.
        """
        while worker.sent < len(worker.tasks):
            size = sum(len(message) + 2 * PAGE for _, message in itertools.islice(worker.tasks, worker.sent + 1))
            if worker.sent and size > worker.room:
                return
            with suppress(OSError):
                worker.messages.send_bytes(worker.tasks[worker.sent][1])
            worker.sent += 1

    def ready(self) -> list[_Worker]:
        """The workers that have answered or died; waits for one."""
        busy = {worker.answers: worker for worker in self.workers if worker.tasks}
        return [busy[pipe] for pipe in wait(list(busy)) if isinstance(pipe, Connection)]

    def receive(self, worker: _Worker) -> tuple[object, object]:
        """(task, answer) of a worker. None for an answer where it died of that task; a new one takes its place, and what stood in line."""
        task, _ = worker.tasks.popleft()
        worker.sent -= 1
        try:
            answer: object = worker.answers.recv()
            if isinstance(answer, _Weighed):
                answer = _Bulky(answer.answer, (_taken(answer.length, worker.answers, worker.places),))
        except (EOFError, OSError):
            self.workers.remove(worker)
            worker.process.join(1)  # so that its own exit code is seen, not that of the kill
            _end(worker)
            self._unborn += worker.process.exitcode == 1
            if self._unborn >= UNBORN and not self._heard and not self._forks:
                raise ConfigError(NO_START) from None
            self.start()
            for waiting in worker.tasks:
                self._hand(self.workers[-1], *waiting)
            return task, None
        if isinstance(answer, str):
            raise WorkerBug(answer)
        self._heard = True
        self._send(worker)
        return task, answer

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
    worker.process.join()
    if worker.places is not None:
        worker.places.close()


def _context() -> BaseContext:
    """Fork where that is safe: the workers then share what is loaded and start at once. Otherwise a fresh interpreter each."""
    if sys.platform == "linux" and threads() == 1:  # what another thread has locked stays locked in the child for ever
        return multiprocessing.get_context("fork")
    return multiprocessing.get_context("spawn")


def _scanning(knowledge: Knowledge, settings: Settings) -> Callable[[Packed], _Bulky]:
    """What a worker of a scan does with the chunks that it is sent."""
    catalog = None
    if settings.catalog is not None:
        from sdscan.catalog import Catalog

        catalog = Catalog(Path(settings.catalog), readonly=True)
        knowledge = replace(knowledge, library=knowledge.library.hashed_by(catalog.digests))
    work = work_of(knowledge, settings, catalog)
    return lambda sent: _apart(work(unpacked(sent)))


def _apart(done: Done) -> _Bulky:
    return _Bulky(replace(done, batch=Batch((), done.batch.tally)), done.batch.blocks)


def _joined(sent: _Bulky, *, is_next: bool) -> Done:
    """An answer in one. What has to wait for its turn is copied: the worker needs its place."""
    done = replace(sent.answer, batch=Batch(sent.bulk, sent.answer.batch.tally))
    if is_next:
        return done
    kept = replace(done, batch=Batch((done.batch.lines,), done.batch.tally))
    _release(done)
    return kept


def _release(done: Done) -> None:
    """Whoever looks at its lines later gets an error, not those of another chunk."""
    for block in done.batch.blocks:
        if isinstance(block, memoryview):
            block.release()


def _serve(
    inbox: Connection,
    outbox: Connection,
    places: _Places | None,
    strange: list[Connection],
    begin: Callable[..., Callable[[Any], object]],
    ground: tuple[object, ...] | None,
) -> None:
    """The life of a worker: message in, answer out, until its pipe closes. `ground`: None where it is the first message (a fresh interpreter).

    Ctrl-C is the parent's to handle.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for other in strange:  # ends of pipes that came with the fork: held open, they would hide the parent's death
        other.close()
    messages = _read(inbox) if ground is not None else _heard(inbox)
    if ground is None and (ground := next(messages, None)) is None:
        return
    with suppress(OSError):  # nobody listens any more
        try:
            work = begin(*ground)
            for message in messages:
                answer = work(message)
                if isinstance(answer, _Bulky):
                    _hand_over(answer, outbox, places)
                else:
                    outbox.send(answer)
        except MemoryError:
            return  # the chunk is halved, as if the system had killed this process
        except BaseException:  # the border of the process: a bug must reach the entry point, not look like a bad file
            import traceback  # late: a worker that is well needs none

            outbox.send(traceback.format_exc())


def _hand_over(answer: _Bulky, outbox: Connection, places: _Places | None) -> None:
    """An answer's bytes stand in their place before it is told of; what is too long goes through the pipe."""
    length = sum(map(len, answer.bulk))
    if places is None or length > PLACE:
        outbox.send(_Weighed(answer.answer, length))
        outbox.send_bytes(b"".join(answer.bulk))
    else:
        places.put(answer.bulk)
        outbox.send(_Weighed(answer.answer, length))


def _taken(length: int, answers: Connection, places: _Places | None) -> bytes | memoryview:
    """What `_hand_over` left, in the parent."""
    return answers.recv_bytes() if places is None or length > PLACE else places.take(length)


def _read(inbox: Connection) -> Iterator[Any]:
    """Messages, each read when it is asked for; the parent sends no more than the pipe holds (see Pool._send)."""
    with suppress(EOFError, OSError, MemoryError):
        while True:
            yield inbox.recv()


def _heard(inbox: Connection) -> Iterator[Any]:
    """The same where nobody can tell what a pipe holds: a thread takes them off at once. It costs a worker two in a hundred: each malloc takes a lock."""
    import threading  # late: forked workers, which the command waits for, need neither
    from queue import SimpleQueue

    messages: SimpleQueue[Any] = SimpleQueue()

    def listen() -> None:
        for message in _read(inbox):
            messages.put(message)
        messages.put(None)

    threading.Thread(target=listen, daemon=True).start()
    return iter(messages.get, None)
