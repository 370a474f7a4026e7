"""The page of formats and writers. Its table of writers is the registry of the fixtures that the tests send down the line.

A row of `tests/facts/writers/rows.py` is one writer in one container, with everything that must be read from it: what the page
promises, a test holds.
"""

from __future__ import annotations

from tests.facts.writers.rows import ROWS, Row

CONTAINERS: dict[str, tuple[str, str]] = {
    "png": (
        "PNG, APNG",
        "tEXt, zTXt, iTXt, eXIf, `comf`, XMP, C2PA; also behind the pixels and after the end; hidden copies in the pixels",
    ),
    "jpeg": ("JPEG", "EXIF, XMP (also extended), IPTC, C2PA, comments"),
    "webp": ("WebP", "EXIF, XMP, C2PA; hidden copies where pixels are lossless"),
    "avif": ("AVIF", "EXIF, XMP and text items, C2PA"),
    "heif": ("HEIC, HEIF", "EXIF, XMP and text items, C2PA"),
    "jxl": ("JPEG XL", "Exif, xml, C2PA boxes; compressed ones with `sdscan[brotli]`"),
    "gif": ("GIF", "comments, XMP, C2PA"),
    "tiff": ("TIFF, BigTIFF", "texts of all directories, XMP, IPTC, C2PA"),
    "bmp": ("BMP", "measured; it has no place for metadata"),
    "mp4": ("MP4, MOV, M4A", "`keys`/`ilst`, `udta` texts, XMP, C2PA"),
    "webm": ("WebM, Matroska", "Tags and title"),
    "flac": ("FLAC", "Vorbis comments"),
    "ogg": ("Ogg Vorbis, Opus", "Vorbis comments"),
    "mp3": ("MP3", "ID3v2 frames, ID3v1 comment, XMP, C2PA"),
}
"""Format by content → (files, what is read)."""

MODELS = (
    (
        "safetensors",
        "header: training metadata of kohya, OneTrainer, ai-toolkit, SimpleTuner, musubi, diffusers; `modelspec.*`; hashes; tensor names",
    ),
    (
        ".pt, .pth, .ckpt, .bin",
        "zip directory and pickle opcodes, read and never executed: embeddings' names, and globals that loading would import",
    ),
    ("sidecars", "`.civitai.info`, `.json`, `.cm-info.json`, `.metadata.json`, `metadata.json`, `.txt`, README"),
)


COLUMNS = ("prompt", "negative", "LoRA", "weight", "hash", "model", "AI mark")


def read_of(row: Row) -> tuple[bool, ...]:
    """Which of `COLUMNS` the fixture of a row yields."""
    roles = {role for role, _ in row.prompts}
    loras = [model for model in row.models if model[0] == "lora"]
    return (
        bool(roles & {"positive", "unknown"}), "negative" in roles, bool(loras), any(weight is not None for _, _, weight, _ in loras),
        any(digest for _, _, _, digest in row.models), any(kind == "checkpoint" for kind, *_ in row.models), bool(row.marks),
    )  # fmt: skip


def support_table() -> str:
    """One line a writer and container; places that yield the same share a line."""
    lines: dict[tuple[str, str, str, tuple[bool, ...]], list[str]] = {}
    for row in ROWS:
        lines.setdefault((row.program, row.tool, row.container, read_of(row)), []).append(row.place)
    head = (
        f"| program | `tool` | format | stands in | {' | '.join(COLUMNS)} |\n|---|---|---|---|{'---|' * len(COLUMNS)}\n"
    )
    return head + "".join(
        f"| {program} | `{tool}` | {container} | {'; '.join(places)} | {' | '.join('yes' if cell else '' for cell in cells)} |\n"
        for (program, tool, container, cells), places in lines.items()
    )


def formats_page() -> str:
    """The page, from the registries of containers and decoders."""
    from sdscan.facts.containers import CONTAINERS as WALKERS
    from sdscan.facts.decoders import TOOLS

    if list(CONTAINERS) != list(WALKERS):
        raise SystemExit(f"formats: containers differ: {set(CONTAINERS) ^ set(WALKERS)}")
    if {row.tool for row in ROWS} != set(TOOLS):
        raise SystemExit(f"formats: writers differ: { {row.tool for row in ROWS} ^ set(TOOLS) }")
    return (
        "# Formats and writers\n\nThe format is told by content, never by name. Pixels, film and sound are hopped over by their length, to the "
        "end of the file; what is damaged is reported, and what could be read is used.\n\n## Containers\n\n| format | files | what is read |\n|---|---|---|\n"
        + "".join(f"| `{name}` | {files} | {what} |\n" for name, (files, what) in CONTAINERS.items())
        + "\nBeside a picture these are looked at: `.txt`, `.json`, `.swarm.json`, `.metadata.json`, and Fooocus' `log.html`. A caption of a training set "
        "is no generation data.\n\n## Model files\n\n| file | what is read |\n|---|---|\n"
        + "".join(f"| {name} | {what} |\n" for name, what in MODELS)
        + "\n## Writers\n\nEvery writer found in a file is kept, not only the first. Each line stands on fixtures that are spelled out byte by byte from the "
        "writer's rule and sent down the whole line by the tests. An empty cell means that the writer does not put it there, not that it is skipped. The text of a program that "
        "sdscan does not know is kept raw, shown, and matched.\n\n"
        + support_table()
        + "\n## AI marks\n\n| mark | stands in |\n|---|---|\n"
        "| IPTC DigitalSourceType | XMP, C2PA actions |\n"
        "| C2PA manifest | `caBX` in PNG, APP11 in JPEG, `C2PA` in WebP, boxes in ISO files; its signature is verified with `sdscan[c2pa]` |\n"
        "| AIGC label (China) | key `AIGC` in PNG, EXIF, XMP, MP4 |\n\n"
        "## Hidden copies\n\nThe lowest bits of the alpha or colour channels (`stealth_pnginfo`, `stealth_pngcomp`, `stealth_rgbinfo`, `stealth_rgbcomp`) are read "
        "where there is an alpha channel, and everywhere with `--thorough`. Other invisible watermarks are not looked for.\n"
    )
