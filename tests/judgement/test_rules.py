"""What single rules say, beyond the decision table: sentences, grouping, subjects, evidence, next steps."""

from __future__ import annotations

import datetime
import re

import pytest
from rule_cases import (
    TODAY,
    findings_of,
    judged,
    knowledge,
    levels,
    match,
    model_file,
    names,
    no_data,
    picture,
)
from situations import lora

from sdscan.judgement.rules import RULES, rule_of
from sdscan.judgement.rules.build import NAMES
from sdscan.judgement.rules.content import tile_of
from sdscan.judgement.rules.pages import SECTIONS, rule_markdown
from sdscan.knowledge.statements import Declare, Statements
from sdscan.records import Disclosure, License, ModelFacts, ResolvedFile, Resource, Trigger

DAY = datetime.date(2026, 10, 1)


def declaring(what: str, subject: str | None = None, paths: tuple[str, ...] = ("mine/**",)) -> Statements:
    return Statements(declare=(Declare(paths, what, "mine since 2020", DAY, subject),))  # type: ignore[arg-type]


# ---- characters and works ----------------------------------------------------------------------------------------


def test_one_character_in_several_places_is_one_finding_that_names_them() -> None:
    result = judged(
        picture("plain hero"),
        match("plain_hero"),
        match("plain_hero", "lora-training", "medium"),
        match("plain_hero", "lora-name"),
    )
    assert [("SD101", "medium", "strong")] == levels(result)
    assert (
        "prompt names the character Plain Hero (Plain Work); also: LoRA name, training captions"
        == result.findings[0].message
    )
    assert ["prompt", "lora-name", "lora-training"] == sorted(
        (e.source for e in result.findings[0].evidence), key=["prompt", "lora-name", "lora-training"].index
    )


def test_a_name_without_effect_says_so() -> None:
    muted = judged(picture(), match("plain_hero", "lora-name", state="unused")).findings[0].message
    zero = judged(picture(), match("plain_hero", "lora-name", weight=0.0)).findings[0].message
    negative = judged(picture(), match("plain_hero", "negative-prompt")).findings[0].message
    assert "without effect (muted or unused): LoRA name points to the character Plain Hero (Plain Work)" == muted
    assert "without effect (weight 0): LoRA name points to the character Plain Hero (Plain Work)" == zero
    assert "only the negative prompt names the character Plain Hero (Plain Work)" == negative


def test_a_work_is_not_told_again_beside_its_character() -> None:
    assert ["SD101"] == names(judged(picture(), match("plain_hero"), match("plain_work")).findings)


def test_a_work_is_told_beside_a_character_that_is_only_guessed_or_kept_out() -> None:
    assert ["SD102", "SD101"] == names(
        judged(picture(), match("plain_hero", "negative-prompt"), match("plain_work")).findings
    )
    assert {"SD101", "SD102"} == set(
        names(judged(picture(), match("plain_hero", strength="weak"), match("plain_work")).findings)
    )


def test_a_work_named_for_its_style_and_for_itself_is_both() -> None:
    result = judged(picture(), match("plain_work"), match("plain_work", style=True, locator="elsewhere"))
    assert {"SD102", "SD204"} == set(names(result.findings))


def test_a_guideline_that_is_kept_leaves_the_strictness_among_the_reasons() -> None:
    finding = judged(picture("strict hero"), match("strict_hero")).findings[0]
    assert ("SD101", "high") == (finding.rule, finding.severity)
    assert any("explicit_strict" in step for step in finding.because)


def test_a_broken_guideline_takes_the_place_of_the_plain_finding() -> None:
    result = judged(picture("strict hero, nsfw"), match("strict_hero"))
    assert ["SD103"] == names(findings_of(result, "SD101", "SD103"))
    assert "its guideline forbids adult content, and the file shows it" in result.findings[0].message


