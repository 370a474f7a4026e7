"""`__metadata__` of a safetensors header → Claims: one table of keys a question, for every writer that is known.

Sources: kohya sd-scripts `train_network.py` and `sai_model_spec.py`, ModelSpec 1.0.1, ai-toolkit `toolkit/metadata.py`, OneTrainer, SimpleTuner,
diffusers, sd-webui-additional-networks (`ssmd_`), A1111's checkpoint merger (`sd_merge_`), as researched in 2026-08.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sdscan.facts.models.bases import base_model
from sdscan.facts.models.claims import Claims, Word
from sdscan.facts.models.licenses import license_from_name
from sdscan.facts.models.phrases import phrases, told_triggers
from sdscan.facts.models.values import base_name, flag, items, opened, plain, said, table, words
from sdscan.limits import Limits
from sdscan.patterns import pattern
from sdscan.records import EvidenceSource, ModelText

Metadata = dict[str, object]

_DECLARED = ("modelspec.trigger_phrase", "modelspec.trigger_word", "modelspec.trigger_words", "trained_words", "trigger_word", "trigger_words",
             "trigger_phrase", "ssmd_keywords", "instance_prompt", "activation text")  # fmt: skip
_TITLES = ("modelspec.title", "ssmd_display_name", "name", "title")
_ALIASES = ("ss_output_name",)
_TEXTS: tuple[tuple[str, EvidenceSource], ...] = (
    ("modelspec.description", "lora-training"), ("ssmd_description", "lora-training"), ("description", "lora-training"),
    ("ss_training_comment", "lora-training"), ("modelspec.usage_hint", "lora-training"),
)  # fmt: skip
_CATEGORIES = ("modelspec.tags", "ssmd_tags", "tags")
_DEFAULT_TITLE = pattern(
    r"(?i)(?:lora|lycoris|checkpoint|textualinversion|embedding|model|leco|controlnet)@\d*|unknown|untitled"
)
"""kohya's titles where no name was given (`LoRA@1699999999`)."""
_RESIZED = pattern(r"(?i)dimension is resized from|^dynamic resize|^none$")
"""What tools put into the training comment (`resize_lora.py`): it says nothing about the subject."""
_PLACEHOLDER = pattern(r"<[^<>\s]{1,100}>")


def claims_of(metadata: Metadata, limits: Limits) -> Claims:
    """Everything that the header's metadata claims, less the training statistics."""
    title = next(
        (Word(text, key) for key in _TITLES if (text := said(metadata.get(key))) and not is_default_title(text)), None
    )
    title = title and Word(title.text.strip('"'), title.locator)
    artifact = table(opened(metadata.get("sd.artifact.v1"), limits))
    return Claims(
        kind=_kind(metadata),
        writer=writer_of(metadata, limits),
        title=title or (Word(name, "sd.artifact.v1") if (name := said(artifact.get("name"))) else None),
        alias=next((text for key in _ALIASES if (text := said(metadata.get(key)))), None),
        base_model=base_model(metadata),
        network=_network(metadata, limits),
        declared=tuple(_declared(metadata, artifact, limits)),
        texts=tuple(_texts(metadata, limits)),
        categories=tuple(Word(tag, key) for key in _CATEGORIES for text in words(metadata.get(key), limits) for tag in phrases(text)),
        nsfw=flag(artifact.get("nsfw")),
        license=license_from_name(said(metadata.get("modelspec.license")), "modelspec.license"),
        declared_hash=next((text for key in ("sshs_model_hash", "modelspec.hash_sha256") if (text := said(metadata.get(key)))), None),
        merged_from=tuple(dict.fromkeys(_merged_from(metadata, limits))),
    )  # fmt: skip


def is_default_title(text: str) -> bool:
    """Whether a tool made the title up."""
    return _DEFAULT_TITLE.fullmatch(text.strip()) is not None


def writer_of(metadata: Metadata, limits: Limits) -> str | None:
    """The trainer or tool by its own keys; the first rule that fits."""
    return next((writer for writer, fits in _WRITERS if fits(metadata, limits)), None)


def _software(metadata: Metadata, limits: Limits) -> bool:
    found = (
        opened(metadata.get("software"), limits)
        if isinstance(metadata.get("software"), str)
        else metadata.get("software")
    )
    return "ai-toolkit" in str(table(found).get("name") or metadata.get("software") or "")


