"""Each format holds what was found, and nothing that was scanned can act in it."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from sdscan.errors import ConfigError
from sdscan.reports import FORMATS, RenderOptions, redacted_by_default, renderer
from sdscan.run import Spool
from tests.reports.conftest import HOSTILE, result, spool

TEXTUAL = [name for name in FORMATS if name != "parquet"]


def rendered(name: str, run: Spool, **options: object) -> str:
    return "".join(renderer(name)(run, RenderOptions(**options)))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", TEXTUAL)
def test_every_format_tells_the_finding(name: str) -> None:
    text = rendered(name, spool([result(1, "high")]))
    assert "SD101" in text
    assert "atsune" in text


@pytest.mark.parametrize("name", TEXTUAL)
def test_no_format_lets_a_control_character_through(name: str, hostile: Spool) -> None:
    text = rendered(name, hostile, show_suppressed=True)
    assert "\x1b" not in text
    if name not in ("json", "jsonl", "csv", "junit", "gitlab", "sarif"):
        assert "\u202e" not in text.replace("\\u202e", "")


@pytest.mark.parametrize("name", TEXTUAL)
def test_rendering_twice_gives_the_same_bytes(name: str, hostile: Spool) -> None:
    assert rendered(name, hostile) == rendered(name, hostile)


def test_json_is_one_valid_document_and_jsonl_one_a_line(hostile: Spool) -> None:
    document = json.loads(rendered("json", hostile))
    lines = [json.loads(line) for line in rendered("jsonl", hostile).splitlines()]
    assert document["files"] == lines
    assert document["summary"]["files"] == len(lines) == 4
    assert document["schema"] == "sdscan-report/1"


def test_sarif_has_one_place_and_one_fingerprint_for_each_result(hostile: Spool) -> None:
    (run,) = json.loads(rendered("sarif", hostile))["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(run["results"]) == 2
    for one in run["results"]:
        (location,) = one["locations"]
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        assert uri.startswith("out/")
        assert " " not in uri
        assert "<" not in uri
        assert location["physicalLocation"]["region"] == {
            "startLine": 1,
            "startColumn": 1,
            "endLine": 1,
            "endColumn": 1,
        }
        assert one["partialFingerprints"]["primaryLocationLineHash"].endswith(":1")
        assert rules[one["ruleIndex"]] == one["ruleId"]
    for rule in run["tool"]["driver"]["rules"]:
        assert len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["markdown"]


def test_junit_is_well_formed_and_counts(hostile: Spool) -> None:
    suite = ElementTree.fromstring(rendered("junit", hostile)).find("testsuite")
    assert suite is not None
    assert {key: suite.get(key) for key in ("tests", "failures", "errors")} == {
        "tests": "4",
        "failures": "1",
        "errors": "1",
    }
    assert len(suite.findall("testcase/failure")) == 1
    assert len(suite.findall("testcase/error")) == 1


def test_no_csv_cell_starts_a_formula() -> None:
    rows = list(csv.reader(io.StringIO(rendered("csv", spool([result(1, "high", "=cmd|' /C calc'!A0")])))))
    assert len({len(row) for row in rows}) == 1
    assert [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@")] == []


def test_markdown_has_no_live_link_mention_or_extra_cell(hostile: Spool) -> None:
    text = rendered("markdown", spool([result(1, "high", "[a](http://x) @user | <b>x</b> `code`")]))
    (row,) = [line for line in text.splitlines() if "SD101" in line]
    assert row.replace("\\|", "").count("|") == 7
    assert "](http" not in row
    assert "@user" not in row
    assert "<b>" not in row.replace("\\<b\\>", "")


def test_workflow_commands_stay_on_one_line(hostile: Spool) -> None:
    lines = rendered("github", spool([result(1, "high", "two\nlines ::error::x")])).splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("::error file=")


def test_gitlab_fingerprints_are_unique() -> None:
    issues = json.loads(rendered("gitlab", spool([result(1, "high"), result(2, "high")])))
    assert len({issue["fingerprint"] for issue in issues}) == 2
    assert {issue["severity"] for issue in issues} == {"critical"}


@pytest.mark.parametrize("name", TEXTUAL)
def test_redaction_leaves_no_prompt_word(name: str) -> None:
    text = rendered(name, spool([result(1, "high", "secretword anotherone")]), redact=True)
    assert "secretword" not in text.replace("out/00001 secretword", "").replace("out/00001%20secretword", "").replace(
        "00001 secretword", ""
    )


def test_formats_for_others_are_redacted_by_default() -> None:
    assert [name for name in FORMATS if redacted_by_default(name)] == ["sarif", "junit", "github", "gitlab"]


def test_an_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="expected one of text, json"):
        renderer("pdf")


def test_text_keeps_the_evidence_intact() -> None:
    text = rendered("text", spool([result(1, "high", "portrait [by greg rutkowski] :cat:")]))
    assert "«portrait [by greg rutkowski] :cat:»" in text


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_text_keeps_to_the_width(width: int) -> None:
    from sdscan.terminal import cells

    text = rendered("text", spool([result(1, "high", "初音ミク " * 20 + HOSTILE), result(2, "low")]), width=width)
    assert [line for line in text.splitlines() if cells(line) > width] == []


def test_a_saved_report_of_another_schema_is_refused_by_name(tmp_path: Path) -> None:
    from sdscan.cli.report import read_result

    (tmp_path / "r.json").write_text('{"schema": "sdscan-report/2", "files": []}')
    with pytest.raises(ConfigError, match="sdscan-report/2"):
        read_result(str(tmp_path / "r.json"))
