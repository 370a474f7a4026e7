"""Odd model files: each kind with the outcome it must have. Metadata that is there is read; what is missing is said."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import pytest
from making_models import DATA, LORA_TENSORS, embedding, framed, kohya, pickled, safetensors, text, zipped

from sdscan.facts.containers import sniff
from sdscan.facts.models import FORMATS, model_facts
from sdscan.facts.source import MemorySource
from sdscan.limits import DEFAULT_LIMITS, Limits
from sdscan.pipeline import read_facts
from sdscan.records import Candidate, Container, FileFacts

META = {"ss_output_name": "blue_lantern", "ss_network_module": "networks.lora"}
RAW = json.dumps({"__metadata__": META, **LORA_TENSORS}).encode()
INNER = json.dumps(META)


def facts_of(data: bytes, name: str = "x.safetensors", limits: Limits = DEFAULT_LIMITS) -> FileFacts:
    """As the pipeline reads a file of that name."""
    return read_facts(MemorySource(data, limits), Candidate(name), limits, thorough=False)


def with_value(value: str) -> bytes:
    """A header whose `ss_output_name` is that JSON, with a good key after it."""
    return framed(
        b'{"__metadata__": {"ss_output_name": '
        + value.encode("utf-8", "surrogatepass")
        + b', "modelspec.title": "after"}, '
        + json.dumps(LORA_TENSORS)[1:].encode()
    )


def with_tensor(entry: str) -> bytes:
    return framed(b'{"__metadata__": ' + INNER.encode() + b', "t.lora_down.weight": ' + entry.encode() + b"}")


WHOLE = safetensors(META)
ODD: dict[str, tuple[bytes, str, str | None, tuple[str, ...]]] = {
    # name: (bytes, outcome, alias that must still be read, problem codes)
    "well formed": (WHOLE, "scanned", "blue_lantern", ()),
    "no metadata": (safetensors(None), "scanned", None, ()),
    "no tensors": (safetensors(META, {}, b""), "scanned", "blue_lantern", ()),
    "data cut short": (WHOLE[:-5], "unreadable", "blue_lantern", ()),
    "no data at all": (WHOLE[:-16], "unreadable", "blue_lantern", ()),
    "cut inside the header": (WHOLE[:120], "unreadable", "blue_lantern", ()),
    "bytes after the data": (WHOLE + b"junk", "scanned", "blue_lantern", ("trailing-bytes",)),
    "a hole between tensors": (with_tensor('{"dtype": "F16", "shape": [4], "data_offsets": [8, 16]}'), "scanned", "blue_lantern", ()),
    "offsets beyond the file": (with_tensor('{"dtype": "F16", "shape": [4], "data_offsets": [0, 99999]}'), "unreadable", "blue_lantern", ()),
    "unknown dtype": (with_tensor('{"dtype": "Q3", "shape": [4], "data_offsets": [0, 16]}'), "scanned", "blue_lantern", ()),
    "tensor entry that is no object": (with_tensor("[0, 16]"), "scanned", "blue_lantern", ("trailing-bytes",)),
    "value is an int": (with_value("7"), "scanned", "7", ("odd-metadata",)),
    "value is an object": (with_value('{"a": 1}'), "scanned", None, ("odd-metadata",)),
    "value is null": (with_value("null"), "scanned", None, ("odd-metadata",)),
    "value is a list": (with_value("[1]"), "scanned", None, ("odd-metadata",)),
    "value is NaN": (with_value("NaN"), "scanned", None, ("odd-metadata",)),
    "value is true": (with_value("true"), "scanned", "true", ("odd-metadata",)),
    "value is a lone surrogate": (with_value(r'"a\ud800b"'), "scanned", "a�b", ()),
    "value holds control characters": (with_value('"a\x07b"'), "scanned", "a\x07b", ()),
    "value says None": (with_value('"None"'), "scanned", None, ()),
    "metadata twice": (framed(b'{"__metadata__": {"ss_output_name": "first"}, "__metadata__": ' + INNER.encode() + b"," + json.dumps(LORA_TENSORS)[1:].encode()), "scanned", "blue_lantern", ("odd-metadata",)),
    "metadata last": (framed(json.dumps({**LORA_TENSORS, "__metadata__": META}).encode()), "scanned", "blue_lantern", ()),
    "metadata is a list": (framed(b'{"__metadata__": [1], ' + json.dumps(LORA_TENSORS)[1:].encode()), "scanned", None, ("odd-metadata",)),
    "a tensor named __metadata__ in a value": (safetensors({"a": '"__metadata__": {}', **META}), "scanned", "blue_lantern", ()),
    "invalid UTF-8": (framed(RAW.replace(b"blue_lantern", b"blue\xff\xfelantern")), "scanned", "blue��lantern", ("bad-utf8",)),
    "NUL padding": (framed(RAW + b"\0" * 24), "scanned", "blue_lantern", ("odd-header",)),
    "newline padding": (framed(RAW + b"\n\n"), "scanned", "blue_lantern", ()),
    "nested 200,000 deep in a tensor": (with_tensor("[" * 200_000 + "]" * 200_000), "scanned", "blue_lantern", ("trailing-bytes",)),
    "nested 200,000 deep in the metadata": (framed(b'{"__metadata__": {"ss_output_name": "blue_lantern", "deep": ' + b"[" * 200_000 + b"]" * 200_000 + b'}, ' + json.dumps(LORA_TENSORS)[1:].encode()), "scanned", "blue_lantern", ("bad-header",)),
    "nested 200,000 deep before the metadata": (framed(b'{"t": ' + b"[" * 200_000 + b"]" * 200_000 + b', "__metadata__": ' + INNER.encode() + b"}", b""), "unreadable", None, ("bad-header",)),
    "JSON breaks off": (framed(b'{"__metadata__": {"ss_output_name": "blue_lantern", "x": oops}}', b""), "scanned", "blue_lantern", ("bad-header",)),
    "header length absurd": (framed(RAW, length=2**36), "unreadable", "blue_lantern", ()),
    "header longer than the file": (framed(RAW, length=90_000_000), "unreadable", "blue_lantern", ()),
    "LFS pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n", "unreadable", None, ()),
    "web page": (b"<!DOCTYPE html><html><body>log in</body></html>", "unreadable", None, ()),
    "empty": (b"", "unreadable", None, ()),
    "7 bytes": (b"\x10\0\0\0\0\0\0", "unreadable", None, ()),
    "a zip under this name": (zipped(embedding()), "scanned", None, ()),
    "a pickle under this name": (embedding(), "scanned", None, ()),
    "deep JSON in a string": (safetensors({**META, "ss_datasets": "[" * 100_000, "ss_tag_frequency": '{"a":' * 50_000}), "scanned", "blue_lantern", ()),
    "a tag table of 1 MB": (safetensors({**META, "ss_tag_frequency": json.dumps({"1_x": {f"tag {n}": 1 for n in range(60_000)}})}), "scanned", "blue_lantern", ()),
    "a picture of 2 MB in a value": (safetensors({"ssmd_cover_images": "A" * 2_000_000, **META}), "scanned", "blue_lantern", ()),
}  # fmt: skip


@pytest.mark.parametrize("kind", ODD)
def test_an_odd_file_has_its_outcome(kind: str) -> None:
    data, outcome, alias, codes = ODD[kind]
    facts = facts_of(data)
    assert (outcome, codes) == (facts.outcome, tuple(dict.fromkeys(problem.code for problem in facts.problems)))
    assert alias == (facts.model.alias if facts.model else None)
    assert (facts.reason is not None) == (outcome == "unreadable")


def test_there_are_at_least_36_kinds() -> None:
    assert len(ODD) >= 36


def test_a_byte_order_mark_is_survived() -> None:
    data = framed(b"\xef\xbb\xbf" + RAW)
    facts = model_facts(MemorySource(data), Container("safetensors"), Candidate("x.safetensors"))
    assert facts.model is not None
    assert ("blue_lantern", "odd-header") == (facts.model.alias, facts.problems[0].code)


def test_a_huge_header_is_read_up_to_the_limit() -> None:
    limits = Limits(header_json=200)
    facts = facts_of(safetensors({**META, "z": "z" * 5000}), limits=limits)
    assert facts.model is not None
    assert ("blue_lantern", "limit-header") == (facts.model.alias, facts.problems[0].code)


def test_every_odd_file_is_read_without_the_recursion_limit_being_touched() -> None:
    before = sys.getrecursionlimit()
    for data, *_ in ODD.values():
        facts_of(data)
    assert before == sys.getrecursionlimit()


def test_a_plain_zip_is_no_model() -> None:
    facts = facts_of(zipped(b"hello", name="notes.txt"), "notes.zip")
    assert ("unsupported", None) == (facts.outcome, facts.model)


def test_every_model_format_is_told_by_its_content() -> None:
    assert ("safetensors", "zip", "pickle") == tuple(
        sniff(data) for data in (WHOLE, zipped(embedding()), pickled(text("x")))
    )
    assert set(FORMATS) == {"safetensors", "zip", "pickle"}


def test_scanned_text_has_no_lone_surrogates() -> None:
    folders = {"1_\ud800": {"tag \udfff": 5, "b": 4}}
    facts = facts_of(safetensors(kohya("\ud83dname", folders)))
    json.dumps([str(part) for part in (facts.model,)], ensure_ascii=False).encode()


def test_data_are_never_read() -> None:
    class Counting(MemorySource):
        last = 0

        def read(self, offset: int, length: int) -> bytes:
            Counting.last = max(Counting.last, offset + length)
            return super().read(offset, length)

    data = safetensors(META, None, DATA) + bytes(1_000_000)
    model_facts(Counting(data), Container("safetensors"), Candidate("x.safetensors"))
    assert Counting.last < 1000


def test_no_changed_byte_can_raise() -> None:
    chance = random.Random(3)
    whole = bytearray(safetensors(kohya("lantern", {"10_img": {"lantern": 9, "1girl": 9}}), LORA_TENSORS))
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(8, len(data))] = chance.randrange(256)
        model_facts(MemorySource(bytes(data)), Container("safetensors"), Candidate("x.safetensors"))


def test_bytes_without_a_folder_look_for_nothing_beside_them(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("Trigger Words: tovaru")
    for alone, sidecars in ((True, ()), (False, ("x.txt",))):
        candidate = Candidate((tmp_path / "x.safetensors").as_posix())
        facts = model_facts(MemorySource(WHOLE), Container("safetensors"), candidate, alone=alone)
        assert facts.model is not None
        assert sidecars == facts.model.sidecars
