"""Output on streams that hold no Unicode: legacy Windows consoles and pipes, old terminals."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sdscan.codepages import ERRORS

ROOT = Path(__file__).resolve().parent.parent
GALLERY = ROOT / "fixtures/gallery"
PICTURE = "02-character-in-prompt.png"


@pytest.mark.parametrize(
    ("text", "page", "expected"),
    [
        ("→ …a×2…", "cp437", "-> ...ax2..."),
        ("→ …a×2…", "cp932", "→ …a×2…"),
        ("初音ミク", "cp1252", "\\u521d\\u97f3\\u30df\\u30af"),
        ("初音ミク", "cp932", "初音ミク"),
        ("\ud800\U0001f431", "cp932", "\\ud800\\U0001f431"),
        ("\ud800🐱", "utf-8", "\\ud800🐱"),
    ],
)
def test_our_own_signs_become_plain_ones_and_scanned_text_an_escape(text: str, page: str, expected: str) -> None:
    assert expected == text.encode(page, ERRORS).decode(page)


@pytest.mark.parametrize(
    ("page", "arguments"),
    [
        ("cp932", ("scan", "--isolated", "--no-catalog", "--platform", "pixiv", PICTURE)),
        ("cp437", ("scan", "--isolated", "--no-catalog", "--platform", "pixiv", PICTURE)),
        ("cp1252", ("inspect", PICTURE)),
        ("cp850", ("explain", "SD201")),
    ],
)
def test_what_people_read_is_in_the_code_page_of_the_stream(page: str, arguments: tuple[str, ...]) -> None:
    text = run(page, *arguments).decode(page)
    assert "\\u2026" not in text
    assert "\\u2192" not in text
    assert "atsune" in text or "SD201" in text


def test_what_programs_read_is_utf_8_whatever_the_code_page() -> None:
    command = ("scan", "--isolated", "--no-catalog", "-o", "jsonl", PICTURE)
    assert run("utf-8", *command) == run("cp932", *command)


def run(page: str, *arguments: str) -> bytes:
    env = {**os.environ, "PYTHONIOENCODING": page, "PYTHONUTF8": "0", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-m", "sdscan", *arguments], cwd=GALLERY, env=env, capture_output=True)
    assert 0 == done.returncode, done.stderr
    return done.stdout
