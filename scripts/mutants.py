#!/usr/bin/env python3
"""Mutation testing: small faults are put into functions one by one, and the tests that run them must notice.

    python scripts/mutants.py [--minutes 30] [--share 1.0] [--seed 1] MODULE … -- TEST …

All tests are collected once; each mutant lives in a child of that process, in which the code of one function is exchanged and everything
that was remembered is forgotten, and is held against the tests that call the function, quick ones first, until one fails. (mutmut was tried:
it collects the tests anew for each mutant, which takes twenty times as long here.) Written: a line a mutant that no test noticed.
"""

from __future__ import annotations

import argparse
import ast
import copy
import functools
import gc
import importlib
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent

COMPARE: dict[type, type] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn,
    ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
ARITHMETIC: dict[type, type] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
}  # fmt: skip


TIMED = "not time_that_grows and not linear_time"
"""Tests of time are left out: they take long, and a fault seldom makes anything slow."""


class Mutant(NamedTuple):
    """One fault in one function."""

    module: str
    function: str
    """Qualified name of the outermost function that holds it."""
    line: int
    what: str
    code: CodeType


# ---- making ------------------------------------------------------------------------------------------------------------


def mutants_of(module: str) -> Iterator[Mutant]:
    """Every mutant of the functions and methods of a module."""
    path = ROOT / (module.replace(".", "/") + ".py")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for name, function in _functions(tree, ""):
        whole = _code_of(tree, path, name)
        for number in range(len(list(_places(function)))):
            changed = copy.deepcopy(tree)
            target = dict(_functions(changed, ""))[name]
            node, change = list(_places(target))[number]
            before = ast.unparse(node)
            change()
            what = f"{before.splitlines()[0]}  →  {ast.unparse(node).splitlines()[0]}"
            code = _code_of(changed, path, name)
            if code != whole:
                yield Mutant(module, name, getattr(node, "lineno", function.lineno), what, code)


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            yield prefix + child.name, child
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.")


def _code_of(tree: ast.Module, path: Path, name: str) -> CodeType:
    code = compile(ast.fix_missing_locations(tree), str(path), "exec", dont_inherit=True)
    for part in name.split("."):
        code = next(item for item in code.co_consts if isinstance(item, CodeType) and item.co_name == part)
    return code


def _places(function: ast.FunctionDef):  # type: ignore[no-untyped-def]  # (node, what changes it) pairs
    """Every place in a function's body where something can be changed, and the change."""
    for statement in function.body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue  # the docstring
        for node in _walk(statement):
            for change in _changes(node):
                yield node, change


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those of annotations and of the texts in f-strings."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns") or isinstance(node, ast.JoinedStr | ast.Assert | ast.Raise):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _walk(child)


