"""Dask runs the tasks: the second engine, as thin as the first. One thread a worker process; one on another machine must be spoken to over TLS."""

from __future__ import annotations

import threading
from typing import Any
from urllib.parse import urlsplit

import dask.config
import distributed

from sdscan.engines.cluster import is_here
from sdscan.engines.shard_work import Answer, Ground, Task, served, worker_for
from sdscan.errors import ConfigError

_LOCK = threading.Lock()
"""A worker with several threads does one task after another."""


def join(address: str, ground: Ground, jobs: int) -> Dask:
    """Join a scheduler, or start one here. Raises ConfigError."""
    if address == "local":
        dask.config.set({"distributed.scheduler.allowed-failures": 0})  # deaths are counted here
        cluster = distributed.LocalCluster(
            host="127.0.0.1", n_workers=jobs or None, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50,
        )  # fmt: skip
        return Dask(distributed.Client(cluster), cluster, ground)
    if "://" not in address:
        raise ConfigError(f"--address {address!r}: expected local, or the address of a scheduler as tls://HOST:8786")
    if not address.startswith("tls://") and not is_here(urlsplit(address).hostname or ""):
        raise ConfigError(
            f"the scheduler at {address} is on another machine, where whoever reaches it can run code: only tls:// is joined"
        )
    try:
        return Dask(distributed.Client(address, timeout=10), None, ground)
    except (OSError, ValueError, TypeError) as error:
        raise ConfigError(f"cannot join the scheduler at {address}: {' '.join(str(error).split())[:300]}") from None


class Dask:
    """See shards.Engine."""

    def __init__(self, client: Any, cluster: Any, ground: Ground) -> None:
        self._client, self._cluster, self._ident = client, cluster, ground.id
        # Scattered data would die with the workers that hold it.
        client.register_plugin(Carrier(ground), name=ground.id)
        self._ended = distributed.as_completed()
        self._died = (distributed.scheduler.KilledWorker, distributed.client.FutureCancelledError)

    @property
    def slots(self) -> int:
        """See Engine.slots: the threads of all workers that are alive."""
        return max(1, int(sum(self._client.nthreads().values())))

    def submit(self, task: Task) -> object:
        """See Engine.submit."""
        future = self._client.submit(run, self._ident, task, pure=False, retries=0)
        self._ended.add(future)
        return future

    def finished(self) -> tuple[object, Answer | None]:
        """See Engine.finished."""
        future = next(self._ended)
        try:
            answer: Answer = future.result()
        except self._died:
            return future, None
        return future, answer

    def close(self) -> None:
        """See Engine.close."""
        self._client.close()
        if self._cluster is not None:
            self._cluster.close()


class Carrier(distributed.WorkerPlugin):  # type: ignore[misc]  # which mypy does not look into
    """Carries the ground to each worker, also to those that come later."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground


def run(ident: str, task: Task) -> Answer:
    """What a worker of Dask does."""

    def fetch() -> Ground:
        ground: Ground = distributed.get_worker().plugins[ident].ground
        return ground

    with _LOCK:
        return served(worker_for(ident, fetch), task)
