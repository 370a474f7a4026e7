"""SD601, SD602, SD607: what a picture says, or does not say, about being made with AI, and who takes it. Enters a Case, leaves at most one of each."""

from __future__ import annotations

from collections.abc import Iterator

from sdscan.judgement.levels import moved
from sdscan.judgement.rules.build import make
from sdscan.judgement.rules.case import Case, Rule, carries_mark
from sdscan.records import Evidence, Finding


def judge_disclosure(case: Case) -> Iterator[Finding]:
    """SD601: the platforms asked for that are owed a mark which the file does not carry, together."""
    if not case.is_generated or case.is_model or carries_mark(case.resolved.facts.disclosure):
        return
    owed = [
        platform for platform in case.platforms if platform.disclosure_effect == "label" and platform.id != "general"
    ]
    if not owed:
        return
    readers = [platform for platform in owed if platform.metadata == "mark" or platform.id == "strict-self"]
    names = ", ".join(platform.name for platform in readers or owed)
    level = moved("disclosure" if readers else "disclosure-switch", "strong")
    said = (
        "wants an AI mark in the file, and there is none"
        if readers
        else "wants AI pictures marked; the mark is set there when you post"
    )
    step = "Write the mark into a copy with `sdscan label`." if readers else f"{owed[0].disclosure.rstrip('.')}."
    yield make(
        "SD601", None, level, f"{names}: {said}", _made_by(case), next_step=step,
        because=tuple(f"{platform.name}: {platform.disclosure}" for platform in owed),
    )  # fmt: skip


def judge_no_data(case: Case) -> Iterator[Finding]:
    """SD602: nothing to judge by."""
    if case.resolved.facts.outcome != "no-metadata":
        return
    message = "no generation data: there is nothing to judge by, which is not the same as clean"
    if case.is_generated:
        message = "marked as made with AI, but without the data that would tell from what: nothing to judge by"
    yield make(
        "SD602", None, moved("no-data", "strong"), message, (),
        next_step="Look at the original file, before anything re-saved or stripped it.", risks=("metadata_missing",),
    )  # fmt: skip


def judge_refused(case: Case) -> Iterator[Finding]:
    """SD607: the platforms asked for that take no AI pictures, or few, together."""
    if not case.is_generated or case.is_model:
        return
    refusing = [platform for platform in case.platforms if platform.takes_ai == "no"]
    limiting = [
        platform for platform in case.platforms if platform.takes_ai == "limited" and platform.rules_for("ai_any")
    ]
    if refusing:
        names = ", ".join(platform.name for platform in refusing)
        step = f"Publish somewhere that takes AI pictures; on {refusing[0].name} tracing or retouching does not help unless its rules say so."
        yield make(
            "SD607", None, moved("ai-refused", "strong"), f"does not take AI pictures: {names}", _made_by(case),
            next_step=step, risks=("ai_any",), because=tuple(f"{platform.name}: {platform.stance}" for platform in refusing),
        )  # fmt: skip
    elif limiting:
        names = ", ".join(platform.name for platform in limiting)
        refuses = any(rule.effect == "block" for platform in limiting for rule in platform.rules_for("ai_any"))
        yield make(
            "SD607", None, moved("ai-restricted" if refuses else "ai-limited", "strong"), f"takes AI pictures only within limits: {names}", _made_by(case),
            next_step=f"{limiting[0].name}: {limiting[0].stance}", risks=("ai_any",),
            because=tuple(f"{platform.name}: {platform.stance}" for platform in limiting),
        )  # fmt: skip


def _made_by(case: Case) -> tuple[Evidence, ...]:
    """Which writers' data says that the picture was made with AI."""
    tools = {generation.tool: generation.locator for generation in reversed(case.resolved.generations)}
    found = tuple(Evidence("xmp" if "xmp" in place else "prompt", place, tool) for tool, place in sorted(tools.items()))
    marks = case.resolved.facts.disclosure
    return found or tuple(Evidence("xmp", "disclosure", text) for text in (marks.iptc, marks.c2pa, marks.aigc) if text)


