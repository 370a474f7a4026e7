"""A result → the same result with every text that a person wrote replaced by its length and digest.

Names of subjects and rules stay: they say what the risk is. Prompts, names of models, triggers, settings and messages' quotes go, and so
does whatever a locator, a version or a hash holds that no program of the field writes.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from sdscan.digests import sha256
from sdscan.patterns import pattern
from sdscan.records import FileResult, Finding, Generation, ModelFacts, Reason, Resource

_QUOTED = pattern(r"'([^'\n]{1,400})'(?=[\s.,;:)]|$)")
"""Rules quote names of models in single quotes."""
_WORD = pattern(r"[^\W\d_][\w-]*|_[\w-]+")
_HASH = pattern(r"[0-9a-fA-F]{6,64}")
_VERSION = pattern(r"[A-Za-z]{0,3}-?\d+(\.\d+)*([-+._]?[a-z]?\d+)*")
_NETWORK = pattern(r"(networks|lycoris|peft|loha|lokr|dora)\b[.a-z_]{0,30}", re.I)
_KNOWN = frozenset(
    """
    ADetailer Comment Description Dream Hires ImageDescription Make Model NegativeCLIP_Base PositiveCLIP_Base CheckpointLoader_Base Prompt Software Source
    Text Title UserComment XPComment adetailer alpha base_model caption char_caption char_captions ckpt_name civitai clip_name comment controlnet data
    director_reference_strengths exif extraMetadata extra_pnginfo file folder full_negative_prompt full_prompt generation_data hires hypernetwork_name
    image image_name inputs invokeai_metadata ipAdapters iptc keys lora_name lyrics model model_name model_weights module name negative negativePrompt
    negative_prompt negativeprompt parameters parsed positive positive_prompt prompt properties resource-stack resources sd-metadata sidecar stealth_pngcomp
    stealth_pnginfo styles sui_image_params tags text training uc unet_name upscaler vae vae_name value widgets_values workflow xmp
    """.split()
)
"""Words of locators that programs write; any other may be a person's: a keyword, a key of an unknown graph, a training folder."""


def mask(text: str) -> str:
    """`[28 characters, 5f0c91aa]`: enough to see that two texts are the same, not enough to read one."""
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
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


def located(locator: str) -> str:
    """A locator with every word masked that no program is known to write: `ss_tag_frequency/[14 characters, 5f0c91aa]`."""
    head, separator, rest = locator.partition("/")
    if head in ("ss_tag_frequency", "ss_dataset_dirs") or head.startswith("sidecar:"):
        return head + separator + (mask(rest) if rest else "")
    start, _, place = head.partition("#")  # `png:tEXt` is the container's own, and so is `modelspec.trigger_phrase`
    inner = f"#{_words(place)}" if place else ""
    return start + inner + separator + _words(rest)


def _words(text: str) -> str:
    return _WORD.sub(
        lambda word: word[0] if word[0].rstrip("0123456789_") in _KNOWN or word[0] in _KNOWN else mask(word[0]), text
    )


def _kept(text: str | None, allowed: re.Pattern[str]) -> str | None:
    """A text of a form that says nothing, else its mask."""
    return text if text is None or allowed.fullmatch(text) else mask(text)


def _generation(generation: Generation) -> Generation:
    return replace(
        generation,
        locator=located(generation.locator),
        tool_version=_kept(generation.tool_version, _VERSION),
        prompts=tuple(
            replace(prompt, text=mask(prompt.text), locator=located(prompt.locator)) for prompt in generation.prompts
        ),
        resources=tuple(map(_resource, generation.resources)),
        parameters={},
    )


def _resource(resource: Resource) -> Resource:
    return replace(
        resource,
        name=mask(resource.name),
        raw=None if resource.raw is None else mask(resource.raw),
        hash=_kept(resource.hash, _HASH),
        locator=located(resource.locator),
        version_id=None,
        file=None,
    )


def _model(model: ModelFacts) -> ModelFacts:
    hashes = model.hashes
    return ModelFacts(
        kind=model.kind, subject_kind=replace(model.subject_kind, because=()), metadata_state=model.metadata_state, writer=model.writer,
        base_model=None if model.base_model is None else mask(model.base_model), network=_kept(model.network, _NETWORK),
        hashes=replace(hashes, declared=_kept(hashes.declared, _HASH), sidecar=_kept(hashes.sidecar, _HASH)),
        license=None if model.license is None else replace(model.license, source=""),
        triggers=tuple(replace(trigger, text=mask(trigger.text), locator=located(trigger.locator)) for trigger in model.triggers),
    )  # fmt: skip


def _finding(finding: Finding) -> Finding:
    evidence = tuple(replace(item, text=mask(item.text), locator=located(item.locator)) for item in finding.evidence)
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
