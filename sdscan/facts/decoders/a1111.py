"""Infotext → Generation: A1111, Forge, reForge, Forge-Classic and -Neo, SD.Next, and everybody who writes the same text.

The writer is told by `Version:` and `App:`, then by keys that only one of them has (formats page, end of section 1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sdscan.facts.decoders.found import json_object, text_at
from sdscan.facts.decoders.infotext import Infotext, parse_infotext
from sdscan.facts.decoders.networks import add_networks
from sdscan.facts.decoders.resources import Resources
from sdscan.facts.decoders.tags import add_tags
from sdscan.facts.text import scalar
from sdscan.limits import DEFAULT_LIMITS
from sdscan.patterns import pattern
from sdscan.records import Generation, Prompt, Role, State

_VERSIONS: tuple[tuple[str, str], ...] = (
    (r"ComfyUI", "comfyui"),
    (r"Fooocus[- ]MRE", "fooocus-mre"),
    (r"RuinedFooocus", "ruinedfooocus"),
    (r"Fooocus", "fooocus"),
    (r"stable-diffusion\.cpp", "sdcpp"),
    (r"sd\.cpp", "sdcpp"),
    (r"neo\b", "forge-neo"),
    (r"classic\b", "forge-classic"),
    (r"f1\.", "reforge"),
    (r"f\d.*(?-i:RC)", "reforge"),
    (r"f\d|forge", "forge"),
    (r"InvokeAI", "invokeai"),
    (r"SwarmUI", "swarmui"),
    (r"Draw Things", "drawthings"),
    (r"StabilityMatrix", "stabilitymatrix"),
    (r"mflux", "mflux"),
    (r"krita", "krita"),
    (r"v\d", "a1111"),
    (r"\d+\.\d+\.\d+", "a1111"),
)
"""How `Version:` begins, and whose it is. `f1.x` is reForge (`f1.0.0v2-v1.10.1RC-…`), other `f…` Forge (`f2.0.1v1.10.1-…`,
`f0.0.17v1.8.0rc-latest-…`)."""
_VERSION = pattern("|".join(f"(?P<t{i}>{pattern})" for i, (pattern, _) in enumerate(_VERSIONS)), re.IGNORECASE)
_KEYS: tuple[tuple[str, str], ...] = (
    ("sdcpp", "sdcpp"),
    ("created date", "civitai"),
    ("civitai metadata", "civitai"),
    ("recipe metadata", "comfyui"),
    ("lora_0 model name", "comfyui"),
    ("embedding_0 name", "comfyui"),
    ("civitai resources", "civitai"),
    ("ngms", "moescape"),
    ("operations", "sdnext"),
    ("backend", "sdnext"),
    ("pipeline", "sdnext"),
)
"""Keys that one writer alone has, for texts without a version, the surest first."""
_MODEL_FILES = (".safetensors", ".ckpt", ".gguf", ".sft")
_TENSORART_MODEL = pattern(r"EMS-\d+-EMS")
_COMFY_SAMPLER = pattern(r"[a-z]+\d?[a-z]*(?:_[a-z0-9]+)+$")
"""A file name with its suffix, and `dpmpp_2m_karras`, are ComfyUI's: its savers leave out the version, A1111 never does so."""
_PROMPT_KEY = pattern(
    r"(?P<kind>.*?\b)?(?:(?P<negative>negative(?: prompt)?)|prompt)(?: ?\d\w*)?(?: ?\(.*\))?$", re.IGNORECASE
)
_REGION_TEXTS: tuple[tuple[Role, str], ...] = (("positive", "prompt"), ("negative", "neg_prompt"))
_SWITCH = pattern(r"(?:true|false|none|native|-?[\d.]+)?$", re.IGNORECASE)
_PLACEHOLDER = pattern(r"[\s,]*(?:\[(?:PROMPT|SEP|SKIP)\][\s,]*)*$")


def decode_infotext(text: str, locator: str) -> Generation:
    """The generation that an infotext tells of."""
    return generation_of(parse_infotext(text), locator)


