"""Where `-o FORMAT[:PATH]` goes: standard output, or a file that is written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import IO

import msgspec

from sdscan.codepages import ERRORS
from sdscan.errors import ConfigError
from sdscan.reports import RenderOptions, renderer


class Output(msgspec.Struct, frozen=True):
    """One `-o FORMAT[:PATH]`."""

    format: str
    path: str | None
    """None: standard output."""


def terminal_width() -> int:
    """Columns of the terminal, between 60 and 200; 80 where there is none."""
    asked = os.environ.get("COLUMNS", "")
    columns = int(asked) if asked.isdecimal() else 0
    if not columns:
        with contextlib.suppress(OSError, ValueError):
            columns = os.get_terminal_size(sys.stdout.fileno()).columns
    return max(60, min(200, columns or 80))


def fitted(options: RenderOptions, output: Output, *, redact: bool) -> RenderOptions:
    """The options of one output: links only where a person looks at a terminal, and there the text in its code page."""
    is_shown = output.path in (None, "-")
    links = is_shown and sys.stdout.isatty() and options.color
    encoding = stdout_encoding() if is_shown and output.format == "text" else "utf-8"
    return msgspec.structs.replace(options, redact=redact, links=links, encoding=encoding)


def stdout_encoding() -> str:
    """The encoding of standard output: UTF-8 nearly everywhere, a code page in pipes and old consoles of Windows."""
    return getattr(sys.stdout, "encoding", None) or "utf-8"


def for_stdout(text: str) -> bytes:
    """Text for a person as standard output takes it."""
    return text.encode(stdout_encoding(), ERRORS)


def output_from(text: str) -> Output:
    """`FORMAT[:PATH]` → Output. Raises ConfigError for an unknown format or an empty path."""
    name, colon, path = text.partition(":")
    if colon and not path:
        raise ConfigError(f"-o {text!r}: the path is missing")
    renderer(name)
    return Output(name, path or None)


def apart(outputs: list[Output], engine: str) -> tuple[list[Output], str]:
    """The outputs that are one stream or file each, and the folder or address for the parts of a run (empty: none are wanted).

    `-o parquet:PATH` means a folder of parts where PATH ends with a slash, is a folder or an address, or where a cluster writes and it has no suffix.
    """
    parts = [output.path for output in outputs if output.format == "parquet" and _is_for_parts(output.path, engine)]
    if len(parts) > 1:
        raise ConfigError("-o parquet: one folder for the parts of a run is enough")
    rest = [output for output in outputs if output.format != "parquet" or not _is_for_parts(output.path, engine)]
    return rest, (parts[0] or "") if parts else ""


def _is_for_parts(path: str | None, engine: str) -> bool:
    if path is None or path == "-":
        return False
    if path.endswith(("/", os.sep)) or "://" in path or os.path.isdir(path):
        return True
    return engine != "local" and not path.endswith(".parquet")


@contextlib.contextmanager
def open_output(output: Output) -> Iterator[IO[bytes]]:
    """Standard output, or a temporary file that becomes PATH only when everything has been written."""
    if output.path is None or output.path == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if os.path.isdir(output.path):
        raise ConfigError(f"-o {output.format}:{output.path}: is a folder")
    import tempfile  # late: most hooks write no file

    target = os.path.realpath(output.path)  # a symbolic link stays one
    is_special = os.path.exists(target) and not os.path.isfile(target)
    try:
        if is_special:  # a device or a named pipe is written to, never replaced
            temporary, handle = "", os.open(target, os.O_WRONLY)
        else:
            handle, temporary = tempfile.mkstemp(prefix=".sdscan-", dir=os.path.dirname(target))
    except OSError as error:
        raise ConfigError(
            f"-o {output.format}:{output.path}: cannot be written: {(error.strerror or 'error').lower()}"
        ) from None
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        if temporary:
            os.chmod(temporary, 0o666 & ~_umask())
            os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
