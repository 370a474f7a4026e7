"""`[[allow]]` entries as text, and into the nearest sdscan.toml: comments stay, and nothing is written that is no valid configuration."""

from __future__ import annotations

import datetime
import glob
import json
import os
import tomllib
from collections.abc import Sequence
from pathlib import Path

from sdscan.cli.outputs import Output, open_output
from sdscan.config import Loaded, load_config
from sdscan.errors import ConfigError


def entry_text(rule: str, subject: str | None, paths: Sequence[str], reason: str, expires: datetime.date | None) -> str:
    """The lines of an entry below its heading. `paths` are globs; none: everywhere."""
    lines = [f"rule = {_string(rule)}"]
    if subject is not None:
        lines.append(f"subject = {_string(subject)}")
    if paths:
        lines.append(f"paths = [{', '.join(map(_string, paths))}]")
    lines.append(f"reason = {_string(reason)}")
    if expires is not None:
        lines.append(f"expires = {expires.isoformat()}")
    return "\n".join(lines) + "\n"


def _string(text: str) -> str:
    """A JSON string is a TOML string, once DEL is escaped as well."""
    plain = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return json.dumps(plain, ensure_ascii=False).replace("\x7f", "\\u007f")


def glob_of(path: str, loaded: Loaded) -> str:
    """The path as an entry names it: from the configuration's folder, `/**` for a folder, special letters escaped."""
    base = loaded.path.parent if loaded.path is not None else Path.cwd()
    try:
        written = os.path.relpath(path, base).replace(os.sep, "/")
    except ValueError:  # another drive on Windows
        written = path.replace(os.sep, "/")
    while written.startswith("../"):
        written = written[3:]
    escaped = glob.escape(written)
    return f"{escaped}/**" if os.path.isdir(path) and written != "." else "**" if written == "." else escaped


def write_entries(entries: Sequence[str], loaded: Loaded) -> Path:
    """Append entries; the file is written whole or not at all. Raises ConfigError."""
    path = loaded.path or Path("sdscan.toml")
    name = "tool.sdscan.allow" if path.name == "pyproject.toml" else "allow"
    try:
        old = path.read_text(encoding="utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path.name}: cannot be read: {error}") from None
    new = old + ("" if not old or old.endswith("\n") else "\n")
    for entry in entries:
        new += ("\n" if new else "") + f"[[{name}]]\n{entry}"
    try:
        tomllib.loads(new)
    except tomllib.TOMLDecodeError:
        raise ConfigError(
            f"{path.name}: `allow` stands there in a form that cannot be added to; write the entry by hand (--print shows it)"
        ) from None
    with open_output(Output("toml", str(path))) as file:
        file.write(new.encode())
    load_config(".", explicit=str(path))
    return path
