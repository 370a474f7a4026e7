"""Files beside a model → Claims. Enters names and bytes that were already read, bounded; nothing is fetched and nothing is written.

`X.civitai.info` is Civitai's by-hash answer as it is (Civitai Helper and its forks), `X.metadata.json` LoRA Manager's, `X.cm-info.json`
StabilityMatrix's in PascalCase, `X.json` A1111's user metadata, `X.txt` a description, `X.sha256` Image Saver's, README.md a model card.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from sdscan.facts.models import ORIGINAL_NAME
from sdscan.facts.models.claims import Claims, Word
from sdscan.facts.models.licenses import license_from_flags, license_from_name
from sdscan.facts.models.phrases import phrases, told_triggers
from sdscan.facts.models.triggers import is_nameless
from sdscan.facts.models.values import base_name, flag, items, opened, plain, said, table, words
from sdscan.limits import Limits
from sdscan.records import ModelText, Problem

JSON = dict[str, object]


class Sidecar(Struct, frozen=True, gc=False):
    """A file beside a model."""

    name: str
    data: bytes


_KINDS = {
    "lora": "lora", "locon": "lora", "lycoris": "lora", "dora": "lora", "loha": "lora", "lokr": "lora", "textualinversion": "embedding",
    "embedding": "embedding", "checkpoint": "checkpoint", "hypernetwork": "hypernetwork", "vae": "vae",
}  # fmt: skip
_MODEL_SUFFIXES = (".safetensors", ".sft", ".pt", ".pth", ".ckpt", ".bin")
_VERSION = re.compile(
    r"(?i)(?:v|ver|version)?[ ._-]?\d+(?:[ ._]\d+)*[a-z]?|v\d+.*(?:sdxl|sd1|pony|illustrious|xl)|latest|final|full"
)
"""A version's name that is only a version."""
_SHA256 = re.compile(rb"\b[0-9a-fA-F]{64}\b")


def sidecar_names(stem: str, *, folder_files: Sequence[str] = ()) -> tuple[str, ...]:
    """Names of the text files that may stand beside a model with that stem, the ones that say most first."""
    return (
        *(stem + suffix for suffix in READERS if suffix.startswith(".")),
        *(name for name in folder_files if name in READERS),
    )


def claims_of_sidecar(sidecar: Sidecar, stem: str, limits: Limits) -> Claims:
    """What one sidecar says. A sidecar that cannot be parsed is a problem, never an error."""
    suffix = sidecar.name if sidecar.name in READERS else sidecar.name[len(stem) :]
    read, is_json = READERS[suffix]
    if not is_json:
        return read({"": _text(sidecar.data)}, sidecar.name, limits)
    found = opened(_text(sidecar.data), limits)
    if not isinstance(found, dict):
        return Claims(problems=(Problem("bad-sidecar", f"{sidecar.name} holds no JSON object; it is left out"),))
    return read(found, sidecar.name, limits)


def _text(data: bytes) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return data.decode(encoding, "replace")


# ---- one reader a format ---------------------------------------------------------------------------------------


def _civitai_info(found: JSON, name: str, limits: Limits) -> Claims:
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
        declared=tuple(_trained_words(found, f"{name}#trainedWords", limits)),
        texts=tuple(texts),
        categories=tuple(Word(tag, f"{name}#model.tags") for tag in tags),
        subject=Word(training, f"{name}#trainingDetails.type") if training else None,
        poi=flag(model.get("poi")),
        nsfw=flag(model.get("nsfw")),
        license=license_,
        version_ids=_ids(found.get("id")),
        sidecar_sha256=next((text for each in hashes if (text := _sha256(each.get("SHA256")))), None),
    )


def _lora_manager(found: JSON, name: str, limits: Limits) -> Claims:
    """LoRA Manager: Civitai's answer under `civitai`, its own keys beside it (`autov3` may be "" or null)."""
    inner = _civitai_info(table(found.get("civitai")), f"{name}#civitai", limits)
    tags = words(found.get("tags"), limits) if "tags" in found else []
    texts = [
        ModelText("sidecar", text, f"{name}#{key}")
        for key in ("model_name", "modelDescription", "notes")
        if (text := plain(found.get(key), limits))
    ]
    level = found.get("preview_nsfw_level")
    nsfw = inner.nsfw if inner.nsfw is not None else (level >= 8 if isinstance(level, int) else None)
    return _replaced(
        inner,
        title=inner.title or _word(found.get("model_name"), f"{name}#model_name"),
        base_model=said(found.get("base_model")) or inner.base_model,
        declared=inner.declared + tuple(_trained_words(found, f"{name}#trainedWords", limits)),
        texts=inner.texts + tuple(texts) + tuple(ModelText("sidecar", tag, f"{name}#tags") for tag in tags),
        categories=inner.categories + tuple(Word(tag, f"{name}#tags") for tag in tags),
        nsfw=nsfw,
        license=_renamed(inner, name),
        sidecar_sha256=_sha256(found.get("sha256")) or inner.sidecar_sha256,
    )


