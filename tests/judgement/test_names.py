"""The one normal form of a name, with the place of each word."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdscan.judgement.names import file_tokens, has_cjk, normal, tokens, words

FORMS = [
    ("Hatsune_Miku", "hatsune miku"),
    ("hatsune miku \\(vocaloid\\)", "hatsune miku vocaloid"),
    ("Pokémon", "pokemon"),
    ("Poke\u0301mon", "pokemon"),
    ("ＨＡＴＳＵＮＥ　Ｍｉｋｕ", "hatsune miku"),
    ("Assassin's Creed", "assassins creed"),
    ("Jack-O’ Valentine", "jack o valentine"),
    ("D'Arc", "darc"),
    ("Straße", "strasse"),
    ("初音 ミク", "初音ミク"),
    ("初音・ミク", "初音ミク"),
    ("ﾊﾂﾈﾐｸ", "ハツネミク"),
    ("ガンダム", "ガンダム"),
    (unicodedata.normalize("NFD", "ガンダム"), "ガンダム"),
    ("ポケモン2", "ポケモン 2"),
    ("인공 지능", "인공지능"),
    ("K-ON!!", "k on"),
    ("  ", ""),
    ("\ud800miku", "miku"),
]


@pytest.mark.parametrize(("written", "expected"), FORMS, ids=[repr(row[0]) for row in FORMS])
def test_a_name_has_one_normal_form(written: str, expected: str) -> None:
    assert expected == normal(written)


@given(st.text(max_size=60))
def test_the_normal_form_of_a_normal_form_is_itself(written: str) -> None:
    once = normal(written)
    assert once == normal(once)


@given(st.text(max_size=60))
def test_words_are_the_texts_of_tokens(written: str) -> None:
    assert words(written) == [token.text for token in tokens(written)]


@given(st.text(max_size=60))
def test_every_token_lies_in_the_text_in_order(written: str) -> None:
    last = (0, 0)
    for token in tokens(written):
        assert token.start < token.end <= len(written)
        assert last <= (token.start, token.end)
        assert not token.at or (len(token.at) == len(token.text) + 1 and list(token.at) == sorted(token.at))
        last = (token.start, token.end)


def test_a_token_points_at_what_is_written() -> None:
    written = "a girl, Hatsune_Miku's 初音 ミク!"
    assert [written[token.start : token.end] for token in tokens(written)] == [
        "a",
        "girl",
        "Hatsune",
        "Miku's",
        "初音 ミク",
    ]


def test_each_letter_of_a_cjk_run_knows_its_place() -> None:
    token = tokens("x 初音 ミク")[1]
    assert (2, 3, 5, 6, 7) == token.at


def test_cjk_letters_are_seen_in_every_script() -> None:
    assert [True, True, True, True, False, False] == [has_cjk(one) for one in ("ミク", "初", "ひ", "가", "miku", "é")]


FILES = [
    ("HatsuneMiku_v2", ["hatsune", "miku", "v", "2"]),
    ("csm_power-13", ["csm", "power", "13"]),
    ("DQ5BIANCA", ["dq", "5", "bianca"]),
    ("carrotOnePieceLora", ["carrot", "one", "piece", "lora"]),
    ("XSArchi_115HotelEntrance酒店入口", ["xs", "archi", "115", "hotel", "entrance", "酒店入口"]),
    ("DOAXVV - Sayuri", ["doaxvv", "sayuri"]),
    ("shana1-000008", ["shana", "1", "000008"]),
    ("initialD", ["initial", "d"]),
]


@pytest.mark.parametrize(("name", "expected"), FILES, ids=[row[0] for row in FILES])
def test_a_file_name_is_cut_at_case_digit_and_separator_borders(name: str, expected: list[str]) -> None:
    found = file_tokens(name)
    assert expected == [token.text for token in found]
    assert all(name[token.start : token.end].casefold() == token.text for token in found if not token.at)


def test_a_long_run_without_a_border_is_read_in_linear_time() -> None:
    assert ["a" * 300_000] == words("a" * 300_000)
    assert 1 == len(tokens("ミ" * 100_000))


@pytest.mark.parametrize("name", ["d'artagnan", "d`artagnan", "d’artagnan", "D`Artagnan"])
def test_an_apostrophe_of_any_kind_parts_no_name(name: str) -> None:
    assert ["dartagnan"] == words(name)


@pytest.mark.parametrize(("written", "expected"), [("ｶﾞ", ["ガ"]), ("ﾊﾟ", ["パ"]), ("ｶ", ["カ"])])
def test_narrow_kana_are_one_letter_with_their_marks(written: str, expected: list[str]) -> None:
    assert expected == words(written)
