"""The closed vocabularies of the packs in words for a person."""

from __future__ import annotations

import datetime

from sdscan.knowledge.policies.records import (
    Basis,
    Category,
    EvidenceKind,
    MetadataWish,
    Mosaic,
    OnlyIf,
    Platform,
    PlatformRule,
    RiskClass,
    Statement,
    TakesAi,
    WorkAi,
    WorkPolicy,
)

RISK: dict[RiskClass, str] = {
    "ai_any": "AI pictures at all",
    "ai_assisted": "pictures made with some help of AI",
    "ai_disclosure": "the AI mark",
    "ai_tool_access": "workflows and tools handed out",
    "adult": "sexual content",
    "rating": "sexual content where none is shown",
    "anime_capture_lora": "models trained on captured frames",
    "derivative": "characters and works of others",
    "derivative_strict": "works of strict holders",
    "r18_derivative": "sexual pictures of others' characters",
    "derivative_r18_strict": "sexual pictures of strict works",
    "style_imitation": "imitation of an artist",
    "style_artist_lora": "models made of one artist",
    "work_imitation": "pictures made from somebody's picture",
    "hand_traced": "AI output drawn over by hand",
    "real_person": "real persons",
    "minor_sexual": "sexual content with minors",
    "minor_photoreal": "photoreal minors",
    "mosaic": "concealment of explicit parts",
    "payment_prohibited": "themes the card networks forbid",
    "content_misc": "further forbidden themes",
    "metadata_missing": "generation data taken out",
    "private_data": "personal data in the file",
    "lora_license": "licences of models",
    "spam": "many alike pictures at once",
    "public_domain_ok": "what is out of copyright",
    "original_ok": "original works",
    "other_ip": "agencies, brands, news",
    "other": "other",
}
BASIS: dict[Basis, str] = {
    "stated": "stated", "enforced": "seen enforced", "reported": "reported by users", "inferred": "our conclusion",
}  # fmt: skip
EVIDENCE: dict[EvidenceKind, str] = {
    "official": "the holder's own page", "secondary": "a page by others", "repository": "a public source file",
    "background": "background knowledge, no page found",
}  # fmt: skip
ONLY_IF: dict[OnlyIf, str] = {
    "": "", "adult": "for sexual pictures", "photoreal": "for lifelike pictures", "adult-photoreal": "for lifelike sexual pictures",
    "sold": "for what is sold", "live": "for content generated while a game runs",
}  # fmt: skip
TAKES_AI: dict[TakesAi, str] = {
    "yes": "takes AI pictures", "labelled": "takes AI pictures that are marked", "limited": "takes AI pictures within limits",
    "no": "takes no AI pictures", "unknown": "its view of AI pictures is not known",
}  # fmt: skip
METADATA: dict[MetadataWish, str] = {
    "keep": "keep generation data", "mark": "reads AI marks", "strip": "wants no generation data", "none": "no use of it known",
    "unknown": "not known",
}  # fmt: skip
MOSAIC: dict[Mosaic, str] = {
    "": "", "1/100-long-side": "a tile of at least 1/100 of the long side, 4 pixels or more",
    "1/50-long-side": "a tile of at least 1/50 of the long side, 4 pixels or more",
}  # fmt: skip
CATEGORY: dict[Category, str] = {
    "explicit_strict": "strict by a written rule", "based_on_real": "based on real persons or things", "image_protection": "guards the image of the work",
    "past_infringement": "careful after past cases", "reputed_strict": "reputed to be strict, without a text", "guideline_allows": "a guideline allows fan works within limits",
    "tolerant_tacit": "tolerated in silence", "unknown": "not known, which is not a yes",
}  # fmt: skip
WORK_AI: dict[WorkAi, str] = {
    "no": "refused", "restricted": "under conditions", "objects": "no rule on fan pictures, but the holder spoke or sued against AI use of its works",
    "yes": "allowed", "not-named": "the guideline does not speak of it", "unknown": "not known, which is not a yes",
}  # fmt: skip
HONESTY = (
    "Unknown is not safe. Nothing here is legal advice. Each line says when it was written, where it stands and how it is known; "
    "look at the source before you rely on it."
)


def origin(fact: PlatformRule | WorkPolicy | Statement) -> str:
    """`stated, a page by others, 2023-05-02 (announced; in force since 2023-05-31)`: how and since when a fact is known."""
    date = fact.date or "undated"
    note = getattr(fact, "date_note", "")
    parts = [BASIS[fact.basis], EVIDENCE[fact.evidence], f"{date} ({note})" if note and note != "undated" else date]
    confidence = getattr(fact, "confidence", "")
    if confidence in ("low", "medium"):
        parts.append(f"{confidence} confidence")
    if isinstance(fact, PlatformRule) and fact.inherited:
        parts.append("shared with all shops that take cards")
    return ", ".join(parts)


def review_state(review_after: datetime.date | None, today: datetime.date) -> str:
    """Whether a fact wants to be looked at again."""
    if review_after is None:
        return "no date for a new look"
    day = review_after.isoformat()
    return f"due to be checked again since {day}" if review_after < today else f"to be checked again after {day}"


def disclosure_word(platform: Platform) -> str:
    """One word for the disclosure column of a list."""
    if platform.takes_ai == "no":
        return "–"
    return {"label": "owed", "remind": "asked for"}.get(platform.disclosure_effect, "none known")


def metadata_sentence(platform: Platform) -> str:
    """What the platform does with metadata."""
    word = METADATA[platform.metadata]
    return f"{word}." if platform.metadata_text.startswith("Nothing") else f"{word}. {platform.metadata_text}"
