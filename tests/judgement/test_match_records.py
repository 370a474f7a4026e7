"""What a match says of itself beside its strength: whose it is, whether it asks for a style, and how many of a file are kept."""

from __future__ import annotations

import pytest

from sdscan.judgement.matching import MOST, find_matches
from sdscan.judgement.texts import Text
from tests.small_watchlist import matches, text, watchlist

KNOWN = watchlist()

RECORDS = [
    ([text("hatsune miku")], "hatsune_miku", ("character", "vocaloid", False)),
    ([text("genshin impact")], "genshin_impact", ("work", None, False)),
    ([text("by greg rutkowski")], "greg_rutkowski", ("artist", None, True)),
    ([text("studio ghibli")], "studio_ghibli", ("studio", None, True)),
    ([text("genshin impact", "name")], "genshin_impact", ("work", None, False)),
    ([text("genshin impact style", "name")], "genshin_impact", ("work", None, True)),
    ([text("genshin impact style", "title")], "genshin_impact", ("work", None, True)),
    ([text("artstyle pack: genshin impact", "name")], "genshin_impact", ("work", None, True)),
    ([text("artstyle pack: genshin impact", "title")], "genshin_impact", ("work", None, True)),
    ([text("artstyle pack: genshin impact")], "genshin_impact", ("work", None, False)),
    ([text("artstyle pack: hatsune miku", "title")], "hatsune_miku", ("character", "vocaloid", False)),
    ([text("genshin impact aesthetic")], "genshin_impact", ("work", None, True)),
    ([text("hatsune miku style", "name")], "hatsune_miku", ("character", "vocaloid", True)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "subject", "expected"), RECORDS, ids=[f"{row[0][0].text} ({row[0][0].manner})" for row in RECORDS]
)
def test_a_match_says_whose_it_is_and_whether_it_asks_for_a_style(
    texts: list[Text], subject: str, expected: tuple[str, str | None, bool]
) -> None:
    found = {match.subject.id: match for match in matches(KNOWN, *texts)}
    match = found[subject]
    assert expected == (match.subject.kind, match.subject.franchise, match.style)


def test_no_more_matches_of_a_file_are_kept_than_count() -> None:
    many = [Text("prompt", f"x{number}", "hatsune miku") for number in range(MOST + 10)]
    assert MOST == len(find_matches(many, KNOWN))


@pytest.mark.parametrize(("certainty", "strength"), [(1.0, "strong"), (0.6, "strong"), (0.59, "medium")])
def test_a_model_that_was_found_with_doubt_gives_no_strong_match(certainty: float, strength: str) -> None:
    name = Text("lora-name", "x", "hatsune miku", "name", 1.0, "used", "m", 0, certainty)
    assert [strength] == [match.strength for match in matches(KNOWN, name) if match.subject.id == "hatsune_miku"]
