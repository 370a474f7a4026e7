"""Judged model files → one row each, filtered and sorted; the rows of `sdscan models`. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from sdscan.records import SEVERITIES, FileResult, Hashes, License, ModelFacts, Problem, Severity, Trigger

MODELS_SCHEMA = "sdscan-models/1"


class ModelRow(Struct, frozen=True, kw_only=True):
    """One model file."""

    path: str
    format: str
    kind: str
    """lora checkpoint embedding hypernetwork vae unknown."""
    title: str | None = None
    subject: str = "unknown"
    """What it was made for: character person style concept clothing unknown."""
    certainty: float = 0.0
    because: tuple[str, ...] = ()
    risk: Severity | None = None
    """The worst finding that is not set aside."""
    rules: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """Whom the findings are about."""
    messages: tuple[str, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    base_model: str | None = None
    network: str | None = None
    license: License | None = None
    images: int | None = None
    """Pictures it was trained on."""
    metadata_state: str = "absent"
    writer: str | None = None
    frames: tuple[str, ...] = ()
    merged_from: tuple[str, ...] = ()
    poi: bool | None = None
    nsfw: bool | None = None
    hashes: Hashes = Hashes()
    dangerous: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    reason: str | None = None
    """Why it could not be read to its end."""
    duplicates: tuple[str, ...] = ()
    """Other files with the same content."""


def row_of(result: FileResult) -> ModelRow | None:
    """The row of a judged file; None for a file that is no model."""
    if result.model is None and result.outcome != "unreadable":
        return None
    model = result.model or ModelFacts()
    found = sorted((f for f in result.findings if f.suppressed is None), key=lambda f: -SEVERITIES.index(f.severity))
    names = [f.subject.name for f in found if f.subject is not None]
    return ModelRow(
        path=result.path, format=result.format, kind=model.kind, title=model.title, subject=model.subject_kind.value,
        certainty=model.subject_kind.certainty, because=model.subject_kind.because, risk=result.severity,
        rules=tuple(dict.fromkeys(f.rule for f in found)), names=tuple(dict.fromkeys(names)), messages=tuple(f.message for f in found),
        triggers=model.triggers, base_model=model.base_model, network=model.network, license=model.license,
        images=model.training.images if model.training else None, metadata_state=model.metadata_state, writer=model.writer,
        frames=model.frames, merged_from=model.merged_from, poi=model.poi, nsfw=model.nsfw, hashes=model.hashes,
        dangerous=model.dangerous, problems=result.problems, reason=result.reason,
    )  # fmt: skip


def with_duplicates(rows: Sequence[ModelRow]) -> list[ModelRow]:
    """Rows with the paths of other files of the same content: by computed SHA-256 where there is one, else by what is claimed."""
    groups: dict[str, list[str]] = {}
    for row in rows:
        for key in _identities(row.hashes):
            groups.setdefault(key, []).append(row.path)
    found = []
    for row in rows:
        others = dict.fromkeys(path for key in _identities(row.hashes) for path in groups[key] if path != row.path)
        found.append(replace(row, duplicates=tuple(others)) if others else row)
    return found


def _identities(hashes: Hashes) -> list[str]:
    """Whole digests only: the same AutoV3 means the same tensors, whatever the metadata say."""
    tensors = hashes.autov3 or hashes.declared
    whole = hashes.sha256 or hashes.sidecar
    named = (("tensors", tensors), ("file", whole))
    return [f"{kind}:{digits.removeprefix('0x')}" for kind, digits in named if digits and len(digits) >= 64]


class Wanted(Struct, frozen=True):
    """Which rows are shown."""

    kinds: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    least: Severity | None = None
    license: str | None = None
    """sell, no-sale or unknown: whether pictures made with it may be sold."""
    text: str | None = None
    duplicates: bool = False


def is_wanted(row: ModelRow, wanted: Wanted) -> bool:
    """Whether a row passes every filter that is set."""
    return (
        (not wanted.kinds or row.kind in wanted.kinds)
        and (not wanted.subjects or row.subject in wanted.subjects)
        and (wanted.least is None or _rank(row.risk) >= SEVERITIES.index(wanted.least))
        and (wanted.license is None or wanted.license == sale_of(row))
        and (wanted.text is None or wanted.text.casefold() in _searched(row))
        and (not wanted.duplicates or bool(row.duplicates))
    )


def sale_of(row: ModelRow) -> str:
    """Whether pictures made with it may be sold: sell, no-sale, unknown."""
    said = None if row.license is None else row.license.commercial_images
    return "unknown" if said is None else "sell" if said else "no-sale"


def _searched(row: ModelRow) -> str:
    texts = (row.path, row.title or "", row.base_model or "", *row.names, *(trigger.text for trigger in row.triggers))
    return "\n".join(texts).casefold()


def _rank(severity: Severity | None) -> int:
    return -1 if severity is None else SEVERITIES.index(severity)


SORTS: dict[str, Callable[[ModelRow], tuple[object, ...]]] = {
    "risk": lambda row: (-_rank(row.risk), row.path),
    "path": lambda row: (row.path,),
    "kind": lambda row: (row.kind, row.path),
    "subject": lambda row: (row.subject, -row.certainty, row.path),
    "base": lambda row: (row.base_model is None, (row.base_model or "").casefold(), row.path),
    "license": lambda row: (("no-sale", "unknown", "sell").index(sale_of(row)), row.path),
    "certainty": lambda row: (-row.certainty, row.path),
}
"""--sort → key."""


def chosen(rows: Iterable[ModelRow], wanted: Wanted, sort: str) -> list[ModelRow]:
    """The rows that are wanted, in order."""
    return sorted((row for row in rows if is_wanted(row, wanted)), key=SORTS[sort])
