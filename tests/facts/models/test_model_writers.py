"""Every writer of model metadata: who wrote it, what it is called, what calls it, what it was trained on."""

from __future__ import annotations

import json

import pytest
from making_models import kohya, safetensors

from sdscan.facts.models.reading import Beside, read_model
from sdscan.facts.source import MemorySource
from sdscan.limits import DEFAULT_LIMITS
from sdscan.records import ModelFacts

Json = dict[str, object]
TAGS = {"1girl": 46, "solo": 44, "smile": 20, "dress": 12, "sky": 9, "hat": 8, "book": 5, "tree": 4}


def read(
    metadata: Json | None, name: str = "x.safetensors", folder: str = "", tensors: Json | None = None
) -> ModelFacts:
    data = safetensors(metadata, tensors, b"" if tensors is not None and not tensors else bytes(16))
    facts = read_model(MemorySource(data), "safetensors", Beside(name=name, folder=folder), DEFAULT_LIMITS).facts
    assert facts is not None
    return facts


def triggers(facts: ModelFacts) -> list[tuple[str, str]]:
    return [(trigger.text, trigger.tier) for trigger in facts.triggers]


def tensor(*names: str) -> Json:
    return {
        name: {"dtype": "F16", "shape": [8], "data_offsets": [16 * at, 16 * at + 16]} for at, name in enumerate(names)
    }


# ---- who wrote it, and what calls it ----------------------------------------------------------------------------

WRITERS: dict[str, tuple[Json, str | None, tuple[str, str]]] = {
    "kohya": (kohya("tovaru_nel", {"10_tovaru nel": {"tovaru nel": 40, **TAGS}}), "kohya", ("tovaru nel", "configured")),
    "kohya with --no_metadata": (
        {"ss_v2": "False", "ss_network_module": "networks.lora", "modelspec.title": "tovaru_nel", "modelspec.architecture": "stable-diffusion-v1/lora"},
        "kohya", ("tovaru_nel", "name"),
    ),
    "kohya with a data set configuration": (
        {"ss_output_name": "last", "ss_network_module": "networks.lora", "ss_datasets": json.dumps([{
            "is_dreambooth": True, "tag_frequency": {"pictures": {"tovaru": 46, **TAGS}},
            "subsets": [{"img_count": 46, "num_repeats": 10, "keep_tokens": 1, "image_dir": "pictures", "class_tokens": "tovaru", "is_reg": False}],
        }])},
        "kohya", ("tovaru", "configured"),
    ),
    "modelspec": ({"modelspec.title": "LoRA@1699999999", "modelspec.trigger_phrase": "tovaru nel", "modelspec.architecture": "stable-diffusion-xl-v1-base/lora"}, None, ("tovaru nel", "declared")),
    "a usage hint": ({"modelspec.title": "pet", "modelspec.usage_hint": "Trigger word: mypetkoru"}, None, ("mypetkoru", "declared")),
    "a training comment": (kohya("last", {}, ss_training_comment="trigger words: 911T4rga"), "kohya", ("911T4rga", "declared")),
    "ai-toolkit": (
        {"name": "tovaru", "software": json.dumps({"name": "ai-toolkit", "version": "0.7"}), "training_info": '{"step": 2750, "epoch": 25}', "ss_output_name": "tovaru",
         "ss_base_model_version": "flux1", "ss_tag_frequency": '{"1_t0varu": {"t0varu": 1}}'},
        "ai-toolkit", ("t0varu", "declared"),
    ),
    "OneTrainer": (
        {"modelspec.title": "LoRA@1", "ot_branch": "master", "ot_revision": "abc", "ss_base_model_version": "sdxl_",
         "ot_config": json.dumps({"concepts": [{"name": "", "path": "D:\\train\\tovaru nel", "text": {"prompt_path": ""}}]})},
        "onetrainer", ("tovaru nel", "configured"),
    ),
    "SimpleTuner": ({"trained_words": "tovaru nel, a photo of tovaru nel", "modelspec.title": "simpletuner-lora"}, "simpletuner", ("tovaru nel", "declared")),
    "musubi-tuner": (
        {"ss_datasets": json.dumps([{"image_directory": "tovaru_nel", "resolution": [960, 544], "num_repeats": 1}]), "ss_output_name": "last", "ss_network_module": "networks.lora_wan",
         "ss_base_model_version": "wan2.1"},
        "musubi", ("tovaru_nel", "configured"),
    ),
    "additional-networks": ({"ssmd_display_name": "Tovaru", "ssmd_keywords": "1girl, tovaru nel", "ssmd_tags": "character, game"}, "additional-networks", ("tovaru nel", "declared")),
    "cloneofsimo": ({"unet": "[]", "text_encoder": "[]", "text_encoder:0:rank": "4", "<s1>": "<embed>"}, "cloneofsimo", ("<s1>", "declared")),
    "sd_dreambooth_extension": ({"lora_key_encoding": "extra_network_diffusers", "unet": "[]"}, "sd_dreambooth_extension", ("x_pet", "name")),
    "diffusers": ({"format": "pt", "lora_adapter_metadata": '{"transformer.r": 16}'}, "diffusers", ("x_pet", "name")),
    "sd.artifact.v1": ({"sd.artifact.v1": json.dumps({"name": "Tovaru", "type": "LORA", "triggers": ["tovaru nel"], "nsfw": False})}, None, ("tovaru nel", "declared")),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRITERS)
