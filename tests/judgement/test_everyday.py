"""The built-in packs over everyday prompts: ordinary words name nobody, and the same words beside their work do."""

from __future__ import annotations

from pathlib import Path

import pytest

from sdscan.judgement.matching import find_matches
from sdscan.judgement.texts import Manner, Text
from sdscan.knowledge.watchlists import Watchlist, load_watchlist
from tests.judgement.everyday import MODELS, NAMED, NAMED_MODELS, PROMPTS, WORDS

FRAMES = ("1girl, solo, {}, looking at viewer, outdoors", "a photo of a {} on a wooden table", "masterpiece, {}")


@pytest.fixture(scope="module")
def builtin(tmp_path_factory: pytest.TempPathFactory) -> Watchlist:
    return load_watchlist(cache_dir=Path(tmp_path_factory.mktemp("cache")))


def named(text: str, watchlist: Watchlist, manner: Manner = "prompt") -> set[str]:
    """Ids that count: medium or strong."""
    source = "prompt" if manner == "prompt" else "lora-name"
    matches = find_matches([Text(source, "here", text, manner)], watchlist)
    return {match.subject.id for match in matches if match.strength != "weak"}


def test_everyday_prompts_name_nobody(builtin: Watchlist) -> None:
    assert len(PROMPTS) >= 300
    assert {} == {prompt: found for prompt in PROMPTS if (found := named(prompt, builtin))}


def test_everyday_words_in_a_prompt_or_as_the_name_of_a_model_name_nobody(builtin: Watchlist) -> None:
    prompts = {frame.format(word) for word in WORDS for frame in FRAMES}
    assert {} == {prompt: found for prompt in prompts if (found := named(prompt, builtin))}
    assert {} == {word: found for word in WORDS if (found := named(f"{word}_v2", builtin, "name"))}


def test_names_of_everyday_models_name_nobody(builtin: Watchlist) -> None:
    assert {} == {name: found for name in MODELS if (found := named(name, builtin, "name"))}


def test_the_counterparts_are_found(builtin: Watchlist) -> None:
    assert [] == [(prompt, entry) for prompt, entry in NAMED if entry not in named(prompt, builtin)]
    assert [] == [(name, entry) for name, entry in NAMED_MODELS if entry not in named(name, builtin, "name")]


WEAK = [
    ("woman wearing a supergirl costume, night", "supergirl"),
    ("a man dressed as indiana jones", "indiana_jones"),
    ("pikachu plush on a bed", "pikachu"),
    ("batman t-shirt, jeans", "batman"),
    ("girl in hatsune miku cosplay outfit", "hatsune_miku"),
]


@pytest.mark.parametrize(("prompt", "entry"), WEAK)
def test_a_costume_or_thing_of_a_character_is_weak(prompt: str, entry: str, builtin: Watchlist) -> None:
    matches = find_matches([Text("prompt", "here", prompt)], builtin)
    assert [(entry, "weak")] == [(match.subject.id, match.strength) for match in matches]


def test_the_mood_of_a_work_is_its_look(builtin: Watchlist) -> None:
    for prompt in ("knight, final fantasy xiv setting", "room with star wars theme", "star trek themed bar"):
        (match,) = find_matches([Text("prompt", "here", prompt)], builtin)
        assert match.style


def test_a_plain_word_beside_a_sibling_is_nobody(builtin: Watchlist) -> None:
    assert {"hatsune_miku"} == named("hatsune miku, flower, rain", builtin)
    assert {"hatsune_miku", "vocaloid"} == named("hatsune miku (vocaloid), flower", builtin)
    assert "may_(pokemon)" in named("pokemon, may", builtin)
