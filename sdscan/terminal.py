"""Results → what a person reads in a terminal. The only module that imports rich, and only for colour and progress.

Prompts never pass through markup: a line is a list of (text, style) pairs, every scanned text goes through `safe()`.
"""

from __future__ import annotations

import contextlib
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from sdscan.records import SEVERITIES, STRENGTHS, Evidence, FileResult, Finding, Severity
from sdscan.reports import RenderOptions
from sdscan.reports.redaction import redacted
from sdscan.run import Results

Line = list[tuple[str, str]]
"""Pieces of one line with a style each ("" for none)."""

STYLES: dict[str, str] = {
    "critical": "bold white on red", "high": "bold red", "medium": "bold yellow", "low": "cyan", "info": "dim",
    "block": "bold red", "review": "yellow", "label": "cyan", "remind": "cyan", "ok": "green",
    "path": "bold", "hit": "bold underline", "dim": "dim", "step": "green",
}  # fmt: skip
_LISTED = 12
"""Files named in a list of files without findings before "and N more"."""


# ---- text that cannot hurt -------------------------------------------------------------------------------------


def safe(text: str) -> str:
    """`text` with control, bidi and other invisible characters and surrogates written as escapes (Unicode Cc, Cf, Cs, Zl, Zp)."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if _harmless(c) else _escape(c) for c in text)


def _harmless(c: str) -> bool:
    return c.isprintable() or c == "\u3000" or unicodedata.category(c) in ("Mn", "Zs", "Co", "Cn")


def _escape(c: str) -> str:
    code = ord(c)
    if c in "\n\r\t":
        return {"\n": "⏎", "\r": "", "\t": " "}[c]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def cells(text: str) -> int:
    """Columns that `text` takes in a terminal: 2 for wide characters, 0 for combining ones (UAX #11)."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def cut(text: str, width: int) -> str:
    """`text` in at most `width` columns, with … where something is missing."""
    if cells(text) <= width:
        return text
    kept: list[str] = []
    used = 1
    for c in text:
        used += cells(c)
        if used > width:
            break
        kept.append(c)
    return "".join(kept) + "…"


def wrap(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` columns, broken at spaces, and inside a word only where it is longer than a line."""
    lines, line = [], ""
    for word in text.split(" "):
        while cells(word) > width:
            room = width - cells(line) - 1 if line else width
            piece = _prefix(word, room) if room > 1 else ""
            lines.append(f"{line} {piece}" if line and piece else line or piece)
            line, word = "", word[len(piece) :]
        if line and cells(line) + 1 + cells(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line]


def _prefix(word: str, width: int) -> str:
    used = 0
    for i, c in enumerate(word):
        used += cells(c)
        if used > width:
            return word[: max(1, i)]
    return word


# ---- the view --------------------------------------------------------------------------------------------------


def render(results: Results, options: RenderOptions) -> Iterator[str]:
    """The worst file first; then what could not be judged; then one summary line with all counts and the next step."""
    return painted(_lines(results, options), options)


def painted(lines: Iterable[Line], options: RenderOptions) -> Iterator[str]:
    """Lines as text, with colour where it is wanted. Without colour nothing is imported."""
    if not options.color:
        for line in lines:
            yield "".join(f"«{text}»" if style == "hit" else text for text, style in line).rstrip() + "\n"
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(
        force_terminal=True,
        color_system="standard",
        width=options.width,
        markup=False,
        highlight=False,
        emoji=False,
        soft_wrap=True,
    )
    for line in lines:
        with console.capture() as capture:
            console.print(Text.assemble(*((text, STYLES.get(style, style)) for text, style in line)))
        yield capture.get()


def _lines(results: Results, options: RenderOptions) -> Iterator[Line]:
    shown: list[tuple[tuple[int, str], FileResult]] = []
    rest: dict[str, list[str]] = {"no-metadata": [], "unreadable": [], "unsupported": [], "skipped": []}
    for result in results:
        if result.outcome in rest:
            rest[result.outcome].append(result.path if result.reason is None else f"{result.path}: {result.reason}")
        visible = [finding for finding in result.findings if _is_shown(finding, options)]
        if visible:
            shown.append(((-_rank(result.severity), result.path), redacted(result) if options.redact else result))
    for _, result in sorted(shown, key=lambda pair: pair[0]):
        yield from file_lines(result, options)
    yield from _rest_lines(rest, options)
    yield from _summary_lines(results, options)


def _is_shown(finding: Finding, options: RenderOptions) -> bool:
    if finding.suppressed is not None and not options.show_suppressed:
        return False
    if finding.rule == "SD602" and options.verbose == 0:
        return False  # listed once, below, instead of once a file
    return SEVERITIES.index(finding.severity) >= SEVERITIES.index(options.min_severity)


def _rank(severity: Severity | None) -> int:
    return -1 if severity is None else SEVERITIES.index(severity)


def file_lines(result: FileResult, options: RenderOptions) -> Iterator[Line]:
    """One file: its name with the worst level, then each finding with its evidence, then the platforms and the next steps."""
    level = (result.severity or "info").upper()
    name = cut(safe(result.path), options.width - len(level) - 2)
    yield [(name, "path"), (" " * (options.width - cells(name) - len(level)), ""), (level, level.lower())]
    findings = sorted(
        (f for f in result.findings if _is_shown(f, options)),
        key=lambda f: (-SEVERITIES.index(f.severity), -STRENGTHS.index(f.strength), f.rule, f.id),
    )
    for finding in findings:
        yield from _finding_lines(finding, result, options)
    yield from _verdict_lines(result, options)
    steps = list(dict.fromkeys(f.next_step for f in findings if f.next_step and f.severity != "info"))
    for step in steps[: 9 if options.verbose else 2]:
        for number, text in enumerate(wrap(safe(step), options.width - 4)):
            yield [("  " + ("→ " if number == 0 else "  "), "step"), (text, "step")]
    yield []


def _finding_lines(finding: Finding, result: FileResult, options: RenderOptions) -> Iterator[Line]:
    head = f"{finding.rule} {finding.severity.upper():<8} "
    for number, text in enumerate(wrap(safe(finding.message), options.width - 2 - len(head))):
        yield [
            ("  ", ""),
            (head if number == 0 else " " * len(head), finding.severity),
            (text, "dim" if finding.severity == "info" else ""),
        ]
    for item in finding.evidence[: None if options.verbose else 2]:
        yield _evidence_line(item, result, options)
    if len(finding.evidence) > 2 and not options.verbose:
        yield [(f"      and {len(finding.evidence) - 2} more places (-v shows them)", "dim")]
    if finding.suppressed is not None:
        until = f" until {finding.suppressed.expires}" if finding.suppressed.expires else ""
        yield [(f"      set aside{until} by {safe(finding.suppressed.by)}: {safe(finding.suppressed.reason)}", "dim")]
    if options.verbose:
        yield [(f"      sure: {finding.strength}; id {finding.id}", "dim")]
        for reason in finding.because:
            yield [(f"      because {safe(reason)}", "dim")]


def _evidence_line(item: Evidence, result: FileResult, options: RenderOptions) -> Line:
    """`      png:tEXt/parameters  …1girl, hatsune miku, twin…` with the hit marked."""
    where = cut(safe(item.locator), options.width // 2)
    before, after = _surroundings(item, result)
    hit = safe(item.text)
    if item.weight is not None and item.weight != 1.0:
        where += f" ×{item.weight:g}"
    room = options.width - 10 - cells(where) - cells(hit)
    left = _tail(safe(before), max(0, room // 2))
    right = cut(safe(after), max(1, room - cells(left))) if after else ""
    return [
        ("      ", ""),
        (where, "dim"),
        ("  ", ""),
        (left, "dim"),
        (cut(hit, options.width - 10 - cells(where)), "hit"),
        (right, "dim"),
    ]


def _surroundings(item: Evidence, result: FileResult) -> tuple[str, str]:
    if item.start is None or item.end is None:
        return "", ""
    for generation in result.generations:
        for prompt in generation.prompts:
            if prompt.locator == item.locator and prompt.text[item.start : item.end] == item.text:
                return prompt.text[max(0, item.start - 60) : item.start], prompt.text[item.end : item.end + 60]
    return "", ""


def _tail(text: str, width: int) -> str:
    if cells(text) <= width:
        return text
    while text and cells(text) + 1 > width:
        text = text[1:]
    return "…" + text if width > 1 else ""


def _verdict_lines(result: FileResult, options: RenderOptions) -> Iterator[Line]:
    if not result.verdicts:
        return
    line: Line = [("  ", "")]
    used = 2
    for platform, verdict in result.verdicts.items():
        piece = f"{platform} {verdict}"
        if used + len(piece) + 3 > options.width and used > 2:
            yield line
            line, used = [("  ", "")], 2
        line += [((" · " if used > 2 else "") + platform + " ", "dim"), (verdict, verdict)]
        used += len(piece) + 3
    yield line
    if options.verbose:
        for reason in result.reasons:
            source = f" ({safe(reason.basis)}, {safe(reason.date)}, {safe(reason.source)})" if reason.source else ""
            for number, text in enumerate(
                wrap(f"{reason.platform} {reason.verdict}: {safe(reason.text)}{source}", options.width - 6)
            ):
                yield [("    " if number == 0 else "      ", ""), (text, "dim")]


def _rest_lines(rest: dict[str, list[str]], options: RenderOptions) -> Iterator[Line]:
    titles = (
        ("unreadable", "Could not be read to the end; not judged:", "high"),
        ("no-metadata", "No generation data; nothing to judge by, which is not the same as clean:", "medium"),
        ("unsupported", "Not a kind of file that carries generation data:", "dim"),
        ("skipped", "Skipped:", "dim"),
    )
    for outcome, title, style in titles:
        names = rest[outcome]
        if not names:
            continue
        yield [(title, style)]
        listed = names if options.verbose else names[:_LISTED]
        for name in listed:
            yield [("  " + cut(safe(name), options.width - 2), "")]
        if len(names) > len(listed):
            yield [(f"  and {len(names) - len(listed):,} more (-v lists them)", "dim")]
        yield []


def _summary_lines(results: Results, options: RenderOptions) -> Iterator[Line]:
    tally = results.tally
    counts = [
        f"{tally.files:,} files", f"{tally.scanned:,} with generation data", f"{tally.no_metadata:,} without", f"{tally.unreadable:,} unreadable",
        f"{tally.unsupported:,} unsupported", f"{tally.skipped:,} skipped",
    ]  # fmt: skip
    found = [f"{tally.findings.get(level, 0):,} {level}" for level in reversed(SEVERITIES)]
    extra = [f"{tally.suppressed:,} set aside", f"{tally.stale:,} stale"] if tally.suppressed or tally.stale else []
    for text in wrap(f"{', '.join(counts)}; findings: {', '.join([*found, *extra])}.", options.width):
        yield [(text, "")]
    for platform, row in sorted(tally.verdicts.items()):
        groups = {"publish": ("ok", "info", "remind", "label"), "review": ("review",), "block": ("block",)}
        yield [
            (f"{platform}: ", "dim"),
            *_groups({name: sum(row.get(v, 0) for v in verdicts) for name, verdicts in groups.items()}),
        ]
    code, sentence = results.closing
    for text in wrap(sentence, options.width):
        yield [(text, "high" if code == 1 else "medium" if code else "")]
    yield from _next_step(results, code, options)


def _groups(counts: dict[str, int]) -> Line:
    style = {"publish": "ok", "review": "review", "block": "block"}
    line: Line = []
    for name, count in counts.items():
        line += [(", " if line else "", ""), (f"{name} {count:,}", style[name] if count else "dim")]
    return line


def _next_step(results: Results, code: int, options: RenderOptions) -> Iterator[Line]:
    if code == 1:
        text = "Next: `sdscan explain RULE` says what a rule means; `-o html:report.html` shows the pictures; `sdscan allow` accepts a finding with a reason."
    elif code == 3:
        text = "Next: restore or remove the files named above, or pass --allow-incomplete to accept that they were not judged."
    elif code == 4:
        text = "Next: name a folder that holds pictures, or files one by one."
    else:
        return
    for line in wrap(text, options.width):
        yield [(line, "dim")]


# ---- progress --------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def progress(total: int | Callable[[], int], *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A progress line on standard error for long work at a terminal; nothing in hooks, CI, pipes and short runs.

    `total` may be a function that counts: it is asked only where the line is shown.
    """
    if (
        quiet
        or not sys.stderr.isatty()
        or os.environ.get("CI")
        or os.environ.get("PRE_COMMIT")
        or os.environ.get("TERM") == "dumb"
        or (files := total() if callable(total) else total) < 200
    ):
        yield _nothing
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("judging"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True, markup=False), transient=True) as bar:
        task = bar.add_task("", total=files, rate="")

        def advance(files: int) -> None:
            speed = bar.tasks[0].speed
            bar.update(task, advance=files, rate=f"{speed:,.0f} files/s" if speed else "")

        yield advance


def _nothing(files: int) -> None:
    return None
