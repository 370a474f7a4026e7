"""A run in shards: which engine, where the parts go, whether they are an earlier run's, and what is said at the end.

Enters candidates and what was asked for, leaves batches in the order of the candidates. All that can be refused is refused at once.
"""

from __future__ import annotations

import datetime
import os
import socket
import sys
from collections.abc import Generator, Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sdscan._version import __version__
from sdscan.cloud import DEFAULT_ACCESS
from sdscan.digests import blake2b
from sdscan.engines import Plan
from sdscan.engines.parts import lines_of, summary_of
from sdscan.engines.places import TEMPORARY, Place, place_at
from sdscan.engines.shard_work import RUN, Ground, ground_of
from sdscan.engines.shards import Engine, Runner, cut, is_part
from sdscan.errors import ConfigError, ReadError, StoreError
from sdscan.judged import basis_of
from sdscan.knowledge import Knowledge
from sdscan.records import Candidate, FileResult, Pack
from sdscan.run import Batch

if TYPE_CHECKING:
    from sdscan.session import Settings

RUN_SCHEMA = "sdscan-run/1"
_SHOWN = 20
"""Paths that the file of a run names; the digest covers all."""


class Run(Struct, frozen=True):
    """Which run the parts of a folder belong to: everything that their content rests on besides the pictures."""

    schema: str
    sdscan: str
    paths: tuple[str, ...]
    """The first of the paths as given."""
    selection: str
    """Digest over all of them, made absolute, and the exclusions."""
    platforms: tuple[str, ...]
    packs: tuple[Pack, ...]
    library: str
    statements: str
    limits: str
    protection_years: int
    shard_size: int
    today: str
    """The date that the run judges by: the one on which it was begun, however often it is taken up again."""


_DIFFERENCES = {
    "schema": "the version of sdscan", "sdscan": "the version of sdscan", "paths": "the paths", "selection": "the paths or --exclude", "platforms": "--platform",
    "packs": "watchlists or policies", "library": "the model files", "statements": "the allow entries, declarations or baseline", "limits": "the limits or --thorough",
    "protection_years": "protection-years", "shard_size": "--shard-size",
}  # fmt: skip


def sharded(candidates: Iterable[Candidate], knowledge: Knowledge, settings: Settings, plan: Plan) -> Generator[Batch]:
    """Batches in the order of the candidates. Raises ConfigError and StoreError before anything is read."""
    settings = replace(settings, catalog=None, remember=False)  # nodes share no catalog
    run = run_of(knowledge, settings, plan)
    place: Place | None = None
    names: set[str] = set()
    if plan.parts:
        needs_arrow()
        place = place_at(plan.parts, settings.access)
        try:
            names = set(place.names())
            run = _taken_up(run, place.read(RUN), names, plan)
            knowledge = replace(knowledge, today=datetime.date.fromisoformat(run.today))
            place.write(RUN, _bytes(run))
        except ReadError as error:
            raise StoreError(f"{plan.parts}: {error.reason}") from None
    version = blake2b(_bytes(run), digest_size=16).hexdigest()
    ground = ground_of(version, knowledge, settings, plan.parts, _bytes(run), plan.wants_lines)
    runner = Runner(
        engine_for(plan, ground, settings.jobs), knowledge, place, {name for name in names if is_part(name)},
        wants_lines=plan.wants_lines,
    )  # fmt: skip
    leftovers = {name for name in names if name.startswith(TEMPORARY)}
    return _noted(runner, candidates, plan, version, place, leftovers)


def _noted(
    runner: Runner, candidates: Iterable[Candidate], plan: Plan, version: str, place: Place | None, leftovers: set[str]
) -> Generator[Batch]:
    """The batches; at the end what is out of date is removed, and it is said what became of the shards."""
    batches = runner.batches(cut(candidates, plan.size, version))
    try:
        yield from batches
    finally:
        batches.close()
    count = runner.count
    if count.failed:
        _note(
            f"{count.failed:,} of {count.failed + count.written + count.kept:,} shards were not written, with {count.files:,} files: {count.reason}. "
            "The same command again does only what is missing."
        )
    if count.poison or count.died:
        _note(
            f"{count.died:,} processes died and were replaced; {count.poison:,} files killed every one that read them"
        )
    if count.is_stopped:
        raise StoreError("stopped, since shards failed one after another; what is written stands")
    if place is None:
        return
    removed = 0
    if not count.failed and not count.is_refused:
        for name in sorted({*runner.there, *leftovers}):
            place.remove(name)
            removed += name in runner.there
    if not plan.is_quiet:
        stale = f", {removed:,} of files that have changed or gone removed" if removed else ""
        _note(f"{count.written:,} parts written to {plan.parts}, {count.kept:,} kept from an earlier run{stale}")


def _note(text: str) -> None:
    sys.stderr.write(f"sdscan: {text}\n")


# ---- which run -------------------------------------------------------------------------------------------------


