"""Saved results that come from strangers: `sdscan report` over json and jsonl, into every format."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from random import Random

from sdscan.cli.report import read_result
from sdscan.errors import ConfigError
from sdscan.exits import ExitRules
from sdscan.pipeline import judge
from sdscan.reports import FORMATS, RenderOptions
from sdscan.reports import written as rendered
from sdscan.run import Spool, batch_of
from tests.fuzz import seeds
from tests.fuzz.mutating import changed_json, changed_lines, parsed, written
from tests.fuzz.promises import facts_in, in_time, knowledge
from tests.fuzz.target import Target
from tests.fuzz.targets.packs import folder

RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What may reach no terminal and no page."""
TEXTS = tuple(name for name in FORMATS if name != "parquet")


def check(data: bytes) -> None:
    path = folder() / "result.jsonl"
    path.write_bytes(data)
    try:
        packs, platforms, files = read_result(str(path))
        results = list(files)
    except ConfigError as error:
        assert str(error).strip()
        return
    shown: dict[str, bytes] = {}
    with (
        in_time(),
        Spool([batch_of(results)], packs, platforms, ExitRules(fail_on=None, allow_incomplete=True)) as spool,
    ):
        for _ in spool.live():
            pass
        for number, name in enumerate(TEXTS):
            options = RenderOptions(
                redact=(len(data) + number) % 2 == 0, verbose=2, lang="ja" if number % 2 else "en", show_suppressed=True
            )
            shown[name] = b"".join(rendered(name, spool, options))
    check_shown(shown, len(results))


def check_shown(shown: dict[str, bytes], count: int) -> None:
    """Nothing raw in the terminal view; JSON is JSON, XML is XML, and no record is lost."""
    assert RAW.search(shown["text"].decode("utf-8")) is None
    for name in ("json", "sarif", "gitlab"):
        json.loads(shown[name])
    assert len(shown["jsonl"].splitlines()) == count == len(json.loads(shown["json"])["files"])
    from xml.etree import ElementTree  # our own output, made of text that we escape

    ElementTree.fromstring(shown["junit"])
    page = shown["html"].decode("utf-8")
    assert page.count("</script>") == page.count("<script"), "a text closes the page's script"
    assert not re.search(r"(?m)^::(?!error |warning |notice )", shown["github"].decode("utf-8")), (
        "a text commands the runner"
    )


@lru_cache(maxsize=1)
def lines() -> tuple[bytes, ...]:
    found = []
    for number, data in enumerate((*seeds.pictures()[:23], *seeds.models())):
        found.append(batch_of([judge(f"out/{number}.png", facts_in(data, "x.png"), knowledge())]).lines)
    return tuple(found)


def begin() -> Iterator[bytes]:
    yield from lines()
    yield b"".join(lines()[:3])
    files = [json.loads(line) for line in lines()[:2]]
    head = {
        "schema": "sdscan-report/1",
        "tool": {"name": "sdscan", "version": "1"},
        "packs": [{"id": "a", "version": "1", "sha256": "b"}],
    }
    yield json.dumps({**head, "platforms": ["pixiv", "civitai"], "files": files, "summary": {}}).encode()


def mutate(data: bytes, rng: Random) -> bytes:
    rows = data.split(b"\n")
    number = rng.randrange(len(rows))
    document = parsed(rows[number].decode("utf-8", "replace"))
    if document is None or rng.random() < 0.1:
        return changed_lines(data, rng)
    keys = (
        "path",
        "outcome",
        "verdicts",
        "findings",
        "severity",
        "reasons",
        "problems",
        "generations",
        "model",
        "message",
        "evidence",
        "suppressed",
    )
    rows[number] = written(changed_json(document, rng, keys), rng).replace("\n", " ").encode("utf-8", "surrogatepass")
    return b"\n".join(rows)


WORDS = (
    b"</script>",
    b"<!--",
    b"]]>",
    b"\\u001b[31m",
    b"=cmd|",
    b"\\ud800",
    b"\\u0000",
    b"\\u2028",
    b"::error ::",
    b"%0A",
    b"../../",
    b"file:///",
    b"|",
    b"[x](y)",
)
TARGET = Target("saved results of strangers → every report (`sdscan report`)", check, begin, mutate, WORDS)
