"""What a writer puts in is what is read, whatever it is: every container, every text grammar; and nothing that is cut passes for whole."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdscan.facts.containers import read
from sdscan.facts.decoders.comfyui import decode_graph
from sdscan.facts.decoders.infotext import parse_infotext
from sdscan.facts.decoders.xmp import read_xmp
from sdscan.facts.exif import read_exif
from sdscan.facts.models.header import read_header
from sdscan.facts.source import MemorySource
from sdscan.limits import DEFAULT_LIMITS
from tests import strategies as s
from tests.facts.containers.spelled import ASCII, tiff
from tests.facts.models.making_models import safetensors
from tests.facts.writers import wrapping as w
from tests.fuzz.promises import facts_in, is_sound, never_passes_cut, outcome_is_honest, points_into, survives

FEW, SOME = settings(max_examples=15), settings(max_examples=60)


# ---- containers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", s.CARRIERS)
@FEW
@given(text=s.texts())
def test_any_text_is_read_back_from_any_container(place: str, text: str) -> None:
    data = s.CARRIERS[place][1](text)
    container = read(MemorySource(data))
    found = [blob.text for blob in container.blobs]
    if "XMP" in place:
        found = [item.value for blob in container.blobs for item in read_xmp(blob.text or "", DEFAULT_LIMITS)]
    assert (text in found, container.incomplete, container.problems) == (True, None, ())
    points_into(container.blobs, len(data))


@pytest.mark.parametrize("place", s.CARRIERS)
@FEW
@given(written=s.infotexts(), share=st.floats(0, 1))
def test_a_file_that_is_cut_never_passes_for_whole(place: str, written: s.Infotext, share: float) -> None:
    name, make = s.CARRIERS[place]
    data = make(written.text)
    never_passes_cut(data, round(share * len(data)), name)


@settings(max_examples=200)
@given(s.damaged_files())
def test_damage_is_survived_and_told_honestly(file: s.Changed) -> None:
    facts = facts_in(file.data, file.name)
    outcome_is_honest(facts)
    is_sound(facts.generations)
    survives(facts)


# ---- grammars ----------------------------------------------------------------------------------------------------------


@SOME
@given(s.infotexts())
def test_an_infotext_is_read_as_it_was_written(written: s.Infotext) -> None:
    found = parse_infotext(written.text)
    assert (written.prompt, written.negative, written.settings) == (found.prompt, found.negative, found.parameters)


@SOME
@given(s.graphs())
def test_a_graph_is_read_as_it_draws(graph: s.Graph) -> None:
    generation, problems = decode_graph(graph.text, None, "png:tEXt/prompt", DEFAULT_LIMITS)
    assert generation is not None and problems == ()
    texts = {prompt.role: prompt.text for prompt in generation.prompts}
    assert (graph.positive, graph.negative) == (texts["positive"], texts["negative"])
    assert sorted(graph.loras) == sorted((r.name, r.weight) for r in generation.resources if r.kind == "lora")


@SOME
@given(s.PROPERTIES, st.booleans())
def test_properties_of_xmp_are_read_as_attributes_and_as_elements(properties: dict[str, str], attributes: bool) -> None:
    if attributes:
        values = {key: " ".join(value.split()) for key, value in properties.items()}  # XML 1.0, 3.3.3
        packet = w.xmp_packet("", " ".join(f'{key}="{w.xmp_text(value)}"' for key, value in values.items()))
    else:
        values = properties
        packet = w.xmp_packet("".join(f"<{key}>{w.xmp_text(value)}</{key}>" for key, value in values.items()))
    found = {item.name: item.value for item in read_xmp(packet, DEFAULT_LIMITS)}
    assert values == {key: found.get(key) for key in values}


@SOME
@given(s.TAGS, st.sampled_from("<>"), st.booleans())
def test_texts_of_exif_are_read_in_either_byte_order(tags: dict[int, str], order: str, prefixed: bool) -> None:
    block = tiff([(tag, ASCII, text.encode() + b"\0") for tag, text in sorted(tags.items())], order=order)
    pieces, problems = read_exif((b"Exif\0\0" if prefixed else b"") + block, DEFAULT_LIMITS)
    assert (sorted(tags.values()), []) == (sorted((piece.text or "").rstrip("\0") for piece in pieces), problems)


@SOME
@given(s.HEADERS)
def test_the_metadata_of_a_model_is_read_as_it_was_written(metadata: dict[str, str]) -> None:
    header = read_header(MemorySource(safetensors(metadata)), DEFAULT_LIMITS)
    assert (metadata, None) == (header.metadata, header.incomplete)
