"""Midjourney: `Description` = `prompt --ar 2:3 --sref … Job ID: <uuid>` (PNG, XMP, EXIF) → Generation.

`--sref` (style), `--cref` (character) and `--oref` (object or character) point at somebody's picture: that is imitation by reference,
without a word in the prompt.
"""

from __future__ import annotations

import re

from sdscan.facts.decoders.draft import Draft
from sdscan.facts.decoders.found import NOTHING, Blobs, Found
from sdscan.limits import Limits
from sdscan.patterns import pattern
from sdscan.records import Generation, ResourceKind

PLACES = ("description", "imagedescription", "comment", "usercomment", "title", "xpcomment", "xptitle")
_JOB = pattern(r"\s*Job ID: ?([0-9a-f]{8}-[0-9a-f-]{27})", re.IGNORECASE)
_OPTION = pattern(r"(?:^|\s)(?:--|—)([a-zA-Z]+)(?=\s|$)")
_KNOWN = frozenset(
    "ar aspect v version niji sref cref oref sw cw ow stylize s chaos c weird w style no iw q quality seed stop tile p profile repeat r "
    "video hd raw test testp draft exp turbo fast relax personalize upbeta uplight creative sv motion loop end bs".split()
)
_REFERENCES: dict[str, tuple[ResourceKind, str]] = {
    "sref": ("style", "sw"), "cref": ("reference-image", "cw"), "oref": ("reference-image", "ow"), "profile": ("style", ""), "p": ("style", ""),
}  # fmt: skip
"""Option → what it points at, and the option with its weight (0 to 100 or 1000)."""
_URL = pattern(r"https?://\S+")


def decode(blobs: Blobs, limits: Limits) -> Found:
    """The Generation of the first text that has a job id, or two of Midjourney's options."""
    for key in PLACES:
        for blob in blobs.get(key, ()):
            if blob.text and is_midjourney(blob.text):
                extra = [b for b in (*blobs.get("author", ()), *blobs.get("creation time", ())) if b.text]
                return Found((from_text(blob.text, blob.locator),), (blob, *extra))
    return NOTHING


def is_midjourney(text: str) -> bool:
    """True where a job id follows, or where two known options stand in the text."""
    if len(text) > 20_000 or ("--" not in text and "Job ID" not in text and "—" not in text):
        return False
    known = [m[1].lower() for m in _OPTION.finditer(text) if m[1].lower() in _KNOWN]
    return (
        _JOB.search(text) is not None
        or len(known) >= 2
        or bool({"ar", "v", "niji", "sref", "cref", "oref"} & set(known))
    )


def from_text(text: str, locator: str) -> Generation:
    """Prompt, options, references."""
    job = _JOB.search(text)
    body = text[: job.start()] if job else text
    options = list(_OPTION.finditer(body))
    prompt = body[: options[0].start()] if options else body
    draft = Draft("midjourney", locator, tags=False)
    for match in _URL.finditer(prompt):  # picture prompts stand first
        draft.model("reference-image", match[0], "image prompt")
    draft.prompt("positive", _URL.sub("", prompt).strip())
    parameters: dict[str, str] = {"Job ID": job[1]} if job else {}
    for option, end in zip(options, [*(m.start() for m in options[1:]), len(body)]):
        parameters[option[1].lower()] = body[option.end() : end].strip()
    draft.prompt("negative", parameters.pop("no", None), "--no")
    for option_name, (kind, weight_name) in _REFERENCES.items():
        value = parameters.get(option_name, "")
        for reference in value.split():
            name, _, own = reference.partition("::")
            weight = _weight(own) if own and not name.startswith("http") else _weight(parameters.get(weight_name))
            if name != "random":
                draft.model(kind, name, f"--{option_name}", weight=weight)
    version = (
        "niji " + parameters["niji"] if parameters.get("niji") else parameters.get("v") or parameters.get("version")
    )
    return draft.done(version, parameters)


def _weight(value: str | None) -> float | None:
    return float(value) if value and re.fullmatch(r"\d{1,20}(\.\d{1,20})?", value) else None
