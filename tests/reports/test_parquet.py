"""Parquet: one row a finding, the file whole, texts as they are, the same bytes twice."""

from __future__ import annotations

import io
from typing import Any

import pytest

from sdscan.errors import ConfigError
from sdscan.reports import RenderOptions, written
from sdscan.run import Spool
from tests.reports.conftest import HOSTILE, result, spool


def table(run: Spool, **options: Any) -> Any:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra sdscan[parquet] is not installed")
    return parquet.read_table(io.BytesIO(b"".join(written("parquet", run, RenderOptions(**options)))))


def test_each_finding_is_a_row_and_each_file_without_one_too() -> None:
    rows = table(spool([result(1, "high"), result(2, None), result(3, "low")])).to_pylist()
    assert ["high", None, "low"] == [row["severity"] for row in rows]
    assert ["review", "ok", "review"] == [row["verdict_pixiv"] for row in rows]
    assert ("SD101", "hatsune_miku", "vocaloid", ["png:tEXt/parameters"]) == (
        rows[0]["rule"], rows[0]["subject_id"], rows[0]["work"], rows[0]["locators"],
    )  # fmt: skip


def test_hostile_texts_stand_as_they_are(hostile: Spool) -> None:
    assert HOSTILE in [text for row in table(hostile).to_pylist() for text in row["evidence"] or ()]


def test_prompts_are_hidden_on_request(hostile: Spool) -> None:
    rows = table(hostile, redact=True).to_pylist()
    assert [] == [row for row in rows if HOSTILE in str(row["evidence"]) + str(row["message"])]


def test_many_rows_are_several_groups_and_the_same_bytes_twice() -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra sdscan[parquet] is not installed")
    run = spool(result(n, "low") for n in range(10_001))
    first, second = (b"".join(written("parquet", run, RenderOptions())) for _ in range(2))
    assert first == second
    assert (10_001, 2) == (
        parquet.read_table(io.BytesIO(first)).num_rows,
        parquet.ParquetFile(io.BytesIO(first)).num_row_groups,
    )


def test_without_pyarrow_it_says_what_to_install_before_anything_is_scanned(monkeypatch: pytest.MonkeyPatch) -> None:
    from sdscan.cli.outputs import output_from

    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"pip install 'sdscan\[parquet\]'"):
        output_from("parquet:x.parquet")
