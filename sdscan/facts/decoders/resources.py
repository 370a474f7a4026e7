"""Names of models as writers put them → Resource records, each model once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from msgspec.structs import replace

from sdscan.facts.text import scalar
from sdscan.patterns import pattern
from sdscan.records import Resource, ResourceKind, State

Resources = dict[tuple[str, str], Resource]
"""Resources by (kind, comparable name), in the order of first mention."""

_SUFFIX = pattern(r"\.(safetensors|ckpt|pt|pth|bin|gguf|sft|onnx|lora|safetensor)$", re.IGNORECASE)
_HASHED = pattern(r"^(.+?)\s*[\[(]([0-9A-Fa-f]{4,64})[\])]$", re.DOTALL)
_NONE = frozenset(
    (
        "",
        "none",
        "null",
        "undefined",
        "@none",
        "@default",
        "default",
        "automatic",
        "auto",
        "n/a",
        "unknown",
        "baked in vae",
        "default (model)",
        "(none)",
        "(use base)",
    )
)
_DIGEST = pattern(r"(?:[a-z0-9_]{2,12}:)?(?:0x)?[0-9A-Fa-f]{4,128}$")
_RANK: dict[State, int] = {"used": 0, "possible": 1, "unused": 2}
LONGEST_NAME = 512
"""Characters of a model name: longer ones are no names."""


def stem(raw: str) -> str:
    """A model name less folder and suffix."""
    return _stem(raw) if len(raw) <= LONGEST_NAME else _stem.__wrapped__(raw)


@lru_cache(4096)
def _stem(raw: str) -> str:
    name = raw.replace("\\", "/").strip().rstrip("/").rsplit("/", 1)[-1]
    return _SUFFIX.sub("", name) if "." in name else name


def key_of(name: str) -> str:
    """The form in which two mentions of one model are compared."""
    return name.casefold().replace(" ", "_")


def split_hash(raw: str) -> tuple[str, str | None]:
    """`name [hash]` or `name(hash)` → name and hash."""
    match = _HASHED.match(raw) if raw[-1:] in ("]", ")") and len(raw) <= LONGEST_NAME else None
    return (match[1], match[2]) if match else (raw, None)


def resource(
    kind: ResourceKind,
    raw: str,
    locator: str,
    *,
    digest: str | None = None,
    weight: float | None = None,
    state: State = "used",
    version_id: str | None = None,
) -> Resource:
    """A Resource with its bare name. Weight 0 means that it had no effect; a digest that is none (`unknown`) is left out."""
    if digest is not None and (not _DIGEST.match(digest) or not digest.strip("0")):
        digest = None  # zeros: MetaHub's saver, where it did not find the file
    raw = scalar(raw)
    if weight == 0:
        state = "unused"
    return Resource(kind, stem(raw) or raw, raw, digest, weight, state, None, locator, version_id)


def named(raw: str) -> bool:
    """False for an empty choice (`None`, `Automatic` …) and for what is too long to be a name."""
    return len(raw) <= LONGEST_NAME and raw.strip().lower() not in _NONE


def by_key(resources: Iterable[Resource]) -> Resources:
    """Resources that are known already, ready for more."""
    return {(item.kind, key_of(item.name)): item for item in resources}


def add(found: Resources, item: Resource) -> None:
    """Take a resource in; a second mention of the same model adds what the first one lacked."""
    key = (item.kind, key_of(item.name))
    before = found.get(key)
    found[key] = item if before is None else _merged(before, item)


def _merged(a: Resource, b: Resource) -> Resource:
    if _RANK[b.state] < _RANK[a.state] and a.weight is not None:
        a, b = b, a  # the mention that was in effect leads
    state: State = a.state if _RANK[a.state] <= _RANK[b.state] else b.state
    weight = a.weight if a.weight is not None else b.weight
    if weight == 0:
        state = "unused"
    return replace(a, hash=a.hash or b.hash, weight=weight, state=state, version_id=a.version_id or b.version_id)
