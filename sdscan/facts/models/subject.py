"""Claims, training folders, triggers and names → what a model was made for, as additive evidence with one sentence each.

Points add up for each kind; the kind with most wins where it has enough and leads. `unknown` is a legitimate answer. The weights follow measured
precision where there is one (research of 2026-08: `(…)`, `|`, `/`, ` from ` in a title .65 for characters, `style` in a title .87 for styles).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from sdscan.facts.models.claims import Claims, Word
from sdscan.facts.models.lexicon import color_of, is_english, is_garment, is_general, series_of
from sdscan.facts.models.statistics import is_prose
from sdscan.facts.models.training import Folder, class_of
from sdscan.patterns import pattern
from sdscan.records import SubjectKindEvidence, Trigger

Kind = Literal["character", "person", "style", "concept", "clothing", "unknown"]
Vote = tuple[Kind, float, str]
"""Kind, points, the reason."""

_ENOUGH = 1.0
_LEAD = 0.5
_CONSIDERED = 5000
"""Caption pieces of one folder that are looked at."""
_CATEGORIES: dict[str, Kind] = {
    "character": "character", "characters": "character", "anime character": "character", "game character": "character", "style": "style", "art style": "style",
    "artstyle": "style", "artist": "style", "illustration style": "style", "celebrity": "person", "actress": "person", "actor": "person", "real person": "person",
    "person": "person", "model": "person", "singer": "person", "clothing": "clothing", "clothes": "clothing", "outfit": "clothing", "costume": "clothing",
    "fashion": "clothing", "concept": "concept", "pose": "concept", "poses": "concept", "background": "concept", "action": "concept", "object": "concept",
    "objects": "concept", "tool": "concept", "vehicle": "concept", "building": "concept", "buildings": "concept", "effect": "concept", "animal": "concept",
    "assets": "concept", "slider": "concept",
}  # fmt: skip
_TYPES: dict[str, Kind] = {"character": "character", "style": "style", "concept": "concept", "effect": "concept"}
_STYLE = pattern(
    r"(?i)(?<![a-z])(?:art[ _-]?)?styles?(?![a-z])|(?<=[a-z])(?:[ _]?style)(?![a-z])|artstyle|art[ _-]by|by[ _]artist|画风|畫風|スタイル|绘风|風格|风格|화풍|(?<![a-z])artist(?![a-z])"
)
_CLOTHING = pattern(
    r"(?i)(?<![a-z])(?:outfits?|costumes?|dress(?:es)?|uniforms?|bikinis?|swimsuits?|bodysuits?|armou?r|clothe?s|clothing|hoodie|jacket|skirts?|kimono|lingerie|leotard|stockings|shoes|boots|hats?"
    r"|helmet|mask|glasses|cosplay|suit|sweater|cheongsam|hanfu|qipao|jewelry|earrings?)(?![a-z])|服装|衣装|汉服|制服"
)
_CONCEPT = pattern(
    r"(?i)(?<![a-z])(?:pose|posing|sliders?|detail(?:er|s|ed)?|enhancer|lighting|backgrounds?|background|expressions?|concept|effect|tweaker|helper|hands? fix|scenery|landscape|interior|vehicle|weapon|object|logo|icons?|emoji"
    r"|sticker|chibi maker|meme|turnaround|sheet|perspective|angle|view|camera|lcm|turbo|hyper|dmd2?)(?![a-z])|姿势|背景|构图"
)
_FROM = pattern(r"\([^()]{2,60}\)|(?i:\sfrom\s)")
_BESIDE = pattern(r"\s[|/]\s")
_PERSON_CLASS = pattern(r"(?i)(?:\S+ )?(?:man|woman|person|male|female|actor|actress|lady|guy)")
_PHOTO = pattern(r"\b(?:photos?|photographs?|photography|selfie|camera|dslr|webcam)\b")
_ANYBODY = frozenset({"man", "woman", "person", "male", "female", "people", "lady", "guy"})


def subject_kind(
    claims: Claims, folders: Sequence[Folder], triggers: Sequence[Trigger], names: Sequence[Word]
) -> SubjectKindEvidence:
    """The kind, how certain, and why; every reason for the winner stands in `because`, then those against it."""
    votes = [*_declared(claims), *_named(names), *_triggered(triggers)]
    for folder in folders:
        if not folder.regularisation and not folder.is_declaration and len(folder.tags) >= 5:
            votes += _trained(folder, triggers)
    votes += _classes(folders)
    points: dict[Kind, float] = {}
    best: dict[tuple[Kind, str], float] = {}
    for kind, weight, because in votes:
        best[kind, because] = max(weight, best.get((kind, because), 0.0))
    for (kind, _), weight in best.items():
        points[kind] = points.get(kind, 0.0) + weight
    return _decided(points, list(best))


def _decided(points: dict[Kind, float], reasons: list[tuple[Kind, str]]) -> SubjectKindEvidence:
    ranked = sorted(points.items(), key=lambda pair: (-pair[1], pair[0]))
    if not ranked:
        return SubjectKindEvidence(because=("nothing in the file tells what it was made for",))
    kind, most = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    if most < _ENOUGH or most - second < _LEAD:
        return SubjectKindEvidence("unknown", 0.0, tuple(f"{because} ({each})" for each, because in reasons)[:10])
    certainty = round(most / (most + second + 0.5), 2)
    ordered = [because for each, because in reasons if each == kind] + [
        f"against it: {because} ({each})" for each, because in reasons if each != kind
    ]
    return SubjectKindEvidence(kind, certainty, tuple(ordered)[:10])


def _declared(claims: Claims) -> Iterator[Vote]:
    """What the author or the site says."""
    if claims.poi:
        yield "person", 4.0, "the site marks it as a real person"
    if claims.subject is not None and (kind := _TYPES.get(claims.subject.text.casefold())):
        yield kind, 4.0, f"it was trained on the site as {claims.subject.text!r} ({claims.subject.locator})"
    for word in claims.categories:
        if kind := _CATEGORIES.get(word.text.casefold()):
            yield kind, 3.0, f"it is tagged {word.text!r} ({word.locator.split('#')[0]})"


def _named(names: Sequence[Word]) -> Iterator[Vote]:
    """What its names say: each pattern counts once, in the first name that has it."""
    spaced = [(re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", word.text), word.text[:80]) for word in names]
    signs: tuple[tuple[Kind, re.Pattern[str], float], ...] = (
        ("style", _STYLE, 2.5), ("clothing", _CLOTHING, 1.5), ("concept", _CONCEPT, 1.5), ("character", _FROM, 1.1), ("character", _BESIDE, 0.8),
    )  # fmt: skip
    for kind, sign, weight in signs:
        for text, name in spaced:
            found = sign.search(text)
            if sign is _STYLE and found and _CLOTHING.search(text):
                weight = 1.5  # `dress style 4`: the word is about the garment as often as about the picture
            if found and not (sign is _FROM and _says_nothing(found[0])):
                yield kind, weight, f"its name {name!r} holds {found[0].strip()!r}"
                break


def _says_nothing(text: str) -> bool:
    """Whether what stands in brackets names no work: general words, `LoRA`, a version."""
    inner = text.strip("() ")
    return text[:1] == "(" and (
        is_general(inner)
        or all(is_english(word) or word == "lora" for word in re.findall(r"[^\W_]+", inner.casefold()))
    )


def _triggered(triggers: Sequence[Trigger]) -> Iterator[Vote]:
    spoken = [trigger for trigger in triggers if trigger.tier != "name"]
    for trigger in spoken:
        if series_of(trigger.text) is not None and (trigger.coverage is None or trigger.coverage >= 0.3):
            yield "character", 2.0, f"its trigger {trigger.text[:80]!r} is written as a character of a series"
            break
    for trigger in spoken:
        if (found := _STYLE.search(trigger.text)) or trigger.text.casefold().startswith("by "):
            yield "style", 1.5, f"its trigger {trigger.text[:80]!r} holds {found[0].strip() if found else 'by'!r}"
            break


def _trained(folder: Folder, triggers: Sequence[Trigger]) -> Iterator[Vote]:
    """What the captions of one folder have in common."""
    if is_prose(folder):
        return
    counted = list(folder.tags.items())[:_CONSIDERED]
    least = 0.02 * folder.captions
    shares = {
        tag.replace("_", " ").casefold(): min(1.0, number / folder.captions)
        for tag, number in counted
        if number >= least
    }
    hair = _colors(shares, "hair")
    eyes = _colors(shares, "eyes")
    constant = [kind for kind in (_constant(hair, "hair"), _constant(eyes, "eyes")) if kind]
    for because in constant:
        yield "character", 1.3, because
    for tag, share in shares.items():
        if share >= 0.3 and series_of(tag) is not None:
            yield (
                "character",
                2.0,
                f"{tag[:80]!r}, written as a character of a series, stands in {share:.0%} of the captions",
            )
            break
    alone = max(shares.get("solo", 0.0), shares.get("1girl", 0.0), shares.get("1boy", 0.0))
    odd = [trigger for trigger in triggers if trigger.tier != "name" and (trigger.coverage or 0) >= 0.5]
    if odd and not constant and alone >= 0.6 and sum(hair.values()) < 0.25 and len(shares) >= 15:
        yield (
            "character",
            1.0,
            "one person a picture, and hair is left out of the captions, as for a character whose looks belong to the trigger",
        )
    mixed = sum(hair.values()) >= 0.3 and not constant and max(hair.values()) < 0.6 * sum(hair.values())
    clothes = [tag for tag, share in shares.items() if share >= 0.7 and is_garment(tag)]
    if mixed and clothes:
        yield "clothing", 1.5, f"{clothes[0]!r} stands in most captions while hair colours change"
    elif mixed and len(hair) >= 4:
        yield "style", 0.6, f"{len(hair)} hair colours in the captions, none of them constant"


def _colors(shares: dict[str, float], noun: str) -> dict[str, float]:
    """Colour of hair or eyes → share of captions."""
    found: dict[str, float] = {}
    for tag, share in shares.items():
        if tag.endswith(noun) and (color := color_of(tag, noun)) is not None:
            found[color] = found.get(color, 0.0) + share
    return found


def _constant(colors: dict[str, float], what: str) -> str | None:
    """A sentence where one colour makes up most of them and they stand in most captions."""
    total = sum(colors.values())
    if total < 0.6 or not colors:
        return None
    color, most = max(colors.items(), key=lambda pair: (pair[1], pair[0]))
    return (
        f"{color} {what} in {min(1.0, most):.0%} of the captions, and hardly another colour"
        if most >= 0.7 * total
        else None
    )


def _classes(folders: Sequence[Folder]) -> Iterator[Vote]:
    """Class tokens of a person (`ohwx man`) together with captions of photographs: pictures of one real person. Either alone proves little."""
    for folder in folders:
        if folder.regularisation:
            continue
        for text in (folder.class_tokens, class_of(folder.name)):
            words = (text or "").replace("_", " ").casefold().strip()
            if _PERSON_CLASS.fullmatch(words) and words not in _ANYBODY and not is_general(words):
                yield "person", 0.8, f"it was trained with the class {words[:80]!r}"
                break
        photos = sum(number for tag, number in list(folder.tags.items())[:_CONSIDERED] if _PHOTO.search(tag))
        if is_prose(folder) and photos >= 0.3 * folder.captions:
            yield "person", 0.6, "its captions describe photographs"
