"""Weights of prompts that are made, not picked: brackets in brackets, over every separator."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from sdscan.judgement.prompts import emphasis, parse_prompt
from tests import strategies as s


@settings(max_examples=100)
@given(s.prompts())
def test_every_word_has_the_weight_of_all_its_brackets(prompt: s.Weighed) -> None:
    stress = emphasis(prompt.text)
    phrases = [phrase for phrase in parse_prompt(prompt.text) if "word" in phrase.text]
    assert len(prompt.weights) == len(phrases)
    for (word, weight), phrase in zip(prompt.weights, phrases):
        assert word in phrase.text
        assert weight == pytest.approx(stress.at(prompt.text.index(word))[0], abs=0.006)
        assert weight == pytest.approx(phrase.weight, abs=0.006)
