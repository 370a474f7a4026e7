"""The manifest of `sort`: a journal that is written ahead. A line says what will be done before it is, another that it was.

Its names are relative to its folder and it holds no clock. A line that a crash has cut counts as not written: what it speaks of
had not begun.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import IO, Literal, cast, get_args

from msgspec import Struct
from msgspec.structs import replace

from sdscan.errors import ConfigError
from sdscan.placing import Mode
from sdscan.system import lock

Group = Literal["publish", "review", "block", "unread"]
GROUPS: tuple[Group, ...] = get_args(Group)
SCHEMA = "sdscan-sort/1"
NAME = "sdscan-sort.jsonl"


class Placement(Struct, frozen=True):
    """One file that has, or will have, its place in the folder. Paths are relative to the folder, with POSIX separators."""

    source: str
    """Where it came from."""
    to: str
    mode: Mode
    group: Group
    was: str = ""
    """Where in the folder it stood before, when a new judgement moved it."""
    size: int = -1
    """Size and time of what was placed; -1 until it is done."""
    mtime_ns: int = -1

    @property
    def done(self) -> bool:
        """Whether it stands there."""
        return self.size >= 0


class Journal:
    """What was planned and what was done, as the manifest tells it. Several placements of one file: the last counts."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.placements: dict[str, Placement] = {}
        """By `to`."""
        self.by_source: dict[str, str] = {}
        self._file: IO[bytes] | None = None
        self._whole = 0
        """Bytes of whole lines; what follows was cut by a crash."""
        if os.path.exists(path):
            self._read()

    def _read(self) -> None:
        name = os.path.basename(self.path)
        try:
            with open(self.path, "rb") as file:
                lines = file.read().split(b"\n")
        except OSError as error:
            raise ConfigError(f"{self.path!r}: {(error.strerror or 'cannot be read').lower()}") from None
        for number, line in enumerate(lines[:-1], 1):
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                row = None
            if not isinstance(row, dict) or (number == 1 and row.get("schema") != SCHEMA):
                expected = f'{{"schema": "{SCHEMA}"}}' if number == 1 else "a line that `sdscan sort` wrote"
                raise ConfigError(f"{name}:{number}: is no manifest of sdscan sort; expected {expected}")
            if number > 1:
                self._take(row, f"{name}:{number}")
            self._whole += len(line) + 1

    def _take(self, row: dict[str, object], where: str) -> None:
        kind, to = row.get("line"), row.get("to")
        if not isinstance(to, str) or not _inside(to):
            raise ConfigError(f"{where}: `to` is {to!r}; expected a path inside the folder")
        if kind == "plan":
            source, mode, group, was = row.get("from"), row.get("mode"), row.get("group"), row.get("was", "")
            if (
                not isinstance(source, str)
                or mode not in get_args(Mode)
                or group not in GROUPS
                or not isinstance(was, str)
            ):
                raise ConfigError(f"{where}: expected `from`, `mode` and `group` as `sdscan sort` writes them")
            self._plan(Placement(source, to, cast(Mode, mode), group, was))
        elif kind == "done":
            size, mtime_ns = row.get("size"), row.get("mtime_ns")
            if not isinstance(size, int) or not isinstance(mtime_ns, int):
                raise ConfigError(f"{where}: expected `size` and `mtime_ns`")
            self._done(to, size, mtime_ns)
        elif kind == "dropped":
            self._drop(to)
        else:
            raise ConfigError(f"{where}: `line` is {kind!r}; expected plan, done or dropped")

    def _plan(self, placement: Placement) -> None:
        self.placements[placement.to] = placement

    def _done(self, to: str, size: int, mtime_ns: int) -> None:
        placement = self.placements.get(to)
        if placement is not None:
            if placement.was:
                self.placements.pop(placement.was, None)
            self.placements[to] = replace(placement, size=size, mtime_ns=mtime_ns)
            self.by_source[placement.source] = to

    def _drop(self, to: str) -> None:
        placement = self.placements.pop(to, None)
        if placement is not None and self.by_source.get(placement.source) == to:
            del self.by_source[placement.source]

    def plan(self, placements: Sequence[Placement]) -> None:
        """Say what will be done, and have it on the disk before it is."""
        for one in placements:
            self._plan(one)
            row: dict[str, object] = {
                "line": "plan",
                "from": one.source,
                "to": one.to,
                "mode": one.mode,
                "group": one.group,
            }
            self._write({**row, "was": one.was} if one.was else row)
        if placements:
            self.flush(sync=True)

    def done(self, to: str, target: str) -> None:
        """Say that it was done."""
        status = os.stat(target)
        self._done(to, status.st_size, status.st_mtime_ns)
        self._write({"line": "done", "to": to, "size": status.st_size, "mtime_ns": status.st_mtime_ns})
        self.flush()

    def drop(self, to: str) -> None:
        """Say that it will not be done, or was undone."""
        self._drop(to)
        self._write({"line": "dropped", "to": to})
        self.flush()

    def _write(self, row: dict[str, object]) -> None:
        if self._file is None:
            self._open()
        assert self._file is not None, "it has just been opened"
        self._file.write(json.dumps(row).encode("ascii") + b"\n")

    def _open(self) -> None:
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        file = open(self.path, "ab")  # noqa: SIM115 - lives as long as the run
        _lock(file, self.path)
        file.truncate(self._whole)
        self._file = file
        if not self._whole:
            self._write({"schema": SCHEMA})

    def flush(self, *, sync: bool = False) -> None:
        """Hand everything to the system; `sync`: to the disk."""
        if self._file is not None:
            self._file.flush()
            if sync:
                os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the manifest."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _lock(file: IO[bytes], path: str) -> None:
    """Two runs in one folder would plan the same names. Where there is no such lock, none is held."""
    if not lock(file.fileno()):
        file.close()
        raise ConfigError(f"another `sdscan sort` is at work in {os.path.dirname(path)!r}")


def _inside(path: str) -> bool:
    return bool(path) and not os.path.isabs(path) and ".." not in path.split("/") and "\0" not in path
