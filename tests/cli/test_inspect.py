"""`sdscan inspect`: the tree that a person sees, its width, the raw text, the signature, and what the JSON says."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from sdscan.__main__ import run
from sdscan.branches import drawn, paragraph
from sdscan.cli.inspect import size_of
from sdscan.model_tree import model_branch
from sdscan.records import Hashes, License, ModelFacts, Training, TrainingFolder, Trigger
from sdscan.terminal import cells
from tests.facts.writers import texts as t
from tests.facts.writers import wrapping as w
from tests.facts.writers.rows import ROWS, write

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


@pytest.fixture
def inspected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Runs `inspect` on one file given by its bytes; the lines of the tree."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def look(data: bytes, *options: str, name: str = "x.png") -> list[str]:
        Path(name).write_bytes(data)
        run(["inspect", "--isolated", *options, name])
        return capfd.readouterr().out.rstrip("\n").split("\n")

    return look


def test_the_tree_shows_container_blobs_generation_and_models(inspected) -> None:  # type: ignore[no-untyped-def]
    lines = inspected(w.png_of(("parameters", t.A1111), ("AIGC", '{"Label":"1","ContentProducer":"001"}')))
    expected = [
        "x.png",
        "├─ png  4×4  484 bytes  scanned",
        "│  ├─ png:tEXt/parameters       349 bytes at 33 → a1111",
        "│  └─ png:tEXt/AIGC              42 bytes at 394",
        "├─ a1111  v1.10.1",
        "│  png:tEXt/parameters",
        "│  ├─ positive",
        "│  │  a red fox in snow, (soft light:1.2), <lora:ink_wash:0.8>",
        "│  ├─ negative",
        "│  │  fog, blurry",
        "│  ├─ lora        ink_wash      ×0.8  a1b2c3d4e5f6",
        "│  ├─ checkpoint  dreambase_v2  31e35c80fc  #model",
        "│  ├─ vae         sharp.vae     735e4c3a44  #vae",
    ]
    assert expected == lines[:13]
    assert '└─ AI mark  AIGC label: {"Label":"1","ContentProducer":"001"}' == lines[-1]


def test_no_line_is_wider_than_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for number, row in enumerate(ROWS):
        place = tmp_path / str(number)
        place.mkdir()
        write(row, place)
    run(["inspect", "--isolated", ".", str(FIXTURES / "models")])
    lines = [line for line in capfd.readouterr().out.split("\n") if line[:1] in "├│└ "]
    assert [] == [line for line in lines if cells(line) > 80]
    assert len(lines) > 1000


def test_a_long_prompt_is_cut_and_raw_shows_it(inspected) -> None:  # type: ignore[no-untyped-def]
    data = w.png_of(("parameters", f"{'a fox in snow, ' * 60}\n{t.STEPS}"))
    assert any(line.endswith("characters more (--raw shows all)") for line in inspected(data))
    raw = "\n".join(inspected(data, "--raw"))
    assert "characters more" not in raw
    assert f"│     {t.STEPS}" in raw


def test_text_that_would_steer_the_terminal_is_escaped(inspected) -> None:  # type: ignore[no-untyped-def]
    lines = inspected(w.png_of(("parameters", f"a\x1b[31m fox\u202e\n{t.STEPS}, Model: b\x1b]0;x")), "--raw")
    assert not [line for line in lines if "\x1b" in line or "\u202e" in line]
    assert any("a\\x1b[31m fox\\u202e" in line for line in lines)


def test_bytes_are_shown_as_hex(inspected) -> None:  # type: ignore[no-untyped-def]
    lines = inspected(w.png_c2pa(w.c2pa_store("OpenAI", "gpt-image", "trainedAlgorithmicMedia")), "--raw")
    assert any("6a 75 6d 62" in line for line in lines)


def test_what_was_wrong_is_told(inspected) -> None:  # type: ignore[no-untyped-def]
    lines = inspected(w.png_of(("parameters", t.A1111))[:-30])
    assert "unreadable" in lines[1]
    assert lines[2].startswith("│  ends")
    assert any("problem truncated" in line for line in lines)


def test_several_generations_hidden_copies_and_personal_data_have_their_branches(inspected) -> None:  # type: ignore[no-untyped-def]
    chunk = w.pillow_text("workflow", t.CANVAS)
    text = "\n".join(inspected(w.png_hidden("stealth_pngcomp", t.SDCPP, chunk)))
    assert "sdcpp  hidden in the pixels" in text
    assert "comfyui  from the canvas only" in text
    assert "bytes in the pixels → sdcpp" in text
    assert "private  home-path" in text


def test_a_model_that_is_not_used_says_so(inspected) -> None:  # type: ignore[no-untyped-def]
    text = f"a {{<lora:one:1>|<lora:two:1>}}\nNegative prompt: <lora:off:1>\n{t.STEPS}"
    lines = inspected(w.png_of(("parameters", text)))
    assert ["maybe used", "maybe used", "not used"] == [
        state for line in lines for state in ("maybe used", "not used") if f"×1  {state}" in line
    ]


class Library(ModuleType):
    """A stand-in for c2pa-python that finds every signature in order."""

    class C2paError(Exception):
        """What it raises."""

    class Context:
        @staticmethod
        def from_dict(settings: object) -> object:
            return settings

    class Reader:
        def __init__(self, path: str, context: object) -> None:
            self.path = path

        def json(self) -> str:
            return '{"validation_state": "Valid"}'


@pytest.mark.parametrize(
    ("module", "expected"),
    [(Library("c2pa"), "signature valid"), (None, "signature not verified: that needs the extra sdscan[c2pa]")],
)
def test_the_signature_of_a_manifest_is_checked_where_the_extra_is_installed(
    inspected,  # type: ignore[no-untyped-def]
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType | None,
    expected: str,
) -> None:
    monkeypatch.setitem(sys.modules, "c2pa", module)
    data = w.png_c2pa(w.c2pa_store("OpenAI", "gpt-image", "trainedAlgorithmicMedia"))
    assert expected == inspected(data)[-1].strip()
    record = (
        json.loads(inspected(data, "-o", "json")[0])["files"][0]
        if module is None
        else json.loads(inspected(data, "-o", "jsonl")[0])
    )
    assert record["disclosure"]["c2pa"].endswith("; not verified" if module is None else "; valid")


def test_a_model_has_its_reasons_triggers_and_training(capfd: pytest.CaptureFixture[str]) -> None:
    run(["inspect", "--isolated", str(FIXTURES / "models" / "gabimaru_screens_v1.safetensors")])
    text = capfd.readouterr().out
    for piece in (
        "lora  for character",
        "because     white hair",
        "trigger     gabimaru  statistical",
        "folder      4_gabimaru",
        "warning     the",
    ):
        assert piece in text


def test_everything_that_a_model_says_has_a_branch() -> None:
    training = Training(3, (TrainingFolder("10_fox", None), TrainingFolder("reg", 2, True)), ())
    facts = ModelFacts(
        "lora",
        triggers=(Trigger("fox", "declared"),),
        hashes=Hashes(sha256="ab" * 32),
        license=License(False, True, None, "x.civitai.info"),
        training=training,
        sidecars=("x.civitai.info",),
        declared_mismatch="the declared hash is false",
    )
    lines = ["".join(text for text, _ in line).strip() for line in drawn([model_branch(facts, False, 80)])]
    expected = [
        "└─ lora  for unknown (0% sure)  metadata absent",
        "├─ trigger     fox  declared",
        f"├─ sha256      {'ab' * 32}",
        "├─ license     sell pictures: no, make derivatives: yes, credit asked for: not",
        "│              said (x.civitai.info)",
        "├─ folder      10_fox: ? pictures",
        "├─ folder      reg: 2 pictures (regularisation)",
        "├─ warning     the declared hash is false",
        "└─ sidecar     x.civitai.info",
    ]
    assert expected == lines
    assert 1 == len(list(drawn([model_branch(ModelFacts("vae"), True, 80)])))


def test_a_generation_without_settings_has_no_branch_for_them(inspected) -> None:  # type: ignore[no-untyped-def]
    assert not [line for line in inspected(w.png_of(("Dream", '"a fox"'))) if "settings" in line]


def test_a_file_that_is_gone_has_no_size() -> None:
    assert 0 == size_of("nowhere/x.png")


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("a\r\nb\n\n", None, ["a", "b"]),
        ("one two three four five six seven", 1, ["one two three four", "… 15 characters more (--raw shows all)"]),
        ("x" * 100_000, 1, ["x" * 20, "… 99,980 characters more (--raw shows all)"]),
        ("", None, [""]),
    ],
)
def test_text_wraps_with_its_own_line_ends(text: str, most: int | None, expected: list[str]) -> None:
    assert expected == ["".join(piece for piece, _ in line) for line in paragraph(text, 20, most)]
