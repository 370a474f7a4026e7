"""Results × platforms → a table that says which picture may go where, as text, CSV, an HTML table or JSON.

Rows stream: a table of a million pictures needs no more memory than one of ten.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec
from msgspec import Struct

from sdscan.errors import ConfigError
from sdscan.exits import ExitRules, Tally, verdict
from sdscan.records import VERDICTS, FileResult, Outcome, Verdict
from sdscan.reports import RenderOptions
from sdscan.terminal import Line, cells, painted, safe, wrap

GROUPS: tuple[tuple[str, tuple[Verdict, ...]], ...] = (
    ("publish", ("ok", "info", "remind", "label")), ("review", ("review",)), ("block", ("block",)),
)  # fmt: skip
"""The three things that one can do with a picture."""


class Row(Struct, frozen=True):
    """One picture."""

    path: str
    outcome: Outcome
    verdicts: dict[str, Verdict]
    """Of the platforms asked for; one is missing where the picture could not be judged."""

    @property
    def differs(self) -> bool:
        """Whether the platforms do not all say the same."""
        return len(set(self.verdicts.values())) > 1


Closing = Callable[[], tuple[int, str]]
"""Exit code and closing sentence; to be called when the rows have been read."""


def saved(path: str, ids: Sequence[str]) -> tuple[Iterator[Row], Closing]:
    """The rows of a saved result. Raises ConfigError where it was not judged for one of the platforms."""
    from sdscan.cli.report import read_result

    _, platforms, files = read_result(path)
    missing = [name for name in ids if name not in platforms]
    if missing:
        again = " ".join(f"--platform {name}" for name in ids)
        raise ConfigError(
            f"{path!r} holds no verdict for {', '.join(missing)}; expected a result of `sdscan scan {again}`, or name pictures with --path"
        )
    return (_row(result, ids) for result in files), lambda: (0, "")


def judged_now(
    paths: Sequence[str], ids: tuple[str, ...], models: Sequence[str], config_path: str | None, isolated: bool
) -> tuple[Iterator[Row], Closing]:
    """The rows of pictures that are judged while the table is written."""
    from sdscan.cli.options import loaded_config
    from sdscan.discover import discover
    from sdscan.engines import judged
    from sdscan.session import Settings, catalog_path, load

    config = loaded_config(paths, config_path, isolated).config
    settings = Settings(
        config=config,
        models=tuple(models) or config.scan.models,
        platforms=ids,
        watchlists=config.scan.watchlists,
        default_watchlist=config.scan.default_watchlist,
        own_watchlists=not isolated,
        policies=config.scan.policies,
        baseline=config.scan.baseline or None,
        jobs=config.scan.jobs,
        catalog=catalog_path(None, config, off=False),
    )
    candidates = list(discover(paths, config.scan.exclude))
    knowledge = load(settings)
    tally = Tally()
    decode = msgspec.json.Decoder(FileResult).decode

    def rows() -> Iterator[Row]:
        for batch in judged(candidates, knowledge, settings):
            tally.merge(batch.tally)
            yield from (_row(decode(line), ids) for line in batch.lines.split(b"\n") if line)

    return rows(), lambda: verdict(tally, ExitRules(fail_on=None))


def _row(result: FileResult, ids: Sequence[str]) -> Row:
    verdicts = {name: result.verdicts[name] for name in ids if name in result.verdicts}
    return Row(result.path, result.outcome, verdicts)


# ---- forms -----------------------------------------------------------------------------------------------------


def _text(rows: Iterable[Row], ids: Sequence[str], options: RenderOptions) -> Iterator[str]:
    return painted(_lines(rows, ids, options), options)


def _lines(rows: Iterable[Row], ids: Sequence[str], options: RenderOptions) -> Iterator[Line]:
    """One line a picture, then how many can be published where."""
    columns = _columns(ids, options.width)
    room = max(20, options.width - sum(column.width + 2 for column in columns))
    if columns[0].head != ids[0]:
        key = " · ".join(f"{column.head} {name}" for column, name in zip(columns, ids))
        yield from ([(text, "path")] for text in wrap(key, options.width))
        yield []
    yield [(f"{'picture':<{room}}", "path"), *((f"  {column.head:<{column.width}}", "path") for column in columns)]
    counts: dict[str, dict[str, int]] = {name: {} for name in ids}
    files = 0
    for row in rows:
        files += 1
        name = _ending(safe(row.path), room)
        line: Line = [(name + " " * (room - cells(name)), "")]
        for platform, column in zip(ids, columns):
            word = row.verdicts.get(platform)
            line.append(("  ", ""))
            line.append((f"{(word or '?')[: column.letters]:<{column.width}}", word or "medium"))
            counts[platform][word or "?"] = counts[platform].get(word or "?", 0) + 1
        yield line
    yield []
    for platform in ids:
        parts = [(group, sum(counts[platform].get(word, 0) for word in words)) for group, words in GROUPS]
        unknown = counts[platform].get("?", 0)
        told = ", ".join(f"{group} {count:,}" for group, count in parts) + (
            f", not judged {unknown:,}" if unknown else ""
        )
        yield [(f"{platform}: ", "dim"), (told, "")]
    legend = (
        f"{files:,} files. ok < info < remind < label < review < block; ? could not be judged. Unknown is not safe."
    )
    for text in wrap(legend, options.width):
        yield [(text, "dim")]


class _Column(Struct, frozen=True):
    """How one platform's verdicts are shown."""

    head: str
    width: int
    letters: int
    """Of a verdict."""


