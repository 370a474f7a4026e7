"""The contract with the outside world, held through the installed command."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
SDSCAN = [sys.executable, "-m", "sdscan"]
DEMO = ["--models", "fixtures/models", "fixtures/gallery"]


def run(
    *arguments: str, cwd: Path = ROOT, stdin: bytes | None = None, **env: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*SDSCAN, *arguments], cwd=cwd, input=stdin, capture_output=True, env={**os.environ, **env}, timeout=120
    )


def scan(*arguments: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    return run("scan", "--isolated", "--no-catalog", *arguments, **env)


@pytest.fixture(scope="module")
def records() -> dict[str, dict[str, Any]]:
    done = scan(*DEMO, "--platform", "pixiv", "--platform", "booth", "-o", "jsonl")
    assert done.returncode == 1, done.stderr.decode()
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {Path(row["path"]).name: row for row in rows}


# ---- records ---------------------------------------------------------------------------------------------------------


def test_every_record_follows_the_schema(records: dict[str, dict[str, Any]]) -> None:
    from jsonschema import Draft202012Validator

    schema = json.loads((ROOT / "sdscan" / "schemas" / "file-1.json").read_text())
    errors = [
        f"{name}: {error.message}"
        for name, row in records.items()
        for error in Draft202012Validator(schema).iter_errors(row)
    ]
    assert errors == []


def test_the_keys_of_the_contract_are_there(records: dict[str, dict[str, Any]]) -> None:
    wanted = {
        "schema",
        "path",
        "outcome",
        "reason",
        "format",
        "problems",
        "generations",
        "model",
        "disclosure",
        "findings",
        "severity",
        "verdicts",
    }
    for row in records.values():
        assert wanted <= row.keys()
        assert row["schema"] == "sdscan-file/1"
        for generation in row["generations"]:
            assert {"tool", "tool_version", "locator", "prompts", "resources", "parameters"} <= generation.keys()
        for finding in row["findings"]:
            assert {
                "id",
                "rule",
                "name",
                "severity",
                "strength",
                "subject",
                "message",
                "evidence",
                "verdicts",
                "suppressed",
            } <= finding.keys()


def test_there_is_one_record_for_each_file_and_each_outcome_is_right(records: dict[str, dict[str, Any]]) -> None:
    assert sorted(records) == sorted(path.name for path in (ROOT / "fixtures" / "gallery").iterdir())
    outcomes = {name: row["outcome"] for name, row in records.items() if row["outcome"] != "scanned"}
    assert outcomes == {"13-no-data.png": "no-metadata", "15-damaged.png": "unreadable"}


def test_offsets_point_at_the_evidence(records: dict[str, dict[str, Any]]) -> None:
    pointed = 0
    for row in records.values():
        texts = {prompt["locator"]: prompt["text"] for g in row["generations"] for prompt in reversed(g["prompts"])}
        for finding in row["findings"]:
            for item in finding["evidence"]:
                if item["source"] == "prompt" and item["start"] is not None:
                    assert texts[item["locator"]][item["start"] : item["end"]] == item["text"]
                    pointed += 1
    assert pointed >= 5


# ---- the story that the gallery tells ------------------------------------------------------------------------------------


def found(records: dict[str, dict[str, Any]], name: str, *rules: str) -> list[tuple[str, str | None, str, str]]:
    rows = [
        (f["rule"], (f["subject"] or {}).get("id"), f["severity"], f["strength"])
        for f in records[name]["findings"]
        if not rules or f["rule"] in rules
    ]
    return sorted(rows, key=str)


NAMES = ("SD101", "SD102", "SD103")
STYLES = ("SD201", "SD202", "SD203", "SD204")


def test_an_original_character_stays_quiet(records: dict[str, dict[str, Any]]) -> None:
    assert found(records, "01-original-character.png", *NAMES, *STYLES, "SD301") == []


def test_a_character_in_the_prompt_is_found(records: dict[str, dict[str, Any]]) -> None:
    ((rule, subject, severity, strength),) = found(records, "02-character-in-prompt.png", *NAMES)
    assert (subject, strength) == ("hatsune_miku", "strong")
    assert rule in ("SD101", "SD103")
    assert severity != "info"


def test_a_name_that_only_the_negative_prompt_has_is_information(records: dict[str, dict[str, Any]]) -> None:
    assert [row[1:3] for row in found(records, "03-character-only-in-negative.png", *NAMES)] == [
        ("hatsune_miku", "info")
    ]


def test_a_character_that_only_the_lora_knows_is_found(records: dict[str, dict[str, Any]]) -> None:
    assert ("hatsune_miku", "strong") in [
        (row[1], row[3]) for row in found(records, "04-character-only-in-lora.png", *NAMES) if row[2] != "info"
    ]
    (resource,) = [
        r for r in records["04-character-only-in-lora.png"]["generations"][0]["resources"] if r["kind"] == "lora"
    ]
    assert resource["file"]["path"] == "fixtures/models/blue_ribbon_v2.safetensors"


def test_a_strict_work_weighs_more_than_a_tolerant_one(records: dict[str, dict[str, Any]]) -> None:
    levels = ["info", "low", "medium", "high", "critical"]
    assert levels.index(records["05-strict-work.png"]["severity"]) > levels.index(
        records["06-tolerant-work.png"]["severity"]
    )


def test_a_style_lora_of_a_living_artist_is_found_and_a_public_domain_painter_is_information(
    records: dict[str, dict[str, Any]],
) -> None:
    assert ("SD202", "greg_rutkowski", "high") in [
        row[:3] for row in found(records, "07-style-lora-living-artist.png", *STYLES)
    ]
    assert {row[2] for row in found(records, "08-public-domain-painter.png", *STYLES)} == {"info"}


def test_a_lora_at_a_tenth_weighs_less_than_at_full_weight(records: dict[str, dict[str, Any]]) -> None:
    ((_, _, faint, _),) = found(records, "09-frames-lora-weight-0.1.png", "SD104")
    ((_, _, full, _),) = found(records, "10-frames-lora-weight-1.0.png", "SD104")
    assert (faint, full) == ("low", "medium")


def test_a_lora_that_no_file_explains_is_named(records: dict[str, dict[str, Any]]) -> None:
    assert {"SD203", "SD603"} <= {row[0] for row in found(records, "14-unknown-lora.png")}


# ---- bytes -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form", ["json", "jsonl", "text", "sarif", "junit", "csv", "markdown", "github", "gitlab", "html"]
)
def test_two_runs_give_the_same_bytes(form: str) -> None:
    one = scan(*DEMO, "-o", form, PYTHONHASHSEED="1")
    two = scan(*DEMO, "-o", form, PYTHONHASHSEED="2")
    assert one.stdout == two.stdout
    assert one.stdout != b""
    assert str(ROOT).encode() not in one.stdout


def test_the_number_of_jobs_changes_no_byte() -> None:
    assert scan(*DEMO, "-o", "json", "--jobs", "1").stdout == scan(*DEMO, "-o", "json", "--jobs", "2").stdout


def test_the_catalog_changes_no_byte(tmp_path: Path) -> None:
    plain = scan(*DEMO, "-o", "json")
    for _ in range(2):
        again = run("scan", "--isolated", "--catalog", str(tmp_path / "c.sqlite"), *DEMO, "-o", "json")
        assert again.stdout == plain.stdout


def test_a_saved_result_gives_the_same_report_as_the_scan(tmp_path: Path) -> None:
    scan(*DEMO, "-o", f"json:{tmp_path}/r.json", "-o", f"csv:{tmp_path}/r.csv")
    assert run("report", f"{tmp_path}/r.json", "-o", "csv").stdout == (tmp_path / "r.csv").read_bytes()


# ---- exit codes, row by row ---------------------------------------------------------------------------------------------------


def one(tmp_path: Path, *names: str) -> str:
    folder = tmp_path / "some"
    folder.mkdir()
    for name in names:
        shutil.copy(ROOT / "fixtures" / "gallery" / name, folder)
    return str(folder)


def test_0_where_nothing_reached_the_threshold(tmp_path: Path) -> None:
    assert scan(one(tmp_path, "01-original-character.png")).returncode == 0


def test_0_for_a_file_without_data_which_is_counted_and_not_called_clean(tmp_path: Path) -> None:
    done = scan(one(tmp_path, "13-no-data.png"))
    assert done.returncode == 0
    assert b"not the same as clean" in done.stdout


def test_1_where_a_finding_reached_the_threshold(tmp_path: Path) -> None:
    folder = one(tmp_path, "05-strict-work.png")
    assert scan(folder).returncode == 1
    assert scan(folder, "--fail-on", "never").returncode == 0
    assert scan(folder, "--exit-zero").returncode == 0


def test_1_outranks_3(tmp_path: Path) -> None:
    assert scan(one(tmp_path, "05-strict-work.png", "15-damaged.png")).returncode == 1


def test_3_where_a_file_could_not_be_read(tmp_path: Path) -> None:
    folder = one(tmp_path, "15-damaged.png")
    assert scan(folder).returncode == 3
    assert scan(folder, "--exit-zero").returncode == 3
    assert scan(folder, "--allow-incomplete").returncode == 0


def test_4_where_folders_held_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert scan(str(tmp_path / "empty")).returncode == 4
    assert scan("--hook", str(tmp_path / "empty")).returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["nowhere.png"],
        ["--platform", "pixif", "."],
        ["--watchlist", "nowhere.toml", "."],
        ["--no-such-option"],
        ["-o", "pdf", "."],
        ["--config", "no.toml", "."],
    ],
    ids=" ".join,
)
def test_2_for_a_usage_error(arguments: list[str]) -> None:
    done = scan(*arguments)
    assert done.returncode == 2
    assert done.stderr.strip()
    assert b"Traceback" not in done.stderr


def test_141_where_the_reader_of_the_pipe_went_away() -> None:
    command = [*SDSCAN, "scan", "--isolated", "--no-catalog", *DEMO]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(60) == 141


def test_paths_come_from_standard_input_with_nul() -> None:
    paths = b"fixtures/gallery/01-original-character.png\0fixtures/gallery/13-no-data.png\0"
    done = run("scan", "--isolated", "--no-catalog", "--files-from", "-", "-z", "-o", "jsonl", stdin=paths)
    assert [json.loads(line)["path"] for line in done.stdout.splitlines()] == [
        p for p in paths.decode().split("\0") if p
    ]


def test_the_hook_is_silent_on_success() -> None:
    done = scan("--hook", "fixtures/gallery/01-original-character.png")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_redaction_hides_every_word_of_the_prompts() -> None:
    for form in ("sarif", "junit", "github", "gitlab", "jsonl", "csv", "markdown"):
        out = scan(*DEMO, "-o", form, "--redact").stdout.decode()
        for word in ("lantern", "twintails", "blue_ribbon_v2", "東京", "somebodys"):
            assert word not in out, (form, word)