def _changes(node: ast.AST):  # type: ignore[no-untyped-def]  # as above
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARE:
        yield lambda: node.ops.__setitem__(0, COMPARE[type(node.ops[0])]())
    elif isinstance(node, ast.BoolOp):
        yield lambda: setattr(node, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
        for at in range(len(node.values)):
            yield lambda at=at: node.values.__setitem__(at, ast.UnaryOp(ast.Not(), node.values[at]))
    elif isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        yield lambda: setattr(node, "op", ARITHMETIC[type(node.op)]())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield lambda: setattr(node, "operand", ast.UnaryOp(ast.Not(), node.operand))
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield lambda: setattr(node, "value", not node.value)
        elif isinstance(node.value, int | float):
            yield lambda: setattr(node, "value", node.value + 1)
        elif isinstance(node.value, str) and " " not in node.value:  # no sentences
            yield lambda: setattr(node, "value", node.value + "?")
    elif isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        yield lambda: setattr(node, "value", ast.Constant(None))
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        yield lambda: setattr(node, "test", ast.UnaryOp(ast.Not(), node.test))
    elif isinstance(node, ast.comprehension) and node.ifs:
        yield lambda: setattr(node, "ifs", [])
    elif isinstance(node, ast.Slice) and node.upper is not None:
        yield lambda: setattr(node, "upper", None)


# ---- running -----------------------------------------------------------------------------------------------------------


class Runner:
    """A pytest plugin: instead of running the tests once, it runs them against each mutant."""

    def __init__(self, mutants: list[Mutant], total: int, minutes: float) -> None:
        self.mutants = mutants
        self.total = total
        self.ends = time.monotonic() + 60 * minutes
        self.results: Counter[str] = Counter()
        self.survivors: list[Mutant] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        remembered = list(_remembering())
        called, took = self._profiled(session, remembered)
        if session.testsfailed:
            raise pytest.UsageError("the tests fail without any fault put in")
        for number, mutant in enumerate(self.mutants):
            if time.monotonic() > self.ends:
                break
            tests = sorted(called.get((mutant.module, mutant.function), ()), key=lambda item: took[item])
            outcome = (
                self._tried(session, mutant, tests, remembered, sum(took[item] for item in tests))
                if tests
                else "no test"
            )
            self.results[outcome] += 1
            if outcome in ("survived", "no test"):
                self.survivors.append(mutant)
            if number % 20 == 19:
                print(f"{number + 1} of {len(self.mutants)}: {dict(self.results)}", file=sys.__stderr__, flush=True)
        return True

    def _profiled(
        self, session: pytest.Session, remembered: list[object]
    ) -> tuple[dict[tuple[str, str], list[pytest.Item]], dict[pytest.Item, float]]:
        """Which tests call which function, and how long they take."""
        files = {str(ROOT / (name.replace(".", "/") + ".py")): name for name in {m.module for m in self.mutants}}
        called: dict[tuple[str, str], list[pytest.Item]] = {}
        took: dict[pytest.Item, float] = {}
        for number, item in enumerate(session.items):
            seen: set[tuple[str, str]] = set()

            def look(frame, event, argument, seen=seen):  # type: ignore[no-untyped-def]
                if event == "call" and frame.f_code.co_filename in files:
                    seen.add((files[frame.f_code.co_filename], frame.f_code.co_qualname.split(".<locals>")[0]))

            forget(remembered)
            begin = time.process_time()
            sys.setprofile(look)
            _run(session, number)
            sys.setprofile(None)
            took[item] = time.process_time() - begin
            for key in seen:
                called.setdefault(key, []).append(item)
        return called, took

    def _tried(
        self,
        session: pytest.Session,
        mutant: Mutant,
        tests: list[pytest.Item],
        remembered: list[object],
        seconds: float,
    ) -> str:
        """What becomes of one mutant, in a child process."""
        child = os.fork()
        if child == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.dup2(1, 2)
            signal.setitimer(signal.ITIMER_PROF, 10 + 5 * seconds)
            _function(mutant).__code__ = mutant.code
            session.items = tests
            for number in range(len(tests)):
                forget(remembered)
                try:
                    _run(session, number)
                except BaseException:
                    os._exit(1)
                if session.testsfailed:
                    os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        return "survived" if status == 0 else "killed" if os.WIFEXITED(status) else "out of time"


def _run(session: pytest.Session, number: int) -> None:
    item = session.items[number]
    following = session.items[number + 1] if number + 1 < len(session.items) else None
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)


def _function(mutant: Mutant) -> FunctionType:
    value: object = importlib.import_module(mutant.module)
    for part in mutant.function.split("."):
        value = value.__dict__[part]
    while not isinstance(value, FunctionType):
        value = getattr(value, "__wrapped__", None) or getattr(value, "fget", None) or getattr(value, "__func__", None)
    return value


def _remembering() -> Iterator[object]:
    """Everything in which answers are kept: caches of functions, memos of watchlists, rows that tests worked out."""
    from sdscan.knowledge.watchlists import Watchlist

    for value in gc.get_objects():
        if isinstance(value, Watchlist):
            yield from (value.memo, value.silent, value.bare)
    for name, module in tuple(sys.modules.items()):
        if name.startswith(("sdscan.judgement", "tests", "test_", "rule_cases", "situations")):
            for value in tuple(vars(module).values()):
                if isinstance(value, functools._lru_cache_wrapper) and not _loads(value):
                    yield value


def _loads(function: object) -> bool:
    """Functions that load knowledge: slow, and no fault can reach them."""
    return any(
        word in getattr(function, "__name__", "")
        for word in ("watchlist", "knowledge", "polic", "load", "real", "known")
    )


def forget(remembered: list[object]) -> None:
    for value in remembered:
        value.cache_clear() if isinstance(value, functools._lru_cache_wrapper) else value.clear()  # type: ignore[attr-defined]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--share", type=float, default=1.0, help="of the mutants, drawn by the seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("modules", nargs="+")
    parser.add_argument("--tests", nargs="+", default=["tests/judgement"])
    options = parser.parse_args()
    os.chdir(ROOT)
    os.environ["HYPOTHESIS_PROFILE"] = "ci"
    sys.path.insert(0, str(ROOT))
    every = [mutant for module in options.modules for mutant in mutants_of(module)]
    drawn = random.Random(options.seed).sample(every, round(len(every) * options.share))
    runner = Runner(drawn, len(every), options.minutes)
    pytest.main(["-o", "addopts=", "-m", "not slow", "-k", TIMED, "-p", "no:terminal", "-p", "no:cacheprovider", *options.tests], plugins=[runner])
    tried = runner.results.total()
    print(f"{len(every):,} mutants, {tried:,} tried ({tried / max(1, len(every)):.0%}): {dict(runner.results)}")
    for mutant in sorted(runner.survivors, key=lambda m: (m.module, m.line)):
        print(f"{mutant.module}:{mutant.line} {mutant.function}: {mutant.what}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
