"""Files beside a model: what each says, what is odd, and that nothing is ever written there."""

from __future__ import annotations

import json
import os
import zlib
from pathlib import Path

import pytest
from making_models import embedding, kohya, safetensors, zipped

from sdscan.facts.models import embedding_from
from sdscan.facts.models.licenses import license_from_flags, license_from_name, strictest
from sdscan.limits import DEFAULT_LIMITS, Limits
from sdscan.pipeline import container_of, facts_of
from sdscan.records import Blob, Candidate, Container, FileFacts, License, ModelFacts

SHA = "ab" * 32
CIVITAI = {
    "id": 135867, "modelId": 122359, "name": "v1.0", "trainedWords": ["tovaru nel, 1girl", "<lora:tovaru:0.8>, blue \\(dress\\)"], "baseModel": "SDXL 1.0",
    "description": "<p>Second &amp; last version</p>", "trainingDetails": {"type": "Character"}, "files": [{"hashes": {"SHA256": SHA.upper(), "AutoV2": SHA[:10]}}],
    "model": {"name": "Tovaru Nel (Nowhere)", "type": "LORA", "poi": False, "nsfw": False, "tags": ["character", "game"], "allowCommercialUse": ["RentCivit"],
              "allowDerivatives": True, "allowNoCredit": False, "allowDifferentLicense": True},
}  # fmt: skip
MANAGER = {
    "file_name": "x", "model_name": "Tovaru Nel", "sha256": SHA, "autov3": "", "tags": ["style"], "modelDescription": "About <b>it</b>", "base_model": "Pony", "preview_nsfw_level": 16,
    "trainedWords": ["tovaru"], "civitai": {"id": 9, "trainedWords": ["nel"], "model": {"name": "T", "poi": True, "allowCommercialUse": "{Image,Rent}"}},
}  # fmt: skip
MATRIX = {
    "ModelId": 1, "VersionId": 77, "ModelName": "Tovaru", "VersionName": "v2", "ModelType": "LORA", "BaseModel": "Illustrious", "Tags": ["clothing"], "TrainedWords": ["tovaru"],
    "Nsfw": True, "Hashes": {"SHA256": SHA},
}  # fmt: skip
CARD = """---
base_model: black-forest-labs/FLUX.1-dev
instance_prompt: a photo of tovaru
license: cc-by-nc-4.0
tags:
- text-to-image
- lora
- nowhere
---
# Tovaru LoRA

You should use `a photo of tovaru` to trigger the image generation.
"""


def laid(folder: Path, files: dict[str, object], model: bytes | None = None, name: str = "x.safetensors") -> FileFacts:
    """The facts of a model with those files beside it."""
    for other, body in files.items():
        data = (
            body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        )
        (folder / other).write_bytes(data)
    path = folder / name
    path.write_bytes(model or safetensors({"ss_network_module": "networks.lora"}))
    return facts_of(Candidate(path.as_posix(), named=True))


def model_of(facts: FileFacts) -> ModelFacts:
    assert facts.model is not None
    return facts.model


