"""Which texts of a resolved file are matched, as what, and where they point."""

from __future__ import annotations

import pytest

from sdscan.judgement.texts import COVERAGE, Text, texts_of
from sdscan.knowledge.library import Resolved
from sdscan.records import (
    FileFacts,
    Generation,
    ModelFacts,
    ModelText,
    Prompt,
    ResolvedFile,
    Resource,
    Training,
    TrainingFolder,
    Trigger,
)

WHERE = "png:tEXt/parameters"


def resolved(generation: Generation | None = None, model: ModelFacts | None = None, **models: ModelFacts) -> Resolved:
    generations = (generation,) if generation else ()
    facts = FileFacts("png", "scanned", generations=generations, model=model)
    return Resolved(
        facts, generations, {name.replace("_safetensors", ".safetensors"): one for name, one in models.items()}
    )


def said(found: tuple[Text, ...]) -> list[tuple[str, str, str]]:
    return [(one.source, one.manner, one.text) for one in found]


def test_prompts_count_by_their_role() -> None:
    prompts = (
        Prompt("positive", "miku", WHERE),
        Prompt("negative", "rin", WHERE),
        Prompt("template", "{a|b}", WHERE),
        Prompt("unknown", "luka", WHERE),
        Prompt("positive", "", WHERE),
    )
    found = texts_of(resolved(Generation("a1111", WHERE, prompts=prompts)))
    assert [
        ("prompt", "prompt", "miku"),
        ("negative-prompt", "prompt", "rin"),
        ("template", "prompt", "{a|b}"),
        ("prompt", "prompt", "luka"),
    ] == said(found)


def test_models_and_pictures_count_by_their_name() -> None:
    resources = (
        Resource("lora", "miku_v2", weight=0.8),
        Resource("checkpoint", "ghibli-mix.safetensors"),
        Resource("embedding", "emma"),
        Resource("style", "Anime"),
        Resource("reference-image", "rem.png"),
        Resource("vae", "some vae"),
    )
    found = texts_of(resolved(Generation("comfyui", WHERE, resources=resources)))
    assert [
        ("lora-name", "name", "miku_v2"),
        ("checkpoint-name", "name", "ghibli-mix"),
        ("embedding-name", "name", "emma"),
        ("style-name", "name", "Anime"),
        ("reference-image", "name", "rem"),
    ] == said(found)
    assert 0.8 == found[0].weight


@pytest.mark.parametrize(
    "name", ["illustriousXL_v01.safetensors", "Illustrious-XL-v1.0", "animagineXL40_v4", "noobaiXL_epoch11", "novelai"]
)
def test_a_checkpoint_that_is_called_after_its_family_names_nobody(name: str) -> None:
    assert () == texts_of(resolved(Generation("comfyui", WHERE, resources=(Resource("checkpoint", name),))))
    assert 1 == len(texts_of(resolved(Generation("comfyui", WHERE, resources=(Resource("lora", name),)))))


def test_a_lora_in_the_prompt_points_into_the_prompt() -> None:
    prompt = "1girl, <lora:anime/miku_v2:0.8>, smile"
    generation = Generation(
        "a1111",
        WHERE,
        prompts=(Prompt("positive", prompt, WHERE),),
        resources=(Resource("lora", "miku_v2", raw="anime/miku_v2", weight=0.8, locator=WHERE),),
    )
    text = texts_of(resolved(generation))[1]
    assert text.offset is not None
    assert "miku_v2" == prompt[text.offset : text.offset + len(text.text)]


def test_a_lora_of_a_graph_points_into_its_value_as_written() -> None:
    raw = "anime\\miku_v2.safetensors"
    lora = Resource("lora", "miku_v2", raw=raw, locator="png:tEXt/prompt#4.inputs.lora_name")
    text = texts_of(resolved(Generation("comfyui", WHERE, resources=(lora,))))[0]
    assert text.offset is not None
    assert "miku_v2" == raw[text.offset : text.offset + 7]


def test_a_muted_model_is_unused_and_a_canvas_only_possible() -> None:
    muted = Generation(
        "comfyui", WHERE, resources=(Resource("lora", "a", state="unused"), Resource("lora", "b")), canvas_only=True
    )
    assert ["unused", "possible"] == [text.state for text in texts_of(resolved(muted))]


MODEL = ModelFacts(
    kind="lora",
    title="Miku | VOCALOID",
    alias="miku_v2",
    triggers=(
        Trigger("hatsune miku", "declared", None, "modelspec.trigger_phrase"),
        Trigger("rare", "statistical", COVERAGE / 2, "ss_tag_frequency"),
        Trigger("miku_v2", "name", None, "ss_output_name"),
    ),
    training=Training(
        folders=(TrainingFolder("10_miku"), TrainingFolder("1_girl", regularisation=True)),
        tags=(("aqua hair", 0.9), ("rin", 0.05)),
    ),
    texts=(
        ModelText("sidecar", "Miku | VOCALOID", "x.civitai.info#model.name"),
        ModelText("sidecar", "see my other LoRA of Rem", "x.civitai.info#description"),
        ModelText("lora-training", "trained by me", "ss_training_comment"),
    ),
)
EXPECTED = [
    ("lora-name", "name", "miku_v2"),
    ("lora-title", "title", "Miku | VOCALOID"),
    ("lora-trigger", "prompt", "hatsune miku"),
    ("lora-training", "name", "10_miku"),
    ("lora-training", "prompt", "aqua hair"),
    ("sidecar", "prose", "see my other LoRA of Rem"),
    ("lora-training", "prose", "trained by me"),
]


def test_a_model_file_counts_by_title_triggers_training_and_sidecars() -> None:
    assert EXPECTED == said(texts_of(resolved(model=MODEL)))


def test_a_found_model_says_the_same_for_the_picture_that_uses_it() -> None:
    lora = Resource("lora", "miku_v2", weight=0.5, file=ResolvedFile("a.safetensors", "stem", 0.5))
    found = texts_of(resolved(Generation("a1111", WHERE, resources=(lora,)), a_safetensors=MODEL))
    assert [("lora-name", "name", "miku_v2"), *EXPECTED] == said(found)
    assert {("a.safetensors", 0.5)} == {(text.group, text.weight) for text in found}
    assert [1.0, *[0.5] * len(EXPECTED)] == [text.certainty for text in found]


def test_lone_surrogates_do_not_stop_the_line() -> None:
    prompt = Prompt("positive", "miku \ud83d, smile", WHERE)
    text = texts_of(resolved(Generation("a1111", WHERE, prompts=(prompt,))))[0]
    assert text.text.encode()
    assert len(prompt.text) == len(text.text)