@pytest.mark.parametrize(("work", "severity"), [("gentle_work", "high"), ("asking_work", "medium")])
def test_a_guideline_that_only_discourages_weighs_as_its_work_is_strict(work: str, severity: str) -> None:
    from rule_cases import ENTRIES, Entry

    ENTRIES["asked_hero"] = Entry("asked_hero", "character", "Asked Hero", work)
    finding = findings_of(judged(picture("nsfw"), match("asked_hero")), "SD103")[0]
    assert (severity, True) == (finding.severity, "derivative_r18_strict" not in finding.risks)


def test_a_guideline_against_ai_is_broken_by_any_generated_picture() -> None:
    from rule_cases import ENTRIES, Entry

    ENTRIES["no_ai_hero"] = Entry("no_ai_hero", "character", "No AI Hero", "no_ai_work")
    finding = judged(picture(), match("no_ai_hero")).findings[0]
    assert ("SD103", "high", "Do not publish it as it is: ask the rightsholder, or leave this work out.") == (
        finding.rule,
        finding.severity,
        finding.next_step,
    )


def test_required_and_forbidden_tags_are_the_next_step() -> None:
    assert (
        "Use the tag #AI; do not use the tag #fanart." == judged(picture(), match("guided_hero")).findings[0].next_step
    )


def test_original_characters_and_general_loras_stay_quiet() -> None:
    assert () == judged(picture("1girl, original, green scarf")).findings
    used = Resource("lora", "detail_tweaker", file=ResolvedFile("d.safetensors", "stem", 0.9))
    assert () == judged(picture("a hill", used), models={"d.safetensors": ModelFacts("lora")}).findings


# ---- declarations ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "subject_id", "before", "after"),
    [
        ("original-character", "plain_hero", "medium", "low"),
        ("licensed", "plain_hero", "medium", "info"),
        ("hand-traced", "plain_hero", "medium", "low"),
        ("own-style", "plain_hero", "medium", "medium"),
        ("own-style", "living_artist", "medium", "info"),
        ("licensed", "living_artist", "medium", "info"),
        ("original-character", "living_artist", "medium", "medium"),
        ("licensed", "some_person", "high", "info"),
        ("hand-traced", "some_person", "high", "high"),
    ],
)
def test_a_declaration_lowers_what_it_logically_lowers_and_is_shown(
    what: str, subject_id: str, before: str, after: str
) -> None:
    known = knowledge(statements=declaring(what))
    here, there = (
        judged(picture(), match(subject_id), known=known, path=path).findings[0]
        for path in ("mine/a.png", "other/a.png")
    )
    assert (after, before) == (here.severity, there.severity)
    assert (after != before) == any("mine since 2020" in step for step in here.because)


def test_a_declaration_about_one_subject_says_nothing_about_another() -> None:
    known = knowledge(statements=declaring("licensed", "plain_hero"))
    result = judged(picture(), match("plain_hero"), match("free_hero"), known=known, path="mine/a.png")
    assert {"plain_hero": "info", "free_hero": "low"} == {
        f.subject.id: f.severity for f in result.findings if f.subject
    }


# ---- styles ------------------------------------------------------------------------------------------------------


def test_the_year_of_a_public_domain_artist_is_told() -> None:
    finding = judged(picture(), match("old_artist", style=True)).findings[0]
    assert (
        "prompt names the artist Old Artist as a style (died 1939, in the public domain since 2010)" == finding.message
    )
    assert "" == finding.next_step


def test_the_years_of_protection_are_a_setting() -> None:
    at_50 = judged(picture(), match("late_artist"), known=knowledge(years=30)).findings[0]
    assert "info" == at_50.severity
    last_year = judged(picture(), match("late_artist"), known=knowledge(today=datetime.date(2060, 12, 31))).findings[0]
    free = judged(picture(), match("late_artist"), known=knowledge(today=datetime.date(2061, 1, 1))).findings[0]
    assert ("low", "info") == (last_year.severity, free.severity)


def test_an_artist_named_by_model_and_prompt_is_one_finding() -> None:
    result = judged(picture(), match("living_artist", style=True), match("living_artist", "lora-name"))
    assert [("SD202", "high", "strong")] == levels(result)


