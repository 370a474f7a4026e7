"""Every writer in every container that it writes: a fixture spelled out by hand goes down the line, and all that it says comes out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from sdscan.facts.containers import CONTAINERS
from sdscan.facts.decoders import TOOLS
from sdscan.pipeline import facts_of
from sdscan.records import Candidate
from tests.facts.writers.rows import ROWS, Row, write

NAMES = [f"{row.program}, {row.place}" for row in ROWS]


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_a_fixture_says_everything(row: Row, tmp_path: Path) -> None:
    facts = facts_of(Candidate(str(write(row, tmp_path))), thorough=row.thorough)
    generations = facts.generations
    prompts = tuple(dict.fromkeys((p.role, p.text) for g in generations for p in g.prompts))
    models = {(r.kind, r.name, r.weight, r.hash) for g in generations for r in g.resources if r.state == "used"}
    assert (row.container, "scanned", {row.tool}) == (facts.format, facts.outcome, {g.tool for g in generations})
    assert (row.prompts, sorted(row.models, key=str)) == (prompts, sorted(models, key=str))
    assert (row.version, row.hidden, row.canvas) == (
        next((g.tool_version for g in generations if g.tool_version), None),
        any(g.hidden for g in generations),
        all(g.canvas_only for g in generations),
    )
    marks = " ".join(mark or "" for mark in (facts.disclosure.iptc, facts.disclosure.c2pa, facts.disclosure.aigc))
    assert [] == [part for part in row.marks if part not in marks]
    assert bool(row.marks) == bool(marks.strip())


def test_every_tool_and_container_has_a_fixture() -> None:
    assert set(TOOLS) == {row.tool for row in ROWS}
    assert set(CONTAINERS) - {"bmp"} == {row.container for row in ROWS}  # BMP has no place for text


def test_no_row_is_there_twice() -> None:
    assert [] == [name for name, count in Counter(NAMES).items() if count > 1]