def generation_of(info: Infotext, locator: str) -> Generation:
    """The generation that a parsed infotext tells of."""
    values = {key.lower(): value for key, value in info.parameters}
    tool, version = _tool(values)
    prompts, settings = _prompts(info, locator)
    resources: Resources = {}
    for prompt in prompts:
        if "<" in prompt.text or "mbedding:" in prompt.text:
            where = f"{locator}#Negative prompt" if prompt.role == "negative" else prompt.locator
            add_tags(resources, prompt.text, where, _STATES[prompt.role])
    add_networks(resources, values, locator)
    if len(values) < len(info.parameters):  # a key stands there twice: the last is shown, both count
        add_networks(resources, {key.lower(): value for key, value in reversed(info.parameters)}, locator)
    return Generation(tool, locator, version, tuple(prompts), tuple(resources.values()), settings)


_STATES: dict[Role, State] = {"positive": "used", "negative": "unused", "template": "possible", "unknown": "used"}
"""A tag in the negative prompt is not loaded (A1111 `parse_extra_network_prompts` reads only the prompts)."""


def _tool(values: dict[str, str]) -> tuple[str, str | None]:
    """Writer and version, from the parameters by lower-case key."""
    version = values.get("version") or None
    if values.get("app", "").lower().replace(" ", "") in ("sd.next", "sdnext"):
        return "sdnext", version
    if "taskid" in values or _TENSORART_MODEL.match(values.get("model", "")):
        return "tensorart", version
    if version is not None:
        if version[0] == "v" and version[1:2].isdecimal():
            return "a1111", _bare_version(version)  # the commonest, which no other begins like
        match = _VERSION.match(version)
        if match is not None and match.lastgroup is not None:
            return _VERSIONS[int(match.lastgroup[1:])][1], _bare_version(version)
    for key, tool in _KEYS:
        if key in values:
            return tool, version
    if values.get("model hash", "").lower() == "unknown":
        return "krita", version  # krita-ai-diffusion `create_img_metadata` never knows the hash
    if values.get("model", "").endswith(_MODEL_FILES) or _COMFY_SAMPLER.match(values.get("sampler", "")):
        return "comfyui", version
    return "a1111" if values else "unknown", version


def _bare_version(version: str) -> str | None:
    """`Fooocus v2.5.5` → `v2.5.5`; a name alone is no version."""
    name, _, number = version.partition(" ")
    if number:
        return number
    return version if any(c.isdigit() for c in name) else None


def _prompts(info: Infotext, locator: str) -> tuple[list[Prompt], dict[str, str]]:
    """All texts by role, and the settings that are none. `Hires prompt`, `ADetailer prompt 2nd` … are positive text too."""
    prompts: list[Prompt] = []
    if info.prompt:
        prompts.append(Prompt("positive" if info.marked else "unknown", info.prompt, locator))
    if info.negative:
        prompts.append(Prompt("negative", info.negative, locator))
    settings: dict[str, str] = {}
    for key, value in info.parameters:
        role = _role(key, value) if "rompt" in key or "egative" in key else None
        if role is None:
            settings[key] = value
            if key == "Tiled Diffusion":
                prompts += _regions(value, f"{locator}#{key}")
        elif not _PLACEHOLDER.match(value):
            prompts.append(Prompt(role, value, f"{locator}#{key}"))
    if info.template:
        prompts.append(Prompt("template", info.template, f"{locator}#Template"))
    if info.negative_template:
        prompts.append(Prompt("negative", info.negative_template, f"{locator}#Negative Template"))
    if info.extra:
        prompts.append(Prompt("unknown", info.extra, f"{locator}#extra"))
    return prompts, settings


def _regions(value: str, locator: str) -> Iterator[Prompt]:
    """The texts of Tiled Diffusion's regions: `{"Region control": {"Region 1": {"enable": true, "prompt", "neg_prompt"}}}`."""
    data, _ = json_object(value, locator, DEFAULT_LIMITS)
    groups = [group for group in (data or {}).values() if isinstance(group, dict)]
    for name, region in [(name, region) for group in groups for name, region in group.items()]:
        if isinstance(region, dict):
            state: State = "unused" if region.get("enable") is False else "used"
            for role, key in _REGION_TEXTS:
                text = text_at(region, key)
                if text:
                    yield Prompt(role, text, f"{locator}.{scalar(name)}.{key}", state)


def _role(key: str, value: str) -> Role | None:
    """The role of a parameter that holds text; None for a switch such as `Prompt attention: native`."""
    match = _PROMPT_KEY.match(key)
    if match is None or _SWITCH.match(value):
        return None
    if match["negative"]:
        return "negative"
    kind = (match["kind"] or "").lower()
    return "template" if "wildcard" in kind or "raw" in kind or "original" in kind or "template" in kind else "positive"
