"""The queries of docs/at-scale.md run over parts; its kill table and plan say what the code says."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
from pathlib import Path

import pytest

from sdscan.__main__ import run
from sdscan.engines import shards

pytest.importorskip("pyarrow", reason="the extra sdscan[parquet] is not installed")
ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/at-scale.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"^```sql\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def test_the_page_has_five_queries_and_the_bounds_of_the_code() -> None:
    assert 5 == len(QUERIES)
    assert f"{shards.SPLIT} pieces at a time" in PAGE
    assert f"{shards.GIVE_UP} shards fail one after another" in PAGE
    assert f"{shards.LINES_AHEAD} shards\nat most at a time" in PAGE


def test_the_queries_of_the_page_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    if importlib.util.find_spec("duckdb") is None and not os.environ.get("SDSCAN_ALL_ENGINES"):
        pytest.skip("duckdb is not installed: pip install duckdb")
    import duckdb

    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "fixtures/gallery", "outputs")
    assert 1 == run(["scan", "outputs", "--isolated", "--shard-size", "4", "--jobs", "1", "-o", "parquet:parts/"])
    capfd.readouterr()
    files = duckdb.sql("SELECT count(DISTINCT path) FROM 'parts/*.parquet'").fetchall()
    found = [duckdb.sql(query) for query in QUERIES[:4]]
    assert files == [(sum(row[2] for row in found[0].fetchall()),)]
    assert {"subject", "files"} <= set(found[1].columns) and found[1].fetchall()
    assert ["rule", "severity", "strength", "message", "evidence", "next_step"] == found[2].columns
    assert found[3].fetchall()
    duckdb.sql(QUERIES[4])
    again = Path("again.txt").read_text().splitlines()
    assert all(Path(line).exists() for line in again)
