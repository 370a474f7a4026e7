"""What every command takes, and how a run tells where its settings come from."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from sdscan.cli import COMMANDS, sdscan


def leaves(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for word, inner in command.commands.items():
            yield from leaves(inner, f"{name} {word}")
    else:
        yield name, command


def every_command() -> list[tuple[str, click.Command]]:
    context = click.Context(sdscan)
    names = sdscan.list_commands(context)
    return [leaf for name in names for leaf in leaves(importlib.import_module(COMMANDS[name][0]).command, name)]


def call(*arguments: str, **env: str) -> Result:
    return CliRunner().invoke(sdscan, arguments, env=env, standalone_mode=False, auto_envvar_prefix="SDSCAN")


def test_every_command_takes_quiet_verbose_and_color() -> None:
    missing = {
        name: sorted({"-q", "-v", "--color"} - {word for parameter in command.params for word in parameter.opts})
        for name, command in every_command()
    }
    assert {} == {name: words for name, words in missing.items() if words}


def test_quiet_leaves_out_what_was_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "" == call("init", "-q").output
    assert (tmp_path / "sdscan.toml").is_file()
    assert "wrote sdscan.toml" in call("init", "--force").output


def test_each_setting_is_shown_with_its_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sdscan.toml").write_text('[scan]\nplatforms = ["booth"]\nfail-on = "low"\nexclude = ["old/**"]\n')
    env = {"SDSCAN_SCAN_FAIL_ON": "medium", "SDSCAN_SCAN_NO_DEFAULT_WATCHLIST": "1"}
    lines = call("scan", "--show-config", "--jobs", "2", "--exclude", "x", **env).output.splitlines()
    wanted = {
        'scan.platforms = ["booth"]  # sdscan.toml',
        'scan.fail-on = "medium"  # SDSCAN_SCAN_FAIL_ON',
        "scan.default-watchlist = false  # SDSCAN_SCAN_NO_DEFAULT_WATCHLIST",
        "scan.jobs = 2  # command line",
        'scan.exclude = ["x","old/**"]  # command line, sdscan.toml',
        'scan.min-severity = "info"  # default',
        "allow = 0 entries  # default",
    }
    assert wanted == wanted & set(lines)
