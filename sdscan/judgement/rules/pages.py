"""Rule → its page, for `explain`, the documentation and SARIF's help: one text, written once beside the rule."""

from __future__ import annotations

from collections.abc import Callable

from sdscan.judgement.levels import FAINT, MIXED, STARTS, STRICTNESS, STRICTNESS_STEPS
from sdscan.judgement.rules.case import Rule
from sdscan.records import SEVERITIES

SECTIONS: tuple[tuple[str, str], ...] = (
    ("What it flags", "flags"),
    ("Why it matters", "why"),
    ("What counts as evidence", "evidence"),
    ("What it cannot tell", "cannot_tell"),
    ("How to respond", "respond"),
)
"""Heading → field of Rule, in reading order; references follow."""


def rule_markdown(rule: Rule, said: Callable[[str], str] = str) -> str:
    """The page of one rule, from its heading of level 2 to its references; ends with a line break. `said` translates a text."""
    parts = [f"## {rule.id} {rule.name}", said(rule.summary)]
    parts += [f"**{said(heading)}{said('.')}** {said(getattr(rule, field))}" for heading, field in SECTIONS]
    references = "\n".join(f"- {said(reference)}" for reference in rule.references)
    parts.append(f"**{said('References')}{said('.')}**\n\n{references}")
    return "\n\n".join(parts) + "\n"


def levels_markdown(said: Callable[[str], str] = str) -> str:
    """How a finding comes to its level, as a page: where each kind starts, and what moves it. `said` translates a sentence."""
    rows = sorted(STARTS.items(), key=lambda item: -SEVERITIES.index(item[1][0]))
    starts = [f"| {said(what)} | {severity} |" for _, (severity, what) in rows]
    strict = [f"| `{category}` | {STRICTNESS_STEPS[step]:+d} |" for category, step in STRICTNESS.items()]
    moves = (
        f"A weight below {FAINT:g} lowers by one step; a weight above 1 raises nothing.",
        "Weak evidence lowers by one step: a name that stands only in a template from before wildcards were drawn, or that needs its work beside it.",
        f"An artist who died but is still protected weighs one step less; so does each of {MIXED} or more artists in one prompt.",
        "A statement in sdscan.toml (`[[declare]]`) lowers what it logically lowers, and is shown.",
        "In a negative prompt, in a muted node, at weight 0 or below: `info`. An artist whose protection has ended: `info`.",
        "What is used and at least medium sure never falls below `low`, unless it starts there; only what starts at `critical` is `critical`.",
    )
    return "\n".join(
        (
            f"## {said('Levels')}\n\n{said('Severity says how bad it is if true, strength how sure it is. `scan -v` prints the steps of each finding.')}\n",
            f"| {said('a finding of this kind')} | {said('starts at')} |\n|---|---|", *starts,
            f"\n| {said('policy of the work')} | {said('moves by')} |\n|---|---|", *strict, "", *(f"- {said(move)}" for move in moves), "",
        )
    )  # fmt: skip
