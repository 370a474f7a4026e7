"""The packs say what was found out, no more, and say how it is known."""

from __future__ import annotations

import datetime
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import get_args

import pytest

from sdscan.knowledge.policies import RISK_CLASSES, Policies, load_policies
from sdscan.knowledge.policies.loading import builtin_paths
from sdscan.knowledge.policies.packs import parse_pack
from sdscan.knowledge.policies.records import (
    Basis,
    Category,
    EvidenceKind,
    MetadataWish,
    Mosaic,
    OnlyIf,
    TakesAi,
    WorkAi,
)  # fmt: skip
from sdscan.knowledge.policies.words import (
    BASIS,
    CATEGORY,
    EVIDENCE,
    METADATA,
    MOSAIC,
    ONLY_IF,
    RISK,
    TAKES_AI,
    WORK_AI,
)  # fmt: skip
from tests.conftest import SHARED

FACTS = SHARED / "facts"
POLICIES = load_policies()
WITH_FACTS = pytest.mark.skipif(
    not (FACTS / "platforms.json").exists(), reason="../shared/facts is not beside this checkout"
)

ELSEWHERE = {("civitai", "rating", "block"): "civitai_green"}
"""Rules of the fact page that stand at another platform here: the half of Civitai without adult content is one of its own."""


BETTER = {
    "http://ec2-34-211-203-9.us-west-2.compute.amazonaws.com/news/281885/x-updates-adult-content-rules": "https://help.x.com/en/rules-and-policies/adult-content",
    "https://0115765.com/archives/155474": "https://aja.gr.jp/wp-content/uploads/2025/10/30269151d7cdc6e9bcaeaace2a517c33.pdf",
}
"""Address of the fact page → the holder's own page, found on 2026-11-22 (of the PDF only the address, by way of the National Diet Library, and copies of its text)."""
FOUND = {*BETTER.values(), "https://current.ndl.go.jp/car/260507"}


def plain(text: str) -> str:
    """Addresses without the dot that may end a host's name."""
    return re.sub(r"(?<=[a-z])\./", "/", text)


def facts() -> Iterator[tuple[str, object]]:
    """(label, fact) of everything with a text, a source and a date."""
    for platform in POLICIES.platforms.values():
        for number, rule in enumerate(platform.rules):
            yield f"{platform.id} {number} {rule.risk_class}", rule
    yield from ((work.id, work) for work in POLICIES.works.values())
    yield from ((statement.id, statement) for statement in POLICIES.statements)
    yield from ((holder.id, holder) for holder in POLICIES.rightsholders)


def policies() -> Policies:
    return POLICIES


def test_every_fact_has_a_source_and_a_basis_or_says_that_it_is_background() -> None:
    for label, fact in facts():
        has_source = bool(getattr(fact, "source", ""))
        assert has_source or getattr(fact, "background", False), label
        assert (not has_source) == (getattr(fact, "evidence", "") == "background"), label


def test_every_fact_wants_to_be_looked_at_again_within_a_year_after_it_was_gathered() -> None:
    gathered = datetime.date(2026, 11, 22)
    for label, fact in facts():
        again = getattr(fact, "review_after", None)
        assert again is not None, label
        assert gathered < again <= datetime.date(2027, 11, 22), label


def test_what_rests_on_others_pages_is_looked_at_sooner() -> None:
    for platform in POLICIES.platforms.values():
        for rule in platform.rules:
            if platform.kind != "profile" and rule.evidence in ("secondary", "background"):
                assert datetime.date(2027, 5, 22) == rule.review_after, (platform.id, rule.risk_class)


def test_no_id_stands_in_two_packs() -> None:
    seen: Counter[tuple[str, str]] = Counter()
    for path in builtin_paths():
        parsed = parse_pack(path.read_bytes(), path.name)
        seen.update([("pack", parsed.pack.id)])
        for kind in ("platform", "work", "statement", "rightsholder"):
            seen.update((kind, row.id) for row in getattr(parsed, kind))
    assert [key for key, count in seen.items() if count > 1] == []


def test_other_names_of_a_platform_are_nobodys_id() -> None:
    names = [alias for platform in POLICIES.platforms.values() for alias in platform.aliases]
    assert [name for name, count in Counter(names).items() if count > 1 or name in POLICIES.platforms] == []


def test_every_word_of_the_closed_vocabularies_has_words_for_a_person() -> None:
    for words, kind in (
        (BASIS, Basis), (CATEGORY, Category), (EVIDENCE, EvidenceKind), (METADATA, MetadataWish), (MOSAIC, Mosaic), (ONLY_IF, OnlyIf),
        (TAKES_AI, TakesAi), (WORK_AI, WorkAi),
    ):  # fmt: skip
        assert set(get_args(kind)) == set(words)
    assert set(RISK_CLASSES) == set(RISK)


def test_a_platform_that_takes_no_ai_has_a_rule_that_says_so() -> None:
    for platform in POLICIES.platforms.values():
        if platform.takes_ai == "no":
            assert platform.rules_for("ai_any")[0].effect == "block", platform.id
            assert platform.disclosure_effect == "ok", platform.id


