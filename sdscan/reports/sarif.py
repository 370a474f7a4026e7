"""Results → SARIF 2.1.0 as GitHub code scanning takes it.

Every result has one location with a relative URI and the region 1,1,1,1, and its own fingerprint: without a location GitHub refuses
the whole file, without a region it replaces the fingerprint. Suppressed findings stay out.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from sdscan.judgement.rules import RULES
from sdscan.judgement.rules.case import Rule
from sdscan.judgement.rules.pages import rule_markdown
from sdscan.records import SEVERITIES, FileResult, Finding, Severity
from sdscan.reports import RenderOptions
from sdscan.reports.shared import findings_of, sentence, shown, uri
from sdscan.run import Results

_LEVELS: dict[Severity, str] = {
    "critical": "error",
    "high": "error",
    "medium": "warning",
    "low": "note",
    "info": "note",
}
_PRECISION = {"strong": "high", "medium": "medium", "weak": "low"}
_HOME = "https://github.com/sdscan/sdscan"
_DESCRIPTION = 1024
"""GitHub's limit on fullDescription.text."""


def render(results: Results, options: RenderOptions) -> Iterator[str]:
    """One run, one result a finding."""
    encode = msgspec.json.Encoder(order="deterministic").encode
    driver = {
        "name": results.tool.name,
        "version": results.tool.version,
        "semanticVersion": results.tool.version,
        "informationUri": _HOME,
        "rules": [_rule(rule) for rule in RULES],
    }
    yield '{"$schema": "https://json.schemastore.org/sarif-2.1.0.json",\n"version": "2.1.0",\n"runs": [{'
    yield f'"tool": {{"driver": {encode(driver).decode()}}},\n"automationDetails": {{"id": "sdscan/"}},\n'
    yield '"columnKind": "unicodeCodePoints",\n"results": ['
    separator = "\n"
    for result in shown(results, options):
        for finding in findings_of(result, options):
            if finding.suppressed is None:
                yield separator + encode(_result(result, finding)).decode()
                separator = ",\n"
    yield "]}]}\n"


def _rule(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.flags[:_DESCRIPTION]},
        "helpUri": f"{_HOME}/blob/main/docs/rules.md#{rule.id.lower()}-{rule.name}",
        "help": {"text": f"{rule.flags} {rule.respond}", "markdown": rule_markdown(rule)},
        "properties": {"tags": [rule.name], "precision": "medium", "problem.severity": "warning"},
    }


_INDEX = {rule.id: number for number, rule in enumerate(RULES)}


def _result(result: FileResult, finding: Finding) -> dict[str, object]:
    location: dict[str, object] = {
        "physicalLocation": {
            "artifactLocation": {"uri": uri(result.path)},
            "region": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1},
        }
    }
    places = list(dict.fromkeys(item.locator for item in finding.evidence))[:10]
    if places:
        location["logicalLocations"] = [{"fullyQualifiedName": place, "kind": "member"} for place in places]
    return {
        "ruleId": finding.rule,
        "ruleIndex": _INDEX.get(finding.rule, -1),
        "level": _LEVELS[finding.severity],
        "kind": "fail",
        "message": {"text": " ".join(part for part in (sentence(finding), finding.next_step) if part)},
        "locations": [location],
        "partialFingerprints": {"primaryLocationLineHash": f"{finding.id}:1", "sdscanFinding/v1": finding.id},
        "properties": {
            "severity": finding.severity,
            "rank": SEVERITIES.index(finding.severity) * 25.0,
            "strength": finding.strength,
            "precision": _PRECISION[finding.strength],
            "subject": None if finding.subject is None else finding.subject.id,
            "verdicts": finding.verdicts,
        },
    }
