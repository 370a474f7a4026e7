"""`sdscan rescan`: the catalog judged again, without a picture; what changed, and because of what."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from sdscan.__main__ import run
from sdscan.catalog import Catalog, key_of, row_of
from sdscan.facts.source import FileSource
from sdscan.judged import Asked, Basis, Judgement, Known, basis_row, judgement_of, read_basis, read_judgement
from sdscan.pipeline import facts_of
from sdscan.records import Candidate, FileResult, Pack
from sdscan.rescanning import Cause, Change, causes_between, compare, with_causes

GALLERY = Path(__file__).resolve().parent.parent / "fixtures" / "gallery"
MODELS = Path(__file__).resolve().parent.parent / "fixtures" / "models"


# ---- two judgements of one file --------------------------------------------------------------------------------------


def known(rule: str, severity: str, subject: str = "", id: str = "", counts: bool = True) -> Known:  # noqa: A002
    return Known(id or f"{rule}{subject}", rule, subject, severity, counts, f"{rule} about {subject}")  # type: ignore[arg-type]


def judgement(*findings: Known, **verdicts: str) -> Judgement:
    severity = max((f.severity for f in findings), default=None)
    return Judgement(b"a.png", "scanned", severity, verdicts, findings)  # type: ignore[arg-type]


def changes(old: Judgement, new: Judgement) -> list[tuple[str, str, str | None, str | None]]:
    change = compare("a.png", old, new)
    return [] if change is None else [(f.change, f.rule, f.was, f.now) for f in change.findings]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([], [], []),
        ([known("SD101", "high", "x")], [known("SD101", "high", "x")], []),
        ([], [known("SD101", "high", "x")], [("new", "SD101", None, "high")]),
        ([known("SD101", "high", "x")], [], [("gone", "SD101", "high", None)]),
        ([known("SD101", "low", "x")], [known("SD101", "high", "x")], [("worse", "SD101", "low", "high")]),
        ([known("SD101", "high", "x")], [known("SD101", "low", "x")], [("better", "SD101", "high", "low")]),
        ([known("SD101", "high", "x", "1")], [known("SD101", "high", "x", "2")], []),
        ([known("SD101", "low", "x", "1")], [known("SD101", "high", "x", "2")], [("worse", "SD101", "low", "high")]),
        ([known("SD101", "high", "x")], [known("SD101", "high", "x", counts=False)], [("better", "SD101", "high", None)]),
        ([known("SD101", "high", "x", counts=False)], [known("SD101", "high", "x")], [("worse", "SD101", None, "high")]),
        ([known("SD606", "low", "", "1"), known("SD606", "low", "", "2")], [known("SD606", "low", "", "2")], [("gone", "SD606", "low", None)]),
    ],
)  # fmt: skip
def test_findings_are_told_apart_by_what_they_are_about(
    old: list[Known], new: list[Known], expected: list[tuple[str, str, str | None, str | None]]
) -> None:
    assert expected == changes(judgement(*old), judgement(*new))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (judgement(pixiv="ok"), judgement(pixiv="block"), "worse"),
        (judgement(pixiv="block"), judgement(pixiv="ok"), "better"),
        (judgement(pixiv="ok", booth="block"), judgement(pixiv="review", booth="ok"), "worse"),
        (judgement(), judgement(known("SD602", "info")), "other"),
        (judgement(known("SD602", "info")), judgement(), "other"),
        (judgement(known("SD101", "low", "x")), judgement(known("SD201", "low", "y")), "worse"),
    ],
)
def test_whatever_is_worse_makes_the_file_worse(old: Judgement, new: Judgement, expected: str) -> None:
    change = compare("a.png", old, new)
    assert change is not None
    assert expected == change.direction


def test_a_platform_that_was_not_asked_for_before_is_no_change() -> None:
    assert None is compare("a.png", judgement(pixiv="ok"), judgement(pixiv="ok", booth="block"))


# ---- because of what ---------------------------------------------------------------------------------------------------


def basis(**fields: object) -> Basis:
    base = Basis(
        Asked(),
        "1.0",
        (Pack("core", "1", "aa"),),
        (Pack("policy-pixiv", "1", "bb"),),
        ("pixiv",),
        "lib",
        "state",
        70,
        "2026-11-22",
    )
    return Basis(**{**{name: getattr(base, name) for name in base.__struct_fields__}, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (basis(), []),
        (basis(watchlists=(Pack("core", "2", "cc"),)), ["watchlist core 1 → 2"]),
        (basis(watchlists=(Pack("core", "1", "ccccccccdd"),)), ["watchlist core 1 (aa) → 1 (cccccccc)"]),
        (basis(watchlists=()), ["watchlist core 1 → (not there)"]),
        (
            basis(policies=(Pack("policy-pixiv", "1", "bb"), Pack("policy-shops", "3", "ee"))),
            ["policy shops (not there) → 3"],
        ),
        (basis(version="1.1"), ["sdscan 1.0 → 1.1"]),
        (basis(library="other"), ["other model files"]),
        (basis(statements="other"), ["settings (allow, declare, baseline, protection-years)"]),
        (basis(protection_years=50), ["settings (allow, declare, baseline, protection-years)"]),
        (basis(platforms=("booth",)), ["other platforms asked for"]),
        (basis(today="2027-01-01"), ["date 2026-11-22 → 2027-01-01"]),
        (basis(asked=Asked(models=(b"/x",))), []),
    ],
)
def test_each_difference_is_named(new: Basis, expected: list[str]) -> None:
    assert expected == [cause.text for cause in causes_between(basis(), new)]


CAUSES = (
    Cause("watchlist", "core", "1", "2"), Cause("watchlist", "extra", "1", "2"), Cause("policy", "policy-pixiv", "1", "2"),
    Cause("policy", "policy-works", "1", "2"), Cause("date", "date", "a", "b"),
)  # fmt: skip


def because(old: Judgement, new: Judgement, causes: tuple[Cause, ...] = CAUSES) -> tuple[str, ...]:
    change = compare("a.png", old, new)
    assert change is not None
    packs = {"pixiv": frozenset({"policy-pixiv"}), "miku": frozenset({"policy-works"})}
    return with_causes(change, causes, {"miku": "core"}.get, lambda name: packs.get(name, frozenset())).because


def test_a_new_name_is_the_doing_of_the_pack_that_holds_it() -> None:
    assert ("watchlist core 1 → 2",) == because(judgement(), judgement(known("SD101", "high", "miku")))


def test_a_name_that_no_pack_holds_any_more_is_the_doing_of_any_that_changed() -> None:
    assert ("watchlist core 1 → 2", "watchlist extra 1 → 2") == because(
        judgement(known("SD201", "high", "kim")), judgement()
    )


def test_a_level_is_the_doing_of_the_pack_that_speaks_of_the_work() -> None:
    old, new = judgement(known("SD101", "low", "miku")), judgement(known("SD101", "high", "miku"))
    assert ("policy works 1 → 2",) == because(old, new)


def test_a_verdict_is_the_doing_of_the_platforms_pack() -> None:
    assert ("policy pixiv 1 → 2",) == because(judgement(pixiv="ok"), judgement(pixiv="review"))


def test_a_date_is_named_for_what_runs_out_and_where_nothing_else_differs() -> None:
    assert "date a → b" in because(judgement(), judgement(known("SD901", "low")))
    assert ("date a → b",) == because(judgement(pixiv="ok"), judgement(pixiv="review"), CAUSES[-1:])


def test_what_is_kept_can_be_read_again() -> None:
    result = FileResult(path="a.png", outcome="scanned", format="png", verdicts={"pixiv": "ok"})
    data = judgement_of(result, os.fsdecode(b"caf\xe9.png"))
    assert Judgement(b"caf\xe9.png", "scanned", None, {"pixiv": "ok"}, ()) == read_judgement(data)
    assert (None, None) == (read_judgement(b"\xc1"), read_basis(b"\xc1"))
    assert basis() == read_basis(basis_row(basis())[1])


# ---- the command ---------------------------------------------------------------------------------------------------------


LIST = """
[pack]
id = "mine"
title = "Mine"
version = "{version}"
date = 2026-11-22
description = "A list of my own."
[[artist]]
id = "greg_rutkowski"
name = "Greg Rutkowski"
[[work]]
id = "lantern_world"
name = "Lantern World"
rightsholder = "Somebody"
medium = "game"
characters = [{{ id = "lamplighter", name = "Lamplighter"{aliases} }}]
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(GALLERY, tmp_path / "gallery")
    (tmp_path / "gallery/15-damaged.png").unlink()
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    write_list(1)
    assert 1 == run(["scan", "gallery", *WITH])
    return tmp_path


