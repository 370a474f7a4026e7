"""`--show-config`: configuration, environment and options → one line a setting, with where its value comes from."""

from __future__ import annotations

from collections.abc import Iterator

import click
import msgspec
from click.core import ParameterSource

from sdscan.config import Loaded


def setting_lines(loaded: Loaded, ctx: click.Context) -> Iterator[str]:
    """`scan.fail-on = "low"  # SDSCAN_SCAN_FAIL_ON`: the value that counts, then its source."""
    source = loaded.path.name if loaded.path is not None else "default"
    for section in ("scan", "judgement", "limits"):
        for key, value in msgspec.to_builtins(getattr(loaded.config, section)).items():
            origin = source if f"{section}.{key}" in loaded.keys else "default"
            shown, asked = _asked(key, ctx) if section == "scan" else (None, None)
            if asked is not None and key == "exclude":
                shown, asked = [*_listed(shown), *value], asked if origin == "default" else f"{asked}, {origin}"
            text = msgspec.json.encode(value if asked is None else shown).decode("utf-8", "replace")
            yield f"{section}.{key} = {text}  # {asked or origin}"
    for name, entries in (("allow", loaded.config.allow), ("declare", loaded.config.declare)):
        yield f"{name} = {len(entries)} {'entry' if len(entries) == 1 else 'entries'}  # {source if entries else 'default'}"


def _asked(key: str, ctx: click.Context) -> tuple[object, str | None]:
    """What the command line or the environment says of a key, and which of them; (None, None) where neither does."""
    option = "no_default_watchlist" if key == "default-watchlist" else key.replace("-", "_")
    source = ctx.get_parameter_source(option)
    if source not in (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT) or option not in ctx.params:
        return None, None
    value = ctx.params[option]
    where = "command line" if source is ParameterSource.COMMANDLINE else f"{ctx.auto_envvar_prefix}_{option.upper()}"
    return not value if key == "default-watchlist" else value, where


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []
