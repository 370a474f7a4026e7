"""What findings say where a careless sentence would be untrue: what is a picture, what is a LoRA, what is an AI mark."""

from __future__ import annotations

import pytest
from rule_cases import ENTRIES, findings_of, judged, match, no_data, picture

from sdscan.knowledge.watchlists.entries import Entry
from sdscan.records import Resource

PICTURE = Resource("reference-image", "sketch.png")
ADAPTER = Resource("ip-adapter", "ip-adapter-plus_sdxl")


@pytest.mark.parametrize(
    ("resources", "parameters", "expected"),
    [
        ((PICTURE,), {}, "was made from another picture: 'sketch.png'"),
        ((PICTURE,), {"Denoising strength": "0.3"}, "was made from another picture: 'sketch.png'"),
        ((), {"Denoising strength": "0.3"}, "was made from another picture: denoising strength 0.3"),
        ((ADAPTER, PICTURE), {}, "was made from another picture: 'sketch.png'"),
        ((ADAPTER,), {}, "was made from another picture: 'ip-adapter-plus_sdxl'"),
    ],
)
def test_neither_a_setting_nor_an_adapter_is_called_a_picture(
    resources: tuple[Resource, ...], parameters: dict[str, str], expected: str
) -> None:
    found = judged(picture("a hill", *resources, parameters=parameters))
    assert expected == findings_of(found, "SD105")[0].message


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (("lora",), "uses a LoRA that no local file explains: 'a'"),
        (("hypernetwork",), "uses a hypernetwork that no local file explains: 'a'"),
        (("hypernetwork", "hypernetwork"), "uses 2 hypernetworks that no local file explains: 'a', 'b'"),
        (("lora", "hypernetwork"), "uses 2 models that no local file explains: 'a', 'b'"),
    ],
)
def test_a_hypernetwork_is_not_called_a_lora(kinds: tuple[str, ...], expected: str) -> None:
    resources = (Resource(kind, name) for kind, name in zip(kinds, "ab"))  # type: ignore[arg-type]
    assert expected == findings_of(judged(picture("a hill", *resources)), "SD603")[0].message


@pytest.mark.parametrize(
    ("c2pa", "is_marked"),
    [
        ("a camera; actions: created; source: digitalCapture; not verified", False),
        ("an editor; actions: opened, color_adjustments; not verified", False),
        ("a generator; actions: created; source: trainedAlgorithmicMedia; not verified", True),
    ],
)
def test_a_manifest_of_a_camera_or_an_editor_is_no_ai_mark(c2pa: str, is_marked: bool) -> None:
    result = judged(no_data(c2pa=c2pa))
    assert is_marked == findings_of(result, "SD602")[0].message.startswith("marked as made with AI")
    assert [] == findings_of(result, "SD601")


def test_a_name_that_tells_its_work_is_not_told_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        ENTRIES, "plain_hero", Entry("plain_hero", "character", "Plain Hero (Plain Work)", "plain_work")
    )
    found = findings_of(judged(picture("plain hero"), match("plain_hero")), "SD101")[0]
    assert "the character Plain Hero (Plain Work)" in found.message
    assert "(Plain Work) (Plain Work)" not in found.message
