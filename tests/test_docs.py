"""The documentation says what the program does: everything is named, every link leads somewhere, every command block runs."""

from __future__ import annotations

import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
import pytest

from sdscan import records
from sdscan.__main__ import run
from sdscan.cli import COMMANDS, sdscan
from sdscan.cli.options import LEVELS
from sdscan.config import JudgementSection, ScanSection
from sdscan.exit_codes import MEANINGS
from sdscan.facts.containers import CONTAINERS
from sdscan.facts.decoders import TOOLS
from sdscan.judgement.rules import RULES
from sdscan.knowledge.policies import load_policies
from sdscan.knowledge.statements import Allow, Declare
from sdscan.knowledge.watchlists import packs
from sdscan.reports import FORMATS

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.glob("*.md"), *ROOT.glob("README*.md"), ROOT / "CONTRIBUTING.md"])


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


# ---- everything is named ---------------------------------------------------------------------------------------------


def commands(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None:
            yield f"{path}{name}", command
            if isinstance(command, click.Group):
                yield from commands(command, f"{path}{name} ")


def test_every_command_and_option_is_documented() -> None:
    text = page("cli.md")
    missing = [
        f"{name} {option}"
        for name, command in commands(sdscan)
        for option in ["", *(o for p in command.params if isinstance(p, click.Option) for o in p.opts)]
        if f"## sdscan {name}\n" not in text or option not in text
    ]
    assert [] == missing


def test_every_command_and_option_has_help() -> None:
    silent = [
        f"{name} {parameter.name}"
        for name, command in commands(sdscan)
        for parameter in command.params
        if isinstance(parameter, click.Option) and parameter.name not in ("form", "limit", "min_severity", "output")
        if not parameter.help
    ]
    assert [] == silent + [name for name, command in commands(sdscan) if not command.help]


def test_every_command_stands_in_a_page_that_a_person_wrote() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES if page.name != "cli.md")
    assert [] == [name for name in COMMANDS if f"sdscan {name}" not in text]


def test_every_rule_is_documented() -> None:
    text = page("rules.md")
    assert [] == [rule.id for rule in RULES if not re.search(rf"^#+ .*{rule.id}.*{rule.name}", text, re.MULTILINE)]


def test_every_exit_code_is_documented() -> None:
    text = page("exit-codes.md")
    assert [] == [code for code, meaning in MEANINGS.items() if f"| {code} | {meaning} |" not in text]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [] == [code for code in MEANINGS if not re.search(rf"^\| (\d+, )*{code}\b", readme, re.MULTILINE)]


def test_every_key_of_the_configuration_is_documented() -> None:
    text = page("configuration.md")
    keys = [f.encode_name for record in (ScanSection, JudgementSection) for f in msgspec.structs.fields(record)]
    assert [] == [key for key in keys if f"| `{key}` |" not in text]
    statements = [f.encode_name for record in (Allow, Declare) for f in msgspec.structs.fields(record)]
    assert [] == [key for key in statements if key not in page("allow.md")]


def test_every_key_of_a_watchlist_pack_is_documented() -> None:
    text = page("watchlist-format.md")
    sections = {
        "pack": packs.Head, "pack.changes": packs.Change, "work": packs.WorkRow, "character": packs.CharacterRow, "artist": packs.ArtistRow,
        "studio": packs.StudioRow, "style": packs.StyleRow, "person": packs.PersonRow,
    }  # fmt: skip
    assert [] == [name for name in sections if f"[{name}]" not in text]
    keys = {f.encode_name for record in sections.values() for f in msgspec.structs.fields(record)}
    assert [] == sorted(key for key in keys if not re.search(rf"\b{key}\b(`| =)", text))


