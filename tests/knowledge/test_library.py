"""The library: every way a picture may name a model, how it is found, how certain that is, and what contradicts what."""

from __future__ import annotations

import hashlib
import struct
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from sdscan.facts.models.hashes import (
    Digests,
    autov1_of,
    declared_hash,
    digests_of,
    mismatch,
    name_digest,
    with_digests,
)
from sdscan.knowledge.library import Library, LibraryModel, model_files, open_library
from sdscan.knowledge.model_keys import normal_stem, written_hash
from sdscan.records import FileFacts, Generation, Hashes, ModelFacts, ModelText, Resource, ResourceKind

DATA = b"tensors of the lantern"
HEADER = b'{"__metadata__": {"ss_output_name": "lantern_out"}}'
FILE = struct.pack("<Q", len(HEADER)) + HEADER + DATA
AUTOV3 = hashlib.sha256(DATA).hexdigest()
SHA256 = hashlib.sha256(FILE).hexdigest()
OTHER = "5e" * 32
SSHS = "c0ffee" * 10 + "abcd"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "anime").mkdir()
    (tmp_path / "anime/blue_lantern-000010.safetensors").write_bytes(FILE)
    (tmp_path / "quiet.safetensors").write_bytes(FILE[:-2] + b"xx")
    return tmp_path


def model(path: str, kind: str = "lora", **more: object) -> LibraryModel:
    return LibraryModel(path, ModelFacts(kind=kind, **more))  # type: ignore[arg-type]  # test data


def library(folder: Path) -> Library:
    lantern = model(
        f"{folder.as_posix()}/anime/blue_lantern-000010.safetensors", alias="lantern_out", title="Blue Lantern (Night)", version_ids=("135867",),
        texts=(ModelText("lora-name", "LanternOfTheSite", "x.civitai.info#files.name"),),
    )  # fmt: skip
    quiet = model(f"{folder.as_posix()}/quiet.safetensors", hashes=Hashes(declared=SSHS))
    return Library([quiet, lantern])


def used(raw: str, digest: str | None = None, version: str | None = None, kind: ResourceKind = "lora") -> Resource:
    name = raw.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".safetensors")
    return Resource(kind, name, raw, digest, version_id=version)


