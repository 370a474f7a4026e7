"""`sdscan init`: write a commented sdscan.toml; `--pre-commit` adds the hook."""

from __future__ import annotations

import os
import re
import textwrap
from collections.abc import Sequence
from pathlib import Path

import click

from sdscan._version import __version__
from sdscan.cli.options import note, plain
from sdscan.errors import ConfigError

_TOML = """\
# sdscan: what to judge by. `sdscan scan --show-config` prints every setting with its source.

[scan]
# Folders of your LoRA and other model files: a picture's LoRA is looked up here, and its training data speaks.
models = [{models}]
# Where you publish. `sdscan policy list` names all; none means the profile "general".
platforms = ["general"]
# Exit 1 from this level on: info, low, medium, high, critical, never.
fail-on = "high"
# Leave these out (globs).
exclude = []
# More watchlists: packs, or tag lists that you have (CSV, TXT, JSON).
watchlists = []
# More policy packs: platforms and works of your own (docs/policy-format.md).
policies = []

[judgement]
# Public domain is life + this many years.
protection-years = 70

# Accept one finding. `reason` and `expires` are required; a stale entry is reported.
# [[allow]]
# rule = "SD201"
# subject = "jane_doe"
# paths = ["commissions/**"]
# reason = "written permission of 2026-03-02"
# expires = 2027-03-02

# State what sdscan cannot see: original-character, licensed, hand-traced, own-style.
# [[declare]]
# paths = ["my-oc/**"]
# as = "original-character"
# reason = "my own character since 2019"
# date = 2026-11-22
"""

_HOOK = f"""\
  - repo: https://github.com/sdscan/sdscan
    rev: v{__version__}
    hooks:
      - id: sdscan  # before any hook that strips metadata
"""


@click.command("init", short_help="Write a commented sdscan.toml.")
@click.option("--pre-commit", is_flag=True, help="Add the hook to .pre-commit-config.yaml as well.")
@click.option("--print", "to_stdout", is_flag=True, help="Print instead of writing.")
@click.option("--force", is_flag=True, help="Overwrite an existing sdscan.toml.")
@plain
def command(pre_commit: bool, to_stdout: bool, force: bool) -> int:
    """Write a commented sdscan.toml in this folder. Model folders of known programs are recognised and filled in."""
    text = _TOML.format(models=", ".join(f'"{folder}"' for folder in _model_folders()))
    if to_stdout:
        click.echo(text, nl=False)
    else:
        path = Path("sdscan.toml")
        if path.exists() and not force:
            raise ConfigError("sdscan.toml exists already; --force overwrites it, --print shows the new one")
        path.write_text(text, encoding="utf-8")
        note("wrote sdscan.toml; next: sdscan scan")
    if pre_commit:
        _add_hook(Path(".pre-commit-config.yaml"), to_stdout)
    return 0


def _model_folders() -> Sequence[str]:
    """Model folders of A1111, Forge, ComfyUI and others, below here or in the home folder, with forward slashes."""
    from sdscan.facts.models.folders import default_folders

    return [str(folder).replace(os.sep, "/") for folder in default_folders()]


def _add_hook(path: Path, to_stdout: bool) -> None:
    if to_stdout:
        click.echo("repos:\n" + _HOOK, nl=False)
        return
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    if "id: sdscan" in old:
        note(f"{path} has the hook already")
        return
    start = re.search(r"^repos:[ \t]*\n", old, re.MULTILINE)
    if old and start is None:
        raise ConfigError(f"{path} has no list `repos:`; add the hook by hand (`sdscan init --pre-commit --print`)")
    indent = re.search(r"^([ \t]*)- repo:", old, re.MULTILINE)
    hook = textwrap.indent(textwrap.dedent(_HOOK), indent[1] if indent else "  ")
    new = old[: start.end()] + hook + old[start.end() :] if start else "repos:\n" + hook
    path.write_text(new, encoding="utf-8")
    note(f"added the hook to {path}; next: pre-commit install")