def test_every_key_of_the_json_is_documented() -> None:
    text = page("json.md")
    seen: set[str] = set()
    names: set[str] = set()

    def walk(record: type) -> None:
        if record.__name__ not in seen:
            seen.add(record.__name__)
            for field in msgspec.structs.fields(record):
                names.add(field.encode_name)
                for inner in re.findall(r"\b[A-Z]\w+", str(field.type)):
                    found = getattr(records, inner, None)
                    if isinstance(found, type) and issubclass(found, msgspec.Struct):
                        walk(found)

    walk(records.FileResult)
    assert [] == sorted(name for name in names if not re.search(rf'"{name}"|`{name}`', text))
    values = [*records.SEVERITIES, *records.STRENGTHS, *records.VERDICTS, *FORMATS]
    assert [] == [value for value in values if value not in text]


def test_every_container_writer_and_platform_is_documented() -> None:
    text = page("formats.md")
    assert [] == [name for name in [*CONTAINERS, *TOOLS] if f"`{name}`" not in text]
    index = page("platforms/index.md")
    known = load_policies().platforms
    assert [] == [name for name in known if f"({name}.md)" not in index or not (DOCS / f"platforms/{name}.md").exists()]


def test_every_level_is_explained() -> None:
    assert [] == [level for level in LEVELS if f"`{level}`" not in page("findings.md")]


# ---- every link leads somewhere ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*PAGES, DOCS / "platforms/index.md"], ids=lambda path: path.name)
def test_links_and_pictures_are_there(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[\w-]+)?\)", text) + re.findall(r'(?:src|srcset)="([^"]+)"', text)
    assert [] == [t for t in targets if not t.startswith(("http", "mailto:")) and not (path.parent / t).exists()]


def test_every_page_is_in_the_navigation() -> None:
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert [] == [path.name for path in DOCS.glob("*.md") if f": {path.name}\n" not in text]


def test_the_site_builds_strictly(tmp_path: Path) -> None:
    if importlib.util.find_spec("zensical") is None:
        pytest.skip("zensical is not installed")
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict"], cwd=tmp_path, capture_output=True, text=True
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    assert "SaveImageChecked" in (tmp_path / "site/python.html").read_text(encoding="utf-8")


# ---- every command block runs --------------------------------------------------------------------------------------------

STAY = {"watch", "review"}
"""Commands that run until they are stopped: only their options are checked here."""


ELSEWHERE = {"object-stores.md", "at-scale.md"}
"""Pages whose commands need a store or a cluster: tests/cloud and tests/engines run them on one."""


def path_of(name: str) -> str:
    return name.partition(":")[0]


def blocks() -> Iterator[tuple[str, list[str]]]:
    """(page and line, the lines that start with sdscan or ./scripts/scan) of each shell block."""
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        for found in re.finditer(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
            lines = [line for line in found[1].splitlines() if line.startswith(("sdscan ", "./scripts/scan "))]
            if lines:
                yield f"{path.name}:{text.count(chr(10), 0, found.start()) + 1}", lines


BLOCKS = dict(blocks())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's pictures and models under the names that the pages use."""
    made = tmp_path_factory.mktemp("docs")
    shutil.copytree(ROOT / "fixtures/gallery", made / "outputs")
    shutil.copytree(ROOT / "fixtures/models", made / "models")
    shutil.copytree(ROOT / "examples", made / "examples")
    (made / "fixtures").symlink_to(ROOT / "fixtures")
    (made / ".git").mkdir()
    return made


@pytest.mark.parametrize("name", BLOCKS)
def test_command_blocks_run(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("SDSCAN_SCAN_CATALOG", str(folder / "catalog.sqlite"))
    for line in BLOCKS[name]:
        words = shlex.split(line, comments=True)
        words = ["sdscan", "scan", *words[1:]] if words[0] == "./scripts/scan" else words
        if words[1] in COMMANDS and importlib.util.find_spec(COMMANDS[words[1]][0]) is None:
            pytest.skip(f"`sdscan {words[1]}` is not there yet")
        if words[1] in STAY or path_of(name) in ELSEWHERE:
            command = sdscan.get_command(click.Context(sdscan), words[1])
            assert command is not None
            command.make_context(words[1], words[2:])
            continue
        code = run(words[1:])
        said = capfd.readouterr()
        assert code in (0, 1, 3), f"{line}: {code}\n{said.out[-500:]}{said.err[-800:]}"
