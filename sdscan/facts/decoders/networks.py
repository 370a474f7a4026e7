"""The parameters of an infotext that name models → resources. One function a key, in one table; all forms of formats §2.3.

Names and hashes come from A1111 (Lora, Additional Networks, ControlNet, ADetailer), SD.Next, Fooocus, stable-diffusion.cpp, the
ComfyUI savers and Civitai.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from sdscan.facts.decoders.civitai_resources import add_civitai, id_text
from sdscan.facts.decoders.draft import Draft
from sdscan.facts.decoders.found import as_dict, json_object, number, read_json, text_at
from sdscan.facts.decoders.resources import Resources, add, named, resource, split_hash, stem
from sdscan.facts.decoders.sdcpp import add_models
from sdscan.limits import DEFAULT_LIMITS
from sdscan.patterns import pattern
from sdscan.records import Resource, ResourceKind

_NUMBERED = pattern(r"(lora|embedding)_(\d+) (.+)$")
_ADDNET = pattern(r"addnet (module|model|weight|weight a|weight b) (\d+)$")
_HEX = pattern(r"(?:0x)?[0-9a-fA-F]{8,64}$")
_ORDINAL = pattern(r" (?:\d+(?:st|nd|rd|th)|\d+)$")
_PLAIN_UPSCALERS = ("latent", "lanczos", "nearest", "bicubic", "bilinear", "none")
_HASHED_KINDS: dict[str, ResourceKind] = {
    "lora": "lora", "lyco": "lora", "locon": "lora", "dora": "lora", "embed": "embedding", "embedding": "embedding",
    "hypernet": "hypernetwork", "vae": "vae", "model": "checkpoint", "checkpoint": "checkpoint", "refiner": "checkpoint",
}  # fmt: skip


def add_networks(found: Resources, values: dict[str, str], locator: str) -> None:
    """Take in every model that the parameters (by lower-case key) name."""
    numbered = False
    for key, value in values.items():
        if key in _SILENT or not value:
            continue
        handler = _KEYS.get(key) or _KEYS.get(_ORDINAL.sub("", key))
        if handler is not None:
            handler(found, value, values, f"{locator}#{key}")
        elif key.startswith("module "):
            _module(found, value, values, f"{locator}#{key}")
        elif key.startswith("controlnet"):
            _control_key(found, key, value, values, f"{locator}#{key}")
        elif key.startswith(("lora_", "embedding_", "addnet ")):
            numbered = True
    if numbered:
        _add_numbered(found, values, locator)
    _add_late(found, values, locator)


def _checkpoint(found: Resources, value: str, values: dict[str, str], locator: str) -> None:
    name, digest = split_hash(value)
    if named(name):
        if "model hash" in values and locator.endswith("#model"):
            digest = values["model hash"]
        add(found, resource("checkpoint", name, locator, digest=digest))


def _vae(found: Resources, value: str, values: dict[str, str], locator: str) -> None:
    if named(value):
        add(found, resource("vae", value, locator, digest=values.get("vae hash")))


def _module(found: Resources, value: str, values: dict[str, str], locator: str) -> None:
    """Forge's `Module 1: clip_l`: a text encoder or a VAE, told by its name."""
    if named(value):
        name = stem(value).lower()
        kind: ResourceKind = "vae" if "vae" in name or name in ("ae", "diffusion_pytorch_model") else "text-encoder"
        add(found, resource(kind, value, locator))


def _text_encoder(found: Resources, value: str, values: dict[str, str], locator: str) -> None:
    if named(value):
        add(found, resource("text-encoder", value, locator))


def _upscaler(found: Resources, value: str, values: dict[str, str], locator: str) -> None:
    if named(value) and not value.lower().startswith(_PLAIN_UPSCALERS):
        add(found, resource("upscaler", value, locator))


def _detector(found: Resources, value: str, values: dict[str, str], locator: str) -> None:
    for name in value.split(","):
        if named(name):
            add(found, resource("detector", name.strip(), locator))


