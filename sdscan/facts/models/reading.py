"""A model file and its sidecars → ModelFacts. One function a question, put together here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from sdscan.facts.models.claims import Claims, Word, merged
from sdscan.facts.models.frames import frames_of
from sdscan.facts.models.hashes import declared_hash
from sdscan.facts.models.header import Header, read_header
from sdscan.facts.models.metadata import claims_of
from sdscan.facts.models.sidecars import Sidecar, claims_of_sidecar
from sdscan.facts.models.subject import subject_kind
from sdscan.facts.models.training import folders_of, training_of
from sdscan.facts.models.triggers import name_words, triggers_of
from sdscan.facts.source import Source
from sdscan.limits import Limits
from sdscan.records import Hashes, ModelFacts, ModelText, Problem


class ReadModel(Struct, frozen=True):
    """What reading a model file gives."""

    format: str
    """safetensors pickle zip."""
    facts: ModelFacts | None
    """None where the file is no model."""
    problems: tuple[Problem, ...] = ()
    incomplete: str | None = None
    """A sentence where the file could not be read to its end."""


def read_model(
    source: Source,
    name: str,
    sidecars: Sequence[Sidecar],
    limits: Limits,
    *,
    parent: str = "",
    texts: Sequence[ModelText] = (),
) -> ReadModel:
    """What a safetensors file says with its sidecars. `name` is the file name, `parent` its folder's, `texts` come from its preview pictures."""
    header = read_header(source, limits)
    return described(header, name, sidecars, limits, parent=parent, texts=texts)


def described(
    header: Header,
    name: str,
    sidecars: Sequence[Sidecar],
    limits: Limits,
    *,
    parent: str = "",
    texts: Sequence[ModelText] = (),
    format_: str = "safetensors",
) -> ReadModel:
    """Header and sidecars together."""
    stem = name.rsplit(".", 1)[0]
    own = claims_of(header.metadata, limits)
    beside = [claims_of_sidecar(sidecar, stem, limits) for sidecar in sidecars]
    tokens = Claims(declared=tuple(Word(token, "tensor names") for token in header.tokens))
    claims = merged([own, *beside, tokens])
    folders = folders_of(header.metadata, limits)
    training = training_of(header.metadata, folders)
    names = name_words(claims, stem, parent)
    triggers = triggers_of(claims, folders, names)
    kind = own.kind or header.kind or claims.kind or "unknown"
    facts = ModelFacts(
        kind=kind,  # type: ignore[arg-type]  # the tables of kinds hold no other values
        subject_kind=subject_kind(claims, folders, triggers, names),
        title=claims.title.text if claims.title else None,
        alias=claims.alias,
        base_model=claims.base_model,
        network=claims.network,
        triggers=triggers,
        hashes=Hashes(declared=declared_hash(claims.declared_hash), sidecar=claims.sidecar_sha256),
        license=claims.license,
        training=training,
        metadata_state=_state(header, folders, triggers),
        writer=claims.writer,
        frames=frames_of(claims, folders, names, training),
        merged_from=claims.merged_from,
        poi=claims.poi,
        nsfw=claims.nsfw,
        texts=(*claims.texts, *texts),
        sidecars=tuple(sidecar.name for sidecar, claim in zip(sidecars, beside) if claim),
        version_ids=claims.version_ids,
    )
    return ReadModel(format_, facts, header.problems + claims.problems, header.incomplete)


def _state(
    header: Header, folders: Sequence[object], triggers: Sequence[object]
) -> Literal["full", "minimal", "absent"]:
    return "full" if folders else "minimal" if any(key != "format" for key in header.metadata) else "absent"
