"""Training statistics of a header → folders of captions. Enters `ss_tag_frequency` and its relatives, leaves one Folder a data set folder.

kohya counts, for each caption, every comma-separated piece (`train_util.set_tag_frequency`): insertion order is caption order, pictures without a
caption count their folder's class tokens, regularisation folders are counted too. musubi-tuner and OneTrainer name folders only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from sdscan.facts.models.values import base_name, count, flag, items, opened, said, table
from sdscan.facts.text import scalar
from sdscan.limits import Limits
from sdscan.patterns import pattern
from sdscan.records import Training, TrainingFolder

Metadata = dict[str, object]
_REPEATS = pattern(r"(\d{1,6})_(.*)", re.DOTALL)
_REGULARISATION = pattern(
    r"(?i)(?:\d+_)?(?:reg|regs|regulari[sz]ation|reg[ _-]?(?:images|imgs|data|dir|set)|class[ _-]?images)(?:[ _-].*)?"
)
_DIRECTORIES = (
    "image_dir",
    "image_directory",
    "video_directory",
    "image_jsonl_file",
    "video_jsonl_file",
    "metadata_file",
    "control_directory",
)
_LONGEST = 1000
"""Characters of a caption piece that are kept."""
_SHOWN = 300
"""Tags kept in the record: what stands in fewer captions says little about the model."""
_LEAST = 0.02
"""Share of captions below which a tag is left out of the record."""


class Folder(Struct, frozen=True):
    """One folder of the training set."""

    name: str
    """As written; absolute paths are cut to their last part."""
    locator: str
    images: int | None = None
    captions: int = 0
    """The denominator of coverage: pictures, or the largest count where the pictures are not counted."""
    regularisation: bool = False
    tags: dict[str, int] = {}
    """Caption piece → captions that hold it, in the file's order."""
    class_tokens: str | None = None
    """Of the data set configuration, or of the folder name."""
    caption_prefix: str | None = None
    keep_tokens: int = 0
    """Leading tags that were not shuffled: the length of the trigger."""

    @property
    def is_declaration(self) -> bool:
        """One tag, once: what ai-toolkit, SimpleTuner and editors write to declare a trigger; no statistics."""
        return len(self.tags) == 1 and next(iter(self.tags.values())) == 1 and (self.images or 1) == 1


def folders_of(metadata: Metadata, limits: Limits) -> tuple[Folder, ...]:
    """The folders of the training set, in the order of the file."""
    subsets = _subsets(metadata, limits)
    tags, key = _frequencies(metadata, limits)
    trained = _sized(metadata, "ss_dataset_dirs", limits)
    regularising = _sized(metadata, "ss_reg_dataset_dirs", limits)
    keep = count(said(metadata.get("ss_keep_tokens"))) or 0
    names = dict.fromkeys((*tags, *trained, *regularising, *subsets))
    found = [
        _folder(name, tags, key, trained, regularising, subsets.get(name, {}), keep, limits)
        for name in list(names)[: limits.nodes]
    ]
    return (*found, *_concepts(metadata, limits))


def training_of(folders: tuple[Folder, ...]) -> Training | None:
    """What the record keeps of the folders; None where nothing is said."""
    used = [folder for folder in folders if not folder.regularisation]
    counted = [folder.images for folder in used if folder.images is not None]
    images = sum(counted) if counted else None
    if not folders and images is None:
        return None
    return Training(
        images=images,
        folders=tuple(TrainingFolder(folder.name, folder.images, folder.regularisation) for folder in folders),
        tags=coverage(used),
    )


def coverage(folders: list[Folder]) -> tuple[tuple[str, float], ...]:
    """(tag, share of all captions that hold it), most frequent first, equal ones in the file's order."""
    total = sum(folder.captions for folder in folders if not folder.is_declaration)
    sums: dict[str, int] = {}
    for folder in folders:
        if not folder.is_declaration:
            for tag, number in folder.tags.items():
                sums[tag] = sums.get(tag, 0) + min(number, folder.captions)
    shares = [(tag, number / total) for tag, number in sums.items() if total and number >= _LEAST * total]
    shares.sort(key=lambda pair: -pair[1])
    return tuple((tag, round(share, 4)) for tag, share in shares[:_SHOWN])


def class_of(name: str) -> str:
    """A folder's class tokens: `10_hatsune miku` → `hatsune miku` (kohya `config_util`: repeats, underscore, the rest)."""
    found = _REPEATS.fullmatch(name)
    return found[2] if found else name


