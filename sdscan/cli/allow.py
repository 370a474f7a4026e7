"""`sdscan allow PATH RULE`: write an [[allow]] entry into sdscan.toml, with a reason and an end date. Comments stay."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import click

from sdscan.allowing import entry_text, glob_of, write_entries
from sdscan.cli.accepting import catalogued, run_over, settings_of
from sdscan.cli.options import configured, knowing, loaded_config, note, plain
from sdscan.config import Loaded
from sdscan.errors import ConfigError
from sdscan.judgement.rules import RULES, rule_of
from sdscan.judgement.suppression import NEVER
from sdscan.records import Finding
from sdscan.session import today
from sdscan.terminal import safe


@click.command("allow", short_help="Allow one finding, with a reason and an end date.")
@click.argument("path", metavar="PATH")
@click.argument("rule", required=False, metavar="[RULE]")
@click.option("--reason", metavar="TEXT", help="Why it is allowed; kept in sdscan.toml and shown in reports.")
@click.option("--expires", metavar="DATE", help="Last day on which it holds, such as 2027-03-02.")
@click.option("--subject", metavar="ID", help="Whom or what it is about. [default: the one that the finding names]")
@click.option("--everywhere", is_flag=True, help="For all files, not only for PATH.")
@click.option("--print", "to_stdout", is_flag=True, help="Print the entry instead of writing it.")
@knowing
@configured
@catalogued
@plain
def command(
    path: str, rule: str | None, reason: str | None, expires: str | None, subject: str | None, everywhere: bool, to_stdout: bool,
    models: tuple[str, ...], platforms: tuple[str, ...], watchlists: tuple[str, ...], no_default_watchlist: bool, policies: tuple[str, ...],
    config_path: str | None, isolated: bool, no_catalog: bool,
) -> int:  # fmt: skip
    """Allow the finding of RULE in PATH (a file or folder). Without RULE: list what could be allowed.

    The entry goes to the nearest sdscan.toml. SD401 is never allowed.
    """
    loaded = loaded_config((path,), config_path, isolated)
    why, until = "", None
    if rule is not None:
        rule, why, until = _checked_rule(rule), _reason(reason), _date(expires, loaded)
    settings = settings_of(loaded, models, platforms, watchlists, not no_default_watchlist, policies, no_catalog)
    _, results = run_over((path,), settings)
    found = [finding for result in results for finding in result.findings if finding.rule not in NEVER]
    if rule is None:
        return _listed(path, found)
    about = _subject(path, rule, subject, found)
    entry = entry_text(rule, about, () if everywhere else (glob_of(path, loaded),), why, until)
    if to_stdout:
        click.echo(f"[[allow]]\n{entry}", nl=False)
        return 0
    target = write_entries([entry], loaded)
    note(f"wrote to {target.name}:\n[[allow]]\n{entry}".rstrip("\n"))
    note("next: sdscan scan --show-suppressed shows what is set aside")
    return 0


def _checked_rule(name: str) -> str:
    known = rule_of(name)
    if known is None:
        raise ConfigError(f"there is no rule {name!r}; expected one of {', '.join(rule.id for rule in RULES)}")
    if known.id in NEVER:
        raise ConfigError(f"{known.id} {known.name} cannot be allowed: nothing sets it aside")
    return known.id


def _listed(path: str, found: Sequence[Finding]) -> int:
    """What could be allowed, as commands to copy."""
    lines = sorted(
        {(f.rule, f.subject.id if f.subject else "", f.severity, f.message) for f in found if f.severity != "info"}
    )
    if not lines:
        click.echo("nothing here needs to be allowed")
    for rule, subject, severity, message in lines:
        about = f" --subject {subject}" if subject else ""
        click.echo(f"{rule} {severity}: {safe(message)}")
        click.echo(f"  sdscan allow {safe(path)} {rule}{about} --reason '…' --expires YYYY-MM-DD")
    return 0


def _subject(path: str, rule: str, asked: str | None, found: Sequence[Finding]) -> str | None:
    """The subject that the entry names. Raises ConfigError where nothing, or more than one, fits."""
    named = sorted({finding.subject.id for finding in found if finding.rule == rule and finding.subject is not None})
    if not any(finding.rule == rule for finding in found):
        raise ConfigError(f"{path}: there is no finding of {rule} to allow; `sdscan allow {path}` lists what there is")
    if asked is not None:
        if asked not in named:
            raise ConfigError(
                f"{path}: {rule} names no subject {asked!r}; expected one of {', '.join(named) or 'none'}"
            )
        return asked
    if len(named) > 1:
        raise ConfigError(f"{path}: {rule} names {len(named)} subjects; say which with --subject: {', '.join(named)}")
    return named[0] if named else None


def _reason(text: str | None) -> str:
    if text is None or not text.strip():
        raise ConfigError("--reason is missing; say why it is allowed, for whoever reads it in a year")
    return text.strip()


def _date(text: str | None, loaded: Loaded) -> datetime.date | None:
    if text is None:
        if loaded.config.judgement.allow_without_expiry:
            return None
        raise ConfigError("--expires is missing; expected the last day on which it holds, such as 2027-03-02")
    try:
        date = datetime.date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"--expires is {text!r}; expected a date such as 2027-03-02") from None
    if date < today():
        raise ConfigError(f"--expires is {text}, which is in the past")
    return date
