#!/usr/bin/env python3
"""Generates the pages and blocks that must say what the code says; `--check` fails where one is out of date.

    python scripts/docs.py           write
    python scripts/docs.py --check   compare, exit 1 and name what differs
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "scripts"))

from catalogs import compiled  # noqa: E402 - scripts/ is no package
from formats import formats_page  # noqa: E402

HEAD = "<!-- Written by scripts/docs.py. Do not edit here. -->\n\n"


def schema(record: str, title: str) -> str:
    """The JSON Schema of a record."""
    import msgspec

    from sdscan import records

    page = msgspec.json.schema(getattr(records, record))
    page = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **page}
    return json.dumps(page, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def report_schema() -> str:
    """The JSON Schema of a whole report: the file's, wrapped."""
    page = json.loads(schema("FileResult", "sdscan-report/1"))
    defs = page["$defs"]
    return json.dumps(
        {
            "$schema": page["$schema"], "title": "sdscan-report/1", "type": "object",
            "required": ["schema", "tool", "packs", "platforms", "files", "summary"],
            "properties": {
                "schema": {"const": "sdscan-report/1"},
                "tool": {"type": "object", "required": ["name", "version"], "properties": {"name": {"const": "sdscan"}, "version": {"type": "string"}}},
                "packs": {"type": "array", "items": {"type": "object", "required": ["id", "version", "sha256"]}},
                "platforms": {"type": "array", "items": {"type": "string"}},
                "files": {"type": "array", "items": {"$ref": "#/$defs/FileResult"}},
                "summary": {"type": "object"},
            },
            "$defs": defs,
        }, indent=1, sort_keys=True, ensure_ascii=False,
    ) + "\n"  # fmt: skip


def cli_page() -> str:
    """Every command with its `--help`."""
    import click

    from sdscan.cli import sdscan

    os.environ["COLUMNS"] = "100"
    parts = [HEAD + "# Command line\n"]

    def add(command: click.Command, path: str, parent: click.Context | None) -> None:
        context = click.Context(command, info_name=path.split(" ")[-1], parent=parent, terminal_width=100, max_content_width=100)
        text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
        parts.append(f"\n## {path}\n\n```text\n{text}\n```\n")
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                child = command.get_command(context, name)
                if child is not None:
                    add(child, f"{path} {name}", context)

    add(sdscan, "sdscan", None)
    return "".join(parts)


def exit_page() -> str:
    """The exit codes."""
    from sdscan.exit_codes import MEANINGS

    rows = "".join(f"| {code} | {meaning} |\n" for code, meaning in MEANINGS.items())
    return (
        HEAD + "# Exit codes\n\nOne function computes the code and the closing sentence from the same counts. Findings (1) outrank an "
        "incomplete scan (3). `--exit-zero` turns 1 into 0 and nothing else; `--allow-incomplete` turns 3 into 0. A path that does not "
        "exist is 2. A file without generation data is its own outcome, counted and shown, and never an error.\n\n"
        "| code | meaning |\n|---|---|\n" + rows
    )


def configuration_page() -> str:
    """Every key of sdscan.toml with its default, explained by the option of the same name or by the record itself."""
    import ast
    import inspect
    import itertools

    import click
    import msgspec

    from sdscan import config, limits
    from sdscan.cli.scan import command

    told = {name.lstrip("-"): option.help for option in command.params if isinstance(option, click.Option) for name in option.opts}
    told |= {"platforms": told["platform"], "watchlists": told["watchlist"], "policies": told["policy"], "default-watchlist": "Use the built-in watchlists."}

    def documented(record: type) -> dict[str, str]:
        """Field → the line of text below it."""
        body = ast.parse(inspect.getsource(record)).body[0].body  # type: ignore[attr-defined]
        return {
            field.target.id: ast.literal_eval(text.value)
            for field, text in itertools.pairwise(body)
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr)
        }

    def table(record: type, texts: dict[str, str]) -> str:
        rows = []
        for field in msgspec.structs.fields(record):
            value = msgspec.json.encode(field.default if field.default is not msgspec.NODEFAULT else None).decode()
            text = (documented(record).get(field.name) or texts.get(field.encode_name) or "").partition(" [default")[0].replace(" Repeatable.", "")
            rows.append(f"| `{field.encode_name}` | `{value}` | {text.replace('|', chr(92) + '|')} |\n")
        return "| key | default | |\n|---|---|---|\n" + "".join(rows)

    texts = {key: text or "" for key, text in told.items()}
    return (
        HEAD + "# Configuration\n\nThe nearest of `sdscan.toml`, `.sdscan.toml` and `pyproject.toml` with a `[tool.sdscan]` table counts, from the folder of the "
        "first path up to the repository's root. An option on the command line wins over the file; `SDSCAN_SCAN_…` in the environment stands between (`SDSCAN_SCAN_FAIL_ON=medium`). "
        "An unknown key is an error that names file, line and key.\n\n```sh\nsdscan init --print\nsdscan scan --show-config outputs\nsdscan scan --isolated outputs\n```\n\n"
        "The second prints every setting and where it comes from; the third ignores all configuration files.\n\n## `[scan]`\n\n" + table(config.ScanSection, texts)
        + "\n## `[judgement]`\n\n" + table(config.JudgementSection, {"allow-without-expiry": "Allow entries need no `expires`."})
        + "\n## `[[allow]]` and `[[declare]]`\n\n[Allow one](allow.md) explains them.\n\n## `[limits]`\n\nHow much of one file is read. What hits a limit is reported as a problem; what was read "
        "up to there is used. Sizes in bytes. Keys may also be written with underscores (`blobs_total`).\n\n" + table(limits.Limits, {})
        + "\n## Environment\n\n| variable | |\n|---|---|\n| `SDSCAN_CACHE_DIR`, `SDSCAN_DATA_DIR` | where the catalog and compiled watchlists, and your imported lists, are kept |\n"
        "| `SDSCAN_LANG` | `en` or `ja`, where `--lang` is not given |\n| `SOURCE_DATE_EPOCH` | the date to judge by, so that a run can be repeated |\n"
        "| `NO_COLOR`, `FORCE_COLOR`, `TERM=dumb` | colour and progress |\n| `CI`, `PRE_COMMIT` | no progress line |\n"
    )


