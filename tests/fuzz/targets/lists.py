"""Lists of names that users bring: CSV, JSON, text → rows → an index that answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random

from sdscan.errors import PackError
from sdscan.judgement.names import normal
from sdscan.knowledge.watchlists import Watchlist
from sdscan.knowledge.watchlists.compile import drafts_of
from sdscan.knowledge.watchlists.importers import import_bytes
from sdscan.knowledge.watchlists.index import Index, build
from tests.fuzz.mutating import changed_json, changed_lines, parsed, written
from tests.fuzz.promises import in_time, is_same
from tests.fuzz.target import Target

SEEDS = (
    b'hatsune_miku,4,50000,"miku,/miku"\nvocaloid,3,90000,\nartgerm,1,300,"stanley_lau"\n1girl,0,5000000,\nx_(vocaloid),4,20,\n',
    b"tag_id,name,category,count\n1,hatsune_miku,4,50000\n2,vocaloid,3,100\n3,1girl,0,9\n",
    b'name,category,post_count,aliases\nmiku,4,10,"a,b"\n',
    b'character,copyright,trigger\nmiku,vocaloid,"hatsune miku, 1girl"\n',
    "初音ミク,hatsune miku\n博麗霊夢,hakurei reimu\n".encode(),
    b"artist,score,category\nGreg Rutkowski,1,digital\n",
    b"# kind: artist\ngreg rutkowski\nartgerm  # comment\n2::alphonse mucha\n\nby wlop\n",
    b"artist:someone,1,5\nrainbow_dash,7,800,\nsafe,0,1,\n",
    json.dumps([{"name": "Miku", "terms": "hatsune miku", "content": "x", "color": 4}]).encode(),
    json.dumps({"characters": ["miku (vocaloid)"], "artists": ["wlop"]}).encode(),
    json.dumps({"Greg Rutkowski": ["rutkowski"]}).encode(),
    json.dumps({"初音ミク": "hatsune miku"}).encode(),
    json.dumps({"miku (vocaloid)": "vocaloid, miku, vocaloid"}).encode(),
    json.dumps([{"name": "miku", "kind": "character", "work": "vocaloid", "aliases": ["m"]}]).encode(),
    json.dumps(["wlop", "artgerm", "sakimichan"]).encode(),
)


def check(data: bytes) -> None:
    for kind in (None, "artist"):
        with in_time():
            try:
                found = import_bytes(data, kind=kind)  # type: ignore[arg-type]
            except PackError as error:
                assert str(error)
                continue
        is_same(found, import_bytes(data, kind=kind), "a second time")  # type: ignore[arg-type]
        for row in found.rows:
            assert row.name.strip(), row
            row.name.encode()
            for alias in row.aliases:
                alias.encode()
        if len(found.rows) < 50:
            check_index(found.rows)


def check_index(rows: object) -> None:
    """What was imported can be found under its name."""
    with in_time():
        drafts = drafts_of([], [("list.csv", rows)])  # type: ignore[list-item]
        known = Watchlist(Index(build(drafts, [], "x", ())))
    for entry in known.entries():
        assert known.entry(entry.id) == entry
        assert entry.id and entry.name
        known.named(normal(entry.name))


def begin() -> Iterator[bytes]:
    yield from SEEDS


def mutate(data: bytes, rng: Random) -> bytes:
    document = parsed(data.decode("utf-8", "replace")) if data[:1] in b"[{" else None
    if document is None:
        return changed_lines(data, rng)
    return written(
        changed_json(
            document, rng, ("name", "kind", "work", "aliases", "color", "terms", "artists", "characters", "works")
        ),
        rng,
    ).encode("utf-8", "replace")


WORDS = (
    b"# kind: artist\n",
    b"# kind: character\n",
    b",4,",
    b",1,",
    b",3,",
    b"_(vocaloid)",
    b"character,",
    b"copyright,",
    b'"',
    b"::",
    b"\xef\xbb\xbf",
    "初音".encode(),
)
TARGET = Target("lists of names that users bring → rows → index (`import_bytes`, `build`)", check, begin, mutate, WORDS)
