"""Folders → lists that other tools keep there. Looks only where those tools put them; never walks a whole disk.

A1111, Forge, SD.Next    extensions/a1111-sd-webui-tagcomplete/tags, extensions/sd-dynamic-prompts/wildcards, models/wildcards
ComfyUI                  custom_nodes/*: Autocomplete-Plus, Custom-Scripts, WD14 tagger, Danbooru gallery, character selectors, artist lists
SwarmUI                  Data/Autocompletions
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

_INSIDE = (
    "extensions/*tagcomplete*/tags/*.csv",
    "extensions/*tagcomplete*/tags/*chants*.json",
    "extensions/*character*/*.csv",
    "extensions/*character*/data/*.csv",
    "extensions/*dynamic-prompts*/wildcards/*artist*.txt",
    "extensions/*dynamic-prompts*/wildcards/*/*artist*.txt",
    "extensions/*wildcards*/wildcards/*artist*.txt",
    "models/wildcards/*artist*.txt",
    "models/wildcards/*/*artist*.txt",
    "models/TaggerOnnx/*/selected_tags.csv",
    "models/tagger/*/selected_tags.csv",
    "custom_nodes/*Autocomplete*/data/danbooru_tags*.csv",
    "custom_nodes/*Autocomplete*/data/e621_tags*.csv",
    "custom_nodes/*ustom-?cripts/user/autocomplete.txt",
    "custom_nodes/*WD14*/models/*.csv",
    "custom_nodes/*Danbooru*/py/*/zh_cn/*characters*.csv",
    "custom_nodes/*character*/data/*characters*.csv",
    "custom_nodes/*character*/*.json",
    "custom_nodes/*Artist*/*art*.csv",
    "custom_nodes/*/wildcards/*artist*.txt",
    "wildcards/*artist*.txt",
    "Data/Autocompletions/*.csv",
    "tags/*.csv",
)
"""Globs below the folder of an installation."""
_USUAL = (
    "stable-diffusion-webui",
    "stable-diffusion-webui-forge",
    "stable-diffusion-webui-reForge",
    "sd-webui-forge-neo",
    "automatic",
    "sdnext",
    "ComfyUI",
    "SwarmUI",
    "StabilityMatrix/Packages/*",
    "Data/Packages/*",
)
"""Names of installations, below a folder that is given or the user's home."""
_SKIPPED = ("EnglishDictionary", "cooccurrence", "extra-quality", "machine", "translation", "demo-chants")
MOST = 500
"""Files looked at; nobody has more."""


def discover_lists(folders: Sequence[Path]) -> list[Path]:
    """The lists below these folders, each once, sorted. A folder may be an installation or hold some."""
    found: dict[Path, Path] = {}
    for folder in folders:
        for place in _installations(folder):
            for glob in _INSIDE:
                for path in sorted(place.glob(glob)):
                    if path.is_file() and not any(word in path.name for word in _SKIPPED) and len(found) < MOST:
                        found.setdefault(path.resolve(), path)
    return sorted(found.values())


def _installations(folder: Path) -> Iterator[Path]:
    """The folder itself, the usual installations below it, and its direct subfolders that look like one."""
    yield folder
    for name in _USUAL:
        yield from (place for place in sorted(folder.glob(name)) if place.is_dir())
    for mark in ("*/extensions", "*/custom_nodes", "*/Data/Autocompletions"):
        for place in sorted(folder.glob(mark)):
            yield folder / place.relative_to(folder).parts[0]
