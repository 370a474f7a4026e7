"""Japanese: every sentence that sdscan makes is translated as a whole, what files say stays as it is, and hostile text costs nothing."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdscan import load_knowledge, scan
from sdscan.exits import ExitRules, Tally, verdict
from sdscan.i18n import CONTEXT, Translator, fit, language_of, pattern_of, read_mo, translator
from sdscan.judgement.rules import RULES
from sdscan.judgement.rules.pages import SECTIONS, levels_markdown
from sdscan.knowledge.policies import load_policies
from sdscan.records import FileResult
from sdscan.reports.html import _VALUES, page_texts

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests/judgement")]
CATALOG = ROOT / "sdscan/locale/ja/LC_MESSAGES/sdscan.po"
ja = translator("ja")


def untranslated(results: Iterable[FileResult]) -> set[str]:
    """Sentences of results that stay in English."""
    texts: set[str] = set()
    for result in results:
        texts |= {result.reason or "", *(reason.text for reason in result.reasons)}
        texts |= set(result.model.subject_kind.because) if result.model is not None else set()
        for finding in result.findings:
            texts |= {finding.message, finding.next_step, *finding.because}
    return {text for text in texts if text and ja.sentence(text) == text}


# ---- everything is translated ---------------------------------------------------------------------------------------------


def test_every_rule_is_explained() -> None:
    texts = [getattr(rule, field) for rule in RULES for field in ("summary", *(name for _, name in SECTIONS))]
    assert [] == [text for text in texts if text not in ja.messages]
    assert [] == [heading for heading, _ in SECTIONS if heading not in ja.messages]
    assert not re.search(r"[a-z]{4,} [a-z]{4,} [a-z]{4,}", levels_markdown(ja.sentence))


def test_every_text_of_the_page_is_there() -> None:
    assert [] == [text for text in (*page_texts(), *_VALUES) if text not in ja.messages]


def test_every_sentence_about_the_gallery_and_the_demo_models_on_every_platform() -> None:
    knowledge = load_knowledge(models=[ROOT / "fixtures/models"], platforms=list(load_policies().platforms))
    assert set() == untranslated(scan([ROOT / "fixtures/gallery", ROOT / "fixtures/models"], knowledge))


def test_every_sentence_about_the_samples(samples: Path) -> None:
    knowledge = load_knowledge(models=[samples], platforms=["pixiv", "booth", "dlsite", "adobe_stock", "patreon"])
    assert set() == untranslated(scan([samples], knowledge))


OWN = r"The rule on |Mark it|the name means one file, the hash|the declared hash is not the file|^captions say screenshot$|^folder names an episode$"
"""Texts of the made-up platforms and files of these tests, which no catalog knows."""


def test_every_sentence_of_the_decision_table() -> None:
    from rule_cases import judged
    from situations import SITUATIONS

    made: set[str] = set()
    for make in SITUATIONS.values():
        for strength in ("weak", "medium", "strong"):
            one = make(strength)
            result = judged(one.facts, *one.matches, models=one.models, searched=one.searched)
            made |= untranslated([result])
    assert [] == sorted(text for text in made if not re.search(OWN, text))


def test_every_text_of_the_policies() -> None:
    platforms = load_policies().platforms.values()
    texts = {text for p in platforms for text in (p.stance, p.disclosure, p.metadata_text, *(rule.text for rule in p.rules))}
    assert [] == sorted(text for text in texts if text and text not in ja.messages)


CLOSINGS = [
    (Tally(scanned=3, findings={"high": 1}), ExitRules()),
    (Tally(scanned=3, unreadable=1, findings={"high": 2}), ExitRules()),
    (Tally(scanned=3, unreadable=2), ExitRules()),
    (Tally(), ExitRules()),
    (Tally(scanned=3), ExitRules()),
    (Tally(scanned=3, no_metadata=1, unreadable=1, findings={"low": 1}), ExitRules(allow_incomplete=True)),
    (Tally(scanned=3, no_metadata=2, findings={"low": 2}), ExitRules(fail_on=None)),
    (Tally(scanned=1), ExitRules(fail_on=None)),
]  # fmt: skip


@pytest.mark.parametrize(("tally", "rules"), CLOSINGS)
def test_every_closing_sentence(tally: Tally, rules: ExitRules) -> None:
    sentence = verdict(tally, rules)[1]
    assert sentence != ja.sentence(sentence)
    assert not re.search(r"[a-z]{4,} [a-z]{3,}", ja.sentence(sentence))


def test_every_text_that_the_program_asks_for_is_there() -> None:
    asked: set[str] = set()
    for path in (ROOT / "sdscan").rglob("*.py"):
        found = re.findall(r"""\bt\(\s*("(?:[^"\\]|\\.)*")""", path.read_text(encoding="utf-8"))
        asked |= {eval(text) for text in found}
    assert "{n} with generation data" in asked
    assert [] == sorted(asked - ja.messages.keys())


# ---- how sentences are read ----------------------------------------------------------------------------------------------


