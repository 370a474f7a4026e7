"""`sdscan sort`: where pictures go, that nothing is ever lost, and that every run can be finished and undone."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sdscan import placing, sorting
from sdscan.__main__ import run
from sdscan.errors import ConfigError, OutputError
from sdscan.manifest import NAME, Group, Journal, Placement
from sdscan.placing import Mode
from sdscan.records import FileResult, ModelFacts
from sdscan.sorting import Sorter, Step, group_of, undo

GALLERY = Path(__file__).resolve().parent.parent / "fixtures" / "gallery"


def result(outcome: str = "scanned", path: str = "a.png", **verdicts: str) -> FileResult:
    return FileResult(path=path, outcome=outcome, format="png", verdicts=verdicts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("judged", "expected"),
    [
        (result(pixiv="ok"), "publish"),
        (result(pixiv="label", booth="remind"), "publish"),
        (result(pixiv="ok", booth="review"), "review"),
        (result(pixiv="review", booth="block"), "block"),
        (result("no-metadata", pixiv="info"), "review"),
        (result("no-metadata", pixiv="block"), "block"),
        (result("unreadable", pixiv="block"), "unread"),
        (result("unsupported"), None),
        (result("skipped"), None),
        (FileResult(path="a", outcome="scanned", format="safetensors", model=ModelFacts()), None),
        (result("unreadable", path="cut.safetensors"), None),
        (result(), "review"),
    ],
)
def test_the_strictest_verdict_decides_and_unknown_is_never_published(
    judged: FileResult, expected: Group | None
) -> None:
    assert expected == group_of(judged)


# ---- a small tree ----------------------------------------------------------------------------------------------------


TREE = {
    "a.png": "one", "a.txt": "caption of a", "a.png.json": "{}", "sub/a.png": "two", "sub/a.txt": "other caption", "sub/b.jpg": "three",
    "sub/b.xmp": "<xmp/>", "deep/er/c.webp": "four", "same.png": "five", "same.jpg": "six", "same.txt": "of both",
}  # fmt: skip
JUDGED: list[tuple[str, Group]] = [
    ("a.png", "publish"), ("deep/er/c.webp", "block"), ("same.jpg", "publish"), ("same.png", "review"), ("sub/a.png", "publish"),
    ("sub/b.jpg", "unread"),
]  # fmt: skip


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    plant(tmp_path / "in")
    return tmp_path


def plant(root: Path) -> None:
    for name, text in TREE.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
        os.utime(root / name, ns=(10**18, 10**18))


def tree(root: Path) -> dict[str, str]:
    return {
        p.relative_to(root).as_posix(): p.read_text() for p in sorted(root.rglob("*")) if p.is_file() and p.name != NAME
    }


def sort(
    mode: Mode = "copy",
    judged: list[tuple[str, Group]] | None = None,
    roots: tuple[str, ...] = ("in",),
    dry: bool = False,
) -> list[Step]:
    sorter = Sorter("out", roots, mode, dry=dry)
    try:
        return [
            *sorter.recover(),
            *sorter.sort([(f"in/{path}", group) for path, group in judged or JUDGED if Path("in", path).exists()]),
        ]
    finally:
        sorter.journal.close()


PLACED = {
    "publish/a.png": "one", "publish/a.txt": "caption of a", "publish/a.png.json": "{}", "publish/sub/a.png": "two",
    "publish/sub/a.txt": "other caption", "unread/sub/b.jpg": "three", "unread/sub/b.xmp": "<xmp/>", "block/deep/er/c.webp": "four",
    "publish/same.jpg": "six", "publish/same.txt": "of both", "review/same.png": "five", "review/same.txt": "of both",
}  # fmt: skip


@pytest.mark.parametrize("mode", ["copy", "link", "move"])
def test_folders_and_sidecars_are_kept(here: Path, mode: Mode) -> None:
    steps = sort(mode)
    assert PLACED == tree(here / "out")
    assert {"placed"} == {step.what for step in steps}
    assert (TREE if mode != "move" else {}) == tree(here / "in")


def test_a_copy_keeps_its_time_and_a_link_is_the_same_file(here: Path) -> None:
    sort("copy")
    assert 10**18 == (here / "out/publish/a.png").stat().st_mtime_ns
    shutil.rmtree(here / "out")
    sort("link")
    assert (here / "out/publish/a.png").samefile(here / "in/a.png")


def test_nothing_is_ever_overwritten(here: Path) -> None:
    (here / "out/publish/sub").mkdir(parents=True)
    (here / "out/publish/a.png").write_text("mine")
    (here / "out/publish/sub/a.txt").write_text("my notes")
    sort()
    assert "mine" == (here / "out/publish/a.png").read_text()
    assert ("one", "caption of a", "{}") == tuple(
        (here / "out/publish" / name).read_text() for name in ("a-2.png", "a-2.txt", "a-2.png.json")
    )
    assert ("my notes", "two", "other caption") == tuple(
        (here / "out/publish/sub" / name).read_text() for name in ("a.txt", "a-2.png", "a-2.txt")
    )


def test_the_same_content_is_not_copied_twice(here: Path) -> None:
    (here / "out/publish").mkdir(parents=True)
    (here / "out/publish/a.png").write_text("one")
    steps = sort()
    assert ["already"] == [step.what for step in steps if step.source == "in/a.png"]
    assert "publish/a-2.png" not in tree(here / "out")


def test_pictures_of_several_folders_with_one_name_stand_side_by_side(here: Path) -> None:
    sort(judged=[("a.png", "publish"), ("sub/a.png", "publish")], roots=("in/a.png", "in/sub"))
    assert {"publish/a.png": "one", "publish/a-2.png": "two"} == {
        name: text for name, text in tree(here / "out").items() if name.endswith(".png")
    }
    assert "other caption" == (here / "out/publish/a-2.txt").read_text()


@pytest.mark.parametrize("mode", ["copy", "link", "move"])
def test_a_second_run_changes_nothing(here: Path, mode: Mode) -> None:
    sort(mode)
    manifest = (here / "out" / NAME).read_bytes()
    steps = sort(mode)
    assert PLACED == tree(here / "out")
    assert (set() if mode == "move" else {"already"}) == {step.what for step in steps}
    assert manifest == (here / "out" / NAME).read_bytes()


def test_a_dry_run_writes_nothing_and_says_the_same(here: Path) -> None:
    told = sort(dry=True)
    assert not (here / "out").exists()
    assert told == sort()


def test_a_new_verdict_moves_the_copy_with_its_sidecars(here: Path) -> None:
    sort()
    steps = sort(judged=[("a.png", "block")])
    assert {"shifted"} == {step.what for step in steps}
    placed = {name: text for name, text in tree(here / "out").items() if "/a" in name and "sub" not in name}
    assert {"block/a.png": "one", "block/a.txt": "caption of a", "block/a.png.json": "{}"} == placed
    sort(judged=[("a.png", "publish")])
    assert PLACED == tree(here / "out")


def test_a_copy_that_was_changed_by_hand_stays_and_is_named(here: Path) -> None:
    sort()
    (here / "out/publish/a.png").write_text("retouched")
    steps = sort(judged=[("a.png", "block")])
    assert [("kept", "publish/a.png")] == [(s.what, s.to) for s in steps if s.what == "kept"]
    assert ("retouched", "one") == ((here / "out/publish/a.png").read_text(), (here / "out/block/a.png").read_text())


def test_a_picture_that_was_edited_since_is_placed_beside_its_old_copy(here: Path) -> None:
    sort()
    (here / "in/a.png").write_text("one, edited")
    sort(judged=[("a.png", "publish")])
    assert ("one", "one, edited") == (
        (here / "out/publish/a.png").read_text(),
        (here / "out/publish/a-2.png").read_text(),
    )


def test_a_sidecar_of_two_pictures_stays_until_both_have_gone(here: Path) -> None:
    sort("move", judged=[("same.png", "review")])
    assert {"same.jpg", "same.txt"} <= tree(here / "in").keys()
    assert "of both" == (here / "out/review/same.txt").read_text()
    sort("move", judged=[("same.jpg", "publish")])
    assert "same.txt" not in tree(here / "in")


def test_a_symbolic_link_is_copied_and_stays(here: Path) -> None:
    (here / "in/link.png").symlink_to("a.png")
    sort("move", judged=[("link.png", "publish")])
    assert (here / "in/link.png").is_symlink()
    assert ("one", False) == ((here / "out/publish/link.png").read_text(), (here / "out/publish/link.png").is_symlink())


def test_what_is_no_regular_file_is_left(here: Path) -> None:
    os.mkfifo(here / "in/pipe.png")
    (step,) = sort(judged=[("pipe.png", "unread")])
    assert ("failed", "is not a regular file") == (step.what, step.note)


def test_a_name_that_is_no_utf8_survives(here: Path) -> None:
    name = os.fsdecode(b"in/caf\xe9.png")
    Path(name).write_text("latin")
    sorter = Sorter("out", ("in",), "move")
    list(sorter.sort([(name, "publish")]))
    sorter.journal.close()
    assert "latin" == Path(os.fsdecode(b"out/publish/caf\xe9.png")).read_text()
    list(undo("out/" + NAME))
    assert "latin" == Path(name).read_text()


# ---- undo --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["copy", "link", "move"])
def test_undo_puts_everything_back(here: Path, mode: Mode) -> None:
    sort(mode)
    steps = list(undo("out/" + NAME))
    assert {"placed"} == {step.what for step in steps}
    assert TREE == tree(here / "in")
    assert not (here / "out").exists()


def test_undo_after_a_new_verdict_puts_everything_back(here: Path) -> None:
    sort("move")
    sort("move", judged=[])
    plant(here / "again")
    list(undo("out/" + NAME))
    assert TREE == tree(here / "in")


def test_undo_takes_no_copy_whose_original_is_gone_or_that_was_changed(here: Path) -> None:
    sort()
    (here / "in/a.png").unlink()
    (here / "out/publish/sub/a.png").write_text("retouched")
    kept = {step.to: step.note for step in undo("out/" + NAME) if step.what == "kept"}
    assert {
        "publish/a.png": "the original is gone, so this one stays",
        "publish/sub/a.png": "it is no longer the same as the original",
    } == kept
    assert {"publish/a.png": "one", "publish/sub/a.png": "retouched"} == tree(here / "out")
    assert (here / "out" / NAME).exists()


def test_undo_does_not_overwrite_what_stands_at_the_old_place(here: Path) -> None:
    sort("move")
    (here / "in/a.png").write_text("a new picture")
    kept = {step.to: step.note for step in undo("out/" + NAME) if step.what == "kept"}
    assert {"publish/a.png": "something else stands at its old place"} == kept
    assert ("a new picture", "one") == ((here / "in/a.png").read_text(), (here / "out/publish/a.png").read_text())
    (here / "in/a.png").unlink()
    list(undo("out/" + NAME))
    assert TREE == tree(here / "in")


def test_an_undo_that_is_only_tried_changes_nothing(here: Path) -> None:
    sort("move")
    before = tree(here / "out")
    assert len(PLACED) >= len(list(undo("out/" + NAME, dry=True))) > 5
    assert before == tree(here / "out")


def test_both_folders_can_be_moved_together_and_still_be_undone(here: Path) -> None:
    sort("move")
    (here / "elsewhere").mkdir()
    shutil.move(here / "in", here / "elsewhere/in") if (here / "in").exists() else None
    shutil.move(here / "out", here / "elsewhere/out")
    list(undo("elsewhere/out/" + NAME))
    assert TREE == tree(here / "elsewhere/in")


# ---- interruptions -------------------------------------------------------------------------------------------------------


class Stop(BaseException):
    """Stands for a killed process: nothing may catch it."""


def interrupted_at(number: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every call that changes the disk counts; the one of that number does not happen, or happens and is the last."""
    count = 0

    def wrap(real: Callable[..., object], *, after: bool) -> Callable[..., object]:
        def call(*args: object, **kwargs: object) -> object:
            nonlocal count
            count += 1
            mine = count  # what is called from inside counts as well
            if mine == number and not after:
                raise Stop
            try:
                return real(*args, **kwargs)
            finally:
                if mine == number:
                    raise Stop

        return call

    for module, name, after in (
        (os, "link", True),
        (os, "unlink", False),
        (os, "replace", False),
        (os, "fsync", True),
        (os, "makedirs", True),
    ):
        monkeypatch.setattr(module, name, wrap(getattr(module, name), after=after))
    monkeypatch.setattr(shutil, "copyfileobj", wrap(shutil.copyfileobj, after=False))
    monkeypatch.setattr(Journal, "done", wrap(Journal.done, after=number % 2 == 0))
    yield


