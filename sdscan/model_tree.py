"""What a model file says → one branch of the tree that `sdscan inspect` shows."""

from __future__ import annotations

from collections.abc import Iterator

from sdscan.branches import DEEP, Branch, hung
from sdscan.records import License, ModelFacts
from sdscan.terminal import Line, cut, safe

_TRIGGERS, _TAGS, _FEW = 12, 15, 3
"""Triggers, tags and lines of a value that are shown without --raw."""
_LABEL = 12
"""Columns of a label."""
_NAMES = ("title", "alias", "base_model", "network", "writer")


def model_branch(model: ModelFacts, raw: bool, width: int) -> Branch:
    """Kind and its reasons, names, triggers, hashes, licence, training, sidecars."""
    kind = model.subject_kind
    head: Line = [(model.kind, "path"), (f"  for {kind.value}", ""), (f" ({kind.certainty:.0%} sure)", "dim")]
    head.append((f"  metadata {model.metadata_state}", "dim"))
    return Branch([head], list(_branches(model, raw, width - DEEP)))


def _branches(model: ModelFacts, raw: bool, width: int) -> Iterator[Branch]:
    most = None if raw else _FEW
    for reason in model.subject_kind.because:
        yield _said("because", reason, width, most)
    for name in _NAMES:
        value = getattr(model, name)
        if value:
            yield _said(name.replace("_", " "), value, width, most)
    for trigger in model.triggers[: None if raw else _TRIGGERS]:
        share = f", in {trigger.coverage:.0%} of captions" if trigger.coverage is not None else ""
        line: Line = [
            _label("trigger"),
            (cut(safe(trigger.text), width // 2), ""),
            (f"  {trigger.tier}{share}", "dim"),
        ]
        yield Branch([line])
    for field in model.hashes.__struct_fields__:
        digest = getattr(model.hashes, field)
        if digest:
            yield _said(field, digest, width, most)
    if model.license is not None:
        yield _said("license", _license(model.license), width, most)
    yield from _training(model, raw, width)
    for reason in (*model.frames, *model.dangerous, *filter(None, (model.declared_mismatch,))):
        yield Branch(hung([_label("warning", "medium")], reason, width, most))
    for sidecar in model.sidecars:
        yield _said("sidecar", sidecar, width, most)


def _label(name: str, style: str = "step") -> tuple[str, str]:
    return f"{name:<{_LABEL}}", style


def _said(name: str, value: str, width: int, most: int | None) -> Branch:
    return Branch(hung([_label(name)], value, width, most))


def _training(model: ModelFacts, raw: bool, width: int) -> Iterator[Branch]:
    if model.training is None:
        return
    most = None if raw else _FEW
    for folder in model.training.folders:
        note = " (regularisation)" if folder.regularisation else ""
        count = "?" if folder.images is None else f"{folder.images:,}"
        yield _said("folder", f"{folder.name}: {count} pictures{note}", width, most)
    tags = ", ".join(f"{tag} {share:.0%}" for tag, share in model.training.tags[: None if raw else _TAGS])
    if tags:
        yield _said("tags", tags, width, None)


def _license(license_: License) -> str:
    said = {True: "yes", False: "no", None: "not said"}
    return (
        f"sell pictures: {said[license_.commercial_images]}, make derivatives: {said[license_.derivatives]}, "
        f"credit asked for: {said[license_.credit]} ({license_.source})"
    )
