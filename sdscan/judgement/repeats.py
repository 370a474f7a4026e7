"""Files whose facts differ in nothing but their seeds are judged once. Enters facts, leaves what a result can be remembered by.

No rule looks at a seed, and no rule looks at the path of a picture unless the user stated something about paths.
"""

from __future__ import annotations

from msgspec.structs import replace

from sdscan.knowledge import Knowledge
from sdscan.records import FileFacts, FileResult

KEPT = 512
"""Results remembered; the memory is emptied when it is full."""
LONGEST = 64 * 1024
"""Characters of the prompts of a file that is remembered: with KEPT, what bounds the memory in bytes."""
SEEDS = frozenset(
    (
        "Seed", "seed", "noise_seed", "Variation seed", "subseed", "base_seed", "seed_num", "refiner_seed", "rand_seed",
    )
)  # fmt: skip
"""Settings that no rule looks at."""

Key = tuple[object, ...]


def key_of(facts: FileFacts, knowledge: Knowledge) -> Key | None:
    """Everything that a judgement may depend on; None where it is not worth remembering."""
    stated = knowledge.statements
    if facts.model is not None or stated.allow or stated.declare or stated.baseline:
        return None
    parts: list[object] = [
        facts.format, facts.outcome, facts.reason, facts.problems, facts.disclosure, facts.texts, facts.width, facts.height, facts.private,
    ]  # fmt: skip
    size = 0
    for g in facts.generations:
        for prompt in g.prompts:
            size += len(prompt.text)
        settings = [pair for pair in g.parameters.items() if pair[0] not in SEEDS]
        parts += (g.tool, g.locator, g.tool_version, g.prompts, g.resources, g.hidden, g.canvas_only, *settings)
    return tuple(parts) if size <= LONGEST else None


def again(known: FileResult, path: str, facts: FileFacts, knowledge: Knowledge) -> FileResult:
    """The result of a file like one that was judged before."""
    generations = facts.generations
    if knowledge.library.models:
        pairs = zip(known.generations, generations)
        generations = tuple([replace(old, parameters=new.parameters) for old, new in pairs])
    return replace(known, path=path, generations=generations)


def remember(key: Key, result: FileResult, knowledge: Knowledge) -> None:
    """Keep a result for files like this one."""
    if len(knowledge.memo) >= KEPT:
        knowledge.memo.clear()
    knowledge.memo[key] = result
