"""Verdicts: reasons in order, what lowers them and what does not, and the seed cases against the packs that ship."""

from __future__ import annotations

import functools
from typing import Any

import pytest
from msgspec.structs import replace
from rule_cases import POLICIES, TODAY, Names, findings_of, judged, knowledge, match, no_data, picture, platform, rule

from sdscan.judgement.reasons import lenient
from sdscan.judgement.verdicts import _in_order
from sdscan.knowledge import Knowledge
from sdscan.knowledge.library import Library
from sdscan.knowledge.policies import PlatformRule, Policies, load_policies
from sdscan.knowledge.statements import Declare, Statements
from sdscan.knowledge.watchlists.entries import Entry
from sdscan.records import (
    VERDICTS,
    Evidence,
    FileFacts,
    FileResult,
    Match,
    ModelFacts,
    Reason,
    ResolvedFile,
    Resource,
    Subject,
)

TRACED = Statements(declare=(Declare(("**",), "hand-traced", "drawn over", TODAY),))


# ---- made-up platforms -----------------------------------------------------------------------------------------------


def test_the_strictest_reason_comes_first_and_gives_the_verdict() -> None:
    result = judged(picture("strict hero, nsfw"), match("strict_hero"), known=knowledge("posting"))
    order = [VERDICTS.index(reason.verdict) for reason in result.reasons]
    assert order == sorted(order, reverse=True)
    assert {"posting": "block"} == result.verdicts
    assert ("enforced", "2026-01-01", "page") == (
        result.reasons[0].basis,
        result.reasons[0].date,
        result.reasons[0].source,
    )


def test_platforms_keep_the_order_in_which_they_were_asked() -> None:
    result = judged(picture(), match("plain_hero"), known=knowledge("stock", "general", "posting"))
    assert ["stock", "general", "posting"] == list(result.verdicts)
    assert ["stock", "general", "posting"] == list(dict.fromkeys(reason.platform for reason in result.reasons))


def test_no_sentence_stands_twice_for_a_platform() -> None:
    result = judged(picture(), match("plain_hero"), match("free_hero"), known=knowledge("general"))
    texts = [reason.text for reason in result.reasons]
    assert len(texts) == len(set(texts))


def test_a_generated_picture_owes_the_mark_even_without_findings() -> None:
    result = judged(picture(), known=knowledge("general"))
    assert ((), {"general": "label"}, ["Mark it."]) == (
        result.findings,
        result.verdicts,
        [r.next_step for r in result.reasons],
    )


def test_a_mark_in_the_file_is_enough_where_the_platform_reads_it_from_there() -> None:
    from sdscan.records import Disclosure

    marked = picture(disclosure=Disclosure(iptc="trainedAlgorithmicMedia"))
    assert {"stock": "remind", "posting": "label"} == judged(marked, known=knowledge("stock", "posting")).verdicts


def test_a_platform_that_refuses_ai_blocks_every_picture() -> None:
    assert {"refusing": "block"} == judged(picture(), known=knowledge("refusing")).verdicts


def test_a_rule_past_its_review_date_says_so() -> None:
    reasons = judged(picture(), match("plain_hero"), known=knowledge("aged")).reasons
    assert any("(due to be checked again since 2026-06-01)" in reason.text for reason in reasons)


def test_background_knowledge_says_so() -> None:
    reasons = judged(picture(), match("plain_hero"), known=knowledge("unsourced")).reasons
    assert any("(from background knowledge; no page at hand says so)" in reason.text for reason in reasons)


def test_a_finding_that_is_set_aside_keeps_its_verdict_and_does_not_count() -> None:
    from sdscan.knowledge.statements import Allow

    allowed = Statements(allow=(Allow("SD101", "fine", "plain_hero", expires=TODAY),))
    result = judged(picture(), match("plain_hero"), known=knowledge("general", statements=allowed))
    assert ({"general": "review"}, {"general": "label"}, None) == (
        result.findings[0].verdicts,
        result.verdicts,
        result.severity,
    )


