"""The cache of decoded facts: SQLite, one file, safe when killed.

Files that differ in nothing but their seeds share a shape, so a gallery takes a fifth of the room that its facts would. What the files of a
shape came to is kept under the digest of all knowledge that it rests on (packs, policies, library, settings, date, program), and asked for
under that digest only: a judgement that rests on anything else is made anew. A row is valid for one (path, size, mtime_ns, inode) and one version of the readers; facts that lean on sidecars also hold for one
state of those. Several processes may read; one writes, in batches. A damaged catalog is set aside and built anew.
"""

from __future__ import annotations

import bisect
import contextlib
import errno
import os
import sqlite3
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Self

import msgspec
from msgspec import Struct

from sdscan.cloud import is_address
from sdscan.digests import blake2b
from sdscan.facts.models.hashes import Digests, digests_of
from sdscan.records import FileFacts, Listed
from sdscan.telling import Shape, Told, seeds_of, shaped, store, unshaped

SCHEMA = 3
_TABLES = """
CREATE TABLE IF NOT EXISTS facts (
  path BLOB PRIMARY KEY, size INTEGER, mtime_ns INTEGER, inode INTEGER, beside INTEGER, version TEXT, packs BLOB, judgement BLOB,
  shape BLOB, seeds BLOB
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS moved ON facts (inode, size, mtime_ns);
CREATE TABLE IF NOT EXISTS shapes (id BLOB PRIMARY KEY, facts BLOB);
CREATE TABLE IF NOT EXISTS told (basis BLOB, shape BLOB, told BLOB, PRIMARY KEY (basis, shape));
CREATE TABLE IF NOT EXISTS digests (
  path BLOB PRIMARY KEY, size INTEGER, mtime_ns INTEGER, inode INTEGER, digests BLOB
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rejudged (path BLOB PRIMARY KEY, packs BLOB, judgement BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bases (id BLOB PRIMARY KEY, basis BLOB) WITHOUT ROWID;
"""
_OURS = frozenset(("facts", "shapes", "told", "digests", "rejudged", "bases"))
_APPLICATION = 0x53445343
"""`SDSC`: by it a catalog is told from a database of another program."""
_KEEP = """
INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET size = excluded.size, mtime_ns = excluded.mtime_ns,
inode = excluded.inode, beside = excluded.beside, version = excluded.version, shape = excluded.shape, seeds = excluded.seeds,
packs = coalesce(excluded.packs, packs), judgement = coalesce(excluded.judgement, judgement)
"""
_COLUMNS = "path, size, mtime_ns, inode, beside, version, packs, judgement, shape, seeds"
_AT = f"SELECT {_COLUMNS} FROM facts WHERE path IN "  # noqa: S608 - a constant
_TOLD = "SELECT shape, told FROM told WHERE basis = ? AND shape IN "
_MOVED = f"SELECT {_COLUMNS} FROM facts WHERE inode = ? AND size = ? AND mtime_ns = ?"  # noqa: S608 - a constant
_ACCEPT = """
UPDATE facts SET (packs, judgement) = (SELECT packs, judgement FROM rejudged WHERE rejudged.path = facts.path)
WHERE path IN (SELECT path FROM rejudged)
"""
_FORGET = "DELETE FROM told WHERE basis NOT IN (SELECT basis FROM told GROUP BY basis ORDER BY max(rowid) DESC LIMIT ?)"
_AT_ONCE = 250
"""Paths that are asked for in one statement: asked one by one, each would cost six times as much."""
_BASES = 4
"""Kinds of knowledge whose judgement of shapes is kept: a few, since people scan for several platforms."""
_ALONE = -1
"""`beside` of facts that do not depend on any other file."""
_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE_SEEDS = msgspec.msgpack.Decoder(tuple[str, ...]).decode
_DECODE_TOLD = msgspec.msgpack.Decoder(Told).decode
_DECODE_DIGESTS = msgspec.msgpack.Decoder(Digests).decode


Status = os.stat_result | Listed
"""What tells one version of a file, or object, from another."""


@cache
def _facts() -> msgspec.msgpack.Decoder[FileFacts]:
    """Made when facts are read, which a scan that finds nothing changed never does."""
    return msgspec.msgpack.Decoder(FileFacts)


