"""The review: what it shows, what it writes and only with `--write`, and that no path leads out of the folders."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import shutil
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

starlette = pytest.importorskip("starlette", reason="the extra sdscan[review] is not installed")

from sdscan.config import load_config  # noqa: E402 - after the question whether the extra is there
from sdscan.exits import ExitRules  # noqa: E402
from sdscan.reports import RenderOptions  # noqa: E402
from sdscan.review.app import Writable, review_app  # noqa: E402
from sdscan.review.desk import Desk  # noqa: E402
from sdscan.session import Settings  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent.parent
CHARACTER, LORA, ARTIST = "02-character-in-prompt.png", "04-character-only-in-lora.png", "07-style-lora-living-artist.png"


def desk_of(*paths: str) -> Desk:
    settings = Settings(platforms=("pixiv", "booth"), models=(str(ROOT / "fixtures/models"),))
    desk = Desk(paths or ("out",), settings, (), ExitRules(hook=True), Path("sdscan.baseline.jsonl"))
    desk.judge_all()
    return desk


def ask(app: Any, path: str, body: object = None, **options: str) -> tuple[int, dict[str, str], bytes]:
    """One request, past the guard: status, headers, body."""
    sent: list[Any] = []
    data = json.dumps(body).encode() if body is not None else b""

    async def send(message: Any) -> None:
        sent.append(message)

    asked: list[None] = []

    async def receive() -> Any:
        if asked:
            await asyncio.Event().wait()  # nobody goes away
        asked.append(None)
        return {"type": "http.request", "body": data, "more_body": False}

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET" if body is None else "POST", "scheme": "http",
        "path": path, "raw_path": path.encode(), "root_path": "", "query_string": options.get("query", "").encode(),
        "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")], "server": ("127.0.0.1", 1), "client": ("127.0.0.1", 2),
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))
    headers = {key.decode(): value.decode() for key, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:])


def app_of(desk: Desk, writable: Writable | None = None) -> Any:
    return review_app(desk, RenderOptions(), writable)


def writing(folder: Path | None = None) -> Writable:
    return Writable(None, "out", folder)


def data_of(body: bytes) -> dict[str, Any]:
    found = re.search(rb'id="data">(.*?)</script>', body, re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


# ---- looking -----------------------------------------------------------------------------------------------------------


def test_the_page_holds_every_file_by_number(folder: Path) -> None:
    status, headers, body = ask(app_of(desk_of()), "/")
    data = data_of(body)
    assert 200 == status
    assert [f"out/{name}" for name in (CHARACTER, LORA, ARTIST)] == [file["path"] for file in data["files"]]
    assert [0, 1, 2] == [file["n"] for file in data["files"]]
    assert {"write": False, "sort": False} == {key: data["about"]["live"][key] for key in ("write", "sort")}
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert ("no-store", "no-referrer", "nosniff") == (
        headers["cache-control"], headers["referrer-policy"], headers["x-content-type-options"],
    )  # fmt: skip


def test_pictures_come_by_number_as_they_are_and_small(folder: Path) -> None:
    app = app_of(desk_of())
    status, headers, body = ask(app, "/picture/0")
    assert (200, "image/png", (folder / "out" / CHARACTER).read_bytes()) == (status, headers["content-type"], body)
    assert "sandbox" in headers["content-security-policy"]
    status, headers, body = ask(app, "/thumbnail/0")
    assert (200, "image/webp", b"RIFF") == (status, headers["content-type"], body[:4])


@pytest.mark.parametrize(
    "path",
    [
        "/picture/99", "/picture/-1", "/picture/0/../../../../secret.png", "/picture/..%2f..%2fsecret.png", "/picture/out/secret.png",
        "/../secret.png", "/secret.png", "/out/" + CHARACTER, "/picture/", "/picture/1e3", "/thumbnail/..", "/picture/00000000000000000000000000000099",
    ],
)  # fmt: skip
def test_no_path_leads_anywhere(folder: Path, path: str) -> None:
    status, _, body = ask(app_of(desk_of()), path)
    assert 404 == status
    assert b"secret" not in body


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need rights on Windows")
def test_a_symbolic_link_out_of_the_folder_is_not_followed(folder: Path) -> None:
    (folder / "out/link.png").symlink_to(folder.parent / "secret.png")
    desk = desk_of()
    number = next(sheet.number for sheet in desk.since(0)[1] if sheet.result.path == "out/link.png")
    assert 404 == ask(app_of(desk), f"/picture/{number}")[0]


def test_a_file_that_is_no_picture_is_not_handed_out(folder: Path) -> None:
    (folder / "out/page.png").write_text("<html><script>alert(1)</script></html>")
    desk = desk_of()
    number = next(sheet.number for sheet in desk.since(0)[1] if sheet.result.path == "out/page.png")
    assert (404, 404) == (ask(app_of(desk), f"/picture/{number}")[0], ask(app_of(desk), f"/thumbnail/{number}")[0])


def test_only_what_changed_is_sent(folder: Path) -> None:
    desk = desk_of()
    app = app_of(desk)
    version = data_of(ask(app, "/")[2])["about"]["live"]["version"]
    assert [] == json.loads(ask(app, "/changes", query=f"since={version}")[2])["files"]
    shutil.copy(ROOT / "fixtures/gallery" / "08-public-domain-painter.png", folder / "out/new.png")
    desk.judge_new(["out/new.png"])
    news = json.loads(ask(app, "/changes", query=f"since={version}")[2])
    assert ["out/new.png"] == [file["path"] for file in news["files"]]
    assert news["version"] > version
    assert 4 == len(json.loads(ask(app, "/changes", query="since=nonsense")[2])["files"])


# ---- writing -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/allow", "/accept", "/sort"])
def test_without_write_no_address_writes(folder: Path, path: str) -> None:
    status, _, _ = ask(app_of(desk_of()), path, {"files": [0], "reason": "x", "expires": "2027-01-31"})
    assert status in (404, 405)
    assert ["out"] == [found.name for found in folder.iterdir() if found.name != ".git"]


def test_marks_become_allow_entries_and_comments_stay(folder: Path) -> None:
    (folder / "sdscan.toml").write_text("# mine\n[scan]\nplatforms = []  # none\n")
    desk = desk_of()
    app = app_of(desk, writing())
    before = desk.closing
    status, _, body = ask(app, "/allow", {"files": [0, 1], "reason": "permission\nof 2026", "expires": "2027-01-31"})
    assert (200, {"n": 1, "file": "sdscan.toml"}) == (status, json.loads(body))
    text = (folder / "sdscan.toml").read_text()
    assert text.startswith("# mine\n[scan]\nplatforms = []  # none\n")
    (entry,) = tomllib.loads(text)["allow"]
    assert {
        "rule": "SD103", "subject": "hatsune_miku", "paths": [f"out/{CHARACTER}", f"out/{LORA}"], "reason": "permission of 2026",
    } == {key: entry[key] for key in ("rule", "subject", "paths", "reason")}  # fmt: skip
    assert "2027-01-31" == entry["expires"].isoformat()
    assert before != desk.closing
    assert 1 == desk.closing[0]
    assert load_config("out").config.allow[0].rule == "SD103"


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"files": [0], "reason": " ", "expires": "2027-01-31"}, "reason"),
        ({"files": [0], "reason": "x" * 501, "expires": "2027-01-31"}, "reason"),
        ({"files": [0], "reason": "x", "expires": "soon"}, "date"),
        ({"files": [0], "reason": "x", "expires": "2020-01-31"}, "past"),
        ({"files": [99, -1], "reason": "x", "expires": "2027-01-31"}, "nothing"),
        ({"files": ["../secret.png"], "reason": "x", "expires": "2027-01-31"}, "int"),
        ({"files": [0], "reason": "x", "expires": "2027-01-31", "path": "/etc/passwd"}, "path"),
        ([1, 2], "object"),
    ],
)
def test_what_cannot_be_written_is_told_and_not_written(folder: Path, body: object, word: str) -> None:
    status, _, answer = ask(app_of(desk_of(), writing()), "/allow", body)
    assert 400 == status
    assert word in json.loads(answer)["error"]
    assert not (folder / "sdscan.toml").exists()


def test_accepted_files_go_into_the_baseline_and_count_no_more(folder: Path) -> None:
    desk = desk_of()
    status, _, body = ask(app_of(desk, writing()), "/accept", {"files": [2]})
    assert (200, "sdscan.baseline.jsonl") == (status, json.loads(body)["file"])
    lines = (folder / "sdscan.baseline.jsonl").read_text().splitlines()
    assert all(f"out/{ARTIST}" in line for line in lines[1:])
    assert len(lines) - 1 == json.loads(body)["n"]
    (artist,) = desk.results_of([2])
    assert [] == [f for f in artist.findings if f.suppressed is None and f.severity != "info"]
    assert 400 == ask(app_of(desk, writing()), "/accept", {"files": [2]})[0]


def test_marked_files_are_sorted_into_the_folder_of_the_command_line_and_nothing_is_overwritten(folder: Path) -> None:
    desk = desk_of()
    app = app_of(desk, writing(folder / "sorted"))
    marks = {f"out/{CHARACTER}": "fix", f"out/{LORA}": "allow", "../secret.png": "allow", f"out/{ARTIST}": "../up"}
    assert {"n": 2, "folder": "sorted"} == json.loads(ask(app, "/sort", {"marks": marks})[2])
    assert [f"allow/{LORA}", f"fix/{CHARACTER}"] == sorted(
        str(path.relative_to(folder / "sorted")) for path in (folder / "sorted").rglob("*.png")
    )
    assert 0 == json.loads(ask(app, "/sort", {"marks": marks})[2])["n"]
    (folder / "sorted/fix" / CHARACTER).write_bytes(b"mine")
    assert 1 == json.loads(ask(app, "/sort", {"marks": marks})[2])["n"]
    assert b"mine" == (folder / "sorted/fix" / CHARACTER).read_bytes()
    assert 400 == ask(app_of(desk, writing()), "/sort", {"marks": marks})[0]


# ---- the whole command ---------------------------------------------------------------------------------------------------


@pytest.mark.loopback
@pytest.mark.skipif(os.name == "nt", reason="a console's Ctrl-C cannot be sent to one process there")
def test_the_server_answers_this_machine_only_and_sees_new_files(served: tuple[str, int, str, Path]) -> None:
    host, port, token, folder = served

    def get(path: str, **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(host, port, timeout=10)
        connection.request("GET", path, headers={"Host": f"127.0.0.1:{port}", **headers})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body

    assert "127.0.0.1" == host
    assert 200 == get(f"/{token}/")[0]
    assert 403 == get("/")[0]
    assert 403 == get(f"/{token}/", Host="evil.example")[0]
    assert 403 == get(f"/{token}/", Origin="http://evil.example")[0]
    assert 404 == get(f"/{token}/picture/../../../../../etc/passwd")[0]
    version = json.loads(get(f"/{token}/changes?since=0")[1])["version"]
    shutil.copy(ROOT / "fixtures/gallery" / "05-strict-work.png", folder / "out/new.png")
    until = time.monotonic() + 20
    news: dict[str, Any] = {"files": []}
    while not news["files"] and time.monotonic() < until:
        time.sleep(0.2)
        news = json.loads(get(f"/{token}/changes?since={version}")[1])
    assert ["out/new.png"] == [file["path"] for file in news["files"]]


def test_sorting_needs_write(folder: Path) -> None:
    from sdscan.__main__ import run

    assert 2 == run(["review", "out", "--sort-to", "x"])
