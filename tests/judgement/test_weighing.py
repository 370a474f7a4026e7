"""What one name is worth where it stands: the rules of strength, row by row. Mutation testing of weighing.py asked for each row."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from sdscan.judgement.reading import Seen
from sdscan.judgement.weighing import BESIDE, FOREIGN, KIN, SPOKEN, UNKNOWN, Meaning, Place, weigh
from sdscan.knowledge.watchlists.entries import ALONE, CONTEXT, MARK, NATIVE, ORDINARY, PLAIN, SWAPPED, TAG, TAGMARK

NAMED = Seen(0, 9, 0, 2, (), False, 0, False, 2, 9, True, False, False)
"""Two words of nine letters inside a longer tag."""

WHOLE, ONE, STYLED, SPLIT = {"whole": True}, {"words": 1}, {"styled": True}, {"split": True}
INSIDE = {"edges": False}
WHOLE_WORD = WHOLE | ONE
PROMPT, NAME, TITLE, PROSE = ("prompt", False), ("name", False), ("title", False), ("prose", False)
STYLE_NAME = ("name", True)

Row = tuple[str, dict[str, Any], tuple[Any, ...], tuple[Any, bool], str | None]
ROWS: list[Row] = [
    # the same words in another order
    ("swapped words with a border between them", SPLIT, ("character", ALONE | SWAPPED), PROMPT, None),
    ("swapped words without one", {}, ("character", ALONE | SWAPPED), PROMPT, "strong: full name"),
    ("a border alone does no harm", SPLIT, ("character", ALONE), PROMPT, "strong: full name"),
    # prose
    ("a full name in a description", {}, ("character", ALONE), PROSE, "weak: full name in a description"),
    ("one word in a description", ONE, ("character", ALONE), PROSE, None),
    ("a CJK name in a description", {}, ("character", ALONE | NATIVE), PROSE, None),
    ("a tag in a description", {}, ("character", TAG), PROSE, None),
    # full and rare names
    ("a full name in a sentence", {}, ("character", ALONE), PROMPT, "strong: full name"),
    ("a rare name as a whole tag", WHOLE_WORD, ("character", ALONE), PROMPT, "strong: rare name"),
    ("a rare name in a sentence", ONE, ("character", ALONE), PROMPT, "medium: rare name inside a sentence"),
    ("a rare name in a model's name", ONE, ("character", ALONE), NAME, "medium: rare name inside a name"),
    # CJK names inside longer runs
    ("three Chinese characters inside a run", INSIDE | {"letters": 3}, ("character", ALONE | NATIVE), PROMPT, "strong: full name"),
    ("two of them", INSIDE | {"letters": 2}, ("character", ALONE | NATIVE), PROMPT, None),
    ("two of them with borders", {"letters": 2}, ("character", ALONE | NATIVE), PROMPT, "strong: full name"),
    ("two letters of another script", INSIDE | {"letters": 2}, ("character", ALONE), PROMPT, "strong: full name"),
    ("six kana inside a run", INSIDE | {"letters": 6, "kana": True}, ("character", ALONE | NATIVE), PROMPT, "strong: full name"),
    ("five of them", INSIDE | {"letters": 5, "kana": True}, ("character", ALONE | NATIVE), PROMPT, None),
    # costumes, and words of the names of styles
    ("a costume of a character", {"use": "thing"}, ("character", ALONE), PROMPT, "weak: a costume or thing of the character"),
    ("a thing of a work", {"use": "thing"}, ("work", ALONE), PROMPT, "strong: full name"),
    ("one word of the name of a style", WHOLE_WORD, ("character", ALONE, UNKNOWN), STYLE_NAME, "weak: one word of the name of a style"),
    ("the same where its work is named", WHOLE_WORD, ("character", ALONE, KIN), STYLE_NAME, "strong: rare name"),
    ("two words there", WHOLE, ("character", ALONE, UNKNOWN), STYLE_NAME, "strong: full name"),
    ("a work of one word there", WHOLE_WORD, ("work", ALONE, UNKNOWN), STYLE_NAME, "strong: rare name"),
    # tags
    ("a whole tag", WHOLE_WORD, ("character", TAG, UNKNOWN), PROMPT, "medium: whole tag"),
    ("a whole tag of another work", WHOLE_WORD, ("character", TAG, FOREIGN), PROMPT, "weak: name of another work than the file speaks of"),
    ("two words of another work", WHOLE, ("character", TAG, FOREIGN), PROMPT, "medium: whole tag"),
    ("a work beside another", WHOLE_WORD, ("work", TAG, FOREIGN), PROMPT, "medium: whole tag"),
    ("a whole tag with its work in brackets", WHOLE | SPLIT, ("character", TAG), PROMPT, "strong: whole tag with its work"),
    ("one word there", WHOLE_WORD | SPLIT, ("character", TAG), PROMPT, "medium: whole tag"),
    ("ordinary words there", WHOLE | SPLIT, ("character", TAG | ORDINARY, KIN), PROMPT, "medium: whole tag"),
    ("a CJK name there", WHOLE | SPLIT, ("character", TAG | NATIVE), PROMPT, "medium: whole tag"),
    ("the whole name of a model", WHOLE_WORD, ("character", TAG), NAME, "medium: whole name"),
    ("ordinary words as a whole tag", WHOLE, ("character", TAG | ORDINARY, UNKNOWN), PROMPT, "weak: ordinary words as a whole tag"),
    ("beside a sibling", WHOLE, ("character", TAG | ORDINARY, KIN), PROMPT, "medium: whole tag"),
    ("a plain word beside a sibling", WHOLE, ("character", TAG | ORDINARY | PLAIN, KIN), PROMPT, "weak: ordinary words as a whole tag"),
    ("a plain word where its work is named", WHOLE, ("character", TAG | ORDINARY | PLAIN, SPOKEN), PROMPT, "medium: whole tag"),
    ("a work named as a style", STYLED, ("work", TAG), PROMPT, "medium: named as a style"),
    ("a character named as a style", STYLED, ("character", TAG), PROMPT, None),
    ("a tag inside a sentence", {}, ("character", TAG), PROMPT, None),
    ("right beside its work", {}, ("character", TAG | ORDINARY, BESIDE), PROMPT, "medium: name beside its work"),
    ("where its work is named", {}, ("character", TAG, SPOKEN), PROMPT, "medium: name beside its work"),
    ("where a sibling is named", {}, ("character", TAG, KIN), PROMPT, "medium: name beside its work"),
    ("an ordinary word where its work is named", {}, ("character", TAG | ORDINARY, SPOKEN), PROMPT, None),
    ("two words in a model's name", {}, ("character", TAG), NAME, "medium: full name in a model's name"),
    ("one word in a model's name", ONE, ("character", TAG), NAME, None),
    ("ordinary words in a model's name", {}, ("character", TAG | ORDINARY), NAME, None),
    ("a CJK name in a model's name", {}, ("character", TAG | NATIVE), NAME, None),
    # artists, studios, looks
    ("an artist in full", {}, ("artist", ALONE), PROMPT, "strong: full name"),
    ("an artist in full, after `by`", {"marked": 1}, ("artist", ALONE), PROMPT, "strong: named as an artist"),
    ("an artist's rare name in a sentence, after `by`", ONE | {"marked": 1}, ("artist", ALONE), PROMPT, "strong: named as an artist"),
    ("two letters of a CJK run, after `by`", INSIDE | {"letters": 2, "marked": 1}, ("artist", ALONE | NATIVE), PROMPT, None),
    ("an artist by a name that needs a mark", {"marked": 2}, ("artist", MARK), PROMPT, "medium: named as an artist"),
    ("by a tag that needs one", {"marked": 2}, ("artist", TAGMARK), PROMPT, "strong: named as an artist"),
    ("an artist whose style is asked for", {"marked": 2} | STYLED, ("artist", MARK), PROMPT, "medium: named as a style"),
    ("a studio", {"marked": 2}, ("studio", TAGMARK), PROMPT, "strong: named as a style"),
    ("a look that is asked for", {"marked": 2} | STYLED, ("style", ALONE), PROMPT, "strong: named as a style"),
    ("a look by its own name", {"marked": 2}, ("style", ALONE), PROMPT, "strong: named as a style"),
    ("a look that needs the word style", {"marked": 2}, ("style", MARK), PROMPT, "medium: by …"),
    ("an ordinary word there", {"marked": 2}, ("style", MARK | ORDINARY), PROMPT, None),
    ("after a bare `by`", {"marked": 1}, ("artist", MARK), PROMPT, "medium: by …"),
    ("an ordinary word after a bare `by`", {"marked": 1}, ("artist", MARK | ORDINARY), PROMPT, None),
    ("a whole tag of a studio", WHOLE, ("studio", TAGMARK), PROMPT, "medium: whole tag"),
    ("a studio by its full name as a whole tag", WHOLE, ("studio", ALONE), PROMPT, "medium: whole tag"),
    ("a whole tag that needs a mark", WHOLE, ("artist", MARK), PROMPT, None),
    ("a studio inside a sentence", {}, ("studio", TAGMARK), PROMPT, None),
    # the same in names of models
    ("a name that needs a mark, of a style", WHOLE, ("artist", MARK), STYLE_NAME, "medium: name of a style model"),
    ("of nothing in particular", WHOLE, ("artist", MARK), NAME, None),
    ("as a part of the name of a style", {}, ("artist", MARK), STYLE_NAME, None),
    ("an ordinary word that needs a mark, of a style", WHOLE, ("artist", MARK | ORDINARY), STYLE_NAME, None),
    ("an ordinary word that is a style, of a style", WHOLE, ("style", MARK | ORDINARY), STYLE_NAME, "medium: name of a style model"),
    ("a tag of an artist as the name of a style", WHOLE, ("artist", TAGMARK | ORDINARY), STYLE_NAME, "medium: whole name"),
    ("a tag of a studio as a whole name", WHOLE, ("studio", TAGMARK | ORDINARY), NAME, "medium: whole name"),
    ("a tag of an artist as a whole name", WHOLE | {"letters": 5}, ("artist", TAGMARK), NAME, "medium: rare name as the whole name"),
    ("one of four letters", WHOLE | {"letters": 4}, ("artist", TAGMARK), NAME, "medium: rare name as the whole name"),
    ("a shorter one", WHOLE | {"letters": 3}, ("artist", TAGMARK), NAME, None),
    ("an ordinary one", WHOLE, ("artist", TAGMARK | ORDINARY), NAME, None),
    ("a part of a whole name", {}, ("artist", TAGMARK), NAME, None),
    ("a part of the name of a style", {}, ("artist", TAGMARK), STYLE_NAME, "medium: in the name of a style model"),
    ("an ordinary part of it", {}, ("artist", TAGMARK | ORDINARY), STYLE_NAME, None),
    # given names and ordinary words
    ("right beside its work, in full", ONE, ("character", CONTEXT, BESIDE), PROMPT, "strong: name beside its work"),
    ("an ordinary word right beside its work", ONE, ("character", CONTEXT | ORDINARY, BESIDE), PROMPT, "medium: name beside its work"),
    ("the same as a whole tag", WHOLE_WORD, ("character", CONTEXT | ORDINARY, BESIDE), PROMPT, "strong: name beside its work"),
    ("a part of a CJK run", ONE | INSIDE, ("character", CONTEXT | NATIVE, BESIDE), PROMPT, None),
    ("a CJK name with borders", ONE, ("character", CONTEXT | NATIVE, BESIDE), PROMPT, "strong: name beside its work"),
    ("another script without borders", ONE | INSIDE, ("character", CONTEXT, BESIDE), PROMPT, "strong: name beside its work"),
    ("where its work is named", ONE, ("character", CONTEXT, SPOKEN), PROMPT, "medium: given name where its work is named"),
    ("an ordinary word where its work is named", WHOLE_WORD, ("character", CONTEXT | ORDINARY, SPOKEN), PROMPT, "medium: given name where its work is named"),
    ("the same in a sentence", ONE, ("character", CONTEXT | ORDINARY, SPOKEN), PROMPT, None),
    ("where a sibling is named", ONE, ("character", CONTEXT, KIN), PROMPT, "medium: given name where its work is named"),
    ("a plain word where a sibling is named", WHOLE_WORD, ("character", CONTEXT | PLAIN, KIN), PROMPT, "weak: given name alone"),
    ("a given name alone", WHOLE_WORD, ("character", CONTEXT), PROMPT, "weak: given name alone"),
    ("a given name in a sentence", ONE, ("character", CONTEXT), PROMPT, None),
    ("an ordinary word alone", WHOLE_WORD, ("character", CONTEXT | ORDINARY), PROMPT, None),
    ("a given name as the name of a style", WHOLE_WORD, ("character", CONTEXT), STYLE_NAME, None),
    ("a rare given name as the whole name", WHOLE_WORD | {"letters": 5}, ("character", CONTEXT), NAME, "medium: rare given name as the whole name"),
    ("as the whole title", WHOLE_WORD | {"letters": 5}, ("character", CONTEXT), TITLE, "medium: rare given name as the whole name"),
    ("a short one as the whole name", WHOLE_WORD | {"letters": 4}, ("character", CONTEXT), NAME, "weak: given name alone"),
    ("one that others bear", WHOLE_WORD, ("character", CONTEXT, UNKNOWN, False), NAME, "weak: given name alone"),
    ("one of another work", WHOLE_WORD, ("character", CONTEXT, FOREIGN), NAME, "weak: given name alone"),
    ("one in CJK", WHOLE_WORD, ("character", CONTEXT | NATIVE), NAME, "weak: given name alone"),
    ("a work by its short name", WHOLE_WORD, ("work", CONTEXT), NAME, "weak: given name alone"),
    ("a rare given name inside a longer name", ONE | {"letters": 6}, ("character", CONTEXT), NAME, "medium: rare given name inside a model's name"),
    ("a shorter one inside a longer name", ONE | {"letters": 5}, ("character", CONTEXT), NAME, None),
    ("inside a longer title", ONE | {"letters": 6}, ("character", CONTEXT), TITLE, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("seen", "meaning", "place", "expected"), [row[1:] for row in ROWS], ids=[f"{row[0]} ({row[2][0]})" for row in ROWS]
)
def test_a_name_is_worth_what_its_place_says(
    seen: dict[str, Any], meaning: tuple[Any, ...], place: tuple[Any, bool], expected: str | None
) -> None:
    kind, worth, near, only = (*meaning, *(UNKNOWN, True)[len(meaning) - 2 :])
    found = weigh(replace(NAMED, **seen), Meaning(kind, worth, near, only), Place(*place))
    assert expected == (None if found is None else f"{found.strength}: {found.how}")
