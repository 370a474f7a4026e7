"""sdscan.toml, environment and options → one Config that knows where each value came from.

The nearest of `sdscan.toml`, `.sdscan.toml` and `pyproject.toml` with a `[tool.sdscan]` table counts, from the first path's folder
up to the repository root. A missing table is no configuration; an unknown key is an error that names file, line and key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from sdscan.errors import ConfigError
from sdscan.knowledge.statements import Allow, Declare
from sdscan.limits import Limits

NAMES = ("sdscan.toml", ".sdscan.toml", "pyproject.toml")


class ScanSection(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """`[scan]`: defaults of the options of the same name."""

    models: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    watchlists: tuple[str, ...] = ()
    default_watchlist: bool = True
    fail_on: str = "high"
    min_severity: str = "info"
    exclude: tuple[str, ...] = ()
    jobs: int = 0
    catalog: str = ""
    baseline: str = ""
    thorough: bool = False
    allow_incomplete: bool = False


class JudgementSection(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """`[judgement]`: how strict the user wants to be where the law differs by country."""

    protection_years: int = 70
    """Public domain is life + this many years."""
    allow_without_expiry: bool = False


class Config(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The whole file."""

    scan: ScanSection = ScanSection()
    judgement: JudgementSection = JudgementSection()
    limits: Limits = Limits()
    allow: tuple[Allow, ...] = ()
    declare: tuple[Declare, ...] = ()


class Loaded(Struct, frozen=True):
    """A Config and where it came from."""

    config: Config = Config()
    path: Path | None = None
    """None: no file, the defaults."""
    keys: frozenset[str] = frozenset()
    """Dotted keys that the file sets (`scan.fail-on`)."""


def load_config(start: str, *, explicit: str | None = None, isolated: bool = False) -> Loaded:
    """The configuration for a run whose first path is `start`. Raises ConfigError."""
    if explicit is not None:
        path = Path(explicit)
        if not path.is_file():
            raise ConfigError(f"configuration file does not exist: {explicit!r}")
        return _load(path) or Loaded(path=path)
    if isolated:
        return Loaded()
    for path in _nearest(Path(start)):
        loaded = _load(path)
        if loaded is not None:
            return loaded
    return Loaded()


def _nearest(start: Path) -> Iterator[Path]:
    """Configuration files that exist, nearest first; the search ends at the repository's root."""
    here = start.absolute()
    for folder in (here, *here.parents) if here.is_dir() else here.parents:
        for name in NAMES:
            if (folder / name).is_file():
                yield folder / name
        if (folder / ".git").exists() or (folder / ".hg").exists():
            return


def _load(path: Path) -> Loaded | None:
    """One file; None where it holds no section of ours."""
    import tomllib  # late: a run without configuration needs no parser

    try:
        text = path.read_text(encoding="utf-8")
        data: object = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path.name}: cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path.name}: is not valid TOML: {error}") from None
    if path.name == "pyproject.toml":
        tool = data.get("tool") if isinstance(data, dict) else None
        data = tool.get("sdscan") if isinstance(tool, dict) else None
        if data is None:
            return None
    try:
        config = msgspec.convert(data, Config)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path.name}{_line(text, str(error))}: {_plain(str(error))}") from None
    _check(config, path)
    return Loaded(config, path, frozenset(_dotted(data)))


def _check(config: Config, path: Path) -> None:
    if not config.judgement.allow_without_expiry:
        for entry in config.allow:
            if entry.expires is None:
                raise ConfigError(
                    f"{path.name}: [[allow]] for {entry.rule} {entry.subject or ''}: `expires` is missing; expected a date such as "
                    "2027-03-02 (or set allow-without-expiry = true under [judgement])"
                )
    for entry in config.allow:
        if not entry.reason.strip():
            raise ConfigError(f"{path.name}: [[allow]] for {entry.rule}: `reason` is empty; say why it is allowed")


def _dotted(data: object, prefix: str = "") -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _dotted(value, f"{prefix}{key}.")
    else:
        yield prefix.rstrip(".")


def _line(text: str, message: str) -> str:
    """`:12` where the key that the message names stands in the text, else nothing."""
    unknown = re.search(r"unknown field `([^`]+)`", message) or re.search(r"\$\.(?:[\w\[\].-]*\.)?([\w-]+)`?$", message)
    if unknown is None:
        return ""
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(rf"\s*\[*\s*(?:[\w-]+\.)*{re.escape(unknown[1])}\b", line):
            return f":{number}"
    return ""


def _plain(message: str) -> str:
    """msgspec's message in our words: `$.scan` becomes `[scan]`."""
    message = message.replace("Object contains unknown field", "unknown key")
    return re.sub(r" - at `\$\.?([^`]*)`", lambda found: f" in [{found[1]}]" if found[1] else "", message)