SD601 = Rule(
    id="SD601", name="disclosure-missing",
    summary="A platform wants an AI mark which the file does not carry.",
    flags="A picture with generation data and without an AI mark (IPTC DigitalSourceType, C2PA, AIGC), for each platform asked for that wants AI pictures marked.",
    why=(
        "Undeclared AI pictures are the most common reason for sanctions that needs no dispute about style or characters. Platforms that read marks (Meta, DeviantArt) "
        "set their label from the file; others want a switch, a tag or a section. From August 2026 on the EU AI Act and Californian law move marks into files."
    ),
    evidence="Generation data in the file, no mark that names a trained algorithm. Low where the platform reads marks from files, information where the mark is a switch set when posting.",
    cannot_tell="Whether you set the switch when you posted. Whether the picture was drawn over so far that the platform's definition no longer fits.",
    respond="Set the platform's own mark. `sdscan label` writes the IPTC mark into lossless copies. A mark that is there is never taken out.",
    references=(
        "IPTC NewsCodes, digital source type: http://cv.iptc.org/newscodes/digitalsourcetype/",
        "IPTC Photo Metadata 2025.1, November 2025: https://iptc.org/news/2025/11",
        "pixiv, the AI-generated mark, 2022-10-31: https://www.pixiv.net/info.php?id=8729",
        "EU AI Act, Article 50, applies from 2026-08-02 (press summary): https://luxgap.com/articles/ai-act-transparence-2-aout-marquage-2-decembre-2026/?lang=en",
    ),
    judge=judge_disclosure,
    needs=frozenset({"generated"}),
)  # fmt: skip

SD602 = Rule(
    id="SD602", name="no-generation-data",
    summary="Nothing to judge by; cannot be called safe.",
    flags="A picture, video or sound without any generation data.",
    why="Most chat programs, sites and editors strip metadata. A stripped picture of a strict character looks, to sdscan, exactly like a photograph of a tree.",
    evidence="Every metadata place of the format was read to the end and held no generation data. Hidden copies in the pixels are looked for where they are cheap to find, everywhere with `--thorough`.",
    cannot_tell="Anything about the picture, including whether AI made it. Missing data is no proof of hand work.",
    respond="Look for the original, or its sidecar or log file, and scan that. Run sdscan before any step that strips metadata.",
    references=("What each format can hold: the documentation page on formats.",),
    judge=judge_no_data,
    needs=frozenset({"no-metadata"}),
)  # fmt: skip

SD607 = Rule(
    id="SD607", name="ai-not-accepted",
    summary="The platform does not take AI pictures at all.",
    flags="A picture with generation data or an AI mark, for each platform asked for that refuses AI pictures, or takes them only within limits.",
    why="FANBOX, Fantia, Ci-en, Skeb, Shutterstock, Getty and others closed accounts on the day their rule began. No other finding matters there.",
    evidence="Generation data, or an AI mark. High where the platform refuses, low where it limits. No declaration lowers a refusal.",
    cannot_tell="How much of the picture you drew yourself. Some platforms define AI pictures as made by AI in all or the main part; others refuse traced ones as well.",
    respond="Publish somewhere else. `sdscan policy show PLATFORM` gives the platform's own definition with source and date.",
    references=(
        "pixivFANBOX, AI-generated works banned from 2023-05-31: https://www.pixiv.net/info.php?id=9660",
        "Ci-en, 2023-05-11 (press): https://news.denfaminicogamer.jp/news/2305112a",
        "Fantia, 2026-01-22 (press): https://www.itmedia.co.jp/aiplus/articles/2601/16/news117.html",
        "Skeb, 2023-03-01: https://medium.com/skeb-jp/ai-64daff7ae0e0",
    ),
    judge=judge_refused,
    needs=frozenset({"generated"}),
)  # fmt: skip
