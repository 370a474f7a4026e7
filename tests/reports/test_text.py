"""The text view: links at a terminal only, lines that fit in every script, counts in one summary."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sdscan.cli.outputs import Output, fitted
from sdscan.reports import RenderOptions
from sdscan.reports.text import path_style, render
from sdscan.terminal import cells, wrap
from tests.reports.conftest import result, spool


def test_file_names_link_to_the_files_where_links_are_wanted(tmp_path: Path) -> None:
    run = spool([result(1, "high")])
    plain = "".join(render(run, RenderOptions(color=True)))
    linked = "".join(render(run, RenderOptions(color=True, links=True, root=str(tmp_path))))
    assert "\x1b]8;" not in plain
    assert "\x1b]8;id=" in linked
    assert f"file://{tmp_path.as_posix()}/out/00001%20" in linked
    assert "\x1b]8;" not in "".join(render(run, RenderOptions(links=True)))


@pytest.mark.parametrize(
    "name", ["a b.png", "画像.png", "x;y.png", "100%.png", "\\evil\x1b]8;;http://x\x1b\\.png", "new\nline.png"]
)
def test_no_name_ends_its_own_link(name: str) -> None:
    style = path_style(name, RenderOptions(links=True))
    address = style.removeprefix("bold link ")
    assert address.startswith("file:///")
    assert address.isascii()
    assert not set(address) & set(" ;\x1b\\\n")


def test_links_are_for_terminals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    colored = RenderOptions(color=True)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert fitted(colored, Output("text", None), redact=False).links
    assert not fitted(colored, Output("text", "file.txt"), redact=False).links
    assert not fitted(RenderOptions(color=False), Output("text", None), redact=False).links
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False)
    assert not fitted(colored, Output("text", None), redact=False).links


WRAPS = [
    ("プロンプトに名前があります。", 12, ["プロンプトに", "名前がありま", "す。"]),
    ("これは「引用」です。", 10, ["これは「引", "用」です。"]),
    ("これは「引用」です。", 8, ["これは", "「引用」", "です。"]),
    ("ファイルを sdscan で調べます", 14, ["ファイルを", "sdscan で調べ", "ます"]),
    ("one two three", 7, ["one two", "three"]),
    ("", 10, [""]),
]


@pytest.mark.parametrize(("text", "width", "expected"), WRAPS)
def test_japanese_breaks_between_characters_and_not_before_a_full_stop(
    text: str, width: int, expected: list[str]
) -> None:
    lines = wrap(text, width)
    assert expected == lines
    assert max(map(cells, lines)) <= width


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_line_fits(width: int, lang: str) -> None:
    run = spool([result(1, "high", "1girl, 初音ミク, " + "tag, " * 30), result(2, "low", "x" * 300)])
    lines = "".join(render(run, RenderOptions(width=width, lang=lang, verbose=1))).splitlines()
    # Without colour the hit stands between two marks, which colours do not need.
    assert [] == [line for line in lines if cells(line) > width + 2]


def test_one_place_more_is_one_place() -> None:
    from msgspec.structs import replace

    one = result(1, "high")
    more = replace(one, findings=(replace(one.findings[0], evidence=one.findings[0].evidence * 3),))
    text = "".join(render(spool([more]), RenderOptions()))
    assert "and 1 more place (-v shows it)" in text
    assert "1 file, 1 with generation data" in text


def test_a_file_whose_findings_are_all_set_aside_is_headed_so() -> None:
    from msgspec.structs import replace

    from sdscan.records import Suppressed

    one = result(1, "high")
    aside = replace(one.findings[0], suppressed=Suppressed("sdscan.toml", "asked on 2026-05-02"))
    whole = spool([replace(one, findings=(aside,), severity=None)])
    first = "".join(render(whole, RenderOptions(show_suppressed=True))).splitlines()[0]
    assert first.endswith("  SET ASIDE")
    assert "out/" not in "".join(render(whole, RenderOptions()))


def test_a_path_is_never_cut() -> None:
    from msgspec.structs import replace

    path = "outputs/" + "long/" * 30 + "picture.png"
    lines = "".join(render(spool([replace(result(1, "high"), path=path)]), RenderOptions(width=60))).splitlines()
    assert f"{path}  HIGH" == lines[0]


def test_a_source_that_is_somebody_elses_page_is_called_so() -> None:
    from msgspec.structs import replace

    one = result(1, "high")
    told = replace(one, reasons=(replace(one.reasons[0], evidence="secondary"),))
    text = "".join(render(spool([told]), RenderOptions(verbose=1, width=200)))
    assert "(stated, a page by others, 2023-05-02, https://example.org/rule)" in text
