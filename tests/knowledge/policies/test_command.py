"""`sdscan policy`: lists, entries, pages, and the table of pictures and platforms."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from sdscan.__main__ import run
from sdscan.cli.matrix import RENDER, Row
from sdscan.knowledge.policies import load_policies
from sdscan.knowledge.policies.pages import platform_markdown, works_markdown
from sdscan.records import FileResult
from sdscan.reports import RenderOptions

POLICIES = load_policies()


def printed(capfdbinary: pytest.CaptureFixture[bytes], *arguments: str) -> tuple[int, str, str]:
    code = run(["policy", *arguments])
    out, err = capfdbinary.readouterr()
    return code, out.decode(), err.decode()


def test_the_list_names_every_platform_with_its_stance_and_date(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    code, out, _ = printed(capfdbinary, "list")
    assert code == 0
    rows = {line.split()[0]: line for line in out.splitlines() if line and not line.startswith(" ")}
    assert set(POLICIES.platforms) <= set(rows)
    assert rows["fanbox"].split()[-4:] == ["no", "–", "yes", "2026-11-22"]
    assert all(len(line) <= 80 for line in out.splitlines())
    assert "Unknown is not safe" in out


def test_the_list_as_json_holds_the_rules(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    _, out, _ = printed(capfdbinary, "list", "--format", "json")
    page = json.loads(out)
    assert page["schema"] == "sdscan-policy/1"
    assert sorted(POLICIES.platforms) == [platform["id"] for platform in page["platforms"]]
    _, out, _ = printed(capfdbinary, "list", "--works", "--format", "json")
    assert len(json.loads(out)["works"]) == 123


def test_the_works_are_listed_with_their_category(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    _, out, _ = printed(capfdbinary, "list", "--works")
    assert "umamusume" in out
    assert "not free to use" in out.replace("\n", " ")


def test_one_platform_shows_every_rule_with_date_source_basis_and_review_state(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    code, out, _ = printed(capfdbinary, "show", "pixiv")
    assert code == 0
    joined = " ".join(out.split())
    for rule in POLICIES.platforms["pixiv"].rules:
        assert rule.source in out
        assert " ".join(rule.text.split()) in joined
    assert "seen enforced, a page by others, 2023-04; to be checked again after 2027-05-22" in joined


def test_a_rule_past_its_date_says_so(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1830000000")  # 2027-12-28
    _, out, _ = printed(capfdbinary, "show", "booth")
    assert "due to be checked again since 2027-11-22" in " ".join(out.split())


def test_works_and_rightsholders_can_be_shown_as_well(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    _, out, _ = printed(capfdbinary, "show", "vspo!", "Shueisha", "instagram")
    assert "tag to use: #AIイラスト" in out
    assert "https://ascii.jp/elem/000/004/348/4348858/" in out
    assert "Instagram / Facebook / Threads" in out
    _, out, _ = printed(capfdbinary, "show", "umamusume", "Cygames", "x", "--format", "json")
    page = json.loads(out)
    assert [work["id"] for work in page["works"]] == ["umamusume"]
    assert [holder["id"] for holder in page["rightsholders"]] == ["cygames"]
    assert [platform["id"] for platform in page["platforms"]] == ["x"]


def test_an_unknown_name_suggests_the_nearest_and_exits_2(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    code, out, err = printed(capfdbinary, "show", "umamusme")
    assert (code, out) == (2, "")
    assert "did you mean 'umamusume'?" in err


def test_markdown_of_a_rightsholder_is_refused(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert printed(capfdbinary, "show", "Shueisha", "--format", "markdown")[0] == 2
    code, out, _ = printed(capfdbinary, "show", "booth", "umamusume", "--format", "markdown")
    assert code == 0
    assert out.startswith("# BOOTH\n")


def test_a_page_holds_every_rule_and_no_trailing_space() -> None:
    for platform in POLICIES.platforms.values():
        page = platform_markdown(platform)
        assert page.startswith(f"# {platform.name}".replace("_", "\\_"))
        assert page.endswith("\n")
        assert not page.endswith("\n\n")
        assert [line for line in page.splitlines() if line != line.rstrip()] == []
        for rule in platform.rules:
            assert rule.source in page
            assert f"(`{rule.risk_class}`)" in page
    assert "Disney and Universal v. Midjourney" in works_markdown(POLICIES.works.values(), POLICIES.statements)


def test_own_packs_are_checked(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[pack]\nid = 1\n", encoding="utf-8")
    code, _, err = printed(capfdbinary, "check", str(wrong), str(tmp_path / "none.toml"))
    assert code == 2
    assert "wrong.toml:2: [pack]: `id`: expected `str`, got `int`" in err
    assert "none.toml: cannot be read: no such file or directory" in err
    right = Path(__file__).parents[3] / "sdscan/knowledge/policies/packs/stock.toml"
    code, out, _ = printed(capfdbinary, "check", str(right))
    assert (code, out.endswith("stock.toml: 3 platforms, 0 works, 0 rightsholders\n")) == (0, True)


# ---- the table -------------------------------------------------------------------------------------------------

ROWS = [
    FileResult("a.png", "scanned", "png", verdicts={"pixiv": "label", "booth": "ok", "fanbox": "block"}),
    FileResult("=b,<i>.png", "scanned", "png", verdicts={"pixiv": "block", "booth": "block", "fanbox": "block"}),
    FileResult("c\x1b[0m.txt", "unsupported", "text"),
]


@pytest.fixture
def result(tmp_path: Path) -> str:
    path = tmp_path / "result.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in ROWS))
    return str(path)


def test_a_saved_result_becomes_a_table(capfdbinary: pytest.CaptureFixture[bytes], result: str) -> None:
    code, out, _ = printed(capfdbinary, "diff", "fanbox", "pixiv", "--result", result)
    assert code == 0
    lines = out.splitlines()
    assert lines[0].split() == ["picture", "fanbox", "pixiv"]
    assert lines[1].split() == ["a.png", "block", "label"]
    assert lines[3].split()[1:] == ["?", "?"]
    assert "\x1b" not in out
    assert "fanbox: publish 0, review 0, block 2, not judged 1" in lines
    assert "pixiv: publish 1, review 0, block 1, not judged 1" in lines


def test_only_the_pictures_that_differ(capfdbinary: pytest.CaptureFixture[bytes], result: str) -> None:
    _, out, _ = printed(capfdbinary, "diff", "pixiv", "booth", "--differing", "--format", "csv", "--result", result)
    assert out == "path,outcome,pixiv,booth\r\na.png,scanned,label,ok\r\n"


def test_csv_and_html_and_json_cannot_be_broken_by_a_name(
    capfdbinary: pytest.CaptureFixture[bytes], result: str
) -> None:
    _, out, _ = printed(capfdbinary, "diff", "pixiv", "--format", "csv", "--result", result)
    assert out.split("\r\n")[:-1] == [
        "path,outcome,pixiv",
        "a.png,scanned,label",
        '"\'=b,<i>.png",scanned,block',
        "c\\x1b[0m.txt,unsupported,",
    ]
    _, out, _ = printed(capfdbinary, "diff", "pixiv", "--format", "html", "--result", result)
    assert '<tr><td>=b,&lt;i&gt;.png</td><td class="block">block</td></tr>' in out
    assert "\x1b" not in out
    _, out, _ = printed(capfdbinary, "diff", "pixiv", "booth", "--format", "json", "--result", result)
    page = json.loads(out)
    assert page["platforms"] == ["pixiv", "booth"]
    assert page["files"][0]["verdicts"] == {"pixiv": "label", "booth": "ok"}


def test_an_empty_table_is_still_one() -> None:
    options = RenderOptions()
    assert "".join(RENDER["csv"]([], ["pixiv"], options)) == "path,outcome,pixiv\r\n"
    assert json.loads("".join(RENDER["json"]([], ["pixiv"], options)))["files"] == []
    assert "0 files." in "".join(RENDER["text"]([], ["pixiv"], options))


def test_a_picture_differs_where_platforms_disagree() -> None:
    assert Row("a", "scanned", {"pixiv": "ok", "booth": "label"}).differs
    assert not Row("a", "scanned", {"pixiv": "ok"}).differs
    assert not Row("a", "unsupported", {}).differs


def test_a_result_that_was_not_judged_for_a_platform_says_what_to_do(
    capfdbinary: pytest.CaptureFixture[bytes], result: str
) -> None:
    code, _, err = printed(capfdbinary, "diff", "pixiv", "skeb", "--result", result)
    assert code == 2
    assert "holds no verdict for skeb; expected a result of `sdscan scan --platform pixiv --platform skeb`" in err


def test_a_result_and_paths_together_are_refused(capfdbinary: pytest.CaptureFixture[bytes], result: str) -> None:
    code, _, err = printed(capfdbinary, "diff", "pixiv", "--result", result, "--path", ".")
    assert code == 2
    assert "expected it alone" in err


def test_pictures_are_judged_where_no_result_is_given(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    picture = str(Path(__file__).parents[3] / "fixtures/gallery/05-strict-work.png")
    code, out, _ = printed(capfdbinary, "diff", "fanbox", "--path", picture, "--isolated", "--format", "csv")
    assert code == 0
    assert out.endswith("05-strict-work.png,scanned,block\r\n")


def test_many_platforms_still_fit_into_a_terminal() -> None:
    rows = [Row("outputs/2026-11-22/a-rather-long-name-of-a-picture.png", "scanned", {"pixiv": "review"})]
    for ids in (["pixiv"], ["pixiv", "booth", "adobe_stock"], ["pixiv", *(f"platform_{n}" for n in range(9))]):
        lines = "".join(RENDER["text"](rows, ids, RenderOptions(width=80))).splitlines()
        assert max(map(len, lines)) <= 80
        (line,) = [line for line in lines if ".png" in line]
        assert line.split()[0].endswith("of-a-picture.png")
        assert line.split()[1] in ("review", "rev")
