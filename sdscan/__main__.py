"""The entry point: one place where every way to end becomes an exit code of the contract.

click turns Ctrl-C, a closed pipe and a crash into 1, which here means "findings"; so it runs without its own error handling.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
from typing import NoReturn

import click

from sdscan.codepages import ERRORS
from sdscan.errors import PipeClosed, SdscanError, StoreError
from sdscan.exit_codes import BUG, INCOMPLETE, INTERRUPTED, PIPE, USAGE


def main(argv: list[str] | None = None) -> NoReturn:
    """Run the command line and end the process at once: taking an interpreter apart that nobody needs costs a hook 15 ms."""
    gc.set_threshold(100_000, 50, 100)  # records hold no cycles, so looking for them seldom is enough
    code = run(argv)
    if sys.gettrace() is not None:  # coverage writes its file when the interpreter ends
        sys.exit(code)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(
            OSError, ValueError, AttributeError
        ):  # AttributeError: the caller closed it before the start
            stream.flush()
    os._exit(code)


def run(argv: list[str] | None = None) -> int:
    """Run the command line; the exit code."""
    from sdscan.cli import sdscan

    _survive_any_text()
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        code = sdscan.main(args=argv, prog_name="sdscan", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return USAGE
    except PipeClosed:
        return _close_quietly()
    except SdscanError as error:
        click.echo(f"sdscan: error: {error}", err=True)
        return INCOMPLETE if isinstance(error, StoreError) else USAGE
    except (KeyboardInterrupt, click.Abort):
        click.echo("sdscan: interrupted; what was written so far stands.", err=True)
        return INTERRUPTED
    except Exception:  # the one place: a crash must not look like a finding
        return _report_bug()
    return code if isinstance(code, int) else 0


def _survive_any_text() -> None:
    """No prompt may crash the output: what a stream cannot encode is written as an escape."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors=ERRORS)


def _interrupt(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _close_quietly() -> int:
    """The reader of the pipe went away: keep the interpreter from complaining when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return PIPE


def _report_bug() -> int:
    import traceback

    traceback.print_exc()
    click.echo("sdscan: this is a bug in sdscan; please report it with the lines above.", err=True)
    return BUG


if __name__ == "__main__":
    main()
