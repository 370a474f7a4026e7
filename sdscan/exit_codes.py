"""The exit codes of the contract, alone, so that `--version` imports nothing else."""

from __future__ import annotations

OK, FINDINGS, USAGE, INCOMPLETE, NOTHING, BUG, INTERRUPTED, PIPE = 0, 1, 2, 3, 4, 70, 130, 141
"""The exit codes of the contract."""

MEANINGS: dict[int, str] = {
    OK: "every selected file was read to the end, and nothing reached the threshold",
    FINDINGS: "at least one finding at or above --fail-on",
    USAGE: "usage, configuration, watchlist or policy error",
    INCOMPLETE: "some selected file could not be read to the end",
    NOTHING: "folders were given and held nothing to scan",
    BUG: "a bug in sdscan",
    INTERRUPTED: "interrupted",
    PIPE: "the reader of the pipe went away",
}
