"""Words that say in which way a name is used: as a style, as an artist, or only as noise of a file name. Enters tokens, leaves answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sdscan.patterns import pattern

Use = Literal["itself", "thing", "look"]
"""What of a character or work a name means."""

_BEFORE: frozenset[tuple[str, ...]] = frozenset((
    ("artist",), ("artists",), ("style", "of"), ("styles", "of"), ("inspired", "by"), ("manner", "of"), ("art", "of"), ("work", "of"), ("works", "of"),
    ("aesthetic", "of"), ("aesthetics", "of"), ("art", "by"), ("artwork", "by"), ("drawn", "by"), ("painted", "by"), ("painting", "by"),
    ("paintings", "by"), ("drawing", "by"), ("illustration", "by"), ("illustrations", "by"), ("illustrated", "by"), ("sketch", "by"), ("created", "by"),
    ("photo", "by"), ("photograph", "by"), ("photography", "by"), ("photographed", "by"), ("directed", "by"), ("designed", "by"), ("design", "by"),
    ("portrait", "by"), ("masterpiece", "by"), ("rendered", "by"), ("poster", "by"), ("comic", "by"), ("manga", "by"), ("lora", "by"), ("concept", "by"),
))  # fmt: skip
"""Of one word or two."""
_WEAK_BEFORE = ("by",)
_AFTER = frozenset(
    {
        "style",
        "styled",
        "styles",
        "artstyle",
        "stylized",
        "stylised",
        "inspired",
        "esque",
        "aesthetic",
        "画风",
        "画風",
        "風",
        "风",
        "风格",
        "スタイル",
        "の絵柄",
        "絵柄",
        "그림체",
    }
)
_AFTER_TWO = frozenset(
    {
        ("art", "style"),
        ("drawing", "style"),
        ("painting", "style"),
        ("anime", "style"),
        ("manga", "style"),
        ("comic", "style"),
        ("cartoon", "style"),
    }
)
ENDS = frozenset({
    "and", "or", "style", "styles", "in", "with", "on", "at", "from", "trending", "featured", "artstation", "deviantart", "pixiv", "hd", "hdr", "uhd", "vs", "x",
    "4k", "8k", "16k", "art", "artwork", "concept", "highly", "detailed", "ultra", "very", "s", "as", "for", "of", "mixed", "meets", "digital", "oil", "octane",
})  # fmt: skip
"""Words that may follow a name after `by`: with any other word the name goes on, and is another name."""
CARRIES = frozenset({"and", "x", "meets", "mixed", "with"})
"""Between two artists: the second is named as the first is."""

_MOODS = frozenset({"theme", "themed", "vibe", "vibes", "mood", "setting", "atmosphere", "feel"})
"""After the title of a work: its look is meant (`final fantasy setting`)."""
_WORN = frozenset({
    "costume", "costumes", "outfit", "outfits", "clothes", "clothing", "uniform", "hat", "cap", "hoodie", "sweater", "sweatshirt", "shirt", "tshirt", "tee", "jersey",
    "pajamas", "pyjamas", "kigurumi", "onesie", "socks", "backpack", "bag", "handbag", "plush", "plushie", "plushies", "plushy", "doll", "dolls", "toy", "toys", "figure",
    "figurine", "figurines", "keychain", "poster", "posters", "print", "sticker", "stickers", "mug", "earrings", "hairpin", "hairclip", "mask", "wig",
})  # fmt: skip
"""After a character's name: a costume or thing of theirs is meant (`supergirl costume`)."""
_WORN_BETWEEN = frozenset({"s", "cosplay", "cosplayer", "t", "style", "themed"})
_WEARS = frozenset({
    ("dressed", "as"), ("dressed", "like"), ("costume", "of"), ("outfit", "of"), ("clothes", "of"), ("hat", "of"), ("plush", "of"), ("doll", "of"), ("toy", "of"), ("figure", "of"),
    ("figurine", "of"), ("poster", "of"), ("print", "of"),
})  # fmt: skip
"""Before a character's name."""
HIDING: dict[str, frozenset[str]] = {
    "peter pan": frozenset({"collar", "collars"}),
    "venti": frozenset({"coffee", "latte", "cup", "frappuccino", "iced"}),
    "mary jane": frozenset({"shoes", "heels", "shoe"}),
    "blade": frozenset({"runner"}),
    "robin hood": frozenset({"hat"}),
    "super cub": frozenset({"motorcycle", "bike"}),
    "mickey mouse": frozenset({"ears"}),
    "boothill": frozenset({"cemetery", "graveyard"}),
}
"""Names in normal form → what may follow them so that something else is meant."""