def _hypernet(found: Resources, value: str, values: dict[str, str], locator: str) -> None:
    name, digest = split_hash(value)
    if named(name):
        weight = number(values.get("hypernet strength"))
        add(found, resource("hypernetwork", name, locator, digest=digest or values.get("hypernet hash"), weight=weight))


def _styles(found: Resources, value: str, values: dict[str, str], locator: str) -> None:
    """`Styles: "Anime, Ghibli"`, `Anime; Ghibli` (SD.Next), or a list in brackets (Fooocus)."""
    for name in re.split(r"[,;]", value.strip("[]")):
        name = name.strip().strip("'\"").strip()
        if named(name):
            add(found, Resource("style", name, name, locator=locator))


def _selected_style(found: Resources, value: str, values: dict[str, str], locator: str) -> None:
    """Style Selector extension: the choice counts only where the extension is on."""
    if values.get("style selector enabled", "true").lower() == "true" and value.lower() != "base":
        _styles(found, value, values, locator)


def _embeddings(found: Resources, value: str, values: dict[str, str], locator: str) -> None:
    """`TI hashes: "name: hash, …"`, SD.Next's `Embeddings: a, b`, and `Used embeddings: name [hash]` of old A1111."""
    for name, digest in pairs_of(value):
        if named(name):
            add(found, resource("embedding", name, locator, digest=digest))


def _lora_hashes(found: Resources, value: str, values: dict[str, str], locator: str) -> None:
    """`Lora hashes: "name: hash, …"` (A1111), `"name: hash: weight, …"` (Fooocus 2.2), or `LoRA hashes: "hash, …"` without names
    (SD.Next), see `_networks`."""
    for name, digest in pairs_of(value):
        weight = None
        if name.count(": ") and _HEX.match(name.rpartition(": ")[2]):
            weight, (name, _, digest) = number(digest), name.rpartition(": ")
        if digest is not None and named(name):
            add(found, resource("lora", name, locator, digest=digest, weight=weight))


def _lora_weights(found: Resources, value: str, values: dict[str, str], locator: str) -> None:
    """Fooocus' a1111 scheme: `Lora weights: "name: 0.8, …"`."""
    for piece in value.split(", "):
        name, colon, weight = piece.rpartition(":")
        if colon and named(name):
            add(found, resource("lora", name.strip(), locator, weight=number(weight)))


def _networks(found: Resources, value: str, values: dict[str, str], locator: str) -> None:
    """SD.Next: `LoRA networks: a, b` and `LoRA hashes: h1, h2`. A LoRA without a hash is left out of the second list, so
    the two belong together only where they are of one length."""
    names = [name.strip() for name in value.split(",") if name.strip()]
    digests = [piece.strip() for piece in values.get("lora hashes", "").split(",") if piece.strip()]
    aligned = len(digests) == len(names) and all(_HEX.match(digest) for digest in digests)
    for index, name in enumerate(names):
        bare, _, weight = name.partition(":")
        add(found, resource("lora", bare, locator, digest=digests[index] if aligned else None, weight=number(weight)))


def _hashes(found: Resources, value: str, values: dict[str, str], locator: str) -> None:
    """`Hashes: {"model": …, "lora:name": …, "embed:name": …}`; prefixes in any letter case."""
    data, _ = json_object(value, locator, DEFAULT_LIMITS)
    for name, digest in (data or {}).items():
        if not isinstance(digest, str):
            continue
        prefix, colon, rest = name.partition(":")
        kind = _HASHED_KINDS.get(prefix.strip().lower())
        if kind is None:
            continue
        if colon and named(rest):
            add(found, resource(kind, rest.strip(), locator, digest=digest))
        elif not colon:
            _hash_of_named(found, kind, values, digest, locator)


def _hash_of_named(found: Resources, kind: ResourceKind, values: dict[str, str], digest: str, locator: str) -> None:
    name = split_hash(values.get("vae" if kind == "vae" else "model", ""))[0]
    add(found, resource(kind, name if named(name) else digest, locator, digest=digest))