def _stability_matrix(found: JSON, name: str, limits: Limits) -> Claims:
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
        title=_word(found.get("ModelName"), f"{name}#ModelName"),
        base_model=said(found.get("BaseModel")),
        declared=tuple(_trained_words(found, f"{name}#TrainedWords", limits, "TrainedWords")),
        texts=tuple(texts) + tuple(ModelText("sidecar", tag, f"{name}#Tags") for tag in tags),
        categories=tuple(Word(tag, f"{name}#Tags") for tag in tags),
        nsfw=flag(found.get("Nsfw")),
        version_ids=_ids(found.get("VersionId")),
        sidecar_sha256=_sha256(table(found.get("Hashes")).get("SHA256")),
    )


def _user_metadata(found: JSON, name: str, limits: Limits) -> Claims:
    """A1111 and Forge (`ui_extra_networks_user_metadata.py`), read by InvokeAI too; downloaders add keys of their own."""
    texts = [
        ModelText("sidecar", text, f"{name}#{key}")
        for key in ("description", "notes", "civitai text")
        if (text := plain(found.get(key), limits))
    ]
    declared = [
        Word(phrase, f"{name}#{key}") for key in ("activation text", "trigger words", "trigger_phrases") for text in words(found.get(key), limits)
        for phrase in phrases(text)
    ]  # fmt: skip
    told = [Word(phrase, text.locator) for text in texts for phrase in told_triggers(text.text)]
    return Claims(
        base_model=said(found.get("sd version")),
        declared=(*declared, *_trained_words(found, f"{name}#trainedWords", limits), *told),
        texts=tuple(texts),
        categories=tuple(Word(tag, f"{name}#category") for tag in words(found.get("category"), limits))
        if "category" in found
        else (),
        license=license_from_flags(found, name),
        version_ids=_ids(found.get("modelVersionId") or found.get("civitai version id")),
        sidecar_sha256=_sha256(found.get("sha256")),
    )


def _swarm(found: JSON, name: str, limits: Limits) -> Claims:
    """SwarmUI: ModelSpec's keys, with or without their prefix."""
    bare = {key.removeprefix("modelspec."): value for key, value in found.items()}
    declared = [
        Word(phrase, f"{name}#trigger_phrase")
        for text in words(bare.get("trigger_phrase"), limits)
        for phrase in phrases(text)
    ]
    texts = [
        ModelText("sidecar", text, f"{name}#{key}")
        for key in ("title", "description", "usage_hint")
        if (text := plain(bare.get(key), limits))
    ]
    tags = words(bare.get("tags"), limits) if "tags" in bare else []
    return Claims(
        title=_word(bare.get("title"), f"{name}#title"), declared=tuple(declared), texts=tuple(texts),
        categories=tuple(Word(tag, f"{name}#tags") for text in tags for tag in phrases(text)),
        license=license_from_name(said(bare.get("license")), name),
    )  # fmt: skip


def _rgthree(found: JSON, name: str, limits: Limits) -> Claims:
    """rgthree-comfy: `trainedWords` as objects with `word` and where it comes from; Civitai's answer under `raw.civitai`."""
    inner = _civitai_info(table(table(found.get("raw")).get("civitai")), f"{name}#raw.civitai", limits)
    spoken = [
        said(table(each).get("word") if isinstance(each, dict) else each) for each in items(found.get("trainedWords"))
    ]
    declared = tuple(Word(phrase, f"{name}#trainedWords") for text in spoken if text for phrase in phrases(text))
    title = _word(found.get("name"), f"{name}#name")
    texts = (ModelText("sidecar", title.text, title.locator),) if title else ()
    return _replaced(
        inner, title=inner.title or title, declared=declared + inner.declared, texts=inner.texts + texts,
        sidecar_sha256=_sha256(found.get("sha256")) or inner.sidecar_sha256, base_model=inner.base_model or said(found.get("baseModel")),
    )  # fmt: skip


def _description(found: JSON, name: str, limits: Limits) -> Claims:
    """A1111's description, or CivitaiBatchHelper's `Trigger Words: …`."""
    text = plain(found[""], limits)
    if text is None:
        return Claims()
    return Claims(
        declared=tuple(Word(phrase, name) for phrase in told_triggers(text)),
        texts=(ModelText("sidecar", text, f"{name}#description"),),
    )


def _sha256_file(found: JSON, name: str, limits: Limits) -> Claims:
    """Image Saver's `X.sha256`: the digest alone, or a line of `sha256sum`."""
    match = _SHA256.search(str(found[""])[:4096].encode("ascii", "replace"))
    return Claims(sidecar_sha256=match[0].decode().lower() if match else None)


