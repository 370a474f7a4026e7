"""Container and decoded generations → FileFacts: which of the five outcomes a file has, and the sentence for it.

The order of the questions is the contract: could it be read to its end, do we know the format, does it hold generation data?
A file of which something was left out, because a limit was reached or because it is damaged where its data should be, was not read
to its end: what was found in it counts, and it is `unreadable` all the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import islice

from msgspec.structs import replace

from sdscan.discover import SUFFIXES
from sdscan.errors import ReadError
from sdscan.facts.containers import CONTAINERS
from sdscan.facts.decoders import Decoded
from sdscan.facts.text import visible
from sdscan.limits import Limits
from sdscan.records import Candidate, Container, FileFacts, Generation, ModelFacts, ModelText, Outcome, Problem

_IMPOSTORS = {
    "empty": "the file is empty",
    "lfs-pointer": "is a Git LFS pointer, not the file itself: run `git lfs pull`",
    "html": "is a web page, not a picture: the download failed or asked for a log-in",
}
_WITHOUT_METADATA = {
    "bmp": "BMP holds no metadata",
    "ico": "ICO holds no metadata",
    "svg": "SVG is not a generated picture",
}
_DAMAGE = frozenset(
    (
        "bad-zlib", "bad-brotli", "bad-profile", "bad-item", "bad-segment", "bad-chunk", "bad-json", "truncated", "no-brotli", "hidden-cut",
        "hidden-unreadable", "sidecar-unreadable", "bad-header", "exif-header", "exif-cut", "exif-outside",
    )
)  # fmt: skip
"""Problems of a place where generation data stands or may stand. Where nothing else was found, nobody can say that there is none."""


def facts_from(
    container: Container, decoded: Decoded, candidate: Candidate, model: ModelFacts | None = None
) -> FileFacts:
    """The facts of a picture, video, sound or text file; `model`: the embedding that the picture is."""
    outcome, reason = _outcome(container, decoded, candidate, model)
    return FileFacts(
        format=container.format,
        outcome=outcome,
        reason=reason,
        problems=container.problems + decoded.problems,
        generations=decoded.generations,
        model=model,
        disclosure=decoded.disclosure,
        texts=decoded.texts,
        width=container.width,
        height=container.height,
        private=decoded.private,
    )


def unreadable(error: ReadError) -> FileFacts:
    """The facts of a file that could not be opened or read."""
    problem = Problem("unreadable", error.reason, error.offset)
    return FileFacts(format="unknown", outcome="unreadable", reason=error.reason, problems=(problem,))


def _outcome(
    container: Container, decoded: Decoded, candidate: Candidate, model: ModelFacts | None
) -> tuple[Outcome, str | None]:
    if container.format in _IMPOSTORS:
        return "unreadable", _IMPOSTORS[container.format]
    if container.incomplete is not None:
        return "unreadable", container.incomplete
    if decoded.generations or model is not None:
        return "scanned", None
    if container.format in _WITHOUT_METADATA:
        return "unsupported", _WITHOUT_METADATA[container.format]
    if container.format not in CONTAINERS:
        return _not_a_picture(container.format, candidate)
    return "no-metadata", None


def _not_a_picture(found: str, candidate: Candidate) -> tuple[Outcome, str]:
    """A file whose name promises a picture must not pass for one that was read."""
    what = "an unknown kind of file" if found == "unknown" else f"a {found} file"
    suffix = _suffix(candidate)
    if suffix in SUFFIXES:
        return "unreadable", f"is named {suffix} but its content is {what}"
    return "unsupported", f"its content is {what}, without generation data that sdscan knows"


def _suffix(candidate: Candidate) -> str:
    return visible(os.path.splitext(candidate.path)[1].lower())


_PLAIN = SUFFIXES - {".pt", ".pth", ".ckpt", ".bin"}
"""Suffixes under which no zip and no pickle stands by right."""

# ---- what was left out -----------------------------------------------------------------------------------------


def settled(facts: FileFacts, candidate: Candidate, limits: Limits) -> FileFacts:
    """The facts within the limits that hold for all kinds of files alike, and `unreadable` where something was left out."""
    if _length(facts) > min(limits.prompt, limits.texts) or _is_wide(facts, limits):
        facts = _shortened(facts, limits)
    if facts.outcome == "unsupported" and facts.format in ("zip", "pickle") and _suffix(candidate) in _PLAIN:
        outcome, reason = _not_a_picture(facts.format, candidate)
        return replace(facts, outcome=outcome, reason=reason)
    if not facts.problems or facts.outcome not in ("scanned", "no-metadata"):
        return facts
    reached = next((problem for problem in facts.problems if problem.code.startswith("limit-")), None)
    if reached is not None:
        reason = f"was not read to its end: {reached.detail} (sdscan.toml can raise limits)"
        return replace(facts, outcome="unreadable", reason=reason)
    if facts.outcome == "no-metadata" or (facts.model is not None and facts.model.metadata_state == "absent"):
        damage = next((problem for problem in facts.problems if problem.code in _DAMAGE), None)
        if damage is not None:
            return replace(facts, outcome="unreadable", reason=f"holds damaged metadata: {damage.detail}")
    return facts


def _is_wide(facts: FileFacts, limits: Limits) -> bool:
    return any(len(generation.parameters) > limits.parameters for generation in facts.generations)


def _length(facts: FileFacts) -> int:
    """Characters of all texts that will be held against the watchlist."""
    length = 0
    for generation in facts.generations:
        for prompt in generation.prompts:
            length += len(prompt.text)
        for resource in generation.resources:
            length += len(resource.name)
    for text in facts.texts:
        length += len(text.text)
    return length if facts.model is None else length + _length_of_model(facts.model)


def _length_of_model(model: ModelFacts) -> int:
    """The same of a model's own texts."""
    folders = model.training.folders if model.training is not None else ()
    return (
        sum(len(trigger.text) for trigger in model.triggers)
        + sum(len(text.text) for text in model.texts)
        + sum(len(folder.name) for folder in folders)
        + len(model.title or "")
        + len(model.alias or "")
    )


