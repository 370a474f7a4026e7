"""A model file and its sidecars → ModelFacts. One function a question, put together here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from sdscan.facts.decoders.private import private_data
from sdscan.facts.models.claims import Claims, Word, merged
from sdscan.facts.models.embeddings import told_by_embedding
from sdscan.facts.models.frames import frames_of
from sdscan.facts.models.hashes import declared_hash
from sdscan.facts.models.header import Header, read_header
from sdscan.facts.models.metadata import claims_of
from sdscan.facts.models.pickles import read_pickle
from sdscan.facts.models.sidecars import Sidecar, claims_of_sidecar
from sdscan.facts.models.subject import subject_kind
from sdscan.facts.models.training import Folder, folders_of, training_of
from sdscan.facts.models.triggers import name_words, triggers_of
from sdscan.facts.source import Source
from sdscan.facts.text import scalar
from sdscan.limits import Limits
from sdscan.records import Blob, Hashes, ModelFacts, ModelText, Problem


class ReadModel(Struct, frozen=True):
    """What reading a model file gives."""

    facts: ModelFacts | None
    """None where the file is no model."""
    problems: tuple[Problem, ...] = ()
    incomplete: str | None = None
    """A sentence where the file could not be read to its end."""
    private: tuple[tuple[str, str, str], ...] = ()
    """(kind, locator, text) of personal data in the header: trainers write absolute paths."""


class Beside(Struct, frozen=True):
    """What stands around a model file."""

    name: str = ""
    """The file's own name."""
    folder: str = ""
    """The name of its folder."""
    sidecars: tuple[Sidecar, ...] = ()
    previews: tuple[ModelText, ...] = ()
    """Prompts of its preview pictures."""
    problems: tuple[Problem, ...] = ()


def read_model(source: Source, format_: str, beside: Beside, limits: Limits) -> ReadModel:
    """What a file of a format of FORMATS says, with what stands beside it. Raises only ReadError, on an I/O error."""
    if format_ == "safetensors":
        return described(read_header(source, limits), beside, limits)
    pickled = read_pickle(source, format_, limits)
    if pickled.header is None:
        return ReadModel(None)
    return described(pickled.header, beside, limits, pickled.dangerous)


def described(header: Header, beside: Beside, limits: Limits, dangerous: tuple[str, ...] = ()) -> ReadModel:
    """Header and sidecars together: the header's word comes first, and the sidecars' in the order of `sidecar_names`."""
    stem = beside.name.rpartition(".")[0] or beside.name
    own = claims_of(header.metadata, limits)
    told = [claims_of_sidecar(sidecar, stem, limits) for sidecar in beside.sidecars]
    tensors = Claims(declared=tuple(Word(token, "tensor names") for token in header.tokens))
    embedding = told_by_embedding(header) if header.kind == "embedding" else Claims()
    claims = merged([own, tensors, embedding, *told])
    folders = folders_of(header.metadata, limits)
    training = training_of(folders)
    names = name_words(claims, stem, beside.folder)
    triggers = triggers_of(claims, folders, names)
    facts = ModelFacts(
        kind=own.kind or header.kind or claims.kind or "unknown",  # type: ignore[arg-type]  # the tables of kinds hold no other
        subject_kind=subject_kind(claims, folders, triggers, names),
        title=claims.title.text if claims.title else None,
        alias=claims.alias,
        base_model=claims.base_model,
        network=claims.network,
        triggers=triggers,
        hashes=Hashes(declared=declared_hash(claims.declared_hash), sidecar=claims.sidecar_sha256),
        license=claims.license,
        training=training,
        metadata_state=_state(header, own, folders),
        writer=claims.writer,
        frames=frames_of(claims, folders, names, training),
        merged_from=claims.merged_from[:200],
        poi=claims.poi,
        nsfw=claims.nsfw,
        texts=(*claims.texts, *beside.previews)[: limits.blobs],
        sidecars=tuple(sidecar.name for sidecar, claim in zip(beside.sidecars, told) if claim),
        version_ids=claims.version_ids,
        dangerous=dangerous,
    )
    problems = (*header.problems, *claims.problems, *beside.problems, *_left_out(header, folders, limits))
    return ReadModel(facts, problems, header.incomplete, private_data(_blobs(header)))


def _left_out(header: Header, folders: Sequence[Folder], limits: Limits) -> Iterator[Problem]:
    """What a hostile header holds too much of."""
    for key, value in header.metadata.items():
        if isinstance(value, str) and (len(value) > limits.json or limits.too_many_values(value)):
            yield Problem("limit-values", f"{scalar(key)[:200]} holds more than is read", 8)
    if len(folders) >= limits.nodes:
        yield Problem("limit-folders", f"more than {limits.nodes:,} training folders, the rest is left out", 8)


def _blobs(header: Header) -> list[Blob]:
    return [
        Blob(key, key, value) for key, value in header.metadata.items() if isinstance(value, str) and len(value) > 5
    ]


def _state(header: Header, own: Claims, folders: Sequence[Folder]) -> Literal["full", "minimal", "absent"]:
    """full: it tells of its training or its triggers. minimal: it tells something. absent: nothing at all, which is not a sign of anything."""
    if folders or own.declared:
        return "full"
    return "minimal" if any(key != "format" for key in header.metadata) else "absent"
