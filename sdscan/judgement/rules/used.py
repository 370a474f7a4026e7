"""The models that a picture used, or the model that is scanned, each with what it says about itself. No judgement here."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from sdscan.judgement.levels import FAINT, Step
from sdscan.judgement.names import normal
from sdscan.knowledge.library import Resolved
from sdscan.records import Evidence, EvidenceSource, Match, ModelFacts, Resource

MODEL_SOURCES = frozenset({
    "lora-name", "lora-hash", "lora-trigger", "lora-training", "lora-title", "sidecar", "checkpoint-name", "embedding-name",
})  # fmt: skip
"""Evidence that speaks of a model, not of a prompt."""

NAME_SOURCES: dict[str, EvidenceSource] = {
    "lora": "lora-name", "checkpoint": "checkpoint-name", "embedding": "embedding-name", "hypernetwork": "lora-name",
}  # fmt: skip
"""Kind of a model → what evidence by its name is called."""


class UsedModel(Struct, frozen=True):
    """One model that is used or scanned."""

    word: str
    """LoRA, checkpoint, embedding … as sentences call it."""
    name: Evidence
    """Its name, where it is named, and its weight."""
    facts: ModelFacts | None
    """None where no local file explains it."""

    @property
    def texts(self) -> tuple[Evidence, ...]:
        """Its name, title and declared trigger words."""
        if self.facts is None:
            return (self.name,)
        weight, state = self.name.weight, self.name.state
        texts = [self.name]
        if self.facts.title and self.facts.title != self.name.text:
            texts.append(Evidence("lora-title", "title", self.facts.title, weight=weight, state=state))
        for trigger in self.facts.triggers:
            if trigger.tier in ("declared", "configured"):
                texts.append(Evidence("lora-trigger", trigger.locator, trigger.text, weight=weight, state=state))
        return tuple(texts)

    def explains(self, match: Match) -> bool:
        """Whether a match came from this model: evidence about a model whose text stands in what this one says."""
        return match.evidence.source in MODEL_SOURCES and normal(match.evidence.text) in self.all_words()

    def all_words(self) -> str:
        """Everything it says about itself, in normal form."""
        texts = [item.text for item in self.texts]
        if self.facts is not None:
            texts += [self.facts.alias or "", *(text.text for text in self.facts.texts)]
            texts += [trigger.text for trigger in self.facts.triggers]
            if self.facts.training is not None:
                texts += [tag for tag, _ in self.facts.training.tags]
                texts += [folder.name for folder in self.facts.training.folders]
        return normal(" ".join(texts))

    @property
    def faint(self) -> tuple[Step, ...]:
        """One step down where its weight is too low to count in full."""
        weight = self.name.weight
        return (
            (Step(-1, f"weight {weight:g} is below {FAINT:g}"),) if weight is not None and abs(weight) < FAINT else ()
        )


def used_models(path: str, resolved: Resolved) -> Iterator[UsedModel]:
    """The scanned model, or each LoRA, embedding, hypernetwork and checkpoint that a picture used, once by name."""
    model = resolved.facts.model
    if model is not None:
        stem = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        source = NAME_SOURCES.get(model.kind, "lora-name")
        yield UsedModel(_word(model.kind), Evidence(source, "file name", stem), model)
    seen = set()
    for resource in used_resources(resolved):
        if resource.kind in NAME_SOURCES and (resource.kind, resource.name) not in seen:
            seen.add((resource.kind, resource.name))
            facts = None if resource.file is None else resolved.models.get(resource.file.path)
            yield UsedModel(_word(resource.kind), _name(resource), facts)


def used_resources(resolved: Resolved) -> tuple[Resource, ...]:
    """All models and pictures that had, or may have had, an effect, of all generations."""
    found = [
        resource
        for generation in resolved.generations
        for resource in generation.resources
        if resource.state != "unused" and resource.weight != 0
    ]
    return tuple(found)


def _name(resource: Resource) -> Evidence:
    source = NAME_SOURCES[resource.kind]
    return Evidence(source, resource.locator, resource.name, weight=resource.weight, state=resource.state)


def _word(kind: str) -> str:
    return _WORDS.get(kind, kind)


_WORDS = {"lora": "LoRA", "unknown": "model"}
