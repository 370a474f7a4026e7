"""Signs that a model was trained on captured frames of an animation or game (SD104) → one sentence each.

`anime screencap`, `screenshot` as caption pieces in a tenth of the captions or more; folder, file and data set names of episodes, discs and
captures; descriptions that say so. Drawn imitations (`fake screenshot`, `screencap redraw`) and released stills (`game cg`) are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sdscan.facts.models.claims import Claims, Word
from sdscan.facts.models.phrases import clean
from sdscan.facts.models.training import Folder, class_of
from sdscan.patterns import pattern
from sdscan.records import Training

_LEAST = 0.1
"""Share of captions from which a tag counts."""
_TAG = pattern(
    r"\b(?:screen[ -]?caps?|screen[ -]?captures?|screen[ -]?shots?|screen[ -]?grabs?|(?:anime|movie|film|episode|video) ?(?:frames?|stills?))\b"
)
_DRAWN = pattern(r"\b(?:fake|redraw|parody|inset|phone|meme|derivative)\b")
_NAME = pattern(
    r"(?i)(?<![a-z])(?:(?:anime|game)?[ _-]?(?:screen[ _-]?caps?|screen[ _-]?captures?|screen[ _-]?shots?|screen[ _-]?grabs?)"
    r"|blu[ _-]?rays?|bd[ _-]?rip|dvd(?:[ _-]?rip)?|web[ _-]?rip|bdmv|(?:anime|movie|video|key|episode|extracted|vid|tv)[ _-]?(?:frames?|stills?|caps)"
    r"|s\d{1,2}[ _-]?e\d{1,3}|(?:ep|eps|episodes?)[ _-]?\d{1,4}|(?:1080|720|2160|480)p)(?![a-z])"
    r"|(?<![a-z])frames$|^frames(?![a-z])"
)
_SAID = pattern(
    r"(?i)\b(?:train(?:ed|ing)|dataset|data ?set|made|captured|taken|extracted|sourced|based)\b[^.\n]{0,80}?\b((?:anime |game |tv |bd |movie )?(?:screen[ -]?caps?|screen[ -]?captures?"
    r"|screen[ -]?shots?|(?:video |anime |movie )?frames|stills|episodes?|blu-?rays?))\b"
)  # fmt: skip
_DENIED = pattern(r"(?i)\b(?:no|not|never|without|instead of|rather than|excluding|removed)\b")


def frames_of(
    claims: Claims, folders: Sequence[Folder], names: Sequence[Word], training: Training | None
) -> tuple[str, ...]:
    """The reasons, the strongest first; none for most models."""
    return tuple(
        dict.fromkeys((*_by_tags(folders, training), *_by_folders(folders), *_by_names(names), *_by_texts(claims)))
    )


def is_frame_tag(tag: str) -> bool:
    """Whether a caption piece says that the picture is a captured frame."""
    text = tag.casefold()
    if "screen" not in text and "frame" not in text and "still" not in text:
        return False
    text = clean(text).replace("_", " ")
    return _TAG.search(text) is not None and _DRAWN.search(text) is None and len(text) < 80


def _by_tags(folders: Sequence[Folder], training: Training | None) -> Iterator[str]:
    for tag, share in training.tags if training else ():
        if share >= _LEAST and is_frame_tag(tag):
            yield f"the caption piece {tag!r} stands in {share:.0%} of the captions"
    for folder in folders:
        if folder.regularisation or folder.is_declaration:
            continue
        for tag, number in folder.tags.items():
            if number >= 0.5 * folder.captions and is_frame_tag(tag) and len(folders) > 1:
                yield f"the caption piece {tag!r} stands in {min(1.0, number / folder.captions):.0%} of the captions of the folder {folder.name!r}"


def _by_folders(folders: Sequence[Folder]) -> Iterator[str]:
    for folder in folders:
        found = None if folder.regularisation else _NAME.search(class_of(folder.name))
        if found is not None:
            yield f"the training folder {folder.name!r} names {found[0].strip(' _-')!r}"


def _by_names(names: Sequence[Word]) -> Iterator[str]:
    for word in names:
        found = _NAME.search(word.text)
        if found is not None and not _DRAWN.search(word.text.casefold()) and not re.fullmatch(r"(?i)\d+p", found[0]):
            yield f"it is called {word.text!r} ({word.locator})"


def _by_texts(claims: Claims) -> Iterator[str]:
    for text in claims.texts:
        for found in _SAID.finditer(text.text[:20_000]):
            if not _DENIED.search(found[0]):
                yield f"its description says {' '.join(found[0].split())[:120]!r} ({text.locator})"
                break
