"""`sdscan rescan`: the catalog's files judged again by today's knowledge → what is new, gone, better, worse, and because of what."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

import click
import msgspec

from sdscan.catalog import Catalog, stamp_of
from sdscan.cli.changes import FORMATS, Rescanned
from sdscan.cli.options import LEVELS, common, configured, knowing, loaded_config, wants_color
from sdscan.cli.outputs import Output, for_stdout, open_output, output_from, terminal_width
from sdscan.cloud import is_address
from sdscan.config import Loaded, load_config
from sdscan.discover import MODELS, posix
from sdscan.engines.again import Compared
from sdscan.engines.local import rejudged
from sdscan.errors import ConfigError
from sdscan.exits import ExitRules
from sdscan.judged import Asked, read_basis
from sdscan.records import Candidate, Severity
from sdscan.reports import RenderOptions, redacted_by_default, written
from sdscan.run import Batch, Spool
from sdscan.session import Settings, catalog_path, load

CHANGED = "has changed since it was read; `sdscan scan` reads it again"


@click.command("rescan", short_help="Judge the catalog again with today's knowledge.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@knowing
@click.option(
    "-o", "--output", "outputs", multiple=True, metavar="FORMAT[:PATH]", help="text, json or jsonl. Repeatable. [default: text]"
)  # fmt: skip
@click.option(
    "--report", "reports", multiple=True, metavar="FORMAT[:PATH]", help="Write the whole judgement too, as `scan -o` does. Repeatable."
)  # fmt: skip
@click.option(
    "--fail-on", type=click.Choice([*LEVELS, "never"]), default=None, help="Exit 1 from this level on. [default: high]"
)
@click.option("--only-new", is_flag=True, help="Let only findings that are new or worse count for the exit code.")
@click.option("--missing", is_flag=True, help="Judge files that are no longer there as well, by what was read of them.")
@click.option("--no-remember", is_flag=True, help="Only look: the next rescan compares with the same judgement again.")
@click.option(
    "--jobs", type=click.IntRange(min=0), default=None, metavar="N", help="Worker processes; 0: as many as help."
)
@click.option("--catalog", "catalog", metavar="PATH", help="The catalog. [default: in your cache folder]")
@click.option("--baseline", metavar="FILE", help="Accept the findings that this file lists.")
@click.option("--allow-incomplete", is_flag=True, help="Do not fail because a file has changed since it was read.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 also when there are findings.")
@configured
@common
def command(  # long: one parameter an option, nothing else
    paths: tuple[str, ...], models: tuple[str, ...], platforms: tuple[str, ...], watchlists: tuple[str, ...], no_default_watchlist: bool, policies: tuple[str, ...],
    outputs: tuple[str, ...], reports: tuple[str, ...], fail_on: str | None, only_new: bool, missing: bool, no_remember: bool,
    jobs: int | None, catalog: str | None, baseline: str | None, allow_incomplete: bool, exit_zero: bool, config_path: str | None,
    isolated: bool, verbose: int, quiet: bool, color: str,
) -> int:  # fmt: skip
    """Judge everything in the catalog again, without reading a picture, and print what changed since the last judgement.

    Each file is judged for the platforms, models and settings of its last scan, unless options say otherwise. PATH narrows it
    down. Platforms tighten their rules months after pictures went up: run this after an update.
    """
    loaded = loaded_config(paths, config_path, isolated)
    over = _Over(
        models=models, platforms=platforms, watchlists=watchlists, no_default=no_default_watchlist, policies=policies, baseline=baseline,
        config=config_path, isolated=isolated, jobs=jobs, missing=missing, report=bool(reports),
    )  # fmt: skip
    rules = ExitRules(
        fail_on=_level(fail_on or loaded.config.scan.fail_on),
        allow_incomplete=allow_incomplete,
        exit_zero=exit_zero,
    )
    options = RenderOptions(verbose=verbose, color=wants_color(color), width=terminal_width())
    wanted = [_output(text) for text in outputs] or [Output("text", None)]
    whole = [output_from(text) for text in reports]
    with contextlib.ExitStack() as stack:
        sinks = [(output, stack.enter_context(open_output(output))) for output in (*wanted, *whole)]
        opened = stack.enter_context(_opened(catalog_path(catalog, loaded.config, off=False)))
        opened.accept_judgements(drop=True)
        done = stack.enter_context(Rescanned(only_new))
        spool = stack.enter_context(_run(paths, opened, over, loaded, rules, done, quiet))
        for output, sink in sinks[: len(wanted)]:
            for piece in FORMATS[output.format](done, spool, options):
                is_text = output.format == "text" and output.path in (None, "-")
                sink.write(for_stdout(piece) if is_text else piece.encode("utf-8", "backslashreplace"))
        for output, sink in sinks[len(wanted) :]:
            shown = msgspec.structs.replace(options, redact=redacted_by_default(output.format))
            sink.writelines(written(output.format, spool, shown))
        for _, sink in sinks:
            sink.flush()
        opened.accept_judgements(drop=no_remember)  # only now that everything has been told
        for note in opened.notes:
            click.echo(f"sdscan: {note}", err=True)
        return done.closing(spool)[0]


class _Over(msgspec.Struct, frozen=True):
    """What the command line says over what the last scans were asked."""

    models: tuple[str, ...]
    platforms: tuple[str, ...]
    watchlists: tuple[str, ...]
    no_default: bool
    policies: tuple[str, ...]
    baseline: str | None
    config: str | None
    isolated: bool
    jobs: int | None
    missing: bool
    report: bool


def _run(
    paths: Sequence[str], catalog: Catalog, over: _Over, loaded: Loaded, rules: ExitRules, done: Rescanned, quiet: bool
) -> Spool:
    """Judge group by group: files whose last scans were asked the same belong together."""
    groups = _groups(paths, catalog, over, done)
    if over.report and len(groups) > 1:
        raise ConfigError(
            "--report: the files were last judged for different platforms or settings; expected PATHs of one kind, or --platform and --config"
        )
    plans = [(each, _settings(asked, over, loaded, catalog, each[0].path)) for asked, each in groups]
    loads = [(candidates, settings, load(settings)) for candidates, settings in plans]
    done.packs = tuple(
        sorted({pack for _, _, k in loads for pack in k.packs}, key=lambda p: (p.id, p.version, p.sha256))
    )
    done.platforms = tuple(dict.fromkeys(name for _, _, k in loads for name in k.platforms))

    def batches() -> Iterator[Batch]:
        from sdscan.terminal import progress

        with progress(sum(len(candidates) for candidates, _ in plans), quiet=quiet) as advance:
            for candidates, settings, knowledge in loads:
                for one in rejudged(candidates, knowledge, settings, catalog):
                    done.add(one.compared or Compared())
                    yield one.batch
                    advance(one.batch.tally.files)

    spool = Spool(batches(), done.packs, done.platforms, rules, keep=over.report)
    for _ in spool.live():
        pass
    return spool


def _groups(
    paths: Sequence[str], catalog: Catalog, over: _Over, done: Rescanned
) -> list[tuple[Asked | None, list[Candidate]]]:
    """The files to judge, by what their last scan was asked, each in path order; None: they were never judged."""
    known: dict[bytes | None, Asked | None] = {None: None}
    groups: dict[Asked | None, list[Candidate]] = {}
    for path, stamp, key in catalog.remembered():
        shown = _shown(path, paths)
        if shown is None or (key is None and os.path.splitext(path)[1].lower() in MODELS):
            continue  # elsewhere, or a model that was read for the library and never judged
        state = _state(path, stamp)
        if state == "gone" and not over.missing:
            done.gone += 1
            continue
        if key not in known:
            basis = read_basis(None if key is None else catalog.basis(key))
            known[key] = None if basis is None else basis.asked
        asked = _asked(known[key], over)
        groups.setdefault(asked, []).append(Candidate(shown, skipped=CHANGED if state == "changed" else None))
    missing = [path for path in paths if is_address(path) or not os.path.lexists(path)]
    if missing and not groups:
        raise ConfigError(f"path does not exist: {missing[0]!r}, and the catalog holds nothing of it")
    ordered = sorted(groups.items(), key=lambda group: min(candidate.path for candidate in group[1]))
    return [(asked, sorted(candidates, key=lambda candidate: candidate.path)) for asked, candidates in ordered]


def _shown(path: str, paths: Sequence[str]) -> str | None:
    """How the file is called: from the PATH that it lies below, as `scan` would; without PATH from here, if it lies below."""
    for given in paths or (os.curdir,):
        root = given.rstrip("/") if is_address(given) else os.path.abspath(given)
        if path == root:
            return posix(given)
        inside = f"{root}/" if is_address(given) else root if root.endswith(os.sep) else root + os.sep
        if path.startswith(inside):
            if is_address(given):
                return path
            rest = path[len(inside) :]
            return posix(os.path.join(given, rest) if paths else rest)
    return None if paths else posix(path)


def _state(path: str, stamp: tuple[int, int, int]) -> str:
    """Whether the file is still the one that was read. Looks at the folder's entry, never into the file; objects are not asked for."""
    if is_address(path):
        return "same"
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return "gone"
    return "same" if stamp_of(status) == stamp else "changed"


