"""Infotext: every form that a real writer left, and the time it takes on what no writer would leave."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from sdscan.facts.decoders.infotext import Infotext, parse_infotext

CASES = Path(__file__).resolve().parents[4] / "shared" / "facts" / "infotext_cases.json"
TAIL = "Steps: 24, Sampler: DPM++ 2M, CFG scale: 5, Seed: 7, Size: 640x832"

FORMS: tuple[tuple[str, str, str, str], ...] = (
    ("prompt and negative", f"a fox\nNegative prompt: fog\n{TAIL}", "a fox", "fog"),
    ("both over several lines with an empty one", f"a fox,\n\nsnow\nNegative prompt: fog,\nrain\n{TAIL}", "a fox,\n\nsnow", "fog,\nrain"),
    ("no negative", f"a fox\n{TAIL}", "a fox", ""),
    ("no prompt", f"Negative prompt: fog\n{TAIL}", "", "fog"),
    ("parameters alone", TAIL, "", ""),
    ("no parameters", "a fox, snow\nNegative prompt: fog", "a fox, snow", "fog"),
    ("a prompt alone", "a fox, snow", "a fox, snow", ""),
    ("line ends of Windows", f"a fox\r\nNegative prompt: fog\r\n{TAIL}", "a fox", "fog"),
    ("line ends of Windows after a line end (StabilityMatrix)", f"a fox\r\n\nNegative prompt: fog\r\n\n{TAIL}", "a fox", "fog"),
    ("byte order mark and final NUL", f"\ufeffa fox\nNegative prompt: fog\n{TAIL}\0", "a fox", "fog"),
    ("`Steps` inside the prompt", f"stairs, steps: 1, 2, 3\n{TAIL}", "stairs, steps: 1, 2, 3", ""),
    ("`Steps:` at the begin of a line of the prompt", f"Steps: 3 of stone\nNegative prompt: fog\n{TAIL}", "Steps: 3 of stone", "fog"),
    ("a prompt that looks like settings", f"Subject: fox, Style: ink, Light: dusk\n{TAIL}", "Subject: fox, Style: ink, Light: dusk", ""),
    ("`Negative prompt:` within a line", f"a sign 'Negative prompt: x'\nNegative prompt: fog\n{TAIL}", "a sign 'Negative prompt: x'", "fog"),
    ("negative prompt and parameters in one line", f"a fox\nNegative prompt: {TAIL}", "a fox", ""),
    ("line ends shown as dots", f"a fox.Negative prompt: fog.{TAIL}", "a fox", "fog"),
    ("line ends lost to blanks", f"a fox Negative prompt: fog {TAIL}", "a fox", "fog"),
    ("everything lost to one line without negative", f"a fox Negative prompt: {TAIL}", "a fox", ""),
    ("a label before it", f"Parameters : a fox\nNegative prompt: fog\n{TAIL}", "a fox", "fog"),
    ("parameters that begin otherwise", "a fox\nVersion: 12ab, Pipeline: P, Steps: 9, Seed: 1", "a fox", ""),
    ("no sampler", "a fox\nSteps: 9, Size: 8x8, Seed: 1, App: SD.Next", "a fox", ""),
    ("two parameters only", "a fox\nSteps: 9, Seed: 1", "a fox", ""),
    ("one parameter a line", "a fox\nSteps: 9\nSampler: Euler\nSeed: 1", "a fox", ""),
    ("parameters behind the last sentence of many lines", f"a fox\nin snow. {TAIL}", "a fox\nin snow.", ""),
    ("separators of Regional Prompter", f"a fox BREAK snow ADDCOL hut\n{TAIL}, RP Ratios: \"1,1\"", "a fox BREAK snow ADDCOL hut", ""),
    ("only a recipe", 'a fox, Recipe metadata: {"loras": []}', "a fox", ""),
)  # fmt: skip

VALUES: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("quoted with commas", f'{TAIL}, Lora hashes: "a b: 0011223344, c: 99"', {"Lora hashes": "a b: 0011223344, c: 99"}),
    ("quoted with an escaped line end", f'{TAIL}, Hires prompt: "fox,\\nsnow", Hires upscale: 2', {"Hires prompt": "fox,\nsnow"}),
    ("quoted with escaped quotes", f'{TAIL}, ADetailer prompt: "say \\"hi\\", fox", RNG: CPU', {"ADetailer prompt": 'say "hi", fox', "RNG": "CPU"}),
    ("quoted with a raw line end", f'{TAIL}, ADetailer prompt: "fox,\nsnow", RNG: CPU', {"ADetailer prompt": "fox,\nsnow", "RNG": "CPU"}),
    ("a quote that never closes", f'{TAIL}, Note: "fox, RNG: CPU', {"Note": '"fox', "RNG": "CPU"}),
    ("not quoted though it holds a comma", f"{TAIL}, ADetailer prompt: a fox, (snow), RNG: CPU", {"ADetailer prompt": "a fox, (snow)", "RNG": "CPU"}),
    ("JSON object", f'{TAIL}, Hashes: {{"model": "ab", "lora:x, y": "cd"}}, Version: ComfyUI', {"Hashes": '{"model": "ab", "lora:x, y": "cd"}', "Version": "ComfyUI"}),
    ("JSON list", f'{TAIL}, Civitai resources: [{{"modelName": "a, b"}}], RNG: CPU', {"Civitai resources": '[{"modelName": "a, b"}]', "RNG": "CPU"}),
    ("JSON that is cut", f'{TAIL}, Hashes: {{"model": "ab', {"Hashes": '{"model": "ab'}),
    ("JSON with a bracket too many", f'{TAIL}, Hashes: {{"a": 1}}}}, RNG: CPU', {"RNG": "CPU"}),
    ("colons in a bare value", f"{TAIL}, Created Date: 2026-01-04T01:27:21.27Z", {"Created Date": "2026-01-04T01:27:21.27Z"}),
    ("empty", f"{TAIL}, Eta: inf, Model: , RNG: cuda", {"Eta": "inf", "Model": "", "RNG": "cuda"}),
    ("commas in a row and at the end", f"{TAIL},,,, RNG: CPU, ,", {"RNG": "CPU", "Seed": "7"}),
    ("the same key twice", f"{TAIL}, Version: a, Version: b", {"Version": "b"}),
    ("keys with digits and underscores", f"{TAIL}, Lora_0 Model name: m, aesthetic_score: 6.7", {"Lora_0 Model name": "m", "aesthetic_score": "6.7"}),
    ("a suffix on a line of its own", f'{TAIL}\nRecipe metadata: {{"loras": [1]}}', {"Recipe metadata": '{"loras": [1]}'}),
)  # fmt: skip


@pytest.mark.parametrize(("name", "text", "prompt", "negative"), FORMS, ids=[form[0] for form in FORMS])
def test_every_form_yields_prompt_and_negative(name: str, text: str, prompt: str, negative: str) -> None:
    info = parse_infotext(text)
    assert (prompt, negative) == (info.prompt.rstrip(" ,"), info.negative)


@pytest.mark.parametrize(("name", "text", "expected"), VALUES, ids=[form[0] for form in VALUES])
def test_every_kind_of_value_is_read(name: str, text: str, expected: dict[str, str]) -> None:
    values = dict(parse_infotext(f"a fox\n{text}").parameters)
    assert expected == {key: values.get(key) for key in expected}


def test_templates_stand_before_or_after_the_parameters() -> None:
    before = parse_infotext(
        f"red fox\nNegative prompt: fog\nTemplate: {{red|blue}} fox\nNegative template: __bad__\n{TAIL}"
    )
    after = parse_infotext(
        f"red fox\nNegative prompt: fog\n{TAIL}\nTemplate:{{red|blue}} fox\nNegative Template: __bad__"
    )
    expected = ("red fox", "fog", "{red|blue} fox", "__bad__")
    for info in (before, after):
        assert expected == (info.prompt, info.negative, info.template, info.negative_template)
        assert dict(info.parameters)["Seed"] == "7"


def test_an_empty_negative_before_a_template_takes_no_positive_text() -> None:
    info = parse_infotext(f"\nNegative prompt: \nTemplate: red fox\n{TAIL}")
    assert ("", "", "red fox") == (info.prompt, info.negative, info.template)


def test_a_template_may_have_several_lines() -> None:
    info = parse_infotext(f"red fox\n{TAIL}\nTemplate: {{red|blue}} fox,\nsnow\nNegative Template: x")
    assert "{red|blue} fox,\nsnow" == info.template


def test_lines_that_belong_to_nothing_are_kept() -> None:
    info = parse_infotext(f"a fox\n{TAIL}\nand after that the fox said: it is done and over now\n")
    assert "and after that the fox said: it is done and over now" == info.extra


def test_a_text_without_parameters_is_not_marked() -> None:
    assert [False, True, True] == [
        parse_infotext(t).marked for t in ("a fox, steps", "a\nNegative prompt: b", f"a\n{TAIL}")
    ]


def test_lone_surrogates_become_replacement_characters() -> None:
    info = parse_infotext(f'a \ud800 fox\n{TAIL}, Hires prompt: "\\ud800, x"')
    assert ("a \ufffd fox", "\ufffd, x") == (info.prompt, dict(info.parameters)["Hires prompt"])


def test_the_common_form_and_the_general_way_agree() -> None:
    """The sweep for plain last lines must not differ from the way that takes everything."""
    plain = f'a fox\nNegative prompt: fog\n{TAIL}, Lora hashes: "a: 00, b: 11", Version: v1.10.1'
    general = parse_infotext(f"{plain}\n ")
    assert general == parse_infotext(plain)
    slow = parse_infotext(f"{plain}, Hashes: {{}}")
    assert (general.prompt, general.negative, general.parameters) == (slow.prompt, slow.negative, slow.parameters[:-1])


@pytest.mark.skipif(not CASES.exists(), reason=f"the shared hard cases are not here ({CASES})")
def test_the_shared_hard_cases_are_read() -> None:
    for case in json.loads(CASES.read_text("utf-8")):
        info = parse_infotext(case["text"])
        values = dict(info.parameters)
        found: dict[str, object] = {}
        for key, expected in case["expect"].items():
            found[key] = values[key] if isinstance(expected, str) else json.loads(values[key])
        assert (case["name"], case["prompt"], case["negative"], case["expect"]) == (
            case["name"],
            info.prompt,
            info.negative,
            found,
        )


BOMBS: tuple[str, ...] = (
    "a " * 200_000,
    "Steps: 1, " * 40_000,
    "\nSteps: 1" * 40_000,
    "\nNegative prompt: a" * 20_000,
    "\nTemplate: a" * 20_000,
    f"{TAIL}\n" + "Template: a\n" * 20_000,
    f"{TAIL}, " + 'a: "x ' * 40_000,
    f"{TAIL}, " + 'a: {"b": ' * 20_000,
    f"{TAIL}, a: " + "[" * 200_000,
    f"{TAIL}, " + 'a: "\\' * 40_000,
    f"{TAIL}, " + '"  ' * 80_000,
    f"{TAIL}," + " \n" * 80_000,
    "\nSteps:" + " " * 200_000,
    ":" * 200_000,
    "x" * 119 + " " * 200_000,
    'Recipe metadata: {' * 20_000,
)  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS, ids=[repr(bomb[:24]) for bomb in BOMBS])
def test_hostile_text_takes_linear_time(bomb: str) -> None:
    """A quadratic reader takes minutes for these; the bound is generous, so that a busy machine does not fail it."""
    assert _seconds(bomb) < 10


def _seconds(text: str) -> float:
    best = 9.0
    for _ in range(2):
        start = time.perf_counter()
        assert isinstance(parse_infotext(text), Infotext)
        best = min(best, time.perf_counter() - start)
    return best
