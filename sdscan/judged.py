"""What a run leaves in the catalog so that a later one can say what changed: each file's judgement in short, and what it rests on.

Never read to judge by: `rescan` judges anew and only compares. Enters results and knowledge, leaves bytes for the catalog.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache

import msgspec
from msgspec import Struct

from sdscan._version import __version__
from sdscan.digests import blake2b
from sdscan.knowledge import Knowledge
from sdscan.knowledge.library import Library
from sdscan.knowledge.statements import Statements
from sdscan.records import FileResult, Outcome, Pack, Severity, Verdict
from sdscan.session import Settings


class Known(Struct, frozen=True, gc=False, array_like=True):
    """One finding of a judgement."""

    id: str
    rule: str
    subject: str
    """Subject id, or empty."""
    severity: Severity
    counts: bool
    """False where it was set aside."""
    message: str


class Judgement(Struct, frozen=True, gc=False, array_like=True):
    """What one file came to."""

    path: bytes
    """As the run named it: globs of sdscan.toml are held against this spelling."""
    outcome: Outcome
    severity: Severity | None
    verdicts: dict[str, Verdict]
    findings: tuple[Known, ...]


class Asked(Struct, frozen=True, array_like=True):
    """What a run was asked to judge by; paths are absolute, so that it can be asked again from anywhere."""

    config: bytes | None = None
    """The configuration file; None: none."""
    models: tuple[bytes, ...] = ()
    platforms: tuple[str, ...] = ()
    watchlists: tuple[bytes, ...] = ()
    default_watchlist: bool = True
    baseline: bytes | None = None
    own: bool = True
    """False where it was isolated: neither a configuration nor the user's own watchlists were looked for."""
    policies: tuple[bytes, ...] = ()


class Basis(Struct, frozen=True, array_like=True):
    """Everything that a judgement rests on besides the facts of the file."""

    asked: Asked
    version: str
    """Of sdscan: a new one may bring new or changed rules."""
    watchlists: tuple[Pack, ...]
    policies: tuple[Pack, ...]
    platforms: tuple[str, ...]
    library: str
    """Digest over the model files' names, sizes and times."""
    statements: str
    """Digest over allow entries, declarations and baseline."""
    protection_years: int
    today: str


_encode = msgspec.msgpack.Encoder().encode


@cache
def _judgements() -> msgspec.msgpack.Decoder[Judgement]:
    """Made when a kept judgement is read, which a scan never does."""
    return msgspec.msgpack.Decoder(Judgement)


@cache
def _bases() -> msgspec.msgpack.Decoder[Basis]:
    return msgspec.msgpack.Decoder(Basis)


def judgement_of(result: FileResult, path: str) -> bytes:
    """The judgement of one file, as the catalog keeps it."""
    return _encode(
        Judgement(
            os.fsencode(path),
            result.outcome,
            result.severity,
            result.verdicts,
            tuple(
                [
                    Known(f.id, f.rule, "" if f.subject is None else f.subject.id, f.severity, f.suppressed is None, f.message)
                    for f in result.findings
                ]
            ),
        )
    )  # fmt: skip


def read_judgement(data: bytes) -> Judgement | None:
    """A kept judgement; None where it was written by another version in another form."""
    try:
        return _judgements().decode(data)
    except msgspec.MsgspecError:
        return None


def path_in(judgement: bytes) -> bytes | None:
    """The path in a kept judgement, without reading the rest: an array of five that begins with bytes (msgpack); None for another form."""
    if judgement[:2] == b"\x95\xc4":
        return judgement[3 : 3 + judgement[2]]
    found = read_judgement(judgement)
    return None if found is None else found.path


def basis_of(knowledge: Knowledge, settings: Settings) -> Basis:
    """What the judgements of this run rest on."""
    return Basis(
        asked_of(settings),
        __version__,
        knowledge.watchlist.packs,
        knowledge.policies.packs,
        knowledge.platforms,
        _library(knowledge.library),
        _statements(knowledge.statements),
        knowledge.protection_years,
        knowledge.today.isoformat(),
    )


def asked_of(settings: Settings) -> Asked:
    """The options of a run, so that it can be asked again."""
    return Asked(
        None if settings.config_path is None else _absolute(settings.config_path),
        tuple(map(_absolute, settings.models)),
        settings.platforms,
        tuple(map(_absolute, settings.watchlists)),
        settings.default_watchlist,
        None if settings.baseline is None else _absolute(settings.baseline),
        settings.own_watchlists,
        tuple(map(_absolute, settings.policies)),
    )


def basis_row(basis: Basis) -> tuple[bytes, bytes]:
    """(id, bytes) of a basis; the id is the first eight bytes of its digest."""
    data = _encode(basis)
    return blake2b(data, digest_size=8).digest(), data


def read_basis(data: bytes | None) -> Basis | None:
    """A kept basis; None where there is none that this version can read."""
    try:
        return None if data is None else _bases().decode(data)
    except msgspec.MsgspecError:
        return None


def _absolute(path: str) -> bytes:
    return os.fsencode(os.path.abspath(path))


def _library(library: Library) -> str:
    """The state of the model files: a file that was replaced counts as changed, whatever is in it."""
    parts: list[tuple[bytes, int, int]] = []
    for model in library.models:
        try:
            status = os.stat(model.path)
            parts.append((_absolute(model.path), status.st_size, status.st_mtime_ns))
        except OSError:
            parts.append((_absolute(model.path), 0, 0))
    return _digest(sorted(parts))


def _statements(statements: Statements) -> str:
    return _digest((statements.allow, statements.declare, sorted(statements.baseline, key=_encode)))


def _digest(value: Sequence[object]) -> str:
    return blake2b(_encode(value), digest_size=8).hexdigest()
