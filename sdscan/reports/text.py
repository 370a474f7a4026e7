"""Results → what a person reads in a terminal: the worst file first, then what could not be judged, then one summary with all counts.

Lines are lists of (text, style); every scanned text goes through `safe()`, every sentence through the translator.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import quote

from sdscan.cloud import is_address
from sdscan.exits import Tally
from sdscan.i18n import Translator, translator
from sdscan.records import SEVERITIES, STRENGTHS, Evidence, FileResult, Finding, Severity
from sdscan.reports import RenderOptions
from sdscan.reports.redaction import redacted
from sdscan.reports.shared import BY_OTHERS
from sdscan.run import Results
from sdscan.terminal import Line, cells, cut, painted, safe, wrap

_LISTED = 12
"""Files named in a list of files without findings before "and N more"."""
GROUPS = {"publish": ("ok", "info", "remind", "label"), "review": ("review",), "block": ("block",)}
"""What the summary counts together."""


def render(results: Results, options: RenderOptions) -> Iterator[str]:
    """The whole view."""
    return painted(_lines(results, options), options)


def _lines(results: Results, options: RenderOptions) -> Iterator[Line]:
    rest: dict[str, list[tuple[str, str | None]]] = {
        "no-metadata": [], "unreadable": [], "unsupported": [], "skipped": [],
    }  # fmt: skip
    listed = None if options.verbose else _LISTED

    def rank(result: FileResult) -> int | None:
        if result.outcome in rest and (listed is None or len(rest[result.outcome]) < listed):
            rest[result.outcome].append((result.path, result.reason))
        return _rank(result.severity) if any(is_shown(f, options) for f in result.findings) else None

    for result in results.ranked(rank):
        yield from file_lines(redacted(result) if options.redact else result, options)
    t = translator(options.lang)
    yield from _rest_lines(rest, results.tally, options, t)
    yield from summary_lines(results, options)


def is_shown(finding: Finding, options: RenderOptions) -> bool:
    """Whether the view names a finding."""
    if finding.suppressed is not None and not options.show_suppressed:
        return False
    if finding.rule == "SD602" and options.verbose == 0:
        return False  # listed once, below, instead of once a file
    return SEVERITIES.index(finding.severity) >= SEVERITIES.index(options.min_severity)


def _rank(severity: Severity | None) -> int:
    return -1 if severity is None else SEVERITIES.index(severity)


# ---- one file --------------------------------------------------------------------------------------------------


def file_lines(result: FileResult, options: RenderOptions) -> Iterator[Line]:
    """One file: its name with the worst level, then each finding with its evidence, then the platforms and the next steps."""
    t = translator(options.lang)
    level, style = _level(result, t)
    name = safe(result.path)  # never cut: it is there to be found and copied
    gap = " " * max(2, options.width - cells(name) - cells(level))
    yield [(name, path_style(result.path, options)), (gap, ""), (level, style)]
    findings = sorted(
        (f for f in result.findings if is_shown(f, options)),
        key=lambda f: (-SEVERITIES.index(f.severity), -STRENGTHS.index(f.strength), f.rule, f.id),
    )
    for finding in findings:
        yield from _finding_lines(finding, result, options, t)
    yield from _verdict_lines(result, options, t)
    steps = list(dict.fromkeys(f.next_step for f in findings if f.next_step and f.severity != "info"))
    for step in steps[: 9 if options.verbose else 2]:
        for number, text in enumerate(wrap(safe(t.sentence(step)), options.width - 4)):
            yield [("  " + ("→ " if number == 0 else "  "), "step"), (text, "step")]
    yield []


def _level(result: FileResult, t: Translator) -> tuple[str, str]:
    """The word for the worst finding that counts, and its style."""
    if result.severity is not None:
        return result.severity.upper(), result.severity
    return t("SET ASIDE"), "dim"  # nothing is listed that does not count, but for what was set aside


def path_style(path: str, options: RenderOptions) -> str:
    """The style of a file's name; at a terminal with a link to the file (OSC 8)."""
    if not options.links or is_address(path):
        return "path"
    place = quote(os.path.abspath(os.path.join(options.root, path)).replace(os.sep, "/"), safe="/", errors="replace")
    return f"bold link file://{'' if place.startswith('/') else '/'}{place}"


