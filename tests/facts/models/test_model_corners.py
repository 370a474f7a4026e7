"""Corners of the model readers: what seldom happens, and must not surprise when it does."""

from __future__ import annotations

import base64
import errno
import json
import struct
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from making_models import TENSOR, embedding, framed, kohya, mapping, pickled, safetensors, text, zipped

from sdscan.errors import ReadError
from sdscan.facts.models import embedding_from, model_facts
from sdscan.facts.models.beside import listing
from sdscan.facts.models.embedding_pixels import embedding_json
from sdscan.facts.models.frames import is_frame_tag
from sdscan.facts.models.hashes import blake3_of
from sdscan.facts.models.phrases import clean, phrases
from sdscan.facts.models.values import flag, number, said, words
from sdscan.facts.models.verifying import verify
from sdscan.facts.source import MemorySource
from sdscan.limits import DEFAULT_LIMITS, Limits
from sdscan.records import Blob, Candidate, Container, FileFacts, ModelFacts


def facts_of(data: bytes, format_: str = "safetensors", limits: Limits = DEFAULT_LIMITS) -> FileFacts:
    return model_facts(MemorySource(data, limits), Container(format_), Candidate("x.safetensors"), limits, alone=True)


def model_of(data: bytes, format_: str = "safetensors") -> ModelFacts:
    facts = facts_of(data, format_)
    assert facts.model is not None
    return facts.model


PHRASES: list[tuple[str, list[str]]] = [
    ("miku, <lora:miku:0.8>, (twintails:1.2), 1girl", ["miku", "twintails", "1girl"]),
    ("hatsune miku \\(vocaloid\\)", ["hatsune miku (vocaloid)"]),
    ("sucrose /(genshin/)", ["sucrose (genshin)"]),
    ("(miku, solo)", ["miku", "solo"]),
    ("((nested))", ["nested"]),
    ("re:zero", ["re:zero"]),
    ("初音ミク、ツインテール", ["初音ミク", "ツインテール"]),
    ("a AND b BREAK c", ["a", "b", "c"]),
    ("", []),
    (" , ;", []),
    ("x" * 500, ["x" * 200]),
]


@pytest.mark.parametrize(("field", "expected"), PHRASES)
def test_a_trigger_field_falls_into_phrases(field: str, expected: list[str]) -> None:
    assert expected == list(phrases(field))


def test_a_bracket_in_the_middle_stays() -> None:
    assert "a (b c" == clean("a (b c")


VALUES: list[tuple[object, object]] = [
    (said(None), None), (said("None"), None), (said(3), "3"), (said(float("nan")), None), (said(True), "true"), (said([1]), None), (said("  a "), "a"),
    (number("1e3"), 1000.0), (number("abc"), None), (number(True), None), (number([]), None), (number(1e300), None), (number(float("nan")), None),
    (flag("yes"), True), (flag(0), False), (flag("maybe"), None), (flag(None), None),
    (words('["a", "None", 7]', DEFAULT_LIMITS), ["a", "7"]), (words("[broken", DEFAULT_LIMITS), ["[broken"]), (words(None, DEFAULT_LIMITS), []),
]  # fmt: skip


@pytest.mark.parametrize(("found", "expected"), VALUES)
def test_values_are_narrowed(found: object, expected: object) -> None:
    assert expected == found


HEADERS: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "a list": (framed(b"[1, 2, 3]" + b" " * 60, b""), ("bad-header",)),
    "a key without a colon": (framed(b'{"__metadata__": {"a" "b"}}', b""), ("bad-header",)),
    "metadata twice, once inside a tensor": (
        safetensors({"a": "b"}, {"t": {"__metadata__": {}, "dtype": "U8", "shape": [0], "data_offsets": [0, 0]}}, b""),
        (),
    ),
    "a number as a key": (framed(b'{"__metadata__": {7: "x"}}', b""), ("bad-header",)),
}


@pytest.mark.parametrize("kind", HEADERS)
def test_an_odd_header_is_survived(kind: str) -> None:
    data, codes = HEADERS[kind]
    assert codes == tuple(problem.code for problem in facts_of(data).problems)


def test_a_vae_is_known_by_its_architecture() -> None:
    assert "vae" == model_of(safetensors({"modelspec.architecture": "stable-diffusion-v1/vae"}, {})).kind


def test_frames_of_one_folder_among_several_count() -> None:
    folders = {"2_a": {"1girl": 100}, "3_b": {"1girl": 8, "anime screencap": 8}}
    frames = model_of(safetensors(kohya("x", folders, {"2_a": 100, "3_b": 8}))).frames
    assert (1, True) == (len(frames), "3_b" in frames[0])


