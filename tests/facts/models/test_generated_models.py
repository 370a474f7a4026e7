"""The synthetic trigger and kind track: accuracy over generated headers with known answers, and what must never be flagged."""

from __future__ import annotations

from collections import Counter

import pytest
from generated import KINDS, Case, cases
from making_models import safetensors

from sdscan.facts.models.reading import Beside, read_model
from sdscan.facts.source import MemorySource
from sdscan.limits import DEFAULT_LIMITS
from sdscan.records import ModelFacts

EACH = 26
FLAGGED = ("character", "person", "style")


def facts_of(case: Case) -> ModelFacts:
    source = MemorySource(safetensors(case.metadata))
    facts = read_model(source, "safetensors", Beside(name=f"{case.stem}.safetensors"), DEFAULT_LIMITS).facts
    assert facts is not None
    return facts


def key(text: str) -> str:
    return " ".join(text.replace("_", " ").casefold().strip(" .").split())


@pytest.fixture(scope="module")
def read() -> list[tuple[Case, ModelFacts]]:
    return [(case, facts_of(case)) for case in cases(EACH)]


def right(case: Case, facts: ModelFacts, first: int) -> bool:
    return bool({key(text) for text in case.expected} & {key(trigger.text) for trigger in facts.triggers[:first]})


def test_there_are_at_least_300_headers_of_every_kind(read: list[tuple[Case, ModelFacts]]) -> None:
    assert (True, len(KINDS)) == (len(read) >= 300, len({case.kind for case, _ in read}))


@pytest.mark.parametrize(("first", "least"), [(1, 0.95), (3, 0.99)])
def test_the_trigger_is_found(read: list[tuple[Case, ModelFacts]], first: int, least: float) -> None:
    named = [(case, right(case, facts, first)) for case, facts in read if case.expected]
    missed = Counter(case.kind for case, found in named if not found)
    assert sum(found for _, found in named) / len(named) >= least, f"SYNTHETIC: top-{first} missed {dict(missed)}"


def test_models_of_nobody_are_not_flagged(read: list[tuple[Case, ModelFacts]]) -> None:
    general = [facts for case, facts in read if not case.expected]
    flagged = [
        facts.subject_kind
        for facts in general
        if facts.subject_kind.value in FLAGGED or any(trigger.tier != "name" for trigger in facts.triggers)
    ]
    assert len(flagged) <= 0.01 * len(general), f"SYNTHETIC: {flagged[:3]}"


def test_kinds_are_told_or_left_open(read: list[tuple[Case, ModelFacts]]) -> None:
    told = {"plain": "character", "sorted": "character", "lying": "character", "merged": "character", "styled": "style"}
    wrong = [
        case.kind
        for case, facts in read
        if case.kind in told and facts.subject_kind.value not in (told[case.kind], "unknown")
    ]
    right_ones = [case.kind for case, facts in read if told.get(case.kind) == facts.subject_kind.value]
    assert ([], True) == (wrong, len(right_ones) >= 0.9 * EACH * len(told))


def test_every_kind_comes_with_its_reasons(read: list[tuple[Case, ModelFacts]]) -> None:
    assert all(facts.subject_kind.because for _, facts in read)


def test_regularisation_folders_give_no_triggers(read: list[tuple[Case, ModelFacts]]) -> None:
    found = [facts for case, facts in read if case.kind == "regularised"]
    assert {1} == {sum(folder.regularisation for folder in facts.training.folders) for facts in found if facts.training}
    assert not [trigger for facts in found for trigger in facts.triggers if key(trigger.text) == "class of girls"]


def test_merged_models_list_what_they_were_merged_from(read: list[tuple[Case, ModelFacts]]) -> None:
    assert all(case.merged == facts.merged_from for case, facts in read if case.kind == "merged")


def test_every_trigger_of_a_model_with_several_folders_is_listed(read: list[tuple[Case, ModelFacts]]) -> None:
    for case, facts in read:
        if case.kind == "several":
            assert {key(text) for text in case.expected} <= {key(trigger.text) for trigger in facts.triggers}