NAME_OF_FILE = name_digest("blue_lantern-000010.safetensors")
NAME_OF_ALIAS = name_digest("lantern_out.safetensors")
LANTERN, QUIET = "blue_lantern-000010", "quiet"
WAYS: dict[str, tuple[Resource, str, str]] = {
    # what the writer writes: (resource, stem it must mean, how)
    "A1111, AutoV3 of 12 digits": (used("renamed", AUTOV3[:12]), LANTERN, "autov3"),
    "A1111, sshs_model_hash": (used("renamed", SSHS[:12]), QUIET, "sshs"),
    "A1111, embedding by SHA-256": (used("renamed", SHA256[:12], kind="embedding"), LANTERN, "sha256"),
    "Forge, full file": (used("renamed", SHA256[:12]), LANTERN, "sha256"),
    "Forge of 2024, its file name": (used("renamed", NAME_OF_FILE[:12]), LANTERN, "name-hash"),
    "Forge of 2024, a name it has lost": (used("renamed", NAME_OF_ALIAS[:12]), LANTERN, "name-hash"),
    "AddNet": (used("renamed", AUTOV3[:12].upper()), LANTERN, "autov3"),
    "Civitai extension, AutoV2": (used("renamed", SHA256[:10].upper()), LANTERN, "autov2"),
    "Civitai, version id": (used("renamed", None, "135867"), LANTERN, "version-id"),
    "Civitai, AIR": (used("renamed", None, "urn:air:sdxl:lora:civitai:122359@135867"), LANTERN, "version-id"),
    "Civitai, AIR with a file": (used("renamed", None, "122359@135867"), LANTERN, "version-id"),
    "Fooocus, file": (used("renamed.safetensors", SHA256[:10]), LANTERN, "autov2"),
    "Fooocus, tensors": (used("renamed.safetensors", AUTOV3[:10]), LANTERN, "autov3"),
    "SwarmUI": (used("renamed", "0x" + AUTOV3), LANTERN, "autov3"),
    "LoRA Manager recipe": (used("renamed", SHA256), LANTERN, "sha256"),
    "InvokeAI with SHA-256": (used("renamed", "sha256:" + SHA256), LANTERN, "sha256"),
    "ComfyUI, Windows path": (used("anime\\blue_lantern-000010.safetensors"), LANTERN, "path"),
    "ComfyUI, file": (used("blue_lantern-000010.safetensors"), LANTERN, "stem"),
    "prompt, stem": (used("Blue_Lantern-000010"), LANTERN, "stem"),
    "prompt, alias": (used("lantern_out"), LANTERN, "alias"),
    "the site's title": (used("Blue Lantern (Night)"), LANTERN, "alias"),
    "the site's file name": (used("LanternOfTheSite"), LANTERN, "alias"),
    "another epoch": (used("blue_lantern-000008"), LANTERN, "normalised"),
    "another spelling": (used("BlueLantern_v2"), LANTERN, "normalised"),
    "a name less its comma": (used("blue lantern"), LANTERN, "normalised"),
    "a poison hash does not count": (used("quiet", "e3b0c44298fc"), QUIET, "stem"),
    "no hash at all": (used("quiet", "NOFILE"), QUIET, "stem"),
    "AutoV1 is no hash of 64 KiB of zeros": (used("quiet", "DE2F2560"), QUIET, "stem"),
    "another algorithm does not count": (used("quiet", "random:" + OTHER), QUIET, "stem"),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_a_picture_names_a_model(way: str, folder: Path) -> None:
    resource, stem, how = WAYS[way]
    found = library(folder).find(resource)
    assert found is not None
    assert (f"{stem}.safetensors", how, None) == (found.path.rsplit("/", 1)[-1], found.how, found.conflict)


NOT_FOUND = [
    used("nobody"),
    used("nobody", OTHER[:12]),
    used("nobody", "12345678"),
    used("lantern_out", kind="checkpoint"),
    used("nobody", None, "0"),
    used(""),
    used("_-_"),
]


@pytest.mark.parametrize("resource", NOT_FOUND)
def test_what_no_file_explains_stays_unresolved(resource: Resource, folder: Path) -> None:
    assert library(folder).find(resource) is None


def test_certainty_follows_the_order_of_trust(folder: Path) -> None:
    shelf = library(folder)
    asked = [
        used("x", AUTOV3[:12]),
        used("x", None, "135867"),
        used("anime/blue_lantern-000010"),
        used("blue_lantern-000010"),
        used("lantern_out"),
        used("bluelantern"),
    ]
    certain = [found.certainty for each in asked if (found := shelf.find(each))]
    assert (len(asked), sorted(certain, reverse=True)) == (len(certain), certain)


def test_a_name_that_many_files_have_lists_them_all(folder: Path) -> None:
    shelf = Library([model(f"{n}/yuki.safetensors") for n in "abcde"])
    found = shelf.find(used("yuki"))
    assert found is not None
    assert ("a/yuki.safetensors", 4, 0.18) == (found.path, len(found.candidates), found.certainty)


def test_a_hash_chooses_among_files_of_one_name(tmp_path: Path) -> None:
    for at, body in (("a", FILE), ("b", FILE[:-1] + b"!")):
        (tmp_path / at).mkdir()
        (tmp_path / at / "yuki.safetensors").write_bytes(body)
    shelf = Library([model((tmp_path / at / "yuki.safetensors").as_posix()) for at in "ab"])
    found = shelf.find(used("yuki", hashlib.sha256(FILE[:-1] + b"!").hexdigest()[:12]))
    assert found is not None
    assert ("b/yuki.safetensors", "sha256", None, 1) == (
        found.path[-18:],
        found.how,
        found.conflict,
        len(found.candidates),
    )


def test_a_hash_and_a_name_that_disagree_are_a_conflict(folder: Path) -> None:
    found = library(folder).find(used("quiet", AUTOV3[:12]))
    assert found is not None
    assert found.conflict is not None
    assert (True, "autov3", True) == (found.path.endswith("000010.safetensors"), found.how, "quiet" in found.conflict)


def test_a_name_that_is_merely_alike_is_no_conflict(folder: Path) -> None:
    found = library(folder).find(used("quiet_v3", AUTOV3[:12]))
    assert found is not None
    assert None is found.conflict


def test_the_same_name_with_another_hash_is_another_file(folder: Path) -> None:
    found = library(folder).find(used("quiet", OTHER[:12]))
    assert found is not None
    assert found.conflict is not None
    assert ("stem", 0.54) == (found.how, found.certainty)


def test_another_epoch_with_another_hash_is_less_certain_and_no_conflict(folder: Path) -> None:
    found = library(folder).find(used("blue_lantern-000004", OTHER[:12]))
    assert found is not None
    assert ("normalised", 0.3, None) == (found.how, found.certainty, found.conflict)


def test_without_the_extra_blake3_is_no_conflict(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "blake3", None)
    found = library(folder).find(used("quiet", "blake3:" + OTHER))
    assert found is not None
    assert ("stem", None) == (found.how, found.conflict)


def test_blake3_is_found_where_it_was_computed() -> None:
    shelf = Library([model("a.safetensors", hashes=Hashes(blake3=OTHER))])
    found = shelf.find(used("x", "blake3:" + OTHER))
    assert found is not None
    assert "blake3" == found.how


def test_two_copies_are_candidates_of_each_other(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.safetensors").write_bytes(FILE)
    found = Library([model((tmp_path / f"{name}.safetensors").as_posix()) for name in ("two", "one")]).find(
        used("x", SHA256[:10])
    )
    assert found is not None
    assert (True, 1) == (found.path.endswith("one.safetensors"), len(found.candidates))


def test_an_old_hash_is_a_hint_only(tmp_path: Path) -> None:
    big = tmp_path / "old.ckpt"
    big.write_bytes(bytes(0x100000) + b"q" * 0x10000)
    digits = autov1_of(big.as_posix())
    assert digits is not None
    shelf = Library([model(big.as_posix(), "checkpoint")])
    alone, named = (
        shelf.find(used("x", digits, kind="checkpoint")),
        shelf.find(used("old.ckpt", digits, kind="checkpoint")),
    )
    assert alone is not None
    assert named is not None
    assert (("autov1", 0.3), ("stem", 0.95)) == ((alone.how, alone.certainty), (named.how, named.certainty))


def test_files_are_hashed_only_when_names_do_not_settle_it(folder: Path) -> None:
    asked: list[str] = []

    def hashing(path: str) -> Digests | None:
        asked.append(path.rsplit("/", 1)[-1])
        return digests_of(path)

    shelf = Library(library(folder).models, hashing)
    shelf.find(used("quiet"))
    shelf.find(used("x", SSHS[:12]))
    assert [] == asked
    shelf.find(used("quiet", OTHER[:12]))
    shelf.find(used("quiet", OTHER[:10]))
    assert ["blue_lantern-000010.safetensors", "quiet.safetensors"] == sorted(asked)


def test_answers_do_not_depend_on_what_was_asked_before(folder: Path) -> None:
    resources = [resource for resource, _, _ in WAYS.values()] + NOT_FOUND
    forwards, backwards = library(folder), library(folder)
    first = [forwards.find(resource) for resource in resources]
    assert first == [backwards.find(resource) for resource in reversed(resources)][::-1]


def test_resolving_sets_the_file_and_hands_over_its_facts(folder: Path) -> None:
    facts = FileFacts(
        "png",
        "scanned",
        generations=(Generation("a1111", "x", resources=(used("quiet"), used("nobody"), Resource("style", "quiet"))),),
    )
    resolved = library(folder).resolve(facts)
    assert (True, [True, False, False], 1) == (
        resolved.searched,
        [r.file is not None for r in resolved.generations[0].resources],
        len(resolved.models),
    )


def test_without_a_library_nothing_was_searched() -> None:
    assert not Library().resolve(FileFacts("png", "scanned")).searched


def test_a_folder_is_opened_and_counted(folder: Path) -> None:
    (folder / "notes.txt").write_text("no model")
    shelf = open_library([folder.as_posix()])
    assert (2, {"files": 2, "unknown": 2}) == (
        len(shelf),
        shelf.stats(),
    )


def test_pictures_count_in_folders_of_embeddings_only(tmp_path: Path) -> None:
    for place in ("embeddings", "loras"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "x.png").write_bytes(b"")
    assert ["embeddings/x.png"] == [
        candidate.path.removeprefix(f"{tmp_path.as_posix()}/") for candidate in model_files([tmp_path.as_posix()])
    ]


# ---- hashes -----------------------------------------------------------------------------------------------------


def test_digests_are_those_of_the_bytes(folder: Path) -> None:
    assert Digests(SHA256, AUTOV3) == digests_of((folder / "anime/blue_lantern-000010.safetensors").as_posix())


def test_digests_of_large_files_and_of_other_files(tmp_path: Path) -> None:
    body = bytes(range(256)) * 20_000
    (tmp_path / "big").write_bytes(struct.pack("<Q", 3_000_000) + b"{" + body)
    (tmp_path / "small.pt").write_bytes(b"\x80\x02}.")
    big, small = digests_of((tmp_path / "big").as_posix()), digests_of((tmp_path / "small.pt").as_posix())
    assert big is not None
    assert small is not None
    assert (hashlib.sha256((b"{" + body)[3_000_000:]).hexdigest(), None) == (big.autov3, small.autov3)
    assert (None, None) == (digests_of((tmp_path / "absent").as_posix()), autov1_of((tmp_path / "absent").as_posix()))


def test_autov3_survives_a_change_of_the_metadata(tmp_path: Path) -> None:
    other = HEADER.replace(b"out", b"new name")
    (tmp_path / "x").write_bytes(struct.pack("<Q", len(other)) + other + DATA)
    changed = digests_of((tmp_path / "x").as_posix())
    assert changed is not None
    assert (AUTOV3, True) == (changed.autov3, changed.sha256 != SHA256)


@pytest.mark.parametrize(
    "text", ["e3b0c44298fc1c149afb", "de2f2560", "", None, "NOFILE", "abc", "xyz" * 8, "0xe3b0c44298"]
)
def test_a_declared_hash_that_means_nothing_is_dropped(text: str | None) -> None:
    assert None is declared_hash(text)


def test_a_declared_hash_that_is_false_is_said() -> None:
    honest = with_digests(ModelFacts(hashes=Hashes(declared=AUTOV3)), Digests(SHA256, AUTOV3))
    lying = with_digests(ModelFacts(hashes=Hashes(declared=OTHER)), Digests(SHA256, AUTOV3))
    assert (None, SHA256[:10], AUTOV3) == (honest.declared_mismatch, honest.hashes.autov2, honest.hashes.autov3)
    assert "sshs_model_hash" in str(lying.declared_mismatch)


def test_modelspecs_hash_is_not_held_against_the_file() -> None:
    assert None is mismatch(Hashes(declared="0x" + OTHER, autov3=AUTOV3, sha256=SHA256))


def test_a_sidecar_of_another_file_is_said() -> None:
    assert "another file or version" in str(mismatch(Hashes(sidecar=OTHER, sha256=SHA256)))


STEMS = [
    ("Anime_Miku-V2-000010", "animemiku"),
    ("miku v1.5", "miku"),
    ("miku_epoch12", "miku"),
    ("miku-step-400", "miku"),
    ("mikuV3", "miku"),
    ("miku_fp16", "miku"),
    ("v2", "v2"),
    ("初音ミク_v2", "初音ミク"),
]


@pytest.mark.parametrize(("stem", "expected"), STEMS)
def test_a_stem_loses_version_and_epoch(stem: str, expected: str) -> None:
    assert expected == normal_stem(stem)


@pytest.mark.parametrize("text", ["", None, "abc", "zz" * 8, "e3b0c44298", "md5:" + "ab" * 16, "de2f2560"])
def test_what_is_no_hash_is_none(text: str | None) -> None:
    assert None is written_hash(text)


def test_blake3_is_computed_where_the_extra_is_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Counted:
        def __init__(self) -> None:
            self.data = b""

        def update(self, data: bytes) -> None:
            self.data += data

        def hexdigest(self) -> str:
            return hashlib.sha512(self.data).hexdigest()[:64]

    monkeypatch.setitem(sys.modules, "blake3", SimpleNamespace(blake3=Counted))
    (quiet,) = folder.glob("quiet*")
    written = "blake3:" + hashlib.sha512(quiet.read_bytes()).hexdigest()[:64]
    right, wrong = library(folder).find(used("quiet", written)), library(folder).find(used("quiet", "blake3:" + OTHER))
    assert right is not None
    assert wrong is not None
    assert (("blake3", False), ("stem", True)) == ((right.how, bool(right.conflict)), (wrong.how, bool(wrong.conflict)))
