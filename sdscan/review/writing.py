"""What `--write` may do: marked files → allow entries, baseline entries, sorted copies. Nothing else on disk is ever touched."""

from __future__ import annotations

import datetime
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from sdscan.allowing import entry_text, glob_of, write_entries
from sdscan.cli.outputs import Output, open_output
from sdscan.config import Loaded
from sdscan.errors import ConfigError
from sdscan.judgement.suppression import NEVER, baseline_lines, entries_of, read_baseline
from sdscan.records import FileResult, Finding

LONGEST = 500
"""Characters of a reason."""
MARKS = ("allow", "fix", "unsure")


def is_open(finding: Finding) -> bool:
    """Whether a finding can be, and needs to be, allowed."""
    return finding.suppressed is None and finding.severity != "info" and finding.rule not in NEVER


def checked(reason: str, expires: str, today: datetime.date) -> tuple[str, datetime.date]:
    """What a person typed. Raises ConfigError in words for that person."""
    if not reason.strip() or len(reason) > LONGEST:
        raise ConfigError(f"the reason is missing, or longer than {LONGEST} characters; say why it is allowed")
    try:
        date = datetime.date.fromisoformat(expires)
    except ValueError:
        raise ConfigError(f"{expires!r} is no date; expected one such as 2027-03-02") from None
    if date < today:
        raise ConfigError(f"{expires} is in the past")
    return " ".join(reason.split()), date


def allow(results: Iterable[FileResult], reason: str, expires: datetime.date, loaded: Loaded) -> tuple[int, Path]:
    """One entry a rule and subject, with all its files; how many were written, and where."""
    about: dict[tuple[str, str | None], list[str]] = {}
    for result in results:
        for finding in filter(is_open, result.findings):
            subject = finding.subject.id if finding.subject is not None else None
            paths = about.setdefault((finding.rule, subject), [])
            if result.path not in paths:
                paths.append(result.path)
    if not about:
        raise ConfigError("nothing in these files needs to be allowed")
    entries = [
        entry_text(rule, subject, [glob_of(path, loaded) for path in paths], reason, expires)
        for (rule, subject), paths in sorted(about.items(), key=lambda item: (item[0][0], item[0][1] or ""))
    ]
    return len(entries), write_entries(entries, loaded)


def accept(results: Iterable[FileResult], baseline: Path) -> int:
    """Add the findings of these files to the baseline; how many are new in it."""
    known = read_baseline(str(baseline)) if baseline.exists() else frozenset()
    more = {entry for result in results for entry in entries_of(result)} - known
    if not more:
        raise ConfigError("nothing in these files needs to be accepted")
    with open_output(Output("baseline", str(baseline))) as file:
        file.write(baseline_lines(known | more).encode("utf-8", "surrogatepass"))
    return len(more)


def sort(files: Mapping[str, str], folder: Path) -> int:
    """Copy files into `folder/<mark>/`; nothing is overwritten. How many were copied."""
    copied = 0
    for path, mark in sorted(files.items()):
        target = folder / mark / os.path.basename(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        number = 1
        while target.exists() and not _is_same(Path(path), target):
            target = target.with_name(f"{Path(path).stem}-{number}{Path(path).suffix}")
            number += 1
        if not target.exists():
            shutil.copy2(path, target)
            copied += 1
    return copied


def _is_same(one: Path, other: Path) -> bool:
    """Whether two files hold the same bytes, told by size and time as the copy keeps them."""
    first, second = one.stat(), other.stat()
    return (first.st_size, int(first.st_mtime)) == (second.st_size, int(second.st_mtime))
