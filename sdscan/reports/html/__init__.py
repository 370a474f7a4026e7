"""Results → one HTML page: no request, opens from disk. Pictures are thumbnails inside, data is one JSON block.

Every scanned text reaches the page through JSON and `textContent`, under a Content-Security-Policy that allows this page's own
script and nothing else. Without JavaScript the page is a plain table.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterator
from importlib.resources import files

from sdscan.records import FileResult, Finding, Generation, Resource
from sdscan.reports import RenderOptions
from sdscan.reports.html.thumbnails import thumbnail
from sdscan.reports.shared import findings_of, shown, uri
from sdscan.run import Results
from sdscan.terminal import safe

_THUMBNAILS = 5_000
"""Pictures that are embedded at most: 256 px WebP take about 7.4 MB a thousand."""
_EXPLICIT = frozenset({"SD401", "SD402", "SD403"})
_UNSAFE = re.compile("[<>&\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
"""What could end the script element, or act where a person reads the source: written as JSON escapes."""


def render(results: Results, options: RenderOptions) -> Iterator[str]:
    """The page, written piece by piece so that ten thousand pictures do not stand in memory."""
    script, style = _asset("page.js"), _asset("page.css")
    yield _head(script, style)
    yield from _static_table(results, options)
    yield '</main>\n<script type="application/json" id="data">'
    yield '{"files":['
    embedded = 0
    separator = ""
    for result in shown(results, options):
        picture = None
        if findings_of(result, options) and embedded < _THUMBNAILS:
            picture = thumbnail(options.root, result.path, result.format)
            embedded += picture is not None
        yield separator + _json(_file(result, options, picture))
        separator = ",\n"
    code, closing = results.closing
    about = {
        "tool": f"{results.tool.name} {results.tool.version}", "platforms": list(results.platforms), "closing": closing, "code": code,
        "packs": [f"{pack.id} {pack.version}" for pack in results.packs], "counts": results.tally.summary(),
    }  # fmt: skip
    yield f'],"about":{_json(about)}}}</script>\n<script>{script}</script>\n</body>\n</html>\n'


def _asset(name: str) -> str:
    return files("sdscan.reports.html").joinpath(name).read_text(encoding="utf-8")


def _head(script: str, style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data: file: 'self'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n'
        f'<title>sdscan report</title>\n<link rel="icon" href="data:,">\n<style>{style}</style>\n</head>\n<body>\n<main id="static">\n'
    )


def _static_table(results: Results, options: RenderOptions) -> Iterator[str]:
    """What is seen without JavaScript; the script removes it."""
    yield "<h1>sdscan report</h1>\n<table>\n<thead><tr><th>file</th><th>outcome</th><th>level</th><th>what was found</th>"
    yield "".join(f"<th>{html.escape(platform)}</th>" for platform in results.platforms) + "</tr></thead>\n<tbody>\n"
    for result in shown(results, options):
        found = "<br>".join(
            html.escape(f"{f.rule} {f.severity}: {safe(f.message)}") for f in findings_of(result, options)
        )
        verdicts = "".join(
            f"<td>{html.escape(result.verdicts.get(platform, ''))}</td>" for platform in results.platforms
        )
        yield f"<tr><td>{html.escape(safe(result.path))}</td><td>{result.outcome}</td><td>{result.severity or ''}</td>"
        yield f"<td>{found or html.escape(safe(result.reason or ''))}</td>{verdicts}</tr>\n"
    yield f"</tbody></table>\n<p>{html.escape(results.closing[1])} A finding is a risk with evidence, never a legal verdict.</p>\n"


def _file(result: FileResult, options: RenderOptions, picture: str | None) -> dict[str, object]:
    """What the page needs of one file."""
    findings = findings_of(result, options)
    return {
        "path": safe(result.path), "href": uri(result.path), "outcome": result.outcome, "reason": safe(result.reason or ""),
        "format": result.format, "severity": result.severity, "verdicts": result.verdicts, "thumb": picture,
        "explicit": any(f.rule in _EXPLICIT for f in findings),
        "tools": list(dict.fromkeys(g.tool for g in result.generations)),
        "prompts": [{"role": p.role, "text": p.text, "at": p.locator} for g in result.generations for p in g.prompts],
        "loras": [_resource(r) for g in result.generations for r in g.resources if r.kind in ("lora", "embedding", "checkpoint")],
        "made": _made(result.generations),
        "findings": [_finding(f) for f in findings],
        "reasons": [
            {"platform": r.platform, "verdict": r.verdict, "text": r.text, "next": r.next_step, "source": r.source, "date": r.date, "basis": r.basis}
            for r in result.reasons
        ],
        "model": None if result.model is None else {
            "kind": result.model.kind, "subject": result.model.subject_kind.value, "because": list(result.model.subject_kind.because),
            "triggers": [t.text for t in result.model.triggers[:20]], "base": result.model.base_model or "",
        },
    }  # fmt: skip


def _resource(resource: Resource) -> dict[str, object]:
    return {
        "kind": resource.kind, "name": resource.name, "weight": resource.weight, "state": resource.state,
        "file": "" if resource.file is None else f"{resource.file.path} (by {resource.file.how}, {resource.file.certainty:.0%})",
    }  # fmt: skip


def _made(generations: tuple[Generation, ...]) -> str:
    """A date that the data itself names, for the timeline; empty where there is none."""
    for generation in generations:
        for key in ("Created Date", "date", "created_at", "Generation date"):
            value = generation.parameters.get(key, "")
            if len(value) >= 10 and value[4:5] == "-":
                return value[:10]
    return ""


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "id": finding.id, "rule": finding.rule, "name": finding.name, "severity": finding.severity, "strength": finding.strength,
        "subject": "" if finding.subject is None else finding.subject.name,
        "subject_id": "" if finding.subject is None else finding.subject.id,
        "message": finding.message, "next": finding.next_step, "because": list(finding.because),
        "evidence": [
            {"source": e.source, "at": e.locator, "text": e.text, "start": e.start, "end": e.end, "weight": e.weight} for e in finding.evidence
        ],
        "suppressed": "" if finding.suppressed is None else finding.suppressed.reason,
    }  # fmt: skip


def _json(value: object) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