SIDECARS: dict[str, tuple[dict[str, object], dict[str, object]]] = {
    "Civitai Helper": ({"x.civitai.info": CIVITAI}, {
        "title": "Tovaru Nel (Nowhere)", "base_model": "SDXL 1.0", "poi": False, "nsfw": False, "version_ids": ("135867",), "sidecars": ("x.civitai.info",),
        "license": License(False, True, True, "x.civitai.info"), "triggers": ["tovaru nel", "blue (dress)", "1girl"], "kind of subject": "character",
    }),
    "not on Civitai": ({"x.civitai.info": "{}"}, {"title": None, "sidecars": (), "license": None}),
    "LoRA Manager": ({"x.metadata.json": MANAGER}, {
        "title": "T", "base_model": "Pony", "poi": True, "nsfw": True, "version_ids": ("9",), "license": License(True, None, None, "x.metadata.json"), "triggers": ["nel", "tovaru"],
        "kind of subject": "person",
    }),
    "StabilityMatrix": ({"x.cm-info.json": MATRIX}, {"title": "Tovaru", "nsfw": True, "version_ids": ("77",), "triggers": ["tovaru"], "kind of subject": "clothing"}),
    "A1111 user metadata": (
        {"x.json": {"activation text": "tovaru, (nel:1.2)", "sd version": "SDXL", "description": "d", "notes": "", "category": "style", "modelId": 5, "sha256": SHA}},
        {"triggers": ["tovaru", "nel"], "base_model": "SDXL", "kind of subject": "style"},
    ),
    "batch helper's text": ({"x.txt": "Trigger Words: tovaru, nel\nBy someone"}, {"triggers": ["tovaru", "nel"]}),
    "digest": ({"x.sha256": SHA + "  x.safetensors\n"}, {"sidecar hash": SHA}),
    "model card": (
        {"README.md": CARD},
        {"triggers": ["a photo of tovaru"], "license": License(False, None, True, "README.md#license"), "base_model": "black-forest-labs/FLUX.1-dev", "title": "Tovaru LoRA"},
    ),
    "PEFT": (
        {"adapter_config.json": {"base_model_name_or_path": "/home/x/models/FLUX.1-dev", "peft_type": "LORA"}},
        {"base_model": "FLUX.1-dev", "network": "networks.lora"},
    ),
    "SwarmUI": ({"x.swarm.json": {"modelspec.title": "Tovaru", "modelspec.trigger_phrase": "tovaru nel", "modelspec.tags": "style"}}, {"title": "Tovaru", "triggers": ["tovaru nel"], "kind of subject": "style"}),
    "rgthree": ({"x.rgthree-info.json": {"name": "Tovaru", "trainedWords": [{"word": "tovaru", "civitai": True}], "sha256": SHA}}, {"title": "Tovaru", "triggers": ["tovaru"], "sidecar hash": SHA}),
    "folder table": ({"loras_tags.json": {"x.safetensors": ["tovaru"], "y.safetensors": ["other"]}}, {"triggers": ["tovaru"]}),
    "UTF-16": ({"x.txt": "Trigger Words: tovaru".encode("utf-16")}, {"triggers": ["tovaru"]}),
}  # fmt: skip


@pytest.mark.parametrize("kind", SIDECARS)
def test_a_sidecar_is_read(kind: str, tmp_path: Path) -> None:
    files, expected = SIDECARS[kind]
    model = model_of(laid(tmp_path, files))
    found = {
        "triggers": [trigger.text for trigger in model.triggers if trigger.tier == "declared"],
        "kind of subject": model.subject_kind.value,
        "sidecar hash": model.hashes.sidecar,
    }
    assert expected == {key: found.get(key, getattr(model, key, None)) for key in expected}


def test_a_sidecar_names_its_texts_and_where_they_stand(tmp_path: Path) -> None:
    texts = {text.locator: text.text for text in model_of(laid(tmp_path, {"x.civitai.info": CIVITAI})).texts}
    assert ("Tovaru Nel (Nowhere)", "Second & last version") == (
        texts["x.civitai.info#model.name"],
        texts["x.civitai.info#description"],
    )


ODD: dict[str, tuple[dict[str, object], tuple[str, ...]]] = {
    "no JSON": ({"x.civitai.info": "<html>"}, ("bad-sidecar",)),
    "a list": ({"x.json": "[1, 2]"}, ("bad-sidecar",)),
    "nested too deep": ({"x.json": '{"a":' * 100_000}, ("bad-sidecar",)),
    "wrong kinds of values": (
        {"x.civitai.info": {"model": 7, "trainedWords": "tovaru", "files": {"a": 1}, "id": "x", "trainingDetails": []}},
        (),
    ),
    "null everywhere": (
        {"x.civitai.info": {"model": {"name": None, "tags": None, "poi": None}, "trainedWords": None, "files": None}},
        (),
    ),
    "bytes that are no text": ({"x.txt": bytes(range(256))}, ()),
}


@pytest.mark.parametrize("kind", ODD)
def test_an_odd_sidecar_is_survived(kind: str, tmp_path: Path) -> None:
    files, codes = ODD[kind]
    facts = laid(tmp_path, files)
    assert ("scanned", codes) == (facts.outcome, tuple(problem.code for problem in facts.problems))