class Row(Struct, frozen=True, gc=False):
    """Facts of one file, ready to be stored: what a worker sends home."""

    path: bytes
    size: int
    mtime_ns: int
    inode: int
    beside: int
    shape: bytes
    seeds: bytes
    facts: bytes
    """Of the shape; empty where they were sent before."""


class Held(Struct, frozen=True, gc=False):
    """What the catalog holds of one file."""

    size: int
    mtime_ns: int
    inode: int
    beside: int
    current: bool
    """Whether this version's readers read it."""
    last: tuple[bytes, bytes] | None
    """(id of what it rests on, judgement), as last remembered."""
    shape: bytes
    seeds: tuple[str, ...]
    moved: bool = False
    """Whether it was found by inode, size and time, under another path."""


class Catalog:
    """An open catalog. Reading never fails the scan: what cannot be read is a miss."""

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self.path = path
        self.notes: list[str] = []
        """Sentences for the user: that a damaged catalog was set aside, that it cannot be written."""
        self._readonly = readonly
        self._expected: dict[str, Held | None] = {}
        self._told: dict[tuple[bytes, bytes], bytes | None] = {}
        self._inode = 0
        self._is_damaged = False
        self.is_foreign = False
        """Whether there is a file that no sdscan has made; it is not touched."""
        self._db = self._open()

    def _open(self) -> sqlite3.Connection | None:
        try:
            return self._connect()
        except sqlite3.Error as error:
            if _is_damage(error) and not self._readonly:
                return self._built_anew()
            self._note_unusable(str(error))
        except OSError as error:
            self.is_foreign = self.is_foreign or self.path.is_dir()
            self._note_unusable(error.strerror or "error")
        return None

    def _note_unusable(self, why: str) -> None:
        self.notes.append(f"the catalog {self.path.name} cannot be used ({why}); every file is read anew")

    def _connect(self) -> sqlite3.Connection:
        if self._readonly:
            self._check_kind()
            db = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)
            db.execute("SELECT 1 FROM facts LIMIT 1")
            return db
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        self._check_kind()
        db = sqlite3.connect(self.path, timeout=5, isolation_level=None)
        try:
            self._check_owner(db)
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=NORMAL")
            if db.execute("PRAGMA user_version").fetchone()[0] not in (0, SCHEMA):
                for table in _OURS:
                    db.execute(f"DROP TABLE IF EXISTS {table}")
            db.executescript(_TABLES)
            db.execute(f"PRAGMA application_id={_APPLICATION}")
            db.execute(f"PRAGMA user_version={SCHEMA}")
        except (sqlite3.Error, OSError):
            db.close()
            raise
        return db

    def _check_kind(self) -> None:
        """A pipe would block whoever opens it. Raises OSError."""
        status = os.stat(self.path)
        self._inode = status.st_ino
        if not stat.S_ISREG(status.st_mode):
            self.is_foreign = True
            raise OSError(errno.EINVAL, "it is no file")

    def _check_owner(self, db: sqlite3.Connection) -> None:
        """A database of another program is left alone: `--catalog` may name anything. Raises OSError."""
        owner = db.execute("PRAGMA application_id").fetchone()[0]
        tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if owner not in (0, _APPLICATION) or not tables <= _OURS | {"judged", "sqlite_stat1"}:
            self.is_foreign = True
            raise OSError(errno.EINVAL, "it is a database of another program")

    def _built_anew(self) -> sqlite3.Connection | None:
        """A catalog in place of a damaged one, which is set aside unless another process has done so already."""
        self._is_damaged = False
        with contextlib.suppress(sqlite3.Error, OSError):
            if os.stat(self.path).st_ino == self._inode:
                aside = self._set_aside()
                self.notes.append(f"the catalog was damaged; it was set aside as {aside} and is built anew")
            return self._connect()
        self._note_unusable("it is damaged, and cannot be set aside")
        return None

    def _set_aside(self) -> str:
        number = 1
        while (aside := self.path.with_name(f"{self.path.name}.damaged-{number}")).exists():
            number += 1
        os.replace(self.path, aside)
        for suffix in ("-wal", "-shm"):
            with contextlib.suppress(OSError):
                os.unlink(f"{self.path}{suffix}")
        return aside.name

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query; none where they cannot be read."""
        if self._db is None:
            return []
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            self._is_damaged = self._is_damaged or _is_damage(error)
            return []

    def _row(self, query: str, values: Sequence[object] = ()) -> tuple[Any, ...] | None:
        rows = self._rows(query, values)
        return rows[0] if rows else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close it; what was put is stored."""
        if self._db is not None:
            self._db.close()
            self._db = None

    # ---- facts -------------------------------------------------------------------------------------------------

    def expect(self, paths: Sequence[str]) -> None:
        """Fetch what is held of these files at once; `find` and `recall` then answer from it."""
        keys = _keys(paths)
        wanted = list(dict.fromkeys(keys))
        found: dict[bytes, Held] = {}
        version = reader_version() if self._db is not None else ""
        for start in range(0, len(wanted) if self._db is not None else 0, _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            for row in self._rows(f"{_AT}({','.join('?' * len(part))})", part):
                found[row[0]] = _held(row, version)
        self._expected = {path: found.get(key) for path, key in zip(paths, keys)}

    def expected_shapes(self) -> set[bytes]:
        """The shapes of the files that were expected, as far as they are known."""
        return {held.shape for held in self._expected.values() if held is not None}

    def recall(self, path: str) -> Held | None:
        """What is held of a file, whatever became of it; None where nothing can be told."""
        if path not in self._expected:
            self.expect([path])
        return self._expected[path]

    def find(self, path: str, status: Status) -> Held | None:
        """What is held of a file that has not changed (or has only moved) since it was read, else None."""
        held = self.recall(path)
        if held is None or (held.size, held.mtime_ns, held.inode) != stamp_of(status):
            held = None if isinstance(status, Listed) else self._elsewhere(status)
        if held is None or not held.current or (held.beside != _ALONE and held.beside != beside(path)):
            return None
        return held

    def _elsewhere(self, status: os.stat_result) -> Held | None:
        """A file with this inode, size and time that stood under another path."""
        size, mtime_ns, inode = stamp_of(status)
        row = self._row(_MOVED, (inode, size, mtime_ns))
        return None if row is None else _held(row, reader_version(), moved=True)

    def get(self, path: str, status: os.stat_result) -> FileFacts | None:
        """The facts of a file that has not changed since they were stored; what could not be read is tried again each time."""
        held = self.find(path, status)
        facts = None if held is None else self.facts(held.shape)
        return None if held is None or facts is None or facts.outcome == "unreadable" else unshaped(facts, held.seeds)

    def facts(self, shape: bytes) -> FileFacts | None:
        """The facts of a shape."""
        row = self._row("SELECT facts FROM shapes WHERE id = ?", (shape,))
        with contextlib.suppress(msgspec.MsgspecError, TypeError):
            return None if row is None else _facts().decode(row[0])
        return None

    def expect_told(self, shapes: Iterable[bytes], basis: bytes) -> None:
        """Fetch what the files of these shapes came to at once; `told` then answers from it."""
        wanted = list(dict.fromkeys(shapes))
        self._told = {(basis, shape): None for shape in wanted}
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            marks = ",".join("?" * len(part))
            for shape, told in self._rows(f"{_TOLD}({marks})", (basis, *part)):
                self._told[basis, shape] = told

    def told(self, shape: bytes, basis: bytes) -> Told | None:
        """What the files of a shape came to under knowledge of that id."""
        if (basis, shape) not in self._told:
            self.expect_told([shape], basis)
        told = self._told[basis, shape]
        with contextlib.suppress(msgspec.MsgspecError, TypeError):
            return None if told is None else _DECODE_TOLD(told)
        return None

    def put(
        self,
        rows: Iterable[Row],
        judged: Mapping[bytes, tuple[bytes, bytes]] | None = None,
        told: Iterable[tuple[bytes, bytes, bytes]] = (),
    ) -> None:
        """Store rows in one transaction; a catalog that is busy or full loses them, never the scan.

        `judged`: path as stored → (id of what it rests on, judgement); a row without one keeps the one that it has.
        `told`: (id of the knowledge, shape, what its files came to).
        """
        if self._db is None or self._readonly:
            return
        rows = list(rows)
        version = reader_version()
        none = (None, None)
        known = judged or {}
        values = [
            (r.path, r.size, r.mtime_ns, r.inode, r.beside, version, *known.get(r.path, none), r.shape, r.seeds)
            for r in rows
        ]
        shapes = [(row.shape, row.facts) for row in rows if row.facts]
        self._write(
            ("INSERT OR IGNORE INTO shapes VALUES (?, ?)", shapes),
            (_KEEP, values),
            ("INSERT OR REPLACE INTO told VALUES (?, ?, ?)", list(told)),
        )

    def _write(self, *steps: tuple[str, Sequence[tuple[object, ...]]]) -> None:
        """(statement, values) each, in one transaction."""
        if self._readonly or not any(values for _, values in steps):
            return
        if self._is_damaged and self._db is not None:
            self.close()
            self._db = self._built_anew()
        for _ in range(2):  # once more, where this is how the damage shows
            if self._db is None:
                return
            try:
                self._db.execute("BEGIN IMMEDIATE")
                for statement, values in steps:
                    if values:
                        self._db.executemany(statement, values)
                self._db.execute("COMMIT")
                return
            except sqlite3.Error as error:
                with contextlib.suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
                if _is_damage(error):
                    self.close()
                    self._db = self._built_anew()
                    continue
                note = f"the catalog could not be written ({error}); the scan goes on without it"
                if note not in self.notes:
                    self.notes.append(note)
                return

    # ---- digests -----------------------------------------------------------------------------------------------

    def digests(self, path: str) -> Digests | None:
        """Digests of a model file, computed once for each (path, size, mtime_ns, inode)."""
        try:
            status = os.stat(path)
        except OSError:
            return None
        key = (key_of(path), *stamp_of(status))
        row = self._row("SELECT digests FROM digests WHERE path = ? AND size = ? AND mtime_ns = ? AND inode = ?", key)
        if row is not None:
            with contextlib.suppress(msgspec.MsgspecError, TypeError):
                return _DECODE_DIGESTS(row[0])
        computed = digests_of(path)
        if computed is not None and not self._readonly:
            self._write(("INSERT OR REPLACE INTO digests VALUES (?, ?, ?, ?, ?)", [(*key, _ENCODE(computed))]))
        return computed

    # ---- what it holds -----------------------------------------------------------------------------------------

    def counts(self) -> tuple[int, int, int]:
        """(files, model digests, bytes on disk)."""
        files = (self._row("SELECT COUNT(*) FROM facts") or (0,))[0]
        digests = (self._row("SELECT COUNT(*) FROM digests") or (0,))[0]
        size = sum(os.path.getsize(f"{self.path}{s}") for s in ("", "-wal") if os.path.exists(f"{self.path}{s}"))
        if self._is_damaged and not self._readonly:
            self.close()
            self._db = self._built_anew()
        return files, digests, size

    def paths(self) -> list[str]:
        """Every path it holds facts of, sorted."""
        return [os.fsdecode(row[0]) for row in self._rows("SELECT path FROM facts ORDER BY path")]

    def prune(self) -> int:
        """Drop rows of files that are gone or of other reader versions, and give the space back; how many. Objects are not looked for."""
        if self._db is None:
            return 0
        gone = [(key_of(path),) for path in self.paths() if not (is_address(path) or os.path.lexists(path))]
        before = self.counts()[0]
        self._write(
            ("DELETE FROM facts WHERE path = ?", gone),
            ("DELETE FROM digests WHERE path = ?", gone),
            ("DELETE FROM facts WHERE version <> ?", [(reader_version(),)]),
        )
        self.accept_judgements(drop=True)
        self._write(
            ("DELETE FROM shapes WHERE id NOT IN (SELECT shape FROM facts) AND ?", [(1,)]),
            ("DELETE FROM told WHERE shape NOT IN (SELECT id FROM shapes) AND ?", [(1,)]),
        )
        left = self.counts()[0]
        self._rows("VACUUM")
        self._rows("PRAGMA wal_checkpoint(TRUNCATE)")
        return before - left

    # ---- the last judgement, kept only to say what has changed since -----------------------------------------------

    def remember_judgements(self, rows: Mapping[bytes, tuple[bytes, bytes]], *, aside: bool = False) -> None:
        """Store path as stored → (id of what it rests on, judgement); `aside`: until `accept_judgements`."""
        if aside:
            values = [(path, packs, judgement) for path, (packs, judgement) in rows.items()]
            self._write(("INSERT OR REPLACE INTO rejudged VALUES (?, ?, ?)", values))
        else:
            values = [(packs, judgement, path) for path, (packs, judgement) in rows.items()]
            self._write(("UPDATE facts SET packs = ?, judgement = ? WHERE path = ?", values))

    def accept_judgements(self, *, drop: bool = False) -> None:
        """Let the judgements that were put aside replace the old ones, all at once, or drop them."""
        if self._db is None or self._readonly:
            return
        with contextlib.suppress(sqlite3.Error):
            self._db.execute("BEGIN IMMEDIATE")
            if not drop:
                self._db.execute(_ACCEPT)
            self._db.execute("DELETE FROM rejudged")
            self._db.execute("DELETE FROM bases WHERE id NOT IN (SELECT packs FROM facts WHERE packs IS NOT NULL)")
            self._db.execute("COMMIT")

    def basis(self, key: bytes) -> bytes | None:
        """What judgements of that id rest on, as stored, or None."""
        row = self._row("SELECT basis FROM bases WHERE id = ?", (key,))
        return None if row is None else row[0]

    def remember_basis(self, key: bytes, basis: bytes) -> None:
        """Store what judgements of that id rest on."""
        self._write(("INSERT OR IGNORE INTO bases VALUES (?, ?)", [(key, basis)]))
        if self._row("SELECT 1 FROM told WHERE basis = ? LIMIT 1", (key,)) is None:
            self._write((_FORGET, [(_BASES - 1,)]))

    def remembered(self) -> Iterator[tuple[str, tuple[int, int, int], bytes | None]]:
        """(absolute path, (size, mtime_ns, inode) when it was read, id of what its last judgement rests on) of every file, by path."""
        if self._db is None:
            return
        query = "SELECT path, size, mtime_ns, inode, packs FROM facts ORDER BY path"
        try:
            for path, size, mtime_ns, inode, packs in self._db.execute(query):
                yield os.fsdecode(path), (size, mtime_ns, inode), packs
        except sqlite3.Error as error:
            self.notes.append(f"the catalog could not be read to its end ({error}); scan again to build it anew")


def _held(row: tuple[Any, ...], version: str, *, moved: bool = False) -> Held:
    """A row of `facts` in the order of `_COLUMNS`; one that was damaged counts as read by another version."""
    try:
        seeds = _DECODE_SEEDS(row[9]) if row[9] else ()
        last = None if row[7] is None else (row[6], row[7])
        return Held(row[1], row[2], row[3], row[4], row[5] == version, last, row[8], seeds, moved)
    except msgspec.MsgspecError:
        return Held(row[1], row[2], row[3], row[4], False, None, b"", (), moved)


def row_of(path: str, status: os.stat_result, facts: FileFacts) -> Row:
    """The row to store for a file that was just read."""
    return shape_row(path, status, store(Shape(shaped(facts))), facts, seeds_of(facts))


def moved_row(path: str, status: Status, held: Held) -> Row:
    """The same for a file that stood elsewhere, and has not changed."""
    around = _ALONE if held.beside == _ALONE else beside(path)
    return Row(key_of(path), *stamp_of(status), around, held.shape, _ENCODE(held.seeds) if held.seeds else b"", b"")


def shape_row(
    path: str, status: Status, shape: Shape, facts: FileFacts, seeds: tuple[str, ...], *, known: bool = False
) -> Row:
    """The same, of a file whose shape is at hand; `known`: the shape was sent before."""
    return Row(
        key_of(path), *stamp_of(status), _beside(path, facts), shape.id, _ENCODE(seeds) if seeds else b"",
        b"" if known else shape.stored,
    )  # fmt: skip


def stamp_of(status: Status) -> tuple[int, int, int]:
    """(size, mtime_ns, inode) within the 64 bits that SQLite stores: times after 2262 and inodes of some file systems are larger.

    An object has (size, number out of its etag, 0); one whose etag is not known is never one that was read before.
    """
    if isinstance(status, Listed):
        told = repr((status.etag, *status.beside)).encode(errors="surrogatepass")
        digest = blake2b(told, digest_size=8).digest()
        return status.size, int.from_bytes(digest, "big", signed=True) if status.etag else 0, 0 if status.etag else -1
    return status.st_size, _signed(status.st_mtime_ns), _signed(status.st_ino)


def _signed(number: int) -> int:
    return number if -(1 << 63) <= number < 1 << 63 else (number + (1 << 63)) % (1 << 64) - (1 << 63)


def _is_damage(error: sqlite3.Error) -> bool:
    """Whether the file itself is at fault: SQLITE_CORRUPT or SQLITE_NOTADB, not a lock or a full disk."""
    if isinstance(error, sqlite3.OperationalError):
        return "malformed" in str(error)
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(
        error, sqlite3.IntegrityError | sqlite3.ProgrammingError
    )


def is_worth_keeping(facts: FileFacts) -> bool:
    """All that was opened, also what could not be read to its end: `rescan` tells of it, `get` does not, so that it is tried again."""
    return facts.outcome != "skipped"


def beside(path: str) -> int:
    """A number for the state of all files that may speak about a file: those that share its stem, and those that speak for a folder."""
    folder, name = os.path.split(path)
    stem = os.path.splitext(name)[0]
    names = _listing(folder or ".", _stamp(folder or "."))
    start = bisect.bisect_left(names, stem)
    around = [one for one in names[start : start + 64] if one.startswith(stem) and one != name]
    digest = blake2b(digest_size=7)
    for one in (*around, *(one for one in _FOR_FOLDER if one in names[bisect.bisect_left(names, one) :][:1])):
        with contextlib.suppress(OSError):
            status = os.stat(os.path.join(folder, one))
            digest.update(f"{one}\0{status.st_size}\0{status.st_mtime_ns}\0".encode("utf-8", "surrogatepass"))
    return int.from_bytes(digest.digest(), "big")


_FOR_FOLDER = ("README.md", "adapter_config.json", "log.html", "loras_tags.json")
"""Files that say something about every file of their folder."""


@lru_cache(maxsize=64)
def _listing(folder: str, stamp: int) -> list[str]:
    """Names in a folder, sorted; `stamp` is the folder's mtime, so a changed folder is listed anew."""
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _stamp(folder: str) -> int:
    try:
        return os.stat(folder).st_mtime_ns
    except OSError:
        return 0


def _beside(path: str, facts: FileFacts) -> int:
    if facts.model is None and facts.generations and not any("sidecar:" in g.locator for g in facts.generations):
        return _ALONE
    return beside(path)


def key_of(path: str) -> bytes:
    """A path as stored: absolute. What stands before the name is made absolute once a folder, for that costs more than a look-up."""
    return _keys((path,))[0]


def _keys(paths: Sequence[str]) -> list[bytes]:
    """The same for many paths."""
    if os.sep != "/":  # a drive, a share: not told by the separator alone, which candidates spell as a slash
        return [os.fsencode(path if "://" in path else os.path.abspath(path)) for path in paths]
    here, keys = os.getcwd(), []
    for path in paths:
        folder, _, name = path.rpartition("/" if "://" in path else os.sep)
        if name in _NO_NAMES:
            keys.append(os.fsencode(os.path.abspath(path)))
        else:
            keys.append(_folder(here, folder if folder or path == name else os.sep) + os.fsencode(name))
    return keys


_NO_NAMES = frozenset(("", os.curdir, os.pardir))


@lru_cache(maxsize=512)
def _folder(here: str, folder: str) -> bytes:
    """The absolute path of a folder, with a separator behind it; the address of one is absolute."""
    if is_address(folder):
        return os.fsencode(f"{folder}/")
    return os.fsencode(os.path.join(os.path.abspath(os.path.join(here, folder)), ""))


@cache
def reader_version() -> str:
    """Changes whenever any module that makes facts changes, so that no stale facts survive an update."""
    digest = blake2b(digest_size=10)
    package = os.path.dirname(__file__)
    paths = sorted((*_modules(os.path.join(package, "facts")), f"{package}/records.py", f"{package}/limits.py"))
    for path in paths:
        status = os.stat(path)
        digest.update(f"{path[len(package) :]}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def _modules(folder: str) -> Iterator[str]:
    """Paths of all modules below a folder; pathlib takes five times as long, in every run."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                yield entry.path
            elif entry.is_dir():
                yield from _modules(entry.path)
