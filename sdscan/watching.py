"""Folders that a generator writes into → the paths of files that are complete, one by one, as they appear.

A file is taken when it has not changed for a moment and can be read to its end; one that stays incomplete is taken all the same after
a while, since it may be damaged for good. The clock is asked here only; what leaves are paths.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from sdscan.discover import MODELS, SUFFIXES, is_excluded, posix
from sdscan.errors import ConfigError

SETTLE = 0.4
"""Seconds without a change before a file counts as written: generators write one picture in one go."""
PATIENCE = 15.0
"""Seconds that a file may be stable and incomplete before it is judged as it is."""
_STEP_MS = 200
"""How often waiting files are looked at."""

Stamp = tuple[int, int]
"""Size and time of the last change in nanoseconds."""


class Settling:
    """Files that are being written, and how long each has not changed. Knows no file system: stamps and times are handed in."""

    def __init__(self, settle: float = SETTLE, patience: float = PATIENCE) -> None:
        self._settle = settle
        self._patience = patience
        self._waiting: dict[str, tuple[Stamp, float]] = {}
        self._taken: dict[str, Stamp] = {}

    def saw(self, path: str, stamp: Stamp | None, now: float) -> None:
        """A file has this stamp now; None: it is gone. A file that was taken and has not changed since is not waited for again."""
        if stamp is None:
            self._waiting.pop(path, None)
            self._taken.pop(path, None)
        elif self._taken.get(path) != stamp and self._waiting.get(path, (None, 0.0))[0] != stamp:
            self._waiting[path] = (stamp, now)

    def waiting(self) -> list[str]:
        """The files that are not taken yet."""
        return sorted(self._waiting)

    def due(self, now: float, is_whole: Callable[[str], bool]) -> list[str]:
        """The files to take now, sorted. `is_whole` is asked only for files that have not changed for a moment."""
        ready = []
        for path, (stamp, since) in sorted(self._waiting.items()):
            quiet = now - since
            if stamp[0] and quiet >= self._settle and (quiet >= self._patience or is_whole(path)):
                ready.append(path)
                self._taken[path] = stamp
        for path in ready:
            del self._waiting[path]
        return ready


def stamp_of(path: str) -> Stamp | None:
    """Size and time of change of a regular file; None where there is none."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return (status.st_size, status.st_mtime_ns) if os.path.isfile(path) else None


def is_wanted(path: str, exclude: Sequence[str]) -> bool:
    """Whether a new file is a picture, video, sound or model by its suffix. Half-written files have other names, or none yet."""
    name = os.path.basename(path)
    return (
        os.path.splitext(name)[1].lower() in SUFFIXES
        and not name.startswith(".")
        and is_excluded(path, exclude) is None
    )


def is_whole(path: str) -> bool:
    """Whether a file can be read to its end. Models are taken by their size alone: their header stands first."""
    from sdscan.pipeline import container_of
    from sdscan.records import Candidate

    if os.path.splitext(path)[1].lower() in MODELS:
        return True
    return container_of(Candidate(path)).incomplete is None


def new_files(folders: Iterable[str], exclude: Sequence[str], stop: threading.Event) -> Iterator[list[str]]:
    """Lists of complete new files below the folders, until `stop` is set. An empty list is a tick without news.

    Raises ConfigError where `watchfiles` is not installed, or a folder is none.
    """
    roots = list(folders)
    for root in roots:
        if not os.path.isdir(root):
            raise ConfigError(f"{root!r} is no folder; expected one that pictures are written into")
    try:
        from watchfiles import watch
    except ImportError:
        raise ConfigError("watchfiles is not installed: pip install 'sdscan[review]'") from None
    settling = Settling()
    starts = {os.path.realpath(root): root for root in roots}
    changes = watch(
        *starts, stop_event=stop, rust_timeout=_STEP_MS, debounce=_STEP_MS, step=50, yield_on_timeout=True,
        watch_filter=None,
    )  # fmt: skip
    for found in changes:
        now = time.monotonic()
        for _, path in found:
            name = _as_given(path, starts)
            if is_wanted(name, exclude):
                settling.saw(name, stamp_of(name), now)
        for name in settling.waiting():
            settling.saw(name, stamp_of(name), now)
        yield settling.due(now, is_whole)


def _as_given(path: str, starts: dict[str, str]) -> str:
    """The absolute path that the system reports, spelled from the folder that the user named."""
    for real, given in starts.items():
        if path == real or path.startswith(real.rstrip(os.sep) + os.sep):
            return posix(os.path.normpath(os.path.join(given, os.path.relpath(path, real))))
    return posix(path)
