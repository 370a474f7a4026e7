"""Sidecars that hold what a model site says → Claims: Civitai's answer as it is, and the tools that wrap it.

`X.civitai.info` is the by-hash answer of the site (Civitai Helper and its forks; `{}` where the site does not know the file), `X.metadata.json` LoRA
Manager's, `X.cm-info.json` StabilityMatrix's in PascalCase, `X.rgthree-info.json` rgthree-comfy's.
"""

from __future__ import annotations

from msgspec.structs import replace

from sdscan.facts.models import ORIGINAL_NAME
from sdscan.facts.models.claims import Claims, Word
from sdscan.facts.models.licenses import license_from_flags
from sdscan.facts.models.phrases import phrases
from sdscan.facts.models.sidecar_values import JSON, ids_of, sha256_of, trained_words, word
from sdscan.facts.models.triggers import is_nameless
from sdscan.facts.models.values import base_name, flag, items, plain, said, table, words
from sdscan.limits import Limits
from sdscan.patterns import pattern
from sdscan.records import ModelText

_KINDS = {
    "lora": "lora", "locon": "lora", "lycoris": "lora", "dora": "lora", "loha": "lora", "lokr": "lora", "textualinversion": "embedding",
    "embedding": "embedding", "checkpoint": "checkpoint", "hypernetwork": "hypernetwork", "vae": "vae",
}  # fmt: skip
_MODEL_SUFFIXES = (".safetensors", ".sft", ".pt", ".pth", ".ckpt", ".bin")
_VERSION = pattern(
    r"(?i)(?:v|ver|version)?[ ._-]?\d+(?:[ ._]\d+)*[a-z]?|v\d+.*(?:sdxl|sd1|pony|illustrious|xl)|latest|final|full"
)
"""A version's name that is only a version."""


def civitai_info(found: JSON, name: str, limits: Limits) -> Claims:
    """Civitai's model version; `{}` where the site does not know the file."""
    model = table(found.get("model"))
    license_ = license_from_flags(model, name) or license_from_flags(found, name)
    title = said(model.get("name"))
    version = said(found.get("name"))
    texts = [ModelText("sidecar", title, f"{name}#model.name")] if title else []
    if version and not _VERSION.fullmatch(version):
        texts.append(ModelText("sidecar", version, f"{name}#name"))
    for path, value in (("description", found.get("description")), ("model.description", model.get("description"))):
        if text := plain(value, limits):
            texts.append(ModelText("sidecar", text, f"{name}#{path}"))
    tags = (
        [tag for key in (model, found) for tag in words(key.get("tags"), limits)]
        if ("tags" in model or "tags" in found)
        else []
    )
    texts += [ModelText("sidecar", tag, f"{name}#model.tags") for tag in tags[: limits.resources]]
    texts += _original_names([table(each).get("name") for each in items(found.get("files"))], name)
    hashes = [table(table(each).get("hashes")) for each in items(found.get("files"))]
    training = said(table(found.get("trainingDetails")).get("type"))
    return Claims(
        kind=_KINDS.get((said(model.get("type")) or said(found.get("modelType")) or "").replace(" ", "").lower()),
        title=Word(title, f"{name}#model.name") if title else None,
        base_model=said(found.get("baseModel")),
        declared=tuple(trained_words(found, f"{name}#trainedWords", limits)),
        texts=tuple(texts),
        categories=tuple(Word(tag, f"{name}#model.tags") for tag in tags),
        subject=Word(training, f"{name}#trainingDetails.type") if training else None,
        poi=flag(model.get("poi")),
        nsfw=flag(model.get("nsfw")),
        license=license_,
        version_ids=ids_of(found.get("id")),
        sidecar_sha256=next((text for each in hashes if (text := sha256_of(each.get("SHA256")))), None),
    )