def _asked(asked: Asked | None, over: _Over) -> Asked | None:
    """Groups that differ only in what the command line overrides are one group."""
    if asked is None:
        return None
    return msgspec.structs.replace(
        asked,
        config=None if over.isolated or over.config else asked.config,
        models=() if over.models else asked.models,
        platforms=() if over.platforms else asked.platforms,
        watchlists=() if over.watchlists else asked.watchlists,
        default_watchlist=asked.default_watchlist and not over.no_default,
        baseline=None if over.baseline else asked.baseline,
        policies=() if over.policies else asked.policies,
    )


def _settings(asked: Asked | None, over: _Over, loaded: Loaded, catalog: Catalog, first: str) -> Settings:
    """The settings of a group: the command line, else those of its last scan, else the configuration from here."""
    if asked is None:
        scan = loaded.config.scan
        asked = Asked(
            None if loaded.path is None else os.fsencode(loaded.path), tuple(map(os.fsencode, scan.models)), scan.platforms,
            tuple(map(os.fsencode, scan.watchlists)), scan.default_watchlist, os.fsencode(scan.baseline) if scan.baseline else None,
            policies=tuple(map(os.fsencode, scan.policies)),
        )  # fmt: skip
    elif not (over.config or over.isolated):
        loaded = _config_of(asked, first)
    return Settings(
        config=loaded.config,
        models=over.models or tuple(map(_near, asked.models)),
        platforms=over.platforms or asked.platforms,
        watchlists=over.watchlists or tuple(map(os.fsdecode, asked.watchlists)),
        default_watchlist=asked.default_watchlist and not over.no_default,
        own_watchlists=asked.own and not over.isolated,
        policies=over.policies or tuple(map(os.fsdecode, asked.policies)),
        baseline=over.baseline or (None if asked.baseline is None else os.fsdecode(asked.baseline)),
        jobs=loaded.config.scan.jobs if over.jobs is None else over.jobs,
        catalog=str(catalog.path),
        config_path=None if loaded.path is None else str(loaded.path),
        again=True,
        report=over.report,
    )