def test_a_writer_is_known_and_its_trigger_found(kind: str) -> None:
    metadata, writer, first = WRITERS[kind]
    facts = read(metadata, "x_pet.safetensors")
    assert (writer, first) == (facts.writer, triggers(facts)[0])


def test_values_may_be_parsed_already() -> None:
    written = kohya("last", {"10_img": {"tovaru nel": 40, **TAGS}})
    parsed = {key: json.loads(str(value)) if str(value).startswith("{") else value for key, value in written.items()}
    assert read(written).training == read(parsed).training


def test_a_bare_peft_file_is_named_by_its_folder() -> None:
    facts = read(
        {"format": "pt"}, "adapter_model.safetensors", "tovaru_nel_run3", tensor("base_model.model.x.lora_A.weight")
    )
    assert ("lora", "absent", [("tovaru_nel_run3", "name")]) == (facts.kind, facts.metadata_state, triggers(facts))


# ---- kinds of model ---------------------------------------------------------------------------------------------

KINDS: dict[str, tuple[Json | None, Json, str]] = {
    "LoRA by its module": ({"ss_network_module": "lycoris.kohya"}, tensor("x"), "lora"),
    "LoRA by its tensors": (None, tensor("lora_unet_down.lora_down.weight"), "lora"),
    "LoRA of PEFT": (None, tensor("base_model.model.x.lora_A.weight"), "lora"),
    "LyCORIS": (None, tensor("lora_unet_x.hada_w1_a"), "lora"),
    "textual inversion by its architecture": (
        {"modelspec.architecture": "stable-diffusion-v1/textual-inversion"},
        tensor("emb_params"),
        "embedding",
    ),
    "textual inversion by its tensor": (None, tensor("emb_params"), "embedding"),
    "textual inversion of SDXL": (None, tensor("clip_g", "clip_l"), "embedding"),
    "textual inversion of diffusers": (None, tensor("<cat-toy>"), "embedding"),
    "checkpoint by its architecture": (
        {"modelspec.architecture": "stable-diffusion-xl-v1-base"},
        tensor("x"),
        "checkpoint",
    ),
    "checkpoint by its tensors": (None, tensor("model.diffusion_model.input_blocks.0.0.weight"), "checkpoint"),
    "VAE": (None, tensor("decoder.conv_in.weight"), "vae"),
    "something else": (None, tensor("weight"), "unknown"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_of_model_is_told(kind: str) -> None:
    metadata, tensors, expected = KINDS[kind]
    assert expected == read(metadata, tensors=tensors).kind


def test_tokens_stand_in_tensor_names() -> None:
    cat = read(None, tensors=tensor("<cat-toy>"))
    bundled = read(None, tensors=tensor("bundle_emb.tovaru.clip_l", "lora_unet.lora_down.weight"))
    assert [("<cat-toy>", "declared"), ("tovaru", "declared")] == [triggers(cat)[0], triggers(bundled)[0]]


BASES: dict[str, tuple[Json, str]] = {
    "SD 1.x": ({"ss_base_model_version": "sd_v1"}, "SD 1.x"),
    "SDXL of OneTrainer": ({"ss_base_model_version": "sdxl_"}, "SDXL"),
    "Pony by its name": (
        {"ss_base_model_version": "sdxl_base_v1-0", "ss_sd_model_name": "ponyDiffusionV6XL.safetensors"},
        "Pony (ponyDiffusionV6XL.safetensors)",
    ),
    "Pony by Civitai's version id": (
        {"ss_base_model_version": "sdxl_base_v1-0", "ss_sd_model_name": "290640.safetensors"},
        "Pony (290640.safetensors)",
    ),
    "Pony by its hash": (
        {"ss_new_sd_model_hash": "67ab2fd8ec439a89b3fedb15cc65f54336af163c7eb5e4f2acc98f090a29b0b3"},
        "Pony",
    ),
    "Illustrious": (
        {"ss_sd_model_name": "C:\\models\\illustriousXL_v01.safetensors"},
        "Illustrious (illustriousXL_v01.safetensors)",
    ),
    "Flux": ({"modelspec.architecture": "flux-1-dev/lora"}, "Flux.1"),
    "SD 2": ({"ss_v2": "True"}, "SD 2.x"),
    "a family of tomorrow": ({"ss_base_model_version": "newmodel_9"}, "newmodel_9"),
}


@pytest.mark.parametrize("kind", BASES)
def test_the_base_model_is_told(kind: str) -> None:
    metadata, expected = BASES[kind]
    assert expected == read(metadata).base_model


def test_a_merged_model_lists_its_parents() -> None:
    kohyas = read({"modelspec.merged_from": "one.safetensors, sub/two.safetensors"})
    a1111 = read(
        {
            "sd_merge_models": json.dumps(
                {"abc": {"name": "first.safetensors", "legacy_hash": "1"}, "def": {"name": "second.ckpt"}}
            )
        }
    )
    assert (("one.safetensors", "two.safetensors"), ("first.safetensors", "second.ckpt")) == (
        kohyas.merged_from,
        a1111.merged_from,
    )


# ---- training ---------------------------------------------------------------------------------------------------


def test_coverage_is_the_share_of_captions() -> None:
    facts = read(kohya("last", {"10_img": {"tovaru": 40, "1girl": 46, "rare": 1}}, {"10_img": 46}))
    assert facts.training is not None
    assert (46, (("1girl", 1.0), ("tovaru", 0.8696), ("rare", 0.0217))) == (facts.training.images, facts.training.tags)
    assert (("tovaru", 0.8696), "ss_tag_frequency/10_img") == (
        (facts.triggers[0].text, facts.triggers[0].coverage),
        facts.triggers[0].locator,
    )


def test_regularisation_folders_are_dropped_and_named() -> None:
    metadata = kohya("last", {"10_tovaru": {"tovaru": 20}, "1_woman": {"woman of nowhere": 500}}, {"10_tovaru": 20})
    metadata["ss_dataset_dirs"] = json.dumps({"10_tovaru": {"n_repeats": 10, "img_count": 20}})
    metadata["ss_reg_dataset_dirs"] = json.dumps({"1_woman": {"n_repeats": 1, "img_count": 500}})
    facts = read(metadata)
    assert facts.training is not None
    assert (20, (("tovaru", 1.0),)) == (facts.training.images, facts.training.tags)
    assert [("10_tovaru", False), ("1_woman", True)] == [
        (folder.name, folder.regularisation) for folder in facts.training.folders
    ]


def test_a_regularising_subset_is_dropped() -> None:
    sets = [
        {
            "tag_frequency": {"me": {"tovaru": 9}, "others": {"woman of nowhere": 90}},
            "subsets": [{"image_dir": "me", "img_count": 9}, {"image_dir": "others", "img_count": 90, "is_reg": True}],
        }
    ]
    facts = read({"ss_datasets": json.dumps(sets)})
    assert facts.training is not None
    assert (("tovaru", 1.0),) == facts.training.tags


@pytest.mark.parametrize("folder", ["img", "1_1girl", "10_style", "dataset", "20_cropped 512"])
def test_a_generic_folder_is_no_trigger(folder: str) -> None:
    assert [("tovaru_nel", "name")] == triggers(read(kohya("tovaru_nel", {folder: TAGS}), "last.safetensors"))


def test_a_flat_tag_table_is_one_folder() -> None:
    facts = read({"ss_tag_frequency": '{"tovaru": "40", "1girl": 46, "smile": 3}'})
    assert facts.training is not None
    assert (("1girl", 1.0), ("tovaru", 0.8696), ("smile", 0.0652)) == facts.training.tags


def test_several_resolutions_of_one_folder_count_once() -> None:
    one = {"tag_frequency": {"a": {"tovaru": 9}}, "subsets": [{"image_dir": "a", "img_count": 9}]}
    facts = read({"ss_datasets": json.dumps([one, one, one])})
    assert facts.training is not None
    assert (9, 1) == (facts.training.images, len(facts.training.folders))


def test_the_order_of_captions_speaks_for_the_first_piece() -> None:
    other = {**TAGS, "quorvex": 44}
    first = triggers(read(kohya("last", {"img": {"tovaru": 44, **other}})))
    later = triggers(read(kohya("last", {"img": {**other, "tovaru": 44}})))
    assert (("tovaru", "statistical"), ("quorvex", "statistical")) == (first[0], later[0])


def test_a_piece_in_few_captions_is_no_trigger() -> None:
    assert [] == triggers(read(kohya("last", {"img": {**TAGS, "kaine_(nier)": 1}}), "last.safetensors"))


def test_a_trigger_of_common_words_is_found_where_the_model_is_called_so() -> None:
    assert ("gold ship", "statistical") == triggers(
        read(kohya("gold_ship_v2", {"img": {"1girl": 46, "gold ship": 45, "solo": 40}}))
    )[0]


def test_prose_gives_the_words_that_english_does_not_know() -> None:
    captions = {f"a photo of quorvex woman standing near a window in number {n} light": 1 for n in range(20)}
    facts = read(kohya("last", {"img": captions}, {"img": 20}), "last.safetensors")
    assert [("quorvex", "statistical")] == triggers(facts)


# ---- frames -----------------------------------------------------------------------------------------------------

FRAMES: dict[str, tuple[Json, int]] = {
    "tag": (kohya("x", {"img": {"1girl": 46, "anime screencap": 40}}), 1),
    "tag with underscore": (kohya("x", {"img": {"1girl": 46, "game_screenshot": 40}}), 1),
    "folder": (kohya("x", {"4_tovaru anime screencap": TAGS}), 1),
    "disc": (kohya("x", {"10_Tovaru BDRip 1080p": TAGS}), 1),
    "episode": (kohya("x", {"ep01": TAGS}), 1),
    "output name": (kohya("tovaru_screencaps", {"img": TAGS}), 1),
    "description": ({"modelspec.description": "Trained on 400 screencaps from the first season."}, 1),
    "rare tag": (kohya("x", {"img": {"1girl": 46, "anime screencap": 2}}), 0),
    "drawn imitation": (kohya("x", {"img": {"1girl": 46, "fake screenshot": 40, "screenshot redraw": 30}}), 0),
    "released stills": (kohya("x", {"img": {"1girl": 46, "game cg": 40, "official art": 46}}), 0),
    "denied": ({"modelspec.description": "Trained without any screenshots, only drawings."}, 0),
    "picture frames": (kohya("picture_frame", {"10_picture frame": TAGS}), 0),
    "regularisation": (kohya("x", {"img": TAGS, "reg": {"anime screencap": 46}}), 0),
}  # fmt: skip


@pytest.mark.parametrize("kind", FRAMES)
def test_captured_frames_are_told_with_a_reason(kind: str) -> None:
    metadata, expected = FRAMES[kind]
    assert expected == len(read(metadata).frames)


# ---- kinds of subject -------------------------------------------------------------------------------------------

HAIR = {"1girl": 46, "solo": 45, "aqua hair": 46, "red eyes": 44, "smile": 20, "dress": 12, "sky": 8}
MIXED = {"tovaru style": 60, "1girl": 40, "blue hair": 12, "red hair": 11, "black hair": 10, "pink hair": 9, "smile": 8}
SUBJECTS: dict[str, tuple[Json, str]] = {
    "looks that stay": (kohya("last", {"img": HAIR}), "character"),
    "a character of a series": (kohya("last", {"img": {"tovaru (nowhere)": 40, **TAGS}}), "character"),
    "a style by its trigger": (kohya("last", {"img": MIXED}), "style"),
    "a style by its name": (kohya("TovaruStyle", {"img": TAGS}), "style"),
    "a garment": (kohya("last", {"img": {**MIXED, "tovaru style": 0, "frilled dress": 46}}), "clothing"),
    "a garment by its name": ({"ss_output_name": "tovaru_outfit"}, "clothing"),
    "a tool": ({"ss_output_name": "add_detail"}, "concept"),
    "tagged by hand": ({"ssmd_tags": "character, game", "ssmd_display_name": "x"}, "character"),
    "tagged by ModelSpec's example": ({"modelspec.tags": "Person,Celebrity,Video Game"}, "person"),
    "nothing": ({}, "unknown"),
}


@pytest.mark.parametrize("kind", SUBJECTS)
def test_the_subject_is_told_with_reasons(kind: str) -> None:
    metadata, expected = SUBJECTS[kind]
    found = read(metadata, "last.safetensors").subject_kind
    assert (expected, True) == (found.value, bool(found.because))


def test_certainty_stays_between_nothing_and_one() -> None:
    assert all(0 <= read(metadata).subject_kind.certainty < 1 for metadata, _ in SUBJECTS.values())


def test_absolute_paths_in_a_header_are_personal_data() -> None:
    data = safetensors({"ot_config": json.dumps({"workspace_dir": "C:/Users/mirelda/train", "concepts": []})})
    private = read_model(MemorySource(data), "safetensors", Beside(), DEFAULT_LIMITS).private
    assert ("user-name", "ot_config", "mirelda") in private
