"""The Python API: its names, its types at the border, streaming, and the three examples, run without Gradio and ComfyUI."""

from __future__ import annotations

import ast
import importlib.util
import inspect as inspecting
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sdscan
from sdscan import ConfigError, FileResult, Knowledge, judge_image, load_knowledge, scan
from sdscan import inspect as inspect_files

ROOT = Path(__file__).resolve().parent.parent
GALLERY, MODELS = ROOT / "fixtures/gallery", ROOT / "fixtures/models"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge(models=[MODELS], platforms=["pixiv", "booth"])


# ---- names -------------------------------------------------------------------------------------------------------------


def test_all_is_what_the_package_offers_sorted_and_importable() -> None:
    assert sorted(sdscan.__all__) == list(sdscan.__all__) == dir(sdscan)
    assert [] == [name for name in sdscan.__all__ if getattr(sdscan, name, None) is None]
    homes = sdscan._HOMES
    assert {*homes, "__version__"} == set(sdscan.__all__)


def test_type_checkers_see_the_same_names() -> None:
    tree = ast.parse((ROOT / "sdscan/__init__.py").read_text())
    told = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.If)
        for part in node.body
        if isinstance(part, ast.ImportFrom)
        for alias in part.names
    }
    assert {*told, "__version__"} == set(sdscan.__all__)
    assert (ROOT / "sdscan/py.typed").exists()