def _finding_lines(finding: Finding, result: FileResult, options: RenderOptions, t: Translator) -> Iterator[Line]:
    head = f"{safe(finding.rule)[:20]} {finding.severity.upper():<8} "
    for number, text in enumerate(wrap(safe(t.sentence(finding.message)), options.width - 2 - len(head))):
        yield [
            ("  ", ""),
            (head if number == 0 else " " * len(head), finding.severity),
            (text, "dim" if finding.severity == "info" else ""),
        ]
    for item in finding.evidence[: None if options.verbose else 2]:
        yield _evidence_line(item, result, options, t)
    more = len(finding.evidence) - 2
    if more > 0 and not options.verbose:
        text = t("and 1 more place (-v shows it)") if more == 1 else t("and {n} more places (-v shows them)", n=more)
        yield [(f"      {text}", "dim")]
    if finding.suppressed is not None:
        yield [("      " + _set_aside(finding, t), "dim")]
    if options.verbose:
        sure = t("sure: {strength}; id {id}", strength=t(finding.strength), id=safe(finding.id))
        yield [(f"      {sure}", "dim")]
        for reason in finding.because:
            for number, text in enumerate(
                wrap(t("because {reason}", reason=safe(t.sentence(reason))), options.width - 8)
            ):
                yield [(("      " if number == 0 else "        ") + text, "dim")]


def _set_aside(finding: Finding, t: Translator) -> str:
    aside = finding.suppressed
    assert aside is not None, "only what is set aside is told to be"
    by, reason = safe(aside.by), safe(t.sentence(aside.reason))
    if aside.expires:
        return t("set aside until {date} by {by}: {reason}", date=safe(aside.expires), by=by, reason=reason)
    return t("set aside by {by}: {reason}", by=by, reason=reason)


