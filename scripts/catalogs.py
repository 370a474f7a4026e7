"""`.po` → `.mo`: the catalogs as people write them, compiled for the program. Used by scripts/docs.py.

A `.po` file here holds plain msgid/msgstr pairs, each as one or more quoted lines (GNU gettext manual, 10.1); contexts, no plurals.
"""

from __future__ import annotations

import ast
import struct
from pathlib import Path


def read_po(text: str, name: str) -> dict[str, str]:
    """Message → translation. Raises SystemExit, naming the line, for what this reader does not know or what stands twice."""
    found: dict[str, str] = {}
    parts: dict[str, list[str]] = {}
    field = ""

    def close() -> None:
        if "msgstr" in parts:
            context = "".join(parts.get("msgctxt", ()))
            message = f"{context}\x04{''.join(parts['msgid'])}" if context else "".join(parts["msgid"])
            if message in found:
                raise SystemExit(f"{name}: stands twice: {message!r}")
            found[message] = "".join(parts["msgstr"])
            parts.clear()

    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith(("msgctxt ", "msgid ", "msgstr ")):
            field, _, line = line.partition(" ")
            if field != "msgstr" and "msgstr" in parts:
                close()
            parts[field] = []
        if not (line.startswith('"') and line.endswith('"')) or not field:
            raise SystemExit(f"{name}:{number}: expected msgid, msgstr or a quoted line")
        parts[field].append(ast.literal_eval(line))
    close()
    return found


def mo_bytes(messages: dict[str, str]) -> bytes:
    """A `.mo` file, little-endian, without a hash table; the same bytes for the same messages."""
    pairs = sorted((key.encode(), text.encode()) for key, text in messages.items() if text)
    head, tables = 28, 16 * len(pairs)
    keys = b"".join(key + b"\0" for key, _ in pairs)
    texts = b"".join(text + b"\0" for _, text in pairs)
    key_rows, text_rows = bytearray(), bytearray()
    at_key, at_text = head + tables, head + tables + len(keys)
    for key, text in pairs:
        key_rows += struct.pack("<2I", len(key), at_key)
        text_rows += struct.pack("<2I", len(text), at_text)
        at_key += len(key) + 1
        at_text += len(text) + 1
    start = struct.pack("<7I", 0x950412DE, 0, len(pairs), head, head + 8 * len(pairs), 0, head + tables)
    return start + bytes(key_rows) + bytes(text_rows) + keys + texts


def compiled(root: Path) -> dict[str, bytes]:
    """path → bytes of every compiled catalog."""
    made = {}
    for path in sorted((root / "sdscan/locale").glob("*/LC_MESSAGES/*.po")):
        messages = read_po(path.read_text(encoding="utf-8"), path.name)
        made[str(path.with_suffix(".mo").relative_to(root)).replace("\\", "/")] = mo_bytes(messages)
    return made


if __name__ == "__main__":  # a translator's shortcut: only the catalogs
    root = Path(__file__).resolve().parent.parent
    for name, data in compiled(root).items():
        (root / name).write_bytes(data)
