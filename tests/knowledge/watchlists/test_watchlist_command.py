"""`sdscan watchlist` as a person uses it: look, lint, extend, try."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from sdscan.__main__ import run as main
from tests.small_watchlist import HEAD, PACK


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A pack of the user's own."""
    path = tmp_path / "small.toml"
    path.write_text(HEAD + PACK, encoding="utf-8")
    return path


class Result(NamedTuple):
    """What a command said."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line, in this process."""

    def call(*args: str, stdin: str = "", data: Path | None = None) -> Result:
        if data is not None:
            monkeypatch.setenv("SDSCAN_DATA_DIR", str(data))
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8"))
        code = main(["watchlist", *args])
        return Result(code, *capsys.readouterr())

    return call


def alone(path: Path) -> tuple[str, ...]:
    return ("--no-default-watchlist", "--watchlist", str(path))


def test_list_counts_what_a_pack_holds(run: Run, small: Path) -> None:
    result = run("list", *alone(small), "--format", "json")
    (pack,) = json.loads(result.stdout)["packs"]
    assert ("small", "1", 14, 9, 7) == (
        pack["id"],
        pack["version"],
        pack["entries"]["character"],
        pack["entries"]["work"],
        pack["entries"]["artist"],
    )
    assert "small" in run("list", *alone(small)).stdout


def test_show_says_what_each_spelling_is_worth(run: Run, small: Path) -> None:
    shown = run("show", "hatsune_miku", *alone(small)).stdout
    assert "VOCALOID (vocaloid)" in shown
    assert "初音ミク" in shown
    assert any("miku hatsune" in line and "other order" in line for line in shown.splitlines())
    entry = json.loads(run("show", "Greg Rutkowski", *alone(small), "--format", "json").stdout)["entries"][0]
    assert "greg_rutkowski" == entry["entry"]["id"]
    assert {"name": "rutkowski", "counts": "as a whole tag, or after by, artist: or style of"} in entry["names"]


def test_show_of_nobody_is_a_usage_error(run: Run, small: Path) -> None:
    result = run("show", "nobody", *alone(small))
    assert 2 == result.returncode
    assert "no entry 'nobody'" in result.stderr


def test_search_finds_parts_of_names_in_every_script(run: Run, small: Path) -> None:
    for wanted in ("miku", "初音", "MIKU", "atsune m"):
        found = json.loads(run("search", wanted, *alone(small), "--format", "json").stdout)
        assert ["hatsune_miku"] == [entry["id"] for entry in found["entries"]]
    assert "0 entries" in run("search", "zzz", *alone(small)).stdout
    assert 2 == run("search", "!!!", *alone(small)).returncode


def test_test_shows_how_a_prompt_was_cut_and_why_names_count(run: Run, small: Path) -> None:
    prompt = "1girl, (hatsune miku:1.2), power, {rem|ganyu}"
    shown = run("test", prompt, *alone(small)).stdout
    assert "(hatsune miku:1.2)  weight 1.2" in shown
    assert "strong: full name" in shown
    assert "counts only beside chainsaw_man" in shown
    phrases = json.loads(run("test", prompt, *alone(small), "--format", "json").stdout)["phrases"]
    assert ["1girl", "(hatsune miku:1.2)", "power", "{rem", "ganyu}"] == [phrase["text"] for phrase in phrases]
    (miku,) = [item for item in phrases[1]["considered"] if item["strength"]]
    assert "hatsune miku" == prompt[miku["start"] : miku["end"]]


def test_test_takes_names_titles_and_standard_input(run: Run, small: Path) -> None:
    assert "matsumoto_rangiku" in run("test", "rangiku-10", "--as", "name", *alone(small)).stdout
    assert "power_(chainsaw_man)" in run("test", "Power | Chainsaw Man", "--as", "title", *alone(small)).stdout
    assert "hatsune_miku" in run("test", "-", *alone(small), stdin="初音ミク\n").stdout