WITH = [
    "--catalog", "c.sqlite", "--models", str(MODELS), "--platform", "pixiv", "--platform", "booth", "--watchlist", "mine.toml",
    "--no-default-watchlist", "-q",
]  # fmt: skip


def write_list(version: int, *aliases: str) -> None:
    named = f", aliases = {json.dumps(aliases)}" if aliases else ""
    Path("mine.toml").write_text(LIST.format(version=version, aliases=named))


def said(capsysbinary: pytest.CaptureFixture[bytes], *arguments: str) -> tuple[int, str]:
    capsysbinary.readouterr()
    code = run(["rescan", "--catalog", "c.sqlite", *arguments])
    captured = capsysbinary.readouterr()
    return code, (captured.out + captured.err).decode()


def changed(capsysbinary: pytest.CaptureFixture[bytes], *arguments: str) -> dict[str, Change]:
    text = said(capsysbinary, "-o", "jsonl", *arguments)[1]
    rows = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    return {row["path"]: row for row in rows}


def test_with_unchanged_packs_nothing_changed_and_two_runs_are_the_same(
    here: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    for form in ("text", "json", "jsonl"):
        one, two = said(capsysbinary, "-o", form), said(capsysbinary, "-o", form)
        assert one == two
        assert 1 == one[0]
        assert str(here) not in one[1]
    assert "14 files judged again, no picture opened: nothing changed." in said(capsysbinary)[1]


def test_a_new_name_is_told_with_the_pack_that_brought_it_once(
    here: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    write_list(2, "paper lantern", "holding a paper lantern")
    found = changed(capsysbinary, "--no-remember")
    row = found["gallery/01-original-character.png"]
    assert ("worse", ["watchlist mine 1 → 2"]) == (row["direction"], row["because"])
    assert [("new", "SD101", "lamplighter", None)] == [
        (f["change"], f["rule"], f["subject"], f["was"]) for f in row["findings"] if f["rule"] == "SD101"
    ]
    assert found == changed(capsysbinary)
    assert {} == changed(capsysbinary)
    write_list(3)
    assert ("better", ["watchlist mine 2 → 3"]) == (
        (row := changed(capsysbinary)["gallery/01-original-character.png"])["direction"],
        row["because"],
    )


def test_the_text_says_what_is_worse_why_and_what_to_do(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write_list(2, "paper lantern", "holding a paper lantern")
    code, text = said(capsysbinary)
    plain = " ".join(text.split())
    assert 1 == code
    assert "Worse than at the last judgement: 1 file gallery/01-original-character.png" in plain
    assert "because watchlist mine 1 → 2" in plain
    assert "Not as at the last judgement: watchlist mine 1 → 2. 14 files judged again" in plain
    assert "Next: `sdscan scan PATH` shows a file with its evidence" in plain
    assert all(len(line) <= 80 for line in text.splitlines())


def test_no_picture_is_opened(
    here: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    real = FileSource.__init__

    def watched(self: FileSource, path: str, *arguments: object) -> None:
        opened.append(str(path))
        real(self, path, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(FileSource, "__init__", watched)
    assert 14 == json.loads(said(capsysbinary, "-o", "json")[1])["summary"]["files"]
    assert [] == [path for path in opened if "gallery" in path]


def test_a_scan_is_a_judgement_as_well(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write_list(2, "paper lantern", "holding a paper lantern")
    run(["scan", "gallery", *WITH])
    assert {} == changed(capsysbinary)


def test_a_thorough_scan_is_not_what_is_compared_with(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write_list(2, "paper lantern", "holding a paper lantern")
    run(["scan", "gallery", "--thorough", *WITH])
    assert 1 == len(changed(capsysbinary))


def test_the_whole_judgement_is_that_of_a_scan_byte_for_byte(
    here: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    for number in (1, 2):
        run(["scan", "gallery", *WITH, "-o", f"json:scan{number}.json"])
    said(capsysbinary, "gallery", "--report", "json:again.json", "--report", "jsonl:again.jsonl")
    assert (
        (here / "scan1.json").read_bytes() == (here / "scan2.json").read_bytes() == (here / "again.json").read_bytes()
    )
    assert 14 == len((here / "again.jsonl").read_bytes().splitlines())


def test_what_could_not_be_read_is_told_again_and_makes_it_incomplete(
    here: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    shutil.copy(GALLERY / "15-damaged.png", here / "gallery")
    never = ("--fail-on", "never")
    assert 3 == run(["scan", "gallery", *WITH, *never, "-o", "json:scan.json"])
    assert 3 == said(capsysbinary, "gallery", *never, "--report", "json:again.json")[0]
    assert (here / "scan.json").read_bytes() == (here / "again.json").read_bytes()
    assert 0 == said(capsysbinary, *never, "--allow-incomplete")[0]


def test_a_library_does_not_stand_in_the_way_of_a_whole_judgement(
    here: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    shutil.copytree(MODELS, here / "models")
    run(["scan", "gallery", *["models" if word == str(MODELS) else word for word in WITH], "-o", "json:scan.json"])
    said(capsysbinary, "--report", "json:again.json")
    assert (here / "scan.json").read_bytes() == (here / "again.json").read_bytes()


def test_the_number_of_jobs_changes_no_byte(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write_list(2, "paper lantern", "snow field", "silver hair")
    one = said(capsysbinary, "--no-remember", "--jobs", "1", "-o", "json")
    assert one == said(capsysbinary, "--no-remember", "--jobs", "2", "-o", "json")
    assert 1 == len(json.loads(one[1])["files"])


def test_each_file_is_judged_as_its_last_scan_was_asked(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    (here / "other").mkdir()
    shutil.copy(GALLERY / "04-character-only-in-lora.png", here / "other")
    run(["scan", "other", "--catalog", "c.sqlite", "--platform", "adobe_stock", "--no-default-watchlist", "-q"])
    assert {} == changed(capsysbinary)
    document = json.loads(said(capsysbinary, "-o", "json")[1])
    assert ["pixiv", "booth", "adobe_stock"] == document["platforms"]
    code, text = said(capsysbinary, "--report", "json:x.json")
    assert (2, True) == (code, "for different platforms or settings" in text)


def test_options_count_more_than_the_last_scan(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    (here / "empty").mkdir()
    found = changed(capsysbinary, "--models", "empty", "--no-remember")
    assert "SD603" in [
        f["rule"] for f in found["gallery/04-character-only-in-lora.png"]["findings"] if f["change"] == "new"
    ]
    assert "other model files" in found["gallery/04-character-only-in-lora.png"]["because"]


def test_what_is_allowed_since_is_better_and_the_settings_are_the_cause(
    here: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    (here / "sdscan.toml").write_text("")
    run(["scan", "gallery", *WITH])
    (here / "sdscan.toml").write_text(
        '[[allow]]\nrule = "SD202"\npaths = ["gallery/**"]\nreason = "a licence"\nexpires = 2027-01-01\n'
    )
    found = changed(capsysbinary)
    row = found["gallery/07-style-lora-living-artist.png"]
    assert ("better", ["settings (allow, declare, baseline, protection-years)"]) == (row["direction"], row["because"])


def test_only_what_is_new_counts_where_that_is_asked(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert 1 == said(capsysbinary)[0]
    assert 0 == said(capsysbinary, "--only-new")[0]
    write_list(2, "paper lantern", "holding a paper lantern")
    assert 1 == said(capsysbinary, "--only-new", "--fail-on", "low")[0]
    assert 0 == said(capsysbinary, "--only-new", "--fail-on", "low")[0]
    assert (0, 0) == (said(capsysbinary, "--fail-on", "never")[0], said(capsysbinary, "--exit-zero")[0])


def test_a_file_that_has_changed_is_not_judged_by_what_it_was(
    here: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    shutil.copy(GALLERY / "02-character-in-prompt.png", here / "gallery/01-original-character.png")
    code, text = said(capsysbinary, "--fail-on", "never")
    assert (3, True) == (code, "1 file changed since read" in text)
    assert 0 == said(capsysbinary, "--fail-on", "never", "--allow-incomplete")[0]


def test_files_that_are_gone_are_left_out_unless_asked_for(
    here: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    (here / "gallery/05-strict-work.png").unlink()
    assert "1 file left out, no longer there" in said(capsysbinary)[1]
    summary = json.loads(said(capsysbinary, "--missing", "-o", "json")[1])["summary"]
    assert (14, 0) == (summary["files"], summary["gone"])


def test_a_path_narrows_it_down(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    count = lambda *paths: json.loads(said(capsysbinary, *paths, "-o", "json")[1])["summary"]["files"]  # noqa: E731
    assert (1, 14, 14) == (count("gallery/05-strict-work.png"), count("./gallery/"), count(str(here)))
    assert (2, True) == ((done := said(capsysbinary, "nowhere"))[0], "the catalog holds nothing of it" in done[1])
    (here / "empty").mkdir()
    assert 4 == said(capsysbinary, "empty")[0]


def test_files_elsewhere_are_named_in_full(
    here: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_list(2, "paper lantern", "holding a paper lantern")
    (here / "away").mkdir()
    monkeypatch.chdir(here / "away")
    capsysbinary.readouterr()
    run(["rescan", "--catalog", "../c.sqlite", "-o", "jsonl", "--no-remember"])
    assert str(here / "gallery/01-original-character.png") in capsysbinary.readouterr().out.decode()


def test_models_of_the_library_are_not_judged_and_scanned_models_are(
    here: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    shutil.copytree(MODELS, here / "models")
    run(["scan", "gallery", "--catalog", "c.sqlite", "--models", "models", "--no-default-watchlist", "-q"])
    assert 14 == json.loads(said(capsysbinary, "-o", "json")[1])["summary"]["files"]
    run(["scan", "models", "--catalog", "c.sqlite", "--no-default-watchlist", "-q"])
    assert 18 == json.loads(said(capsysbinary, "-o", "json")[1])["summary"]["files"]


def test_pictures_of_an_older_catalog_are_judged_for_the_first_time(
    here: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    database = sqlite3.connect("c.sqlite")
    database.execute("UPDATE facts SET version = 'older', packs = NULL, judgement = NULL")
    database.commit()
    database.close()
    _, text = said(capsysbinary)
    plain = " ".join(text.split())
    assert "there was nothing to compare with." in plain
    assert "14 files had no earlier judgement" in plain
    assert "14 files read by an older sdscan" in plain
    assert "nothing changed." in said(capsysbinary)[1]


def test_what_was_not_told_is_not_remembered(
    here: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sdscan.cli import changes, rescan

    write_list(2, "paper lantern", "holding a paper lantern")

    def fail(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setitem(rescan.FORMATS, "text", fail)
        assert 130 == said(capsysbinary)[0]
    assert changes.FORMATS["text"] is not fail
    assert 1 == len(changed(capsysbinary))


def test_what_nothing_rests_on_any_more_is_forgotten(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    for version in (2, 3, 4):
        write_list(version)
        said(capsysbinary)
    with Catalog(Path("c.sqlite")) as catalog:
        assert catalog._db is not None
        assert 1 == catalog._db.execute("SELECT COUNT(*) FROM bases").fetchone()[0]
        assert 0 == catalog._db.execute("SELECT COUNT(*) FROM rejudged").fetchone()[0]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--catalog", "none.sqlite"), "there is no catalog yet; `sdscan scan` makes one"),
        (("-o", "html"), "expected one of text, json, jsonl"),
        (("-o", "json:"), "the path is missing"),
        (("--platform", "pixif"), "did you mean 'pixiv'"),
    ],
)
def test_what_cannot_work_is_refused(
    here: Path, capsysbinary: pytest.CaptureFixture[bytes], arguments: tuple[str, ...], expected: str
) -> None:
    capsysbinary.readouterr()
    code = run(["rescan", *([] if "--catalog" in arguments else ["--catalog", "c.sqlite"]), *arguments])
    captured = capsysbinary.readouterr()
    assert (2, True) == (code, expected in (captured.out + captured.err).decode())


def test_a_configuration_that_is_gone_is_named(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    (here / "sdscan.toml").write_text("[scan]\nplatforms = ['pixiv']\n")
    run(["scan", "gallery", *WITH])
    (here / "sdscan.toml").unlink()
    code, text = said(capsysbinary)
    assert (2, True) == (code, "configuration file of the last scan is gone" in text)
    assert 1 == said(capsysbinary, "--isolated")[0]


def test_a_worker_that_dies_makes_it_incomplete_and_changes_nothing_else(here: Path) -> None:
    from sdscan.engines.work import lost
    from sdscan.session import Settings, load

    done = lost(Candidate("a.png"), load(Settings(default_watchlist=False)))
    assert (None, 1) == (done.compared, done.batch.tally.unreadable)


def test_a_name_that_is_no_utf8_is_found_again(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    name = os.fsdecode(b"gallery/caf\xe9.png")
    shutil.copy(GALLERY / "01-original-character.png", name)
    run(["scan", "gallery", *WITH])
    assert "15 files judged again, no picture opened: nothing changed." in said(capsysbinary)[1]
    write_list(2, "paper lantern", "holding a paper lantern")
    assert {"gallery/01-original-character.png", "gallery/caf\\xe9.png"} == changed(capsysbinary).keys()


def test_a_stricter_platform_is_told_with_its_policy_pack(
    here: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """As after an update: the last judgement rests on an older pack, in which pixiv had nothing against the picture."""
    name = "gallery/02-character-in-prompt.png"
    with Catalog(Path("c.sqlite")) as catalog:
        held = catalog.recall(name)
        assert held is not None and held.last is not None
        old, before = read_basis(catalog.basis(held.last[0])), read_judgement(held.last[1])
        assert old is not None and before is not None
        older = [
            Pack(p.id, "2026.01.1" if p.id in ("policy-pixiv", "policy-stock") else p.version, p.sha256)
            for p in old.policies
        ]
        key, data = basis_row(replace(old, policies=tuple(older), version="0.0.9"))
        catalog.remember_basis(key, data)
        verdicts = {**before.verdicts, "pixiv": "ok"}
        judged = msgspec.msgpack.encode(replace(before, verdicts=verdicts))
        catalog.remember_judgements({key_of(name): (key, judged)})
    (row,) = changed(capsysbinary).values()
    assert (name, "worse", {"pixiv": ["ok", before.verdicts["pixiv"]]}) == (
        row["path"],
        row["direction"],
        row["verdicts"],
    )
    assert 2 == len(row["because"])
    assert row["because"][0].startswith("policy pixiv 2026.01.1 → ")
    assert row["because"][1].startswith("sdscan 0.0.9 → ")


def test_a_folder_that_moved_is_judged_at_its_new_place(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    shutil.move(here / "gallery", here / "pictures")
    run(["scan", "pictures", *WITH])
    summary = json.loads(said(capsysbinary, "-o", "json")[1])["summary"]
    assert (14, 14, 0) == (summary["files"], summary["gone"], summary["first"])


def test_facts_that_are_read_anew_keep_the_last_judgement(
    here: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    (here / "gallery/01-original-character.png").write_bytes((GALLERY / "07-style-lora-living-artist.png").read_bytes())
    with Catalog(Path("c.sqlite")) as catalog:
        status = os.stat("gallery/01-original-character.png")
        facts = facts_of(Candidate("gallery/01-original-character.png"))
        catalog.put([row_of("gallery/01-original-character.png", status, facts)])
    (row,) = changed(capsysbinary).values()
    assert ["the file, which was read anew since"] == row["because"]


def test_models_beside_this_folder_are_named_relative_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "here").mkdir()
    shutil.copytree(MODELS, tmp_path / "library")
    shutil.copytree(GALLERY, tmp_path / "here/gallery")
    monkeypatch.chdir(tmp_path / "here")
    run(["scan", "gallery", "--isolated", "--catalog", "c.sqlite", "--models", "../library", "-o", "json:scan.json"])
    run(["rescan", "--catalog", "c.sqlite", "--report", "json:rescan.json"])
    scanned, rescanned = Path("scan.json").read_bytes(), Path("rescan.json").read_bytes()
    assert b'"../library/' in scanned
    assert os.fsencode(tmp_path) not in rescanned
    assert scanned == rescanned
