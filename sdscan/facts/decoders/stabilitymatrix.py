"""StabilityMatrix: PNG `parameters` (infotext), `parameters-json`, `smproj`; WebP ImageDescription and Software → one Generation.

`smproj` is the project of the editor: its extra networks are the only place that names LoRAs beside the graph.
"""

from __future__ import annotations

from msgspec.structs import replace

from sdscan.facts.decoders.a1111 import decode_infotext
from sdscan.facts.decoders.draft import Draft
from sdscan.facts.decoders.found import NOTHING, Blobs, Found, dict_at, dicts_at, json_object, number, settings, text_at
from sdscan.facts.decoders.resources import add, by_key
from sdscan.limits import Limits
from sdscan.records import Blob, Generation

KEYS = frozenset(("parameters-json", "smproj", "imagedescription"))
_TEXTS = ("PositivePrompt", "NegativePrompt")


def decode(blobs: Blobs, limits: Limits) -> Found:
    """One Generation from whatever of the three places is there."""
    used: list[Blob] = []
    draft: Draft | None = None
    parameters: dict[str, str] = {}
    for key in ("parameters-json", "imagedescription", "smproj", "software"):
        for blob in blobs.get(key, ()):
            data, _ = json_object(blob.text, blob.locator, limits)
            if data is None or not ("PositivePrompt" in data or "ProjectType" in data):
                continue
            used.append(blob)
            draft = draft or Draft("stabilitymatrix", blob.locator)
            if "PositivePrompt" in data:
                _add_parameters(draft, data)
                parameters = settings(data, *_TEXTS)
            else:
                _add_project(draft, data)
    if draft is None:
        return NOTHING
    generation = draft.done(None, parameters)
    texts = [blob for blob in blobs.get("parameters", ()) if blob.text]
    if texts:
        generation = _with_infotext(decode_infotext(texts[0].text or "", texts[0].locator), draft)
        used.append(texts[0])
    return Found((generation,), tuple(used))


def from_json(data: dict[str, object], locator: str, limits: Limits) -> Found | None:
    """The Generation of the JSON alone."""
    draft = Draft("stabilitymatrix", locator)
    _add_parameters(draft, data)
    return Found((draft.done(None, settings(data, *_TEXTS)),))


def _add_parameters(draft: Draft, data: dict[str, object]) -> None:
    draft.prompt("positive", data.get("PositivePrompt"), "PositivePrompt")
    draft.prompt("negative", data.get("NegativePrompt"), "NegativePrompt")
    version = data.get("ModelVersionId")
    version_id = str(version) if isinstance(version, int) else None
    draft.model("checkpoint", data.get("ModelName"), "ModelName", digest=data.get("ModelHash"), version_id=version_id)


def _add_project(draft: Draft, data: dict[str, object]) -> None:
    state = dict_at(data, "State")
    prompt, model = dict_at(state, "Prompt"), dict_at(state, "Model")
    if not draft.prompts:
        draft.prompt("positive", prompt.get("Prompt"), "State.Prompt.Prompt")
        draft.prompt("negative", prompt.get("NegativePrompt"), "State.Prompt.NegativePrompt")
    draft.model("checkpoint", model.get("SelectedModelName"), "State.Model.SelectedModelName")
    if model.get("IsRefinerSelectionEnabled"):
        draft.model("checkpoint", model.get("SelectedRefinerName"), "State.Model.SelectedRefinerName")
    if model.get("IsVaeSelectionEnabled"):
        draft.model("vae", model.get("SelectedVaeName"), "State.Model.SelectedVaeName")
    enabled = bool(model.get("IsExtraNetworksEnabled"))
    for index, module in enumerate(dicts_at(dict_at(model, "ExtraNetworks"), "$values")):
        for card in (module, *dicts_at(module, "$values")):
            name = text_at(card, "SelectedModelName", "ModelName") or text_at(
                dict_at(card, "SelectedModel"), "RelativePath", "Name"
            )
            on = enabled and module.get("IsEnabled", True) is not False
            weight = (
                number(card.get("ModelWeight", card.get("Weight"))) if card.get("IsModelWeightEnabled", True) else 1.0
            )
            draft.model(
                "lora", name, f"State.Model.ExtraNetworks[{index}]", weight=weight, state="used" if on else "unused"
            )


def _with_infotext(infotext: Generation, draft: Draft) -> Generation:
    """The infotext leads, because its text is what people see; the JSON adds what it lacks."""
    texts = {prompt.text.strip() for prompt in infotext.prompts}
    more = tuple(p for p in draft.prompts if p.text.replace("\r\n", "\n").strip() not in texts)
    resources = by_key(infotext.resources)
    for item in draft.resources.values():
        add(resources, item)
    return replace(
        infotext, tool="stabilitymatrix", prompts=infotext.prompts + more, resources=tuple(resources.values())
    )
