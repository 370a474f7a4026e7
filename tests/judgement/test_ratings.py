"""Content ratings, with neutral placeholder terms: rating tags, words for age, and what must not count."""

from __future__ import annotations

import pytest
from rule_cases import model_file, picture

from sdscan.judgement.ratings import GENERAL, TAUGHT, Rating, is_generic_look, rating_of, vocabulary
from sdscan.knowledge.library import Resolved
from sdscan.records import FileFacts, Generation, ModelFacts, Prompt, Resource, Training, Trigger


def rated(facts: FileFacts) -> Rating:
    return rating_of(Resolved(facts, facts.generations))


@pytest.mark.parametrize(
    ("prompt", "content"),
    [
        ("a hill, clouds", "general"),
        ("rating:explicit, a hill", "explicit"),
        ("rating_explicit, a hill", "explicit"),
        ("a hill, nsfw", "explicit"),
        ("a hill, (NSFW:1.2)", "explicit"),
        ("a hill, R-18", "explicit"),
        ("成人向け, 丘", "explicit"),
        ("rating:questionable", "questionable"),
        ("rating:general", "general"),
        ("a hill, (nsfw:0)", "general"),
        ("a hill, -1::nsfw::", "general"),
        ("no nudity, a hill", "general"),
        ("explicit details of the bark", "general"),
        ("nude lipstick, portrait", "general"),
        ("the naked eye, telescope", "general"),
        ("", "general"),
    ],
)
def test_the_rating_follows_the_words_that_count(prompt: str, content: str) -> None:
    assert content == rated(picture(prompt)).content


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("12 years old", ["12 years old"]),
        ("12yo", ["12yo"]),
        ("12 yo", ["12 yo"]),
        ("20歳", []),
        ("a twelve year old", ["twelve year old"]),
        ("aged 9", ["aged 9"]),
        ("age 17", ["age 17"]),
        ("12歳", ["12歳"]),
        ("child, kite", ["child"]),
        ("小学生", ["小学生"]),
        ("18 years old", []),
        ("a 30 year old", []),
        ("steps 12, old house", []),
        ("childhood memory", []),
        ("children's book illustration", []),
        ("no children", []),
        ("inner child", []),
    ],
)
def test_words_for_a_minor_are_found_at_their_place(prompt: str, words: list[str]) -> None:
    text = f"{prompt}, nsfw"
    found = rated(picture(text)).of("minor")
    assert words == [item.text for item in found]
    assert all(item.text == text[item.start : item.end] for item in found)


def test_the_negative_prompt_says_nothing_about_what_is_shown() -> None:
    assert GENERAL == rated(picture("a hill", negative="nsfw, child"))


def test_a_lora_that_is_used_names_its_subject_and_one_that_is_not_does_not() -> None:
    used, muted = Resource("lora", "nsfw_helper"), Resource("lora", "nsfw_helper", state="unused")
    assert ["explicit", "general"] == [rated(picture("a hill", lora)).content for lora in (used, muted)]


def test_a_model_is_rated_by_what_most_captions_say() -> None:
    often = ModelFacts("lora", training=Training(tags=(("nsfw", 0.6),)))
    seldom = ModelFacts("lora", training=Training(tags=(("nsfw", 0.1),)))
    declared = ModelFacts("lora", triggers=(Trigger("nsfw", "declared"),))
    assert ["explicit", "general", "explicit"] == [
        rated(model_file(model)).content for model in (often, seldom, declared)
    ]


def test_captions_and_titles_count_as_well() -> None:
    from sdscan.records import ModelText

    described = picture("a hill", texts=(ModelText("xmp", "nsfw", "png:xmp/description"),))
    assert ["explicit", "explicit"] == [
        rated(facts).content for facts in (described, model_file(ModelFacts("lora", title="nsfw")))
    ]


def test_themes_are_named_once_each_and_sorted() -> None:
    assert ("bestiality", "incest") == rated(picture("incest, bestiality, incest")).themes
    assert () == rated(picture("a field of rape blossoms")).themes


@pytest.mark.parametrize(
    ("name", "generic"),
    [
        ("watercolor", True),
        ("soft_lineart_v2", True),
        ("XL flat color", True),
        ("wano", False),
        ("somebodys watercolor", False),
        ("", True),
    ],
)
def test_a_plain_look_is_nobodys_style(name: str, generic: bool) -> None:
    assert generic == is_generic_look(name)


def test_every_term_of_the_vocabulary_can_be_found() -> None:
    known = vocabulary()
    for entries in known.first.values():
        for parts, what in entries:
            if what not in ("harmless", "school", "pupil", "concealed"):
                assert what in {sign.what for sign in rated(picture(" ".join(parts))).signs}, parts
    for term, what in known.cjk:
        if what not in ("school", "pupil"):
            assert what in {sign.what for sign in rated(picture(term)).signs}, term


def test_a_long_prompt_is_rated_in_linear_time() -> None:
    assert "explicit" == rated(picture("a hill, " * 60_000 + "nsfw")).content


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("1yo", ["1yo"]), ("17yo", ["17yo"]), ("18yo", []), ("0yo", []), ("17 years old", ["17 years old"]), ("18 years old", []),
        ("aged 1", ["aged 1"]), ("aged 18", []), ("age 0", []), ("twelve year old", ["twelve year old"]), ("17 yo", ["17 yo"]), ("117 yo", []),
        ("１７歳", ["１７歳"]), ("18歳", []), ("1歳", ["1歳"]), ("0歳", []), ("not old, 12 years", []),
    ],
)  # fmt: skip
def test_ages_count_from_one_to_seventeen(prompt: str, words: list[str]) -> None:
    assert words == [sign.evidence.text for sign in rated(picture(prompt)).signs if sign.what == "minor"]


def test_each_sign_says_in_what_kind_of_text_it_stands() -> None:
    told = (
        Trigger("nsfw", "declared", None, "x"),
        Trigger("nudity", "statistical", TAUGHT, "y"),
        Trigger("nude", "statistical", TAUGHT - 0.01, "z"),
    )
    model = ModelFacts(
        title="nsfw pack", triggers=told, training=Training(tags=(("nsfw", TAUGHT), ("nude", TAUGHT - 0.01)))
    )
    signs = rated(model_file(model)).signs
    places = [(sign.evidence.source, sign.evidence.locator) for sign in signs if sign.what == "explicit"]
    assert [("lora-title", "modelspec.title"), ("lora-trigger", "x"), ("lora-trigger", "y"), ("lora-training", "ss_tag_frequency")] == places  # fmt: skip


def test_prompts_templates_and_names_of_models_tell_each_as_what_it_is() -> None:
    generation = Generation(
        "a1111", "x",
        prompts=(Prompt("positive", "nsfw", "p"), Prompt("template", "(nsfw:0.5)", "t"), Prompt("negative", "nsfw", "n"), Prompt("positive", "nsfw", "u", "unused")),
        resources=(
            Resource("lora", "nsfw pack", locator="l"), Resource("embedding", "nsfw", locator="e"), Resource("lora", "nsfw", locator="z", weight=0.0),
            Resource("checkpoint", "nsfw", locator="c"), Resource("lora", "nsfw", locator="o", state="unused"),
        ),
    )  # fmt: skip
    signs = rated(FileFacts("png", "scanned", generations=(generation,))).signs
    assert [("prompt", "p", 1.0), ("template", "t", 0.5), ("lora-name", "l", 1.0), ("embedding-name", "e", 1.0)] == [
        (sign.evidence.source, sign.evidence.locator, sign.evidence.weight) for sign in signs
    ]
    assert {"used"} == {sign.evidence.state for sign in signs}
