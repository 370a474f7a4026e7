"""`sdscan inspect`: everything that files say, without judgement."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence

import click
import msgspec
from msgspec.structs import replace

from sdscan.cli.options import common, configured, loaded_config, reaching, read_list, wants_color
from sdscan.cli.outputs import for_stdout, terminal_width
from sdscan.cloud import Access
from sdscan.discover import discover
from sdscan.exits import ExitRules, Tally, verdict
from sdscan.facts.text import visible
from sdscan.pipeline import container_of, facts_of
from sdscan.records import Candidate, FileFacts, FileResult
from sdscan.reports import RenderOptions


@click.command("inspect", short_help="Show everything that files say, without judging.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("-o", "--output", type=click.Choice(["text", "json", "jsonl"]), default="text", show_default=True)
@click.option("--files-from", metavar="FILE", help="Read paths from a file, or - for standard input.")
@click.option("-z", "--null", is_flag=True, help="Paths of --files-from end with NUL.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave these paths out. Repeatable.")
@reaching
@click.option("--raw", is_flag=True, help="Show the raw text of every piece of metadata (text output).")
@click.option(
    "--thorough",
    is_flag=True,
    help="Look into all pixels for hidden copies, and walk every container to its last byte.",
)
@click.option("--allow-incomplete", is_flag=True, help="Do not fail because a file could not be read to its end.")
@configured
@common
def command(  # long: one parameter an option, nothing else
    paths: tuple[str, ...], output: str, files_from: str | None, null: bool, exclude: tuple[str, ...], raw: bool, thorough: bool,
    credentials: str, endpoint: str, concurrency: int, allow_incomplete: bool, config_path: str | None, isolated: bool, verbose: int, quiet: bool, color: str,
) -> int:  # fmt: skip
    """Decode pictures, videos, sidecars and model files, and show what is in them: container, metadata, generation, models."""
    named = [*paths, *(read_list(files_from, null) if files_from is not None else ())] or ["."]
    config = loaded_config(named, config_path, isolated).config
    access = Access(credentials, endpoint, concurrency)
    tally = Tally()
    write = sys.stdout.buffer.write

    def facts() -> Iterator[tuple[Candidate, FileFacts]]:
        for candidate in _candidates(named, (*exclude, *config.scan.exclude), access):
            found = facts_of(candidate, config.limits, thorough=thorough, access=access)
            found = verified(candidate.path, found) if candidate.listed is None else found
            tally.add(record_of(candidate.path, found))
            yield candidate, found

    if output == "text":
        from sdscan.terminal import painted
        from sdscan.tree import inspect_lines

        options = RenderOptions(verbose=verbose, color=wants_color(color), width=terminal_width())
        for candidate, found in facts():
            container = container_of(candidate, config.limits, thorough=thorough, access=access)
            size = size_of(candidate.path) if candidate.listed is None else candidate.listed.size
            lines = inspect_lines(visible(candidate.path), found, container, size=size, raw=raw, width=options.width)
            for piece in painted(lines, options):
                write(for_stdout(piece))
    else:
        encode = msgspec.json.Encoder().encode
        write(b'{"schema": "sdscan-inspect/1", "files": [' if output == "json" else b"")
        separator = b""
        for candidate, found in facts():
            write(separator + encode(record_of(candidate.path, found)) + (b"\n" if output == "jsonl" else b""))
            separator = b",\n" if output == "json" else b""
        write(b"]}\n" if output == "json" else b"")
    sys.stdout.buffer.flush()
    code, sentence = verdict(tally, ExitRules(fail_on=None, allow_incomplete=allow_incomplete))
    if code and not quiet:
        click.echo(sentence, err=True)
    return code


def verified(path: str, facts: FileFacts) -> FileFacts:
    """The facts with the result of checking a C2PA signature, where the extra `sdscan[c2pa]` is installed."""
    if facts.disclosure.c2pa is None:
        return facts
    from sdscan.facts.decoders.c2pa_signature import signature_state, with_signature

    summary = with_signature(facts.disclosure.c2pa, signature_state(path))
    return replace(facts, disclosure=replace(facts.disclosure, c2pa=summary))


def _candidates(paths: Sequence[str], exclude: Sequence[str], access: Access) -> Iterator[Candidate]:
    if not any("://" in path for path in paths):
        return discover(paths, exclude)
    from sdscan.listing import selected

    return selected(paths, exclude, access)


def size_of(path: str) -> int:
    """Bytes of a file; 0 where it is gone."""
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def record_of(path: str, facts: FileFacts) -> FileResult:
    """Facts in the shape of the record of one file, with nothing judged."""
    return FileResult(
        path=visible(path), outcome=facts.outcome, format=facts.format, reason=facts.reason, problems=facts.problems,
        generations=facts.generations, model=facts.model, disclosure=facts.disclosure, width=facts.width, height=facts.height,
    )  # fmt: skip
