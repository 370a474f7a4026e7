"""Patterns that are compiled late: each of them can be."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

import sdscan
from sdscan.patterns import _Late, pattern


def test_every_pattern_of_every_module_compiles() -> None:
    compiled = 0
    for found in pkgutil.walk_packages(sdscan.__path__, "sdscan."):
        if found.name.endswith("__main__"):
            continue
        try:
            module = importlib.import_module(found.name)
        except ImportError as error:
            if (error.name or "").startswith("sdscan"):
                raise
            continue  # an extra that is not installed
        for name, value in vars(module).items():
            if isinstance(value, _Late):
                assert isinstance(value.pattern, str | bytes), f"{found.name}.{name}"
                compiled += 1
    assert compiled > 200


def test_a_late_pattern_answers_as_a_compiled_one_and_compiles_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    compile_ = re.compile
    monkeypatch.setattr(re, "compile", lambda text, flags=0: made.append(text) or compile_(text, flags))
    late = pattern("(a+)B", re.IGNORECASE)
    assert [] == made
    assert "aab" == late.search("xaab")[0] and late.search("xaac") is None  # type: ignore[index]
    assert ["(a+)B"] == made
    assert not hasattr(late, "_no_such_thing")


def test_a_mistake_in_a_pattern_shows_when_it_is_used() -> None:
    late = pattern("(")
    with pytest.raises(re.error):
        late.search("")
