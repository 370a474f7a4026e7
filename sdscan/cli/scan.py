"""`sdscan scan`: paths → judged results in one or more formats, and the exit code."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from typing import IO

import click
import msgspec
from msgspec.structs import replace

from sdscan.cli.options import (
    LEVELS,
    common,
    configured,
    knowing,
    level_of,
    loaded_config,
    reaching,
    read_list,
    spoken,
    wants_color,
)
from sdscan.cli.outputs import Output, apart, fitted, open_output, output_from, terminal_width
from sdscan.cli.show_config import setting_lines
from sdscan.cloud import Access
from sdscan.config import Config
from sdscan.discover import discover
from sdscan.engines import Plan, judged
from sdscan.errors import ConfigError
from sdscan.exits import ExitRules
from sdscan.i18n import language_of
from sdscan.judgement.suppression import odd_statements, stale_statements
from sdscan.knowledge.statements import Statements
from sdscan.records import Candidate
from sdscan.reports import RenderOptions, redacted_by_default, written
from sdscan.run import Spool
from sdscan.session import Settings, catalog_path, load, platforms_from
from sdscan.terminal import progress, safe


@click.command("scan", short_help="Judge pictures and models: the main job.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@knowing
@click.option(
    "--fail-on", type=click.Choice([*LEVELS, "never"]), default=None, help="Exit 1 from this level on. [default: high]"
)
@click.option(
    "--min-severity", type=click.Choice(LEVELS), default=None, help="Show findings from this level on. [default: info]"
)
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT[:PATH]",
    help="text json jsonl sarif junit csv markdown github gitlab html parquet. Repeatable.",
)
@click.option("--files-from", metavar="FILE", help="Read paths from a file, or - for standard input.")
@click.option("-z", "--null", is_flag=True, help="Paths of --files-from end with NUL.")
@click.option("--manifest", metavar="FILE", help="Objects to scan: an inventory (keys, CSV, JSON lines; .gz), or - .")
@reaching
@click.option(
    "--jobs",
    type=click.IntRange(min=0),
    default=None,
    metavar="N",
    help="Worker processes; 0: as many as help. [default: 0]",
)
@click.option(
    "--engine",
    type=click.Choice(["local", "ray", "dask"]),
    default="local",
    show_default=True,
    help="What maps the work: this machine, or a cluster at --address.",
)
@click.option("--address", metavar="ADDR", help="Of the cluster: local, auto or HOST:PORT; see `at scale` in the docs.")
@click.option(
    "--shard-size",
    type=click.IntRange(min=1),
    default=1_000,
    show_default=True,
    metavar="N",
    help="Files a part of -o parquet:FOLDER/, more or less.",
)
@click.option("--catalog", "catalog", metavar="PATH", help="Cache of decoded facts. [default: in your cache folder]")
@click.option("--no-catalog", is_flag=True, help="Read every file anew and remember nothing.")
@click.option("--baseline", metavar="FILE", help="Accept the findings that this file lists.")
@configured
@click.option(
    "--redact/--no-redact", default=None, help="Hide prompt texts. [default: for sarif, junit, github, gitlab]"
)
@click.option("--hook", is_flag=True, help="For pre-commit: no progress, silent on success.")
@click.option("--allow-incomplete", is_flag=True, help="Do not fail because a file could not be read to its end.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 also when there are findings.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave these paths out. Repeatable.")
@click.option(
    "--thorough",
    is_flag=True,
    help="Look into all pixels for hidden copies, and walk every container to its last byte.",
)
@click.option("--show-suppressed", is_flag=True, help="Show findings that allow entries or the baseline set aside.")
@click.option("--show-config", is_flag=True, help="Print each setting and where it comes from, and stop.")
@spoken
@common
def command(  # long: one parameter an option, nothing else
    paths: tuple[str, ...], models: tuple[str, ...], platforms: tuple[str, ...], watchlists: tuple[str, ...], no_default_watchlist: bool, policies: tuple[str, ...],
    fail_on: str | None, min_severity: str | None, outputs: tuple[str, ...], files_from: str | None, null: bool, manifest: str | None,
    credentials: str, endpoint: str, concurrency: int, jobs: int | None,
    engine: str, address: str | None, shard_size: int, catalog: str | None, no_catalog: bool, baseline: str | None, config_path: str | None, isolated: bool,
    redact: bool | None, hook: bool, allow_incomplete: bool, exit_zero: bool, exclude: tuple[str, ...], thorough: bool,
    show_suppressed: bool, show_config: bool, lang: str, verbose: int, quiet: bool, color: str,
) -> int:  # fmt: skip
    """Judge pictures, videos, sounds and model files.

    Says which carry derivative-work or style-imitation risk, how sure that is, what the evidence is, and what each platform would say.
    """
    named = [*paths, *(read_list(files_from, null) if files_from is not None else ())]
    loaded = loaded_config(named, config_path, isolated)
    config = loaded.config
    if show_config:
        for line in setting_lines(loaded, click.get_current_context()):
            click.echo(line)
        return 0
    if not named and files_from is None and manifest is None and not hook:
        named = ["."]
    wanted, parts = apart([output_from(text) for text in outputs] or [Output("text", None)], engine)
    if parts and redact:
        raise ConfigError(
            "--redact: the parts of a run hold its records as they are; `sdscan report FOLDER --redact` hides prompts"
        )
    if catalog is not None and engine != "local":
        raise ConfigError("--catalog goes with --engine local: the nodes of a cluster share none")
    if address is not None and engine == "local":
        raise ConfigError("--address goes with --engine ray or --engine dask")
    settings = Settings(
        config=config,
        models=models or config.scan.models,
        platforms=platforms_from(platforms, config),
        watchlists=watchlists or config.scan.watchlists,
        default_watchlist=not no_default_watchlist and config.scan.default_watchlist,
        own_watchlists=not isolated,
        policies=policies or config.scan.policies,
        baseline=baseline or config.scan.baseline or None,
        jobs=config.scan.jobs if jobs is None else jobs,
        thorough=thorough or config.scan.thorough,
        catalog=catalog_path(catalog, config, off=no_catalog or _is_short(hook, catalog, models, config)),
        config_path=None if loaded.path is None else str(loaded.path),
        remember=True,
        access=Access(credentials, endpoint, concurrency),
    )
    rules = ExitRules(
        fail_on=level_of(fail_on or config.scan.fail_on, "fail-on"),
        allow_incomplete=allow_incomplete or config.scan.allow_incomplete,
        exit_zero=exit_zero,
        hook=hook,
    )
    options = RenderOptions(
        min_severity=level_of(min_severity or config.scan.min_severity, "min-severity") or "info",
        verbose=verbose, color=wants_color(color), width=terminal_width(), lang=language_of(lang), show_suppressed=show_suppressed,
    )  # fmt: skip
    plan = None
    if parts or engine != "local":
        asked = tuple(named) if manifest is None else (*named, f"--manifest {manifest}")
        excluded = (*exclude, *config.scan.exclude)
        plan = Plan(engine, address, parts, shard_size, asked, excluded, bool(wanted), quiet or hook)
    return _run(
        named,
        settings,
        rules,
        options,
        wanted,
        _Knobs(
            redact,
            hook,
            quiet,
            plan,
            (*exclude, *config.scan.exclude),
            manifest,
            bool(min_severity) or "scan.min-severity" in loaded.keys,
        ),
    )


def _is_short(hook: bool, catalog: str | None, models: Sequence[str], config: Config) -> bool:
    """A hook's few pictures are read faster than a catalog is opened; its models are not."""
    return hook and not (catalog or models or config.scan.catalog or config.scan.models)


