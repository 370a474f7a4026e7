"""SD603, SD604: models that cannot be explained, or are not what they say. Enters a Case, leaves one finding a file, and one a mismatch."""

from __future__ import annotations

from collections.abc import Iterator

from sdscan.judgement.levels import moved
from sdscan.judgement.rules.build import make, quoted
from sdscan.judgement.rules.case import Case, Rule
from sdscan.records import Evidence, EvidenceSource, Finding, Resource

_UNRESOLVED = frozenset({"lora", "hypernetwork"})


def judge_unresolved(case: Case) -> Iterator[Finding]:
    """SD603: the LoRAs and hypernetworks of a picture that no local file explains, together."""
    lost = [resource for resource in case.resources if resource.kind in _UNRESOLVED and resource.file is None]
    if not lost:
        return
    first: dict[str, Resource] = {}
    for resource in lost:
        first.setdefault(resource.name, resource)
    names = list(first)
    evidence = tuple([_evidence(resource) for resource in first.values()])
    kinds = {resource.kind for resource in lost}
    word = "LoRA" if kinds == {"lora"} else "hypernetwork" if kinds == {"hypernetwork"} else "model"
    count = f"a {word}" if len(names) == 1 else f"{len(names)} {word}s"
    if case.resolved.searched:
        level, step = (
            moved("model-unresolved", "strong"),
            f"Put the file into the folder given with --models, or look up what {names[0]!r} was trained on.",
        )
    else:
        level, step = (
            moved("model-unsearched", "strong"),
            "Pass --models with your LoRA folder: a LoRA's own metadata says far more than its name.",
        )
    yield make(
        "SD603", None, level, f"uses {count} that no local file explains: {quoted(names)}", evidence,
        next_step=step, because=() if case.resolved.searched else ("no --models folder was given, so nothing could be resolved",),
    )  # fmt: skip


def judge_mismatch(case: Case) -> Iterator[Finding]:
    """SD604: a model whose name and hash point at different files, or whose declared hash is false."""
    model = case.resolved.facts.model
    if model is not None and model.declared_mismatch:
        item = Evidence("lora-hash", "header", model.hashes.declared or model.title or "declared hash")
        yield _mismatch(model.declared_mismatch, item)
    told = set()
    for resource in case.resources:
        conflict = resource.file.conflict if resource.file is not None else None
        if conflict and conflict not in told:
            told.add(conflict)
            yield _mismatch(conflict, _evidence(resource, resource.hash or resource.name))


def _mismatch(why: str, item: Evidence) -> Finding:
    return make(
        "SD604", None, moved("model-mismatch", "strong"), why, (item,),
        next_step="Find out which file was really used before you trust what the other one says about itself.",
    )  # fmt: skip


def _evidence(resource: Resource, text: str | None = None) -> Evidence:
    source: EvidenceSource = "lora-name" if text is None or text == resource.name else "lora-hash"
    return Evidence(source, resource.locator, text or resource.name, weight=resource.weight, state=resource.state)


SD603 = Rule(
    id="SD603", name="model-unresolved",
    summary="A LoRA that no local file explains.",
    flags="LoRAs and hypernetworks that a picture uses and that were found in no folder given with `--models`, neither by hash nor by name. One finding a picture.",
    why=(
        "The prompt alone tells the character in about two of five pictures made with a character LoRA, the LoRA's own metadata in more than four of five. "
        "An unexplained LoRA is where a risk can hide."
    ),
    evidence="The picture names the LoRA as used; no file of the library fits. Low where a library was searched; information where none was given.",
    cannot_tell="Whether the LoRA is harmless. Its name is still matched against the watchlists.",
    respond="Pass `--models` with your LoRA folder, or put the file (or its `.civitai.info`) there. A LoRA you no longer have can be looked up by the hash in the finding's evidence.",
    references=("How names and hashes are resolved: the documentation page on the model library.",),
    judge=judge_unresolved,
    needs=frozenset({"lora", "hypernetwork"}),
)  # fmt: skip

SD604 = Rule(
    id="SD604", name="model-mismatch",
    summary="Name and hash point at different files, or a declared hash is false.",
    flags="A picture whose LoRA name means one local file and whose hash means another, and a model file whose header declares a hash that its content does not have.",
    why="What a model says about itself is only worth something if it is that model. Renamed files are the usual way that a picture's history gets lost.",
    evidence="Both files, the hash as the picture writes it, and which way it was found.",
    cannot_tell="Which of the two was really used, or whether anybody meant to mislead: version updates under the same name are common.",
    respond="Compare the two files with `sdscan models`, rename one, and judge the picture again.",
    references=("How names and hashes are resolved: the documentation page on the model library.",),
    judge=judge_mismatch,
    needs=frozenset({"explained"}),
)  # fmt: skip