def _is_musubi(metadata: Metadata, limits: Limits) -> bool:
    sets = items(opened(metadata.get("ss_datasets"), limits)) if "ss_datasets" in metadata else []
    keys = {key for each in sets[:8] for key in table(each)}
    return bool(
        keys & {"image_directory", "image_jsonl_file", "video_directory", "video_jsonl_file", "control_directory"}
    )


_WRITERS: tuple[tuple[str, Callable[[Metadata, Limits], bool]], ...] = (
    ("ai-toolkit", _software),
    ("onetrainer", lambda m, _: any(key in m for key in ("ot_branch", "ot_revision", "ot_config"))),
    ("musubi", _is_musubi),
    (
        "simpletuner",
        lambda m, _: "trained_words" in m or "simpletuner" in str(m.get("modelspec.implementation", "")).lower(),
    ),
    (
        "kohya",
        lambda m, _: any(
            key in m for key in ("ss_network_module", "ss_output_name", "ss_sd_model_name", "ss_v2", "ss_tag_frequency")
        ),
    ),
    ("additional-networks", lambda m, _: any(key.startswith("ssmd_") for key in m)),
    ("sd_dreambooth_extension", lambda m, _: "lora_key_encoding" in m),
    (
        "cloneofsimo",
        lambda m, _: (
            any(_PLACEHOLDER.fullmatch(key) and m[key] == "<embed>" for key in m) or "text_encoder:0:rank" in m
        ),
    ),
    ("diffusers", lambda m, _: "lora_adapter_metadata" in m),
    ("a1111-merger", lambda m, _: "sd_merge_recipe" in m or "sd_merge_models" in m),
)


def _kind(metadata: Metadata) -> str | None:
    architecture = (said(metadata.get("modelspec.architecture")) or "").lower()
    module = (said(metadata.get("ss_network_module")) or "").lower()
    if architecture.endswith(("/lora", "/lycoris", "/dora")) or ("control" not in module and module):
        return "lora"
    if "textual-inversion" in architecture:
        return "embedding"
    if architecture.endswith("/vae"):
        return "vae"
    if "lora_key_encoding" in metadata or "lora_adapter_metadata" in metadata or "text_encoder:0:rank" in metadata:
        return "lora"
    return "checkpoint" if architecture and "/" not in architecture else None


def _network(metadata: Metadata, limits: Limits) -> str | None:
    """`networks.lora dim 32 alpha 16`, with the algorithm where the module has several (LyCORIS)."""
    module = said(metadata.get("ss_network_module"))
    if module is None:
        return None
    args = table(opened(metadata.get("ss_network_args"), limits))
    pieces = [module, said(args.get("algo")) or ""]
    pieces += [f"{name} {value}" for name in ("dim", "alpha") if (value := said(metadata.get(f"ss_network_{name}")))]
    return " ".join(piece for piece in pieces if piece)


def _declared(metadata: Metadata, artifact: dict[str, object], limits: Limits) -> Iterator[Word]:
    for key in _DECLARED:
        for text in words(metadata.get(key), limits):
            yield from (Word(phrase, key) for phrase in phrases(text))
    for text in words(artifact.get("triggers"), limits):
        yield from (Word(phrase, "sd.artifact.v1.triggers") for phrase in phrases(text))
    for key in ("modelspec.usage_hint", "ss_training_comment", "modelspec.description"):
        yield from (Word(phrase, key) for phrase in told_triggers(plain(metadata.get(key), limits)))
    for key, value in metadata.items():
        if value == "<embed>" and _PLACEHOLDER.fullmatch(key):
            yield Word(key, key)
    yield from (
        Word(name, "string_to_token") for name in table(opened(metadata.get("string_to_token"), limits)) if name != "*"
    )


def _texts(metadata: Metadata, limits: Limits) -> Iterator[ModelText]:
    for key, source in _TEXTS:
        text = plain(metadata.get(key), limits)
        if text is not None and not _RESIZED.search(text):
            yield ModelText(source, text, key)


def _merged_from(metadata: Metadata, limits: Limits) -> Iterator[str]:
    """ModelSpec's comma list; A1111's `sd_merge_models`, a table of hash → name (modules/extras.py, 1.3 and later)."""
    for text in words(metadata.get("modelspec.merged_from"), limits):
        yield from (base_name(part.strip()) for part in text.split(",") if part.strip())
    for each in table(opened(metadata.get("sd_merge_models"), limits)).values():
        if name := said(table(each).get("name")):
            yield base_name(name)
