"""The command line: one module a command, each imported only when it is called."""

from __future__ import annotations

import contextlib
import errno
import importlib
import importlib.util
import sys
from collections.abc import Iterator
from typing import Any

import click

from sdscan._version import __version__
from sdscan.errors import OutputError, PipeClosed

COMMANDS: dict[str, tuple[str, str]] = {
    "scan": ("sdscan.cli.scan", "Judge pictures and models: the main job."),
    "inspect": ("sdscan.cli.inspect", "Show everything that files say, without judging."),
    "models": ("sdscan.cli.models", "The model library: what each LoRA was trained on."),
    "watchlist": ("sdscan.cli.watchlist", "Look at, lint, extend and try the watchlists."),
    "policy": ("sdscan.cli.policy", "The platforms, their rules, source and date."),
    "explain": ("sdscan.cli.explain", "What a rule flags, and how to respond."),
    "report": ("sdscan.cli.report", "Turn a saved result into another format."),
    "watch": ("sdscan.cli.watch", "Judge new pictures while they are generated."),
    "review": ("sdscan.cli.review", "Look at the pictures in a page on this machine."),
    "rescan": ("sdscan.cli.rescan", "Judge the catalog again with today's knowledge."),
    "sort": ("sdscan.cli.sort", "Copy pictures into publish/, review/ and block/."),
    "label": ("sdscan.cli.label", "Write the AI disclosure that is owed into copies."),
    "baseline": ("sdscan.cli.baseline", "Accept the findings that are known."),
    "allow": ("sdscan.cli.allow", "Allow one finding, with a reason and an end date."),
    "init": ("sdscan.cli.init", "Write a commented sdscan.toml."),
    "catalog": ("sdscan.cli.catalog", "The local cache of decoded facts."),
}
"""name → (module, one line of help). The module holds a click command under the name `command`."""


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is asked for, so that `--version` imports nothing else."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All command names, in the order of COMMANDS."""
        return [name for name in COMMANDS if _exists(name)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        if cmd_name not in COMMANDS or not _exists(cmd_name):
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """As click does; `--help` and `--version` are written here."""
        with _writing():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command, and see to it that everything it wrote has arrived."""
        with _writing():
            result = super().invoke(ctx)
            sys.stdout.flush()
        return result

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest name suggested for one that does not exist."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, 1)
            raise click.UsageError(
                f"no such command {args[0]!r}" + (f"; did you mean {near[0]!r}?" if near else ""), ctx
            )
        return super().resolve_command(ctx, args)


@contextlib.contextmanager
def _writing() -> Iterator[None]:
    """What standard output or a disk refuses leaves as an error of ours: click calls it exit 1, "findings"."""
    try:
        yield
    except OSError as error:
        from sdscan.system import is_closed_pipe

        if is_closed_pipe(error):
            raise PipeClosed from None
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EFBIG):
            raise
        raise OutputError(f"the result could not be written: {(error.strerror or 'error').lower()}") from None


def _exists(name: str) -> bool:
    return importlib.util.find_spec(COMMANDS[name][0]) is not None


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "SDSCAN"},
    epilog="Nothing is ever sent anywhere. A finding is a risk with evidence, never a legal verdict.\n\n"
    'Completion: eval "$(_SDSCAN_COMPLETE=bash_source sdscan)" in ~/.bashrc; zsh_source in ~/.zshrc; '
    "_SDSCAN_COMPLETE=fish_source sdscan | source in fish.",
)
@click.version_option(__version__, "--version", "-V", message="sdscan %(version)s")
def sdscan() -> None:
    """Says which Stable Diffusion pictures and models carry derivative-work or style-imitation risk, and why.

    Start with: sdscan scan PATH --models YOUR_LORA_FOLDER
    """
