"""Text that no decoder knows → Generation of the tool `unknown`: shown raw, matched as a text of unknown role, never dropped."""

from __future__ import annotations

import re

from sdscan.facts.decoders.anyjson import add_models
from sdscan.facts.decoders.draft import Draft
from sdscan.facts.decoders.found import NOTHING, Blobs, Found, json_object, settings
from sdscan.facts.text import scalar
from sdscan.limits import Limits
from sdscan.patterns import pattern
from sdscan.records import Blob, Generation, ModelText, Role

_NOISE = frozenset(
    (
        "make", "model", "software", "creation time", "copyright", "author", "artist", "source", "disclaimer", "warning", "datetime",
        "datetimeoriginal", "datetimedigitized", "hostcomputer", "xpauthor", "gps", "date", "encoder", "tsse", "tenc", "tdrc", "tyer",
        "encoded_by", "creation_time", "creationtime", "major_brand", "minor_version", "compatible_brands", "handler_name",
        "language", "duration", "vendor_id", "copyright notice", "lensmodel", "lensmake", "bodyserialnumber", "subsectime",
        "subsectimeoriginal", "subsectimedigitized", "offsettime", "offsettimeoriginal", "offsettimedigitized", "imageuniqueid",
        "cameraownername", "gpsdatestamp", "date:create", "date:modify", "date:timestamp", "dpi", "compression", "generation time",
        "interopindex", "interopversion", "exifversion", "flashpixversion", "componentsconfiguration", "app1:xmp", "vendor", "muxingapp",
        "writingapp", "iccprofile", "png:ihdr", "thumb::uri", "thumb::mtime", "thumb::mimetype", "thumb::size", "thumb::image::width",
        "thumb::image::height", "thumb::document::pages", "user comment name", "scenetype", "filesource", "cfapattern", "©too",
        "©day", "com.android.version", "com.android.capture.fps", "com.apple.quicktime.software", "_statistics_tags",
        "_statistics_writing_app", "_statistics_writing_date_utc", "bps", "number_of_frames", "number_of_bytes", "relatedsoundfile",
        "sd-ti-embedding", "spectralsensitivity", "processingsoftware", "inknames", "targetprinter", "pagename", "imagehistory", "uniquecameramodel",
        "localizedcameramodel", "cameraserialnumber", "originalrawfilename", "track", "tracknumber", "trck", "tcon", "genre",
    )
)  # fmt: skip
"""Keys that say nothing about a picture's content."""
_NOISE_STARTS = (
    "png:", "jpeg:", "exif:", "raw profile", "filename:", "thumb::", "date:", "icc:", "_statistics", "tiff:", "xmp:", "xmpmm:", "pdf:", "svg:",
    "rdf:", "photoshop:", "stevt:", "stref:", "aux:", "crs:",
)  # fmt: skip
"""Families of such keys: ImageMagick copies every property of its source."""
_BOILERPLATE = pattern(
    r"(?:created|edited|made|saved|optimi[sz]ed|compressed|resized|converted|drawn|exported|generated|produced) (?:with|by|using|in|on|from) "
    r"[\w .:/()-]{1,60}$|OLYMPUS DIGITAL CAMERA|CREATOR: gd-jpeg|Lav[cf]\d|File (?:source|written)|Screenshot$|ASCII$|binary$|\W*$"
    r"|(?:null|none|undefined|true|false)$|Processed by |LEAD Technologies|Intel\(R\) |AppleMark|YCbCr|[\d .:/+TZ-]+$|(?:[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32,64})$",
    re.IGNORECASE,
)
_LETTER = pattern(r"[^\W\d_]")
_PROMPT_KEY = pattern(
    r"(?:^|.*?[^a-z])(?:(?P<negative>neg(?:ative)?)|pos(?:itive)?)?[ _-]*prompts?(?:[ _-]*\d)?$", re.IGNORECASE
)
_TITLES = frozenset(
    ("title", "xptitle", "xpsubject", "xpkeywords", "©nam", "album", "documentname", "keywords", "subject")
)
"""Keys under which people name a picture: worth matching, but no generation."""
_CAMERA_KEYS = ("make", "lensmodel", "fnumber", "exposuretime")


def decode(blobs: Blobs, limits: Limits) -> Found:
    """One Generation with all such texts. In a photograph (a camera is named) they are captions, and no generation."""
    texts: list[ModelText] = []
    used: list[Blob] = []
    draft: Draft | None = None
    camera = any(key in blobs for key in _CAMERA_KEYS)
    for key, group in blobs.items():
        if key in _NOISE or key.startswith(_NOISE_STARTS):
            continue
        for blob in group:
            if blob.text is None or not worth_reading(blob.text):
                continue
            used.append(blob)
            if camera or key in _TITLES:
                texts.append(ModelText("xmp", blob.text, blob.locator))
            else:
                draft = draft or Draft("unknown", blob.locator)
                _add(draft, blob, limits)
    if not used:
        return NOTHING
    keys = ", ".join(dict.fromkeys(blob.key for blob in used))
    return Found((draft.done(None, {"keys": scalar(keys)}),) if draft else (), tuple(used), tuple(texts))


def from_json(data: dict[str, object], locator: str) -> Generation | None:
    """What JSON beside a picture says, where some of its keys are called prompts: nobody else writes such a file."""
    draft = Draft("unknown", locator)
    for key, value in data.items():
        role = _role(key)
        if role is not None:
            draft.prompt(role, value, key)
    if not draft.prompts:
        return None
    add_models(draft, data)
    return draft.done(None, settings(data))


def worth_reading(text: str) -> bool:
    """False for what programs put there by themselves, and for a text without a word."""
    return len(text) >= 3 and _LETTER.search(text) is not None and _BOILERPLATE.match(text.strip()) is None


def _add(draft: Draft, blob: Blob, limits: Limits) -> None:
    """What a key calls a prompt is one, also a key inside JSON; everything else has no role."""
    first, draft.locator = draft.locator, blob.locator
    text, count = blob.text or "", len(draft.prompts)
    data, _ = json_object(text, blob.locator, limits)
    for key, value in (data or {}).items():
        role = _role(key)
        if role is not None:
            draft.prompt(role, value, key)
    if data and len(draft.prompts) > count:
        add_models(draft, data)
    if len(draft.prompts) == count:
        draft.prompt((_role(blob.key) if data is None else None) or "unknown", text)
    draft.locator = first


def _role(key: str) -> Role | None:
    match = _PROMPT_KEY.match(key)
    return None if match is None else "negative" if match["negative"] else "positive"
