"""Names for the values of a canvas node. Enters `widgets_values` (a list by position), leaves values by input name.

Three ways, the surest first: the node's own `inputs` where they list every widget (frontend 1.16 and later, while they were
serialised), the table of positions.py, and else the looks of the values.
"""

from __future__ import annotations

import re

from msgspec import Struct, field

from sdscan.facts.decoders.comfyui.joins import RESULTS
from sdscan.facts.decoders.comfyui.positions import OLDER, POSITIONS
from sdscan.facts.decoders.comfyui.raw import LONGEST_NAME, JsonObject, list_of, objects, text_of
from sdscan.facts.text import scalar
from sdscan.patterns import pattern

OWN = "-1"
"""Stands for the instance itself in `proxyWidgets`."""
_AFTER_SEED = ("fixed", "increment", "decrement", "randomize", "increment-wrap")
_SEEDS = ("seed", "noise_seed", "rand_seed", "seed_num", "sampling_mode.seed")
_NUMBERS = pattern(r"^(?:steps|cfg|denoise|seed|noise_seed|batch_size|clip_skip|ascore|lora_count|num_loras|start_at_step|end_at_step)$|strength(?:_\d+)?$"
                      r"|_(?:wt|str|weight|width|height)_?\d*$|^(?:width|height)$")  # fmt: skip
_STRINGS = pattern(
    r"_name(?:_?\d+)?$|^(?:text|prompt|(?:positive|negative)(?!_ascore)|sampler_name|scheduler|populated_text|wildcard_text)|^lora_\d+$|_prompt$|^text_|^clip_[lg]$|^t5xxl$"
)
_MODEL_FILE = pattern(r"\.(?:safetensors|ckpt|pt|pth|bin|gguf|sft|onnx)$", re.IGNORECASE)
_TEXT_CLASS = pattern(r"text|prompt|string|encode|wildcard|styler|caption|positive|negative", re.IGNORECASE)
_NO_TEXT_CLASS = pattern(r"save|preview|resolution|ratio|size|camera|math|label|combine|scale", re.IGNORECASE)
_LORA_FOLDER = pattern(r"(?:^|[\\/])loras?[\\/]", re.IGNORECASE)
_SAVER = pattern(r"save|preview", re.IGNORECASE)
_WORD = pattern(r"[^\W\d_]{2}")
_WRITTEN = pattern(r"[,\s]")
_KINDS = (
    (pattern(r"lora|lyco", re.IGNORECASE), "lora_name"),
    (pattern(r"vae", re.IGNORECASE), "vae_name"),
    (pattern(r"control", re.IGNORECASE), "control_net_name"),
    (pattern(r"clip|text.?encoder", re.IGNORECASE), "clip_name"),
    (pattern(r"upscale", re.IGNORECASE), "upscale_model_name"),
    (pattern(r"checkpoint|ckpt|unet|loader|diffusion", re.IGNORECASE), "ckpt_name"),
)


class Values(Struct):
    """Widget values of one node."""

    values: dict[str, object] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    """Name → where the value stands (`widgets_values[0]`)."""
    guessed: bool = False
    """True where the names were told by the looks of the values."""
    vague: bool = False
    """True where several texts were, so that nobody knows which of them is the negative one."""

    def put(self, name: str, value: object, place: str) -> None:
        """Take in one value."""
        self.values[name] = value
        self.places[name] = place


def name_widgets(kind: str, raw: JsonObject) -> Values:
    """The widget values of a node of the class `kind`."""
    given = raw.get("widgets_values")
    if isinstance(given, dict):
        found = Values()
        for name, value in given.items():
            name = scalar(name[:LONGEST_NAME])
            found.put(name, value, f"widgets_values.{name}")
        return found
    values = list_of(given)
    if not values:
        return Values()
    if kind in RESULTS:
        return _shown(values)
    declared = widget_names(raw)
    if declared:
        placed = _placed(declared, values)
        if placed is not None:
            return placed
    for names in (POSITIONS.get(kind), *OLDER.get(kind, ())):
        placed = _by_table(names, values) if names is not None else None
        if placed is not None and fits(placed):
            return placed
    return _by_looks(kind, values, declared)


def _shown(values: list[object]) -> Values:
    """What a node that shows a text showed last: a text, or a list of them."""
    found = Values()
    for at, value in enumerate(values):
        if (isinstance(value, str) and value.strip()) or (isinstance(value, list) and value):
            found.put("text_0", value, f"widgets_values[{at}]")
            break
    return found


def widgets_of(raw: JsonObject) -> Values:
    """The widget values of a sub-graph instance that belong to its own inputs."""
    given = raw.get("widgets_values")
    if isinstance(given, dict):
        return name_widgets("", raw)
    values = list_of(given)
    found = Values()
    for inner, name, value, at in _proxies(raw, values):
        if inner == OWN:
            found.put(name, value, f"widgets_values[{at}]")
    return found if found.values else _placed(widget_names(raw), values) or found


def proxied_widgets(raw: JsonObject) -> list[tuple[str, str, object, int]]:
    """(inner node id, widget name, value, place) of the inner widgets whose values a sub-graph instance holds."""
    return [proxy for proxy in _proxies(raw, list_of(raw.get("widgets_values"))) if proxy[0] != OWN]