READINGS = [
    ("prompt names the artist A", "プロンプトに作家「A」の名前があります"),
    ("prompt names the work A; also: LoRA name, title", "プロンプトに作品「A」の名前があります（ほかに: LoRAの名前、タイトル）"),
    ("prompt names the character A (B); also: LoRA name", "プロンプトにキャラクター「A (B)」の名前があります（ほかに: LoRAの名前）"),
    ("prompt names the work A; B; also: C", "プロンプトに作品「A; B; also: C」の名前があります"),
    ("LoRA 'was made from' was trained on captured frames of X", "LoRA 'was made from' は「X」のキャプチャ画像で学習されています"),
    ("licence of 'a', 'b' and 2 more asks for credit", "'a', 'b' ほか2件 のライセンスは、クレジット表記を求めています"),
    ("-1: weight 0.1 is below 0.3", "-1: 重み 0.1 は 0.3 未満"),
    ("Booth: nobody knows this text", "Booth: nobody knows this text"),
    ("prompt names something else", "prompt names something else"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "expected"), READINGS)
def test_sentences_are_read_as_a_whole_or_left_as_they_are(text: str, expected: str) -> None:
    assert expected == ja.sentence(text)


def test_english_is_english() -> None:
    for text in ("prompt names the artist A", "{n} files", ""):
        assert text == translator("en").sentence(text) == translator("xx")(text)


def test_braces_in_names_are_text() -> None:
    assert "プロンプトに作家「{0} {name} {{x}}」の名前があります" == ja.sentence("prompt names the artist {0} {name} {{x}}")


@given(st.text(max_size=60), st.text(max_size=60))
def test_fields_give_back_what_stood_there(first: str, second: str) -> None:
    values = fit(pattern_of("a {x} b {y} c"), f"a {first} b {second} c")
    if first and second and " b " not in f"{first} b {second}"[: len(first) + 2]:
        assert {"x": first, "y": second} == values


def test_hostile_sentences_take_no_time() -> None:
    start = time.perf_counter()
    for text in ("prompt names " + "; also: " * 480, "; " * 1_990, ": its guideline " * 240, "(" * 3_900 + ")", "a" * 100_000, "{" * 3_000):
        assert isinstance(ja.sentence(text), str)
    assert time.perf_counter() - start < 10


# ---- the catalog -----------------------------------------------------------------------------------------------------------


def test_the_compiled_catalog_is_the_written_one() -> None:
    from catalogs import mo_bytes, read_po

    written = read_po(CATALOG.read_text(encoding="utf-8"), CATALOG.name)
    assert mo_bytes(written) == CATALOG.with_suffix(".mo").read_bytes()
    assert {key: text for key, text in written.items() if key and text} == read_mo(CATALOG.with_suffix(".mo").read_bytes())


def test_gettext_reads_it_too() -> None:
    import gettext

    with CATALOG.with_suffix(".mo").open("rb") as file:
        found = gettext.GNUTranslations(file)
    assert ja("sdscan report") == found.gettext("sdscan report")
    assert ja.messages[f"model{CONTEXT}embedding"] == found.pgettext("model", "embedding")


def test_no_field_is_lost_or_made_up() -> None:
    wrong = [
        key
        for key, text in ja.messages.items()
        if sorted(re.findall(r"\{(\w+)\}", key)) != sorted(re.findall(r"\{(\w+)\}", text))
    ]
    assert [] == wrong


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "en"),
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "ja"}, "ja"),
        ({"LANG": "jam_JM"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "LC_MESSAGES": "ja_JP.eucJP"}, "ja"),
        ({"LANG": "ja_JP.UTF-8", "SDSCAN_LANG": "en"}, "en"),
        ({"LC_ALL": "en_US.UTF-8", "SDSCAN_LANG": "ja"}, "ja"),
    ],
)
def test_the_language_comes_from_the_environment(
    environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SDSCAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert expected == language_of("auto")
    assert ("en", "ja") == (language_of("en"), language_of("ja"))


# ---- what is shown -----------------------------------------------------------------------------------------------------------


def test_json_is_the_same_in_every_language(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    from sdscan.__main__ import run

    monkeypatch.chdir(ROOT)
    made = []
    for language in ("en", "ja"):
        for name in ("json", "csv", "sarif", "gitlab", "junit", "github"):
            run(["scan", "--isolated", "--no-catalog", "fixtures/gallery", "--lang", language, "-o", name])
        made.append(capfdbinary.readouterr().out)
    assert made[0] == made[1]


def test_the_text_view_is_japanese_and_keeps_the_width(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from sdscan.__main__ import run
    from sdscan.terminal import cells

    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "80")
    run(["scan", "--isolated", "--no-catalog", "fixtures/gallery", "--models", "fixtures/models", "--platform", "booth", "--lang", "ja", "-v"])
    lines = capfd.readouterr().out.splitlines()
    assert any("プロンプトにキャラクター" in line for line in lines)
    assert [] == [line for line in lines if line[:1] in "、。」）" and line]
    assert [] == [line for line in lines if cells(line) > 80 and "«" not in line]


def test_a_translator_may_be_empty() -> None:
    assert "x" == Translator("xx", {})("x")