@pytest.mark.parametrize(
    ("platform", "plain", "traced"),
    [("general", "review", "remind"), ("stock", "block", "review"), ("tracing", "block", "block")],
)
def test_hand_traced_lowers_one_step_but_never_where_ai_or_traced_pictures_are_refused(
    platform: str, plain: str, traced: str
) -> None:
    before = judged(picture(), match("plain_hero"), known=knowledge(platform))
    after = judged(picture(), match("plain_hero"), known=knowledge(platform, statements=TRACED))
    assert (plain, traced) == tuple(findings_of(result, "SD101")[0].verdicts[platform] for result in (before, after))


def test_hand_traced_changes_nothing_about_a_platform_that_refuses_ai() -> None:
    assert {"refusing": "block"} == judged(picture(), known=knowledge("refusing", statements=TRACED)).verdicts


def test_explicit_pictures_are_blocked_where_none_are_shown() -> None:
    assert {"stock": "block", "silent": "ok"} == judged(picture("nsfw"), known=knowledge("stock", "silent")).verdicts


def test_a_platform_that_wants_generation_data_kept_says_so() -> None:
    assert {"schoolwise": "info"} == judged(picture(), known=knowledge("schoolwise")).verdicts


def test_a_file_that_could_not_be_read_is_for_a_person_to_look_at() -> None:
    result = judged(FileFacts("png", "unreadable", "ends inside a chunk"))
    assert {"general": "review"} == result.verdicts


def test_commercial_use_is_told_to_the_platform_that_sells_alone() -> None:
    result = judged(picture(), match("strict_hero"), known=knowledge("posting", "selling"))
    about = [reason.platform for reason in result.reasons if "forbids commercial use" in reason.text]
    assert ["selling"] == about


def test_the_more_lenient_of_two_verdicts() -> None:
    assert "label" == lenient("label", "block") == lenient("block", "label")


def place(*rules: PlatformRule, **more: Any) -> Knowledge:
    """Knowledge of one platform with these rules."""
    known = knowledge("own")
    own = platform("own", "posting", "labelled", *rules, **more)
    return replace(known, policies=Policies((), {"own": own}, POLICIES.works, ()))


@pytest.mark.parametrize(
    ("only_if", "prompt", "sells", "verdict"),
    [
        ("", "a hill", False, "block"),
        ("adult", "a hill", False, "review"),
        ("adult", "a hill, nsfw", False, "block"),
        ("photoreal", "a hill", False, "review"),
        ("photoreal", "photo of a hill", False, "block"),
        ("sold", "a hill", False, "review"),
        ("sold", "a hill", True, "block"),
        ("live", "a hill", False, "review"),
    ],
)
def test_a_rule_counts_in_full_where_its_condition_holds(only_if: str, prompt: str, sells: bool, verdict: str) -> None:
    known = place(rule("style_imitation", "block", only_if=only_if), sells=sells)
    result = judged(picture(prompt), match("living_artist", "lora-name"), known=known)
    assert verdict == findings_of(result, "SD202")[0].verdicts["own"]


def test_rules_on_adult_pictures_count_where_the_picture_is_one() -> None:
    known = place(rule("adult", "label"), rule("ai_tool_access", "block"))
    assert {"own": "ok"} == judged(picture(tool="comfyui"), known=known).verdicts
    adult = judged(picture("nsfw", tool="comfyui"), known=known)
    assert ["label", "remind"] == [reason.verdict for reason in adult.reasons]


def test_a_photograph_of_a_minor_is_told_where_a_platform_has_a_rule_on_it() -> None:
    known = place(rule("minor_photoreal", "block"))
    prompts = ("child, kite, photo", "child, kite, watercolor", "a hill, photo")
    assert ["block", "ok", "ok"] == [judged(picture(prompt), known=known).verdicts["own"] for prompt in prompts]


def test_a_refusal_without_a_rule_of_its_own_still_blocks() -> None:
    result = judged(
        picture(), known=replace(place(), policies=Policies((), {"own": platform("own", "stock", "no")}, {}, ()))
    )
    assert ({"own": "block"}, "SD607: Its stance.") == (result.verdicts, result.reasons[0].text)


