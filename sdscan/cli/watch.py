"""`sdscan watch DIR…`: judge each new file as it is written; one line a finding, a summary on Ctrl-C."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence

import click
import msgspec

from sdscan.cli.accepting import settings_of
from sdscan.cli.options import (
    LEVELS,
    common,
    configured,
    ends_by_ctrl_c,
    knowing,
    level_of,
    loaded_config,
    spoken,
    wants_color,
)
from sdscan.cli.outputs import for_stdout, terminal_width
from sdscan.exits import ExitRules
from sdscan.i18n import language_of, translator
from sdscan.knowledge import Knowledge
from sdscan.limits import Limits
from sdscan.pipeline import facts_of, judge
from sdscan.records import Candidate, FileResult
from sdscan.reports import RenderOptions
from sdscan.reports.shared import findings_of
from sdscan.reports.text import path_style, summary_lines
from sdscan.run import Spool, batch_of
from sdscan.session import load
from sdscan.terminal import Line, cut, painted, safe
from sdscan.watching import new_files


@click.command("watch", short_help="Judge new pictures while they are generated.")
@click.argument("folders", nargs=-1, required=True, metavar="DIR...")
@knowing
@click.option(
    "--min-severity", type=click.Choice(LEVELS), default="low", show_default=True, help="Tell findings from this level on."
)  # fmt: skip
@click.option("--existing", is_flag=True, help="Judge what is there already, too.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave these paths out. Repeatable.")
@configured
@spoken
@common
def command(
    folders: tuple[str, ...], models: tuple[str, ...], platforms: tuple[str, ...], watchlists: tuple[str, ...], no_default_watchlist: bool, policies: tuple[str, ...],
    min_severity: str, existing: bool, exclude: tuple[str, ...], config_path: str | None, isolated: bool, lang: str,
    verbose: int, quiet: bool, color: str,
) -> int:  # fmt: skip
    """Judge each picture as the generator writes it into DIR, or below: one line a finding, a summary on Ctrl-C.

    A half-written file is waited for. Exit codes are those of scan, for what was seen until Ctrl-C.
    """
    loaded = loaded_config(folders, config_path, isolated)
    settings = settings_of(
        loaded,
        models,
        platforms,
        watchlists,
        not no_default_watchlist,
        policies,
        True,
        loaded.config.scan.baseline or None,
    )
    knowledge = load(settings)
    options = RenderOptions(
        min_severity=level_of(min_severity, "min-severity") or "info", verbose=verbose, color=wants_color(color), width=terminal_width(), lang=language_of(lang),
        links=wants_color(color) and sys.stdout.isatty(),
    )  # fmt: skip
    excluded = (*exclude, *loaded.config.scan.exclude)
    scan = loaded.config.scan
    rules = ExitRules(level_of(scan.fail_on, "fail-on"), allow_incomplete=scan.allow_incomplete, hook=True)
    candidates = _candidates(folders, excluded, options, existing=existing, quiet=quiet)
    batches = (batch_of([judged(one, knowledge, loaded.config.limits)]) for one in candidates)
    with Spool(batches, knowledge.packs, knowledge.platforms, rules, keep=False) as spool:
        decode = msgspec.json.Decoder(FileResult).decode
        try:
            ends_by_ctrl_c()
            for batch in spool.live():
                _write(file_lines(decode(batch.lines), options), options)
        except KeyboardInterrupt:
            pass
        _write(([], *summary_lines(spool, options)), options)
        return spool.closing[0]


def judged(candidate: Candidate, knowledge: Knowledge, limits: Limits) -> FileResult:
    """One file down the line."""
    return judge(candidate.path, facts_of(candidate, limits), knowledge)


def _candidates(
    folders: Sequence[str], exclude: Sequence[str], options: RenderOptions, *, existing: bool, quiet: bool
) -> Iterator[Candidate]:
    """What is there, where it is asked for, then what comes."""
    from sdscan.discover import discover

    news = new_files(folders, exclude, threading.Event())
    first = next(news, [])  # from here on nothing is missed
    if existing:
        yield from discover(folders, exclude)
    if not quiet:
        t = translator(options.lang)
        click.echo(t("watching {folders}; Ctrl-C ends it", folders=", ".join(map(safe, folders))), err=True)
    yield from map(Candidate, first)
    for paths in news:
        yield from map(Candidate, paths)


def file_lines(result: FileResult, options: RenderOptions) -> Iterator[Line]:
    """One line a finding; one for a file that could not be judged; with -v one for every file."""
    t = translator(options.lang)
    name = (safe(result.path), path_style(result.path, options))
    if result.outcome in ("unreadable", "no-metadata"):
        reason = t.sentence(result.reason) if result.reason else t(result.outcome)
        yield [("??       ", "medium"), name, (f"  {safe(reason)}", "dim")]
        return
    found = [finding for finding in findings_of(result, options) if finding.rule != "SD602"]
    for finding in found:
        text = cut(safe(t.sentence(finding.message)), max(40, options.width * 2))
        yield [(f"{finding.severity.upper():<8} ", finding.severity), name, (f"  {finding.rule} {text}", "")]
    if not found and options.verbose:
        yield [("ok       ", "ok"), name]


def _write(lines: Iterator[Line] | Sequence[Line], options: RenderOptions) -> None:
    for piece in painted(lines, options):
        sys.stdout.buffer.write(for_stdout(piece))
    sys.stdout.buffer.flush()
