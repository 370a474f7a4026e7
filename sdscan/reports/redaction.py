"""A result → the same result with every text that a person wrote replaced by its length and digest.

Names of subjects and rules stay: they say what the risk is. Prompts, LoRA names, triggers, parameters and messages' quotes go.
"""

from __future__ import annotations

import hashlib
import re

from msgspec.structs import replace

from sdscan.records import FileResult, Finding, Generation, ModelFacts, Reason

_QUOTED = re.compile(r"'([^'\n]{1,400})'(?=[\s.,;:)]|$)")
"""Rules quote names of models in single quotes."""


def mask(text: str) -> str:
    """`[28 characters, 5f0c91aa]`: enough to see that two texts are the same, not enough to read one."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"[{len(text)} characters, {digest}]"


def redacted(result: FileResult) -> FileResult:
    """The result without prompt words."""
    return replace(
        result,
        generations=tuple(map(_generation, result.generations)),
        model=None if result.model is None else _model(result.model),
        findings=tuple(map(_finding, result.findings)),
        reasons=tuple(_reason(reason, result.findings) for reason in result.reasons),
        problems=tuple(replace(problem, detail=problem.code) for problem in result.problems),
    )


def _generation(generation: Generation) -> Generation:
    return replace(
        generation,
        prompts=tuple(replace(prompt, text=mask(prompt.text)) for prompt in generation.prompts),
        resources=tuple(
            replace(
                resource, name=mask(resource.name), raw=None if resource.raw is None else mask(resource.raw), file=None
            )
            for resource in generation.resources
        ),
        parameters={key: mask(value) for key, value in generation.parameters.items()},
    )


def _model(model: ModelFacts) -> ModelFacts:
    return ModelFacts(
        kind=model.kind, subject_kind=replace(model.subject_kind, because=()), base_model=model.base_model, network=model.network,
        hashes=model.hashes, license=model.license, metadata_state=model.metadata_state, writer=model.writer,
        triggers=tuple(replace(trigger, text=mask(trigger.text)) for trigger in model.triggers),
    )  # fmt: skip


def _finding(finding: Finding) -> Finding:
    evidence = tuple(replace(item, text=mask(item.text)) for item in finding.evidence)
    return replace(
        finding,
        evidence=evidence,
        message=_without_quotes(finding.message, finding),
        next_step=_without_quotes(finding.next_step, finding),
        because=(),
    )


def _reason(reason: Reason, findings: tuple[Finding, ...]) -> Reason:
    text, step = reason.text, reason.next_step
    for finding in findings:
        text, step = _without_quotes(text, finding), _without_quotes(step, finding)
    return replace(reason, text=text, next_step=step)


def _without_quotes(text: str, finding: Finding) -> str:
    """A sentence, with everything masked that it quotes: pieces of evidence, and whatever stands between quotation marks."""
    for item in sorted(finding.evidence, key=lambda item: -len(item.text)):
        if len(item.text) > 2 and (finding.subject is None or item.text.lower() not in finding.subject.name.lower()):
            text = text.replace(item.text, mask(item.text))
    return _QUOTED.sub(lambda found: found[0] if found[1].startswith("[") else mask(found[1]), text)
