"""Objects are fetched side by side, ahead of their turn, and whatever happens on a thread is met where it is awaited."""

from __future__ import annotations

import gc
import threading

import pytest

from sdscan import fetching
from sdscan.cloud import Access
from sdscan.errors import ReadError, Unreached
from sdscan.fetching import Fetcher
from sdscan.limits import Limits
from sdscan.opening import Opener, open_source
from sdscan.records import Candidate, Listed
from tests.cloud.files import FILES
from tests.cloud.store import Store

pytestmark = pytest.mark.loopback


def candidates(store: Store, count: int) -> list[Candidate]:
    for number in range(count):
        store.put(f"art/{number:03}.png", FILES["small.png"])
    return [Candidate(f"s3://art/{number:03}.png", listed=Listed()) for number in range(count)]


def test_no_more_is_under_way_than_twice_the_concurrency(store: Store) -> None:
    chunk = candidates(store, 50)
    fetcher = Fetcher(Limits(), Access(concurrency=2))
    fetcher.expect(chunk)
    fetcher.open(chunk[0])
    assert 5 >= len(store.gets)
    assert all(fetcher.open(one).size == len(FILES["small.png"]) for one in chunk[1:])
    assert 50 == len(store.gets)


def test_a_far_store_gets_more_threads_and_never_more_than_the_concurrency(store: Store) -> None:
    chunk = candidates(store, 30)
    for one in chunk:
        store.faults[one.path.removeprefix("s3://")] = ["slow"]
    fetcher = Fetcher(Limits(), Access(concurrency=4))
    fetcher.expect(chunk)
    for one in chunk:
        fetcher.open(one)
    assert 4 == fetcher._threads


def test_its_threads_end_with_it(store: Store) -> None:
    before = set(threading.enumerate())
    chunk = candidates(store, 5)
    fetcher = Fetcher(Limits(), Access(concurrency=3))
    fetcher.expect(chunk)
    for one in chunk:
        fetcher.open(one)
    ours = [one for one in threading.enumerate() if one not in before and one.name == "sdscan-fetch"]
    assert ours
    del fetcher
    gc.collect()
    for one in ours:
        one.join(10)
    assert not any(one.is_alive() for one in ours)


def test_a_chunk_that_is_given_up_does_not_get_in_the_way_of_the_next(store: Store) -> None:
    chunk = candidates(store, 20)
    fetcher = Fetcher(Limits(), Access(concurrency=2))
    fetcher.expect(chunk[:10])
    fetcher.open(chunk[0])
    fetcher.expect(chunk[10:])
    store.put("art/015.png", FILES["text-behind.png"])
    assert [len(store.objects[one.path[5:]]) for one in chunk[10:]] == [fetcher.open(one).size for one in chunk[10:]]


def test_what_was_not_expected_is_fetched_by_itself(store: Store) -> None:
    chunk = candidates(store, 3)
    opener = Opener(Limits())
    opener.expect(chunk[:1])
    assert len(FILES["small.png"]) == opener.open(chunk[2]).size == opener.open(chunk[0]).size
    assert Listed(len(FILES["small.png"]), store.etag("art/000.png")) == opener.version
    assert len(FILES["small.png"]) == open_source(chunk[1], Limits()).size


def test_a_mistake_of_ours_on_a_thread_is_raised_and_not_waited_for(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object) -> None:
        raise KeyError("a mistake of ours")

    chunk = candidates(store, 2)
    monkeypatch.setattr(fetching, "head_of", broken)
    fetcher = Fetcher(Limits(), Access(concurrency=1))
    fetcher.expect(chunk)
    with pytest.raises(KeyError, match="a mistake of ours"):
        fetcher.open(chunk[0])


@pytest.mark.parametrize(("fault", "kind"), [("404", ReadError), ("403", Unreached), ("cut", Unreached)])
def test_only_what_lies_in_the_object_itself_is_final(store: Store, fault: str, kind: type[ReadError]) -> None:
    chunk = candidates(store, 1)
    store.faults["art/000.png"] = [fault]
    with pytest.raises(ReadError) as error:
        open_source(chunk[0], Limits())
    assert kind is type(error.value)


def test_memory_stays_bounded_by_what_is_fetched_early(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A header of megabytes is fetched when it is read, not before."""
    monkeypatch.setattr(fetching, "EARLY", 1_000)
    store.put("art/a.safetensors", FILES["thing.safetensors"])
    source = open_source(Candidate("s3://art/a.safetensors", listed=Listed()), Limits())
    assert 1 == len(store.ranges("art/a.safetensors"))
    assert 200_000 < len(source.read(8, 200_170))
    assert 2 == len(store.ranges("art/a.safetensors"))


def test_reading_outside_an_object_gives_nothing(store: Store) -> None:
    source = open_source(candidates(store, 1)[0], Limits())
    assert b"" == source.read(-1, 5) == source.read(0, 0) == source.read(10**9, 5)
    assert FILES["small.png"][-5:] == source.read(len(FILES["small.png"]) - 5, 100)


def test_what_is_beside_an_object_opens_by_its_name(store: Store) -> None:
    store.put("art/a.png", FILES["small.png"])
    store.put("art/a.txt", b"a hill")
    opener = Opener(Limits())
    source = opener.open(Candidate("s3://art/a.png", listed=Listed(beside=(("a.txt", ""),))))
    assert source.near is not None and frozenset({"a.txt"}) == source.near.names  # type: ignore[union-attr]
    with source.near.open("a.txt") as text:  # type: ignore[union-attr]
        assert b"a hill" == text.head
    alone = opener.open(Candidate("s3://art/a.png", listed=Listed()))
    with pytest.raises(ReadError):
        alone.near.open("a.txt")  # type: ignore[union-attr]
