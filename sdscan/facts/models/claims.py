"""What a header or a sidecar claims about a model, in one shape: Claims. Every reader of this package ends here.

A claim is not a proof: editors rewrite any key (lora.md of the research, 1c). Each text keeps its locator, so that a report can show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from msgspec import Struct

from sdscan.facts.models.licenses import strictest
from sdscan.records import License, ModelText, Problem


class Word(Struct, frozen=True, gc=False):
    """A text and where it stands."""

    text: str
    locator: str


class Claims(Struct, frozen=True, kw_only=True):
    """What one place says. Empty where it says nothing."""

    kind: str | None = None
    """lora checkpoint embedding hypernetwork vae."""
    writer: str | None = None
    """kohya onetrainer ai-toolkit simpletuner musubi diffusers peft diffusion-pipe … or None."""
    title: Word | None = None
    alias: str | None = None
    base_model: str | None = None
    network: str | None = None
    declared: tuple[Word, ...] = ()
    """Trigger words that the author wrote down."""
    configured: tuple[Word, ...] = ()
    """Trigger words that the training was set up with."""
    names: tuple[Word, ...] = ()
    """What the model is called, here and there."""
    texts: tuple[ModelText, ...] = ()
    """Descriptions, comments, tags."""
    categories: tuple[Word, ...] = ()
    """Tags that say what kind of model it is: character, style, celebrity …"""
    subject: Word | None = None
    """The site's own answer to the same question (`trainingDetails.type`)."""
    poi: bool | None = None
    nsfw: bool | None = None
    license: License | None = None
    version_ids: tuple[str, ...] = ()
    declared_hash: str | None = None
    """What the file says to be the hash of its tensors."""
    sidecar_sha256: str | None = None
    merged_from: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    def __bool__(self) -> bool:
        return self != _NOTHING


_NOTHING = Claims()


def merged(claims: Sequence[Claims]) -> Claims:
    """All claims as one: of single values the first that says something, of lists everything, each once and in order.

    Of licences the strictest counts, of the marks `poi` and `nsfw` the one that warns.
    """
    single: dict[str, object] = {}
    lists: dict[str, tuple[object, ...]] = {}
    for claim in claims:
        for field in Claims.__struct_fields__:
            value = getattr(claim, field)
            if isinstance(value, tuple):
                lists[field] = lists.get(field, ()) + value
            elif value is not None and (field not in single or (value is True and field in ("poi", "nsfw"))):
                single[field] = value
    single["license"] = reduce(strictest, (claim.license for claim in claims), None)
    lists = {field: tuple(dict.fromkeys(values)) for field, values in lists.items()}
    return Claims(**single, **lists)  # type: ignore[arg-type]  # each field keeps its own type
