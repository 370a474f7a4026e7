"""The files for CI systems: the shell part of the action runs as GitHub would run it, and every option they use exists."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sdscan.cli.scan import command
from sdscan.reports import FORMATS

ROOT = Path(__file__).resolve().parent.parent
BASH = shutil.which("bash")


def action() -> dict[str, Any]:
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    found: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return found


def script(name: str) -> str:
    return str(next(step["run"] for step in action()["runs"]["steps"] if step["name"] == name))


def run_scan(folder: Path, paths: str, **inputs: str) -> tuple[dict[str, str], str, int]:
    """The Scan step: its outputs, the job summary, and how the Exit step ends."""
    if BASH is None or os.name == "nt":
        pytest.skip("there is no bash here")
    temp = folder / "runner"
    (temp / "sdscan/bin").mkdir(parents=True)
    program = temp / "sdscan/bin/sdscan"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sdscan "$@"\n')
    program.chmod(0o755)
    env = {
        **os.environ, "PATHS": paths, "FAIL_ON": "high", "PLATFORMS": "general", "MODELS": "", "SARIF": "sdscan.sarif", **inputs,
        "RUNNER_TEMP": str(temp), "GITHUB_OUTPUT": str(temp / "output"), "GITHUB_STEP_SUMMARY": str(temp / "summary"), "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    flags = [BASH, "--noprofile", "--norc", "-e", "-o", "pipefail", "-c"]
    done = subprocess.run([*flags, script("Scan")], cwd=folder, env=env, capture_output=True, text=True, timeout=120)
    assert 0 == done.returncode, done.stderr
    outputs = dict(line.split("=", 1) for line in (temp / "output").read_text().splitlines())
    summary = (temp / "summary").read_text() if (temp / "summary").exists() else ""
    ended = subprocess.run([*flags, script("Exit")], env={**os.environ, "CODE": outputs.get("code", "")}, capture_output=True)
    return outputs, summary + done.stdout, ended.returncode


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "fixtures/gallery", tmp_path / "my art")
    return tmp_path


def test_the_action_scans_writes_sarif_and_a_summary_and_ends_with_the_code(folder: Path) -> None:
    outputs, told, code = run_scan(folder, "my art\n", PLATFORMS="pixiv booth")
    assert ({"code": "1", "sarif": "true"}, 1) == (outputs, code)
    assert "| file | level |" in told
    assert "::error file=my art/02-character-in-prompt.png" in told
    (run,) = json.loads((folder / "sdscan.sarif").read_text())["runs"]
    assert run["results"]
    assert "masterpiece" not in (folder / "sdscan.sarif").read_text() + told


def test_names_with_spaces_go_one_on_a_line(folder: Path) -> None:
    shutil.copytree(folder / "my art", folder / "more")
    outputs, told, _ = run_scan(folder, "my art\nmore\n\n", FAIL_ON="never")
    assert "3" == outputs["code"]
    assert "30 files" in told


def test_a_mistake_leaves_no_sarif_to_upload_and_ends_with_2(folder: Path) -> None:
    outputs, _, code = run_scan(folder, "nowhere")
    assert ({"code": "2"}, 2) == (outputs, code)


def test_an_action_that_did_not_run_is_no_success(folder: Path) -> None:
    if BASH is None or os.name == "nt":
        pytest.skip("there is no bash here")
    assert 2 == subprocess.run([BASH, "-e", "-c", script("Exit")], env={**os.environ, "CODE": ""}).returncode


def test_every_input_is_used_and_documented() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    page = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
    assert [] == [name for name in action()["inputs"] if f"inputs.{name} " not in text and f"inputs.{name} }}" not in text]
    assert [] == [name for name in action()["inputs"] if f"| `{name}` |" not in page]


def test_no_input_is_pasted_into_a_script() -> None:
    for step in action()["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


@pytest.mark.parametrize("name", ["action.yml", "ci-templates/gitlab.yml", "Containerfile", ".pre-commit-hooks.yaml", "docs/ci.md"])
def test_every_option_and_format_exists(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    lines = [line for line in text.splitlines() if "sdscan scan" in line or "options" in line or "CMD" in line]
    used = {word for line in lines for word in re.findall(r"(?<![\w-])--[a-z][a-z-]+", line)} - {"--rm", "--network", "--name-only"}
    assert used <= known
    assert {found for line in lines for found in re.findall(r"-o \"?(\w+)", line)} <= set(FORMATS)


def test_the_gitlab_template_is_yaml_with_both_reports() -> None:
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    job = yaml.safe_load((ROOT / "ci-templates/gitlab.yml").read_text(encoding="utf-8"))["sdscan"]
    made = set(re.findall(r":([\w.-]+\.(?:json|xml))", " ".join(job["script"])))
    assert set(job["artifacts"]["reports"].values()) == made
