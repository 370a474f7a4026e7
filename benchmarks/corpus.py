"""Makes a folder of pictures as generators leave them: sessions of neighbours that share prompts, models and settings.

    python -m benchmarks.corpus FOLDER [COUNT]

Valid small PNG files with the text chunks of A1111 (85 %), ComfyUI (10 %) and none (5 %), a thousand a day folder, the same bytes on every
machine. Tags are drawn as in real folders: few very often, many seldom. A third of the prompts names a character or an artist.
"""

from __future__ import annotations

import json
import os
import random
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

FOLDER = 1_000
"""Pictures a day folder."""
NAMES = 110_000
"""Rows of the tag list."""
_COLORS = "red blue green black white grey brown blonde silver golden pink purple orange teal navy".split()
_WORN = "dress shirt jacket coat skirt scarf ribbon hat boots gloves cape kimono hoodie apron uniform sweater cloak armor".split()
_LOOKS = "long short curly straight braided messy wavy tied".split()
_PLACES = (
    "forest beach city street library cafe castle garden mountain river rooftop classroom shrine station market desert meadow "
    "harbor bridge kitchen workshop field cave temple park ruins snowfield lake".split()
)
_LIGHTS = (
    "sunset sunrise night noon dusk moonlight backlighting neon candlelight overcast rain snow fog starlight".split()
)
_VIEWS = "from above,from below,from side,from behind,cowboy shot,full body,upper body,portrait,close-up,wide shot,dutch angle,profile".split(
    ","
)
_ACTS = "standing sitting walking running reading smiling looking holding pointing waving sleeping singing cooking painting".split()
_THINGS = (
    "book sword umbrella cup lantern flower cat dog bird guitar camera bag letter map staff fan bicycle train".split()
)
_QUALITY = (
    "masterpiece, best quality, highly detailed, absurdres, 8k, sharp focus, intricate details, "
    "cinematic lighting, depth of field, official art, very aesthetic, newest"
).split(", ")
_NAMES = (
    "hatsune miku,by greg rutkowski,frieren,artgerm,saber (fate),asuka langley soryu,alphonse mucha,rem (re:zero),zelda,"
    "by makoto shinkai,megumin,art by wlop,2b (nier:automata),nami (one piece),in the style of claude monet,tifa lockhart"
).split(",")
_NEGATIVES = (
    "lowres, bad anatomy, bad hands, text, error, missing fingers, extra digit, fewer digits, cropped, worst quality, low quality, "
    "normal quality, jpeg artifacts, signature, watermark, username, blurry",
    "(worst quality, low quality:1.4), blurry, monochrome, bad proportions, extra limbs, text, logo",
    "EasyNegative, badhandv4, (low quality:1.2), watermark, signature",
    "score_6, score_5, score_4, source_pony, simple background, artist name, watermark",
    "ugly, deformed, noisy, blurry, low contrast, duplicate, cropped",
)
_MODELS = (
    "anyloraCheckpoint_v1",
    "ponyDiffusionV6XL",
    "animagineXL31",
    "dreamshaper_8",
    "sd_xl_base_1.0",
    "revAnimated_v122",
)
_SAMPLERS = ("Euler a", "DPM++ 2M Karras", "DPM++ SDE Karras", "DDIM", "UniPC")
_SIZES = ((512, 768), (832, 1216), (1024, 1024), (768, 512), (1216, 832))


def tags() -> list[str]:
    """The vocabulary, in an order that serves as its ranks."""
    made = [*_QUALITY, *_VIEWS, *_LIGHTS, *_ACTS]
    made += [f"{look} hair" for look in _LOOKS] + [f"{color} {part}" for color in _COLORS for part in ("hair", "eyes")]
    made += [f"{color} {worn}" for color in _COLORS for worn in _WORN]
    made += [f"{act} {'at' if act == 'looking' else 'with'} {thing}" for act in _ACTS for thing in _THINGS]
    made += [f"{light} {place}" for light in _LIGHTS for place in _PLACES]
    random.Random(7).shuffle(made)
    return ["1girl", "solo", *made]


def pictures(count: int, seed: int = 1, session: int = 16) -> Iterator[bytes]:
    """`count` PNG files. `session`: neighbours that share a prompt, at most; 1: every file has a prompt of its own."""
    chance = random.Random(seed)
    words = tags()
    weights = [1 / (rank + 4) for rank in range(len(words))]
    loras = [f"{word.replace(' ', '_')}_v{number}" for number, word in enumerate(words[20:80], 1)]
    made = 0
    while made < count:
        prompt = _prompt(chance, words, weights, loras)
        settings = _settings(chance)
        kind = chance.choices(("a1111", "comfyui", "none"), (85, 10, 5))[0]
        for _ in range(min(chance.randint(1, session), count - made)):
            made += 1
            yield _picture(kind, prompt, settings, chance.randrange(1 << 32))


