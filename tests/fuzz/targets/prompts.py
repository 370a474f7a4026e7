"""Prompt texts → phrases, names, matches against the built-in watchlist. An input is lines of texts; the first byte of each says how it is written."""

from __future__ import annotations

import math
from collections.abc import Iterator
from random import Random

from sdscan.judgement.matching import find_matches
from sdscan.judgement.names import file_tokens, normal, tokens
from sdscan.judgement.prompts import emphasis, parse_prompt, phrase_spans
from sdscan.judgement.texts import Manner, Text
from sdscan.knowledge.watchlists import Watchlist
from sdscan.records import EvidenceSource
from tests.fuzz import seeds
from tests.fuzz.mutating import _changed_text
from tests.fuzz.promises import in_time, is_same, knowledge, matches_point_into
from tests.fuzz.target import Target

NEXT = "\x1e"
KINDS: dict[str, tuple[Manner, EvidenceSource, str]] = {
    "p": ("prompt", "prompt", ""), "n": ("prompt", "negative-prompt", ""), "f": ("name", "lora-name", "a"), "g": ("name", "checkpoint-name", "b"),
    "t": ("title", "lora-title", "a"), "d": ("prose", "sidecar", "a"), "w": ("prompt", "lora-trigger", "a"), "r": ("prompt", "template", ""),
    "e": ("name", "embedding-name", "c"), "s": ("name", "style-name", "d"), "x": ("prose", "xmp", ""), "l": ("prompt", "lora-training", "a"),
}  # fmt: skip
NAMES = (
    "hatsune miku", "by greg rutkowski", "artgerm", "power", "chainsaw man", "ganyu (genshin impact)", "初音ミク", "in the style of", "art by", "alphonse mucha",
    "studio ghibli", "rem", "re:zero", "asuka", "evangelion", "miku", "pikachu", "zelda", "2b", "nier automata", "original character", "ミク", "東方", "amber",
)  # fmt: skip
WORDS = tuple(
    word.encode()
    for word in (
        *NAMES,
        ", ",
        " AND ",
        "BREAK",
        "(",
        ":1.2)",
        "[",
        "|",
        "]",
        "{",
        "}",
        "<lora:",
        "__",
        "\\(",
        "::",
        "by ",
        "artist:",
    )
)


def check(data: bytes) -> None:
    texts = texts_in(data)
    for text in texts:
        check_grammar(text.text)
    known = knowledge().watchlist
    with in_time():
        found = find_matches(texts, Watchlist(known.index))
    is_same(found, find_matches(texts, known), "with what was seen before")
    matches_point_into(found, {text.locator: [(text.text, text.offset or 0)] for text in texts})
    for match in found:
        entry = known.entry(match.subject.id)
        assert entry is not None and entry.kind == match.subject.kind
        assert match.evidence.weight is None or math.isfinite(match.evidence.weight)


def texts_in(data: bytes) -> list[Text]:
    texts = []
    for number, line in enumerate(data.decode("utf-8", "replace").split(NEXT)[:12]):
        manner, source, group = KINDS.get(line[:1], KINDS["p"])
        if line[1:]:
            texts.append(
                Text(source, f"{source}#{number}", line[1:], manner, None if not group else 0.7, "used", group)
            )
    return texts


def check_grammar(text: str) -> None:
    """Phrases and words lie in the text, in order."""
    with in_time():
        phrases = parse_prompt(text)
        stress = emphasis(text)
        found = tokens(text)
        files = file_tokens(text[:300])
    last = 0
    for phrase, (start, end) in zip(phrases, phrase_spans(text), strict=True):
        assert (start, end) == (phrase.start, phrase.end)
        assert last <= start < end <= len(text)
        assert text[start:end] == phrase.text == phrase.text.strip()
        assert math.isfinite(phrase.weight)
        assert stress.at(start)[0] is not None
        last = end
    for list_ in (found, files):
        place = 0
        for token in list_:
            assert place <= token.start < token.end <= len(text) and token.text
            place = token.start
    plain = normal(text)
    assert normal(plain) == plain, (plain, normal(plain))


def begin() -> Iterator[bytes]:
    for name in NAMES:
        yield f"p1girl, {name}, smile".encode()
        yield f"f{name.title().replace(' ', '')}_v2{NEXT}t{name}{NEXT}wmiku, 1girl".encode()
    for text in seeds.texts():
        if len(text) < 2000:
            yield b"p" + text.replace(NEXT, "").encode("utf-8", "replace")


def mutate(data: bytes, rng: Random) -> bytes:
    lines = data.decode("utf-8", "replace").split(NEXT)
    number = rng.randrange(len(lines))
    kind = rng.randrange(5)
    if kind == 0:
        lines.append(rng.choice(tuple(KINDS)) + rng.choice(NAMES))
    elif kind == 1:
        lines[number] = rng.choice(tuple(KINDS)) + lines[number][1:]
    elif kind == 2:
        at = rng.randint(0, len(lines[number]))
        lines[number] = lines[number][:at] + rng.choice((" ", ", ", "_", "")) + rng.choice(NAMES) + lines[number][at:]
    else:
        lines[number] = lines[number][:1] + _changed_text(lines[number][1:], rng)
    return NEXT.join(lines[:12]).encode("utf-8", "replace")


TARGET = Target(
    "prompts and names of models × the built-in watchlist (`parse_prompt`, `find_matches`)", check, begin, mutate, WORDS
)
