"""A safetensors file held against the safetensors library → the problem that it finds, or None. For `sdscan models --verify`.

The library also checks what sdscan passes over when it reads a header: offsets without holes, sizes that fit shapes, keys and values.
"""

from __future__ import annotations

from sdscan.records import Problem

_IN_MEMORY = 512 * 1024 * 1024
"""Files up to this size are checked in memory where numpy is missing: the library opens files for a framework only."""


def verify(path: str, size: int) -> Problem | None:
    """What the library has against the file."""
    from safetensors import SafetensorError

    try:
        is_checked = _is_checked(path, size)
    except SafetensorError as error:
        return Problem("not-valid", f"the safetensors library refuses it: {error}")
    except OSError as error:
        return Problem(
            "not-verified", f"it could not be held against the safetensors library: {error.strerror or error}"
        )
    return (
        None
        if is_checked
        else Problem("not-verified", "to hold a file of this size against the safetensors library, install numpy")
    )


def _is_checked(path: str, size: int) -> bool:
    """Whether the library could look at it; it raises where it finds something. Reads all of the file only where numpy is missing."""
    from safetensors import deserialize, safe_open

    try:
        with safe_open(path, framework="np"):
            return True
    except ModuleNotFoundError:
        if size > _IN_MEMORY:
            return False
        with open(path, "rb") as file:
            deserialize(file.read())  # type: ignore[no-untyped-call]  # the package has no types for it
        return True
