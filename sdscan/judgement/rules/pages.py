"""Rule → its page, for `explain`, the documentation and SARIF's help: one text, written once beside the rule."""

from __future__ import annotations

from sdscan.judgement.rules.case import Rule

SECTIONS: tuple[tuple[str, str], ...] = (
    ("What it flags", "flags"),
    ("Why it matters", "why"),
    ("What counts as evidence", "evidence"),
    ("What it cannot tell", "cannot_tell"),
    ("How to respond", "respond"),
)
"""Heading → field of Rule, in reading order; references follow."""


def rule_markdown(rule: Rule) -> str:
    """The page of one rule, from its heading of level 2 to its references; ends with a line break."""
    parts = [f"## {rule.id} {rule.name}", rule.summary]
    parts += [f"**{heading}.** {getattr(rule, field)}" for heading, field in SECTIONS]
    parts.append("**References.**\n\n" + "\n".join(f"- {reference}" for reference in rule.references))
    return "\n\n".join(parts) + "\n"
