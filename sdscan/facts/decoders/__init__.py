"""Blobs → what each writer left. Enters a Container, leaves `Decoded`: generations, AI marks, other texts, personal data.

A new writer is one module, and one line in `DECODERS` (writers told by their keys) or in `shapes.SHAPES` (writers told by their JSON).
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from sdscan.facts.decoders import (
    aigc,
    c2pa,
    carriers,
    comfy,
    easydiffusion,
    fooocus,
    invokeai,
    kohya,
    metahub,
    midjourney,
    nmkd,
    novelai,
    provenance,
    stabilitymatrix,
    tensorart,
    unknown,
)  # fmt: skip
from sdscan.facts.decoders.found import NOTHING, BlobDecoder, Blobs, Found, first_marks
from sdscan.facts.decoders.private import private_data
from sdscan.limits import Limits
from sdscan.records import Blob, Container, Disclosure, Generation, ModelText, Problem

__all__ = ["DECODERS", "TOOLS", "Decoded", "decode"]

TOOLS: tuple[str, ...] = (
    "a1111", "forge", "forge-classic", "forge-neo", "reforge", "sdnext", "comfyui", "novelai", "invokeai", "fooocus", "fooocus-mre",
    "ruinedfooocus", "swarmui", "easydiffusion", "drawthings", "stabilitymatrix", "tensorart", "civitai", "sdcpp", "mflux", "kohya",
    "krita", "midjourney", "openai", "google", "firefly", "huggingface", "aihorde", "seaart", "moescape", "nmkd", "unknown",
)  # fmt: skip
"""Every name that `Generation.tool` can have."""


class Decoded(Struct, frozen=True, gc=False):
    """Everything that the writers of one file say."""

    generations: tuple[Generation, ...] = ()
    disclosure: Disclosure = Disclosure()
    texts: tuple[ModelText, ...] = ()
    problems: tuple[Problem, ...] = ()
    private: tuple[tuple[str, str, str], ...] = ()
    """(kind, locator, text): home-path user-name e-mail key gps."""


DECODERS: tuple[tuple[frozenset[str], BlobDecoder], ...] = (
    (frozenset(("stealth_pnginfo", "stealth_pngcomp", "stealth_rgbinfo", "stealth_rgbcomp")), carriers.decode_hidden),
    (stabilitymatrix.KEYS, stabilitymatrix.decode),
    (tensorart.KEYS, tensorart.decode),
    (metahub.KEYS, metahub.decode),
    (nmkd.KEYS, nmkd.decode),
    (frozenset(("invokeai_metadata", "invokeai_graph", "invokeai_workflow", "sd-metadata", "dream")), invokeai.decode),
    (frozenset(("software", "source", "title", "documentname", "comment", "usercomment")), novelai.decode),
    (
        frozenset(("use_stable_diffusion_model", "stable diffusion model", "stable_diffusion_model")),
        easydiffusion.decode,
    ),
    (frozenset(("prompt",)), kohya.decode),
    (frozenset(("prompt", "workflow", "make", "model", "imagedescription", *comfy.PLACES)), comfy.decode),
    (frozenset(midjourney.PLACES), midjourney.decode),
    (frozenset(("fooocus_scheme", "makernote")), fooocus.decode),
    (carriers.KEYS, carriers.decode),
    (frozenset(("sidecar",)), carriers.decode_sidecar),
    (aigc.KEYS, aigc.decode),
    (provenance.KEYS, provenance.decode),
    (frozenset(("c2pa",)), c2pa.decode),
)
"""(keys, decoder) in the order that settles the clashes (formats page, end of section 1). A decoder is asked where the container
has one of its keys; what it explains, the later ones do not see."""
_BY_KEY: dict[str, tuple[int, ...]] = {
    key: tuple(index for index, (keys, _) in enumerate(DECODERS) if key in keys) for keys, _ in DECODERS for key in keys
}
_NO_MARKS = Disclosure()
_SOFTWARE = (
    ("ArtBot", "aihorde"),
    ("AI Horde", "aihorde"),
    ("SeaArt", "seaart"),
    ("Moescape", "moescape"),
    ("Yodayo", "moescape"),
)
"""How `Software` begins beside an infotext without a version, and whose it is."""
_PLAIN = frozenset(("a1111", "comfyui"))
"""What an infotext without a version is taken for."""
STATED = frozenset({"AISystemUsed", "AIPromptWriterName", "Credit", "CreatorTool"})
"""All that a generation has in its parameters which only XMP's statements tell of."""
_REPEATABLE = 50
"""Prompts that a repetition is looked for in: a marked copy repeats the few of its main generation."""
_OWNERS = ("stabilitymatrix", "swarmui", "tensorart", "civitai")
"""Writers that draw with ComfyUI and leave its graph beside their own text: the graph is theirs."""


def decode(container: Container, limits: Limits) -> Decoded:
    """All writers found in a container."""
    if not container.blobs:
        return Decoded()
    blobs: Blobs = {}
    for blob in container.blobs:
        blobs.setdefault(blob.key.lower(), []).append(blob)
    wanted = {index for key in blobs for index in _BY_KEY.get(key, ())}
    parts: list[Found] = []
    for index in sorted(wanted):
        if parts and limits.over():
            break
        found = DECODERS[index][1](blobs, limits)
        if found is not NOTHING:
            parts.append(found)
            _remove(blobs, found.used)
    late = _late(limits)
    if blobs and not late:
        parts.append(unknown.decode(blobs, limits))
    settled = _settled([g for part in parts for g in part.generations], container.blobs)
    generations, problems = _bounded(_without_echoes(settled) if len(settled) > 1 else settled, limits)
    marks = [part.disclosure for part in parts if part.disclosure is not None]
    return Decoded(
        generations,
        first_marks(marks) if marks else _NO_MARKS,
        tuple([text for part in parts for text in part.texts]),
        tuple([problem for part in parts for problem in part.problems]) + problems + late,
        private_data(container.blobs),
    )


