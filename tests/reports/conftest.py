"""Results made by hand for the report formats: hostile in every field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from sdscan.exits import ExitRules
from sdscan.records import Evidence, FileResult, Finding, Generation, Pack, Prompt, Reason, Resource, Severity, Subject
from sdscan.run import Spool, batch_of

HOSTILE = "</script><img src=x onerror=document.title='owned'>\u202e\x1b[2J [b]=cmd|' /C calc'!A0 `x` 初音ミク"


def result(
    number: int, severity: Severity | None, text: str = "1girl, hatsune miku, stage", tool: str = "a1111"
) -> FileResult:
    """One file with one finding of that severity, or none."""
    evidence = Evidence("prompt", "png:tEXt/parameters", text, 0, len(text), 1.0)
    finding = Finding(
        f"{number:016x}", "SD101", "derivative-character", severity or "low", "strong",
        Subject("hatsune_miku", "character", "Hatsune Miku", "vocaloid"), f"prompt names {text}", (evidence,),
        {"pixiv": "review"}, None, (f"because {text}",), f"Ask about {text}.",
    )  # fmt: skip
    return FileResult(
        path=f"out/{number:05d} {text[:20]}.png", outcome="scanned", format="png",
        generations=(Generation(tool, "png:tEXt/parameters", None, (Prompt("positive", text, "png:tEXt/parameters"),), (Resource("lora", text, weight=0.8),)),),
        findings=(finding,) if severity else (), severity=severity, verdicts={"pixiv": "review" if severity else "ok"},
        reasons=(Reason("pixiv", "review", text, text, "https://example.org/rule", "2023-05-02", "stated"),),
    )  # fmt: skip


OPENED: list[Spool] = []


@pytest.fixture(autouse=True)
def _close_spools() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()


def spool(results: Iterable[FileResult]) -> Spool:
    """A run over these results."""
    made = Spool([batch_of(results)], (Pack("anime", "1", "00"),), ("pixiv",), ExitRules())
    OPENED.append(made)
    for _ in made.live():
        pass
    return made


@pytest.fixture
def hostile() -> Spool:
    """Three files whose every text is an attack, and one that could not be read."""
    unread = FileResult(path=f"out/{HOSTILE[:30]}", outcome="unreadable", format="unknown", reason=HOSTILE)
    return spool([result(1, "high", HOSTILE), result(2, "low", HOSTILE), result(3, None, HOSTILE), unread])
