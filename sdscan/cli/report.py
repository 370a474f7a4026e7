"""`sdscan report RESULT`: a saved json or jsonl result → any other format, without scanning again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import click
import msgspec

from sdscan.cli.options import LEVELS, common, spoken, wants_color
from sdscan.cli.outputs import fitted, open_output, output_from, terminal_width
from sdscan.errors import ConfigError
from sdscan.exits import ExitRules
from sdscan.i18n import language_of
from sdscan.records import FILE_SCHEMA, REPORT_SCHEMA, FileResult, Pack
from sdscan.reports import RenderOptions, redacted_by_default, written
from sdscan.run import Spool, batch_of


@click.command("report", short_help="Turn a saved result into another format.")
@click.argument("result", metavar="RESULT")
@click.option(
    "-o", "--output", "outputs", multiple=True, metavar="FORMAT[:PATH]", help="As for scan. Repeatable. [default: text]"
)
@click.option("--min-severity", type=click.Choice(LEVELS), default="info", show_default=True)
@click.option(
    "--redact/--no-redact", default=None, help="Hide prompt texts. [default: for sarif, junit, github, gitlab]"
)
@click.option("--show-suppressed", is_flag=True, help="Show findings that were set aside.")
@click.option("--root", default=".", metavar="DIR", help="Folder that the paths in the result start from.")
@spoken
@common
def command(
    result: str, outputs: tuple[str, ...], min_severity: str, redact: bool | None, show_suppressed: bool, root: str, lang: str,
    verbose: int, quiet: bool, color: str,
) -> int:  # fmt: skip
    """Turn RESULT, a file that `sdscan scan -o json` or `-o jsonl` wrote, or the folder of `-o parquet:FOLDER/`, into any other format. Always exits 0 when it could be read."""
    packs, platforms, files = read_result(result)
    options = RenderOptions(
        min_severity=min_severity, verbose=verbose, color=wants_color(color), width=terminal_width(), lang=language_of(lang),  # type: ignore[arg-type]
        show_suppressed=show_suppressed, root=root,
    )  # fmt: skip
    rules = ExitRules(fail_on=None, allow_incomplete=True, hook=True)
    with Spool((batch_of([file]) for file in files), packs, platforms, rules) as spool:
        for _ in spool.live():
            pass
        for text in outputs or ("text",):
            output = output_from(text)
            hide = redacted_by_default(output.format) if redact is None else redact
            with open_output(output) as sink:
                for piece in written(output.format, spool, fitted(options, output, redact=hide)):
                    sink.write(piece)
    return 0


def read_result(path: str) -> tuple[tuple[Pack, ...], tuple[str, ...], Iterator[FileResult]]:
    """Packs, platforms and files of a saved result. Raises ConfigError where it is none, or of another major version."""
    if os.path.isdir(path) or "://" in path:
        from sdscan.engines.cluster import saved

        return saved(path)
    try:
        with open(path, "rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise ConfigError(f"{path!r}: {(error.strerror or 'cannot be read').lower()}") from None
    first = start.lstrip()[:1]
    if first != b"{":
        raise ConfigError(f"{path!r} is no result of sdscan: expected JSON, as `-o json` or `-o jsonl` writes it")
    line = start.split(b"\n", 1)[0]
    if f'"{FILE_SCHEMA}"'.encode() in line or b'"sdscan-file/' in line:
        return (), _platforms(path), _lines(path)
    return _document(path)


def _lines(path: str) -> Iterator[FileResult]:
    decode = msgspec.json.Decoder(FileResult).decode
    with open(path, "rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                try:
                    result = decode(line)
                except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
                    raise ConfigError(f"{path}:{number}: is no record of sdscan: {error}") from None
                _check(result.schema, FILE_SCHEMA, f"{path}:{number}")
                yield result


def _platforms(path: str) -> tuple[str, ...]:
    """The platforms that the first judged record was held against."""
    for result in _lines(path):
        if result.verdicts:
            return tuple(result.verdicts)
    return ()


class _Saved(msgspec.Struct):
    """What is read back of a saved report."""

    schema: str
    packs: tuple[Pack, ...] = ()
    platforms: tuple[str, ...] = ()
    files: tuple[FileResult, ...] = ()


def _document(path: str) -> tuple[tuple[Pack, ...], tuple[str, ...], Iterator[FileResult]]:
    with open(path, "rb") as file:
        data = file.read()
    try:
        schema = json.loads(data).get("schema")
        _check(schema, REPORT_SCHEMA, path)
        saved = msgspec.json.decode(data, type=_Saved)
    except (ValueError, AttributeError, RecursionError) as error:
        raise ConfigError(f"{path!r} is no result of sdscan: {error}") from None
    return saved.packs, saved.platforms, iter(saved.files)


def _check(schema: object, wanted: str, where: str) -> None:
    if schema != wanted:
        raise ConfigError(
            f"{where}: schema is {schema!r}; this sdscan reads {wanted!r}. Scan again, or use the sdscan that wrote it"
        )
