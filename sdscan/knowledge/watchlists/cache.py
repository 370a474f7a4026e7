"""Sources on disk → one compiled index, kept in the user's cache folder and mapped from there.

The cache file is named after what its sources are on disk (path, size, times, inode) and the program's version, so a changed
source is another file. It is written aside and renamed, for its owner only; one that is not whole is compiled anew. A cache is
never unpickled and holds no code.
"""

from __future__ import annotations

import contextlib
import mmap
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from sdscan._version import __version__
from sdscan.digests import sha256
from sdscan.errors import PackError
from sdscan.knowledge.watchlists.index import MAGIC, Damaged, Index
from sdscan.system import is_trusted

FOLDER = "watchlists"
_MODULES = (
    "../../judgement/names.py", "forms.py", "compile.py", "merge.py", "index.py", "packs.py",
    "importers/__init__.py", "importers/tables.py", "importers/documents.py",
)  # fmt: skip
KEPT = 6
"""Compiled files kept; older ones are removed when a new one is written."""


def compiled(paths: Sequence[Path], *, default: bool, cache_dir: Path | None) -> tuple[Index, Path | None]:
    """The index of these sources, and the file it is mapped from (None: in memory). Raises PackError."""
    builtin = _builtin() if default else ()
    stamp = _stamp(builtin, paths)
    target = cache_dir / FOLDER / f"{stamp}.idx" if cache_dir is not None else None
    if target is not None:
        with contextlib.suppress(OSError, Damaged, ValueError):
            index = mapped(target)
            if index.meta.sources == stamp:
                return index, target
    from sdscan.knowledge.watchlists.sources import compile_sources

    data = compile_sources(builtin, paths, stamp)
    if target is not None and _write(target, data):
        with contextlib.suppress(OSError, Damaged, ValueError):
            return mapped(target), target
    return Index(data), None


def _builtin() -> tuple[Path, ...]:
    return tuple(sorted((Path(__file__).parent / "packs").glob("*.toml")))


def mapped(path: Path) -> Index:
    """Map a compiled file. Raises OSError and Damaged.

    The checksum over its twenty megabytes is computed once for each state of the file on disk, not by each hook.
    """
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        if not is_trusted(status.st_uid):
            raise Damaged("belongs to somebody else")
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    seen = b"%d %d %d %d" % (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    note = path.with_suffix(".seen")
    with contextlib.suppress(OSError):
        if note.read_bytes() == seen:
            return Index(data)
    index = Index(data, check=True)
    _write_whole(note, seen)
    return index


def _stamp(builtin: Sequence[Path], paths: Sequence[Path]) -> str:
    """What the sources are on disk now. Raises PackError for one that does not exist."""
    digest = sha256(f"{__version__} {MAGIC!r}".encode())
    for path in (*builtin, *_program(), *paths):
        try:
            status = path.stat()
        except OSError as error:
            raise PackError(f"{path.name}: cannot be read: {(error.strerror or 'I/O error').lower()}") from None
        where = os.fsencode(os.path.abspath(path))
        digest.update(
            b"%d:%s|%d|%d|%d|%d;"
            % (len(where), where, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
        )
    return digest.hexdigest()[:40]


def _program() -> tuple[Path, ...]:
    """The modules and word lists that decide what is compiled: a change of theirs is a new index."""
    here = Path(__file__).parent
    return (*(here / name for name in _MODULES), *sorted((here / "words").glob("*.txt")))


def _write(target: Path, data: bytes) -> bool:
    """Write a compiled file, and remove old ones. False where the folder does not allow it."""
    if not _write_whole(target, data):
        return False
    _prune(target.parent, target)
    return True


def _write_whole(target: Path, data: bytes) -> bool:
    """Write aside, then rename. False where the folder does not allow it."""
    import tempfile

    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.replace(name, target)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(name)
            return False
    except OSError:
        return False
    return True


def _prune(folder: Path, keep: Path) -> None:
    """Remove all but the newest compiled files. Best effort: another process may do the same."""
    with contextlib.suppress(OSError):
        age: Callable[[Path], float] = lambda path: path.stat().st_mtime  # noqa: E731 - the key of one sort
        for path in sorted(folder.glob("*.idx"), key=age, reverse=True)[KEPT:]:
            if path != keep:
                with contextlib.suppress(OSError):
                    path.unlink()
                    path.with_suffix(".seen").unlink(missing_ok=True)
