"""SD606: personal data in the metadata. Enters a Case, leaves one finding a kind of data."""

from __future__ import annotations

from collections.abc import Iterator

from sdscan.judgement.levels import moved
from sdscan.judgement.rules.build import make
from sdscan.judgement.rules.case import Case, Rule
from sdscan.records import Evidence, EvidenceSource, Finding

KINDS: dict[str, tuple[str, str]] = {
    "key": ("private-high", "what looks like an access key"),
    "e-mail": ("private-medium", "an e-mail address"),
    "gps": ("private-medium", "the place where it was taken"),
    "home-path": ("private-low", "a path below a user's home folder"),
    "user-name": ("private-low", "a user name"),
}
"""kind of FileFacts.private → (where its level starts, what sentences call it)."""


def judge(case: Case) -> Iterator[Finding]:
    """One finding for each kind that stands in the file. The message never repeats the data; a key is shown by its first characters."""
    by_kind: dict[str, list[Evidence]] = {}
    for kind, locator, text in case.resolved.facts.private:
        shown = f"{text[:4]}…" if kind == "key" else text
        by_kind.setdefault(kind, []).append(Evidence(_source(locator), locator, shown))
    for kind, evidence in sorted(by_kind.items()):
        level, words = KINDS.get(kind, ("private-low", "personal data"))
        count = f" in {len(evidence)} places" if len(evidence) > 1 else ""
        yield make(
            "SD606", None, moved(level, "strong"), f"metadata holds {words}{count}", tuple(dict.fromkeys(evidence)),
            next_step=_next_step(kind), risks=("private_data",),
        )  # fmt: skip


def _next_step(kind: str) -> str:
    if kind == "key":
        return "Withdraw the key at its service first; then take it out of a copy with `sdscan label --private remove`."
    return "Take it out of a copy with `sdscan label --private remove`; prompts and AI marks stay."


def _source(locator: str) -> EvidenceSource:
    return "xmp" if "xmp" in locator.lower() else "sidecar" if "sidecar" in locator.lower() else "prompt"


SD606 = Rule(
    id="SD606", name="private-data",
    summary="Personal paths, account names, keys or places in the metadata.",
    flags="Paths below a home folder, user names, e-mail addresses, access keys and GPS positions in any metadata text. One finding a kind.",
    why="Workflows carry the paths of every model and picture they load, and with them the name of the account. Downloads from most sites keep them.",
    evidence="The text as it stands, at its place; an access key is shown by its first characters only. Keys are high, addresses and places medium, paths low.",
    cannot_tell="Whether the name is a secret to you, or whether a site strips it when you upload.",
    respond="Take it out of the copy that you publish: `sdscan label --private remove` removes this and nothing else. Generation data that a platform demands stays.",
    references=("A request to keep prompts and settings from leaking: https://github.com/AUTOMATIC1111/stable-diffusion-webui/issues/8468",),
    judge=judge,
    needs=frozenset({"private"}),
)  # fmt: skip
