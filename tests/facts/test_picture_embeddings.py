"""A picture that is an embedding goes down the line as a model."""

from __future__ import annotations

import base64
from pathlib import Path

from sdscan.pipeline import facts_of
from sdscan.records import Candidate
from tests.facts.writers.texts import A1111
from tests.facts.writers.wrapping import png_of

EMBEDDING = '{"string_to_token": {"*": 265}, "string_to_param": {}, "name": "soft_glow", "step": 3, "sd_checkpoint_name": "v1-5"}'
TEXT = base64.b64encode(EMBEDDING.encode()).decode()


def test_a_picture_with_an_embedding_has_a_model_and_no_prompt(tmp_path: Path) -> None:
    path = tmp_path / "glow.png"
    path.write_bytes(png_of(("sd-ti-embedding", TEXT)))
    facts = facts_of(Candidate(str(path)))
    assert facts.model is not None
    assert ("scanned", (), "embedding", "soft_glow") == (
        facts.outcome,
        facts.generations,
        facts.model.kind,
        facts.model.title,
    )


def test_its_preview_keeps_its_prompt(tmp_path: Path) -> None:
    path = tmp_path / "glow.png"
    path.write_bytes(png_of(("sd-ti-embedding", TEXT), ("parameters", A1111)))
    facts = facts_of(Candidate(str(path)))
    assert facts.model is not None
    assert ["a1111"] == [generation.tool for generation in facts.generations]


def test_any_other_picture_has_no_model(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(png_of(("parameters", A1111)))
    assert facts_of(Candidate(str(path))).model is None
