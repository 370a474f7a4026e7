"""Runs in shards from an object store and into one: the same bytes as from a disk, and nothing committed that the store refused."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

pytest.importorskip("obstore", reason="the extra sdscan[cloud] is not installed")
pytest.importorskip("pyarrow", reason="the extra sdscan[parquet] is not installed")

from tests.cloud import store as stores
from tests.cloud.store import Store, blind, environment, serving
from tests.engines.pictures import picture

pytestmark = pytest.mark.loopback
COUNT = 60
PLAIN = stores._handler


def writable(store: Store) -> type[BaseHTTPRequestHandler]:
    """The store of the tests, which also takes objects and lets them be deleted."""

    class Handler(PLAIN(store)):  # type: ignore[misc]
        def do_PUT(self) -> None:
            path = self.path.partition("?")[0].removeprefix("/")
            if store.fault("put") != "ok":
                return self.answer(403, b"<Error><Code>AccessDenied</Code></Error>")
            store.put(path, self.rfile.read(int(self.headers["Content-Length"])))
            return self.answer(200, b"", {"ETag": store.etag(path)})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            keys = re.findall(r"<Key>([^<]+)</Key>", body)
            for key in keys:
                store.objects.pop(f"{self.path.partition('?')[0].strip('/')}/{key}", None)
            gone = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
            self.answer(200, f"<DeleteResult>{gone}</DeleteResult>".encode())

    return Handler


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Store]:
    monkeypatch.setattr(stores, "_handler", writable)
    with serving(Store()) as opened:
        blind(monkeypatch)
        for name, value in environment(opened).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("HOME", str(tmp_path))
        opened.buckets.add("out")
        for number in range(COUNT):
            opened.put(f"art/{number:05}.png", picture(number))
        yield opened


def scan(tmp_path: Path, *arguments: str) -> tuple[int, bytes, str]:
    command = [
        sys.executable,
        "-m",
        "sdscan",
        "scan",
        *arguments,
        "--isolated",
        "--no-catalog",
        "--no-default-watchlist",
        "--shard-size",
        "8",
    ]
    done = subprocess.run(command, cwd=tmp_path, env=dict(os.environ), capture_output=True, timeout=240)
    return done.returncode, done.stdout, done.stderr.decode()


def parts(store: Store) -> list[str]:
    return sorted(path for path in store.objects if path.startswith("out/") and path.endswith(".parquet"))


def records(store: Store) -> list[str]:
    from sdscan.engines.parts import lines_of

    return [json.loads(line)["path"] for path in parts(store) for line in lines_of(store.objects[path]).splitlines()]


@pytest.mark.parametrize("engine", ["local", "ray"])
def test_objects_into_objects_give_the_bytes_of_a_disk(store: Store, tmp_path: Path, engine: str) -> None:
    if engine == "ray" and importlib.util.find_spec("ray") is None and not os.environ.get("SDSCAN_ALL_ENGINES"):
        pytest.skip("ray is not installed: pip install 'sdscan[ray]'")
    (tmp_path / "art").mkdir()
    for number in range(COUNT):
        (tmp_path / "art" / f"{number:05}.png").write_bytes(picture(number))
    address = () if engine == "local" else ("--address", "local")
    code, told, said = scan(
        tmp_path, "s3://art", "--engine", engine, *address, "--jobs", "2", "-o", "jsonl", "-o", "parquet:s3://out/run1/"
    )
    assert 0 == code, said
    assert scan(tmp_path, "art", "-o", "jsonl")[1].replace(b'"art/', b'"s3://art/') == told
    assert [f"s3://art/{number:05}.png" for number in range(COUNT)] == sorted(records(store))
    report = subprocess.run(
        [sys.executable, "-m", "sdscan", "report", "s3://out/run1", "-o", "jsonl"],
        env=dict(os.environ),
        capture_output=True,
    )
    assert told == report.stdout, report.stderr
    before = len(store.gets)
    assert code == scan(tmp_path, "s3://art", "--engine", "local", "-o", "parquet:s3://out/run1/")[0]
    assert [] == [path for path in store.gets[before:] if path.startswith("art/") and path != "art/00000.png"]


def test_what_the_store_refused_is_not_committed_and_read_by_the_same_command_again(
    store: Store, tmp_path: Path
) -> None:
    store.faults["art/00030.png"] = ["503"]
    command = ("s3://art", "-o", "parquet:s3://out/run1/")
    code, _, said = scan(tmp_path, *command)
    assert 3 == code
    assert (
        "shards were not written" in said
        and "(503)" in said
        and "The same command again does only what is missing" in said
    )
    assert 0 < len(records(store)) < COUNT
    assert "s3://art/00030.png" not in records(store)
    store.faults.clear()
    before = len(store.gets)
    assert 0 == scan(tmp_path, *command)[0]
    assert [f"s3://art/{number:05}.png" for number in range(COUNT)] == sorted(records(store))
    assert 16 >= len([path for path in store.gets[before:] if path.startswith("art/")]) - 1


def test_a_listing_that_changes_under_the_scan_leaves_neither_a_lost_nor_a_double_record(
    store: Store, tmp_path: Path
) -> None:
    command = ("s3://art", "-o", "parquet:s3://out/run1/")
    assert 0 == scan(tmp_path, *command)[0]
    store.put("art/00010a.png", picture(1))
    store.put("art/00020.png", picture(7_777))
    del store.objects["art/00040.png"]
    code, _, said = scan(tmp_path, *command)
    assert (0, True) == (code, "of files that have changed or gone removed" in said), said
    assert sorted(f"s3://{path}" for path in store.objects if path.startswith("art/")) == sorted(records(store))


def test_a_place_that_takes_no_parts_is_said_before_anything_is_read(store: Store, tmp_path: Path) -> None:
    store.faults["put"] = ["403"]
    code, _, said = scan(tmp_path, "s3://art", "-o", "parquet:s3://out/run1/")
    assert (3, True) == (code, "s3://out/run1/: permission denied (403)" in said), said
    assert 1 >= len(store.gets)
