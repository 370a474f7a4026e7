"""What the library looks models up by, kept in one file of the user's cache: a folder of known models costs a stat and a listing.

An entry holds for one (size, mtime_ns, inode) of its file, one state of the files beside it, and one version of the readers. The facts
themselves are read (from the catalog, as a rule) only for files that a picture uses. A damaged index is built anew.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from sdscan.digests import blake2b
from sdscan.knowledge.model_keys import claims_of, keys_of
from sdscan.records import ModelFacts


class Keys(Struct, frozen=True, array_like=True, gc=False):
    """Everything that a model file answers to."""

    kind: str
    names: tuple[tuple[str, str], ...]
    """(how, key), see `model_keys.keys_of`."""
    claims: tuple[tuple[str, str], ...]
    """(how, digits), see `model_keys.claims_of`."""
    version_ids: tuple[str, ...] = ()


class Entry(Struct, frozen=True, array_like=True, gc=False):
    """The keys of one file, and the state they were read in."""

    size: int
    mtime_ns: int
    inode: int
    beside: int
    keys: Keys | None
    """None for a file that is no model."""


class _File(Struct, frozen=True, array_like=True):
    version: str
    entries: dict[str, Entry]


def keys_for(path: str, facts: ModelFacts) -> Keys:
    """What a file with these facts answers to."""
    return Keys(
        facts.kind, tuple(dict.fromkeys(keys_of(path, facts))), tuple(claims_of(path, facts)), facts.version_ids
    )


class LibraryIndex:
    """The entries of one set of folders. `beside` gives a number for the state of the files beside a path."""

    def __init__(self, folder: Path, folders: Sequence[str], version: str, beside: Callable[[str], int]) -> None:
        asked = sorted(f"{each}\0{os.path.abspath(each)}" for each in folders)  # paths are kept as they were given
        named = "\0".join(asked).encode("utf-8", "surrogatepass")
        self._path = folder / f"library-{blake2b(named, digest_size=8).hexdigest()}.msgpack"
        self._version = version
        self._beside = beside
        self._old = _read(self._path, version)
        self._new: dict[str, Entry] = {}

    def get(self, path: str) -> Entry | None:
        """The entry of a file that has not changed, or None."""
        entry = self._old.get(path)
        if entry is None or self._state(path) != (entry.size, entry.mtime_ns, entry.inode, entry.beside):
            return None
        self._new[path] = entry
        return entry

    def put(self, path: str, keys: Keys | None) -> None:
        """Remember a file that was read."""
        state = self._state(path)
        if state is not None:
            self._new[path] = Entry(*state, keys)

    def save(self) -> None:
        """Write the index whole, if anything changed. A cache that cannot be written is no error."""
        if self._new == self._old:
            return
        import tempfile  # late: most runs find the index as it is

        data = msgspec.msgpack.encode(_File(self._version, self._new))
        temporary = ""
        try:
            handle, temporary = tempfile.mkstemp(prefix=".library-", dir=self._path.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.replace(temporary, self._path)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(temporary)

    def _state(self, path: str) -> tuple[int, int, int, int] | None:
        try:
            status = os.stat(path)
        except (OSError, ValueError):
            return None
        return status.st_size, status.st_mtime_ns, status.st_ino, self._beside(path)


def _read(path: Path, version: str) -> dict[str, Entry]:
    try:
        found = msgspec.msgpack.decode(path.read_bytes(), type=_File)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return {}
    return found.entries if found.version == version else {}