def test_long_and_odd_tags_are_no_frame_tags() -> None:
    assert [True, False, False] == [
        is_frame_tag(tag) for tag in ("Anime_Screenshot", "a screenshot " * 9, "still life")
    ]


def test_a_sentence_among_tags_is_no_trigger() -> None:
    facts = model_of(
        safetensors(kohya("last", {"img": {"quorvex " * 20: 40, "1girl": 40, "solo": 40, "smile": 9, "hat": 8}}))
    )
    assert [] == [trigger for trigger in facts.triggers if trigger.tier == "statistical"]


def test_words_that_repeat_themselves_are_no_name() -> None:
    facts = model_of(safetensors(kohya("last", {"img": {"a photo of " + "quorvex " * 20: 40}})))
    assert ["quorvex"] == [trigger.text for trigger in facts.triggers if trigger.tier == "statistical"]


def test_prose_without_a_number_of_pictures_is_counted_by_its_sentences() -> None:
    tags = {f"a photo of quorvex standing near the window number {n}": 1 for n in range(9)}
    facts = model_of(safetensors({"ss_tag_frequency": json.dumps({"img": tags})}))
    assert ("quorvex", 1.0) == (facts.triggers[0].text, facts.triggers[0].coverage)


def test_many_tags_of_one_caption_each_cost_nothing() -> None:
    tags = {"tovaru": 30, **{f"sentence {n}": 1 for n in range(50)}}
    facts = facts_of(safetensors({"ss_tag_frequency": json.dumps({"img": tags})}), limits=Limits(tags=10))
    assert facts.model is not None
    assert facts.model.training is not None
    assert (("tovaru", 1.0),) == facts.model.training.tags


# ---- embeddings in pictures --------------------------------------------------------------------------------------


def embedding_blob(body: bytes) -> Container:
    return Container("png", (Blob("png:tEXt/sd-ti-embedding", "sd-ti-embedding", base64.b64encode(body).decode()),))


def test_a_packed_embedding_is_read_too() -> None:
    body = json.dumps({"string_to_token": {"*": 1}, "name": "glow"}).encode()
    model = embedding_from(embedding_blob(zlib.compress(body)))
    assert model is not None
    assert "glow" == model.title
    assert embedding_from(embedding_blob(b"\x78broken")) is None


def test_an_embedding_may_stand_as_plain_json() -> None:
    blob = Blob("x", "sd-ti-embedding", '{"name": "glow", "string_to_param": {}}')
    assert embedding_from(Container("png", (blob,))) is not None
    assert embedding_from(Container("png", (Blob("x", "sd-ti-embedding", "A" * 64),)), None, Limits(json=8)) is None


def picture(size: tuple[int, int], colour: tuple[int, int, int], columns: tuple[int, ...] = ()) -> bytes:
    import io

    from PIL import Image

    image = Image.new("RGB", size, colour)
    for x in columns:
        image.paste((0, 0, 0), (x, 0, x + 1, size[1]))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"no picture",
        picture((8, 8), (0, 0, 0)),
        picture((8, 8), (255, 255, 255)),
        picture((9, 8), (255, 255, 255), (3, 5)),
        picture((9, 8), (255, 255, 255), (2, 5)),
    ],
)
def test_pixels_without_an_embedding_say_nothing(data: bytes) -> None:
    assert embedding_json(data, DEFAULT_LIMITS) is None


def test_a_huge_picture_is_not_decoded() -> None:
    assert embedding_json(picture((9, 9), (1, 2, 3)), Limits(pixels=10)) is None


def test_a_picture_that_is_gone_has_no_embedding() -> None:
    assert embedding_from(Container("webp"), Candidate("nowhere/embeddings/x.webp")) is None


# ---- pickles -----------------------------------------------------------------------------------------------------


def test_all_ways_to_build_a_table_are_followed() -> None:
    by_dict = b"(" + text("name") + text("glow") + text("string_to_param") + b"Nd"
    by_dup = b"}20" + text("name") + text("glow") + b"s" + text("string_to_token") + b"}s"
    lists = mapping(
        name=text("glow"),
        string_to_param=b"](K\x01e",
        one=b"]K\x01a",
        two=b"(K\x01l",
        three=b"(K\x01t",
        four=b"(K\x011N",
    )
    for body in (by_dict, by_dup, lists):
        model = model_of(pickled(body), "pickle")
        assert ("embedding", "glow") == (model.kind, model.title)


