"""Text that no decoder knows → Generation of the tool `unknown`: shown raw, matched as a text of unknown role, never dropped."""

from __future__ import annotations

import re

from sdscan.facts.decoders.draft import Draft
from sdscan.facts.decoders.found import NOTHING, Blobs, Found, json_object
from sdscan.limits import Limits
from sdscan.records import Blob, Generation, ModelText

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
        "spectralsensitivity", "processingsoftware", "inknames", "targetprinter", "pagename", "imagehistory", "uniquecameramodel",
        "localizedcameramodel", "cameraserialnumber", "originalrawfilename", "track", "tracknumber", "title", "trck", "tcon", "genre",
    )
)  # fmt: skip
"""Keys that say nothing about a picture's content."""
_BOILERPLATE = re.compile(
    r"(?:created|edited|made|saved|optimi[sz]ed|compressed|resized|converted|drawn|exported|generated|produced) (?:with|by|using|in|on|from) "
    r"[\w .:/()-]{1,60}$|OLYMPUS DIGITAL CAMERA|CREATOR: gd-jpeg|Lav[cf]\d|File (?:source|written)|Screenshot$|ASCII$|binary$|\W*$"
    r"|Processed by |LEAD Technologies|Intel\(R\) |AppleMark|YCbCr|[\d .:/+TZ-]+$|(?:[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32,64})$"
    r"|GIMPで",
    re.IGNORECASE,
)
_PROMPT_KEYS = re.compile(
    r"(?P<negative>neg(?:ative)?)?[ _-]*(?:prompt|caption|description|text)(?:[ _-]*\d)?$", re.IGNORECASE
)
_CAMERA_KEYS = ("make", "lensmodel", "fnumber", "exposuretime")


def decode(blobs: Blobs, limits: Limits) -> Found:
    """One Generation a text. In a photograph (a camera is named) such a text is a caption, and no generation."""
    generations: list[Generation] = []
    texts: list[ModelText] = []
    used: list[Blob] = []
    camera = any(key in blobs for key in _CAMERA_KEYS)
    for key, group in blobs.items():
        if key in _NOISE or key.startswith(("png:", "jpeg:", "exif:", "raw profile")):
            continue
        for blob in group:
            if blob.text is None or not worth_reading(blob.text):
                continue
            used.append(blob)
            if camera:
                texts.append(ModelText("xmp", blob.text, blob.locator))
            else:
                generations.append(_generation(blob.text, blob, limits))
    return Found(tuple(generations), tuple(used), tuple(texts)) if used else NOTHING


def worth_reading(text: str) -> bool:
    """False for what programs put there by themselves, and for a text without a word."""
    return len(text) >= 3 and any(c.isalpha() for c in text[:2000]) and _BOILERPLATE.match(text.strip()) is None


def _generation(text: str, blob: Blob, limits: Limits) -> Generation:
    """JSON of an unknown writer: what its keys call a prompt is one; everything else, and all plain text, has no role."""
    draft = Draft("unknown", blob.locator)
    data, _ = json_object(text, blob.locator, limits)
    if data is not None:
        for key, value in data.items():
            match = _PROMPT_KEYS.match(key)
            if match and isinstance(value, str):
                draft.prompt("negative" if match["negative"] else "positive", value, key)
    if not draft.prompts or data is None:
        draft.prompt("unknown", text)
    return draft.done(None, {"key": blob.key})
