"""`sdscan models`: rows, formats, filters, hashes, copies, verification, and where programs keep their models."""

from __future__ import annotations

import csv
import io
import json
import shutil
import struct
from pathlib import Path

import pytest

from sdscan.__main__ import run
from sdscan.cli.model_rows import ModelRow, Wanted, chosen, with_duplicates
from sdscan.cli.model_views import as_csv, as_text
from sdscan.facts.models.folders import default_folders, extra_model_paths, folders_of
from sdscan.facts.models.verifying import verify
from sdscan.records import Hashes, License, Trigger
from sdscan.reports import RenderOptions

FIXTURES = Path(__file__).parents[2] / "fixtures/models"


def printed(capfdbinary: pytest.CaptureFixture[bytes], *arguments: str) -> tuple[int, str, str]:
    code = run(["models", "--isolated", "--no-catalog", *arguments])
    out, err = capfdbinary.readouterr()
    return code, out.decode(), err.decode()


def test_one_row_a_model_the_riskiest_first(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    code, out, _ = printed(capfdbinary, str(FIXTURES))
    rows = [line.split()[0] for line in out.splitlines()[2:6]]
    assert (0, True) == (code, rows == sorted(rows, key=("critical", "high", "medium", "low", "info", "-").index))
    assert "4 models (4 lora)" in out
    assert all(len(line) <= 80 for line in out.splitlines())


def test_json_holds_what_the_table_cuts(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    _, out, _ = printed(capfdbinary, str(FIXTURES), "--format", "json", "--sort", "path")
    page = json.loads(out)
    assert ("sdscan-models/1", 4) == (page["schema"], len(page["models"]))
    style = page["models"][2]
    assert ("style", "greg rutkowski style", "declared") == (
        style["subject"],
        style["triggers"][0]["text"],
        style["triggers"][0]["tier"],
    )
    _, lines, _ = printed(capfdbinary, str(FIXTURES), "-o", "jsonl", "--sort", "path")
    assert page["models"] == [json.loads(line) for line in lines.splitlines()]


def test_csv_has_a_row_a_model(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    _, out, _ = printed(capfdbinary, str(FIXTURES), "-o", "csv", "--sort", "path")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert (4, "lora", "140") == (len(rows), rows[0]["kind"], rows[2]["images"])


def test_the_output_can_be_a_file(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    code, out, _ = printed(capfdbinary, str(FIXTURES), "-o", f"csv:{tmp_path / 'x.csv'}")
    assert (0, "", 5) == (code, out, len((tmp_path / "x.csv").read_text().splitlines()))


@pytest.mark.parametrize(
    ("option", "value", "count"),
    [
        ("--subject", "style", 1),
        ("--kind", "checkpoint", 0),
        ("--find", "greg", 1),
        ("--license", "unknown", 4),
        ("--license", "sell", 0),
        ("--min-severity", "critical", 0),
    ],
)
def test_filters_leave_rows_out(capfdbinary: pytest.CaptureFixture[bytes], option: str, value: str, count: int) -> None:
    _, out, _ = printed(capfdbinary, str(FIXTURES), "-o", "jsonl", option, value)
    assert count == len(out.splitlines())


def test_show_tells_the_whole_story(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    code, out, _ = printed(capfdbinary, "show", str(FIXTURES / "gabimaru_screens_v1.safetensors"))
    assert code == 0
    assert all(text in out for text in ("anime screencap", "autov3", "SD104", "because", "trigger"))


def test_show_wants_a_file(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert 2 == printed(capfdbinary, "show")[0]


def test_wrong_formats_and_places_are_usage_errors(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert [2, 2, 2] == [
        printed(capfdbinary, *arguments)[0]
        for arguments in ((str(FIXTURES), "-o", "xml"), (str(FIXTURES), "-o", "csv:"), ("/nowhere/at/all",))
    ]


def test_copies_are_found_by_their_bytes(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    for name in ("one", "two"):
        shutil.copy(FIXTURES / "blue_ribbon_v2.safetensors", tmp_path / f"{name}.safetensors")
    shutil.copy(FIXTURES / "rutkowski_oil_v3.safetensors", tmp_path)
    _, out, _ = printed(capfdbinary, str(tmp_path), "--duplicates", "-o", "jsonl", "--sort", "path")
    rows = [json.loads(line) for line in out.splitlines()]
    assert [("one", "two"), ("two", "one")] == [
        (Path(row["path"]).stem, Path(row["duplicates"][0]).stem) for row in rows
    ]


def test_a_false_declared_hash_is_a_finding(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    raw = json.dumps(
        {
            "__metadata__": {"sshs_model_hash": "5e" * 32},
            "a.lora_down.weight": {"dtype": "F16", "shape": [1], "data_offsets": [0, 2]},
        }
    ).encode()
    (tmp_path / "x.safetensors").write_bytes(struct.pack("<Q", len(raw)) + raw + b"ab")
    without = json.loads(printed(capfdbinary, str(tmp_path), "-o", "jsonl")[1])
    hashed = json.loads(printed(capfdbinary, str(tmp_path), "-o", "jsonl", "--hash")[1])
    assert (False, True, 64) == (
        "SD604" in without["rules"],
        "SD604" in hashed["rules"],
        len(hashed["hashes"]["autov3"]),
    )


def test_hashes_are_remembered(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = [
        "models",
        "--isolated",
        str(FIXTURES),
        "--hash",
        "-o",
        "jsonl",
        "--catalog",
        str(tmp_path / "catalog.sqlite"),
    ]
    assert 0 == run(arguments)
    first = capfdbinary.readouterr().out
    monkeypatch.setattr("sdscan.catalog.digests_of", lambda path: pytest.fail(f"{path} was hashed again"))
    assert 0 == run(arguments)
    assert first == capfdbinary.readouterr().out


def test_a_file_that_cannot_be_read_is_a_row_and_makes_the_run_incomplete(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    (tmp_path / "x.safetensors").write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n")
    (tmp_path / "y.bin").write_bytes(b"just text")
    code, out, _ = printed(capfdbinary, str(tmp_path), "-o", "jsonl")
    rows = [json.loads(line) for line in out.splitlines()]
    assert (3, True) == (code, "Git LFS" in rows[0]["reason"])
    assert 0 == printed(capfdbinary, str(tmp_path), "--allow-incomplete")[0]


def test_nothing_is_written_beside_the_models(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    shutil.copy(FIXTURES / "blue_ribbon_v2.safetensors", tmp_path)
    printed(capfdbinary, str(tmp_path), "--hash", "--verify", "--duplicates")
    assert ["blue_ribbon_v2.safetensors"] == [entry.name for entry in tmp_path.iterdir()]


# ---- rows -------------------------------------------------------------------------------------------------------


def row(path: str, **more: object) -> ModelRow:
    return ModelRow(path=path, format="safetensors", kind="lora", **more)  # type: ignore[arg-type]  # test data


def test_claimed_hashes_tell_copies_only_when_they_are_whole() -> None:
    whole, short = Hashes(declared="ab" * 32), Hashes(declared="abababababab")
    assert [1, 1, 0, 0] == [
        len(each.duplicates)
        for each in with_duplicates(
            [row("a", hashes=whole), row("b", hashes=whole), row("c", hashes=short), row("d", hashes=short)]
        )
    ]


def test_rows_are_sorted_by_what_is_asked() -> None:
    rows = [
        row("a", license=License(True)),
        row("b", license=License(False), risk="low"),
        row("c", certainty=0.9, subject="style"),
    ]
    orders = {
        sort: "".join(each.path for each in chosen(rows, Wanted(), sort))
        for sort in ("path", "risk", "license", "certainty", "subject")
    }
    assert {"path": "abc", "risk": "bac", "license": "bca", "certainty": "cab", "subject": "cab"} == orders


def test_scanned_text_reaches_no_terminal_and_no_formula() -> None:
    hostile = row("=cmd|x", triggers=(Trigger("\x1b[31mred\u202e", "declared"),), title="=1+1", reason="\x1b]0;x\x07")
    text = "".join(as_text([hostile, row("b")], RenderOptions(width=160, verbose=1)))
    table = "".join(as_csv([hostile], RenderOptions()))
    assert not any(sign in text + table for sign in ("\x1b", "\u202e", "\x07"))
    assert "'=1+1" in table


# ---- verification -----------------------------------------------------------------------------------------------


def test_the_library_confirms_a_good_file_and_refuses_an_odd_one(tmp_path: Path) -> None:
    good = FIXTURES / "blue_ribbon_v2.safetensors"
    odd = tmp_path / "odd.safetensors"
    odd.write_bytes(good.read_bytes() + b"!")
    problem = verify(str(odd), odd.stat().st_size)
    assert verify(str(good), good.stat().st_size) is None
    assert problem is not None
    assert "not-valid" == problem.code


# ---- folders of known programs ----------------------------------------------------------------------------------

LAYOUTS: dict[str, tuple[list[str], list[str]]] = {
    "A1111": (
        ["webui.py", "models/Lora/", "models/Stable-diffusion/", "embeddings/"],
        ["embeddings", "models/Lora", "models/Stable-diffusion"],
    ),
    "ComfyUI": (["main.py", "comfy/", "models/loras/", "models/checkpoints/"], ["models/checkpoints", "models/loras"]),
    "SwarmUI": (["Data/Settings.fds", "Models/Lora/", "Models/Embeddings/"], ["Models/Embeddings", "Models/Lora"]),
    "InvokeAI": (["invokeai.yaml", "models/"], ["models"]),
    "StabilityMatrix": (
        ["Data/Models/Lora/", "Data/Models/StableDiffusion/"],
        ["Data/Models/Lora", "Data/Models/StableDiffusion"],
    ),
    "nothing": (["models/"], []),
}


def laid(root: Path, names: list[str]) -> None:
    for name in names:
        if name.endswith("/"):
            (root / name).mkdir(parents=True)
        else:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).touch()


@pytest.mark.parametrize("program", LAYOUTS)
def test_the_folders_of_a_program_are_known(program: str, tmp_path: Path) -> None:
    names, expected = LAYOUTS[program]
    laid(tmp_path, names)
    assert expected == sorted(folder.relative_to(tmp_path).as_posix() for folder in folders_of(tmp_path))


def test_extra_model_paths_of_comfyui_are_followed(tmp_path: Path) -> None:
    text = f"""# comment
a111:
    base_path: {tmp_path.as_posix()}/webui
    checkpoints: models/Stable-diffusion
    loras: |
         models/Lora   # both
         models/LyCORIS
    vae: models/VAE

comfyui:
    loras:
        - other/loras
"""
    (tmp_path / "extra_model_paths.yaml").write_text(text)
    found = [
        path.as_posix().removeprefix(f"{tmp_path.as_posix()}/")
        for path in extra_model_paths(tmp_path / "extra_model_paths.yaml")
    ]
    assert ["webui/models/Stable-diffusion", "webui/models/Lora", "webui/models/LyCORIS", "other/loras"] == found
    assert [] == extra_model_paths(tmp_path / "absent.yaml")


def test_folders_near_here_and_at_home_are_found_once(tmp_path: Path) -> None:
    start, home = tmp_path / "home/work", tmp_path / "home"
    laid(
        home,
        [
            "stable-diffusion-webui/webui.py",
            "stable-diffusion-webui/models/Lora/",
            "work/ComfyUI/models/loras/",
            "work/ComfyUI/models/checkpoints/",
            "photos/models/Lora/",
        ],
    )
    assert [
        "ComfyUI/models/checkpoints",
        "ComfyUI/models/loras",
        (home / "stable-diffusion-webui/models/Lora").as_posix(),
    ] == sorted(
        (folder.as_posix() for folder in default_folders(start, home)), key=lambda text: (text.startswith("/"), text)
    )
    assert () == default_folders(tmp_path / "home/photos", tmp_path / "home/photos")
