"""PyTorch files, read without being loaded: what they say, what they would import, and that nothing runs."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest
from making_models import TENSOR, embedding, integer, mapping, pickled, text, zipped

from sdscan.facts.models import model_facts
from sdscan.facts.source import MemorySource
from sdscan.limits import DEFAULT_LIMITS, Limits
from sdscan.records import Candidate, Container, FileFacts, ModelFacts


def facts_of(data: bytes, format_: str, limits: Limits = DEFAULT_LIMITS) -> FileFacts:
    return model_facts(MemorySource(data, limits), Container(format_), Candidate("glow.pt"), limits)


def model_of(data: bytes, format_: str = "zip") -> ModelFacts:
    facts = facts_of(data, format_)
    assert facts.model is not None
    return facts.model


LEGACY = (
    pickled(b"\x8a\x0a" + (0x1950A86A20F9469CFC6C).to_bytes(10, "little"))
    + pickled(b"M\xe9\x03")
    + pickled(mapping(little_endian=b"\x88"))
)
"""What torch.save wrote before 1.6: magic number, protocol 1001, the system's sizes, then the object."""
KINDS: dict[str, tuple[bytes, str, str, str | None]] = {
    "A1111's embedding": (zipped(embedding("soft_glow")), "zip", "embedding", "soft_glow"),
    "the same without a zip": (embedding("soft_glow"), "pickle", "embedding", "soft_glow"),
    "the same, before PyTorch 1.6": (LEGACY + embedding("soft_glow") + pickled(b"]") + bytes(64), "pickle", "embedding", "soft_glow"),
    "packed": (b"", "zip", "embedding", "soft_glow"),
    "diffusers' embedding": (zipped(pickled(b"}" + text("<cat-toy>") + TENSOR + b"s")), "zip", "embedding", None),
    "LoRA": (zipped(pickled(mapping(**{"lora_unet_down.lora_down.weight": TENSOR}))), "zip", "lora", None),
    "hypernetwork": (zipped(pickled(mapping(layer_structure=b"]", name=text("hyper"), step=integer(1)))), "zip", "hypernetwork", "hyper"),
    "checkpoint": (zipped(pickled(mapping(state_dict=mapping(**{"model.diffusion_model.out.0.bias": TENSOR})))), "zip", "checkpoint", None),
    "VAE": (zipped(pickled(mapping(**{"first_stage_model.decoder.conv_in.weight": TENSOR}))), "zip", "vae", None),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_pytorch_file_says_what_it_is(kind: str, tmp_path: Path) -> None:
    data, format_, expected, title = KINDS[kind]
    if kind == "packed":
        with zipfile.ZipFile(tmp_path / "x", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("archive/data.pkl", embedding("soft_glow"))
        data = (tmp_path / "x").read_bytes()
    facts = facts_of(data, format_)
    assert facts.model is not None
    assert ("scanned", expected, title, ()) == (
        facts.outcome,
        facts.model.kind,
        facts.model.title,
        facts.model.dangerous,
    )


def test_the_token_of_a_diffusers_embedding_is_declared() -> None:
    model = model_of(zipped(pickled(b"}" + text("<cat-toy>") + TENSOR + b"s")))
    assert ("<cat-toy>", "declared") == (model.triggers[0].text, model.triggers[0].tier)


def test_an_embedding_is_called_by_its_file_name() -> None:
    assert {"glow", "soft_glow"} == {trigger.text for trigger in model_of(zipped(embedding("soft_glow"))).triggers}


# ---- hostile ----------------------------------------------------------------------------------------------------

TRAP = b"cposix\nsystem\n(" + text("touch {mark}") + b"tR"
DANGEROUS: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "GLOBAL": (pickled(b"cposix\nsystem\n(" + text("touch x") + b"tR"), ("posix.system",)),
    "STACK_GLOBAL": (pickled(b"\x8c\x02os\x94\x8c\x06system\x94\x93\x94\x8c\x01x\x85R", 4), ("os.system",)),
    "STACK_GLOBAL out of the memo": (pickled(b"\x8c\x02os\x94\x8c\x06system\x940h\x00h\x01\x93\x8c\x01x\x85R", 4), ("os.system",)),
    "STACK_GLOBAL by PUT and GET": (pickled(b"\x8c\x08builtinsq\x05\x8c\x04evalq\x0600h\x05h\x06\x93(\x8c\x011tR", 4), ("builtins.eval",)),
    "INST": (b"\x80\x02(" + text("x") + b"iposix\nsystem\n.", ("posix.system",)),
    "OBJ": (pickled(b"(cposix\nsystem\n" + text("x") + b"o"), ("posix.system",)),
    "a computed name": (pickled(b"\x8c\x02os\x94cbuiltins\nstr\n)R\x93", 4), ("os.?",)),
    "beside an embedding": (pickled(mapping(string_to_token=b"}", name=text("glow"), evil=b"cposix\nsystem\n(" + text("x") + b"tR")), ("posix.system",)),
    "an extension code": (pickled(b"\x82\x01)R"), ("copyreg.extension registry",)),
    "torch's own loader": (pickled(b"ctorch.storage\n_load_from_bytes\n(" + text("x") + b"tR"), ("torch.storage._load_from_bytes",)),
}  # fmt: skip


@pytest.mark.parametrize("kind", DANGEROUS)
@pytest.mark.parametrize("format_", ["pickle", "zip"])
def test_what_loading_would_import_is_named(kind: str, format_: str) -> None:
    data, expected = DANGEROUS[kind]
    facts = facts_of(zipped(data) if format_ == "zip" else data, format_)
    assert facts.model is not None
    assert (expected, ["dangerous-pickle"]) == (facts.model.dangerous, [problem.code for problem in facts.problems])


def test_a_booby_trapped_file_is_not_run(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    data = pickled(b"cposix\nsystem\n(" + text(f"touch {mark}") + b"tR")
    for name, body in (("trap.pt", zipped(data)), ("trap.bin", data)):
        (tmp_path / name).write_bytes(body)
        from sdscan.pipeline import facts_of as whole_line

        facts = whole_line(Candidate((tmp_path / name).as_posix(), named=True))
        assert facts.model is not None
        assert (("posix.system",), False) == (facts.model.dangerous, mark.exists())


BROKEN: dict[str, tuple[bytes, str, str]] = {
    "cut in the zip's directory": (zipped(embedding())[:-30], "zip", "unreadable"),
    "cut in the pickle": (embedding()[:-40], "pickle", "unreadable"),
    "cut in the pickle of a zip": (zipped(embedding()[:-40]), "zip", "unreadable"),
    "stack underflow": (pickled(b"0000RRR\x93\x93uee"), "pickle", "scanned"),
    "a pickle of nothing": (pickled(b""), "pickle", "scanned"),
    "zip of nothing": (b"PK\x05\x06" + bytes(18), "zip", "unsupported"),
    "zip of texts": (zipped(b"hello", "notes.txt"), "zip", "unsupported"),
    "start of a zip only": (b"PK\x03\x04" + bytes(40), "zip", "unreadable"),
    "an unknown opcode": (b"\x80\x02\xff\xff\xff", "pickle", "unreadable"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_is_survived(kind: str) -> None:
    data, format_, expected = BROKEN[kind]
    assert expected == facts_of(data, format_).outcome


def test_an_embedding_cut_short_still_says_its_name() -> None:
    facts = facts_of(zipped(embedding("soft_glow"))[:-30], "zip")
    assert facts.model is not None
    assert ("unreadable", "soft_glow") == (facts.outcome, facts.model.title)


def test_a_memo_bomb_costs_nothing() -> None:
    """Nested references that would double a list forty times over."""
    body = b"]q\x00"
    for level in range(40):
        body += b"](h" + bytes([level]) + b"h" + bytes([level]) + b"eq" + bytes([level + 1])
    assert facts_of(pickled(body), "pickle").model is not None


def test_opcodes_are_counted() -> None:
    facts = facts_of(pickled(b"](" + b"K\x01" * 5000 + b"e"), "pickle", Limits(pickle_ops=1000))
    assert ["limit-pickle"] == [problem.code for problem in facts.problems]


def test_a_huge_directory_is_not_read() -> None:
    data = bytearray(zipped(embedding()))
    at = data.rfind(b"PK\x05\x06")
    data[at + 12 : at + 16] = struct.pack("<I", 2**31)
    assert "unreadable" == facts_of(bytes(data), "zip").outcome


def test_of_many_pickles_in_one_zip_a_few_are_read() -> None:
    more = {f"archive/{number}.pkl": embedding() for number in range(20)}
    facts = facts_of(zipped(embedding(), **more), "zip")
    assert ["limit-zip"] == [problem.code for problem in facts.problems]


@pytest.mark.parametrize("cut", range(0, 400, 7))
def test_any_start_of_a_file_is_survived(cut: int) -> None:
    facts_of(zipped(embedding())[:cut], "zip")
    facts_of(embedding()[:cut], "pickle")


def test_an_old_file_cut_in_its_object_is_incomplete() -> None:
    facts = facts_of((LEGACY + embedding("soft_glow"))[:-30], "pickle")
    assert facts.model is not None
    assert ("unreadable", "embedding") == (facts.outcome, facts.model.kind)
