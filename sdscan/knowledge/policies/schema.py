"""The JSON Schema of a policy pack, for editors: `python -m sdscan.knowledge.policies.schema` writes it beside this module."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from sdscan.knowledge.policies.records import PolicyFile

PATH = Path(__file__).parent / "pack.schema.json"


def pack_schema() -> str:
    """The schema as text; the same bytes for the same records."""
    page = msgspec.json.schema(PolicyFile)
    rule = page["$defs"]["PlatformRule"]["properties"]
    del rule["inherited"]  # set by the loader, refused in a pack
    page = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "sdscan policy pack (TOML)",
        "description": "Platforms, works, statements and rightsholders. docs/policy-format.md explains each key.",
        **page,
    }
    return json.dumps(page, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.write_text(pack_schema(), encoding="utf-8")
