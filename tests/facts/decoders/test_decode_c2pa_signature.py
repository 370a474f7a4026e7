"""The optional check of a C2PA signature: what it says with the library, without it, and with one that would go online."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from sdscan.facts.decoders.c2pa_signature import signature_state, with_signature

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples" / "contentauth+c2pa-python" / "tests" / "fixtures"


class Library(ModuleType):
    """A stand-in for c2pa-python."""

    class C2paError(Exception):
        """What it raises."""

    def __init__(self, report: str | None, seen: list[object] | None = None) -> None:
        super().__init__("c2pa")
        library = self

        class Context:
            @staticmethod
            def from_dict(settings: object) -> object:
                if seen is not None:
                    seen.append(settings)
                return settings

        class Reader:
            def __init__(self, path: str, context: object) -> None:
                if report is None:
                    raise library.C2paError("ManifestNotFound")

            def json(self) -> str:
                assert report is not None
                return report

        self.Context, self.Reader = Context, Reader


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        ('{"validation_state": "Valid"}', "valid"),
        ('{"validation_state": "Trusted"}', "valid"),
        ('{"validation_state": "Invalid"}', "invalid"),
        ('{"validation_state": "New"}', None),
        ("[]", None),
        ("{", None),
        (None, None),
    ],
)
def test_the_state_is_what_the_library_says(
    monkeypatch: pytest.MonkeyPatch, report: str | None, expected: str | None
) -> None:
    monkeypatch.setitem(sys.modules, "c2pa", Library(report))
    assert expected == signature_state("x.png")


def test_the_library_is_told_to_stay_off_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    monkeypatch.setitem(sys.modules, "c2pa", Library("{}", seen))
    signature_state("x.png")
    assert seen == [{"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}]


def test_a_library_that_cannot_be_told_so_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "c2pa", ModuleType("c2pa"))
    assert signature_state("x.png") is None


def test_without_the_library_nothing_is_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "c2pa", None)
    assert signature_state("x.png") is None


def test_the_summary_says_what_came_out() -> None:
    summary = "A; actions: created; not verified"
    expected = ["A; actions: created; valid", "A; actions: created; invalid", summary, None]
    assert expected == [
        with_signature(summary, "valid"),
        with_signature(summary, "invalid"),
        with_signature(summary, None),
        with_signature(None, "valid"),
    ]


@pytest.mark.skipif(importlib.util.find_spec("c2pa") is None, reason="the extra sdscan[c2pa] is not installed")
@pytest.mark.skipif(not SAMPLES.exists(), reason=f"the shared samples are not here ({SAMPLES})")
def test_real_manifests_are_checked() -> None:
    expected = ["valid", "invalid"]
    assert expected == [signature_state(str(SAMPLES / name)) for name in ("C.jpg", "dashinit.mp4")]
