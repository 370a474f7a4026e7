"""The Python API: load knowledge once, then scan or inspect as many files as you like. Streaming, typed, no printing."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator, Sequence

from sdscan.config import load_config
from sdscan.discover import discover
from sdscan.facts.source import MemorySource
from sdscan.knowledge import Knowledge
from sdscan.limits import DEFAULT_LIMITS, Limits
from sdscan.pipeline import facts_of, judge, read_facts
from sdscan.pipeline import scan as _scan
from sdscan.records import Candidate, FileFacts, FileResult
from sdscan.session import Settings, load


def load_knowledge(
    *,
    models: Sequence[str | os.PathLike[str]] = (),
    platforms: Sequence[str] = (),
    watchlists: Sequence[str | os.PathLike[str]] = (),
    default_watchlist: bool = True,
    policies: Sequence[str | os.PathLike[str]] = (),
    config: str | os.PathLike[str] | None = None,
    today: datetime.date | None = None,
) -> Knowledge:
    """Watchlists, policies and the model library, loaded once for any number of scans.

    `models`: folders of LoRA and other model files. `platforms`: ids as `sdscan policy list` shows them; none means the
    profile `general`. `policies`: packs of your own. `config`: a sdscan.toml whose allow entries and declarations count; none is looked for.
    `today`: the date to judge by (default: the system's). Raises ConfigError and PackError.
    """
    loaded = load_config(".", explicit=None if config is None else os.fspath(config), isolated=config is None)
    return load(
        Settings(
            config=loaded.config,
            models=tuple(os.path.expanduser(os.fspath(folder)) for folder in models),
            platforms=tuple(platforms),
            watchlists=tuple(os.fspath(path) for path in watchlists),
            default_watchlist=default_watchlist,
            policies=tuple(os.fspath(path) for path in policies) or loaded.config.scan.policies,
            today=today,
        )
    )


def scan(
    paths: Sequence[str | os.PathLike[str]], knowledge: Knowledge, limits: Limits = DEFAULT_LIMITS
) -> Iterator[FileResult]:
    """Judge files and folders, one result a file, in path order, as they are read. Raises ConfigError for a missing path.

    A file that cannot be read is a result with the outcome `unreadable`, never an exception.
    """
    return _scan(discover([os.fspath(path) for path in paths]), knowledge, limits)


def inspect(
    paths: Sequence[str | os.PathLike[str]], limits: Limits = DEFAULT_LIMITS
) -> Iterator[tuple[str, FileFacts]]:
    """(path, facts) of files and folders, without judging them. Raises ConfigError for a missing path."""
    for candidate in discover([os.fspath(path) for path in paths]):
        yield candidate.path, facts_of(candidate, limits)


def judge_image(data: bytes, knowledge: Knowledge, name: str = "image", limits: Limits = DEFAULT_LIMITS) -> FileResult:
    """Judge a picture that is in memory (an upload, a save hook). `name` is what the result shows as its path."""
    return judge(name, read_facts(MemorySource(data, limits), Candidate(name), limits, alone=True), knowledge)