def test_an_artist_in_a_muted_lora_and_in_the_prompt_is_the_prompts() -> None:
    result = judged(picture(), match("living_artist", style=True), match("living_artist", "lora-name", state="unused"))
    assert [("SD201", "medium", "strong")] == levels(result)


def test_an_artist_among_the_captions_of_a_character_model_weighs_less() -> None:
    from sdscan.records import SubjectKindEvidence

    model = ModelFacts("lora", subject_kind=SubjectKindEvidence("character", 0.9))
    assert [("SD202", "medium", "strong")] == levels(judged(model_file(model), match("living_artist", "lora-training")))


def test_a_style_lora_whose_artist_is_known_is_not_unresolved() -> None:
    situation = lora(ModelFacts("lora", title="Living Artist Style"), "lv_style")("strong")
    result = judged(
        situation.facts, match("living_artist", "lora-title", text="Living Artist"), models=situation.models
    )
    assert ["SD202"] == names(result.findings)


def test_two_style_loras_of_which_one_is_known_leave_the_other_unresolved() -> None:
    loras = (Resource("lora", "living_artist_style"), Resource("lora", "wanostyle"))
    result = judged(picture("a hill", *loras), match("living_artist", "lora-name", text="living_artist"))
    assert ["'wanostyle'"] == re.findall(r"'[^']*'", findings_of(result, "SD203")[0].message)


# ---- frames, pictures, persons -------------------------------------------------------------------------------------


def test_frames_name_the_work_of_the_lora_and_its_weight() -> None:
    frames = ModelFacts("lora", triggers=(Trigger("strict hero", "declared"),), frames=("captions say screenshot",))
    situation = lora(frames, weight=0.8)("strong")
    result = judged(situation.facts, match("strict_hero", "lora-trigger"), models=situation.models)
    finding = findings_of(result, "SD104")[0]
    assert ("high", "medium") == (finding.severity, finding.strength)
    assert "LoRA 'plain_v1' at weight 0.8 was trained on captured frames of Strict Work" == finding.message


def test_frames_of_a_lora_with_several_works_name_none() -> None:
    words = (Trigger("plain hero", "declared"), Trigger("free hero", "declared"))
    situation = lora(ModelFacts("lora", triggers=words, frames=("a",)))("strong")
    result = judged(
        situation.facts,
        match("plain_hero", "lora-trigger"),
        match("free_hero", "lora-trigger"),
        models=situation.models,
    )
    assert findings_of(result, "SD104")[0].subject is None


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({"Denoising strength": "0.4"}, [("SD105", "low", "medium")]),
        ({"Denoising strength": "0.6"}, [("SD105", "info", "weak")]),
        ({"Denoising strength": "0.4", "Hires steps": "10"}, []),
        ({"Denoising strength": "0.4", "Ultimate SD upscale upscaler": "x"}, []),
        ({"Denoising strength": "0.4", "First pass size": "0x0"}, []),
        ({"Denoising strength": "0"}, []),
        ({"Denoising strength": "much"}, []),
        ({"ADetailer denoising strength": "0.4"}, []),
    ],
)
def test_only_a_low_denoising_strength_of_img2img_counts(
    parameters: dict[str, str], found: list[tuple[str, str, str]]
) -> None:
    assert found == levels(judged(picture(parameters=parameters)))


def test_controlnet_is_information_and_a_face_adapter_touches_persons() -> None:
    outline = judged(picture("a", Resource("controlnet", "canny"))).findings[0]
    face = judged(picture("a", Resource("ip-adapter", "ip-adapter-faceid-plus"))).findings[0]
    assert ("info", ("work_imitation",)) == (outline.severity, outline.risks)
    assert ("low", ("work_imitation", "real_person")) == (face.severity, face.risks)


def test_midjourneys_style_reference_is_a_picture() -> None:
    assert ["SD105"] == names(
        judged(picture("a", Resource("style", "https://example.org/a.png"), tool="midjourney")).findings
    )
    assert [] == names(judged(picture("a", Resource("style", "sai-anime"), tool="swarmui")).findings)


