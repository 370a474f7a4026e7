"""Findings and what the user stated → the same findings, some set aside. Also the baseline file, and which statements are stale.

An allow entry sets aside a rule and subject below its paths, until its date. A baseline entry sets aside one finding (by id) in one
picture, told by its path or by its content key, so a renamed or recompressed picture stays accepted and a new one does not.
Nothing that a scanned file says can set anything aside, and nothing sets SD401 aside.

Stale entries are told in two ways. An entry that has run out is told where it would have counted: the finding stays, and SD901
beside it says until when it was allowed. An entry that no longer matches anything belongs to no file, so it is no record;
`stale_statements` finds it among the results of a whole run, for the command line to print and count.
"""

from __future__ import annotations

import functools
import posixpath
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from sdscan.digests import sha256
from sdscan.errors import ConfigError
from sdscan.judgement.levels import moved
from sdscan.judgement.rules.build import finding_id, make
from sdscan.judgement.rules.case import covers
from sdscan.knowledge import Knowledge
from sdscan.knowledge.library import Resolved
from sdscan.knowledge.statements import Allow, BaselineEntry, Statements
from sdscan.records import Evidence, FileFacts, FileResult, Finding, Generation, ModelFacts, Suppressed
from sdscan.system import composed

BASELINE_SCHEMA = "sdscan-baseline/1"
NEVER = frozenset({"SD401", "SD901"})
"""Rules that nothing sets aside."""

__all__ = [
    "BASELINE_SCHEMA", "NEVER", "baseline_lines", "content_key", "entries_of", "finding_id", "odd_statements", "plain_path", "read_baseline",
    "stale_baseline", "stale_statements", "suppress",
]  # fmt: skip


def suppress(
    path: str, findings: Sequence[Finding], knowledge: Knowledge, resolved: Resolved | None = None
) -> tuple[Finding, ...]:
    """The findings, each set aside where a statement of the user covers it. `resolved` lets a renamed picture be told by its content."""
    statements = knowledge.statements
    if not findings or not (statements.allow or statements.baseline):
        return tuple(findings)
    out: list[Finding] = []
    for finding in findings:
        allow = _allowing(path, finding, statements)
        if finding.rule in NEVER:
            out.append(finding)
        elif allow is not None and (allow.expires is None or allow.expires >= knowledge.today):
            out.append(replace(finding, suppressed=_by_allow(allow, statements)))
        elif _in_baseline(path, finding, statements, resolved):
            out.append(replace(finding, suppressed=Suppressed(statements.baseline_source, "accepted in the baseline")))
        else:
            out.append(finding)
            if allow is not None:
                out.append(_expired(finding, allow, statements))
    return tuple(out)


def _allowing(path: str, finding: Finding, statements: Statements) -> Allow | None:
    """The entry that allows a finding: the one that lasts longest, where several do."""
    found = [entry for entry in statements.allow if allows(entry, path, finding)]
    return max(found, key=lambda entry: (entry.expires is None, str(entry.expires)), default=None)


def allows(entry: Allow, path: str, finding: Finding) -> bool:
    """Whether an entry speaks of this finding, whatever the date."""
    subject = finding.subject.id if finding.subject is not None else None
    return (
        entry.rule in (finding.rule, finding.name)
        and (entry.subject is None or entry.subject == subject)
        and (not entry.ids or finding.id in entry.ids)
        and (not entry.paths or covers(entry.paths, path))
    )


def _by_allow(entry: Allow, statements: Statements) -> Suppressed:
    return Suppressed(statements.source, entry.reason, entry.expires.isoformat() if entry.expires else None)


def _expired(finding: Finding, entry: Allow, statements: Statements) -> Finding:
    assert entry.expires is not None, "an entry without a date cannot run out"
    about = f"{finding.rule} {finding.subject.id}" if finding.subject is not None else finding.rule
    message = f"{about} was allowed until {entry.expires.isoformat()} by {statements.source}: {entry.reason}"
    step = f"Renew the [[allow]] entry in {statements.source} with a new date if the reason still holds, or remove it."
    evidence = (Evidence("sidecar", statements.source, f"{about} {entry.expires.isoformat()}"),)
    return make("SD901", finding.subject, moved("stale", "strong"), message, evidence, next_step=step)


# ---- the baseline ------------------------------------------------------------------------------------------------


