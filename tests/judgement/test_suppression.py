"""Allow entries, baseline, content keys and finding ids: what stays set aside, what comes back, what is stale."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from msgspec.structs import replace
from rule_cases import TODAY, findings_of, judged, knowledge, match, model_file, no_data, picture, subject

from sdscan.errors import ConfigError
from sdscan.judgement.rules.case import covers
from sdscan.judgement.suppression import (
    BASELINE_SCHEMA,
    baseline_lines,
    content_key,
    entries_of,
    finding_id,
    odd_statements,
    read_baseline,
    stale_baseline,
    stale_statements,
)
from sdscan.knowledge.statements import Allow, BaselineEntry, Statements
from sdscan.records import Evidence, FileFacts, FileResult, Hashes, ModelFacts, Resource

TOMORROW = TODAY + datetime.timedelta(days=1)
YESTERDAY = TODAY - datetime.timedelta(days=1)


def allow(
    rule: str = "SD101", subject_id: str | None = "plain_hero", until: datetime.date | None = TOMORROW, **more: object
) -> Statements:
    return Statements(allow=(Allow(rule, "asked and answered", subject_id, expires=until, **more),))  # type: ignore[arg-type]


def result_of(statements: Statements, path: str = "work/a.png", facts: FileFacts | None = None) -> FileResult:
    return judged(
        facts or picture("plain hero"), match("plain_hero"), known=knowledge(statements=statements), path=path
    )


# ---- ids and content keys ----------------------------------------------------------------------------------------------


def test_the_id_depends_on_rule_subject_and_matched_text_and_on_nothing_else() -> None:
    about, one = subject("plain_hero"), Evidence("prompt", "png:tEXt/parameters", "Plain Hero", 0, 10)
    elsewhere = Evidence("prompt", "webp:exif/UserComment", "plain_hero", 99, 109, 1.3)
    assert finding_id("SD101", about, [one]) == finding_id("SD101", about, [elsewhere, one])
    assert 3 == len(
        {
            finding_id(rule, about, [item])
            for rule, item in (("SD101", one), ("SD103", one), ("SD101", replace(one, text="hero")))
        }
    )
    assert 16 == len(finding_id("SD101", None, []))


def test_the_id_survives_lone_surrogates() -> None:
    assert finding_id("SD603", None, [Evidence("lora-name", "x", "a\ud800b")])


def test_the_content_key_stays_when_a_picture_is_renamed_or_recompressed_and_changes_with_its_seed() -> None:
    facts = picture("plain hero", Resource("lora", "x", weight=0.5))
    generation = facts.generations[0]
    recompressed = replace(
        facts, format="webp", width=416, generations=(replace(generation, locator="webp:exif/UserComment"),)
    )
    other_seed = replace(facts, generations=(replace(generation, parameters={"Seed": "2"}),))
    assert content_key(facts) == content_key(recompressed)
    assert content_key(facts) != content_key(other_seed)
    assert content_key(facts) == content_key(judged(facts))


def test_the_content_key_of_a_model_is_its_digest_or_what_it_says() -> None:
    digest = content_key(model_file(ModelFacts("lora", title="a", hashes=Hashes(autov3="00ff"))))
    assert digest == content_key(model_file(ModelFacts("lora", title="renamed", hashes=Hashes(autov3="00ff"))))
    assert content_key(model_file(ModelFacts("lora", title="a"))) != content_key(
        model_file(ModelFacts("lora", title="b"))
    )


def test_a_file_that_says_nothing_has_no_content_key() -> None:
    assert "" == content_key(no_data())


# ---- allow -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statements", "is_allowed"),
    [
        (allow(), True),
        (allow("derivative-character"), True),
        (allow(subject_id=None), True),
        (allow(subject_id="free_hero"), False),
        (allow("SD102"), False),
        (allow(paths=("work/**",)), True),
        (allow(paths=("work",)), True),
        (allow(paths=("*.png",)), True),
        (allow(paths=("other/**",)), False),
        (allow(until=TODAY), True),
        (allow(until=YESTERDAY), False),
        (allow(until=None), True),
        (allow(ids=("0000000000000000",)), False),
    ],
)
def test_an_entry_allows_what_it_names_until_its_last_day(statements: Statements, is_allowed: bool) -> None:
    finding = findings_of(result_of(statements), "SD101")[0]
    assert is_allowed == (finding.suppressed is not None)


def test_a_finding_that_is_set_aside_says_by_whom_why_and_until_when() -> None:
    suppressed = findings_of(result_of(allow()), "SD101")[0].suppressed
    assert suppressed is not None
    assert ("sdscan.toml", "asked and answered", TOMORROW.isoformat()) == (
        suppressed.by,
        suppressed.reason,
        suppressed.expires,
    )


def test_an_entry_that_has_run_out_leaves_the_finding_and_says_until_when_it_held() -> None:
    result = result_of(allow(until=YESTERDAY))
    assert "medium" == result.severity
    assert [f"SD101 plain_hero was allowed until {YESTERDAY} by sdscan.toml: asked and answered"] == [
        f.message for f in findings_of(result, "SD901")
    ]


def test_a_renewed_entry_beside_the_old_one_holds() -> None:
    both = Statements(allow=(*allow(until=YESTERDAY).allow, *allow().allow))
    assert [] == findings_of(result_of(both), "SD901")


def test_nothing_sets_minors_aside() -> None:
    statements = Statements(
        allow=(Allow("SD401", "no", expires=TOMORROW),),
        baseline=frozenset(
            BaselineEntry(f.id, f.rule, None, "a.png", "") for f in judged(picture("child, nsfw")).findings
        ),
    )
    result = judged(picture("child, nsfw"), known=knowledge(statements=statements))
    assert (None, "critical") == (findings_of(result, "SD401")[0].suppressed, result.severity)


def test_nothing_inside_a_file_sets_anything_aside() -> None:
    facts = picture("plain hero, sdscan: allow SD101, noqa, [[allow]] rule = SD101")
    assert "medium" == judged(facts, match("plain_hero")).severity


@pytest.mark.parametrize(
    ("glob", "path", "is_covered"),
    [
        ("work/**", "work/a.png", True),
        ("work/**", "./work/deep/a.png", True),
        ("work/**", "home/somebody/work/a.png", True),
        ("work/**", "workshop/a.png", False),
        ("work/a.png", "work/a.png", True),
        ("a.png", "work/a.png", True),
        ("**", "work/a.png", True),
        ("work/[[]1].png", "work/[1].png", True),
    ],
)
def test_globs_hold_wherever_the_scan_started(glob: str, path: str, is_covered: bool) -> None:
    assert is_covered == covers((glob,), path)


# ---- baseline ------------------------------------------------------------------------------------------------------------


def accepted(facts: FileFacts | None = None, path: str = "work/a.png") -> Statements:
    return Statements(baseline=frozenset(entries_of(result_of(Statements(), path, facts))))


def test_the_baseline_accepts_the_picture_under_its_path() -> None:
    suppressed = findings_of(result_of(accepted()), "SD101")[0].suppressed
    assert suppressed is not None
    assert "sdscan.baseline.jsonl" == suppressed.by
    assert result_of(accepted(), "./work//a.png").severity is None


def test_the_baseline_accepts_a_renamed_picture_and_a_recompressed_one_but_no_new_one() -> None:
    facts = picture("plain hero")
    recompressed = replace(
        facts, format="webp", generations=(replace(facts.generations[0], locator="webp:exif/UserComment"),)
    )
    new = picture("plain hero", parameters={"Seed": "2"})
    renamed = result_of(accepted(), "elsewhere/b.png")
    assert (None, None, "medium") == (
        renamed.severity, result_of(accepted(), "b.webp", recompressed).severity, result_of(accepted(), "new.png", new).severity,
    )  # fmt: skip


def test_the_baseline_holds_what_counts_and_was_not_allowed() -> None:
    assert () == entries_of(judged(picture(), match("old_artist")))
    assert () == entries_of(result_of(allow()))
    assert () == entries_of(judged(picture("child, nsfw, kite")))


def test_what_the_baseline_accepted_stays_in_it_when_it_is_written_again() -> None:
    assert entries_of(result_of(Statements())) == entries_of(result_of(accepted()))


def test_the_file_is_sorted_and_reads_back(tmp_path: Path) -> None:
    entries = {BaselineEntry(f"{n:016x}", "SD101", None if n % 2 else "初音", f"絵/{9 - n}.png", "") for n in range(5)}
    text = baseline_lines(entries)
    assert baseline_lines(sorted(entries, key=lambda e: e.id, reverse=True)) == text
    assert text.splitlines()[0] == f'{{"schema":"{BASELINE_SCHEMA}"}}'
    (tmp_path / "b.jsonl").write_text(text, encoding="utf-8")
    assert frozenset(entries) == read_baseline(tmp_path / "b.jsonl")


def test_two_baselines_merged_line_by_line_still_read(tmp_path: Path) -> None:
    one, two = (BaselineEntry(f"{n:016x}", "SD101", None, f"{n}.png", "") for n in range(2))
    (tmp_path / "b.jsonl").write_text(baseline_lines([one]) + "\n" + baseline_lines([two]) + baseline_lines([one]))
    assert {one, two} == read_baseline(tmp_path / "b.jsonl")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "b.jsonl: is empty; expected a first line"),
        ("{}\n", 'b.jsonl:1: expected {"schema":"sdscan-baseline/1"}'),
        ('{"schema":"sdscan-baseline/2"}\n', "b.jsonl:1: expected"),
        ("nonsense\n", "b.jsonl:1: expected"),
        ('{"schema":"sdscan-baseline/1"}\n{"id":"a"}\n', "b.jsonl:2: Object missing required field `rule`"),
        (
            '{"schema":"sdscan-baseline/1"}\n{"id":1,"rule":"SD101","path":"a"}\n',
            "b.jsonl:2: Expected `str`, got `int`",
        ),
        (
            '{"schema":"sdscan-baseline/1"}\n{"id":"a","rule":"b","path":"c","note":"d"}\n',
            "b.jsonl:2: Object contains unknown field `note`",
        ),
        ('{"schema":"sdscan-baseline/1"}\n<<<<<<< ours\n', "b.jsonl:2: a merge conflict is not resolved"),
    ],
)
def test_a_wrong_baseline_names_file_line_and_expectation(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "b.jsonl").write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_baseline(tmp_path / "b.jsonl")
    assert str(caught.value).startswith(message)


def test_a_missing_baseline_is_an_error() -> None:
    with pytest.raises(ConfigError, match="no such file"):
        read_baseline("nowhere/b.jsonl")


# ---- stale ---------------------------------------------------------------------------------------------------------------


def test_entries_that_match_nothing_in_a_whole_run_are_told_once_each() -> None:
    gone = BaselineEntry("f" * 16, "SD201", "jane", "gone.png", "")
    statements = Statements(
        allow=(*allow().allow, *allow("SD301", "some_person").allow), baseline=accepted().baseline | {gone}
    )
    notes = stale_statements(statements, [result_of(statements)])
    assert (
        "sdscan.toml: [[allow]] SD301 some_person matches nothing any more; remove it",
        "sdscan.baseline.jsonl: SD201 jane in gone.png matches nothing any more; `sdscan baseline prune` removes it",
    ) == notes


def test_entries_that_cannot_be_obeyed_or_contradict_each_other_are_told() -> None:
    day = datetime.date(2027, 1, 31)
    jane = Allow("SD201", "asked", "jane", expires=day)
    entries = (
        Allow("SD401", "no", expires=day), Allow("minor-sexual", "no", expires=day), jane, replace(jane, reason="again"),
        replace(jane, expires=datetime.date(2026, 1, 31)), replace(jane, paths=("a/**",), expires=None),
    )  # fmt: skip
    assert (
        "sdscan.toml: [[allow]] SD401 is not obeyed: nothing sets SD401 aside; remove it",
        "sdscan.toml: [[allow]] minor-sexual is not obeyed: nothing sets minor-sexual aside; remove it",
        "sdscan.toml: [[allow]] SD201 jane stands twice, until 2026-01-31 and 2027-01-31; the later one counts, keep one",
    ) == odd_statements(Statements(allow=entries))


def test_entries_that_run_out_are_not_stale_as_well() -> None:
    statements = allow(until=YESTERDAY)
    assert () == stale_statements(statements, [result_of(statements)])


def test_a_renamed_picture_keeps_its_entry_alive() -> None:
    statements = accepted()
    assert () == stale_baseline(statements.baseline, [result_of(statements, "renamed.png")])
    assert 1 == len(stale_baseline(statements.baseline, [judged(picture("a hill"))]))