class _Knobs(msgspec.Struct, frozen=True):
    """What only this command needs to know."""

    redact: bool | None
    hook: bool
    quiet: bool
    plan: Plan | None
    """None: this machine, without parts."""
    exclude: tuple[str, ...]
    manifest: str | None = None
    is_level_asked: bool = False
    """Whether an option or the configuration says from which level on findings are shown."""


def _run(
    paths: Sequence[str],
    settings: Settings,
    rules: ExitRules,
    options: RenderOptions,
    wanted: list[Output],
    knobs: _Knobs,
) -> int:
    """Everything that can be refused is refused before the first picture is opened."""
    with contextlib.ExitStack() as stack:
        sinks = [(output, stack.enter_context(open_output(output))) for output in wanted]
        candidates = _candidates(paths, settings.access, knobs)
        knowledge = load(settings)
        if not knobs.hook:
            for note in odd_statements(knowledge.statements):
                click.echo(f"sdscan: {safe(note)}", err=True)
        results = judged(candidates, knowledge, settings, knobs.plan)
        keep = bool(wanted) and (
            knowledge.statements.is_stated or not all(_is_streamed(output, knobs) for output in wanted)
        )
        spool = stack.enter_context(Spool(results, knowledge.packs, knowledge.platforms, rules, keep=keep))
        _stream(spool, sinks, paths, knobs)
        if keep:
            _tell_stale(paths, knowledge.statements, spool, knobs)
        code = spool.closing[0]
        for output, sink in sinks:
            if _is_streamed(output, knobs):
                continue
            if knobs.hook and output.format == "text" and output.path is None and _is_silent(spool, rules):
                continue
            shown = fitted(options, output, redact=_redact(output, knobs))
            if knobs.hook and output.format == "text" and rules.fail_on is not None and not knobs.is_level_asked:
                shown = replace(shown, min_severity=rules.fail_on)  # what stops the commit, not all the rest
            for piece in written(output.format, spool, shown):
                sink.write(piece)
    return code