def content_key(facts: FileFacts | FileResult | Resolved) -> str:
    """32 hex digits that stay when a file is renamed or recompressed, and change with prompt, seed or settings.

    Over prompts, models and parameters of all generations, or over a model's digest and training data; places and container
    formats are left out. Empty where a file says nothing about itself: it is then told by its path alone.
    """
    model = facts.facts.model if isinstance(facts, Resolved) else facts.model
    parts = _model_parts(model) if model is not None else sorted({_generation_part(g) for g in facts.generations})
    if not parts:
        return ""
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _generation_part(generation: Generation) -> str:
    prompts = [f"{prompt.role}={prompt.text.strip()}" for prompt in generation.prompts]
    models = [f"{r.kind}={r.name}={r.hash}={r.weight}={r.state}" for r in generation.resources]
    settings = [f"{key}={value}" for key, value in generation.parameters.items()]
    return "\1".join((generation.tool, *sorted(prompts), *sorted(models), *sorted(settings)))


def _model_parts(model: ModelFacts) -> list[str]:
    digests = model.hashes
    known = digests.autov3 or digests.sha256 or digests.blake3 or digests.declared
    if known:
        return [known]
    tags = [f"{tag}={coverage}" for tag, coverage in model.training.tags] if model.training else []
    return [
        model.kind,
        model.title or "",
        model.alias or "",
        *sorted(trigger.text for trigger in model.triggers),
        *tags,
    ]


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    """One line of the baseline file."""

    id: str
    rule: str
    path: str
    content: str = ""
    subject: str | None = None


def read_baseline(path: str | Path) -> frozenset[BaselineEntry]:
    """The entries of a baseline file. Raises ConfigError that names file, line and what was expected."""
    name = Path(path).name
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise ConfigError(f"baseline {str(path)!r}: {(error.strerror or 'cannot be read').lower()}") from None
    lines = [(number, line) for number, line in enumerate(data.splitlines(), 1) if line.strip()]
    if not lines:
        raise ConfigError(f'{name}: is empty; expected a first line {{"schema":"{BASELINE_SCHEMA}"}}')
    _check_head(name, lines[0][1])
    decode = msgspec.json.Decoder(_Line).decode
    entries = set()
    for number, line in lines[1:]:
        if line.startswith((b"<<<<<<<", b"=======", b">>>>>>>")):
            raise ConfigError(f"{name}:{number}: a merge conflict is not resolved")
        if b'"schema"' in line and BASELINE_SCHEMA.encode() in line:
            continue  # two baselines merged by union
        try:
            row = decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise ConfigError(f"{name}:{number}: {error}; expected id, rule, subject, path and content") from None
        entries.add(BaselineEntry(row.id, row.rule, row.subject, row.path, row.content))
    return frozenset(entries)


def _check_head(name: str, line: bytes) -> None:
    try:
        schema = msgspec.json.decode(line, type=dict[str, str]).get("schema")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        schema = None
    if schema != BASELINE_SCHEMA:
        raise ConfigError(
            f'{name}:1: expected {{"schema":"{BASELINE_SCHEMA}"}}; write the file with `sdscan baseline write`'
        )


def baseline_lines(entries: Iterable[BaselineEntry]) -> str:
    """The text of a baseline file: schema, then one sorted entry a line. No clock, no version, no position in a file."""
    rows = sorted(set(entries), key=lambda e: (e.path, e.rule, e.subject or "", e.id, e.content))
    encode = msgspec.json.encode
    head = encode({"schema": BASELINE_SCHEMA}).decode()
    return "".join(f"{line}\n" for line in (head, *(encode(row).decode("utf-8") for row in rows)))


def entries_of(result: FileResult) -> tuple[BaselineEntry, ...]:
    """The baseline entries that would accept everything in a result that can be accepted and does not count as allowed already."""
    accepted = [
        finding
        for finding in result.findings
        if finding.rule not in NEVER and finding.severity != "info" and not _is_allowed(finding)
    ]
    content = content_key(result) if accepted else ""
    return tuple(
        BaselineEntry(
            finding.id, finding.rule, finding.subject.id if finding.subject else None, plain_path(result.path), content
        )
        for finding in accepted
    )


def plain_path(path: str) -> str:
    """One spelling of a path: `./a//b.png` and `a/b.png` are the same file, and so are é and e with an accent (names of macOS)."""
    return composed(posixpath.normpath(path))


