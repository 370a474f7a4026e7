"""Which files a run selects."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sdscan.discover import discover, is_excluded
from sdscan.errors import ConfigError

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("b.png", "a.PNG", "sub/c.webp", "sub/deep/d.safetensors", "notes.txt", ".git/e.png", "f", "g.odd"):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(PNG if name in ("f", "g.odd") else b"x")
    return tmp_path


def names(*paths: str, exclude: tuple[str, ...] = ()) -> list[str]:
    return [candidate.path for candidate in discover(paths, exclude)]


def test_a_folder_gives_its_pictures_and_models_sorted(folder: Path) -> None:
    assert names("in") == ["in/a.PNG", "in/b.png", "in/f", "in/g.odd", "in/sub/c.webp", "in/sub/deep/d.safetensors"]


def test_a_file_that_is_named_twice_is_read_once(folder: Path) -> None:
    assert names("in/b.png", "in", "in/./b.png").count("in/b.png") == 1


def test_a_named_file_is_selected_whatever_it_is(folder: Path) -> None:
    assert names("in/notes.txt") == ["in/notes.txt"]


def test_a_missing_path_is_an_error(folder: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        names("in/nothing.png")


def test_excludes_bind_in_folders_and_are_said_for_named_files(folder: Path) -> None:
    assert names("in", exclude=("sub/**",)) == ["in/a.PNG", "in/b.png", "in/f", "in/g.odd"]
    (candidate,) = discover(["in/b.png"], ["*.png"])
    assert candidate.skipped == "excluded by '*.png'"


def test_folder_loops_end(folder: Path) -> None:
    os.symlink("..", folder / "in" / "loop")
    assert len(names("in")) == 6


def test_a_broken_link_is_reported_not_lost(folder: Path) -> None:
    os.symlink("nowhere.png", folder / "in" / "z.png")
    assert "in/z.png" in names("in")
    (candidate,) = discover(["in/z.png"])
    assert candidate.refused is not None


@pytest.mark.parametrize(
    ("path", "glob", "expected"),
    [
        ("a/b/c.png", "b", True),
        ("a/b/c.png", "a/b/", True),
        ("a/b/c.png", "*.png", True),
        ("a/b/c.png", "c", False),
        ("ab/c.png", "a", False),
    ],
)
def test_globs_match_the_path_or_a_part_of_it(path: str, glob: str, expected: bool) -> None:
    assert (is_excluded(path, [glob]) is not None) == expected


def test_files_come_in_the_order_of_their_paths_whatever_the_folders(folder: Path) -> None:
    for name in (
        "in/sub.png",
        "in/sub-2/z.png",
        "in/sub/deep.png",
        "in/sub/deep/a.png",
        "in/Z/é.png",
        "in/z/\udcff.png",
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(PNG)
    found = names("in")
    assert sorted(found) == found
    assert 12 == len(found)


def test_a_folder_inside_another_is_walked_once_even_one_that_walks_leave_out(folder: Path) -> None:
    assert sorted({*names("in"), "in/.git/e.png"}) == names("in", "in/.git", "in/sub")
    assert names("in/sub") == names("in/sub", os.path.abspath("in/sub"))


def test_a_folder_that_cannot_be_listed_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def refusing(path: str) -> object:
        if path.endswith("sub"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert ["the folder cannot be listed: permission denied"] == [c.refused for c in discover(["in"]) if c.refused]


def test_a_walk_holds_one_folder_at_a_time(folder: Path) -> None:
    walk = discover(["in"])
    assert "in/a.PNG" == next(walk).path
    (folder / "in" / "sub" / "late.png").write_bytes(PNG)
    assert "in/sub/late.png" in [candidate.path for candidate in walk]


# ---- sidecars --------------------------------------------------------------------------------------------------


def lone(*paths: str, exclude: tuple[str, ...] = ()) -> dict[str, bool]:
    return {candidate.path: candidate.lone for candidate in discover(paths, exclude)}


def test_a_folder_without_any_sidecar_is_told_with_its_files(folder: Path) -> None:
    found = lone("in")
    assert not found["in/a.PNG"]  # notes.txt stands there
    assert found["in/sub/c.webp"] and found["in/sub/deep/d.safetensors"]
    assert lone("in/sub/c.webp") == {"in/sub/c.webp": False}  # nobody has looked


@pytest.mark.parametrize("name", ["c.txt", "other.json", "c.webp.json", "log.html"])
def test_whatever_could_be_a_sidecar_is_looked_at(folder: Path, name: str) -> None:
    (folder / "in" / "sub" / name).write_text("x")
    assert not lone("in")["in/sub/c.webp"]
    assert not lone("in", exclude=(name,))["in/sub/c.webp"]  # what is excluded is not scanned, but may speak for its picture