_STYLE_WORD = pattern(
    r"(?i:(?<![^\W\d_])(?:art[ _-]?)?styl(?:e|es|ed|ized|ised)(?![^\W\d_]))"
    r"|(?<=[a-z])(?:Style|STYLE|Artist)s?(?![a-z])"
    r"|(?<![^\W\d_])[a-z]{2,24}(?<!hair)(?<!life)(?<!free)(?<!old)(?<!body)(?<!peri)styles?(?![^\W\d_])"
    r"|(?i:(?<![^\W\d_])artists?(?![^\W\d_]))"
    r"|画[风風]|风格|スタイル|絵柄|그림체|画師|画师|絵師"
)


def style_marker(text: str) -> tuple[int, int] | None:
    """Where a name of a model or file says that it is a style: `Artstyle`, `wanostyle`, `画风`, `- artist`. None where it does not."""
    found = _STYLE_WORD.search(text)
    return found.span() if found else None


def marks_before(words: Sequence[str], first: int) -> int:
    """How a span that begins at `first` is marked by what stands before it: 0 no, 1 by a bare `by`, 2 surely."""
    if not first:
        return 0
    if (words[first - 1],) in _BEFORE or tuple(words[max(0, first - 2) : first]) in _BEFORE:
        return 2
    if first >= 2 and words[first - 1] in ("the", "an", "a") and marks_before(words, first - 1) == 2:
        return 2
    return 1 if first >= 1 and words[first - 1] in _WEAK_BEFORE else 0


def marks_after(words: Sequence[str], end: int) -> bool:
    """Whether `style` or the like follows a span that ends before `end`."""
    if end < len(words) and words[end] in _AFTER:
        return True
    if end < len(words) and words[end] == "s" and end + 1 < len(words) and words[end + 1] in _AFTER:
        return True
    return tuple(words[end : end + 2]) in _AFTER_TWO


def use_of(words: Sequence[str], first: int, end: int) -> Use:
    """What of a character or work is meant by a span: itself, a costume or thing of it, or its look."""
    after = end
    while after < min(len(words), end + 2) and words[after] in _WORN_BETWEEN:
        after += 1
    if after < len(words) and words[after] in _WORN:
        return "thing"
    if first >= 2 and tuple(words[first - 2 : first]) in _WEARS:
        return "thing"
    if first >= 3 and words[first - 1] in ("a", "an", "the") and tuple(words[first - 3 : first - 1]) in _WEARS:
        return "thing"
    return "look" if end < len(words) and words[end] in _MOODS else "itself"


def ends_name(words: Sequence[str], end: int) -> bool:
    """Whether the name is over here."""
    return end >= len(words) or words[end] in ENDS or words[end].isdigit()


NEUTRAL = frozenset({
    "a", "an", "the", "from", "in", "of", "as", "by", "and", "with", "to", "is", "art", "artist", "style", "artstyle", "cosplay", "cosplaying", "character", "series", "game",
    "anime", "manga", "movie", "film", "fanart", "version", "1girl", "1boy", "solo", "s", "oc", "ova", "tv", "original",
})  # fmt: skip
"""Words that leave a name a whole tag: `character from bleach`."""

NOISE = NEUTRAL | frozenset({
    "lora", "loras", "locon", "loha", "lokr", "lycoris", "lyco", "dora", "lo", "ra", "con", "model", "models", "ckpt", "checkpoint", "safetensors", "ti", "embedding", "hypernetwork",
    "v", "ver", "vers", "version", "ep", "epoch", "epochs", "step", "steps", "dim", "rank", "alpha", "conv", "fp", "fp16", "bf16", "pruned", "fix", "fixed", "final", "last", "best",
    "beta", "test", "new", "old", "offset", "noise", "resize", "resized", "merge", "merged", "mix", "sd", "sdxl", "xl", "sd1", "sd15", "pony", "pdxl", "ponyxl", "ill", "illu", "illustrious", "ilxl",
    "noob", "noobai", "nai", "naivae", "any", "anything", "anylora", "flux", "novelai", "animagine", "aom", "aom3", "acertainthing", "wd", "base", "multi", "full", "lite", "mini", "hard", "soft", "light",
    "char", "chara", "person", "people", "concept", "collection", "pack", "all", "one", "outfit", "outfits", "costume", "costumes", "clothes", "skin", "skins", "default", "ver1",
    "x", "hd", "hq", "wip", "update", "updated", "release", "edition", "remake", "redux", "rework", "revamp", "trauters", "trauter", "bychar", "def", "ultimate", "special", "no", "card", "frame",
    "civitai", "by", "me", "my", "or", "for", "on", "novae", "newcraft", "block", "e", "b", "k", "r", "s", "t", "i", "ii", "iii", "iv", "characters", "hires", "lowres", "girl", "boy", "two", "three",
    "和", "的", "与", "版", "角色", "人物", "服装", "风格", "画风", "スタイル", "キャラ", "キャラクター",
})  # fmt: skip
"""Words of a file's or model's name that are no part of what it shows."""


def is_noise(word: str) -> bool:
    """Whether a word of a name says nothing: versions, epochs, networks, base models."""
    return word in NOISE or word.isdigit() or (len(word) > 1 and word[0] in "ve" and word[1:].isdigit())
