"""How much of a hostile file sdscan is willing to read, inflate, decode and keep, each with its reason.

Every limit that is hit becomes a `problems` entry with the code `limit-…`; what was read up to there is used, and because something
was left out, the file counts as not read to its end. `[limits]` in sdscan.toml sets each of them.
"""

from __future__ import annotations

from functools import lru_cache
from math import inf
from time import thread_time

from msgspec import Struct
from msgspec.structs import asdict, replace

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB


class Limits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """Bounds for one file. Sizes in bytes, times in seconds, everything else in items."""

    head: int = 64 * KIB
    """First read of a file: holds the whole metadata of 98 % of real pictures in one system call."""
    blob: int = 8 * MIB
    """One metadata blob as stored: the largest real ComfyUI workflow seen is 4 MB."""
    blobs: int = 2_000
    """Metadata blobs kept of one file: real files have fewer than 20."""
    blobs_total: int = 16 * MIB
    """All blobs of one file together, stored or inflated; keeps the peak memory of a file under 64 MB."""
    inflated: int = 8 * MIB
    """One blob after inflation (zTXt, iTXt, gzip in pixels, brotli): a 1 GB bomb stops here."""
    problems: int = 100
    """Problems kept of one file: a hostile file has one a chunk, a person reads the first few."""
    chunks: int = 100_000
    """Chunks, segments or boxes walked: an APNG has one a frame, a hostile file a million empty ones."""
    ifd_entries: int = 4_096
    """Tags of one EXIF or TIFF directory: real ones have fewer than 200."""
    depth: int = 64
    """Nesting of boxes, IFDs, JSON and sub-graphs: real sub-graphs nest 4 deep."""
    json: int = 8 * MIB
    """JSON text that is parsed at all."""
    values: int = 400_000
    """Values in one JSON text, by its commas and braces: a real graph of 4 MB has 295,000, which take 20 MB of memory once parsed."""
    nodes: int = 20_000
    """Nodes of one ComfyUI graph: the largest real one seen has 1,100."""
    prompts: int = 2_000
    """Prompt texts kept of one file."""
    resources: int = 5_000
    """LoRAs, checkpoints, embeddings … kept of one file."""
    parameters: int = 2_000
    """Settings kept of one generation: real ones have 30, with every hash of a large stack 200."""
    prompt: int = 50_000
    """Characters kept of one prompt or other text: the longest real one seen has 2,131."""
    texts: int = 100_000
    """Characters of all texts of a file that are held against the watchlist; bounds the time that judging takes."""
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
    fetched: int = 32 * MIB
    """Bytes that are fetched of one object in a store beyond its head; a second range of 64 KiB is enough for most."""
    seconds: float = 5.0
    """Processor time for reading one file (a slow disk is not hostile); checked between decoders and in long loops."""

    def started(self) -> Running:
        """The limits of a file whose reading begins now."""
        return replace(_running(self), ends=thread_time() + self.seconds)

    def too_many_values(self, text: str) -> bool:
        """Whether a JSON text holds more than `values`."""
        return len(text) > self.values and text.count(",") + 2 * text.count("{") + text.count("[") > self.values

    @property
    def bounds(self) -> Limits:
        """The limits of which these are the running ones."""
        return self

    def over(self) -> bool:
        """Whether the time for the file is up; never, where no time was started."""
        return False


class Running(Limits, frozen=True, kw_only=True):
    """The limits of one file that is being read."""

    ends: float = inf
    """Moment of `time.thread_time` at which reading ends."""
    of: Limits = Limits()

    @property
    def bounds(self) -> Limits:
        """The limits of which these are the running ones."""
        return self.of

    def over(self) -> bool:
        """Whether the time for the file is up."""
        return thread_time() > self.ends


@lru_cache(maxsize=16)
def _running(limits: Limits) -> Running:
    return Running(**asdict(limits), of=limits)


DEFAULT_LIMITS = Limits()
