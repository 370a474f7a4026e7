"""This machine runs the tasks of a run in shards: a loop, or worker processes. So parts can be resumed without any cluster."""

from __future__ import annotations

from collections import deque
from itertools import count

from sdscan.engines import workers
from sdscan.engines.local import WORKERS_FROM, jobs_for
from sdscan.engines.sending import pickled, unpickled
from sdscan.engines.shard_work import Answer, Ground, Task, Worker
from sdscan.engines.shards import Engine


def start(ground: Ground, jobs: int) -> Engine:
    """As many processes as were asked for, else one a core: nobody counts the files before."""
    jobs = jobs_for(WORKERS_FROM, jobs)
    return Loop(ground) if jobs == 1 else Processes(ground, jobs)


class Loop:
    """See shards.Engine: one task after another, in this process."""

    slots = 1

    def __init__(self, ground: Ground) -> None:
        self._worker = Worker(ground)
        self._tasks: deque[tuple[int, Task]] = deque()
        self._numbers = count()

    def submit(self, task: Task) -> object:
        """See Engine.submit."""
        number = next(self._numbers)
        self._tasks.append((number, task))
        return number

    def finished(self) -> tuple[object, Answer | None]:
        """See Engine.finished."""
        number, task = self._tasks.popleft()
        return number, self._worker(task)

    def close(self) -> None:
        """See Engine.close."""
        self._tasks.clear()


class Processes:
    """See shards.Engine: the worker processes of the local engine."""

    def __init__(self, ground: Ground, jobs: int) -> None:
        self.slots = jobs
        self._pool = workers.Pool(_working, ground)
        self._waiting: deque[tuple[int, Task]] = deque()
        self._ended: deque[tuple[object, Answer | None]] = deque()
        self._numbers = count()
        for _ in range(jobs):
            self._pool.start()

    def submit(self, task: Task) -> object:
        """See Engine.submit."""
        number = next(self._numbers)
        self._waiting.append((number, task))
        self._feed()
        return number

    def finished(self) -> tuple[object, Answer | None]:
        """See Engine.finished."""
        while not self._ended:
            for worker in self._pool.ready():
                number, answer = self._pool.receive(worker)
                self._ended.append((number, None if answer is None else unpickled(answer.told)))
            self._feed()
        return self._ended.popleft()

    def close(self) -> None:
        """See Engine.close."""
        self._pool.stop()

    def _feed(self) -> None:
        while self._waiting and (worker := self._pool.free()) is not None:
            number, task = self._waiting.popleft()
            self._pool.give(worker, number, pickled(task))


def _working(ground: Ground) -> workers.Serve:
    """What a worker of a run in shards does with the tasks that it is sent."""
    work = Worker(ground)
    return lambda message, _put: workers.Answer(pickled(work(unpickled(message))))
