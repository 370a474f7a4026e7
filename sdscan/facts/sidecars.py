"""Text files that a generator writes beside its picture → more blobs of that picture's container.

A1111 and Easy Diffusion write `NAME.txt`, SwarmUI `NAME.swarm.json`, mflux `NAME.metadata.json`, others `NAME.json`; Fooocus one
`log.html` a day folder. A sidecar is read only where the picture itself carries no text, except SwarmUI's and mflux's, which are
never anything else.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import lru_cache

from sdscan.errors import ReadError
from sdscan.facts.source import FileSource, Near, Source
from sdscan.limits import Limits
from sdscan.records import Blob, Candidate, Container, Problem

SUFFIXES = (".txt", ".json", ".swarm.json", ".metadata.json")
_LOG = "log.html"


def with_sidecars(container: Container, candidate: Candidate, limits: Limits, near: Near | None = None) -> Container:
    """The container with the blobs of its sidecars; the container itself where there is none to read. `near`: of an object."""
    if container.format in ("text", "json", "html") and candidate.named:
        return _as_sidecar(container, candidate, limits)
    if candidate.lone or container.incomplete is not None or any(blob.text for blob in container.blobs):
        return container
    folder, name = os.path.split(candidate.path)
    if near is None:
        near = Near(
            _names(folder or ".", _stamp(folder or ".")), lambda name: FileSource(os.path.join(folder, name), limits)
        )
    stem = os.path.splitext(name)[0]
    blobs: list[Blob] = []
    problems: list[Problem] = []
    for sidecar in (*(stem + suffix for suffix in SUFFIXES), *(name + suffix for suffix in SUFFIXES)):
        if sidecar in near.names:
            _read(near.open, sidecar, f"sidecar:{sidecar}", limits, blobs, problems)
    if _LOG in near.names:  # Fooocus writes one log a day folder: only this picture's entry speaks for this picture
        _read(near.open, _LOG, f"sidecar:{_LOG}#{name}", limits, blobs, problems)
    if not blobs and not problems:
        return container
    return Container(
        container.format, container.blobs + tuple(blobs), container.problems + tuple(problems), None,
        container.width, container.height, container.frames, container.has_alpha,
    )  # fmt: skip


def is_sidecar(name: str) -> bool:
    """Whether a file of that name may say something about a picture beside it."""
    return name.endswith(SUFFIXES) or name == _LOG


def _as_sidecar(container: Container, candidate: Candidate, limits: Limits) -> Container:
    """A sidecar that the user names is read for itself."""
    blobs: list[Blob] = []
    problems: list[Problem] = []
    _read(
        lambda path: FileSource(path, limits),
        candidate.path,
        f"sidecar:{os.path.basename(candidate.path)}",
        limits,
        blobs,
        problems,
    )
    return Container(container.format, tuple(blobs), container.problems + tuple(problems))


def _read(
    opened: Callable[[str], AbstractContextManager[Source]],
    name: str,
    locator: str,
    limits: Limits,
    blobs: list[Blob],
    problems: list[Problem],
) -> None:
    try:
        with opened(name) as source:
            data = source.head if source.size <= len(source.head) else source.read(0, limits.sidecar)
            if source.size > limits.sidecar:
                problems.append(
                    Problem(
                        "limit-sidecar", f"{locator}: only the first {limits.sidecar} of {source.size} bytes were read"
                    )
                )
    except ReadError as error:
        problems.append(Problem("sidecar-unreadable", f"{locator}: {error.reason}"))
        return
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    blobs.append(Blob(locator, "sidecar", data.decode(encoding, "replace"), size=len(data)))


@lru_cache(maxsize=64)
def _names(folder: str, stamp: int) -> frozenset[str]:
    """File names in a folder that can be sidecars; `stamp` is the folder's mtime, so a changed folder is listed anew."""
    try:
        return frozenset(filter(is_sidecar, os.listdir(folder)))
    except OSError:
        return frozenset()


def _stamp(folder: str) -> int:
    try:
        return os.stat(folder).st_mtime_ns
    except OSError:
        return 0
