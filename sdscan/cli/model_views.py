"""Rows of models → text, CSV, JSON or JSON lines; and the whole story of one model for `sdscan models show`."""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import msgspec

from sdscan.cli.model_rows import MODELS_SCHEMA, ModelRow, sale_of
from sdscan.records import SEVERITIES, Container, FileFacts, FileResult, ModelFacts
from sdscan.reports import RenderOptions
from sdscan.reports.text import file_lines
from sdscan.terminal import Line, cells, cut, painted, safe, wrap
from sdscan.tree import inspect_lines

_SALE = {"sell": "yes", "no-sale": "no", "unknown": "?"}
_WHY = 120
"""Columns of a terminal from which the reason stands in the row."""


# ---- text ------------------------------------------------------------------------------------------------------


def as_text(rows: Sequence[ModelRow], options: RenderOptions) -> Iterator[str]:
    """A table, and a line that counts."""
    return painted(_table(rows, options), options)


def _table(rows: Sequence[ModelRow], options: RenderOptions) -> Iterator[Line]:
    widths = _widths(options.width)
    heads = ("risk", "kind", "made for", "sell", "base", "file", "trigger words", "why")
    root = _common(rows)
    if root:
        yield [(f"below {cut(safe(root), options.width - 6)}", "dim")]
    yield [("  ".join(_fit(head, width) for head, width in zip(heads, widths) if width), "dim")]
    for row in rows:
        yield from _row_lines(row, row.path.removeprefix(root), widths, options)
    yield []
    yield from ([(text, "")] for text in wrap(_counts(rows), options.width))
    if any(row.risk for row in rows):
        yield [("Next: `sdscan models show FILE` tells the whole story of one.", "dim")]


