"""Runs in shards, over engines of one process: what is cut how, what resumes, and what is never committed."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec
import pytest

from sdscan.discover import discover
from sdscan.engines import Plan, cluster, judged, parts, places, shards, shards_local
from sdscan.engines.shard_work import RUN, Answer, Ground, Task
from sdscan.errors import ConfigError, ReadError, StoreError
from sdscan.exits import Tally
from sdscan.knowledge import Knowledge
from sdscan.records import Candidate, Listed
from sdscan.run import Batch
from sdscan.session import Settings, load
from tests.engines.pictures import write_pictures

pytest.importorskip("pyarrow", reason="the extra sdscan[parquet] is not installed")
COUNT = 350
SMALL = 20
"""Candidates a shard in these tests."""


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pictures(tmp_path_factory.mktemp("gallery"), COUNT)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load(Settings(default_watchlist=False))


@pytest.fixture(scope="module")
def whole(gallery: Path, knowledge: Knowledge) -> bytes:
    return b"".join(batch.lines for batch in judged(discover([str(gallery)]), knowledge, Settings(jobs=1)))


class Flaky(shards_local.Loop):
    """A loop in which processes seem to die: `dies` is asked for each task."""

    def __init__(self, ground: Ground, dies: Callable[[Task], bool]) -> None:
        super().__init__(ground)
        self.slots = 4
        self.dies = dies
        self.tasks: list[Task] = []
        self.most = 0

    def finished(self) -> tuple[object, Answer | None]:
        self.most = max(self.most, len(self._tasks))
        number, task = self._tasks[random.Random(len(self.tasks)).randrange(len(self._tasks))]
        self._tasks.remove((number, task))
        self.tasks.append(task)
        return (number, None) if self.dies(task) else (number, self._worker(task))


class Ran:
    """What a run came to."""

    def __init__(self, batches: Iterable[Batch], folder: Path) -> None:
        self.tally = Tally()
        self.lines = b""
        for batch in batches:
            self.lines += batch.lines
            self.tally.merge(batch.tally)
        self.folder = folder

    @property
    def parts(self) -> list[str]:
        return sorted(name for name in os.listdir(self.folder) if shards.is_part(name))


@pytest.fixture
def ran(gallery: Path, knowledge: Knowledge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    def run(
        dies: Callable[[Task], bool] = lambda task: False, size: int = SMALL, source: Path = gallery, into: Path = tmp_path / "out", lines: bool = False,
        settings: Settings | None = None, asked: tuple[str, ...] = ("gallery",), candidates: Iterable[Candidate] | None = None,
    ) -> Ran:  # fmt: skip
        monkeypatch.setattr(cluster, "engine_for", lambda plan, ground, jobs: Flaky(ground, dies))
        found = discover([str(source)]) if candidates is None else candidates
        plan = Plan(parts=str(into), size=size, paths=asked, wants_lines=lines)
        return Ran(cluster.sharded(found, knowledge, settings or Settings(), plan), into)

    return run


def records(folder: Path) -> bytes:
    return b"".join(b"%b\n" % msgspec.json.encode(record) for record in cluster.saved(str(folder))[2])


def paths(lines: bytes) -> Counter[str]:
    return Counter(json.loads(line)["path"] for line in lines.splitlines())


# ---- cutting ---------------------------------------------------------------------------------------------------


def objects(count: int) -> Iterator[Candidate]:
    for number in range(count):
        yield Candidate(f"s3://bucket/{number:06}.png", listed=Listed(number, f"etag{number}"))


def test_shards_hold_half_to_twice_what_was_asked_for_and_every_candidate_once() -> None:
    made = list(shards.cut(objects(20_000), 100, "v"))
    assert list(objects(20_000)) == [one for shard in made for one in shard.candidates]
    assert all(50 <= len(shard.candidates) <= 200 for shard in made[:-1])
    assert 80 <= 20_000 / len(made) <= 120
    assert len(made) == len({shard.part for shard in made})


def test_a_new_file_changes_its_own_shard_and_no_other() -> None:
    before = {shard.part for shard in shards.cut(objects(20_000), 100, "v")}
    more = sorted([*objects(20_000), Candidate("s3://bucket/010000a.png", listed=Listed(1, "x"))], key=lambda c: c.path)
    after = {shard.part for shard in shards.cut(more, 100, "v")}
    assert len(before - after) <= 2


@pytest.mark.parametrize(
    "changed",
    [Candidate("s3://b/a.png", listed=Listed(1, "y")), Candidate("s3://b/a.png", listed=Listed(2, "x")), Candidate("s3://b/b.png", listed=Listed(1, "x"))],
)  # fmt: skip
def test_the_name_of_a_part_tells_path_size_and_etag(changed: Candidate) -> None:
    def name(candidate: Candidate, version: str = "v") -> str:
        return next(shards.cut([candidate], 10, version)).part

    one = Candidate("s3://b/a.png", listed=Listed(1, "x"))
    assert name(one) == name(one)
    assert name(one) != name(changed)
    assert name(one) != name(one, "w")


def test_a_local_file_that_changed_is_another_part(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"x")
    os.utime(path, ns=(1, 1))
    first = shards.stamp_of(Candidate(str(path)))
    os.utime(path, ns=(1, 2))
    assert first != shards.stamp_of(Candidate(str(path)))
    assert b"?" == shards.stamp_of(Candidate(str(tmp_path / "gone")))


# ---- parts -----------------------------------------------------------------------------------------------------


def test_a_part_gives_back_its_lines_and_says_what_it_holds(whole: bytes) -> None:
    tally = Tally(scanned=3)
    data = parts.part_of(whole, tally, ("general",))
    assert data == parts.part_of(whole, tally, ("general",))
    assert whole == parts.lines_of(data)
    assert parts.Summary(json.loads(whole.splitlines()[0])["path"], tally) == parts.summary_of(data)
    assert b"" == parts.lines_of(parts.part_of(b"", Tally(), ("general",)))


def test_a_part_has_the_rows_of_the_parquet_report_and_each_record_once(whole: bytes, gallery: Path) -> None:
    import io

    from pyarrow import parquet

    from sdscan.records import FileResult
    from sdscan.reports.parquet import rows_of

    data = parts.part_of(whole, Tally(), ("general",))
    rows = parquet.read_table(io.BytesIO(data)).to_pylist()
    results = [msgspec.json.decode(line, type=FileResult) for line in whole.splitlines()]
    expected = [row for result in results for row in rows_of(result, parts._ALL, ("general",))]
    assert expected == [{key: row[key] for key in want} for row, want in zip(rows, expected, strict=True)]
    assert COUNT == sum(row["record"] is not None for row in rows)


@pytest.mark.parametrize("data", [b"", b"PAR1", b"x" * 100])
def test_what_is_no_whole_part_is_seen(data: bytes, whole: bytes) -> None:
    assert parts.summary_of(data) is None
    assert parts.summary_of(parts.part_of(whole, Tally(), ())[:-9]) is None


# ---- running ---------------------------------------------------------------------------------------------------


def test_the_parts_give_the_bytes_of_the_plain_loop(ran: Callable[..., Ran], whole: bytes) -> None:
    found = ran(lines=True)
    assert whole == found.lines == records(found.folder)
    assert COUNT == found.tally.files
    assert 10 < len(found.parts) < 30


def test_the_same_command_again_reads_nothing_and_says_the_same(
    ran: Callable[..., Ran], whole: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    first = ran()
    capfd.readouterr()
    second = ran(dies=lambda task: not task.is_there, lines=True)
    assert (first.tally, first.parts) == (second.tally, second.parts)
    assert whole == second.lines
    assert f"0 parts written to {first.folder}, {len(first.parts)} kept" in capfd.readouterr().err


def test_a_part_that_is_gone_or_damaged_is_made_again_and_no_other(ran: Callable[..., Ran], whole: bytes) -> None:
    first = ran()
    (first.folder / first.parts[3]).unlink()
    (first.folder / first.parts[5]).write_bytes(b"PAR1")
    asked: list[Task] = []
    second = ran(dies=lambda task: asked.append(task) is not None)
    assert first.parts == second.parts
    assert whole == records(second.folder)
    assert 2 == sum(bool(task.candidates) for task in asked)


def test_tasks_whose_process_died_once_are_done_again_and_nothing_is_lost_or_doubled(
    ran: Callable[..., Ran], whole: bytes
) -> None:
    met: set[str] = set()

    def dies(task: Task) -> bool:
        is_first = task.part not in met
        met.add(task.part)
        return is_first

    assert whole == records(ran(dies).folder)


def test_files_that_kill_every_process_are_found_and_reported_and_all_others_judged(
    ran: Callable[..., Ran], whole: bytes, gallery: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    poison = {str(gallery / name) for name in ("a/00003.png", "a/00005.png", "b/00344.png")}
    found = ran(lambda task: any(one.path in poison for one in task.candidates), size=100)
    lines = records(found.folder).splitlines()
    assert [line for line in whole.splitlines() if json.loads(line)["path"] not in poison] == [
        line for line in lines if json.loads(line)["path"] not in poison
    ]
    bad = [json.loads(line) for line in lines if json.loads(line)["path"] in poison]
    assert 3 == len(bad)
    assert {"unreadable"} == {one["outcome"] for one in bad}
    assert "the process that read it died" in bad[0]["reason"]
    assert "3 files killed every one that read them" in capfd.readouterr().err
    assert found.parts == ran(lambda task: bool(task.candidates), size=100).parts


def test_a_file_that_stands_in_line_behind_a_death_is_no_suspect_for_long(
    ran: Callable[..., Ran], whole: bytes, gallery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def finished(self: Flaky) -> tuple[object, Answer | None]:
        deadly = any(one.path.endswith("00003.png") for _, task in self._tasks for one in task.candidates)
        number, task = self._tasks.popleft()
        return number, None if deadly else self._worker(task)

    monkeypatch.setattr(Flaky, "finished", finished)  # whatever waits while the bad file waits dies with it
    lines = records(ran(size=40).folder).splitlines()
    assert [str(gallery / "a/00003.png")] == [
        json.loads(a)["path"] for a, b in zip(lines, whole.splitlines(), strict=True) if a != b
    ]


def test_a_thousand_files_need_few_deaths_to_find_the_bad_one(
    knowledge: Knowledge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deaths = 0
    source = write_pictures(tmp_path / "many", 1_000)

    def dies(task: Task) -> bool:
        nonlocal deaths
        dead = any(one.path.endswith("00500.png") for one in task.candidates)
        deaths += dead
        return dead

    monkeypatch.setattr(cluster, "engine_for", lambda plan, ground, jobs: Flaky(ground, dies))
    found = Ran(
        cluster.sharded(discover([str(source)]), knowledge, Settings(), Plan(parts=str(tmp_path / "out"))),
        tmp_path / "out",
    )
    assert 1_000 == found.tally.files
    assert 5 >= deaths


def test_processes_that_die_whatever_they_do_end_the_run_and_report_nobody_as_bad(
    ran: Callable[..., Ran], tmp_path: Path
) -> None:
    with pytest.raises(StoreError, match="die one after another"):
        ran(lambda task: True)
    assert [] == [name for name in os.listdir(tmp_path / "out") if shards.is_part(name)]


def test_memory_is_bounded_by_the_slots(
    ran: Callable[..., Ran], knowledge: Knowledge, gallery: Path, tmp_path: Path
) -> None:
    asked = 0

    def counted() -> Iterator[Candidate]:
        nonlocal asked
        for candidate in discover([str(gallery)]):
            asked += 1
            yield candidate

    plan = Plan(parts=str(tmp_path / "out"), size=2)
    ground = cluster.ground_of("x", knowledge, Settings(), "", b"", True)
    engine = Flaky(ground, lambda task: False)
    runner = shards.Runner(engine, knowledge, None, set(), wants_lines=True)
    next(runner.batches(shards.cut(counted(), plan.size, "v")))
    assert asked <= 4 * (shards.LINES_AHEAD + 1)
    assert engine.most <= 3 * engine.slots


# ---- what is never committed -----------------------------------------------------------------------------------


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Names of files that cannot be read, for a reason that does not lie in them."""
    from sdscan.errors import Unreached
    from sdscan.facts.source import FileSource
    from sdscan.opening import Opener

    names: set[str] = set()

    def opened(self: Opener, candidate: Candidate) -> FileSource:
        if os.path.basename(candidate.path) in names:
            raise Unreached("the store asks to slow down (503), however long it was waited")
        return FileSource(candidate.path)

    monkeypatch.setattr(Opener, "open", opened)
    return names


