"""Options that several commands share, and what they mean together with the configuration."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import TypeVar, cast

import click

from sdscan.cloud import DEFAULT_ACCESS
from sdscan.config import Loaded, load_config
from sdscan.errors import ConfigError
from sdscan.i18n import LANGUAGES
from sdscan.records import Severity

F = TypeVar("F", bound=Callable[..., object])

LEVELS = ("info", "low", "medium", "high", "critical")


def common(function: F) -> F:
    """-q, -v and --color."""
    for option in (
        click.option(
            "-v", "--verbose", count=True, help="Show how each finding came to its level; twice: every detail."
        ),
        click.option("-q", "--quiet", is_flag=True, help="Only findings; no progress, no notes."),
        click.option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            show_default=True,
            help="Colour; NO_COLOR is honoured.",
        ),
    ):
        function = option(function)
    return function


def plain(function: F) -> F:
    """-q, -v and --color for commands that have no colour and nothing more to tell: every command takes them."""
    for option in (
        click.option(
            "-v", "--verbose", count=True, expose_value=False, help="Taken by every command; no more to tell here."
        ),
        click.option("-q", "--quiet", is_flag=True, expose_value=False, callback=_hush, help="No notes."),
        click.option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            expose_value=False,
            help="Taken by every command; there is no colour here.",
        ),
    ):
        function = option(function)
    return function


def _hush(context: click.Context, _: click.Parameter, quiet: bool) -> None:
    context.meta["sdscan.quiet"] = quiet


def note(text: str) -> None:
    """Say what was done, unless -q was given."""
    if not click.get_current_context().meta.get("sdscan.quiet"):
        click.echo(text)


def configured(function: F) -> F:
    """--config and --isolated."""
    for option in (
        click.option("--config", "config_path", metavar="FILE", help="Use this configuration file."),
        click.option("--isolated", is_flag=True, help="Ignore all configuration files."),
    ):
        function = option(function)
    return function


def knowing(function: F) -> F:
    """The options that say what to judge by."""
    for option in (
        click.option(
            "--models", multiple=True, metavar="DIR", help="Where your LoRA and other model files live. Repeatable."
        ),
        click.option(
            "--platform",
            "platforms",
            multiple=True,
            metavar="ID",
            help="Platform or profile to judge for. Repeatable. [default: general]",
        ),
        click.option(
            "--watchlist",
            "watchlists",
            multiple=True,
            metavar="FILE",
            help="Another watchlist: a pack, CSV, TXT or JSON. Repeatable.",
        ),
        click.option("--no-default-watchlist", is_flag=True, help="Leave out the built-in watchlists."),
        click.option(
            "--policy",
            "policies",
            multiple=True,
            metavar="FILE",
            help="Another policy pack: platforms, works, rightsholders of your own. Repeatable.",
        ),
    ):
        function = option(function)
    return function


def reaching(function: F) -> F:
    """--credentials, --endpoint and --concurrency."""
    for option in (
        click.option(
            "--credentials",
            default=DEFAULT_ACCESS.credentials,
            show_default=True,
            metavar="WAY",
            help="Keys of object stores: env, profile[:NAME], instance (asks the machine's metadata service), none.",
        ),
        click.option("--endpoint", default="", metavar="URL", help="Object store other than the cloud's own."),
        click.option(
            "--concurrency",
            type=click.IntRange(1, 1024),
            default=DEFAULT_ACCESS.concurrency,
            show_default=True,
            metavar="N",
            help="Requests to an object store that each process has under way.",
        ),
    ):
        function = option(function)
    return function


def spoken(function: F) -> F:
    """--lang."""
    return click.option(
        "--lang",
        type=click.Choice(["auto", *LANGUAGES]),
        default="auto",
        help="Language of texts for people. [default: auto, from SDSCAN_LANG or the locale]",
    )(function)


def ends_by_ctrl_c() -> None:
    """For commands that run until they are stopped: from here on an interrupt is how they end, not how they break off."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)


def level_of(text: str, key: str) -> Severity | None:
    """A level from an option or the configuration; None for `never`. Raises ConfigError."""
    if text == "never":
        return None
    if text not in LEVELS:
        raise ConfigError(
            f"{key} is {text!r}; expected one of {', '.join(LEVELS)}" + (", never" if key == "fail-on" else "")
        )
    return cast(Severity, text)


def wants_color(choice: str) -> bool:
    """Whether standard output gets colour."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def loaded_config(paths: Sequence[str], config_path: str | None, isolated: bool) -> Loaded:
    """The configuration that counts for these paths."""
    return load_config(paths[0] if paths else ".", explicit=config_path, isolated=isolated)


def read_list(name: str, null: bool) -> list[str]:
    """Paths from `--files-from`: one a line, or NUL-separated; `-` is standard input. Bytes that are no UTF-8 survive."""
    try:
        if name == "-":
            data = sys.stdin.buffer.read()
        else:
            with open(name, "rb") as file:
                data = file.read()
    except OSError as error:
        raise ConfigError(f"--files-from {name!r}: {(error.strerror or 'cannot be read').lower()}") from None
    separator = b"\0" if null else b"\n"
    return [
        os.fsdecode(line)
        for line in (part.rstrip(b"\r") if not null else part for part in data.split(separator))
        if line
    ]
