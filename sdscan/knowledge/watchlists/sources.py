"""Packs and lists on disk → the bytes of an index. Slow (a second or two); runs only when the cache has none."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from sdscan.digests import sha256
from sdscan.errors import PackError
from sdscan.judgement.names import normal
from sdscan.knowledge.watchlists.compile import drafts_of
from sdscan.knowledge.watchlists.importers import Imported, import_list
from sdscan.knowledge.watchlists.importers.rows import RowKind
from sdscan.knowledge.watchlists.index import build
from sdscan.knowledge.watchlists.packs import PACKS, PackFile, read_pack, rows_of
from sdscan.records import Pack

__all__ = ["PACKS", "compile_sources", "kind_from", "looks_like_pack", "read_sources"]


def compile_sources(builtin: Sequence[Path], paths: Sequence[Path], stamp: str) -> bytes:
    """The index of the built-in packs and the user's sources. Raises PackError."""
    collecting = gc.isenabled()
    gc.disable()  # a million small objects that all stay: looking through them again and again costs a third of the time
    try:
        return _compiled(builtin, paths, stamp)
    finally:
        if collecting:
            gc.enable()


def _compiled(builtin: Sequence[Path], paths: Sequence[Path], stamp: str) -> bytes:
    packs, files, imported = read_sources(builtin, paths)
    drafts = drafts_of(files, [(source, one.rows) for source, one in imported])
    return build(drafts, packs, stamp, (file.pack.id for file in files))


def read_sources(
    builtin: Sequence[Path], paths: Sequence[Path]
) -> tuple[list[Pack], list[PackFile], list[tuple[str, Imported]]]:
    """What reports say of the sources, the packs, and the imported lists with their source ids."""
    packs: list[Pack] = []
    files: list[PackFile] = []
    imported: list[tuple[str, Imported]] = []
    for path in (*builtin, *(path for path in paths if looks_like_pack(path))):
        pack, file = read_pack(path)
        packs.append(pack)
        files.append(file)
    for path in paths:
        if looks_like_pack(path):
            continue
        digest = sha256(path.read_bytes()).hexdigest()
        packs.append(Pack(path.name, digest[:12], digest))
        imported.append((path.name, import_list(path, kind_of=lambda names: kind_from(files, names))))
    return packs, files, imported


def looks_like_pack(path: Path) -> bool:
    """Whether a file is a pack in TOML: it has a `[pack]` line, or the suffix and no other meaning."""
    try:
        with path.open("rb") as file:
            head = file.read(65536)
    except OSError as error:
        raise PackError(f"{path.name}: cannot be read: {(error.strerror or 'I/O error').lower()}") from None
    return path.suffix.lower() == ".toml" or any(line.strip() == b"[pack]" for line in head.splitlines())


def kind_from(files: Sequence[PackFile], names: Sequence[str]) -> RowKind | None:
    """What most of the names are that the packs know; None where they know too few (3, and one in fifty)."""
    known: dict[str, str] = {}
    for file in files:
        for kind, row in rows_of(file):
            for text in (row.id, row.name, *row.aliases):
                known.setdefault(normal(text), kind)
    votes = Counter(known[key] for name in names if (key := normal(name)) in known)
    for kind in ("artist", "character", "work"):
        count = votes[kind]
        if votes and count == max(votes.values()) and count >= max(3, len(names) // 50):
            return next(one for one in ("artist", "character", "work") if one == kind)
    return None
