"""The compiled watchlist: exact, the same bytes for the same input, and compiled anew where it is damaged."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sdscan.errors import PackError
from sdscan.knowledge.watchlists import Watchlist, load_watchlist
from sdscan.knowledge.watchlists.cache import FOLDER
from sdscan.knowledge.watchlists.compile import drafts_of
from sdscan.knowledge.watchlists.entries import CONTEXT, WORTH
from sdscan.knowledge.watchlists.index import FREE, HELD, LONGER, Damaged, Index, build
from sdscan.knowledge.watchlists.packs import parse_pack
from sdscan.records import Pack
from tests.small_watchlist import HEAD, PACK, watchlist

SMALL = parse_pack((HEAD + PACK).encode(), "small.toml")


def data() -> bytes:
    return build(drafts_of([SMALL], []), [Pack("small", "1", "0" * 64)], "test", ["small"])


def test_an_entry_comes_back_as_it_went_in() -> None:
    known = watchlist()
    miku, mucha, robin = known.entry("hatsune_miku"), known.entry("alphonse_mucha"), known.entry("robin_(fire_emblem)")
    assert miku is not None and mucha is not None and robin is not None
    assert ("character", "Hatsune Miku", "vocaloid", "small", 0) == (
        miku.kind,
        miku.name,
        miku.work,
        miku.source,
        miku.posts,
    )
    assert (1860, 1939) == (mucha.born, mucha.died)
    assert (None, None) == (miku.born, miku.died)
    assert ("fire_emblem_awakening", ("fire_emblem",)) == (robin.work, robin.also)
    assert known.entry("nobody") is None
    assert len(known) == len(list(known.entries()))
    assert "vocaloid" in known.works


def test_every_name_is_found_and_nothing_else() -> None:
    drafts = drafts_of([SMALL], [])
    index = Index(data(), check=True)
    for number, draft in enumerate(drafts):
        for key, worth in draft.forms.items():
            value = index.find(key)
            assert (number, worth) in [(one.entry, one.worth) for one in index.postings(value)]
    keys = {key for key, _ in index.keys_of()}
    assert keys == {key for draft in drafts for key in draft.forms}
    for absent in ("", "hatsun", "hatsune mikuu", "mik", "\x01", "zzz"):
        assert 0 == index.find(absent) & HELD


def test_a_key_knows_whether_longer_ones_begin_with_it_and_whether_it_is_free() -> None:
    index = Index(data())
    assert index.find("hatsune") & LONGER
    assert not index.find("hatsune miku") & LONGER
    assert index.find("hatsune miku") & FREE
    assert not index.find("power") & FREE
    assert [CONTEXT] == [posting.worth & WORTH for posting in index.postings(index.find("power"))]


def test_the_same_packs_give_the_same_bytes_in_every_process() -> None:
    code = (
        "import hashlib; from tests.knowledge.watchlists.test_watchlist_index import data; print(hashlib.sha256(data()).hexdigest())"
        if (Path("tests/knowledge/__init__.py")).exists()
        else "import hashlib, sys; sys.path.insert(0, 'tests/knowledge/watchlists'); from test_watchlist_index import data; print(hashlib.sha256(data()).hexdigest())"
    )
    root = Path(__file__).resolve().parents[3]
    answers = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert 1 == len(answers)


@pytest.mark.parametrize("size", [0, 7, 100, 400, 2_000, 5_000])
def test_a_file_that_is_cut_is_damaged(size: int) -> None:
    with pytest.raises(Damaged):
        Index(data()[:size], check=True)


def test_a_flipped_bit_is_damage_or_changes_nothing() -> None:
    whole = data()
    for place in range(0, len(whole), 997):
        broken = bytearray(whole)
        broken[place] ^= 0x10
        try:
            index = Index(bytes(broken), check=True)
        except Damaged:
            continue
        assert Index(whole).find("hatsune miku") == index.find("hatsune miku")


def test_offsets_of_an_unchecked_file_never_reach_outside() -> None:
    """Without the checksum, a wrong look-up is the worst that can happen."""
    whole = data()
    for place in range(300, len(whole), 1009):
        broken = bytearray(whole)
        broken[place] = 0xFF
        try:
            index = Index(bytes(broken))
        except Damaged:
            continue
        for key in ("hatsune miku", "power", "初音ミク", "greg rutkowski"):
            for posting in index.postings(index.find(key)):
                index.entry(posting.entry)


def test_the_cache_is_written_once_for_its_owner_and_mapped_afterwards(tmp_path: Path) -> None:
    pack = tmp_path / "mine.toml"
    pack.write_text(HEAD + PACK, encoding="utf-8")
    cache = tmp_path / "cache"
    first = load_watchlist([pack], default=False, cache_dir=cache)
    (file,) = (cache / FOLDER).glob("*.idx")
    assert first.path == file
    if sys.platform != "win32":
        assert 0o600 == file.stat().st_mode & 0o777
        assert 0o700 == (cache / FOLDER).stat().st_mode & 0o777
    stamp = file.stat().st_mtime_ns
    again = load_watchlist([pack], default=False, cache_dir=cache)
    assert stamp == file.stat().st_mtime_ns
    assert [("small", "1")] == [(one.id, one.version) for one in again.packs]


def test_a_changed_source_is_another_cache(tmp_path: Path) -> None:
    pack = tmp_path / "mine.toml"
    pack.write_text(HEAD + PACK, encoding="utf-8")
    load_watchlist([pack], default=False, cache_dir=tmp_path)
    pack.write_text(HEAD + PACK + '[[artist]]\nid = "new"\nname = "New Xyzzy"\n', encoding="utf-8")
    assert load_watchlist([pack], default=False, cache_dir=tmp_path).entry("new") is not None


@pytest.mark.parametrize("rubbish", [b"", b"rubbish", b"sdwatch2" + b"\0" * 500])
def test_a_damaged_cache_is_compiled_anew(tmp_path: Path, rubbish: bytes) -> None:
    pack = tmp_path / "mine.toml"
    pack.write_text(HEAD + PACK, encoding="utf-8")
    load_watchlist([pack], default=False, cache_dir=tmp_path)
    (file,) = (tmp_path / FOLDER).glob("*.idx")
    file.write_bytes(rubbish)
    assert load_watchlist([pack], default=False, cache_dir=tmp_path).entry("hatsune_miku") is not None
    assert b"sdwatch" in file.read_bytes()[:8]


def test_without_a_cache_folder_it_is_compiled_in_memory(tmp_path: Path) -> None:
    pack = tmp_path / "mine.toml"
    pack.write_text(HEAD + PACK, encoding="utf-8")
    known = load_watchlist([pack], default=False, cache_dir=None)
    assert known.path is None
    assert known.entry("hatsune_miku") is not None


def test_a_cache_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    pack = tmp_path / "mine.toml"
    pack.write_text(HEAD + PACK, encoding="utf-8")
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    assert load_watchlist([pack], default=False, cache_dir=blocked).entry("hatsune_miku") is not None


def test_a_source_that_does_not_exist_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"nowhere\.csv: cannot be read"):
        load_watchlist([tmp_path / "nowhere.csv"], default=False, cache_dir=tmp_path)


def test_a_worker_process_maps_the_same_file(tmp_path: Path) -> None:
    pack = tmp_path / "mine.toml"
    pack.write_text(HEAD + PACK, encoding="utf-8")
    for cache in (tmp_path, None):
        known = load_watchlist([pack], default=False, cache_dir=cache)
        again = copy.copy(known)  # by __reduce__, as worker processes get it
        assert isinstance(again, Watchlist)
        assert again.index is not known.index
        assert known.entry("hatsune_miku") == again.entry("hatsune_miku")


def test_a_worker_process_gets_the_bytes_where_another_run_has_removed_the_file(tmp_path: Path) -> None:
    pack = tmp_path / "mine.toml"
    pack.write_text(HEAD + PACK, encoding="utf-8")
    known = load_watchlist([pack], default=False, cache_dir=tmp_path)
    assert known.path is not None
    known.path.unlink()
    assert known.entry("hatsune_miku") == copy.copy(known).entry("hatsune_miku")
