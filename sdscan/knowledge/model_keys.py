"""The ways in which a picture may name a model, as keys to look up. Enters hashes and names as written, leaves clean ones.

Twelve writers and their forms stand in the tests. A name is tried as path, stem, alias and normalised stem, in this order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from sdscan.facts.models import ORIGINAL_NAME
from sdscan.facts.models.hashes import POISON, Digests, name_digest
from sdscan.patterns import pattern
from sdscan.records import Hashes, ModelFacts

_SUFFIX = pattern(r"(?i)\.(?:safetensors|sft|pt|pth|ckpt|bin)$")
_HEX = pattern(r"[0-9a-f]+")
_NOISE = pattern(
    r"(?i)(?:[-_ ]v?\d+(?:\.\d+)*|(?<=[a-z])v\d+(?:\.\d+)*|[-_ ]epoch[-_ ]?\d+|-\d{6}|[-_ ]step[-_ ]?\d+"
    r"|[-_ ](?:fp16|fp32|bf16|pruned|ema|emaonly|lora|locon|lycoris|final|fix(?:ed)?|resized|rank\d+|dim\d+|sdxl|sd15|xl|pony|illustrious|ill|noob|nai))$"
)
"""A version, epoch, precision or base at the end of a stem: `-000010`, `_v2`, ` 1.5`, `_epoch12`, `_fp16`."""
_SIGNS = pattern(r"[\W_]+")


class WrittenHash(Struct, frozen=True):
    """A hash as a picture gives it."""

    digits: str
    """Lower-case hex."""
    algorithm: str | None = None
    """blake3 or sha256 where the writer says so."""

    @property
    def is_hint(self) -> bool:
        """Eight digits: AutoV1, which 880 of 10,000 real files share; never an identity."""
        return len(self.digits) < 10


def written_hash(text: str | None) -> WrittenHash | None:
    """A hash as pictures write it (`0x…`, `blake3:…`, any case), or None for poison values, other algorithms and what is no hash."""
    algorithm, _, rest = (text or "").strip().lower().rpartition(":")
    algorithm = algorithm.partition("_")[0]  # InvokeAI: blake3_single, blake3_multi
    digits = rest.removeprefix("0x")
    if len(digits) < 8 or not _HEX.fullmatch(digits) or algorithm not in ("", "blake3", "sha256"):
        return None
    if any(digits.startswith(bad) or bad.startswith(digits) for bad in POISON):
        return None
    return WrittenHash(digits, algorithm or None)


def stem_of(path: str) -> str:
    """File name less folder and model suffix; of `\\` paths too."""
    return _SUFFIX.sub("", path.strip().replace("\\", "/").rsplit("/", 1)[-1])


def normal_stem(stem: str) -> str:
    """A stem less case, signs, version and epoch: `Anime_Miku-V2-000010` → `animemiku`."""
    text = stem.casefold()
    while (shorter := _NOISE.sub("", text)) != text and len(shorter) >= 3:
        text = shorter
    return _SIGNS.sub("", text)


def name_keys(raw: str) -> tuple[tuple[str, float, str], ...]:
    """(how, certainty, key) of each way that a written name may mean a file, the surest first."""
    path = _SUFFIX.sub("", raw.strip().replace("\\", "/")).casefold().strip("/")
    stem = path.rsplit("/", 1)[-1]
    return (("path", 0.95, path), ("stem", 0.9, stem), ("alias", 0.8, stem), ("normalised", 0.5, normal_stem(stem)))


def keys_of(path: str, facts: ModelFacts) -> Iterator[tuple[str, str]]:
    """(how, key) of every name that a model file answers to."""
    whole = _SUFFIX.sub("", path).casefold()
    parts = whole.split("/")
    yield "stem", parts[-1]
    yield "normalised", normal_stem(parts[-1])
    yield from (("path", "/".join(parts[i:])) for i in range(len(parts) - 1))
    originals = [text.text for text in facts.texts if text.locator.endswith(ORIGINAL_NAME)]
    for alias in (facts.alias, facts.title, *originals):
        if alias:
            yield "alias", stem_of(alias).casefold()
            yield "normalised", normal_stem(stem_of(alias))


def claims_of(path: str, facts: ModelFacts) -> list[tuple[str, str]]:
    """(how, digits) of everything that the file, its sidecars and Forge's hashes of file names claim to be its hash."""
    hashes: Hashes = facts.hashes
    values = (
        ("autov3", hashes.autov3), ("sha256", hashes.sha256), ("autov2", hashes.autov2), ("blake3", hashes.blake3), ("sshs", hashes.declared),
        ("sha256", hashes.sidecar), ("name-hash", name_digest(path.rsplit("/", 1)[-1])),
        ("name-hash", name_digest(f"{facts.alias}.safetensors") if facts.alias else None),
    )  # fmt: skip
    found = ((how, written_hash(value)) for how, value in values)
    return [(how, clean.digits) for how, clean in found if clean is not None and not clean.is_hint]


def how_claimed(claims: Sequence[tuple[str, str]], digest: WrittenHash) -> str | None:
    """Which claim the hash agrees with, by the digits that both have."""
    for how, value in claims:
        agrees = value.startswith(digest.digits) or digest.digits.startswith(value)
        if agrees and digest.algorithm in (None, how):
            return _named(how, digest)
    return None


def how_computed(computed: Digests, digest: WrittenHash) -> str | None:
    """Which computed digest begins with the hash."""
    for how, value in (("autov3", computed.autov3), ("sha256", computed.sha256), ("blake3", computed.blake3)):
        if value and value.startswith(digest.digits) and digest.algorithm in (None, how):
            return _named(how, digest)
    return None


def _named(how: str, digest: WrittenHash) -> str:
    """The first ten digits of SHA-256 are called AutoV2."""
    return "autov2" if how == "sha256" and len(digest.digits) == 10 else how