def test_a_named_person_is_told_once_although_the_model_is_marked_as_well() -> None:
    situation = lora(ModelFacts("lora", poi=True))("strong")
    assert ["some_person"] == [
        f.subject.id
        for f in judged(situation.facts, match("some_person"), models=situation.models).findings
        if f.subject
    ]
    assert 1 == len(judged(situation.facts, match("some_person"), models=situation.models).findings)


# ---- content -------------------------------------------------------------------------------------------------------


def test_minors_and_sexual_words_are_critical_whatever_is_declared() -> None:
    for what in ("licensed", "original-character", "hand-traced", "own-style"):
        result = judged(picture("child, nsfw"), known=knowledge(statements=declaring(what)), path="mine/a.png")
        assert "critical" == findings_of(result, "SD401")[0].severity
        assert {"general": "block"} == result.verdicts


def test_evidence_of_minors_shows_both_sides() -> None:
    finding = findings_of(judged(picture("child, kite, nsfw")), "SD401")[0]
    assert ["child", "nsfw"] == [item.text for item in finding.evidence]


@pytest.mark.parametrize(
    ("rule", "size", "tile"),
    [
        ("1/100-long-side", (832, 1216), 13),
        ("1/100-long-side", (1200, 900), 12),
        ("1/100-long-side", (96, 96), 4),
        ("1/50-long-side", (832, 1216), 25),
        ("1/100-long-side", (0, 0), None),
        ("", (832, 1216), None),
    ],
)
def test_the_tile_is_a_share_of_the_long_side_and_never_too_small(
    rule: str, size: tuple[int, int], tile: int | None
) -> None:
    from rule_cases import platform

    assert tile == tile_of(platform("shop", "selling", "yes", mosaic=rule), *size)


def test_the_mosaic_reminder_names_each_platform_and_the_tile() -> None:
    message = findings_of(judged(picture("nsfw"), known=knowledge("posting", "selling")), "SD402")[0].message
    assert "posting: a mosaic tile of at least 13 px (long side 1216 px)" in message
    assert "selling: a mosaic tile of at least 13 px" in message


def test_a_size_that_is_not_known_leaves_the_share() -> None:
    message = findings_of(judged(picture("nsfw", width=0, height=0), known=knowledge("posting")), "SD402")[0].message
    assert "a mosaic tile of 1/100 of the long side" in message


# ---- models, licence, disclosure, private ---------------------------------------------------------------------------


def test_the_strictest_licence_of_all_models_counts() -> None:
    files = {name: ResolvedFile(name, "stem", 0.9) for name in ("a", "b")}
    loras = [Resource("lora", name, file=file) for name, file in files.items()]
    models = {
        "a": ModelFacts("lora", license=License(credit=True)),
        "b": ModelFacts("lora", license=License(commercial_images=False, source="b.civitai.info")),
    }
    finding = findings_of(judged(picture("a hill", *loras), models=models, known=knowledge("selling")), "SD501")[0]
    assert ("medium", "licence of 'b', 'a' forbids selling its pictures and asks for credit") == (
        finding.severity,
        finding.message,
    )
    assert "b: b.civitai.info" in finding.because


def test_a_mark_that_is_there_is_not_missed() -> None:
    marks = (
        Disclosure(iptc="trainedAlgorithmicMedia"),
        Disclosure(c2pa="made by x; TrainedAlgorithmicMedia"),
        Disclosure(aigc='{"Label":"1"}'),
    )
    assert [[]] * 3 == [names(judged(picture(disclosure=mark), known=knowledge("stock")).findings) for mark in marks]
    assert ["SD601"] == names(
        judged(picture(disclosure=Disclosure(iptc="digitalCapture")), known=knowledge("stock")).findings
    )


def test_no_data_is_never_called_safe() -> None:
    result = judged(no_data())
    assert (["SD602"], {"general": "review"}) == (names(result.findings), result.verdicts)
    marked = judged(no_data(iptc="trainedAlgorithmicMedia"), known=knowledge("refusing"))
    assert {"SD602", "SD607"} == set(names(marked.findings))


