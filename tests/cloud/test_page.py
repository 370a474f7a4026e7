"""The commands of docs/object-stores.md do what the page says, on a store on loopback."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from sdscan import fetching
from sdscan.__main__ import run
from sdscan.cloud import CONCURRENCY, WAYS
from sdscan.limits import MIB, Limits
from tests.cloud.files import FILES
from tests.cloud.store import Store

pytestmark = pytest.mark.loopback
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "object-stores.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^sdscan .*$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("line", COMMANDS)
def test_the_commands_of_the_page_run(
    store: Store, capfd: pytest.CaptureFixture[str], line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store.put("gallery/2026/0001.png", FILES["small.png"])
    Path("inventory.csv.gz").write_text('"gallery","2026/0001.png","5"\n')
    Path("keys.txt").write_text("2026/0001.png\n")
    more = ["--no-catalog", "--no-default-watchlist"] if " scan " in line else []
    assert 0 == run([*shlex.split(line)[1:], *more]), capfd.readouterr().err
    assert "gallery/2026/0001.png" in store.gets


def test_the_numbers_of_the_page_are_those_of_the_code() -> None:
    assert len(COMMANDS) >= 4
    assert Limits().fetched == 32 * MIB and "(32 MiB)" in PAGE
    assert CONCURRENCY == 32 and "`--concurrency N` (32)" in PAGE
    assert f"{fetching.GIVE_UP} objects in a row" in PAGE
    assert all(f"`{way}" in PAGE for way in WAYS)
