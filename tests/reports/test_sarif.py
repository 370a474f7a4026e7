"""SARIF as others read it: the official schema and the rules of GitHub, by Microsoft's validator, where it is installed.

`npm install @microsoft/sarif-multitool` brings both (`.ci/run` does it). SARIF_MULTITOOL names the program where it is not on PATH.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sdscan.reports import RenderOptions, renderer
from sdscan.run import Spool
from tests.reports.conftest import result, spool

ROOT = Path(__file__).resolve().parent.parent.parent
FOUND = os.environ.get("SARIF_MULTITOOL") or shutil.which("Sarif.Multitool") or ""
NEEDED = pytest.mark.skipif(
    not FOUND, reason="sarif-multitool is not installed (npm install @microsoft/sarif-multitool)"
)


def written(run: Spool, folder: Path, **options: bool) -> Path:
    file = folder / "out.sarif"
    file.write_text("".join(renderer("sarif")(run, RenderOptions(**options))), encoding="utf-8")  # type: ignore[arg-type]
    return file


def remarks(file: Path) -> list[tuple[str, str]]:
    """(rule, level) of every error and warning; notes ask for what pictures have not (source lines, a commit)."""
    told = file.with_suffix(".checked.sarif")
    command = [
        FOUND,
        "validate",
        str(file),
        "--rule-kind",
        "Sarif;Ghas",
        "--output",
        str(told),
        "--log",
        "ForceOverwrite",
    ]
    env = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=env)
    assert "completed successfully" in done.stdout, done.stdout + done.stderr
    (run,) = json.loads(told.read_text(encoding="utf-8-sig"))["runs"]
    return [(one["ruleId"], one.get("level", "warning")) for one in run["results"] if one.get("level") != "note"]


@NEEDED
@pytest.mark.parametrize("hidden", [True, False])
def test_github_takes_it_whatever_the_files_are_called(hidden: bool, hostile: Spool, tmp_path: Path) -> None:
    assert [] == remarks(written(hostile, tmp_path, redact=hidden))
    assert [] == remarks(written(spool([result(1, None)]), tmp_path))


@NEEDED
def test_the_validator_finds_what_github_would_refuse(hostile: Spool, tmp_path: Path) -> None:
    file = written(hostile, tmp_path)
    log: dict[str, Any] = json.loads(file.read_text())
    log["runs"][0]["results"][0]["locations"] = []
    file.write_text(json.dumps(log))
    assert ("GH1015", "error") in remarks(file)


@NEEDED
def test_it_keeps_to_the_official_schema(hostile: Spool, tmp_path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((Path(FOUND).resolve().parent / "sarif-2.1.0.json").read_text(encoding="utf-8-sig"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    log = json.loads(written(hostile, tmp_path).read_text())
    assert [] == [error.message for error in validator.iter_errors(log)]
    log["runs"][0]["results"][0]["level"] = "bad"
    assert [error.message for error in validator.iter_errors(log)]


def test_every_rule_leads_to_its_page(hostile: Spool, tmp_path: Path) -> None:
    text = (ROOT / "docs/rules.md").read_text(encoding="utf-8")
    headings = {
        re.sub(r"[^\w -]", "", line.lstrip("# ")).lower().replace(" ", "-")
        for line in text.splitlines()
        if line.startswith("#")
    }
    log = json.loads(written(hostile, tmp_path).read_text())
    addresses = [rule["helpUri"] for rule in log["runs"][0]["tool"]["driver"]["rules"]]
    assert [] == [address for address in addresses if address.partition("#")[2] not in headings]