def test_the_two_profiles_are_there_and_the_strict_one_is_nowhere_more_lenient() -> None:
    order = ["ok", "info", "remind", "label", "review", "block"]
    general, strict = policies().platforms["general"], policies().platforms["strict-self"]
    assert (general.kind, strict.kind) == ("profile", "profile")
    for risk in {rule.risk_class for rule in strict.rules}:
        for rule in general.rules_for(risk):
            assert order.index(strict.rules_for(risk)[0].effect) >= order.index(rule.effect), risk


@pytest.mark.parametrize(
    ("platform", "risk", "effect", "basis", "date"),
    [
        ("pixiv", "derivative_r18_strict", "block", "enforced", "2023-04"),
        ("pixiv", "style_imitation", "review", "stated", "2023-05-02"),
        ("pixiv", "derivative", "review", "inferred", "2024-02"),
        ("booth", "style_artist_lora", "block", "stated", "2025-07-18"),
        ("fanbox", "ai_any", "block", "stated", "2023-05-31"),
        ("fantia", "ai_any", "block", "stated", "2026-01-22"),
        ("adobe_stock", "style_imitation", "block", "stated", "2026-06-11"),
        ("adobe_stock", "derivative", "block", "stated", "2026-06-11"),
        ("civitai", "metadata_missing", "block", "stated", "2026-07-20"),
        ("skima", "hand_traced", "block", "stated", ""),
        ("dlsite", "mosaic", "block", "stated", "2024-04-03"),
        ("patreon", "ai_tool_access", "block", "stated", ""),
    ],
)
def test_the_rules_that_the_project_began_with(platform: str, risk: str, effect: str, basis: str, date: str) -> None:
    rule = POLICIES.platforms[platform].rules_for(risk)[0]
    assert (effect, basis, date) == (rule.effect, rule.basis, rule.date)


@pytest.mark.parametrize(
    ("work", "field", "expected"),
    [
        ("umamusume", "category", "explicit_strict"),
        ("umamusume", "r18", "no"),
        ("blue_archive", "category", "tolerant_tacit"),
        ("blue_archive", "minors_in_cast", True),
        ("vspo!", "required_tags", ("#AIイラスト",)),
        ("aogiri_koukou", "required_tags", ("#AIイラスト",)),
        ("neon_genesis_evangelion", "r18", "discouraged"),
        ("vocaloid", "r18", "no"),
        ("jigokuraku", "ai", "objects"),
        ("denonbu", "commercial", "no"),
    ],
)
def test_the_works_that_the_project_began_with(work: str, field: str, expected: object) -> None:
    assert expected == getattr(POLICIES.works[work], field)


def test_a_part_belongs_to_one_work_that_is_not_listed_itself() -> None:
    parts = [part for work in POLICIES.works.values() for part in work.includes]
    assert [part for part, count in Counter(parts).items() if count > 1 or part in POLICIES.works] == []


# ---- against the fact pages ------------------------------------------------------------------------------------


def fact_platforms() -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads((FACTS / "platforms.json").read_text(encoding="utf-8"))["platforms"]
    return found


@WITH_FACTS
def test_every_rule_of_the_fact_page_is_there_with_its_effect_and_its_address() -> None:
    for platform in fact_platforms():
        for rule in platform["rules"]:  # type: ignore[attr-defined]
            effect = {"must_label": "label"}.get(rule["effect"], rule["effect"])
            name = ELSEWHERE.get((str(platform["id"]), rule["risk_class"], effect), str(platform["id"]))
            ours = POLICIES.platforms[name].rules
            assert any((rule["risk_class"], effect) == (own.risk_class, own.effect) for own in ours), (name, rule)
            addresses = {address for own in ours for address in (own.source, *own.see)}
            for address in re.findall(r"https?://[^\s,);]+", plain(rule["source"] or "")):
                assert BETTER.get(address, address) in addresses, (name, address)


@WITH_FACTS
def test_every_work_of_the_fact_page_is_there_with_its_category_and_its_cast() -> None:
    rows = json.loads((FACTS / "franchises.json").read_text(encoding="utf-8"))["franchises"]
    assert 123 == len(rows) == len(POLICIES.works)
    for row in rows:
        work = POLICIES.works[row["danbooru_copyright"]]
        assert (row["title"], row["rightsholder"], row["category"], row["confidence"]) == (
            work.title, work.rightsholder, work.category, work.confidence,
        )  # fmt: skip
        assert (row.get("minors_in_cast"), row.get("live_actors")) == (work.minors_in_cast, work.live_actors), work.id


@WITH_FACTS
def test_no_address_is_invented() -> None:
    known = "".join(
        (FACTS / name).read_text(encoding="utf-8") for name in ("policies.md", "platforms.json", "franchises.json")
    )
    for label, fact in facts():
        for address in (getattr(fact, "source", ""), *getattr(fact, "see", ())):
            assert not address.startswith("http") or address in plain(known) or address in FOUND, (label, address)


@WITH_FACTS
def test_no_sentence_is_copied_from_the_fact_pages() -> None:
    """Five words in a row that stand on a fact page as well would be a copy."""
    known = "".join(
        (FACTS / name).read_text(encoding="utf-8") for name in ("policies.md", "platforms.json", "franchises.json")
    )
    runs = set(_runs(known))
    for label, fact in facts():
        shared = [run for run in _runs(getattr(fact, "text", "")) if run in runs]
        assert shared == [], label


def _runs(text: str, length: int = 5) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return zip(*(words[i:] for i in range(length)), strict=False)
