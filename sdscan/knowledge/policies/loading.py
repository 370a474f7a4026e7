"""Packs → Policies: read, parse or take from the cache, put together, and answer.

Parsing a quarter of a megabyte of TOML costs some tens of milliseconds, a hook has less: so the packs are compiled once into
`policies.msgpack` in the user's cache, valid only for exactly these bytes and this version of sdscan.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from sdscan._version import __version__
from sdscan.digests import sha256
from sdscan.errors import ConfigError, PackError
from sdscan.knowledge.policies.records import (
    Compiled,
    Platform,
    PlatformRule,
    PolicyFile,
    Rightsholder,
    Statement,
    WorkPolicy,
)  # fmt: skip
from sdscan.patterns import pattern
from sdscan.records import Pack

Fact = TypeVar("Fact", PlatformRule, WorkPolicy, Statement, Rightsholder)

PACKS = Path(__file__).parent / "packs"
"""The built-in packs."""
_CACHE = "policies.msgpack"
_FORMAT = b"sdscan-policies/1 " + __version__.encode()
_SPLIT = pattern(r"\s*(?:/|,|;|\(|\)|\band\b|&|・|、)\s*")


class Policies(Struct, frozen=True):
    """All that is known of platforms, works and rightsholders."""

    packs: tuple[Pack, ...]
    platforms: dict[str, Platform]
    works: dict[str, WorkPolicy]
    rightsholders: tuple[Rightsholder, ...]
    statements: tuple[Statement, ...] = ()
    _holders: dict[str, Rightsholder] = {}
    """Normal name → rightsholder."""
    _aliases: dict[str, str] = {}
    """Other name → platform id."""
    _parts: dict[str, WorkPolicy] = {}
    """Id of a part → the work whose entry speaks for it."""

    def work(self, work_id: str | None) -> WorkPolicy | None:
        """What is known of a work, or of the series it is a part of; None where nothing is, which does not mean that it is free to use."""
        if work_id is None:
            return None
        return self.works.get(work_id) or self._parts.get(work_id)

    def rightsholder_of(self, name: str) -> Rightsholder | None:
        """The first known holder in a text such as `Oda / Shueisha / Toei Animation`; one that speaks of AI before one that does not."""
        names = [_plain(name), *(_plain(part) for part in _SPLIT.split(name))]
        found = [self._holders[part] for part in names if part in self._holders]
        return next((holder for holder in found if holder.ai != "unknown"), found[0] if found else None)

    def expand(self, ids: Sequence[str]) -> tuple[str, ...]:
        """Platform and profile ids as given, other names of a platform replaced, each once, in order. Raises ConfigError."""
        return tuple(dict.fromkeys(self._id(name) for name in ids))

    def _id(self, name: str) -> str:
        plain = name.strip().casefold()
        for candidate in (plain, plain.replace("-", "_"), plain.replace(" ", "_").replace(".", "_")):
            if candidate in self.platforms:
                return candidate
            if candidate in self._aliases:
                return self._aliases[candidate]
        import difflib

        near = difflib.get_close_matches(plain, [*self.platforms, *self._aliases], 1, 0.5)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ConfigError(f"unknown platform {name!r}{hint} (`sdscan policy list` shows all)")


def builtin_paths() -> tuple[Path, ...]:
    """The packs that ship with sdscan, in the order of their names."""
    return tuple(sorted(PACKS.glob("*.toml")))


def load_policies(paths: Sequence[Path] = (), *, cache_dir: Path | None = None) -> Policies:
    """The built-in packs and those at `paths`; a later pack replaces an entry of the same id. Raises PackError."""
    sources = [(path.name, _read(path)) for path in (*builtin_paths(), *paths)]
    digest = sha256(_FORMAT)
    for name, data in sources:
        digest.update(f"\0{name}\0{len(data)}\0".encode("utf-8", "surrogateescape") + data)
    key = digest.digest()
    compiled = _cached(cache_dir, key)
    if compiled is None:
        from sdscan.knowledge.policies.packs import parse_pack  # tomllib only where the cache does not answer

        compiled = compile_packs([(name, data, parse_pack(data, name)) for name, data in sources])
        _keep(cache_dir, key, compiled)
    return policies_from(compiled)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PackError(f"{path.name}: cannot be read: {(error.strerror or 'I/O error').lower()}") from None


def compile_packs(files: Iterable[tuple[str, bytes, PolicyFile]]) -> Compiled:
    """Packs in order → one set; the defaults of each pack filled in, shared rules handed down, statements linked."""
    packs: list[Pack] = []
    shared: list[PlatformRule] = []
    platforms: dict[str, Platform] = {}
    works: dict[str, WorkPolicy] = {}
    statements: dict[str, Statement] = {}
    holders: dict[str, Rightsholder] = {}
    places: dict[str, tuple[str, bytes, int]] = {}
    for name, data, file in files:
        head = file.pack
        packs.append(Pack(head.id, head.version, sha256(data).hexdigest()))
        shared += [_dated(rule, file) for rule in file.payment_networks]
        for platform in file.platform:
            rules = tuple(_dated(rule, file) for rule in platform.rules)
            platforms[platform.id] = msgspec.structs.replace(
                platform, rules=rules, checked=platform.checked or head.checked
            )
        works.update((work.id, _dated(work, file)) for work in file.work)
        statements.update((statement.id, _dated(statement, file)) for statement in file.statement)
        for at, holder in enumerate(file.rightsholder):
            holders[holder.id] = _dated(holder, file)
            places[holder.id] = (name, data, at)
    inherited = tuple(msgspec.structs.replace(rule, inherited="payment_networks") for rule in shared)
    for key, platform in platforms.items():
        if platform.payment_networks:
            platforms[key] = msgspec.structs.replace(platform, rules=platform.rules + inherited)
    linked = tuple(_linked(holder, statements, works.values(), places[key]) for key, holder in holders.items())
    return Compiled(tuple(packs), tuple(platforms.values()), tuple(works.values()), tuple(statements.values()), linked)


def _dated(fact: Fact, file: PolicyFile) -> Fact:
    return fact if fact.review_after else msgspec.structs.replace(fact, review_after=file.pack.review_after)


def policies_from(compiled: Compiled) -> Policies:
    """The compiled set with its look-up tables."""
    holders: dict[str, Rightsholder] = {}
    for holder in compiled.rightsholders:
        for name in (holder.name, *holder.aliases):
            holders.setdefault(_plain(name), holder)
    return Policies(
        compiled.packs,
        {platform.id: platform for platform in compiled.platforms},
        {work.id: work for work in compiled.works},
        compiled.rightsholders,
        compiled.statements,
        holders,
        {alias: platform.id for platform in compiled.platforms for alias in platform.aliases},
        {part: work for work in compiled.works for part in work.includes},
    )


def _linked(
    holder: Rightsholder, statements: dict[str, Statement], works: Iterable[WorkPolicy], place: tuple[str, bytes, int]
) -> Rightsholder:
    """A rightsholder with the text, source and date of its statements, and the works whose entry names it."""
    said = [_statement(holder, key, statements, place) for key in holder.statements]
    own = {_plain(holder.name), *map(_plain, holder.aliases)}
    named = tuple(work.id for work in works if own & {_plain(part) for part in _SPLIT.split(work.rightsholder)})
    if not said:
        return msgspec.structs.replace(holder, works=named)
    first = said[0]
    return msgspec.structs.replace(
        holder,
        works=named,
        text=holder.text or " ".join(statement.text for statement in said),
        source=holder.source or first.source,
        evidence=holder.evidence if holder.source else first.evidence,
        date=holder.date or first.date,
        see=holder.see or tuple(address for s in said for address in (s.source, *s.see) if address != first.source),
    )


def _statement(
    holder: Rightsholder, key: str, statements: dict[str, Statement], place: tuple[str, bytes, int]
) -> Statement:
    if key in statements:
        return statements[key]
    from sdscan.knowledge.policies.lines import line_of

    name, data, at = place
    line = line_of(data.decode("utf-8-sig"), ["rightsholder", at, "statements"])
    raise PackError(
        f"{name}{line}: rightsholder {holder.id!r}: `statements` names {key!r}; expected the id of a [[statement]]"
    )


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace(".", "").split())


# ---- the cache -------------------------------------------------------------------------------------------------


def _cached(folder: Path | None, key: bytes) -> Compiled | None:
    """What was compiled from exactly these packs; None where there is nothing, or nothing whole."""
    if folder is None:
        return None
    try:
        data = (folder / _CACHE).read_bytes()
        return msgspec.msgpack.decode(data[len(key) :], type=Compiled) if data.startswith(key) else None
    except (OSError, ValueError):
        return None


def _keep(folder: Path | None, key: bytes, compiled: Compiled) -> None:
    """Written beside and renamed, so that a reader sees all of it or nothing; a folder that refuses costs only time."""
    if folder is None:
        return
    import tempfile

    temporary = ""
    with contextlib.suppress(OSError):
        handle, temporary = tempfile.mkstemp(prefix=".policies-", dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(key + msgspec.msgpack.encode(compiled))
        os.replace(temporary, folder / _CACHE)
        temporary = ""
    if temporary:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
