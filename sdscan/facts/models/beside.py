"""The path of a model → the files beside it, read bounded. The only module of this package that looks into a folder."""

from __future__ import annotations

import os
from functools import lru_cache

from sdscan.errors import ReadError
from sdscan.facts.models.sidecars import FOLDER_FILES, Sidecar, sidecar_names
from sdscan.facts.source import FileSource
from sdscan.limits import Limits
from sdscan.records import Problem

_MODELS = (".safetensors", ".sft", ".pt", ".pth", ".ckpt", ".bin")


def sidecars_of(path: str, limits: Limits) -> tuple[list[Sidecar], tuple[Problem, ...]]:
    """The sidecars of a model, those that say most first, and what could not be read. A folder's README counts for its only model."""
    folder, name = os.path.split(path)
    here = listing(folder)
    alone = (
        [file for file in FOLDER_FILES if file in here]
        if sum(file.lower().endswith(_MODELS) for file in here) == 1
        else []
    )
    found: list[Sidecar] = []
    problems: list[Problem] = []
    for sidecar in sidecar_names(os.path.splitext(name)[0], folder_files=alone):
        if sidecar in here:
            _read(os.path.join(folder, sidecar), sidecar, limits, found, problems)
    return found, tuple(problems)


def listing(folder: str) -> frozenset[str]:
    """The names in a folder; listed again only when its time stamp changes, so that a thousand models cost one listing."""
    try:
        stamp = os.stat(folder or ".").st_mtime_ns
    except OSError:
        return frozenset()
    return _names(folder or ".", stamp)


@lru_cache(maxsize=64)
def _names(folder: str, stamp: int) -> frozenset[str]:
    try:
        return frozenset(os.listdir(folder))
    except OSError:
        return frozenset()


def _read(path: str, name: str, limits: Limits, found: list[Sidecar], problems: list[Problem]) -> None:
    try:
        with FileSource(path, limits) as source:
            data = source.head if source.size <= len(source.head) else source.read(0, limits.sidecar)
            if source.size > limits.sidecar:
                problems.append(
                    Problem(
                        "limit-sidecar",
                        f"only the first {limits.sidecar:,} of {source.size:,} bytes of {name} were read",
                    )
                )
    except ReadError as error:
        problems.append(Problem("sidecar-unreadable", f"{name}: {error.reason}"))
        return
    found.append(Sidecar(name, data))
