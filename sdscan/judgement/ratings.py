"""What a prompt shows: general, questionable or explicit; whether the subject is minor-coded or a pupil; themes. Words, not pixels.

Enters texts that shape the picture, leaves a Rating whose signs carry their place. The words stand in rules/vocabulary.json, loaded
once. Text in a negative prompt is not asked; a word at weight 0 or below, or after "no", does not count.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from sdscan.judgement.markers import is_noise
from sdscan.judgement.names import Token, has_cjk, tokens, words
from sdscan.judgement.prompts import emphasis
from sdscan.knowledge.library import Resolved
from sdscan.patterns import pattern
from sdscan.records import Evidence, EvidenceSource, ModelFacts

VOCABULARY = Path(__file__).parent / "rules" / "vocabulary.json"
Content = Literal["general", "questionable", "explicit"]
TAUGHT = 0.3
"""A tag counts for what a model was made to show when at least this share of its training captions holds it."""
_COUNTED = frozenset({"positive", "unknown", "template"})
_AGE_WORDS = frozenset({"old", "yo", "age", "aged", "yrs", "歳", "才", "岁"})
_SMALL = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen".split()
)
_YEARS = frozenset({"year", "years", "yr", "yrs"})


class Sign(Struct, frozen=True):
    """One word that says something about the content."""

    what: str
    """explicit, questionable, minor, pupil, school, concealed, or `theme:` and its name."""
    evidence: Evidence


class Rating(Struct, frozen=True):
    """What the texts of a file show together."""

    content: Content = "general"
    signs: tuple[Sign, ...] = ()

    def of(self, *what: str) -> tuple[Evidence, ...]:
        """The places that show any of these."""
        return tuple([sign.evidence for sign in self.signs if sign.what in what]) if self.signs else ()

    @property
    def themes(self) -> tuple[str, ...]:
        """Themes that the card networks forbid, sorted."""
        return tuple(sorted({sign.what[6:] for sign in self.signs if sign.what.startswith("theme:")}))


GENERAL = Rating()


class Vocabulary(Struct, frozen=True):
    """The words, ready to be looked up."""

    first: dict[str, tuple[tuple[tuple[str, ...], str], ...]]
    """First word of a term → (words of the term, what it says), longest first."""
    triggers: frozenset[str]
    """One word of each term that can make a difference by itself, and the words of ages: a text without any of them is general."""
    cjk: tuple[tuple[str, str], ...]
    cjk_any: re.Pattern[str]
    negations: frozenset[str]


@functools.cache
def vocabulary() -> Vocabulary:
    """What rules/vocabulary.json says of a picture's content."""
    raw = _written()
    terms = [(term, what) for what in ("explicit", "questionable") for term in raw["rating"][what]]
    terms += [(term, what) for what in ("minor", "pupil", "school") for term in raw["subject"][what]]
    terms += [(term, f"theme:{name}") for name, listed in raw["theme"].items() for term in listed]
    terms += [(term, "concealed") for term in raw["concealed"]["terms"]]
    terms += [(term, "harmless") for term in raw["exceptions"]["harmless"]]
    first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    cjk = []
    for term, what in terms:
        if has_cjk(term):
            cjk.append((term, what))
        else:
            parts = tuple(words(term))
            first.setdefault(parts[0], []).append((parts, what))
    ages = {f"{number}yo" for number in range(1, 18)} | _AGE_WORDS
    return Vocabulary(
        first={word: tuple(sorted(found, key=lambda pair: -len(pair[0]))) for word, found in first.items()},
        triggers=_triggers(raw) | ages,
        cjk=tuple(cjk),
        cjk_any=pattern("|".join(re.escape(term) for term, _ in cjk) + "|[0-9０-９]{1,2}[歳才岁]"),
        negations=frozenset(raw["exceptions"]["negations"]),
    )


@functools.cache
def generic_looks() -> frozenset[str]:
    """Its words that say what a look is, not whose."""
    return frozenset(word for term in _written()["style"]["generic"] for word in words(term))


@functools.cache
def _written() -> dict[str, dict[str, list[str]]]:
    """rules/vocabulary.json, read once."""
    read: dict[str, dict[str, list[str]]] = msgspec.json.decode(VOCABULARY.read_bytes())
    return read


def _triggers(raw: dict[str, dict[str, list[str]]]) -> frozenset[str]:
    """Pupils, schools and concealment only matter beside explicit words, so they call for no closer look."""
    listed = [raw["rating"]["explicit"], raw["rating"]["questionable"], raw["subject"]["minor"], *raw["theme"].values()]
    terms = [words(term) for group in listed for term in group if not has_cjk(term)]
    single = {term[0] for term in terms if len(term) == 1}
    return frozenset(single | {max(term, key=len) for term in terms if single.isdisjoint(term)})


def rating_of(resolved: Resolved) -> Rating:
    """What the texts that shaped a picture, or that a model was trained on, show."""
    texts = list(_texts(resolved))
    known = vocabulary()
    for _, _, text in texts:
        if _is_telling(text, known):
            return _rating(tuple(texts))
    return GENERAL


@functools.lru_cache(maxsize=256)
def _rating(texts: tuple[tuple[EvidenceSource, str, str], ...]) -> Rating:
    """Remembered, since folders of pictures repeat their prompts."""
    known = vocabulary()
    signs = tuple(sign for source, locator, text in texts for sign in _signs(source, locator, text, known))
    shown = {sign.what for sign in signs}
    content: Content = "explicit" if "explicit" in shown else "questionable" if "questionable" in shown else "general"
    return Rating(content, signs)