_NAME = 26
"""Columns that a picture's name should have."""


def _columns(ids: Sequence[str], width: int) -> list[_Column]:
    """Under its name each where that leaves room for the pictures'; else numbered; else with three letters of the verdict."""
    wide = [_Column(name, max(7, cells(name)), 7) for name in ids]
    narrow = [_Column(str(number), 6, 7) for number in range(1, len(ids) + 1)]
    short = [_Column(str(number), 3, 3) for number in range(1, len(ids) + 1)]
    for columns in (wide, narrow):
        if sum(column.width + 2 for column in columns) + _NAME <= width:
            return columns
    return short


def _ending(text: str, width: int) -> str:
    """The end of a path, which tells more than its beginning."""
    if cells(text) <= width:
        return text
    while cells(text) + 1 > width:
        text = text[1:]
    return "…" + text


def _csv(rows: Iterable[Row], ids: Sequence[str], options: RenderOptions) -> Iterator[str]:
    """RFC 4180 with a header row."""
    yield ",".join(_cell(name) for name in ("path", "outcome", *ids)) + "\r\n"
    for row in rows:
        yield (
            ",".join(_cell(text) for text in (row.path, row.outcome, *(row.verdicts.get(name, "") for name in ids)))
            + "\r\n"
        )


def _cell(text: str) -> str:
    """One cell; what a spreadsheet would take for a formula starts with an apostrophe, control characters are escaped."""
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
    if text[:1] in ("=", "+", "-", "@"):
        text = "'" + text
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"') else text


_COLORS: dict[Verdict, str] = {
    "ok": "#d7f0d7", "info": "#d7f0d7", "remind": "#d7ecf5", "label": "#d7ecf5", "review": "#fdf0c8", "block": "#f8d0d0",
}  # fmt: skip


def _html(rows: Iterable[Row], ids: Sequence[str], options: RenderOptions) -> Iterator[str]:
    """One file without requests and scripts: a table."""
    style = "body{font:14px sans-serif}table{border-collapse:collapse}th,td{border:1px solid #bbb;padding:.2em .6em;text-align:left}"
    style += "".join(f".{word}{{background:{color}}}" for word, color in _COLORS.items())
    yield (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Which picture may go where</title>'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"><style>{style}</style></head>\n<body>\n"
        "<p>ok &lt; info &lt; remind &lt; label &lt; review &lt; block. Unknown is not safe; a verdict is no legal advice.</p>\n"
        "<table>\n<thead><tr><th>picture</th>"
        + "".join(f"<th>{html.escape(name)}</th>" for name in ids)
        + "</tr></thead>\n<tbody>\n"
    )
    for row in rows:
        tds = "".join(
            f'<td class="{row.verdicts[n]}">{row.verdicts[n]}</td>' if n in row.verdicts else "<td>?</td>" for n in ids
        )
        yield f"<tr><td>{html.escape(safe(row.path))}</td>{tds}</tr>\n"
    yield "</tbody>\n</table>\n</body></html>\n"


def _json(rows: Iterable[Row], ids: Sequence[str], options: RenderOptions) -> Iterator[str]:
    """`{"schema": "sdscan-matrix/1", "platforms": […], "files": [{"path", "outcome", "verdicts"}]}`."""
    yield f'{{"schema": "sdscan-matrix/1", "platforms": {msgspec.json.encode(list(ids)).decode()}, "files": ['
    separator = "\n"
    for row in rows:
        yield separator + msgspec.json.encode(msgspec.structs.replace(row, path=safe(row.path))).decode()
        separator = ",\n"
    yield "\n]}\n"


Render = Callable[[Iterable[Row], Sequence[str], RenderOptions], Iterator[str]]
RENDER: dict[str, Render] = {"text": _text, "csv": _csv, "html": _html, "json": _json}

assert set(VERDICTS) == {word for _, words in GROUPS for word in words}, "every verdict belongs to one group"
