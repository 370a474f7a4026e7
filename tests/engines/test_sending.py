"""What goes between the processes of one machine comes out as it went in, whatever a path is made of."""

from __future__ import annotations

import subprocess
import sys

import pytest
from msgspec.structs import replace

from sdscan.engines.sending import chunk_of, chunk_sent, done_of, done_sent, packed, unpacked
from sdscan.engines.work import Done
from sdscan.exits import Tally
from sdscan.records import Candidate, Listed
from sdscan.run import Batch

PLAIN = [Candidate("a/b.png"), Candidate("a/é\n.png", lone=True), Candidate("a/\udcff.png", lone=True), Candidate("1")]
OTHERS = [
    Candidate("named.png", named=True),
    Candidate("a.png", skipped="excluded by '*.png'"),
    Candidate("a", refused="the folder cannot be listed"),
    Candidate("nul\0nul.png"),
    Candidate("s3://art/a.png", listed=Listed(7, "etag", 1)),
]


@pytest.mark.parametrize("one", [*PLAIN, *OTHERS])
def test_a_candidate_arrives_as_it_was_sent(one: Candidate) -> None:
    assert [one] == list(chunk_of(chunk_sent([one])))


@pytest.mark.parametrize("one", OTHERS)
def test_one_candidate_that_is_more_than_a_path_costs_its_chunk_nothing(one: Candidate) -> None:
    assert [*PLAIN, one, *PLAIN] == list(chunk_of(chunk_sent([*PLAIN, one, *PLAIN])))


def test_paths_are_lone_where_all_of_them_are() -> None:
    lone = [replace(one, lone=True) for one in PLAIN]
    assert lone == list(chunk_of(chunk_sent(lone)))
    assert [replace(one, lone=False) for one in PLAIN] == list(chunk_of(chunk_sent(PLAIN)))


def test_a_cluster_is_sent_paths_and_looks_for_sidecars_itself() -> None:
    assert ["a/b.png", "a/é\n.png", "a/\udcff.png", "1", *OTHERS[:3]] == packed([*PLAIN, *OTHERS[:3]])
    assert [one.path for one in PLAIN] == [one.path for one in unpacked(packed(PLAIN))]
    assert not any(one.lone for one in unpacked(packed(PLAIN)))


@pytest.mark.parametrize("failed", [[], [("a/\udcff.png", "no answer")]])
def test_what_a_chunk_came_to_arrives_with_its_lines(failed: list[tuple[str, str]]) -> None:
    tally = Tally(scanned=3, findings={"warning": 2}, verdicts={"pixiv": {"prohibited": 1}}, stale=1)
    done = Done(Batch((b"one\n", b"two\n"), tally), [], failed=failed)
    found = done_of(done_sent(done), (b"one\ntwo\n",))
    assert (tally, b"one\ntwo\n", failed) == (found.batch.tally, found.batch.lines, found.failed)


def test_what_is_plain_is_not_pickled() -> None:
    """Nor is what pickles loaded, which is felt: a scan with two jobs waits for each import."""
    code = """
import sys
from sdscan.engines import workers
from sdscan.engines.sending import chunk_of, chunk_sent, done_of, done_sent
from sdscan.engines.work import Done
from sdscan.exits import Tally
from sdscan.records import Candidate
from sdscan.run import Batch
chunk_of(chunk_sent([Candidate("a.png")]))
done_of(done_sent(Done(Batch((), Tally()), [])), ())
print(sorted({"pickle", "multiprocessing", "socket", "hashlib"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()