def test_what_is_scanned_cannot_write_to_the_terminal(run: Run, small: Path) -> None:
    shown = run("test", "\x1b[31mhatsune miku\u202e, x", *alone(small)).stdout
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_check_passes_the_builtin_packs_and_says_what_is_wrong_with_others(run: Run, tmp_path: Path) -> None:
    assert 0 == run("check").returncode
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(HEAD + '[[artist]]\nid = "greg_rutkowski"\nname = "Xyzzy Wolff"\n', encoding="utf-8")
    result = run("check", str(wrong))
    assert 2 == result.returncode
    assert "duplicate-id" in result.stdout
    wrong.write_text("[[artist]\n")
    result = run("check", str(wrong))
    assert 2 == result.returncode
    assert "wrong.toml:1: is not valid TOML" in result.stderr


def test_import_says_what_it_took_dropped_and_why(run: Run, tmp_path: Path) -> None:
    tags = tmp_path / "tags.csv"
    tags.write_text('1girl,0,100,\nxyzzy_wolffson,4,900,"/xw,wolffson"\nwlopx,1,700,\nodd,77,1,\n', encoding="utf-8")
    dry = run("import", str(tags), "--dry-run", data=tmp_path / "data")
    assert "1 artist, 1 character" in dry.stdout
    assert "1 aliases that are search shortcuts (/hm)" in dry.stdout
    assert "1 category 77 names nobody" in dry.stdout
    assert not (tmp_path / "data").exists()
    assert 0 == run("import", str(tags), data=tmp_path / "data").returncode
    assert "xyzzy_wolffson" in run("test", "xyzzy wolffson", data=tmp_path / "data").stdout


def test_import_of_something_else_is_an_error_that_says_why(run: Run, tmp_path: Path) -> None:
    odd = tmp_path / "odd.txt"
    odd.write_text("just\nsome words\n")
    result = run("import", str(odd), data=tmp_path / "data")
    assert 2 == result.returncode
    assert "does not say what it names" in result.stdout
    assert 2 == run("import", data=tmp_path / "data").returncode


def test_import_discovers_lists_of_other_tools(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "ui" / "extensions" / "a1111-sd-webui-tagcomplete" / "tags"
    place.mkdir(parents=True)
    (place / "danbooru.csv").write_text("xyzzy_wolffson,4,900,\n" * 3)
    result = run("import", "--discover", str(tmp_path), data=tmp_path / "data")
    assert "3 characters" in result.stdout
    assert (tmp_path / "data" / "watchlists" / "danbooru.csv").exists()


def test_add_writes_to_the_users_own_pack(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert (
        0
        == run(
            "add",
            "Aoi Xyzzy",
            "--kind",
            "character",
            "--work",
            "vocaloid",
            "--alias",
            "星川葵葵",
            "--weak",
            "aoi",
            data=data,
        ).returncode
    )
    assert 0 == run("add", "Painter Xyzzy", "--kind", "artist", "--died", "1920", data=data).returncode
    assert 0 == run("add", "Xyzzy style", "--kind", "style", data=data).returncode
    shown = run("test", "aoi xyzzy, 星川葵葵, by painter xyzzy, xyzzy style, aoi, vocaloid", data=data).stdout
    for entry in ("aoi_xyzzy", "painter_xyzzy", "xyzzy_style"):
        assert entry in shown
    again = run("add", "Aoi Xyzzy", "--kind", "character", "--work", "vocaloid", data=data)
    assert 2 == again.returncode
    assert "holds 'aoi_xyzzy' already" in again.stderr


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (("add", "Aoi Xyzzy", "--kind", "character"), "a character needs its --work"),
        (("add", "Aoi Xyzzy", "--kind", "character", "--work", "nowhere"), "is no work on file"),
        (("add", "!!!", "--kind", "artist"), "holds no letter or digit"),
        (("list", "--watchlist", "nowhere.csv"), "nowhere.csv: cannot be read"),
    ],
)
def test_a_usage_error_says_what_was_expected(run: Run, tmp_path: Path, args: tuple[str, ...], expected: str) -> None:
    result = run(*args, data=tmp_path / "data")
    assert 2 == result.returncode
    assert expected in result.stderr