@pytest.mark.parametrize(("effect", "severity"), [("block", "medium"), ("review", "low")])
def test_limits_on_ai_pictures_are_told_with_the_stance(effect: str, severity: str) -> None:
    known = replace(
        place(), policies=Policies((), {"own": platform("own", "selling", "limited", rule("ai_any", effect))}, {}, ())
    )
    result = judged(picture(), known=known)
    assert (severity, {"own": effect}) == (findings_of(result, "SD607")[0].severity, result.verdicts)


# ---- the seed cases against the packs that ship ------------------------------------------------------------------------


@functools.cache
def packs() -> Policies:
    return load_policies()


class Seeds(Names):
    """The names of the seed cases."""

    packs = ()

    def entry(self, subject_id: str) -> Entry | None:
        known = {
            "gold_ship_(umamusume)": Entry("gold_ship_(umamusume)", "character", "Gold Ship", "umamusume"),
            "shiroko_(blue_archive)": Entry("shiroko_(blue_archive)", "character", "Shiroko", "blue_archive"),
            "yuzuriha": Entry("yuzuriha", "character", "Yuzuriha", "jigokuraku"),
            "jigokuraku": Entry("jigokuraku", "work", "Hell's Paradise"),
            "some_illustrator": Entry("some_illustrator", "artist", "Some Illustrator"),
            "old_painter": Entry("old_painter", "artist", "Old Painter", died=1939),
        }
        return known.get(subject_id)


def seed(
    facts: FileFacts, *matches: Match, platforms: tuple[str, ...], models: dict[str, ModelFacts] | None = None
) -> FileResult:
    known = Knowledge(Seeds(), packs(), Library(), Statements(), packs().expand(platforms), TODAY)  # type: ignore[arg-type]
    return judged(facts, *matches, known=known, models=models)


def named(subject_id: str, source: str = "prompt", weight: float | None = None, style: bool = False) -> Match:
    entry = Seeds().entry(subject_id)
    assert entry is not None
    about = Subject(entry.id, entry.kind, entry.name, entry.work)
    return Match(
        about, "strong", Evidence(source, "png:tEXt/parameters", entry.name, weight=weight), "full name", style
    )  # type: ignore[arg-type]


def test_uma_musume_with_adult_content_is_blocked_on_pixiv_as_enforced_in_april_2023() -> None:
    result = seed(picture("gold ship, nsfw"), named("gold_ship_(umamusume)"), platforms=("pixiv",))
    assert {"pixiv": "block"} == result.verdicts
    assert ("block", "enforced", "2023-04") == (
        result.reasons[0].verdict,
        result.reasons[0].basis,
        result.reasons[0].date,
    )
    assert "high" == findings_of(result, "SD103")[0].severity


def test_uma_musume_without_adult_content_is_for_a_person_to_decide() -> None:
    result = seed(picture("gold ship, rating:general"), named("gold_ship_(umamusume)"), platforms=("pixiv",))
    assert ({"pixiv": "review"}, "high") == (result.verdicts, result.severity)


def test_blue_archive_is_tolerated_and_its_pupils_are_blocked_where_schools_are_named() -> None:
    calm = seed(picture("shiroko"), named("shiroko_(blue_archive)"), platforms=("pixiv", "patreon", "civitai"))
    assert ({"pixiv": "review", "patreon": "review", "civitai": "info"}, "low") == (calm.verdicts, calm.severity)
    adult = seed(picture("shiroko, nsfw"), named("shiroko_(blue_archive)"), platforms=("pixiv", "patreon", "civitai"))
    assert {"pixiv": "review", "patreon": "block", "civitai": "block"} == adult.verdicts
    assert [] == findings_of(adult, "SD401")