def _widths(width: int) -> tuple[int, ...]:
    """risk, kind, made for, sell, base, file, triggers, why; 0 leaves a column out."""
    fixed = (8, 10, 14, 4, 11)
    room = width - sum(fixed) - 2 * 6
    if width < _WHY:
        return (*fixed[:1], 0, *fixed[2:4], 0, (room + 25) * 3 // 5, (room + 25) * 2 // 5, 0)
    return (*fixed, room * 2 // 6, room * 2 // 6, room * 2 // 6 - 2)


def _common(rows: Sequence[ModelRow]) -> str:
    """The folder that all files are in, with a slash at its end; what every row would repeat."""
    folders = [row.path.rpartition("/")[0] for row in rows]
    return (
        f"{os.path.commonpath(folders)}/"
        if len(rows) > 1 and all(folders) and len({f[:1] == "/" for f in folders}) == 1
        else ""
    )


def _row_lines(row: ModelRow, name: str, widths: tuple[int, ...], options: RenderOptions) -> Iterator[Line]:
    told = [trigger.text for trigger in row.triggers if trigger.tier != "name"]
    made_for = row.subject if not row.certainty else f"{row.subject} {row.certainty:.0%}"
    base = row.base_model or "?"
    base = base.split(" (")[0] if base.count(" (") == 1 and base.endswith(")") else base
    why = row.reason or "; ".join(row.messages[:1] or row.because[:1])
    texts = (row.risk or "-", row.kind, made_for, _SALE[sale_of(row)], base, name, ", ".join(told[:4]) or "-", why)
    styles = (row.risk or "dim", "", "", "", "dim", "path", "", "dim")
    line: Line = []
    for text, style, width in zip(texts, styles, widths):
        if width:
            line += [("  " if line else "", ""), (_fit(safe(text), width), style)]
    yield line
    if options.verbose:
        for text in _details(row):
            yield from ([("    ", ""), (piece, "dim")] for piece in wrap(safe(text), options.width - 4))


def _details(row: ModelRow) -> Iterator[str]:
    if row.reason:
        yield row.reason
    yield from (f"{rule_message}" for rule_message in row.messages)
    yield from (f"because {because}" for because in (*row.because, *row.frames))
    if row.license is not None:
        yield f"license from {row.license.source}"
    if row.merged_from:
        yield f"merged from {', '.join(row.merged_from)}"
    if row.duplicates:
        yield f"same content as {', '.join(row.duplicates)}"
    yield from (f"{problem.code}: {problem.detail}" for problem in row.problems)


def _fit(text: str, width: int) -> str:
    text = cut(text, width)
    return text + " " * (width - cells(text))


def _counts(rows: Sequence[ModelRow]) -> str:
    """`12 models (10 lora, 2 embedding); risk: 1 high …; 3 forbid selling pictures, 5 do not say; 2 copies; 1 not read to the end.`"""
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(Counter(row.kind for row in rows).items()))
    risks = Counter(row.risk for row in rows if row.risk)
    levels = ", ".join(f"{risks[level]:,} {level}" for level in reversed(SEVERITIES) if risks[level]) or "none"
    sales = Counter(sale_of(row) for row in rows)
    parts = [
        f"{len(rows):,} models" + (f" ({kinds})" if rows else ""),
        f"risk: {levels}",
        f"{sales['no-sale']:,} forbid selling pictures, {sales['unknown']:,} do not say",
    ]
    copies = sum(bool(row.duplicates) for row in rows)
    unread = sum(row.reason is not None for row in rows)
    parts += [f"{copies:,} have a copy"] if copies else []
    parts += [f"{unread:,} could not be read to the end"] if unread else []
    return "; ".join(parts) + "."


# ---- for spreadsheets and scripts --------------------------------------------------------------------------------

COLUMNS: dict[str, Callable[[ModelRow], object]] = {
    "path": lambda row: row.path, "kind": lambda row: row.kind, "title": lambda row: row.title, "made_for": lambda row: row.subject,
    "certainty": lambda row: row.certainty, "because": lambda row: row.because, "risk": lambda row: row.risk, "rules": lambda row: row.rules,
    "subjects": lambda row: row.names, "findings": lambda row: row.messages,
    "triggers": lambda row: [trigger.text for trigger in row.triggers if trigger.tier != "name"],
    "base_model": lambda row: row.base_model, "sell_pictures": lambda row: None if row.license is None else row.license.commercial_images,
    "derivatives": lambda row: None if row.license is None else row.license.derivatives,
    "credit": lambda row: None if row.license is None else row.license.credit, "license_source": lambda row: row.license and row.license.source,
    "images": lambda row: row.images, "metadata": lambda row: row.metadata_state, "writer": lambda row: row.writer, "frames": lambda row: row.frames,
    "merged_from": lambda row: row.merged_from, "real_person": lambda row: row.poi, "adult": lambda row: row.nsfw,
    "autov2": lambda row: row.hashes.autov2, "autov3": lambda row: row.hashes.autov3, "sha256": lambda row: row.hashes.sha256,
    "declared": lambda row: row.hashes.declared, "duplicates": lambda row: row.duplicates, "dangerous": lambda row: row.dangerous,
    "reason": lambda row: row.reason,
}  # fmt: skip
"""Column → its value; lists are joined with ` | `."""


def as_csv(rows: Sequence[ModelRow], options: RenderOptions) -> Iterator[str]:
    """RFC 4180, UTF-8; no cell can start a formula."""
    yield _csv_row(list(COLUMNS))
    for row in rows:
        yield _csv_row([_cell(value(row)) for value in COLUMNS.values()])


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = safe(" | ".join(value) if isinstance(value, (list, tuple)) else str(value))
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _csv_row(values: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(values)
    return line.getvalue()


def as_jsonl(rows: Sequence[ModelRow], options: RenderOptions) -> Iterator[str]:
    """One row a line."""
    yield from (msgspec.json.encode(row).decode() + "\n" for row in rows)


def as_json(rows: Sequence[ModelRow], options: RenderOptions) -> Iterator[str]:
    """`{"schema": …, "models": […]}`, one row a line."""
    yield f'{{"schema": "{MODELS_SCHEMA}", "models": ['
    for number, row in enumerate(rows):
        yield (",\n" if number else "\n") + msgspec.json.encode(row).decode()
    yield "\n]}\n"


VIEWS: dict[str, Callable[[Sequence[ModelRow], RenderOptions], Iterator[str]]] = {
    "text": as_text,
    "json": as_json,
    "jsonl": as_jsonl,
    "csv": as_csv,
}


# ---- the story of one ------------------------------------------------------------------------------------------


def story(facts: FileFacts, result: FileResult, options: RenderOptions) -> Iterator[str]:
    """Everything that a model says, and what it means."""
    return painted(_story_lines(facts, result, options), options)


def _story_lines(facts: FileFacts, result: FileResult, options: RenderOptions) -> Iterator[Line]:
    lines = list(
        inspect_lines(result.path, facts, Container(facts.format), raw=options.verbose > 0, width=options.width)
    )
    yield from lines[:-1]
    if facts.model is not None:
        for what, text in _further(facts.model):
            for number, piece in enumerate(wrap(safe(text)[:2000], max(20, options.width - 6 - len(what)))):
                yield [
                    ("│  ├─ " if number == 0 else "│  │  ", "dim"),
                    (what if number == 0 else " " * len(what), "dim"),
                    (" " + piece, ""),
                ]
    yield []
    if result.findings:
        yield from file_lines(result, options)
    elif facts.outcome == "scanned":
        yield [("No finding: nothing in it names a character, work, artist or person that the watchlists know.", "dim")]


def _further(model: ModelFacts) -> Iterator[tuple[str, str]]:
    """What the tree of `inspect` leaves out."""
    if model.declared_mismatch:
        yield "hash", model.declared_mismatch
    if model.merged_from:
        yield "merged from", ", ".join(model.merged_from)
    if model.poi is not None or model.nsfw is not None:
        said = {True: "yes", False: "no", None: "not said"}
        yield "site", f"real person: {said[model.poi]}, adult: {said[model.nsfw]}"
    if model.version_ids:
        yield "version", ", ".join(model.version_ids)
    for text in model.texts[:20]:
        yield text.locator, text.text