@pytest.mark.parametrize("mode", ["copy", "link", "move"])
@pytest.mark.parametrize("links", [True, False])
def test_a_run_that_ends_at_any_moment_loses_nothing_and_can_go_on(tmp_path: Path, mode: Mode, links: bool) -> None:
    if mode == "link" and not links:
        pytest.skip("links need links")
    number = 0
    while True:
        number += 1 if number < 24 else 5
        here = tmp_path / f"{number}"
        plant(here / "in")
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(here)
            if not links:
                patch.setattr(os, "link", refuse_links)
            try:
                for _ in interrupted_at(number, patch):
                    sort(mode)
            except Stop:
                ended = False
            else:
                ended = True
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(here)
            everything = set(tree(here / "in").values()) | set(tree(here / "out").values())
            assert set(TREE.values()) <= everything, f"lost at call {number}"
            sort(mode)
            assert PLACED == tree(here / "out"), f"not finished after call {number}"
            assert [] == list(here.rglob("*.part"))
            list(undo("out/" + NAME))
            assert TREE == tree(here / "in"), f"not undone after call {number}"
        if ended:
            break
    assert number > 20


def refuse_links(*args: object, **kwargs: object) -> None:
    raise OSError(errno.EPERM, "no links here")


@pytest.mark.parametrize("mode", ["copy", "move"])
def test_a_file_system_without_links_is_served_as_well(here: Path, monkeypatch: pytest.MonkeyPatch, mode: Mode) -> None:
    monkeypatch.setattr(os, "link", refuse_links)
    (here / "out/publish").mkdir(parents=True)
    (here / "out/publish/a.png").write_text("mine")
    sort(mode)
    assert ("mine", "one") == ((here / "out/publish/a.png").read_text(), (here / "out/publish/a-2.png").read_text())