def _control(found: Resources, value: str, values: dict[str, str], locator: str) -> None:
    """`ControlNet 0: "Module: canny, Model: name [hash], Weight: 1, …"`, also with line ends for commas (old versions)."""
    inner = {}
    for piece in re.split(r"[,\n] ?", value):
        name, colon, content = piece.partition(":")
        if colon:
            inner[name.strip().lower()] = content.strip()
    module, (model, digest) = inner.get("module") or inner.get("preprocessor") or "", split_hash(inner.get("model", ""))
    adapter = "ip-adapter" in f"{module} {model}".lower().replace("_", "-") or "instant" in model.lower()
    if not named(model):
        model = module
    if named(model):
        kind: ResourceKind = "ip-adapter" if adapter else "controlnet"
        add(found, resource(kind, model, locator, digest=digest, weight=number(inner.get("weight"))))


def _control_key(found: Resources, key: str, value: str, values: dict[str, str], locator: str) -> None:
    """All settings of a unit in one value, or (before 1.1.200) a key for each: `ControlNet-0 Model`, `ControlNet Model`."""
    if ":" in value:
        _control(found, value, values, locator)
    elif key.endswith(" model") and named(value):
        unit = key.removesuffix("model")
        name, digest = split_hash(value)
        add(found, resource("controlnet", name, locator, digest=digest, weight=number(values.get(unit + "weight"))))


def _ip_adapter(found: Resources, value: str, values: dict[str, str], locator: str) -> None:
    name, _, weight = value.partition(":")
    if named(name):
        add(found, resource("ip-adapter", name, locator, weight=number(weight)))


def _sdcpp(found: Resources, value: str, values: dict[str, str], locator: str) -> None:
    """stable-diffusion.cpp: `SDCPP: {…, "models": {…}, "loras": [{"name", "multiplier"}]}`."""
    data, _ = json_object(value, locator, DEFAULT_LIMITS)
    draft = Draft("sdcpp", locator)
    add_models(draft, data or {})
    for item in draft.resources.values():
        add(found, item)


def _recipe(found: Resources, value: str, values: dict[str, str], locator: str) -> None:
    """ComfyUI-Lora-Manager: `Recipe metadata: {"loras": [{file_name, hash, strength, modelVersionId, modelName}]}`."""
    data, _ = json_object(value, locator, DEFAULT_LIMITS)
    for lora in _objects((data or {}).get("loras")):
        name = text_at(lora, "file_name", "modelName", "name")
        if named(name):
            weight, version = number(lora.get("strength", lora.get("weight"))), lora.get("modelVersionId")
            item = resource(
                "lora", name, locator, digest=text_at(lora, "hash"), weight=weight, version_id=id_text(version)
            )
            add(found, item)
    checkpoint = as_dict((data or {}).get("checkpoint"))
    if checkpoint:
        name = text_at(checkpoint, "file_name", "modelName", "name")
        if named(name):
            version = checkpoint.get("modelVersionId")
            add(
                found,
                resource("checkpoint", name, locator, digest=text_at(checkpoint, "hash"), version_id=id_text(version)),
            )


def _objects(value: object) -> Iterator[dict[str, object]]:
    if isinstance(value, list):
        for item in value:
            if isinstance(item, dict):
                yield item


def pairs_of(value: str) -> Iterator[tuple[str, str | None]]:
    """`name: hash, name: hash` → (name, hash). The hash may be empty, or missing; a name may hold a blank."""
    for piece in value.split(","):
        name, colon, digest = piece.rpartition(":")
        if not colon:
            name, old = split_hash(piece.strip())
            if name:
                yield name, old
        elif name.strip():
            yield name.strip(), digest.strip()


