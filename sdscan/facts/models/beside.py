"""The path of a model → what stands beside it, read bounded. Only this module and previews look into a folder; nothing is written there."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import lru_cache

from msgspec.json import encode

from sdscan.errors import ReadError
from sdscan.facts.models.previews import preview_texts
from sdscan.facts.models.reading import Beside
from sdscan.facts.models.sidecars import FOLDER_FILES, FOLDER_TABLE, Sidecar, sidecar_names
from sdscan.facts.models.values import opened, table
from sdscan.facts.source import FileSource, Near, Source
from sdscan.limits import Limits
from sdscan.records import Problem

_MODELS = (".safetensors", ".sft", ".pt", ".pth", ".ckpt", ".bin")


def beside(path: str, limits: Limits, near: Near | None = None) -> Beside:
    """Sidecars and previews of a model, those that say most first. A folder's README counts for its only model. `near`: of an object."""
    folder, name = os.path.split(path)
    stem = os.path.splitext(name)[0]
    if near is None:
        near = Near(listing(folder), lambda name: FileSource(os.path.join(folder, name), limits))
    here = near.names
    alone = [file for file in FOLDER_FILES if file in here] if _is_alone(here) else []
    found: list[Sidecar] = []
    problems: list[Problem] = []
    for sidecar in sidecar_names(stem, folder_files=alone):
        if sidecar in here:
            _read(near.open, sidecar, limits, found, problems)
    if FOLDER_TABLE in here:
        found += _from_table(folder, name, limits)
    texts = tuple(preview_texts(near, stem, limits))
    return Beside(name, os.path.basename(folder), tuple(found), texts, tuple(problems))


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


@lru_cache(maxsize=64)
def _is_alone(here: frozenset[str]) -> bool:
    return sum(file.lower().endswith(_MODELS) for file in here) == 1


def _from_table(folder: str, name: str, limits: Limits) -> list[Sidecar]:
    """A model's line of `loras_tags.json`, which holds the trigger words of a whole folder."""
    path = os.path.join(folder, FOLDER_TABLE)
    try:
        status = os.stat(path)
    except OSError:
        return []
    words = _table(path, (status.st_size, status.st_mtime_ns), limits)
    found = words.get(name) or words.get(os.path.splitext(name)[0])
    return [Sidecar(FOLDER_TABLE, encode({"trainedWords": found}))] if found else []


@lru_cache(maxsize=16)
def _table(path: str, stamp: tuple[int, int], limits: Limits) -> dict[str, object]:
    found: list[Sidecar] = []
    _read(lambda name: FileSource(path, limits), FOLDER_TABLE, limits, found, [])
    return table(opened(found[0].data.decode("utf-8", "replace"), limits)) if found else {}


def _read(
    opening: Callable[[str], AbstractContextManager[Source]],
    name: str,
    limits: Limits,
    found: list[Sidecar],
    problems: list[Problem],
) -> None:
    try:
        with opening(name) as source:
            data = source.head if source.size <= len(source.head) else source.read(0, limits.sidecar)
            if source.size > limits.sidecar:
                told = f"only the first {limits.sidecar:,} of {source.size:,} bytes of {name} were read"
                problems.append(Problem("limit-sidecar", told))
    except ReadError as error:
        problems.append(Problem("sidecar-unreadable", f"{name}: {error.reason}"))
        return
    found.append(Sidecar(name, data))
