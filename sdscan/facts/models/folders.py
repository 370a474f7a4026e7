"""Where known programs keep their models → the folders that exist, for `sdscan init` and `sdscan models`. Nothing in them is opened.

A1111, Forge and SD.Next, ComfyUI (with `extra_model_paths.yaml`), SwarmUI, InvokeAI and StabilityMatrix are known by their own layout, here, in
the folders above and below, and under telling names in the usual places of the home folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from sdscan.patterns import pattern


class Layout(Struct, frozen=True):
    """How one family of programs lays its folder out. Paths are relative to the program's root."""

    program: str
    marks: tuple[tuple[str, ...], ...]
    """Sets of paths; a root has all of one set."""
    folders: tuple[str, ...]
    """Where models lie."""


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "A1111, Forge, SD.Next",
        (("webui.py", "models"), ("launch.py", "modules"), ("models/Stable-diffusion", "models/Lora")),
        ("models/Lora", "models/LyCORIS", "embeddings", "models/embeddings", "models/hypernetworks", "models/Stable-diffusion"),
    ),
    Layout(
        "ComfyUI",
        (("main.py", "comfy"), ("models/checkpoints", "models/loras"), ("extra_model_paths.yaml",)),
        ("models/loras", "models/embeddings", "models/hypernetworks", "models/checkpoints", "models/diffusion_models", "models/unet"),
    ),
    Layout(
        "SwarmUI",
        (("Data/Settings.fds",), ("Models/Stable-Diffusion", "Models/Lora")),
        ("Models/Lora", "Models/Embeddings", "Models/Stable-Diffusion", "Models/diffusion_models"),
    ),
    Layout("InvokeAI", (("invokeai.yaml",),), ("models", "autoimport")),
    Layout(
        "StabilityMatrix",
        (("Data/Models",), ("Models/StableDiffusion", "Models/Lora")),
        tuple(f"{root}Models/{name}" for root in ("Data/", "") for name in ("Lora", "LyCORIS", "Embeddings", "TextualInversion", "Hypernetwork", "StableDiffusion")),
    ),
)  # fmt: skip
_TELLING = pattern(
    r"(?i)webui|forge|comfy|swarm|invoke|stability ?-?_?matrix|sd\.?next|automatic|stable[ _-]?diffusion"
)
"""Names of folders in the home folder that are worth a look."""
_PLACES = ("", "AI", "ai", "Documents", "Applications", ".local/share", "AppData/Roaming", "git", "src", "Projects")
_MOST = 500
"""Entries of one folder that are looked at."""
_YAML_KEYS = frozenset("loras lycoris checkpoints embeddings hypernetworks diffusion_models unet".split())
_YAML_LIMIT = 256 * 1024


def default_folders(start: Path | None = None, home: Path | None = None) -> tuple[Path, ...]:
    """Existing model folders, those near `start` (the current folder) first, each once; below it they are relative to it."""
    start = start or Path.cwd()
    roots = [*_near(start), *_at_home(home or Path.home())]
    found: dict[str, Path] = {}
    for root in roots:
        for folder in folders_of(root):
            found.setdefault(os.path.realpath(folder), folder)
    return tuple(folder.relative_to(start) if folder.is_relative_to(start) else folder for folder in found.values())


def folders_of(root: Path) -> list[Path]:
    """The existing model folders of a program that lives in `root`; none where no program does."""
    layouts = [
        layout for layout in LAYOUTS if any(all((root / mark).exists() for mark in marks) for marks in layout.marks)
    ]
    found = [root / folder for layout in layouts for folder in layout.folders]
    if any(layout.program == "ComfyUI" for layout in layouts):
        found += extra_model_paths(root / "extra_model_paths.yaml")
    return list(dict.fromkeys(folder for folder in found if folder.is_dir()))


def extra_model_paths(path: Path) -> list[Path]:
    """Folders that ComfyUI's `extra_model_paths.yaml` names: `base_path` and the keys of a section, each one path or several lines.

    The part of YAML that the file uses, by indentation; comments and what is not understood are passed over.
    """
    try:
        with open(path, encoding="utf-8-sig", errors="replace") as file:
            lines = file.read(_YAML_LIMIT).splitlines()
    except OSError:
        return []
    found: list[Path] = []
    for section in _sections(lines):
        base = Path(os.path.expanduser(section.get("base_path", [""])[0] or "."))
        base = base if base.is_absolute() else path.parent / base
        found += [base / each for key in sorted(_YAML_KEYS & section.keys()) for each in section[key]]
    return found


def _sections(lines: Sequence[str]) -> Iterator[dict[str, list[str]]]:
    """Each top-level mapping: key → its paths."""
    section: dict[str, list[str]] = {}
    key = ""
    for raw in lines:
        line = re.split(r"(?:^|\s)#", raw, maxsplit=1)[0].rstrip()
        if not line:
            continue
        found = re.fullmatch(r"(\s*)([A-Za-z_]\w*):(?:\s+(.*))?", line)
        if found and not found[1]:
            yield section
            section, key = {}, ""
        elif found:
            key, value = found[2], (found[3] or "").strip().strip("'\"")
            section[key] = [] if value in ("", "|", ">") else [value]
        elif key:
            section[key].append(line.strip().removeprefix("- ").strip("'\""))
    yield section


def _near(start: Path) -> Iterator[Path]:
    """The folder itself, the two above it, and those in it."""
    yield from (start, *list(start.parents)[:2])
    yield from _folders_in(start)


def _at_home(home: Path) -> Iterator[Path]:
    for place in _PLACES:
        yield from (folder for folder in _folders_in(home / place) if _TELLING.search(folder.name))


def _folders_in(folder: Path) -> list[Path]:
    """The folders in a folder, sorted; links to folders count, since that is how models are shared."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for _, entry in zip(range(_MOST), entries) if entry.is_dir()]
    except OSError:
        return []
    return [folder / name for name in sorted(names)]
