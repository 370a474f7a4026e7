"""SD605: generation data in the pixels. Enters a Case, leaves at most one finding."""

from __future__ import annotations

from collections.abc import Iterator

from sdscan.judgement.levels import moved
from sdscan.judgement.rules.build import make
from sdscan.judgement.rules.case import Case, Rule
from sdscan.records import Evidence, Finding


def judge(case: Case) -> Iterator[Finding]:
    """One finding where a copy was read out of the pixels, alone or beside ordinary metadata."""
    hidden = [generation for generation in case.resolved.generations if generation.hidden]
    if not hidden:
        return
    alone = len(hidden) == len(case.resolved.generations)
    message = (
        "generation data stands only in the pixels: the metadata was stripped, the prompt was not"
        if alone
        else "generation data stands in the pixels as well: stripping the metadata would not take it out"
    )
    yield make(
        "SD605", None, moved("hidden-only" if alone else "hidden-also", "strong"), message,
        tuple(Evidence("prompt", generation.locator, generation.tool) for generation in hidden),
        next_step="Know that everybody with the original file can read the prompt; some sites rely on it to mark AI pictures.",
    )  # fmt: skip


SD605 = Rule(
    id="SD605", name="hidden-copy",
    summary="Generation data also, or only, stands in the pixels.",
    flags="A copy of prompt and settings in the lowest bits of the alpha or colour channels (`stealth pnginfo` and NovelAI's own), read out and checked.",
    why="A picture whose metadata was stripped still tells its prompt, its LoRAs and its seed to whoever looks: platforms, rightsholders, other users.",
    evidence="The signature and a payload that decodes. Chance cannot produce one. Low where the pixels are the only place, information where the metadata says the same.",
    cannot_tell="Whether it is there on purpose. NovelAI and some extensions write it into every picture.",
    respond="Decide knowingly. The copy survives lossless conversion and is lost by JPEG or resizing. sdscan does not remove it.",
    references=("Why bots moved to it when a chat program began to strip metadata: https://github.com/Kilvoctu/aiyabot/pull/162",),
    judge=judge,
    needs=frozenset({"hidden"}),
)  # fmt: skip
