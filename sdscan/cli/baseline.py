"""`sdscan baseline write|check|prune`: accept what is known today, and see what came since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import click

from sdscan.cli.accepting import catalogued, run_over, settings_of
from sdscan.cli.options import LEVELS, configured, knowing, loaded_config, note, plain
from sdscan.cli.outputs import Output, open_output
from sdscan.config import Config
from sdscan.errors import ConfigError
from sdscan.exit_codes import FINDINGS, OK
from sdscan.judgement.suppression import (
    NEVER,
    baseline_lines,
    entries_of,
    plain_path,
    stale_baseline,
)
from sdscan.knowledge.statements import BaselineEntry
from sdscan.records import SEVERITIES, FileResult
from sdscan.terminal import safe

DEFAULT = "sdscan.baseline.jsonl"
_LISTED = 20

_FILE = click.option(
    "--file", "file", metavar="FILE", help=f"The baseline. [default: `baseline` of sdscan.toml, else {DEFAULT}]"
)
_FAIL_ON = click.option(
    "--fail-on", type=click.Choice(LEVELS), default="low", show_default=True, help="New findings from this level on are told."
)  # fmt: skip


@click.group("baseline", short_help="Accept the findings that are known.")
def command() -> None:
    """Accept the findings of today, so that only new ones count.

    An entry holds for one finding in one picture, also after it was renamed or recompressed; a new picture with the same prompt is
    new. Scan with --baseline FILE, or set `baseline` under [scan] in sdscan.toml. SD401 is never accepted.
    """


@command.command("write")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@_FILE
@knowing
@configured
@catalogued
@plain
def write(
    paths: tuple[str, ...], file: str | None, models: tuple[str, ...], platforms: tuple[str, ...], watchlists: tuple[str, ...],
    no_default_watchlist: bool, policies: tuple[str, ...], config_path: str | None, isolated: bool, no_catalog: bool,
) -> int:  # fmt: skip
    """Write the baseline: every finding above info in PATH (default: here) is accepted. An older one is replaced."""
    loaded = loaded_config(paths, config_path, isolated)
    settings = settings_of(loaded, models, platforms, watchlists, not no_default_watchlist, policies, no_catalog)
    target = _path(file, loaded.config)
    _, results = run_over(paths or (".",), settings)
    entries: set[BaselineEntry] = set()
    critical = 0
    for result in results:
        entries |= set(entries_of(result))
        critical += sum(finding.rule == "SD401" for finding in result.findings)
    _save(target, entries)
    files = _count(len({entry.path for entry in entries}), "file")
    note(f"wrote {target}: {_count(len(entries), 'finding')} in {files} accepted")
    if critical:
        click.echo(f"{_count(critical, 'finding')} of SD401 cannot be accepted and will go on failing the scan")
    note(f"next: sdscan scan --baseline {target}")
    return OK


@command.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@_FILE
@_FAIL_ON
@click.option("--strict", is_flag=True, help="Exit 1 for entries that match nothing, too.")
@knowing
@configured
@catalogued
@plain
def check(
    paths: tuple[str, ...], file: str | None, fail_on: str, strict: bool, models: tuple[str, ...], platforms: tuple[str, ...],
    watchlists: tuple[str, ...], no_default_watchlist: bool, policies: tuple[str, ...], config_path: str | None, isolated: bool, no_catalog: bool,
) -> int:  # fmt: skip
    """Compare PATH (default: here) with the baseline: what is new, and which entries match nothing any more. Exit 1 where something is new."""
    loaded = loaded_config(paths, config_path, isolated)
    target = _path(file, loaded.config)
    settings = settings_of(
        loaded, models, platforms, watchlists, not no_default_watchlist, policies, no_catalog, str(target)
    )
    knowledge, results = run_over(paths or (".",), settings)
    baseline = knowledge.statements.baseline
    new: list[str] = []
    stale = _within(
        stale_baseline(baseline, _watched(results, lambda r: new.extend(_new(r, fail_on)))), paths or (".",)
    )
    _list("new, not in the baseline:", new)
    _list("matches nothing any more:", [f"{entry.path}  {_about(entry)}" for entry in stale])
    click.echo(
        f"{target}: {_count(len(baseline) - len(stale), 'entry')} in use, {len(stale)} stale, {_count(len(new), 'new finding')}."
    )
    if stale:
        note("next: sdscan baseline prune")
    return FINDINGS if new or (strict and stale) else OK


@command.command("prune")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@_FILE
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@knowing
@configured
@catalogued
@plain
def prune(
    paths: tuple[str, ...], file: str | None, dry_run: bool, models: tuple[str, ...], platforms: tuple[str, ...],
    watchlists: tuple[str, ...], no_default_watchlist: bool, policies: tuple[str, ...], config_path: str | None, isolated: bool, no_catalog: bool,
) -> int:  # fmt: skip
    """Take out of the baseline what matches nothing in PATH (default: here) any more. Entries of files elsewhere, or unreadable, stay."""
    loaded = loaded_config(paths, config_path, isolated)
    target = _path(file, loaded.config)
    settings = settings_of(
        loaded, models, platforms, watchlists, not no_default_watchlist, policies, no_catalog, str(target)
    )
    knowledge, results = run_over(paths or (".",), settings)
    unread: set[str] = set()
    watched = _watched(results, lambda r: unread.add(plain_path(r.path)) if r.outcome == "unreadable" else None)
    found = _within(stale_baseline(knowledge.statements.baseline, watched), paths or (".",))
    stale = [entry for entry in found if plain_path(entry.path) not in unread]
    _list("matches nothing any more:", [f"{entry.path}  {_about(entry)}" for entry in stale])
    if stale and not dry_run:
        _save(target, knowledge.statements.baseline - frozenset(stale))
    verb = "would take out" if dry_run else "took out"
    note(f"{target}: {verb} {_count(len(stale), 'entry')}, {len(knowledge.statements.baseline) - len(stale)} stay.")
    return OK


def _path(asked: str | None, config: Config) -> Path:
    path = Path(asked or config.scan.baseline or DEFAULT)
    if path.is_dir():
        raise ConfigError(f"baseline {str(path)!r} is a folder; expected a file")
    return path


def _save(path: Path, entries: set[BaselineEntry] | frozenset[BaselineEntry]) -> None:
    """Write the file whole or not at all."""
    with open_output(Output("baseline", str(path))) as file:
        file.write(baseline_lines(entries).encode("utf-8", "surrogatepass"))


def _watched(results: Iterable[FileResult], look: Callable[[FileResult], None]) -> Iterator[FileResult]:
    """The results as they pass, each looked at once: nothing is kept of a whole gallery."""
    for result in results:
        look(result)
        yield result


def _new(result: FileResult, fail_on: str) -> list[str]:
    lowest = next(index for index, level in enumerate(SEVERITIES) if level == fail_on)
    return [
        f"{result.path}  {finding.rule} {finding.severity} {finding.message}"
        for finding in result.findings
        if finding.suppressed is None
        and SEVERITIES.index(finding.severity) >= lowest
        and finding.rule not in NEVER - {"SD401"}
    ]


def _within(entries: Sequence[BaselineEntry], paths: Sequence[str]) -> list[BaselineEntry]:
    """The entries below the paths of this run: of others nothing was seen."""
    roots = [plain_path(path) for path in paths]
    return [entry for entry in entries if any(_is_below(plain_path(entry.path), root) for root in roots)]


def _is_below(path: str, root: str) -> bool:
    if root == ".":
        return not path.startswith(("/", "../"))
    return path == root or path.startswith(root.rstrip("/") + "/")


def _about(entry: BaselineEntry) -> str:
    return f"{entry.rule} {entry.subject}" if entry.subject else entry.rule


def _list(title: str, lines: Sequence[str]) -> None:
    if lines:
        click.echo(title)
        for line in lines[:_LISTED]:
            click.echo(f"  {safe(line)}")
        if len(lines) > _LISTED:
            click.echo(f"  and {len(lines) - _LISTED:,} more")


def _count(number: int, word: str) -> str:
    plural = f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
    return f"{number:,} {word if number == 1 else plural}"
