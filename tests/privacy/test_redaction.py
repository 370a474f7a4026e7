"""`--redact`: no word that a person wrote into a prompt, a setting, a graph or a training caption is in any format; no absolute path is in any report."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from commands import SDSCAN, environment
from making_models import kohya, mapping, pickled, safetensors, text
from spelled import ASCII, UNDEFINED, chunk, riff_chunk, text_chunk, tiff, user_comment
from wholes import EXIF, WHOLE, jpeg_with, png_with, webp_with

from sdscan.reports.redaction import located

FORMATS = ("text", "json", "jsonl", "sarif", "junit", "csv", "markdown", "github", "gitlab", "html", "parquet")
SECRET = re.compile(r"zq[a-z0-9_]+", re.I)
"""Every word of the samples that nobody else may read begins so."""
INFOTEXT = (
    "zqfirst, hatsune miku, (zqweighted:1.3), by greg rutkowski zqtail, <lora:zqlora_miku:0.8>, <lora:zqother:1>, embedding:zqembedding, nude zqchild loli\n"
    "Negative prompt: zqnegative, kagamine rin, zqbad_hands\n"
    "Steps: 20, Sampler: zqsampler, CFG scale: 7, Seed: 777000777, Size: 512x512, Model hash: abcdef0123, Model: zqmodel_miku, VAE: zqvae.pt, "
    'Hires prompt: "zqhires hatsune miku", ADetailer prompt: "zqface megurine luka", Template: "zqtemplate {a|b}", Lora hashes: "zqlora_miku: 0123456789ab", '
    "Styles: zqstyle, Init image: C:\\Users\\zquser\\zqfolder\\zqimage.png, ControlNet 0: \"Module: zqmodule, Model: zqcontrol\", zqkey: zqvalue, User: zqname, api key: sk-zq0123456789abcdefghijklmnopqrstuvwxyz01"
)
GRAPH = json.dumps({
    "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "zqdir\\zqckpt.safetensors"}},
    "2": {"class_type": "LoraLoader", "inputs": {"lora_name": "zqdir/zqgraphlora_miku.safetensors", "strength_model": 0.7, "strength_clip": 0.7, "model": ["1", 0], "clip": ["1", 1]}},
    "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "zqgraph hatsune miku, in the style of greg rutkowski", "clip": ["2", 1]}, "_meta": {"title": "zqtitle"}},
    "4": {"class_type": "ZqNode", "inputs": {"zq_text": "zqcustom kagamine rin", "path": "/home/zqperson/zqplace"}},
    "5": {"class_type": "KSampler", "inputs": {"model": ["2", 0], "positive": ["3", 0], "negative": ["4", 0], "seed": 5, "steps": 20}},
    "6": {"class_type": "LoadImage", "inputs": {"image": "zqreference_frame.png"}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["5", 0], "filename_prefix": "zqprefix"}},
})  # fmt: skip
LORA = kohya(
    "zqoutput_miku", {"10_zqfolder hatsune miku": {"hatsune miku": 20, "zqtag_one": 20, "zq two words": 3}, "5_anime screencap": {"zqscreencap": 9, "anime screencap": 9}},
    ss_training_comment="zqcomment by zqtrainer", ss_sd_model_name="/home/zqhome/zqbase.safetensors",
    **{"modelspec.title": "zqspec hatsune miku", "modelspec.author": "zqauthor", "modelspec.trigger_phrase": "zqtrigger, hatsune miku", "modelspec.description": "zqdescription"},
)  # fmt: skip
INFO = {"name": "zqcivitai", "trainedWords": ["zqtrained", "hatsune miku"], "description": "zqlong", "model": {"name": "zqmodelname", "allowCommercialUse": "None"}, "creator": {"username": "zqcreator"}}
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="zqtool"><dc:description>zqxmp hatsune miku</dc:description>'
    "<dc:creator>zqcreator greg rutkowski</dc:creator><dc:subject>zqsubject</dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>"
)
PICTURES = {
    "infotext.png": png_with(text_chunk(b"parameters", INFOTEXT.encode())),
    "graph.png": png_with(text_chunk(b"prompt", GRAPH.encode()), text_chunk(b"workflow", b'{"nodes": [{"id": 1, "type": "Note", "widgets_values": ["zqnote hatsune miku"]}], "links": []}')),
    "unknown.png": png_with(text_chunk(b"zqkeyword", b"zqunknown hatsune miku"), text_chunk(b"Comment", b"zqcomment"), text_chunk(b"Author", b"zqauthor")),
    "damaged.png": png_with(text_chunk(b"parameters", INFOTEXT.encode()))[:-80],
    "json.png": png_with(text_chunk(b"prompt", b'{"zqbroken": zqjson')),
    "exif.jpg": jpeg_with(tiff([(0x013B, ASCII, b"zqartist\0"), (0x010E, ASCII, b"zqcaption hatsune miku\0")], [(0x9286, UNDEFINED, user_comment(INFOTEXT))])),
    "xmp.webp": webp_with(riff_chunk(b"XMP ", XMP.encode()), riff_chunk(b"EXIF", EXIF)),
    "sidecar.png": png_with(), "whole.png": WHOLE["text.png"], "odd.png": png_with(chunk(b"zQxx", b"zqchunk")),
}  # fmt: skip
TEXTS = {"sidecar.txt": INFOTEXT}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures and models, and what an earlier scan saved without redaction."""
    folder = tmp_path_factory.mktemp("redaction")
    (folder / "pictures").mkdir()
    (folder / "models").mkdir()
    for name, data in PICTURES.items():
        (folder / "pictures" / name).write_bytes(data)
    for name, words in TEXTS.items():
        (folder / "pictures" / name).write_text(words)
    for name, data in {
        "one.safetensors": safetensors(LORA), "two.pt": pickled(mapping(string_to_param=mapping(zqtoken=b"K\1"), name=text("zqembedding hatsune miku")) + b"0czqmodule\nzqfunction\n"),
        "broken.safetensors": safetensors(LORA)[:400],
    }.items():  # fmt: skip
        (folder / "models" / name).write_bytes(data)
    (folder / "models" / "one.civitai.info").write_text(json.dumps(INFO))
    done = sdscan(folder, "scan", *PLACES, "--no-redact", "-o", "json:saved.json", "-o", "jsonl:saved.jsonl")
    assert done.returncode in (1, 3), done.stderr
    return folder


