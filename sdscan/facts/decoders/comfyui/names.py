"""What the name of an input says: which side of the prompt, whether it takes a text. Names → small answers, each remembered."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from sdscan.patterns import pattern

Side = Literal["positive", "negative", "conditioning", "other", "same"]
"""other: a model, picture or setting, which carries no prompt; same: whatever the node itself is used for."""

_NEGATIVE = pattern(r"negative|(?:^|[_.\s])neg(?:[_.\s\d]|$)|uncond|^uc$", re.IGNORECASE)
_POSITIVE = pattern(r"positive|(?:^|[_.\s])pos(?:[_.\s\d]|$)", re.IGNORECASE)
_CONDITIONING = pattern(
    r"^cond(?:itioning|s)?(?:[_\s]?\d+)?$|^(?:text_embeds|hyvid_embeds|base_cond|cond_?\d)$", re.IGNORECASE
)
_OTHER = pattern(
    r"^(?:opt_|optional_|base_|refiner_)?(?:model|clip|vae|unet|latent|samples|image|images|pixels|frames|video|audio|mask|noise|sigmas|sampler"
    r"|control_net|controlnet|upscale_model|clip_vision|clip_vision_output|style_model|ipadapter|insightface|lora|loras|lora_stack|seed"
    r"|width|height|steps|cfg|denoise|empty_conditioning|empty_latent|start_image|end_image|bbox_detector|segm_detector_opt|sam_model_opt)"
    r"(?:_image|_latent|_stack|_opt|[_\s]?\d+)?$",
    re.IGNORECASE,
)
_TEXT = pattern(
    r"text|prompt|string|positive|negative|wildcard|populated|caption|lyrics|region|^tags$|^part_?\d|^clip_[lgh]$|^t5xxl$|^llama$|^mt5xl$|^bert$"
    r"|^(?:pos|neg)(?:[_\d]|$)|instruction|^description$",
    re.IGNORECASE,
)
_NO_TEXT = pattern(
    r"file|path|folder|delimiter|separator|format|mode|encoder|weight|strength|interp|normali|regex|pattern|font|colou?r|(?:^|_)key"
    r"|seed|count|index|model|name|length|width|height|size|^select|find|replace|speak|device|cache|enable|switch|toggle|method|version"
    r"|align|position|preset|_to$|_type$|_style$|^log_|_log$|token|language|context_?length|overlap|template_?name|insert_",
    re.IGNORECASE,
)
_TEXT_CLASS = pattern(r"string|text|prompt|primitive|wildcard|note", re.IGNORECASE)
_OPTIONS = frozenset(
    "both enable disable enabled disabled yes no on off true false none auto default random fixed increment decrement randomize "
    "append replace simple advanced populate fixed image undefined null choose left right top bottom default comfy a1111 all any unknown unknown "
    "positive negative superior alignment [none]".split()
)


@lru_cache(4096)
def side(name: str) -> Side:
    """What an input of this name carries."""
    if _NEGATIVE.search(name):
        return "negative"
    if _POSITIVE.search(name):
        return "positive"
    if _CONDITIONING.match(name):
        return "conditioning"
    return "other" if _OTHER.match(name) else "same"


@lru_cache(4096)
def takes_text(name: str, kind: str) -> bool:
    """True where an input of this name, in a node of this class, holds a text that a person wrote."""
    if name == "value" or name == "Value":
        return _TEXT_CLASS.search(kind) is not None
    name = name.rpartition(".")[2] or name
    return _TEXT.search(name) is not None and _NO_TEXT.search(name) is None


def is_option(text: str) -> bool:
    """True for the words that menus offer; a prompt of one such word says nothing anyway."""
    return len(text) < 16 and text.strip().lower() in _OPTIONS


_LOADS_TAGS = pattern(
    r"lora|wildcard|power prompt|^PC|prompt ?control|^easy |^ttN |inspire|impact|searge|^swarm|efficient|^eff\. |detailer|a1111|prompt ?scheduler?"
    r"|mikey|prompt with|string ?to ?lora",
    re.IGNORECASE,
)


@lru_cache(1024)
def loads_tags(kind: str) -> bool:
    """True for the classes that load what `<lora:…>` in their text names; to the encoders of the core it is only text."""
    return _LOADS_TAGS.search(kind) is not None


_PROMPTLY = pattern(r"prompt|text|positive|negative|string|caption", re.IGNORECASE)
_ASIDE = pattern(
    r"file|path|folder|prefix|suffix|ckpt|lora|model|unet|vae|clip_name|sampler|scheduler|width|height|seed|steps|delimiter|separator|index|select|style|url|regex",
    re.IGNORECASE,
)


@lru_cache(4096)
def is_aside(name: str) -> bool:
    """True for an input that takes a string which is no prompt: a file name, a menu's word, a separator."""
    name = name.rpartition(".")[2] or name
    return _ASIDE.search(name) is not None and _PROMPTLY.search(name) is None


_WRITES_TEXT = pattern(
    r"text_?generat|llm|ollama|gpt|chat|gemini|qwen.{0,6}vl|joy_?caption|llama(?!cpp_sampler)|florence|prompt_?gen|enhanc|groq|deepseek"
    r"|mistral|lm_?studio|vlm|grok",
    re.IGNORECASE,
)
_WRITES_PICTURES = pattern(r"image(?!.?(?:to|2).?(?:text|prompt))|video|dall|encode|lora|load", re.IGNORECASE)
_INSTRUCTS = pattern(
    r"\W{0,8}(?:you(?:'re| are| will| must| act)|your (?:task|job|role|goal)|act as|as an? (?:ai|expert)|(?:role|system|task|instructions?)\s*:"
    r"|(?:describe|analy[sz]e|caption|rewrite|expand|enhance|improve|translate|summari[sz]e|transform|convert|refine)\b|based on the|given (?:a|the|an)\b"
    r"|你是|你现在|请|あなたは)",
    re.IGNORECASE,
)


@lru_cache(1024)
def writes_text(kind: str) -> bool:
    """True for language models: what goes in is an instruction, and what comes out is in no file."""
    return _WRITES_TEXT.search(kind) is not None and _WRITES_PICTURES.search(kind) is None


def is_instruction(name: str, text: str) -> bool:
    """True for what tells a language model how to write, as against what the picture is to show."""
    return "system" in name or "instruct" in name or _INSTRUCTS.match(text) is not None
