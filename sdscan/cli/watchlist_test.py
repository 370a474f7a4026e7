"""`sdscan watchlist test`: shows, like a debugger, how a text was cut, what was considered, and why it did or did not count."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from sdscan.cli.options import common
from sdscan.cli.watchlist import formatted, lists, load, print_lines, write_json
from sdscan.facts.text import scalar
from sdscan.judgement.texts import Manner, Text
from sdscan.judgement.tracing import Cut, trace
from sdscan.records import EvidenceSource
from sdscan.terminal import Line, cut, safe

_AS: dict[str, tuple[Manner, EvidenceSource]] = {
    "prompt": ("prompt", "prompt"),
    "negative": ("prompt", "negative-prompt"),
    "name": ("name", "lora-name"),
    "title": ("title", "lora-title"),
    "description": ("prose", "sidecar"),
}


@click.command("test")
@click.argument("text")
@click.option(
    "--as",
    "manner",
    type=click.Choice(list(_AS)),
    default="prompt",
    show_default=True,
    help="What the text is: a prompt, or the name, title or description of a model.",
)
@lists
@formatted
@common
def test(
    text: str, manner: str, watchlists: tuple[str, ...], no_default_watchlist: bool, form: str,
    verbose: int, quiet: bool, color: str,
) -> int:  # fmt: skip
    """Try TEXT (or - for standard input) against the watchlists.

    Example: sdscan watchlist test "1girl, (hatsune miku:1.2), art by greg rutkowski"
    """
    if text == "-":
        text = sys.stdin.buffer.read().decode("utf-8", "replace").rstrip("\r\n")
    kind, source = _AS[manner]
    cuts = trace(Text(source, "", scalar(text), kind), load(watchlists, no_default_watchlist))
    if form == "json":
        write_json({"schema": "sdscan-watchlist/1", "phrases": cuts})
    else:
        print_lines(_lines(cuts, verbose), color)
    return 0


def _lines(cuts: list[Cut], verbose: int) -> Iterator[Line]:
    count = 0
    for one in cuts:
        shown = [
            item
            for item in one.considered
            if item.strength is not None or not item.why.startswith("part of") or verbose
        ]
        weight = f"  weight {one.weight:g}" if one.weight not in (None, 1.0) else ""
        state = f"  {one.state}" if one.state != "used" else ""
        yield [(safe(cut(one.text, 100)), "path" if shown else "dim"), (weight + state, "dim")]
        for item in shown:
            mark, style = ("→ ", item.strength or "") if item.strength else ("· ", "dim")
            styles = {"strong": "high", "medium": "medium", "weak": "low"}
            count += item.strength is not None
            others = f"; {item.others} others bear it" if item.others else ""
            yield [
                (f"    {mark}", "dim"),
                (safe(item.text), styles.get(style, "dim")),
                (
                    f"  {item.kind} {safe(item.name)} ({safe(item.entry)})"
                    if item.strength
                    else f"  {safe(item.entry)}",
                    "" if item.strength else "dim",
                ),
                (f"  {item.strength}: {item.why}" if item.strength else f"  {item.why}{others}", "dim"),
            ]
    yield [(f"{count} name{'' if count == 1 else 's'} count{'s' if count == 1 else ''}", "dim")]
