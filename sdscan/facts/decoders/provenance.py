"""XMP and IPTC → AI marks, texts worth matching, and the generations that stand inside XMP.

Sources: IPTC Photo Metadata Standard 2025.1 (DigitalSourceType, AI fields), TC260 practice guide on AIGC labels (2025), and what
Draw Things, stable-diffusion.cpp, Google and Midjourney write (formats page, section 1).
"""

from __future__ import annotations

from sdscan.facts.decoders import comfy, drawthings, mflux, midjourney, shapes
from sdscan.facts.decoders.draft import Draft
from sdscan.facts.decoders.found import NOTHING, Blobs, Found, merged
from sdscan.facts.decoders.iptc import read_iptc
from sdscan.facts.decoders.xmp import Property, read_packet
from sdscan.limits import Limits
from sdscan.records import Blob, Disclosure, Generation, ModelText, Problem

KEYS = frozenset(("xmp", "iptc"))
_CARRIERS = frozenset(
    ("exif:UserComment", "sdcpp:parameters", "dc:description", "xmp:parameters", "dc:title", "tiff:ImageDescription")
)
"""Properties in which writers put infotext or JSON."""
_TEXTS = frozenset(
    (
        "dc:description", "dc:title", "dc:subject", "photoshop:Headline", "photoshop:Instructions", "lr:hierarchicalSubject",
        "Iptc4xmpExt:PersonInImage", "Iptc4xmpExt:AOTitle", "Iptc4xmpExt:AOCreator", "Iptc4xmpExt:Event", "exif:UserComment",
        "tiff:ImageDescription", "Iptc4xmpCore:AltTextAccessibility", "Iptc4xmpCore:ExtDescrAccessibility", "xmp:Label",
        "dc:coverage", "MicrosoftPhoto:LastKeywordXMP", "digiKam:TagsList", "acdsee:caption", "acdsee:keywords", "dc:type",
        "Iptc4xmpExt:PersonInImageName", "mwg-rs:Name", "Iptc4xmpExt:AOContentDescription", "xmpDM:logComment",
    )
)  # fmt: skip
"""Properties that a person fills: they may hold a character's or an artist's name."""
_IPTC_TEXTS = frozenset(
    ("ObjectName", "Keywords", "SpecialInstructions", "Headline", "Caption-Abstract", "SupplementalCategories")
)
_CREATORS: tuple[tuple[str, str], ...] = (
    ("draw things", "drawthings"), ("mflux", "mflux"), ("midjourney", "midjourney"), ("adobe firefly", "firefly"),
    ("stable-diffusion.cpp", "sdcpp"), ("krita", "krita"), ("invokeai", "invokeai"), ("comfyui", "comfyui"), ("novelai", "novelai"),
    ("made with google ai", "google"), ("imagen", "google"), ("gemini", "google"), ("dall", "openai"), ("chatgpt", "openai"),
    ("openai", "openai"), ("gpt-", "openai"), ("firefly", "firefly"),
)  # fmt: skip
"""Part of CreatorTool, Credit or AISystemUsed, in lower case, and whose it is."""
_DIGITAL_SOURCE = ("Iptc4xmpExt:DigitalSourceType", "Iptc4xmpExt:DigitalSourcefileType")


def decode(blobs: Blobs, limits: Limits) -> Found:
    """Everything that stands in XMP and in IPTC."""
    parts = [_from_xmp(blob, limits) for blob in blobs.get("xmp", ()) if blob.text]
    parts += [_from_iptc(blob, data, limits) for blob in blobs.get("iptc", ()) if (data := _iptc_bytes(blob))]
    return merged(parts)