def test_every_function_is_typed_and_told() -> None:
    for name in ("scan", "inspect", "judge_image", "load_knowledge"):
        function = getattr(sdscan, name)
        signature = inspecting.signature(function)
        assert function.__doc__
        assert [] == [p.name for p in signature.parameters.values() if p.annotation is p.empty]
        assert signature.return_annotation is not signature.empty
        assert f"`{name}(" in (ROOT / "docs/python.md").read_text(encoding="utf-8")


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import sys, sdscan; print(sorted(m for m in sys.modules if m.split('.')[0] in ('sdscan', 'msgspec', 'click', 'PIL', 'rich')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert "['sdscan', 'sdscan._version']" == done.stdout.strip()


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        sdscan.nonsense  # noqa: B018 - the access is the test


# ---- functions -----------------------------------------------------------------------------------------------------------


def test_scan_streams(knowledge: Knowledge) -> None:
    results = scan([GALLERY], knowledge)
    assert isinstance(results, Iterator)
    first = next(results)
    assert (f"{GALLERY.as_posix()}/01-original-character.png", "scanned") == (first.path, first.outcome)
    assert 14 == sum(isinstance(result, FileResult) for result in results)


def test_a_missing_path_raises_and_a_damaged_picture_does_not(knowledge: Knowledge, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        list(scan([tmp_path / "nothing"], knowledge))
    (result,) = scan([GALLERY / "15-damaged.png"], knowledge)
    assert "unreadable" == result.outcome


def test_inspect_judges_nothing(tmp_path: Path) -> None:
    ((path, facts),) = inspect_files([GALLERY / "02-character-in-prompt.png"])
    assert (True, "a1111") == (path.endswith("02-character-in-prompt.png"), facts.generations[0].tool)


def test_a_picture_in_memory_is_judged_like_a_file(knowledge: Knowledge) -> None:
    path = GALLERY / "04-character-only-in-lora.png"
    (from_disk,) = scan([path], knowledge)
    in_memory = judge_image(path.read_bytes(), knowledge, name=from_disk.path)
    assert from_disk == in_memory


def test_bytes_that_are_nothing_are_a_result(knowledge: Knowledge) -> None:
    assert "unreadable" == judge_image(b"", knowledge).outcome
    assert judge_image(b"hello", knowledge).outcome in ("unsupported", "unreadable")


# ---- examples ------------------------------------------------------------------------------------------------------------


def example(name: str) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location(f"example_{name}", ROOT / "examples" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_batch_script_lists_what_needs_a_look(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "look.txt"
    assert 0 == example("batch").main(str(GALLERY), str(MODELS), str(target))
    names = [Path(line).name for line in target.read_text().splitlines()]
    assert "02-character-in-prompt.png" in names
    assert {"13-no-data.png", "15-damaged.png"} <= set(names)
    assert "01-original-character.png" not in names
    assert "need a look" in capsys.readouterr().out.splitlines()[-1]


def test_the_gradio_callback_answers_in_markdown(knowledge: Knowledge, tmp_path: Path) -> None:
    check = example("gradio_callback").check
    assert "**Do not publish as it is**" in check(str(GALLERY / "02-character-in-prompt.png"), knowledge)
    assert "not the same as clean" in check(str(GALLERY / "13-no-data.png"), knowledge)
    assert "could not be read" in check(str(GALLERY / "15-damaged.png"), knowledge)
    assert "" == check(None, knowledge)


def test_the_gradio_page_is_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[str, Any] = {}

    class Interface:
        def __init__(self, function: Any, upload: Any, answer: Any, title: str) -> None:
            made["answer"] = function(str(GALLERY / "02-character-in-prompt.png"))

        def launch(self) -> None:
            made["launched"] = True

    fake = types.SimpleNamespace(File=lambda **_: None, Markdown=lambda: None, Interface=Interface)
    monkeypatch.setitem(sys.modules, "gradio", fake)
    example("gradio_callback").app()
    assert made["launched"]
    assert "SD101" in made["answer"]


class Pixels:
    """As much of a tensor as ComfyUI hands to a node."""

    def __init__(self, value: float) -> None:
        self._value = value

    def cpu(self) -> Pixels:
        return self

    def numpy(self) -> Any:
        return _Array(self._value)


class _Array:
    """As much of an array as the node and Pillow use."""

    def __init__(self, value: float) -> None:
        level = int(max(0, min(255, value)))
        self.__array_interface__ = {"shape": (8, 8, 3), "typestr": "|u1", "data": bytes([level]) * 192, "strides": (24, 3, 1), "version": 3}
        self._value = value

    def __mul__(self, other: float) -> _Array:
        return _Array(self._value * other)

    def clip(self, low: float, high: float) -> _Array:
        return _Array(max(low, min(high, self._value)))

    def astype(self, _: str) -> _Array:
        return self

    def tobytes(self) -> bytes:
        return bytes(self.__array_interface__["data"])


def graph(text: str) -> dict[str, Any]:
    return {
        "3": {"class_type": "KSampler", "inputs": {"seed": 7, "positive": ["6", 0], "model": ["4", 0]}},
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "base.safetensors"}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": text, "clip": ["4", 1]}},
        "9": {"class_type": "SaveImage", "inputs": {"images": ["3", 0]}},
    }


def test_the_comfyui_node_holds_back_what_carries_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = types.SimpleNamespace(
        get_folder_paths=lambda _: [str(MODELS)], get_output_directory=lambda: str(tmp_path)
    )
    monkeypatch.setitem(sys.modules, "folder_paths", folders)
    node = example("comfyui_node").SaveImageChecked()
    calm = node.save([Pixels(0.5)], "checked", "medium", graph("1girl, rem (re:zero), garden"), {"workflow": {"nodes": []}})
    held = node.save([Pixels(0.2), Pixels(0.4)], "checked", "high", graph("a castle on a hill"))
    assert [("checked_00000.png", "held")] == [(s["filename"], s["subfolder"]) for s in calm["ui"]["images"]]
    assert [("checked_00001.png", ""), ("checked_00002.png", "")] == [
        (s["filename"], s["subfolder"]) for s in held["ui"]["images"]
    ]
    assert "SD101 medium" in (tmp_path / "held/checked_00000.sdscan.txt").read_text()
    (result,) = scan([tmp_path / "checked_00001.png"], load_knowledge())
    assert "comfyui" == result.generations[0].tool
    assert {"required", "hidden"} == set(node.INPUT_TYPES())
