"""`sdscan sort PATH… --to DIR`: judged pictures → publish/, review/, block/ and unread/, with a manifest that can undo it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import click
import msgspec

from sdscan.cli.options import common, configured, knowing, loaded_config, wants_color
from sdscan.cli.outputs import terminal_width
from sdscan.discover import discover
from sdscan.engines import judged
from sdscan.errors import ConfigError
from sdscan.exit_codes import INCOMPLETE, NOTHING, OK
from sdscan.exits import ExitRules, Tally, verdict
from sdscan.manifest import GROUPS, NAME, Group
from sdscan.placing import Mode
from sdscan.records import Candidate, FileResult
from sdscan.reports import RenderOptions
from sdscan.session import Settings, catalog_path, load, platforms_from
from sdscan.sorting import Sorter, Step, group_of, undo
from sdscan.terminal import Line, cut, painted, safe, wrap

_VERB: dict[Mode, str] = {"copy": "copied", "link": "linked", "move": "moved"}
_MEANING: dict[Group, str] = {
    "publish": "nothing stands against it; labels and reminders still hold",
    "review": "a person must look first, or there was nothing to judge by",
    "block": "not there, or not at all",
    "unread": "could not be read to the end, so not judged",
}
_STYLES: dict[Group, str] = {"publish": "ok", "review": "review", "block": "block", "unread": "medium"}
_NOTES = 20
"""Notes that are shown without -v."""


@click.command("sort", short_help="Copy pictures into publish/, review/ and block/.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--to", "folder", metavar="DIR", help="Folder that gets publish/, review/, block/ and unread/.")
@click.option("--link", "link", is_flag=True, help="Hard links instead of copies: no space, same file system.")
@click.option("--move", "move", is_flag=True, help="Move instead of copying.")
@click.option("-n", "--dry-run", is_flag=True, help="Only say what would be done; nothing is written.")
@click.option("--undo", "manifest", metavar="MANIFEST", help="Take back what a manifest of an earlier run tells of.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave these paths out. Repeatable.")
@click.option("--allow-incomplete", is_flag=True, help="Do not fail because a file could not be read to its end.")
@click.option("--no-catalog", is_flag=True, help="Read every file anew and remember nothing.")
@knowing
@configured
@common
def command(
    paths: tuple[str, ...], folder: str | None, link: bool, move: bool, dry_run: bool, manifest: str | None, exclude: tuple[str, ...],
    allow_incomplete: bool, no_catalog: bool, models: tuple[str, ...], platforms: tuple[str, ...], watchlists: tuple[str, ...],
    no_default_watchlist: bool, policies: tuple[str, ...], config_path: str | None, isolated: bool, verbose: int, quiet: bool, color: str,
) -> int:  # fmt: skip
    """Copy pictures into publish/, review/, block/ and unread/ below DIR, as the platforms asked for judge them; the strictest decides.

    Folders and sidecars are kept; nothing is ever overwritten; a second run goes on where the first one ended and moves its own
    copies where the verdict has changed. A picture without generation data goes to review/. Models stay where they are.
    """
    options = RenderOptions(verbose=verbose, color=wants_color(color), width=terminal_width())
    if manifest is not None:
        if paths or folder or link or move:
            raise ConfigError("--undo stands alone: expected a manifest, and nothing that is to be sorted")
        return _undo(manifest, options, dry=dry_run)
    mode: Mode = "link" if link else "move" if move else "copy"
    where = _checked(paths, folder, link=link, move=move)
    loaded = loaded_config(paths, config_path, isolated)
    config = loaded.config
    settings = Settings(
        config=config,
        models=models or config.scan.models,
        platforms=platforms_from(platforms, config),
        watchlists=watchlists or config.scan.watchlists,
        default_watchlist=not no_default_watchlist and config.scan.default_watchlist,
        own_watchlists=not isolated,
        policies=policies or config.scan.policies,
        baseline=config.scan.baseline or None,
        jobs=config.scan.jobs,
        thorough=config.scan.thorough,
        catalog=catalog_path(None, config, off=no_catalog),
    )
    candidates = [c for c in discover(paths, (*exclude, *config.scan.exclude)) if not _lies_in(c.path, where)]
    told = _Told(where, mode, options, dry=dry_run, quiet=quiet)
    for line in told.lines(_steps(candidates, settings, Sorter(where, paths, mode, dry=dry_run), told, quiet)):
        _print([line], options)
    rules = ExitRules(fail_on=None, allow_incomplete=allow_incomplete or config.scan.allow_incomplete)
    code, sentence = verdict(told.tally, rules)
    code = OK if code == NOTHING and told.finished else code
    _print(told.summary(code, sentence), options)
    return INCOMPLETE if told.failed and code == OK else code


def _steps(
    candidates: Sequence[Candidate], settings: Settings, sorter: Sorter, told: _Told, quiet: bool
) -> Iterator[Step]:
    """Judge and place, batch by batch; what an interrupted run left is finished first."""
    from sdscan.terminal import progress

    knowledge = load(settings)
    told.platforms = knowledge.platforms
    decode = msgspec.json.Decoder(FileResult).decode
    rest = iter(candidates)
    try:
        yield from sorter.recover()
        with progress(len(candidates), quiet=quiet) as advance:
            for batch in judged(candidates, knowledge, settings):
                told.tally.merge(batch.tally)
                todo = []
                for line in batch.lines.splitlines():
                    result, path = decode(line), next(rest).path  # the record's own path may hold escapes
                    group = group_of(result)
                    if group is None:
                        told.left += 1
                    else:
                        told.without += result.outcome == "no-metadata"
                        todo.append((path, group))
                yield from sorter.sort(todo)
                advance(batch.tally.files)
    finally:
        sorter.journal.close()


def _checked(paths: Sequence[str], folder: str | None, *, link: bool, move: bool) -> str:
    """The folder to sort into. Raises ConfigError for what cannot work, before anything is read."""
    if not paths:
        raise ConfigError("PATH is missing; expected pictures or folders to sort")
    if not folder:
        raise ConfigError("--to is missing; expected the folder to sort into")
    if link and move:
        raise ConfigError("--link and --move: expected one of them")
    if os.path.lexists(folder) and not os.path.isdir(folder):
        raise ConfigError(f"--to {folder!r}: is not a folder")
    for path in paths:
        if _lies_in(path, folder):
            raise ConfigError(f"{path!r} lies in {folder!r}, the folder to sort into; expected another one")
        if link and os.path.exists(path) and os.stat(path).st_dev != os.stat(_existing(folder)).st_dev:
            raise ConfigError(f"--link: {folder!r} is on another file system than {path!r}; copy or move instead")
    return folder


def _existing(folder: str) -> str:
    """The nearest parent that exists."""
    here = os.path.abspath(folder)
    while not os.path.exists(here):
        here = os.path.dirname(here)
    return here


def _lies_in(path: str, folder: str) -> bool:
    base = os.path.realpath(folder)
    whole = os.path.realpath(path)
    return whole == base or whole.startswith(base.rstrip(os.sep) + os.sep)


class _Told:
    """What a run has done so far, for the lines and the summary."""

    def __init__(self, folder: str, mode: Mode, options: RenderOptions, *, dry: bool, quiet: bool) -> None:
        self.folder = folder
        self.mode = mode
        self.options = options
        self.dry = dry
        self.quiet = quiet
        self.tally = Tally()
        self.platforms: tuple[str, ...] = ()
        self.left = self.without = self.failed = self.sidecars = self.already = self.shifted = self.finished = 0
        self.groups: dict[Group, int] = dict.fromkeys(GROUPS, 0)
        self.notes = 0

    def lines(self, steps: Iterator[Step]) -> Iterator[Line]:
        """A line for each step where it is wanted: each in a dry run and with -v, what went wrong always."""
        for step in steps:
            self._count(step)
            if step.what in ("kept", "failed"):
                self.notes += 1
                if self.notes <= _NOTES or self.options.verbose:
                    text = f"{step.source}: {step.note}" + (f" ({step.to})" if step.to else "")
                    yield from ([(line, "medium")] for line in wrap(safe(text), self.options.width))
            elif (self.dry or self.options.verbose) and not self.quiet:
                word = "already" if step.what == "already" else step.group
                yield [
                    (f"{word:<8}", step.group if step.group in ("review", "block") else ""),
                    (f"{safe(step.source)} → {safe(f'{self.folder}/{step.to}')}", "dim" if step.is_sidecar else ""),
                ]

    def _count(self, step: Step) -> None:
        if step.what == "failed":
            self.failed += 1
        elif step.what == "finished":
            self.finished += 1
        elif step.is_sidecar:
            self.sidecars += 1
        elif step.what != "kept":
            self.groups[step.group] += 1
            self.already += step.what == "already"
            self.shifted += step.what == "shifted"

    def summary(self, code: int, sentence: str) -> Iterator[Line]:
        """Groups, what else was seen, the next step."""
        width = self.options.width
        if code == NOTHING:
            yield from _lines(sentence, width, "medium")
            return
        would = "would be " if self.dry else ""
        head = f"{would}{_VERB[self.mode]} into {self.folder}, by {', '.join(self.platforms)}:"
        yield [(cut(safe(head[0].upper() + head[1:]), width), "path")]
        for group in GROUPS:
            if self.groups[group] or group != "unread":
                yield [
                    (f"  {group:<8}", ""),
                    (f"{self.groups[group]:>7,}", _STYLES[group] if self.groups[group] else "dim"),
                    (cut(f"  {_MEANING[group]}", width - 17), "dim"),
                ]
        for number, text in (
            (self.finished, "finished that an interrupted run had begun"),
            (self.sidecars, "sidecars went along"),
            (self.already, "stood there already"),
            (self.shifted, "moved over, because the verdict is another one now"),
            (self.without, "of review have no generation data: nothing to judge by"),
            (self.left, "left where they are: models, or nothing that is judged"),
            (self.failed, "could not be placed"),
        ):
            if number:
                style = "medium" if text.startswith("could") else "dim"
                yield from ([("  ", ""), *line] for line in _lines(f"{number:,} {text}", width - 2, style))
        if self.notes > _NOTES and not self.options.verbose:
            yield from _lines(f"and {self.notes - _NOTES:,} more notes (-v shows them)", width, "dim")
        if code == INCOMPLETE:
            yield from _lines(sentence, width, "medium")
        if self.dry:
            step = "Nothing was written. Without --dry-run it is done."
        elif sum(self.groups.values()) == 0:
            return
        else:
            step = f"Next: look through {self.folder}/review; `sdscan sort --undo {self.folder}/{NAME}` puts everything back."
        yield from _lines(step, width, "dim")


def _undo(manifest: str, options: RenderOptions, *, dry: bool) -> int:
    """Take back a run: what is untouched goes, what is not stays and is named."""
    path = os.path.join(manifest, NAME) if os.path.isdir(manifest) else manifest
    if not os.path.isfile(path):
        raise ConfigError(f"manifest does not exist: {path!r}")
    back = kept = 0
    for step in undo(path, dry=dry):
        if step.what == "kept":
            kept += 1
            _print(_lines(f"{step.to}: stays, {step.note}", options.width, "medium"), options)
        else:
            back += 1
            if dry or options.verbose:
                _print([[(f"{safe(step.to)} → {safe(step.source)}", "")]], options)
    would = "would be " if dry else ""
    told = f"{back:,} {would}taken back, {kept:,} {'would stay' if dry else 'stayed'}."
    if kept and not dry:
        told += " Deal with what is named above, then run the same command again."
    _print(_lines(told, options.width, ""), options)
    return INCOMPLETE if kept else OK


def _lines(text: str, width: int, style: str) -> Iterator[Line]:
    return ([(line, style)] for line in wrap(safe(text), width))


def _print(lines: Iterator[Line] | list[Line], options: RenderOptions) -> None:
    for piece in painted(lines, options):
        click.echo(piece, nl=False)
