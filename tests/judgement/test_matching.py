"""Which names count, how surely, and where: the rules of strength, over a small watchlist."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdscan.judgement.matching import find_matches, style_marker
from sdscan.judgement.texts import Text
from tests.small_watchlist import found, matches, text, watchlist

KNOWN = watchlist()

PROMPTS: list[tuple[str, dict[str, str]]] = [
    # anywhere
    ("1girl, hatsune miku, smile", {"hatsune_miku": "strong"}),
    ("a photo of hatsune miku on a stage", {"hatsune_miku": "strong"}),
    ("Hatsune_Miku", {"hatsune_miku": "strong"}),
    ("miku hatsune", {"hatsune_miku": "strong"}),
    ("by matsunaga koyo", {"matsunaga_kouyou": "strong"}),
    ("hatsunemiku", {"hatsune_miku": "strong"}),
    ("(hatsune miku:1.2)", {"hatsune_miku": "strong"}),
    ("((hatsune)) miku", {"hatsune_miku": "strong"}),
    ("hatsune miku \\(cosplay\\)", {"hatsune_miku": "strong"}),
    ("ganyu", {"ganyu_(genshin_impact)": "strong"}),
    ("a painting of ganyu in the snow", {"ganyu_(genshin_impact)": "medium"}),
    ("ganyu \\(genshin impact\\)", {"ganyu_(genshin_impact)": "strong"}),
    # in other scripts
    ("初音ミクのイラスト", {"hatsune_miku": "strong"}),
    ("初音 ミク", {"hatsune_miku": "strong"}),
    ("하츠네 미쿠", {"hatsune_miku": "strong"}),
    ("原神甘雨", {"genshin_impact": "medium", "ganyu_(genshin_impact)": "medium"}),
    ("ミクロの世界", {}),
    # ordinary words and given names: beside their work only
    ("power, 1girl", {}),
    ("power, chainsaw man", {"power_(chainsaw_man)": "medium", "chainsaw_man": "strong"}),
    ("power \\(chainsaw man\\)", {"power_(chainsaw_man)": "strong"}),
    ("power from chainsaw man", {"power_(chainsaw_man)": "strong", "chainsaw_man": "strong"}),
    ("power \\(csm\\)", {"power_(chainsaw_man)": "strong", "chainsaw_man": "medium"}),
    ("full of power, makima", {"makima_(chainsaw_man)": "strong"}),
    ("power, makima", {"makima_(chainsaw_man)": "strong"}),
    ("amber eyes, genshin impact", {"genshin_impact": "strong"}),
    ("amber, genshin impact", {"amber_(genshin_impact)": "medium", "genshin_impact": "strong"}),
    ("amber, chainsaw man", {"chainsaw_man": "strong"}),
    ("rem \\(re:zero\\)", {"rem_(re:zero)": "strong"}),
    # never across a border
    ("hatsune, miku", {"hatsune_miku": "weak"}),
    ("greg, rutkowski style", {"greg_rutkowski": "strong"}),
    ("matsumoto\nrangiku", {"matsumoto_rangiku": "weak"}),
    # the longest name wins
    ("haruno sakura", {"haruno_sakura": "strong"}),
    ("haruno sakura, sakura, naruto", {"haruno_sakura": "strong", "naruto_(series)": "medium"}),
    # ordinary words that are titles
    ("one piece swimsuit", {}),
    ("one piece", {"one_piece": "weak"}),
    ("monkey d. luffy, one piece", {"monkey_d._luffy": "strong", "one_piece": "medium"}),
    ("bleached hair, bleach", {"bleach": "weak"}),
    ("bleach, rangiku", {"bleach": "weak", "matsumoto_rangiku": "medium"}),
    # a part of a series answers to the series
    ("robin, fire emblem", {"robin_(fire_emblem)": "medium", "fire_emblem": "strong"}),
    ("robin, lucina", {"robin_(fire_emblem)": "medium", "lucina_(fire_emblem)": "strong"}),
    ("robin on a branch, bird", {}),
    # artists
    ("art by greg rutkowski", {"greg_rutkowski": "strong"}),
    ("greg rutkowski", {"greg_rutkowski": "strong"}),
    ("by greg rutkowski and artgerm and alphonse mucha", {"greg_rutkowski": "strong", "stanley_lau": "medium", "alphonse_mucha": "strong"}),
    ("artgerm", {"stanley_lau": "medium"}),
    ("a girl that artgerm would like", {}),
    ("artist:artgerm", {"stanley_lau": "strong"}),
    ("@artgerm", {"stanley_lau": "strong"}),
    ("in the style of artgerm", {"stanley_lau": "strong"}),
    ("artgerm style", {"stanley_lau": "strong"}),
    ("(artist:artgerm:0.8)", {"stanley_lau": "strong"}),
    ("by lee jeffries", {}),
    ("ink painting", {}),
    ("in the style of ink painting", {}),
    ("by ink", {}),
    ("artist:ink", {"ink_(someone)": "medium"}),
    ("by candlelight with a book", {}),
    ("in the style of liquid chrome", {}),
    # studios and styles
    ("studio ghibli", {"studio_ghibli": "medium"}),
    ("in the style of studio ghibli", {"studio_ghibli": "strong"}),
    ("ghibli style castle", {"studio_ghibli": "strong"}),
    ("studio ghibli made a film about a castle once", {}),
    ("disney style", {"disney_style": "medium"}),
    ("a day at disney", {}),
    # people
    ("emma watson", {"emma_watson": "strong"}),
    ("emma, watson", {}),
    ("a portrait of Emma Watson in a library", {"emma_watson": "strong"}),
    # names inside words
    ("pixart, ltx-video-2b, gmikusan", {}),
    ("", {}),
]  # fmt: skip


@pytest.mark.parametrize(("prompt", "expected"), PROMPTS, ids=[row[0] for row in PROMPTS])
def test_a_prompt_names(prompt: str, expected: dict[str, str]) -> None:
    assert expected == found(KNOWN, prompt)


NAMES: list[tuple[str, dict[str, str]]] = [
    ("HatsuneMiku_v2", {"hatsune_miku": "strong"}),
    ("hatsunemikuv2-000010", {"hatsune_miku": "strong"}),
    ("mikuHatsuneLora", {"hatsune_miku": "strong"}),
    ("ganyuv3", {"ganyu_(genshin_impact)": "strong"}),
    ("ganyu_fancy_dress", {"ganyu_(genshin_impact)": "medium"}),
    ("csm_power-13", {"power_(chainsaw_man)": "strong", "chainsaw_man": "medium"}),
    ("power_v1", {}),
    ("KrekkovStyle", {"krekkov": "strong"}),
    ("krekkovstyle-10", {"krekkov": "strong"}),
    ("MatsunagaKouyouStyle_v1", {"matsunaga_kouyou": "strong"}),
    ("matsunaga-koyo-style", {"matsunaga_kouyou": "strong"}),
    ("KoyoMatsunaga", {"matsunaga_kouyou": "strong"}),
    ("rangiku-10", {"matsumoto_rangiku": "medium"}),
    ("xyz_rangiku", {"matsumoto_rangiku": "medium"}),
    ("OnePiece_v1", {"one_piece": "medium"}),
    ("one_piece_swimsuit", {}),
    ("bleach-lora", {"bleach": "medium"}),
    ("bleached_hair", {}),
    ("artgerm_v2", {"stanley_lau": "medium"}),
    ("artgermStyle_v2", {"stanley_lau": "strong"}),
    ("ghibli_style_offset", {"studio_ghibli": "strong"}),
    ("GregRutkowski", {"greg_rutkowski": "strong"}),
    ("甘雨_v2", {"ganyu_(genshin_impact)": "medium"}),
    ("shirt-and-tie-v4", {}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), NAMES, ids=[row[0] for row in NAMES])
def test_the_name_of_a_lora_names(name: str, expected: dict[str, str]) -> None:
    assert expected == found(KNOWN, text(name, "name"))


TITLES: list[tuple[str, dict[str, str]]] = [
    ("Power | Chainsaw Man [LoRA]", {"power_(chainsaw_man)": "medium", "chainsaw_man": "strong"}),
    ("Amber (Genshin Impact) LoRA", {"amber_(genshin_impact)": "medium", "genshin_impact": "strong"}),
    ("Rem レム / Re:Zero", {"rem_(re:zero)": "medium", "re:zero_kara_hajimeru_isekai_seikatsu": "strong"}),
    ("Rangiku Matsumoto - Bleach", {"matsumoto_rangiku": "strong", "bleach": "medium"}),
    ("原神-甘雨 Genshin Impact", {"genshin_impact": "strong", "ganyu_(genshin_impact)": "medium"}),
    ("Power armor and red hair", {}),
]  # fmt: skip


@pytest.mark.parametrize(("title", "expected"), TITLES, ids=[row[0] for row in TITLES])
def test_the_title_of_a_model_names(title: str, expected: dict[str, str]) -> None:
    assert expected == found(KNOWN, text(title, "title"))


def test_the_work_may_stand_in_another_text_of_the_file() -> None:
    assert "power_(chainsaw_man)" in found(KNOWN, "power, 1girl", text("chainsaw_man_v2", "name"))
    assert "power_(chainsaw_man)" in found(KNOWN, text("power", "name"), text("Power - Chainsaw Man", "title"))


def test_a_work_in_a_negative_prompt_helps_nobody() -> None:
    assert {"chainsaw_man": "strong"} == found(KNOWN, "power, 1girl", text("chainsaw man", source="negative-prompt"))


def test_a_name_in_a_negative_prompt_says_so() -> None:
    (match,) = matches(KNOWN, "1girl", text("hatsune miku", source="negative-prompt"))
    assert "negative-prompt" == match.evidence.source


def test_a_description_names_only_weakly() -> None:
    assert {"hatsune_miku": "weak"} == found(KNOWN, text("Goes well with my LoRA of Hatsune Miku and ganyu.", "prose"))


def test_a_template_names_only_weakly() -> None:
    assert {"hatsune_miku": "weak"} == found(KNOWN, text("{hatsune miku|nobody}", source="template"))


def test_an_alternative_that_may_not_have_been_drawn_is_not_strong() -> None:
    (match,) = matches(KNOWN, "{hatsune miku|somebody}")
    assert ("medium", "possible") == (match.strength, match.evidence.state)


def test_a_name_at_no_weight_was_not_used() -> None:
    for prompt in ("(hatsune miku:0)", "(hatsune miku:-1.2)", "-1::hatsune miku::"):
        (match,) = matches(KNOWN, prompt)
        assert "unused" == match.evidence.state


def test_an_original_character_is_no_given_name_of_others() -> None:
    assert {"matsumoto_rangiku": "weak"} == found(KNOWN, "rangiku")
    assert {} == found(KNOWN, "rangiku, original character")


def test_a_given_name_in_the_name_of_a_style_is_nobody() -> None:
    assert {} == found(KNOWN, text("rangiku", "name"), text("Rangiku art style", "title"))


def test_a_given_name_beside_another_work_is_nobody_in_particular() -> None:
    assert {"genshin_impact": "strong", "matsumoto_rangiku": "weak"} == found(
        KNOWN, text("rangiku", "name"), text("Genshin Impact", "title")
    )


EVIDENCE = [
    ("1girl, (hatsune miku:1.2), <lora:x:1>", "hatsune miku", 1.2),
    ("1girl, (rem \\(re:zero\\):0.9)", "rem \\(re:zero\\)", 0.9),
    ("初音 ミクの絵", "初音 ミク", 1.0),
    ("a, ＨＡＴＳＵＮＥ　Ｍｉｋｕ", "ＨＡＴＳＵＮＥ　Ｍｉｋｕ", 1.0),
    ("x\n1.3::Hatsune_Miku::", "Hatsune_Miku", 1.3),
]


@pytest.mark.parametrize(("prompt", "written", "weight"), EVIDENCE, ids=[row[0] for row in EVIDENCE])
def test_evidence_points_into_the_text_as_written(prompt: str, written: str, weight: float) -> None:
    (match,) = matches(KNOWN, prompt)
    evidence = match.evidence
    assert (written, weight) == (evidence.text, evidence.weight)
    assert written == prompt[evidence.start : evidence.end]


def test_evidence_of_a_model_points_from_where_its_text_begins() -> None:
    (match,) = find_matches([Text("lora-name", "there", "hatsune_miku_v2", "name", 0.7, offset=20)], KNOWN)
    assert (20, 32, 0.7, "there") == (
        match.evidence.start,
        match.evidence.end,
        match.evidence.weight,
        match.evidence.locator,
    )
    (match,) = find_matches([Text("lora-training", "there", "hatsune miku", offset=None)], KNOWN)
    assert (None, None, "medium") == (match.evidence.start, match.evidence.end, match.strength)


def test_a_doubtful_model_gives_no_strong_match() -> None:
    (match,) = find_matches([Text("lora-title", "title", "Hatsune Miku", "title", certainty=0.4)], KNOWN)
    assert "medium" == match.strength


def test_an_artist_a_studio_and_a_marked_work_are_named_as_styles() -> None:
    assert [True] == [match.style for match in matches(KNOWN, "by greg rutkowski")]
    assert [True] == [match.style for match in matches(KNOWN, "genshin impact style")]
    assert [False] == [match.style for match in matches(KNOWN, "genshin impact")]
    assert [False] == [match.style for match in matches(KNOWN, "hatsune miku")]


MARKERS = [
    ("KanekoStyle_v1", "Style"),
    ("ghibli_style_offset", "style"),
    ("wanostyle_2_offset", "wanostyle"),
    ("Krekkov Style LoRA", "Style"),
    ("Waero - Artist Style", "Artist"),
    ("某某画风", "画风"),
    ("hairstyle_bob", None),
    ("freestyle skiing", None),
    ("lifestyle photo", None),
    ("miku_v2", None),
]


@pytest.mark.parametrize(("name", "expected"), MARKERS, ids=[row[0] for row in MARKERS])
def test_a_name_says_that_it_is_a_style(name: str, expected: str | None) -> None:
    span = style_marker(name)
    assert expected == (name[span[0] : span[1]] if span else None)


def test_memory_changes_no_answer() -> None:
    fresh = [found(watchlist(), prompt) for prompt, _ in PROMPTS[:20]]
    used = watchlist()
    for _ in range(2):
        assert fresh == [found(used, prompt) for prompt, _ in PROMPTS[:20]]


@given(
    st.lists(
        st.sampled_from(
            [
                "hatsune",
                "miku",
                "by",
                "artgerm",
                "power",
                "chainsaw",
                "man",
                ",",
                "(",
                ")",
                "初音",
                "ミク",
                "\\(",
                "|",
                "style",
                "ganyu",
                ":1.2)",
                "<lora:x:1>",
                "@",
            ]
        ),
        max_size=12,
    )
)
def test_every_match_points_at_its_text(pieces: list[str]) -> None:
    prompt = " ".join(pieces)
    for match in matches(KNOWN, prompt):
        evidence = match.evidence
        assert evidence.text == prompt[evidence.start : evidence.end]


HOSTILE = [
    "hatsune miku ",
    "power chainsaw man ",
    "by artgerm and ",
    "初音ミク",
    "miku,",
    "(hatsune miku:1.1)",
    "re zero ",
    "one piece one ",
    "A",
    "\\(",
    "ミ",
]


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("manner", ["prompt", "name"])
def test_hostile_texts_cost_time_that_grows_with_their_length_only(piece: str, manner: str) -> None:
    def cost(count: int) -> float:
        known = watchlist()
        one = text(piece * count, "name" if manner == "name" else "prompt")
        begin = time.process_time()
        find_matches([one], known)
        return time.process_time() - begin

    small, large = cost(200), cost(3_200)
    assert large < max(2.0, 50 * small)
