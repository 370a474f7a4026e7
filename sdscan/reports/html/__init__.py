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

from sdscan.i18n import Translator, translator
from sdscan.records import STRENGTHS, VERDICTS, FileResult, Finding, Generation, Resource
from sdscan.reports import RenderOptions
from sdscan.reports.html.thumbnails import thumbnail
from sdscan.reports.shared import BY_OTHERS, HONEST, findings_of, shown, uri
from sdscan.run import Results
from sdscan.terminal import safe

_THUMBNAILS = 5_000
"""Pictures that are embedded at most: 256 px WebP take about 7.4 MB a thousand."""
_EXPLICIT = frozenset({"SD401", "SD402", "SD403"})
_UNSAFE = re.compile("[<>&\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
"""What could end the script element, or act where a person reads the source: written as JSON escapes."""
_FIRST = 'const h=document.documentElement;h.className="js";addEventListener("error",e=>{if(e.error)h.className=""})'
"""Hides the plain table before it is laid out, which takes seconds for thousands of files; shows it again where the page's script fails."""
_TEXT = re.compile(r"""\bt\("((?:[^"\\]|\\.)*)\"""")
"""A text of the page in its script."""
_VALUES = (
    *VERDICTS, *STRENGTHS, "scanned", "no-metadata", "unsupported", "unreadable", "skipped", "positive", "negative", "template", "unknown",
    "used", "possible", "unused", "character", "person", "style", "concept", "clothing", "allow", "fix", "unsure", "set aside",
)  # fmt: skip
"""Values of the data that the page shows as words."""


def render(results: Results, options: RenderOptions) -> Iterator[str]:
    """The page, written piece by piece so that ten thousand pictures do not stand in memory."""
    yield head(options.lang)
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
        yield separator + safe_json({**record(result, options), "thumb": picture})
        separator = ",\n"
    yield f'],"about":{safe_json(about(results, options))}}}</script>\n{foot()}'


def about(results: Results, options: RenderOptions) -> dict[str, object]:
    """What the page needs to know of the run, and its own texts in the language asked for."""
    t = translator(options.lang)
    code, closing = results.closing
    texts = [*dict.fromkeys((*page_texts(), *_VALUES))] if t.messages else []
    return {
        "tool": f"{results.tool.name} {results.tool.version}", "platforms": list(results.platforms), "closing": t.sentence(closing), "code": code,
        "packs": [f"{pack.id} {pack.version}" for pack in results.packs], "counts": results.tally.summary(),
        "words": {text: t(text) for text in texts},
    }  # fmt: skip


def page_texts() -> list[str]:
    """Every text of the page's script that is there to be translated."""
    return [json.loads(f'"{text}"') for text in _TEXT.findall(_asset("page.js"))]


def _asset(name: str) -> str:
    return files("sdscan.reports.html").joinpath(name).read_text(encoding="utf-8")


def policy(*more: str) -> str:
    """The Content-Security-Policy: this page's own script and nothing else; `more` directives for the page that is served."""
    digests = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (_FIRST, _asset("page.js"))
    )
    scripts = " ".join(f"'sha256-{digest}'" for digest in digests)
    return "; ".join((
        "default-src 'none'", "img-src data: file: 'self'", "style-src 'unsafe-inline'", f"script-src {scripts}", "base-uri 'none'",
        "form-action 'none'", *more,
    ))  # fmt: skip


def head(language: str, *more: str) -> str:
    """Everything before the page's table."""
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy(*more)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n'
        f'<title>{html.escape(translator(language)("sdscan report"))}</title>\n<link rel="icon" href="data:,">\n'
        f'<style>{_asset("page.css")}</style>\n<script>{_FIRST}</script>\n</head>\n<body>\n<main id="static">\n'
    )


def foot() -> str:
    """The script and the end."""
    return f"<script>{_asset('page.js')}</script>\n</body>\n</html>\n"