def _proxies(raw: JsonObject, values: list[object]) -> list[tuple[str, str, object, int]]:
    """`properties.proxyWidgets` names the values of an instance, pair by pair (frontend 1.28 and later); empty where they do not match."""
    properties = raw.get("properties")
    pairs = list_of(properties.get("proxyWidgets")) if isinstance(properties, dict) else []
    named = [
        (text_of(pair[0]), scalar(text_of(pair[1]))) for pair in pairs if isinstance(pair, list) and len(pair) >= 2
    ]
    if len(named) != len(values):
        named = [pair for pair in named if pair[0] == OWN]
    if len(named) != len(values):
        return []
    return [(inner, name, value, at) for at, ((inner, name), value) in enumerate(zip(named, values))]


def widget_names(raw: JsonObject) -> list[str]:
    """Names of the widgets that the node's inputs list."""
    names: list[str] = []
    for entry in objects(raw.get("inputs")):
        widget = entry.get("widget")
        name = widget.get("name") if isinstance(widget, dict) else None
        if isinstance(name, str):
            names.append(scalar(name[:LONGEST_NAME]))
    return names


def _placed(names: list[str], values: list[object]) -> Values | None:
    """Values by the names that the node lists; None where they are not as many. Seeds are followed by an unnamed control value."""
    found = Values()
    at = 0
    for name in names:
        if at >= len(values):
            return None
        found.put(name, values[at], f"widgets_values[{at}]")
        at += 1
        if name.endswith(_SEEDS) and at < len(values) and values[at] in _AFTER_SEED:
            at += 1
    trailing = values[at:]
    return found if all(value in ("image", "video", "audio", None, "") for value in trailing) else None


def _by_table(names: tuple[str, ...], values: list[object]) -> Values:
    """Values by the names of the table; `*` skips one, a last name that ends in `{}` goes on counting."""
    found = Values()
    cycle = [name for name in names if "{}" in name]
    head = [name for name in names if "{}" not in name]
    for at, value in enumerate(values):
        if at < len(head):
            name = head[at]
        elif cycle:
            row, column = divmod(at - len(head), len(cycle))
            name = cycle[column].replace("{}", str(row + 1))
        else:
            break
        if name != "*":
            found.put(name, value, f"widgets_values[{at}]")
    return found


def fits(found: Values) -> bool:
    """False where a value cannot be what its name says: the node is of a version with another layout."""
    for name, value in found.values.items():
        if _NUMBERS.search(name):
            if isinstance(value, bool) or not (value is None or isinstance(value, int | float)):
                return False
        elif _STRINGS.search(name) and not (value is None or isinstance(value, str | dict)):
            return False
    return True


def _by_looks(kind: str, values: list[object], declared: list[str]) -> Values:
    """An unknown node: model files, LoRA rows and written texts are told by their looks, all else is left out."""
    found = Values(guessed=True)
    texts: list[tuple[int, str]] = []
    for at, value in enumerate(values):
        place = f"widgets_values[{at}]"
        if isinstance(value, dict):
            found.put(f"lora_{at}" if "lora" in value else f"value_{at}", value, place)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            found.put("loras", value, place)
        elif isinstance(value, str) and _MODEL_FILE.search(value) and len(value) < 512:
            _put_model(found, kind, value, at, values)
        elif isinstance(value, str) and _is_written(kind, value, len(values) == 1):
            texts.append((at, value))
        elif at == 0 and isinstance(value, int) and "seed" in kind.lower():
            found.put("seed", value, place)
    names = [name for name in declared if name in ("text", "prompt", "positive", "negative", "string")]
    for number, (at, text) in enumerate(texts):
        name = names[0] if len(texts) == len(names) == 1 else "text" if len(texts) == 1 else f"text_{number + 1}"
        found.put(name, text, f"widgets_values[{at}]")
    found.vague = len(texts) > 1
    return found


def _is_written(kind: str, text: str, alone: bool) -> bool:
    """True for a text that somebody wrote into a node of this class, as against a word of a menu, a path or a number."""
    plain = text.strip()
    if len(plain) < 3 or plain.startswith(("http://", "https://", "data:")) or _WORD.search(plain) is None:
        return False
    if _TEXT_CLASS.search(kind) is not None:
        return alone or _WRITTEN.search(plain) is not None or not plain.isascii()
    return _NO_TEXT_CLASS.search(kind) is None and (plain.count(" ") >= 3 or (not plain.isascii() and len(plain) > 8))


def _put_model(found: Values, kind: str, value: str, at: int, values: list[object]) -> None:
    if _SAVER.search(kind):
        return  # it repeats the name for its own metadata
    name = next((name for pattern, name in _KINDS if pattern.search(kind)), "ckpt_name")
    if _LORA_FOLDER.search(value):
        name = "lora_name"
    if name != "lora_name":
        found.put(name if name not in found.values else f"{name}_{at}", value, f"widgets_values[{at}]")
        return
    found.put(f"lora_name_{at}", value, f"widgets_values[{at}]")
    after = values[at + 1] if at + 1 < len(values) else None
    if isinstance(after, int | float) and not isinstance(after, bool):
        found.put(f"strength_{at}", after, f"widgets_values[{at + 1}]")
    before = values[at - 1] if at else None
    if isinstance(before, bool) or before in ("On", "Off"):
        found.put(f"switch_{at}", before, f"widgets_values[{at - 1}]")
