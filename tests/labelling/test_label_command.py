"""`sdscan label`: copies in a folder, what is told, and that no original and no other file is ever touched."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path

import pytest
from labelled import MARK, facts
from pictures import PRIVATE, TEXT, chunk, png, png_with, saved

from sdscan.__main__ import run
from sdscan.cli import label as command
from sdscan.pipeline import facts_of
from sdscan.records import Candidate

COMPOSITE = "compositeWithTrainedAlgorithmicMedia"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in/sub").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    files = {
        "in/a.png": png(), "in/private.png": png(PRIVATE), "in/sub/plain.jpg": saved("JPEG"), "in/sub/moving.gif": saved("GIF", comment=TEXT.encode()),
        "in/cut.png": png()[:-40], "in/img2img.png": png(TEXT.replace("Seed: 1", "Denoising strength: 0.5, Seed: 1")),
        "in/signed.png": png_with(chunk(b"caBX", b"\0\0\0\x20jumb" + b"\0\0\0\x18jumd" + bytes(16))),
    }  # fmt: skip
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def said(capsysbinary: pytest.CaptureFixture[bytes], *arguments: str) -> tuple[int, str]:
    code = run(["label", *arguments])
    captured = capsysbinary.readouterr()
    return code, (captured.out + captured.err).decode()


def records(capsysbinary: pytest.CaptureFixture[bytes], *arguments: str) -> dict[str, dict[str, object]]:
    code, text = said(capsysbinary, "in", "--to", "out", "--isolated", "--format", "jsonl", *arguments)
    assert code in (0, 3), text
    return {row["path"]: row for row in map(json.loads, text.splitlines())}


def test_each_picture_gets_what_it_is_owed(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    found = records(capsysbinary)
    assert {
        "in/a.png": ("marked", MARK, "a.png"),
        "in/private.png": ("marked", MARK, "private.png"),
        "in/img2img.png": ("marked", COMPOSITE, "img2img.png"),
        "in/sub/plain.jpg": ("unmarked", None, "sub/plain.jpg"),
        "in/sub/moving.gif": ("refused", None, None),
        "in/signed.png": ("signed", None, "signed.png"),
        "in/cut.png": ("unread", None, None),
    } == {path: (row["action"], row["mark"], row["to"]) for path, row in found.items()}
    assert [MARK, COMPOSITE, None] == [
        facts((here / "out" / name).read_bytes()).disclosure.iptc for name in ("a.png", "img2img.png", "sub/plain.jpg")
    ]
    assert (here / "in/signed.png").read_bytes() == (here / "out/signed.png").read_bytes()


def test_the_originals_are_not_touched(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (here / "in").rglob("*.*")}
    records(capsysbinary, "--private", "remove")
    assert before == {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (here / "in").rglob("*.*")}
    assert (here / "in/a.png").stat().st_mtime_ns == (here / "out/a.png").stat().st_mtime_ns


def test_a_second_run_writes_nothing(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    first = records(capsysbinary)
    files = sorted(str(path) for path in (here / "out").rglob("*"))
    second = records(capsysbinary)
    assert [row["to"] for row in first.values()] == [row["to"] for row in second.values()]
    assert {False} == {row["is_new"] for row in second.values()}
    assert files == sorted(str(path) for path in (here / "out").rglob("*"))


def test_another_file_of_that_name_is_never_overwritten(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    (here / "out").mkdir()
    (here / "out/a.png").write_bytes(b"mine")
    assert "a-2.png" == records(capsysbinary)["in/a.png"]["to"]
    assert b"mine" == (here / "out/a.png").read_bytes()


def test_a_dry_run_writes_nothing_and_says_the_same(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    told = records(capsysbinary, "--dry-run")
    assert not (here / "out").exists()
    assert told == records(capsysbinary)


def test_private_data_goes_only_when_asked(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    code, text = said(capsysbinary, "in/private.png", "--to", "out", "--isolated")
    assert (0, True) == (code, "1 of them hold personal data (SD606)" in text)
    assert b"miriam" in (here / "out/private.png").read_bytes()
    row = records(capsysbinary, "--private", "remove")["in/private.png"]
    assert ({"home-path", "user-name", "e-mail"}, [], "private-2.png") == (
        set(row["removed"]),
        row["stayed"],
        row["to"],
    )  # type: ignore[call-overload]
    assert b"miriam" not in (here / "out/private-2.png").read_bytes()


@pytest.mark.parametrize(
    ("platform", "expected"),
    [
        ("civitai", "wants generation data kept; it was."),
        ("meta", "reads marks from the file."),
        ("adobe_stock", "reads marks from the file."),
        ("deviantart", "reads marks from the file."),
        ("pixiv", "the mark is set when you post:"),
        ("booth", "no mark is known to be owed there."),
    ],
)
def test_it_says_what_each_platform_makes_of_it(
    here: Path, capsysbinary: pytest.CaptureFixture[bytes], platform: str, expected: str
) -> None:
    code, text = said(capsysbinary, "in/a.png", "--to", "out", "--isolated", "--platform", platform)
    assert (0, True) == (code, expected in " ".join(text.split())), text
    marked = facts_of(Candidate("out/a.png")).disclosure.iptc
    assert (MARK if platform not in ("civitai", "booth") else None) == marked


def test_what_sdscan_toml_declares_counts(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    (here / "sdscan.toml").write_text(
        '[[declare]]\npaths = ["in/a.png"]\nas = "hand-traced"\nreason = "drawn over"\ndate = 2026-11-01\n'
    )
    assert 0 == said(capsysbinary, "in/a.png", "--to", "out")[0]
    assert COMPOSITE == facts_of(Candidate("out/a.png")).disclosure.iptc


def test_the_fields_can_be_chosen(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    said(
        capsysbinary,
        "in/sub/plain.jpg",
        "--to",
        "out",
        "--isolated",
        "--source-type",
        COMPOSITE,
        "--prompt-writer",
        "Kim <k>",
        "--no-prompt",
    )
    data = (here / "out/plain.jpg").read_bytes()
    assert COMPOSITE == facts(data).disclosure.iptc
    assert b"<Iptc4xmpExt:AIPromptWriterName>Kim &lt;k&gt;</Iptc4xmpExt:AIPromptWriterName>" in data
    assert b"AIPromptInformation" not in data


def test_exit_codes(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert 3 == said(capsysbinary, "in", "--to", "out", "--isolated")[0]
    assert 0 == said(capsysbinary, "in", "--to", "out", "--isolated", "--allow-incomplete")[0]
    (here / "empty").mkdir()
    assert 4 == said(capsysbinary, "empty", "--to", "out")[0]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("in", "--to", "in"), "the originals are there"),
        (("in/a.png", "--to", "in"), "the originals are there"),
        (("in", "--to", "in/a.png"), "is not a folder"),
        (("in/sub", "--to", "in"), "lies in 'in', where the copies go"),
        (("nowhere", "--to", "out"), "path does not exist: 'nowhere'"),
        (("in", "--to", "out", "--platform", "mta"), "did you mean 'meta'"),
    ],
)
def test_what_cannot_work_is_refused_at_once(
    here: Path, capsysbinary: pytest.CaptureFixture[bytes], arguments: tuple[str, ...], expected: str
) -> None:
    code, text = said(capsysbinary, *arguments)
    assert (2, True) == (code, expected in text), text
    assert not (here / "out").exists()


def test_a_folder_of_copies_inside_the_originals_is_left_out(
    here: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    for _ in range(2):
        assert 0 == said(capsysbinary, "in", "--to", "in/ready", "--isolated", "--allow-incomplete")[0]
    assert not (here / "in/ready/ready").exists()


def test_a_copy_that_does_not_read_back_as_it_should_is_never_shown(
    here: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "blocks", lambda source, planned: iter([b"\x89PNG\r\n\x1a\n", bytes(40)]))
    row = records(capsysbinary)["in/a.png"]
    assert ("refused", None) == (row["action"], row["to"])
    assert "nothing was written" in str(row["notes"])
    assert [] == [path for path in (here / "out").rglob("*") if path.is_file() and path.name == "a.png"]


def test_a_full_disk_leaves_no_half_copy(
    here: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copystat", lambda *arguments: None)
    monkeypatch.setattr("os.link", full)
    code, text = said(capsysbinary, "in/a.png", "--to", "out", "--isolated")
    assert (2, True) == (code, "no space left on device" in text)
    assert [] == [path for path in (here / "out").rglob("*") if path.is_file()]


def test_a_name_from_outside_cannot_hurt_the_terminal(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    (here / "in/bad\x1b[31m.png").write_bytes(png())
    text = said(capsysbinary, "in", "--to", "out", "--isolated", "-v")[1]
    assert "\x1b" not in text
    assert "bad\\x1b[31m.png" in text