def test_a_huge_sidecar_is_read_up_to_the_limit(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("Trigger Words: tovaru\n" + "z" * 90_000)
    (tmp_path / "x.safetensors").write_bytes(safetensors({"a": "b"}))
    facts = facts_of(Candidate((tmp_path / "x.safetensors").as_posix()), Limits(sidecar=70_000))
    assert ("limit-sidecar", "tovaru") == (facts.problems[0].code, model_of(facts).triggers[0].text)


def test_a_sidecar_that_is_a_folder_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "x.json").mkdir()
    assert "sidecar-unreadable" == laid(tmp_path, {}).problems[0].code


def test_a_model_card_beside_several_models_says_nothing_about_each(tmp_path: Path) -> None:
    assert () == model_of(laid(tmp_path, {"README.md": CARD, "y.safetensors": safetensors({})})).sidecars


def test_the_prompt_of_a_preview_is_a_text_of_the_model(tmp_path: Path) -> None:
    preview = Path(__file__).parents[3] / "fixtures/gallery/02-character-in-prompt.png"
    texts = model_of(laid(tmp_path, {"x.preview.png": preview.read_bytes()})).texts
    assert ["x.preview.png#preview png:tEXt/parameters"] == [text.locator for text in texts]


def test_a_broken_preview_is_no_problem(tmp_path: Path) -> None:
    assert () == laid(tmp_path, {"x.preview.png": b"\x89PNG\r\n\x1a\nbroken", "x.png": b""}).problems


def test_nothing_is_written_beside_a_model(tmp_path: Path) -> None:
    laid(tmp_path, {"x.civitai.info": CIVITAI, "x.metadata.json": MANAGER})
    before = {entry.name: entry.stat().st_mtime_ns for entry in os.scandir(tmp_path)}
    facts_of(Candidate((tmp_path / "x.safetensors").as_posix()))
    assert before == {entry.name: entry.stat().st_mtime_ns for entry in os.scandir(tmp_path)}


def test_the_header_comes_before_the_sidecars(tmp_path: Path) -> None:
    header = kohya(
        "tovaru", {"img": {"1girl": 9}}, **{"modelspec.title": "From the header", "modelspec.trigger_phrase": "quorvex"}
    )
    model = model_of(laid(tmp_path, {"x.civitai.info": CIVITAI}, safetensors(header)))
    assert ("From the header", "quorvex") == (model.title, model.triggers[0].text)


def test_a_pickle_has_sidecars_too(tmp_path: Path) -> None:
    model = model_of(
        laid(
            tmp_path,
            {"x.civitai.info": {"trainedWords": ["glow"], "model": {"poi": True}}},
            zipped(embedding()),
            "x.pt",
        )
    )
    assert ("embedding", True, "glow") == (model.kind, model.poi, model.triggers[0].text)


# ---- licences ---------------------------------------------------------------------------------------------------

COMMERCIAL: list[tuple[object, bool | None]] = [
    (["Image", "RentCivit"], True), (["RentCivit", "Rent"], False), ([], False), (["None"], False), (["Sell"], True), ("None", False), ("Image", True), ("Rent", True),
    ("Sell", True), ("{Image,RentCivit,Rent}", True), ("{RentCivit}", False), ("{}", False), ("{None}", False), ("{\"Image\"}", True), (None, None), ("", None), (True, True), (7, None),
]  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), COMMERCIAL)
def test_each_shape_of_the_commercial_flag_is_understood(value: object, expected: bool | None) -> None:
    found = license_from_flags({"allowCommercialUse": value, "allowDerivatives": True}, "x")
    assert found is not None
    assert expected is found.commercial_images


def test_credit_is_asked_for_where_it_may_not_be_left_out() -> None:
    assert (License(None, False, True, "x"), None) == (
        license_from_flags({"allowNoCredit": False, "allowDerivatives": "false"}, "x"),
        license_from_flags({}, "x"),
    )