def _is_telling(text: str, known: Vocabulary) -> bool:
    """Whether a closer look is worth it: of most prompts it is not. No word of plain text crosses a comma."""
    if not text.isascii():
        return not known.triggers.isdisjoint(words(text)) or known.cjk_any.search(text) is not None
    chunks = text.split(",")
    if _quiet.issuperset(chunks):
        return False
    for chunk in chunks:
        if chunk not in _quiet:
            if not known.triggers.isdisjoint(words(chunk)):
                return True
            if len(chunk) <= _LONGEST:
                if len(_quiet) >= _MEMO:
                    _quiet.clear()
                _quiet.add(chunk)
    return False


_quiet: set[str] = set()
"""Tags that are known to hold no trigger word: the same ones stand in thousands of prompts. Changes no result."""
_MEMO, _LONGEST = 1 << 15, 200


def _texts(resolved: Resolved) -> Iterator[tuple[EvidenceSource, str, str]]:
    """(source, locator, text) of all that shapes the content."""
    for generation in resolved.generations:
        for prompt in generation.prompts:
            if prompt.role in _COUNTED and prompt.state != "unused":
                yield "template" if prompt.role == "template" else "prompt", prompt.locator, prompt.text
        for resource in generation.resources:
            if resource.kind in ("lora", "embedding") and resource.state != "unused" and resource.weight != 0:
                yield "lora-name" if resource.kind == "lora" else "embedding-name", resource.locator, resource.name
    for text in resolved.facts.texts:
        yield text.source, text.locator, text.text
    if resolved.facts.model is not None:
        yield from _model_texts(resolved.facts.model)


def _model_texts(model: ModelFacts) -> Iterator[tuple[EvidenceSource, str, str]]:
    if model.title:
        yield "lora-title", "modelspec.title", model.title
    for trigger in model.triggers:
        if trigger.tier in ("declared", "configured") or (trigger.coverage or 0) >= TAUGHT:
            yield "lora-trigger", trigger.locator, trigger.text
    for tag, coverage in model.training.tags if model.training else ():
        if coverage >= TAUGHT:
            yield "lora-training", "ss_tag_frequency", tag


def _signs(source: EvidenceSource, locator: str, text: str, known: Vocabulary) -> Iterator[Sign]:
    """Every sign in one text, each at its place. Only called where some text of the file has a trigger word."""
    stress = emphasis(text) if source in ("prompt", "template") else None
    found = tokens(text)
    for what, start, end in (*_terms(found, known), *_ages(found), *_cjk_terms(text, known)):
        weight, state = stress.at(start) if stress is not None else (1.0, "used")
        if weight > 0:
            yield Sign(what, Evidence(source, locator, text[start:end], start, end, weight, state))


def _terms(found: list[Token], known: Vocabulary) -> Iterator[tuple[str, int, int]]:
    """Whole-word terms, longest first; words inside a harmless phrase or after a negation are passed over."""
    index = 0
    while index < len(found):
        hit = next(
            (
                (parts, what)
                for parts, what in known.first.get(found[index].text, ())
                if tuple(token.text for token in found[index : index + len(parts)]) == parts
            ),
            None,
        )
        if hit is None:
            index += 1
            continue
        parts, what = hit
        negated = index > 0 and found[index - 1].text in known.negations
        if what != "harmless" and not negated:
            yield what, found[index].start, found[index + len(parts) - 1].end
        index += len(parts)


def _ages(found: list[Token]) -> Iterator[tuple[str, int, int]]:
    """Ages from 1 to 17: `12yo`, `12 yo`, `12 years old`, `twelve year old`, `age 12`, `aged 12`."""
    for index, token in enumerate(found):
        after = [t.text for t in found[index + 1 : index + 3]]
        if token.text.endswith("yo") and _is_minor_age(token.text[:-2]):
            yield "minor", token.start, token.end
        elif _is_minor_age(token.text):
            if after[:1] == ["yo"]:
                yield "minor", token.start, found[index + 1].end
            elif len(after) == 2 and after[0] in _YEARS and after[1] == "old":
                yield "minor", token.start, found[index + 2].end
            elif index and found[index - 1].text in ("age", "aged"):
                yield "minor", found[index - 1].start, token.end


def _is_minor_age(text: str) -> bool:
    return text in _SMALL or (text.isascii() and text.isdigit() and len(text) <= 2 and 1 <= int(text) <= 17)


def _cjk_terms(text: str, known: Vocabulary) -> Iterator[tuple[str, int, int]]:
    if text.isascii():
        return
    meaning = dict(known.cjk)
    for found in known.cjk_any.finditer(text):
        if found[0] in meaning:
            yield meaning[found[0]], found.start(), found.end()
        elif 1 <= int(found[0][:-1]) <= 17:
            yield "minor", found.start(), found.end()


def is_generic_look(text: str) -> bool:
    """Whether a style's name says only what it looks like, and nobody's name."""
    generic = generic_looks()
    return all(word in generic or is_noise(word) or re.fullmatch(r"v?\d+[a-z]?", word) for word in words(text))


def first_of(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The first place of each differing text: enough to show, few enough to read."""
    kept: dict[str, Evidence] = {}
    for item in evidence:
        kept.setdefault(item.text.lower(), item)
    return tuple(kept.values())
