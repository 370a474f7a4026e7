"""SD501: the strictest licence of all models used. Enters a Case, leaves at most one finding."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from sdscan.judgement.levels import Step, moved
from sdscan.judgement.rules.build import make, quoted
from sdscan.judgement.rules.case import Case, Rule
from sdscan.judgement.rules.used import UsedModel
from sdscan.records import Evidence, Finding


class Asked(Struct, frozen=True):
    """What the licences of the models ask together."""

    no_sale: tuple[UsedModel, ...]
    no_changes: tuple[UsedModel, ...]
    credit: tuple[UsedModel, ...]


def roll_up(models: tuple[UsedModel, ...]) -> Asked:
    """Which models forbid selling pictures, forbid changes, ask for credit. What no licence says is not assumed."""
    said = [
        (model, model.facts.license) for model in models if model.facts is not None and model.facts.license is not None
    ]
    return Asked(
        tuple(model for model, terms in said if terms.commercial_images is False),
        tuple(model for model, terms in said if terms.derivatives is False),
        tuple(model for model, terms in said if terms.credit is True),
    )


def judge(case: Case) -> Iterator[Finding]:
    """One finding with everything that the licences ask."""
    if not case.is_model and not case.resolved.models:
        return
    asked = roll_up(case.models)
    parts = [
        text
        for text, models in (
            ("forbids selling its pictures", asked.no_sale),
            ("forbids changes of the model" if case.is_model else "", asked.no_changes),
            ("asks for credit", asked.credit),
        )
        if text and models
    ]
    if not parts:
        return
    bound = tuple(dict.fromkeys((*asked.no_sale, *(asked.no_changes if case.is_model else ()), *asked.credit)))
    sells = any(platform.sells for platform in case.platforms)
    kind = (
        "license-asks"
        if not (asked.no_sale or (asked.no_changes and case.is_model))
        else "license-forbids"
        if asked.no_sale and sells
        else "license-limits"
    )
    licensed = case.declared("licensed")
    ceiling = Step(0, f"declared licensed on {licensed.date.isoformat()}: {licensed.reason}") if licensed else None
    names = list(dict.fromkeys(model.name.text for model in bound))
    yield make(
        "SD501", None, moved(kind, "strong", (), ceiling), f"licence of {quoted(names)} {' and '.join(parts)}", tuple(_evidence(model) for model in bound),
        next_step=_next_step(asked), risks=("lora_license",), because=tuple(_source(model) for model in bound),
    )  # fmt: skip


def _evidence(model: UsedModel) -> Evidence:
    return model.name


def _source(model: UsedModel) -> str:
    terms = model.facts.license if model.facts is not None else None
    return f"{model.name.text}: {terms.source if terms is not None and terms.source else 'licence as its metadata gives it'}"


def _next_step(asked: Asked) -> str:
    if asked.no_sale:
        return f"Do not sell pictures made with {quoted([model.name.text for model in asked.no_sale])} unless its maker sells you a licence."
    return f"Name the makers of {quoted([model.name.text for model in asked.credit or asked.no_changes])} where you publish."


SD501 = Rule(
    id="SD501", name="license-forbids",
    summary="A used model whose licence forbids selling pictures, or asks for credit.",
    flags="The licences of all models that a picture used and that local files explain, rolled up to the strictest: selling pictures forbidden, credit asked for. For a model file its own terms, changes included.",
    why="The terms bind whoever uses the model, whatever a platform allows. Makers of models search shops for their own triggers and looks.",
    evidence="The licence as a sidecar (`.civitai.info`, `metadata.json`) or the model's header gives it. Medium where a platform asked for sells, else low; credit alone is information.",
    cannot_tell="Whether the terms changed since the sidecar was written, whether you bought another licence, or what models without a sidecar ask.",
    respond="Replace the model for pictures that you sell, or buy a licence and declare it. Give credit where it is asked for; it costs a line.",
    references=("Model sites' permission flags (`allowCommercialUse`, `allowNoCredit`, `allowDerivatives`) as their sidecars hold them.",),
    judge=judge,
    needs=frozenset({"explained"}),
)  # fmt: skip