def _candidates(paths: Sequence[str], access: Access, knobs: _Knobs) -> Iterator[Candidate]:
    """What to read: local files by themselves, without a look at what only object stores need."""
    if knobs.manifest is None and not any("://" in path for path in paths):
        return discover(paths, knobs.exclude)
    from sdscan.listing import selected

    return selected(paths, knobs.exclude, access, knobs.manifest)


def _is_silent(spool: Spool, rules: ExitRules) -> bool:
    """A hook is silent on success; one that never fails has nothing to say only where there is nothing above information."""
    if rules.fail_on is None and any(count for level, count in spool.tally.findings.items() if level != "info"):
        return False
    return spool.closing[0] == 0


def _tell_stale(paths: Sequence[str], statements: Statements, spool: Spool, knobs: _Knobs) -> None:
    """SD901 for entries that match nothing: only where folders were given, since a few named files prove nothing."""
    if knobs.hook or not statements.is_stated or not all(os.path.isdir(path) for path in paths):
        return
    for note in stale_statements(statements, spool):
        spool.tally.stale += 1
        click.echo(f"sdscan: SD901 {safe(note)}", err=True)


def _stream(spool: Spool, sinks: list[tuple[Output, IO[bytes]]], paths: Sequence[str], knobs: _Knobs) -> None:
    """Take all results through once: JSON lines are written as they come, everything else reads the spool afterwards."""
    lines = [sink for output, sink in sinks if _is_streamed(output, knobs)]
    local = knobs.manifest is None and not any("://" in path for path in paths)  # a listing is not asked for twice
    total = lambda: sum(1 for _ in discover(paths, knobs.exclude)) if local else 0  # noqa: E731 - asked only where a progress line is shown
    with progress(total, quiet=knobs.quiet or knobs.hook) as advance:
        for batch in spool.live():
            for sink in lines:
                sink.write(batch.whole)
            advance(batch.tally.files)


def _is_streamed(output: Output, knobs: _Knobs) -> bool:
    """Whether a format is written while the results come."""
    return output.format == "jsonl" and not _redact(output, knobs)


def _redact(output: Output, knobs: _Knobs) -> bool:
    return redacted_by_default(output.format) if knobs.redact is None else knobs.redact
