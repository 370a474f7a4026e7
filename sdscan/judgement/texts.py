"""A resolved file → every text worth matching, each with what it is and where it stands. Nothing is matched here.

Positive, negative and template prompts; names of LoRAs, checkpoints, embeddings, styles and reference pictures; of each model that
was found: title, trigger words, training captions and folders, sidecar texts; other texts of the file (XMP).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from sdscan.facts.text import scalar
from sdscan.judgement.markers import is_noise
from sdscan.judgement.names import file_tokens
from sdscan.limits import DEFAULT_LIMITS
from sdscan.patterns import pattern
from sdscan.records import EvidenceSource, Generation, ModelFacts, ModelText, Prompt, Resource, ResourceKind, State

if TYPE_CHECKING:  # knowledge is an argument here, not a dependency
    from sdscan.knowledge.library import Resolved

Manner = Literal["prompt", "name", "title", "prose"]
"""How a text is written: tags and sentences of a prompt, a file's name, a title, a description."""

COVERAGE = 0.1
"""A training tag or trigger in fewer captions than this share says nothing about the model."""
TRAINING_TAGS = 60
"""Training tags that are matched, most frequent first."""
PROSE = 200
"""A text about a model that is longer is a description, whatever it calls itself."""

_ROLES: dict[str, EvidenceSource] = {
    "positive": "prompt",
    "negative": "negative-prompt",
    "template": "template",
    "unknown": "prompt",
}
_NAMED: dict[ResourceKind, EvidenceSource] = {
    "lora": "lora-name",
    "hypernetwork": "lora-name",
    "checkpoint": "checkpoint-name",
    "embedding": "embedding-name",
    "style": "style-name",
    "reference-image": "reference-image",
    "ip-adapter": "reference-image",
}
_SUFFIX = pattern(r"\.(?:safetensors|sft|ckpt|pth?|bin|gguf|png|jpe?g|webp|avif|gif|bmp)$", re.IGNORECASE)
_DESCRIBES = pattern(r"descr|note|about|comment|usage_hint|civitai text|readme|#preview", re.IGNORECASE)


class Text(Struct, frozen=True, gc=False):
    """One text to hold against the watchlist."""

    source: EvidenceSource
    locator: str
    text: str
    """As written."""
    manner: Manner = "prompt"
    weight: float | None = None
    """Weight of the model whose text it is; None for prompts, whose weights stand in the text."""
    state: State = "used"
    group: str = ""
    """What belongs together: all texts of one model; empty for prompts."""
    offset: int | None = 0
    """Where `text` begins in the text at `locator`; None where it does not stand there as written."""
    certainty: float = 1.0
    """How sure it is that the text is about this file: below 1 for a model found by a doubtful name."""


def texts_of(resolved: Resolved) -> tuple[Text, ...]:
    """Everything that may name somebody, prompts first. The same text at the same place stands once."""
    found = [text for generation in resolved.generations for text in _generation_texts(generation, resolved.models)]
    facts = resolved.facts
    if facts.model is not None:
        found.extend(model_texts(facts.model, "", None, "used", 1.0))
    found.extend(_model_text(text, "", None, "used", 1.0) for text in facts.texts)
    return tuple(dict.fromkeys(found))


def _generation_texts(generation: Generation, models: dict[str, ModelFacts]) -> Iterator[Text]:
    state: State = "possible" if generation.canvas_only else "used"
    for prompt in generation.prompts:
        if prompt.text:
            drawn = state if prompt.state == "used" else prompt.state
            yield Text(_ROLES[prompt.role], prompt.locator, scalar(prompt.text)[: DEFAULT_LIMITS.prompt], state=drawn)
    for resource in generation.resources:
        source = _NAMED.get(resource.kind)
        if source is None or not resource.name:
            continue
        group = resource.file.path if resource.file is not None else f"{resource.kind}:{resource.name}"
        used = state if resource.state == "used" else resource.state
        name = _SUFFIX.sub("", resource.name) if "." in resource.name else resource.name
        if source == "checkpoint-name" and _is_base(name):
            continue
        yield Text(
            source,
            resource.locator or generation.locator,
            scalar(name),
            "name",
            resource.weight,
            used,
            group,
            _offset(resource, generation.prompts),
        )
        model = models.get(resource.file.path) if resource.file is not None else None
        if model is not None and resource.file is not None:
            yield from model_texts(model, group, resource.weight, used, resource.file.certainty)


def _is_base(name: str) -> bool:
    """Whether a checkpoint is called what its family and version are called, and nothing else: Illustrious XL 1.0 is no portrait of the ship."""
    return all(is_noise(token.text) for token in file_tokens(name))


def _offset(resource: Resource, prompts: tuple[Prompt, ...]) -> int | None:
    """Where the name stands in the text that the resource's locator means: the prompt for `<lora:…>`, else the value as written."""
    for prompt in prompts:
        if resource.raw and prompt.locator == resource.locator and (at := prompt.text.find(f":{resource.raw}")) >= 0:
            return at + 1 + max(resource.raw.rfind(resource.name), 0)
    if resource.raw and resource.locator:
        at = resource.raw.rfind(resource.name)
        return at if at >= 0 else None
    return None


def model_texts(model: ModelFacts, group: str, weight: float | None, state: State, certainty: float) -> Iterator[Text]:
    """What a model file and its sidecars say about what it makes."""
    names = {model.alias or ""}
    if model.alias:
        yield Text("lora-name", "ss_output_name", scalar(model.alias), "name", weight, state, group, 0, certainty)
    if model.title:
        yield Text("lora-title", "title", scalar(model.title), "title", weight, state, group, 0, certainty)
        names.add(model.title)
    for trigger in model.triggers:
        if trigger.coverage is not None and trigger.coverage < COVERAGE:
            continue
        if trigger.tier != "name":
            yield Text(
                "lora-trigger", trigger.locator, scalar(trigger.text), "prompt", weight, state, group, 0, certainty
            )
        elif trigger.text not in names:
            names.add(trigger.text)
            yield Text("lora-name", trigger.locator, scalar(trigger.text), "name", weight, state, group, 0, certainty)
    if model.training is not None:
        for folder in model.training.folders:
            if not folder.regularisation:
                yield Text(
                    "lora-training",
                    "ss_dataset_dirs",
                    scalar(folder.name),
                    "name",
                    weight,
                    state,
                    group,
                    None,
                    certainty,
                )
        for tag, coverage in model.training.tags[:TRAINING_TAGS]:
            if coverage >= COVERAGE:
                yield Text(
                    "lora-training", "ss_tag_frequency", scalar(tag), "prompt", weight, state, group, None, certainty
                )
    for text in model.texts:
        if text.text not in names:
            yield _model_text(text, group, weight, state, certainty)


def _model_text(text: ModelText, group: str, weight: float | None, state: State, certainty: float) -> Text:
    """A text about a model or file; descriptions are prose, which may speak of anybody."""
    if len(text.text) > PROSE or _DESCRIBES.search(text.locator):
        manner: Manner = "prose"
    elif text.source in ("lora-name", "file-name", "checkpoint-name", "embedding-name", "reference-image"):
        manner = "name"
    elif text.source in ("lora-title", "sidecar"):
        manner = "title"
    else:
        manner = "prompt"
    return Text(
        text.source,
        text.locator,
        scalar(text.text)[: DEFAULT_LIMITS.prompt],
        manner,
        weight,
        state,
        group,
        0,
        certainty,
    )
