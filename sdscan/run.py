"""One run over many files: settings → knowledge → results, kept on disk while they stream, so that memory does not grow.

The results of a run can be iterated many times (several formats from one scan); the order is the order of the candidates.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from typing import Protocol, Self

import msgspec
from msgspec import Struct

from sdscan._version import __version__
from sdscan.exits import ExitRules, Tally, verdict
from sdscan.records import FileResult, Pack, Tool

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(FileResult)


class Results(Protocol):
    """What a report format may ask of a run."""

    tool: Tool
    packs: tuple[Pack, ...]
    platforms: tuple[str, ...]
    tally: Tally

    def __iter__(self) -> Iterator[FileResult]:
        """All results, in path order; may be asked for again."""
        ...

    @property
    def closing(self) -> tuple[int, str]:
        """Exit code and closing sentence, once the results have been iterated."""
        ...


class Batch(Struct, frozen=True):
    """Results of a run of neighbouring candidates, ready to be written: what an engine yields and a worker sends home."""

    lines: bytes
    """One JSON record a line, in the order of the candidates."""
    tally: Tally


def batch_of(results: Iterable[FileResult]) -> Batch:
    """Results → one Batch."""
    tally = Tally()
    lines = []
    for result in results:
        tally.add(result)
        lines.append(_ENCODER.encode(result))
    return Batch(b"\n".join(lines) + b"\n" if lines else b"", tally)


class Spool:
    """Batches that stream through once; their results can then be read again, as often as wanted, from a temporary file."""

    def __init__(
        self, batches: Iterable[Batch], packs: tuple[Pack, ...], platforms: tuple[str, ...], rules: ExitRules
    ) -> None:
        self.tool = Tool("sdscan", __version__)
        self.packs = packs
        self.platforms = platforms
        self.tally = Tally()
        self.rules = rules
        self._file = tempfile.TemporaryFile("w+b", buffering=1 << 20)  # noqa: SIM115 - lives as long as the run
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
        for batch in batches:
            self._file.write(batch.lines)
            self.tally.merge(batch.tally)
            yield batch

    def lines(self) -> Iterator[bytes]:
        """The JSON line of each result, from disk."""
        if self._batches is not None:
            for _ in self.live():
                pass
        self._file.seek(0)
        yield from self._file

    def __iter__(self) -> Iterator[FileResult]:
        for line in self.lines():
            yield _DECODER.decode(line)

    @property
    def closing(self) -> tuple[int, str]:
        """Exit code and closing sentence."""
        return verdict(self.tally, self.rules)
