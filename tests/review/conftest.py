"""A project with three pictures, and the review that is served for it."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
CHARACTER, LORA, ARTIST = (
    "02-character-in-prompt.png",
    "04-character-only-in-lora.png",
    "07-style-lora-living-artist.png",
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with three pictures, and a secret beside it."""
    (tmp_path / "project/.git").mkdir(parents=True)
    (tmp_path / "project/out").mkdir()
    (tmp_path / "secret.png").write_bytes(b"secret")
    for name in (CHARACTER, LORA, ARTIST):
        shutil.copy(ROOT / "fixtures/gallery" / name, tmp_path / "project/out")
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


@pytest.fixture
def served(folder: Path) -> Iterator[tuple[str, int, str, Path]]:
    """(host, port, token, folder) of a running review."""
    command = [
        sys.executable,
        "-m",
        "sdscan",
        "review",
        "out",
        "--no-catalog",
        "--write",
        "--models",
        str(ROOT / "fixtures/models"),
    ]
    done = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, text=True)
    assert done.stdout is not None
    line = done.stdout.readline()
    found = re.search(r"http://([\d.]+):(\d+)/([\w-]+)/", line)
    assert found is not None, line + done.communicate()[1]
    yield found[1], int(found[2]), found[3], folder
    done.send_signal(signal.SIGINT)
    _, err = done.communicate(timeout=15)
    assert (0, False) == (done.returncode, "Traceback" in err), err
