"""Model files: an open Source → FileFacts with ModelFacts. What a LoRA, embedding or checkpoint was trained on, by its own words.

    header or pickle ─┐
    sidecars ─────────┼─► Claims + training folders ─► triggers, kind, frames, licence ─► ModelFacts
    previews ─────────┘

Every file beside the model is only read, bounded; nothing is unpickled, fetched or written.
"""

from __future__ import annotations

from sdscan.errors import ReadError
from sdscan.facts.source import Near, Source
from sdscan.limits import DEFAULT_LIMITS, Limits
from sdscan.records import Candidate, Container, FileFacts, ModelFacts

__all__ = ["FORMATS", "ORIGINAL_NAME", "embedding_from", "model_facts"]

FORMATS = frozenset({"safetensors", "pickle", "zip"})
"""Formats (by content) that may be model files. A zip archive that holds no pickle is none: its outcome is `unsupported`."""


_EMBEDDING = "sd-ti-embedding"
"""The PNG text of an embedding."""
ORIGINAL_NAME = "#files.name"
"""End of the locator under which a sidecar's text is the name that the file has on the site."""


def model_facts(
    source: Source, container: Container, candidate: Candidate, limits: Limits = DEFAULT_LIMITS, *, alone: bool = False
) -> FileFacts:
    """What a model file says, with the sidecars beside its path. Raises only ReadError, on an I/O error of the file itself.

    `alone`: the bytes have no folder (an upload, an object), so nothing is looked for beside them.
    The outcome is `scanned`, `unreadable` with what could be read, or `unsupported` where the archive or pickle holds no model.
    """
    from sdscan.facts.models.beside import beside  # late: most runs see pictures only
    from sdscan.facts.models.reading import Beside, read_model

    near: Near | None = getattr(source, "near", None)
    around = beside(candidate.path, limits, near) if near or not alone else Beside(candidate.path.rpartition("/")[2])
    found = read_model(source, container.format, around, limits)
    if found.facts is None:
        reason = f"its content is a {container.format} file without a model in it"
        return FileFacts(container.format, "unsupported", reason, container.problems)
    return FileFacts(
        format=container.format,
        outcome="unreadable" if found.incomplete else "scanned",
        reason=found.incomplete,
        problems=container.problems + found.problems,
        model=found.facts,
        private=found.private,
    )


def embedding_from(
    container: Container, candidate: Candidate | None = None, limits: Limits = DEFAULT_LIMITS
) -> ModelFacts | None:
    """The embedding that is kept inside a picture, or None. Without a candidate nothing is looked for beside it.

    PNG has a text chunk for it; the pixels of PNG and WebP are asked only in a folder named `embeddings`, where A1111 looks for them.
    """
    if all(blob.key != _EMBEDDING for blob in container.blobs) and not _is_among(container, candidate):
        return None
    from sdscan.facts.models.beside import beside  # late: few pictures get here
    from sdscan.facts.models.embeddings import embedded
    from sdscan.facts.models.reading import Beside, described

    header = embedded(container, limits, _pixels(container, candidate, limits))
    if header is None:
        return None
    around = beside(candidate.path, limits) if candidate is not None else Beside()
    return described(header, around, limits).facts


def is_among_embeddings(path: str) -> bool:
    """Whether a file lies in a folder in which A1111 looks for embeddings, which may be pictures."""
    return "/embeddings/" in f"/{path.lower()}"


def _is_among(container: Container, candidate: Candidate | None) -> bool:
    return candidate is not None and container.format in ("png", "webp") and is_among_embeddings(candidate.path)


def _pixels(container: Container, candidate: Candidate | None, limits: Limits) -> bytes | None:
    """The file itself, where its pixels may hold an embedding."""
    if candidate is None or not _is_among(container, candidate):
        return None
    from sdscan.facts.source import FileSource

    try:
        with FileSource(candidate.path, limits) as source:
            return source.read(0, source.size) if source.size <= limits.blobs_total else None
    except ReadError:
        return None
