"""The library index: what is known is not read again, what changed is, and a damaged index is built anew."""

from __future__ import annotations

import copy
import json
import os
import struct
from pathlib import Path

import pytest

from sdscan.catalog import beside
from sdscan.knowledge.library import Library, open_library
from sdscan.knowledge.library_index import LibraryIndex
from sdscan.limits import DEFAULT_LIMITS
from sdscan.pipeline import facts_of
from sdscan.records import Candidate, FileFacts, Generation, Resource


def model(name: str) -> bytes:
    raw = json.dumps({"__metadata__": {"ss_output_name": name, "ss_network_module": "networks.lora"}}).encode()
    return struct.pack("<Q", len(raw)) + raw


class Shelf:
    """A folder of models that counts what is read of it."""

    def __init__(self, root: Path) -> None:
        self.models = root / "models"
        self.cache = root / "cache"
        self.models.mkdir()
        self.cache.mkdir()
        self.read: list[str] = []
        for name in ("one", "two"):
            (self.models / f"{name}.safetensors").write_bytes(model(f"alias_{name}"))

    def open(self, version: str = "1") -> Library:
        self.read.clear()
        index = LibraryIndex(self.cache, [self.models.as_posix()], version, beside)
        return open_library([self.models.as_posix()], DEFAULT_LIMITS, self._facts, None, index)

    def _facts(self, candidate: Candidate) -> FileFacts:
        self.read.append(candidate.path.rsplit("/", 1)[-1])
        return facts_of(candidate)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path)
    made.open()
    return made


def test_known_files_are_not_read_again(shelf: Shelf) -> None:
    library = shelf.open()
    assert ([], {"files": 2, "lora": 2}) == (shelf.read, library.stats())


def test_a_file_that_a_picture_uses_is_read_once(shelf: Shelf) -> None:
    library = shelf.open()
    facts = FileFacts(
        "png", "scanned", generations=(Generation("a1111", "x", resources=(Resource("lora", "alias_one"),)),)
    )
    models = [library.resolve(facts).models for _ in range(2)]
    assert (["one.safetensors"], ["alias_one"]) == (shelf.read, [each.alias for each in models[0].values()])


def test_a_known_library_answers_like_a_new_one(shelf: Shelf) -> None:
    known, new = shelf.open(), open_library([shelf.models.as_posix()])
    for name in ("one", "alias_two", "One_v2", "nobody"):
        assert known.find(Resource("lora", name)) == new.find(Resource("lora", name))


def test_a_changed_file_is_read_again(shelf: Shelf) -> None:
    (shelf.models / "two.safetensors").write_bytes(model("another"))
    assert shelf.open().find(Resource("lora", "another")) is not None
    assert ["two.safetensors"] == shelf.read


def test_a_new_sidecar_is_read(shelf: Shelf) -> None:
    (shelf.models / "two.json").write_text('{"modelVersionId": 77}')
    found = shelf.open().find(Resource("lora", "x", version_id="77"))
    assert found is not None
    assert ("two.safetensors", ["two.safetensors"]) == (os.path.basename(found.path), shelf.read)


def test_other_readers_read_everything_again(shelf: Shelf) -> None:
    shelf.open("2")
    assert ["one.safetensors", "two.safetensors"] == shelf.read


def test_a_removed_file_is_forgotten(shelf: Shelf) -> None:
    (shelf.models / "one.safetensors").unlink()
    assert 1 == len(shelf.open())
    assert 1 == len(shelf.open())


@pytest.mark.parametrize("damage", [b"", b"junk", b"\xc1" * 40])
def test_a_damaged_index_is_built_anew(shelf: Shelf, damage: bytes) -> None:
    (only,) = shelf.cache.iterdir()
    only.write_bytes(damage)
    assert (2, 2) == (len(shelf.open()), len(shelf.read))
    shelf.open()
    assert [] == shelf.read


def test_a_cache_that_cannot_be_written_is_no_error(shelf: Shelf) -> None:
    shelf.cache = shelf.cache / "absent"
    assert 2 == len(shelf.open())


def test_files_that_are_no_models_are_remembered_too(shelf: Shelf) -> None:
    (shelf.models / "notes.bin").write_bytes(b"PK\x05\x06" + bytes(18))
    assert 2 == len(shelf.open())
    assert 2 == len(shelf.open())
    assert [] == shelf.read


def test_a_worker_reads_what_it_needs_itself(shelf: Shelf) -> None:
    library = copy.copy(shelf.open())
    path = library.models[0].path
    assert "alias_one" == library.facts(path).alias


def test_the_index_follows_files_that_vanish(shelf: Shelf) -> None:
    index = LibraryIndex(shelf.cache, ["x"], "1", beside)
    index.put("gone.safetensors", None)
    assert index.get("gone.safetensors") is None
