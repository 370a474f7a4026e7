#!/usr/bin/env python3
"""Takes the pictures of docs/img from real runs on the demo: the terminal, and the page light, dark, filtered, with one card open, in Japanese.

    python scripts/screenshots.py      needs Chromium on PATH
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "img"
DEMO = ["--models", "fixtures/models", "--platform", "pixiv", "--platform", "booth", "--platform", "adobe_stock", "fixtures/gallery"]
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync", "--hide-scrollbars"]
PAGES = {
    "page-light": ("", "en", []),
    "page-dark": ("", "en", ["--force-dark-mode"]),
    "page-filtered": ("#q=sev%3Ahigh", "en", []),
    "page-open": ("#open=fixtures%2Fgallery%2F07-style-lora-living-artist.png", "en", []),
    "page-japanese": ("", "ja", []),
}
"""name → (fragment of the address, language, more flags)."""


def sdscan(*arguments: str) -> str:
    """What a run prints, in colour at 80 columns, judged on a fixed date."""
    env = {**os.environ, "SOURCE_DATE_EPOCH": "1795305600", "COLUMNS": "80", "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "sdscan", "scan", "--isolated", "--no-catalog", "--color", "always", *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, encoding="utf-8").stdout


def shot(url: str, name: str, size: str, *more: str) -> None:
    """One picture of an address."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        raise SystemExit("screenshots: no Chromium on PATH")
    with tempfile.TemporaryDirectory() as folder:
        png = Path(folder) / "shot.png"
        command = [browser, *FLAGS, f"--user-data-dir={folder}/profile", f"--window-size={size}", f"--screenshot={png}", *more, url]
        subprocess.run(command, capture_output=True, check=True, timeout=60)
        with Image.open(png) as picture:
            picture.convert("RGB").save(OUT / f"{name}.webp", "WEBP", quality=82, method=6)


def terminal_page(text: str) -> str:
    """The lines of a terminal as HTML."""
    console = Console(record=True, width=80, file=io.StringIO(), markup=False, highlight=False)
    console.print(Text.from_ansi("\n".join(text.splitlines()[:42])), soft_wrap=True)
    frame = "<pre style=\"font:15px/1.35 'DejaVu Sans Mono',monospace;padding:18px;margin:0;background:#fff\">{code}</pre>"
    return console.export_html(inline_styles=True, code_format="<meta charset=utf-8><body style='margin:0'>" + frame)


def main() -> None:
    """All pictures."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "terminal.html"
        page.write_text(terminal_page(sdscan(*DEMO)), encoding="utf-8")
        shot(page.as_uri(), "terminal", "800,900")
        for name, (fragment, lang, more) in PAGES.items():
            report = Path(folder) / f"{name}.html"
            sdscan(*DEMO, "--lang", lang, "-o", f"html:{report}")
            shot(report.as_uri() + fragment, name, "1200,860", *more)


if __name__ == "__main__":
    main()
