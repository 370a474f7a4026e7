"""What every walker fills: pieces and problems go in one by one, a Container comes out. All limits on pieces are kept here."""

from __future__ import annotations

from sdscan.facts.encodings import decode_marked, inflate, printable
from sdscan.facts.exif import read_exif
from sdscan.facts.source import Source
from sdscan.limits import Limits
from sdscan.records import Blob, Container, Problem


class Gathered:
    """The pieces found so far in one file. `incomplete` is set once, by the first reason why the walk ended early."""

    __slots__ = (
        "blobs", "format", "frames", "has_alpha", "height", "incomplete", "limits", "problems", "steps", "total",
        "unpacked", "width",
    )  # fmt: skip

    def __init__(self, format: str, limits: Limits) -> None:  # noqa: A002  the record's own name for it
        self.format = format
        self.limits = limits
        self.blobs: list[Blob] = []
        self.problems: list[Problem] = []
        self.incomplete: str | None = None
        self.width = self.height = self.total = self.unpacked = self.steps = 0
        self.frames = 1
        self.has_alpha = False

    def text(self, locator: str, key: str, text: str, offset: int, size: int) -> None:
        """Keep a decoded text. Trailing NULs are the writer's terminator, not text."""
        if text[-1:] == "\0":
            text = text.rstrip("\0")
        self._keep(Blob(locator, key, text, b"", offset, size), len(text))

    def data(self, locator: str, key: str, data: bytes, offset: int, size: int) -> None:
        """Keep a binary piece."""
        self._keep(Blob(locator, key, None, data, offset, size), len(data))

    def _keep(self, blob: Blob, length: int) -> None:
        self.total += length
        if self.total > self.limits.blobs_total:  # stays exceeded, so that nothing more is fetched either
            self.problem(
                "limit-blobs-total", f"metadata beyond {self.limits.blobs_total:,} bytes is left out", blob.offset
            )
        elif len(self.blobs) >= self.limits.blobs:
            self.problem(
                "limit-blobs", f"more than {self.limits.blobs:,} pieces of metadata, the rest is left out", blob.offset
            )
        else:
            self.blobs.append(blob)

    def problem(self, code: str, detail: str, offset: int | None = None) -> None:
        """Note something odd, at most `limits.problems` times; each `limit-…` once, however many there are before it."""
        if code.startswith("limit-"):
            room = all(problem.code != code for problem in self.problems)
        else:
            room = len(self.problems) < self.limits.problems
        if room:
            self.problems.append(Problem(code, detail, offset))

    def cut(self, reason: str, offset: int | None = None) -> None:
        """The walk ends here, before the end of the file: `reason` is a sentence for a person."""
        if self.incomplete is None:
            self.incomplete = reason
            self.problem("truncated", reason, offset)

    def step(self, offset: int) -> bool:
        """Count a chunk, segment or box; False where there are too many and the walk must end."""
        self.steps += 1
        if self.steps <= self.limits.chunks:
            return True
        if self.incomplete is None:
            self.incomplete = f"has more than {self.limits.chunks:,} chunks, the rest is not read"
            self.problem("limit-chunks", self.incomplete, offset)
        return False

    def body(self, source: Source, offset: int, length: int, what: str) -> bytes:
        """The bytes of a metadata piece, at most `limits.blob`; what is missing becomes a problem."""
        if self.total > self.limits.blobs_total:
            return b""
        data = source.read(offset, min(length, self.limits.blob))
        if length > self.limits.blob:
            self.problem("limit-blob", f"{what} has {length:,} bytes, the first {self.limits.blob:,} are read", offset)
        return data

    def room(self) -> int:
        """Bytes that one more compressed piece may unpack to: many small bombs are one large bomb."""
        return max(0, min(self.limits.inflated, self.limits.blobs_total - self.unpacked))

    def inflate(self, data: bytes, what: str, offset: int) -> bytes:
        """A zlib stream, unpacked as far as it goes and as the limits allow."""
        room = self.room()
        out, code = inflate(data, room) if room else (b"", "limit-inflated")
        self.unpacked += len(out)
        if code is not None:
            self.problem(code, f"{what} at byte {offset:,} cannot be unpacked to its end", offset)
        return out

    def container(self) -> Container:
        """Everything gathered, as the record that goes on."""
        return Container(
            self.format,
            tuple(self.blobs),
            tuple(self.problems),
            self.incomplete,
            self.width,
            self.height,
            self.frames,
            self.has_alpha,
        )


def add_exif(found: Gathered, prefix: str, data: bytes, offset: int) -> None:
    """Keep what an EXIF block says: one piece a tag, at `<prefix>/<tag>`; `offset` is where the block begins in the file."""
    pieces, problems = read_exif(data, found.limits)
    for piece in pieces:
        locator = f"{prefix}/{piece.name}"
        if piece.text is None:
            found.data(locator, piece.name, piece.data, offset + piece.offset, piece.size)
        else:
            found.text(locator, piece.name, piece.text, offset + piece.offset, piece.size)
    for problem in problems:
        found.problem(problem.code, problem.detail, None if problem.offset is None else offset + problem.offset)


def add_xmp(found: Gathered, locator: str, data: bytes, offset: int, size: int) -> None:
    """Keep an XMP packet."""
    found.text(locator, "xmp", decode_marked(data), offset, size)


def add_trailer(found: Gathered, source: Source, end: int, what: str) -> None:
    """Note the data that follows the picture's own end, and keep it where it is plain text."""
    rest = source.size - end
    sample = source.read(end, min(rest, 256))
    if not sample.strip(b"\0\r\n "):
        return
    found.problem("trailing-data", f"{rest:,} bytes follow the end of the picture ({what})", end)
    if printable(sample[:250]) is None and printable(sample[:-3]) is None:
        return
    text = printable(found.body(source, end, rest, "the text after the picture"))
    if text is not None:
        found.text(f"{found.format}:trailer", "trailer", text, end, rest)
