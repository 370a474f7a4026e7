"""Real pictures of many ComfyUI versions and packs: what an independent decoder is sure of must be found, in both forms."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sdscan.facts import containers
from sdscan.facts.decoders.comfyui import decode_graph
from sdscan.facts.source import MemorySource
from sdscan.limits import DEFAULT_LIMITS
from sdscan.records import Generation

SAMPLES = Path(__file__).resolve().parents[4].parent / "shared" / "samples"
LABEL = re.compile(r"\s*(prompt|workflow)\s*:\s*(?=\{)", re.IGNORECASE)


def rows() -> list[dict[str, Any]]:
    index = SAMPLES / "index.json"
    files = json.loads(index.read_text("utf-8"))["files"] if index.exists() else []
    return [row for row in files if any("comfyui" in tool for tool in row["expect"]["tools"])]


def graphs(path: Path) -> dict[str, str]:
    """The texts of the two forms."""
    found: dict[str, str] = {}
    for blob in containers.read(MemorySource(path.read_bytes(), DEFAULT_LIMITS), DEFAULT_LIMITS).blobs:
        text, key = blob.text or "", blob.key.lower()
        if match := LABEL.match(text):
            key, text = match[1].lower(), text[match.end() :]
        if key in ("prompt", "workflow"):
            found.setdefault(key, text)
        elif text.lstrip().startswith("{"):
            found.setdefault("prompt", text)
    return found


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def complaints(generation: Generation, expect: dict[str, Any]) -> list[str]:
    """Everything that is expected and not there."""
    positive = [squeezed(p.text) for p in generation.prompts if p.role in ("positive", "unknown")]
    negative = [squeezed(p.text) for p in generation.prompts if p.role == "negative"]
    used = {(r.name.lower(), r.weight) for r in generation.resources if r.kind == "lora" and r.state == "used"}
    unused = {r.name.lower() for r in generation.resources if r.kind == "lora" and r.state == "unused"}
    wrong = [
        f"positive {text}" for text in expect["positive"] if not any(squeezed(text) in found for found in positive)
    ]
    wrong += [
        f"negative {text}" for text in expect["negative"] if not any(squeezed(text) in found for found in negative)
    ]
    wrong += [f"lora {item}" for item in expect["loras"] if (item["name"], item["weight"]) not in used]
    wrong += [f"not used {name}" for name in expect["loras_not_used"] if name not in unused]
    if expect["loras_complete"]:
        wrong += [f"extra {name}" for name, _ in used if name not in {item["name"] for item in expect["loras"]}]
    return wrong


@pytest.mark.skipif(not rows(), reason="the shared samples are not here")
@pytest.mark.parametrize("form", ["both", "workflow"])
@pytest.mark.parametrize("row", rows(), ids=lambda row: row["file"].rsplit("/", 1)[-1])
def test_real_graphs_are_read(row: dict[str, Any], form: str) -> None:
    found = graphs(SAMPLES / row["file"])
    prompt = found.get("prompt") if form == "both" else None
    if not prompt and "workflow" not in found:
        pytest.skip("this file has no graph, only an infotext")
    if form == "workflow" and "nodes" not in found.get("workflow", ""):
        pytest.skip("this file has no canvas")
    generation, problems = decode_graph(
        prompt, found.get("workflow"), "prompt", DEFAULT_LIMITS, workflow_locator="workflow"
    )
    assert generation is not None
    assert [] == complaints(generation, row["expect"])
    assert () == problems
    assert (form == "workflow" or not prompt) == generation.canvas_only


@pytest.mark.skipif(not rows(), reason="the shared samples are not here")
@pytest.mark.parametrize("row", rows()[::4], ids=lambda row: row["file"].rsplit("/", 1)[-1])
def test_real_graphs_survive_every_kind_of_cut(row: dict[str, Any]) -> None:
    found = graphs(SAMPLES / row["file"])
    for text in found.values():
        for end in range(0, len(text), max(1, len(text) // 23)):
            decode_graph(text[:end], None, "prompt", DEFAULT_LIMITS)
            decode_graph(None, text[end:], "prompt", DEFAULT_LIMITS)