def lora_manager(found: JSON, name: str, limits: Limits) -> Claims:
    """LoRA Manager: Civitai's answer under `civitai`, its own keys beside it (`autov3` may be "" or null)."""
    inner = civitai_info(table(found.get("civitai")), f"{name}#civitai", limits)
    tags = words(found.get("tags"), limits) if "tags" in found else []
    texts = [
        ModelText("sidecar", text, f"{name}#{key}")
        for key in ("model_name", "modelDescription", "notes")
        if (text := plain(found.get(key), limits))
    ]
    level = found.get("preview_nsfw_level")
    nsfw = inner.nsfw if inner.nsfw is not None else (level >= 8 if isinstance(level, int) else None)
    return replace(
        inner,
        title=inner.title or word(found.get("model_name"), f"{name}#model_name"),
        base_model=said(found.get("base_model")) or inner.base_model,
        declared=inner.declared + tuple(trained_words(found, f"{name}#trainedWords", limits)),
        texts=inner.texts + tuple(texts) + tuple(ModelText("sidecar", tag, f"{name}#tags") for tag in tags),
        categories=inner.categories + tuple(Word(tag, f"{name}#tags") for tag in tags),
        nsfw=nsfw,
        license=inner.license and replace(inner.license, source=name),
        sidecar_sha256=sha256_of(found.get("sha256")) or inner.sidecar_sha256,
    )


def stability_matrix(found: JSON, name: str, limits: Limits) -> Claims:
    """StabilityMatrix (`ConnectedModelInfo`): PascalCase, no licence, no person flag."""
    tags = words(found.get("Tags"), limits) if "Tags" in found else []
    texts = [
        ModelText("sidecar", text, f"{name}#{key}")
        for key in ("ModelName", "VersionName", "ModelDescription", "VersionDescription", "UserTitle")
        if (text := plain(found.get(key), limits)) and not _VERSION.fullmatch(text)
    ]
    kind = said(found.get("ModelType"))
    return Claims(
        kind=_KINDS.get((kind or "").lower()),
        title=word(found.get("ModelName"), f"{name}#ModelName"),
        base_model=said(found.get("BaseModel")),
        declared=tuple(trained_words(found, f"{name}#TrainedWords", limits, "TrainedWords")),
        texts=tuple(texts) + tuple(ModelText("sidecar", tag, f"{name}#Tags") for tag in tags),
        categories=tuple(Word(tag, f"{name}#Tags") for tag in tags),
        nsfw=flag(found.get("Nsfw")),
        version_ids=ids_of(found.get("VersionId")),
        sidecar_sha256=sha256_of(table(found.get("Hashes")).get("SHA256")),
    )


def rgthree(found: JSON, name: str, limits: Limits) -> Claims:
    """rgthree-comfy: `trainedWords` as objects with `word` and where it comes from; Civitai's answer under `raw.civitai`."""
    inner = civitai_info(table(table(found.get("raw")).get("civitai")), f"{name}#raw.civitai", limits)
    spoken = [
        said(table(each).get("word") if isinstance(each, dict) else each) for each in items(found.get("trainedWords"))
    ]
    declared = tuple(Word(phrase, f"{name}#trainedWords") for text in spoken if text for phrase in phrases(text))
    title = word(found.get("name"), f"{name}#name")
    texts = (ModelText("sidecar", title.text, title.locator),) if title else ()
    return replace(
        inner, title=inner.title or title, declared=declared + inner.declared, texts=inner.texts + texts,
        sidecar_sha256=sha256_of(found.get("sha256")) or inner.sidecar_sha256, base_model=inner.base_model or said(found.get("baseModel")),
    )  # fmt: skip


def _original_names(names: list[object], locator: str) -> list[ModelText]:
    """What the file is called where it comes from: the subject's name often survives there when the user renames it."""
    found = [base_name(text) for each in names[:20] if (text := said(each)) and text.lower().endswith(_MODEL_SUFFIXES)]
    stems = dict.fromkeys(text.rpartition(".")[0] for text in found)
    return [ModelText("lora-name", stem, f"{locator}{ORIGINAL_NAME}") for stem in stems if not is_nameless(stem)]