NAMES: list[tuple[str | None, License | None]] = [
    ("cc-by-nc-4.0", License(False, None, True, "s")), ("CC BY-NC-ND 4.0", License(False, False, True, "s")), ("cc0-1.0", License(True, None, None, "s")),
    ("apache-2.0", License(True, None, None, "s")), ("openrail++", License(True, None, None, "s")), ("other", None), (None, None),
    ("flux-1-dev-non-commercial-license", License(False, None, None, "s")), ("cc-by-4.0", License(True, None, True, "s")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), NAMES)
def test_a_license_says_only_what_its_name_says(name: str | None, expected: License | None) -> None:
    assert expected == license_from_name(name, "s")


def test_of_two_licenses_what_either_forbids_is_forbidden() -> None:
    assert License(False, True, True, "a, b") == strictest(
        License(True, True, None, "a"), License(False, None, True, "b")
    )


# ---- embeddings in pictures -------------------------------------------------------------------------------------


def test_an_embedding_inside_a_picture_is_a_model() -> None:
    import base64

    body = json.dumps(
        {
            "string_to_token": {"*": 265},
            "string_to_param": {"*": {"TORCHTENSOR": [[0.1]]}},
            "name": "soft_glow",
            "step": 3,
            "sd_checkpoint_name": "v1-5",
        }
    )
    blob = Blob("png:tEXt/sd-ti-embedding", "sd-ti-embedding", base64.b64encode(body.encode()).decode())
    model = embedding_from(Container("png", (blob,)))
    assert model is not None
    assert ("embedding", "soft_glow", "v1-5") == (model.kind, model.title, model.base_model)


@pytest.mark.parametrize("text", ["", "!!!!", "e30=", "[]", "bm90IGpzb24="])
def test_a_picture_without_an_embedding_is_no_model(text: str) -> None:
    assert embedding_from(Container("png", (Blob("x", "sd-ti-embedding", text),)), None, DEFAULT_LIMITS) is None


def test_a_container_of_a_model_can_be_shown_raw(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(safetensors({"a": "b"}))
    assert "safetensors" == container_of(Candidate(path.as_posix())).format


def nibbles(data: bytes, high: bool) -> bytes:
    seed, found = 0, bytearray()
    for byte in data:
        seed = (1664525 * seed + 1013904223) % 2**32
        found.append(((byte >> 4 if high else byte & 15) ^ (seed % 255 & 15)) | 0xF0)
    return bytes(found)


def embedding_picture(path: Path, name: str) -> None:
    """What A1111 paints: data, a black column, the picture, a black column, data."""
    from PIL import Image

    height = 24
    data = zlib.compress(
        json.dumps({"string_to_token": {"*": 265}, "name": name, "sd_checkpoint_name": "v1-5"}).encode()
    )
    data += bytes(-len(data) % (3 * height))
    left = Image.frombytes("RGB", (len(data) // 3 // height, height), nibbles(data, high=False))
    right = Image.frombytes("RGB", left.size, nibbles(data, high=True))
    middle = Image.new("RGB", (30, height), (255, 255, 201))
    whole = Image.new("RGB", (left.width * 2 + middle.width + 2, height))
    for piece, at in ((left, 0), (middle, left.width + 1), (right, left.width + middle.width + 2)):
        whole.paste(piece, (at, 0))
    path.parent.mkdir(exist_ok=True)
    whole.save(path, lossless=True)


@pytest.mark.parametrize("name", ["glow.webp", "glow.png"])
def test_an_embedding_in_the_pixels_is_found_in_its_folder_only(name: str, tmp_path: Path) -> None:
    found = []
    for folder in ("embeddings", "pictures"):
        path = tmp_path / folder / name
        embedding_picture(path, "soft_glow")
        candidate = Candidate(path.as_posix())
        model = embedding_from(container_of(candidate), candidate)
        found.append(model and (model.kind, model.title, model.base_model))
    assert [("embedding", "soft_glow", "v1-5"), None] == found


def test_a_picture_in_that_folder_is_only_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "embeddings" / "x.png"
    path.parent.mkdir()
    path.write_bytes((Path(__file__).parents[3] / "fixtures/gallery/13-no-data.png").read_bytes())
    assert embedding_from(container_of(Candidate(path.as_posix())), Candidate(path.as_posix())) is None