def test_moving_to_another_file_system_copies_first(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.link

    def link(source: str, target: str, **kwargs: object) -> None:
        if "/in/" in str(source):
            raise OSError(errno.EXDEV, "another device")
        real(source, target)

    monkeypatch.setattr(os, "link", link)
    sort("move")
    assert PLACED == tree(here / "out")
    assert {} == tree(here / "in")


def test_a_full_disk_ends_the_run_with_a_sentence_and_loses_nothing(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object, **kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(OutputError, match="no space left on device; nothing is lost, and the same command goes on"):
        sort()
    monkeypatch.undo()
    monkeypatch.chdir(here)
    sort()
    assert PLACED == tree(here / "out")


def test_one_file_that_cannot_be_placed_does_not_stop_the_others(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = placing.place

    def place(source: str, target: str, mode: Mode) -> None:
        if source.endswith("in/a.png"):
            raise PermissionError(errno.EACCES, "Permission denied")
        real(source, target, mode)

    monkeypatch.setattr(sorting, "place", place)
    steps = sort()
    assert [("failed", "in/a.png", "permission denied")] == [
        (s.what, s.source, s.note) for s in steps if s.what == "failed"
    ]
    assert PLACED.keys() - {"publish/a.png"} == tree(here / "out").keys()


# ---- the manifest ----------------------------------------------------------------------------------------------------------


def test_the_manifest_holds_no_absolute_path_and_two_runs_write_the_same(here: Path) -> None:
    sort()
    one = (here / "out" / NAME).read_text()
    assert str(here) not in one
    list(undo("out/" + NAME))
    sort()
    assert one == (here / "out" / NAME).read_text()


def test_a_line_that_was_cut_counts_as_not_written(here: Path) -> None:
    sort()
    whole = (here / "out" / NAME).read_bytes()
    (here / "out" / NAME).write_bytes(whole + b'{"line": "plan", "from": "../in/a')
    assert len(PLACED) == len(Journal("out/" + NAME).placements)
    (here / "in/new.png").write_text("new")
    sort(judged=[("new.png", "publish")])
    assert all(json.loads(line) for line in (here / "out" / NAME).read_bytes().splitlines())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("no json", ":1: is no manifest of sdscan sort"),
        ('{"schema": "sdscan-sort/9"}', ':1: is no manifest of sdscan sort; expected {"schema": "sdscan-sort/1"}'),
        ('{"schema": "sdscan-sort/1"}\n[1]', ":2: is no manifest of sdscan sort"),
        ('{"schema": "sdscan-sort/1"}\n{"line": "plan", "to": "../../etc/x"}', "expected a path inside the folder"),
        ('{"schema": "sdscan-sort/1"}\n{"line": "plan", "to": "/etc/x"}', "expected a path inside the folder"),
        ('{"schema": "sdscan-sort/1"}\n{"line": "plan", "to": "x"}', "expected `from`, `mode` and `group`"),
        ('{"schema": "sdscan-sort/1"}\n{"line": "done", "to": "x"}', "expected `size` and `mtime_ns`"),
        ('{"schema": "sdscan-sort/1"}\n{"line": "dance", "to": "x"}', "expected plan, done or dropped"),
    ],
)
def test_a_manifest_that_is_wrong_names_the_line(here: Path, line: str, expected: str) -> None:
    (here / NAME).write_text(line + "\n")
    with pytest.raises(ConfigError) as error:
        Journal(str(here / NAME))
    assert expected in str(error.value)


def test_two_runs_in_one_folder_do_not_get_in_each_others_way(here: Path) -> None:
    one = Journal("out/" + NAME)
    one.plan([])
    one._open()
    with pytest.raises(ConfigError, match="another `sdscan sort` is at work"):
        sort()
    one.close()


# ---- the command -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def gallery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(GALLERY, tmp_path / "gallery")
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = run(
        ["sort", *arguments, "--isolated", "--no-catalog"] if "--undo" not in arguments else ["sort", *arguments]
    )
    captured = capsys.readouterr()
    return code, captured.out + captured.err


def test_the_command_sorts_and_undoes(gallery: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, "gallery", "--to", "sorted", "--platform", "pixiv", "--move", "--allow-incomplete")
    assert (0, True) == (code, "Moved into sorted, by pixiv:" in text)
    assert ["15-damaged.png"] == [path.name for path in (gallery / "sorted/unread").iterdir()]
    assert "13-no-data.png" in [path.name for path in (gallery / "sorted/review").iterdir()]
    assert [] == list((gallery / "gallery").iterdir())
    code, text = said(capsys, "--undo", "sorted/" + NAME)
    assert (0, True) == (code, "15 taken back, 0 stayed." in text)
    assert sorted(p.name for p in GALLERY.iterdir()) == sorted(p.name for p in (gallery / "gallery").iterdir())


def test_a_file_that_could_not_be_read_makes_it_incomplete(gallery: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 3 == said(capsys, "gallery", "--to", "sorted")[0]
    assert 4 == said(capsys, str(gallery / ".git"), "--to", "sorted")[0]


def test_a_run_that_only_finishes_another_says_so(gallery: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (gallery / "gallery/only").mkdir()
    shutil.copy(GALLERY / "01-original-character.png", gallery / "gallery/only/a.png")
    journal = Journal("sorted/" + NAME)
    journal.plan([Placement("../gallery/only/a.png", "publish/a.png", "move", "publish")])
    journal.close()
    (gallery / "gallery/none").mkdir()
    code, text = said(capsys, "gallery/none", "--to", "sorted")
    assert (0, True) == (code, "1 finished that an interrupted run had begun" in text)
    assert (gallery / "sorted/publish/a.png").exists()


def test_the_folder_itself_is_never_sorted(gallery: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, ".", "--to", "sorted", "--allow-incomplete")
    code, text = said(capsys, ".", "--to", "sorted", "--allow-incomplete")
    assert (0, True) == (code, "15 stood there already" in text)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "PATH is missing"),
        (("gallery",), "--to is missing"),
        (("gallery", "--to", "x", "--link", "--move"), "--link and --move: expected one of them"),
        (("gallery", "--to", "gallery/01-original-character.png"), "is not a folder"),
        (("gallery/05-strict-work.png", "--to", "gallery"), "lies in 'gallery', the folder to sort into"),
        (("nowhere", "--to", "x"), "path does not exist: 'nowhere'"),
        (("gallery", "--to", "x", "--platform", "pixif"), "did you mean 'pixiv'"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_written(
    gallery: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], expected: str
) -> None:
    code, text = said(capsys, *arguments)
    assert (2, True) == (code, expected in text), text
    assert not (gallery / "x").exists()


def test_undo_stands_alone(gallery: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == said(capsys, "--undo", "nowhere")[0]
    assert 2 == said(capsys, "gallery", "--undo", "nowhere")[0]


def test_a_killed_process_can_be_followed_by_another(gallery: Path) -> None:
    """The real thing, once: SIGKILL somewhere in the middle, then the same command again."""
    for number in range(300):
        shutil.copy(GALLERY / "01-original-character.png", gallery / "gallery" / f"x{number:03}.png")
    command = [
        sys.executable,
        "-m",
        "sdscan",
        "sort",
        "gallery",
        "--to",
        "sorted",
        "--move",
        "--isolated",
        "--no-catalog",
        "--allow-incomplete",
    ]
    before = sorted(path.name for path in (gallery / "gallery").iterdir())
    process = subprocess.Popen(command, cwd=gallery, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while not (gallery / "sorted").exists() and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert subprocess.run(command, cwd=gallery, stdout=subprocess.DEVNULL, timeout=60).returncode in (0, 3)  # 3: said, not lost
    assert before == sorted(path.name for path in (gallery / "sorted").rglob("*.*") if path.name != NAME)
