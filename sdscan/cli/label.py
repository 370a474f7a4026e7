"""`sdscan label PATH… --to DIR`: pictures → lossless copies that carry the AI mark which is owed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

import click
import msgspec

from sdscan.cli.options import common, configured, loaded_config, wants_color
from sdscan.cli.outputs import terminal_width
from sdscan.config import Config
from sdscan.discover import discover
from sdscan.errors import ConfigError, OutputError, ReadError
from sdscan.exit_codes import INCOMPLETE, NOTHING, OK
from sdscan.facts.source import FileSource
from sdscan.facts.text import visible
from sdscan.judgement.rules.case import declared
from sdscan.knowledge.policies import Platform, load_policies
from sdscan.knowledge.statements import Statements
from sdscan.labelling import Action, Plan, Wish, blocks, check, plan
from sdscan.labelling.marks import SourceType, is_owed
from sdscan.pipeline import facts_of
from sdscan.placing import below, equals, names, new_file, part_of
from sdscan.records import Candidate, FileFacts
from sdscan.reports import RenderOptions
from sdscan.session import cache_dir, platforms_from
from sdscan.terminal import Line, painted, safe, wrap

LABEL_SCHEMA = "sdscan-label/1"
_TYPES = ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia")
_COPIED = frozenset({"marked", "already", "unmarked", "signed"})
_WORDS: dict[Action, tuple[str, str]] = {
    "marked": ("marked", "ok"),
    "already": ("carry their mark already: copied as they are", ""),
    "unmarked": ("owe no mark, or nothing says that AI made them: copied as they are", ""),
    "signed": ("carry a signed C2PA manifest: copied as they are", ""),
    "refused": ("owe a mark that could not be written: no copy was made", "high"),
    "unread": ("could not be read to the end: no copy was made", "medium"),
    "left": ("left where they are: no pictures", "dim"),
}


class Labelled(msgspec.Struct, frozen=True):
    """What was done with one file: a line of `--format jsonl`."""

    path: str
    action: Action
    to: str | None = None
    """Below DIR; None where no copy was made."""
    is_new: bool = False
    """False where the same copy stood there already."""
    mark: str | None = None
    wrote: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    stayed: tuple[str, ...] = ()
    """Kinds of personal data that could not be taken out."""
    notes: tuple[str, ...] = ()
    schema: str = LABEL_SCHEMA


@click.command("label", short_help="Write the AI disclosure that is owed into copies.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--to", "folder", required=True, metavar="DIR", help="Folder that gets the copies.")
@click.option(
    "--platform", "platforms", multiple=True, metavar="ID", help="Where the pictures are to go. Repeatable. [default: general]"
)  # fmt: skip
@click.option("--source-type", type=click.Choice(_TYPES), help="Mark every picture so. [default: as each file tells]")
@click.option("--prompt/--no-prompt", default=True, help="Repeat the prompt as AIPromptInformation. [default: yes]")
@click.option("--prompt-writer", default="", metavar="NAME", help="Name the prompt's writer (AIPromptWriterName).")
@click.option(
    "--private", type=click.Choice(["keep", "remove"]), default="keep", show_default=True, help="Personal data that SD606 finds."
)  # fmt: skip
@click.option("-n", "--dry-run", is_flag=True, help="Only say what would be done; nothing is written.")
@click.option("--format", "form", type=click.Choice(["text", "jsonl"]), default="text", show_default=True)
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave these paths out. Repeatable.")
@click.option(
    "--allow-incomplete", is_flag=True, help="Do not fail because a file could not be read, or not be marked."
)
@configured
@common
def command(
    paths: tuple[str, ...], folder: str, platforms: tuple[str, ...], source_type: str | None, prompt: bool, prompt_writer: str,
    private: str, dry_run: bool, form: str, exclude: tuple[str, ...], allow_incomplete: bool, config_path: str | None, isolated: bool,
    verbose: int, quiet: bool, color: str,
) -> int:  # fmt: skip
    """Write the AI mark that is owed (IPTC DigitalSourceType and the AI fields of IPTC 2025.1, as XMP) into copies below DIR.

    PNG, JPEG, WebP, AVIF and HEIF. Pixels and every other byte stay as they were; a mark that is there is never changed or removed,
    and a picture with a signed C2PA manifest is copied as it is. The originals are not touched.
    """
    config = loaded_config(paths, config_path, isolated).config
    policies = load_policies(tuple(map(Path, config.scan.policies)), cache_dir=cache_dir())
    wanted = policies.expand(platforms_from(platforms, config) or ("general",))
    asked = [policies.platforms[name] for name in wanted]
    _check_folder(paths, folder)
    labeller = _Labeller(
        folder, paths, config, private=private == "remove", dry=dry_run, owed=is_owed(asked),
        wish=Wish(cast("SourceType | None", source_type), prompt, prompt_writer),
    )  # fmt: skip
    options = RenderOptions(verbose=verbose, color=wants_color(color), width=terminal_width())
    counts: dict[Action, int] = dict.fromkeys(_WORDS, 0)
    candidates = [c for c in discover(paths, (*exclude, *config.scan.exclude)) if not _lies_in(c.path, folder)]
    for candidate in candidates:
        one = labeller.label(candidate)
        counts[one.action] += 1
        if one.action == "marked":
            labeller.marks[one.mark or ""] = labeller.marks.get(one.mark or "", 0) + 1
        if form == "jsonl":
            click.echo(msgspec.json.encode(one))
        elif not (quiet and one.action in _COPIED):
            _print(_file_lines(one, folder, options, dry=dry_run), options)
    code = OK if allow_incomplete or not (counts["refused"] or counts["unread"]) else INCOMPLETE
    code = NOTHING if not candidates else code
    if form == "text":
        _print(_summary(counts, asked, folder, labeller, options, code), options)
    return code


class _Labeller:
    """One run of `label` into one folder."""

    def __init__(
        self, folder: str, roots: Sequence[str], config: Config, *, wish: Wish, owed: bool, private: bool, dry: bool
    ) -> None:
        self.folder = folder
        self.roots = roots
        self.config = config
        self.private = private
        self.dry = dry
        self.has_private = 0
        """Pictures whose personal data was kept."""
        self.marks: dict[str, int] = {}
        """Source type → copies that got it."""
        self._wish = wish
        self._owed = owed
        self._statements = Statements(config.allow, config.declare)

    def label(self, candidate: Candidate) -> Labelled:
        """Plan, write, read back, and only then let the copy have its name."""
        limits = self.config.limits
        facts = facts_of(candidate, limits)
        traced = declared(self._statements, candidate.path, "hand-traced") is not None
        wish = msgspec.structs.replace(self._wish, hand_traced=traced)
        shown = visible(candidate.path)
        if facts.outcome == "unreadable" or candidate.skipped is not None:
            return Labelled(shown, "unread", notes=(facts.reason,) if facts.reason else ())
        try:
            with FileSource(candidate.path, limits) as source:
                planned = plan(source, facts, wish, owed=self._owed, private=self.private, limits=limits)
                self.has_private += bool(facts.private) and not self.private
                if planned.action not in _COPIED:
                    return _record(shown, planned)
                return self._copy(candidate.path, source, facts, planned)
        except ReadError as error:
            return Labelled(shown, "unread", notes=(error.reason,))

    def _copy(self, path: str, source: FileSource, facts: FileFacts, planned: Plan) -> Labelled:
        """Write the copy under the first name that is free, or that holds just this copy already."""
        for name in names(below(path, self.roots)):
            target = os.path.join(self.folder, *name.split("/"))
            if os.path.lexists(target):
                if equals(target, blocks(source, planned)):
                    return _record(visible(path), planned, visible(name))
                continue
            if self.dry:
                return _record(visible(path), planned, visible(name), is_new=True)
            try:
                wrong, stayed = self._written(path, target, source, facts, planned)
            except FileExistsError:  # somebody was faster
                continue
            except OSError as error:
                raise OutputError(
                    f"{target!r} cannot be written: {(error.strerror or 'error').lower()}; what is there is whole, and the same command goes on"
                ) from None
            if wrong is not None:
                return Labelled(visible(path), "refused", notes=(f"{wrong}; nothing was written",))
            return _record(visible(path), planned, visible(name), is_new=True, stayed=stayed)
        raise AssertionError("there is always a next name")

    def _written(
        self, path: str, target: str, source: FileSource, facts: FileFacts, planned: Plan
    ) -> tuple[str | None, tuple[str, ...]]:
        """Write and read back; a copy that is not as it should be never gets its name."""
        os.makedirs(os.path.dirname(target) or ".", exist_ok=True)
        try:
            with new_file(target, like=path) as file:
                for block in blocks(source, planned):
                    file.write(block)
                file.flush()
                wrong: str | None = None
                stayed: tuple[str, ...] = ()
                if planned.edits:
                    wrong, stayed = check(part_of(target), facts, planned, self.config.limits)
                if wrong is not None:
                    raise _Wrong(wrong)
        except _Wrong as error:
            return str(error), ()
        return None, stayed


class _Wrong(Exception):
    """The copy is not as it should be; raised and caught in one place, so that it is thrown away."""


def _record(
    shown: str, planned: Plan, to: str | None = None, *, is_new: bool = False, stayed: tuple[str, ...] = ()
) -> Labelled:
    removed = tuple(kind for kind in planned.removed if kind not in stayed)
    return Labelled(
        shown, planned.action, to, is_new, planned.mark or None, planned.wrote, removed, stayed, planned.notes
    )


def _check_folder(paths: Sequence[str], folder: str) -> None:
    """Raises ConfigError for a folder that the copies cannot go to."""
    if os.path.lexists(folder) and not os.path.isdir(folder):
        raise ConfigError(f"--to {folder!r}: is not a folder")
    for path in paths:
        where = path if os.path.isdir(path) else os.path.dirname(path) or "."
        if os.path.exists(folder) and os.path.realpath(where) == os.path.realpath(folder):
            raise ConfigError(f"--to {folder!r}: the originals are there; expected another folder")
        if _lies_in(path, folder):
            raise ConfigError(f"{path!r} lies in {folder!r}, where the copies go; expected another folder")


def _lies_in(path: str, folder: str) -> bool:
    base, whole = os.path.realpath(folder), os.path.realpath(path)
    return whole == base or whole.startswith(base.rstrip(os.sep) + os.sep)


# ---- what a person reads -------------------------------------------------------------------------------------------


def _file_lines(one: Labelled, folder: str, options: RenderOptions, *, dry: bool) -> Iterator[Line]:
    """A file of which more is to be said than the counts say; every file in a dry run and with -v."""
    style = _WORDS[one.action][1]
    plain = one.mark in (None, _TYPES[0]) and not (one.removed or one.stayed)
    if one.action in ("marked", "already", "unmarked", "left") and plain and not (dry or options.verbose):
        return
    where = f" → {folder}/{one.to}" if one.to is not None else ""
    yield [(f"{one.action:<9}", style), (safe(one.path + where), "path" if one.action == "refused" else "")]
    told = []
    if one.mark and one.wrote:
        told.append(one.mark + (f" with {', '.join(one.wrote[1:])}" if one.wrote[1:] and options.verbose else ""))
    elif one.mark:
        told.append(f"carries {one.mark}")
    if one.removed:
        told.append(f"{'would take' if dry else 'took'} out: {', '.join(one.removed)}")
    if one.stayed:
        told.append(f"could not take out: {', '.join(one.stayed)}")
    if one.to is not None and not one.is_new:
        told.append("stood there already")
    for text in (*told, *one.notes):
        yield from ([("         ", ""), (line, "dim")] for line in wrap(safe(text), options.width - 9))


def _summary(
    counts: dict[Action, int],
    asked: Sequence[Platform],
    folder: str,
    labeller: _Labeller,
    options: RenderOptions,
    code: int,
) -> Iterator[Line]:
    """Counts, then what each platform makes of it, then the next step."""
    if code == NOTHING:
        yield [("Nothing to label: no picture in the folders given.", "medium")]
        return
    for action, (words, style) in _WORDS.items():
        if counts[action]:
            told = ", ".join(f"{count:,} {mark}" for mark, count in sorted(labeller.marks.items()))
            words += f" into {folder}: {told}" if action == "marked" else ""
            for number, text in enumerate(wrap(safe(words), options.width - 8)):
                yield [(" " * 8 if number else f"{counts[action]:>7,} ", style), (text, "")]
    for platform in asked:
        if platform.id != "general":
            for number, text in enumerate(wrap(safe(f"{platform.name}: {_said(platform)}"), options.width - 2)):
                yield [("  " if number else "", ""), (text, "")]
    if labeller.has_private:
        text = (
            f"{labeller.has_private:,} of them hold personal data (SD606); --private remove takes it out of the copies."
        )
        yield from ([(line, "medium")] for line in wrap(text, options.width))
    if labeller.dry:
        step = "Nothing was written. Without --dry-run it is done."
    elif counts["unread"] and not counts["refused"]:
        step = "Next: restore the files that could not be read, and run the same command again."
    elif counts["refused"]:
        step = "Next: mark what was refused by hand, in the editor or on the platform, or save it as PNG first."
    else:
        step = f"Next: publish the copies in {folder}; the originals are as they were."
    yield from ([(line, "dim")] for line in wrap(safe(step), options.width))


def _said(platform: Platform) -> str:
    """What the platform wants of the metadata, and what is still to be done there."""
    wants: dict[str, str] = {
        "mark": "reads marks from the file.",
        "keep": "wants generation data kept; it was.",
        "strip": "wants no generation data, and the copies still hold it.",
    }
    told = wants.get(platform.metadata, "")
    if platform.disclosure_effect in ("label", "remind") and platform.metadata != "mark":
        told = f"{told} the mark is set when you post: {platform.disclosure}".strip()
    elif platform.metadata in wants:
        told = f"{told} {platform.metadata_text}"
    return told or "no mark is known to be owed there."


def _print(lines: Iterator[Line], options: RenderOptions) -> None:
    for piece in painted(lines, options):
        click.echo(piece, nl=False)