def _folder(
    name: str, tags: dict[str, dict[str, int]], key: str, trained: dict[str, int | None], regularising: dict[str, int | None],
    subset: dict[str, object], keep: int, limits: Limits,
) -> Folder:  # fmt: skip
    images = trained.get(name)
    if images is None:
        images = regularising.get(name)
    if images is None:
        images = count(subset.get("img_count"))
    is_reg = (
        (name in regularising and name not in trained)
        or flag(subset.get("is_reg")) is True
        or _REGULARISATION.fullmatch(name) is not None
    )
    return Folder(
        name=name,
        locator=f"{key}/{name}" if name in tags else "ss_datasets" if subset else "ss_dataset_dirs",
        images=images or None,
        captions=images or max(tags.get(name, {}).values(), default=0),
        regularisation=is_reg,
        tags=tags.get(name, {}),
        class_tokens=said(subset.get("class_tokens")),
        caption_prefix=said(subset.get("caption_prefix")),
        keep_tokens=count(subset.get("keep_tokens")) or keep,
    )


def _frequencies(metadata: Metadata, limits: Limits) -> tuple[dict[str, dict[str, int]], str]:
    """Folder → tag → count, and the key it stands under. A flat table (`{"tag": n}`) is one folder without a name."""
    found = _named(opened(metadata.get("ss_tag_frequency"), limits), limits)
    if found or "ss_datasets" not in metadata:
        return found, "ss_tag_frequency"
    for each in items(opened(metadata.get("ss_datasets"), limits))[:1000]:
        for name, tags in _named(opened(table(each).get("tag_frequency"), limits), limits).items():
            found.setdefault(name, tags)  # several data sets are one folder at several resolutions: counted once
    return found, "ss_datasets"


def _named(value: object, limits: Limits) -> dict[str, dict[str, int]]:
    frequency = table(value)
    if frequency and not any(
        isinstance(inner, (dict, str)) and isinstance(opened(inner, limits), dict) for inner in frequency.values()
    ):
        frequency = {"": frequency}
    found: dict[str, dict[str, int]] = {}
    for name, inner in list(frequency.items())[: limits.nodes]:
        tags = table(opened(inner, limits))
        found[base_name(scalar(name))[:500]] = _counts(tags, limits)
    return found


def _counts(tags: dict[str, object], limits: Limits) -> dict[str, int]:
    """Caption piece → number of captions; counts may be strings, pieces may have white space around them."""
    if len(tags) > limits.tags:  # pieces that stand in one caption only are not used: sentences, mostly
        often = [pair for pair in tags.items() if pair[1] not in (1, "1")]
        tags = dict(sorted(often, key=lambda pair: -(count(pair[1]) or 0))[: limits.tags])
    found: dict[str, int] = {}
    for tag, value in tags.items():
        number = value if type(value) is int else count(value)
        text = scalar(tag).strip()
        if number is not None and number > 0 and text:
            found[text[:_LONGEST]] = number
    return found


def _sized(metadata: Metadata, key: str, limits: Limits) -> dict[str, int | None]:
    """Folder → number of pictures."""
    found = table(opened(metadata.get(key), limits))
    return {
        base_name(scalar(name))[:500]: count(table(value).get("img_count"))
        for name, value in list(found.items())[: limits.nodes]
    }


def _subsets(metadata: Metadata, limits: Limits) -> dict[str, dict[str, object]]:
    """Folder → its settings in `ss_datasets`; the first of several resolutions counts."""
    value = opened(metadata.get("ss_datasets"), limits)
    found: dict[str, dict[str, object]] = {}
    for each in (items(value) or [value])[:1000]:
        dataset = table(each)
        for subset in [table(inner) for inner in items(dataset.get("subsets"))[:1000]] or [dataset]:
            name = next((text for key in _DIRECTORIES if (text := said(subset.get(key)))), None)
            if name is not None:
                found.setdefault(base_name(name), subset)
    return found


def _concepts(metadata: Metadata, limits: Limits) -> Iterator[Folder]:
    """OneTrainer's `ot_config.concepts[]`, written where the user chose to keep settings: names and paths, no captions."""
    for each in items(table(opened(metadata.get("ot_config"), limits)).get("concepts"))[:1000]:
        concept = table(each)
        name = said(concept.get("name")) or base_name(said(concept.get("path")) or "")
        if name:
            yield Folder(name, "ot_config.concepts", regularisation=said(concept.get("type")) == "PRIOR_PREDICTION")
