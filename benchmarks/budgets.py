"""THE TABLE of budgets: bounds on figures of measures.MEASURES. `must` is held by every release, `aim` is where it should go."""

from __future__ import annotations

from benchmarks.records import Budget

BUDGETS: tuple[Budget, ...] = (
    Budget("scan, one job, judged ÷ sd-parsers, parse only", "scan-1", 1.0, 1.5, over="sd-parsers"),
    Budget("two jobs ÷ one job", "scan-2", 1.7, 1.9, over="scan-1"),
    Budget("two jobs ÷ one job, five times the files", "many-2", 1.7, 1.9, over="many-1"),
    Budget("two jobs ÷ two commands at once that share nothing, five times the files", "many-2", 0.8, 0.95, over="apart"),
    Budget("scan, one job ÷ exiftool -fast2 -j", "scan-1", 15, 30, over="exiftool"),
    Budget("second scan ÷ first", "second", 5, 10, over="first"),
    Budget("rescan ÷ first scan", "rescan", 3, 6, over="first"),
    Budget("`--version` ÷ `import click`", "version", 2, 1.5, over="click", at_least=False),
    Budget("one picture through the hook ÷ `import click, rich.console`", "hook", 2.2, 2.2, over="click-rich", at_least=False),
    Budget("one picture through the hook", "hook", 250, 150, at_least=False, unit="ms"),
    Budget("resident memory, one job", "memory-1", 300, 200, at_least=False, unit="MB"),
    Budget("resident memory, one job, 1,000,000 files", "memory-large", 300, 200, at_least=False, unit="MB"),
    Budget("cost a file, 1,000,000 ÷ 1,000 files", "cost-6", 1.2, 1.05, over="cost-3", at_least=False),
    Budget("cost a file, 10,000 ÷ 1,000 files", "cost-4", 1.2, 1.05, over="cost-3", at_least=False),
)  # fmt: skip