def _model_card(found: JSON, name: str, limits: Limits) -> Claims:
    """A model card: YAML front matter of one level (`instance_prompt`, `base_model`, `tags`, `license`), then text."""
    text = str(found[""])[: limits.prompt]
    front, body = _front_matter(text)
    declared = [
        Word(phrase, f"{name}#{key}") for key in ("instance_prompt", "trigger", "trigger_word") for value in front.get(key, ())
        for phrase in phrases(value)
    ]  # fmt: skip
    told = [Word(phrase, name) for phrase in told_triggers(body)]
    title = next((line.lstrip("# ").strip() for line in body.split("\n", 60) if line.startswith("# ")), None)
    description = plain(body, limits)
    texts = [ModelText("sidecar", description, name)] if description else []
    tags = [tag for tag in front.get("tags", ()) if tag.casefold() not in _CARD_TAGS]
    return Claims(
        title=_word(title, name), base_model=next(iter(front.get("base_model", ())), None), declared=(*declared, *told),
        texts=(*texts, *(ModelText("sidecar", tag, f"{name}#tags") for tag in tags)),
        categories=tuple(Word(tag, f"{name}#tags") for tag in tags),
        license=license_from_name(next(iter(front.get("license", ())), None), f"{name}#license"),
    )  # fmt: skip


def _folder_table(found: JSON, name: str, limits: Limits) -> Claims:
    """A model's line of the folder's `loras_tags.json` (Auto Trigger Words)."""
    return Claims(declared=tuple(_trained_words(found, name, limits)))


def _adapter_config(found: JSON, name: str, limits: Limits) -> Claims:
    """PEFT: the base model, nothing about the subject."""
    base = said(found.get("base_model_name_or_path"))
    return Claims(
        kind="lora", writer="peft", base_model=base_name(base) if base else None, network=said(found.get("peft_type"))
    )


READERS: dict[str, tuple[Callable[[JSON, str, Limits], Claims], bool]] = {
    ".civitai.info": (_civitai_info, True),
    ".metadata.json": (_lora_manager, True),
    ".cm-info.json": (_stability_matrix, True),
    ".json": (_user_metadata, True),
    ".swarm.json": (_swarm, True),
    ".rgthree-info.json": (_rgthree, True),
    ".txt": (_description, False),
    ".sha256": (_sha256_file, False),
    "adapter_config.json": (_adapter_config, True),
    "README.md": (_model_card, False),
    "loras_tags.json": (_folder_table, True),
}
"""Suffix after the stem, or whole name → (reader, whether it is JSON)."""
FOLDER_TABLE = "loras_tags.json"
FOLDER_FILES = ("adapter_config.json", "README.md")
"""They belong to the only model of their folder."""
_CARD_TAGS = frozenset(
    "lora diffusers diffusers-training text-to-image image-to-image template:sd-lora stable-diffusion stable-diffusion-xl stable-diffusion-xl-diffusers flux "
    "flux-diffusers simpletuner ai-toolkit not-for-all-audiences safe-for-work".split()
)
"""Tags that tools write into a model card; they say nothing about the subject."""


# ---- small readers ---------------------------------------------------------------------------------------------


def _trained_words(found: JSON, locator: str, limits: Limits, key: str = "trainedWords") -> Iterator[Word]:
    if key in found:
        for text in words(found[key], limits):
            yield from (Word(phrase, locator) for phrase in phrases(text))


def _original_names(names: list[object], locator: str) -> list[ModelText]:
    """What the file is called where it comes from: the subject's name often survives there when the user renames it."""
    found = [base_name(text) for each in names[:20] if (text := said(each)) and text.lower().endswith(_MODEL_SUFFIXES)]
    stems = dict.fromkeys(text.rpartition(".")[0] for text in found)
    return [ModelText("lora-name", stem, f"{locator}{ORIGINAL_NAME}") for stem in stems if not is_nameless(stem)]


def _word(value: object, locator: str) -> Word | None:
    text = said(value)
    return Word(text, locator) if text else None


def _ids(value: object) -> tuple[str, ...]:
    """A Civitai id; 0 and below stand for none."""
    text = said(value) or ""
    return (text,) if text.isdecimal() and text.isascii() and text.strip("0") else ()


def _sha256(value: object) -> str | None:
    text = (said(value) or "").lower().removeprefix("0x")
    return text if re.fullmatch("[0-9a-f]{64}", text) else None


def _renamed(inner: Claims, name: str) -> object:
    license_ = inner.license
    return (
        None
        if license_ is None
        else type(license_)(license_.commercial_images, license_.derivatives, license_.credit, name)
    )


def _replaced(claims: Claims, **changes: object) -> Claims:
    from msgspec.structs import replace

    return replace(claims, **changes)


def _front_matter(text: str) -> tuple[dict[str, list[str]], str]:
    """`key: value` and `key:` with `- value` lines between two `---`, and what follows. Not YAML: the part that model cards use."""
    if not text.lstrip("\ufeff").startswith("---"):
        return {}, text
    head, mark, body = text.lstrip("\ufeff")[3:].partition("\n---")
    if not mark:
        return {}, text
    front: dict[str, list[str]] = {}
    key = ""
    for line in head.split("\n")[:2000]:
        if line[:1] not in (" ", "-", "\t", "#") and ":" in line:
            key, _, value = line.partition(":")
            front[key.strip()] = [_unquoted(value)] if _unquoted(value) else []
        elif key and line.strip().startswith("- ") and ":" not in line.split('"', 1)[0]:
            front[key.strip()].append(_unquoted(line.strip()[2:]))
    return front, body.partition("\n")[2]


def _unquoted(value: str) -> str:
    return value.strip().strip("\"'").strip()
