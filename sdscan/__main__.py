"""The entry point: one place where every way to end becomes an exit code of the contract.

click turns Ctrl-C, a closed pipe and a crash into 1, which here means "findings"; so it runs without its own error handling.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from sdscan.codepages import ERRORS
from sdscan.exit_codes import BUG, INCOMPLETE, INTERRUPTED, PIPE, USAGE

if TYPE_CHECKING:
    import click


def main(argv: list[str] | None = None) -> NoReturn:
    """Run the command line and end the process at once: taking an interpreter apart that nobody needs costs a hook 15 ms."""
    gc.set_threshold(100_000, 50, 100)  # records hold no cycles, so looking for them seldom is enough
    code = run(argv)
    for number in (signal.SIGINT, signal.SIGTERM):  # all is done: from here on they end the process without a word
        signal.signal(number, signal.SIG_DFL)
    if sys.gettrace() is not None:  # coverage writes its file when the interpreter ends
        sys.exit(code)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def run(argv: list[str] | None = None) -> int:
    """Run the command line; the exit code."""
    interrupts: list[int] = []

    def interrupt(number: int, frame: object) -> NoReturn:
        interrupts.append(number)
        raise KeyboardInterrupt

    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, interrupt)
        _open_what_is_closed()
        _survive_any_text()
        return _run(argv, interrupts)
    except KeyboardInterrupt:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write("sdscan: interrupted; what was written so far stands.\n")
        return INTERRUPTED


def _run(argv: list[str] | None, interrupts: Sequence[int]) -> int:
    """The same, less interrupts, which may come while modules are still being imported. Raises KeyboardInterrupt."""
    import click

    from sdscan.cli import sdscan
    from sdscan.errors import PipeClosed, SdscanError, StoreError

    try:
        code = sdscan.main(args=argv, prog_name="sdscan", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        if variable := _variable(error):
            click.echo(f"The value is that of the environment variable {variable}.", err=True)
        return USAGE
    except PipeClosed:
        return _close_quietly()
    except SdscanError as error:
        click.echo(f"sdscan: error: {error}", err=True)
        return INCOMPLETE if isinstance(error, StoreError) else USAGE
    except click.Abort:
        raise KeyboardInterrupt from None
    except Exception:  # the one place: a crash must not look like a finding
        if interrupts:  # a class that is being made wraps what interrupts it
            raise KeyboardInterrupt from None
        return _report_bug()
    if interrupts:  # one that came within a callback of the interpreter was swallowed there
        raise KeyboardInterrupt
    return code if isinstance(code, int) else 0


def _variable(error: click.ClickException) -> str:
    """The environment variable that holds a wrong value which nobody typed; empty where it was typed."""
    from click import BadParameter

    if not isinstance(error, BadParameter) or error.ctx is None or error.param is None or not error.param.name:
        return ""
    source = error.ctx.get_parameter_source(error.param.name)
    is_set = source is not None and source.name == "ENVIRONMENT"
    return f"{error.ctx.auto_envvar_prefix}_{error.param.name.upper()}" if is_set else ""


def _open_what_is_closed() -> None:
    """A caller may start us with streams closed (`>&-`, some schedulers): a file that we open must not take their number."""
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is None:
            with contextlib.suppress(OSError):
                opened = os.open(os.devnull, os.O_RDWR)
                if opened != number:
                    os.dup2(opened, number)
                    os.close(opened)
            stream = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115 - lives as long as the process
            setattr(sys, name, stream)


def _survive_any_text() -> None:
    """No prompt may crash the output: what a stream cannot encode is written as an escape."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)  # a test may have put something else there
        if reconfigure is not None:
            reconfigure(errors=ERRORS)


def _close_quietly() -> int:
    """The reader of the pipe went away: keep the interpreter from complaining when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return PIPE


def _report_bug() -> int:
    import traceback

    with contextlib.suppress(OSError, ValueError):
        traceback.print_exc()
        sys.stderr.write("sdscan: this is a bug in sdscan; please report it with the lines above.\n")
    return BUG


if __name__ == "__main__":
    main()
