"""Small whole files and texts, made by code: what the fuzzer begins with."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from sdscan.facts import containers
from sdscan.facts.source import MemorySource
from sdscan.limits import DEFAULT_LIMITS
from sdscan.records import Container

ROOT = Path(__file__).resolve().parents[2]
for folder in ("tests/hostile", "tests/facts/containers", "tests/facts/models"):  # as in pyproject.toml
    if str(ROOT / folder) not in sys.path:
        sys.path.append(str(ROOT / folder))

from wholes import WHOLE  # noqa: E402 - after its folder is known

from tests.facts.writers.rows import ROWS  # noqa: E402 - the same

LARGEST = 65_536
"""Bytes of an input; larger samples are left out."""


@lru_cache(maxsize=1)
def pictures() -> tuple[bytes, ...]:
    """One file a writer and container."""
    return (*WHOLE.values(), *(row.make() for row in ROWS))


@lru_cache(maxsize=1)
def models() -> tuple[bytes, ...]:
    """Model files: of three kinds, and those of the demo."""
    made = [data for name, data in WHOLE.items() if name.endswith((".safetensors", ".pt"))]
    return (*made, *(path.read_bytes()[:LARGEST] for path in sorted((ROOT / "fixtures/models").glob("*.safetensors"))))


@lru_cache(maxsize=1)
def read() -> tuple[Container, ...]:
    """What the walkers find in the pictures."""
    return tuple(containers.read(MemorySource(data), DEFAULT_LIMITS, thorough=True) for data in pictures())


def texts() -> Iterator[str]:
    """Every text of the pictures, each once."""
    yield from dict.fromkeys(blob.text for container in read() for blob in container.blobs if blob.text)


def samples() -> Iterator[bytes]:
    """Real files beside the project, where there are any; read in place, never copied into it."""
    folder = ROOT.parent / "shared" / "samples"
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and path.suffix not in (".md", ".json", ".txt") and path.stat().st_size <= LARGEST:
            yield path.read_bytes()
