"""SD401–SD403: what the words say that the picture shows. Enters a Case, leaves at most one finding of each rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sdscan.judgement.levels import Level, moved
from sdscan.judgement.ratings import first_of
from sdscan.judgement.rules.build import make, named
from sdscan.judgement.rules.case import Case, Group, Rule, is_used
from sdscan.records import VERDICTS, Evidence, Finding, Strength

if TYPE_CHECKING:
    from sdscan.knowledge.policies import Platform

SHARES = {"1/100-long-side": 100, "1/50-long-side": 50}
"""Mosaic rule of a platform → the long side is divided by this."""
SMALLEST_TILE = 4
"""Pixels; below that a mosaic conceals nothing."""
_THEMES = {
    "incest": "incest", "bestiality": "sexual acts with animals", "non-consent": "sexual acts without consent", "mutilation": "mutilation",
}  # fmt: skip


def judge_minor(case: Case) -> Iterator[Finding]:
    """SD401. Words for a child or an age below 18, or for a pupil, together with sexual words. Nothing lowers it."""
    rating = case.rating
    if rating.content == "general":
        return
    subjects = rating.of("minor")
    strength: Strength = "strong" if rating.content == "explicit" else "medium"
    if not subjects and rating.content == "explicit":
        subjects, strength = rating.of("pupil"), "medium"
    if not subjects:
        return
    evidence = (*first_of(subjects)[:3], *first_of(rating.of(rating.content))[:3])
    what = "was trained on captions that name" if case.is_model else "names"
    yield make(
        "SD401", None, Level("critical", strength, ("always critical; no policy, declaration, allow entry or baseline lowers it",)),
        f"text {what} a minor-coded subject together with sexual content", evidence,
        next_step="Do not publish, sell or share it. Platforms block it everywhere, and in many countries making or holding it is a crime.",
        risks=("minor_sexual",),
    )  # fmt: skip


def judge_mosaic(case: Case) -> Iterator[Finding]:
    """SD402: explicit words, and a platform that wants concealment; with the tile for this picture."""
    if case.is_model or case.rating.content != "explicit":
        return
    asked = [platform for platform in case.platforms if platform.mosaic]
    if not asked:
        return
    blocking = [platform for platform in asked if _strictest(platform, "mosaic") in ("review", "block")]
    real = [platform for platform in asked if platform.kind != "profile"]
    kind = "mosaic-block" if blocking and real else "mosaic" if real else "mosaic-hint"
    concealed = case.rating.of("concealed")
    level = moved(kind, "weak" if concealed else "medium")
    tiles = "; ".join(f"{platform.name}: {_tile_text(case, platform)}" for platform in asked)
    yield make(
        "SD402", None, level, f"explicit content that must be concealed there: {tiles}", first_of(case.rating.of("explicit"))[:3],
        next_step="Conceal before you post, and look at the thumbnail too: a smaller copy shrinks the tile.", risks=("mosaic",),
        because=("the prompt asks for concealment; whether the file has it cannot be told",) if concealed else (),
    )  # fmt: skip


def tile_of(platform: Platform, width: int, height: int) -> int | None:
    """Pixels of the smallest mosaic tile that a platform asks for in a picture of that size; None where the size is unknown."""
    share = SHARES.get(platform.mosaic)
    longest = max(width, height)
    return None if share is None or longest <= 0 else max(SMALLEST_TILE, -(-longest // share))


def _tile_text(case: Case, platform: Platform) -> str:
    facts = case.resolved.facts
    tile = tile_of(platform, facts.width, facts.height)
    if tile is None:
        return f"a mosaic tile of {platform.mosaic.replace('-', ' of the ', 1).replace('-', ' ')}"
    return f"a mosaic tile of at least {tile} px (long side {max(facts.width, facts.height)} px)"


def judge_payment(case: Case) -> Iterator[Finding]:
    """SD403: themes that the card networks forbid, and adult content with pupils, where a platform asked for has a rule on them."""
    yield from _theme(case)
    yield from _school(case)


def _theme(case: Case) -> Iterator[Finding]:
    rating = case.rating
    themes = [theme for theme in rating.themes if theme != "mutilation" or rating.content != "general"]
    if not themes or not any(p.rules_for("payment_prohibited") or p.rules_for("content_misc") for p in case.platforms):
        return
    words = ", ".join(_THEMES[theme] for theme in themes)
    evidence = first_of(rating.of(*(f"theme:{theme}" for theme in themes)))[:3]
    yield make(
        "SD403", None, moved("theme", "medium"), f"names a theme that the card networks forbid: {words}", evidence,
        next_step="Leave it out where payments run over card networks; shops remove it, and accounts with it.",
        risks=("payment_prohibited", "content_misc"),
    )  # fmt: skip


def _school(case: Case) -> Iterator[Finding]:
    """Explicit content with characters from a cast of pupils, or in a school setting. SD401 takes its place where it holds."""
    if case.rating.content != "explicit" or case.rating.of("minor", "pupil"):
        return
    cast = [group for group in case.of("character", "work") if is_used(group) and _is_young_cast(case, group)]
    setting = case.rating.of("school")
    if not cast and not (setting and any(judges_school(platform) for platform in case.platforms)):
        return
    evidence: tuple[Evidence, ...] = (*(group.matches[0].evidence for group in cast[:3]), *first_of(setting)[:2])
    who = (
        f"characters from a cast of pupils or minors ({', '.join(named(group.subject) for group in cast[:3])})"
        if cast
        else "a school setting"
    )
    yield make(
        "SD403", cast[0].subject if cast else None, moved("school-theme", "medium" if cast else "weak"), f"explicit content with {who}",
        (*evidence, *first_of(case.rating.of("explicit"))[:2]),
        next_step="Keep pictures with pupils free of adult content; some platforms presume school age from the setting alone.",
        risks=("school",),
    )  # fmt: skip


def _is_young_cast(case: Case, group: Group) -> bool:
    policy = case.work_policy(group.subject)
    return policy is not None and policy.minors_in_cast is True


def judges_school(platform: Platform) -> bool:
    """Whether a platform's own rule on minors speaks of schools, so that the setting alone is enough there."""
    return any("school" in rule.text.lower() for rule in platform.rules_for("minor_sexual"))


