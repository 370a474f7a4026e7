"""THE LINE: discover → read container → decode generation → resolve models → match watchlist → judge → report.

    path ── facts_of ──► FileFacts ── judge ──► FileResult          scan() maps the two over many files

Facts are a pure function of a file's bytes (and of the sidecars beside it), so the catalog may keep them. Judgement is a
pure function of facts and knowledge, so it is never a fact. Engines read and
judge files that differ in nothing but their seed once (twins, repeats, telling). Nothing here prints, asks a clock or opens a socket.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sdscan.cloud import DEFAULT_ACCESS, Access
from sdscan.errors import ReadError
from sdscan.facts import containers, decoders, models, repeats, sidecars
from sdscan.facts.outcome import facts_from, settled, unreadable
from sdscan.facts.source import Near, Source
from sdscan.facts.text import visible
from sdscan.judgement.matching import find_matches
from sdscan.judgement.rules import Case, apply_rules
from sdscan.judgement.suppression import suppress
from sdscan.judgement.texts import texts_of
from sdscan.judgement.verdicts import file_result
from sdscan.knowledge import Knowledge
from sdscan.limits import DEFAULT_LIMITS, Limits
from sdscan.opening import open_source
from sdscan.records import Candidate, Container, FileFacts, FileResult


def facts_of(
    candidate: Candidate, limits: Limits = DEFAULT_LIMITS, *, thorough: bool = False, access: Access = DEFAULT_ACCESS
) -> FileFacts:
    """What one file says. Bad input never raises; it becomes an outcome with a reason."""
    if candidate.skipped is not None:
        return FileFacts(format="unknown", outcome="skipped", reason=candidate.skipped)
    if candidate.refused is not None:
        return unreadable(ReadError(candidate.refused))
    limits = limits.started()
    try:
        with open_source(candidate, limits, access) as source:
            return read_facts(source, candidate, limits, thorough=thorough, alone=candidate.listed is not None)
    except ReadError as error:
        return unreadable(error)
    except MemoryError:
        return unreadable(ReadError("needs more memory than there is"))


def container_of(
    candidate: Candidate, limits: Limits = DEFAULT_LIMITS, *, thorough: bool = False, access: Access = DEFAULT_ACCESS
) -> Container:
    """The raw blobs of one file, with its sidecars': what `inspect --raw` shows."""
    try:
        with open_source(candidate, limits, access) as source:
            container = containers.read(source, limits, thorough=thorough)
    except ReadError as error:
        return Container("unknown", incomplete=error.reason)
    return container if candidate.listed is not None else sidecars.with_sidecars(container, candidate, limits)


def read_facts(
    source: Source, candidate: Candidate, limits: Limits, *, thorough: bool = False, alone: bool = False
) -> FileFacts:
    """What an open source says: container → blobs → generations, or model header → training evidence.

    `alone`: the bytes have no folder (an upload, an object), so no sidecar is looked for.
    """
    return facts_in(read_container(source, candidate, limits, thorough, alone), source, candidate, limits, alone=alone)


def read_container(source: Source, candidate: Candidate, limits: Limits, thorough: bool, alone: bool) -> Container:
    """The blobs of an open source, with its sidecars' unless it is `alone`."""
    container = containers.read(source, limits, thorough=thorough)
    near: Near | None = getattr(source, "near", None)
    if (alone and near is None) or container.format in models.FORMATS:
        return container
    return sidecars.with_sidecars(container, candidate, limits, near)


def facts_in(
    container: Container,
    source: Source,
    candidate: Candidate,
    limits: Limits,
    *,
    alone: bool = False,
    again: bool = True,
) -> FileFacts:
    """What the blobs of a container say; a model file is read on from its source. `again`: others like it may come, see repeats."""
    if container.format in models.FORMATS:
        return settled(models.model_facts(source, container, candidate, limits, alone=alone), candidate, limits)
    model = models.embedding_from(container, None if alone else candidate, limits)
    decoded = repeats.decode(container, limits) if again else decoders.decode(container, limits)
    return settled(facts_from(container, decoded, candidate, model), candidate, limits)


def judge(path: str, facts: FileFacts, knowledge: Knowledge) -> FileResult:
    """What the facts of one file mean under today's knowledge. A name that is no UTF-8 is shown with escapes from here on."""
    path = visible(path)
    resolved = knowledge.library.resolve(facts)
    matches = find_matches(texts_of(resolved), knowledge.watchlist)
    case = Case(path, resolved, matches, knowledge)
    return file_result(case, suppress(path, apply_rules(case), knowledge, resolved))


def scan(
    candidates: Iterable[Candidate], knowledge: Knowledge, limits: Limits = DEFAULT_LIMITS
) -> Iterator[FileResult]:
    """Take files down the whole line, one by one, in the order given."""
    for candidate in candidates:
        yield judge(candidate.path, facts_of(candidate, limits), knowledge)
