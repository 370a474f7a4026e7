"""A model file → the digests that pictures may name it by. One pass over the file, in bounded memory.

AutoV2 is SHA-256 of the file, first 10 hex digits; AutoV3 is SHA-256 of what follows the safetensors header (Civitai's scanner,
kohya's `addnet_hash_safetensors`); BLAKE3 (InvokeAI) needs the extra `sdscan[blake3]`.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from sdscan.digests import sha256
from sdscan.records import Hashes, ModelFacts

POISON = ("e3b0c44298fc1c149afbf4c8996fb924", "de2f2560")
"""Digests that mean nothing: of no bytes at all (ai-toolkit wrote it as `sshs_model_hash`), and AutoV1 of 64 KiB of zeros."""
_BLOCK = 1 << 20


class Digests(Struct, frozen=True, gc=False):
    """Hex digests of one file."""

    sha256: str | None = None
    autov3: str | None = None
    """None where the file is no safetensors file."""
    blake3: str | None = None
    """None without the extra."""


def digests_of(path: str) -> Digests | None:
    """SHA-256 and AutoV3 of a file, or None where it cannot be read. A second thread computes AutoV3: neither waits for the other."""
    import hashlib  # late: most runs hash nothing
    from concurrent.futures import ThreadPoolExecutor

    whole, tensors = hashlib.sha256(), hashlib.sha256()
    try:
        with open(path, "rb", buffering=0) as file, ThreadPoolExecutor(1) as pool:
            skip = _header_length(file.read(8), file.seek(0, 2))
            file.seek(0)
            buffers = [memoryview(bytearray(_BLOCK)) for _ in range(2)]
            position, turn, pending = 0, 0, None
            while count := file.readinto(buffers[turn]):
                block = buffers[turn][:count]
                if pending is not None:
                    pending.result()  # the buffer before is free again
                start = None if skip is None else max(0, skip - position)
                pending = pool.submit(tensors.update, block[start:]) if start is not None and start < count else None
                whole.update(block)
                position += count
                turn = 1 - turn
    except OSError:
        return None
    return Digests(whole.hexdigest(), tensors.hexdigest() if skip is not None else None)


def blake3_of(path: str) -> str | None:
    """BLAKE3 of a file, as InvokeAI writes it; None without the extra `sdscan[blake3]`, or where the file cannot be read."""
    try:
        import blake3
    except ImportError:
        return None
    digest = blake3.blake3()
    try:
        with open(path, "rb", buffering=0) as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except OSError:
        return None
    return str(digest.hexdigest())


def autov1_of(path: str) -> str | None:
    """AutoV1 (the old `Model hash`): the first 8 digits of SHA-256 over 64 KiB at 1 MiB. None for shorter files and poison values."""
    try:
        with open(path, "rb", buffering=0) as file:
            file.seek(0x100000)
            data = file.read(0x10000)
    except OSError:
        return None
    digits = sha256(data).hexdigest()[:8]
    return None if len(data) < 0x10000 or any(bad.startswith(digits) for bad in POISON) else digits


def name_digest(name: str) -> str:
    """SHA-256 of a file name: what Forge wrote as a LoRA's hash from 2024-08-10 to 2025-02-17 (forge#1342)."""
    return sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


def declared_hash(text: str | None) -> str | None:
    """What a file claims to be the hash of its tensors, in lower case; None for poison values and what is no hash.

    A leading `0x` stays: it marks ModelSpec's `hash_sha256` (OneTrainer), which is AutoV3 only where all tensors have one type.
    """
    value = (text or "").strip().lower()
    digits = value.removeprefix("0x")
    if len(digits) < 8 or not all(c in "0123456789abcdef" for c in digits):
        return None
    return None if any(digits.startswith(bad) or bad.startswith(digits) for bad in POISON) else value


def with_digests(facts: ModelFacts, digests: Digests) -> ModelFacts:
    """The facts with computed digests, and a sentence where the file or its sidecar claims another one."""
    hashes = replace(
        facts.hashes,
        sha256=digests.sha256,
        autov2=digests.sha256[:10] if digests.sha256 else None,
        autov3=digests.autov3,
        blake3=digests.blake3,
    )
    return replace(facts, hashes=hashes, declared_mismatch=mismatch(hashes))


def mismatch(hashes: Hashes) -> str | None:
    """A sentence where a claimed digest is not the computed one; only what can be compared is compared."""
    declared = hashes.declared or ""
    if (
        hashes.autov3
        and len(declared) >= 10
        and not declared.startswith("0x")
        and not hashes.autov3.startswith(declared[:64])
    ):
        return f"the file declares the tensor hash {declared[:12]} (sshs_model_hash), but it is {hashes.autov3[:12]}"
    if hashes.sha256 and hashes.sidecar and hashes.sidecar != hashes.sha256:
        return (
            f"a sidecar says that the file's SHA-256 begins with {hashes.sidecar[:10]}, but it is {hashes.sha256[:10]}: "
            "it describes another file or version"
        )
    return None


def _header_length(start: bytes, size: int) -> int | None:
    """Where the tensors of a safetensors file begin, or None for another kind of file."""
    length = int.from_bytes(start, "little")
    return 8 + length if len(start) == 8 and 2 <= length <= min(100_000_000, size - 8) else None
