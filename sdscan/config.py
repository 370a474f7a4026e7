"""sdscan.toml, environment and options → one Config that knows where each value came from.

The nearest of `sdscan.toml`, `.sdscan.toml` and `pyproject.toml` with a `[tool.sdscan]` table counts, from the first path's folder
up to the repository root. A missing table is no configuration; an unknown key is an error that names file, line and key.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from sdscan.errors import ConfigError
from sdscan.knowledge.statements import Allow, Declare
from sdscan.limits import Limits
from sdscan.records import Severity

NAMES = ("sdscan.toml", ".sdscan.toml", "pyproject.toml")


class ScanSection(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """`[scan]`: defaults of the options of the same name. Paths count from the folder of the file."""

    models: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    watchlists: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    default_watchlist: bool = True
    fail_on: Severity | Literal["never"] = "high"
    min_severity: Severity = "info"
    exclude: tuple[str, ...] = ()
    jobs: Annotated[int, Meta(ge=0)] = 0
    catalog: str = ""
    baseline: str = ""
    thorough: bool = False
    allow_incomplete: bool = False


class JudgementSection(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """`[judgement]`: how strict the user wants to be where the law differs by country."""

    protection_years: Annotated[int, Meta(ge=0)] = 70
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
    isolated: bool = False
    """Whether no file was looked for: then the user's own watchlists do not count either."""


def load_config(start: str, *, explicit: str | None = None, isolated: bool = False) -> Loaded:
    """The configuration for a run whose first path is `start`. Raises ConfigError."""
    if explicit is not None:
        path = Path(explicit)
        if not path.is_file():
            raise ConfigError(f"configuration file does not exist: {explicit!r}")
        return _load(path) or Loaded(path=path)
    if isolated:
        return Loaded(isolated=True)
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
    except ValueError as error:  # also a number of more than 4,300 digits
        raise ConfigError(f"{path.name}: is not valid TOML: {error}") from None
    except RecursionError:
        raise ConfigError(f"{path.name}: nests too deep; expected tables of one level") from None
    if path.name == "pyproject.toml":
        tool = data.get("tool") if isinstance(data, dict) else None
        data = tool.get("sdscan") if isinstance(tool, dict) else None
        if data is None:
            return None
    data = _hyphened(data)
    try:
        config = msgspec.convert(data, Config)
    except msgspec.ValidationError as error:
        raise ConfigError(_explained(str(error), text, data, path)) from None
    _check(config, text, path)
    return Loaded(_from_here(config, path), path, frozenset(_dotted(data)))


def _hyphened(data: object) -> object:
    """The tables with the keys of `[limits]` as every other key is spelt; `blobs_total` of older files is `blobs-total`."""
    limits = data.get("limits") if isinstance(data, dict) else None
    if not isinstance(limits, dict) or not isinstance(data, dict):
        return data
    old = {key: key.replace("_", "-") for key in limits if key.replace("_", "-") not in limits}
    return {**data, "limits": {old.get(key, key): value for key, value in limits.items()}}


def _from_here(config: Config, path: Path) -> Config:
    """The paths of the file as this run has to write them: they count from the file's folder."""
    scan = config.scan
    return replace(
        config,
        scan=replace(
            scan,
            models=tuple(_beside(path, name) for name in scan.models),
            watchlists=tuple(_beside(path, name) for name in scan.watchlists),
            policies=tuple(_beside(path, name) for name in scan.policies),
            catalog=_beside(path, scan.catalog),
            baseline=_beside(path, scan.baseline),
        ),
    )


def _beside(path: Path, name: str) -> str:
    """`name` beside the file at `path`, relative where that is possible: no absolute path comes into a result by this way."""
    folder = path.absolute().parent
    if not name or os.path.isabs(name) or folder == Path.cwd():
        return name
    try:
        return os.path.relpath(folder / name).replace(os.sep, "/")
    except ValueError:  # another drive on Windows
        return str(folder / name)


_SECTIONS: dict[str, type[Struct]] = {
    "scan": ScanSection, "judgement": JudgementSection, "limits": Limits, "allow": Allow, "declare": Declare,
}  # fmt: skip


def _explained(message: str, text: str, data: object, path: Path) -> str:
    from sdscan.knowledge.policies.lines import explained  # late: only where something is wrong

    raw = data if isinstance(data, dict) else {}
    return explained(message, text, raw, path.name, _SECTIONS, _root(path))


def _root(path: Path) -> str:
    return "tool.sdscan." if path.name == "pyproject.toml" else ""


def _check(config: Config, text: str, path: Path) -> None:
    for field in msgspec.structs.fields(Limits):
        value = getattr(config.limits, field.name)
        if not value > 0:  # also where it is no number (`nan`)
            from sdscan.knowledge.policies.lines import line_of  # late: only where something is wrong

            where = f"{path.name}{line_of(text, ['limits', field.encode_name], _root(path))}"
            raise ConfigError(f"{where}: [limits] `{field.encode_name}` is {value}; expected a number above 0")
    for number, entry in enumerate(config.allow):
        expected = _expected_rule(entry.rule)
        if expected:
            raise ConfigError(_wrong(entry, number, "rule", f"is no rule; {expected}", text, path))
        if not entry.reason.strip():
            raise ConfigError(_wrong(entry, number, "reason", "is empty; say why it is allowed", text, path))
        if entry.expires is None and not config.judgement.allow_without_expiry:
            expected = (
                "is missing; expected a date such as 2027-03-02 (or set allow-without-expiry = true under [judgement])"
            )
            raise ConfigError(_wrong(entry, number, "expires", expected, text, path))


def _expected_rule(name: str) -> str:
    """What was expected instead of `name`; empty where there is such a rule."""
    import difflib  # late: only where something is allowed

    from sdscan.judgement.rules import RULES

    known = [word for rule in RULES for word in (rule.id, rule.name)]
    near = difflib.get_close_matches(name, known, 1)
    return "" if name in known else f"did you mean {near[0]!r}?" if near else "`sdscan explain` lists all"


def _wrong(entry: Allow, number: int, key: str, what: str, text: str, path: Path) -> str:
    """`sdscan.toml:4: [[allow]] for SD101 jane_doe: `expires` is missing`."""
    from sdscan.knowledge.policies.lines import line_of  # late: only where something is wrong

    about = f"{entry.rule} {entry.subject}" if entry.subject else entry.rule
    return f"{path.name}{line_of(text, ['allow', number, key], _root(path))}: [[allow]] for {about}: `{key}` {what}"


def _dotted(data: object, prefix: str = "") -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _dotted(value, f"{prefix}{key}.")
    else:
        yield prefix.rstrip(".")
