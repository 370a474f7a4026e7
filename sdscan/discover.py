"""Paths, lists and exclusions → Candidate records, sorted, each file once. Enters what the user named, leaves what will be read.

A file that the user names is always a candidate. In folders, files are taken whose suffix belongs to a picture, video, sound
or model; a file with another or no suffix is taken when its first bytes say that it is one (suffixes lie in both directions).
"""

from __future__ import annotations

import heapq
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import PurePath

from sdscan.cloud import is_address
from sdscan.errors import ConfigError
from sdscan.facts.sidecars import is_sidecar
from sdscan.records import Candidate
from sdscan.system import composed

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
SKIPPED_FOLDERS = frozenset(
    {".git", ".hg", ".svn", "__pycache__", "node_modules", ".venv", "venv", ".mypy_cache", ".ruff_cache", ".cache"}
)


def discover(paths: Sequence[str], exclude: Sequence[str] = ()) -> Iterator[Candidate]:
    """Candidates of all paths in sorted order, each file once, as the folders are walked: no list of all files is held.

    Raises ConfigError for a path that does not exist, before anything is yielded. `exclude` holds globs against the path as reported
    and against each of its parts; a named file that is excluded is reported as skipped, one inside a folder is left out.
    """
    named: dict[str, Candidate] = {}
    roots: dict[str, str] = {}
    for path in paths:
        candidate = _named(path, exclude)
        if candidate is None:
            roots.setdefault(_place(path), path)
        else:
            named.setdefault(_place(path), candidate)
    inner = roots if len(roots) > 1 else {}
    walks = [_walk(path, exclude, named, inner) for path in roots.values()]
    if not named and len(walks) == 1:
        return walks[0]
    return heapq.merge(sorted(named.values(), key=_by_path), *walks, key=_by_path)


def _place(path: str) -> str:
    """By which a file that is named twice is told: absolute, and in one case where the system knows none (Windows)."""
    return os.path.normcase(os.path.abspath(path))


def _by_path(candidate: Candidate) -> str:
    return candidate.path


def posix(path: str) -> str:
    """The one spelling of a path in reports."""
    return path.replace("\\", "/") if os.sep == "\\" else path


def is_excluded(path: str, exclude: Sequence[str]) -> str | None:
    """The glob that excludes `path`, or None. `dir/`, `dir/**` and `dir` all mean the folder and what it holds."""
    path = composed(path)
    parts = PurePath(path).parts
    for glob in exclude:
        bare = composed(glob).removesuffix("/**").rstrip("/")
        if (
            fnmatchcase(path, composed(glob))
            or fnmatchcase(path, bare)
            or any(fnmatchcase(part, bare) for part in parts)
        ):
            return glob
        if any(fnmatchcase("/".join(parts[:i]), bare) for i in range(1, len(parts))):
            return glob
    return None


def _named(path: str, exclude: Sequence[str]) -> Candidate | None:
    """The candidate of a file that the user names; None for a folder."""
    name = posix(path)
    try:
        status = os.stat(path)
    except OSError as error:
        if os.path.islink(path):
            return Candidate(name, named=True, refused="is a broken symbolic link or a loop of links")
        if is_address(path):
            raise ConfigError(f"objects in stores are for `scan` and `inspect` only: {path!r}") from None
        raise ConfigError(
            f"path does not exist: {path!r}"
            if isinstance(error, FileNotFoundError)
            else f"cannot open {path!r}: {error.strerror}"
        ) from None
    except ValueError:
        raise ConfigError(f"not a path: {path!r}") from None
    if stat.S_ISDIR(status.st_mode):
        return None
    glob = is_excluded(name, exclude)
    return Candidate(name, named=True, skipped=f"excluded by {glob!r}" if glob else None)


def _walk(
    root: str, exclude: Sequence[str], named: Mapping[str, object], roots: Mapping[str, object]
) -> Iterator[Candidate]:
    """Files below a folder in the order of their paths; symbolic links to folders are not followed, so no walk can loop.

    One folder's names are held at a time, and those of the folders above it. What is in `named` or below another of the `roots`
    (absolute paths) is left to these.
    """
    stack = [_listing(root, exclude, roots)]
    while stack:
        names, lone = stack[-1]
        if not names:
            stack.pop()
            continue
        path = names.pop()
        if isinstance(path, Candidate):
            yield path
        elif path.endswith("/"):
            stack.append(_listing(path[:-1], exclude, roots))
        elif not named or _place(path) not in named:
            yield Candidate(path, lone=lone)


def _listing(folder: str, exclude: Sequence[str], roots: Mapping[str, object]) -> tuple[list[str | Candidate], bool]:
    """What is wanted of one folder, in reverse order; a folder in it is its path with a slash, which is how it sorts.

    And whether it holds no sidecar of any picture (see Candidate.lone).
    """
    lone = True
    names: list[str] = []
    unlisted: list[Candidate] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                name = posix(entry.path)
                if exclude and is_excluded(name, exclude):
                    lone = lone and not is_sidecar(entry.name)
                    continue
                try:
                    if entry.is_dir(follow_symlinks=False):
                        if entry.name not in SKIPPED_FOLDERS and not (roots and _place(name) in roots):
                            names.append(f"{name}/")
                    elif _is_wanted(entry):
                        names.append(name)
                    else:
                        lone = lone and not is_sidecar(entry.name)
                except OSError:
                    names.append(name)  # the reader will say what is wrong with it
    except OSError as error:
        reason = f"the folder cannot be listed: {(error.strerror or 'error').lower()}"
        unlisted.append(Candidate(posix(folder), refused=reason))
        lone = False
    return [*sorted(names, reverse=True), *unlisted], lone


def _is_wanted(entry: os.DirEntry[str]) -> bool:
    suffix = "." + entry.name.rpartition(".")[2].lower() if "." in entry.name else ""
    if suffix in SUFFIXES:
        return not (entry.is_symlink() and entry.is_dir())
    if suffix in _NEVER or entry.name.startswith(".") or not entry.is_file():
        return False
    from sdscan.facts.containers import sniff  # only where a file without a telling name turns up

    with open(entry.path, "rb") as file:
        return sniff(file.read(64)) in _TELLING


_TELLING = frozenset("png jpeg webp avif heif jxl gif tiff mp4 webm flac".split())
"""Formats whose first bytes are unmistakable: a file with an unknown suffix is taken only for these."""
