"""A safetensors file held against the safetensors library → the problem that it finds, or None. For `sdscan models --verify`.

The library also checks what sdscan passes over when it reads a header: offsets without holes, sizes that fit shapes, keys and values.
"""

from __future__ import annotations

from sdscan.records import Problem

_IN_MEMORY = 512 * 1024 * 1024
"""Files up to this size are checked in memory where numpy is missing: the library opens files for a framework only."""


def verify(path: str, size: int) -> Problem | None:
    """What the library has against the file. Reads all of it only where numpy is not installed."""
    from safetensors import SafetensorError, deserialize, safe_open

    try:
        with safe_open(path, framework="np"):
            return None
    except SafetensorError as error:
        return Problem("not-valid", f"the safetensors library refuses it: {error}")
    except ModuleNotFoundError:
        pass
    except OSError as error:
        return Problem("not-verified", f"it could not be read: {error.strerror}")
    if size > _IN_MEMORY:
        return Problem(
            "not-verified",
            "its header could not be held against the safetensors library: install numpy for files of this size",
        )
    try:
        with open(path, "rb") as file:
            deserialize(file.read())  # type: ignore[no-untyped-call]  # the package has no types for it
    except SafetensorError as error:
        return Problem("not-valid", f"the safetensors library refuses it: {error}")
    except OSError as error:
        return Problem("not-verified", f"it could not be read: {error.strerror}")
    return None
