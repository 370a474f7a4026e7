"""A store on loopback for each test, and an environment that leads nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("obstore", reason="the extra sdscan[cloud] is not installed")

from sdscan import cloud
from tests.cloud.store import Store, blind, environment, serving


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Store]:
    with serving(Store()) as opened:
        blind(monkeypatch)
        for name, value in environment(opened).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("HOME", str(tmp_path))
        cloud._opened.cache_clear()  # each test has keys and endpoints of its own
        yield opened