def _evidence_line(item: Evidence, result: FileResult, options: RenderOptions, t: Translator) -> Line:
    """`      png:tEXt/parameters  …1girl, hatsune miku, twin…` with the hit marked."""
    where = cut(safe(t.sentence(item.locator)), options.width // 2)
    before, after = _surroundings(item, result)
    hit = safe(item.text if item.source != "lora-training" else t.sentence(item.text))
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


def _verdict_lines(result: FileResult, options: RenderOptions, t: Translator) -> Iterator[Line]:
    if not result.verdicts:
        return
    line: Line = [("  ", "")]
    used = 2
    for platform, verdict in result.verdicts.items():
        platform = safe(platform)  # of a saved result it may be anything
        width = cells(f"{platform} {t(verdict)}")
        if used + width + 3 > options.width and used > 2:
            yield line
            line, used = [("  ", "")], 2
        line += [((" · " if used > 2 else "") + platform + " ", "dim"), (t(verdict), verdict)]
        used += width + 3
    yield line
    if options.verbose:
        for reason in result.reasons:
            by = t(BY_OTHERS) if reason.evidence == "secondary" else ""
            known = ", ".join(safe(part) for part in (t(reason.basis), by, reason.date, reason.source) if part)
            text = f"{safe(reason.platform)} {t(reason.verdict)}: {safe(t.sentence(reason.text))}"
            for number, piece in enumerate(wrap(f"{text} ({known})" if reason.source else text, options.width - 6)):
                yield [("    " if number == 0 else "      ", ""), (piece, "dim")]


# ---- what could not be judged, and the counts ----------------------------------------------------------------------


def _rest_lines(
    rest: dict[str, list[tuple[str, str | None]]], tally: Tally, options: RenderOptions, t: Translator
) -> Iterator[Line]:
    counts = {
        "unreadable": tally.unreadable, "no-metadata": tally.no_metadata, "unsupported": tally.unsupported, "skipped": tally.skipped,
    }  # fmt: skip
    titles = (
        ("unreadable", t("Could not be read to the end; not judged:"), "high"),
        ("no-metadata", t("No generation data; nothing to judge by, which is not the same as clean:"), "medium"),
        ("unsupported", t("Not a kind of file that carries generation data:"), "dim"),
        ("skipped", t("Skipped:"), "dim"),
    )
    for outcome, title, style in titles:
        names = rest[outcome]
        if not names:
            continue
        yield from ([(line, style)] for line in wrap(title, options.width))
        for path, reason in names:
            yield from _named(
                safe(path),
                path_style(path, options) if options.links else "",
                safe(t.sentence(reason or "")),
                options.width,
            )
        if counts[outcome] > len(names):
            yield [("  " + t("and {n} more (-v lists them)", n=f"{counts[outcome] - len(names):,}"), "dim")]
        yield []


def _named(name: str, style: str, reason: str, width: int) -> Iterator[Line]:
    """`  name: reason`, or the reason below the name where it does not fit beside it: it may say what to do."""
    if cells(name) + cells(reason) + 4 <= width:
        yield [("  ", ""), (name, style), (f": {reason}" if reason else "", "")]
        return
    yield [("  ", ""), (name, style)]
    yield from ([("      ", ""), (line, "")] for line in wrap(reason, width - 6))


def summary_lines(results: Results, options: RenderOptions) -> Iterator[Line]:
    """All counts, the platforms, the closing sentence and the next step."""
    t = translator(options.lang)
    tally = results.tally
    counts = (
        t("1 file") if tally.files == 1 else t("{n} files", n=f"{tally.files:,}"),
        t("{n} with generation data", n=f"{tally.scanned:,}"), t("{n} without", n=f"{tally.no_metadata:,}"),
        t("{n} unreadable", n=f"{tally.unreadable:,}"), t("{n} unsupported", n=f"{tally.unsupported:,}"), t("{n} skipped", n=f"{tally.skipped:,}"),
    )  # fmt: skip
    found = [f"{tally.findings.get(level, 0):,} {level}" for level in reversed(SEVERITIES)]
    if tally.suppressed or tally.stale:
        found += [t("{n} set aside", n=f"{tally.suppressed:,}"), t("{n} stale", n=f"{tally.stale:,}")]
    comma = t(", ")
    for text in wrap(
        t("{files}; findings: {found}.", files=comma.join(counts), found=comma.join(found)), options.width
    ):
        yield [(text, "")]
    for platform, row in sorted(tally.verdicts.items()):
        yield [
            (f"{safe(platform)}: ", "dim"),
            *_groups({name: sum(row.get(v, 0) for v in of) for name, of in GROUPS.items()}, t),
        ]
    code, sentence = results.closing
    for text in wrap(t.sentence(sentence), options.width):
        yield [(text, "high" if code == 1 else "medium" if code else "")]
    if code in NEXT:
        yield from ([(line, "dim")] for line in wrap(t(NEXT[code]), options.width))


def _groups(counts: dict[str, int], t: Translator) -> Line:
    style = {"publish": "ok", "review": "review", "block": "block"}
    line: Line = []
    for name, count in counts.items():
        line += [(t(", ") if line else "", ""), (f"{t(name)} {count:,}", style[name] if count else "dim")]
    return line


NEXT = {
    1: "Next: `sdscan explain RULE` says what a rule means; `-o html:report.html` shows the pictures; `sdscan allow` accepts a finding with a reason.",
    3: "Next: restore or remove the files named above, or pass --allow-incomplete to accept that they were not judged.",
    4: "Next: name a folder that holds pictures, or files one by one.",
}
"""Exit code → what the user can do."""
