"""The targets: one small module a part of the line."""

from __future__ import annotations

from tests.fuzz.target import Target
from tests.fuzz.targets import (
    blocks,
    containers,
    decoders,
    graphs,
    hidden,
    infotext,
    labels,
    line,
    lists,
    models,
    packs,
    prompts,
    results,
)

TARGETS: dict[str, Target] = {
    "containers": containers.TARGET,
    "decoders": decoders.TARGET,
    "graphs": graphs.TARGET,
    "infotext": infotext.TARGET,
    "models": models.TARGET,
    "prompts": prompts.TARGET,
    "line": line.TARGET,
    "blocks": blocks.TARGET,
    "hidden": hidden.TARGET,
    "lists": lists.TARGET,
    "packs": packs.TARGET,
    "results": results.TARGET,
    "labels": labels.TARGET,
}
"""name → target, as `scripts/fuzz` takes it."""
