"""Scanned text survives the terminal: nothing is eaten, nothing acts."""

from __future__ import annotations

import pytest

from sdscan.terminal import cells, cut, safe, wrap

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
