"""Hostile names and directory entries, through the installed command: a record a file, no traceback, no exit 70, nothing raw in what is shown."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import places
import pytest
from test_hostile_corpus import RAW
from wholes import WHOLE

from sdscan.facts import source as sources
from sdscan.pipeline import facts_of
from sdscan.records import Candidate

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="these systems refuse most of these names")
SDSCAN = [sys.executable, "-m", "sdscan"]
FORMATS = ("text", "json", "jsonl", "sarif", "junit", "csv", "markdown", "github", "gitlab", "html")


class Place:
    """The folder, what is expected of it, and a way to run the command in the folder above."""

    def __init__(self, folder: Path) -> None:
        (folder / "t").mkdir()
        os.chdir(folder)
        self.folder = folder
        self.expected = {f"t/{name}": outcome for name, outcome in places.fill(folder / "t").items()}

    def run(self, *arguments: str | bytes) -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run([*SDSCAN, *arguments], cwd=self.folder, capture_output=True, timeout=60)
        assert b"Traceback" not in done.stderr
        assert done.returncode in (0, 1, 2, 3)
        return done


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    before = os.getcwd()
    yield Place(tmp_path_factory.mktemp("places"))
    os.chdir(before)


SCAN = ("scan", "--isolated", "--no-catalog", "--platform", "pixiv", "t", "-o")


@pytest.mark.parametrize("more", [(), ("--jobs", "2"), ("--thorough",), ("--models", "t"), ("--catalog", "c.sqlite")], ids=" ".join)
def test_every_entry_has_its_record_and_its_outcome(place: Place, more: tuple[str, ...]) -> None:
    arguments = [a for a in SCAN if not (more[:1] == ("--catalog",) and a == "--no-catalog")]
    done = place.run(*arguments, "jsonl", *more)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    expected = place.expected | ({"t/sparse.webp": "unreadable"} if "--thorough" in more else {})  # too large to look at its pixels
    assert expected == {row["path"]: row["outcome"] for row in rows}
    assert len(rows) == len(place.expected)
    assert done.returncode == 3


def test_every_name_can_be_named(place: Place) -> None:
    names = b"\0".join(b"t/" + name for name in places.NAMES)
    (place.folder / "list").write_bytes(names)
    done = place.run("scan", "--isolated", "--no-catalog", "--files-from", "list", "-z", "-o", "jsonl")
    assert {f"t/{places.shown(name)}" for name in places.NAMES} == {json.loads(line)["path"] for line in done.stdout.splitlines()}
    assert place.run("scan", "--isolated", "--no-catalog", "--", *(b"t/" + name for name in places.NAMES)).returncode == 0


class _Page(HTMLParser):
    """The tags of a page that can run something."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts = 0
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.handlers += [key for key, _ in attrs if key.startswith("on")]


@pytest.mark.parametrize("form", FORMATS)
def test_no_name_reaches_through_a_format(place: Place, form: str) -> None:
    out = place.run(*SCAN, form).stdout
    text = out.decode()
    if form in ("text", "markdown", "github"):
        assert RAW.search(text.replace("\u200d", "")) is None
        assert not any(line.startswith("::error file=x") for line in text.splitlines())
    elif form in ("json", "sarif", "gitlab"):
        json.loads(text)
        for uri in re.findall(r'"uri": ?"((?!https:)[^"]*)"', text) if form == "sarif" else ():
            parts = urlsplit(uri)
            assert ("", "", "", "") == (parts.scheme, parts.netloc, parts.query, parts.fragment), uri
            assert re.fullmatch(r"t/[!-~]*", uri), "a relative reference in ASCII"
    elif form == "junit":
        assert len(ElementTree.fromstring(text).findall(".//testcase")) == len(place.expected)
    elif form == "csv":
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        assert {cell[:1] for row in rows for cell in row.values()}.isdisjoint("=+-@\t\r")
    elif form == "html":
        page = _Page()
        page.feed(text)
        assert (page.scripts, page.handlers) == (3, [])
    assert str(place.folder).encode() not in out


@pytest.mark.parametrize(
    "arguments",
    [
        ("inspect", "t"), ("inspect", "t", "-o", "json"), ("inspect", "t", "--raw"), ("models", "t"), ("models", "t", "-o", "json"),
        ("rescan", "--catalog", "c.sqlite"), ("sort", "--isolated", "--no-catalog", "t", "--to", "sorted", "--exclude", "sparse.*"),
        ("label", "t", "--to", "labelled", "--exclude", "sparse.*"),
        ("catalog", "info", "--catalog", "c.sqlite"), ("catalog", "prune", "--catalog", "c.sqlite"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_every_command_survives_the_folder(place: Place, arguments: tuple[str, ...]) -> None:
    if "c.sqlite" in arguments and not (place.folder / "c.sqlite").exists():
        place.run("scan", "--isolated", "--catalog", "c.sqlite", "t")
    done = place.run(*arguments)
    shown = done.stdout.decode()
    assert done.returncode in (0, 1, 3)
    assert RAW.search(shown) is None or "json" in arguments
    assert RAW.search(done.stderr.decode()) is None


# ---- files that change while they are read -----------------------------------------------------------------------


def test_a_file_that_vanishes_has_a_record(tmp_path: Path) -> None:
    facts = facts_of(Candidate(str(tmp_path / "gone.png")))
    assert ("unreadable", "no longer exists") == (facts.outcome, facts.reason)


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("change", ["shrinks", "vanishes", "grows", "is overwritten"])
def test_a_file_that_changes_while_it_is_read_is_survived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, change: str) -> None:
    """Everything behind the first 64 bytes is read after the change."""
    path = tmp_path / name
    path.write_bytes(WHOLE[name])
    read = os.pread

    def changed(fd: int, length: int, offset: int) -> bytes:
        if change == "shrinks":
            os.truncate(path, 70)
        elif change == "grows":
            with path.open("ab") as file:
                file.write(bytes(100))
        elif change == "is overwritten":
            path.write_bytes(b"\xff" * len(WHOLE[name]))
        else:
            path.unlink(missing_ok=True)
        return read(fd, length, offset)

    monkeypatch.setattr(sources.os, "pread", changed)
    limits = sources.Limits(head=64)
    facts = facts_of(Candidate(str(path)), limits)
    if change in ("vanishes", "grows"):  # an open file stays, and what is written behind it was not there
        assert facts.outcome == "scanned"
    elif change == "shrinks":
        assert (facts.outcome, facts.reason) == ("unreadable", "became shorter while it was read")


def test_a_pipe_that_takes_a_files_place_does_not_block(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    os.mkfifo(path)
    assert facts_of(Candidate(str(path), named=True)).reason == "is a named pipe"
