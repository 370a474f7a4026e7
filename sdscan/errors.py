"""The errors of sdscan. Bad input files are values (outcomes, problems), so this tree is short.

SdscanError
├── ConfigError       sdscan.toml, options, environment        → exit 2
├── PackError         a watchlist or policy pack               → exit 2
├── StoreError        an object store that cannot be asked     → exit 3
└── ReadError         a file that cannot be read to its end    → outcome "unreadable", never leaves the pipeline
"""

from __future__ import annotations


class SdscanError(Exception):
    """Base of all errors that sdscan raises on purpose."""


class ConfigError(SdscanError):
    """A setting is wrong: the message names the file, the key and what was expected."""


class PackError(SdscanError):
    """A watchlist or policy pack is wrong: the message names file, line, entry, key and what was expected."""


class StoreError(SdscanError):
    """An object store refuses, or does not answer, before anything was read: the message says which and why."""


class OutputError(SdscanError):
    """A result could not be written: the message says what and why."""


class PipeClosed(SdscanError):
    """The reader of the pipe went away. No OSError, since click turns that one into exit 1."""


class ReadError(SdscanError):
    """A file could not be read to its end: the message is the `reason` that the report shows."""

    def __init__(self, reason: str, *, offset: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset


class Unreached(ReadError):
    """The same, where the cause does not lie in the file: a store that does not answer, a network drive that is gone.

    It may be read the next time, so an engine that commits its results does not commit this one.
    """
