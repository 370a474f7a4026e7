"""NovelAI V1 to V4.5: PNG text fields, WebP EXIF, or one JSON of the fields hidden in the pixels → Generation.

`Comment` is JSON with the request. Characters stand only in `v4_prompt.caption.char_captions` (formats page, section 1); pictures
that were given as reference are named by their strengths, never by content.
"""

from __future__ import annotations

from sdscan.facts.decoders.draft import Draft
from sdscan.facts.decoders.found import (
    NOTHING,
    Blobs,
    Found,
    dict_at,
    dicts_at,
    json_object,
    list_at,
    number,
    settings,
    text_at,
)
from sdscan.limits import Limits
from sdscan.records import Blob, Generation, Role

_FIELDS = (
    "title", "description", "software", "source", "generation time", "comment", "usercomment", "documentname", "imagedescription",
)  # fmt: skip
_REFERENCES = (
    ("reference_strength_multiple", "vibe"),
    ("director_reference_strengths", "director reference"),
    ("director_reference_strength_values", "director reference"),
)
_HIDDEN_SETTINGS = ("prompt", "uc", "signed_hash")


def decode(blobs: Blobs, limits: Limits) -> Found:
    """The Generation of the fields of a PNG or of the EXIF of a WebP."""
    if not _is_novelai(blobs):
        return NOTHING
    used = [blob for key in _FIELDS for blob in blobs.get(key, ())]
    fields: dict[str, object] = {blob.key.lower(): blob.text for blob in reversed(used) if blob.text}
    comment = _first(blobs, "comment") or _first(blobs, "usercomment")
    data, problem = json_object(comment.text if comment else None, comment.locator if comment else "", limits)
    if data is not None and "Comment" in data:
        fields |= {key.lower(): value for key, value in data.items() if isinstance(value, str)}
        data = dict_at(data, "Comment")
    description = _first(blobs, "description") or _first(blobs, "imagedescription")
    locator = comment.locator if comment else description.locator if description else used[0].locator
    source = text_at(fields, "source") or text_at(fields, "software")
    text = text_at(fields, "description", "imagedescription").lstrip("\0")
    generation = _generation(data or {}, text, description.locator if description else locator, source, locator)
    return Found((generation,), tuple(used), (), (problem,) if problem else ())


def _is_novelai(blobs: Blobs) -> bool:
    """`Software: NovelAI`; in WebP the title, or the model's name in Software."""
    for key in ("software", "source", "title", "documentname"):
        for blob in blobs.get(key, ()):
            if blob.text and blob.text[:8].lower() == "novelai ":
                return True
            if blob.text == "NovelAI":
                return True
    comment = _first(blobs, "comment") or _first(blobs, "usercomment")
    request = comment.text or "" if comment else ""
    return '"uc"' in request and ('"signed_hash"' in request or '"scale"' in request) and '"c":' not in request


def _first(blobs: Blobs, key: str) -> Blob | None:
    return next((blob for blob in blobs.get(key, ()) if blob.text), None)


def from_fields(data: dict[str, object], locator: str, limits: Limits) -> Found | None:
    """The JSON of all fields (hidden copy, UserComment of a WebP)."""
    comment = dict_at(data, "Comment")
    software = text_at(data, "Software", "Source", "Title")
    if not software.startswith("NovelAI") and not {"uc", "v4_prompt", "signed_hash"} & comment.keys():
        return None
    source = text_at(data, "Source") or software
    return Found(
        (_generation(comment, text_at(data, "Description"), f"{locator}#Description", source, f"{locator}#Comment"),)
    )


def from_json(data: dict[str, object], locator: str, limits: Limits) -> Found | None:
    """The request alone."""
    if "c" in data or not ({"v4_prompt", "signed_hash", "request_type", "scale"} & data.keys()):
        return None
    return Found((_generation(data, "", locator, "", locator),))


def _generation(data: dict[str, object], description: str, described_at: str, source: str, locator: str) -> Generation:
    draft = Draft("novelai", locator, tags=False)
    draft.prompt("positive", data.get("prompt"), "prompt")
    if description.strip() and all(description.strip() != prompt.text.strip() for prompt in draft.prompts):
        draft.locator = described_at
        draft.prompt("positive", description)
        draft.locator = locator
    _add_captions(draft, "positive", data, "v4_prompt")
    draft.prompt("negative", data.get("uc"), "uc")
    _add_captions(draft, "negative", data, "v4_negative_prompt")
    for key, name in _REFERENCES:
        for index, strength in enumerate(list_at(data, key)):
            draft.model("reference-image", f"{name} {index + 1}", f"{key}[{index}]", weight=number(strength))
    for index, entry in enumerate(dicts_at(data, "director_reference_descriptions")):
        kind = text_at(dict_at(entry, "caption"), "base_caption")
        if kind:  # `character`, `style`, `character&style`: what the picture was asked to lend
            draft.prompt("template", kind, f"director_reference_descriptions[{index}]")
    if text_at(data, "request_type") == "Img2ImgRequest" or (
        number(data.get("strength")) and "noise" in data and "image" in data
    ):
        draft.model("reference-image", "source image", "request_type", weight=number(data.get("strength")))
    draft.model(
        "controlnet", data.get("controlnet_model"), "controlnet_model", weight=number(data.get("controlnet_strength"))
    )
    parameters = settings(data, *_HIDDEN_SETTINGS)
    if source:
        parameters["Source"] = source
    return draft.done(source or None, parameters)


def _add_captions(draft: Draft, role: Role, data: dict[str, object], key: str) -> None:
    """V4: one caption for the scene, one for each character."""
    caption = dict_at(dict_at(data, key), "caption")
    base = caption.get("base_caption")
    if isinstance(base, str) and all(
        base.strip() != prompt.text.strip() for prompt in draft.prompts if prompt.role == role
    ):
        draft.prompt(role, base, f"{key}.caption.base_caption")
    for index, entry in enumerate(dicts_at(caption, "char_captions")):
        draft.prompt(role, entry.get("char_caption"), f"{key}.caption.char_captions[{index}].char_caption")
