"""Manifests of every kind name the objects to read."""

from __future__ import annotations

import gzip
import io
import json
import sys
from pathlib import Path

import pytest

from sdscan import inventory as module
from sdscan.__main__ import run
from sdscan.errors import ConfigError
from sdscan.inventory import inventory
from tests.cloud.files import FILES
from tests.cloud.store import Store

ETAG = "d41d8cd98f00b204e9800998ecf8427e"

KINDS = {
    "addresses": ("s3://art/a.png\n\ngs://x/b\r\n", [("s3://art/a.png", -1, ""), ("gs://x/b", -1, "")]),
    "keys below the path": ("a.png\nb/c, d.png\n/e.txt", [("s3://base/x/a.png", -1, ""), ("s3://base/x/b/c, d.png", -1, ""), ("s3://base/x/e.txt", -1, "")]),
    "an S3 inventory": (
        f'"art","a%20b%2Bc.png","12","{ETAG}-3"\n"art","readme.txt","9","{ETAG}"\n"art","d+e.png"\n',
        [("s3://art/a b+c.png", 12, f'"{ETAG}-3"'), ("s3://art/d e.png", -1, "")],
    ),
    "an S3 inventory of all versions": (
        '"art","a.png","v2","true","false","12","2026-11-22T00:00:00.000Z"\n"art","a.png","v1","false","false","12",""\n"art","b.png","v1","true","true","",""\n',
        [("s3://art/a.png", 12, "")],
    ),
    "CSV with a header": (
        'size,Key,bucket,E-Tag,owner\n12,"a ""b"",c.png",art,"""x""",me\n,d.png,,,\n',
        [('s3://art/a "b",c.png', 12, '"x"'), ("s3://base/x/d.png", -1, "")],
    ),
    "JSON lines": (
        '{"bucket": "art", "key": "a.png", "size": 12, "etag": "x", "more": [1]}\n{"Key": "b.png", "Size": 3, "ETag": "\\"y\\""}\n{"url": "gs://x/c.png"}\n{"Key": "d.txt"}\n',
        [("s3://art/a.png", 12, "x"), ("s3://base/x/b.png", 3, '"y"'), ("gs://x/c.png", -1, "")],
    ),
    "nothing": ("\n\n", []),
    "one object twice": ("a.png\na.png\n", [("s3://base/x/a.png", -1, "")]),
}  # fmt: skip


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_manifest_names_its_objects(kind: str, packed: bool, tmp_path: Path) -> None:
    text, expected = KINDS[kind]
    path = tmp_path / "list"
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    found = list(inventory(str(path), ["s3://base/x/"]))
    assert expected == [(one.path, one.listed.size, one.listed.etag) for one in found if one.listed]


WRONG = {
    "a key without a bucket": (b"s3://art/a.png\na.png\n", "line 2: 'a.png' has no bucket; expected s3://"),
    "a local file": (b"file:///etc/passwd\n", "has no bucket"),
    "no JSON": (b'{"url": "s3://a/b.png"}\n{oops\n', "line 2: is not a JSON object"),
    "deep JSON": (b"{" + b'"a":{' * 5_000 + b"\n", "line 1: is not a JSON object"),
    "JSON without a key": (b'{"bucket": "a"}\n', "line 1: no key"),
    "a row of one cell": (b'"art"\n', "line 1: expected columns bucket and key"),
    "CSV that is none": (b'"art","a.png\n', "line 1: is not CSV"),
    "a line without end": (b"x" * 70_000, "line 1: is longer than 65,536 bytes"),
    "no text": (b"\xff\xfe\0\n", "cannot be read"),
    "a broken archive": (gzip.compress(b"s3://art/a.png\n" * 99)[:-9], "cannot be read"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_manifest_that_is_wrong_names_the_line(case: str, tmp_path: Path) -> None:
    data, said = WRONG[case]
    (tmp_path / "list").write_bytes(data)
    with pytest.raises(ConfigError) as error:
        list(inventory(str(tmp_path / "list"), []))
    assert said in str(error.value)
    assert len(str(error.value)) < 500


def test_a_manifest_that_is_not_there_is_said() -> None:
    with pytest.raises(ConfigError, match="--manifest 'nowhere': cannot be read: no such file"):
        list(inventory("nowhere", []))


@pytest.mark.parametrize("paths", [["here"], ["s3://a", "s3://b"]])
def test_only_one_address_may_stand_beside_a_manifest(paths: list[str]) -> None:
    with pytest.raises(ConfigError, match="at most one PATH"):
        list(inventory("x", paths))


def test_what_is_excluded_is_left_out_of_inventories_and_skipped_in_lists(tmp_path: Path) -> None:
    (tmp_path / "csv").write_text('"art","a/b.png"\n"art","c.png"\n')
    (tmp_path / "list").write_text("s3://art/a/b.png\ns3://art/c.png\n")
    assert ["s3://art/c.png"] == [one.path for one in inventory(str(tmp_path / "csv"), [], ["a"])]
    assert ["excluded by 'a'", None] == [one.skipped for one in inventory(str(tmp_path / "list"), [], ["a"])]


def test_a_large_inventory_is_never_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read to its third line, it has not been read to its last."""
    (tmp_path / "list").write_bytes(gzip.compress(b"s3://art/a.png\ns3://art/b.png\n" + b"no\n" * 100_000))
    found = inventory(str(tmp_path / "list"), [])
    assert ["s3://art/a.png", "s3://art/b.png"] == [next(found).path, next(found).path]


@pytest.mark.loopback
def test_a_manifest_is_scanned_without_a_listing(
    store: Store, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put("art/x/a.png", FILES["small.png"])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(b"b.png\na.png\n"))))  # type: ignore[arg-type]
    code = run(["scan", "s3://art/x", "--manifest", "-", "-o", "jsonl", "--no-catalog", "--no-default-watchlist", "-q"])
    found = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert (3, [("s3://art/x/b.png", "no longer exists"), ("s3://art/x/a.png", None)]) == (
        code,
        [(file["path"], file["reason"]) for file in found],
    )
    assert all(one.path != "art" for one in store.asked)


def test_the_docstring_shows_what_is_read() -> None:
    assert all(word in (module.__doc__ or "") for word in ("JSON lines", "S3 Inventory", "header", "address"))