def _late(limits: Limits) -> tuple[Problem, ...]:
    """The problem of a file that takes too long; whatever loop has noticed it has ended early."""
    if not limits.over():
        return ()
    return (Problem("limit-seconds", f"reading takes longer than {limits.seconds:g} seconds, the rest is left out"),)


def _remove(blobs: Blobs, used: tuple[Blob, ...]) -> None:
    """Take away what is explained."""
    gone = {id(blob) for blob in used}
    for key in {blob.key.lower() for blob in used} & blobs.keys():
        left = [blob for blob in blobs[key] if id(blob) not in gone]
        if left:
            blobs[key] = left
        else:
            del blobs[key]


def _bounded(generations: list[Generation], limits: Limits) -> tuple[tuple[Generation, ...], tuple[Problem, ...]]:
    """At most `limits.prompts` texts and `limits.resources` models of one file."""
    prompts, resources = limits.prompts, limits.resources
    if (
        sum([len(g.prompts) for g in generations]) <= prompts
        and sum([len(g.resources) for g in generations]) <= resources
    ):
        return tuple(generations), ()
    kept: list[Generation] = []
    problems: dict[str, Problem] = {}
    for generation in generations:
        if len(generation.prompts) > prompts:
            problems["prompts"] = Problem(
                "limit-prompts", f"more than {limits.prompts:,} prompts, the rest is left out"
            )
        if len(generation.resources) > resources:
            detail = f"more than {limits.resources:,} models, the rest is left out"
            problems["resources"] = Problem("limit-resources", detail)
        generation = replace(
            generation, prompts=generation.prompts[:prompts], resources=generation.resources[:resources]
        )
        prompts -= len(generation.prompts)
        resources -= len(generation.resources)
        kept.append(generation)
    return tuple(kept), tuple(problems.values())


def _without_repeats(generations: list[Generation]) -> list[Generation]:
    """Without what the AI fields of IPTC 2025.1 only repeat: a marked copy says the same as its original, and is judged the same."""
    own = [g for g in generations if not (g.parameters and g.parameters.keys() <= STATED and "xmp" in g.locator)]
    if not own or len(own) == len(generations):
        return generations
    tools = {"unknown", *(g.tool for g in own)}
    told = [(prompt.role, _lines(prompt.text)) for g in own for prompt in g.prompts]
    told.sort(key=lambda item: -len(item[1]))
    return [g for g in generations if g in own or g.tool not in tools or not _is_repeat(g, told[:_REPEATABLE])]


def _is_repeat(generation: Generation, told: Sequence[tuple[str, str]]) -> bool:
    """Whether every prompt is made of whole prompts, a line or more each, that others told in the same role."""
    for prompt in generation.prompts:
        rest = _lines(prompt.text)
        for role, text in told:
            rest = rest.replace(text, "") if role == prompt.role else rest
        if rest.strip():
            return False
    return True


def _lines(text: str) -> str:
    """The text with each line between newlines of its own, so that whole lines can be taken out."""
    return "\n" + text.strip().replace("\n", "\n\n") + "\n"


def _without_echoes(generations: list[Generation]) -> list[Generation]:
    """Without the short copy in XMP of what the same writer says in full elsewhere (mflux, Draw Things)."""
    return [
        g
        for g in generations
        if "xmp" not in g.locator or not any(other.tool == g.tool and _says(other, g) for other in generations)
    ]


def _says(full: Generation, short: Generation) -> bool:
    """Whether a generation holds all prompts and models of another, and is no copy in XMP itself."""
    if "xmp" in full.locator:
        return False
    texts = {(prompt.role, prompt.text) for prompt in full.prompts}
    models = {(resource.kind, resource.name) for resource in full.resources}
    return all((p.role, p.text) in texts for p in short.prompts) and all(
        (r.kind, r.name) in models for r in short.resources
    )


def _settled(generations: list[Generation], blobs: tuple[Blob, ...]) -> list[Generation]:
    """Writers that only the whole file tells: whose graph it is, and whose infotext without a version."""
    if len(generations) > 1:
        generations = _without_repeats(generations)
    tools = {generation.tool for generation in generations}
    if len(blobs) > 1 and tools & _PLAIN:
        software = next((blob.text for blob in blobs if blob.key == "Software" and blob.text), "")
        named = next((tool for start, tool in _SOFTWARE if software.startswith(start)), None)
        if named is not None:
            return [replace(g, tool=named) if g.tool in _PLAIN and g.tool_version is None else g for g in generations]
    if len(tools) < 2:
        return generations
    owner = next((tool for tool in _OWNERS if tool in tools), None)
    if owner is not None:
        return [replace(g, tool=owner) if g.tool == "comfyui" and not g.hidden else g for g in generations]
    if "comfyui" in tools:
        return [replace(g, tool="comfyui") if g.tool == "a1111" and g.tool_version is None else g for g in generations]
    return generations