def test_unresolved_loras_are_one_finding_that_names_them() -> None:
    loras = [Resource("lora", name) for name in ("a", "b", "c", "d", "a")]
    finding = findings_of(judged(picture("x", *loras), searched=True), "SD603")[0]
    assert "uses 4 LoRAs that no local file explains: 'a', 'b', 'c' and 1 more" == finding.message
    assert ["a", "b", "c", "d"] == [item.text for item in finding.evidence]


def test_muted_loras_are_not_missed() -> None:
    assert (
        ()
        == judged(
            picture("x", Resource("lora", "a", state="unused"), Resource("lora", "b", weight=0.0)), searched=True
        ).findings
    )


def test_a_hidden_copy_beside_the_metadata_is_information() -> None:
    from msgspec.structs import replace

    facts = picture()
    both = replace(
        facts, generations=(*facts.generations, replace(facts.generations[0], hidden=True, locator="png:alpha"))
    )
    assert [("SD605", "info", "strong")] == levels(judged(both))


def test_a_key_is_never_shown_in_full() -> None:
    facts = picture(
        private=(
            ("key", "png:tEXt/prompt", "sk-0123456789abcdef"),
            ("home-path", "png:tEXt/prompt", "C:\\Users\\somebody\\"),
        )
    )
    found = findings_of(judged(facts), "SD606")
    assert ["high", "low"] == [finding.severity for finding in found]
    assert ["sk-0…", "C:\\Users\\somebody\\"] == [finding.evidence[0].text for finding in found]
    assert not any("somebody" in finding.message or "0123" in finding.message for finding in found)


# ---- the texts -----------------------------------------------------------------------------------------------------


def test_ids_and_names_are_those_of_the_contract() -> None:
    assert NAMES == {rule.id: rule.name for rule in RULES}
    assert sorted(NAMES) == [rule.id for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_explains_itself_in_whole_sentences(rule: object) -> None:
    for _, field in SECTIONS:
        text = getattr(rule, field)
        assert text[0].isupper() and text.endswith(".") and "  " not in text, field
    assert rule.summary.endswith(".") and len(rule.summary) < 90  # type: ignore[attr-defined]
    assert rule.references  # type: ignore[attr-defined]
    assert rule_markdown(rule).startswith(f"## {rule.id} {rule.name}\n")  # type: ignore[arg-type, attr-defined]


def test_the_page_of_levels_shows_every_start() -> None:
    from sdscan.judgement.levels import STARTS
    from sdscan.judgement.rules.pages import levels_markdown

    page = levels_markdown()
    assert all(f"| {what} | {severity} |" in page for severity, what in STARTS.values())


def test_a_checkpoint_and_an_embedding_are_called_by_their_kind() -> None:
    messages = [
        judged(model_file(ModelFacts(kind)), match("plain_hero", "lora-title")).findings[0].message
        for kind in ("checkpoint", "unknown")
    ]  # type: ignore[arg-type]
    assert [
        "checkpoint title names the character Plain Hero (Plain Work)",
        "model title names the character Plain Hero (Plain Work)",
    ] == messages


def test_a_rule_is_found_by_id_and_by_name() -> None:
    assert ("SD103", "SD103", None) == (rule_of(" sd103 ").id, rule_of("strict-work").id, rule_of("SD999"))  # type: ignore[union-attr]


def test_files_that_are_no_pictures_are_not_judged() -> None:
    from sdscan.records import FileFacts

    for outcome in ("unsupported", "skipped"):
        result = judged(FileFacts("unknown", outcome, "a reason"))  # type: ignore[arg-type]
        assert ((), {}, None) == (result.findings, result.verdicts, result.severity)


def test_two_judgements_are_the_same() -> None:
    files = [
        judged(
            picture("nsfw"),
            match("strict_hero"),
            match("living_artist", "lora-name"),
            known=knowledge("posting", "selling", today=TODAY),
        )
        for _ in range(2)
    ]
    assert files[0] == files[1]