def _is_allowed(finding: Finding) -> bool:
    return finding.suppressed is not None and finding.suppressed.reason != "accepted in the baseline"


def _in_baseline(path: str, finding: Finding, statements: Statements, resolved: Resolved | None) -> bool:
    entries = _by_id(statements.baseline).get(finding.id, ())
    if not entries:
        return False
    here = plain_path(path)
    if any(plain_path(entry.path) == here for entry in entries):
        return True
    known = {entry.content for entry in entries if entry.content}
    return bool(known) and resolved is not None and content_key(resolved) in known


@functools.lru_cache(maxsize=4)
def _by_id(baseline: frozenset[BaselineEntry]) -> dict[str, tuple[BaselineEntry, ...]]:
    found: dict[str, list[BaselineEntry]] = {}
    for entry in baseline:
        found.setdefault(entry.id, []).append(entry)
    return {key: tuple(entries) for key, entries in found.items()}


# ---- stale statements --------------------------------------------------------------------------------------------


def stale_statements(statements: Statements, results: Iterable[FileResult]) -> tuple[str, ...]:
    """A sentence for each allow entry and baseline entry that matches nothing in a whole run, in the order of the files they stand in.

    Only meaningful where the run saw everything that the statements speak of: the command line asks it for folders, never for
    the handful of files that a hook is given.
    """
    unused = [entry for entry in statements.allow if _rule_id(entry.rule) not in NEVER]
    left = _by_entry(statements.baseline)
    for result in results:
        unused = [entry for entry in unused if not any(allows(entry, result.path, f) for f in result.findings)]
        _strike(result, left)
    notes = [f"{statements.source}: [[allow]] {_about(entry)} matches nothing any more; remove it" for entry in unused]
    for entry in _remaining(left):
        notes.append(
            f"{statements.baseline_source}: {_about(entry)} in {entry.path} matches nothing any more; `sdscan baseline prune` removes it"
        )
    return tuple(notes)


def odd_statements(statements: Statements) -> tuple[str, ...]:
    """A sentence for each allow entry that cannot be obeyed, or that another one contradicts; in the order of the file."""
    notes: list[str] = []
    seen: dict[tuple[object, ...], Allow] = {}
    for entry in statements.allow:
        if _rule_id(entry.rule) in NEVER:
            notes.append(
                f"{statements.source}: [[allow]] {_about(entry)} is not obeyed: nothing sets {entry.rule} aside; remove it"
            )
            continue
        key = (_rule_id(entry.rule), entry.subject, entry.paths, entry.ids)
        first = seen.setdefault(key, entry)
        if first is not entry and first.expires != entry.expires:
            dates = " and ".join(sorted(str(one.expires or "no end") for one in (first, entry)))
            notes.append(
                f"{statements.source}: [[allow]] {_about(entry)} stands twice, until {dates}; the later one counts, keep one"
            )
    return tuple(notes)


def _rule_id(rule: str) -> str:
    """SD401 for `minor-sexual` as well."""
    return {"minor-sexual": "SD401", "stale-suppression": "SD901"}.get(rule, rule)


def stale_baseline(baseline: frozenset[BaselineEntry], results: Iterable[FileResult]) -> tuple[BaselineEntry, ...]:
    """The baseline entries that match nothing in a whole run, sorted by path."""
    left = _by_entry(baseline)
    for result in results:
        _strike(result, left)
    return _remaining(left)


def _about(entry: Allow | BaselineEntry) -> str:
    return f"{entry.rule} {entry.subject}" if entry.subject else entry.rule


def _by_entry(baseline: frozenset[BaselineEntry]) -> dict[str, set[BaselineEntry]]:
    return {key: set(entries) for key, entries in _by_id(baseline).items()}


def _remaining(left: dict[str, set[BaselineEntry]]) -> tuple[BaselineEntry, ...]:
    return tuple(
        sorted((entry for entries in left.values() for entry in entries), key=lambda e: (e.path, e.rule, e.id))
    )


def _strike(result: FileResult, gone: dict[str, set[BaselineEntry]]) -> None:
    """Take the baseline entries out that a result still has."""
    content: str | None = None
    for finding in result.findings:
        entries = gone.get(finding.id)
        if entries:
            content = content_key(result) if content is None else content
            here = plain_path(result.path)
            entries -= {e for e in entries if plain_path(e.path) == here or (e.content and e.content == content)}
