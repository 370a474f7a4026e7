"""Where an output goes: written whole or not at all; links stay links, devices and pipes stay what they are."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from sdscan.cli.outputs import Output, open_output
from sdscan.errors import ConfigError


def test_a_file_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    target.write_bytes(b"old")
    with pytest.raises(KeyError), open_output(Output("json", str(target))) as file:
        file.write(b"half")
        raise KeyError
    assert target.read_bytes() == b"old"
    with open_output(Output("json", str(target))) as file:
        file.write(b"new")
    assert target.read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need rights on Windows")
def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to("real.json")
    with open_output(Output("json", str(link))) as file:
        file.write(b"through")
    assert link.is_symlink()
    assert (tmp_path / "real.json").read_bytes() == b"through"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    with open_output(Output("json", str(pipe))) as file:
        file.write(b"streamed")
    reader.join(5)
    assert got == [b"streamed"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("path", ["missing/out.json", "."])
def test_a_path_that_cannot_be_written_is_an_error_before_the_scan(path: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError), open_output(Output("json", str(tmp_path / path))):
        pytest.fail("nothing may be scanned")
