"""`sdscan models`: the model library, one row a file, and the whole story of one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from msgspec import Struct
from msgspec.structs import replace

from sdscan.catalog import Catalog, Row
from sdscan.cli.model_rows import SORTS, ModelRow, Wanted, chosen, row_of, with_duplicates
from sdscan.cli.model_views import VIEWS, story
from sdscan.cli.options import LEVELS, common, configured, loaded_config, wants_color
from sdscan.cli.outputs import Output, for_stdout, open_output, terminal_width
from sdscan.engines.work import remembered
from sdscan.errors import ConfigError
from sdscan.exits import ExitRules, Tally, verdict
from sdscan.facts.models.folders import default_folders
from sdscan.facts.models.hashes import digests_of, with_digests
from sdscan.facts.models.verifying import verify
from sdscan.facts.text import visible
from sdscan.knowledge import Knowledge
from sdscan.knowledge.library import model_files
from sdscan.pipeline import facts_of, judge
from sdscan.records import Candidate, FileFacts, FileResult
from sdscan.reports import RenderOptions
from sdscan.session import Settings, catalog_path, load, platforms_from

KINDS = ("lora", "checkpoint", "embedding", "hypernetwork", "vae", "unknown")
SUBJECTS = ("character", "person", "style", "concept", "clothing", "unknown")


@click.command("models", short_help="The model library: what each LoRA was trained on.")
@click.argument("paths", nargs=-1, metavar="[DIR]... | show FILE...")
@click.option(
    "-o",
    "--output",
    "--format",
    "output",
    default="text",
    metavar="FORMAT[:PATH]",
    help="text json jsonl csv. [default: text]",
)
@click.option("--sort", type=click.Choice(list(SORTS)), default="risk", show_default=True, help="Order of the rows.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(KINDS), help="Only these kinds of model. Repeatable.")
@click.option(
    "--subject", "subjects", multiple=True, type=click.Choice(SUBJECTS), help="Only models made for this. Repeatable."
)
@click.option(
    "--min-severity", type=click.Choice(LEVELS), default=None, help="Only models with a finding from this level on."
)
@click.option(
    "--license",
    "license_",
    type=click.Choice(["sell", "no-sale", "unknown"]),
    help="Only models whose licence says this of selling pictures.",
)
@click.option("--find", metavar="TEXT", help="Only models with this text in path, title, base, triggers or findings.")
@click.option("--duplicates", is_flag=True, help="Only files that exist more than once; files of one size are hashed.")
@click.option(
    "--hash", "hash_all", is_flag=True, help="Compute all hashes, and check those that files and sidecars claim."
)
@click.option(
    "--verify", "verified", is_flag=True, help="Hold safetensors files against the safetensors library as well."
)
@click.option(
    "--platform",
    "platforms",
    multiple=True,
    metavar="ID",
    help="Platform or profile to judge for. Repeatable. [default: general]",
)
@click.option(
    "--watchlist",
    "watchlists",
    multiple=True,
    metavar="FILE",
    help="Another watchlist: a pack, CSV, TXT or JSON. Repeatable.",
)
@click.option("--no-default-watchlist", is_flag=True, help="Leave out the built-in watchlists.")
@click.option("--catalog", "catalog", metavar="PATH", help="Cache of decoded facts. [default: in your cache folder]")
@click.option("--no-catalog", is_flag=True, help="Read every file anew and remember nothing.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave these paths out. Repeatable.")
@click.option("--allow-incomplete", is_flag=True, help="Do not fail because a file could not be read to its end.")
@configured
@common
def command(  # long: one parameter an option, nothing else
    paths: tuple[str, ...], output: str, sort: str, kinds: tuple[str, ...], subjects: tuple[str, ...], min_severity: str | None,
    license_: str | None, find: str | None, duplicates: bool, hash_all: bool, verified: bool, platforms: tuple[str, ...],
    watchlists: tuple[str, ...], no_default_watchlist: bool, catalog: str | None, no_catalog: bool, exclude: tuple[str, ...],
    allow_incomplete: bool, config_path: str | None, isolated: bool, verbose: int, quiet: bool, color: str,
) -> int:  # fmt: skip
    """One row a model: what it was made for and how sure that is, trigger words, base, licence, and what scan would say of it.

    Without DIR the folders of the configuration are used, else those of A1111, Forge, ComfyUI, SwarmUI, InvokeAI and StabilityMatrix
    near here. `sdscan models show FILE` tells the whole story of one file.
    """
    showing = paths[:1] == ("show",) and not os.path.exists("show")
    asked = paths[1:] if showing else paths
    if showing and not asked:
        raise ConfigError("models show: name a model file")
    loaded = loaded_config(asked, config_path, isolated)
    config = loaded.config
    settings = Settings(
        config=config,
        platforms=platforms_from(platforms, config),
        watchlists=watchlists or config.scan.watchlists,
        default_watchlist=not no_default_watchlist and config.scan.default_watchlist,
        own_watchlists=not isolated,
        policies=config.scan.policies,
        baseline=config.scan.baseline or None,
        catalog=catalog_path(catalog, config, off=no_catalog),
    )
    target = _target(output)
    wanted = Wanted(kinds, subjects, min_severity, license_, find, duplicates)  # type: ignore[arg-type]  # click checked the level
    options = RenderOptions(verbose=verbose, color=wants_color(color) and target.path is None, width=terminal_width())
    candidates = list(model_files(asked or config.scan.models or _usual_folders(), (*exclude, *config.scan.exclude)))
    with Shelf(settings, Reading(hash_all, verified, duplicates)) as shelf:
        if showing:
            return _show(shelf, candidates, options)
        rows = shelf.rows(candidates, quiet=quiet)
        shown = chosen(with_duplicates(rows), wanted, sort)
        with open_output(target) as sink:
            for piece in VIEWS[target.format](shown, options):
                is_text = target.format == "text" and target.path is None
                sink.write(for_stdout(piece) if is_text else piece.encode("utf-8", "backslashreplace"))
        code, sentence = verdict(shelf.tally, ExitRules(fail_on=None, allow_incomplete=allow_incomplete))
    if code and not quiet:
        click.echo(sentence, err=True)
    return code


def _target(text: str) -> Output:
    name, colon, path = text.partition(":")
    if name not in VIEWS or (colon and not path):
        raise ConfigError(f"--format {text!r}: expected {', '.join(VIEWS)}, with :PATH for a file")
    return Output(name, path or None)


def _usual_folders() -> Sequence[str]:
    folders = [str(folder).replace(os.sep, "/") for folder in default_folders()]
    if not folders:
        raise ConfigError("no model folder was found; name one: sdscan models DIR")
    return folders


def _show(shelf: Shelf, candidates: Sequence[Candidate], options: RenderOptions) -> int:
    """The whole story of each file; hashes are computed, since one file is soon hashed."""
    import sys

    for candidate in candidates:
        facts, result = shelf.judged(candidate, hashing=True)
        for piece in story(facts, result, options):
            sys.stdout.buffer.write(for_stdout(piece))
    sys.stdout.buffer.flush()
    return verdict(shelf.tally, ExitRules(fail_on=None))[0]


class Reading(Struct, frozen=True):
    """How closely files are looked at."""

    hash_all: bool = False
    verify: bool = False
    duplicates: bool = False


class Shelf:
    """Reads, remembers and judges model files one by one."""

    def __init__(self, settings: Settings, reading: Reading) -> None:
        self.tally = Tally()
        self._settings = settings
        self._reading = reading
        self._knowledge: Knowledge = load(settings)
        self._catalog = Catalog(Path(settings.catalog)) if settings.catalog is not None else None
        self._new: list[Row] = []

    def __enter__(self) -> Shelf:
        return self

    def __exit__(self, *error: object) -> None:
        if self._catalog is not None:
            self._catalog.put(self._new)
            self._catalog.close()

    def rows(self, candidates: Sequence[Candidate], *, quiet: bool) -> list[ModelRow]:
        """The rows of all files that are models, or should be."""
        from sdscan.terminal import progress

        twins = _of_one_size(candidates) if self._reading.duplicates else frozenset()
        found = []
        with progress(len(candidates), quiet=quiet) as advance:
            for candidate in candidates:
                _, result = self.judged(candidate, hashing=self._reading.hash_all or candidate.path in twins)
                row = row_of(result)
                if row is not None:
                    found.append(row)
                advance(1)
        return found

    def judged(self, candidate: Candidate, *, hashing: bool) -> tuple[FileFacts, FileResult]:
        """What the file says, and what that means."""
        facts = self._facts(candidate)
        if hashing and facts.model is not None:
            digests = self._catalog.digests(candidate.path) if self._catalog is not None else digests_of(candidate.path)
            if digests is not None:
                facts = replace(facts, model=with_digests(facts.model, digests))
        if self._reading.verify and facts.format == "safetensors":
            facts = replace(facts, problems=(*facts.problems, *_verified(candidate.path)))
        result = judge(candidate.path, facts, self._knowledge)
        result = replace(result, path=visible(result.path))
        if facts.model is not None or facts.outcome != "unsupported":
            self.tally.add(result)
        return facts, result

    def _facts(self, candidate: Candidate) -> FileFacts:
        limits = self._settings.config.limits
        if self._catalog is None or candidate.skipped is not None:
            return facts_of(candidate, limits)
        return remembered(candidate, limits, self._catalog, self._new)


def _verified(path: str) -> Iterator[object]:
    problem = verify(path, os.path.getsize(path))
    if problem is not None:
        yield problem


def _of_one_size(candidates: Sequence[Candidate]) -> frozenset[str]:
    """Paths of files that share their size with another: only those can be copies."""
    sizes: dict[int, list[str]] = {}
    for candidate in candidates:
        try:
            sizes.setdefault(os.stat(candidate.path).st_size, []).append(candidate.path)
        except OSError:
            continue
    return frozenset(path for paths in sizes.values() if len(paths) > 1 for path in paths)
