"""What every test shares: an own cache folder, a fixed date, no sockets, and the way to the shared samples."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
settings.register_profile("dev", deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


@pytest.fixture(autouse=True, scope="session")
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing is written to the user's folders, and no configuration of theirs is read."""
    shared = Path(os.environ.get("SDSCAN_TEST_CACHE") or tmp_path_factory.getbasetemp().parent / "sdscan-cache")
    shared.mkdir(exist_ok=True)
    patch = pytest.MonkeyPatch()
    patch.setenv("SDSCAN_CACHE_DIR", str(shared))
    patch.setenv("SDSCAN_DATA_DIR", str(tmp_path_factory.mktemp("data")))
    patch.setenv("SOURCE_DATE_EPOCH", "1795305600")
    patch.setenv("NO_COLOR", "1")
    patch.delenv("FORCE_COLOR", raising=False)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """sdscan has no network: a connection fails the test that makes it (tests of local servers are marked)."""
    if "loopback" in request.keywords:
        return

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("sdscan opened a network connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)


@pytest.fixture
def samples() -> Path:
    """The shared real samples; the test is skipped, saying why, where they are absent."""
    if not (SHARED / "samples" / "index.json").exists():
        pytest.skip("../shared/samples is not beside this checkout")
    return SHARED / "samples"