PLACES = ("pictures", "models", "--models", "models", "--isolated", "--no-catalog", "--platform", "pixiv", "--platform", "booth", "--platform", "civitai")


def sdscan(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """The installed command with the suite's compiled watchlists."""
    return subprocess.run([*SDSCAN, *arguments], cwd=folder, env={**environment(folder), "SDSCAN_CACHE_DIR": os.environ["SDSCAN_CACHE_DIR"]}, capture_output=True, timeout=120)


def read(path: Path) -> str:
    """A report as text; the cells of a Parquet file one a line."""
    if path.name != "parquet":
        return path.read_text(encoding="utf-8")
    table = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed").read_table(path)
    return "\n".join(str(row) for row in table.to_pylist()) + str(table.schema)


def outputs(folder: Path, *command: str) -> dict[str, str]:
    """Every format of one run, in one go."""
    arguments = [argument for form in FORMATS for argument in ("-o", f"{form}:out/{form}")]
    (folder / "out").mkdir(exist_ok=True)
    for path in (folder / "out").iterdir():
        path.unlink()
    done = sdscan(folder, *command, *arguments)
    assert b"Traceback" not in done.stderr
    assert done.returncode in (0, 1, 3), done.stderr
    return {path.name: read(path) for path in sorted((folder / "out").iterdir())}


def test_the_samples_hold_the_words_and_are_found(place: Path) -> None:
    """Else the others would prove nothing."""
    whole = (place / "saved.json").read_text(encoding="utf-8")
    for word in ("zqfirst", "zqnegative", "zqlora_miku", "zqgraph", "zqcustom", "zqtag_one", "zqtrigger", "zqtrained", "zqunknown", "zqvae", "zqhires", "zqface", "zquser"):
        assert word in whole, word
    rules = {finding["rule"] for file in json.loads(whole)["files"] for finding in file["findings"]}
    assert {"SD101", "SD201", "SD401", "SD606", "SD603", "SD104"} <= rules


@pytest.mark.parametrize("command", [("scan", *PLACES, "--redact", "--thorough", "-vv"), ("report", "saved.json", "--redact"), ("report", "saved.jsonl", "--redact")], ids=lambda c: " ".join(c[:2]))
def test_no_format_shows_a_word(place: Path, command: tuple[str, ...]) -> None:
    found = outputs(place, *command)
    assert set(FORMATS) == set(found)
    assert {form: sorted(set(SECRET.findall(whole))) for form, whole in found.items() if SECRET.search(whole)} == {}
    for form, whole in found.items():
        assert "777000777" not in whole, form
        assert "Hatsune Miku" in whole, f"{form} still says what the risk is"


def test_what_is_meant_for_others_is_redacted_without_being_asked(place: Path) -> None:
    found = outputs(place, "scan", *PLACES)
    assert {"sarif", "junit", "github", "gitlab"} == {form for form, whole in found.items() if not SECRET.search(whole)}


def test_no_report_holds_an_absolute_path(place: Path) -> None:
    for hide in ("--redact", "--no-redact"):
        for form, whole in outputs(place, "scan", *PLACES, hide).items():
            assert str(place) not in whole, form
            assert str(place.parent) not in whole, form
            assert os.path.expanduser("~/.cache") not in whole, form


@pytest.mark.parametrize(
    ("locator", "expected"),
    [
        ("png:tEXt/parameters", "png:tEXt/parameters"), ("png:tEXt/prompt#6.inputs.text", "png:tEXt/prompt#6.inputs.text"), ("file name", "file name"),
        ("ss_tag_frequency", "ss_tag_frequency"), ("modelspec.trigger_phrase", "modelspec.trigger_phrase"), ("png:tEXt/parameters#ADetailer prompt", "png:tEXt/parameters#ADetailer prompt"),
        ("png:tEXt/parameters#controlnet 0", "png:tEXt/parameters#controlnet 0"), ("png:tEXt/Comment#v4_prompt.caption.char_captions[1].char_caption", None),
        ("ss_tag_frequency/10_somebody (folder name)", None), ("png:tEXt/my secret", None), ("png:tEXt/prompt#9.inputs.sécret", None),
    ],
)  # fmt: skip
def test_a_locator_keeps_what_programs_write(locator: str, expected: str | None) -> None:
    found = located(locator)
    assert expected in (None, found)
    assert not any(word in found for word in ("somebody", "secret", "sécret"))
    assert found.startswith(locator.split("/")[0])