class _Room:
    """Characters of one file that may still be kept, and what was cut."""

    def __init__(self, limits: Limits) -> None:
        self.left = limits.texts
        self.most = limits.prompt
        self.problems: dict[str, Problem] = {}

    def cut(self, text: str, locator: str) -> str:
        """As much of a text as there is room for."""
        if len(text) > self.most and "limit-prompt" not in self.problems:
            detail = f"the text at {locator} has {len(text):,} characters, the first {self.most:,} are kept"
            self.problems["limit-prompt"] = Problem("limit-prompt", detail)
        kept = text[: min(self.left, self.most)]
        if len(kept) < min(len(text), self.most) and "limit-texts" not in self.problems:
            self.problems["limit-texts"] = Problem(
                "limit-texts", f"texts from {locator} on are left out: there are too many"
            )
        self.left -= len(kept)
        return kept


def _shortened(facts: FileFacts, limits: Limits) -> FileFacts:
    """The facts with every list and text cut to its limit."""
    room = _Room(limits)
    generations = tuple(_generation(generation, room, limits) for generation in facts.generations)
    texts = _texts(facts.texts, room)
    model = None if facts.model is None else _model(facts.model, room)
    problems = (*facts.problems, *room.problems.values())
    return replace(facts, generations=generations, texts=texts, model=model, problems=problems)


def _generation(generation: Generation, room: _Room, limits: Limits) -> Generation:
    parameters = generation.parameters
    if len(parameters) > limits.parameters:
        detail = (
            f"the settings at {generation.locator} are {len(parameters):,}, the first {limits.parameters:,} are kept"
        )
        room.problems["limit-parameters"] = Problem("limit-parameters", detail)
        parameters = dict(islice(parameters.items(), limits.parameters))
    prompts = [
        replace(prompt, text=kept) for prompt in generation.prompts if (kept := room.cut(prompt.text, prompt.locator))
    ]
    resources = [replace(r, name=kept) for r in generation.resources if (kept := room.cut(r.name, r.locator))]
    return replace(generation, prompts=tuple(prompts), resources=tuple(resources), parameters=parameters)


def _texts(texts: Iterable[ModelText], room: _Room) -> tuple[ModelText, ...]:
    return tuple(replace(text, text=kept) for text in texts if (kept := room.cut(text.text, text.locator)))


def _model(model: ModelFacts, room: _Room) -> ModelFacts:
    """What says most comes first, so that it is kept: names, triggers, folders, then texts."""
    training = model.training
    title, alias = room.cut(model.title or "", "title"), room.cut(model.alias or "", "ss_output_name")
    triggers = tuple(replace(t, text=kept) for t in model.triggers if (kept := room.cut(t.text, t.locator)))
    if training is not None:
        folders = (replace(f, name=kept) for f in training.folders if (kept := room.cut(f.name, "ss_dataset_dirs")))
        training = replace(training, folders=tuple(folders))
    texts = _texts(model.texts, room)
    return replace(model, title=title or None, alias=alias or None, triggers=triggers, training=training, texts=texts)