def run_of(knowledge: Knowledge, settings: Settings, plan: Plan) -> Run:
    """What the parts of this run rest on."""
    basis = basis_of(knowledge, settings)
    absolute = [path if "://" in path else os.path.abspath(path) for path in plan.paths]
    return Run(
        RUN_SCHEMA, __version__, plan.paths[:_SHOWN], _digest([absolute, plan.exclude]), knowledge.platforms, knowledge.packs,
        basis.library, basis.statements, _digest([settings.config.limits, settings.thorough]), knowledge.protection_years,
        plan.size, knowledge.today.isoformat(),
    )  # fmt: skip


def _digest(value: object) -> str:
    data = msgspec.json.encode(msgspec.to_builtins(value, str_keys=True), order="deterministic")
    return blake2b(data, digest_size=12).hexdigest()


def _bytes(run: Run) -> bytes:
    return msgspec.json.format(msgspec.json.encode(run), indent=1) + b"\n"


def _taken_up(run: Run, found: bytes | None, names: Iterable[str], plan: Plan) -> Run:
    """The run that a folder holds, where it is this one; this one, where it holds none. Raises ConfigError where it is another."""
    where = f"-o parquet:{plan.parts}"
    advice = "give another folder, or remove this one"
    if found is None:
        if any(map(is_part, names)):
            raise ConfigError(f"{where}: holds parts, but no {RUN} that says of which scan; {advice}")
        return run
    try:
        old = msgspec.json.decode(found, type=Run)
    except msgspec.MsgspecError:
        raise ConfigError(f"{where}: {RUN} cannot be read; {advice}") from None
    mine = replace(run, today=old.today)
    for field in run.__struct_fields__:
        if getattr(old, field) != getattr(mine, field):
            raise ConfigError(f"{where}: holds the parts of another scan; {_DIFFERENCES[field]} differ; {advice}")
    return mine


# ---- reading them again ----------------------------------------------------------------------------------------


def saved(where: str) -> tuple[tuple[Pack, ...], tuple[str, ...], Iterator[FileResult]]:
    """Packs, platforms and records of the parts in a folder, in the order of the run. Raises ConfigError where it holds none."""
    needs_arrow()
    place = place_at(where, DEFAULT_ACCESS)
    try:
        found = place.read(RUN)
        names = sorted(filter(is_part, place.names()))
        firsts = {name: _first(place, name, where) for name in names}
    except ReadError as error:
        raise ConfigError(f"{where!r}: {error.reason}") from None
    if found is None:
        raise ConfigError(
            f"{where!r} holds no run: expected {RUN} and parts, as `sdscan scan -o parquet:FOLDER/` writes them"
        )
    try:
        run = msgspec.json.decode(found, type=Run)
    except msgspec.MsgspecError as error:
        raise ConfigError(f"{where!r}: {RUN}: {error}") from None
    return run.packs, run.platforms, _records(place, sorted(names, key=lambda name: firsts[name]))


def _first(place: Place, name: str, where: str) -> str:
    summary = summary_of(place.read(name) or b"")
    if summary is None:
        raise ConfigError(f"{where!r}: {name} is no whole part; scan again into this folder, which writes it anew")
    return summary.first


def _records(place: Place, names: Iterable[str]) -> Iterator[FileResult]:
    decode = msgspec.json.Decoder(FileResult).decode
    for name in names:
        for line in lines_of(place.read(name) or b"").splitlines():
            yield decode(line)


# ---- which engine ----------------------------------------------------------------------------------------------


def engine_for(plan: Plan, ground: Ground, jobs: int) -> Engine:
    """The engine, joined or started, with the ground on its way to all nodes. Raises ConfigError."""
    if plan.engine == "local":
        from sdscan.engines import shards_local

        return shards_local.start(ground, jobs)
    if plan.address is None:
        raise ConfigError(f"--engine {plan.engine} does not guess where it runs; {_ADDRESSES[plan.engine]}")
    needs_arrow()
    if plan.engine == "ray":
        from sdscan.engines import ray

        return ray.join(plan.address, ground, jobs)
    try:
        from sdscan.engines import dask
    except ImportError:
        raise missing("dask", "Dask") from None
    return dask.join(plan.address, ground, jobs)


_ADDRESSES = {
    "ray": "add `--address local` (starts Ray on this machine, for this run), `--address auto` (joins the Ray that runs on this machine, "
    "else starts one), or `--address HOST:6379` (joins a cluster)",
    "dask": "add `--address local` (starts Dask on this machine, for this run) or `--address tls://HOST:8786` (joins a cluster)",
}


def missing(engine: str, package: str) -> ConfigError:
    """The error of an engine that is not installed."""
    return ConfigError(f"--engine {engine} needs {package}, which is not installed: pip install 'sdscan[{engine}]'")


def needs_arrow() -> None:
    """Raises ConfigError where parts can be neither written nor read."""
    import importlib.util

    if importlib.util.find_spec("pyarrow") is None:
        raise ConfigError("parts of Parquet need pyarrow, which is not installed: pip install 'sdscan[parquet]'")


def is_here(host: str) -> bool:
    """Whether an address is one of this machine: only those can be bound to."""
    try:
        family, kind, _, _, (name, *_) = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.bind((name, 0))
    except OSError:
        return False
    return True
