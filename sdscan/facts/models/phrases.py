"""Hand-written trigger fields → single phrases. Enters `miku, <lora:miku:0.8>, (twintails:1.2), 1girl`, leaves `miku`, `twintails`, `1girl`.

Of 26,596 real trigger fields 1,183 are whole prompts, 356 hold LoRA calls, and 608 are only `1girl`, `solo` and the like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sdscan.patterns import pattern

_CALL = pattern(r"<(?:lora|lyco|hypernet|lbw)[^<>]{0,200}>", re.IGNORECASE)
_BORDER = pattern(r"[,;|\n\r、，；]|(?:\s+(?:AND|BREAK)\s+)")
_WEIGHT = pattern(r":\s*-?\d*\.?\d+\s*(?=\)|\]|$)")
_MARKED = pattern(r"[^\w\s,;!?%&+~^#@$-]")
"""Anything that cleaning could change, besides white space."""
_LONGEST = 200
"""Characters of one phrase: a longer one is a caption."""
_MOST = 200
"""Phrases of one field."""
_TOLD = (
    pattern(
        r"(?i)\b(?:(?:trigger|activation)(?:ing)?(?:[ _-]?(?:words?|phrases?|tokens?|tags?|prompts?|text))?|(?:trained|instance)[ _-](?:words?|phrases?|tokens?|tags?|prompts?))"
        r"\s{0,8}(?:\(s\))?\s{0,8}(?:is|are)?\s{0,8}[:=：]\s{0,8}([^\n.;]{1,300})"
    ),
    pattern(r"(?i)\byou should use\s+`?([^`\n]{1,200}?)`?\s+to trigger"),
    pattern(r"(?i)(?:触发词|触发|トリガーワード|トリガー)\s*(?:是|は)?\s*[:：]\s*([^\n。;]{1,300})"),
)  # fmt: skip
"""`Trigger word: mypetcat`, `You should use mypetcat to trigger the image generation.` (diffusers' model cards)."""


def phrases(text: str) -> Iterator[str]:
    """The phrases of one trigger field, in order, without LoRA calls, weights and escapes."""
    pieces = _BORDER.split(_CALL.sub(",", text[:20_000]))
    for piece in pieces[:_MOST]:
        phrase = clean(piece)
        if phrase:
            yield phrase[:_LONGEST].rstrip()


def clean(tag: str) -> str:
    """One tag as its author meant it: `(twintails:1.2)` → `twintails`, `miku \\(vocaloid\\)` → `miku (vocaloid)`."""
    if not _MARKED.search(tag):
        return " ".join(tag.split())
    text = (
        tag.replace("\\\\", "\\")
        .replace("\\(", "\x00")
        .replace("\\)", "\x01")
        .replace("/(", "\x00")
        .replace("/)", "\x01")
    )
    if text[:1] in "([{" or text[-1:] in ")]}" or ":" in text:
        text = _unweighted(text.strip())
    return " ".join(text.replace("\x00", "(").replace("\x01", ")").split()).strip(" .\"'`*")


def told_triggers(text: str | None) -> Iterator[str]:
    """Trigger words that a free text announces."""
    if text is None:
        return
    for told in _TOLD:
        for found in told.finditer(text[:50_000]):
            yield from phrases(found[1])


def _unweighted(text: str) -> str:
    """Without the brackets around the whole or around nothing, and without the weight inside them."""
    text = _WEIGHT.sub("", text)
    while text[:1] in "([{" and text[-1:] in ")]}" and len(text) > 2:
        text = text[1:-1].strip()
    for opening, closing in ("()", "[]", "{}"):
        if text.count(opening) != text.count(closing):  # `(miku` of `(miku, solo)`: the bracket spans several tags
            text = text.strip(opening + closing) if (text[:1] == opening or text[-1:] == closing) else text
    return text