class _Settings:
    def __init__(self, chance: random.Random) -> None:
        self.negative = chance.choice(_NEGATIVES)
        self.model = chance.choice(_MODELS)
        self.sampler = chance.choice(_SAMPLERS)
        self.size = chance.choice(_SIZES)
        self.steps = chance.choice((20, 25, 28, 30))
        self.scale = chance.choice((5, 6.5, 7, 7.5))
        self.hires = chance.random() < 0.4
        self.color = chance.randrange(1 << 24)


_settings = _Settings


def _prompt(chance: random.Random, words: list[str], weights: list[float], loras: list[str]) -> str:
    chosen = list(dict.fromkeys(chance.choices(words, weights, k=chance.randint(18, 55))))
    if chance.random() < 0.33:
        chosen.insert(chance.randint(0, 4), chance.choice(_NAMES))
    for place in range(len(chosen)):
        if chance.random() < 0.08:
            chosen[place] = f"({chosen[place]}:{chance.choice((0.8, 1.1, 1.2, 1.3))})"
    chosen += [
        f"<lora:{name}:{chance.choice((0.4, 0.6, 0.8, 1))}>"
        for name in chance.sample(loras, chance.choice((0, 0, 1, 1, 2)))
    ]
    return ", ".join(chosen)


def _picture(kind: str, prompt: str, settings: _Settings, seed: int) -> bytes:
    if kind == "none":
        return png(settings.color)
    if kind == "comfyui":
        prompt_graph, canvas = _graph(prompt, settings, seed)
        return png(settings.color, _text("prompt", json.dumps(prompt_graph)), _text("workflow", json.dumps(canvas)))
    return png(settings.color, _text("parameters", infotext(prompt, settings, seed)))


def infotext(prompt: str, settings: _Settings, seed: int) -> str:
    """As A1111 1.10 writes it."""
    width, height = settings.size
    digest = f"{zlib.crc32(settings.model.encode()):08x}af"
    hires = (
        f"Denoising strength: 0.4, Hires upscale: 1.5, Hires upscaler: 4x-UltraSharp, Hires steps: {settings.steps // 2}, "
        if settings.hires
        else ""
    )
    return (
        f"{prompt}\nNegative prompt: {settings.negative}\nSteps: {settings.steps}, Sampler: {settings.sampler}, CFG scale: {settings.scale}, "
        f"Seed: {seed}, Size: {width}x{height}, Model hash: {digest}, Model: {settings.model}, VAE: vae-ft-mse-840000-ema-pruned.safetensors, "
        f"Clip skip: 2, {hires}Version: v1.10.1"
    )


def _graph(prompt: str, settings: _Settings, seed: int) -> tuple[dict[str, object], dict[str, object]]:
    """The default graph of ComfyUI with one LoRA: (as executed, as drawn)."""
    width, height = settings.size
    nodes: list[tuple[str, dict[str, object]]] = [
        ("CheckpointLoaderSimple", {"ckpt_name": f"{settings.model}.safetensors"}),
        ("LoraLoader", {"lora_name": "red_dress_v3.safetensors", "strength_model": 0.8, "strength_clip": 0.8, "model": ["1", 0], "clip": ["1", 1]}),
        ("CLIPTextEncode", {"text": prompt, "clip": ["2", 1]}),
        ("CLIPTextEncode", {"text": settings.negative, "clip": ["2", 1]}),
        ("EmptyLatentImage", {"width": width, "height": height, "batch_size": 1}),
        (
            "KSampler",
            {
                "seed": seed, "steps": settings.steps, "cfg": settings.scale, "sampler_name": "euler", "scheduler": "normal",
                "denoise": 1, "model": ["2", 0], "positive": ["3", 0], "negative": ["4", 0], "latent_image": ["5", 0],
            },
        ),
        ("VAEDecode", {"samples": ["6", 0], "vae": ["1", 2]}),
        ("SaveImage", {"filename_prefix": "ComfyUI", "images": ["7", 0]}),
    ]  # fmt: skip
    executed: dict[str, object] = {}
    drawn: list[object] = []
    links: list[object] = []
    for number, (kind, inputs) in enumerate(nodes, 1):
        executed[str(number)] = {"inputs": inputs, "class_type": kind, "_meta": {"title": kind}}
        slots: list[object] = []
        for name, value in inputs.items():
            if isinstance(value, list):
                links.append([len(links) + 1, int(value[0]), value[1], number, len(slots), name.upper()])
                slots.append({"name": name, "type": name.upper(), "link": len(links)})
        widgets = [value for value in inputs.values() if not isinstance(value, list)]
        drawn.append(
            {"id": number, "type": kind, "pos": [number * 300, 200], "size": [300, 200], "flags": {}, "order": number, "mode": 0,
             "inputs": slots, "outputs": [], "properties": {"Node name for S&R": kind}, "widgets_values": widgets}
        )  # fmt: skip
    canvas: dict[str, object] = {
        "last_node_id": len(nodes), "last_link_id": len(links), "nodes": drawn, "links": links, "groups": [], "config": {}, "extra": {}, "version": 0.4,
    }  # fmt: skip
    return executed, canvas


