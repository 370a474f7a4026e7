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


UNITS: dict[str, str] = {
    "open-parens": "(", "open-brackets": "[", "braces": "{", "pipes": "{a|", "choices": "{a|b}", "close-parens": ")", "pairs": "()", "weights": "(a:1.1),",
    "open-weights": "(a:1.1", "colons": ":", "escapes": "\\", "escaped-parens": "\\(", "commas": ",", "spaces": " ", "tabs": "\t", "newlines": "\n",
    "carriage-returns": "\r", "dots": ".", "quotes": '"', "quoted-pairs": 'a: "', "apostrophes": "'", "apostrophe-words": "a'", "underscores": "_", "dashes": "-",
    "at-signs": "@", "addresses": "a@a.", "address-dots": "a.", "home-paths": "C:\\Users\\", "home-slashes": "/home/", "home-names": "/home/x ", "keys": "sk-",
    "letters": "a", "digits": "1", "words": "a ", "loras": "<lora:x:1>", "open-loras": "<lora:", "angle": "<", "embeddings": "embedding:x, ", "tags": "tag1, ",
    "names": f"{EVIDENCE}, ", "names-unbroken": f"{EVIDENCE} ", "by-by": "by ", "style-of": "in the style of ", "artists": "by greg rutkowski and ",
    "break-words": "BREAK ", "and-words": "AND ", "pipes-plain": "|", "percents": "%", "wildcards": "__a__", "negative-markers": "\nNegative prompt: a",
    "templates": "\nTemplate: a", "steps-lines": "\nSteps: 20", "steps-inline": " Steps: 20,", "pairs-plain": ", Steps: 20, Seed: 1", "json-values": ', a: {"b": [',
    "cjk": "初音", "cjk-dots": "初・", "cjk-spaces": "初 ", "cjk-names": "初音ミク", "kana": "ミク", "hangul": "하", "combining": "\u0301", "many-marks": "a" + "\u0301" * 30,
    "ligatures": "ﷺ", "wide": "ｍｉｋｕ", "emoji": "👩‍👩‍👧‍👦", "bidi": "\u202e", "zero-width": "\u200b", "nuls": "\0", "controls": "\x1b[31m", "replacement": "\ufffd",
    "surrogates": "\ud800", "astral": "\U0001f600", "private-use": "\ue000", "dollars": "2$$", "double-colons": "1::", "schedules": "[a:b:0.5]",
}  # fmt: skip
"""What is ambiguous to one expression or another, again and again."""
BLANK = frozenset(("spaces", "tabs", "newlines", "carriage-returns"))


def long_texts() -> Iterator[Case]:
    """Of each as much as is matched, and a megabyte; the name stands before it."""
    for label, unit in UNITS.items():
        for size, outcome in ((45_000, "scanned"), (MB, "unreadable")):
            times = size // max(len(unit), len(unit.encode("utf-8", "surrogatepass")) if size == MB else 0)
            filler = unit * times + ("}" * times if label == "pipes" else "")
            expected = "scanned" if label in BLANK else "unreadable" if label == "pipes" else outcome
            text = f"{EVIDENCE}, {filler}{TAIL}"
            kept = EVIDENCE if label not in ("names-unbroken", "combining", "many-marks") else ""
            yield Case(f"words-{label}-{size // 1000}k.png", lambda text=text: parameters(text), expected, text=kept)  # type: ignore[misc,arg-type]
    distinct = ", ".join(f"{EVIDENCE} {i}" for i in range(2500))
    yield Case("words-distinct-names.png", lambda: parameters(f"{EVIDENCE}, {distinct}{TAIL}"), "scanned", text=EVIDENCE)
    mixed = "".join(chr(0x100 + i * 7919 % 0x2FF00) for i in range(45_000) if not 0xD800 <= 0x100 + i * 7919 % 0x2FF00 < 0xE000)
    yield Case("words-random-unicode.png", lambda: parameters(f"{EVIDENCE}, {mixed}{TAIL}"), "scanned", text=EVIDENCE)
    yield Case("words-lora-colons.png", lambda: parameters(f"{EVIDENCE}, <lora:{':' * 45_000}{TAIL}"), "scanned", text=EVIDENCE)
    yield Case("words-lora-name.png", lambda: parameters(f"{EVIDENCE}, <lora:{'x' * 45_000}:1>{TAIL}"), "scanned", text=EVIDENCE)
    yield Case("words-prompt-8mb.png", lambda: parameters(f"{EVIDENCE}, " + "word, " * (7 * MB // 6) + TAIL), "unreadable", "limit-prompt", text=EVIDENCE)
    yield Case("words-name-behind-1mb.png", lambda: parameters("word, " * (2 * MB // 6) + EVIDENCE + TAIL), "unreadable", "limit-prompt")
    yield Case("words-many-prompts.png", lambda: png_with(*(text_chunk(b"parameters", f"{'ミク' * 4000} {i}{TAIL}".encode()) for i in range(300))), "unreadable", "limit-texts")
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
