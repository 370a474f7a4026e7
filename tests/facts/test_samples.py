"""The shared real samples: everything that an independent decoder is sure of must be found, writer by writer.

The files are not part of the project (their licenses differ): without the folder beside the project the tests are skipped.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from sdscan.facts import decoders
from sdscan.pipeline import facts_of
from sdscan.records import Candidate, FileFacts, Resource

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
INDEX = SAMPLES / "index.json"
ENTRIES = json.loads(INDEX.read_text("utf-8"))["files"] if INDEX.exists() else []

pytestmark = pytest.mark.skipif(not ENTRIES, reason=f"the shared samples are not here ({SAMPLES})")


def facts(file: str) -> FileFacts:
    return facts_of(Candidate(str(SAMPLES / file)))


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def missing(entry: dict) -> list[tuple[str, object]]:
    """(what kind, what) of every expectation that is not met."""
    expect = entry["expect"]
    found = facts(entry["file"])
    prompts = [p for g in found.generations for p in g.prompts]
    resources = [r for g in found.generations for r in g.resources]
    lost: list[tuple[str, object]] = []
    if expect["format"] not in ("?", found.format):
        lost.append(("format", found.format))
    positive = {bare(p.text) for p in prompts if p.role in ("positive", "unknown")}
    negative = {bare(p.text) for p in prompts if p.role == "negative"}
    lost += [("prompt", text) for text in expect["positive"] if bare(text) not in positive]
    lost += [("negative prompt", text) for text in expect["negative"] if bare(text) not in negative]
    lost += _writers(expect, {g.tool for g in found.generations})
    lost += _loras(expect, [r for r in resources if r.kind == "lora"])
    for kind, key in (("checkpoint", "checkpoints"), ("embedding", "embeddings")):
        names = {r.name.lower() for r in resources if r.kind == kind}
        lost += [(kind, name) for name in expect[key] if name not in names]
    if expect["hidden_copy"] and not any(g.hidden for g in found.generations):
        lost.append(("hidden copy", expect["hidden_copy"]))
    if expect["canvas_only"] and not any(g.canvas_only for g in found.generations):
        lost.append(("canvas", "not marked"))
    summary = found.disclosure.c2pa or ""
    if expect["c2pa"] != bool(summary):
        lost.append(("c2pa", summary))
    lost += [
        ("source type", code)
        for code in expect["digital_source_types"]
        if code not in summary + (found.disclosure.iptc or "")
    ]
    return lost


def _writers(expect: dict, tools: set[str]) -> list[tuple[str, object]]:
    claimed = {name for names in expect["tools"] for name in names.split("|")}
    lost: list[tuple[str, object]] = [
        ("writer", names) for names in expect["tools"] if not set(names.split("|")) & tools
    ]
    return lost + [("writer too many", name) for name in tools - claimed if claimed]


def _loras(expect: dict, loras: list[Resource]) -> list[tuple[str, object]]:
    used = {r.name.lower(): r for r in loras if r.state == "used"}
    lost: list[tuple[str, object]] = []
    for lora in expect["loras"]:
        resource = used.pop(lora["name"], None)
        if resource is None:
            lost.append(("lora", lora["name"]))
        elif lora["weight"] is not None and lora["weight"] != resource.weight:
            lost.append(("lora weight", (lora, resource.weight)))
    if expect["loras_complete"]:
        lost += [("lora too many", name) for name in used]
    off = {r.name.lower() for r in loras if r.state != "used"}
    return lost + [("lora not used", name) for name in expect["loras_not_used"] if _name(name) not in off]


def _name(lora: object) -> str:
    return lora["name"] if isinstance(lora, dict) else str(lora)


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry["file"] for entry in ENTRIES])
def test_every_expectation_is_met(entry: dict) -> None:
    if "empty_file" in entry["file"]:
        assert "empty" == facts(entry["file"]).format
        return
    assert [] == missing(entry)


def test_every_writer_that_the_samples_name_is_known() -> None:
    """Prints the table of writers, for `pytest -s`."""
    files: Counter[str] = Counter()
    texts: Counter[str] = Counter()
    for entry in ENTRIES:
        for names in entry["expect"]["tools"] or ["(none claimed)"]:
            files[names] += 1
            texts[names] += len(entry["expect"]["positive"])
    for names, count in sorted(files.items()):
        print(f"{names:70} {count:4} files {texts[names]:4} prompts")
        assert names.startswith("(") or set(names.split("|")) & set(decoders.TOOLS)
