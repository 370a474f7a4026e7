"""Paths, lists and exclusions → Candidate records, sorted, each file once. Enters what the user named, leaves what will be read.

A file that the user names is always a candidate. In folders, files are taken whose suffix belongs to a picture, video, sound
or model; a file with another or no suffix is taken when its first bytes say that it is one (suffixes lie in both directions).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import PurePath

from sdscan.errors import ConfigError
from sdscan.records import Candidate

PICTURES = frozenset(
    ".png .apng .jpg .jpeg .jpe .jfif .webp .avif .avifs .heic .heif .hif .jxl .gif .tif .tiff .bmp".split()
)
MEDIA = frozenset(".mp4 .m4v .mov .webm .mkv .flac .ogg .oga .opus .mp3 .m4a".split())
MODELS = frozenset(".safetensors .sft .pt .pth .ckpt .bin".split())
SUFFIXES = PICTURES | MEDIA | MODELS

_NEVER = frozenset(
    ".txt .json .jsonl .toml .yaml .yml .md .rst .html .htm .css .js .ts .py .pyc .sh .bat .ps1 .csv .xml .svg .log .lock .zip .7z .gz "
    ".tar .rar .exe .dll .so .db .sqlite .ini .cfg .pdf .psd .kra .clip .blend .info .sha256 .parquet .sarif .gguf .onnx .safetensors-index".split()
)
"""Suffixes of folders' other inhabitants: not opened to look whether they are pictures."""
_SKIPPED_FOLDERS = frozenset(
    {".git", ".hg", ".svn", "__pycache__", "node_modules", ".venv", "venv", ".mypy_cache", ".ruff_cache", ".cache"}
)


def discover(paths: Sequence[str], exclude: Sequence[str] = ()) -> Iterator[Candidate]:
    """Candidates of all paths in sorted order, each file once.

    Raises ConfigError for a path that does not exist. `exclude` holds globs against the path as reported and against each
    of its parts; a named file that is excluded is reported as skipped, one inside a folder is left out.
    """
    seen: set[str] = set()
    found: list[Candidate] = []
    for path in paths:
        for candidate in _one(path, exclude):
            key = os.path.normpath(candidate.path)
            if key not in seen:
                seen.add(key)
                found.append(candidate)
    yield from sorted(found, key=lambda candidate: candidate.path)


def posix(path: str) -> str:
    """The one spelling of a path in reports."""
    return path.replace("\\", "/") if os.sep == "\\" else path


def is_excluded(path: str, exclude: Sequence[str]) -> str | None:
    """The glob that excludes `path`, or None. `dir/`, `dir/**` and `dir` all mean the folder and what it holds."""
    parts = PurePath(path).parts
    for glob in exclude:
        bare = glob.removesuffix("/**").rstrip("/")
        if fnmatchcase(path, glob) or fnmatchcase(path, bare) or any(fnmatchcase(part, bare) for part in parts):
            return glob
        if any(fnmatchcase("/".join(parts[:i]), bare) for i in range(1, len(parts))):
            return glob
    return None


def _one(path: str, exclude: Sequence[str]) -> Iterable[Candidate]:
    name = posix(path)
    try:
        status = os.stat(path)
    except OSError as error:
        if os.path.islink(path):
            return [Candidate(name, named=True, skipped="is a broken symbolic link or a loop of links")]
        raise ConfigError(
            f"path does not exist: {path!r}"
            if isinstance(error, FileNotFoundError)
            else f"cannot open {path!r}: {error.strerror}"
        ) from None
    except ValueError:
        raise ConfigError(f"not a path: {path!r}") from None
    if stat.S_ISDIR(status.st_mode):
        return _walk(path, exclude)
    glob = is_excluded(name, exclude)
    return [Candidate(name, named=True, skipped=f"excluded by {glob!r}" if glob else None)]


def _walk(root: str, exclude: Sequence[str]) -> Iterator[Candidate]:
    """Files below a folder, depth first; symbolic links to folders are not followed, so no walk can loop."""
    stack = [root]
    while stack:
        folder = stack.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError as error:
            yield Candidate(
                posix(folder), skipped=f"the folder cannot be listed: {(error.strerror or 'error').lower()}"
            )
            continue
        for entry in entries:
            name = posix(entry.path)
            if exclude and is_excluded(name, exclude):
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in _SKIPPED_FOLDERS:
                        stack.append(entry.path)
                elif _is_wanted(entry):
                    yield Candidate(name)
            except OSError:
                yield Candidate(name)  # the reader will say what is wrong with it


def _is_wanted(entry: os.DirEntry[str]) -> bool:
    suffix = os.path.splitext(entry.name)[1].lower()
    if suffix in SUFFIXES:
        return not (entry.is_symlink() and entry.is_dir())
    if suffix in _NEVER or entry.name.startswith(".") or not entry.is_file():
        return False
    from sdscan.facts.containers import sniff  # only where a file without a telling name turns up

    with open(entry.path, "rb") as file:
        return sniff(file.read(64)) in _TELLING


_TELLING = frozenset("png jpeg webp avif heif jxl gif tiff mp4 webm flac".split())
"""Formats whose first bytes are unmistakable: a file with an unknown suffix is taken only for these."""
