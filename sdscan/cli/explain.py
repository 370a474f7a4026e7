"""`sdscan explain [RULE]`: what a rule flags, why it matters, what counts, what it cannot tell, how to respond, references."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

import click
import msgspec

from sdscan.cli.options import plain, spoken
from sdscan.cli.outputs import terminal_width
from sdscan.errors import ConfigError
from sdscan.i18n import Translator, language_of, translator
from sdscan.judgement.rules import RULES, Rule, rule_of
from sdscan.judgement.rules.pages import SECTIONS, levels_markdown, rule_markdown
from sdscan.terminal import wrap


@click.command("explain", short_help="What a rule flags, and how to respond.")
@click.argument("rule", required=False, metavar="[RULE]")
@click.option("--all", "everything", is_flag=True, help="All rules in full.")
@click.option(
    "--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True, help="How to write it."
)  # fmt: skip
@spoken
@plain
def command(rule: str | None, everything: bool, form: str, lang: str) -> int:
    """Explain RULE (an id such as SD101, or a name such as strict-work), or `levels`: how a finding comes to its level.

    Without RULE: list all in one line each.
    """
    t = translator(language_of(lang))
    if rule == "levels":
        click.echo(levels_markdown(t.sentence), nl=False)
        return 0
    if rule is not None:
        chosen: tuple[Rule, ...] = (_rule(rule),)
    elif everything or form != "text":
        chosen = RULES
    else:
        for known in RULES:
            click.echo(f"{known.id}  {known.name:<24} {t(known.summary)}")
        click.echo("\n" + t("Next: `sdscan explain SD101`, `sdscan explain levels`, or `sdscan explain --all`."))
        return 0
    click.echo({"text": _text, "markdown": _markdown, "json": _json}[form](chosen, t), nl=False)
    return 0


def _rule(name: str) -> Rule:
    found = rule_of(name)
    if found is None:
        known = [text for rule in RULES for text in (rule.id, rule.name)]
        near = difflib.get_close_matches(name.upper(), known, 1) or difflib.get_close_matches(name.lower(), known, 1)
        hint = f"; did you mean {near[0]}?" if near else "; `sdscan explain` lists all"
        raise ConfigError(f"there is no rule {name!r}{hint}")
    return found


def _text(rules: Iterable[Rule], t: Translator) -> str:
    width = min(100, terminal_width())
    return "\n\n".join("\n".join(_text_lines(rule, width, t)) + "\n" for rule in rules)


def _text_lines(rule: Rule, width: int, t: Translator) -> Iterator[str]:
    yield from wrap(f"{rule.id} {rule.name}: {t(rule.summary)}", width)
    for heading, field in SECTIONS:
        yield ""
        yield t(heading)
        yield from (f"  {line}" for line in wrap(t(getattr(rule, field)), width - 2))
    yield ""
    yield t("References")
    for reference in rule.references:
        for number, line in enumerate(wrap(t(reference), width - 4)):
            yield ("  - " if number == 0 else "    ") + line


def _markdown(rules: Iterable[Rule], t: Translator) -> str:
    return "\n".join(rule_markdown(rule, t) for rule in rules)


def _json(rules: Iterable[Rule], _: Translator) -> str:
    """One object for one rule, a list for several; the same in every language."""
    rows = [
        {
            "id": rule.id, "name": rule.name, "summary": rule.summary, "flags": rule.flags, "why": rule.why, "evidence": rule.evidence,
            "cannot_tell": rule.cannot_tell, "respond": rule.respond, "references": list(rule.references),
        }
        for rule in rules
    ]  # fmt: skip
    return msgspec.json.format(msgspec.json.encode(rows[0] if len(rows) == 1 else rows)).decode() + "\n"
