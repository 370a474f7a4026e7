"""`sdscan policy`: the platforms, works and rightsholders that verdicts rest on, with source and date."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import click
import msgspec

from sdscan.cli.options import common, configured, loaded_config, note, plain, wants_color
from sdscan.cli.outputs import for_stdout, terminal_width
from sdscan.errors import ConfigError
from sdscan.knowledge.policies import Platform, PlatformRule, Policies, WorkPolicy, load_policies
from sdscan.knowledge.policies.pages import demands
from sdscan.knowledge.policies.words import (
    CATEGORY,
    HONESTY,
    MOSAIC,
    ONLY_IF,
    RISK,
    WORK_AI,
    disclosure_word,
    metadata_sentence,
    origin,
    review_state,
)  # fmt: skip
from sdscan.records import VERDICTS
from sdscan.reports import RenderOptions
from sdscan.session import cache_dir, today
from sdscan.terminal import Line, cells, cut, painted, safe, wrap

F = TypeVar("F", bound=Callable[..., object])


def _format(*names: str) -> Callable[[F], F]:
    return click.option("--format", "form", type=click.Choice(names), default="text", show_default=True)


own = click.option("--policy", "packs", multiple=True, metavar="FILE", help="Another policy pack. Repeatable.")
"""The option of that name."""


@click.group("policy", short_help="The platforms, their rules, source and date.")
def command() -> None:
    """Show the platforms, works and rightsholders that verdicts rest on. Each fact has its date, source and basis; unknown is not safe."""


@command.command("list")
@click.option("--works", is_flag=True, help="List the works and what their holders allow, instead of platforms.")
@_format("text", "json")
@own
@common
def list_(works: bool, form: str, packs: tuple[str, ...], verbose: int, quiet: bool, color: str) -> int:
    """List all platforms (or works): whether they take AI pictures, what must be disclosed, when the facts were gathered."""
    policies = _policies(packs)
    if form == "json":
        found = policies.works if works else policies.platforms
        rows = [entry for _, entry in sorted(found.items())]
        _json({"schema": "sdscan-policy/1", ("works" if works else "platforms"): rows, "packs": policies.packs})
        return 0
    _print(_work_table(policies) if works else _table(policies), color)
    return 0


@command.command("show")
@click.argument("names", nargs=-1, required=True, metavar="ID...")
@_format("text", "json", "markdown")
@own
@common
def show(names: tuple[str, ...], form: str, packs: tuple[str, ...], verbose: int, quiet: bool, color: str) -> int:
    """Show everything on file about a platform (pixiv), a work (umamusume) or a rightsholder (Shueisha)."""
    policies = _policies(packs)
    found = [_named(policies, name) for name in names]
    if form == "json":
        _json({
            "schema": "sdscan-policy/1",
            "platforms": [entry for entry in found if isinstance(entry, Platform)],
            "works": [entry for entry in found if isinstance(entry, WorkPolicy)],
            "rightsholders": [entry for entry in found if not isinstance(entry, Platform | WorkPolicy)],
        })  # fmt: skip
        return 0
    if form == "markdown":
        from sdscan.knowledge.policies.pages import platform_markdown, works_markdown

        for entry in found:
            if not isinstance(entry, Platform | WorkPolicy):
                raise ConfigError("--format markdown: a rightsholder has no page; expected a platform or a work")
            click.echo(platform_markdown(entry) if isinstance(entry, Platform) else works_markdown([entry]), nl=False)
        return 0
    width, day = terminal_width(), today()

    def lines() -> Iterator[Line]:
        for entry in found:
            yield from _entry_lines(entry, width, day)

    _print(lines(), color)
    return 0


@command.command("check")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@plain
@click.pass_context
def check(context: click.Context, files: tuple[str, ...]) -> int:
    """Check policy packs of your own: every error names file, line, entry, key and what was expected."""
    from sdscan.errors import PackError
    from sdscan.knowledge.policies.packs import parse_pack

    wrong = 0
    for name in files:
        try:
            parsed = parse_pack(Path(name).read_bytes(), name)
        except OSError as error:
            click.echo(f"{name}: cannot be read: {(error.strerror or 'I/O error').lower()}", err=True)
            wrong += 1
        except PackError as error:
            click.echo(str(error), err=True)
            wrong += 1
        else:
            note(
                f"{name}: {len(parsed.platform)} platforms, {len(parsed.work)} works, {len(parsed.rightsholder)} rightsholders"
            )
    return 2 if wrong else 0


@command.command("diff")
@click.argument("names", nargs=-1, required=True, metavar="ID...")
@click.option("--result", metavar="FILE", help="A result that `scan -o json` or `-o jsonl` saved for these platforms.")
@click.option(
    "--path", "paths", multiple=True, metavar="PATH", help="Pictures or folders to judge now. Repeatable. [default: .]"
)
@click.option("--models", multiple=True, metavar="DIR", help="Where your LoRA and other model files live. Repeatable.")
@click.option("--differing", is_flag=True, help="Only the pictures to which the platforms answer differently.")
@click.option("--format", "form", type=click.Choice(["text", "csv", "html", "json"]), default="text", show_default=True)
@configured
@common
def diff(
    names: tuple[str, ...], result: str | None, paths: tuple[str, ...], models: tuple[str, ...], differing: bool, form: str,
    config_path: str | None, isolated: bool, verbose: int, quiet: bool, color: str,
) -> int:  # fmt: skip
    """Show which picture may go where: one row a picture, one column a platform.

    Example: sdscan policy diff pixiv booth adobe_stock --path outputs
    """
    from sdscan.cli import matrix

    if result is not None and (paths or models):
        raise ConfigError(
            "--result stands for pictures that were judged before; expected it alone, or --path and --models"
        )
    loaded = loaded_config(paths, config_path, isolated)
    ids = _policies(loaded.config.scan.policies).expand(names)
    if result is not None:
        rows, closing = matrix.saved(result, ids)
    else:
        rows, closing = matrix.judged_now(paths or (".",), ids, models, config_path, isolated)
    wanted = (row for row in rows if not differing or row.differs)
    options = RenderOptions(color=wants_color(color), width=terminal_width())
    for piece in matrix.RENDER[form](wanted, ids, options):
        sys.stdout.buffer.write(for_stdout(piece) if form == "text" else piece.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()
    code, sentence = closing()
    if code and not quiet:
        click.echo(sentence, err=True)
    return code


def _policies(packs: Iterable[str]) -> Policies:
    return load_policies(tuple(map(Path, packs)), cache_dir=cache_dir())


def _named(policies: Policies, name: str) -> object:
    """The platform, work or rightsholder of that name. Raises ConfigError with the nearest name."""
    work = policies.work(name.strip().casefold().replace(" ", "_"))
    if work is not None:
        return work
    holder = policies.rightsholder_of(name)
    try:
        return policies.platforms[policies.expand([name])[0]]
    except ConfigError:
        if holder is not None:
            return holder
        import difflib

        near = difflib.get_close_matches(name.casefold(), [*policies.platforms, *policies.works], 1, 0.5)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ConfigError(
            f"unknown platform, work or rightsholder {name!r}{hint} (`sdscan policy list` and `policy list --works` show all)"
        ) from None


def _json(value: object) -> None:
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n")
    sys.stdout.buffer.flush()


def _print(lines: Iterable[Line], color: str) -> None:
    options = RenderOptions(color=wants_color(color), width=terminal_width())
    for piece in painted(lines, options):
        sys.stdout.buffer.write(for_stdout(piece))
    sys.stdout.buffer.flush()


# ---- tables ----------------------------------------------------------------------------------------------------

_TAKES_STYLE = {"yes": "ok", "labelled": "ok", "limited": "review", "no": "block", "unknown": "medium"}


def _table(policies: Policies) -> Iterator[Line]:
    """id, name, takes AI, disclosure, adult, gathered; then what the words mean."""
    platforms = sorted(policies.platforms.values(), key=lambda platform: (platform.kind == "profile", platform.id))
    ids = max(cells(platform.id) for platform in platforms)
    names = max(12, terminal_width() - ids - 46)
    yield [
        (
            f"{'id':<{ids}}  {'name':<{names}}  {'takes AI':<8}  {'disclosure':<10}  {'adult':<7}  {'checked':<10}",
            "path",
        )
    ]
    for platform in platforms:
        name = cut(safe(platform.name), names)
        yield [
            (f"{platform.id:<{ids}}  ", ""),
            (name + " " * (names - cells(name)) + "  ", "dim"),
            (f"{platform.takes_ai:<8}", _TAKES_STYLE[platform.takes_ai]),
            (f"  {disclosure_word(platform):<10}  {platform.adult:<7}  {platform.checked or '':%Y-%m-%d}", ""),
        ]  # fmt: skip
    yield []
    for text in wrap(
        f"{len(platforms)} entries. `sdscan policy show ID` gives every rule with source and date. {HONESTY}",
        terminal_width(),
    ):
        yield [(text, "dim")]


def _work_table(policies: Policies) -> Iterator[Line]:
    works = sorted(policies.works.values(), key=lambda work: work.id)
    ids = min(40, max(cells(work.id) for work in works))
    yield [(f"{'id':<{ids}}  {'category':<17}  {'sexual':<11}  {'AI':<10}  {'selling':<8}", "path")]
    for work in works:
        style = "block" if "no" in (work.r18, work.ai) else ""
        yield [
            (f"{cut(work.id, ids):<{ids}}  ", style),
            (f"{work.category:<17}  {work.r18:<11}  {work.ai:<10}  {work.commercial:<8}", style),
        ]
    yield []
    for text in wrap(
        f"{len(works)} works. A work that is not listed is not free to use: nothing is known of it. {HONESTY}",
        terminal_width(),
    ):
        yield [(text, "dim")]


# ---- one entry -------------------------------------------------------------------------------------------------


def _entry_lines(entry: object, width: int, day: datetime.date) -> Iterator[Line]:
    if isinstance(entry, Platform):
        yield from _platform_lines(entry, width, day)
    elif isinstance(entry, WorkPolicy):
        yield from _work_lines(entry, width, day)
    else:
        yield from _holder_lines(entry, width, day)


def _platform_lines(platform: Platform, width: int, day: datetime.date) -> Iterator[Line]:
    yield [(safe(platform.name), "path"), (f"  {platform.id}", "dim")]
    yield from _field("AI", f"{platform.takes_ai}. {platform.stance}", width, _TAKES_STYLE[platform.takes_ai])
    yield from _field("disclosure", platform.disclosure, width)
    yield from _field("metadata", metadata_sentence(platform), width)
    yield from _field(
        "adult", platform.adult + (f"; concealment: {MOSAIC[platform.mosaic]}" if platform.mosaic else ""), width
    )
    if platform.notes:
        yield from _field("note", platform.notes, width)
    yield from _field("checked", f"{platform.checked or 'never'}", width)
    yield []
    for rule in sorted(platform.rules, key=lambda rule: -VERDICTS.index(rule.effect)):
        yield from _rule_lines(rule, width, day)
    yield []
    yield from ([(text, "dim")] for text in wrap(HONESTY, width))
    yield []


def _rule_lines(rule: PlatformRule, width: int, day: datetime.date) -> Iterator[Line]:
    where = f" ({ONLY_IF[rule.only_if]})" if rule.only_if else ""
    yield [
        ("  ", ""),
        (f"{rule.effect:<7}", rule.effect),
        (f"{RISK[rule.risk_class]}{where}", ""),
    ]
    for text in wrap(safe(rule.text), width - 9):
        yield [(" " * 9 + text, "")]
    yield from _origin_lines(origin(rule), rule.source, rule.see, rule.review_after, width, day)


def _origin_lines(
    how: str, source: str, see: Iterable[str], review_after: datetime.date | None, width: int, day: datetime.date
) -> Iterator[Line]:
    due = review_after is not None and review_after < day
    for text in wrap(f"{how}; {review_state(review_after, day)}", width - 9):
        yield [(" " * 9 + text, "medium" if due else "dim")]
    for address in (source, *see) if source else ():
        yield [(" " * 9 + safe(address), "dim")]  # never wrapped: an address must stay one piece


def _work_lines(work: WorkPolicy, width: int, day: datetime.date) -> Iterator[Line]:
    yield [(safe(work.title), "path"), (f"  {work.id}, {safe(work.rightsholder)}", "dim")]
    yield from _field("category", f"{CATEGORY[work.category]}. {work.text}", width)
    if work.fanwork:
        yield from _field("fan works", work.fanwork, width)
    yield from _field("sexual", work.r18, width)
    yield from _field("AI", WORK_AI[work.ai], width)
    yield from _field("selling", work.commercial, width)
    for text in demands(work):
        yield from _field("", text, width, "review")
    if work.background:
        yield from _field(
            "",
            "what is said about fan works, sexual content and selling is background knowledge, without a source",
            width,
        )
    yield from _origin_lines(origin(work), work.source, work.see, work.review_after, width, day)
    yield []


def _holder_lines(entry: object, width: int, day: datetime.date) -> Iterator[Line]:
    from sdscan.knowledge.policies import Rightsholder

    assert isinstance(entry, Rightsholder), "only platforms, works and rightsholders are looked up"
    yield [(safe(entry.name), "path"), (f"  {entry.id}", "dim")]
    yield from _field("AI", f"{WORK_AI[entry.ai]}. {entry.text}", width)
    if entry.works:
        yield from _field("works", ", ".join(entry.works), width)
    yield from _origin_lines(entry.date or "undated", entry.source, entry.see, entry.review_after, width, day)
    yield []


def _field(name: str, text: str, width: int, style: str = "") -> Iterator[Line]:
    """`  name        text`, wrapped below itself."""
    for number, piece in enumerate(wrap(safe(text), width - 14)):
        yield [(f"  {name if number == 0 else '':<12}", "dim"), (piece, style if number == 0 else "")]