def _from_xmp(blob: Blob, limits: Limits) -> Found:
    """One packet."""
    properties, left = read_packet(blob.text or "", limits)
    generations: list[Generation] = []
    problems: list[Problem] = []
    texts: list[ModelText] = []
    if left is not None:
        problems.append(Problem("limit-tags", f"the XMP packet at {blob.locator} {left}; the rest is left out"))
    described: Generation | None = None
    creator = next((item.value for item in properties if item.name == "xmp:CreatorTool"), "")
    for item in properties:
        where = f"{blob.locator}#{item.name}"
        if item.name == "dc:description" and creator.startswith("Draw Things"):
            described = drawthings.from_description(item.value, where)
            continue
        if item.name == "dc:description" and creator.startswith("MFLUX "):
            described = mflux.from_properties({item.name: item.value for item in reversed(properties)}, blob.locator)
            continue
        found = shapes.decode_text(item.value, where, limits) if item.name in _CARRIERS else None
        if found is None and item.name in ("dc:description", "dc:title") and midjourney.is_midjourney(item.value):
            found = Found((midjourney.from_text(item.value, where),))
        if found is not None:
            generations += found.generations
            problems += found.problems
        elif item.name in _TEXTS and len(item.value) >= 2 and not any(t.text == item.value for t in texts[-200:]):
            texts.append(ModelText("xmp", item.value, where))
    if described is not None and not generations:
        generations.append(described)
    graph = _graph(properties, blob.locator, limits)
    generations += graph.generations
    problems += graph.problems
    stated = _stated(properties, blob.locator)
    if stated is not None and all(stated.tool != g.tool for g in generations):
        generations.append(stated)
    codes = [item.value for item in properties if item.name in _DIGITAL_SOURCE]
    labels = [item.value for item in properties if item.name.rpartition(":")[2].upper() == "AIGC"]
    labels += [f"{item.name[6:]}: {item.value}" for item in properties if item.name.startswith("TC260:")]
    marks = Disclosure(codes[0].rstrip("/").rpartition("/")[2] if codes else None, None, labels[0] if labels else None)
    return Found(tuple(generations), (blob,), tuple(texts), tuple(problems), marks)


def _graph(properties: list[Property], locator: str, limits: Limits) -> Found:
    """ComfyUI's graphs as properties `prompt` and `workflow` of any schema (MetaHub's saver: `comfyui:prompt`)."""
    texts: dict[str, tuple[str, str]] = {}
    for item in properties:
        kind = item.name.rpartition(":")[2].lower()
        if kind in ("prompt", "workflow") and comfy.looks_like_graph(item.value):
            texts.setdefault(kind, (item.value, f"{locator}#{item.name}"))
    if not texts:
        return NOTHING
    prompt, workflow = texts.get("prompt", ("", "")), texts.get("workflow", ("", ""))
    return comfy.graph_found(prompt[0] or None, workflow[0] or None, prompt[1] or workflow[1], limits, workflow[1])


def _stated(properties: list[Property], locator: str) -> Generation | None:
    """The generation that the IPTC 2025.1 fields, CreatorTool or Credit state: a tool, seldom a prompt."""
    values = {item.name: item.value for item in reversed(properties)}
    system = values.get("Iptc4xmpExt:AISystemUsed", "")
    prompt = values.get("Iptc4xmpExt:AIPromptInformation", "")
    trained = "trainedAlgorithmicMedia" in "".join(values.get(name, "") for name in _DIGITAL_SOURCE).replace("T", "t")
    names = (
        system,
        values.get("photoshop:Credit", ""),
        values.get("xmp:CreatorTool", ""),
        values.get("tiff:Software", ""),
    )
    tool = next((tool for name in names for part, tool in _CREATORS if part in name.lower()), None)
    if not prompt and not system and not (tool is not None and trained):
        return None
    draft = Draft(tool or "unknown", locator)
    positive, _, negative = f"\n{prompt}".partition("\nNegative prompt:")  # one field may hold both (IPTC 2025.1)
    draft.prompt("positive" if prompt else "unknown", positive.strip(), "Iptc4xmpExt:AIPromptInformation")
    draft.prompt("negative", negative.strip(), "Iptc4xmpExt:AIPromptInformation")
    stated = {name.rpartition(":")[2]: values[name] for name in _STATEMENTS if values.get(name)}
    return draft.done(values.get("Iptc4xmpExt:AISystemVersionUsed"), stated)


_STATEMENTS = ("Iptc4xmpExt:AISystemUsed", "Iptc4xmpExt:AIPromptWriterName", "photoshop:Credit", "xmp:CreatorTool")


def _iptc_bytes(blob: Blob) -> bytes:
    """The block itself; mflux writes it in hexadecimal into a text of PNG."""
    try:
        return blob.data or bytes.fromhex(blob.text or "")
    except ValueError:
        return b""


def _from_iptc(blob: Blob, data: bytes, limits: Limits) -> Found:
    """One IIM block: captions and keywords; a caption may be infotext."""
    generations: list[Generation] = []
    texts: list[ModelText] = []
    for name, value in read_iptc(data, limits):
        where = f"{blob.locator}#{name}"
        found = shapes.decode_text(value, where, limits) if name == "Caption-Abstract" else None
        if found is not None:
            generations += found.generations
        elif name in _IPTC_TEXTS and len(value) >= 2:
            texts.append(ModelText("xmp", value, where))
    return Found(tuple(generations), (blob,), tuple(texts))
