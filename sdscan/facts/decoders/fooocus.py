"""Fooocus (JSON scheme and `log.html`) and Fooocus-MRE → Generation. The a1111 scheme is plain infotext.

`full_prompt` holds the text of the chosen styles, artist names among them, which `prompt` does not (formats page, section 1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sdscan.facts.decoders.draft import Draft
from sdscan.facts.decoders.found import NOTHING, Blobs, Found, json_object, list_at, number, settings, text_at
from sdscan.limits import Limits
from sdscan.patterns import pattern
from sdscan.records import Generation

_COMBINED = pattern(r"(?:lora_combined_|LoRA )\d+$")
_TEXTS = ("prompt", "negative_prompt", "full_prompt", "full_negative_prompt", "prompt_expansion", "version", "styles")
_ENTRY = pattern(r'<div id="([^"]{1,300})" class="image-container">')
_TO_CLIPBOARD = pattern(r"to_clipboard\('([^']*)'\)")


def from_json(data: dict[str, object], locator: str, limits: Limits) -> Found | None:
    """The Generation of the `fooocus` scheme."""
    if "base_model" not in data and "full_prompt" not in data:
        return None
    draft = Draft("fooocus", locator)
    draft.prompt("positive", data.get("prompt"), "prompt")
    draft.prompts_of("positive", list_at(data, "full_prompt"), "full_prompt")
    draft.prompt("positive", data.get("prompt_expansion"), "prompt_expansion")
    draft.prompt("negative", data.get("negative_prompt"), "negative_prompt")
    draft.prompts_of("negative", list_at(data, "full_negative_prompt"), "full_negative_prompt")
    draft.model("checkpoint", data.get("base_model"), "base_model", digest=data.get("base_model_hash"))
    draft.model("checkpoint", data.get("refiner_model"), "refiner_model", digest=data.get("refiner_model_hash"))
    if "(" not in text_at(data, "vae"):  # `Default (model)`
        draft.model("vae", data.get("vae"), "vae")
    _add_loras(draft, data)
    _add_styles(draft, data.get("styles"), "styles")
    version = text_at(data, "version").removeprefix("Fooocus ")
    return Found((draft.done(version, settings(data, *_TEXTS)),))


def from_mre(data: dict[str, object], locator: str, limits: Limits) -> Found | None:
    """The Generation of Fooocus-MRE (PNG `Comment`, JPEG COM)."""
    software = text_at(data, "software")
    if not software.startswith("Fooocus"):
        return None
    draft = Draft("fooocus-mre" if "MRE" in software else "fooocus", locator)
    draft.prompt("positive", data.get("prompt"), "prompt")
    draft.prompts_of("positive", _several(data.get("real_prompt")), "real_prompt")
    draft.prompt("negative", data.get("negative_prompt"), "negative_prompt")
    draft.prompts_of("negative", _several(data.get("real_negative_prompt")), "real_negative_prompt")
    draft.model(
        "checkpoint",
        data.get("base_model") or data.get("base_model_name"),
        "base_model",
        digest=data.get("base_model_hash"),
    )
    draft.model("checkpoint", data.get("refiner_model"), "refiner_model", digest=data.get("refiner_model_hash"))
    _add_loras(draft, data)
    _add_styles(draft, data.get("styles") or data.get("style"), "styles")
    version = software.partition(" ")[2]
    return Found(
        (draft.done(version, settings(data, "prompt", "negative_prompt", "real_prompt", "software", "styles")),)
    )


def from_log(data: dict[str, object], locator: str, limits: Limits) -> Found | None:
    """The Generation of the labels that `log.html` and its clipboard text use (`Prompt`, `Base Model`, `LoRA 1`)."""
    if "Base Model" not in data and "Fooocus V2 Expansion" not in data:
        return None
    draft = Draft("fooocus", locator)
    draft.prompt("positive", data.get("Prompt"), "Prompt")
    draft.prompts_of("positive", _several(data.get("Full Positive Prompt") or data.get("Full Prompt")), "Full Prompt")
    draft.prompt("positive", data.get("Fooocus V2 Expansion"), "Fooocus V2 Expansion")
    draft.prompt("negative", data.get("Negative Prompt"), "Negative Prompt")
    draft.prompts_of("negative", _several(data.get("Full Negative Prompt")), "Full Negative Prompt")
    draft.model("checkpoint", data.get("Base Model"), "Base Model")
    draft.model("checkpoint", data.get("Refiner Model"), "Refiner Model")
    _add_loras(draft, data)
    _add_styles(draft, data.get("Styles"), "Styles")
    version = text_at(data, "Version").removeprefix("Fooocus ")
    return Found(
        (draft.done(version, settings(data, "Prompt", "Negative Prompt", "Version", "Styles", "Fooocus V2 Expansion")),)
    )


def _several(value: object) -> list[object]:
    if isinstance(value, list):
        return value
    return [value] if value else []


def _add_loras(draft: Draft, data: dict[str, object]) -> None:
    """`loras: [[name, weight, hash]]`, `lora_combined_1: "name : weight"`, `LoRA 1` of the log, and `l1`, `w1` of MRE."""
    for index, entry in enumerate(list_at(data, "loras")):
        if isinstance(entry, list) and entry:
            weight = number(entry[1]) if len(entry) > 1 else None
            draft.model("lora", entry[0], f"loras[{index}]", weight=weight, digest=entry[2] if len(entry) > 2 else None)
        elif isinstance(entry, dict):
            draft.model("lora", text_at(entry, "name", "model"), f"loras[{index}]", weight=number(entry.get("weight")))
    for index in range(1, 6):
        draft.model("lora", data.get(f"l{index}"), f"l{index}", weight=number(data.get(f"w{index}")))
    for key, value in data.items():
        if isinstance(value, str) and _COMBINED.match(key):
            name, colon, strength = value.rpartition(" : ")
            on, _, bare = name.partition(" : ")  # presets and later versions say first whether it is on
            if on in ("True", "False") and bare:
                name = bare
            weight = number(strength) if colon else None
            draft.model(
                "lora", name if colon else value, key, weight=weight, state="unused" if on == "False" else "used"
            )


def _add_styles(draft: Draft, value: object, where: str) -> None:
    """`"['Fooocus V2', 'Anime']"`: a Python list as text; MRE writes a JSON list."""
    if isinstance(value, str):
        value = re.findall(r"'([^']{1,100})'", value) or [value.strip("[]")]
    for name in _several(value):
        draft.model("style", name, where)


def decode_log(text: str, locator: str, limits: Limits) -> Found:
    """The entries of a Fooocus `log.html`. Where the locator ends in `#NAME`, only the entry of that picture.

    Fooocus `modules/private_logger.py` writes one `<div id="NAME_EXT" class="image-container">` a picture, with a button
    whose script carries the same metadata as percent-encoded JSON.
    """
    marks = list(_ENTRY.finditer(text))
    wanted = locator.rpartition("#")[2].replace(".", "_") if "#" in locator else None
    generations: list[Generation] = []
    for mark, end in zip(marks, [*(m.start() for m in marks[1:]), len(text)]):
        if len(generations) >= limits.prompts:
            break
        if wanted is None or mark[1] == wanted:
            where = locator if wanted is not None else f"{locator}#{mark[1]}"
            generations += _log_entry(text[mark.end() : end], where, limits)
    return Found(tuple(generations))


def _log_entry(entry: str, locator: str, limits: Limits) -> tuple[Generation, ...]:
    from urllib.parse import unquote  # imported late: only this log is percent-encoded

    button = _TO_CLIPBOARD.search(entry)
    if button:
        data, _ = json_object(unquote(button[1]), locator, limits)
        if data is not None:
            found = from_json(data, locator, limits) or from_log(data, locator, limits)
            if found is not None:
                return found.generations
    labelled = dict(_rows(entry))
    found = from_log(labelled, locator, limits) if labelled else NOTHING
    return found.generations if found is not None else ()


def _rows(entry: str) -> Iterator[tuple[str, object]]:
    """Label and value of each row of the table. No regular expression, because a damaged page has no closing tags."""
    import html  # late: its table of entities is large

    mark = "<td class='label'>" if "<td class='label'>" in entry else "<td class='key'>"  # `key` before 2.2
    for piece in entry.split(mark)[1:]:
        label, _, rest = piece.partition("</td>")
        value = rest.partition("<td class='value'>")[2].partition("</td>")[0]
        yield html.unescape(label).strip(), html.unescape(value.replace("</br>", "\n")).strip()


def decode(blobs: Blobs, limits: Limits) -> Found:
    """The marks of the scheme (`fooocus_scheme`, MakerNote) say nothing else."""
    scheme = list(blobs.get("fooocus_scheme", ()))
    scheme += [blob for blob in blobs.get("makernote", ()) if blob.text in ("fooocus", "a1111")]
    return Found((), tuple(scheme)) if scheme else NOTHING
