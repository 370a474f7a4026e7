"""Every hostile file goes down the whole line: no exception, its outcome, its problem, its evidence, in time, and nothing raw in what is shown.

The large ones and the measurement of memory are marked `slow`.
"""

from __future__ import annotations

import functools
import json
import re
import subprocess
import sys
import time

import measure
import msgspec
import pytest
from hostile import Case, corpus
from wholes import WHOLE

from sdscan.api import load_knowledge
from sdscan.exits import ExitRules
from sdscan.facts.source import MemorySource
from sdscan.judgement.verdicts import VERDICTS
from sdscan.knowledge import Knowledge
from sdscan.limits import DEFAULT_LIMITS
from sdscan.pipeline import judge, read_facts
from sdscan.records import Candidate, FileResult
from sdscan.reports import RenderOptions, renderer
from sdscan.run import Spool, batch_of

CASES = [case for cases in corpus().values() for case in cases]
LIGHT = [case for case in CASES if isinstance(case.data, bytes) and len(case.data) < 100_000]
HEAVY = [case for case in CASES if case not in LIGHT]
RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What may reach no terminal: control, bidi and invisible characters, and halves of characters."""


@functools.lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    return load_knowledge(platforms=("pixiv",))


def judged(name: str, data: bytes) -> FileResult:
    limits = DEFAULT_LIMITS.started()
    return judge(name, read_facts(MemorySource(data, limits), Candidate(name), limits, alone=True), knowledge())


def shown(results: list[FileResult], form: str, **options: object) -> str:
    with Spool([batch_of(results)], (), ("pixiv",), ExitRules()) as spool:
        for _ in spool.live():
            pass
        return "".join(renderer(form)(spool, msgspec.structs.replace(RenderOptions(), **options)))


def check(case: Case) -> None:
    """All that is promised of one file."""
    data = case.bytes()
    start = time.process_time()
    result = judged(case.name, data)
    took = time.process_time() - start
    assert (case.outcome, case.reason) == (result.outcome, case.reason if case.reason in (result.reason or "") else result.reason)
    assert any(problem.code.startswith(case.code) for problem in result.problems) or not case.code
    evidence = [item.text for finding in result.findings for item in finding.evidence]
    assert case.text in [text.lower() for text in evidence] or not case.text
    assert len(result.problems) <= 2 * DEFAULT_LIMITS.problems
    assert took < 2 * measure.MOST_SECONDS, "a busy machine stretches processor time; `measure` below holds the bound itself"
    record = json.loads(batch_of([result]).lines)
    assert (record["path"], record["outcome"]) == (case.name, case.outcome)
    text = shown([result], "text", verbose=2, width=100)
    assert RAW.search(text) is None
    assert case.text in text


def test_there_are_hundreds_of_them_each_with_its_name() -> None:
    assert len(CASES) >= 300
    assert len({case.name for case in CASES}) == len(CASES)
    assert all(cases for cases in corpus().values())


PROMISED: dict[str, tuple[str, ...]] = {
    "truncation at many lengths of every container": ("cut-",),
    "lying lengths": ("png-", "jpeg-", "exif-", "webp-", "mp4-", "flac-", "gif-", "tiff-"),
    "inflate bombs": ("ztxt-", "itxt-", "stealth-bomb", "brob-", "zip-", "id3-packed"),
    "JSON bombs": ("json-prompt-deep", "json-prompt-million-keys", "json-prompt-huge-number", "json-prompt-duplicate-keys", "json-prompt-nan"),
    "XML bombs": ("xmp-billion-laughs", "xmp-external", "xmp-deep"),
    "graphs with cycles, a million nodes, links to nowhere": ("graph-loop", "graph-million-nodes", "graph-"),
    "a million tags": ("header-million-tags",),
    "quadratic-regex texts of 1 MB": ("words-",),
    "header lengths of 2^63 and 100 MB": ("header-2e63", "header-100mb"),
    "pickles that would act": ("act-", "pickle-"),
    "LFS pointers, HTML and archives under picture names": ("impostor-lfs", "impostor-html", "impostor-zip", "impostor-tar", "impostor-gzip"),
    "prompts with markup, ANSI, </script>, formulas": ("evil-markup", "evil-ansi", "evil-script", "evil-formula"),
}
"""What the corpus promises, and how the names of its cases begin; names and places stand in `test_hostile_places.py`."""


@pytest.mark.parametrize("family", PROMISED)
def test_every_family_is_there(family: str) -> None:
    names = [case.name for case in CASES]
    missing = [start for start in PROMISED[family] if not any(name.startswith(start) for name in names)]
    if missing == ["brob-"]:
        pytest.skip("brotli is not installed")
    assert missing == []


def test_no_raw_control_byte_reaches_the_page() -> None:
    """Nor any other character that is not seen; what a prompt held of them stands there as an escape."""
    page = shown([judged(case.name, case.bytes()) for case in LIGHT], "html")
    data = page[page.index('type="application/json"') :].partition("</script>")[0]
    assert RAW.search(data.replace("\n", "")) is None
    assert page.count("</script>") == 3
    assert all(case.name in data for case in LIGHT if case.name.startswith("evil-"))


@pytest.mark.parametrize("case", LIGHT, ids=[case.name for case in LIGHT])
def test_a_hostile_file_is_survived(case: Case) -> None:
    check(case)


@pytest.mark.slow
@pytest.mark.parametrize("case", HEAVY, ids=[case.name for case in HEAVY])
def test_a_large_hostile_file_is_survived(case: Case) -> None:
    check(case)


@pytest.mark.slow
@pytest.mark.skipif(not measure.can_measure(), reason="only Linux tells the peak of a process and lets it be reset")
def test_no_file_takes_more_memory_or_time_than_is_promised() -> None:
    run = subprocess.run([sys.executable, measure.__file__, "--all"], capture_output=True, check=True)  # a process without pytest's own memory
    found = [measure.Measured(**json.loads(line)) for line in run.stdout.splitlines()]
    assert sorted(one.name for one in found) == sorted(case.name for case in CASES)
    assert [one for one in found if one.memory > measure.MOST_MEMORY or one.seconds > measure.MOST_SECONDS] == []


# ---- never a silent pass ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_that_is_cut_anywhere_is_unreadable_or_says_all_that_it_said(name: str) -> None:
    data, limits = WHOLE[name], DEFAULT_LIMITS
    whole = read_facts(MemorySource(data, limits), Candidate(name), limits, alone=True)
    passed = []
    for end in range(len(data)):
        facts = read_facts(MemorySource(data[:end], limits), Candidate(name), limits, alone=True)
        if facts.outcome != "unreadable" and (facts.generations, facts.model) != (whole.generations, whole.model):
            passed.append((end, facts.outcome))
    assert passed == []


@pytest.mark.parametrize("name", WHOLE)
def test_the_honest_files_are_scanned_without_a_problem(name: str) -> None:
    result = judged(name, WHOLE[name])
    assert ("scanned", ()) == (result.outcome, result.problems)
    assert any("miku" in item.text for finding in result.findings for item in finding.evidence)
    assert set(result.verdicts.values()) <= set(VERDICTS)
