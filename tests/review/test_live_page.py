"""The live page in a real browser: marks are written with the reason that the page asks for, and new pictures appear."""

from __future__ import annotations

import os
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(os.name == "nt", reason="a console's Ctrl-C cannot be sent to one process there"),
    pytest.mark.loopback,
]
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("starlette", reason="the extra sdscan[review] is not installed")


def test_marks_are_written_and_new_pictures_appear(served: tuple[str, int, str, Path]) -> None:
    host, port, token, folder = served
    address = f"http://{host}:{port}/{token}/"
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-quic"])
        page: Any = browser.new_page(viewport={"width": 1200, "height": 900})
        asked: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        page.locator(".card").nth(2).wait_for()
        assert page.locator(".card").count() == 3
        for _ in range(100):  # the page's policy forbids the evaluation that wait_for_function needs
            if page.evaluate("() => [...document.images].length === 3 && [...document.images].every(i => i.naturalWidth > 0)"):
                break
            page.wait_for_timeout(100)
        page.locator(".card", has_text="07-style").click()
        page.keyboard.press("a")
        page.keyboard.press("Escape")
        page.get_by_role("button", name="allow marked files").click()
        page.get_by_label("Why is it allowed?").fill('the artist "agreed"')
        page.get_by_role("button", name="write", exact=True).click()
        page.get_by_role("alert").wait_for()
        assert "written into sdscan.toml" in page.get_by_role("alert").inner_text()
        entries = tomllib.loads((folder / "sdscan.toml").read_text())["allow"]
        assert {"SD202"} <= {entry["rule"] for entry in entries}
        assert {'the artist "agreed"'} == {entry["reason"] for entry in entries}
        page.keyboard.press("Escape")
        shutil.copy(ROOT / "fixtures/gallery/05-strict-work.png", folder / "out/fresh.png")
        page.locator(".card", has_text="fresh.png").wait_for(timeout=20_000)
        browser.close()
    assert [] == complaints
    assert [] == [url for url in asked if not url.startswith((address, "data:"))]
