"""One run over many files: settings → knowledge → results, kept on disk while they stream, so that memory does not grow.

The results of a run can be iterated many times (several formats from one scan); the order is the order of the candidates.
"""

from __future__ import annotations

import io
from array import array
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from functools import cache
from typing import IO, Protocol, Self

import msgspec
from msgspec import Struct

from sdscan._version import __version__
from sdscan.errors import OutputError
from sdscan.exits import ExitRules, Tally, verdict
from sdscan.records import FileResult, Pack, Tool

_ENCODER = msgspec.json.Encoder()
IN_MEMORY = 1 << 20
"""Bytes of results that are kept in memory; more go to a temporary file."""


@cache
def _decoder() -> msgspec.json.Decoder[FileResult]:
    """Made when a result is read back, which most runs of a hook never do: it costs some milliseconds."""
    return msgspec.json.Decoder(FileResult)


class Results(Protocol):
    """What a report format may ask of a run."""

    tool: Tool
    packs: tuple[Pack, ...]
    platforms: tuple[str, ...]
    tally: Tally

    def __iter__(self) -> Iterator[FileResult]:
        """All results, in path order; may be asked for again."""
        ...

    def ranked(self, rank: Callable[[FileResult], int | None]) -> Iterator[FileResult]:
        """The results that have a rank, the highest first, in path order within one. Only their places are held in memory."""
        ...

    @property
    def closing(self) -> tuple[int, str]:
        """Exit code and closing sentence, once the results have been iterated."""
        ...


class Batch(Struct, frozen=True):
    """Results of a run of neighbouring candidates, ready to be written: what an engine yields and a worker sends home."""

    blocks: Sequence[bytes | memoryview]
    """One JSON record a line, in the order of the candidates; a block holds one line or more, with their ends. Good until the next batch is
    asked for: a worker's block is the memory that its next lines will stand in."""
    tally: Tally

    @property
    def lines(self) -> bytes:
        """All lines, put together at each call."""
        return b"".join(self.blocks)

    @property
    def whole(self) -> bytes | memoryview:
        """The same, to be written at once: without a copy where it is one block."""
        return self.blocks[0] if len(self.blocks) == 1 else self.lines


def batch_of(results: Iterable[FileResult]) -> Batch:
    """Results → one Batch."""
    tally = Tally()
    lines = []
    for result in results:
        tally.add(result)
        lines.append(_ENCODER.encode(result) + b"\n")
    return Batch(lines, tally)


class Spool:
    """Batches that stream through once; their results can then be read again, as often as wanted, from a temporary file.

    `keep=False`: nothing is asked for again, so nothing is kept, and a run over any number of files needs no room.
    """

    def __init__(
        self,
        batches: Iterable[Batch],
        packs: tuple[Pack, ...],
        platforms: tuple[str, ...],
        rules: ExitRules,
        *,
        keep: bool = True,
    ) -> None:
        self.tool = Tool("sdscan", __version__)
        self.packs = packs
        self.platforms = platforms
        self.tally = Tally()
        self.rules = rules
        self._keep = keep
        self._file: IO[bytes] = io.BytesIO()
        self._batches: Iterable[Batch] | None = batches

    def close(self) -> None:
        """Give the temporary file back; nothing can be read afterwards."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def live(self) -> Iterator[Batch]:
        """Each batch as it comes, counted and kept; may be iterated once, before anything else."""
        assert self._batches is not None, "batches stream only once; iterate the spool afterwards"
        batches, self._batches = self._batches, None
        try:
            for batch in batches:
                if self._keep:
                    self._write(batch.lines)
                self.tally.merge(batch.tally)
                yield batch
        finally:
            if isinstance(batches, Generator):  # on Ctrl-C the engine ends now, not when memory is tidied
                batches.close()

    def _write(self, lines: bytes) -> None:
        self._file.write(lines)
        if isinstance(self._file, io.BytesIO) and self._file.tell() > IN_MEMORY:
            import tempfile  # late: small runs need none

            try:
                file = tempfile.TemporaryFile("w+b", buffering=IN_MEMORY)  # noqa: SIM115 - lives as long as the run
            except OSError as error:  # a container whose every folder can only be read
                why = (error.strerror or "error").lower()
                raise OutputError(f"no temporary file can be made ({why}); set TMPDIR to a folder with room") from None
            file.write(self._file.getbuffer())
            self._file = file

    def lines(self) -> Iterator[bytes]:
        """The JSON line of each result, from disk."""
        if self._batches is not None:
            for _ in self.live():
                pass
        assert self._keep, "nothing was kept"
        self._file.seek(0)
        yield from self._file

    def __iter__(self) -> Iterator[FileResult]:
        decode = _decoder().decode
        for line in self.lines():
            yield decode(line)

    def ranked(self, rank: Callable[[FileResult], int | None]) -> Iterator[FileResult]:
        """See Results.ranked."""
        places: dict[int, array[int]] = {}
        at = 0
        decode = _decoder().decode
        for line in self.lines():
            number = rank(decode(line))
            if number is not None:
                places.setdefault(number, array("Q")).append(at)
            at += len(line)
        for number in sorted(places, reverse=True):
            for at in places[number]:
                self._file.seek(at)
                yield decode(self._file.readline())

    @property
    def closing(self) -> tuple[int, str]:
        """Exit code and closing sentence."""
        return verdict(self.tally, self.rules)
