"""Who is meant where a name has several bearers, and which of the names of one file count. Mutation testing of choosing.py asked for these."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sdscan.judgement.matching import find_matches
from sdscan.judgement.texts import Manner, Text
from sdscan.knowledge.watchlists.importers.rows import ImportedRow
from sdscan.records import EvidenceSource
from tests.small_watchlist import matches, text, watchlist

PACK = """
[[work]]
id = "alpha_saga"
name = "Alpha Saga"
weak = ["asa", "apple"]
characters = [
  { id = "kira_stone", name = "Kira Stone", weak = ["kira"] },
  { id = "mellow_fern", name = "Mellow Fern", weak = ["mellow"] },
  { id = "storm_queen", name = "Storm Queen", strength = "tag" },
]
[[work]]
id = "beta_tales"
name = "Beta Tales"
characters = [
  { id = "kira_moon", name = "Kira Moon", weak = ["kira"] },
  { id = "queen_vera", name = "Queen Vera", weak = ["vera"] },
]
[[work]]
id = "orbalon"
name = "Orbalon"
characters = [{ id = "orbalon_(character)", name = "Orbalon" }]
[[artist]]
id = "vera_lund"
name = "Vera Lund"
handles = ["vera"]
"""
LIST = [
    ImportedRow("work", "gamma_quest", 5000),
    ImportedRow("work", "delta_works", 700),
    ImportedRow("character", "zorinda", 9000, (), "gamma_quest"),
    ImportedRow("character", "zorinda_(delta)", 10, (), "delta_works"),
    ImportedRow("character", "lumina_arden", 4000, (), "gamma_quest"),
    ImportedRow("character", "lumina_arden_(swimsuit)", 300, (), "gamma_quest"),
    ImportedRow("character", "lumina_arden_swimsuit", 300, (), "gamma_quest"),
    ImportedRow("character", "velkina_kent", 9000, ("velkina",), "gamma_quest"),
    ImportedRow("character", "velkina_dale", 8000, ("velkina",), "delta_works"),
    ImportedRow("character", "orsolan_kent", 90, ("orsolan",), "gamma_quest"),
    ImportedRow("character", "orsolan_dale", 1, ("orsolan",), "delta_works"),
]
KNOWN = watchlist(PACK, LIST)

P: Manner = "prompt"
N: Manner = "name"
T: Manner = "title"
STONE, MOON = "kira_stone", "kira_moon"
ROWS: list[tuple[list[tuple[Manner, str]], list[tuple[str, str]]]] = [
    # a given name that two bear
    ([(P, "kira")], []),
    ([(N, "kira")], []),
    ([(P, "kira, alpha saga")], [(STONE, "medium"), ("alpha_saga", "strong")]),
    ([(P, "kira, beta tales")], [(MOON, "medium"), ("beta_tales", "strong")]),
    ([(P, "kira stone, kira")], [(STONE, "strong"), (STONE, "medium")]),
    ([(P, "kira moon, kira")], [(MOON, "strong"), (MOON, "medium")]),
    ([(P, "kira stone, kira moon")], [(STONE, "strong"), (MOON, "strong")]),
    ([(N, "Kira"), (T, "Beta Tales")], [(MOON, "medium"), ("beta_tales", "strong")]),
    ([(N, "Kira"), (T, "Alpha Saga")], [(STONE, "medium"), ("alpha_saga", "strong")]),
    # the short form of a work
    ([(P, "asa")], [("alpha_saga", "weak")]),
    ([(P, "asa, kira stone")], [("alpha_saga", "medium"), (STONE, "strong")]),
    ([(P, "asa, kira moon")], [("alpha_saga", "weak"), (MOON, "strong")]),
    ([(P, "asa, alpha saga")], [("alpha_saga", "medium"), ("alpha_saga", "strong")]),
    ([(P, "kira (asa)")], [(STONE, "strong"), ("alpha_saga", "medium")]),
    ([(P, "asa kira")], [("alpha_saga", "medium"), (STONE, "strong")]),
    # a short form that is an everyday word
    ([(P, "apple")], []),
    ([(P, "apple, kira stone")], [("alpha_saga", "medium"), (STONE, "strong")]),
    ([(P, "apple, kira moon")], [(MOON, "strong")]),
    ([(P, "kira stone, apple trees")], [(STONE, "strong")]),
    ([(P, "apple (kira stone)")], [("alpha_saga", "medium"), (STONE, "strong")]),
    ([(P, "kira moon apple")], [(MOON, "strong")]),
    ([(P, "apple, alpha saga")], [("alpha_saga", "medium"), ("alpha_saga", "strong")]),
    # names inside longer names
    ([(P, "storm queen")], [("storm_queen", "weak")]),
    ([(P, "storm queen, alpha saga")], [("storm_queen", "medium"), ("alpha_saga", "strong")]),
    ([(P, "a storm queen walks")], []),
    ([(P, "kira stone from beta tales")], [(STONE, "strong"), ("beta_tales", "strong")]),
    # an artist and a character of one name
    ([(P, "vera")], []),
    ([(P, "art by vera")], [("vera_lund", "medium")]),
    ([(N, "vera style")], [("vera_lund", "medium")]),
    ([(P, "vera, beta tales")], [("queen_vera", "medium"), ("beta_tales", "strong")]),
    ([(N, "vera"), (T, "Beta Tales")], [("queen_vera", "medium"), ("beta_tales", "strong")]),
    ([(P, "queen vera, vera")], [("queen_vera", "strong"), ("queen_vera", "medium")]),
    ([(P, "art by vera lund, vera")], [("vera_lund", "strong")]),
    ([(N, "queen vera style")], [("queen_vera", "strong")]),
    # nearly everybody means the better known
    ([(P, "zorinda")], [("zorinda", "strong")]),
    ([(N, "zorinda")], [("zorinda", "strong")]),
    # one in another dress is the same
    ([(P, "lumina arden, lumina arden (swimsuit)")], [("lumina_arden", "strong"), ("lumina_arden", "strong")]),
    ([(P, "lumina arden swimsuit")], [("lumina_arden", "strong")]),
    ([(P, "lumina arden, lumina arden swimsuit")], [("lumina_arden", "strong"), ("lumina_arden", "strong")]),
    # a short name of two
    ([(P, "velkina")], [("velkina_kent", "strong")]),
    ([(P, "velkina kent, velkina")], [("velkina_kent", "strong"), ("velkina_kent", "strong")]),
    ([(P, "velkina dale, velkina")], [("velkina_dale", "strong")]),
    ([(P, "velkina kent, velkina dale")], [("velkina_kent", "strong"), ("velkina_dale", "strong")]),
    ([(N, "orsolan")], [("orsolan_kent", "medium")]),
    # the user's own
    ([(P, "mellow, alpha saga")], [("mellow_fern", "medium"), ("alpha_saga", "strong")]),
    ([(P, "asa, original character")], []),
    ([(P, "asa, oc")], []),
    ([(P, "asa, ocean")], [("alpha_saga", "weak")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "expected"), ROWS, ids=[" | ".join(written for _, written in row[0]) for row in ROWS]
)
def test_who_is_meant(texts: list[tuple[Manner, str]], expected: list[tuple[str, str]]) -> None:
    found = matches(KNOWN, *(text(written, manner) for manner, written in texts))
    assert expected == [(match.subject.id, match.strength) for match in found]


def test_the_order_of_the_texts_of_a_file_changes_nobody() -> None:
    for row, _ in ROWS:
        texts = [text(written, manner) for manner, written in row]
        assert {m.subject.id for m in matches(KNOWN, *texts)} == {
            m.subject.id for m in matches(KNOWN, *reversed(texts))
        }


# ---- no file has a say in another ----------------------------------------------------------------------------------

SOURCES: list[tuple[EvidenceSource, Manner]] = [
    ("prompt", "prompt"), ("negative-prompt", "prompt"), ("lora-name", "name"), ("lora-title", "title"), ("lora-trigger", "prompt"),
    ("lora-training", "prompt"), ("sidecar", "prose"), ("checkpoint-name", "name"),
]  # fmt: skip
WORDS = "orbalon x_style kira vera queen mellow fern stone apple asa alpha saga beta tales velkina orsolan zorinda lumina style by oc , _".split()
TEXTS = st.builds(
    lambda place, group, words: Text(place[0], "", " ".join(words), place[1], group="" if place[0].endswith("prompt") else group),
    st.sampled_from(SOURCES), st.sampled_from(["a", "b"]), st.lists(st.sampled_from(WORDS), min_size=1, max_size=4),
)  # fmt: skip


STYLE = [Text("lora-name", "", "x_style", "name", group="a"), Text("lora-trigger", "", "orbalon", "prompt", group="a")]


@settings(max_examples=300)
@example([STYLE, [Text("lora-trigger", "", "orbalon", "prompt", group="b")]])
@given(st.lists(st.lists(TEXTS, min_size=1, max_size=4), min_size=2, max_size=6))
def test_what_was_read_before_changes_nobody(files: list[list[Text]]) -> None:
    def forget() -> None:
        KNOWN.memo.clear()
        KNOWN.silent.clear()
        KNOWN.bare.clear()

    alone = []
    for texts in files:
        forget()
        alone.append(find_matches(texts, KNOWN))
    forget()
    assert alone == [find_matches(texts, KNOWN) for texts in files]
    assert alone[::-1] == [find_matches(texts, KNOWN) for texts in files[::-1]]


SERIES = watchlist(
    """
[[work]]
id = "lantern"
name = "Lantern Chronicle"
characters = [{ id = "amber_(lantern)", name = "Amber", strength = "weak" }]
[[work]]
id = "lantern_dawn"
name = "Lantern Dawn"
characters = [{ id = "keeper_(lantern)", name = "Keeper", strength = "weak" }]
"""
)


def test_who_names_a_part_of_a_series_speaks_of_the_series() -> None:
    assert [] == [match.subject.id for match in matches(SERIES, "amber, snow")]
    assert ["amber_(lantern)", "lantern_dawn"] == [match.subject.id for match in matches(SERIES, "amber, lantern dawn")]