def test_failed_reads_are_never_committed_as_done(
    ran: Callable[..., Ran], failing: set[str], whole: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    failing.update(("00003.png", "00300.png"))
    first = ran(lines=True)
    told = capfd.readouterr().err
    assert "2 of " in told
    assert "(503), however long it was waited. The same command again does only what is missing." in told
    assert COUNT == sum(paths(first.lines).values())  # what was read is shown, what was not is there as unreadable
    assert 9 == first.tally.unreadable
    assert {"00003.png", "00300.png"}.isdisjoint(map(os.path.basename, paths(records(first.folder))))
    failing.clear()
    asked: list[Task] = []
    second = ran(dies=lambda task: asked.append(task) is not None)
    assert whole == records(second.folder)
    assert 2 == sum(bool(task.candidates) for task in asked)
    assert 7 == second.tally.unreadable


def test_shards_that_fail_one_after_another_end_the_run(
    ran: Callable[..., Ran], failing: set[str], gallery: Path
) -> None:
    failing.update(path.name for path in gallery.rglob("*.png"))
    with pytest.raises(StoreError, match="stopped, since shards failed one after another"):
        ran(size=2)


def test_a_listing_that_broke_off_is_not_committed_and_removes_nothing(ran: Callable[..., Ran], gallery: Path) -> None:
    everything = list(discover([str(gallery)]))
    first = ran(candidates=everything)
    cut = [*everything[:100], Candidate("s3://bucket/x", refused="the listing broke off after 100 objects")]
    second = ran(candidates=cut)
    assert 101 == second.tally.files
    assert first.parts == second.parts


def test_a_full_disk_is_a_clear_line_and_the_rest_is_done_later(
    ran: Callable[..., Ran], whole: bytes, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    written = places.Folder.write
    room = 5

    def write(self: places.Folder, name: str, data: bytes) -> None:
        nonlocal room
        room -= 1
        if 0 >= room > -3:
            raise ReadError("no space left on device")
        written(self, name, data)

    monkeypatch.setattr(places.Folder, "write", write)
    first = ran()
    assert "no space left on device" in capfd.readouterr().err
    assert COUNT == first.tally.files
    assert first.tally.unreadable > 20
    assert whole == records(ran().folder)


# ---- which run -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"asked": ("elsewhere",)}, "the paths"),
        ({"size": 30}, "--shard-size"),
        ({"settings": Settings(thorough=True)}, "the limits or --thorough"),
    ],
)
def test_the_parts_of_another_scan_are_never_mixed_with(
    ran: Callable[..., Ran], other: dict[str, object], why: str
) -> None:
    first = ran()
    with pytest.raises(ConfigError, match=f"holds the parts of another scan; {why}.* differ; give another folder"):
        ran(**other)
    assert first.parts == Ran([], first.folder).parts


