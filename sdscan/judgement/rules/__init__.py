"""Rules: a Case (one resolved file with its matches, and the knowledge) → its findings, sorted. One small module a family.

A rule is one `Rule` with its text and its `judge` function; a new rule is one module or function and one line in RULES.
"""

from __future__ import annotations

import functools

from sdscan.judgement.rules import (
    content,
    derivative,
    disclosure,
    hidden,
    hygiene,
    imitation,
    license,  # noqa: A004 - the family's name
    models,
    person,
    private,
    style,
)
from sdscan.judgement.rules.case import Case, Rule, Trait
from sdscan.records import SEVERITIES, Finding

RULES: tuple[Rule, ...] = (
    derivative.SD101, derivative.SD102, derivative.SD103, imitation.SD104, imitation.SD105,
    style.SD201, style.SD202, style.SD203, style.SD204,
    person.SD301,
    content.SD401, content.SD402, content.SD403,
    license.SD501,
    disclosure.SD601, disclosure.SD602, models.SD603, models.SD604, hidden.SD605, private.SD606, disclosure.SD607,
    hygiene.SD901,
)  # fmt: skip
"""All rules in the order of their ids."""
__all__ = ["RULES", "Case", "Rule", "apply_rules", "rule_of"]


def apply_rules(case: Case) -> tuple[Finding, ...]:
    """All findings of a file, the worst first. Files that were not read to their end are judged by what was read."""
    if case.resolved.facts.outcome in ("unsupported", "skipped"):
        return ()
    found = [finding for rule in _asked(case.traits) for finding in rule.judge(case)]
    if len(found) < 2:
        return tuple(found)
    return tuple(sorted(found, key=lambda finding: (-SEVERITIES.index(finding.severity), finding.rule, finding.id)))


@functools.lru_cache(maxsize=256)
def _asked(traits: frozenset[Trait]) -> tuple[Rule, ...]:
    """The rules that may find something in a file that has these."""
    return tuple(rule for rule in RULES if not rule.needs.isdisjoint(traits))


def rule_of(rule_id: str) -> Rule | None:
    """The rule of that id or name, or None."""
    wanted = rule_id.strip().casefold()
    return next((rule for rule in RULES if wanted in (rule.id.casefold(), rule.name)), None)
