"""Pictures of the terminal and of the page for docs/img, from real runs over the demo: nothing here is drawn by hand.

The terminal's output is taken with its colours and shown by a browser in a monospaced font; the page is the page.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs/img"
ENV = {**os.environ, "SOURCE_DATE_EPOCH": "1795305600", "PYTHONUTF8": "1", "FORCE_COLOR": "1"}
PLATFORMS = ("--platform", "pixiv", "--platform", "booth", "--platform", "adobe_stock")
DEMO = ("--isolated", "--no-catalog", "--models", "fixtures/models", *PLATFORMS)
FEW = tuple(f"fixtures/gallery/{name}" for name in ("04-character-only-in-lora.png", "07-style-lora-living-artist.png", "08-public-domain-painter.png"))
SHOTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("terminal", ("scan", *DEMO, *FEW)),
    ("terminal-ja", ("scan", *DEMO, *FEW, "--lang", "ja")),
    ("explain", ("explain", "SD202")),
    ("models", ("models", "--isolated", "--no-catalog", "fixtures/models")),
)
"""(name, the command) of each picture of a terminal."""
CSS = """
body{margin:0;background:#16181d;display:inline-block}
.bar{height:30px;background:#23262d;border-radius:9px 9px 0 0;display:flex;align-items:center;gap:7px;padding:0 13px}
.bar i{width:11px;height:11px;border-radius:50%;background:#4a4f5a}.bar{contain:inline-size}.bar span{color:#9aa0a8;font:12px system-ui;margin-left:9px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
pre{margin:0;padding:14px 18px 18px;color:#d8dade;font:14px/1.42 "Noto Sans Mono CJK JP","DejaVu Sans Mono",monospace;font-variant-ligatures:none}
"""


def terminal_page(arguments: tuple[str, ...], columns: int = 100) -> str:
    """What a command prints at a terminal, as a page."""
    from rich.ansi import AnsiDecoder
    from rich.console import Console
    from rich.terminal_theme import TerminalTheme

    color = ("--color", "always") if arguments[0] != "explain" else ()
    done = subprocess.run([sys.executable, "-m", "sdscan", *arguments, *color], cwd=ROOT, env={**ENV, "COLUMNS": str(columns)}, capture_output=True)
    if done.returncode not in (0, 1, 3):
        raise SystemExit(f"{arguments}: {done.stderr.decode()[-600:]}")
    theme = TerminalTheme(
        (22, 24, 29), (216, 218, 222),
        [(40, 44, 52), (255, 122, 97), (116, 197, 128), (242, 181, 68), (110, 160, 255), (230, 120, 200), (108, 192, 229), (216, 218, 222)],
        [(110, 116, 128), (255, 140, 120), (140, 215, 150), (255, 205, 110), (150, 185, 255), (240, 150, 215), (140, 210, 240), (255, 255, 255)],
    )  # fmt: skip
    console = Console(record=True, width=columns + 60, file=io.StringIO(), force_terminal=True, color_system="truecolor", soft_wrap=True)
    for line in AnsiDecoder().decode(done.stdout.decode().rstrip()):
        console.print(line, soft_wrap=True)
    body = console.export_html(theme=theme, inline_styles=True, code_format="{code}").rstrip()
    shown = " ".join(word for word in arguments if word not in ("--isolated", "--no-catalog"))
    shown = shown.replace(" ".join(FEW), "fixtures/gallery")
    return f'<!doctype html><meta charset="utf-8"><style>{CSS}</style><div class="bar"><i></i><i></i><i></i><span>sdscan {shown}</span></div><pre>{body}</pre>'


def save(png: bytes, name: str, quality: int = 76) -> None:
    """A small WebP."""
    from PIL import Image

    TARGET.mkdir(parents=True, exist_ok=True)
    path = TARGET / f"{name}.webp"
    Image.open(io.BytesIO(png)).convert("RGB").save(path, "WEBP", quality=quality, method=6)
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1024:.0f} KB")


def shoot_terminals(browser: Any, folder: Path) -> None:
    """The pictures of the terminal."""
    for name, arguments in SHOTS:
        file = folder / f"{name}.html"
        file.write_text(terminal_page(arguments), encoding="utf-8")
        page = browser.new_page(viewport={"width": 1100, "height": 800}, device_scale_factor=1.25)
        page.goto(file.as_uri())
        save(page.locator("body").screenshot(), name)
        page.close()


def report(folder: Path, language: str, *paths: str) -> Path:
    """The page of a scan."""
    file = folder / f"report-{language}.html"
    command = [sys.executable, "-m", "sdscan", "scan", *DEMO, *(paths or ("fixtures/gallery",)), "--lang", language, "-o", f"html:{file}"]
    done = subprocess.run(command, cwd=ROOT, env=ENV, capture_output=True)
    if done.returncode not in (0, 1, 3):
        raise SystemExit(done.stderr.decode()[-600:])
    return file


def shoot_pages(browser: Any, folder: Path) -> None:
    """The pictures of the page: light, dark, filtered, one card open, Japanese."""
    english, japanese = report(folder, "en"), report(folder, "ja")
    shots: tuple[tuple[str, Path, str, str, tuple[str, ...]], ...] = (
        ("page-light", english, "light", "", ()),
        ("page-dark", english, "dark", "", ()),
        ("page-filtered", english, "light", "#q=rule%3ASD103+platform%3Abooth%3Dblock&overview=0", ()),
        ("page-open", english, "light", "", ("ArrowRight", "Enter")),
        ("page-open-dark", english, "dark", "", ("ArrowRight", "ArrowRight", "ArrowRight", "Enter")),
        ("page-ja", japanese, "light", "", ()),
        ("page-open-ja", japanese, "light", "", ("ArrowRight", "Enter")),
    )
    for name, file, scheme, fragment, keys in shots:
        context = browser.new_context(viewport={"width": 1280, "height": 860}, color_scheme=scheme, device_scale_factor=1.25, reduced_motion="reduce")
        page = context.new_page()
        page.goto(file.as_uri() + fragment)
        for key in keys:
            page.keyboard.press(key)
        page.wait_for_timeout(200)
        save(page.screenshot(), name)
        context.close()


def main() -> None:
    """All pictures."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("screenshots: there is no Chromium on this machine")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"])
        shoot_terminals(browser, Path(folder))
        shoot_pages(browser, Path(folder))
        browser.close()


if __name__ == "__main__":
    main()
