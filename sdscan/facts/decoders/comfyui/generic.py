"""LoRAs in nodes that no table knows: any input whose name, or whose node's class, says LoRA (formats §1b, generic rule)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from sdscan.facts.decoders.comfyui.graph import Node

_LORA = re.compile(r"lora|lycoris|lyco\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
_MODEL_FILE = re.compile(r"\.(?:safetensors|ckpt|pt|pth|bin|gguf|sft)$", re.IGNORECASE)
_NO_NAME = re.compile(
    r"strength|weight|_str\b|_str_|_wt|mode|count|num|switch|toggle|enabled?|block|preset|syntax|trigger|keyword|text|prompt|type|path$|device|dtype"
    r"|seed|info|category|folder|filter|control|save|prefix|method|rank|^opt_.*stack",
    re.IGNORECASE,
)
_WEIGHTS = (
    "strength_model",
    "model_strength",
    "model_weight",
    "model_str",
    "lora_strength",
    "lora_weight",
    "lora_wt",
    "strength",
    "weight",
    "wt",
)
_NAME_KEYS = ("lora", "name", "lora_name", "content", "file_name", "file", "path", "model_name")
_WEIGHT_KEYS = (
    "strength",
    "weight",
    "strength_model",
    "model_strength",
    "modelStrength",
    "strengthModel",
    "model_weight",
    "strength_one",
)
_ON_KEYS = ("on", "active", "enabled", "enable", "toggle", "is_active", "isActive", "checked")
NOTHING = frozenset(
    (
        "",
        "none",
        "choose",
        "disable loras",
        "select to add lora",
        "undefined",
        "null",
        "off",
        "on",
        "disabled",
        "enabled",
        "default",
        "[none]",
        "no lora",
        "-- none --",
        "simple",
        "advanced",
    )
)
"""What menus show where no LoRA is chosen, lower case."""
_ENTRIES = 1_000
"""LoRAs of one list that are kept."""


class Named(NamedTuple):
    """A LoRA that an input names."""

    raw: str
    weight: float | None
    on: bool
    input: str


def loras_of(node: Node) -> Iterator[Named]:
    """Every LoRA that the literal inputs of an unknown node name."""
    class_says = _LORA.search(node.type) is not None
    for name, value in node.values.items():
        if isinstance(value, dict):
            if class_says or _LORA.search(name):
                for found in _entry(value, name):
                    yield found if found.weight is not None else found._replace(weight=row_weight(node, name))
        elif isinstance(value, list):
            if class_says or _LORA.search(name):
                for item in value[:_ENTRIES]:
                    if isinstance(item, dict):
                        yield from _entry(item, name)
        elif isinstance(value, str) and _names_one(name, value, class_says):
            on, weight = row_switch(node, name), row_weight(node, name)
            yield Named(value, weight, on, name)


def _names_one(name: str, value: str, class_says: bool) -> bool:
    if value.strip().lower() in NOTHING or len(value) > 512 or "\n" in value:
        return False
    if _LORA.search(name) and not _NO_NAME.search(name):
        return _MODEL_FILE.search(value) is not None or " " not in value.strip() or len(value) < 80
    return (
        class_says
        and _MODEL_FILE.search(value) is not None
        and not re.search(r"ckpt|unet|vae|clip|checkpoint|base_model|control", name, re.IGNORECASE)
    )


def _entry(item: dict[object, object], name: str) -> Iterator[Named]:
    """A row such as rgthree's `{"on", "lora", "strength"}` or LoRA Manager's `{"name", "strength", "active"}`."""
    raw = next((item[key] for key in _NAME_KEYS if isinstance(item.get(key), str) and item[key]), None)
    if not isinstance(raw, str) or raw.strip().lower() in NOTHING:
        return
    on = next((item[key] for key in _ON_KEYS if isinstance(item.get(key), bool)), True)
    weight = next((number for key in _WEIGHT_KEYS if (number := as_number(item.get(key))) is not None), None)
    yield Named(raw, weight, on is not False, name)


def row_weight(node: Node, name: str) -> float | None:
    """The weight that belongs to the input `name`: the one whose name has the same number in it."""
    digits = _NUMBER.findall(name)
    for key, value in node.values.items():
        if key == name or not re.search(r"strength|weight|_wt|_str", key, re.IGNORECASE) or "clip" in key.lower():
            continue
        if _same_row(_NUMBER.findall(key), digits):
            weight = as_number(value)
            if weight is not None:
                return weight
    return None


def row_switch(node: Node, name: str) -> bool:
    """False where the row of the input `name`, or the whole node, is switched off."""
    digits = _NUMBER.findall(name)
    for key, value in node.values.items():
        lower = key.lower()
        if re.search(r"switch|toggle|enabled?|active|(?:^|_)on(?:_|$)", lower):
            row = _NUMBER.findall(key)
            if (not row or _same_row(row, digits)) and is_off(value):
                return False
        elif digits and re.search(r"count|^num_|_num$", lower):
            count = as_number(value)
            if count is not None and len(digits[-1]) < 6 and int(digits[-1]) > count and not name.endswith("_0"):
                return False
    return True


def _same_row(a: list[str], b: list[str]) -> bool:
    return [one.lstrip("0") for one in a] == [one.lstrip("0") for one in b]


def is_off(value: object) -> bool:
    """True for the values by which a node is switched off."""
    return value is False or (
        isinstance(value, str) and value.strip().lower() in ("off", "false", "disable", "disabled", "no")
    )


def as_number(value: object) -> float | None:
    """The number that a value is; also where it stands there as text. None for NaN and booleans."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float | str):
        try:
            number = float(value)
        except (ValueError, OverflowError):
            return None
        return number if number == number and abs(number) < 1e9 else None
    return None
