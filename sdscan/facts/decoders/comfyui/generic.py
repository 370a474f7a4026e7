"""LoRAs in nodes that no table knows: any input whose name, or whose node's class, says LoRA (formats §1b, generic rule)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from sdscan.facts.decoders.comfyui.graph import Node
from sdscan.patterns import pattern

_LORA = pattern(r"lora|lycoris|lyco\b", re.IGNORECASE)
_NUMBER = pattern(r"\d{1,6}")
_MODEL_FILE = pattern(r"\.(?:safetensors|ckpt|pt|pth|bin|gguf|sft)$", re.IGNORECASE)
_NO_NAME = pattern(
    r"strength|weight|_str\b|_str_|_wt|mode|count|num|switch|toggle|enabled?|block|preset|syntax|trigger|keyword|text|prompt|type|path$|device|dtype"
    r"|seed|info|category|folder|filter|control|save|prefix|method|rank|^opt_.*stack",
    re.IGNORECASE,
)
_OTHER_MODEL = pattern(r"ckpt|unet|vae|clip|checkpoint|base_model|control", re.IGNORECASE)
_WEIGHT = pattern(r"strength|weight|_wt|_str", re.IGNORECASE)
_SWITCH = pattern(r"switch|toggle|enabled?|active|(?:^|_)on(?:_|$)", re.IGNORECASE)
_COUNT = pattern(r"count|^num_|_num$", re.IGNORECASE)
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
        "select the lora to add to the text",
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
Row = tuple[str, ...]
_LONGEST = 1_024
"""Characters of a model name, folder included."""
_ENTRIES = 1_000
"""LoRAs of one list that are kept."""


class Named(Struct, frozen=True):
    """A LoRA that an input names."""

    raw: str
    weight: float | None
    on: bool
    input: str


class _Rows:
    """Weights and switches of a node by the numbers in their names: `strength_2` belongs to `lora_2`, and to `lora_name_02`."""

    def __init__(self, node: Node) -> None:
        self.weights: dict[Row, float] = {}
        self.off: set[Row] = set()
        self.count: float | None = None
        for name, value in node.values.items():
            number = as_number(value)
            if number is not None and _WEIGHT.search(name) and "clip" not in name.lower():
                self.weights.setdefault(row_of(name), number)
            elif (_SWITCH.search(name) and is_off(value)) or (value is True and "bypass" in name.lower()):
                self.off.add(row_of(name))
            elif number is not None and _COUNT.search(name):
                self.count = number

    def on(self, name: str) -> bool:
        """False where the row of an input, or the whole node, is switched off."""
        row = row_of(name)
        if row in self.off or () in self.off:
            return False
        return self.count is None or not row or row[-1] == "" or int(row[-1]) <= self.count


def row_of(name: str) -> Row:
    """The numbers in the name of an input, less leading zeros."""
    return tuple(digits.lstrip("0") for digits in _NUMBER.findall(name))


def loras_of(node: Node) -> Iterator[Named]:
    """Every LoRA that the literal inputs of an unknown node name."""
    class_says = _about_loras(node.type)
    rows: _Rows | None = None
    for name, value in node.values.items():
        if isinstance(value, str):
            if _names_one(name, value, class_says):
                rows = rows or _Rows(node)
                yield Named(value, rows.weights.get(row_of(name)), rows.on(name), name)
        elif isinstance(value, dict | list) and (class_says or _about_loras(name)):
            for item in value[:_ENTRIES] if isinstance(value, list) else [value]:
                found = _entry(item, name) if isinstance(item, dict) else None
                if found is not None and found.weight is None:
                    rows = rows or _Rows(node)
                    found = replace(found, weight=rows.weights.get(row_of(name)), on=found.on and rows.on(name))
                if found is not None:
                    yield found


@lru_cache(4096)
def _about_loras(name: str) -> bool:
    return _LORA.search(name) is not None


@lru_cache(4096)
def names_lora(name: str) -> bool:
    """True for an input that, by its own name, holds the name of a LoRA."""
    return _about_loras(name) and _NO_NAME.search(name) is None


def _names_one(name: str, value: str, class_says: bool) -> bool:
    """True where an input names a LoRA: by its own name, or by a model file in a node that is about LoRAs."""
    if (
        not (class_says or _about_loras(name))
        or value.strip().lower() in NOTHING
        or len(value) > _LONGEST
        or "\n" in value
    ):
        return False
    if names_lora(name):
        return _MODEL_FILE.search(value) is not None or len(value) < 80
    return class_says and _MODEL_FILE.search(value) is not None and not _OTHER_MODEL.search(name)


def _entry(item: dict[object, object], name: str) -> Named | None:
    """A row such as rgthree's `{"on", "lora", "strength"}` or LoRA Manager's `{"name", "strength", "active"}`."""
    raw = next((item[key] for key in _NAME_KEYS if isinstance(item.get(key), str) and item[key]), None)
    if not isinstance(raw, str) or raw.strip().lower() in NOTHING or len(raw) > _LONGEST:
        return None
    on = next((item[key] for key in _ON_KEYS if isinstance(item.get(key), bool)), True)
    weight = next((number for key in _WEIGHT_KEYS if (number := as_number(item.get(key))) is not None), None)
    return Named(raw, weight, on is not False, name)


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