def _add_numbered(found: Resources, values: dict[str, str], locator: str) -> None:
    """`Lora_0 Model name: …` (SaveImageWithMetaData) and `AddNet Model 1: name(hash)` (Additional Networks)."""
    groups: dict[tuple[str, str], dict[str, str]] = {}
    for key, value in values.items():
        match = _NUMBERED.match(key)
        if match:
            groups.setdefault((match[1], match[2]), {})[match[3]] = value
        match = _ADDNET.match(key)
        if match:
            groups.setdefault(("addnet", match[2]), {})[match[1]] = value
    off = values.get("addnet enabled", "true").lower() == "false"
    for (family, index), group in groups.items():
        where = f"{locator}#{family} {index}"
        name, digest = group.get("model name") or group.get("name") or "", group.get("model hash") or group.get("hash")
        weight = group.get("strength model") or group.get("strength")
        if family == "addnet":
            name, digest = split_hash(group.get("model", ""))
            weight = group.get("weight a") or group.get("weight")
        if named(name):
            kind: ResourceKind = "embedding" if family == "embedding" else "lora"
            state = "unused" if family == "addnet" and off else "used"
            add(found, resource(kind, name, where, digest=digest, weight=number(weight), state=state))  # type: ignore[arg-type]


def _add_late(found: Resources, values: dict[str, str], locator: str) -> None:
    """What completes the rest. Civitai's resources carry titles and no file names: they may say more of what is known already.
    A `Model hash` without a name (A1111 with names switched off) still tells the checkpoint."""
    for key in ("civitai resources", "civitai metadata"):
        if key in values:
            data, _ = read_json(values[key], locator, DEFAULT_LIMITS)
            if isinstance(data, dict):
                data = data.get("resources") or data.get("additionalResources")
            add_civitai(found, list(_objects(data)), f"{locator}#{key}")
    digest = values.get("model hash", "")
    if digest and not values.get("model") and _HEX.match(digest) and all(kind != "checkpoint" for kind, _ in found):
        add(found, resource("checkpoint", digest, f"{locator}#model hash", digest=digest))


_Handler = Callable[[Resources, str, dict[str, str], str], None]
_SILENT = frozenset(
    (
        "steps", "sampler", "schedule type", "cfg scale", "seed", "size", "version", "denoising strength", "clip skip", "rng",
        "hires upscale", "hires steps", "app", "pipeline", "operations", "ensd", "created date", "distilled cfg scale",
        "hires resize", "hires cfg scale", "sampler sigma", "mask blur", "eta", "variation seed", "variation seed strength", "vae hash",
        "adetailer confidence", "adetailer dilate erode", "adetailer mask blur", "adetailer denoising strength", "adetailer version",
        "adetailer inpaint only masked", "adetailer inpaint padding", "beta schedule type", "schedule max sigma", "guidance",
        "schedule min sigma", "schedule rho", "diffusion in low bits", "hires sampler", "hires schedule type", "emphasis",
        "civitai resources", "civitai metadata", "face restoration", "model hash", "skip early cfg", "nga", "nga min",
    )
)  # fmt: skip
"""The commonest keys, which name no model."""
_KEYS: dict[str, _Handler] = {
    "model": _checkpoint, "refiner": _checkpoint, "refiner model": _checkpoint,
    "hires checkpoint": _checkpoint, "base model": _checkpoint, "unet": _checkpoint, "diffusion model": _checkpoint,
    "high noise model": _checkpoint, "vae": _vae, "te": _text_encoder,
    "t5": _text_encoder,
    "llm": _text_encoder, "text encoder": _text_encoder, "clip": _text_encoder,
    "hires upscaler": _upscaler, "upscaler": _upscaler, "postprocess upscaler": _upscaler, "hires module": _module,
    "adetailer model": _detector, "adetailer checkpoint": _checkpoint, "adetailer vae": _vae, "detailer": _detector, "hypernet": _hypernet, "styles": _styles, "style": _styles,
    "style selector style": _selected_style, "ti hashes": _embeddings, "embeddings": _embeddings,
    "used embeddings": _embeddings, "lora hashes": _lora_hashes, "lora weights": _lora_weights, "lora networks": _networks,
    "hashes": _hashes, "ip adapter": _ip_adapter, "sdcpp": _sdcpp, "recipe metadata": _recipe,
}  # fmt: skip
