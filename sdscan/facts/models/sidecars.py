"""Files beside a model → Claims. Enters names and bytes that were already read, bounded; nothing is fetched and nothing is written.

What sites say stands in `sidecars_of_sites`; here are the user's own: `X.json` is A1111's user metadata, `X.txt` a description, `X.sha256` Image
Saver's, `X.swarm.json` SwarmUI's, README.md and adapter_config.json belong to the only model of their folder.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from sdscan.facts.models.claims import Claims, Word
from sdscan.facts.models.licenses import license_from_flags, license_from_name
from sdscan.facts.models.phrases import phrases, told_triggers
from sdscan.facts.models.sidecar_values import JSON, ids_of, sha256_of, trained_words, word
from sdscan.facts.models.sidecars_of_sites import civitai_info, lora_manager, rgthree, stability_matrix
from sdscan.facts.models.values import base_name, opened, plain, said, words
from sdscan.limits import Limits
from sdscan.patterns import pattern
from sdscan.records import ModelText, Problem


class Sidecar(Struct, frozen=True, gc=False):
    """A file beside a model."""

    name: str
    data: bytes


_SHA256 = pattern(rb"\b[0-9a-fA-F]{64}\b")


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
        declared=(*declared, *trained_words(found, f"{name}#trainedWords", limits), *told),
        texts=tuple(texts),
        categories=tuple(Word(tag, f"{name}#category") for tag in words(found.get("category"), limits))
        if "category" in found
        else (),
        license=license_from_flags(found, name),
        version_ids=ids_of(found.get("modelVersionId") or found.get("civitai version id")),
        sidecar_sha256=sha256_of(found.get("sha256")),
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
        title=word(bare.get("title"), f"{name}#title"), declared=tuple(declared), texts=tuple(texts),
        categories=tuple(Word(tag, f"{name}#tags") for text in tags for tag in phrases(text)),
        license=license_from_name(said(bare.get("license")), name),
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
        title=word(title, name), base_model=next(iter(front.get("base_model", ())), None), declared=(*declared, *told),
        texts=(*texts, *(ModelText("sidecar", tag, f"{name}#tags") for tag in tags)),
        categories=tuple(Word(tag, f"{name}#tags") for tag in tags),
        license=license_from_name(next(iter(front.get("license", ())), None), f"{name}#license"),
    )  # fmt: skip


def _folder_table(found: JSON, name: str, limits: Limits) -> Claims:
    """A model's line of the folder's `loras_tags.json` (Auto Trigger Words)."""
    return Claims(declared=tuple(trained_words(found, name, limits)))


def _adapter_config(found: JSON, name: str, limits: Limits) -> Claims:
    """PEFT: the base model, nothing about the subject."""
    base = said(found.get("base_model_name_or_path"))
    return Claims(
        kind="lora", writer="peft", base_model=base_name(base) if base else None, network=said(found.get("peft_type"))
    )


READERS: dict[str, tuple[Callable[[JSON, str, Limits], Claims], bool]] = {
    ".civitai.info": (civitai_info, True),
    ".metadata.json": (lora_manager, True),
    ".cm-info.json": (stability_matrix, True),
    ".json": (_user_metadata, True),
    ".swarm.json": (_swarm, True),
    ".rgthree-info.json": (rgthree, True),
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
