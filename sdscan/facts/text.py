"""Text from hostile bytes → text that every encoder accepts."""

from __future__ import annotations


def scalar(text: str) -> str:
    """`text` with each lone surrogate replaced by U+FFFD and each surrogate pair joined; the same object where there is none.

    JSON escapes (`"\\ud800"`) and UTF-16 make lone surrogates, which no UTF-8 encoder takes (Unicode 15, D76).
    """
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def visible(name: str) -> str:
    """A file name as a report may show it: bytes that are no UTF-8 (PEP 383 surrogates) become `\\xNN`."""
    if name.isascii():
        return name
    try:
        name.encode()
    except UnicodeEncodeError:
        return (
            "".join(f"\\x{ord(c) - 0xDC00:02x}" if 0xDC80 <= ord(c) <= 0xDCFF else c for c in name)
            .encode("utf-8", "replace")
            .decode()
        )
    return name
