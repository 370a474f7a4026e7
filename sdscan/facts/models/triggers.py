"""Claims and training folders → trigger words in four tiers, the surest first.

declared: the author wrote it down. configured: the training was set up with it. statistical: the captions show it. name: what the model is
called. A configured word that the captions never hold comes after the statistical ones: kohya uses a folder's name only for pictures
without a caption.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from sdscan.facts.models.claims import Claims, Word
from sdscan.facts.models.lexicon import is_common, is_general
from sdscan.facts.models.phrases import clean, phrases
from sdscan.facts.models.statistics import Candidate, candidates_of
from sdscan.facts.models.training import Folder, class_of
from sdscan.facts.models.values import said
from sdscan.patterns import pattern
from sdscan.records import Tier, Trigger

_MOST = 200
"""Triggers of one model."""
_GENERIC = frozenset(
    "img imgs image images dataset datasets data train training train_data trainset set sets folder new newfolder concept concepts cropped crop resized "
    "raw final good best better bad low high mid medium quality main other others misc extra rest all base default general generic test temp tmp output "
    "input source src pics pictures picture photos photo art arts artwork illustration illustrations character char chara style styles lora loras person "
    "people girl girls boy boys woman women man men male female 1girl 1boy 2girls 1other solo subject object thing things face faces body portrait portraits "
    "full closeup upscaled processed tagged captioned captions caption sfw color colour bw screenshot screenshots screencap screencaps screens frames "
    "anime manga game official fanart fan flux sdxl sd15 pony illustrious xl mask masks batch part untitled none null last model models checkpoint download downloads "
    "desktop documents home users user workspace content drive mydrive outputs result results training_data instance class reg".split()
)
"""Folder and file names that name nobody."""
_NAMELESS = pattern(r"(?i)(?:last|test|none|null|lora|model|output|untitled|default|my[_ -]?lora|pytorch_lora_weights|adapter_model|diffusion_pytorch_model|pytorch_model"
                       r"|learned_embeds|embeddings?|[0-9a-f]{16,}|\d+|(?:epoch|step|checkpoint)[-_ ]?\d+)(?:[-_ ]?\d+)?")  # fmt: skip


def triggers_of(claims: Claims, folders: Sequence[Folder], names: Sequence[Word]) -> tuple[Trigger, ...]:
    """All triggers, each text once in its best tier."""
    used = [folder for folder in folders if not folder.regularisation]
    statistical = candidates_of(used, [name.text for name in names])
    declared = [*_general_last(claims.declared), *_declared_in_folders(used)]
    configured = [*claims.configured, *_configured(used)]
    held = [word for word in configured if _share(word.text, used) is not None]
    idle = [word for word in configured if _share(word.text, used) is None]
    found: dict[str, Trigger] = {}
    _add(found, declared, "declared", used)
    _add(found, held, "configured", used)
    _add_statistical(found, [each for each in statistical if each.sure])
    _add(found, idle, "configured", ())
    _add_statistical(found, [each for each in statistical if not each.sure])
    _add(found, names, "name", ())
    return tuple(found.values())[:_MOST]


def is_nameless(name: str) -> bool:
    """Whether a file or folder name names nobody: `last`, `pytorch_lora_weights`, `10_img`."""
    stem = class_of(name).strip(" _-.")
    return (
        not stem
        or _NAMELESS.fullmatch(stem) is not None
        or all(word in _GENERIC or word.isdecimal() for word in re.split(r"[\s_\-.()]+", stem.casefold()) if word)
    )


def name_words(claims: Claims, stem: str, parent: str) -> tuple[Word, ...]:
    """What the model is called, less names that name nobody; the folder it lies in only where nothing else does."""
    named = [Word(claims.alias, "ss_output_name")] if claims.alias else []
    named += [claims.title] if claims.title else []
    named += [*claims.names, Word(stem, "file name")]
    found = [word for word in named if not is_nameless(word.text)]
    if not found and parent and not is_nameless(parent):
        found = [Word(parent, "folder name")]
    return tuple({_key(word.text): word for word in reversed(found)}.values())[::-1]


def _general_last(words: Iterable[Word]) -> list[Word]:
    """Declared words with `1girl`, `solo` and other general tags after those that can name something."""
    found = list(words)
    return sorted(found, key=lambda word: is_general(word.text) + is_common(word.text))


def _declared_in_folders(folders: Sequence[Folder]) -> Iterator[Word]:
    for folder in folders:
        if folder.is_declaration:
            yield Word(clean(next(iter(folder.tags))), folder.locator)


def _configured(folders: Sequence[Folder]) -> Iterator[Word]:
    """Class tokens and caption prefixes of the set-up, then what the folder names say after their repeats."""
    for folder in folders:
        for text in (folder.class_tokens, folder.caption_prefix):
            if text:
                yield from (
                    Word(phrase, folder.locator)
                    for phrase in phrases(text)
                    if not is_general(phrase) and not is_nameless(phrase)
                )
    for folder in folders:
        text = said(class_of(folder.name).strip(" _-"))
        if text and not is_nameless(text) and not is_general(text.replace("_", " ")) and not folder.is_declaration:
            yield Word(text, f"{folder.locator} (folder name)")


def _add(found: dict[str, Trigger], words: Iterable[Word], tier: Tier, folders: Sequence[Folder]) -> None:
    for word in words:
        key = _key(word.text)
        if key and key not in found:
            found[key] = Trigger(word.text, tier, _share(word.text, folders), word.locator)


def _add_statistical(found: dict[str, Trigger], candidates: Iterable[Candidate]) -> None:
    for each in candidates:
        found.setdefault(_key(each.text), Trigger(each.text, "statistical", each.coverage, each.locator))


def _share(text: str, folders: Sequence[Folder]) -> float | None:
    """The largest share of one folder's captions that hold the text; None where none does."""
    plain = clean(text).casefold()
    spaced = plain.replace("_", " ")
    spellings = {text, plain, spaced, spaced.replace(" ", "_")}
    spellings |= {spelling.replace("(", "\\(").replace(")", "\\)") for spelling in spellings if "(" in spelling}
    numbers = (
        min(1.0, folder.tags[spelling] / folder.captions)
        for folder in folders
        for spelling in spellings
        if spelling in folder.tags and not folder.is_declaration
    )
    share = max(numbers, default=None)
    return None if share is None else round(share, 4)


def _key(text: str) -> str:
    """The same trigger however it is spelled: case, underscores, escapes."""
    return " ".join(clean(text).replace("_", " ").casefold().split())