def with_infotext(text: str) -> bytes:
    """A picture with A1111's text."""
    return png(0x808080, _text("parameters", text))


def png(color: int, *chunks: bytes) -> bytes:
    """A valid 64 x 64 picture of one color."""
    row = b"\0" + color.to_bytes(3, "big") * 64
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + b"".join(chunks)
        + _chunk(b"IDAT", zlib.compress(row * 64, 1))
        + _chunk(b"IEND", b"")
    )


def _text(key: str, value: str) -> bytes:
    return _chunk(b"tEXt", key.encode() + b"\0" + value.encode("latin-1", "replace"))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def write(folder: Path, count: int, seed: int = 1, session: int = 16) -> int:
    """Write `count` pictures below `folder`; their bytes. Does nothing where they are there already."""
    stamp = folder / ".corpus"
    wanted = f"{count} {seed} {session}"
    if stamp.exists() and stamp.read_text().split("\n")[0] == wanted:
        return int(stamp.read_text().split("\n")[1])
    size = 0
    for number, data in enumerate(pictures(count, seed, session)):
        day = folder / f"day-{number // FOLDER:04d}"
        if number % FOLDER == 0:
            day.mkdir(parents=True, exist_ok=True)
        (day / f"{number:07d}.png").write_bytes(data)
        size += len(data)
    stamp.write_text(f"{wanted}\n{size}")
    return size


def write_links(folder: Path, source: Path, count: int) -> None:
    """`count` hard links to the pictures of `source`, in turn, a thousand a folder: a large gallery that takes no room."""
    stamp = folder / ".corpus"
    if stamp.exists() and stamp.read_text() == str(count):
        return
    files = sorted(source.glob("day-*/*.png"))
    for number in range(count):
        day = folder / f"day-{number // FOLDER:04d}"
        if number % FOLDER == 0:
            day.mkdir(parents=True, exist_ok=True)
        os.link(files[number % len(files)], day / f"{number:07d}.png")
    stamp.write_text(str(count))


def write_models(folder: Path, count: int) -> None:
    """`count` LoRA files as kohya's trainer leaves them: a header of some 20 KiB, and a hole where the weights would be."""
    stamp = folder / ".corpus"
    if stamp.exists() and stamp.read_text() == str(count):
        return
    chance = random.Random(5)
    words = tags()
    tensors = _tensors()
    for number in range(count):
        day = folder / f"part-{number // FOLDER:02d}"
        if number % FOLDER == 0:
            day.mkdir(parents=True, exist_ok=True)
        name = f"{chance.choice(words).replace(' ', '_')}_v{number}"
        head = json.dumps({"__metadata__": _training(chance, words, name), **tensors}).encode()
        head += b" " * (-len(head) % 8)
        with open(day / f"{name.replace('/', '_')}.safetensors", "wb") as file:
            file.write(struct.pack("<Q", len(head)) + head)
            file.truncate(8 + len(head) + 1024 * len(tensors))
    stamp.write_text(str(count))


def _tensors() -> dict[str, object]:
    found: dict[str, object] = {}
    for block in range(32):
        for part in ("down", "up", "alpha"):
            at = 1024 * len(found)
            name = f"lora_unet_blocks_{block}_attentions_0_proj_in." + (
                part if part == "alpha" else f"lora_{part}.weight"
            )
            found[name] = {"dtype": "F16", "shape": [8, 64], "data_offsets": [at, at + 1024]}
    return found


def _training(chance: random.Random, words: list[str], name: str) -> dict[str, str]:
    chosen = chance.sample(words, 120)
    images = chance.randint(20, 200)
    return {
        "ss_output_name": name, "ss_network_module": "networks.lora", "ss_network_dim": "32", "ss_network_alpha": "16",
        "ss_base_model_version": "sd_v1", "ss_sd_model_name": f"{chance.choice(_MODELS)}.safetensors", "ss_num_train_images": str(images),
        "ss_learning_rate": "0.0001", "ss_epoch": "10", "ss_steps": "2400", "ss_resolution": "(768, 768)", "ss_clip_skip": "2",
        "ss_dataset_dirs": json.dumps({f"10_{name}": {"n_repeats": 10, "img_count": images}}),
        "ss_tag_frequency": json.dumps({f"10_{name}": {word: chance.randint(1, images) for word in chosen}}),
    }  # fmt: skip


def names(path: Path) -> None:
    """A watchlist of invented names, as a tag list: for machines without a real one of that size."""
    chance, count = random.Random(3), NAMES
    parts = [a + b for a in "k s t n h m y r g z d b p".split() for b in "a i u e o an in on".split()]
    rows: dict[str, str] = {}
    while len(rows) < count:
        name = (
            "".join(chance.choices(parts, k=chance.randint(2, 4)))
            + "_"
            + "".join(chance.choices(parts, k=chance.randint(1, 3)))
        )
        rows[name] = f"{name},{chance.choice((1, 3, 4, 4))},{chance.randint(50, 9000)},\n"
    path.write_text("".join(rows.values()))


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 20_000)
