"""Packs are read strictly: every error names file, line, entry, key and what was expected."""

from __future__ import annotations

import pytest

from sdscan.errors import PackError
from sdscan.knowledge.watchlists.lint import lint
from sdscan.knowledge.watchlists.packs import builtin_paths, parse_pack, read_pack, rows_of
from sdscan.knowledge.watchlists.schema import PATH, pack_schema
from tests.small_watchlist import HEAD, PACK

WRONG = [
    ('[[work]]\nid = "a"\nname = "A"\nsurprise = 1', "x.toml:15: work 'a': unknown key `surprise`; remove it or check its spelling"),
    ('[[work]]\nid = "a"\nname = "A"\ncharacters = [\n  { id = "b", name = "B", wek = ["c"] },\n]', "x.toml:16: character 'b': unknown key `wek`; remove it or check its spelling"),
    ('[[artist]]\nid = "a"', "x.toml:13: artist 'a': `name` is missing; expected it in every entry of this kind"),
    ('[[artist]]\nid = "a"\nname = 3', "x.toml:13: artist 'a': `name`: expected `str`, got `int`"),
    ('[[artist]]\nname = "A"', "x.toml:12: artist number 1: `id` is missing; expected it in every entry of this kind"),
    ('[[artist]]\nid = "a"\nname = " "', "x.toml:13: artist 'a': `name` is empty; expected a text"),
    ('[[artist]]\nid = "a"\nname = "A"\nborn = 1990\ndied = 1950', "x.toml:13: artist 'a': `died` is 1950 and `born` is 1990; expected a year of death after the year of birth"),
    ('[[artist]]\nid = "a"\nname = "A"\n[[person]]\nid = "a"\nname = "B"', "x.toml:16: person 'a': `id` stands twice in this file (also as artist); expected an id of its own"),
    ('[[artist]]\nid = "a"\nname = "A"\naliases = [""]', "x.toml:13: artist 'a': `aliases`, `tag` or `weak` holds an empty text; expected a name"),
    ('[[artist]\nid = "a"', "x.toml:12: is not valid TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), WRONG, ids=[row[1].split(": ", 1)[1][:40] for row in WRONG])
def test_a_wrong_pack_says_where_and_what(text: str, expected: str) -> None:
    with pytest.raises(PackError) as error:
        parse_pack((HEAD + text).encode(), "x.toml")
    assert str(error.value).startswith(expected)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(PackError, match=r"x\.toml: byte 1 is not UTF-8"):
        parse_pack(b"a\xff", "x.toml")


def test_nesting_without_end_is_refused() -> None:
    with pytest.raises(PackError):
        parse_pack(b"a = " + b"[" * 100_000, "x.toml")


def test_characters_may_stand_in_a_work_or_name_it() -> None:
    pack = parse_pack((HEAD + PACK + '[[character]]\nid = "x"\nname = "X"\nwork = "vocaloid"').encode(), "x.toml")
    kinds = [kind for kind, _ in rows_of(pack)]
    assert ("work", "character", "character") == tuple(kinds[:3])
    assert "x" in {row.id for kind, row in rows_of(pack) if kind == "character"}


def test_every_builtin_pack_can_be_read_and_has_no_error() -> None:
    packs = [read_pack(path)[1] for path in builtin_paths()]
    assert [] == [remark for remark in lint(packs) if remark.level == "error"]
    assert [path.stem for path in builtin_paths()] == [pack.pack.id for pack in packs]


def test_the_schema_for_editors_is_that_of_the_records() -> None:
    assert pack_schema() == PATH.read_text(encoding="utf-8")


def remarks(text: str) -> list[tuple[str, str, str]]:
    return [(one.level, one.code, one.entry) for one in lint([parse_pack((HEAD + text).encode(), "x.toml")])]


LINT = [
    ('[[artist]]\nid = "a"\nname = "Anna Wolff"\n[[artist]]\nid = "b"\nname = "Anna Wolff"', [("warning", "alias-collision", "b")]),
    ('[[work]]\nid = "w"\nname = "Wxyzzy"\ncharacters = [{ id = "r", name = "Robin" }]', [("note", "ambiguous", "r")]),
    ('[[work]]\nid = "w"\nname = "Wxyzzy"\ncharacters = [{ id = "r", name = "Robin", strength = "weak" }]', []),
    ('[[work]]\nid = "w"\nname = "Air"\nstrength = "weak"', [("warning", "missing-work", "w")]),
    ('[[studio]]\nid = "s"\nname = "Studio Xyz"\nworks = ["nowhere"]', [("warning", "unknown-work", "s")]),
    ('[[character]]\nid = "c"\nname = "Xyzzy"\nwork = "nowhere"', [("warning", "unknown-work", "c")]),
    ('[[artist]]\nid = "a"\nname = "!!!"', [("warning", "too-short", "a")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), LINT)
def test_lint_finds(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert expected == remarks(text)


def test_lint_wants_a_changelog() -> None:
    head = HEAD.replace('[[pack.changes]]\nversion = "1"', '[[pack.changes]]\nversion = "0"')
    assert ["no-changelog"] == [one.code for one in lint([parse_pack(head.encode(), "x.toml")])]


def test_lint_finds_an_id_that_two_packs_use() -> None:
    pack = parse_pack((HEAD + '[[artist]]\nid = "a"\nname = "Anna Wolff"').encode(), "x.toml")
    assert ("error", "duplicate-id") in [(one.level, one.code) for one in lint([pack, pack])]


def test_lint_holds_spellings_against_a_list() -> None:
    pack = parse_pack(
        (HEAD + '[[artist]]\nid = "a"\nname = "Anna Wolff"\n[[artist]]\nid = "b"\nname = "Bert Wolff"').encode(),
        "x.toml",
    )
    assert ["b"] == [
        one.entry for one in lint([pack], known=frozenset({"wolff anna"})) if one.code == "unknown-spelling"
    ]


def test_names_of_ordinary_words_that_mean_nothing_else_count_anywhere() -> None:
    from sdscan.knowledge.watchlists.entries import ALONE, ORDINARY, TAG
    from sdscan.knowledge.watchlists.forms import plain_worth
    from sdscan.knowledge.watchlists.words import load_words

    words = load_words()
    assert ALONE == plain_worth("spider man", words)
    assert TAG | ORDINARY == plain_worth("one piece", words)


def test_words_run_together_are_no_ordinary_word_and_long_vowels_may_be_short() -> None:
    from sdscan.knowledge.watchlists.entries import ALONE, JOINED, SHORT
    from sdscan.knowledge.watchlists.forms import add_short
    from sdscan.knowledge.watchlists.words import load_words

    found = {"tita nium": ALONE, "titanium": ALONE | JOINED, "kiryuuin satsuki": ALONE, "alan moore": ALONE}
    add_short(found, load_words())
    assert {
        "tita nium": ALONE,
        "kiryuuin satsuki": ALONE,
        "alan moore": ALONE,
        "kiryuin satsuki": ALONE | SHORT,
    } == found
