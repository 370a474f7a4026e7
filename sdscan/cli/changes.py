"""What a rescan found → text, JSON or JSON lines. The changes wait in a temporary file, so that memory does not grow with them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from typing import Self

import msgspec

from sdscan.engines.again import Compared
from sdscan.exits import Tally, verdict
from sdscan.records import Pack, Severity
from sdscan.reports import RenderOptions
from sdscan.rescanning import Change, Direction, FindingChange
from sdscan.run import Spool
from sdscan.terminal import Line, cells, cut, painted, safe, wrap

RESCAN_SCHEMA = "sdscan-rescan/1"
_SHOWN = 30
"""Changed files that the terminal shows of each kind without -v."""
_TITLES: tuple[tuple[Direction, str, str], ...] = (
    ("worse", "Worse than at the last judgement", "high"),
    ("better", "Better", "ok"),
    ("other", "Changed in what is information only", "dim"),
)
_DECODE = msgspec.json.Decoder(Change).decode


class Rescanned:
    """Everything that a rescan found, gathered chunk by chunk."""

    def __init__(self, only_new: bool = False) -> None:
        self.packs: tuple[Pack, ...] = ()
        self.platforms: tuple[str, ...] = ()
        self.gone = 0
        """Files that are no longer there, and were left out."""
        self.total = Compared()
        self._only_new = only_new
        self._file = tempfile.SpooledTemporaryFile(1 << 22)  # noqa: SIM115 - lives as long as the run
        self._places: list[tuple[str, int, Direction]] = []
        self._end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def add(self, part: Compared) -> None:
        """Take what one chunk brought."""
        self.total.merge(part)
        for direction, path, line in part.lines:
            self._places.append((path, self._end, direction))
            self._file.write(line + b"\n")
            self._end += len(line) + 1

    def count(self, direction: Direction) -> int:
        """Files that changed in that direction."""
        return sum(1 for place in self._places if place[2] == direction)

    def lines(self, *directions: Direction) -> Iterator[bytes]:
        """The JSON line of each changed file, in path order."""
        for _, at, direction in sorted(self._places):
            if not directions or direction in directions:
                self._file.seek(at)
                yield self._file.readline()

    def closing(self, spool: Spool) -> tuple[int, str]:
        """Exit code and closing sentence."""
        tally = Tally()
        tally.merge(spool.tally)
        if self._only_new:
            tally.findings = dict(self.total.fresh.findings)
        return verdict(tally, spool.rules)

    def summary(self, spool: Spool) -> dict[str, int]:
        """The counts, plain and in a fixed order."""
        changed: dict[str, int] = {direction: self.count(direction) for direction, _, _ in _TITLES}
        return {
            "files": spool.tally.files,
            **changed,
            "same": spool.tally.files - sum(changed.values()) - self.total.first - self.total.stale,
            "first": self.total.first,
            "gone": self.gone,
            "changed_since_read": self.total.stale,
            "read_by_older_version": self.total.older,
        }


# ---- forms -----------------------------------------------------------------------------------------------------


def _jsonl(done: Rescanned, spool: Spool, options: RenderOptions) -> Iterator[str]:
    """One `sdscan-change/1` a line."""
    return (line.decode() for line in done.lines())


def _json(done: Rescanned, spool: Spool, options: RenderOptions) -> Iterator[str]:
    """`{"schema": "sdscan-rescan/1", "tool", "packs", "platforms", "causes", "files": [change…], "summary"}`."""
    head = {
        "schema": RESCAN_SCHEMA, "tool": spool.tool, "packs": done.packs, "platforms": done.platforms,
        "causes": tuple(done.total.causes),
    }  # fmt: skip
    yield msgspec.json.encode(head).decode()[:-1] + ',"files":['
    separator = "\n"
    for line in done.lines():
        yield separator + line.decode().rstrip("\n")
        separator = ",\n"
    yield '\n],"summary":' + msgspec.json.encode(done.summary(spool)).decode() + "}\n"


def _text(done: Rescanned, spool: Spool, options: RenderOptions) -> Iterator[str]:
    return painted(_lines(done, spool, options), options)


def _lines(done: Rescanned, spool: Spool, options: RenderOptions) -> Iterator[Line]:
    """What is worse first, then what is better, then the counts, what they rest on, and the next step."""
    for direction, title, style in _TITLES:
        number = done.count(direction)
        if not number or (direction == "other" and not options.verbose):
            continue
        yield [(f"{title}: {number:,} {'file' if number == 1 else 'files'}", style)]
        yield []
        for shown, line in enumerate(done.lines(direction)):
            if shown >= _SHOWN and not options.verbose:
                yield [(f"  and {number - shown:,} more (-v shows them, -o jsonl writes them)", "dim")]
                yield []
                break
            yield from _file_lines(_DECODE(line), options)
    yield from _summary_lines(done, spool, options)


def _file_lines(change: Change, options: RenderOptions) -> Iterator[Line]:
    """Name and levels, verdicts, findings, causes."""
    was, now = _level(change.was), _level(change.now)
    levels = was if was == now else f"{was} → {now}"
    name = cut(safe(change.path), max(20, options.width - cells(levels) - 2))
    room = max(1, options.width - cells(name) - cells(levels))
    yield [(name, "path"), (" " * room, ""), (levels, change.now or "dim")]
    told = [f"{platform} {old} → {new}" for platform, (old, new) in change.verdicts.items()]
    for text in wrap(" · ".join(told), options.width - 2) if told else ():
        yield [("  " + text, "")]
    for finding in change.findings:
        yield from _finding_lines(finding, options)
    for number, text in enumerate(wrap(safe("; ".join(change.because)), options.width - 10)):
        yield [("  because " if number == 0 else " " * 10, "dim"), (text, "dim")]
    yield []


def _finding_lines(finding: FindingChange, options: RenderOptions) -> Iterator[Line]:
    was, now = _level(finding.was), _level(finding.now)
    level = now if finding.change == "new" else was if finding.change == "gone" else f"{was} → {now}"
    head = f"{finding.change:<6} {finding.rule} {level}  "
    style = finding.now or "dim"
    for number, text in enumerate(wrap(safe(finding.message), max(30, options.width - 2 - cells(head)))):
        yield [
            ("  ", ""),
            (head if number == 0 else " " * cells(head), style),
            (text, "dim" if finding.now is None else ""),
        ]


def _level(severity: Severity | None) -> str:
    return "none" if severity is None else severity.upper()


def _summary_lines(done: Rescanned, spool: Spool, options: RenderOptions) -> Iterator[Line]:
    counts = done.summary(spool)
    changed = len(done._places)
    differs = list(done.total.causes)
    if differs:
        yield from _wrapped("Not as at the last judgement: " + "; ".join(differs) + ".", options, "")
    files = _files(spool.tally.files)
    told = f"{files} judged again, no picture opened: "
    if changed:
        told += f"{counts['worse']:,} worse, {counts['better']:,} better, {counts['other']:,} changed in what is information only, {counts['same']:,} as before."
    elif spool.tally.files and done.total.first < spool.tally.files - done.total.stale:
        told += "nothing changed."
    else:
        told += "there was nothing to compare with."
    yield from _wrapped(told, options, "")
    notes = (
        (done.total.first, "had no earlier judgement; the next rescan compares with this one"),
        (done.gone, "left out, no longer there (--missing judges them too, `sdscan catalog prune` forgets them)"),
        (done.total.stale, "changed since read, and not judged: `sdscan scan` reads them again"),
        (done.total.older, "read by an older sdscan: scan again to see what this one can read"),
    )
    for number, note in notes:
        if number:
            yield from _wrapped(f"{_files(number)} {note}.", options, "medium")
    code, sentence = done.closing(spool)
    yield from _wrapped(sentence, options, "high" if code == 1 else "medium" if code else "")
    if counts["worse"]:
        step = "Next: `sdscan scan PATH` shows a file with its evidence; take down, edit or label what is worse, or accept it with `sdscan allow`."
        yield from _wrapped(step, options, "dim")


def _files(number: int) -> str:
    return f"{number:,} {'file' if number == 1 else 'files'}"


def _wrapped(text: str, options: RenderOptions, style: str) -> Iterator[Line]:
    return ([(line, style)] for line in wrap(safe(text), options.width))


Render = Callable[[Rescanned, Spool, RenderOptions], Iterator[str]]
FORMATS: dict[str, Render] = {"text": _text, "json": _json, "jsonl": _jsonl}