def rules_page() -> str:
    """Every rule with its texts, as `sdscan explain --all --format markdown` prints them."""
    from sdscan.judgement.rules import RULES
    from sdscan.judgement.rules.pages import rule_markdown

    return HEAD + "# Rules\n\n" + "\n".join(rule_markdown(rule) for rule in RULES)


def platform_pages() -> dict[str, str]:
    """One page a platform, from its pack."""
    from sdscan.knowledge.policies import load_policies
    from sdscan.knowledge.policies.pages import platform_markdown

    pages = {}
    rows = []
    for platform in sorted(load_policies().platforms.values(), key=lambda p: p.id):
        pages[f"docs/platforms/{platform.id}.md"] = HEAD + platform_markdown(platform)
        rows.append(f"| [{platform.name}]({platform.id}.md) | `{platform.id}` | {platform.takes_ai} |\n")
    pages["docs/platforms/index.md"] = (
        HEAD + "# Platforms\n\nWhat each platform says, with source and date. Unknown is not safe.\n\n"
        "| platform | id | takes AI pictures |\n|---|---|---|\n" + "".join(rows)
    )
    return pages


def demo_output(*arguments: str) -> str:
    """What the demo prints, at 80 columns, judged on a fixed date."""
    env = {**os.environ, "SOURCE_DATE_EPOCH": "1795305600", "COLUMNS": "80", "NO_COLOR": "1", "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "sdscan", "scan", "--isolated", "--no-catalog", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, encoding="utf-8")
    if done.returncode not in (0, 1, 3):
        raise SystemExit(f"docs: the demo ended with {done.returncode}: {done.stderr[-800:]}")
    return done.stdout


def with_blocks(page: str, blocks: dict[str, Callable[[], str]], language: str = "text") -> str:
    """A page with each `<!-- begin NAME -->…<!-- end NAME -->` block written anew."""
    for name, make in blocks.items():
        begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
        if begin in page:
            body = f"{begin}\n```{language}\n{make().rstrip()}\n```\n{end}"
            page = re.sub(re.escape(begin) + r".*?" + re.escape(end), lambda _, body=body: body, page, flags=re.DOTALL)
    return page


def pages() -> dict[str, str]:
    """path → text of everything that is generated."""
    demo = ("--models", "fixtures/models", "--platform", "pixiv", "--platform", "booth", "--platform", "adobe_stock", "fixtures/gallery")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    examples = {path.stem: lambda path=path: path.read_text(encoding="utf-8") for path in (ROOT / "examples").glob("*.py")}
    made = {
        "sdscan/schemas/file-1.json": schema("FileResult", "sdscan-file/1"),
        "sdscan/schemas/report-1.json": report_schema(),
        "docs/cli.md": cli_page(),
        "docs/exit-codes.md": exit_page(),
        "docs/configuration.md": configuration_page(),
        "docs/formats.md": HEAD + formats_page(),
        "docs/rules.md": rules_page(),
        "docs/python.md": with_blocks((ROOT / "docs/python.md").read_text(encoding="utf-8"), examples, "python"),
        "README.md": with_blocks(readme, {"demo": lambda: demo_output(*demo)}),
    }
    made.update(platform_pages())
    return made


def main() -> None:
    """Write or check."""
    check = "--check" in sys.argv
    stale = []
    made = {**compiled(ROOT), **{name: text.encode() for name, text in pages().items()}}
    for name, data in made.items():
        path = ROOT / name
        if path.exists() and path.read_bytes() == data:
            continue
        stale.append(name)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    if check and stale:
        raise SystemExit("out of date, run `python scripts/docs.py`: " + ", ".join(stale))
    print(f"docs: {len(stale)} pages written" if not check else "docs: up to date")


if __name__ == "__main__":
    main()
