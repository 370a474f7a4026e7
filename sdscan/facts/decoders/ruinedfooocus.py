"""RuinedFooocus: JSON `{"Prompt", "Negative", "base_model_name", "loras": [[hash, "1.0 - folder/name"]], "software"}` → Generation."""

from __future__ import annotations

import re

from sdscan.facts.decoders.draft import Draft
from sdscan.facts.decoders.found import Found, list_at, number, settings, text_at
from sdscan.limits import Limits
from sdscan.patterns import pattern

_NEW = pattern(r"\s*(-?[\d.]+) - (.+)", re.DOTALL)
_OLD = pattern(r"<([^<>:]{1,300}?)\s*(?:\N{SPIRAL NOTE PAD}\ufe0f?)?:(-?[\d.]+)>")
"""`Loras:<path 🗒️:1>,<None:0.5>`, in versions before 2024 (DiffusionToolkit issue 154)."""


def from_json(data: dict[str, object], locator: str, limits: Limits) -> Found | None:
    """The Generation, where the JSON names RuinedFooocus."""
    if not text_at(data, "software").startswith("RuinedFooocus"):
        return None
    draft = Draft("ruinedfooocus", locator)
    draft.prompt("positive", data.get("Prompt"), "Prompt")
    draft.prompt("negative", data.get("Negative"), "Negative")
    draft.model("checkpoint", data.get("base_model_name"), "base_model_name", digest=data.get("base_model_hash"))
    draft.model("vae", data.get("vae"), "vae")
    for index, entry in enumerate(list_at(data, "loras")):
        digest, text = (entry[0], entry[1]) if isinstance(entry, list) and len(entry) == 2 else (None, entry)
        match = _NEW.match(text) if isinstance(text, str) else None
        if match:
            draft.model("lora", match[2], f"loras[{index}]", digest=digest, weight=number(match[1]))
        else:
            draft.model("lora", text, f"loras[{index}]", digest=digest)
    for match in _OLD.finditer(text_at(data, "loras")):
        draft.model("lora", match[1], "loras", weight=number(match[2]))
    version = text_at(data, "software").partition(" ")[2]
    return Found((draft.done(version, settings(data, "Prompt", "Negative", "software", "loras")),))
