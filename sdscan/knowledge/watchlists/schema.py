"""The JSON Schema of a watchlist pack, for editors: `python -m sdscan.knowledge.watchlists.schema` writes it beside this module."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from sdscan.knowledge.watchlists.packs import PackFile

PATH = Path(__file__).parent / "pack.schema.json"


def pack_schema() -> str:
    """The schema as text; the same bytes for the same records."""
    page = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "sdscan watchlist pack (TOML)",
        "description": "Works with their characters, artists, studios, styles and people. docs/watchlist-format.md explains each key.",
        **msgspec.json.schema(PackFile),
    }
    return json.dumps(page, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.write_text(pack_schema(), encoding="utf-8")
