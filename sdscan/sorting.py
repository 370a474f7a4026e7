"""Judged pictures → publish/, review/, block/ and unread/, with what lies beside them; and back again.

Everything is planned in the manifest before the first file is touched, so an interrupted run can be finished and any run undone.
Nothing here prints or judges.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from sdscan.discover import MODELS, PICTURES
from sdscan.errors import OutputError
from sdscan.facts.sidecars import SUFFIXES as SIDECARS
from sdscan.manifest import NAME, Group, Journal, Placement
from sdscan.placing import Mode, below, clear, names, place, same_content
from sdscan.records import VERDICTS, FileResult

_BESIDE = (*SIDECARS, ".xmp")
"""What belongs to a picture: `NAME` or `NAME.png` with one of these."""


class Step(Struct, frozen=True):
    """What is done with one file."""

    what: Literal["placed", "shifted", "already", "kept", "failed", "finished"]
    source: str
    """As it is shown."""
    to: str
    group: Group
    is_sidecar: bool = False
    note: str = ""


def group_of(result: FileResult) -> Group | None:
    """Where a picture belongs; None for what is left where it is: models, and what was not judged.

    The strictest verdict of all platforms asked for decides. A picture without generation data cannot be called safe: review at least.
    """
    if result.model is not None or os.path.splitext(result.path)[1].lower() in MODELS:
        return None
    if result.outcome == "unreadable":
        return "unread"
    if result.outcome not in ("scanned", "no-metadata"):
        return None
    strictest = max(result.verdicts.values(), key=VERDICTS.index, default="review")
    if strictest == "block":
        return "block"
    return "review" if strictest == "review" or result.outcome == "no-metadata" else "publish"


# ---- sorting -------------------------------------------------------------------------------------------------------


class Sorter:
    """One run of `sort` into one folder."""

    def __init__(self, folder: str, roots: Sequence[str], mode: Mode, *, dry: bool = False) -> None:
        self.folder = folder
        self.roots = roots
        self.mode = mode
        self.dry = dry
        self.journal = Journal(os.path.join(folder, NAME))
        self._base = os.path.realpath(folder)
        self._planned: set[str] = set()
        self._taken: set[str] = set()
        """Sources that are dealt with in this run: once is enough, and they no longer need their sidecars."""

    def recover(self) -> Iterator[Step]:
        """Finish what an earlier run had planned and not done."""
        for one in [p for p in self.journal.placements.values() if not p.done]:
            source, target = self._source(one), self._target(one.to)
            if self.dry:
                continue
            with contextlib.suppress(OSError):
                clear(target)
            if os.path.lexists(target):
                if not os.path.lexists(source):
                    self.journal.done(one.to, target)
                elif same_content(source, target):
                    if one.mode == "move" or one.was:
                        os.unlink(source)
                    self.journal.done(one.to, target)
                else:
                    self.journal.drop(one.to)
                    continue
                yield Step("finished", _shown(one.source, self.folder), one.to, one.group)
            elif os.path.lexists(source):
                step = self._act(one, _shown(one.source, self.folder), is_sidecar=False)
                yield step if step.what == "failed" else replace(step, what="finished")
            else:
                self.journal.drop(one.to)

    def sort(self, judged: Sequence[tuple[str, Group]]) -> Iterator[Step]:
        """Place a handful of pictures, with what belongs to them; all of it is planned before the first is touched."""
        todo: list[tuple[Placement, str, bool]] = []
        for path, group in judged:
            for step in self._plan(path, group):
                if isinstance(step, Step):
                    yield step
                else:
                    todo.append(step)
        if self.dry:
            for one, shown, is_sidecar in todo:
                yield Step("shifted" if one.was else "placed", shown, one.to, one.group, is_sidecar)
            return
        self.journal.plan([one for one, _, _ in todo])
        for one, shown, is_sidecar in todo:
            yield self._act(one, shown, is_sidecar)

    def _plan(self, path: str, group: Group) -> Iterator[Step | tuple[Placement, str, bool]]:
        if os.path.abspath(path) in self._taken:  # as the sidecar of a picture
            return
        self._taken.add(os.path.abspath(path))
        if not os.path.isfile(path):  # a pipe or a device would never end
            yield Step("failed", path, "", group, note="is not a regular file")
            return
        source = self._key(path)
        before = self.journal.placements.get(self.journal.by_source.get(source, ""))
        was = ""
        if before is not None and self._stands(before):
            if self._is_source_of(path, before):
                if before.group == group:
                    yield Step("already", path, before.to, group)
                    yield from self._beside(path, before.to, group)
                    return
                was = before.to
        elif before is not None and before.group != group and os.path.lexists(self._target(before.to)):
            yield Step("kept", path, before.to, before.group, note=f"was changed there; it is now judged {group}")
        to = self._free(path, f"{group}/{below(path, self.roots)}", anew=bool(was))
        if os.path.lexists(self._target(to)) and not was:
            yield Step("already", path, to, group)
        else:
            self._planned.add(to)
            yield Placement(source, to, self._mode(path, before if was else None), group, was), path, False
        yield from self._beside(path, to, group, was)

    def _beside(self, path: str, to: str, group: Group, was: str = "") -> Iterator[tuple[Placement, str, bool]]:
        """The sidecars of a picture, under names that fit the one it has there; `was`: the name it had there before."""
        before = dict(_sidecars(path, was)) if was else {}
        for beside, name in _sidecars(path, to):
            if name in self._planned or os.path.lexists(self._target(name)):
                continue
            self._planned.add(name)
            self._taken.add(os.path.abspath(beside))
            old = self.journal.placements.get(before.get(beside, ""))
            if old is not None and not self._stands(old):
                old = None
            mode: Mode = "copy" if self.mode == "move" and self._is_shared(path) else self._mode(beside, old)
            yield Placement(self._key(beside), name, mode, group, "" if old is None else old.to), beside, True

    def _free(self, path: str, wanted: str, *, anew: bool) -> str:
        """The first name under which the picture and all its sidecars are free, or (unless `anew`) the same already."""
        for name in names(wanted):
            pairs = [(path, name), *_sidecars(path, name)]
            if anew and os.path.lexists(self._target(name)):
                continue
            if all(there not in self._planned and self._fits(source, there) for source, there in pairs):
                return name
        raise AssertionError("there is always a next name")

    def _fits(self, source: str, name: str) -> bool:
        target = self._target(name)
        return not os.path.lexists(target) or same_content(source, target)

    def _mode(self, path: str, before: Placement | None) -> Mode:
        """As asked; a symbolic link is copied by what it points at, and stays; a file that was placed earlier keeps its mode."""
        if before is not None:
            return before.mode
        return "copy" if self.mode == "move" and os.path.islink(path) else self.mode

    def _act(self, one: Placement, shown: str, is_sidecar: bool) -> Step:
        """Do one thing that is planned."""
        target = self._target(one.to)
        try:
            if one.was and os.path.lexists(self._target(one.was)):
                place(self._target(one.was), target, "move")
            else:
                place(self._source(one), target, one.mode)
        except OSError as error:
            self.journal.drop(one.to)
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
                raise OutputError(
                    f"{self.folder!r}: {(error.strerror or 'cannot be written').lower()}; nothing is lost, and the same command goes on"
                ) from None
            return Step("failed", shown, one.to, one.group, is_sidecar, (error.strerror or "cannot be placed").lower())
        self.journal.done(one.to, target)
        return Step("shifted" if one.was else "placed", shown, one.to, one.group, is_sidecar)

    def _stands(self, one: Placement) -> bool:
        """Whether what was placed is still there, untouched."""
        return one.done and _stamp(self._target(one.to)) == (one.size, one.mtime_ns)

    def _is_source_of(self, path: str, one: Placement) -> bool:
        """Whether a file still is what was placed from it. A file system may keep times coarsely: then the bytes tell."""
        return _stamp(path) == (one.size, one.mtime_ns) or same_content(path, self._target(one.to))

    def _is_shared(self, path: str) -> bool:
        """Whether another picture that stays behind has the same stem, and so the same sidecars."""
        folder, name = os.path.split(os.path.abspath(path))
        stem = os.path.splitext(name)[0]
        others = (os.path.join(folder, stem + suffix) for suffix in PICTURES)
        return any(os.path.lexists(other) and other not in self._taken for other in others)

    def _key(self, path: str) -> str:
        """The source as the manifest calls it: from the folder, so that both can be moved together."""
        folder, name = os.path.split(os.path.abspath(path))
        whole = os.path.join(os.path.realpath(folder), name)
        try:
            return os.path.relpath(whole, self._base).replace(os.sep, "/")
        except ValueError:  # another drive on Windows
            return whole.replace(os.sep, "/")

    def _source(self, one: Placement) -> str:
        return self._target(one.was) if one.was else os.path.normpath(os.path.join(self._base, one.source))

    def _target(self, to: str) -> str:
        return os.path.join(self._base, *to.split("/"))


def _stamp(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _sidecars(path: str, to: str) -> Iterator[tuple[str, str]]:
    """(sidecar, its name in the folder) of a picture that is called `to` there."""
    stem, there = os.path.splitext(path)[0], os.path.splitext(to)[0]
    for suffix in _BESIDE:
        for beside, name in ((stem + suffix, there + suffix), (path + suffix, to + suffix)):
            if beside != path and os.path.isfile(beside):
                yield beside, name


def _shown(source: str, folder: str) -> str:
    return os.path.normpath(os.path.join(folder, source)).replace(os.sep, "/")


# ---- undoing -------------------------------------------------------------------------------------------------------


def undo(manifest: str, *, dry: bool = False) -> Iterator[Step]:
    """Take back everything that the manifest tells of, last first. Copies go only where the original still says the same."""
    journal = Journal(manifest)
    folder = os.path.dirname(manifest) or "."
    base = os.path.realpath(folder)
    done = [one for one in journal.placements.values() if one.done]
    kept = 0
    for one in reversed(done):
        source, target = os.path.normpath(os.path.join(base, one.source)), os.path.join(base, *one.to.split("/"))
        shown = _shown(one.source, folder)
        why = _undo_one(one, source, target, dry=dry)
        if why:
            kept += 1
            yield Step("kept", shown, one.to, one.group, note=why)
            continue
        if not dry:
            journal.drop(one.to)
        yield Step("placed", shown, one.to, one.group)
    journal.close()
    if not dry:
        _remove_empty(base, {os.path.dirname(one.to) for one in done})
        if not kept:
            with contextlib.suppress(OSError):
                os.unlink(manifest)
                os.rmdir(base)


def _undo_one(one: Placement, source: str, target: str, *, dry: bool) -> str:
    """Take back one file; the reason where it stays."""
    there, back = os.path.lexists(target), os.path.lexists(source)
    if not there:
        return "" if back else "it is neither here nor at its old place"
    if one.mode == "move":
        if back:
            return "something else stands at its old place"
    elif not back:
        return "the original is gone, so this one stays"
    elif not same_content(source, target):
        return "it is no longer the same as the original"
    if dry:
        return ""
    try:
        if one.mode == "move":
            place(target, source, "move")
        else:
            os.unlink(target)
    except OSError as error:
        return (error.strerror or "cannot be moved").lower()
    return ""


def _remove_empty(base: str, folders: set[str]) -> None:
    """Remove the folders that were made, from the deepest up, where nothing is left in them."""
    every = {
        "/".join(parts[:count]) for parts in (name.split("/") for name in folders) for count in range(1, len(parts) + 1)
    }
    for name in sorted(every, key=lambda name: -name.count("/")):
        if name:
            with contextlib.suppress(OSError):
                os.rmdir(os.path.join(base, *name.split("/")))