def _static_table(results: Results, options: RenderOptions) -> Iterator[str]:
    """What is seen without JavaScript; the script removes it."""
    t = translator(options.lang)
    heads = (t("file"), t("outcome"), t("level"), t("what was found"), *results.platforms)
    yield f"<h1>{html.escape(t('sdscan report'))}</h1>\n<table>\n<thead><tr>"
    yield "".join(f"<th>{html.escape(text)}</th>" for text in heads) + "</tr></thead>\n<tbody>\n"
    for result in shown(results, options):
        found = "<br>".join(
            html.escape(f"{f.rule} {f.severity}: {safe(t.sentence(f.message))}") for f in findings_of(result, options)
        )
        verdicts = "".join(
            f"<td>{html.escape(t(result.verdicts.get(platform, '')))}</td>" for platform in results.platforms
        )
        yield f"<tr><td>{html.escape(safe(result.path))}</td><td>{html.escape(t(result.outcome))}</td><td>{result.severity or ''}</td>"
        yield f"<td>{found or html.escape(safe(t.sentence(result.reason or '')))}</td>{verdicts}</tr>\n"
    last = f"{t.sentence(results.closing[1])} {t(HONEST)}"
    yield f"</tbody></table>\n<p>{html.escape(last)}</p>\n"


def record(result: FileResult, options: RenderOptions) -> dict[str, object]:
    """What the page needs of one file; its sentences in the language asked for."""
    t = translator(options.lang)
    findings = findings_of(result, options)
    return {
        "path": safe(result.path), "href": uri(result.path), "outcome": result.outcome, "reason": safe(t.sentence(result.reason or "")),
        "format": result.format, "severity": result.severity, "verdicts": result.verdicts,
        "explicit": any(f.rule in _EXPLICIT for f in findings),
        "tools": list(dict.fromkeys(g.tool for g in result.generations)),
        "prompts": [{"role": p.role, "text": p.text, "at": p.locator} for g in result.generations for p in g.prompts],
        "loras": [_resource(r, t) for g in result.generations for r in g.resources if r.kind in ("lora", "embedding", "checkpoint")],
        "made": _made(result.generations),
        "findings": [_finding(f, t) for f in findings],
        "reasons": [
            {"platform": r.platform, "verdict": r.verdict, "text": t.sentence(r.text), "source": r.source, "date": r.date, "basis": t(r.basis), "by": t(BY_OTHERS) if r.evidence == "secondary" else ""}
            for r in result.reasons
        ],
        "model": None if result.model is None else {
            "kind": result.model.kind, "subject": result.model.subject_kind.value,
            "because": [t.sentence(reason) for reason in result.model.subject_kind.because],
            "triggers": [trigger.text for trigger in result.model.triggers[:20]], "base": result.model.base_model or "",
        },
    }  # fmt: skip


def _resource(resource: Resource, t: Translator) -> dict[str, object]:
    file = resource.file
    return {
        "kind": resource.kind, "name": resource.name, "weight": resource.weight, "state": resource.state,
        "file": "" if file is None else t("{path} (by {how}, {certainty})", path=file.path, how=file.how, certainty=f"{file.certainty:.0%}"),
    }  # fmt: skip


def _made(generations: tuple[Generation, ...]) -> str:
    """A date that the data itself names, for the timeline; empty where there is none."""
    for generation in generations:
        for key in ("Created Date", "date", "created_at", "Generation date"):
            value = generation.parameters.get(key, "")
            if len(value) >= 10 and value[4:5] == "-":
                return value[:10]
    return ""


def _finding(finding: Finding, t: Translator) -> dict[str, object]:
    return {
        "id": finding.id, "rule": finding.rule, "name": finding.name, "severity": finding.severity, "strength": finding.strength,
        "subject": "" if finding.subject is None else finding.subject.name,
        "subject_id": "" if finding.subject is None else finding.subject.id,
        "message": t.sentence(finding.message), "next": t.sentence(finding.next_step), "because": [t.sentence(step) for step in finding.because],
        "evidence": [
            {"source": e.source, "at": t.sentence(e.locator), "text": t.sentence(e.text) if e.source == "lora-training" else e.text,
             "start": e.start, "end": e.end, "weight": e.weight} for e in finding.evidence
        ],
        "suppressed": "" if finding.suppressed is None else t.sentence(finding.suppressed.reason),
    }  # fmt: skip


def safe_json(value: object) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
