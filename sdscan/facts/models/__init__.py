"""Model files: an open Source → FileFacts with ModelFacts. What a LoRA, embedding or checkpoint was trained on, by its own words.

    header or pickle ─┐
    sidecars ─────────┼─► Claims + training folders ─► triggers, kind, frames, licence ─► ModelFacts
    previews ─────────┘

Every file beside the model is read only, bounded; nothing is unpickled, fetched or written.
"""

from __future__ import annotations

from sdscan.facts.models.beside import sidecars_of
from sdscan.facts.models.reading import ReadModel, read_model
from sdscan.facts.source import Source
from sdscan.limits import DEFAULT_LIMITS, Limits
from sdscan.records import Candidate, Container, FileFacts, Problem

__all__ = ["FORMATS", "model_facts", "read_model"]

FORMATS = frozenset({"safetensors", "pickle", "zip"})
"""Formats (by content) that may be model files. A zip archive that holds no pickle is none: its outcome is `unsupported`."""


def model_facts(
    source: Source, container: Container, candidate: Candidate, limits: Limits = DEFAULT_LIMITS
) -> FileFacts:
    """What a model file says, with the sidecars that stand beside its path. Raises only ReadError, on an I/O error of the file itself."""
    if container.format != "safetensors":
        return FileFacts(
            container.format,
            "unsupported",
            f"its content is a {container.format} file without a model that sdscan knows",
        )
    sidecars, problems = sidecars_of(candidate.path, limits)
    folder, _, name = candidate.path.rpartition("/")
    found = read_model(source, name, sidecars, limits, parent=folder.rpartition("/")[2])
    return _facts(found, problems)


def _facts(found: ReadModel, problems: tuple[Problem, ...]) -> FileFacts:
    return FileFacts(
        format=found.format,
        outcome="unreadable" if found.incomplete else "scanned",
        reason=found.incomplete,
        problems=found.problems + problems,
        model=found.facts,
    )
