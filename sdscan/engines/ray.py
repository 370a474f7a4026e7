"""Ray runs the tasks: core tasks only, never retried by Ray itself, since what became of a shard is ours to decide (shards.py).

A cluster runs the code of whoever reaches it, so one on another machine must ask for a token; a fresh one listens on loopback, with a token
of its own. No usage statistics, no dashboard.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import tempfile
from typing import Any

from sdscan.engines.cluster import is_here, missing
from sdscan.engines.shard_work import Answer, Ground, Task, served, worker_for
from sdscan.engines.workers import WorkerBug
from sdscan.errors import ConfigError

STORE = 256 << 20
"""Bytes of shared memory of a fresh Ray: the watchlist, and tasks on their way."""
ASK = 64
"""Tasks after which it is asked again how large the cluster is."""


def join(address: str, ground: Ground, jobs: int) -> Ray:
    """Join a cluster, or start one here. Raises ConfigError."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # read when Ray is imported, and by all that it starts
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # else it warns of a change that is none for us
    where = None if address == "local" else running() if address == "auto" else address
    if where is None:
        _keep_to_loopback()
    elif "://" in where or ":" not in where:
        raise ConfigError(
            f"--address {address!r}: expected local, auto or HOST:PORT; sdscan must run on a node of the cluster"
        )
    elif not is_here(where.rpartition(":")[0].strip("[]")) and os.environ.get("RAY_AUTH_MODE", "").lower() != "token":
        raise ConfigError(
            f"the Ray at {where} is on another machine, where whoever reaches it can run code: start it with RAY_AUTH_MODE=token, "
            "and set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN (or RAY_AUTH_TOKEN_PATH) here as well"
        )
    elif not answers(where):
        raise ConfigError(f"no Ray answers at {where}; `ray start --head` starts one, --address local needs none")
    try:
        import ray
    except ImportError:
        raise missing("ray", "Ray") from None
    folder = "" if where else _own_folder()
    handler = signal.getsignal(signal.SIGTERM)
    try:
        _begin(ray, where, folder, jobs)
    except (ConnectionError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
        _end(ray, folder)
        raise ConfigError(
            f"cannot join the Ray at {where or 'this machine'}: {' '.join(str(error).split())[:300]}"
        ) from None
    except BaseException:  # interrupted while it starts
        _end(ray, folder)
        raise
    finally:
        signal.signal(signal.SIGTERM, handler)  # Ray puts its own in place
    return Ray(ray, ground, folder)


def running() -> str | None:
    """The Ray that `ray start` left running on this machine, if it answers (services.find_bootstrap_address, Ray 2.60)."""
    name = os.path.join(os.environ.get("RAY_TMPDIR") or "/tmp", "ray", "ray_current_cluster")  # noqa: S108 - where Ray puts it
    try:
        with open(name, encoding="utf-8") as file:
            found = file.read(256).strip()
    except OSError:
        return None
    return found if answers(found) else None


def answers(address: str) -> bool:
    """Whether somebody listens at HOST:PORT: Ray itself would ask for minutes."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), 5).close()
    except (OSError, ValueError, OverflowError):
        return False
    return True


def _own_folder() -> str:
    """Where a fresh Ray keeps its sockets and logs. The name of a socket has room for about a hundred characters, of which Ray takes 62."""
    folder = tempfile.gettempdir()
    return tempfile.mkdtemp(prefix="sdscan-", dir="/tmp" if len(folder) > 24 and os.path.isdir("/tmp") else folder)  # noqa: S108 - private


def _keep_to_loopback() -> None:
    """For a Ray that is started here: the switch that makes its processes listen on 127.0.0.1 alone, and a token of its own."""
    os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"  # ray_constants.ENABLE_RAY_CLUSTER: on Linux as on a desktop
    if not os.environ.get("RAY_AUTH_TOKEN"):
        os.environ["RAY_AUTH_MODE"] = "token"
        os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)


def _begin(ray: Any, where: str | None, folder: str, jobs: int) -> None:
    ray._private.worker._worker_logs_enabled = (
        False  # of a death it tells in a paragraph; we tell it in a word, at the end
    )
    if where is not None:
        ray.init(address=where, log_to_driver=False, logging_level="error")
        return
    from ray._private.node import Node

    # Ray 2.60 starts the process of the dashboard without a dashboard, too, and it asks the cloud's metadata service where it
    # runs, whatever RAY_USAGE_STATS_ENABLED says (usage_lib.get_cluster_config_to_report). Who scales a cluster and who reads
    # its logs are of no use here either: they would take two seconds of a processor.
    for process in ("start_api_server", "start_monitor", "start_log_monitor"):
        setattr(Node, process, lambda *_, **__: None)
    ray.init(
        address="local", num_cpus=jobs or None, include_dashboard=False, log_to_driver=False, logging_level="error", object_store_memory=STORE, _temp_dir=folder,
    )  # fmt: skip


def _end(ray: Any, folder: str) -> None:
    ray.shutdown()
    if folder:
        shutil.rmtree(folder, ignore_errors=True)


class Ray:
    """See shards.Engine."""

    def __init__(self, ray: Any, ground: Ground, folder: str) -> None:
        self._ray = ray
        self._folder = folder
        """Of a Ray that was started here."""
        self._ident = ground.id
        self._ground = [ray.put(ground)]  # in a list Ray leaves it where it is until a worker asks
        self._run = ray.remote(num_cpus=1, max_retries=0)(run)
        self._under_way: list[Any] = []
        self._asked = 0
        self._slots = 1

    @property
    def slots(self) -> int:
        """See Engine.slots: the processors of all nodes that are alive."""
        if self._asked % ASK == 0:
            self._slots = max(1, int(self._ray.cluster_resources().get("CPU", 1)))
        self._asked += 1
        return self._slots

    def submit(self, task: Task) -> object:
        """See Engine.submit."""
        reference = self._run.remote(self._ground, self._ident, task)
        self._under_way.append(reference)
        return reference

    def finished(self) -> tuple[object, Answer | None]:
        """See Engine.finished."""
        (reference,), self._under_way = self._ray.wait(self._under_way)
        try:
            answer: Answer = self._ray.get(reference)
        except self._ray.exceptions.RayTaskError as error:
            raise _wrong(error) from None
        except self._ray.exceptions.RayError:  # the worker, its node, or what it left there is gone
            return reference, None
        return reference, answer

    def close(self) -> None:
        """See Engine.close: a Ray that was started here ends, one that was joined loses our tasks."""
        _end(self._ray, self._folder)


def _wrong(error: Exception) -> Exception:
    if "No module named 'sdscan'" in str(error):
        return ConfigError(
            "sdscan is not installed on the nodes of the cluster; it must be, in the same version as here"
        )
    return WorkerBug(str(error))


def run(ground: list[Any], ident: str, task: Task) -> Answer:
    """What a worker of Ray does: the ground is fetched once a process, from the memory that all processes of a node share."""

    def fetch() -> Ground:
        import ray

        found: Ground = ray.get(ground[0])
        return found

    return served(worker_for(ident, fetch), task)
