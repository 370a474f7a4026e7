"""Platforms and works → Markdown for the documentation. Pure: the same pack gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sdscan.knowledge.policies.records import Platform, PlatformRule, Statement, WorkPolicy
from sdscan.knowledge.policies.words import (
    CATEGORY,
    HONESTY,
    MOSAIC,
    ONLY_IF,
    RISK,
    TAKES_AI,
    WORK_AI,
    metadata_sentence,
    origin,
)
from sdscan.records import VERDICTS


def platform_markdown(platform: Platform) -> str:
    """The page of one platform: its stance, what it wants said, what it does with metadata, and every rule with its source."""
    checked = platform.checked.isoformat() if platform.checked else "never"
    head = [
        f"# {_plain(platform.name)}",
        f"`--platform {platform.id}`"
        + (f" (also {', '.join(f'`{a}`' for a in platform.aliases)})" if platform.aliases else ""),
        f"**{_sentence(TAKES_AI[platform.takes_ai])}.** {_plain(platform.stance)}",
        f"- **Disclosure**: {_plain(platform.disclosure)}",
        f"- **Metadata**: {_plain(metadata_sentence(platform))}",
        f"- **Sexual content**: {platform.adult}"
        + (f"; explicit parts under {MOSAIC[platform.mosaic]}" if platform.mosaic else ""),
        f"- **Something is sold**: {'yes' if platform.sells else 'no'}"
        + (", so the card networks' themes hold" if platform.payment_networks else ""),
        f"- **Facts last gathered**: {checked}",
    ]
    body = "\n\n".join(head[:3]) + "\n\n" + "\n".join(head[3:]) + "\n"
    if platform.notes:
        body += f"\n{_plain(platform.notes)}\n"
    body += "\n## Rules\n\n" + ("\n".join(_rules(platform.rules)) if platform.rules else "No rule is on file.\n")
    return body + f"\n{HONESTY}\n"


def _rules(rules: Iterable[PlatformRule]) -> Iterator[str]:
    """The strictest first, those of equal effect in the order of the pack."""
    for rule in sorted(rules, key=lambda rule: -VERDICTS.index(rule.effect)):
        where = f" ({ONLY_IF[rule.only_if]})" if rule.only_if else ""
        yield (
            f"- **{rule.effect}: {RISK[rule.risk_class]}{where}** (`{rule.risk_class}`). {_plain(rule.text)} "
            f"*{_sentence(origin(rule))}.* {_sources(rule.source, rule.see)}\n"
        )


def works_markdown(works: Iterable[WorkPolicy], statements: Sequence[Statement] = ()) -> str:
    """The page of all works and of the statements behind `objects`, sorted by title."""
    parts = [
        "# Works and their holders\n\nWhat rightsholders let others do with their works, as far as it was found. "
        + HONESTY
        + "\n",
        *(_work(work) for work in sorted(works, key=lambda work: (work.title.casefold(), work.id))),
    ]
    if statements:
        parts.append("## Statements, letters and suits over AI\n\nNone of them is a rule about one fan picture.\n")
        parts += [
            f"- **{_plain(said.title)}** (`{said.id}`). {_plain(said.text)} *{_sentence(origin(said))}.* {_sources(said.source, said.see)}\n"
            for said in sorted(statements, key=lambda said: (said.date, said.id))
        ]
    return "\n".join(parts)


def _work(work: WorkPolicy) -> str:
    lines = [
        f"## {_plain(work.title)}\n",
        f"`{work.id}`, {_plain(work.rightsholder)}: {CATEGORY[work.category]}. {_plain(work.text)}\n",
        f"- sexual content: {work.r18}; AI: {WORK_AI[work.ai]}; selling: {work.commercial}",
    ]
    if work.fanwork:
        lines.append(f"- fan works: {_plain(work.fanwork)}")
    lines += [f"- {text}" for text in demands(work)]
    if work.background:
        lines.append(
            "- what is said about fan works, sexual content and selling is background knowledge, without a source"
        )
    lines.append(f"- {origin(work)}. {_sources(work.source, work.see)}\n")
    return "\n".join(lines)


def demands(work: WorkPolicy) -> list[str]:
    """What an AI picture of the work must carry or avoid, and what its cast asks for, one sentence each."""
    found = []
    if work.required_tags:
        found.append(f"tag to use: {', '.join(work.required_tags)}")
    if work.forbidden_tags:
        found.append(f"tag not to use: {', '.join(work.forbidden_tags)}")
    if work.required_notice:
        found.append(f"notice: {_plain(work.required_notice)}")
    if work.minors_in_cast:
        found.append("pupils or children are among the characters")
    if work.live_actors:
        found.append("characters wear the faces of real actors")
    return found


def _sources(source: str, see: Sequence[str]) -> str:
    if not source:
        return "No source."
    return " ".join(f"<{one}>" if one.startswith(("http://", "https://")) else f"`{one}`" for one in (source, *see))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _plain(text: str) -> str:
    """Text that Markdown does not take for markup."""
    return text.replace("\\", "\\\\").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_").replace("`", "\\`")
