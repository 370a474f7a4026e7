"""China's label of generated content (TC260, in force since September 2025): JSON `{"Label", "ContentProducer", …}` → disclosure.

It stands under the key `AIGC` of MP4, PNG or XMP, or as `{"AIGC": …}` in UserComment and other shared places.
"""

from __future__ import annotations

from sdscan.facts.decoders.found import NOTHING, Blobs, Found, shown
from sdscan.limits import Limits
from sdscan.records import Blob, Disclosure

KEYS = frozenset(("aigc", "tc260:aigc", "com.apple.quicktime.aigc"))


def decode(blobs: Blobs, limits: Limits) -> Found:
    """The label under a key of its own."""
    used: list[Blob] = [blob for key in blobs if key in KEYS for blob in blobs[key] if blob.text]
    return Found((), tuple(used), disclosure=Disclosure(aigc=used[0].text)) if used else NOTHING


def from_json(data: dict[str, object], locator: str, limits: Limits) -> Found | None:
    """The label inside the JSON of a shared place."""
    label = data.get("AIGC", data if "ContentProducer" in data or "ProduceID" in data else None)
    return Found(disclosure=Disclosure(aigc=shown(label))) if label else None