def _near(path: bytes) -> str:
    """An absolute path as `scan` would have been given it here: no folder above this one comes into a result."""
    text = os.fsdecode(path)
    try:
        return posix(os.path.relpath(text))
    except ValueError:  # another drive on Windows
        return posix(text)


def _config_of(asked: Asked, first: str) -> Loaded:
    """The configuration of the last scan as it is now; where there was none, one may have come.

    Raises ConfigError where the file is gone: its allow entries are missing.
    """
    if asked.config is None:
        return load_config(first, isolated=not asked.own)
    path = os.fsdecode(asked.config)
    if not os.path.exists(path):
        raise ConfigError(
            f"configuration file of the last scan is gone: {path!r}; name another with --config, or none with --isolated"
        )
    return load_config(".", explicit=path)


def _opened(path: str | None) -> Catalog:
    if path is None or not os.path.exists(path):
        raise ConfigError("there is no catalog yet; `sdscan scan` makes one")
    return Catalog(Path(path))


def _output(text: str) -> Output:
    name, colon, path = text.partition(":")
    if name not in FORMATS:
        raise ConfigError(f"-o {text!r}: expected one of {', '.join(FORMATS)} (--report takes every format of scan)")
    if colon and not path:
        raise ConfigError(f"-o {text!r}: the path is missing")
    return Output(name, path or None)


def _level(text: str) -> Severity | None:
    return None if text == "never" else cast(Severity, text)
