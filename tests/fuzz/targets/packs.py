"""What users write: watchlist packs, policy packs, lists, sdscan.toml and baselines. The first byte says which; only the documented errors may come."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from random import Random

from sdscan.config import load_config
from sdscan.errors import ConfigError, PackError
from sdscan.judgement.suppression import baseline_lines, odd_statements, read_baseline
from sdscan.knowledge.policies.loading import compile_packs, policies_from
from sdscan.knowledge.policies.packs import parse_pack as parse_policy
from sdscan.knowledge.statements import Statements
from sdscan.knowledge.watchlists import Watchlist
from sdscan.knowledge.watchlists.compile import drafts_of
from sdscan.knowledge.watchlists.index import Index, build
from sdscan.knowledge.watchlists.lint import lint
from sdscan.knowledge.watchlists.packs import parse_pack
from tests.fuzz.mutating import changed_lines
from tests.fuzz.promises import in_time
from tests.fuzz.target import Target
from tests.fuzz.targets import lists

PACK = b"""[pack]
id = "mine"
title = "Mine"
version = "2026.11.1"
date = 2026-11-22
description = "x"

[[pack.changes]]
version = "2026.11.1"
date = 2026-11-22
text = "x"

[[work]]
id = "soft_work"
name = "Soft Work"
aliases = ["soft"]
rightsholder = "Somebody"
strength = "tag"

[[work.characters]]
id = "ann_(soft_work)"
name = "Ann"
tag = ["ann"]
weak = ["a"]

[[artist]]
id = "some_artist"
name = "Some Artist"
born = 1900
died = 1980

[[style]]
id = "soft_style"
name = "Soft Style"
"""
POLICY = b"""[pack]
id = "mine"
version = "2026.11.1"
title = "Mine"
date = "2026-11-22"
accessed = "2026-11-22"
source = "https://example.org"

[[platform]]
id = "my_site"
name = "My Site"
url = "https://example.org"

[[platform.rules]]
class = "derivative"
verdict = "review"
text = "x"
source = "https://example.org"
"""
CONFIG = b"""[scan]
fail-on = "high"
exclude = ["*.tmp"]
platforms = ["pixiv"]
[judgement]
protection-years = 70
[limits]
head = 65536
seconds = 5.0
[[allow]]
rule = "SD101"
subject = "hatsune_miku"
reason = "licensed"
expires = 2027-01-01
paths = ["a/*.png"]
[[declare]]
paths = ["own/*"]
as = "original-character"
reason = "mine"
date = 2026-01-01
"""
BASELINE = b'{"schema":"sdscan-baseline/1"}\n{"id":"0123456789abcdef","rule":"SD101","subject":"hatsune_miku","path":"a.png","content":"x"}\n'


@lru_cache(maxsize=1)
def folder() -> Path:
    """One for the whole run, in memory where there is such a place."""
    made = Path(tempfile.mkdtemp(prefix="sdscan-fuzz-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None))
    (made / ".git").mkdir()
    return made


def check(data: bytes) -> None:
    kind, body = data[:1], data[1:]
    with in_time():
        try:
            {
                b"w": check_watchlist,
                b"p": check_policy,
                b"c": check_config,
                b"b": check_baseline,
                b"j": check_project,
                b"l": lists.check,
            }.get(kind, check_watchlist)(body)
        except (PackError, ConfigError) as error:
            assert str(error).strip()
            str(error).encode("utf-8", "surrogatepass")


def check_watchlist(body: bytes) -> None:
    parsed = parse_pack(body, "mine.toml")
    for remark in lint([parsed]):
        assert str(remark)
    known = Watchlist(Index(build(drafts_of([parsed], []), [], "x", ())))
    for entry in known.entries():
        assert known.entry(entry.id) == entry


def check_policy(body: bytes) -> None:
    parsed = parse_policy(body, "mine.toml")
    policies = policies_from(compile_packs([("mine.toml", body, parsed)]))
    for name in policies.platforms:
        assert policies.expand([name]) == (name,)


def check_config(body: bytes) -> None:
    path = folder() / "sdscan.toml"
    path.write_bytes(body)
    loaded = load_config(".", explicit=str(path))
    odd_statements(Statements(allow=loaded.config.allow, declare=loaded.config.declare))


def check_project(body: bytes) -> None:
    path = folder() / "pyproject.toml"
    path.write_bytes(
        b"[tool.other]\nx = 1\n" + body.replace(b"[[", b"[[tool.sdscan.").replace(b"\n[", b"\n[tool.sdscan.")
    )
    load_config(".", explicit=str(path))


def check_baseline(body: bytes) -> None:
    path = folder() / "sdscan.baseline.jsonl"
    path.write_bytes(body)
    entries = read_baseline(path)
    path.write_text(baseline_lines(entries), encoding="utf-8")
    assert read_baseline(path) == entries


def begin() -> Iterator[bytes]:
    for data in lists.begin():
        yield b"l" + data
    yield b"w" + PACK
    yield b"p" + POLICY
    yield b"c" + CONFIG
    yield b"j" + CONFIG
    yield b"b" + BASELINE
    from sdscan.knowledge.policies.loading import builtin_paths

    for path in builtin_paths():
        yield b"p" + path.read_bytes()[:6000]


def mutate(data: bytes, rng: Random) -> bytes:
    if data[:1] == b"l":
        return b"l" + lists.mutate(data[1:], rng)
    return data[:1] + changed_lines(data[1:], rng)


WORDS = (
    b"[[work]]\n",
    b"[[character]]\n",
    b"[[statement]]\n",
    b"[[rightsholder]]\n",
    b"aliases = [",
    b'id = ""',
    b"\xef\xbb\xbf",
    b"[limits]\n",
    b'"""',
    b"'''",
    b"died = ",
)
TARGET = Target("watchlist packs, policy packs, sdscan.toml, baselines, and lists", check, begin, mutate, WORDS)
