"""Model files: safetensors headers, pickles, zip archives, and the sidecars beside them.

An input is the file, or `sidecar` 1F suffix 1F the sidecar's bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random

from sdscan.facts.containers import sniff
from sdscan.facts.models.header import Header
from sdscan.facts.models.reading import Beside, described
from sdscan.facts.models.sidecars import READERS, Sidecar
from sdscan.limits import DEFAULT_LIMITS, Limits
from tests.fuzz import seeds
from tests.fuzz.mutating import changed_bytes, changed_json, changed_safetensors, changed_zip, parsed, written
from tests.fuzz.promises import facts_in, in_time, is_same, never_passes_cut, outcome_is_honest, survives
from tests.fuzz.target import Target

START, FIELD = b"sidecar\x1f", b"\x1f"
SUFFIXES = tuple(READERS)
KEYS = (
    "__metadata__", "ss_tag_frequency", "ss_dataset_dirs", "ss_datasets", "ss_output_name", "ss_base_model_version", "ss_network_module",
    "sshs_model_hash", "modelspec.title", "modelspec.trigger_phrase", "ss_training_comment", "ss_sd_model_name", "training_info", "software",
    "trainedWords", "activation text", "description", "model", "name", "tags", "files", "hashes", "SHA256", "allowCommercialUse", "poi", "nsfw",
    "civitai", "sha256", "modelId", "modelVersionId", "baseModel", "trigger words", "sd version", "notes", "AutoV2", "config", "job", "subsets",
)  # fmt: skip
SMALL = Limits(header_json=300, pickle_ops=40, tags=4, nodes=3, values=30, depth=3)


def name_of(data: bytes) -> str:
    """A name under which such a file stands."""
    return {"pickle": "soft.pt", "zip": "soft.pt"}.get(sniff(data[:65536]), "soft.safetensors")


def check(data: bytes) -> None:
    if data.startswith(START):
        check_sidecar(data)
        return
    name = name_of(data)
    with in_time():
        facts = facts_in(data, name)
    outcome_is_honest(facts)
    survives(facts)
    is_same(facts, facts_in(data, name), "a second time")
    facts_in(data, name, SMALL)
    end = sum(data) % (len(data) + 1)
    if (
        facts.format != "pickle" or b"." not in data[:end]
    ):  # a bare pickle that is whole may be the first of several: who can tell
        never_passes_cut(data, end, name)


def check_sidecar(data: bytes) -> None:
    suffix, _, body = data[len(START) :].partition(FIELD)
    wanted = suffix.decode("utf-8", "replace")
    known = wanted if wanted in READERS else SUFFIXES[len(suffix) % len(SUFFIXES)]
    sidecar = Sidecar("soft" + known if known.startswith(".") else known, body)
    beside = Beside("soft.safetensors", "Lora", (sidecar,))
    with in_time():
        found = described(Header(), beside, DEFAULT_LIMITS)
    survives(found)
    is_same(found, described(Header(), beside, DEFAULT_LIMITS), "a second time")


def begin() -> Iterator[bytes]:
    yield from seeds.models()
    told = {
        "trainedWords": ["gabimaru, 1boy", "by greg rutkowski"], "activation text": "miku", "description": "<p>trigger: <code>miku</code></p>", "nsfw": False,
        "model": {"name": "Miku", "poi": False, "tags": ["character"], "allowCommercialUse": ["Image"]}, "modelId": 1, "id": 2, "baseModel": "SD 1.5",
        "files": [{"name": "miku.safetensors", "hashes": {"SHA256": "A" * 64, "AutoV2": "A" * 10}}], "civitai": {"trainedWords": ["x"], "model": {"name": "y"}},
    }  # fmt: skip
    for suffix in SUFFIXES:
        text = (
            json.dumps(told)
            if READERS[suffix][1]
            else "---\ntags:\n- lora\nlicense: mit\n---\nTrigger words: miku, 1girl\n" + "a" * 64
        )
        yield START + suffix.encode() + FIELD + text.encode()


def mutate(data: bytes, rng: Random) -> bytes:
    if data.startswith(START):
        suffix, _, body = data[len(START) :].partition(FIELD)
        document = parsed(body.decode("utf-8", "replace"))
        changed = (
            changed_bytes(body, rng)
            if document is None
            else written(changed_json(document, rng, KEYS), rng).encode("utf-8", "surrogatepass")
        )
        return START + (rng.choice(SUFFIXES).encode() if rng.random() < 0.2 else suffix) + FIELD + changed
    if data[:4] == b"PK\3\4":
        return changed_zip(data, rng)
    if data[8:9] == b"{":
        return changed_safetensors(data, rng, KEYS)
    return changed_bytes(data, rng)


TARGET = Target(
    "model files and their sidecars (`models.model_facts`)",
    check,
    begin,
    mutate,
    tuple(k.encode() for k in KEYS),
    samples=True,
)
