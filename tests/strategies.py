"""Strategies for hypothesis: a whole file of each container around any text, and texts of each grammar beside what they mean.

Everything is spelled out from the formats' specifications (tests/facts/writers/wrapping.py); nothing here asks sdscan what it would read.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple

from hypothesis import strategies as st

from tests.facts.decoders.comfyui.comfyui_graphs import node, txt2img
from tests.facts.writers import wrapping as w

# ---- texts -------------------------------------------------------------------------------------------------------------

_LETTERS = st.characters(categories=["Lu", "Ll", "Lo", "Nd", "Pc", "Pd", "Ps", "Pe", "Po", "Sm", "Sk", "So"])
WORDS = st.sampled_from(
    ["fox", "ink wash", "1girl", "初音", "red_hair", "a.b", "c/d", "e-f", "Größe", "ミク", "🦊", "x2"]
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """What a person may write into a prompt: begins and ends with a letter, holds line ends, blanks and every script."""
    middle = draw(st.text(st.one_of(_LETTERS, st.sampled_from(" \n,:;()[]{}<>\"'\\|=&%")), max_size=60))
    return f"a fox {middle} on the hill"


# ---- containers --------------------------------------------------------------------------------------------------------

CARRIERS: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "png tEXt": ("x.png", lambda text: w.png_utf8(("parameters", text))),
    "png iTXt": ("x.png", lambda text: w.png_itxt(("parameters", text))),
    "png iTXt, packed": ("x.png", lambda text: w.png_itxt(("parameters", text), packed=True)),
    "png eXIf": ("x.png", lambda text: w.png_exif(w.comment_be(text))),
    "png XMP": ("x.png", lambda text: w.png_xmp(w.xmp_packet(f"<dc:description>{w.xmp_text(text)}</dc:description>"))),
    "png, in alpha": ("x.png", lambda text: w.png_hidden("stealth_pnginfo", text)),
    "png, packed in alpha": ("x.png", lambda text: w.png_hidden("stealth_pngcomp", text)),
    "jpeg UserComment": ("x.jpg", lambda text: w.jpeg_exif(w.comment_be_in_le(text))),
    "jpeg UserComment, little-endian": ("x.jpg", lambda text: w.jpeg_exif(w.comment_le(text))),
    "jpeg UserComment, ASCII": ("x.jpg", lambda text: w.jpeg_exif(w.comment_ascii(text))),
    "jpeg COM": ("x.jpg", w.jpeg_com),
    "webp EXIF": ("x.webp", lambda text: w.webp_exif(w.comment_be(text))),
    "webp EXIF with a prefix": ("x.webp", lambda text: w.webp_exif(w.comment_ascii(text), prefix=True)),
    "avif Exif": ("x.avif", lambda text: w.avif_exif(w.comment_be(text))),
    "heif Exif": ("x.heic", lambda text: w.heif_exif(w.comment_ascii(text))),
    "jxl Exif": ("x.jxl", lambda text: w.jxl_exif(w.comment_be(text))),
    "tiff": ("x.tif", lambda text: w.tiff_exif(w.ascii_tag(w.DESCRIPTION, text))),
    "gif": ("x.gif", w.gif_comment),
    "mp4 keys": ("x.mp4", lambda text: w.mp4_keys(("parameters", text))),
    "mp4 comment": ("x.mp4", w.mp4_comment),
    "webm": ("x.webm", lambda text: w.webm_tags(("parameters", text))),
    "flac": ("x.flac", lambda text: w.flac_comments(("parameters", text))),
    "ogg": ("x.opus", lambda text: w.opus_comments(("parameters", text))),
    "mp3": ("x.mp3", lambda text: w.mp3_texts(("parameters", text))),
}  # fmt: skip
"""Place of a text → (name of the file, what makes it)."""


class Changed(NamedTuple):
    """A file that something happened to."""

    name: str
    whole: bytes
    data: bytes


@st.composite
def damaged_files(draw: st.DrawFn) -> Changed:
    """A file with a piece taken out, put in, or written over."""
    name, make = CARRIERS[draw(st.sampled_from(sorted(CARRIERS)))]
    whole = make(draw(infotexts()).text)
    at = draw(st.integers(0, len(whole)))
    drop, noise = draw(st.integers(0, 20)), draw(st.binary(max_size=8))
    return Changed(name, whole, whole[:at] + noise + whole[at + drop :])


# ---- infotext ----------------------------------------------------------------------------------------------------------


class Infotext(NamedTuple):
    """An infotext and what it was made of."""

    text: str
    prompt: str
    negative: str
    settings: tuple[tuple[str, str], ...]


_VALUES = st.text(st.one_of(_LETTERS, st.sampled_from(' ,:"\\')), min_size=1, max_size=20).map(lambda text: f"v{text}v")
_KEYS = st.sampled_from(
    ["Model", "VAE", "Schedule type", "Clip skip", "Lora hashes", "Hires upscaler", "ADetailer prompt", "RNG"]
)


@st.composite
def infotexts(draw: st.DrawFn) -> Infotext:
    """As `create_infotext` of A1111 writes them: a value that holds a comma, a colon or a line end is written as JSON."""
    prompt = draw(st.lists(WORDS, min_size=1, max_size=6).map(", ".join))
    negative = draw(st.one_of(st.just(""), st.lists(WORDS, min_size=1, max_size=3).map(", ".join)))
    settings = [("Steps", "20"), ("Sampler", "Euler a"), ("CFG scale", "7"), ("Seed", "1234567"), ("Size", "64x48")]
    settings += draw(st.dictionaries(_KEYS, _VALUES, max_size=4)).items()
    written = ", ".join(f"{key}: {_quoted(value)}" for key, value in settings)
    middle = f"\nNegative prompt: {negative}" if negative else ""
    return Infotext(f"{prompt}{middle}\n{written}", prompt, negative, tuple(settings))


def _quoted(value: str) -> str:
    """`quote` of A1111: JSON where the text would not be read back otherwise."""
    return json.dumps(value, ensure_ascii=False) if set(value) & set(',:\n"') else value


# ---- prompts -----------------------------------------------------------------------------------------------------------


class Weighed(NamedTuple):
    """A prompt, and the weight of each of its words (`word0`, `word1` …)."""

    text: str
    weights: tuple[tuple[str, float], ...]


@st.composite
def prompts(draw: st.DrawFn) -> Weighed:
    """Words in brackets of A1111, one in the other: `(x:1.2)`, `((x))`, `[x]`."""
    parts, weights = [], []
    for number in range(draw(st.integers(1, 6))):
        text, weight = f"word{number}", 1.0
        for kind in draw(st.lists(st.sampled_from(["(", "[", "(:"]), max_size=4)):
            if kind == "(:":
                factor = draw(st.sampled_from([0.5, 0.8, 1.2, 1.35, 2.0]))
                text, weight = f"({text}:{factor})", weight * factor
            else:
                text, weight = (f"({text})", weight * 1.1) if kind == "(" else (f"[{text}]", weight / 1.1)
        parts.append(text)
        weights.append((f"word{number}", weight))
    return Weighed(draw(st.sampled_from([", ", "\n", " , "])).join(parts), tuple(weights))


# ---- graphs ------------------------------------------------------------------------------------------------------------


class Graph(NamedTuple):
    """A ComfyUI graph, and what it draws."""

    text: str
    positive: str
    negative: str
    loras: tuple[tuple[str, float], ...]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """A chain of LoRAs before the sampler, the positive text put together by string nodes, and ids in any order."""
    pieces = draw(st.lists(WORDS, min_size=1, max_size=4))
    negative = draw(st.lists(WORDS, min_size=1, max_size=3).map(", ".join))
    loras = draw(
        st.lists(
            st.tuples(st.from_regex(r"[a-z]{3,8}_[0-9]{2}", fullmatch=True), st.sampled_from([0.4, 0.75, 1.0])),
            max_size=4,
            unique_by=lambda one: one[0],
        )
    )
    more = {}
    model: list[object] = ["4", 0]
    for number, (name, strength) in enumerate(loras):
        more[f"n{100 + number}"] = node(
            "LoraLoaderModelOnly", model=model, lora_name=f"{name}.safetensors", strength_model=strength
        )
        model = [str(100 + number), 0]
    positive: object = pieces[0]
    text = pieces[0]
    for number, piece in enumerate(pieces[1:]):
        more[f"n{200 + number}"] = node("StringConcatenate", string_a=positive, string_b=piece, delimiter=", ")
        positive, text = [str(200 + number), 0], f"{text}, {piece}"
    graph = txt2img(positive, negative, model, **more)
    order = draw(st.permutations(sorted(graph)))
    return Graph(
        json.dumps({key: graph[key] for key in order}, ensure_ascii=draw(st.booleans())), text, negative, tuple(loras)
    )


# ---- blocks ------------------------------------------------------------------------------------------------------------

PROPERTIES = st.dictionaries(
    st.sampled_from(["dc:title", "photoshop:Credit", "xmp:Label", "exif:ImageUniqueID", "dc:source"]),
    texts(),
    min_size=1,
)
TAGS = st.dictionaries(st.sampled_from([0x010D, 0x010E, 0x010F, 0x0110, 0x0131, 0x013B]), texts(), min_size=1)
"""Tags of the first EXIF directory that hold a text."""
HEADERS = st.dictionaries(
    st.from_regex(r"(ss|modelspec)[a-z_.]{2,20}", fullmatch=True), texts(), min_size=1, max_size=6
)
"""Metadata of safetensors."""
