"""How much of a hostile file sdscan is willing to read, inflate, decode and keep, each with its reason.

Every limit that is hit becomes a `problems` entry with the code `limit-…`; what was read up to there is used.
"""

from __future__ import annotations

from msgspec import Struct

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB


class Limits(Struct, frozen=True, kw_only=True):
    """Bounds for one file. Sizes in bytes, times in seconds, everything else in items."""

    head: int = 64 * KIB
    """First read of a file: holds the whole metadata of 98 % of real pictures in one system call."""
    blob: int = 16 * MIB
    """One metadata blob as stored: the largest real ComfyUI workflow seen is 4 MB."""
    blobs: int = 2_000
    """Metadata blobs kept of one file: real files have fewer than 20."""
    blobs_total: int = 48 * MIB
    """All blobs of one file together, stored or inflated; keeps the peak memory of a file under 64 MB."""
    inflated: int = 16 * MIB
    """One blob after inflation (zTXt, iTXt, gzip in pixels, brotli): a 1 GB bomb stops here."""
    problems: int = 100
    """Problems kept of one file: a hostile file has one a chunk, a person reads the first few."""
    chunks: int = 100_000
    """Chunks, segments or boxes walked: an APNG has one a frame, a hostile file a million empty ones."""
    ifd_entries: int = 4_096
    """Tags of one EXIF or TIFF directory: real ones have fewer than 200."""
    depth: int = 64
    """Nesting of boxes, IFDs, JSON and sub-graphs: real sub-graphs nest 4 deep."""
    json: int = 16 * MIB
    """JSON text that is parsed at all."""
    nodes: int = 20_000
    """Nodes of one ComfyUI graph: the largest real one seen has 1,100."""
    prompts: int = 2_000
    """Prompt texts kept of one file."""
    resources: int = 5_000
    """LoRAs, checkpoints, embeddings … kept of one file."""
    prompt: int = 1 * MIB
    """Characters of one prompt that are matched; the rest is kept and reported, not matched."""
    tags: int = 50_000
    """Segments of one prompt, and tags of one training tag table."""
    pixels: int = 64_000_000
    """Pixels decoded for a hidden copy (a 8000 x 8000 picture)."""
    header: int = 100_000_000
    """Safetensors header: the constant of the safetensors library (MAX_HEADER_SIZE)."""
    header_json: int = 40 * MIB
    """Safetensors header text that is parsed: the largest real one seen is 22.3 MB (cover images inside)."""
    pickle_ops: int = 200_000
    """Opcodes of a pickle that are looked at; it is never executed."""
    sidecar: int = 8 * MIB
    """A sidecar file (`.txt`, `.civitai.info`, Fooocus `log.html`)."""
    seconds: float = 5.0
    """Time for one file; checked between stages and in long loops."""


DEFAULT_LIMITS = Limits()