def _strictest(platform: Platform, risk: str) -> str:
    return max((rule.effect for rule in platform.rules_for(risk)), key=VERDICTS.index, default="ok")


SD401 = Rule(
    id="SD401", name="minor-sexual",
    summary="Sexual content with a minor-coded subject. Always critical.",
    flags="Words for a child, an age from 1 to 17, or words that call the person a pupil, in the same file as sexual words: prompts, LoRA names, and what a model was trained on.",
    why="Every platform with a written rule blocks it without warning, the card networks list it first, and in many countries it is a crime, drawn pictures included.",
    evidence=(
        "Strong: a word for a child or an age together with explicit words. Medium: the same with suggestive words, or words for a pupil with explicit ones. "
        "Words in negative prompts do not count; they are usually there to protect. The words stand in `sdscan/judgement/rules/vocabulary.json`."
    ),
    cannot_tell="What the picture shows. A word may be meant otherwise; look at the prompt, and change it, since platforms judge the words as well.",
    respond="Do not publish, sell or share it. No declaration, policy, allow entry or baseline sets this finding aside.",
    references=(
        "Civitai, terms of service 9.6(b) and rules on minors, 2026-07-20: civitai/civitai src/static-content/tos.md and rules/minors.md at ebed661",
        "Patreon, policy update, 2023-08-28: https://news.patreon.com/articles/a-mid-year-update-from-our-policy-team",
        "Card networks as passed on by pixiv Inc., 2022-12-02: https://www.pixiv.net/info.php?id=8872",
    ),
    judge=judge_minor,
    needs=frozenset({"content"}),
)  # fmt: skip

SD402 = Rule(
    id="SD402", name="explicit-needs-mosaic",
    summary="Explicit content where the platform wants concealment.",
    flags="Explicit words in the prompt, for each platform asked for that wants genitals concealed, with the smallest mosaic tile computed for this picture.",
    why="Creators report hidden posts, and suspensions after several warnings, for tiles that were too small; shops refuse to register the work.",
    evidence="Rating tags and clinical words in the prompt. The tile is the platform's share of the long side, rounded up, at least 4 pixels.",
    cannot_tell="Whether the picture is concealed already, or shows what the prompt says: it is always a reminder.",
    respond="Conceal with a tile of at least that size, and check the thumbnail. Bars and blur count on some platforms only.",
    references=(
        "A creator's account of warnings over 1/100 of the long side, 2022 (a copy of the post): https://xaiju.com/p/3356902/22837/fanbox",
        "DLsite, as of 2024-04-03: https://cs-circle.dlsite.com/hc/en-us/articles/14941627991321-Regarding-the-sale-of-AI-generated-works",
        "A creator on differing tile sizes of shops, undated: https://2d-girls.com/mosaic/",
    ),
    judge=judge_mosaic,
    needs=frozenset({"content"}),
)  # fmt: skip

SD403 = Rule(
    id="SD403", name="payment-prohibited",
    summary="Themes that the card networks forbid on selling platforms.",
    flags=(
        "Words for incest, sexual acts with animals or without consent, and mutilation, where a platform asked for has a rule on them; and explicit content with "
        "characters from a cast of pupils, or in a school setting."
    ),
    why="Shops pass the card brands' list on in their terms, whatever they think of AI. A single work can cost the account with its balance.",
    evidence="Clinical words in the prompt: medium. A cast of pupils is taken from the work's policy record: medium. A school setting alone is weak, and only counts for platforms whose rule speaks of schools.",
    cannot_tell="How the picture treats the theme. Whether the characters are grown up in it: some platforms do not accept that.",
    respond="Leave these pictures out where payments run over card networks. For works with pupils, publish pictures without adult content.",
    references=(
        "pixiv Inc. (BOOTH, FANBOX, Requests), themes of the card brands, 2022-12-02: https://www.pixiv.net/info.php?id=8872",
        "Civitai on its rules of 2025: https://civitai.com/articles/15022",
    ),
    judge=judge_payment,
    needs=frozenset({"content"}),
)  # fmt: skip
