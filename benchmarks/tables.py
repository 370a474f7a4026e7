"""Figures → Markdown tables, and into the pages between `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median

from benchmarks.records import Budget, Figures, Measure

GROUPS = {
    "scan": "Scanning",
    "names": "Names",
    "start": "Start-up",
    "memory": "Memory",
    "growth": "Cost a file",
    "objects": "Object stores",
    "cluster": "Engines",
}
"""Group of measures → heading of its table."""


def number(value: float) -> str:
    """Three digits that matter."""
    if value >= 1_000:
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def verdict(budget: Budget, values: Sequence[float]) -> str:
    """Held, missed, and whether the aim is reached, by the median."""
    value = median(values)
    if not _holds(value, budget.must, budget.at_least):
        return "**missed**"
    return "held, aim reached" if _holds(value, budget.aim, budget.at_least) else "held"


def _holds(value: float, bound: float, at_least: bool) -> bool:
    return value >= bound if at_least else value <= bound


def budget_table(budgets: Iterable[Budget], figures: Figures) -> str:
    """One row a budget: must, aim, min, median, max, held or missed."""
    rows = ["| figure | must | aim | min | median | max | |", "|---|---|---|---|---|---|---|"]
    for budget in budgets:
        values = figures.ratios(budget)
        sign, unit = "≥" if budget.at_least else "≤", "" if budget.unit == "×" else f" {budget.unit}"
        bounds = f"{sign} {budget.must:g}{unit} | {sign} {budget.aim:g}{unit}"
        if values:
            found = " | ".join(number(value) for value in (min(values), median(values), max(values)))
            rows.append(f"| {budget.title} | {bounds} | {found} | {verdict(budget, values)} |")
        else:
            why = figures.missing.get(budget.of) or figures.missing.get(budget.over or "") or "not measured in this run"
            rows.append(f"| {budget.title} | {bounds} | | | | {why} |")
    return "\n".join(rows)


def measure_table(measures: Iterable[Measure], figures: Figures, group: str) -> str:
    """One row a measure of the group: min, median, max, unit."""
    rows = [f"| {GROUPS[group].lower()} | min | median | max | |", "|---|---|---|---|---|"]
    for measure in (one for one in measures if one.group == group):
        values = figures.samples.get(measure.id, [])
        if values:
            found = " | ".join(number(value) for value in (min(values), median(values), max(values)))
            rows.append(f"| {measure.title} | {found} | {measure.unit} |")
        elif measure.id in figures.missing:
            rows.append(f"| {measure.title} | | | | {figures.missing[measure.id]} |")
    return "\n".join(rows)


def replaced(page: str, name: str, block: str) -> str:
    """The page with the block between its markers; the page itself where it has none of that name."""
    marks = re.escape(f"<!-- bench:{name} -->"), re.escape(f"<!-- /bench:{name} -->")
    return re.sub(
        f"({marks[0]}\n).*?({marks[1]})", lambda found: f"{found[1]}\n{block}\n\n{found[2]}", page, flags=re.DOTALL
    )


def write(path: Path, blocks: dict[str, str]) -> None:
    """Put blocks into a page."""
    page = path.read_text(encoding="utf-8")
    for name, block in blocks.items():
        page = replaced(page, name, block)
    path.write_text(page, encoding="utf-8")
