"""Which mark a picture gets: trained or composite, what is said of the system, and when nothing is written."""

from __future__ import annotations

import pytest
from labelled import MARK, facts, label, planned
from pictures import TEXT, chunk, png, png_with, saved

from sdscan.knowledge.policies import load_policies
from sdscan.labelling import Wish
from sdscan.labelling.marks import is_owed, properties, source_type
from sdscan.records import Disclosure, FileFacts, Generation, Prompt, Resource

COMPOSITE = "compositeWithTrainedAlgorithmicMedia"


def made(generation: Generation | None = None, **fields: object) -> FileFacts:
    generations = () if generation is None else (generation,)
    return FileFacts(format="png", outcome="scanned", generations=generations, **fields)  # type: ignore[arg-type]


def a1111(**parameters: str) -> Generation:
    return Generation(
        "a1111", "png:tEXt/parameters", parameters={k.replace("_", " "): v for k, v in parameters.items()}
    )


def using(kind: str, state: str = "used", weight: float | None = 1.0) -> Generation:
    return Generation("comfyui", "x", resources=(Resource(kind, "thing", weight=weight, state=state),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("generation", "expected"),
    [
        (a1111(Steps="20"), MARK),
        (a1111(Denoising_strength="0.4"), COMPOSITE),
        (a1111(Denoising_strength="0.4", Hires_upscale="2", Hires_upscaler="ESRGAN"), MARK),
        (a1111(Mask_blur="4"), COMPOSITE),
        (using("reference-image"), COMPOSITE),
        (using("reference-image", state="unused"), MARK),
        (using("reference-image", weight=0), MARK),
        (using("controlnet"), MARK),
        (using("lora"), MARK),
    ],
)
def test_a_picture_that_went_in_makes_it_a_composite(generation: Generation, expected: str) -> None:
    assert expected == source_type(made(generation), Wish())


def test_what_the_user_says_counts_more_than_the_file() -> None:
    assert MARK == source_type(made(using("reference-image")), Wish(source_type="trainedAlgorithmicMedia"))
    assert COMPOSITE == source_type(made(a1111()), Wish(hand_traced=True))


def test_the_fields_say_what_the_file_says() -> None:
    found = {item.name: item.value for item in properties(facts(png()), Wish(prompt_writer="Kim"))}
    assert {
        "Iptc4xmpExt:DigitalSourceType": f"http://cv.iptc.org/newscodes/digitalsourcetype/{MARK}",
        "Iptc4xmpExt:AISystemUsed": "Stable Diffusion web UI (AUTOMATIC1111); model tinyModel",
        "Iptc4xmpExt:AISystemVersionUsed": "v1.10.1",
        "Iptc4xmpExt:AIPromptInformation": "a cat on a roof\nNegative prompt: dog",
        "Iptc4xmpExt:AIPromptWriterName": "Kim",
    } == found


def test_the_prompt_is_left_out_where_it_is_not_wanted_or_too_long() -> None:
    long = Generation("a1111", "x", prompts=(Prompt("positive", "cat " * 9000, "x"),))
    for generation, wish in ((facts(png()).generations[0], Wish(prompt=False)), (long, Wish())):
        assert "Iptc4xmpExt:AIPromptInformation" not in [item.name for item in properties(made(generation), wish)]


def test_unused_prompts_are_not_repeated() -> None:
    prompts = (
        Prompt("positive", "cat", "a"),
        Prompt("positive", "dog", "b", state="unused"),
        Prompt("negative", "bird", "c"),
    )
    found = properties(made(Generation("comfyui", "x", prompts=prompts)), Wish())
    assert "cat\nNegative prompt: bird" == found[-1].value


# ---- what is done --------------------------------------------------------------------------------------------------------


def test_a_picture_without_generation_data_is_not_marked_on_its_own() -> None:
    assert ("unmarked", ()) == (planned(saved("PNG"), Wish()).action, planned(saved("PNG"), Wish()).edits)
    assert "marked" == planned(saved("PNG"), Wish(source_type=COMPOSITE)).action  # type: ignore[arg-type]


def test_a_remark_of_an_unknown_program_does_not_make_it_ai() -> None:
    assert "unmarked" == planned(saved("JPEG", comment=b"saved again with an editor"), Wish()).action


def test_nothing_is_written_where_nothing_is_owed() -> None:
    assert "unmarked" == planned(png(), Wish(), owed=False).action
    assert "marked" == planned(png(), Wish(source_type="trainedAlgorithmicMedia"), owed=False).action


def test_a_mark_that_speaks_against_ai_is_never_changed() -> None:
    packet = (
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        b'xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" e:DigitalSourceType="http://x/digitalCapture"/></rdf:RDF>'
    )
    found = planned(png_with(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet)))
    assert "refused" == found.action
    assert "'digitalCapture'" in found.notes[0]


def test_a_signed_picture_is_copied_as_it_is() -> None:
    data = png_with(
        chunk(b"caBX", b"\0\0\0\x20jumb" + b"\0\0\0\x18jumd" + bytes(16)), chunk(b"tEXt", b"Source\0/home/miriam/x")
    )
    found = planned(data, private=True)
    assert ("signed", ()) == (found.action, found.edits)
    assert 2 == len(found.notes)
    assert data == label(data, private=True)


def test_chinas_label_does_not_stand_for_the_mark_that_others_read() -> None:
    data = png_with(chunk(b"tEXt", b'AIGC\0{"Label":"1"}'))
    assert ("marked", MARK) == (planned(data, Wish()).action, facts(label(data, Wish())).disclosure.iptc)
    assert '{"Label":"1"}' == facts(label(data, Wish())).disclosure.aigc


def test_models_and_other_things_are_left() -> None:
    from sdscan.facts.source import MemorySource
    from sdscan.labelling import plan
    from sdscan.limits import DEFAULT_LIMITS
    from sdscan.records import ModelFacts

    model = FileFacts(format="safetensors", outcome="scanned", model=ModelFacts())
    for one in (model, FileFacts(format="bmp", outcome="unsupported", reason="BMP holds no metadata")):
        assert "left" == plan(MemorySource(b""), one, Wish(), owed=True, private=False, limits=DEFAULT_LIMITS).action


@pytest.mark.parametrize(
    ("platforms", "expected"),
    [
        (("meta",), True),
        (("pixiv",), True),
        (("general",), True),
        (("civitai",), False),
        (("civitai", "adobe_stock"), True),
        (("booth",), False),
    ],
)
def test_what_is_owed_follows_the_platforms(platforms: tuple[str, ...], expected: bool) -> None:
    known = load_policies().platforms
    assert expected is is_owed(known[name] for name in platforms)


def test_a_disclosure_without_ai_is_no_mark() -> None:
    from sdscan.labelling.marks import is_marked

    assert [True, True, False, False] == [
        is_marked(made(disclosure=mark))
        for mark in (Disclosure(iptc=MARK), Disclosure(c2pa=f"x; source: {MARK}"), Disclosure(aigc="1"), Disclosure())
    ]


def test_a_labelled_copy_is_judged_as_its_original() -> None:
    data = png(TEXT.replace("cat", "hatsune miku").replace("dog", "rem"))
    assert facts(data).generations == facts(label(data)).generations
