"""The report page in a real browser: filters, keys, marks, hostile prompts, no request, no console error, five thousand files."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sdscan.reports import RenderOptions, renderer
from sdscan.run import Spool
from tests.reports.conftest import result, spool

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.loopback,  # the driver talks to the browser over a local socket
]
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


class Opened:
    """A page from disk, and everything it asked for or complained about."""

    def __init__(
        self, browser: Any, folder: Path, run: Spool, fragment: str = "", lang: str = "en", **context: object
    ) -> None:
        file = folder / "report.html"
        file.write_text("".join(renderer("html")(run, RenderOptions(root=str(folder), lang=lang))), encoding="utf-8")
        self.context = browser.new_context(viewport={"width": 1200, "height": 900}, **context)
        self.page = self.context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on(
            "console",
            lambda message: self.complaints.append(message.text) if message.type in ("error", "warning") else None,
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.url = file.as_uri()
        self.page.goto(self.url + fragment)

    def shown(self) -> str:
        return str(self.page.locator("header [role=status]").inner_text())

    def close(self) -> None:
        asked = [url for url in self.requests if not url.startswith(("data:", self.url))]
        assert asked == []
        assert self.complaints == []
        self.context.close()


MIXED = [
    result(1, "high"),
    result(2, "medium", "a castle", "comfyui"),
    result(3, "low", "a bridge"),
    result(4, None, "a plain field"),
]


def test_flagged_files_are_shown_first_and_filters_narrow_them(browser: Any, tmp_path: Path) -> None:
    opened = Opened(browser, tmp_path, spool(MIXED))
    page = opened.page
    assert opened.shown() == "3 of 4 files shown"
    page.get_by_role("button", name="high 1").click()
    assert opened.shown() == "1 of 4 files shown"
    assert "sev%3Ahigh" in page.url
    page.get_by_role("button", name="high 1").click()
    page.get_by_role("searchbox").fill("!tool:comfyui castle")
    assert opened.shown() == "0 of 4 files shown"
    page.get_by_role("searchbox").fill("tool:comfyui")
    assert opened.shown() == "1 of 4 files shown"
    page.get_by_role("searchbox").fill("")
    page.get_by_role("button", name="all files").click()
    assert opened.shown() == "4 of 4 files shown"
    opened.close()


def test_the_address_keeps_what_is_shown(browser: Any, tmp_path: Path) -> None:
    opened = Opened(browser, tmp_path, spool(MIXED), "#q=bridge")
    assert opened.shown() == "1 of 4 files shown"
    opened.close()


def test_the_keyboard_moves_opens_marks_and_closes(browser: Any, tmp_path: Path) -> None:
    opened = Opened(browser, tmp_path, spool(MIXED))
    page = opened.page
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert page.locator("dialog[open] h2").inner_text().startswith("out/00002")
    assert page.locator("dialog[open] .prompt mark").inner_text() == "a castle"
    page.keyboard.press("f")
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    assert page.locator(".mark").inner_text() == "fix"
    page.keyboard.press("/")
    page.keyboard.type("mark:fix")
    assert opened.shown() == "1 of 4 files shown"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert "Keys" in page.locator("dialog[open] h2").inner_text()
    opened.close()


def test_marked_files_become_allow_entries(browser: Any, tmp_path: Path) -> None:
    import tomllib

    opened = Opened(browser, tmp_path, spool([result(1, "high", 'a "quoted" \\ name')]))
    opened.page.keyboard.press("a")
    opened.page.get_by_role("button", name="copy as [[allow]]").click()
    text = opened.page.locator("dialog[open] textarea").input_value()
    (entry,) = tomllib.loads(text)["allow"]
    assert entry["rule"] == "SD101"
    assert entry["subject"] == "hatsune_miku"
    assert entry["paths"] == ['out/00001 a "quoted" \\ name.png']
    opened.close()


def test_hostile_prompts_are_inert(browser: Any, tmp_path: Path, hostile: Spool) -> None:
    opened = Opened(browser, tmp_path, hostile)
    page = opened.page
    page.keyboard.press("Enter")
    page.wait_for_timeout(100)
    assert page.title() == "sdscan report"
    assert page.locator("dialog[open] .prompt").first.inner_text().startswith("</script><img src=x")
    assert page.evaluate("document.querySelectorAll('img[src=x]').length") == 0
    opened.close()


def test_five_thousand_files_open_in_three_seconds_and_only_the_visible_ones_are_in_the_page(
    browser: Any, tmp_path: Path
) -> None:
    run = spool(
        result(n, ("high", "medium", "low")[n % 3], f"1girl, picture {n}, " + "tag, " * 40) for n in range(5_000)
    )
    start = time.perf_counter()
    opened = Opened(browser, tmp_path, run)
    assert opened.shown() == "5000 of 5000 files shown"
    took = time.perf_counter() - start
    assert opened.page.locator(".card").count() < 60
    opened.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    opened.page.wait_for_timeout(100)
    assert opened.page.locator(".card").count() < 60
    assert took < 20, "a generous bound for a loaded machine; scripts/bench measures the three seconds"
    opened.close()


def test_without_javascript_it_is_a_plain_table(browser: Any, tmp_path: Path) -> None:
    opened = Opened(browser, tmp_path, spool(MIXED), java_script_enabled=False)
    assert opened.page.locator("#static tbody tr").count() == 4
    assert "SD101 high" in opened.page.locator("#static tbody tr").first.inner_text()
    opened.context.close()


def test_a_picture_that_has_moved_shows_a_placeholder(browser: Any, tmp_path: Path) -> None:
    opened = Opened(browser, tmp_path, spool([result(1, "high")]))
    assert opened.page.locator(".card .pic").inner_text().startswith("png")
    opened.close()


def test_the_page_speaks_japanese(browser: Any, tmp_path: Path) -> None:
    opened = Opened(browser, tmp_path, spool(MIXED), lang="ja")
    assert opened.shown() == "4ファイル中 3件を表示"
    opened.page.keyboard.press("Enter")
    assert opened.page.locator("dialog[open] h3").first.inner_text() == "できること"
    assert opened.page.evaluate("document.documentElement.lang") == "ja"
    opened.close()


def test_all_cards_are_printed(browser: Any, tmp_path: Path) -> None:
    opened = Opened(browser, tmp_path, spool(result(n, "high") for n in range(200)))
    page = opened.page
    assert page.locator(".card").count() < 60
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".card").count() == 200
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".card").count() < 60
    opened.close()


def test_a_line_break_of_windows_is_a_line_break(browser: Any, tmp_path: Path) -> None:
    opened = Opened(browser, tmp_path, spool([result(1, "high", "1girl,\r\nstage")]))
    opened.page.keyboard.press("Enter")
    assert opened.page.locator("dialog[open] .prompt").inner_text() == "1girl,\nstage"
    opened.close()


def test_explicit_pictures_are_blurred_until_asked(browser: Any, tmp_path: Path) -> None:
    from msgspec.structs import replace
    from PIL import Image

    one = result(1, "high")
    explicit = replace(
        one, path="a.png", findings=(replace(one.findings[0], rule="SD402", name="explicit-needs-mosaic"),)
    )
    Image.new("RGB", (64, 64), "red").save(tmp_path / "a.png")
    opened = Opened(browser, tmp_path, spool([explicit]))
    blurred = "getComputedStyle(document.querySelector('.card img')).filter"
    assert opened.page.evaluate(blurred) == "blur(22px)"
    opened.page.keyboard.press("b")
    assert opened.page.evaluate(blurred) == "none"
    opened.close()


def test_what_is_set_aside_is_called_so_and_not_counted(browser: Any, tmp_path: Path) -> None:
    from msgspec.structs import replace

    from sdscan.records import Suppressed

    one = result(1, "high")
    aside = replace(one.findings[0], suppressed=Suppressed("sdscan.toml", "asked in May"))
    run = spool([replace(one, findings=(aside,), severity=None)])
    file = tmp_path / "report.html"
    options = RenderOptions(root=str(tmp_path), show_suppressed=True)
    file.write_text("".join(renderer("html")(run, options)), encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    assert page.locator(".badge").inner_text() == "set aside"
    assert page.get_by_role("button", name="high 0").count() == 1
    page.close()


def test_every_part_of_the_page_stands_in_a_landmark_and_the_open_card_is_read_first(
    browser: Any, tmp_path: Path
) -> None:
    opened = Opened(browser, tmp_path, spool(MIXED))
    page = opened.page
    assert page.evaluate(
        "[...document.body.children].filter(e => !/^(SCRIPT|DIALOG)$/.test(e.tagName)).map(e => e.tagName)"
    ) == ["HEADER", "MAIN"]
    assert page.get_by_role("listbox").get_attribute("aria-activedescendant") == "card-0"
    assert page.locator(".card").first.get_attribute("aria-setsize") == "3"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "H2"
    opened.close()


def test_a_page_whose_script_fails_is_a_plain_table(browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    text = "".join(renderer("html")(spool(MIXED), RenderOptions(root=str(tmp_path))))
    file.write_text(
        text.replace('<script type="application/json" id="data">{', '<script type="application/json" id="data">'),
        encoding="utf-8",
    )
    page = browser.new_page()
    page.goto(file.as_uri())
    assert page.locator("#static tbody tr").count() == 4
    assert page.locator("#static").is_visible()
    page.close()
