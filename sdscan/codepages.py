"""What a stream's code page cannot hold → signs that it can (cp932, cp1252, cp437 … of a legacy Windows console or pipe).

Our own decoration has a plain form; everything else, above all what was scanned, is written as an escape and never lost.
"""

from __future__ import annotations

import codecs

ERRORS = "sdscan"
"""The name of the error handler, for `str.encode` and `reconfigure`."""
_PLAIN = {
    "…": "...", "→": "->", "←": "<-", "↑": "^", "↓": "v", "×": "x", "·": "|", "«": "<<", "»": ">>", "–": "-", "⏎": "/",
    "✓": "+", "├": "|", "└": "`", "─": "-", "│": "|",
}  # fmt: skip


def plain(error: UnicodeError) -> tuple[str, int]:
    """The handler: what stands in for the characters that could not be encoded, and where to go on."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(_PLAIN.get(c) or c.encode("ascii", "backslashreplace").decode() for c in text), error.end


codecs.register_error(ERRORS, plain)
