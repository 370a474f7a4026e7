"""Scanned text survives the terminal: nothing is eaten, nothing acts."""

from __future__ import annotations

import io

import pytest

from sdscan.terminal import cells, cut, progress, safe, wrap

CASES = [
    ("portrait [by greg rutkowski] x", "portrait [by greg rutkowski] x"),
    ("a [cat:dog:0.5] b", "a [cat:dog:0.5] b"),
    ("x [/b] y :cat:", "x [/b] y :cat:"),
    ("\x1b[2Jboo", "\\x1b[2Jboo"),
    ("left\u202eright", "left\\u202eright"),
    ("zero\u200bwidth", "zero\\u200bwidth"),
    ("two\nlines\r\n", "two⏎lines⏎"),
    ("初音ミク", "初音ミク"),
    ("e\u0301", "e\u0301"),
    ("\udc80", "\\udc80"),
    ("\x9b31m", "\\x9b31m"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_hostile_text_is_shown_as_what_it_is(text: str, expected: str) -> None:
    assert safe(text) == expected


def test_wide_characters_take_two_columns() -> None:
    assert cells("初音 miku") == 9
    assert cut("初音ミク", 5) == "初音…"


def test_wrapping_loses_nothing_and_keeps_the_width() -> None:
    text = "a derivative work of 初音ミク " + "x" * 100 + " end"
    lines = wrap(text, 30)
    assert max(map(cells, lines)) <= 30
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_the_same_text_comes_through_rich_untouched() -> None:
    from sdscan.reports import RenderOptions
    from sdscan.terminal import painted

    (line,) = painted([[("portrait [by greg rutkowski] :cat:", "high")]], RenderOptions(color=True))
    assert "portrait [by greg rutkowski] :cat:" in line


class Screen(io.StringIO):
    """A standard error that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("files", "quiet", "environment", "is_shown"),
    [
        (500, False, {}, True),
        (500, True, {}, False),
        (20, False, {}, False),
        (500, False, {"CI": "true"}, False),
        (500, False, {"PRE_COMMIT": "1"}, False),
        (500, False, {"TERM": "dumb"}, False),
    ],
)
def test_progress_is_shown_for_long_work_at_a_terminal_and_nowhere_else(
    files: int, quiet: bool, environment: dict[str, str], is_shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CI", "PRE_COMMIT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ({"TERM": "xterm"} | environment).items():
        monkeypatch.setenv(name, value)
    screen = Screen()
    monkeypatch.setattr("sys.stderr", screen)
    with progress(files, quiet=quiet) as advance:
        advance(files)
    assert is_shown == ("judging" in screen.getvalue())
    if is_shown:
        assert f"{files}/{files}" in screen.getvalue()


def test_nothing_is_counted_where_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", io.StringIO())

    def count() -> int:
        raise AssertionError("the files were counted for nobody")

    with progress(count, quiet=False) as advance:
        advance(1)


@pytest.mark.parametrize("width", [-20, 0, 1, 2])
def test_a_line_without_room_is_broken_at_every_character_and_comes_to_an_end(width: int) -> None:
    assert ["ab", "c", "初", "音"] == wrap("abc 初音", width)