class Failing(MemorySource):
    """A source whose disk fails beyond the head."""

    def read(self, offset: int, length: int) -> bytes:
        if offset + length > 200:
            raise ReadError("cannot be read: input/output error", offset=offset)
        return super().read(offset, length)


def test_a_failing_disk_is_the_callers_affair() -> None:
    with pytest.raises(ReadError):
        model_facts(Failing(zipped(embedding())), Container("zip"), Candidate("x.pt"), alone=True)


def test_a_damaged_member_is_a_problem() -> None:
    data = bytearray(zipped(embedding()))
    data[60] ^= 0xFF  # the checksum no longer fits
    assert "bad-zip" in [problem.code for problem in facts_of(bytes(data), "zip").problems]


def test_a_packed_zip_cut_short_is_read_from_its_start(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", embedding("soft_glow"))
    data = (tmp_path / "x").read_bytes()
    cut = facts_of(data[:-40], "zip")
    assert cut.model is not None
    assert ("unreadable", "soft_glow") == (cut.outcome, cut.model.title)
    damaged = data[:46] + b"\xff" * 60
    assert "unreadable" == facts_of(damaged, "zip").outcome


def test_a_member_is_inflated_up_to_the_limit(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", embedding("soft_glow") + bytes(100_000))
    facts = facts_of((tmp_path / "x").read_bytes(), "zip", Limits(inflated=1000))
    assert "limit-inflated" in [problem.code for problem in facts.problems]


def test_a_tensor_alone_is_no_known_model() -> None:
    assert "unknown" == model_of(zipped(pickled(TENSOR))).kind


# ---- files -------------------------------------------------------------------------------------------------------


def test_a_folder_that_cannot_be_listed_is_empty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def denied(path: str) -> list[str]:
        raise OSError(errno.EACCES, "denied", path)

    monkeypatch.setattr("os.listdir", denied)
    assert (frozenset(), frozenset()) == (listing(str(tmp_path)), listing("nowhere/at/all"))


def test_blake3_of_what_cannot_be_read_or_computed_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert blake3_of(str(tmp_path / "absent")) is None
    monkeypatch.setitem(sys.modules, "blake3", None)
    assert blake3_of(str(tmp_path)) is None


def test_verifying_says_what_it_could_not_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(safetensors({"a": "b"}))
    absent, large = verify(str(tmp_path / "absent"), 0), verify(str(path), 2**40)
    assert absent is not None
    assert "not-verified" == absent.code
    assert large is None or "not-verified" == large.code
    raw = json.dumps({"t": {"dtype": "F16", "shape": [3], "data_offsets": [0, 2]}}).encode()
    path.write_bytes(struct.pack("<Q", len(raw)) + raw + b"ab")
    wrong = verify(str(path), path.stat().st_size)
    assert wrong is not None
    assert "not-valid" == wrong.code


@pytest.mark.parametrize(
    ("card", "license_"),
    [
        ("---\nlicense: mit\n", None),
        ("no front matter", None),
        ("---\nlicense: 'mit'\ntags: []\n---\ntext", True),
        ("", None),
    ],
)
def test_a_model_card_needs_its_second_rule(card: str, license_: bool | None, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(card)
    (tmp_path / "x.safetensors").write_bytes(safetensors({"a": "b"}))
    data = (tmp_path / "x.safetensors").read_bytes()
    facts = model_facts(
        MemorySource(data), Container("safetensors"), Candidate((tmp_path / "x.safetensors").as_posix())
    )
    assert facts.model is not None
    assert license_ == (facts.model.license and facts.model.license.commercial_images)


def test_an_empty_description_and_a_named_version(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("  ")
    (tmp_path / "x.civitai.info").write_text(
        json.dumps({"name": "Summer outfit", "model": {"allowCommercialUse": "RentCivit"}})
    )
    path = tmp_path / "x.safetensors"
    path.write_bytes(safetensors({"ss_output_name": "Frilled_Dress_Style"}))
    facts = model_facts(MemorySource(path.read_bytes()), Container("safetensors"), Candidate(path.as_posix()))
    assert facts.model is not None
    assert (["Summer outfit"], "unknown") == ([item.text for item in facts.model.texts], facts.model.subject_kind.value)
    assert facts.model.license is not None
    assert facts.model.license.commercial_images is False


def test_a_preview_that_cannot_be_opened_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "x.png").mkdir()
    path = tmp_path / "x.safetensors"
    path.write_bytes(safetensors({"a": "b"}))
    facts = model_facts(MemorySource(path.read_bytes()), Container("safetensors"), Candidate(path.as_posix()))
    assert facts.model is not None
    assert () == facts.model.texts
