"""Prompt grammar: phrases, weights through nesting, and time that grows with the length only."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdscan.judgement.prompts import emphasis, parse_prompt, phrase_spans

CUTS = [
    ("1girl, hatsune miku, smile", ["1girl", "hatsune miku", "smile"]),
    ("1girl，初音ミク、smile", ["1girl", "初音ミク", "smile"]),
    ("amber\nheard", ["amber", "heard"]),
    ("a cat AND a dog BREAK sky ADDCOMM sea", ["a cat", "a dog", "sky", "sea"]),
    ("sANDy BREAKfast ANDroid", ["sANDy BREAKfast ANDroid"]),
    ("miku <lora:miku, v2:0.8> rin", ["miku", "rin"]),
    ("<lyco:x:1:0.5>, <hypernet:y:1>, z", ["z"]),
    ("[hatsune miku|kagamine rin]", ["[hatsune miku", "kagamine rin]"]),
    ("{2$$a|b|c}", ["{", "a", "b", "c}"]),
    ("(best)(amber)(heard)", ["(best", "amber", "heard)"]),
    ("rem \\(re:zero\\) \\(x\\)", ["rem \\(re:zero\\) \\(x\\)"]),
    ("A girl stands. Amber light falls.", ["A girl stands", "Amber light falls"]),
    ("Dr. Stone, Mr. Satan", ["Dr. Stone", "Mr. Satan"]),
    ("Steins;Gate; sky", ["Steins;Gate", "sky"]),
    ("__hair/color__ hair", ["hair"]),
    ("a [SEP] b [PROMPT] c", ["a", "b", "c"]),
    ("", []),
    (" , ,, ", []),
]


@pytest.mark.parametrize(("prompt", "expected"), CUTS, ids=[repr(row[0]) for row in CUTS])
def test_a_prompt_is_cut_at_its_borders(prompt: str, expected: list[str]) -> None:
    assert expected == [phrase.text for phrase in parse_prompt(prompt)]


WEIGHTS = [
    ("(miku:1.2)", 1.2),
    ("(miku)", 1.1),
    ("((miku))", 1.21),
    ("[miku]", 0.9091),
    ("{miku}", 1.05),
    ("{{miku}}", 1.1025),
    ("(a, (miku:1.5):0.5)", 0.75),
    ("(miku:-1)", -1.0),
    ("(miku:.5)", 0.5),
    ("(miku: 0.8 )", 0.8),
    ("1.3::miku::", 1.3),
    ("1.3::a, miku::", 1.3),
    ("-2::miku::", -2.0),
    ("0.5::a:: miku", 1.0),
    ("\\(miku\\)", 1.0),
    ("(unclosed, miku", 1.1),
    ("unopened), miku", 1.0),
    ("[miku:rin:0.5]", 1.0),
    ("[miku|rin]", 1.0),
    ("(a:1.2), miku", 1.0),
    ("re:zero miku", 1.0),
]


@pytest.mark.parametrize(("prompt", "expected"), WEIGHTS, ids=[row[0] for row in WEIGHTS])
def test_weights_multiply_through_nesting(prompt: str, expected: float) -> None:
    at = prompt.index("miku")
    assert expected == emphasis(prompt).at(at)[0]


def test_an_alternative_of_braces_may_not_have_been_drawn() -> None:
    assert ["possible", "possible", "used", "used"] == [
        phrase.state for phrase in parse_prompt("{miku|rin}, [luka|meiko]")
    ]


def test_a_phrase_is_weighed_inside_its_brackets() -> None:
    assert [1.0, 1.2] == [phrase.weight for phrase in parse_prompt("1girl, (hatsune miku:1.2)")]


@given(st.text(alphabet="ab ,()[]{}|:\\<>.1_\nAND", max_size=80))
def test_phrases_lie_in_the_text_in_order_without_overlap(prompt: str) -> None:
    last = 0
    for phrase in parse_prompt(prompt):
        assert last <= phrase.start < phrase.end <= len(prompt)
        assert prompt[phrase.start : phrase.end] == phrase.text == phrase.text.strip()
        last = phrase.end


HOSTILE = [
    "(",
    "<a:",
    "__a",
    "1.1::",
    "[a|",
    ". a",
    "{|",
    "\\(",
    ":1",
    ": ",
    "a(b:1.1)",
    "AND",
    "1$$",
    "::",
    "([{",
    "<lora:a",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_prompts_cost_time_that_grows_with_their_length_only(piece: str) -> None:
    def cost(count: int) -> float:
        prompt = piece * count
        begin = time.process_time()
        parse_prompt(prompt)
        return time.process_time() - begin

    small, large = min(cost(4_000) for _ in range(3)), cost(64_000)
    assert large < max(1.0, 64 * small)


def test_spans_leave_blanks_out() -> None:
    assert [(1, 2), (5, 8)] == phrase_spans(" a ,  b c".replace("  b c", " b c"))
