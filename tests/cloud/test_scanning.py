"""Objects go down the line as local files do, by few and bounded ranges, and whatever goes wrong with a store is said."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from sdscan import fetching, listing, objects
from sdscan.__main__ import run
from sdscan.catalog import Catalog
from sdscan.engines import processes
from tests.cloud.files import FILES, png, text
from tests.cloud.store import Store

pytestmark = pytest.mark.loopback
ROOT = Path(__file__).resolve().parents[2]


def fill(store: Store, bucket: str = "art") -> Store:
    for name, data in FILES.items():
        store.put(f"{bucket}/{name}", data)
    return store


def scan(
    capfd: pytest.CaptureFixture[str], *arguments: str, catalog: Path | None = None
) -> tuple[int, list[dict[str, Any]], str]:
    """Exit code, records and what was said."""
    kept = ["--no-catalog"] if catalog is None else ["--catalog", str(catalog)]
    code = run(["scan", *arguments, "-o", "jsonl", "--no-default-watchlist", "--isolated", "-q", *kept])
    out = capfd.readouterr()
    return code, [json.loads(line) for line in out.out.splitlines()], out.err


# ---- the same bytes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_same_files_give_the_same_bytes_as_from_a_disk(store: Store, tmp_path: Path, jobs: str) -> None:
    fill(store)
    (tmp_path / "art").mkdir()
    for name, data in FILES.items():
        (tmp_path / "art" / name).write_bytes(data)
    command = [
        sys.executable,
        "-m",
        "sdscan",
        "scan",
        "-o",
        "jsonl",
        "--no-default-watchlist",
        "--no-catalog",
        "--jobs",
        jobs,
    ]
    found = [
        subprocess.run(
            [*command, place], capture_output=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
        ).stdout
        for place in ("s3://art", "file://" + str(tmp_path / "art"))
    ]
    assert len(FILES) == found[0].count(b"\n")
    assert found[1].replace(bytes(tmp_path / "art"), b"s3://art") == found[0]


def test_a_url_of_a_file_is_its_path_and_needs_no_store(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    (tmp_path / "a b.png").write_bytes(FILES["small.png"])
    code, found, _ = scan(capfd, f"file://{tmp_path}/a%20b.png")
    assert (0, [f"{tmp_path}/a b.png"]) == (code, [file["path"] for file in found])


# ---- ranges ----------------------------------------------------------------------------------------------------

HEAD = (0, 65_536)
TAIL = {
    "text-behind.png",
    "short-chunks.png",
    "no-text.png",
    "one-chunk.png",
    "picture.webp",
    "picture.jpg",
    "video.mp4",
}


@pytest.mark.parametrize("name", sorted(FILES))
def test_an_object_costs_one_range_and_one_more_where_its_container_asks(
    store: Store, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    store.put("art/other.bin", b"")
    store.put(f"art/{name}", FILES[name])
    scan(capfd, f"s3://art/{name}")
    assert (0, 1) == store.ranges(f"art/{name}")[0]  # the one that is tried before the run
    ranges = [one for one in store.ranges(f"art/{name}")[1:] if one]
    assert HEAD == ranges[0]
    if name in TAIL:
        size = len(FILES[name])
        assert [(size, True)] == [(end, end - start <= 66 * 1024) for start, end in ranges[1:]]
    elif name == "thing.safetensors":
        assert [(65_536, 8 + int.from_bytes(FILES[name][:8], "little"))] == [ranges[1]]
    elif len(FILES[name]) <= 65_536 or name == "cut.webp":
        assert [] == ranges[1:]
    else:
        assert 6 >= len(ranges[1:])
    taken = sorted(ranges)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(taken)), "nothing is fetched twice"


def test_a_text_behind_the_pixels_is_found_however_long_what_follows_it(
    store: Store, capfd: pytest.CaptureFixture[str]
) -> None:
    store.put("art/a.png", FILES["long-text-behind.png"])
    assert [["a1111"]] == [[g["tool"] for g in file["generations"]] for file in scan(capfd, "s3://art")[1]]


def test_all_ranges_of_an_object_are_of_one_version(store: Store, capfd: pytest.CaptureFixture[str]) -> None:
    store.put("art/a.png", FILES["text-behind.png"])
    scan(capfd, "s3://art")
    assert ["", "", store.etag("art/a.png")] == [one.if_match for one in store.asked if one.path == "art/a.png"]


def test_more_than_the_limit_is_never_fetched(store: Store, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    store.put("art/a.safetensors", FILES["thing.safetensors"])
    (tmp_path / "sdscan.toml").write_text("[limits]\nfetched = 100_000\n")
    code = run(
        [
            "scan",
            "s3://art",
            "-o",
            "jsonl",
            "--no-default-watchlist",
            "--no-catalog",
            "--config",
            str(tmp_path / "sdscan.toml"),
        ]
    )
    found = json.loads(capfd.readouterr().out)
    assert (3, "unreadable") == (code, found["outcome"])
    assert "more than 100,000 bytes of it would have to be fetched" in found["reason"]
    assert 65_536 + 100_000 >= sum(end - start for start, end in filter(None, store.ranges("art/a.safetensors")[1:]))


# ---- which objects ---------------------------------------------------------------------------------------------


def test_a_listing_is_asked_for_page_by_page_and_each_object_is_read_once(
    store: Store, capfd: pytest.CaptureFixture[str]
) -> None:
    for number in range(25):
        store.put(f"art/{number % 3}/{number:02}.png", FILES["small.png"])
    store.page = 10
    code, found, _ = scan(capfd, "s3://art", "s3://art/1/", "s3://art/1/01.png")
    assert (0, 25) == (code, len(found))
    assert sorted(file["path"] for file in found) == [file["path"] for file in found]
    assert 25 == len([one for one in store.asked if one.range == HEAD])


def test_only_pictures_videos_sounds_and_models_are_taken(store: Store, capfd: pytest.CaptureFixture[str]) -> None:
    names = ["a.png", "b.txt", "c", ".d", "e/", "f/.git/x.png", "g/h.PNG", "名前 #1?.png", "100%.png"]
    for name in names:
        store.put(f"art/{name}", FILES["small.png"] if name[-1] != "/" else b"")
    found = scan(capfd, "s3://art", "--exclude", "g")[1]
    assert ["100%.png", "a.png", "c", "名前 #1?.png"] == [file["path"].removeprefix("s3://art/") for file in found]


def test_local_files_and_objects_may_be_scanned_together(
    store: Store, capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "z.png").write_bytes(FILES["small.png"])
    store.put("art/a.png", FILES["small.png"])
    assert ["s3://art/a.png", "z.png"] == [file["path"] for file in scan(capfd, "z.png", "s3://art")[1]]


def test_an_object_that_is_named_and_excluded_is_skipped(store: Store, capfd: pytest.CaptureFixture[str]) -> None:
    store.put("art/a.png", FILES["small.png"])
    assert [("skipped", "excluded by 'a.png'")] == [
        (file["outcome"], file["reason"]) for file in scan(capfd, "s3://art/a.png", "--exclude", "a.png")[1]
    ]


# ---- the catalog -----------------------------------------------------------------------------------------------


def test_an_object_that_has_not_changed_is_not_asked_for_again(
    store: Store, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    store.put("art/a.png", FILES["small.png"])
    store.put("art/b.png", FILES["text-behind.png"])
    store.put("art/z.png", FILES["no-text.png"])
    first = scan(capfd, "s3://art", catalog=tmp_path / "c")
    store.asked.clear()
    store.put("art/b.png", png(before=text("a lake")))
    second = scan(capfd, "s3://art", catalog=tmp_path / "c")
    assert [(0, 1)] == store.ranges("art/a.png")  # the one that is tried
    assert [HEAD] == store.ranges("art/b.png")
    assert [] == store.ranges("art/z.png")
    assert first[1][0] == second[1][0]
    assert "a lake" == second[1][1]["generations"][0]["prompts"][0]["text"]
    assert 0 == run(["rescan", "--catalog", str(tmp_path / "c"), "--no-default-watchlist", "--isolated", "s3://art"])
    assert "3 files judged again" in capfd.readouterr().out
    assert 0 == run(["catalog", "prune", "--catalog", str(tmp_path / "c")])
    capfd.readouterr()
    store.asked.clear()
    scan(capfd, "s3://art", catalog=tmp_path / "c")
    assert ["art/a.png"] == store.gets


def test_what_could_not_be_read_is_tried_again(store: Store, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    store.put("art/a.png", FILES["small.png"])
    store.put("art/b.png", FILES["small.png"])
    store.faults["art/b.png"] = ["403"]
    assert 3 == scan(capfd, "s3://art", catalog=tmp_path / "c")[0]
    store.faults.clear()
    store.asked.clear()
    assert 0 == scan(capfd, "s3://art", catalog=tmp_path / "c")[0]
    assert ["art/a.png", "art/b.png"] == store.gets


# ---- what goes wrong with one object ---------------------------------------------------------------------------

ONE = {
    "forbidden": (["403"], "permission denied (403)"),
    "gone": (["404"], "no longer exists"),
    "busy": (["503"], "the store asks to slow down (503), however long it was waited"),
    "broken": (["500"], "the store has an error of its own (500)"),
    "cut": (["cut"], "the connection to the store broke off"),
    "short": (["short"], "the store sent 450 of 901 bytes"),
    "changed": (["ok", "change"], "it was changed while it was read"),
    "changed and not told": (["ok", "change-silently"], "it was changed while it was read"),
    "cut in the second range": (["ok", "cut"], "the connection to the store broke off"),
    "gone before the second range": (["ok", "404"], "no longer exists"),
}


@pytest.mark.parametrize("case", ONE)
def test_an_object_that_cannot_be_read_to_its_end_is_never_passed(
    store: Store, capfd: pytest.CaptureFixture[str], case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects.time, "sleep", lambda seconds: None)
    faults, reason = ONE[case]
    store.put("art/a.png", FILES["small.png"])
    store.put("art/b.png", FILES["text-behind.png"] if faults[0] == "ok" else FILES["small.png"][:901])
    store.put("art/c.png", FILES["small.png"])
    store.faults["art/b.png"] = faults
    code, found, _ = scan(capfd, "s3://art")
    assert (3, ["scanned", "unreadable", "scanned"]) == (code, [file["outcome"] for file in found])
    assert reason == found[1]["reason"]


@pytest.mark.parametrize("fault", ["503", "500", "429", "cut", "short"])
def test_what_passes_is_waited_for(
    store: Store, capfd: pytest.CaptureFixture[str], fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects.time, "sleep", lambda seconds: None)
    store.put("art/a.png", FILES["small.png"])
    store.put("art/b.png", FILES["small.png"])
    store.faults["art/b.png"] = [fault, "ok"]
    assert (0, 2) == (lambda code, found, _: (code, len(found)))(*scan(capfd, "s3://art"))


def test_a_store_that_has_died_is_not_asked_for_every_object(
    store: Store, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "GIVE_UP", 3)
    monkeypatch.setenv("SDSCAN_RETRIES", "0")
    for number in range(30):
        store.put(f"art/{number:02}.png", FILES["small.png"])
        if number:
            store.faults[f"art/{number:02}.png"] = ["503"]
    code, found, _ = scan(capfd, "s3://art", "--concurrency", "1")
    assert (3, 30, 29) == (code, len(found), [file["outcome"] for file in found].count("unreadable"))
    assert "was not asked for: the store failed 3 times in a row" == found[-1]["reason"]
    assert 2 + 3 == len(store.gets)


# ---- what goes wrong with the store ----------------------------------------------------------------------------


def test_a_listing_that_breaks_off_leaves_the_scan_incomplete(
    store: Store, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        store.put(f"art/{number:02}.png", FILES["small.png"])
    store.page = 10
    monkeypatch.setattr(listing, "PAGE", 10)
    store.faults["list"] = ["ok", "403"]
    code, found, _ = scan(capfd, "s3://art")
    assert (3, 11) == (code, len(found))
    last = found[-1]
    assert ("s3://art", "unreadable") == (last["path"], last["outcome"])
    assert "the listing broke off after 10 objects: permission denied (403)" == last["reason"]


def test_a_bucket_that_vanishes_under_the_scan_leaves_it_incomplete(
    store: Store, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        store.put(f"art/{number:02}.png", FILES["small.png"])
    store.page = 10
    monkeypatch.setattr(listing, "PAGE", 10)
    store.faults["list"] = ["vanish-later"]
    code, found, _ = scan(capfd, "s3://art")
    assert 3 == code
    assert "the listing broke off after 10 objects: no longer exists" == found[-1]["reason"]


START = {
    "no bucket": ("s3://nothing", [], 2, "bucket does not exist: s3://nothing"),
    "no object": ("s3://art/x/y.png", [], 2, "there is no object at or below 's3://art/x/y.png'"),
    "may not list": ("s3://art", ["403"], 3, "s3://art: cannot be listed: permission denied (403)"),
    "busy": ("s3://art", ["503"], 3, "s3://art: cannot be listed: the store asks to slow down (503)"),
    "wrong keys": ("s3://art", ["401"], 3, "s3://art: cannot be listed: the keys are not valid (401)"),
    "no bucket in it": ("s3:///x", [], 2, "the bucket is missing; expected s3://BUCKET/PREFIX"),
}


@pytest.mark.parametrize("case", START)
def test_what_can_be_refused_is_refused_in_one_line_before_the_run(
    store: Store, capfd: pytest.CaptureFixture[str], case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SDSCAN_RETRIES", "1")
    place, faults, expected, said = START[case]
    store.put("art/a.png", FILES["small.png"])
    if faults:
        store.faults["list"] = faults
    code, found, error = scan(capfd, place)
    assert (expected, []) == (code, found)
    assert said in error
    assert 1 == error.count("\n")


def test_objects_that_may_be_listed_but_not_read_are_said_once(store: Store, capfd: pytest.CaptureFixture[str]) -> None:
    for number in range(5):
        store.put(f"art/{number}.png", FILES["small.png"])
        store.faults[f"art/{number}.png"] = ["403"]
    code, found, error = scan(capfd, "s3://art")
    assert (3, []) == (code, found)
    assert "sdscan: error: s3://art/0.png: cannot be read: permission denied (403)\n" == error
    assert 1 == len(store.gets)


def test_a_store_that_cannot_be_reached_is_said(store: Store, capfd: pytest.CaptureFixture[str]) -> None:
    code, _, error = scan(capfd, "s3://art", "--endpoint", "http://127.0.0.1:9")
    assert (3, "sdscan: error: s3://art: cannot be listed: the store cannot be reached\n") == (code, error)


def test_an_empty_bucket_holds_nothing_to_scan(store: Store, capfd: pytest.CaptureFixture[str]) -> None:
    store.buckets.add("art")
    assert 4 == scan(capfd, "s3://art")[0]


def test_a_key_with_an_empty_part_is_said_to_be_one(
    store: Store, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put("art/a.png", FILES["small.png"])
    store.put("art/b//c.png", FILES["small.png"])
    store.page = 1
    monkeypatch.setattr(listing, "PAGE", 1)
    code, found, _ = scan(capfd, "s3://art")
    assert 3 == code
    assert "two slashes, one after another" in found[-1]["reason"]


# ---- other commands --------------------------------------------------------------------------------------------


def test_inspect_reads_objects(store: Store, capfd: pytest.CaptureFixture[str]) -> None:
    store.put("art/a.png", FILES["small.png"])
    assert 0 == run(["inspect", "s3://art/a.png"])
    out = capfd.readouterr().out
    assert "s3://art/a.png" in out and f"{len(FILES['small.png']):,} bytes" in out and "a hill" in out
    assert 0 == run(["inspect", "s3://art", "-o", "jsonl"])
    assert "s3://art/a.png" == json.loads(capfd.readouterr().out)["path"]


def test_commands_that_need_files_say_so(store: Store, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert 2 == run(["sort", "s3://art", "--to", str(tmp_path / "x")])
    assert "objects in stores are for `scan` and `inspect` only" in capfd.readouterr().err


def test_an_address_is_a_whole_uri_in_sarif(store: Store, capfd: pytest.CaptureFixture[str]) -> None:
    store.put("art/a b#1.png", FILES["no-text.png"])
    run(["scan", "s3://art", "-o", "sarif", "--no-default-watchlist", "--no-catalog", "--isolated", "-q"])
    results = json.loads(capfd.readouterr().out)["runs"][0]["results"]
    assert {"s3://art/a%20b%231.png"} == {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results
    }


def test_workers_are_started_afresh_where_the_client_library_is_loaded() -> None:
    """Its threads do not survive a fork."""
    import obstore  # noqa: F401 - its presence is the point

    assert not processes.is_fork_safe()


# ---- sidecars --------------------------------------------------------------------------------------------------

BESIDE = {
    "a.png": FILES["no-text.png"],
    "a.txt": b"a hill\nNegative prompt: blurry\nSteps: 20, Seed: 7",
    "a-1.png": FILES["no-text.png"],
    "a.b.png": FILES["small.png"],
    "a.b.txt": b"never asked for, since the picture has a text of its own",
    "m.safetensors": FILES["thing.safetensors"],
    "m.civitai.info": json.dumps({"trainedWords": ["a certain hill"], "model": {"name": "Hills"}}).encode(),
    "m.preview.png": FILES["small.png"],
    "x.png.json": b"{}",
}


def test_sidecars_are_found_in_the_listing_and_read_only_where_they_are_needed(
    store: Store, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "art").mkdir()
    for name, data in BESIDE.items():
        store.put(f"art/{name}", data)
        (tmp_path / "art" / name).write_bytes(data)
    ours, theirs = scan(capfd, "s3://art")[1], scan(capfd, str(tmp_path / "art"))[1]
    assert [file | {"path": ""} for file in theirs] == [file | {"path": ""} for file in ours]
    assert ["no-metadata", "scanned", "scanned"] == [file["outcome"] for file in ours[:3]]
    assert "a certain hill" in [trigger["text"] for trigger in ours[4]["model"]["triggers"]]
    assert 1 == len(store.ranges("art/a.txt"))
    assert [] == store.ranges("art/a.b.txt") == store.ranges("art/x.png.json")


def test_a_sidecar_that_changes_makes_its_picture_new(
    store: Store, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    store.put("art/a.png", FILES["no-text.png"])
    assert ["no-metadata"] == [file["outcome"] for file in scan(capfd, "s3://art", catalog=tmp_path / "c")[1]]
    store.put("art/a.txt", BESIDE["a.txt"])
    assert ["scanned"] == [file["outcome"] for file in scan(capfd, "s3://art", catalog=tmp_path / "c")[1]]


def test_a_sidecar_that_cannot_be_read_is_said(store: Store, capfd: pytest.CaptureFixture[str]) -> None:
    store.put("art/a.png", FILES["no-text.png"])
    store.put("art/a.txt", BESIDE["a.txt"])
    store.faults["art/a.txt"] = ["403"]
    code, found, _ = scan(capfd, "s3://art")
    assert (3, "holds damaged metadata: sidecar:a.txt: permission denied (403)") == (code, found[0]["reason"])


def test_very_many_names_with_one_beginning_are_looked_at_in_parts(
    store: Store, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "TOGETHER", 3)
    for number in range(10):
        store.put(f"art/a.{number}.png", FILES["small.png"])
    assert 10 == len(scan(capfd, "s3://art")[1])


# ---- interrupted -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["slow", "hang"])
def test_ctrl_c_is_heard_while_a_store_keeps_us_waiting(store: Store, tmp_path: Path, fault: str) -> None:
    """And what was read until then is in the catalog."""
    for number in range(600):
        store.put(f"art/{number:04}.png", FILES["small.png"])
        if number > 530:
            store.faults[f"art/{number:04}.png"] = [fault]
    command = [
        sys.executable,
        "-m",
        "sdscan",
        *"scan s3://art --concurrency 2 --jobs 1 -q --no-default-watchlist -o jsonl:r --catalog c".split(),
    ]
    driver = subprocess.Popen(
        command, cwd=tmp_path, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    until = time.monotonic() + 60
    while len(store.gets) < 533 and time.monotonic() < until:
        time.sleep(0.05)
    driver.send_signal(signal.SIGINT)
    asked = time.monotonic()
    _, said = driver.communicate(timeout=60)
    assert (130, True) == (driver.returncode, b"interrupted" in said)
    assert time.monotonic() - asked < 20, "a busy machine is allowed more than the second that a quiet one takes"
    with Catalog(tmp_path / "c") as catalog:
        assert catalog.counts()[0] >= 512


def test_pictures_of_a_session_are_told_from_each_other_as_from_a_disk(
    store: Store, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Twins: what differs in seed and pixels only. Two have a text behind the pixels, which makes them none."""
    (tmp_path / "art").mkdir()
    for number in range(8):
        behind = text("a lake") if number in (3, 6) else b""
        told = text(f"a hill\nNegative prompt: blurry\nSteps: 20, Seed: {10_000 + number}")
        data = png(before=told, pixels=300_000 + number * 1537, part=8_192, after=behind)
        store.put(f"art/{number}.png", data)
        (tmp_path / "art" / f"{number}.png").write_bytes(data)
    ours, theirs = scan(capfd, "s3://art")[1], scan(capfd, str(tmp_path / "art"))[1]
    assert [file | {"path": ""} for file in theirs] == [file | {"path": ""} for file in ours]
    assert [1, 1, 1, 2, 1, 1, 2, 1] == [len(file["generations"]) for file in ours]
    assert {2, 3} == {len(store.ranges(f"art/{number}.png")) for number in range(8)}
