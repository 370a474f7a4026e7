"""Container and decoded generations → FileFacts: which of the five outcomes a file has, and the sentence for it.

The order of the questions is the contract: could it be read to its end, do we know the format, does it hold generation data?
"""

from __future__ import annotations

import os

from sdscan.discover import SUFFIXES
from sdscan.errors import ReadError
from sdscan.facts.decoders import Decoded
from sdscan.records import Candidate, Container, FileFacts, Outcome, Problem

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


def facts_from(container: Container, decoded: Decoded, candidate: Candidate) -> FileFacts:
    """The facts of a picture, video, sound or text file."""
    outcome, reason = _outcome(container, decoded, candidate)
    return FileFacts(
        format=container.format,
        outcome=outcome,
        reason=reason,
        problems=container.problems + decoded.problems,
        generations=decoded.generations,
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


def _outcome(container: Container, decoded: Decoded, candidate: Candidate) -> tuple[Outcome, str | None]:
    if container.format in _IMPOSTORS:
        return "unreadable", _IMPOSTORS[container.format]
    if container.incomplete is not None:
        return "unreadable", container.incomplete
    if decoded.generations:
        return "scanned", None
    if container.format in _WITHOUT_METADATA:
        return "unsupported", _WITHOUT_METADATA[container.format]
    if container.format in ("unknown", "text", "json", "zip", "pickle"):
        return _not_a_picture(container.format, candidate)
    return "no-metadata", None


def _not_a_picture(found: str, candidate: Candidate) -> tuple[Outcome, str]:
    """A file whose name promises a picture must not pass for one that was read."""
    suffix = os.path.splitext(candidate.path)[1].lower()
    what = "an unknown kind of file" if found == "unknown" else f"a {found} file"
    if suffix in SUFFIXES:
        return "unreadable", f"is named {suffix} but its content is {what}"
    return "unsupported", f"its content is {what}, without generation data that sdscan knows"
