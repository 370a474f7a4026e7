"""Where the parts of a run stand: a folder that all nodes see, or a prefix in an object store. Each file is there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from sdscan.errors import ReadError

if TYPE_CHECKING:
    from sdscan.cloud import Access

TEMPORARY = ".new-"
"""How the name of a file begins that is not whole yet."""


class Place(Protocol):
    """What a run needs of it. All raise ReadError where the place refuses."""

    def names(self) -> Iterator[str]:
        """The names of all files directly in it; none where it does not exist yet."""
        ...

    def read(self, name: str) -> bytes | None:
        """The bytes of a file; None where it is not there."""
        ...

    def write(self, name: str, data: bytes) -> None:
        """Put a file there, in one step; one of that name is replaced."""
        ...

    def remove(self, name: str) -> None:
        """Take a file away, if it is there."""
        ...


def place_at(where: str, access: Access) -> Place:
    """A folder, or a prefix in an object store. Raises ConfigError for an address that is none."""
    from sdscan.cloud import is_address

    return Prefix(where, access) if is_address(where) else Folder(where)


class Folder:
    """A folder."""

    def __init__(self, path: str) -> None:
        self.path = path

    def names(self) -> Iterator[str]:
        """See Place.names."""
        try:
            with os.scandir(self.path) as entries:
                for entry in entries:
                    yield entry.name
        except FileNotFoundError:
            return
        except OSError as error:
            raise ReadError(_why(error)) from None

    def read(self, name: str) -> bytes | None:
        """See Place.read."""
        try:
            with open(os.path.join(self.path, name), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ReadError(_why(error)) from None

    def write(self, name: str, data: bytes) -> None:
        """See Place.write. It is on the disk before it has its name, so that a power cut leaves no empty part."""
        temporary = ""
        try:
            os.makedirs(self.path, exist_ok=True)
            handle, temporary = tempfile.mkstemp(prefix=TEMPORARY, dir=self.path)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, 0o644)
            os.replace(temporary, os.path.join(self.path, name))
        except OSError as error:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise ReadError(_why(error)) from None

    def remove(self, name: str) -> None:
        """See Place.remove."""
        with contextlib.suppress(OSError):
            os.unlink(os.path.join(self.path, name))


def _why(error: OSError) -> str:
    return (error.strerror or "I/O error").lower()


class Prefix:
    """A prefix in an object store; a put of an object is whole or not at all by itself."""

    def __init__(self, where: str, access: Access) -> None:
        from sdscan.cloud import address, open_store

        place = address(where)
        self._prefix = place.key.strip("/")
        self._store = open_store(place, access)

    def names(self) -> Iterator[str]:
        """See Place.names."""
        import obstore

        with _told():
            for page in obstore.list(self._store, prefix=self._prefix or None):
                for entry in page:
                    folder, _, name = entry["path"].rpartition("/")
                    if folder == self._prefix:
                        yield name

    def read(self, name: str) -> bytes | None:
        """See Place.read."""
        import obstore

        with _told():
            try:
                return bytes(obstore.get(self._store, self._key(name)).bytes())
            except FileNotFoundError:
                return None

    def write(self, name: str, data: bytes) -> None:
        """See Place.write."""
        import obstore

        with _told():
            obstore.put(self._store, self._key(name), data)

    def remove(self, name: str) -> None:
        """See Place.remove."""
        import obstore

        with _told():
            obstore.delete(self._store, self._key(name))

    def _key(self, name: str) -> str:
        return f"{self._prefix}/{name}" if self._prefix else name


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """What the store refuses, as a ReadError with a sentence."""
    from sdscan.cloud import reason_of, store_errors

    try:
        yield
    except (store_errors(), OSError, ValueError) as error:
        raise ReadError(reason_of(error)) from None