@pytest.mark.parametrize(("weight", "severity"), [(0.1, "low"), (1.0, "medium")])
def test_the_frame_trained_lora_weighs_less_at_a_tenth(weight: float, severity: str) -> None:
    file = ResolvedFile("yuzuriha.safetensors", "stem", 0.9)
    used = Resource("lora", "yuzuriha_anime", weight=weight, file=file)
    models = {
        file.path: ModelFacts(
            "lora", alias="yuzuriha", frames=("captions say anime screencap", "one folder an episode")
        )
    }
    result = seed(picture("a hill", used), named("yuzuriha", "lora-name", weight), platforms=("pixiv",), models=models)
    found = findings_of(result, "SD104")[0]
    assert (severity, "jigokuraku") == (found.severity, found.subject.id if found.subject else None)
    assert {"pixiv": "review"} == result.verdicts


def test_a_style_lora_of_a_certain_illustrator_is_a_question_on_pixiv_and_refused_at_booth() -> None:
    result = seed(picture(), named("some_illustrator", "lora-name", 1.0), platforms=("pixiv", "booth"))
    assert {"pixiv": "review", "booth": "block"} == result.verdicts


def test_an_expired_copyright_is_information_even_on_adobe_stock() -> None:
    result = seed(picture(), named("old_painter", style=True), platforms=("adobe_stock",))
    assert ("info", {"adobe_stock": "info"}) == (
        findings_of(result, "SD201")[0].severity,
        findings_of(result, "SD201")[0].verdicts,
    )
    assert {"adobe_stock": "label"} == result.verdicts


@pytest.mark.parametrize(
    "platform",
    ["fanbox", "fantia", "cien", "skeb", "pixiv_requests", "shutterstock", "getty", "danbooru", "furaffinity"],
)
def test_platforms_that_refuse_ai_block_an_innocent_picture(platform: str) -> None:
    result = seed(picture("a hill"), platforms=(platform,))
    assert ({platform: "block"}, ["SD607"]) == (result.verdicts, [f.rule for f in result.findings])
    assert result.reasons[0].next_step


def test_adobe_stock_refuses_names_in_prompts() -> None:
    for subject_id in ("some_illustrator", "shiroko_(blue_archive)"):
        assert {"adobe_stock": "block"} == seed(picture(), named(subject_id), platforms=("adobe_stock",)).verdicts


def test_civitai_wants_generation_data_kept() -> None:
    result = seed(picture("a hill"), platforms=("civitai",))
    assert {"civitai": "info"} == result.verdicts
    stripped = seed(no_data(), platforms=("civitai",))
    assert {"civitai": "review"} == stripped.verdicts


def test_a_minor_and_sexual_words_are_blocked_on_every_platform_that_ships() -> None:
    everywhere = tuple(packs().platforms)
    result = seed(picture("child, nsfw"), platforms=everywhere)
    assert {"block"} == set(result.verdicts.values())


def test_every_platform_has_a_verdict_and_a_reason_with_words_for_a_strict_picture() -> None:
    everywhere = tuple(packs().platforms)
    result = seed(picture("gold ship, nsfw"), named("gold_ship_(umamusume)"), platforms=everywhere)
    assert set(everywhere) == set(result.verdicts) == {reason.platform for reason in result.reasons}
    assert all(reason.text and reason.next_step for reason in result.reasons)
    assert {"block"} == set(result.verdicts.values())


def test_a_rightsholder_that_spoke_against_ai_is_a_reason_to_ask_and_never_a_ban() -> None:
    result = seed(picture(), named("yuzuriha"), platforms=("civitai",))
    assert {"civitai": "review"} == result.verdicts
    assert ("Shueisha", "2025-10-31") == (
        result.reasons[0].text.split(": ")[1].split(" has")[0],
        result.reasons[0].date,
    )
    kept_out = seed(picture(), named("yuzuriha", "negative-prompt"), platforms=("civitai",))
    assert {"civitai": "info"} == kept_out.verdicts


def test_reasons_that_ask_for_nothing_are_left_out() -> None:
    reasons = [Reason("a", "ok", "fine"), Reason("a", "info", "x"), Reason("a", "block", "y"), Reason("a", "info", "x")]
    assert [("block", "y"), ("info", "x")] == [(reason.verdict, reason.text) for reason in _in_order([reasons])]