def test_parts_without_the_file_of_their_run_are_left_alone(ran: Callable[..., Ran]) -> None:
    first = ran()
    (first.folder / RUN).write_bytes(b"{")
    with pytest.raises(ConfigError, match=r"_run\.json cannot be read"):
        ran()
    (first.folder / RUN).unlink()
    with pytest.raises(ConfigError, match="says of which scan"):
        ran()


def test_a_run_that_is_taken_up_judges_by_the_date_on_which_it_was_begun(
    ran: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, knowledge: Knowledge
) -> None:
    import datetime

    first = ran()
    later = msgspec.structs.replace(knowledge, today=datetime.date(2030, 1, 1))
    plan = Plan(parts=str(first.folder), size=SMALL, paths=("gallery",))
    run = cluster._taken_up(
        cluster.run_of(later, Settings(catalog=None), plan), (first.folder / RUN).read_bytes(), (), plan
    )
    assert knowledge.today.isoformat() == run.today


def test_parts_of_files_that_changed_or_went_are_replaced_when_all_is_done(
    ran: Callable[..., Ran], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    source = write_pictures(tmp_path / "changing", 100)
    ran(source=source)
    (source / "a" / "00051.png").unlink()
    (source / "b" / "00010.png").write_bytes((source / "b" / "00012.png").read_bytes())
    (tmp_path / "out" / (places.TEMPORARY + "left")).write_bytes(b"half a part")
    (tmp_path / "out" / "mine.txt").write_bytes(b"not sdscan's")
    found = ran(source=source)
    assert {str(path): 1 for path in source.rglob("*.png")} == paths(records(found.folder))
    assert "of files that have changed or gone removed" in capfd.readouterr().err
    assert {RUN, "mine.txt", *found.parts} == set(os.listdir(found.folder))


def test_a_worker_that_sees_another_folder_or_version_says_so(knowledge: Knowledge, tmp_path: Path) -> None:
    from sdscan.engines.shard_work import Worker

    ground = cluster.ground_of("x", knowledge, Settings(), str(tmp_path), b"run", False)
    assert "sees another folder" in Worker(ground)(Task([])).stop
    assert "was started by 0.0.0" in Worker(msgspec.structs.replace(ground, version="0.0.0"))(Task([])).stop
    assert (
        "does not see the folder" in Worker(msgspec.structs.replace(ground, folder=str(tmp_path / "no")))(Task([])).stop
    )


# ---- the command -----------------------------------------------------------------------------------------------


def sdscan(*arguments: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sdscan", *arguments],
        cwd=cwd,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_command_writes_parts_beside_any_other_format_and_report_reads_them(tmp_path: Path) -> None:
    write_pictures(tmp_path / "gallery", 60)
    options = ("scan", "gallery", "--isolated", "--no-catalog", "--no-default-watchlist")
    plain = sdscan(*options, "-o", "jsonl", cwd=tmp_path)
    for jobs in ("1", "2"):
        done = sdscan(*options, "--jobs", jobs, "--shard-size", "7", "-o", "parquet:out/", "-o", "jsonl", cwd=tmp_path)
        assert (plain.returncode, plain.stdout) == (done.returncode, done.stdout), done.stderr
    assert plain.stdout == sdscan("report", "out", "-o", "jsonl", cwd=tmp_path).stdout
    text = sdscan("report", "out", cwd=tmp_path)
    assert (0, True) == (text.returncode, "60 files" in text.stdout), text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--engine", "ray"), "--engine ray does not guess where it runs; add `--address local`"),
        (("--engine", "dask"), "--engine dask does not guess where it runs; add `--address local`"),
        (("--address", "auto"), "--address goes with --engine ray or --engine dask"),
        (("--engine", "ray", "--address", "192.0.2.77:6379"), "start it with RAY_AUTH_MODE=token"),
        (("--engine", "ray", "--address", "ray://127.0.0.1:1"), "expected local, auto or HOST:PORT"),
        (("--engine", "ray", "--address", "127.0.0.1:1"), "no Ray answers at 127.0.0.1:1"),
        (("--engine", "ray", "--address", "auto", "--catalog", "x"), "--catalog goes with --engine local"),
        (("-o", "parquet:out/", "-o", "parquet:more/"), "one folder for the parts of a run is enough"),
        (("-o", "parquet:out/", "--redact"), "`sdscan report FOLDER --redact` hides prompts"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_with_what_to_type(
    tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    write_pictures(tmp_path / "gallery", 2)
    done = sdscan("scan", "gallery", "--isolated", "--no-default-watchlist", *arguments, cwd=tmp_path, RAY_AUTH_MODE="")
    assert 2 == done.returncode
    assert sentence in done.stderr


@pytest.mark.parametrize(("engine", "package"), [("ray", "ray"), ("dask", "distributed")])
def test_an_engine_that_is_not_installed_names_the_extra(tmp_path: Path, engine: str, package: str) -> None:
    write_pictures(tmp_path / "gallery", 2)
    faults = str(Path(__file__).parent.parent / "faults" / "injected")
    arguments = ("scan", "gallery", "--isolated", "--no-default-watchlist", "--engine", engine, "--address", "local")
    done = sdscan(
        *arguments, cwd=tmp_path, PYTHONPATH=faults, SDSCAN_FAULT=f"no-module:{package}", SDSCAN_FAULT_DIR=faults
    )
    assert (2, True) == (done.returncode, f"pip install 'sdscan[{engine}]'" in done.stderr), done.stderr


def test_a_folder_that_holds_no_run_is_no_result(tmp_path: Path) -> None:
    done = sdscan("report", ".", cwd=tmp_path)
    assert (2, True) == (done.returncode, "holds no run: expected _run.json and parts" in done.stderr), done.stderr


@pytest.mark.loopback
def test_auto_joins_only_a_ray_that_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    from sdscan.engines import ray

    monkeypatch.setenv("RAY_TMPDIR", str(tmp_path))
    monkeypatch.setenv("RAY_ADDRESS", "192.0.2.77:6379")  # what Ray itself would obey
    assert ray.running() is None
    (tmp_path / "ray").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        (tmp_path / "ray" / "ray_current_cluster").write_text(f"{address}\n")
        assert address == ray.running()
    assert ray.running() is None


def test_only_addresses_of_this_machine_are_here() -> None:
    assert cluster.is_here("127.0.0.1") and cluster.is_here("localhost")
    assert not cluster.is_here("192.0.2.77")
    assert not cluster.is_here("no such name.invalid")


def test_a_process_fetches_the_ground_of_a_run_once(knowledge: Knowledge) -> None:
    from sdscan.engines.shard_work import worker_for

    ground = cluster.ground_of("a", knowledge, Settings(), "", b"", True)
    fetched: list[str] = []

    def fetch() -> Ground:
        fetched.append("once")
        return ground

    assert worker_for("a", fetch) is worker_for("a", fetch)
    assert ["once"] == fetched
    assert worker_for("a", fetch).knowledge.watchlist.index.data.obj is not None  # a view of the buffer, no copy
